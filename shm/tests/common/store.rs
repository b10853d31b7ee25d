//! A cache in a private segment, and the shortest ways to use it.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::sync::Arc;

use trove_shm::cache::{Cache, CacheId, Hit, Mode, Now, Outcome, Spec, Value};
use trove_shm::segment::{Backing, Options, Segment};

pub const APCU: CacheId = CacheId::APCU;
pub const NOW: Now = Now { boot_ms: 1_000_000, wall_s: 1_700_000_000 };

pub fn segment(capacity: u64) -> Arc<Segment> {
    let backing = Backing::Private;
    Segment::open(&Options { capacity, entries_hint: 0, backing, fingerprint: "a test".into() }).unwrap()
}

pub fn cache(capacity: u64) -> Cache {
    Cache::attach(segment(capacity)).unwrap()
}

/// `NOW`, at another boot time.
pub fn at(boot_ms: u64) -> Now {
    Now { boot_ms, ..NOW }
}

pub fn spec(key: &[u8], value: Value) -> Spec<'_> {
    Spec { cache: APCU, key, kind: 7, value, expires: u64::MAX, stale: None, tags: &[], pinned: false, token: None }
}

pub fn put(cache: &Cache, key: &[u8], payload: &[u8]) -> Outcome {
    put_as(cache, &spec(key, Value::Payload(payload.len())), payload, Mode::Set, NOW)
}

pub fn put_as(cache: &Cache, spec: &Spec<'_>, payload: &[u8], mode: Mode, now: Now) -> Outcome {
    cache.store(spec, mode, now, |bytes, _| bytes.copy_from_slice(payload)).unwrap()
}

/// As [`put`], step by step.
pub fn put_in_steps(cache: &Cache, key: &[u8], payload: &[u8]) -> Outcome {
    let mut reserved = cache.reserve(&spec(key, Value::Payload(payload.len())), NOW).unwrap();
    reserved.payload().copy_from_slice(payload);
    reserved.publish(Mode::Set, NOW).unwrap()
}

pub fn put_integer(cache: &Cache, key: &[u8], n: i64) {
    let value = Value::Inline { word: n as u64, integer: true };
    cache.reserve(&spec(key, value), NOW).unwrap().publish(Mode::Set, NOW).unwrap();
}

pub fn get(cache: &Cache, key: &[u8]) -> Option<Vec<u8>> {
    cache.fetch(APCU, key, NOW).map(|hit| hit.payload().to_vec())
}

/// Stores so much that all memory that may be reused is, some times over.
pub fn churn(cache: &Cache, times: u64) {
    let payload = [0xee; 1000];
    for i in 0..times * cache.segment().geometry().capacity / 1000 {
        put(cache, format!("churn {}", i % 10_000).as_bytes(), &payload);
    }
}

/// A payload that a request has kept. Looked at through the segment, as PHP does through its address.
pub struct Kept {
    at: u64,
    len: usize,
}

impl Kept {
    pub fn fetch(cache: &Cache, key: &[u8]) -> Self {
        let hit = cache.fetch(APCU, key, NOW).unwrap();
        assert!(hit.keeps());
        Self::of(cache, &hit)
    }

    /// Of a hit that keeps.
    pub fn of(cache: &Cache, hit: &Hit<'_>) -> Self {
        Self::at(cache, hit.payload())
    }

    /// Of a payload in the read-only view.
    pub fn at(cache: &Cache, payload: &[u8]) -> Self {
        Self { at: payload.as_ptr() as u64 - cache.segment().fixed_address(0), len: payload.len() }
    }

    pub fn look<'s>(&self, segment: &'s Segment) -> &'s [u8] {
        segment.bytes(self.at, self.len).unwrap()
    }
}
