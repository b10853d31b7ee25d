//! Resets when a process dies before each of its stores. Built with `--cfg trove_crash`.
#![cfg(trove_crash)]

mod common;

use std::sync::Arc;

use common::fork::{Exit, fork};
use trove_shm::cache::{Cache, Now};
use trove_shm::resets::{self, Opcache, Outcome, Reset, Stale, Stat, Task};
use trove_shm::segment::{Backing, Options, Segment};
use trove_shm::word::crash;

const NOW: Now = Now { boot_ms: 1000, wall_s: 5 };
const PREFIXES: [&[u8]; 1] = [b"/srv/a"];
const ALL: Reset<'_> = Reset { stat: Stat::All, opcache: Opcache::Reset, report: false };
const PREFIX: Reset<'_> = Reset { stat: Stat::Path(b"/x"), opcache: Opcache::Invalidate(&PREFIXES), report: true };

/// Runs `body` in a new segment, in a child that dies before its first store, its second, and so on; then `check` in a process that was there before.
fn dies_before_each_store(least: u64, body: impl Fn(&Arc<Segment>), check: impl Fn(&Cache, u64)) {
    for die_at in 0.. {
        let options =
            Options { capacity: 1 << 20, entries_hint: 0, backing: Backing::Private, fingerprint: "test".into() };
        let segment = Segment::open(&options).unwrap();
        let survivor = worker(&segment);
        let mut child = fork(|| {
            crash::arm(die_at);
            body(&segment);
            crash::arm(u64::MAX);
        });
        let exit = child.wait();
        check(&survivor, die_at);
        match exit {
            Exit::Signal(libc::SIGKILL) => {}
            Exit::Done => return assert!(die_at >= least, "only {die_at} stores"),
            other => panic!("store {die_at}: {other:?}"),
        }
    }
}

fn worker(segment: &Arc<Segment>) -> Cache {
    let cache = Cache::attach(Arc::clone(segment)).unwrap();
    cache.introduce("fpm-fcgi", "www");
    cache.join_opcache(1, false, NOW);
    let pending = cache.pending_reset();
    cache.reset_applied(&pending, false);
    cache
}

/// Does everything; what was done to opcache.
fn apply(cache: &Cache) -> Vec<Task> {
    let mut tasks = Vec::new();
    let pending = cache.pending_reset();
    while let Some(mut claim) = cache.claim_opcache() {
        tasks.push(std::mem::replace(&mut claim.task, Task::Reset));
        cache.finish_opcache(claim, Outcome::Done);
    }
    cache.reset_applied(&pending, false);
    tasks
}

#[test]
fn who_publishes_may_die_anywhere() {
    for reset in [ALL, PREFIX] {
        let body = |segment: &Arc<Segment>| {
            Cache::attach(Arc::clone(segment)).unwrap().publish_reset(&reset).unwrap();
        };
        dies_before_each_store(15, body, |survivor, die_at| {
            let known = resets::workers(survivor.segment())[0].applied;
            let next = survivor.publish_reset(&ALL).unwrap();
            assert!(next > known, "store {die_at}");
            assert!(survivor.is_behind(), "store {die_at}");
            assert_eq!(survivor.pending_reset().stale, Stale::All, "store {die_at}");
            assert_eq!(apply(survivor), [Task::Reset], "store {die_at}");
            assert_eq!(apply(survivor), [], "store {die_at}");
            assert!(!survivor.is_behind(), "store {die_at}");
        });
    }
}

#[test]
fn who_joins_or_acts_may_die_anywhere() {
    let body = |segment: &Arc<Segment>| {
        let cache = Cache::attach(Arc::clone(segment)).unwrap();
        cache.join_opcache(2, false, NOW);
        let acting = worker(segment);
        acting.publish_reset(&ALL).unwrap();
        apply(&acting);
    };
    dies_before_each_store(40, body, |survivor, die_at| {
        apply(survivor);
        let generation = survivor.publish_reset(&ALL).unwrap();
        assert_eq!(apply(survivor), [Task::Reset], "store {die_at}");
        let opcaches = resets::opcaches(survivor.segment());
        assert!(opcaches.iter().any(|o| o.id == 1 && o.done == generation), "store {die_at}");
        let other = Cache::attach(Arc::clone(survivor.segment())).unwrap();
        other.join_opcache(2, false, NOW);
        apply(&other);
        assert!(resets::opcaches(survivor.segment()).iter().any(|o| o.id == 2), "store {die_at}");
    });
}
