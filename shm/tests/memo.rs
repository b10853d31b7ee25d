//! What a labelled key costs less, it does not lose: who asks again is told what has become of the entry since.

mod common;

use core::num::NonZeroU64;
use std::sync::Arc;

use common::store::{APCU, NOW, at, cache as cache_of, churn, put, put_as, put_integer, spec};
use trove_shm::cache::{Cache, CacheId, Change, Glance, Label, Mode, Now, Outcome, Spec, Update, Value};

fn label(n: u64) -> Option<Label> {
    NonZeroU64::new(n * 8).map(Label)
}

/// What is told of a key under a label without a pin, as PHP's functions ask for it.
fn ask<'c>(cache: &'c Cache, id: CacheId, key: &[u8], n: u64, now: Now) -> Glance<'c> {
    match cache.recall(id, label(n).unwrap(), now) {
        Some((kind, payload)) => Glance::Kept { kind, payload },
        None => cache.glance(id, key, label(n), now),
    }
}

/// What is served for a key under a label, without a pin; none where nothing is.
fn again_in(cache: &Cache, id: CacheId, key: &[u8], n: u64, now: Now) -> Option<Vec<u8>> {
    match ask(cache, id, key, n, now) {
        Glance::Kept { payload, .. } => Some(payload.to_vec()),
        Glance::Missing => None,
        other => match cache.fetch(id, key, now) {
            None => None,
            Some(hit) => panic!("{other:?} of {:?}", hit.payload()),
        },
    }
}

fn again(cache: &Cache, key: &[u8], n: u64) -> Option<Vec<u8>> {
    again_in(cache, APCU, key, n, NOW)
}

/// Two handles, and an entry that the first has asked for by label 1, and recalled.
fn pair() -> (Cache, Cache) {
    let ours = cache_of(4 << 20);
    let others = Cache::attach(Arc::clone(ours.segment())).unwrap();
    put(&ours, b"key", b"one");
    for _ in 0..2 {
        assert_eq!(again(&ours, b"key", 1).as_deref(), Some(&b"one"[..]));
        assert_eq!(ours.recall(APCU, label(1).unwrap(), NOW), Some((spec(b"", Value::Payload(0)).kind, &b"one"[..])));
    }
    (ours, others)
}

#[test]
fn what_is_overwritten_or_deleted_is_not_served() {
    let (ours, others) = pair();
    put(&others, b"key", b"two");
    assert_eq!(again(&ours, b"key", 1).as_deref(), Some(&b"two"[..]));
    assert!(others.delete(APCU, b"key").unwrap());
    assert_eq!(again(&ours, b"key", 1), None);
    put(&others, b"key", b"three");
    assert_eq!(again(&ours, b"key", 1).as_deref(), Some(&b"three"[..]));
}

#[test]
fn nor_is_what_is_flushed_invalidated_marked_or_expired() {
    let (ours, others) = pair();
    others.flush(APCU);
    assert_eq!(again(&ours, b"key", 1), None);

    let tagged = Spec { tags: &[b"tag"], ..spec(b"key", Value::Payload(6)) };
    assert_eq!(put_as(&ours, &tagged, b"tagged", Mode::Set, NOW), Outcome::Inserted);
    assert_eq!(again(&ours, b"key", 1).as_deref(), Some(&b"tagged"[..]));
    others.invalidate_tag(APCU, b"other", NOW).unwrap();
    assert_eq!(again(&ours, b"key", 1).as_deref(), Some(&b"tagged"[..]));
    others.invalidate_tag(APCU, b"tag", NOW).unwrap();
    assert_eq!(again(&ours, b"key", 1), None);

    put(&ours, b"key", b"marked");
    assert_eq!(again(&ours, b"key", 1).as_deref(), Some(&b"marked"[..]));
    assert!(others.refresh(APCU, b"key", NOW).unwrap());
    assert!(matches!(ask(&ours, APCU, b"key", 1, NOW), Glance::Unclear));

    let brief = Spec { expires: NOW.boot_ms + 60_000, ..spec(b"key", Value::Payload(5)) };
    put_as(&ours, &brief, b"brief", Mode::Set, NOW);
    assert_eq!(again(&ours, b"key", 1).as_deref(), Some(&b"brief"[..]));
    assert_eq!(again_in(&ours, APCU, b"key", 1, at(NOW.boot_ms + 60_000)), None);
    assert!(others.touch(APCU, b"key", NOW.boot_ms + 90_000, NOW).unwrap());
    assert!(again_in(&ours, APCU, b"key", 1, at(NOW.boot_ms + 60_000)).is_some());
}

#[test]
fn a_label_stands_for_another_key_in_the_next_request_and_for_one_in_each_cache() {
    let (mut ours, others) = pair();
    put(&others, b"other", b"of the other");
    ours.end_request();
    assert_eq!(again(&ours, b"other", 1).as_deref(), Some(&b"of the other"[..]));

    let named = ours.open_cache(b"named").unwrap();
    assert_eq!(again_in(&ours, named, b"other", 1, NOW), None);
    assert_eq!(again(&ours, b"other", 1).as_deref(), Some(&b"of the other"[..]));
    put_as(&ours, &Spec { cache: named, ..spec(b"other", Value::Payload(5)) }, b"named", Mode::Set, NOW);
    for _ in 0..2 {
        assert_eq!(again_in(&ours, named, b"other", 1, NOW).as_deref(), Some(&b"named"[..]));
        assert_eq!(again(&ours, b"other", 1).as_deref(), Some(&b"of the other"[..]));
    }
}

#[test]
fn many_labels_do_not_get_into_each_others_way_nor_do_chains_of_many() {
    let ours = cache_of(1 << 20);
    let keys: Vec<[u8; 4]> = (0..2000_u32).map(u32::to_le_bytes).collect();
    let mut kept = 0;
    for round in 0..3 {
        for (key, n) in keys.iter().zip(1..) {
            put(&ours, key, &[key[0], round]);
            for _ in 0..2 {
                match ask(&ours, APCU, key, n, NOW) {
                    Glance::Kept { payload, .. } => {
                        assert_eq!(payload, [key[0], round]);
                        kept += 1;
                    }
                    Glance::Unclear => assert_eq!(ours.fetch(APCU, key, NOW).unwrap().payload(), [key[0], round]),
                    other => panic!("{other:?}"),
                }
            }
        }
    }
    assert!(kept >= 400);
}

#[test]
fn every_hit_is_counted() {
    let (ours, others) = pair();
    let before = others.stats();
    for _ in 0..200 {
        assert!(again(&ours, b"key", 1).is_some());
    }
    assert_eq!(others.stats().hits - before.hits, 200);
    assert_eq!(others.stats().misses, before.misses);
    assert_eq!(others.peek(APCU, b"key").unwrap().meta().hits, 204);
}

#[test]
fn what_is_served_stays_where_it_is_while_memory_is_used_anew() {
    let (ours, others) = pair();
    let Glance::Kept { payload, .. } = ask(&ours, APCU, b"key", 1, NOW) else { panic!("not kept") };
    assert!(others.delete(APCU, b"key").unwrap());
    churn(&others, 3);
    assert_eq!(payload, b"one");
    assert_eq!(again(&ours, b"key", 1), None);
}

#[test]
fn without_zero_copy_nothing_is_noted() {
    let mut ours = cache_of(4 << 20);
    ours.set_pin_policy(false, 0, 0);
    put(&ours, b"key", b"one");
    for _ in 0..2 {
        assert!(matches!(ask(&ours, APCU, b"key", 1, NOW), Glance::Unclear));
    }
}

/// An integer changed under label 1.
fn count_at(cache: &Cache, now: Now) -> Update {
    cache.update_labelled(APCU, b"n", label(1), Change::Add(1), now).unwrap()
}

#[test]
fn an_integer_is_changed_where_it_is_now() {
    let ours = cache_of(4 << 20);
    let others = Cache::attach(Arc::clone(ours.segment())).unwrap();
    let count = || count_at(&ours, NOW);
    put_integer(&ours, b"n", 1);
    assert_eq!([count(), count(), count()], [2, 3, 4].map(Update::Done));
    put_integer(&others, b"n", 10);
    assert_eq!([count(), count()], [11, 12].map(Update::Done));
    assert_eq!(others.update_integer(APCU, b"n", Change::Add(100), NOW).unwrap(), Update::Done(112));
    assert_eq!(count(), Update::Done(113));
    put(&others, b"n", b"text");
    assert_eq!([count(), count()], [Update::NotInteger; 2]);
    assert!(others.delete(APCU, b"n").unwrap());
    assert_eq!([count(), count()], [Update::Missing; 2]);
}

#[test]
fn an_integer_that_is_over_is_not_changed() {
    let mut ours = cache_of(4 << 20);
    let value = Value::Inline { word: 1, integer: true };
    ours.store(&Spec { expires: 1_100_000, ..spec(b"n", value) }, Mode::Set, NOW, |_, _| {}).unwrap();
    assert_eq!([count_at(&ours, NOW), count_at(&ours, NOW)], [2, 3].map(Update::Done));
    assert_eq!(count_at(&ours, at(1_100_000)), Update::Missing);
    put_integer(&ours, b"n", 1);
    assert_eq!([count_at(&ours, NOW), count_at(&ours, NOW)], [2, 3].map(Update::Done));
    ours.flush(APCU);
    assert_eq!(count_at(&ours, NOW), Update::Missing);
    put_integer(&ours, b"n", 1);
    assert_eq!([count_at(&ours, NOW), count_at(&ours, NOW)], [2, 3].map(Update::Done));
    ours.end_request();
    put_integer(&ours, b"other", 7);
    assert_eq!(ours.update_labelled(APCU, b"other", label(1), Change::Add(1), NOW).unwrap(), Update::Done(8));
    assert_eq!(ours.update_labelled(APCU, b"other", label(1), Change::Add(1), NOW).unwrap(), Update::Done(9));
}
