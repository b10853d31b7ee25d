//! A computation: the callback is called, and what it returns is stored. Whoever computes has the key's lease, if one was to be had.

use core::cell::Cell;

use ext_php_rs::types::Zval;
use trove_shm::cache::{Begun, Identity, Mode};
use trove_shm::error::Error;
use trove_shm::lease::Identity as Name;

use super::computation::Computation;
use super::handle::Opened;
use super::terms::{Lifetime, Terms};
use super::write::{End, Failure, try_save};
use crate::codec::StoreError;
use crate::error;
use crate::zend::class::Native;
use crate::zend::guard::guarded;
use crate::zend::time::{self, Source};
use crate::zend::{callable, report};

/// What is to be computed, and how it is to be stored: PHP's values are borrowed from the running call, or from a job.
#[derive(Clone, Copy)]
pub struct Work<'a> {
    /// The key, PHP's string.
    pub key: &'a Zval,
    /// The callback.
    pub callback: &'a Zval,
    /// The tags, PHP's array, or null.
    pub tags: &'a Zval,
    /// How long the value lives.
    pub lifetime: Lifetime,
    /// Its stale window.
    pub stale: Lifetime,
    /// For how many ms more it may be served where computing it anew fails.
    pub if_error_ms: u64,
    /// Whether its cost is to be stored: for early expiration.
    pub measures: bool,
    /// The entry that is to be replaced.
    pub old: Option<Identity>,
    /// Whether the callback is given the key, and no say in how its value is stored.
    pub takes_key: bool,
}

/// The right to compute a key.
#[derive(Debug, Clone, Copy)]
pub enum Right {
    /// A lease, by its token.
    Lease(u64),
    /// None: somebody else took too long, or no lease was to be had.
    Shared,
}

impl Work<'_> {
    /// The key's bytes.
    pub fn key(&self) -> &[u8] {
        self.key.zend_str().map(|key| key.as_bytes()).unwrap_or_default()
    }
}

/// Computes and stores. None where an exception is pending. The lease is released, however the callback ends.
pub fn run(cache: Opened<'_>, work: &Work<'_>, right: Right) -> Option<Zval> {
    let session = cache.session;
    let name = Name::of(session.cache.segment(), cache.home, work.key());
    let here = (name, callable::fiber());
    session.computing.borrow_mut().push(here);
    let barren = Cell::new(false);
    // A process that the callback has forked returns here as well: the lease is its parent's, and stays.
    let release = || {
        session.computing.borrow_mut().retain(|&computing| computing != here);
        if let Right::Lease(token) = right {
            if barren.get() {
                session.cache.lease_release_barren(token);
            } else {
                session.cache.lease_release(token);
            }
        }
    };
    let lease = if let Right::Lease(token) = right { Some(token) } else { None };
    let begun = session.cache.begin(cache.id, work.key(), lease).replacing(work.old);
    let value = guarded(|| compute(cache, work, begun, &barren), release);
    release();
    value
}

/// Computes where there is no cache: Trove is off.
pub fn without_cache(work: &Work<'_>) -> Option<Zval> {
    callable::call(work.callback, &mut [computation(work)])
}

/// `barren` gets true where nothing is stored, and nothing would be if the callback was called again.
fn compute(cache: Opened<'_>, work: &Work<'_>, begun: Begun, barren: &Cell<bool>) -> Option<Zval> {
    let said = computation(work);
    let start = time::read(Source::Monotonic);
    let value = callable::call(work.callback, &mut [argument(work, &said)])?;
    let took_ms = (time::read(Source::Monotonic) - start).max(0) as u64 / 1_000_000;

    let Some((terms, tags)) = Computation::class().value_in(&said).filter(|said| said.cacheable.get()).map(|said| {
        let terms = Terms {
            lifetime: said.lifetime.get(),
            tags: None,
            stale: said.stale.get(),
            if_error_ms: work.if_error_ms,
            cost_ms: if work.measures { took_ms.max(1) } else { 0 },
            token: Some(begun.token()),
            mode: Mode::Computed(begun),
            pinned: false,
        };
        (terms, said.tags())
    }) else {
        barren.set(true);
        return Some(value);
    };
    let is_over = End::of(cache, &terms, cache.options()).is_over();
    barren.set(!store(cache, work, &value, &Terms { tags: tags.array(), ..terms }) || is_over);
    (!report::has_exception()).then_some(value)
}

/// Replaces what there was when the computation began. What was done to the key since is newer than what it has read: it wins.
///
/// A value that can not be stored is a mistake of the callback: an exception. One for which there is no place was computed all the same; then false.
fn store(cache: Opened<'_>, work: &Work<'_>, value: &Zval, terms: &Terms<'_>) -> bool {
    match try_save(cache, work.key(), value, terms) {
        Ok(_) => {}
        Err(Failure::Engine(Error::Frozen)) => return false,
        Err(Failure::Engine(error)) => {
            error::report(cache.session, "remember", work.key(), &error);
            return false;
        }
        Err(Failure::Value(StoreError::Resource)) => {
            report::throw_type(c"Trove\\Cache::remember(): the value computed must not be a resource");
        }
        Err(Failure::Value(_)) if report::has_exception() => {}
        Err(Failure::Value(_)) => {
            report::throw_type(c"Trove\\Cache::remember(): the value computed can not be serialized");
        }
    }
    true
}

/// What the callback is given.
fn argument(work: &Work<'_>, said: &Zval) -> Zval {
    if work.takes_key { work.key.dereference().shallow_clone() } else { said.shallow_clone() }
}

fn computation(work: &Work<'_>) -> Zval {
    let copy = |value: &Zval| value.dereference().shallow_clone();
    Computation::class().make(Computation::new(copy(work.key), work.lifetime, work.stale, copy(work.tags)))
}
