//! Two keys of one cache, one length, one bucket and one upper half of the hash, which are all that a glance compares before it looks at a key's
//! bytes: each is found, whichever stands first.

mod common;

use core::num::NonZeroU64;
use std::sync::Arc;

use common::store::{APCU, NOW, get, put, put_as, put_integer, segment, spec};
use trove_shm::cache::{Cache, Change, Glance, Label, Mode, Outcome, Update, Value};
use trove_shm::table::hash::Place;
use trove_shm::word::Ordering;

const SEED: u64 = 1;
const CAPACITY: u64 = 1 << 20;
/// Found by trying the first 2^24 numbers of eight digits.
const TWINS: [&[u8; 8]; 2] = [b"0038a80b", b"00e77606"];

fn cache() -> Cache {
    let segment = segment(CAPACITY);
    segment.header().hash_seed.store(SEED, Ordering::Relaxed);
    let places = TWINS.map(|key| Place::of(SEED, segment.geometry(), APCU.0, key));
    assert_eq!(places[0], places[1], "the hash or the geometry is another: find new keys");
    Cache::attach(Arc::clone(&segment)).unwrap()
}

/// What a script finds under a key: whoever cannot tell without a pin asks with one.
fn found(cache: &Cache, key: &[u8], label: Option<Label>) -> Option<Vec<u8>> {
    match cache.glance(APCU, key, label, NOW) {
        Glance::Missing => None,
        Glance::Kept { payload, .. } => Some(payload.to_vec()),
        Glance::Unclear | Glance::Inline { .. } => get(cache, key),
    }
}

#[test]
fn twins_are_found_replaced_and_deleted_each_for_itself() {
    for [one, other] in [TWINS, [TWINS[1], TWINS[0]]] {
        let cache = cache();
        assert_eq!(put(&cache, one, b"one"), Outcome::Inserted);
        assert_eq!(found(&cache, other, None), None);
        assert!(!cache.exists(APCU, other, NOW));
        assert_eq!(put(&cache, other, b"other"), Outcome::Inserted);
        // Twice: for what leaves something in the entry the first time.
        for _ in 0..2 {
            assert_eq!(found(&cache, one, None).as_deref(), Some(&b"one"[..]));
            assert_eq!(found(&cache, other, None).as_deref(), Some(&b"other"[..]));
            assert!(cache.exists(APCU, one, NOW) && cache.exists(APCU, other, NOW));
        }
        assert_eq!(put_as(&cache, &spec(one, Value::Payload(3)), b"new", Mode::Add, NOW), Outcome::Refused);
        assert_eq!(put(&cache, other, b"another"), Outcome::Replaced);
        assert_eq!(found(&cache, one, None).as_deref(), Some(&b"one"[..]));
        assert!(cache.delete(APCU, one).unwrap());
        assert_eq!(found(&cache, one, None), None);
        assert!(!cache.exists(APCU, one, NOW));
        assert_eq!(found(&cache, other, None).as_deref(), Some(&b"another"[..]));
        cache.validate().unwrap();
    }
}

#[test]
fn integers_of_twins_are_changed_each_for_itself() {
    for [one, other] in [TWINS, [TWINS[1], TWINS[0]]] {
        let cache = cache();
        let change = |key: &[u8]| cache.update_integer(APCU, key, Change::Add(1), NOW).unwrap();
        put_integer(&cache, one, 10);
        assert_eq!(change(other), Update::Missing);
        put_integer(&cache, other, 20);
        for n in 1..4 {
            assert_eq!([change(one), change(other)], [10 + n, 20 + n].map(Update::Done));
        }
        let overwrite =
            |key: &[u8], word| cache.overwrite(&spec(key, Value::Inline { word, integer: true }), NOW).unwrap();
        assert!(overwrite(one, 100) && overwrite(other, 200));
        assert_eq!([change(one), change(other)], [101, 201].map(Update::Done));
    }
}

#[test]
fn what_is_recalled_is_not_the_twins() {
    let cache = cache();
    let labels = [1, 2].map(|n| NonZeroU64::new(n * 8).map(Label));
    for round in 0..3_u8 {
        for (key, n) in TWINS.into_iter().zip(0..) {
            put(&cache, key, &[n, round]);
        }
        for _ in 0..3 {
            for ((key, label), n) in TWINS.into_iter().zip(labels).zip(0..) {
                let recalled = cache.recall(APCU, label.unwrap(), NOW).map(|(_, payload)| payload.to_vec());
                assert_eq!(recalled.or_else(|| found(&cache, key, label)), Some(vec![n, round]));
            }
        }
    }
}
