//! `lock` and `Trove\Lock`: the right to a name, for a time.

use core::cell::Cell;
use std::time::{Duration, Instant};

use ext_php_rs::types::Zval;
use ext_php_rs::zend::ExecuteData;
use trove_shm::cache::Leased;

use super::handle::{Opened, key_at, method};
use super::remember::{ms_at, positive_ms_at};
use super::{KEY, errors};
use crate::request::{self, Session};
use crate::zend::args::Args;
use crate::zend::class::{Class, Native};
use crate::zend::function::{Method, Parameter, types};
use crate::zend::report;

/// A lock that was taken: a lease of a name.
pub struct Held {
    /// The session that has it.
    serial: u64,
    /// None once it was released.
    token: Cell<Option<u64>>,
}

impl Native for Held {
    fn class() -> &'static Class<Self> {
        static CLASS: Class<Held> = Class::new();
        &CLASS
    }
}

const LEASE: Parameter = Parameter::new(c"lease", types::FLOAT);

#[rustfmt::skip]
const PARAMETERS: &[Parameter] = &[KEY, LEASE, Parameter::new(c"wait", types::FLOAT).default(c"0.0")];

/// The methods of `Trove\Cache` in this file.
pub const METHODS: &[Method] = &[Method::new(c"lock", lock, 2, PARAMETERS, types::NULL).or_of(c"Trove\\Lock")];

const LOCK_METHODS: &[Method] = &[
    Method::no_constructor(),
    Method::new(c"release", release, 0, &[], types::BOOL),
    Method::new(c"isHeld", is_held, 0, &[], types::BOOL),
    Method::new(c"extend", extend, 1, &[LEASE], types::BOOL),
];

/// Registers the class.
pub fn register() {
    Held::class().register(c"Trove\\Lock", &[], LOCK_METHODS);
}

extern "C" fn lock(frame: &mut ExecuteData, result: &mut Zval) {
    let Some((args, handle)) = method(frame, 2, 3) else { return };
    let Some(key) = key_at(args, 0) else { return };
    let Some(lease_ms) = positive_ms_at(args, 1, 0.0) else { return };
    let Some(wait_ms) = ms_at(args, 2, 0.0) else { return };
    let lock = handle.with(|cache| take(cache, key.as_bytes(), lease_ms, Duration::from_millis(wait_ms))).flatten();
    if let Some(held) = lock {
        *result = Held::class().make(held);
    }
}

/// None where somebody else has it all the time, or an exception is pending.
fn take(cache: Opened<'_>, name: &[u8], lease_ms: u64, wait: Duration) -> Option<Held> {
    let session = cache.session;
    let start = Instant::now();
    loop {
        match session.cache.lock(cache.home, name, lease_ms, session.clock().now()) {
            Ok(Leased::Mine(guard)) => {
                return Some(Held { serial: session.serial, token: Cell::new(Some(guard.into_token())) });
            }
            Ok(Leased::Taken { ticket, .. }) => {
                let left = wait.saturating_sub(start.elapsed());
                if left.is_zero() {
                    return None;
                }
                session.cache.lease_wait(ticket, left.as_millis().max(1) as u64);
            }
            Err(error) => {
                errors::throw(session, &error);
                return None;
            }
        }
    }
}

impl Held {
    fn release(&self) -> bool {
        let token = self.token.take();
        self.with(token, |session, token| session.cache.lease_release(token))
    }

    /// False where there is nothing to do it with: the lock was released, or the session is over, and with it the lock.
    fn with(&self, token: Option<u64>, f: impl FnOnce(&Session, u64) -> bool) -> bool {
        let Some(token) = token else { return false };
        request::current(|session| match session {
            Some(session) if session.serial == self.serial => f(session, token),
            _ => false,
        })
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.release();
    }
}

/// The arguments and the value of a running method; none where an exception was thrown.
fn lock_method(frame: &mut ExecuteData, arguments: u32) -> Option<(Args<'_>, &Held)> {
    let (args, held) = Held::class().call(frame);
    if !args.number(arguments, arguments) {
        return None;
    }
    if held.is_none() {
        report::throw(c"Trove\\Lock is not constructed");
    }
    Some((args, held?))
}

extern "C" fn release(frame: &mut ExecuteData, result: &mut Zval) {
    if let Some((_, held)) = lock_method(frame, 0) {
        result.set_bool(held.release());
    }
}

extern "C" fn is_held(frame: &mut ExecuteData, result: &mut Zval) {
    let Some((_, held)) = lock_method(frame, 0) else { return };
    result.set_bool(
        held.with(held.token.get(), |session, token| session.cache.lease_is_held(token, session.clock().now())),
    );
}

extern "C" fn extend(frame: &mut ExecuteData, result: &mut Zval) {
    let Some((args, held)) = lock_method(frame, 1) else { return };
    let Some(lease_ms) = positive_ms_at(args, 0, 0.0) else { return };
    result.set_bool(held.with(held.token.get(), |session, token| {
        session.cache.lease_extend(token, lease_ms, session.clock().now()).unwrap_or_else(|error| {
            errors::throw(session, &error);
            false
        })
    }));
}
