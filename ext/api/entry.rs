//! `apcu_entry`: fetch, or compute and store, with one computation for each key at a time.

use ext_php_rs::types::{ZendStr, Zval};
use ext_php_rs::zend::ExecuteData;
use trove_shm::cache::{CacheId, Leased, Mode};

use super::value::{self, save};
use crate::request::{self, Session};
use crate::zend::args::{Args, Callable};
use crate::zend::guard::guarded;

/// A computation that takes longer loses its exclusive right: the next that asks for the key computes as well.
const DEADLINE_MS: u64 = 60_000;
/// A waiter looks again after this time, whatever happens.
const WAIT_MS: u64 = 1_000;

pub extern "C" fn apcu_entry(frame: &mut ExecuteData, result: &mut Zval) {
    let Some((key, mut callable, ttl)) = Args::of(frame).string_callable_int() else { return };
    request::with(|session| {
        let Some(session) = session else { return };
        if let Some(right) = fetch_or_lease(session, key.as_bytes(), result) {
            compute(session, key, &mut callable, ttl, right, result);
        }
    });
}

/// The right to compute a key.
#[derive(Clone, Copy)]
enum Right {
    /// A lease, by its token.
    Lease(u64),
    /// None: the computation runs inside another one of the same key, or no lease was to be had.
    Shared,
}

/// Makes the value in `result`, or gives the right to compute it. Waits while somebody else computes.
fn fetch_or_lease(session: &Session, key: &[u8], result: &mut Zval) -> Option<Right> {
    loop {
        if let Some(hit) = session.cache.fetch(CacheId::APCU, key, session.now()) {
            value::load(hit, result);
            return None;
        }
        match session.cache.lease(CacheId::APCU, key, DEADLINE_MS, session.now()) {
            Ok(Leased::Mine(_)) if is_there(session, key) => {}
            Ok(Leased::Mine(guard)) => return Some(Right::Lease(guard.into_token())),
            Ok(Leased::Taken { own: false, ticket }) => {
                session.cache.lease_wait(ticket, WAIT_MS);
            }
            Ok(Leased::Taken { own: true, .. }) | Err(_) => return Some(Right::Shared),
        }
    }
}

/// Whether the key was stored between the miss and the lease.
fn is_there(session: &Session, key: &[u8]) -> bool {
    let now = session.now();
    session.cache.peek(CacheId::APCU, key).is_some_and(|hit| hit.meta().expires > now.boot_ms)
}

fn compute(session: &Session, key: &ZendStr, callable: &mut Callable<'_>, ttl: i64, right: Right, result: &mut Zval) {
    // A process that the callback has forked returns here as well: the lease is its parent's, and stays.
    let release = || {
        if let Right::Lease(token) = right {
            session.cache.lease_release(token);
        }
    };
    let lease = if let Right::Lease(token) = right { Some(token) } else { None };
    let begin = || session.cache.begin(CacheId::APCU, key.as_bytes(), lease);
    let (begun, removals) = (begin(), session.removals.get());
    guarded(
        || {
            let Some(computed) = callable.call(key) else { return };
            // With APCu others have to wait with what they delete until the value is stored; the callback itself has deleted before that.
            let begun = if session.removals.get() == removals { begun } else { begin() };
            save(session, "entry", key.as_bytes(), &computed, ttl, Mode::Computed(begun));
            *result = computed;
        },
        release,
    );
    release();
}
