//! `APCUIterator`.
//!
//! An iterator reads the cache in chunks: it walks whole buckets until it has more matches than the chunk size, lets go of the segment, and
//! then makes the items. An entry that goes in between is left out; one that goes later is still in its chunk.

use core::cell::RefCell;
use std::collections::HashSet;
use std::rc::Rc;

use ext_php_rs::types::{ZendHashTable, Zval};
use ext_php_rs::zend::ExecuteData;
use trove_shm::cache::{CacheId, Cursor, Hit, Meta};

use super::info::{Fields, access_time};
use super::{remove, value};
use crate::request::{self, Session};
use crate::zend::args::Args;
use crate::zend::class::{Class, Native};
use crate::zend::function::{Method, Parameter, types};
use crate::zend::regex::Regex;
use crate::zend::{report, string};

const LIST_ACTIVE: i64 = 1;
const LIST_DELETED: i64 = 2;
const TYPE: i64 = 1;
const KEY: i64 = 1 << 1;
const VALUE: i64 = 1 << 2;
const NUM_HITS: i64 = 1 << 3;
const MTIME: i64 = 1 << 4;
const CTIME: i64 = 1 << 5;
const DTIME: i64 = 1 << 6;
const ATIME: i64 = 1 << 7;
const REFCOUNT: i64 = 1 << 8;
const MEM_SIZE: i64 = 1 << 9;
const TTL: i64 = 1 << 10;
const ALL: i64 = 0xffff_ffff;
const DEFAULT_CHUNK: usize = 100;

/// The constants that come with the class.
#[rustfmt::skip]
pub const CONSTANTS: &[(&[u8], i64)] = &[
    (b"APC_LIST_ACTIVE", LIST_ACTIVE), (b"APC_LIST_DELETED", LIST_DELETED), (b"APC_ITER_TYPE", TYPE), (b"APC_ITER_KEY", KEY),
    (b"APC_ITER_VALUE", VALUE), (b"APC_ITER_NUM_HITS", NUM_HITS), (b"APC_ITER_MTIME", MTIME), (b"APC_ITER_CTIME", CTIME),
    (b"APC_ITER_DTIME", DTIME), (b"APC_ITER_ATIME", ATIME), (b"APC_ITER_REFCOUNT", REFCOUNT), (b"APC_ITER_MEM_SIZE", MEM_SIZE),
    (b"APC_ITER_TTL", TTL), (b"APC_ITER_NONE", 0), (b"APC_ITER_ALL", ALL),
];

#[rustfmt::skip]
const METHODS: &[Method] = &[
    Method::new(
        c"__construct", construct, 0,
        &[
            Parameter::new(c"search", types::NONE).default(c"null"),
            Parameter::new(c"format", types::INT).default(c"APC_ITER_ALL"),
            Parameter::new(c"chunk_size", types::INT).default(c"0"),
            Parameter::new(c"list", types::INT).default(c"APC_LIST_ACTIVE"),
        ],
        types::NONE,
    ),
    Method::new(c"rewind", rewind, 0, &[], types::VOID),
    Method::new(c"next", next, 0, &[], types::VOID),
    Method::new(c"valid", valid, 0, &[], types::BOOL),
    Method::new(c"key", key, 0, &[], types::STRING | types::INT),
    Method::new(c"current", current, 0, &[], types::MIXED),
    Method::new(c"getTotalHits", total_hits, 0, &[], types::INT),
    Method::new(c"getTotalSize", total_size, 0, &[], types::INT),
    Method::new(c"getTotalCount", total_count, 0, &[], types::INT),
];

/// Registers the class.
pub fn register() {
    Iter::class().register_iterator(c"APCUIterator", METHODS);
}

/// Deletes what an iterator still has to show. Where `object` is none, the engine ends the request.
pub fn delete(session: Option<&Session>, object: &Zval) -> bool {
    match Iter::class().value_of(object) {
        Err(_) => {
            report::fatal(c"apc_delete object argument must be instance of APCUIterator.");
            false
        }
        Ok(None) => {
            report::throw(UNINITIALIZED);
            false
        }
        Ok(Some(iterator)) => {
            while iterator.fetch() > 0 {
                for key in iterator.chunk.borrow_mut().rest() {
                    if let Some(key) = key.zend_str() {
                        remove::one(session, key.as_bytes());
                    }
                }
            }
            true
        }
    }
}

/// What an object of the class carries.
struct Iter {
    search: Search,
    format: i64,
    chunk_size: usize,
    list: i64,
    chunk: RefCell<Chunk>,
    totals: RefCell<Option<Totals>>,
}

impl Native for Iter {
    fn class() -> &'static Class<Self> {
        static CLASS: Class<Iter> = Class::new();
        &CLASS
    }
}

enum Search {
    All,
    Matching(Regex),
    Among(HashSet<Vec<u8>>),
}

/// The items read last, and where to read on; `cursor` none is the end.
struct Chunk {
    items: Vec<Item>,
    at: usize,
    cursor: Option<Cursor>,
}

struct Item {
    key: Zval,
    value: Zval,
}

#[derive(Clone, Copy, Default)]
struct Totals {
    hits: i64,
    size: i64,
    count: i64,
}

const UNINITIALIZED: &core::ffi::CStr = c"Trying to use uninitialized APCUIterator";

extern "C" fn construct(frame: &mut ExecuteData, _: &mut Zval) {
    let Some((search, [format, chunk_size, list])) = Args::of(frame).value_ints([ALL, 0, LIST_ACTIVE]) else { return };
    if chunk_size < 0 {
        return report::fatal(c"APCUIterator chunk size must be 0 or greater");
    }
    if request::with(|session| session.is_none()) {
        return report::throw(c"APC must be enabled to use APCUIterator");
    }
    if format > ALL {
        return report::fatal(c"APCUIterator format is invalid");
    }
    if list != LIST_ACTIVE && list != LIST_DELETED {
        return report::warning(c"APCUIterator invalid list type");
    }
    let Some(search) = Search::of(search) else { return };
    let chunk_size = if chunk_size == 0 { DEFAULT_CHUNK } else { chunk_size as usize };
    let chunk = RefCell::new(Chunk { items: Vec::new(), at: 0, cursor: Some(Cursor::default()) });
    if !Iter::class().set(frame, Iter { search, format, chunk_size, list, chunk, totals: RefCell::new(None) }) {
        report::throw(c"APCUIterator is constructed already");
    }
}

extern "C" fn rewind(frame: &mut ExecuteData, _: &mut Zval) {
    if let Some(iterator) = this(frame) {
        iterator.chunk.borrow_mut().cursor = Some(Cursor::default());
        iterator.fetch();
    }
}

extern "C" fn next(frame: &mut ExecuteData, _: &mut Zval) {
    if let Some(iterator) = this(frame) {
        let chunk = &mut *iterator.chunk.borrow_mut();
        chunk.at = chunk.items.len().min(chunk.at + 1);
    }
}

extern "C" fn valid(frame: &mut ExecuteData, result: &mut Zval) {
    if let Some(iterator) = this(frame) {
        result.set_bool(iterator.is_valid());
    }
}

extern "C" fn key(frame: &mut ExecuteData, result: &mut Zval) {
    item(frame, result, c"Cannot call key() on invalid iterator", |item| &item.key);
}

extern "C" fn current(frame: &mut ExecuteData, result: &mut Zval) {
    item(frame, result, c"Cannot call current() on invalid iterator", |item| &item.value);
}

extern "C" fn total_hits(frame: &mut ExecuteData, result: &mut Zval) {
    total(frame, result, |totals| totals.hits);
}

extern "C" fn total_size(frame: &mut ExecuteData, result: &mut Zval) {
    total(frame, result, |totals| totals.size);
}

extern "C" fn total_count(frame: &mut ExecuteData, result: &mut Zval) {
    total(frame, result, |totals| totals.count);
}

/// `$this` of a method without parameters; none where an exception was thrown.
fn this(frame: &mut ExecuteData) -> Option<Rc<Iter>> {
    if !Args::of(frame).none() {
        return None;
    }
    let iterator = Iter::class().this(frame);
    if iterator.is_none() {
        report::throw(UNINITIALIZED);
    }
    iterator
}

fn item(frame: &mut ExecuteData, result: &mut Zval, invalid: &core::ffi::CStr, part: fn(&Item) -> &Zval) {
    let Some(iterator) = this(frame) else { return };
    if !iterator.is_valid() {
        return report::throw(invalid);
    }
    let chunk = iterator.chunk.borrow();
    if let Some(item) = chunk.items.get(chunk.at) {
        *result = part(item).shallow_clone();
    }
}

fn total(frame: &mut ExecuteData, result: &mut Zval, part: fn(Totals) -> i64) {
    let Some(iterator) = this(frame) else { return };
    let known = *iterator.totals.borrow();
    let totals = known.unwrap_or_else(|| iterator.sum());
    *iterator.totals.borrow_mut() = Some(totals);
    result.set_long(part(totals));
}

impl Search {
    /// None where a regular expression does not compile: the engine ends the request then.
    fn of(search: Option<&Zval>) -> Option<Self> {
        let Some(search) = search else { return Some(Self::All) };
        if let Some(pattern) = search.zend_str().filter(|pattern| !pattern.is_empty()) {
            let regex = Regex::compile(pattern);
            if regex.is_none() {
                let message =
                    format!("Could not compile regular expression: {}", String::from_utf8_lossy(pattern.as_bytes()));
                report::fatal(&report::c_string(&message));
            }
            return regex.map(Self::Matching);
        }
        let keys = search.array().map(|keys| {
            let strings = keys.values().filter_map(|key| key.dereference().zend_str());
            Self::Among(strings.map(|key| key.as_bytes().to_vec()).collect())
        });
        Some(keys.unwrap_or(Self::All))
    }

    fn matches(&self, key: &[u8]) -> bool {
        match self {
            Self::All => true,
            Self::Matching(regex) => regex.matches(key),
            Self::Among(keys) => keys.contains(key),
        }
    }
}

impl Chunk {
    /// The keys of the items not shown yet, which count as shown now.
    fn rest(&mut self) -> Vec<Zval> {
        let rest = self.items[self.at.min(self.items.len())..].iter().map(|item| item.key.shallow_clone()).collect();
        self.at = self.items.len();
        rest
    }
}

impl Iter {
    /// Whether there is a current item; reads the next chunk where this one is used up.
    fn is_valid(&self) -> bool {
        let used_up = {
            let chunk = self.chunk.borrow();
            chunk.at == chunk.items.len()
        };
        !used_up || self.fetch() > 0
    }

    /// Reads the next chunk that is not empty; 0 is the end.
    fn fetch(&self) -> usize {
        loop {
            let mut keys = Vec::new();
            let next = request::with(|session| session.and_then(|session| self.find(session, &mut keys)));
            // Making an item may run PHP code that uses this very iterator: nothing is borrowed meanwhile.
            let items: Vec<Item> = keys.iter().filter_map(|key| self.make(key)).collect();
            let count = items.len();
            let old = {
                let chunk = &mut *self.chunk.borrow_mut();
                (chunk.at, chunk.cursor) = (0, next);
                core::mem::replace(&mut chunk.items, items)
            };
            drop(old);
            if count > 0 || next.is_none() {
                return count;
            }
        }
    }

    /// Collects the keys of the next matches, those stored first in front; returns where to go on.
    fn find(&self, session: &Session, keys: &mut Vec<Vec<u8>>) -> Option<Cursor> {
        let from = self.chunk.borrow().cursor?;
        if self.list == LIST_DELETED {
            // A removed entry is reachable for those alone that have fetched it.
            return None;
        }
        let now = session.now();
        let mut found = Vec::new();
        let next = session.cache.walk(CacheId::APCU, from, &mut |hit: &Hit<'_>| {
            let meta = hit.meta();
            if meta.expires > now.boot_ms && self.search.matches(hit.key()) {
                found.push((meta.created, hit.identity(), hit.key().to_vec()));
            }
            found.len() <= self.chunk_size
        });
        found.sort_unstable();
        keys.extend(found.into_iter().map(|(_, _, key)| key));
        next
    }

    /// Makes an item; none where the entry is gone.
    fn make(&self, key: &[u8]) -> Option<Item> {
        request::with(|session| {
            let session = session?;
            let hit = session.cache.peek(CacheId::APCU, key)?;
            let meta = hit.meta();
            let mut loaded = Zval::new();
            if self.format & VALUE != 0 {
                value::load(hit, &mut loaded);
            }
            let name = string::copy(key);
            let mut value = Zval::new();
            value.set_hashtable(self.fields(session, &name, loaded, &meta));
            Some(Item { key: name, value })
        })
    }

    fn fields(
        &self,
        session: &Session,
        key: &Zval,
        value: Zval,
        meta: &Meta,
    ) -> ext_php_rs::boxed::ZBox<ZendHashTable> {
        let mut fields = Fields::new();
        let has = |field| self.format & field != 0;
        if has(TYPE) {
            fields.add("type", "user");
        }
        if has(KEY) {
            fields.add("key", key.shallow_clone());
        }
        if has(VALUE) {
            fields.add("value", value);
        }
        let numbers = [
            (NUM_HITS, "num_hits", i64::from(meta.hits)),
            (MTIME, "mtime", i64::from(meta.modified)),
            (CTIME, "creation_time", i64::from(meta.created)),
            (DTIME, "deletion_time", 0),
            (ATIME, "access_time", access_time(meta)),
            (REFCOUNT, "ref_count", 0),
            (MEM_SIZE, "mem_size", meta.bytes as i64),
            (TTL, "ttl", session.clock().ttl(meta.created, meta.expires)),
        ];
        for (_, name, number) in numbers.into_iter().filter(|(field, ..)| has(*field)) {
            fields.add(name, number);
        }
        fields.0
    }

    fn sum(&self) -> Totals {
        request::with(|session| {
            let mut totals = Totals::default();
            let Some(session) = session.filter(|_| self.list == LIST_ACTIVE) else { return totals };
            let now = session.now();
            let mut add = |hit: &Hit<'_>| {
                let meta = hit.meta();
                if meta.expires > now.boot_ms && self.search.matches(hit.key()) {
                    totals.hits += i64::from(meta.hits);
                    totals.size += meta.bytes as i64;
                    totals.count += 1;
                }
                true
            };
            let mut cursor = Some(Cursor::default());
            while let Some(from) = cursor {
                cursor = session.cache.walk(CacheId::APCU, from, &mut add);
            }
            totals
        })
    }
}
