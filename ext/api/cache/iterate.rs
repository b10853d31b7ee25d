//! `getIterator`, `keys`: walks over a cache.
//!
//! A walk goes through the table bucket by bucket and holds nothing of the segment between two pieces: an entry that is there throughout comes exactly
//! once, one that comes or goes meanwhile at most once. Values are looked up when their turn comes.

use core::cell::RefCell;

use ext_php_rs::types::Zval;
use ext_php_rs::zend::ExecuteData;
use trove_shm::cache::{CacheId, Cursor, Freshness};

use super::entry::int;
use super::handle::method;
use super::keys::Keys;
use crate::api::value;
use crate::request::{self, Session};
use crate::zend::class::{Class, Interface, Native};
use crate::zend::function::{Method, types};
use crate::zend::{report, string};

/// Keys that are read at a time.
const PIECE: usize = 256;

#[rustfmt::skip]
const METHODS: &[Method] = &[
    Method::no_constructor(),
    Method::new(c"current", current, 0, &[], types::MIXED),
    Method::new(c"key", key, 0, &[], types::MIXED),
    Method::new(c"next", next, 0, &[], types::VOID),
    Method::new(c"rewind", rewind, 0, &[], types::VOID),
    Method::new(c"valid", valid, 0, &[], types::BOOL),
];

/// Registers `Trove\CacheIterator`.
pub fn register() {
    Walk::class().register(c"Trove\\CacheIterator", &[Interface::Iterator], METHODS);
}

struct Walk {
    /// The session that it began in; in another one it is at its end. 0 where Trove is off.
    serial: u64,
    cache: CacheId,
    prefix: Box<[u8]>,
    /// Key and value, else number and key.
    values: bool,
    at: RefCell<At>,
}

/// Where a walk stands.
#[derive(Default)]
struct At {
    /// The item, none before the first and after the last.
    item: Option<(Zval, Zval)>,
    started: bool,
    number: i64,
    /// The keys of this piece, and the next of them.
    keys: Keys,
    next: usize,
    /// The next piece.
    cursor: Option<Cursor>,
}

impl Native for Walk {
    fn class() -> &'static Class<Self> {
        static CLASS: Class<Walk> = Class::new();
        &CLASS
    }
}

pub extern "C" fn iterator(frame: &mut ExecuteData, result: &mut Zval) {
    let Some((_, handle)) = method(frame, 0, 0) else { return };
    let of = handle.with(|cache| (cache.session.serial, cache.id));
    make(of, b"", true, result);
}

pub extern "C" fn keys(frame: &mut ExecuteData, result: &mut Zval) {
    let Some((args, handle)) = method(frame, 0, 1) else { return };
    let prefix = match args.count() {
        0 => &b""[..],
        _ => match args.string_at(0) {
            Some(prefix) => prefix.as_bytes(),
            None => return,
        },
    };
    let of = handle.with(|cache| (cache.session.serial, cache.id));
    make(of, prefix, false, result);
}

fn make(of: Option<(u64, CacheId)>, prefix: &[u8], values: bool, result: &mut Zval) {
    if report::has_exception() {
        return;
    }
    let (serial, cache) = of.unwrap_or((0, CacheId::APCU));
    *result = Walk::class().make(Walk { serial, cache, prefix: prefix.into(), values, at: RefCell::default() });
}

extern "C" fn rewind(frame: &mut ExecuteData, _: &mut Zval) {
    let (args, Some(walk)) = Walk::class().call(frame) else { return };
    if args.number(0, 0) {
        walk.restart();
    }
}

extern "C" fn next(frame: &mut ExecuteData, _: &mut Zval) {
    let (args, Some(walk)) = Walk::class().call(frame) else { return };
    if args.number(0, 0) {
        walk.start();
        walk.advance();
    }
}

extern "C" fn valid(frame: &mut ExecuteData, result: &mut Zval) {
    let (args, Some(walk)) = Walk::class().call(frame) else { return };
    if args.number(0, 0) {
        walk.start();
        result.set_bool(walk.at.borrow().item.is_some());
    }
}

extern "C" fn key(frame: &mut ExecuteData, result: &mut Zval) {
    part(frame, result, |(key, _)| key);
}

extern "C" fn current(frame: &mut ExecuteData, result: &mut Zval) {
    part(frame, result, |(_, value)| value);
}

fn part(frame: &mut ExecuteData, result: &mut Zval, of: fn(&(Zval, Zval)) -> &Zval) {
    let (args, Some(walk)) = Walk::class().call(frame) else { return };
    if args.number(0, 0) {
        walk.start();
        if let Some(item) = &walk.at.borrow().item {
            *result = of(item).shallow_clone();
        }
    }
}

impl Walk {
    fn start(&self) {
        if !self.at.borrow().started {
            self.restart();
        }
    }

    fn restart(&self) {
        let start = At { started: true, number: -1, cursor: Some(Cursor::default()), ..At::default() };
        // Dropping an item may run a destructor, which may use this very walk.
        let old = self.at.replace(start);
        drop(old);
        self.advance();
    }

    /// Goes on to the next item.
    fn advance(&self) {
        let old = self.at.borrow_mut().item.take();
        drop(old);
        while let Some(key) = self.next_key() {
            // Making a value may run PHP code that uses this very walk: nothing is borrowed meanwhile.
            let mut value = Zval::new();
            if self.values && !self.load(&key, &mut value) {
                if report::has_exception() {
                    return;
                }
                continue;
            }
            let name = string::copy(&key);
            drop(key);
            // Where such code went on by itself, its item is dropped here, which may run PHP code as well.
            let old = {
                let mut at = self.at.borrow_mut();
                at.number += 1;
                let item = if self.values { (name, value) } else { (int(at.number), name) };
                at.item.replace(item)
            };
            drop(old);
            return;
        }
    }

    /// The next key; none at the end.
    fn next_key(&self) -> Option<Vec<u8>> {
        loop {
            let from = {
                let at = &mut *self.at.borrow_mut();
                if let Some(key) = at.keys.at(at.next) {
                    at.next += 1;
                    return Some(key.to_vec());
                }
                at.cursor.take()?
            };
            // Asking for the session may raise a warning, whose handler may use this very walk: nothing is borrowed meanwhile.
            let mut keys = Keys::default();
            let cursor = self.in_session(|session| self.read(session, from, &mut keys)).flatten();
            let at = &mut *self.at.borrow_mut();
            (at.keys, at.next, at.cursor) = (keys, 0, cursor);
        }
    }

    fn read(&self, session: &Session, from: Cursor, keys: &mut Keys) -> Option<Cursor> {
        let now = session.exactly();
        session.cache.walk(self.cache, from, &mut |hit| {
            if hit.key().starts_with(&self.prefix) && hit.freshness_at(now) == Some(Freshness::Fresh) {
                keys.push(hit.key());
            }
            keys.len() < PIECE
        })
    }

    /// Makes a key's value in `value`; false where it is gone.
    fn load(&self, key: &[u8], into: &mut Zval) -> bool {
        let loaded = self.in_session(|session| {
            let now = session.exactly();
            let hit = session.cache.peek(self.cache, key).filter(|hit| hit.freshness_at(now) == Some(Freshness::Fresh));
            hit.is_some_and(|hit| value::load(hit, into))
        });
        loaded == Some(true)
    }

    fn in_session<R>(&self, f: impl FnOnce(&Session) -> R) -> Option<R> {
        request::with(|session| session.filter(|session| session.serial == self.serial).map(f))
    }
}
