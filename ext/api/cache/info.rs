//! `info`, `all`, `flush`, `count`.

use ext_php_rs::types::{ZendHashTable, Zval};
use ext_php_rs::zend::ExecuteData;

use super::entry::int;
use super::handle::{Handle, method};
use crate::api::slam;
use crate::request;
use crate::zend::args::Args;
use crate::zend::class::Native;
use crate::zend::function::types;
use crate::zend::record::{Property, Record};
use crate::zend::string;

static INFO: Record<8> = Record::new();

#[rustfmt::skip]
const PROPERTIES: [Property; 8] = [
    (c"name", types::STRING), (c"entries", types::INT), (c"bytes", types::INT), (c"hits", types::INT), (c"misses", types::INT),
    (c"evictions", types::INT), (c"memory", types::INT), (c"free", types::INT),
];

/// Registers `Trove\CacheInfo`.
pub fn register() {
    INFO.register(c"Trove\\CacheInfo", &PROPERTIES, &[]);
}

pub extern "C" fn info(frame: &mut ExecuteData, result: &mut Zval) {
    let Some((_, handle)) = method(frame, 0, 0) else { return };
    let numbers = handle.with(|cache| {
        cache.report_uses();
        let engine = &cache.session.cache;
        let (entries, bytes) = engine.usage(cache.home);
        let (hits, misses, evictions) = engine.cache_counts(cache.home);
        let stats = engine.stats();
        [entries, bytes, hits, misses, evictions, stats.heap_bytes, stats.free_bytes]
    });
    let [a, b, c, d, e, f, g] = numbers.unwrap_or_default().map(|number| int(number as i64));
    *result = INFO.make([string::copy(handle.name()), a, b, c, d, e, f, g]);
}

pub extern "C" fn all(frame: &mut ExecuteData, result: &mut Zval) {
    if !Args::of(frame).none() {
        return;
    }
    let mut named = ZendHashTable::new();
    request::with(|session| {
        let Some(session) = session else { return };
        let mut found = Vec::new();
        session.cache.caches(&mut |_, name| {
            if name != slam::CACHE {
                found.push(Handle::of(name));
            }
        });
        for handle in found {
            let name = string::copy(handle.name());
            let object = Handle::class().make(handle);
            if let Some(name) = name.zend_str() {
                let _ = named.insert(crate::api::value::symtable_key(name), object);
            }
        }
    });
    result.set_hashtable(named);
}

pub extern "C" fn flush(frame: &mut ExecuteData, _: &mut Zval) {
    let Some((_, handle)) = method(frame, 0, 0) else { return };
    handle.with(|cache| cache.session.cache.flush(cache.home));
}

pub extern "C" fn count(frame: &mut ExecuteData, result: &mut Zval) {
    let Some((_, handle)) = method(frame, 0, 0) else { return };
    let entries = handle.with(|cache| cache.session.cache.usage(cache.home).0);
    result.set_long(entries.unwrap_or(0) as i64);
}
