//! The engine's contract, as one process sees it.

use std::sync::Arc;

use trove_shm::cache::{Cache, CacheId, Change, Cursor, Era, Freshness, Mode, Now, Outcome, Spec, Update, Value};
use trove_shm::error::Error;
use trove_shm::segment::{Backing, Options, Segment};

const APCU: CacheId = CacheId::APCU;
const NOW: Now = Now { boot_ms: 1_000_000, wall_s: 1_700_000_000 };

fn segment(capacity: u64) -> Arc<Segment> {
    let backing = Backing::Private;
    Segment::open(&Options { capacity, entries_hint: 0, backing, fingerprint: "a test".into() }).unwrap()
}

fn cache() -> Cache {
    Cache::attach(segment(4 << 20)).unwrap()
}

fn at(boot_ms: u64) -> Now {
    Now { boot_ms, ..NOW }
}

fn spec(key: &[u8], value: Value) -> Spec<'_> {
    Spec { cache: APCU, key, kind: 7, value, expires: u64::MAX, stale: None, tags: &[], pinned: false, token: None }
}

fn put(cache: &Cache, key: &[u8], payload: &[u8]) -> Outcome {
    put_as(cache, &spec(key, Value::Payload(payload.len())), payload, Mode::Set, NOW)
}

fn put_as(cache: &Cache, spec: &Spec<'_>, payload: &[u8], mode: Mode, now: Now) -> Outcome {
    let mut reserved = cache.reserve(spec, now).unwrap();
    reserved.payload().copy_from_slice(payload);
    reserved.publish(mode, now).unwrap()
}

fn put_integer(cache: &Cache, key: &[u8], n: i64) {
    let value = Value::Inline { word: n as u64, integer: true };
    cache.reserve(&spec(key, value), NOW).unwrap().publish(Mode::Set, NOW).unwrap();
}

fn get(cache: &Cache, key: &[u8]) -> Option<Vec<u8>> {
    cache.fetch(APCU, key, NOW).map(|hit| hit.payload().to_vec())
}

#[test]
fn what_is_stored_is_found() {
    let cache = cache();
    assert_eq!(get(&cache, b"key"), None);
    assert_eq!(put(&cache, b"key", b"value"), Outcome::Inserted);
    let hit = cache.fetch(APCU, b"key", NOW).unwrap();
    assert_eq!(
        (hit.key(), hit.payload(), hit.kind(), hit.freshness()),
        (&b"key"[..], &b"value"[..], 7, Freshness::Fresh)
    );
    assert_eq!(hit.keeps(), cache.segment().is_fixed());
}

#[test]
fn empty_keys_and_payloads_are_values_too() {
    let cache = cache();
    put(&cache, b"", b"");
    assert_eq!(get(&cache, b""), Some(vec![]));
}

#[test]
fn a_second_store_replaces_the_first() {
    let cache = cache();
    put(&cache, b"key", b"one");
    assert_eq!(put(&cache, b"key", b"two"), Outcome::Replaced);
    assert_eq!(get(&cache, b"key").as_deref(), Some(&b"two"[..]));
    assert_eq!(cache.usage(APCU).0, 1);
}

#[test]
fn a_kept_payload_survives_replacement_until_the_request_ends() {
    let mut cache = cache();
    put(&cache, b"key", &[1; 1000]);
    let hit = cache.fetch(APCU, b"key", NOW).unwrap();
    let payload = hit.payload();
    for i in 0..200 {
        put(&cache, b"key", &[i; 1000]);
    }
    cache.tend(NOW, 10_000);
    assert_eq!(payload, &[1; 1000]);
    drop(hit);
    cache.end_request();
    for _ in 0..64 {
        put(&cache, b"key", &[2; 1000]);
    }
    cache.tend(NOW, 10_000);
    assert!(cache.stats().retired_bytes < 64 * 1100, "{:?}", cache.stats());
}

#[test]
fn what_a_forked_child_inherits_survives_the_end_of_its_parents_request() {
    let mut parent = cache();
    put(&parent, b"key", b"kept");
    let hit = parent.fetch(APCU, b"key", NOW).unwrap();
    assert!(hit.keeps());
    let (address, before) = (hit.payload().as_ptr() as usize, parent.stats().free_bytes);
    drop(hit);
    // A thread's handle stands for the child's here: what counts is that it has a slot of its own.
    let mut child = parent.attach_in_child().unwrap();
    assert!(parent.keeps_values() && child.keeps_values());
    parent.end_request();
    let churn = |cache: &Cache| {
        for n in 0..2000_u32 {
            put(cache, b"key", &n.to_le_bytes().repeat(64));
        }
        cache.tend(NOW, 10_000);
    };
    churn(&parent);
    let base = parent.segment().fixed_address(0) as usize;
    assert_eq!(parent.segment().bytes((address - base) as u64, 4).unwrap(), b"kept");
    child.end_request();
    assert!(!child.keeps_values());
    churn(&parent);
    assert!(parent.stats().free_bytes + 4096 > before);
}

#[test]
fn modes_are_obeyed() {
    let cache = cache();
    let s = spec(b"key", Value::Payload(1));
    assert_eq!(put_as(&cache, &s, b"1", Mode::Replace, NOW), Outcome::Refused);
    assert_eq!(put_as(&cache, &s, b"2", Mode::Add, NOW), Outcome::Inserted);
    assert_eq!(put_as(&cache, &s, b"3", Mode::Add, NOW), Outcome::Refused);
    let identity = cache.fetch(APCU, b"key", NOW).unwrap().identity();
    assert_eq!(put_as(&cache, &s, b"4", Mode::IfSame(identity), NOW), Outcome::Replaced);
    assert_eq!(put_as(&cache, &s, b"5", Mode::IfSame(identity), NOW), Outcome::Refused);
    assert_eq!(get(&cache, b"key").as_deref(), Some(&b"4"[..]));
}

#[test]
fn expiry_hides_an_entry_and_lets_add_replace_it() {
    let cache = cache();
    let s = Spec { expires: 1_000_500, ..spec(b"key", Value::Payload(1)) };
    put_as(&cache, &s, b"1", Mode::Set, NOW);
    assert!(cache.exists(APCU, b"key", at(1_000_499)));
    assert!(!cache.exists(APCU, b"key", at(1_000_500)));
    assert!(cache.peek(APCU, b"key").is_some());
    let again = Spec { expires: u64::MAX, ..s };
    assert_eq!(put_as(&cache, &again, b"2", Mode::Add, at(1_000_500)), Outcome::Inserted);
}

#[test]
fn inside_its_window_an_expired_entry_is_stale() {
    let cache = cache();
    let s = Spec { expires: 1_000_500, stale: Some((1_001_000, 0)), ..spec(b"key", Value::Payload(1)) };
    put_as(&cache, &s, b"1", Mode::Set, NOW);
    let freshness = |ms| cache.fetch(APCU, b"key", at(ms)).map(|hit| hit.freshness());
    assert_eq!(freshness(1_000_499), Some(Freshness::Fresh));
    assert_eq!(freshness(1_000_999), Some(Freshness::Stale));
    assert_eq!(freshness(1_001_000), None);
    assert!(cache.refresh(APCU, b"key", at(1_000_100)).unwrap());
    assert_eq!(freshness(1_000_100), Some(Freshness::Stale));
}

#[test]
fn integers_change_in_place() {
    let cache = cache();
    assert_eq!(cache.update_integer(APCU, b"n", Change::Add(1), NOW).unwrap(), Update::Missing);
    put_integer(&cache, b"n", i64::MAX - 1);
    let change = |change| cache.update_integer(APCU, b"n", change, NOW).unwrap();
    assert_eq!(change(Change::CheckedAdd(1)), Update::Done(i64::MAX));
    assert_eq!(change(Change::CheckedAdd(1)), Update::Overflow);
    assert_eq!(change(Change::Add(1)), Update::Done(i64::MIN));
    assert_eq!(change(Change::Swap(i64::MIN, 5)), Update::Done(5));
    assert_eq!(change(Change::Swap(4, 6)), Update::Different);
    put(&cache, b"s", b"string");
    assert_eq!(cache.update_integer(APCU, b"s", Change::Add(1), NOW).unwrap(), Update::NotInteger);
}

#[test]
fn delete_and_flush_remove() {
    let cache = cache();
    put(&cache, b"a", b"1");
    put(&cache, b"b", b"2");
    assert!(cache.delete(APCU, b"a").unwrap());
    assert!(!cache.delete(APCU, b"a").unwrap());
    cache.flush(APCU);
    assert_eq!(get(&cache, b"b"), None);
    assert_eq!(cache.usage(APCU), (0, 0));
    assert!(!cache.delete(APCU, b"b").unwrap());
    put(&cache, b"b", b"3");
    assert_eq!((get(&cache, b"b"), cache.usage(APCU).0), (Some(b"3".to_vec()), 1));
}

#[test]
fn a_value_computed_before_a_flush_does_not_survive_it() {
    let cache = cache();
    let token: Era = cache.token();
    cache.flush(APCU);
    let s = Spec { token: Some(token), ..spec(b"key", Value::Payload(1)) };
    put_as(&cache, &s, b"1", Mode::Set, NOW);
    assert_eq!(get(&cache, b"key"), None);
}

#[test]
fn touch_moves_the_expiry() {
    let cache = cache();
    let s = Spec { expires: 1_000_500, ..spec(b"key", Value::Payload(1)) };
    put_as(&cache, &s, b"1", Mode::Set, NOW);
    assert!(cache.touch(APCU, b"key", 1_002_000, 0, NOW).unwrap());
    assert!(cache.exists(APCU, b"key", at(1_001_999)));
    assert!(!cache.touch(APCU, b"key", u64::MAX, 0, at(1_002_000)).unwrap());
}

#[test]
fn a_walk_sees_every_entry_once_and_can_be_resumed() {
    let cache = cache();
    for i in 0..1000_u32 {
        put(&cache, &i.to_le_bytes(), b"x");
    }
    let mut seen = Vec::new();
    let mut cursor = Cursor::default();
    loop {
        let mut few = 0;
        let next = cache.walk(APCU, cursor, &mut |hit| {
            seen.push(u32::from_le_bytes(hit.key().try_into().unwrap()));
            few += 1;
            few < 10
        });
        match next {
            Some(next) => cursor = next,
            None => break,
        }
    }
    seen.sort_unstable();
    assert_eq!(seen, (0..1000).collect::<Vec<_>>());
}

#[test]
fn hits_and_misses_are_counted() {
    let cache = cache();
    put(&cache, b"key", b"1");
    for _ in 0..100 {
        assert!(cache.fetch(APCU, b"key", NOW).is_some());
        assert!(cache.exists(APCU, b"key", NOW));
    }
    assert!(cache.fetch(APCU, b"other", NOW).is_none());
    assert!(!cache.exists(APCU, b"other", NOW));
    let stats = cache.stats();
    assert_eq!((stats.hits, stats.misses, stats.inserts, stats.entries), (100, 1, 1, 1));
    assert_eq!(cache.peek(APCU, b"key").unwrap().meta().hits, 100);
    cache.reset_stats(NOW);
    assert_eq!(cache.stats().hits, 0);
}

#[test]
fn a_full_segment_evicts_and_never_refuses() {
    let cache = Cache::attach(segment(1 << 20)).unwrap();
    for i in 0..20_000_u32 {
        put(&cache, &i.to_le_bytes(), &[i as u8; 200]);
    }
    let stats = cache.stats();
    assert!(stats.evictions > 10_000 && stats.failures == 0, "{stats:?}");
    assert!(stats.entries > 1500, "{stats:?}");
}

#[test]
fn what_can_never_fit_is_refused_at_once() {
    let cache = Cache::attach(segment(1 << 20)).unwrap();
    put(&cache, b"key", b"1");
    let error = cache.reserve(&spec(b"big", Value::Payload(1 << 20)), NOW).unwrap_err();
    assert!(matches!(error, Error::TooLarge { .. }), "{error}");
    assert!(cache.exists(APCU, b"key", NOW));
}

#[test]
fn half_of_the_segment_can_be_one_entry() {
    let cache = Cache::attach(segment(1 << 20)).unwrap();
    for i in 0..5000_u32 {
        put(&cache, &i.to_le_bytes(), &[i as u8; 200]);
    }
    let payload = vec![7; 512 << 10];
    put(&cache, b"big", &payload);
    assert_eq!(get(&cache, b"big"), Some(payload));
}

#[test]
fn an_abandoned_reservation_leaves_nothing() {
    let cache = cache();
    let before = cache.stats().free_bytes;
    drop(cache.reserve(&spec(b"key", Value::Payload(1000)), NOW).unwrap());
    assert_eq!(cache.stats().free_bytes, before);
}
#[test]
fn a_reader_does_not_keep_others_from_storing() {
    let mut cache = Cache::attach(segment(1 << 20)).unwrap();
    cache.set_pin_policy(true, 0, 10);
    for i in 0..20_000_u32 {
        put(&cache, &i.to_le_bytes(), &[i as u8; 200]);
        assert!(cache.exists(APCU, &i.to_le_bytes(), NOW), "{i}");
    }
    assert_eq!(cache.stats().failures, 0);
}
