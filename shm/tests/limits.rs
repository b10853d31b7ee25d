//! The options of named caches: a quota is kept at the cost of the cache alone, what is pinned stays and stays within its limit, a frozen cache does
//! not change, and the null cache keeps nothing.

mod common;

use std::sync::Arc;

use common::store::{APCU, NOW, at, churn, put, segment, spec};
use proptest::prelude::*;
use trove_shm::cache::{Cache, CacheId, Change, Cursor, Glance, Mode, Outcome, Overrule, Spec, Update, Value};
use trove_shm::caches::{DEFAULT_PIN, Settings};
use trove_shm::error::{Error, Result};
use trove_shm::word::Ordering;

const QUOTA: u64 = 100 << 10;

fn cache_of(capacity: u64) -> Cache {
    Cache::attach(segment(capacity)).unwrap()
}

/// A named cache with these settings.
fn open(cache: &Cache, name: &str, settings: Settings) -> CacheId {
    let id = cache.open_cache(name.as_bytes()).unwrap();
    cache.configure(id, settings);
    id
}

fn with_quota(cache: &Cache, quota: u64) -> CacheId {
    open(cache, "limited", Settings { quota, ..Settings::default() })
}

fn store(cache: &Cache, spec: &Spec<'_>) -> Result<Outcome> {
    let mut reserved = cache.reserve(spec, NOW)?;
    reserved.payload().fill(7);
    reserved.publish(Mode::Set, NOW)
}

fn store_in(cache: &Cache, id: CacheId, key: &str, len: usize) -> Result<Outcome> {
    store(cache, &Spec { cache: id, ..spec(key.as_bytes(), Value::Payload(len)) })
}

fn pin(cache: &Cache, id: CacheId, key: &str, len: usize) -> Result<Outcome> {
    store(cache, &Spec { cache: id, pinned: true, ..spec(key.as_bytes(), Value::Payload(len)) })
}

/// Entries "0" to `n - 1`.
fn fill(cache: &Cache, id: CacheId, n: usize, len: usize) {
    for i in 0..n {
        store_in(cache, id, &i.to_string(), len).unwrap();
    }
}

fn has(cache: &Cache, id: CacheId, key: &str) -> bool {
    cache.fetch(id, key.as_bytes(), NOW).is_some()
}

fn evictions(cache: &Cache, id: CacheId) -> u64 {
    cache.cache_counts(id).2
}

fn bytes(cache: &Cache, id: CacheId) -> u64 {
    cache.usage(id).1
}

#[test]
fn a_quota_is_kept_at_the_cost_of_the_cache_alone() {
    let cache = cache_of(8 << 20);
    let id = with_quota(&cache, QUOTA);
    for i in 0..200 {
        put(&cache, format!("neighbour {i}").as_bytes(), &[1; 500]);
    }
    for i in 0..3000 {
        assert_eq!(store_in(&cache, id, &format!("{i}"), 10 + i % 700).unwrap(), Outcome::Inserted);
        assert!(bytes(&cache, id) <= QUOTA, "after {i}: {}", bytes(&cache, id));
        assert!(has(&cache, id, &format!("{i}")));
    }
    assert!(bytes(&cache, id) > QUOTA * 9 / 10, "the cache may use its quota, and has {}", bytes(&cache, id));
    assert!((0..200).all(|i| has(&cache, APCU, &format!("neighbour {i}"))));
    assert_eq!(evictions(&cache, id), 3000 - cache.usage(id).0);
    assert_eq!((evictions(&cache, APCU), cache.stats().evictions), (0, evictions(&cache, id)));
    cache.validate().unwrap();
}

#[test]
fn a_damaged_count_of_bytes_is_as_good_as_a_full_cache() {
    let cache = cache_of(8 << 20);
    let id = with_quota(&cache, QUOTA);
    store_in(&cache, id, "first", 100).unwrap();
    for stripe in 0..cache.segment().geometry().stripes {
        let counter = cache.segment().counter(stripe, u32::from(id.0));
        if counter.bytes.load(Ordering::Relaxed) != 0 {
            counter.bytes.store(u64::MAX, Ordering::Relaxed);
        }
    }
    assert_eq!(bytes(&cache, id), u64::MAX);
    // Refused, or with what is evicted the count is right again: either will do.
    let _ = store_in(&cache, id, "second", 70_000);
}

#[test]
fn what_is_asked_for_outlives_a_scan_through_a_quota() {
    let cache = cache_of(8 << 20);
    let id = with_quota(&cache, QUOTA);
    for i in 0..5000 {
        store_in(&cache, id, &format!("scan {i}"), 100).unwrap();
        for hot in 0..10 {
            let key = format!("hot {hot}");
            if i < 10 {
                store_in(&cache, id, &key, 100).unwrap();
            }
            has(&cache, id, &key);
        }
    }
    assert!((0..10).all(|hot| has(&cache, id, &format!("hot {hot}"))));
}

#[test]
fn several_handles_keep_one_quota_together() {
    let first = cache_of(8 << 20);
    let id = with_quota(&first, QUOTA);
    let handles: Vec<_> = (0..8).map(|_| Cache::attach(Arc::clone(first.segment())).unwrap()).collect();
    for i in 0..4000 {
        // Bursts: one handle uses up its grant while the others sit on theirs.
        store_in(&handles[i / 37 % 8], id, &format!("{i}"), 200).unwrap();
        assert!(bytes(&first, id) <= QUOTA, "after {i}: {}", bytes(&first, id));
    }
}

#[test]
fn an_entry_larger_than_the_quota_is_refused_and_nobody_pays() {
    let cache = cache_of(8 << 20);
    let id = with_quota(&cache, QUOTA);
    store_in(&cache, id, "a", 100).unwrap();
    let error = store_in(&cache, id, "large", QUOTA as usize).unwrap_err();
    assert!(matches!(error, Error::Quota { quota: QUOTA, .. }), "{error}");
    assert!(has(&cache, id, "a"));
}

#[test]
fn an_entry_is_replaced_by_one_as_large_that_fills_most_of_the_quota() {
    let cache = cache_of(8 << 20);
    let id = with_quota(&cache, QUOTA);
    store_in(&cache, id, "small", 100).unwrap();
    for _ in 0..3 {
        store_in(&cache, id, "large", QUOTA as usize * 8 / 10).unwrap();
        assert!(has(&cache, id, "large") && has(&cache, id, "small"));
    }
}

#[test]
fn a_quota_full_of_pinned_entries_refuses_and_keeps_them() {
    let cache = cache_of(8 << 20);
    let id = open(&cache, "limited", Settings { quota: QUOTA, pin: Some(QUOTA), ..Settings::default() });
    let pinned = (0..).take_while(|i| pin(&cache, id, &format!("{i}"), 1000).is_ok()).count();
    assert!(pinned > 90, "{pinned}");
    let error = store_in(&cache, id, "one more", 2000).unwrap_err();
    assert!(matches!(error, Error::Quota { quota: QUOTA, .. }), "{error}");
    assert!((0..pinned).all(|i| has(&cache, id, &format!("{i}"))));
    assert_eq!(cache.stats().evictions, 0);
}

#[test]
fn a_lowered_quota_holds_from_the_next_stores_on() {
    let cache = cache_of(8 << 20);
    let id = with_quota(&cache, 1 << 20);
    fill(&cache, id, 1000, 900);
    with_quota(&cache, QUOTA);
    store_in(&cache, id, "a", 900).unwrap();
    store_in(&cache, id, "b", 900).unwrap();
    assert!(bytes(&cache, id) <= QUOTA, "{}", bytes(&cache, id));
}

#[test]
fn a_flush_gives_the_quota_back() {
    let cache = cache_of(8 << 20);
    let id = with_quota(&cache, QUOTA);
    for round in 0..5 {
        cache.flush(id);
        fill(&cache, id, 80, 1000);
        assert_eq!(cache.usage(id).0, 80, "round {round}");
    }
    assert_eq!(evictions(&cache, id), 0);
}

#[test]
fn a_handle_may_have_limits_of_its_own() {
    let cache = cache_of(8 << 20);
    let id = with_quota(&cache, 0);
    cache.overrule(id, Overrule { quota: Some(QUOTA), pin: Some(0) });
    fill(&cache, id, 1000, 900);
    assert!(bytes(&cache, id) <= QUOTA);
    assert!(matches!(pin(&cache, id, "pinned", 1), Err(Error::PinLimit { limit: 0, .. })));

    let other = Cache::attach(Arc::clone(cache.segment())).unwrap();
    fill(&other, id, 1000, 900);
    assert_eq!(other.usage(id).0, 1000);
    cache.overrule(id, Overrule::default());
    pin(&cache, id, "pinned", 1).unwrap();
}

#[test]
fn what_is_pinned_outlives_every_store_but_not_its_expiry() {
    let cache = cache_of(1 << 20);
    cache.set_idle_ttl(1);
    let id = open(&cache, "c", Settings::default());
    for i in 0..50 {
        pin(&cache, id, &format!("{i}"), 100).unwrap();
    }
    let expiring = Spec { expires: 2_000_000, cache: id, pinned: true, ..spec(b"expiring", Value::Payload(9)) };
    store(&cache, &expiring).unwrap();
    churn(&cache, 5);
    cache.tend(at(3_000_000), 1 << 16);
    assert!((0..50).all(|i| has(&cache, id, &format!("{i}"))));
    assert!(cache.fetch(id, b"expiring", NOW).is_none());
    assert!(cache.fetch(id, b"1", NOW).unwrap().meta().pinned);
    cache.validate().unwrap();
}

#[test]
fn pinned_bytes_stay_within_their_limit() {
    let cache = cache_of(8 << 20);
    let id = open(&cache, "c", Settings { pin: Some(10_000), ..Settings::default() });
    for i in 0..9 {
        pin(&cache, id, &format!("{i}"), 1000).unwrap();
    }
    let full = cache.pinned_bytes(id);
    assert!(full > 9000 && full <= 10_000);
    let error = pin(&cache, id, "one more", 1000).unwrap_err();
    assert!(matches!(error, Error::PinLimit { limit: 10_000, .. }), "{error}");
    // What replaces a pinned entry takes its place, what is not pinned has no part in it.
    pin(&cache, id, "1", 1000).unwrap();
    store_in(&cache, id, "not pinned", 1000).unwrap();
    assert_eq!(cache.pinned_bytes(id), full);
    cache.delete(id, b"1").unwrap();
    pin(&cache, id, "one more", 1000).unwrap();
    store_in(&cache, id, "2", 1000).unwrap();
    assert!(cache.pinned_bytes(id) < full);
    cache.flush(id);
    assert_eq!(cache.pinned_bytes(id), 0);
    cache.validate().unwrap();
}

#[test]
fn where_no_limit_is_set_there_is_one() {
    let cache = cache_of(32 << 20);
    let id = open(&cache, "c", Settings::default());
    assert!(pin(&cache, id, "a", DEFAULT_PIN as usize + 1).is_err());
    pin(&cache, id, "a", DEFAULT_PIN as usize / 2).unwrap();
    // In a small segment it is a share of that.
    let small = cache_of(1 << 20);
    let id = open(&small, "c", Settings::default());
    assert!(matches!(pin(&small, id, "a", 200 << 10), Err(Error::PinLimit { limit: 131_072, .. })));
}

#[test]
fn a_frozen_cache_refuses_every_change_until_its_flush() {
    let cache = cache_of(1 << 20);
    let id = open(&cache, "c", Settings::default());
    let tagged = |key: &'static [u8]| Spec { cache: id, tags: &[b"t"], ..spec(key, Value::Payload(1)) };
    store(&cache, &tagged(b"key")).unwrap();
    let integer = Spec { cache: id, ..spec(b"n", Value::Inline { word: 1, integer: true }) };
    store(&cache, &integer).unwrap();
    let under_way = cache.reserve(&tagged(b"under way"), NOW).unwrap();

    cache.freeze(id).unwrap();
    assert!(cache.is_frozen(id) && !cache.is_frozen(APCU));
    assert!(matches!(under_way.publish(Mode::Set, NOW), Err(Error::Frozen)));
    assert!(matches!(cache.reserve(&tagged(b"key"), NOW), Err(Error::Frozen)));
    assert!(matches!(cache.delete(id, b"key"), Err(Error::Frozen)));
    assert!(matches!(cache.touch(id, b"key", 1, NOW), Err(Error::Frozen)));
    assert!(matches!(cache.refresh(id, b"key", NOW), Err(Error::Frozen)));
    assert!(matches!(cache.update_integer(id, b"n", Change::Add(1), NOW), Err(Error::Frozen)));
    assert!(matches!(cache.invalidate_tag(id, b"t", NOW), Err(Error::Frozen)));
    assert!(matches!(cache.refresh_tag(id, b"t", NOW), Err(Error::Frozen)));
    assert!(matches!(cache.begin_invalidation(id, b"t", 1, NOW), Err(Error::Frozen)));
    assert!(has(&cache, id, "key") && has(&cache, id, "n"));
    put(&cache, b"key", b"of another cache");

    cache.flush(id);
    assert!(!cache.is_frozen(id) && !has(&cache, id, "key"));
    store(&cache, &tagged(b"key")).unwrap();
    cache.validate().unwrap();
}

#[test]
fn a_frozen_cache_serves_what_has_expired() {
    let mut cache = cache_of(1 << 20);
    cache.set_idle_ttl(1);
    let id = open(&cache, "c", Settings::default());
    let expiring =
        |key: &'static [u8], tags| Spec { cache: id, expires: 1_000_500, tags, ..spec(key, Value::Payload(1)) };
    store(&cache, &expiring(b"plain", &[])).unwrap();
    store(&cache, &expiring(b"tagged", &[b"t"])).unwrap();
    store_in(&cache, id, "idle", 1).unwrap();
    let later = at(9_000_000);
    cache.freeze(id).unwrap();
    for _ in 0..3 {
        cache.tend(later, 1 << 16);
    }
    for key in [&b"plain"[..], b"tagged", b"idle"] {
        assert!(cache.exists(id, key, later) && cache.fetch(id, key, later).is_some());
        assert!(cache.fetch(id, key, later).is_some());
    }
    cache.end_request();
    let mut seen = 0;
    let end = cache.walk(id, Cursor::default(), &mut |_| {
        seen += 1;
        true
    });
    assert_eq!((seen, end), (3, None));
}

#[test]
fn the_null_cache_takes_everything_and_keeps_nothing() {
    let cache = cache_of(1 << 20);
    let null = CacheId::NULL;
    put(&cache, b"key", b"of apcu");
    let spec_of = |tags| Spec { cache: null, tags, pinned: true, ..spec(b"key", Value::Payload(3)) };
    assert_eq!(store(&cache, &spec_of(&[b"t"])).unwrap(), Outcome::Inserted);
    for (mode, outcome) in [(Mode::Add, Outcome::Inserted), (Mode::Replace, Outcome::Refused)] {
        assert_eq!(cache.reserve(&spec_of(&[]), NOW).unwrap().publish(mode, NOW).unwrap(), outcome);
    }
    assert!(!cache.exists(null, b"key", NOW) && cache.fetch(null, b"key", NOW).is_none());
    assert!(matches!(cache.glance(null, b"key", None, NOW), Glance::Missing) && cache.peek(null, b"key").is_none());
    assert_eq!(cache.update_integer(null, b"key", Change::Add(1), NOW).unwrap(), Update::Missing);
    assert!(!cache.delete(null, b"key").unwrap() && !cache.touch(null, b"key", 1, NOW).unwrap());
    cache.invalidate_tag(null, b"t", NOW).unwrap();
    cache.refresh_tag(null, b"t", NOW).unwrap();
    cache.begin_invalidation(null, b"t", 1, NOW).unwrap();
    cache.commit_invalidation(null, b"t", 0, NOW).unwrap();
    cache.flush(null);
    cache.freeze(null).unwrap();
    assert!(!cache.is_frozen(null));
    assert_eq!((cache.count_tag(null, b"t").unwrap(), cache.usage(null), cache.pinned_bytes(null)), (0, (0, 0), 0));
    assert!(cache.walk(null, Cursor::default(), &mut |_| panic!("it is empty")).is_none());
    assert!(has(&cache, APCU, "key"));
    let report = cache.validate().unwrap();
    assert_eq!((report.entries, report.tags), (1, 0));
}

#[derive(Debug, Clone)]
enum Op {
    Store { cache: usize, key: u8, len: usize, pinned: bool },
    Delete { cache: usize, key: u8 },
    Flush { cache: usize },
    Tend,
}

fn ops() -> impl Strategy<Value = Op> {
    let len = prop_oneof![8 => 0..2000_usize, 1 => 2000..40_000_usize];
    prop_oneof![
        20 => (0..2_usize, any::<u8>(), len, prop::bool::weighted(0.1))
            .prop_map(|(cache, key, len, pinned)| Op::Store { cache, key, len, pinned }),
        2 => (0..2_usize, any::<u8>()).prop_map(|(cache, key)| Op::Delete { cache, key }),
        1 => (0..2_usize).prop_map(|cache| Op::Flush { cache }),
        1 => Just(Op::Tend),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// In a segment that is large enough for both, a cache loses entries to its own quota alone, and pinned ones to nothing.
    #[test]
    fn limits_hold_after_every_operation(ops in prop::collection::vec(ops(), 1..300)) {
        const LIMITS: [(u64, u64); 2] = [(64 << 10, 8 << 10), (0, 32 << 10)];
        let cache = cache_of(8 << 20);
        let ids: Vec<_> = LIMITS
            .iter()
            .enumerate()
            .map(|(i, &(quota, pin))| {
                open(&cache, &i.to_string(), Settings { quota, pin: Some(pin), ..Settings::default() })
            })
            .collect();
        // What must be there: all that the cache without a quota has, and all that is pinned.
        let mut there = std::collections::BTreeMap::new();
        for (n, op) in ops.into_iter().enumerate() {
            match op {
                Op::Store { cache: c, key, len, pinned } => {
                    let name = [key];
                    let spec = Spec { cache: ids[c], pinned, ..spec(&name, Value::Payload(len)) };
                    match store(&cache, &spec) {
                        Ok(_) if pinned || c == 1 => drop(there.insert((c, key), len)),
                        Ok(_) => drop(there.remove(&(c, key))),
                        Err(Error::PinLimit { .. }) => prop_assert!(pinned),
                        Err(error) => prop_assert!(matches!(error, Error::Quota { .. }) && c == 0, "{error}"),
                    }
                }
                Op::Delete { cache: c, key } => {
                    cache.delete(ids[c], &[key]).unwrap();
                    there.remove(&(c, key));
                }
                Op::Flush { cache: c } => {
                    cache.flush(ids[c]);
                    there.retain(|&(of, _), _| of != c);
                }
                Op::Tend => cache.tend(NOW, 256),
            }
            for (id, (quota, pin)) in ids.iter().zip(LIMITS) {
                prop_assert!(quota == 0 || bytes(&cache, *id) <= quota, "{} bytes after op {n}", bytes(&cache, *id));
                prop_assert!(cache.pinned_bytes(*id) <= pin);
            }
            for (&(c, key), &len) in &there {
                let found = cache.fetch(ids[c], &[key], NOW).map(|hit| hit.payload().len());
                prop_assert_eq!(found, Some(len));
            }
            if n % 16 == 0 {
                cache.validate().unwrap();
            }
        }
        cache.validate().unwrap();
    }
}
