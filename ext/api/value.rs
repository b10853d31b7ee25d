//! Values in and out of the cache: the one place where `codec` and the engine meet.

use ext_php_rs::types::array::ArrayKey;
use ext_php_rs::types::{ZendStr, Zval};
use trove_shm::cache::{Cache, CacheId, Clock, Glance, Hit, Label, Mode, Now, Outcome, Spec, Value};
use trove_shm::error::Result;

use crate::codec::decode::{self, Stored};
use crate::codec::encode::{Plan, Quick};
use crate::codec::{Kind, StoreError};
use crate::error;
use crate::request::Session;
use crate::zend::report::warning;
use crate::zend::string;

/// A key that is looked up.
#[derive(Clone, Copy)]
pub struct Key<'k> {
    bytes: &'k [u8],
    label: Option<Label>,
}

impl<'k> From<&'k ZendStr> for Key<'k> {
    #[inline(always)]
    fn from(key: &'k ZendStr) -> Self {
        Self { bytes: key.as_bytes(), label: string::lasting_address(key).map(Label) }
    }
}

impl<'k> From<&'k [u8]> for Key<'k> {
    fn from(key: &'k [u8]) -> Self {
        Self { bytes: key, label: None }
    }
}

impl<'k> Key<'k> {
    /// That of a value which is a string, or of the digits of what is none.
    pub fn of(value: &'k Zval, text: &'k [u8]) -> Self {
        value.dereference().zend_str().map_or_else(|| text.into(), Self::from)
    }
}

/// Finds the value of a key and makes it in `result`, which holds nothing. None where there is none, else whether it could be made. Where it
/// takes more than a glance, `fetch` is asked.
///
/// As [`load`].
#[inline(always)]
pub fn find<'s>(
    session: &'s Session,
    cache: CacheId,
    key: Key<'_>,
    result: &mut Zval,
    fetch: impl FnOnce(&'s Cache, CacheId, &[u8], &'s Session) -> Option<Hit<'s>>,
) -> Option<bool> {
    find_at(session.lately(), session, cache, key, result, fetch)
}

/// As [`find`], for several keys in a row: at a time that [`Clock::lately`] has told, and since then no PHP code has run.
#[inline(always)]
pub fn find_at<'s>(
    lately: Now,
    session: &'s Session,
    cache: CacheId,
    key: Key<'_>,
    result: &mut Zval,
    fetch: impl FnOnce(&'s Cache, CacheId, &[u8], &'s Session) -> Option<Hit<'s>>,
) -> Option<bool> {
    recall(lately, session, cache, key, result).or_else(|| find_anew(lately, session, cache, key, result, fetch))
}

/// As [`find_at`], of what the request has found by this key before; none where it takes that to know.
#[inline(always)]
pub fn recall(lately: Now, session: &Session, cache: CacheId, key: Key<'_>, result: &mut Zval) -> Option<bool> {
    let (kind, payload) = session.cache.recall(cache, key.label?, lately)?;
    Some(decode::kept(kind, payload, result).is_ok())
}

/// As [`find_at`], of what is not [recalled](recall).
#[inline(always)]
pub fn find_anew<'s>(
    lately: Now,
    session: &'s Session,
    cache: CacheId,
    key: Key<'_>,
    result: &mut Zval,
    fetch: impl FnOnce(&'s Cache, CacheId, &[u8], &'s Session) -> Option<Hit<'s>>,
) -> Option<bool> {
    match session.cache.glance(cache, key.bytes, key.label, lately) {
        Glance::Missing => None,
        Glance::Inline { kind, word } => Some(decode::scalar(kind, word, result).is_ok()),
        Glance::Kept { kind, payload } => Some(decode::kept(kind, payload, result).is_ok()),
        Glance::Unclear => fetch(&session.cache, cache, key.bytes, session).map(|hit| load(hit, result)),
    }
}

/// What a glance has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looked {
    /// There is no entry.
    Missing,
    /// There is a fresh one; whether its value could be made.
    Fresh(bool),
    /// It takes a fetch.
    Unclear,
}

/// As [`find`], where a glance is enough.
#[inline]
pub fn at_a_glance(session: &Session, cache: CacheId, key: Key<'_>, result: &mut Zval) -> Looked {
    let lately = session.lately();
    if let Some(is_made) = recall(lately, session, cache, key, result) {
        return Looked::Fresh(is_made);
    }
    match session.cache.glance(cache, key.bytes, key.label, lately) {
        Glance::Missing => Looked::Missing,
        Glance::Inline { kind, word } => Looked::Fresh(decode::scalar(kind, word, result).is_ok()),
        Glance::Kept { kind, payload } => Looked::Fresh(decode::kept(kind, payload, result).is_ok()),
        Glance::Unclear => Looked::Unclear,
    }
}

/// Makes a hit's value in `result`, which holds nothing. False where that fails: the fetch is a miss then.
///
/// May run PHP code, and may leave by a bailout: the hit is let go of before, and the caller owns nothing that must be dropped.
#[inline(never)]
pub fn load(hit: Hit<'_>, result: &mut Zval) -> bool {
    let (kind, word, payload) = (hit.kind(), hit.word(), hit.payload());
    let stored = if payload.is_empty() || (kind != Kind::Compressed as u8 && hit.keeps()) {
        Ok(Stored::kept(kind, word, payload))
    } else {
        Stored::private(kind, word, payload)
    };
    drop(hit);
    match stored {
        Ok(stored) => stored.decode(result).is_ok(),
        Err(bailout) => bailout.resume(),
    }
}

/// Stores a value. False where it is not stored: `mode` was not met, an exception is pending, or the problem was reported.
pub fn save(session: &Session, operation: &str, key: &[u8], value: &Zval, ttl: i64, mode: Mode) -> bool {
    if session.settings().slam_defense && super::slam::is_repeated(session, key) {
        return false;
    }
    let published = match Quick::of(value, session.serializer()) {
        Some(quick) => {
            put(session, key, quick.kind(), quick.value(), ttl, mode, |to, address| quick.write(to, address))
        }
        None => match plan_and_put(session, key, value, ttl, mode) {
            Some(published) => published,
            None => return false,
        },
    };
    match published {
        Ok(outcome) => outcome != Outcome::Refused,
        Err(error) => {
            error::report(session, operation, key, &error);
            false
        }
    }
}

/// Stores a value of any kind. None where it cannot be stored: an exception is pending, or the problem was reported.
#[inline(never)]
fn plan_and_put(session: &Session, key: &[u8], value: &Zval, ttl: i64, mode: Mode) -> Option<Result<Outcome>> {
    // Runs whatever PHP code there is to run; nothing is reserved yet. A plan is large: it stays where it is.
    match &Plan::measure(value, session.serializer()) {
        Ok(plan) => {
            Some(put(session, key, plan.kind(), plan.value(), ttl, mode, |to, address| plan.write(to, address)))
        }
        Err(StoreError::Resource) => {
            warning(c"Cannot store resources in apcu cache");
            None
        }
        Err(StoreError::Exception | StoreError::Serializer) => None,
    }
}

/// Stores an integer.
///
/// # Errors
/// As [`trove_shm::cache::Cache::reserve`] and [`trove_shm::cache::Reserved::publish`].
pub fn put_integer(session: &Session, key: &[u8], value: i64, ttl: i64, mode: Mode) -> Result<Outcome> {
    let value = Value::Inline { word: value as u64, integer: true };
    put(session, key, Kind::Long, value, ttl, mode, |_, _| {})
}

/// A key as PHP takes it in arrays: a decimal number is one.
pub fn symtable_key(key: &ZendStr) -> ArrayKey<'_> {
    match key.as_str().map(ArrayKey::from) {
        Ok(ArrayKey::Long(index)) => ArrayKey::Long(index),
        _ => ArrayKey::ZendString(key),
    }
}

/// No function of PHP's engine is called before the value is published, `fill` included.
#[inline(always)]
fn put(
    session: &Session,
    key: &[u8],
    kind: Kind,
    value: Value,
    ttl: i64,
    mode: Mode,
    fill: impl FnOnce(&mut [u8], u64),
) -> Result<Outcome> {
    // Only who looks at an expiry needs the time to the millisecond.
    let now = if ttl == 0 && mode == Mode::Set { session.lately() } else { session.now() };
    let expires = session.clock().expiry(now, ttl);
    let spec = Spec {
        cache: CacheId::APCU,
        key,
        kind: kind as u8,
        value,
        expires,
        stale: None,
        tags: &[],
        pinned: false,
        token: if let Mode::Computed(begun) = mode { Some(begun.token()) } else { None },
    };
    let outcome = session.cache.store(&spec, mode, now, fill);
    if let Some(shortage) = session.cache.take_shortage() {
        error::report_shortage(session, &shortage);
    }
    outcome
}
