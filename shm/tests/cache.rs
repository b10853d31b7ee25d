//! The engine's contract, as one process sees it.

mod common;

use std::sync::Arc;

use common::store::{APCU, Kept, NOW, at, cache as cache_of, churn, get, put, put_as, put_integer, spec};
use trove_shm::cache::{Cache, Change, Cursor, Era, Freshness, Glance, Mode, Outcome, Spec, Update, Value};
use trove_shm::error::Error;
use trove_shm::word::Ordering;

fn cache() -> Cache {
    cache_of(4 << 20)
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
fn a_kept_payload_stays_until_the_request_ends_and_not_longer() {
    let mut cache = cache();
    put(&cache, b"key", &[1; 1000]);
    let kept = Kept::fetch(&cache, b"key");
    let segment = Arc::clone(cache.segment());
    assert!(cache.delete(APCU, b"key").unwrap());
    churn(&cache, 3);
    assert!(kept.look(&segment) == [1; 1000]);
    cache.end_request();
    churn(&cache, 3);
    assert!(kept.look(&segment) != [1; 1000]);
}

#[test]
fn keeping_an_older_hit_lets_go_of_nothing() {
    let cache = cache();
    put(&cache, b"older", &[1; 1000]);
    let hit = cache.fetch(APCU, b"older", NOW).unwrap();
    let ends_eras = || (0..300).for_each(|_| _ = put(&cache, b"turn", &[3; 1000]));
    ends_eras();
    assert!(cache.delete(APCU, b"older").unwrap());
    ends_eras();
    put(&cache, b"younger", &[2; 1000]);
    let Glance::Kept { payload, .. } = cache.glance(APCU, b"younger", None, NOW) else { panic!("not kept") };
    let younger = Kept::at(&cache, payload);
    assert!(hit.keeps());
    let older = Kept::of(&cache, &hit);
    drop(hit);
    assert!(cache.delete(APCU, b"younger").unwrap());
    churn(&cache, 3);
    assert!(younger.look(cache.segment()) == [2; 1000], "the younger");
    assert!(older.look(cache.segment()) == [1; 1000], "the older");
}

#[test]
fn a_hit_stays_while_it_lives_though_nothing_is_kept() {
    let mut cache = cache();
    cache.set_pin_policy(false, 0, 0);
    put(&cache, b"key", &[1; 1000]);
    let hit = cache.fetch(APCU, b"key", NOW).unwrap();
    assert!(!hit.keeps());
    assert!(cache.delete(APCU, b"key").unwrap());
    for i in 0..3000_u32 {
        put(&cache, &i.to_le_bytes(), &[2; 1000]);
    }
    assert!(hit.payload() == [1; 1000]);
}

#[test]
fn a_request_keeps_no_more_when_it_is_old_or_has_kept_a_lot() {
    let mut cache = cache();
    cache.set_pin_policy(true, 1000, 0);
    for i in 0..1000_u32 {
        put(&cache, &i.to_le_bytes(), &[1; 1000]);
    }
    let keeps =
        |cache: &Cache, i: u32, ms: u64| cache.fetch(APCU, &i.to_le_bytes(), at(1_000_000 + ms)).unwrap().keeps();
    assert!(keeps(&cache, 0, 0) && keeps(&cache, 1, 1000));
    assert!(!keeps(&cache, 2, 1001));
    assert!(keeps(&cache, 0, 1001), "kept is kept");
    cache.end_request();
    assert!((0..200).all(|i| keeps(&cache, i, 0)));
    assert!(!(200..1000).all(|i| keeps(&cache, i, 0)));
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
fn a_changed_integer_is_not_the_same_any_more() {
    let cache = cache();
    put_integer(&cache, b"n", 5);
    let five = cache.fetch(APCU, b"n", NOW).unwrap().identity();
    cache.update_integer(APCU, b"n", Change::Add(1), NOW).unwrap();
    let s = spec(b"n", Value::Payload(1));
    assert_eq!(put_as(&cache, &s, b"x", Mode::IfSame(five), NOW), Outcome::Refused);
    assert!(!cache.delete_same(APCU, b"n", five).unwrap());
    cache.update_integer(APCU, b"n", Change::Add(-1), NOW).unwrap();
    assert_eq!(put_as(&cache, &s, b"x", Mode::IfSame(five), NOW), Outcome::Replaced);
    assert_eq!(cache.update_integer(APCU, b"n", Change::Add(1), NOW).unwrap(), Update::NotInteger);
}

#[test]
fn nothing_is_lost_between_a_comparison_and_changes_in_place() {
    const TURNS: i64 = 20_000;
    let segment = common::store::segment(4 << 20);
    let cache = Cache::attach(Arc::clone(&segment)).unwrap();
    put_integer(&cache, b"n", 0);
    let mut sums = child_that_adds(&segment, TURNS);
    let mut swapped = 0;
    for _ in 0..TURNS {
        let hit = cache.fetch(APCU, b"n", NOW).unwrap();
        let (identity, n) = (hit.identity(), hit.identity().word);
        drop(hit);
        let next = spec(b"n", Value::Inline { word: n + (1 << 32), integer: true });
        if cache.reserve(&next, NOW).unwrap().publish(Mode::IfSame(identity), NOW).unwrap() == Outcome::Replaced {
            swapped += 1;
        }
    }
    assert_eq!(sums.wait(), common::fork::Exit::Done);
    let n = cache.fetch(APCU, b"n", NOW).unwrap().identity().word;
    assert_eq!((n as i64 >> 32, n as i64 & 0xffff_ffff), (swapped, TURNS));
    cache.validate().unwrap();
}

#[test]
fn swaps_of_integers_and_changes_in_place_are_exact() {
    const TURNS: i64 = 20_000;
    let segment = common::store::segment(4 << 20);
    let cache = Cache::attach(Arc::clone(&segment)).unwrap();
    put_integer(&cache, b"n", 0);
    let mut sums = child_that_adds(&segment, TURNS);
    let mut swapped = 0;
    for _ in 0..TURNS {
        let n = cache.fetch(APCU, b"n", NOW).unwrap().identity().word as i64;
        if matches!(cache.update_integer(APCU, b"n", Change::Swap(n, n + (1 << 32)), NOW).unwrap(), Update::Done(_)) {
            swapped += 1;
        }
    }
    assert_eq!(sums.wait(), common::fork::Exit::Done);
    let n = cache.fetch(APCU, b"n", NOW).unwrap().identity().word as i64;
    assert_eq!((n >> 32, n & 0xffff_ffff), (swapped, TURNS));
}

/// A child that adds 1 to the integer, so many times.
fn child_that_adds(segment: &Arc<trove_shm::segment::Segment>, turns: i64) -> common::fork::Child {
    let segment = Arc::clone(segment);
    common::fork::fork(move || {
        let cache = Cache::attach(segment).unwrap();
        for _ in 0..turns {
            assert!(matches!(cache.update_integer(APCU, b"n", Change::CheckedAdd(1), NOW).unwrap(), Update::Done(_)));
        }
    })
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
fn an_inline_value_is_overwritten_in_place_by_one_of_its_kind() {
    let cache = cache();
    let value = |word| Value::Inline { word, integer: true };
    let s = Spec { expires: 1_000_500, ..spec(b"n", value(1)) };
    assert!(!cache.overwrite(&s, NOW).unwrap(), "there is none");
    cache.reserve(&s, NOW).unwrap().publish(Mode::Set, NOW).unwrap();
    assert!(cache.fetch(APCU, b"n", NOW).is_some());
    let later = at(1_000_400);
    assert!(cache.overwrite(&Spec { expires: 1_000_900, value: value(2), ..s }, later).unwrap());
    let hit = cache.fetch(APCU, b"n", later).unwrap();
    assert_eq!((hit.word(), hit.meta().expires, hit.meta().hits), (2, 1_000_900, 1));
    drop(hit);
    assert_eq!((cache.usage(APCU).0, cache.stats().inserts, cache.stats().retired_bytes), (1, 2, 0));

    let refused = |s: &Spec<'_>, now| !cache.overwrite(s, now).unwrap();
    assert!(refused(&Spec { kind: 8, ..s }, later), "of another kind");
    assert!(refused(&Spec { value: Value::Inline { word: 3, integer: false }, ..s }, later), "not an integer");
    assert!(refused(&Spec { value: Value::Payload(1), ..s }, later), "not inline");
    assert!(refused(&Spec { tags: &[b"tag"], ..s }, later), "with a tag");
    assert!(refused(&Spec { stale: Some((1_000_950, 0)), ..s }, later), "with a stale window");
    assert!(refused(&Spec { pinned: true, ..s }, later), "never to be evicted");
    assert!(refused(&Spec { token: Some(cache.token()), ..s }, later), "made from something older");
    assert!(refused(&Spec { expires: 1_000_400, ..s }, later), "over before it begins");
    assert!(refused(&s, at(1_000_900)), "expired");
    assert!(cache.refresh(APCU, b"n", later).unwrap());
    assert!(refused(&s, later), "marked");
    cache.flush(APCU);
    assert!(refused(&s, later), "flushed");

    let tagged = Spec { key: b"t", tags: &[b"tag"], ..s };
    cache.reserve(&tagged, NOW).unwrap().publish(Mode::Set, NOW).unwrap();
    assert!(refused(&Spec { tags: &[], ..tagged }, later), "it has a tag");
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
    assert!(cache.touch(APCU, b"key", 1_002_000, NOW).unwrap());
    assert!(cache.exists(APCU, b"key", at(1_001_999)));
    assert!(!cache.touch(APCU, b"key", u64::MAX, at(1_002_000)).unwrap());
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
    let cache = cache_of(1 << 20);
    for i in 0..20_000_u32 {
        put(&cache, &i.to_le_bytes(), &[i as u8; 200]);
    }
    let stats = cache.stats();
    assert!(stats.evictions > 10_000 && stats.failures == 0, "{stats:?}");
    assert!(stats.entries > 1500, "{stats:?}");
}

#[test]
fn what_can_never_fit_is_refused_at_once() {
    let cache = cache_of(1 << 20);
    put(&cache, b"key", b"1");
    let error = cache.reserve(&spec(b"big", Value::Payload(1 << 20)), NOW).unwrap_err();
    assert!(matches!(error, Error::TooLarge { .. }), "{error}");
    assert!(cache.exists(APCU, b"key", NOW));
}

#[test]
fn half_of_the_segment_can_be_one_entry() {
    let cache = cache_of(1 << 20);
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
    let mut cache = cache_of(1 << 20);
    cache.set_pin_policy(true, 0, 10);
    for i in 0..20_000_u32 {
        put(&cache, &i.to_le_bytes(), &[i as u8; 200]);
        assert!(cache.exists(APCU, &i.to_le_bytes(), NOW), "{i}");
    }
    assert_eq!(cache.stats().failures, 0);
}

#[test]
fn a_middling_value_finds_room_among_many_small_ones() {
    let cache = cache_of(1 << 20);
    for round in 0..20_u32 {
        for i in 0..12_000_u32 {
            put(&cache, &(round << 16 | i).to_le_bytes(), b"small");
        }
        for size in [1000, 2000, 4000] {
            put(&cache, b"middling", &vec![7; size]);
        }
    }
    assert_eq!(cache.stats().failures, 0);
}

#[test]
fn what_a_clock_noted_is_not_noted_again_by_one_that_lags() {
    let cache = cache();
    put_integer(&cache, b"key", 42);
    for _ in 0..10_000 {
        assert!(cache.fetch(APCU, b"key", at(5000)).is_some());
    }
    let accessed = || cache.peek(APCU, b"key").unwrap().meta().accessed;
    let noted = accessed();
    let is_told = || matches!(cache.glance(APCU, b"key", None, at(3500)), Glance::Inline { .. });
    assert!((0..20).any(|_| cache.fetch(APCU, b"key", at(3500)).is_some() && is_told()));
    assert!(cache.exists(APCU, b"key", at(3500)));
    assert_eq!(accessed(), noted);
}

#[test]
fn of_stores_over_a_hundred_keys_in_turn_few_touch_the_heap() {
    let cache = cache_of(64 << 20);
    let mut touched = 0;
    for round in 0..200_u32 {
        for key in 0..100_u32 {
            let before = cache.stats().free_bytes;
            put(&cache, &key.to_le_bytes(), &[1; 100]);
            touched += u32::from(round >= 100 && cache.stats().free_bytes != before);
        }
    }
    // Each collection that finds more than may be kept gives something back, and is followed by as many stores that take it again.
    assert!(touched < 2500, "{touched} of 10000");
}

#[test]
fn a_larger_value_goes_round_without_the_heap_whatever_was_stored_before_it_and_however_large_the_segment() {
    for capacity in [64 << 20, 1 << 30] {
        let cache = cache_of(capacity);
        for round in 0..30_u32 {
            for key in 0..100_u32 {
                put(&cache, &key.to_le_bytes(), &vec![1; (20 + key * 13 + round) as usize]);
            }
        }
        let mut touched = 0;
        for round in 0..1000_u32 {
            let before = cache.stats().free_bytes;
            put(&cache, b"large", &[1; 10 << 10]);
            touched += u32::from(round >= 100 && cache.stats().free_bytes != before);
        }
        assert_eq!(touched, 0, "of 900, with {capacity} bytes");
    }
}

#[test]
fn the_sum_of_what_waits_does_not_drift_when_it_is_added_up_anew() {
    let cache = cache_of(1 << 20);
    let segment = Arc::clone(cache.segment());
    let stripes = segment.geometry().stripes;
    // A few blocks in each stripe, which none has told the sum yet.
    for i in 0..2 * 10 * stripes {
        put(&cache, &(i % (10 * stripes)).to_le_bytes(), b"value");
    }
    assert_ne!(cache.stats().retired_bytes, 0);
    // The first stripe is where it is added up; then all others collect.
    segment.header().evict_stripe.store(0, Ordering::Relaxed);
    for _ in 0..stripes {
        cache.tend(NOW, 1);
    }
    assert_eq!((cache.stats().retired_bytes, segment.header().retired_bytes.load(Ordering::Relaxed)), (0, 0));
}
