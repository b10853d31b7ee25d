//! A process dies before each single store of each operation that touches tags, caches or leases: every survivor goes on at once, sees the state
//! before or after, and nothing else is lost.
//!
//! Run with `RUSTFLAGS='--cfg trove_crash'` (see `trove_shm::word`).
#![cfg(trove_crash)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use common::fork::{Exit, fork};
use common::store::{APCU, NOW, at};
use trove_shm::cache::{Cache, CacheId, Freshness, Mode, Spec, Value};
use trove_shm::config::MIN_CAPACITY;
use trove_shm::offset::Off;
use trove_shm::segment::{Backing, Options, Segment};
use trove_shm::tags::{IDLE_MS, KEEP_MS};
use trove_shm::word::{Ordering, crash};

/// Buckets to tend until every stripe has looked at all its tag heads.
const ENOUGH: u32 = 1 << 9;
const KEYS: [&[u8]; 5] = [b"a", b"b", b"c", b"plain", b"subject"];
const TAGS: [&[u8]; 5] = [b"red", b"green", b"blue", b"new", b"newer"];

fn segment() -> Arc<Segment> {
    let (capacity, backing) = (MIN_CAPACITY, Backing::Private);
    Segment::open(&Options { capacity, entries_hint: 16, backing, fingerprint: "a test".into() }).unwrap()
}

fn attach(segment: &Arc<Segment>) -> Cache {
    Cache::attach(Arc::clone(segment)).unwrap()
}

fn spec<'a>(key: &'a [u8], word: u64, tags: &'a [&'a [u8]]) -> Spec<'a> {
    let value = Value::Inline { word, integer: false };
    Spec { cache: APCU, key, kind: 0, value, expires: u64::MAX, stale: None, tags, pinned: false, token: None }
}

fn store(cache: &Cache, key: &[u8], word: u64, tags: &[&[u8]]) {
    cache.reserve(&spec(key, word, tags), NOW).unwrap().publish(Mode::Set, NOW).unwrap();
}

/// What everybody sees: word, freshness and tags of each key.
type State = BTreeMap<Vec<u8>, (u64, Freshness, Vec<Vec<u8>>)>;

fn state(cache: &Cache) -> State {
    let mut state = State::new();
    for key in KEYS {
        if let Some(hit) = cache.fetch(APCU, key, NOW) {
            let mut tags = Vec::new();
            hit.tags(&mut |tag| tags.push(tag.to_vec()));
            state.insert(key.to_vec(), (hit.word(), hit.freshness(), tags));
        }
    }
    state
}

struct Case {
    name: &'static str,
    /// Stores that the operation has at least: fewer, and the case does not test what it says.
    least: u64,
    prepare: fn(&Cache),
    operate: fn(&Cache),
}

const CASES: &[Case] = &[
    Case {
        name: "store with tags that are known",
        least: 20,
        prepare: |_| (),
        operate: |cache| store(cache, b"subject", 2, &[b"red", b"blue"]),
    },
    Case {
        name: "store with tags that are new",
        least: 40,
        prepare: |_| (),
        operate: |cache| store(cache, b"subject", 2, &[b"new", b"red", b"newer"]),
    },
    Case {
        name: "replace tags by others",
        least: 30,
        prepare: |cache| store(cache, b"subject", 1, &[b"red", b"green"]),
        operate: |cache| store(cache, b"subject", 2, &[b"green", b"blue"]),
    },
    Case {
        name: "replace by an entry without tags",
        least: 20,
        prepare: |cache| store(cache, b"subject", 1, &[b"red", b"green", b"new"]),
        operate: |cache| store(cache, b"subject", 2, &[]),
    },
    Case {
        name: "replace an entry without tags",
        least: 20,
        prepare: |cache| store(cache, b"subject", 1, &[]),
        operate: |cache| store(cache, b"subject", 2, &[b"red", b"green"]),
    },
    Case {
        name: "delete the youngest member",
        least: 15,
        prepare: |cache| store(cache, b"subject", 1, &[b"red", b"green", b"blue"]),
        operate: |cache| assert!(cache.delete(APCU, b"subject").unwrap()),
    },
    Case {
        name: "delete a member in the middle, and the last",
        least: 20,
        prepare: |cache| {
            store(cache, b"subject", 1, &[b"red"]);
            store(cache, b"c", 3, &[b"red", b"green"]);
        },
        operate: |cache| {
            cache.delete(APCU, b"subject").unwrap();
            cache.delete(APCU, b"a").unwrap();
        },
    },
    Case {
        name: "invalidate a tag, and reclaim its members",
        least: 20,
        prepare: |cache| store(cache, b"subject", 1, &[b"red", b"green"]),
        operate: |cache| cache.invalidate_tag(APCU, b"green", NOW).unwrap(),
    },
    Case {
        name: "invalidate a tag that nobody has seen",
        least: 20,
        prepare: |_| (),
        operate: |cache| cache.invalidate_tag(APCU, b"new", NOW).unwrap(),
    },
    Case {
        name: "refresh a tag",
        least: 4,
        prepare: |_| (),
        operate: |cache| cache.refresh_tag(APCU, b"red", NOW).unwrap(),
    },
    Case {
        name: "drop records",
        least: 20,
        prepare: |cache| {
            store(cache, b"subject", 1, &[b"new", b"newer"]);
            store(cache, b"subject", 1, &[b"red"]);
            cache.tend(NOW, ENOUGH);
        },
        operate: |cache| cache.tend(at(NOW.boot_ms + IDLE_MS), ENOUGH),
    },
    Case {
        name: "drop records that know of invalidations",
        least: 20,
        prepare: |cache| {
            store(cache, b"subject", 1, &[b"new", b"newer"]);
            cache.invalidate_tag(APCU, b"new", NOW).unwrap();
            cache.invalidate_tag(APCU, b"newer", NOW).unwrap();
            cache.tend(NOW, ENOUGH);
        },
        operate: |cache| cache.tend(at(NOW.boot_ms + KEEP_MS), ENOUGH),
    },
    Case {
        name: "collect what carried tags",
        least: 20,
        prepare: |cache| {
            for n in 0..8 {
                store(cache, b"subject", n, &[b"red", b"new"]);
                cache.flush(CacheId(1));
            }
        },
        operate: |cache| cache.tend(NOW, ENOUGH),
    },
    Case {
        name: "make a named cache",
        least: 10,
        prepare: |_| (),
        operate: |cache| {
            cache.open_cache(b"a cache").unwrap();
        },
    },
    Case {
        name: "take a lease and give it back",
        least: 6,
        prepare: |_| (),
        operate: |cache| drop(cache.lease(APCU, b"key", 60_000, NOW).unwrap()),
    },
];

/// The entries that nobody touches, and some that the operations may.
fn populate(cache: &Cache) {
    store(cache, b"a", 10, &[b"red"]);
    store(cache, b"b", 11, &[b"red", b"blue"]);
    store(cache, b"c", 12, &[b"green"]);
    store(cache, b"plain", 13, &[]);
}

/// Runs `body` in a child that dies before store `die_at` of it; false where it has not that many.
fn dies(segment: &Arc<Segment>, die_at: u64, prepare: fn(&Cache), body: impl FnOnce(&Cache)) -> bool {
    let exit = fork(|| {
        let mut cache = attach(segment);
        prepare(&cache);
        cache.end_request();
        crash::arm(die_at);
        body(&cache);
        crash::arm(u64::MAX);
        // The slot is not given back: dead all the same.
        std::mem::forget(cache);
    })
    .wait();
    assert!(matches!(exit, Exit::Done | Exit::Signal(libc::SIGKILL)), "{exit:?}");
    exit != Exit::Done
}

/// The states before and after, without any death.
fn expected(case: &Case) -> [State; 2] {
    let segment = segment();
    let cache = attach(&segment);
    populate(&cache);
    (case.prepare)(&cache);
    let before = state(&cache);
    (case.operate)(&cache);
    [before, state(&cache)]
}

/// Where an operation is made of several, any state of single keys between is fine: each key is as before or as after.
fn check_state(now: &State, [before, after]: &[State; 2], context: &str) {
    for key in KEYS {
        let (now, before, after) = (now.get(key), before.get(key), after.get(key));
        assert!(now == before || now == after, "{context}: {key:?} is {now:?}, was {before:?}, should be {after:?}");
    }
}

/// The tags lead to what carries them, and nowhere else.
fn check_tags(cache: &Cache, context: &str) {
    let state = state(cache);
    for tag in TAGS {
        let carry = state.iter().filter(|(_, (_, _, tags))| tags.iter().any(|t| t == tag));
        let carry: BTreeSet<Vec<u8>> = carry.map(|(key, _)| key.clone()).collect();
        let mut tagged = BTreeSet::new();
        cache.tagged(APCU, tag, NOW, &mut |hit| tagged.insert(hit.key().to_vec())).unwrap();
        assert_eq!(tagged, carry, "{context}: members of {tag:?}");
        let count = cache.count_tag(APCU, tag).unwrap();
        // The subject may have died by another of its tags and count still.
        let live = tagged.len() as u64;
        assert!((live..=live + 1).contains(&count), "{context}: {count} members of {tag:?} counted, there are {live}");
    }
}

/// What a survivor does at once, whatever is half-done.
fn go_on(cache: &Cache, context: &str) {
    let start = Instant::now();
    check_tags(cache, context);
    for key in [&b"x"[..], b"y", b"z"] {
        store(cache, key, 1, &[b"red", b"green", b"newer", b"newest"]);
        cache.delete(APCU, key).unwrap();
    }
    drop(cache.lease(APCU, b"key", 60_000, NOW).unwrap());
    cache.open_cache(b"a cache").unwrap();
    assert!(start.elapsed() < Duration::from_secs(1), "{context}: a survivor had to wait");
}

/// A new segment in which a process has died before this store of a case's operation; who has survived it; and whether it got as far as that store.
fn after_death(case: &Case, die_at: u64) -> (Arc<Segment>, Cache, bool) {
    let segment = segment();
    let survivor = attach(&segment);
    populate(&survivor);
    let died = dies(&segment, die_at, case.prepare, case.operate);
    (segment, survivor, died)
}

/// A process that attaches, and reaps the dead, finds all whole.
fn reap(segment: &Arc<Segment>, expected: &[State; 2], context: &str) -> Cache {
    let next = attach(segment);
    next.validate().unwrap_or_else(|fault| panic!("{context}: {fault}"));
    check_state(&state(&next), expected, context);
    check_tags(&next, context);
    next
}

fn run(case: &Case, survivor_first: bool) -> u64 {
    let expected = expected(case);
    for die_at in 0.. {
        let (segment, survivor, died) = after_death(case, die_at);
        let context = format!("{}, before store {die_at}", case.name);
        check_state(&state(&survivor), &expected, &context);
        if survivor_first {
            go_on(&survivor, &context);
        }
        let _next = reap(&segment, &expected, &context);
        assert_eq!(walks(&segment), 0, "{context}: all lists were computed anew");
        if !survivor_first {
            go_on(&survivor, &context);
            survivor.validate().unwrap_or_else(|fault| panic!("{context}, later: {fault}"));
        }
        if !died {
            return die_at;
        }
    }
    0
}

fn walks(segment: &Segment) -> u32 {
    segment.header().tag_change.walks.load(Ordering::Relaxed)
}

#[test]
fn where_the_note_is_damaged_all_lists_are_computed_anew() {
    let (case, mut walked) = (&CASES[0], 0);
    let expected = expected(case);
    for die_at in 0.. {
        let (segment, survivor, died) = after_death(case, die_at);
        segment.header().tag_change.node.store(Off::from_raw(u32::MAX), Ordering::Relaxed);
        let context = format!("{}, before store {die_at}", case.name);
        reap(&segment, &expected, &context);
        walked += walks(&segment);
        if !died {
            break;
        }
    }
    assert!(walked > 0);
}

#[test]
fn a_death_before_any_store_leaves_the_state_before_or_after() {
    for case in CASES {
        let stores = run(case, false);
        println!("{}: {stores} stores", case.name);
        assert!(stores >= case.least, "{}: the operation has more stores than {stores}", case.name);
    }
}

#[test]
fn survivors_mend_what_they_meet_before_anybody_reaps() {
    for case in CASES {
        run(case, true);
    }
}

/// Who mends may die as well, before any store of his: the next one finishes it.
#[test]
fn whoever_mends_may_die_too() {
    for case in CASES {
        let expected = expected(case);
        // Deaths of the first one, spread over the operation; all of the second one's.
        for die_at in (0..).step_by(29) {
            let mut died = false;
            for mender_dies_at in 0.. {
                let segment = segment();
                let survivor = attach(&segment);
                populate(&survivor);
                died = dies(&segment, die_at, case.prepare, case.operate);
                drop(survivor);
                let context = format!("{}, before store {die_at}, and mending before {mender_dies_at}", case.name);
                let exit = fork(|| {
                    crash::arm(mender_dies_at);
                    let cache = attach(&segment);
                    crash::arm(u64::MAX);
                    std::mem::forget(cache);
                })
                .wait();
                reap(&segment, &expected, &context);
                assert_eq!(walks(&segment), 0, "{context}: all lists were computed anew");
                if !died || exit == Exit::Done {
                    break;
                }
            }
            if !died {
                break;
            }
        }
    }
}
