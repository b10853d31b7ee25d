//! Values whose computation has begun before something was done to their key.

mod common;

use std::sync::Arc;

use common::fork::{Exit, fork};
use common::store::{APCU, NOW, cache, get, put, put_as, put_integer, segment, spec};
use trove_shm::cache::{Begun, Cache, CacheId, Change, Freshness, Leased, Mode, Now, Outcome, Spec, Value};
use trove_shm::sync::futex;
use trove_shm::word::Ordering::Relaxed;

/// Leases look at the clock.
fn now() -> Now {
    Now { boot_ms: futex::boot_ms(), wall_s: 0 }
}

fn lease(cache: &Cache, key: &[u8]) -> u64 {
    match cache.lease(APCU, key, 60_000, now()).unwrap() {
        Leased::Mine(guard) => guard.into_token(),
        Leased::Taken { .. } => panic!("it is taken"),
    }
}

/// Stores "computed" as what a computation that began so has come to.
fn finish(cache: &Cache, key: &[u8], begun: Begun) -> Outcome {
    let spec = Spec { token: Some(begun.token()), ..spec(key, Value::Payload(8)) };
    put_as(cache, &spec, b"computed", Mode::Computed(begun), NOW)
}

fn freshness(cache: &Cache, key: &[u8]) -> Option<Freshness> {
    cache.fetch(APCU, key, NOW).map(|hit| hit.freshness())
}

/// What is done, and what is there afterwards.
type Case<'a> = (&'a str, &'a dyn Fn(&Cache), Option<Freshness>);

#[test]
fn what_is_done_to_a_key_meanwhile_wins() {
    let cache = cache(4 << 20);
    let delete = |cache: &Cache| _ = cache.delete(APCU, b"key").unwrap();
    let refresh = |cache: &Cache| _ = cache.refresh(APCU, b"key", NOW).unwrap();
    let cases: [Case<'_>; 6] = [
        ("nothing", &|_| (), Some(Freshness::Fresh)),
        ("delete", &delete, None),
        ("refresh", &refresh, Some(Freshness::Stale)),
        ("refresh and delete", &|cache| (refresh(cache), delete(cache)).1, None),
        ("store and delete", &|cache| (put(cache, b"key", b"new"), delete(cache)).1, None),
        ("flush", &|cache| cache.flush(APCU), None),
    ];
    for (name, deed, expected) in cases {
        for old in [false, true] {
            cache.delete(APCU, b"key").unwrap();
            if old {
                put(&cache, b"key", b"old");
            }
            let identity = cache.fetch(APCU, b"key", NOW).map(|hit| hit.identity());
            let token = lease(&cache, b"key");
            // Before it begins, nothing counts.
            refresh(&cache);
            let begun = cache.begin(APCU, b"key", Some(token)).replacing(identity);
            deed(&cache);
            finish(&cache, b"key", begun);
            assert_eq!(freshness(&cache, b"key"), expected, "{name}, {old}");
            assert!(cache.lease_release(token));
        }
    }
}

#[test]
fn only_what_is_done_to_the_key_counts() {
    let cache = cache(4 << 20);
    let token = lease(&cache, b"key");
    let begun = cache.begin(APCU, b"key", Some(token));
    for i in 0..5_000_u32 {
        cache.delete(APCU, &i.to_le_bytes()).unwrap();
    }
    cache.delete(CacheId(1), b"key").unwrap();
    let other = put_identity(&cache);
    assert!(!cache.delete_same(APCU, b"key", other).unwrap(), "another entry is meant");
    assert_eq!(finish(&cache, b"key", begun), Outcome::Inserted);
}

fn put_identity(cache: &Cache) -> trove_shm::cache::Identity {
    put(cache, b"other", b"x");
    cache.fetch(APCU, b"other", NOW).unwrap().identity()
}

#[test]
fn without_a_lease_a_deletion_in_the_stripe_counts() {
    let cache = cache(4 << 20);
    let begun = cache.begin(APCU, b"key", None);
    assert_eq!(finish(&cache, b"key", begun), Outcome::Inserted);
    for lost in [false, true] {
        cache.delete(APCU, b"key").unwrap();
        let token = lost.then(|| lease(&cache, b"key"));
        let begun = cache.begin(APCU, b"key", token);
        token.map(|token| cache.lease_release(token));
        cache.delete(APCU, b"key").unwrap();
        assert_eq!(finish(&cache, b"key", begun), Outcome::Refused, "{lost}");
    }
}

#[test]
fn another_process_deletes_what_this_one_computes() {
    let segment = segment(4 << 20);
    let cache = Cache::attach(Arc::clone(&segment)).unwrap();
    let token = lease(&cache, b"key");
    let begun = cache.begin(APCU, b"key", Some(token));
    let child = fork(|| _ = Cache::attach(Arc::clone(&segment)).unwrap().delete(APCU, b"key").unwrap()).wait();
    assert_eq!(child, Exit::Done);
    assert_eq!(finish(&cache, b"key", begun), Outcome::Refused);
    assert_eq!(get(&cache, b"key"), None);
}

#[test]
fn a_value_that_was_to_be_replaced_while_fresh_is_replaced_unless_it_was_changed() {
    let cache = cache(4 << 20);
    for changed in [false, true] {
        put_integer(&cache, b"key", 5);
        let identity = cache.fetch(APCU, b"key", NOW).unwrap().identity();
        let begun = cache.begin(APCU, b"key", None).replacing(Some(identity));
        if changed {
            cache.update_integer(APCU, b"key", Change::Add(1), NOW).unwrap();
        }
        let expected = if changed { Outcome::Refused } else { Outcome::Replaced };
        assert_eq!(finish(&cache, b"key", begun), expected);
        assert_eq!(finish(&cache, b"key", cache.begin(APCU, b"key", None)), Outcome::Refused, "a fresh one is there");
    }
}

#[test]
fn the_count_of_leases_comes_back_to_nothing() {
    let segment = segment(4 << 20);
    let cache = Cache::attach(Arc::clone(&segment)).unwrap();
    let held = || segment.header().leases_held.load(Relaxed);
    let tokens: Vec<_> = (0..50_u32).map(|i| lease(&cache, &i.to_le_bytes())).collect();
    assert_eq!(held(), 50);
    for token in tokens {
        assert!(cache.lease_release(token) && !cache.lease_release_barren(token));
    }
    lease(&cache, b"one");
    drop(cache);
    assert_eq!(held(), 0);
    let mut child = fork(|| {
        let cache = Cache::attach(Arc::clone(&segment)).unwrap();
        lease(&cache, b"taken over");
        lease(&cache, b"reaped");
        std::mem::forget(cache);
    });
    assert_eq!(child.wait(), Exit::Done);
    let cache = Cache::attach(Arc::clone(&segment)).unwrap();
    lease(&cache, b"taken over");
    drop(cache);
    drop(Cache::attach(Arc::clone(&segment)).unwrap());
    assert_eq!(held(), 0);
}
