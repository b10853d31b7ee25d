//! `fetch`, `has`.

use ext_php_rs::types::Zval;
use ext_php_rs::zend::ExecuteData;
use trove_shm::cache::Cache;

use super::handle::{Opened, key_at, method};
use crate::api::value::{self, Key};
use crate::zend::report::has_exception;

pub extern "C" fn fetch(frame: &mut ExecuteData, result: &mut Zval) {
    let Some((args, handle)) = method(frame, 1, 2) else { return };
    let Some(key) = key_at(args, 0) else { return };
    let found = handle.with(|cache| one(cache, key.into(), result));
    if found != Some(true)
        && !has_exception()
        && let Some(default) = args.value(1)
    {
        *result = default.dereference().shallow_clone();
    }
}

pub extern "C" fn has(frame: &mut ExecuteData, result: &mut Zval) {
    let Some((args, handle)) = method(frame, 1, 1) else { return };
    let Some(key) = key_at(args, 0) else { return };
    let now_there = handle.with(|cache| cache.session.cache.exists_fresh(cache.id, key.as_bytes(), cache.session));
    result.set_bool(now_there == Some(true));
}

/// Makes the value of a key that is fresh in `result`, which holds nothing.
#[inline]
pub fn one(cache: Opened<'_>, key: Key<'_>, result: &mut Zval) -> bool {
    let found = value::find(cache.session, cache.id, key, result, Cache::fetch_fresh);
    cache.count(found.is_some());
    found.unwrap_or(false)
}
