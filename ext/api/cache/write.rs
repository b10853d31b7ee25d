//! `store`, `add`, `replace`, `delete`.

use ext_php_rs::types::{ZendHashTable, Zval};
use ext_php_rs::zend::ExecuteData;
use trove_shm::cache::{self, Freshness, Mode, Now, Outcome, Reserved, Spec, Value};
use trove_shm::error::{Error, Result};

use super::errors;
use super::handle::{Opened, key_at, method};
use super::terms::{Lifetime, Terms, Text};
use super::token::token_at;
use crate::codec::encode::Plan;
use crate::codec::{Kind, StoreError, compress};
use crate::options::Options;
use crate::zend::args::Args;
use crate::zend::report::has_exception;

pub extern "C" fn store(frame: &mut ExecuteData, result: &mut Zval) {
    put(frame, result, "store", Mode::Set);
}

pub extern "C" fn add(frame: &mut ExecuteData, result: &mut Zval) {
    put(frame, result, "add", Mode::Add);
}

pub extern "C" fn replace(frame: &mut ExecuteData, result: &mut Zval) {
    put(frame, result, "replace", Mode::Replace);
}

pub extern "C" fn delete(frame: &mut ExecuteData, result: &mut Zval) {
    let Some((args, handle)) = method(frame, 1, 1) else { return };
    let Some(key) = key_at(args, 0) else { return };
    let deleted = handle.with(|cache| remove(cache, key.as_bytes()));
    result.set_bool(deleted == Some(true));
}

#[inline]
fn put(frame: &mut ExecuteData, result: &mut Zval, operation: &str, mode: Mode) {
    let Some((args, handle)) = method(frame, 2, 7) else { return };
    let (Some(key), Some(value)) = (key_at(args, 0), args.value(1)) else { return };
    let Some(terms) = Terms::at(args, 2, mode) else { return };
    let Some(token) = token_at(args, 5) else { return };
    let Some(pinned) = args.bool_at(6, false) else { return };
    let terms = Terms { pinned, ..terms };
    let stored = handle.with(|cache| {
        let terms = terms.with(token, cache.session);
        terms.is_some_and(|terms| save(cache, operation, args, key.as_bytes(), value, &terms))
    });
    result.set_bool(stored == Some(true));
}

/// Stores a value. False where it is not stored: the mode was not met, an exception is pending, or the problem was logged.
///
/// May run PHP code, and may leave by a bailout: the caller owns nothing that must be dropped.
pub fn save(cache: Opened<'_>, operation: &str, args: Args<'_>, key: &[u8], value: &Zval, terms: &Terms<'_>) -> bool {
    match try_save(cache, key, value, terms) {
        Ok(outcome) => outcome != Outcome::Refused,
        Err(Failure::Value(why)) => {
            refuse(args, 1, why);
            false
        }
        Err(Failure::Engine(error)) => {
            errors::failed_store(cache.session, operation, key, &error);
            false
        }
    }
}

/// Why a value is not stored.
pub enum Failure {
    /// It can not be stored.
    Value(StoreError),
    /// There is no place for it.
    Engine(Error),
}

/// Stores a value.
///
/// May run PHP code, and may leave by a bailout: the caller owns nothing that must be dropped.
///
/// # Errors
/// It is not stored; nobody was told.
pub fn try_save(
    cache: Opened<'_>,
    key: &[u8],
    value: &Zval,
    terms: &Terms<'_>,
) -> core::result::Result<Outcome, Failure> {
    // Runs whatever PHP code there is to run; nothing is reserved yet. A plan is large: it stays where it is.
    let measured = Plan::measure(value, cache.session.serializer());
    match &measured {
        Ok(plan) => publish(cache, key, plan, terms).map_err(Failure::Engine),
        Err(why) => Err(Failure::Value(*why)),
    }
}

/// Says why a value, in argument `index`, can not be stored, where PHP has not said it.
#[cold]
pub fn refuse(args: Args<'_>, index: u32, why: StoreError) {
    match why {
        StoreError::Resource => args.refuse_type(index, "must not be a resource"),
        StoreError::Serializer if !has_exception() => args.refuse_value(index, "can not be serialized"),
        StoreError::Serializer | StoreError::Exception => {}
    }
}

/// Reserves, fills and publishes. No function of PHP's engine is called in here.
pub fn publish(cache: Opened<'_>, key: &[u8], plan: &Plan<'_>, terms: &Terms<'_>) -> Result<Outcome> {
    match terms.tags {
        None => publish_tagged(cache, key, plan, terms, &[]),
        Some(tags) => {
            let texts = texts(tags);
            publish_tagged(cache, key, plan, terms, &names(&texts))
        }
    }
}

/// The tags as they are now: what was not a string any more is left out.
pub fn texts(tags: &ZendHashTable) -> Vec<Text<'_>> {
    tags.values().filter_map(Text::of).filter(|text| !text.bytes().is_empty()).collect()
}

/// Each of them once.
pub fn names<'t>(texts: &'t [Text<'_>]) -> Vec<&'t [u8]> {
    let mut names: Vec<&[u8]> = texts.iter().map(Text::bytes).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn publish_tagged(
    cache: Opened<'_>,
    key: &[u8],
    plan: &Plan<'_>,
    terms: &Terms<'_>,
    tags: &[&[u8]],
) -> Result<Outcome> {
    let options = cache.options();
    let end = End::of(cache, terms, options);
    if end.is_over() {
        return expire(cache, key, terms.mode, end.now);
    }
    reserve(cache, key, plan, terms, tags, options, &end)?.publish(terms.mode, end.now)
}

/// How long what is stored now is served.
pub struct End {
    /// When it is stored.
    pub now: Now,
    expires: u64,
    /// The end of its stale window.
    until: u64,
    if_error_ms: u64,
}

impl End {
    /// That of a store on these terms.
    #[inline]
    pub fn of(cache: Opened<'_>, terms: &Terms<'_>, options: Options) -> Self {
        let lifetime = terms.lifetime.or(cache.lifetime).or(Lifetime::of_option(options.ttl_ms()));
        // Modes other than Set look at another value's expiry.
        let exact = lifetime.is_brief() || terms.mode != Mode::Set;
        let now = if exact { cache.session.exactly() } else { cache.session.now() };
        let expires = lifetime.expiry(now);
        let until = terms.stale.or(Lifetime::of_option(options.stale_ms())).window(expires);
        Self { now, expires, until, if_error_ms: terms.if_error_ms }
    }

    /// Whether it is over before it begins: nobody would be served it.
    #[inline]
    pub fn is_over(&self) -> bool {
        self.expires <= self.now.boot_ms && self.until.saturating_add(self.if_error_ms) <= self.now.boot_ms
    }
}

/// What a store of what is over comes to: as if it had been stored, and had expired.
#[cold]
pub fn expire(cache: Opened<'_>, key: &[u8], mode: Mode, now: Now) -> Result<Outcome> {
    let engine = &cache.session.cache;
    let fresh = || {
        let found = engine.peek(cache.id, key)?;
        (found.freshness_at(now) == Some(Freshness::Fresh)).then(|| found.identity())
    };
    let delete_same = |identity| {
        let deleted = engine.delete_same(cache.home, key, identity)?;
        Ok(if deleted { Outcome::Replaced } else { Outcome::Refused })
    };
    match mode {
        Mode::Set => engine.delete(cache.home, key).map(|_| Outcome::Replaced),
        Mode::Add => Ok(if fresh().is_some() { Outcome::Refused } else { Outcome::Inserted }),
        Mode::Replace => fresh().map_or(Ok(Outcome::Refused), delete_same),
        Mode::IfSame(identity) => delete_same(identity),
        Mode::Computed(begun) => begun.old().map_or(Ok(Outcome::Refused), delete_same),
    }
}

/// Reserves and fills. No function of PHP's engine is called in here; `tags` are without duplicates.
fn reserve<'c>(
    cache: Opened<'c>,
    key: &[u8],
    plan: &Plan<'_>,
    terms: &Terms<'_>,
    tags: &[&[u8]],
    options: Options,
    end: &End,
) -> Result<Reserved<'c>> {
    let form = Form::of(plan, options);
    let spec = spec(cache, key, &form, terms, tags, end);
    let mut reserved = cache.session.cache.reserve(&spec, end.now)?;
    form.fill(&mut reserved);
    if terms.cost_ms != 0 {
        reserved.set_cost(terms.cost_ms);
    }
    Ok(reserved)
}

/// What is to be stored.
#[inline]
pub fn spec<'a>(
    cache: Opened<'_>,
    key: &'a [u8],
    form: &Form<'_, '_>,
    terms: &Terms<'_>,
    tags: &'a [&'a [u8]],
    end: &End,
) -> Spec<'a> {
    let has_window = end.until != cache::until(end.expires, 0);
    let has_tail = has_window || end.expires != u64::MAX && (end.if_error_ms != 0 || terms.cost_ms != 0);
    Spec {
        cache: cache.id,
        key,
        kind: form.kind() as u8,
        value: form.value(),
        expires: end.expires,
        stale: has_tail.then_some((end.until, end.if_error_ms)),
        tags,
        pinned: terms.pinned,
        token: terms.token,
    }
}

/// A plan in the form in which a cache wants it: compressed, or not.
pub struct Form<'p, 'v> {
    plan: &'p Plan<'v>,
    packed: Option<Vec<u8>>,
}

impl<'p, 'v> Form<'p, 'v> {
    /// No function of PHP's engine is called, here and below.
    pub fn of(plan: &'p Plan<'v>, options: Options) -> Self {
        let packed = options.compress().and_then(|(from, level)| compress::pack(plan, from, level));
        Self { plan, packed }
    }

    /// What the payload is.
    pub fn kind(&self) -> Kind {
        if self.packed.is_some() { Kind::Compressed } else { self.plan.kind() }
    }

    /// The word, or the size of the payload.
    pub fn value(&self) -> Value {
        self.packed.as_ref().map_or_else(|| self.plan.value(), |packed| Value::Payload(packed.len()))
    }

    /// Fills what was reserved for it.
    pub fn fill(&self, reserved: &mut Reserved<'_>) {
        match &self.packed {
            Some(packed) => reserved.payload().copy_from_slice(packed),
            None if matches!(self.plan.value(), Value::Payload(_)) => {
                let address = reserved.address();
                self.plan.write(reserved.payload(), address);
            }
            None => {}
        }
    }
}

/// Removes an entry, a stale one included; whether there was one that was not expired.
pub fn remove(cache: Opened<'_>, key: &[u8]) -> bool {
    cache.session.cache.delete(cache.home, key).unwrap_or_else(|error| {
        errors::throw(cache.session, &error);
        false
    })
}
