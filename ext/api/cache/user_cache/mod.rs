//! `UserCache\Cache`, the class of the extension that is proposed for PHP 8.6, over named caches: a pool is a named cache. For those who write
//! for it and run on a PHP that lacks it; where `trove.user_cache` is on, and no such class exists.
//!
//! What is taken for granted where the proposal leaves it open, and what differs, stands in docs/user-cache.md.

mod many;
mod pools;
mod status;

use core::time::Duration;

use ext_php_rs::types::{ZendStr, Zval};
use ext_php_rs::zend::ExecuteData;
use trove_shm::cache::{Freshness, Leased, Mode};

use super::change::{self, Sum};
use super::compute::Work;
use super::handle::{Handle, Opened};
use super::remember::{self, Call};
use super::terms::{Lifetime, Terms};
use super::{errors, read, write};
use crate::error::printable;
use crate::ini;
use crate::request::{PoolLock, Session};
use crate::zend::args::Args;
use crate::zend::class::{Class, Native};
use crate::zend::function::{Method, Parameter, types};
use crate::zend::report::{self, has_exception};
use crate::zend::{callable, enums};

/// Seconds for which a lock is held at most.
const LONGEST_LEASE: i64 = 3600;
/// How long `remember()` waits for another process that computes the same, and for how long a computation keeps others waiting.
const WAIT: Duration = Duration::from_secs(10);
const LEASE_MS: u64 = 60_000;
/// The proposal's delimiter, which neither keys nor names of pools may hold.
const DELIMITER: u8 = 0x1f;

/// A pool.
pub struct Pool(Handle);

impl Native for Pool {
    fn class() -> &'static Class<Self> {
        static CLASS: Class<Pool> = Class::new();
        &CLASS
    }
}

const KEY: Parameter = Parameter::new(c"key", types::STRING);
const KEYS: Parameter = Parameter::new(c"keys", types::ARRAY);
const STORABLE: u32 =
    types::NULL | types::BOOL | types::INT | types::FLOAT | types::STRING | types::ARRAY | types::OBJECT;
const VALUE: Parameter = Parameter::new(c"value", STORABLE);
const VALUES: Parameter = Parameter::new(c"values", types::ARRAY);
const TTL: Parameter = Parameter::new(c"ttl", types::INT).default(c"0");
const STEP: Parameter = Parameter::new(c"step", types::INT).default(c"1");
const LEASE: Parameter = Parameter::new(c"lease", types::INT).default(c"0");
const DEFAULT: Parameter = Parameter::new(c"default", types::MIXED).default(c"null");
const CALLBACK: Parameter = Parameter::new(c"callback", types::CALLABLE);

#[rustfmt::skip]
const METHODS: &[Method] = &[
    Method::no_constructor(),
    Method::new(c"store", store, 2, &[KEY, VALUE, TTL], types::BOOL),
    Method::new(c"add", add, 2, &[KEY, VALUE, TTL], types::BOOL),
    Method::new(c"storeMultiple", many::store, 1, &[VALUES, TTL], types::BOOL),
    Method::new(c"increment", increment, 1, &[KEY, STEP, TTL], types::INT | types::NULL),
    Method::new(c"decrement", decrement, 1, &[KEY, STEP, TTL], types::INT | types::NULL),
    Method::new(c"fetch", fetch, 1, &[KEY, DEFAULT], types::MIXED),
    Method::new(c"fetchMultiple", many::fetch, 1, &[KEYS, DEFAULT], types::ARRAY),
    Method::new(c"delete", delete, 1, &[KEY], types::BOOL),
    Method::new(c"deleteMultiple", many::delete, 1, &[KEYS], types::BOOL),
    Method::new(c"clear", clear, 0, &[], types::BOOL),
    Method::new(c"has", has, 1, &[KEY], types::BOOL),
    Method::new(c"lock", lock, 1, &[KEY, LEASE], types::BOOL),
    Method::new(c"unlock", unlock, 1, &[KEY], types::BOOL),
    Method::new(c"remember", remember, 2, &[KEY, CALLBACK, TTL], types::MIXED),
];

/// Registers the classes, where they are wanted and nobody else has them.
pub fn register() {
    if ini::wants_user_cache() && !enums::class_exists(c"usercache\\cache") {
        status::register();
        Pool::class().register(c"UserCache\\Cache", &[], METHODS.iter().chain(pools::METHODS).chain(status::METHODS));
    }
}

/// The arguments and the cache of a running method; none where an exception was thrown.
fn method(frame: &mut ExecuteData, least: u32, most: u32) -> Option<(Args<'_>, &Handle)> {
    let (args, pool) = Pool::class().call(frame);
    if !args.number(least, most) {
        return None;
    }
    if pool.is_none() {
        report::throw(c"UserCache\\Cache must be obtained by UserCache\\Cache::getPool()");
    }
    Some((args, &pool?.0))
}

/// The key or the name at `index`; none where an exception was thrown.
fn text_at(args: Args<'_>, index: u32) -> Option<&ZendStr> {
    let text = args.string_at(index)?;
    match problem(text.as_bytes()) {
        None => Some(text),
        Some(problem) => {
            args.refuse_value(index, problem);
            None
        }
    }
}

fn problem(text: &[u8]) -> Option<&'static str> {
    if text.is_empty() {
        Some("must not be empty")
    } else {
        text.contains(&DELIMITER).then_some("must not contain the byte 0x1F")
    }
}

/// A number that is not negative; none where an exception was thrown.
fn count_at(args: Args<'_>, index: u32, default: i64) -> Option<i64> {
    let number = args.int_at(index, default)?;
    if number < 0 {
        args.refuse_value(index, "must be greater than or equal to 0");
        return None;
    }
    Some(number)
}

/// A ttl: 0 is for ever.
fn ttl_at(args: Args<'_>, index: u32) -> Option<Lifetime> {
    let ttl = count_at(args, index, 0)? as u64;
    Some(if ttl == 0 { Lifetime::Default } else { Lifetime::Ms(ttl.saturating_mul(1000)) })
}

fn terms(lifetime: Lifetime, mode: Mode) -> Terms<'static> {
    let stale = Lifetime::Default;
    Terms { lifetime, tags: None, stale, if_error_ms: 0, cost_ms: 0, token: None, mode, pinned: false }
}

extern "C" fn store(frame: &mut ExecuteData, result: &mut Zval) {
    put(frame, result, "store", Mode::Set);
}

extern "C" fn add(frame: &mut ExecuteData, result: &mut Zval) {
    put(frame, result, "add", Mode::Add);
}

fn put(frame: &mut ExecuteData, result: &mut Zval, operation: &str, mode: Mode) {
    let Some((args, handle)) = method(frame, 2, 3) else { return };
    let (Some(key), Some(value)) = (text_at(args, 0), args.value(1)) else { return };
    let Some(lifetime) = ttl_at(args, 2) else { return };
    let terms = terms(lifetime, mode);
    let stored = handle.with(|cache| write::save(cache, operation, args, key.as_bytes(), value, &terms));
    result.set_bool(stored == Some(true));
}

extern "C" fn fetch(frame: &mut ExecuteData, result: &mut Zval) {
    let Some((args, handle)) = method(frame, 1, 2) else { return };
    let Some(key) = text_at(args, 0) else { return };
    let found = handle.with(|cache| read::one(cache, key.into(), result));
    if found != Some(true)
        && !has_exception()
        && let Some(default) = args.value(1)
    {
        *result = default.dereference().shallow_clone();
    }
}

extern "C" fn has(frame: &mut ExecuteData, result: &mut Zval) {
    let Some((args, handle)) = method(frame, 1, 1) else { return };
    let Some(key) = text_at(args, 0) else { return };
    let there = handle.with(|cache| cache.session.cache.exists_fresh(cache.id, key.as_bytes(), cache.session.now()));
    result.set_bool(there == Some(true));
}

extern "C" fn delete(frame: &mut ExecuteData, result: &mut Zval) {
    let Some((args, handle)) = method(frame, 1, 1) else { return };
    let Some(key) = text_at(args, 0) else { return };
    let deleted = handle.with(|cache| write::remove(cache, key.as_bytes()));
    result.set_bool(deleted == Some(true));
}

extern "C" fn clear(frame: &mut ExecuteData, result: &mut Zval) {
    let Some((_, handle)) = method(frame, 0, 0) else { return };
    let cleared = handle.with(|cache| cache.session.cache.flush(cache.home));
    result.set_bool(cleared.is_some());
}

extern "C" fn increment(frame: &mut ExecuteData, result: &mut Zval) {
    step(frame, result, "Increment", 1);
}

extern "C" fn decrement(frame: &mut ExecuteData, result: &mut Zval) {
    step(frame, result, "Decrement", -1);
}

fn step(frame: &mut ExecuteData, result: &mut Zval, operation: &str, sign: i64) {
    let Some((args, handle)) = method(frame, 1, 3) else { return };
    let Some(key) = text_at(args, 0) else { return };
    let (Some(by), Some(lifetime)) = (count_at(args, 1, 1), ttl_at(args, 2)) else { return };
    // Not negative, so its negative is an integer too.
    let sum = handle.with(|cache| {
        let sum = change::add(cache, key, by * sign, 0, lifetime);
        sum.map_err(|error| errors::failed_store(cache.session, operation, key.as_bytes(), &error))
    });
    let name = printable(key.as_bytes());
    match sum {
        Some(Ok(Sum::Is(sum))) => result.set_long(sum),
        Some(Ok(Sum::NotInteger)) => {
            let message = format!("{operation} of user cache key \"{name}\" needs an integer to be stored there");
            report::throw_value(&report::c_string(&message));
        }
        Some(Ok(Sum::Overflows)) => {
            let message = format!("{operation} of user cache key \"{name}\" would leave the range of an integer");
            report::throw_arithmetic(&report::c_string(&message));
        }
        Some(Err(())) | None => {}
    }
}

extern "C" fn lock(frame: &mut ExecuteData, result: &mut Zval) {
    let Some((args, handle)) = method(frame, 1, 2) else { return };
    let (Some(key), Some(lease)) = (text_at(args, 0), count_at(args, 1, 0)) else { return };
    let seconds = if lease == 0 { LONGEST_LEASE } else { lease.min(LONGEST_LEASE) };
    let locked = handle.with(|cache| take(cache, handle.name(), key.as_bytes(), seconds as u64 * 1000));
    result.set_bool(locked == Some(true));
}

/// Takes a lock, or takes it for longer, where this request has it.
fn take(cache: Opened<'_>, pool: &[u8], key: &[u8], lease_ms: u64) -> bool {
    let (session, now) = (cache.session, cache.session.clock().now());
    let mut locks = session.locks.borrow_mut();
    locks.retain(|lock| session.cache.lease_is_held(lock.token, now));
    if let Some(lock) = locks.iter().find(|lock| *lock.pool == *pool && *lock.key == *key) {
        return session.cache.lease_extend(lock.token, lease_ms, now).unwrap_or(false);
    }
    match session.cache.lock(cache.home, key, lease_ms, now) {
        Ok(Leased::Mine(guard)) => {
            locks.push(PoolLock { pool: pool.into(), key: key.into(), token: guard.into_token() });
            true
        }
        Ok(Leased::Taken { .. }) => false,
        Err(error) => {
            drop(locks);
            errors::failed_store(session, "lock", key, &error);
            false
        }
    }
}

extern "C" fn unlock(frame: &mut ExecuteData, result: &mut Zval) {
    let Some((args, handle)) = method(frame, 1, 1) else { return };
    let Some(key) = text_at(args, 0) else { return };
    let unlocked = handle.with(|cache| give_back(cache.session, handle.name(), key.as_bytes()));
    result.set_bool(unlocked == Some(true));
}

fn give_back(session: &Session, pool: &[u8], key: &[u8]) -> bool {
    let mut locks = session.locks.borrow_mut();
    let found = locks.iter().position(|lock| *lock.pool == *pool && *lock.key == *key);
    found.is_some_and(|index| session.cache.lease_release(locks.swap_remove(index).token))
}

extern "C" fn remember(frame: &mut ExecuteData, result: &mut Zval) {
    let Some((args, handle)) = method(frame, 2, 3) else { return };
    if text_at(args, 0).is_none() {
        return;
    }
    let (Some(callback), Some(lifetime), Some(key)) = (args.callable_at(1), ttl_at(args, 2), args.value(0)) else {
        return;
    };
    let none = Zval::null();
    let work = Work {
        key,
        callback,
        tags: &none,
        lifetime,
        stale: Lifetime::Default,
        if_error_ms: 0,
        measures: false,
        old: None,
        takes_key: true,
    };
    let call = Call { work, beta: 0.0, background: false, wait: WAIT, lease_ms: LEASE_MS };
    let done = handle.with(|cache| {
        // What is stale is none of this class's business: nobody is served it.
        let stale = cache.session.cache.peek(cache.id, work.key()).filter(|hit| hit.freshness() == Freshness::Stale);
        if let Some(identity) = stale.map(|hit| hit.identity()) {
            // Where it can not be removed, the value is not stored either.
            let _ = cache.session.cache.delete_same(cache.id, work.key(), identity);
        }
        remember::answer(cache, &call, &none, result);
    });
    if done.is_none()
        && !has_exception()
        && let Some(value) = callable::call(callback, &mut [key.dereference().shallow_clone()])
    {
        *result = value;
    }
}
