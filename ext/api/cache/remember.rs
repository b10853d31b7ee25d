//! `remember`: a value, or its computation, of which there is one at a time for each key, across all processes of the host.
//!
//! ```text
//! fresh ........... served                       (unless it is the caller's turn to compute early: see `trove_shm::early`)
//! stale ........... lease: mine -> compute       taken -> the stale value is served at once
//! nothing ......... lease: mine -> compute       taken -> wait, then look again; compute without where `wait` seconds are over, or the holder
//!                                                         wants its value not to be stored
//! ```

use std::time::{Duration, Instant};

use ext_php_rs::types::Zval;
use ext_php_rs::zend::ExecuteData;
use trove_shm::cache::{CacheId, Freshness, Hit, Identity, Leased};
use trove_shm::early;
use trove_shm::lease::Identity as Name;

use super::background::{self, Job};
use super::compute::{self, Right, Work};
use super::errors;
use super::handle::{Opened, key_at, method};
use super::terms::{Lifetime, tags_at};
use super::{KEY, SOME_TAGS, STALE, TTL};
use crate::api::value::{self, Looked};
use crate::error::printable;
use crate::zend::args::Args;
use crate::zend::callable;
use crate::zend::function::{Method, Parameter, types};
use crate::zend::guard::guarded;
use crate::zend::report::{self, has_exception};
use crate::zend::thrown::Thrown;
use crate::zend::time::{self, Source};

#[rustfmt::skip]
const PARAMETERS: &[Parameter] = &[
    KEY,
    Parameter::new(c"compute", types::CALLABLE),
    TTL,
    SOME_TAGS,
    STALE,
    Parameter::new(c"beta", types::FLOAT).default(c"0.0"),
    Parameter::new(c"background", types::BOOL).default(c"false"),
    Parameter::new(c"staleIfError", types::FLOAT).default(c"0.0"),
    Parameter::new(c"wait", types::FLOAT).default(c"10.0"),
    Parameter::new(c"lease", types::FLOAT).default(c"60.0"),
];

/// The methods of `Trove\Cache` in this file.
pub const METHODS: &[Method] = &[Method::new(c"remember", remember, 2, PARAMETERS, types::MIXED)];

/// What `remember()` was called with.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    /// What to compute.
    pub work: Work<'a>,
    /// See `trove_shm::early`.
    pub beta: f64,
    /// Whether the elected one serves the old value and computes later.
    pub background: bool,
    /// How long to wait for others.
    pub wait: Duration,
    /// How long others wait at most.
    pub lease_ms: u64,
}

/// What a look at the cache came to.
enum Found {
    /// `result` has it, or an exception is pending.
    Served,
    /// A value that may be served while one computes; the entry's identity.
    Old(Identity),
    Nothing,
}

extern "C" fn remember(frame: &mut ExecuteData, result: &mut Zval) {
    let mut this = Zval::new();
    if let Some(object) = frame.This.object_mut() {
        this.set_object(object);
    }
    let Some((args, handle)) = method(frame, 2, 10) else { return };
    let null = Zval::null();
    let Some(call) = Call::at(args, &null) else { return };
    let done = handle.with(|cache| answer(cache, &call, &this, result));
    if done.is_none()
        && !has_exception()
        && let Some(value) = compute::without_cache(&call.work)
    {
        *result = value;
    }
}

impl<'a> Call<'a> {
    /// None where an exception was thrown.
    fn at(args: Args<'a>, null: &'a Zval) -> Option<Self> {
        key_at(args, 0)?;
        let callback = args.callable_at(1)?;
        let lifetime = Lifetime::at(args, 2)?;
        let tags = if tags_at(args, 3)?.is_some() { args.value(3)? } else { null };
        let stale = Lifetime::at(args, 4)?;
        let beta = args.float_at(5, 0.0)?;
        if !(beta >= 0.0 && beta.is_finite()) {
            args.refuse_value(5, &format!("must be finite and not negative, {} given", float(beta)));
            return None;
        }
        let background = args.bool_at(6, false)?;
        let if_error_ms = ms_at(args, 7, 0.0)?;
        let wait = Duration::from_millis(ms_at(args, 8, 10.0)?);
        let lease_ms = positive_ms_at(args, 9, 60.0)?;
        let work = Work {
            key: args.value(0)?,
            callback,
            tags,
            lifetime,
            stale,
            if_error_ms,
            measures: beta > 0.0,
            old: None,
            takes_key: false,
        };
        Some(Self { work, beta, background, wait, lease_ms })
    }

    /// The same, to replace what was found: an old value, or one that could not be made.
    fn replacing(&self, found: &Found, unreadable: Option<Identity>) -> Self {
        let old = if let Found::Old(old) = found { Some(*old) } else { unreadable };
        Self { work: Work { old, ..self.work }, ..*self }
    }
}

/// Seconds at `index`, in ms; none where an exception was thrown.
#[inline]
pub fn ms_at(args: Args<'_>, index: u32, default: f64) -> Option<u64> {
    if args.count() <= index {
        return Some((default * 1000.0) as u64);
    }
    let seconds = args.float_at(index, default)?;
    if !(seconds >= 0.0 && seconds.is_finite()) {
        args.refuse_value(index, &format!("must be finite and not negative, {} given", float(seconds)));
        return None;
    }
    // The cast saturates.
    Some((seconds * 1000.0).round() as u64)
}

/// As [`ms_at`], but nothing is too little.
#[inline]
pub fn positive_ms_at(args: Args<'_>, index: u32, default: f64) -> Option<u64> {
    if args.count() <= index {
        return Some((default * 1000.0) as u64);
    }
    let seconds = args.float_at(index, default)?;
    if !(seconds > 0.0 && seconds.is_finite()) {
        args.refuse_value(index, &format!("must be finite and greater than 0, {} given", float(seconds)));
        return None;
    }
    Some(((seconds * 1000.0).round() as u64).max(1))
}

/// A number as PHP writes it: its infinities are in capitals.
fn float(number: f64) -> String {
    number.to_string().to_uppercase()
}

/// Makes the value in `result`, unless an exception is pending.
pub fn answer(cache: Opened<'_>, call: &Call<'_>, this: &Zval, result: &mut Zval) {
    let (session, key) = (cache.session, call.work.key());
    let name = || Name::of(session.cache.segment(), cache.home, key);
    // Mostly nothing is computed: then there is nothing to compare with. Another fiber is as good as another process, but can not be waited for.
    let is_within =
        |computing: &[(Name, usize)]| !computing.is_empty() && computing.contains(&(name(), callable::fiber()));
    if is_within(&session.computing.borrow()) {
        let message = format!("Trove\\Cache::remember(): key \"{}\" is needed for its own computation", printable(key));
        return errors::RECURSION.throw(&report::c_string(&message));
    }
    if cache.id == CacheId::NULL {
        // Nobody would find what somebody else computes.
        return compute_now(cache, call, Right::Shared, result);
    }
    // A fresh value mostly costs no more than its fetch.
    let mut looked = match call.work.key.zend_str() {
        Some(key) if call.beta == 0.0 => value::at_a_glance(session, cache.id, key.into(), result),
        _ => Looked::Unclear,
    };
    if looked == Looked::Fresh(true) || has_exception() {
        return cache.count(true);
    }
    let mut waits_since = None;
    // An entry whose value could not be made is as good as none.
    let mut unreadable = None;
    loop {
        let found = match core::mem::replace(&mut looked, Looked::Unclear) {
            Looked::Missing => Found::Nothing,
            Looked::Fresh(_) | Looked::Unclear => look(cache, call, &mut unreadable, result),
        };
        if matches!(found, Found::Served) {
            return;
        }
        match session.cache.lease(cache.id, key, call.lease_ms, session.clock().now()) {
            Ok(Leased::Mine(guard)) => {
                // Whoever had the lease until now may have stored the value since.
                match fetch(cache, key, unreadable) {
                    Some(hit) if is_news(&hit, &found) => drop(guard),
                    _ => {
                        let token = guard.into_token();
                        return elected(cache, call.replacing(&found, unreadable), this, name(), token, result);
                    }
                }
            }
            Ok(Leased::Taken { ticket, own }) => {
                if matches!(found, Found::Old(_)) {
                    if serve(cache, key, &mut unreadable, result) {
                        return;
                    }
                } else {
                    let left = call.wait.saturating_sub(waits_since.get_or_insert_with(Instant::now).elapsed());
                    if own || left.is_zero() {
                        return compute_now(cache, &call.replacing(&found, unreadable), Right::Shared, result);
                    }
                    session.cache.lease_wait(ticket, left.as_millis().max(1) as u64);
                    // Nothing was stored and nothing will be: to wait for one another would help nobody.
                    if session.cache.lease_was_barren(ticket) {
                        return compute_now(cache, &call.replacing(&found, unreadable), Right::Shared, result);
                    }
                }
            }
            // Others will compute, who have leases.
            Err(_) if matches!(found, Found::Old(_)) && serve(cache, key, &mut unreadable, result) => return,
            Err(_) => return compute_now(cache, &call.replacing(&found, unreadable), Right::Shared, result),
        }
    }
}

/// Serves what is fresh.
fn look(cache: Opened<'_>, call: &Call<'_>, unreadable: &mut Option<Identity>, result: &mut Zval) -> Found {
    let Some(hit) = fetch(cache, call.work.key(), *unreadable) else { return Found::Nothing };
    let identity = hit.identity();
    if hit.freshness() == Freshness::Stale || is_early(cache, call, &hit) {
        return Found::Old(identity);
    }
    if value::load(hit, result) || has_exception() {
        cache.count(true);
        return Found::Served;
    }
    *unreadable = Some(identity);
    Found::Nothing
}

/// Serves what there is, fresh or stale. True where `result` has it, or an exception is pending.
fn serve(cache: Opened<'_>, key: &[u8], unreadable: &mut Option<Identity>, result: &mut Zval) -> bool {
    let Some(hit) = fetch(cache, key, *unreadable) else { return false };
    let identity = hit.identity();
    let served = value::load(hit, result) || has_exception();
    if served {
        cache.count(true);
    } else {
        *unreadable = Some(identity);
    }
    served
}

fn fetch<'a>(cache: Opened<'a>, key: &[u8], unreadable: Option<Identity>) -> Option<Hit<'a>> {
    let hit = cache.session.cache.fetch(cache.id, key, cache.session)?;
    (unreadable != Some(hit.identity())).then_some(hit)
}

/// Whether a hit is a fresh value that was not there when `found` was.
fn is_news(hit: &Hit<'_>, found: &Found) -> bool {
    hit.freshness() == Freshness::Fresh && !matches!(found, Found::Old(old) if *old == hit.identity())
}

/// Whether it is this process's turn to compute before the expiry.
fn is_early(cache: Opened<'_>, call: &Call<'_>, hit: &Hit<'_>) -> bool {
    if call.beta == 0.0 {
        return false;
    }
    let meta = hit.meta();
    let left = meta.expires.saturating_sub(cache.session.now().boot_ms);
    let chance = early::chance(u64::from(std::process::id()), time::read(Source::Monotonic) as u64);
    let expires = meta.expires != u64::MAX && !cache.session.cache.is_frozen(cache.home);
    expires && early::is_due(meta.cost, call.beta, left, chance)
}

/// The caller has the lease: computes now, or serves the old value and computes after the response.
fn elected(cache: Opened<'_>, call: Call<'_>, this: &Zval, name: Name, token: u64, result: &mut Zval) {
    // One that was put off and is asked for again is put off no more: a process that serves no requests would never come to it.
    let was_put_off = background::forget(name);
    if call.background && !was_put_off && call.work.old.is_some() {
        let release = || {
            cache.session.cache.lease_release(token);
        };
        let put_off = guarded(
            || {
                let mut unreadable = None;
                if !serve(cache, call.work.key(), &mut unreadable, result) || has_exception() {
                    return false;
                }
                background::push(
                    |callback| Job::new(&call.work, this, callback, name, token, call.lease_ms),
                    call.work.callback,
                )
            },
            release,
        );
        if put_off {
            return;
        }
        if has_exception() {
            return release();
        }
        *result = Zval::new();
    }
    compute_now(cache, &call, Right::Lease(token), result);
}

fn compute_now(cache: Opened<'_>, call: &Call<'_>, right: Right, result: &mut Zval) {
    cache.count(false);
    match compute::run(cache, &call.work, right) {
        Some(value) => *result = value,
        None if call.work.if_error_ms != 0 => serve_after_error(cache, &call.work, result),
        None => {}
    }
}

/// The callback threw: serves the old value, if there is one. Then the exception goes to the log: as a warning, a framework's handler would throw it
/// again.
#[cold]
fn serve_after_error(cache: Opened<'_>, work: &Work<'_>, result: &mut Zval) {
    let (session, key) = (cache.session, work.key());
    let Some(thrown) = Thrown::take() else { return };
    let served = session
        .cache
        .fetch_after_error(cache.id, key, work.if_error_ms, session.exactly())
        .is_some_and(|hit| value::load(hit, result));
    match (served, has_exception()) {
        (true, _) => log(&thrown, key, "the old value is served"),
        (false, false) => thrown.throw(),
        // One of the old value's own classes.
        (false, true) => {}
    }
}

/// Writes an exception that nobody will see to the log.
#[cold]
pub fn log(thrown: &Thrown, key: &[u8], what: &str) {
    // A line of the log is a message.
    let thrown = thrown.describe().replace(['\r', '\n'], " ");
    report::log(&format!("Trove: remember() of key \"{}\": {thrown}; {what}", printable(key)));
}
