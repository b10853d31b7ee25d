//! `apcu_fetch`, `apcu_exists`.

use ext_php_rs::types::{ZendHashTable, ZendStr, Zval};
use ext_php_rs::zend::ExecuteData;
use trove_shm::cache::{Cache, CacheId};

use super::value::{self, symtable_key};
use crate::request::{self, Session};
use crate::zend::args::Args;
use crate::zend::report::{has_exception, warning};

pub extern "C" fn apcu_fetch(frame: &mut ExecuteData, result: &mut Zval) {
    let args = Args::of(frame);
    let parsed = match (args.value(0), args.count()) {
        (Some(key), 1 | 2) => Some((key, args.reference(1))),
        _ => args.value_reference(),
    };
    let Some((key, success)) = parsed else { return };
    let found = request::with(|session| {
        if let Some(key) = key.zend_str() {
            one(session, key, result)
        } else if let Some(keys) = key.array() {
            result.set_hashtable(many(session, keys));
            true
        } else {
            args.convert_to_string().is_some_and(|key| one_of_many(session, key, result))
        }
    });
    if let Some(success) = success {
        success.assign(found);
    }
    if !found {
        result.set_bool(false);
    }
}

pub extern "C" fn apcu_exists(frame: &mut ExecuteData, result: &mut Zval) {
    let args = Args::of(frame);
    let parsed = if args.count() == 1 { args.value(0) } else { args.one() };
    let Some(key) = parsed else { return };
    request::with(|session| {
        let exists =
            |key: &ZendStr| session.is_some_and(|session| session.cache.exists(CacheId::APCU, key.as_bytes(), session));
        if let Some(key) = key.zend_str() {
            result.set_bool(exists(key));
        } else if let Some(keys) = key.array() {
            let mut present = ZendHashTable::new();
            for key in strings(keys, c"apc_exists() expects a string or array of strings.") {
                if exists(key) {
                    let _ = present.insert(symtable_key(key), true);
                }
            }
            result.set_hashtable(present);
        } else if let Some(key) = args.convert_to_string() {
            result.set_bool(exists(key));
        }
    });
}

#[inline(always)]
fn one(session: Option<&Session>, key: &ZendStr, result: &mut Zval) -> bool {
    let Some(session) = session else { return false };
    value::find(session, CacheId::APCU, key.into(), result, Cache::fetch).unwrap_or(false)
}

#[inline(never)]
fn one_of_many(session: Option<&Session>, key: &ZendStr, result: &mut Zval) -> bool {
    one(session, key, result)
}

fn many(session: Option<&Session>, keys: &ZendHashTable) -> ext_php_rs::boxed::ZBox<ZendHashTable> {
    let mut found = ZendHashTable::new();
    for key in strings(keys, c"apc_fetch() expects a string or array of strings.") {
        let mut value = Zval::new();
        if one_of_many(session, key, &mut value) {
            let _ = found.insert(symtable_key(key), value);
        }
        if has_exception() {
            break;
        }
    }
    found
}

/// The strings in an array; a warning for everything else.
fn strings<'a>(array: &'a ZendHashTable, complaint: &'a core::ffi::CStr) -> impl Iterator<Item = &'a ZendStr> {
    array.values().filter_map(move |element| {
        let string = element.dereference().zend_str();
        if string.is_none() {
            warning(complaint);
        }
        string
    })
}
