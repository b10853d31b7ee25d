//! Processes that store, tag, invalidate, enumerate and compute, killed at random: nobody waits, nothing is wrong, nothing is lost.

mod common;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use common::arena::Dice;
use common::fork::{Child, Exit, fork};
use common::store::APCU;
use trove_shm::cache::{Cache, CacheId, Leased, Mode, Now, Spec, Value};
use trove_shm::error::Error;
use trove_shm::segment::{Backing, Options, Segment};
use trove_shm::sync::futex;

const WORKERS: usize = 4;
const KILLS: u32 = 150;

fn now() -> Now {
    Now { boot_ms: futex::boot_ms(), wall_s: 1_700_000_000 }
}

fn tag(n: u64) -> Vec<u8> {
    format!("tag {n}").into_bytes()
}

/// The payload says which key and tags it belongs to.
fn payload(key: &[u8], tags: &[Vec<u8>], len: usize) -> Vec<u8> {
    let text = format!("{key:?} {tags:?} ");
    text.bytes().cycle().take(text.len().max(len)).collect()
}

fn work(cache: &mut Cache, dice: &mut Dice) {
    let key = dice.below(200).to_le_bytes();
    let some_tag = tag(dice.below(40));
    match dice.below(20) {
        0 => cache.invalidate_tag(APCU, &some_tag, now()).unwrap(),
        1 => cache.refresh_tag(APCU, &some_tag, now()).unwrap(),
        2 => drop(cache.delete(APCU, &key).unwrap()),
        3 => {
            cache
                .tagged(APCU, &some_tag, now(), &mut |hit| {
                    let mut has = false;
                    hit.tags(&mut |tag| has |= tag == some_tag);
                    assert!(has, "a member does not carry the tag");
                    true
                })
                .unwrap();
        }
        4 => match cache.lease(APCU, &key, 50, now()) {
            Ok(Leased::Taken { ticket, .. }) => drop(cache.lease_wait(ticket, 5)),
            Ok(Leased::Mine(guard)) => drop(guard),
            Err(e) => assert!(matches!(e, Error::Full { .. }), "{e}"),
        },
        5 => cache.tend(now(), 16),
        6 if dice.below(20) == 0 => cache.flush(APCU),
        7..12 => {
            let tags: BTreeSet<Vec<u8>> = (0..dice.below(4)).map(|_| tag(dice.below(40))).collect();
            let tags: Vec<Vec<u8>> = tags.into_iter().collect();
            let names: Vec<&[u8]> = tags.iter().map(Vec::as_slice).collect();
            let bytes = payload(&key, &tags, dice.below(3000) as usize);
            let value = Value::Payload(bytes.len());
            let expires = if dice.below(4) == 0 { now().boot_ms + dice.below(20) } else { u64::MAX };
            let spec = Spec {
                cache: APCU,
                key: &key,
                kind: 0,
                value,
                expires,
                stale: None,
                tags: &names,
                pinned: false,
                token: None,
            };
            match cache.reserve(&spec, now()) {
                Ok(mut reserved) => {
                    reserved.payload().copy_from_slice(&bytes);
                    reserved.publish(Mode::Set, now()).unwrap();
                }
                // All that could go is in somebody's hands.
                Err(e) => assert!(matches!(e, Error::NoSpace { .. }), "{e}"),
            }
        }
        _ => {
            if let Some(hit) = cache.fetch(APCU, &key, now()) {
                check(&key, &hit);
            }
        }
    }
    cache.end_request();
}

fn check(key: &[u8], hit: &trove_shm::cache::Hit<'_>) {
    let mut tags = Vec::new();
    hit.tags(&mut |tag| tags.push(tag.to_vec()));
    assert_eq!(hit.payload(), payload(key, &tags, hit.payload().len()), "a payload is another's, or its tags are");
}

fn worker(segment: &Arc<Segment>, seed: u64) -> Child {
    fork(|| {
        let mut cache = Cache::attach(Arc::clone(segment)).unwrap();
        let mut dice = Dice(seed);
        loop {
            let start = Instant::now();
            work(&mut cache, &mut dice);
            assert!(start.elapsed() < Duration::from_secs(1), "an operation had to wait");
        }
    })
}

#[test]
fn workers_may_be_killed_at_any_time() {
    let options =
        Options { capacity: 1 << 20, entries_hint: 256, backing: Backing::Private, fingerprint: "test".into() };
    let segment = Segment::open(&options).unwrap();
    let mut dice = Dice(0x7a6);
    let mut workers: Vec<Child> = (0..WORKERS).map(|n| worker(&segment, n as u64 + 1)).collect();
    for kill in 0..KILLS {
        std::thread::sleep(Duration::from_micros(1000 + dice.below(9000)));
        let victim = &mut workers[dice.below(WORKERS as u64) as usize];
        victim.kill();
        assert_eq!(victim.wait(), Exit::Signal(libc::SIGKILL), "a worker failed");
        *victim = worker(&segment, u64::from(kill) + 100);
    }
    for mut worker in workers {
        worker.kill();
        assert_eq!(worker.wait(), Exit::Signal(libc::SIGKILL), "a worker failed");
    }
    let mut cache = Cache::attach(Arc::clone(&segment)).unwrap();
    let report = cache.validate().unwrap_or_else(|fault| panic!("{fault}"));
    assert!(report.entries > 0 && report.tags > 0, "{report:?}");
    let mut members = 0;
    for n in 0..40 {
        cache
            .tagged(APCU, &tag(n), now(), &mut |hit| {
                members += 1;
                check(hit.key(), hit);
                true
            })
            .unwrap();
    }
    assert!(members as u64 <= report.members);
    // Nothing is lost: once everything has gone, all memory is free.
    cache.flush(APCU);
    for _ in 0..3 {
        cache.end_request();
        cache.flush(CacheId(1));
        cache.tend(Now { boot_ms: now().boot_ms + 10 * trove_shm::tags::KEEP_MS, ..now() }, 1 << 12);
    }
    let report = cache.validate().unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!((report.entries, report.members, report.held), (0, 0, 0));
}
