//! `storeMultiple`, `fetchMultiple`, `deleteMultiple`.

use ext_php_rs::types::{ZendHashTable, Zval};
use ext_php_rs::zend::ExecuteData;
use trove_shm::cache::Mode;

use super::{method, problem, terms, ttl_at};
use crate::api::cache::bulk;
use crate::api::cache::terms::{Text, type_name};
use crate::api::cache::write;
use crate::zend::args::Args;
use crate::zend::report::has_exception;
use crate::zend::walk;

pub extern "C" fn store(frame: &mut ExecuteData, result: &mut Zval) {
    let Some((args, handle)) = method(frame, 1, 2) else { return };
    let Some(values) = args.array_at(0).flatten() else { return };
    let Some(lifetime) = ttl_at(args, 1) else { return };
    for (key, _) in values.iter() {
        if let Some(problem) = problem(key.to_string().as_bytes()) {
            return args.refuse_value(0, &format!("must have keys of which each {problem}"));
        }
    }
    let Some(pairs) = args.value(0).and_then(|values| walk::pairs(values.dereference())) else { return };
    let terms = terms(lifetime, Mode::Set);
    let stored = handle.with(|cache| bulk::all_or_none(cache, args, &pairs, &terms));
    result.set_bool(stored == Some(true));
}

pub extern "C" fn fetch(frame: &mut ExecuteData, result: &mut Zval) {
    let Some((args, handle)) = method(frame, 1, 2) else { return };
    let Some(keys) = keys(args) else { return };
    let default = args.value(1).map_or_else(Zval::new, |default| default.dereference().shallow_clone());
    let found = bulk::find(handle, keys.values(), keys.len() as u32, &default);
    if !has_exception() {
        result.set_hashtable(found);
    }
}

pub extern "C" fn delete(frame: &mut ExecuteData, result: &mut Zval) {
    let Some((args, handle)) = method(frame, 1, 1) else { return };
    let Some(keys) = keys(args) else { return };
    let all = handle.with(|cache| {
        let mut all = true;
        for key in keys.values().filter_map(Text::of) {
            all &= write::remove(cache, key.bytes());
            if has_exception() {
                break;
            }
        }
        all
    });
    result.set_bool(all == Some(true));
}

/// The keys of argument 0; none where an exception was thrown.
fn keys(args: Args<'_>) -> Option<&ZendHashTable> {
    let keys = args.array_at(0)??;
    for key in keys.values() {
        let Some(text) = Text::of(key) else {
            args.refuse_value(0, &format!("must contain strings, {} given", type_name(key)));
            return None;
        };
        if let Some(problem) = problem(text.bytes()) {
            args.refuse_value(0, &format!("must contain keys of which each {problem}"));
            return None;
        }
    }
    Some(keys)
}
