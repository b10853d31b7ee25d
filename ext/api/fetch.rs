//! `apcu_fetch`, `apcu_exists`.

use ext_php_rs::boxed::ZBox;
use ext_php_rs::types::{ZendHashTable, ZendStr, Zval};
use ext_php_rs::zend::ExecuteData;
use trove_shm::cache::{Cache, CacheId, Clock, Now};

use super::value;
use crate::request::{self, Session};
use crate::zend::args::Args;
use crate::zend::report::{has_exception, warning};
use crate::zend::table::Table;
use crate::zend::value::{Array, Value};

pub extern "C" fn apcu_fetch(frame: &mut ExecuteData, result: &mut Zval) {
    let args = Args::of(frame);
    let parsed = match (args.value(0), args.count()) {
        (Some(key), 1 | 2) => Some((key, args.reference(1))),
        _ => args.value_reference(),
    };
    let Some((key, success)) = parsed else { return };
    let found = request::with(|session| match key.zend_str() {
        Some(key) => one(session, key, result),
        None => by_other_than_string(session, key, args, result),
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
        } else if let Value::Array(keys) = Value::of(key) {
            let mut present = Table::with_room(0);
            each_string(keys, c"apc_exists() expects a string or array of strings.", |key| {
                if let Some(key) = key.filter(|key| exists(key)) {
                    let mut there = Zval::new();
                    there.set_bool(true);
                    present.put(key, there);
                }
            });
            result.set_hashtable(present.finish());
        } else if let Some(key) = args.convert_to_string() {
            result.set_bool(exists(key));
        }
    });
}

#[inline(always)]
fn one(session: Option<&Session>, key: &ZendStr, result: &mut Zval) -> bool {
    let Some(session) = session else { return false };
    let lately = session.lately();
    match value::recall(lately, session, CacheId::APCU, key.into(), result) {
        Some(is_made) => is_made,
        None => one_anew(lately, session, key, result),
    }
}

/// A function of its own: so those who recall save no registers that only this needs.
#[inline(never)]
fn one_anew(lately: Now, session: &Session, key: &ZendStr, result: &mut Zval) -> bool {
    value::find_anew(lately, session, CacheId::APCU, key.into(), result, Cache::fetch).unwrap_or(false)
}

#[inline(never)]
fn by_other_than_string(session: Option<&Session>, key: &Zval, args: Args<'_>, result: &mut Zval) -> bool {
    if let Value::Array(keys) = Value::of(key) {
        result.set_hashtable(many(session, keys));
        return true;
    }
    args.convert_to_string().is_some_and(|key| one(session, key, result))
}

fn many(session: Option<&Session>, keys: Array<'_>) -> ZBox<ZendHashTable> {
    let mut found = Table::with_room(keys.len());
    let mut lately = session.map(|session| session.lately());
    each_string(keys, c"apc_fetch() expects a string or array of strings.", |key| {
        let mut value = Zval::new();
        let (Some(session), Some(at)) = (session, lately) else { return };
        let Some(key) = key else {
            lately = Some(session.lately());
            return;
        };
        let is_found = value::find_at(at, session, CacheId::APCU, key.into(), &mut value, Cache::fetch) == Some(true);
        let is_string = value.is_string();
        if is_found {
            found.put(key, value);
        }
        if !is_string {
            // PHP code may have run: a class was loaded, say.
            lately = Some(session.lately());
        }
    });
    found.finish()
}

/// Calls `f` with each string in an array, until an exception is pending; with none after a warning for anything else, whose handler may be PHP code.
/// `f` may run PHP code as well: the argument holds the array, so who changes it makes a copy.
#[inline(always)]
fn each_string(array: Array<'_>, complaint: &core::ffi::CStr, mut f: impl FnMut(Option<&ZendStr>)) {
    for slot in array.slots() {
        // What is behind a reference may change meanwhile; a copy does not.
        let copy;
        let key = match slot.zend_str() {
            None if slot.is_reference() => {
                copy = slot.dereference().shallow_clone();
                copy.zend_str()
            }
            key => key,
        };
        if key.is_none() {
            warning(complaint);
        }
        f(key);
        if has_exception() {
            break;
        }
    }
}
