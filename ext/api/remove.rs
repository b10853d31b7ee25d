//! `apcu_delete`, `apcu_clear_cache`.

use ext_php_rs::types::{ZendHashTable, Zval};
use ext_php_rs::zend::ExecuteData;
use trove_shm::cache::CacheId;

use super::iterator;
use crate::error;
use crate::request::{self, Session};
use crate::zend::args::Args;
use crate::zend::report::{has_exception, warning};

const COMPLAINT: &core::ffi::CStr = c"apc_delete() expects a string, array of strings, or APCIterator instance";

pub extern "C" fn apcu_delete(frame: &mut ExecuteData, result: &mut Zval) {
    let Some(key) = Args::of(frame).one() else { return };
    request::with(|session| {
        if let Some(key) = key.zend_str() {
            result.set_bool(one(session, key.as_bytes()));
        } else if let Some(keys) = key.array() {
            let mut kept = ZendHashTable::new();
            for key in keys.values() {
                let key = key.dereference();
                let string = key.zend_str();
                if string.is_none() {
                    warning(COMPLAINT);
                }
                if !string.is_some_and(|key| one(session, key.as_bytes())) {
                    let _ = kept.push(key.shallow_clone());
                }
                if has_exception() {
                    break;
                }
            }
            result.set_hashtable(kept);
        } else if key.is_object() {
            result.set_bool(iterator::delete(session, key));
        } else {
            warning(COMPLAINT);
            result.set_bool(false);
        }
    });
}

pub extern "C" fn apcu_clear_cache(frame: &mut ExecuteData, result: &mut Zval) {
    if !Args::of(frame).none() {
        return;
    }
    request::with(|session| {
        if let Some(session) = session {
            session.note_removal();
            session.cache.flush(CacheId::APCU);
            session.cache.reset_stats(session.now());
        }
    });
    result.set_bool(true);
}

/// Deletes an entry; true where one was there, an expired one included.
pub fn one(session: Option<&Session>, key: &[u8]) -> bool {
    session.is_some_and(|session| {
        session.note_removal();
        session.cache.delete(CacheId::APCU, key).unwrap_or_else(|error| {
            error::report(session, "delete", key, &error);
            false
        })
    })
}
