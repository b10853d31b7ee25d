//! Entries that are compared and replaced, while others change them.

mod common;

use std::sync::Arc;

use common::fork::{Child, Exit, fork};
use common::store::{APCU, NOW, at, cache, put_as, spec};
use trove_shm::cache::{Cache, Change, Freshness, Identity, Mode, Now, Outcome, Spec, Update, Value};
use trove_shm::segment::Segment;

/// The number that marks a sealed word: as good as any other (see `table::seal`).
const SEALED: i64 = trove_shm::layout::Entry::SEALED as i64;

fn integer(word: i64) -> Value {
    Value::Inline { word: word as u64, integer: true }
}

fn put(cache: &Cache, spec: &Spec<'_>, mode: Mode, now: Now) -> Outcome {
    cache.reserve(spec, now).unwrap().publish(mode, now).unwrap()
}

fn identity(cache: &Cache, key: &[u8]) -> Identity {
    cache.fetch(APCU, key, NOW).unwrap().identity()
}

fn word(cache: &Cache, key: &[u8]) -> i64 {
    cache.fetch(APCU, key, NOW).unwrap().word() as i64
}

/// A child that adds 1 to "n" wherever it is an integer, and then to "told" what it was told to have added.
fn child_that_adds(segment: &Arc<Segment>, turns: u32) -> Child {
    let segment = Arc::clone(segment);
    fork(move || {
        let cache = Cache::attach(segment).unwrap();
        let mut told = 0;
        for _ in 0..turns {
            match cache.update_integer(APCU, b"n", Change::Add(1), NOW).unwrap() {
                Update::Done(_) => told += 1,
                Update::NotInteger => {}
                other => panic!("{other:?}"),
            }
        }
        assert!(matches!(cache.update_integer(APCU, b"told", Change::Add(told), NOW).unwrap(), Update::Done(_)));
    })
}

/// An integer becomes something else and an integer again, with what it was: every increment is in it that was told to have been made, and no other.
#[test]
fn an_integer_that_gives_way_to_something_else_has_every_increment_that_was_told() {
    let segment = common::store::segment(4 << 20);
    let cache = Cache::attach(Arc::clone(&segment)).unwrap();
    for key in [b"n".as_slice(), b"told"] {
        put(&cache, &spec(key, integer(0)), Mode::Set, NOW);
    }
    let mut children: Vec<_> = (0..3).map(|_| child_that_adds(&segment, 20_000)).collect();
    let mut swaps = 0;
    for turn in 0..20_000 {
        let was = identity(&cache, b"n");
        let text = Spec { kind: 8, ..spec(b"n", Value::Payload(8)) };
        if put_as(&cache, &text, &was.word.to_le_bytes(), Mode::IfSame(was), NOW) == Outcome::Refused {
            continue;
        }
        swaps += 1;
        let hit = cache.fetch(APCU, b"n", NOW).unwrap();
        let (now, sum) = (hit.identity(), i64::from_le_bytes(hit.payload().try_into().unwrap()));
        drop(hit);
        assert_eq!(sum, was.word as i64, "turn {turn}");
        assert_eq!(put(&cache, &spec(b"n", integer(sum)), Mode::IfSame(now), NOW), Outcome::Replaced);
    }
    for child in &mut children {
        assert_eq!(child.wait(), Exit::Done);
    }
    assert!(swaps > 0);
    assert_eq!(word(&cache, b"n"), word(&cache, b"told"));
    cache.validate().unwrap();
}

/// Readers that come by never see the seal, and see the sum grow.
#[test]
fn who_reads_an_integer_that_is_being_replaced_sees_a_value_that_it_had() {
    let segment = common::store::segment(4 << 20);
    let cache = Cache::attach(Arc::clone(&segment)).unwrap();
    put(&cache, &spec(b"n", integer(0)), Mode::Set, NOW);
    let reader = |pinned: bool| {
        let segment = Arc::clone(&segment);
        fork(move || {
            let cache = Cache::attach(segment).unwrap();
            let mut last = 0;
            while last < 20_000 {
                let now = if pinned { cache.peek(APCU, b"n").unwrap().word() } else { glanced(&cache) } as i64;
                assert!((last..=20_000).contains(&now), "{now} after {last}");
                last = now;
            }
        })
    };
    let mut readers = [reader(true), reader(false)];
    for n in 0..20_000 {
        let was = identity(&cache, b"n");
        assert_eq!(put(&cache, &spec(b"n", integer(n + 1)), Mode::IfSame(was), NOW), Outcome::Replaced);
    }
    for reader in &mut readers {
        assert_eq!(reader.wait(), Exit::Done);
    }
}

fn glanced(cache: &Cache) -> u64 {
    match cache.glance(APCU, b"n", None, NOW) {
        trove_shm::cache::Glance::Inline { word, .. } => word,
        _ => cache.fetch(APCU, b"n", NOW).unwrap().word(),
    }
}

#[test]
fn the_number_that_marks_a_sealed_word_is_a_number_like_any_other() {
    let cache = cache(4 << 20);
    let change = |change| cache.update_integer(APCU, b"n", change, NOW).unwrap();
    put(&cache, &spec(b"n", integer(SEALED)), Mode::Set, NOW);
    assert_eq!((word(&cache, b"n"), glanced(&cache) as i64), (SEALED, SEALED));
    assert_eq!(change(Change::Add(1)), Update::Done(SEALED + 1));
    assert_eq!(change(Change::Add(-1)), Update::Done(SEALED));
    assert_eq!(change(Change::CheckedAdd(-1)), Update::Done(SEALED - 1));
    assert_eq!(change(Change::CheckedAdd(1)), Update::Done(SEALED));
    assert_eq!(change(Change::Swap(7, 8)), Update::Different);
    assert_eq!(change(Change::Swap(SEALED, 8)), Update::Done(8));
    assert_eq!(change(Change::Swap(8, SEALED)), Update::Done(SEALED));
    assert!(cache.overwrite(&spec(b"n", integer(SEALED)), NOW).unwrap());
    let was = identity(&cache, b"n");
    assert_eq!(put(&cache, &spec(b"n", integer(9)), Mode::IfSame(was), NOW), Outcome::Replaced);
    assert_eq!(change(Change::Swap(9, SEALED)), Update::Done(SEALED));
    let was = identity(&cache, b"n");
    assert_eq!(change(Change::Add(1)), Update::Done(SEALED + 1));
    assert!(!cache.delete_same(APCU, b"n", was).unwrap());
    assert_eq!(change(Change::Add(-1)), Update::Done(SEALED));
    assert!(cache.delete_same(APCU, b"n", was).unwrap());
    assert_eq!(change(Change::Add(1)), Update::Missing);
}

#[test]
fn what_is_put_in_place_of_an_entry_has_its_expiry_windows_and_cost() {
    let cache = cache(4 << 20);
    let stale = Some((1_700_000, 50_000));
    let old = Spec { expires: 1_500_000, stale, ..spec(b"key", Value::Payload(1)) };
    let mut reserved = cache.reserve(&old, NOW).unwrap();
    reserved.payload().copy_from_slice(b"1");
    reserved.set_cost(77);
    reserved.publish(Mode::Set, NOW).unwrap();
    let was = identity(&cache, b"key");
    // Meanwhile it is given more time.
    assert!(cache.touch(APCU, b"key", 2_000_000, NOW).unwrap());
    let new = Spec { stale: Some((1, 1)), ..spec(b"key", Value::Payload(1)) };
    assert_eq!(put_as(&cache, &new, b"2", Mode::IfSame(was), NOW), Outcome::Replaced);
    let hit = cache.fetch(APCU, b"key", NOW).unwrap();
    let meta = hit.meta();
    assert_eq!(
        (hit.payload(), meta.expires, meta.stale_until, meta.if_error, meta.cost),
        (&b"2"[..], 2_000_000, 2_200_000, 50_000, 77)
    );
}

#[test]
fn what_is_stale_by_now_is_not_replaced() {
    let cache = cache(4 << 20);
    let swap = |spec: &Spec<'_>, now| {
        let was = cache.peek(APCU, b"key").unwrap().identity();
        cache.reserve(spec, now).unwrap().publish(Mode::IfSame(was), now).unwrap()
    };
    let s = Spec { expires: 1_000_500, stale: Some((1_002_000, 0)), ..spec(b"key", integer(1)) };
    put(&cache, &s, Mode::Set, NOW);
    assert_eq!(swap(&s, at(1_000_500)), Outcome::Refused, "expired");
    assert!(cache.refresh(APCU, b"key", NOW).unwrap());
    assert_eq!(swap(&s, NOW), Outcome::Refused, "marked");
    let hit = cache.fetch(APCU, b"key", NOW).unwrap();
    assert_eq!((hit.freshness(), hit.word()), (Freshness::Stale, 1));
    drop(hit);

    let tagged = Spec { tags: &[b"tag"], ..s };
    for invalidate in [Cache::refresh_tag, Cache::invalidate_tag] {
        put(&cache, &tagged, Mode::Set, NOW);
        let was = identity(&cache, b"key");
        let new = cache.reserve(&tagged, NOW).unwrap();
        invalidate(&cache, APCU, b"tag", NOW).unwrap();
        assert_eq!(new.publish(Mode::IfSame(was), NOW).unwrap(), Outcome::Refused, "invalidated between");
    }
}
