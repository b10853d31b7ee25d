//! `getPool`, `hasPool`, `getPools`, `deletePool`.
//!
//! A named cache is never given back; one whose pool was deleted is marked so, until the pool is asked for again.

use ext_php_rs::types::{ZendHashTable, Zval};
use ext_php_rs::zend::ExecuteData;
use trove_shm::caches::Settings;

use super::{Pool, text_at};
use crate::api::cache::handle::{Handle, MAX_NAME};
use crate::api::slam;
use crate::api::value::symtable_key;
use crate::options::DELETED;
use crate::request;
use crate::zend::args::Args;
use crate::zend::class::Native;
use crate::zend::function::{Method, Parameter, types};
use crate::zend::report::has_exception;
use crate::zend::string;

const POOL: Parameter = Parameter::new(c"pool", types::STRING);

/// The static methods in this file.
#[rustfmt::skip]
pub const METHODS: &[Method] = &[
    Method::new(c"hasPool", has, 1, &[POOL], types::BOOL).fixed(),
    Method::new(c"getPool", get, 1, &[POOL], types::NONE).or_of(c"UserCache\\Cache").fixed(),
    Method::new(c"deletePool", delete, 1, &[POOL], types::BOOL).fixed(),
    Method::new(c"getPools", all, 0, &[], types::ARRAY).fixed(),
];

/// The name of a pool, the only argument; none where an exception was thrown.
fn name_of(frame: &mut ExecuteData) -> Option<&[u8]> {
    let args = Args::of(frame);
    if !args.number(1, 1) {
        return None;
    }
    let name = text_at(args, 0)?.as_bytes();
    if name.len() > MAX_NAME {
        args.refuse_value(0, &format!("must have at most {MAX_NAME} bytes, has {}", name.len()));
        return None;
    }
    Some(name)
}

extern "C" fn get(frame: &mut ExecuteData, result: &mut Zval) {
    let Some(name) = name_of(frame) else { return };
    let handle = Handle::of(name);
    handle.with(|cache| {
        let settings = cache.session.cache.settings(cache.home);
        if settings.options & DELETED != 0 {
            let settings = Settings { options: settings.options & !DELETED, ..settings };
            cache.session.cache.configure(cache.home, settings);
        }
    });
    if !has_exception() {
        *result = Pool::class().make(Pool(handle));
    }
}

extern "C" fn has(frame: &mut ExecuteData, result: &mut Zval) {
    let Some(name) = name_of(frame) else { return };
    result.set_bool(names().iter().any(|known| **known == *name));
}

extern "C" fn delete(frame: &mut ExecuteData, result: &mut Zval) {
    let Some(name) = name_of(frame) else { return };
    let there = names().iter().any(|known| **known == *name);
    let done = Some(()).filter(|()| there).map(|()| {
        Handle::of(name).with(|cache| {
            cache.session.cache.flush(cache.home);
            cache.session.cache.configure(cache.home, Settings { options: DELETED, ..Settings::default() });
        })
    });
    result.set_bool(done.is_none_or(|done| done.is_some()));
}

extern "C" fn all(frame: &mut ExecuteData, result: &mut Zval) {
    if !Args::of(frame).none() {
        return;
    }
    let mut pools = ZendHashTable::new();
    for name in names() {
        let pool = Pool::class().make(Pool(Handle::of(&name)));
        let name = string::copy(&name);
        if let Some(name) = name.zend_str() {
            let _ = pools.insert(symtable_key(name), pool);
        }
    }
    result.set_hashtable(pools);
}

/// The names of all pools.
fn names() -> Vec<Box<[u8]>> {
    let mut names: Vec<Box<[u8]>> = Vec::new();
    request::with(|session| {
        let Some(session) = session else { return };
        session.cache.caches(&mut |id, name| {
            if name != slam::CACHE && session.cache.settings(id).options & DELETED == 0 {
                names.push(name.into());
            }
        });
    });
    names
}
