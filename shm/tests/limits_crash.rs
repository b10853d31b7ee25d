//! A process dies before each single store of an operation that a limit of a named cache has a part in: the counts that the limits go by are
//! right afterwards, what is pinned is there, no other cache has lost anything, and the limits hold for those who live on.
//!
//! Run with `RUSTFLAGS='--cfg trove_crash'` (see `trove_shm::word`).
#![cfg(trove_crash)]

mod common;

use std::sync::Arc;

use common::fork::{Exit, fork};
use common::store::{APCU, NOW, get, put, segment, spec};
use trove_shm::cache::{Cache, CacheId, Mode, Spec, Value};
use trove_shm::caches::Settings;
use trove_shm::segment::Segment;
use trove_shm::word::crash;

const QUOTA: u64 = 16 << 10;
const PIN: u64 = 4 << 10;
const PINNED: u32 = 5;

struct Case {
    name: &'static str,
    operate: fn(&Cache, CacheId),
    /// Die before every so manieth store.
    every: u64,
}

const CASES: &[Case] = &[
    Case { name: "evict for the quota", operate: |cache, id| store(cache, id, b"key", 5000, false), every: 61 },
    Case { name: "store a pinned entry", operate: |cache, id| store(cache, id, b"key", 300, true), every: 1 },
    Case { name: "replace a pinned entry", operate: |cache, id| store(cache, id, b"pinned 1", 300, true), every: 1 },
    Case { name: "freeze", operate: |cache, id| cache.freeze(id).unwrap(), every: 1 },
    Case { name: "freeze, flush and store", operate: flush, every: 1 },
];

fn store(cache: &Cache, id: CacheId, key: &[u8], len: usize, pinned: bool) {
    let spec = Spec { cache: id, pinned, ..spec(key, Value::Payload(len)) };
    let mut reserved = cache.reserve(&spec, NOW).unwrap();
    reserved.payload().fill(7);
    reserved.publish(Mode::Set, NOW).unwrap();
}

fn flush(cache: &Cache, id: CacheId) {
    cache.freeze(id).unwrap();
    cache.flush(id);
    store(cache, id, b"key", 300, true);
}

/// Runs the case in a child that dies before store `k`; false where it has not that many.
fn dies(segment: &Arc<Segment>, id: CacheId, case: &Case, k: u64) -> bool {
    let segment = Arc::clone(segment);
    let operate = case.operate;
    let exit = fork(move || {
        let cache = Cache::attach(segment).unwrap();
        crash::arm(k);
        operate(&cache, id);
        crash::arm(u64::MAX);
        std::mem::forget(cache);
    })
    .wait();
    assert!(matches!(exit, Exit::Done | Exit::Signal(9)), "{exit:?}");
    exit != Exit::Done
}

fn run(case: &Case) {
    let mut deaths = 0;
    for k in (0..).step_by(case.every as usize) {
        let segment = segment(512 << 10);
        let survivor = Cache::attach(Arc::clone(&segment)).unwrap();
        let id = survivor.open_cache(b"limited").unwrap();
        survivor.configure(id, Settings { quota: QUOTA, pin: Some(PIN), ..Settings::default() });
        put(&survivor, b"neighbour", b"whole");
        (0..PINNED).for_each(|i| store(&survivor, id, format!("pinned {i}").as_bytes(), 200, true));
        (0..45).for_each(|i: u32| store(&survivor, id, &i.to_le_bytes(), 300, false));
        let died = dies(&segment, id, case, k);
        let context = format!("{}, before store {k}", case.name);

        // Reaps the dead one, and mends what it has left.
        drop(Cache::attach(Arc::clone(&segment)).unwrap());
        survivor.validate().unwrap_or_else(|fault| panic!("{context}: {fault}"));
        assert_eq!(get(&survivor, b"neighbour").as_deref(), Some(&b"whole"[..]), "{context}");
        let flushed = case.name.contains("flush");
        let pinned = (0..PINNED).filter(|i| survivor.exists(id, format!("pinned {i}").as_bytes(), NOW)).count();
        assert!(pinned == PINNED as usize || (flushed && pinned == 0), "{context}: {pinned} pinned entries are left");

        if survivor.is_frozen(id) {
            assert!(survivor.delete(id, b"key").is_err(), "{context}");
            survivor.flush(id);
        }
        (0..40).for_each(|i: u32| store(&survivor, id, &i.to_le_bytes(), 500, false));
        assert!(survivor.usage(id).1 <= QUOTA, "{context}: {:?}", survivor.usage(id));
        assert!(survivor.pinned_bytes(id) <= PIN, "{context}");
        assert_eq!(survivor.usage(APCU).0, 1, "{context}");
        survivor.validate().unwrap_or_else(|fault| panic!("{context}, later: {fault}"));
        if !died {
            break;
        }
        deaths += 1;
    }
    println!("{}: {deaths} deaths", case.name);
    assert!(deaths > 0, "{}", case.name);
}

#[test]
fn the_limits_hold_for_those_who_live_on() {
    CASES.iter().for_each(run);
}
