//! What an entry is worth after its expiry: stale windows, their extension while somebody computes, and the window for failures.

mod common;

use std::sync::Arc;

use common::fork::{Bell, fork, sleep_until_killed};
use common::store::{APCU, NOW, at, put_as, segment, spec};
use trove_shm::cache::{Cache, Freshness, LONGEST_EXTENSION_MS, Leased, Mode, Now, Spec, Value};
use trove_shm::sync::futex;

const EXPIRES: u64 = NOW.boot_ms + 500;
const UNTIL: u64 = EXPIRES + 200;

fn cache() -> Cache {
    Cache::attach(segment(1 << 20)).unwrap()
}

fn store(cache: &Cache, stale: Option<(u64, u64)>) {
    let entry = Spec { expires: EXPIRES, stale, ..spec(b"key", Value::Payload(5)) };
    put_as(cache, &entry, b"value", Mode::Set, NOW);
}

fn freshness(cache: &Cache, boot_ms: u64) -> Option<Freshness> {
    cache.fetch(APCU, b"key", at(boot_ms)).map(|hit| hit.freshness())
}

fn lease(cache: &Cache, for_ms: u64, boot_ms: u64) -> u64 {
    match cache.lease(APCU, b"key", for_ms, at(boot_ms)).unwrap() {
        Leased::Mine(guard) => guard.into_token(),
        Leased::Taken { .. } => panic!("somebody has it"),
    }
}

/// Looks through everything for what is gone.
fn tend(cache: &mut Cache, boot_ms: u64) {
    cache.end_request();
    cache.tend(at(boot_ms), 1 << 20);
}

#[test]
fn while_somebody_computes_the_old_value_outlives_its_window() {
    let mut cache = cache();
    let holder = Cache::attach(Arc::clone(cache.segment())).unwrap();
    store(&cache, Some((UNTIL, 0)));
    let token = lease(&holder, 60_000, UNTIL - 1);
    assert_eq!(freshness(&cache, UNTIL + 10_000), Some(Freshness::Stale));
    tend(&mut cache, UNTIL + 10_000);
    assert_eq!(freshness(&cache, UNTIL + 10_000), Some(Freshness::Stale), "nobody reclaims it meanwhile");
    assert!(holder.lease_release(token));
    assert_eq!(freshness(&cache, UNTIL + 10_000), None);
    tend(&mut cache, UNTIL + 10_000);
    assert!(cache.peek(APCU, b"key").is_none(), "now it is reclaimed");
}

#[test]
fn the_extension_ends_with_the_deadline_of_the_lease() {
    let cache = cache();
    store(&cache, Some((UNTIL, 0)));
    lease(&cache, 1_000, UNTIL - 1);
    assert_eq!(freshness(&cache, UNTIL + 998), Some(Freshness::Stale));
    assert_eq!(freshness(&cache, UNTIL + 999), None);
}

#[test]
fn the_extension_has_a_maximum() {
    let cache = cache();
    store(&cache, Some((UNTIL, 0)));
    lease(&cache, 10 * LONGEST_EXTENSION_MS, UNTIL - 1);
    assert_eq!(freshness(&cache, UNTIL + LONGEST_EXTENSION_MS - 1), Some(Freshness::Stale));
    assert_eq!(freshness(&cache, UNTIL + LONGEST_EXTENSION_MS), None);
}

#[test]
fn a_window_is_not_extended_by_a_dead_holder_by_a_lock_or_where_there_was_none() {
    let cache = cache();
    let now = Now { boot_ms: futex::boot_ms(), wall_s: 0 };
    let entry = Spec { expires: now.boot_ms, stale: Some((now.boot_ms + 1, 0)), ..spec(b"key", Value::Payload(5)) };
    put_as(&cache, &entry, b"value", Mode::Set, now);
    let later = Now { boot_ms: now.boot_ms + 100, ..now };
    let bell = Bell::new();
    let mut holder = fork(|| {
        let theirs = Cache::attach(Arc::clone(cache.segment())).unwrap();
        let Leased::Mine(_lease) = theirs.lease(APCU, b"key", 60_000, now).unwrap() else { panic!("somebody has it") };
        bell.ring();
        sleep_until_killed();
    });
    bell.wait();
    assert!(cache.fetch(APCU, b"key", later).is_some());
    holder.kill();
    assert!(cache.fetch(APCU, b"key", later).is_none());

    let _lock = cache.lock(APCU, b"key", 60_000, now).unwrap();
    assert!(cache.fetch(APCU, b"key", later).is_none());
    let _lease = cache.lease(APCU, b"key", 60_000, now).unwrap();
    assert!(cache.fetch(APCU, b"key", later).is_some());

    let without = Spec { stale: Some((0, 1_000)), ..entry };
    put_as(&cache, &without, b"value", Mode::Set, now);
    assert!(cache.fetch(APCU, b"key", later).is_none());
}

#[test]
fn after_a_failure_the_old_value_is_found_for_a_further_window() {
    let mut cache = cache();
    store(&cache, Some((UNTIL, 1_000)));
    let found = |cache: &Cache, ms| cache.fetch_after_error(APCU, b"key", 1_000, at(ms)).map(|hit| hit.freshness());
    assert_eq!(found(&cache, EXPIRES - 1), Some(Freshness::Fresh));
    assert_eq!(found(&cache, UNTIL - 1), Some(Freshness::Stale));
    tend(&mut cache, UNTIL + 999);
    assert_eq!(freshness(&cache, UNTIL + 999), None);
    assert_eq!(found(&cache, UNTIL + 999), Some(Freshness::Stale));
    assert_eq!(found(&cache, UNTIL + 1_000), None);
    tend(&mut cache, UNTIL + 1_000);
    assert!(cache.peek(APCU, b"key").is_none());
}

#[test]
fn an_entry_without_windows_is_found_after_a_failure_until_it_is_reclaimed() {
    let mut cache = cache();
    store(&cache, None);
    assert!(cache.fetch_after_error(APCU, b"key", 1_000, at(EXPIRES + 999)).is_some());
    assert!(cache.fetch_after_error(APCU, b"key", 1_000, at(EXPIRES + 1_000)).is_none());
    tend(&mut cache, EXPIRES);
    assert!(cache.fetch_after_error(APCU, b"key", 1_000, at(EXPIRES)).is_none());
}

#[test]
fn what_was_invalidated_is_not_served_whoever_computes_or_fails() {
    let cache = cache();
    store(&cache, Some((UNTIL, 1_000)));
    lease(&cache, 60_000, EXPIRES);
    cache.flush(APCU);
    assert_eq!(freshness(&cache, UNTIL + 1), None);
    assert!(cache.fetch_after_error(APCU, b"key", 1_000, at(EXPIRES)).is_none());
}

#[test]
fn the_cost_of_a_computation_is_kept_with_its_window() {
    let cache = cache();
    for (stale, kept) in [(Some((0, 0)), 1_234), (None, 0)] {
        let entry = Spec { stale, ..spec(b"key", Value::Payload(5)) };
        let mut reserved = cache.reserve(&entry, NOW).unwrap();
        reserved.payload().copy_from_slice(b"value");
        reserved.set_cost(1_234);
        reserved.publish(Mode::Set, NOW).unwrap();
        let hit = cache.fetch(APCU, b"key", NOW).unwrap();
        assert_eq!((hit.meta().cost, hit.payload()), (kept, &b"value"[..]));
    }
}
