//! `entry`, `touch`, `refresh`.

use ext_php_rs::convert::IntoZval;
use ext_php_rs::types::Zval;
use ext_php_rs::zend::ExecuteData;
use trove_shm::cache::{Freshness, Meta};

use super::errors;
use super::handle::{key_at, method};
use super::keys::Keys;
use super::tags::tags_of;
use super::terms::Lifetime;
use crate::request::Session;
use crate::zend::function::types;
use crate::zend::record::{Property, Record};
use crate::zend::string;

static ENTRY: Record<8> = Record::new();

#[rustfmt::skip]
const PROPERTIES: [Property; 8] = [
    (c"key", types::STRING), (c"state", types::STRING), (c"expires", types::FLOAT | types::NULL),
    (c"staleUntil", types::FLOAT | types::NULL), (c"tags", types::ARRAY), (c"size", types::INT), (c"hits", types::INT),
    (c"created", types::INT | types::NULL),
];

/// Registers `Trove\Entry`.
pub fn register() {
    ENTRY.register(c"Trove\\Entry", &PROPERTIES, &STATES);
}

/// The names of the states, and their constants.
const STATES: [(&str, &str); 3] = [("FRESH", "fresh"), ("STALE", "stale"), ("MISSING", "missing")];

fn state(freshness: Option<Freshness>) -> Zval {
    let (_, name) = match freshness {
        Some(Freshness::Fresh) => STATES[0],
        Some(Freshness::Stale) => STATES[1],
        None => STATES[2],
    };
    string::copy(name.as_bytes())
}

pub extern "C" fn entry(frame: &mut ExecuteData, result: &mut Zval) {
    let Some((args, handle)) = method(frame, 1, 1) else { return };
    let Some(key) = key_at(args, 0) else { return };
    let mut made = None;
    handle.with(|cache| {
        let now = cache.session.exactly();
        let found = cache.session.cache.peek(cache.id, key.as_bytes()).and_then(|hit| {
            let freshness = hit.freshness_at(now)?;
            Some((freshness, hit.meta(), tags_of(&hit)))
        });
        made = found.map(|(freshness, meta, tags)| of(cache.session, key.as_bytes(), freshness, &meta, tags));
    });
    *result = made.unwrap_or_else(|| missing(key.as_bytes()));
}

fn of(session: &Session, key: &[u8], freshness: Freshness, meta: &Meta, tags: Keys) -> Zval {
    let time = |boot_ms| session.clock().unix_time(boot_ms).map_or_else(Zval::new, float);
    let stale_until = if meta.stale_until > meta.expires { time(meta.stale_until) } else { Zval::new() };
    let mut list = Zval::new();
    tags.into_list(&mut list);
    ENTRY.make([
        string::copy(key),
        state(Some(freshness)),
        time(meta.expires),
        stale_until,
        list,
        int(meta.bytes as i64),
        int(i64::from(meta.hits)),
        int(i64::from(meta.created)),
    ])
}

fn missing(key: &[u8]) -> Zval {
    let mut list = Zval::new();
    Keys::default().into_list(&mut list);
    ENTRY.make([string::copy(key), state(None), Zval::new(), Zval::new(), list, int(0), int(0), Zval::new()])
}

pub extern "C" fn touch(frame: &mut ExecuteData, result: &mut Zval) {
    let Some((args, handle)) = method(frame, 1, 2) else { return };
    let Some(key) = key_at(args, 0) else { return };
    let Some(lifetime) = Lifetime::at(args, 1) else { return };
    let touched = handle.with(|cache| {
        let (engine, now, key) = (&cache.session.cache, cache.session.exactly(), key.as_bytes());
        let default = Lifetime::of_option(cache.options().ttl_ms());
        let expires = lifetime.or(cache.lifetime).or(default).expiry(now);
        engine.touch(cache.id, key, expires, now).unwrap_or_else(|error| {
            errors::failed_store(cache.session, "touch", key, &error);
            false
        })
    });
    result.set_bool(touched == Some(true));
}

pub extern "C" fn refresh(frame: &mut ExecuteData, result: &mut Zval) {
    let Some((args, handle)) = method(frame, 1, 1) else { return };
    let Some(key) = key_at(args, 0) else { return };
    let refreshed = handle.with(|cache| {
        let marked = cache.session.cache.refresh(cache.home, key.as_bytes(), cache.session.exactly());
        marked.unwrap_or_else(|error| {
            errors::throw(cache.session, &error);
            false
        })
    });
    result.set_bool(refreshed == Some(true));
}

/// An integer for PHP.
pub fn int(number: i64) -> Zval {
    number.into_zval(false).unwrap_or_default()
}

fn float(number: f64) -> Zval {
    let mut value = Zval::new();
    value.set_double(number);
    value
}
