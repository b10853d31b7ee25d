//! A process dies before each single store of each operation of the cache, and for the others the operation was done or was not: no neighbour is
//! lost, no value is half, nothing is leaked, no lock stays.
//!
//! Run with `RUSTFLAGS='--cfg trove_crash'` (see `trove_shm::word`).
#![cfg(trove_crash)]

mod common;

use std::sync::Arc;

use common::fork::{Exit, fork};
use common::store::{APCU, NOW, at, get, put, put_as, put_in_steps, put_integer, segment, spec};
use trove_shm::cache::{Cache, Change, Identity, Mode, Now, Spec, Update, Value};
use trove_shm::segment::Segment;
use trove_shm::word::crash;

/// When the operation runs: what `prepare` let expire has expired.
const LATER: Now = Now { boot_ms: 1_100_000, wall_s: 1_700_000_100 };
const NEIGHBOURS: u8 = 40;

struct Case {
    name: &'static str,
    capacity: u64,
    /// Run by a process that lives on.
    prepare: fn(&Cache),
    /// Run by the one that dies.
    operate: fn(&mut Cache),
    /// What "key" may be afterwards, as values of "key"; `None` is "gone".
    outcomes: &'static [Option<&'static [u8]>],
    /// Whether neighbours may be evicted.
    evicts: bool,
    /// Die before every so manieth store.
    every: u64,
}

const OLD: &[u8] = b"old";
const NEW: &[u8] = b"the new value";

fn nothing(_: &Cache) {}

fn old(cache: &Cache) {
    put(cache, b"key", OLD);
}

/// So much that the next store finds no room.
fn full(cache: &Cache) {
    old(cache);
    for i in 0..1500_u32 {
        put(cache, &i.to_le_bytes(), &[1; 500]);
    }
}

/// Retire lists from which the next store collects.
fn retired(cache: &Cache) {
    for _ in 0..30 {
        put(cache, b"key", OLD);
    }
}

fn expired(cache: &Cache) {
    old(cache);
    for i in 0..20_u32 {
        put_as(
            cache,
            &Spec { expires: 1_050_000, ..spec(&i.to_le_bytes(), Value::Payload(9)) },
            &[1; 9],
            Mode::Set,
            NOW,
        );
    }
}

const CASES: &[Case] = &[
    case("insert", nothing, |cache| store(cache), &[None, Some(NEW)]),
    case("replace", old, |cache| store(cache), &[Some(OLD), Some(NEW)]),
    case("insert in steps", nothing, |cache| store_in_steps(cache), &[None, Some(NEW)]),
    case("replace in steps", old, |cache| store_in_steps(cache), &[Some(OLD), Some(NEW)]),
    case("an add that is refused", old, |cache| add(cache), &[Some(OLD)]),
    case("delete", old, |cache| assert!(cache.delete(APCU, b"key").unwrap()), &[Some(OLD), None]),
    case("fetch, keep and end the request", old, |cache| fetch(cache), &[Some(OLD)]),
    case(
        "give up a reservation",
        old,
        |cache| drop(cache.reserve(&spec(b"key", Value::Payload(99)), NOW)),
        &[Some(OLD)],
    ),
    case("flush and store", old, |cache| flush(cache), &[Some(OLD), None, Some(NEW)]),
    case("touch", old, |cache| assert!(cache.touch(APCU, b"key", 2_000_000, NOW).unwrap()), &[Some(OLD)]),
    case("mark stale", old, |cache| assert!(cache.refresh(APCU, b"key", NOW).unwrap()), &[Some(OLD)]),
    Case { every: 13, ..case("collect", retired, |cache| cache.tend(NOW, 128), &[Some(OLD)]) },
    Case {
        every: 37,
        ..case("use blocks again", nothing, |cache| (0..70).for_each(|_| store(cache)), &[None, Some(NEW)])
    },
    Case { every: 31, ..case("reclaim the expired", expired, |cache| cache.tend(LATER, 1024), &[Some(OLD)]) },
    Case {
        capacity: 512 << 10,
        evicts: true,
        every: 61,
        ..case("evict", full, |cache| crowd(cache), &[Some(OLD), Some(NEW), None])
    },
    Case {
        capacity: 512 << 10,
        evicts: true,
        every: 709,
        ..case("clear a run", full, |cache| large(cache), &[Some(OLD), None])
    },
];

const fn case(
    name: &'static str,
    prepare: fn(&Cache),
    operate: fn(&mut Cache),
    outcomes: &'static [Option<&'static [u8]>],
) -> Case {
    Case { name, capacity: 2 << 20, prepare, operate, outcomes, evicts: false, every: 1 }
}

fn store(cache: &Cache) {
    put(cache, b"key", NEW);
}

fn store_in_steps(cache: &Cache) {
    put_in_steps(cache, b"key", NEW);
}

fn crowd(cache: &Cache) {
    put(cache, b"another", &[2; 3500]);
    store(cache);
}

fn add(cache: &Cache) {
    put_as(cache, &spec(b"key", Value::Payload(NEW.len())), NEW, Mode::Add, NOW);
}

fn fetch(cache: &mut Cache) {
    assert_eq!(get(cache, b"key").as_deref(), Some(OLD));
    assert!(cache.fetch(APCU, b"key", NOW).unwrap().keeps());
    cache.end_request();
}

fn flush(cache: &Cache) {
    cache.flush(APCU);
    put(cache, b"key", NEW);
}

fn large(cache: &Cache) {
    put(cache, b"large", &[3; 100_000]);
}

/// Runs the case in a child that dies before store `k`; false where it has not that many.
fn dies(segment: &Arc<Segment>, case: &Case, k: u64) -> bool {
    let segment = Arc::clone(segment);
    let operate = case.operate;
    let exit = fork(move || {
        let mut cache = Cache::attach(segment).unwrap();
        crash::arm(k);
        operate(&mut cache);
        crash::arm(u64::MAX);
        std::mem::forget(cache);
    })
    .wait();
    assert!(matches!(exit, Exit::Done | Exit::Signal(9)), "{exit:?}");
    exit != Exit::Done
}

fn neighbour(i: u8) -> (Vec<u8>, Vec<u8>) {
    (format!("neighbour {i}").into_bytes(), vec![i; usize::from(i) * 7])
}

/// The case for each `k`, in a new segment each time; `meet` lets the survivor meet what was left, in its own way.
fn exhaust(case: &Case, meet: impl Fn(Cache) -> Cache) {
    let mut deaths = 0;
    for k in (0..).step_by(case.every as usize) {
        let segment = segment(case.capacity);
        let survivor = Cache::attach(Arc::clone(&segment)).unwrap();
        for i in 0..NEIGHBOURS {
            let (key, value) = neighbour(i);
            put(&survivor, &key, &value);
        }
        (case.prepare)(&survivor);
        let died = dies(&segment, case, k);
        let context = format!("{}, before store {k}", case.name);

        let survivor = meet(survivor);
        survivor.validate().unwrap_or_else(|fault| panic!("{context}: {fault}"));
        let key = get(&survivor, b"key");
        assert!(case.outcomes.contains(&key.as_deref()) || key.as_deref() == Some(b"survivor"), "{context}: {key:?}");
        if let Some(large) = get(&survivor, b"large") {
            assert!(large == [3; 100_000], "{context}");
        }
        for i in 0..NEIGHBOURS {
            let (key, value) = neighbour(i);
            let found = get(&survivor, &key);
            let flushed = case.name.starts_with("flush");
            assert!(found == Some(value) || (found.is_none() && (case.evicts || flushed)), "{context}: neighbour {i}");
        }
        survivor.flush(APCU);
        for _ in 0..2 {
            survivor.tend(NOW, 1 << 16);
        }
        let report = survivor.validate().unwrap_or_else(|fault| panic!("{context}, later: {fault}"));
        assert_eq!((report.retired, report.used_bytes), (0, 0), "{context}: bytes are lost");
        if !died {
            break;
        }
        deaths += 1;
    }
    println!("{}: {deaths} deaths", case.name);
    assert!(deaths > 0, "{}", case.name);
}

#[test]
fn who_comes_later_finds_all_whole() {
    for case in CASES {
        exhaust(case, |survivor| Cache::attach(Arc::clone(survivor.segment())).unwrap());
    }
}

#[test]
fn who_needs_the_dead_ones_locks_goes_on_at_once() {
    for case in CASES {
        exhaust(case, |survivor| {
            put(&survivor, b"key", b"survivor");
            survivor.tend(NOW, 1);
            // Makes sure that the dead one was reaped, whether or not its locks were met.
            drop(Cache::attach(Arc::clone(survivor.segment())).unwrap());
            survivor
        });
    }
}

#[test]
fn an_overwritten_value_lives_no_longer_than_it_was_to() {
    for (before, after) in [(1_200_000, 1_300_000), (1_300_000, 1_200_000)] {
        for k in 0.. {
            let segment = segment(1 << 20);
            let survivor = Cache::attach(Arc::clone(&segment)).unwrap();
            let integer = |word, expires| Spec { expires, ..spec(b"n", Value::Inline { word, integer: true }) };
            survivor.reserve(&integer(1, before), NOW).unwrap().publish(Mode::Set, NOW).unwrap();
            let exit = fork(|| {
                let cache = Cache::attach(Arc::clone(&segment)).unwrap();
                crash::arm(k);
                assert!(cache.overwrite(&integer(2, after), LATER).unwrap());
                crash::arm(u64::MAX);
                std::mem::forget(cache);
            })
            .wait();
            let survivor = Cache::attach(Arc::clone(survivor.segment())).unwrap();
            survivor.validate().unwrap();
            let hit = survivor.fetch(APCU, b"n", NOW).unwrap();
            let (word, expires) = (hit.word(), hit.meta().expires);
            match word {
                1 => assert!(expires <= before, "before store {k}: the old value lives until {expires}"),
                2 => assert!(expires <= after, "before store {k}: the new value lives until {expires}"),
                _ => panic!("before store {k}: {word}"),
            }
            if exit == Exit::Done {
                assert_eq!((word, expires), (2, after));
                break;
            }
        }
    }
}

#[test]
fn an_increment_is_done_or_not() {
    let mut done = false;
    for k in 0.. {
        let segment = segment(1 << 20);
        let survivor = Cache::attach(Arc::clone(&segment)).unwrap();
        put_integer(&survivor, b"n", 1);
        let child_segment = Arc::clone(&segment);
        let exit = fork(move || {
            let cache = Cache::attach(child_segment).unwrap();
            crash::arm(k);
            cache.update_integer(APCU, b"n", Change::Add(1), at(NOW.boot_ms)).unwrap();
            crash::arm(u64::MAX);
            std::mem::forget(cache);
        })
        .wait();
        let survivor = Cache::attach(Arc::clone(survivor.segment())).unwrap();
        survivor.validate().unwrap();
        let n = survivor.fetch(APCU, b"n", NOW).unwrap().word();
        assert!(n == 1 && !done || n == 2, "before store {k}: {n}");
        done = n == 2;
        if exit == Exit::Done {
            break;
        }
    }
    assert!(done);
}

/// An integer gives way to something else, or is deleted, if it is still what it was: afterwards it is that, or what it was and counts on.
#[test]
fn a_compared_integer_is_replaced_or_counts_on() {
    let value = Value::Inline { word: 5, integer: true };
    let replace =
        |cache: &Cache, five| _ = put_as(cache, &spec(b"n", Value::Payload(1)), b"x", Mode::IfSame(five), NOW);
    let delete = |cache: &Cache, five| assert!(cache.delete_same(APCU, b"n", five).unwrap());
    let operations: [fn(&Cache, Identity); 2] = [replace, delete];
    for (i, operate) in operations.into_iter().enumerate() {
        let mut kept = 0;
        for k in 0.. {
            let segment = segment(1 << 20);
            let survivor = Cache::attach(Arc::clone(&segment)).unwrap();
            survivor.reserve(&spec(b"n", value), NOW).unwrap().publish(Mode::Set, NOW).unwrap();
            let five = survivor.fetch(APCU, b"n", NOW).unwrap().identity();
            let child_segment = Arc::clone(&segment);
            let exit = fork(move || {
                let cache = Cache::attach(child_segment).unwrap();
                crash::arm(k);
                operate(&cache, five);
                crash::arm(u64::MAX);
                std::mem::forget(cache);
            })
            .wait();
            // Whatever the survivor meets first: the value, the key to change, or the stripe.
            let context = format!("operation {i}, before store {k}");
            let found = || survivor.fetch(APCU, b"n", NOW).map(|hit| (hit.word(), hit.payload().to_vec()));
            let before = if k % 2 == 0 { found() } else { None };
            let update = survivor.update_integer(APCU, b"n", Change::Add(1), NOW).unwrap();
            let after = found();
            match update {
                Update::Done(6) => {
                    assert!(k % 2 == 1 || before == Some((5, vec![])), "{context}: {before:?}");
                    assert_eq!(after, Some((6, vec![])), "{context}");
                    kept += 1;
                }
                Update::NotInteger if i == 0 => assert_eq!(after, Some((1, b"x".to_vec())), "{context}"),
                Update::Missing if i == 1 => assert_eq!(after, None, "{context}"),
                _ => panic!("{context}: {update:?}"),
            }
            survivor.tend(NOW, 1);
            drop(Cache::attach(Arc::clone(survivor.segment())).unwrap());
            survivor.validate().unwrap_or_else(|fault| panic!("{context}: {fault}"));
            if exit == Exit::Done {
                break;
            }
        }
        assert!(kept > 3, "operation {i}");
    }
}
