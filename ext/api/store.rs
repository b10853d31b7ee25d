//! `apcu_store`, `apcu_add`.

use std::io::Write;

use ext_php_rs::types::array::ArrayKey;
use ext_php_rs::types::{ZendHashTable, Zval};
use ext_php_rs::zend::ExecuteData;
use trove_shm::cache::Mode;

use super::value::{save, symtable_key};
use crate::request::{self, Session};
use crate::zend::args::Args;
use crate::zend::report::{has_exception, warning};

pub extern "C" fn apcu_store(frame: &mut ExecuteData, result: &mut Zval) {
    put(frame, result, "store", Mode::Set);
}

pub extern "C" fn apcu_add(frame: &mut ExecuteData, result: &mut Zval) {
    put(frame, result, "add", Mode::Add);
}

#[inline]
fn put(frame: &mut ExecuteData, result: &mut Zval, operation: &str, mode: Mode) {
    let args = Args::of(frame);
    let ttl = args.value(2).map_or(Some(0), Zval::long);
    let parsed = match (args.value(0), args.value(1), ttl) {
        (Some(key), Some(value), Some(ttl)) if args.count() <= 3 => Some((key, Some(value), ttl)),
        _ => args.value_value_int(),
    };
    let Some((key, value, ttl)) = parsed else { return };
    request::with(|session| {
        if let Some(key) = key.zend_str() {
            let stored = value.is_some_and(|value| {
                session.is_some_and(|session| save(session, operation, key.as_bytes(), value, ttl, mode))
            });
            result.set_bool(stored);
        } else if let Some(pairs) = key.array() {
            result.set_hashtable(put_many(session, pairs, operation, ttl, mode));
        } else {
            warning(c"apc_store expects key parameter to be a string or an array of key/value pairs.");
            result.set_bool(false);
        }
    });
}

/// Stores pair by pair; the result has the keys that failed. An exception, which a value's own code may throw, ends it.
fn put_many(
    session: Option<&Session>,
    pairs: &ZendHashTable,
    operation: &str,
    ttl: i64,
    mode: Mode,
) -> ext_php_rs::boxed::ZBox<ZendHashTable> {
    let mut failed = ZendHashTable::new();
    let mut pairs = pairs.iter();
    while let Some((key, value)) = pairs.next_zval() {
        let stored = |key: &[u8]| session.is_some_and(|session| save(session, operation, key, value, ttl, mode));
        let (ok, key) = match (key.zend_str(), key.long()) {
            (Some(name), _) => (stored(name.as_bytes()), symtable_key(name)),
            (None, index) => {
                let index = index.unwrap_or_default();
                (stored(digits(index, &mut [0; 20])), ArrayKey::Long(index))
            }
        };
        if !ok {
            let _ = failed.insert(key, -1_i64);
        }
        if has_exception() {
            break;
        }
    }
    failed
}

/// An integer in decimal digits. Not on Rust's heap: the value's own code may end the request by a bailout, which drops nothing.
fn digits(number: i64, buffer: &mut [u8; 20]) -> &[u8] {
    let mut rest = &mut buffer[..];
    // Nothing is longer than i64::MIN.
    let _ = write!(rest, "{number}");
    let len = 20 - rest.len();
    &buffer[..len]
}
