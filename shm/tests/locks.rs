//! Locks and slots between real processes: who dies while holding something is noticed at once, and nobody else is robbed.

mod common;

use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::time::{Duration, Instant};

use common::fork::{Bell, Exit, eventually, fork, new_pid_namespace, sleep_until_killed};
use trove_shm::config::GUEST_SLOTS;
use trove_shm::error::{Error, Result};
use trove_shm::segment::{Backing, Options, Segment};
use trove_shm::sync::SlotId;
use trove_shm::sync::locker::{Locked, Locker, Which};
use trove_shm::sync::slot::{self, Recovery, SlotHold};
use trove_shm::word::Ordering;

/// Notes what it is asked to mend.
#[derive(Default)]
struct Log {
    calls: RefCell<Vec<String>>,
    fail_stripes: Cell<bool>,
}

impl Log {
    fn calls(&self) -> Vec<String> {
        self.calls.take()
    }
}

impl Recovery for Log {
    fn stripe(&self, by: &Locker<'_>, held: &Locked<'_>, stripe: u32) -> Result<()> {
        assert_eq!(held.which(), Which::Stripe(stripe));
        if self.fail_stripes.get() {
            return Err(Error::Corrupt("for the test"));
        }
        // What a recovery of a stripe needs itself; left behind by the same dead owner, perhaps.
        let mut heap = by.lock(Which::Heap)?;
        if heap.is_unmended() {
            self.heap(by, &heap)?;
            heap.mended();
        }
        self.calls.borrow_mut().push(format!("stripe {stripe}"));
        Ok(())
    }

    fn tags(&self, _: &Locker<'_>, _: &Locked<'_>) -> Result<()> {
        self.calls.borrow_mut().push("tags".into());
        Ok(())
    }

    fn heap(&self, _: &Locker<'_>, _: &Locked<'_>) -> Result<()> {
        self.calls.borrow_mut().push("heap".into());
        Ok(())
    }

    fn free_held(&self, _: &Locker<'_>, dead: SlotId) -> Result<()> {
        self.calls.borrow_mut().push(format!("held {}", dead.0));
        Ok(())
    }

    fn forget(&self, _: &Segment, _: SlotId) {}
}

fn segment() -> Arc<Segment> {
    let options = Options { capacity: 1 << 20, entries_hint: 0, backing: Backing::Private, fingerprint: "test".into() };
    Segment::open(&options).expect("open")
}

fn claim(segment: &Arc<Segment>) -> SlotHold {
    slot::claim(segment, &Log::default()).expect("claim").expect("a free slot")
}

/// A child that claims a slot, does `body`, and sleeps until it is killed.
fn sleeper(segment: &Arc<Segment>, body: impl FnOnce(&SlotHold)) -> common::fork::Child {
    let bell = Bell::new();
    let child = fork(|| {
        let hold = claim(segment);
        body(&hold);
        bell.ring();
        sleep_until_killed();
    });
    bell.wait();
    child
}

#[test]
fn a_lock_whose_owner_was_killed_is_had_at_once_and_says_so() {
    let segment = segment();
    let hold = claim(&segment);
    let mut child = sleeper(&segment, |theirs| {
        for which in [Which::Stripe(1), Which::Tags, Which::Heap] {
            std::mem::forget(theirs.locker().lock(which).unwrap());
        }
    });
    let locker = hold.locker().with_timeout(Duration::from_millis(50));
    match locker.lock(Which::Stripe(1)) {
        Err(Error::Busy { pid, .. }) => assert_eq!(pid, child.pid()),
        other => panic!("a living owner keeps its lock: {other:?}"),
    }
    child.kill();
    for which in [Which::Stripe(1), Which::Tags, Which::Heap] {
        let start = Instant::now();
        let mut held = locker.lock(which).unwrap();
        assert!(held.is_unmended(), "{which:?}");
        assert!(start.elapsed() < Duration::from_millis(40));
        held.mended();
        drop(held);
        assert!(!locker.lock(which).unwrap().is_unmended());
    }
}

#[test]
fn waiters_of_a_killed_owner_go_on() {
    let segment = segment();
    let mut child = sleeper(&segment, |theirs| std::mem::forget(theirs.locker().lock(Which::Heap).unwrap()));
    let mended = std::sync::atomic::AtomicU32::new(0);
    std::thread::scope(|s| {
        for _ in 0..4 {
            s.spawn(|| {
                let hold = claim(&segment);
                let mut held = hold.locker().with_timeout(Duration::from_secs(20)).lock(Which::Heap).unwrap();
                if held.is_unmended() {
                    mended.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    held.mended();
                }
            });
        }
        std::thread::sleep(Duration::from_millis(30));
        child.kill();
    });
    assert_eq!(mended.into_inner(), 1);
}

#[test]
fn a_stopped_owner_is_named_after_the_time_out_and_loses_nothing() {
    let segment = segment();
    let hold = claim(&segment);
    let (go, done) = (Bell::new(), Bell::new());
    let mut child = fork(|| {
        let theirs = claim(&segment);
        let held = theirs.locker().lock(Which::Stripe(0)).unwrap();
        done.ring();
        go.wait();
        drop(held);
        done.ring();
    });
    done.wait();
    child.signal(libc::SIGSTOP);
    child.wait_stopped();
    let locker = hold.locker().with_timeout(Duration::from_millis(80));
    let start = Instant::now();
    let Err(Error::Busy { pid, waited_ms, .. }) = locker.lock(Which::Stripe(0)) else { panic!("it is held") };
    assert!(start.elapsed() >= Duration::from_millis(80) && start.elapsed() < Duration::from_secs(5));
    assert_eq!((pid, waited_ms), (child.pid(), 80));
    assert_eq!(hold.slot().wants_stripe.load(Ordering::Relaxed), 0, "the wish is taken back");
    child.signal(libc::SIGCONT);
    go.ring();
    done.wait();
    assert!(!locker.lock(Which::Stripe(0)).unwrap().is_unmended());
    assert_eq!(child.wait(), Exit::Done);
}

#[test]
fn many_processes_exclude_each_other_though_some_are_killed() {
    let segment = segment();
    let hold = claim(&segment);
    // Two words that are equal whenever nobody is inside.
    let inside = |hold: &SlotHold| {
        let mut held = hold.locker().with_timeout(Duration::from_secs(20)).lock(Which::Tags).unwrap();
        let (a, b) = (&segment.header().reserved[0], &segment.header().reserved[1]);
        if held.is_unmended() {
            b.store(a.load(Ordering::Relaxed), Ordering::Relaxed);
            held.mended();
        }
        let n = a.load(Ordering::Relaxed);
        assert_eq!(n, b.load(Ordering::Relaxed));
        a.store(n + 1, Ordering::Relaxed);
        for _ in 0..50 {
            std::hint::spin_loop();
        }
        b.store(n + 1, Ordering::Relaxed);
    };
    let mut children: Vec<_> = (0..6)
        .map(|n| {
            fork(|| {
                let hold = claim(&segment);
                let mut rounds = 0;
                while n < 3 || rounds < 20_000 {
                    inside(&hold);
                    rounds += 1;
                }
            })
        })
        .collect();
    for child in &mut children[..3] {
        std::thread::sleep(Duration::from_millis(60));
        child.kill();
    }
    for child in &mut children[3..] {
        assert_eq!(child.wait(), Exit::Done);
    }
    inside(&hold);
    assert_eq!(slot::sweep(&hold.locker(), &Log::default()).unwrap(), 3);
}

#[test]
fn a_slot_tells_who_has_it() {
    let segment = segment();
    let hold = claim(&segment);
    let slot = hold.slot();
    assert_eq!(slot.pid.load(Ordering::Relaxed), std::process::id());
    let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap();
    let started = slot.start.load(Ordering::Relaxed);
    assert!(started > 0 && stat.contains(&format!(" {started} ")), "{started} in {stat}");
    assert!(stat.starts_with(&format!("{} ", slot.tid.load(Ordering::Relaxed))));
    let namespace = std::fs::read_link("/proc/self/ns/pid").unwrap();
    assert_eq!(namespace.to_str().unwrap(), format!("pid:[{}]", slot.pid_ns.load(Ordering::Relaxed)));
}

#[test]
fn a_slot_is_given_back_clean() {
    let segment = segment();
    let hold = claim(&segment);
    assert_eq!(hold.id(), SlotId(0));
    segment.tally(0).unwrap().counts[2].store(7, Ordering::Relaxed);
    hold.slot().lo.store(3, Ordering::Relaxed);
    assert!(slot::is_alive(&segment, SlotId(0)));
    drop(hold);
    assert!(!slot::is_alive(&segment, SlotId(0)));
    assert_eq!(segment.header().totals[2].load(Ordering::Relaxed), 7);
    assert_eq!(segment.slot(0).lo.load(Ordering::Relaxed), u64::MAX);
    assert_eq!(claim(&segment).id(), SlotId(0));
}

#[test]
fn the_slot_of_a_killed_process_is_reaped_by_the_next_that_comes() {
    let segment = segment();
    let mut child = sleeper(&segment, |theirs| {
        theirs.slot().lo.store(5, Ordering::Relaxed);
        segment.tally(0).unwrap().counts[0].store(11, Ordering::Relaxed);
        std::mem::forget(theirs.locker().lock(Which::Stripe(2)).unwrap());
        std::mem::forget(theirs.locker().lock(Which::Heap).unwrap());
    });
    child.kill();
    let log = Log::default();
    let hold = slot::claim(&segment, &log).unwrap().unwrap();
    assert_eq!(hold.id(), SlotId(1), "a clean slot first");
    assert_eq!(log.calls(), ["heap", "stripe 2", "held 0"]);
    assert_eq!(segment.slot(0).lo.load(Ordering::Relaxed), u64::MAX);
    assert_eq!(segment.header().totals[0].load(Ordering::Relaxed), 11);
    assert_eq!(slot::sweep(&hold.locker(), &log).unwrap(), 0);
    assert_eq!(log.calls(), [""; 0]);
}

/// Takes every ordinary slot but the first `except` from threads of one child.
fn take_all_but(segment: &Arc<Segment>, except: u32) -> common::fork::Child {
    let ordinary = segment.geometry().slots - GUEST_SLOTS;
    sleeper(segment, |first| {
        std::mem::forget(first.locker().lock(Which::Stripe(3)).unwrap());
        std::mem::forget(first.locker().lock(Which::Heap).unwrap());
        for _ in 1..ordinary - except {
            std::mem::forget(claim(segment));
        }
    })
}

#[test]
fn where_no_slot_is_clean_a_dead_one_is_reaped_in_its_own_name() {
    let segment = segment();
    let mut child = take_all_but(&segment, 0);
    assert!(slot::claim(&segment, &Log::default()).unwrap().is_none(), "all are taken");
    child.kill();
    let log = Log::default();
    let hold = slot::claim(&segment, &log).unwrap().unwrap();
    assert_eq!(hold.id(), SlotId(0));
    assert_eq!(log.calls(), ["heap", "stripe 3", "held 0"]);
    assert!(!hold.locker().lock(Which::Stripe(3)).unwrap().is_unmended());
    assert!(slot::sweep(&hold.locker(), &log).unwrap() > 20);
}

#[test]
fn a_reap_that_failed_is_tried_again() {
    let segment = segment();
    let mut child = take_all_but(&segment, 0);
    child.kill();
    let log = Log::default();
    log.fail_stripes.set(true);
    // The first dead slot cannot be mended; the second is taken instead.
    let hold = slot::claim(&segment, &log).unwrap().unwrap();
    assert_eq!(hold.id(), SlotId(1));
    assert_eq!(segment.slot(0).wants_stripe.load(Ordering::Relaxed), 4, "the wish stays with its notes");
    assert!(matches!(slot::sweep(&hold.locker(), &log), Err(Error::Corrupt(_))));
    log.fail_stripes.set(false);
    assert_eq!(slot::sweep(&hold.locker(), &log).unwrap(), 1);
    assert!(log.calls().contains(&"stripe 3".into()));
    assert!(!hold.locker().lock(Which::Stripe(3)).unwrap().is_unmended());
}

#[test]
fn a_reaper_that_dies_is_reaped_too() {
    struct Die;
    impl Recovery for Die {
        fn stripe(&self, _: &Locker<'_>, _: &Locked<'_>, _: u32) -> Result<()> {
            std::process::abort();
        }
        fn tags(&self, _: &Locker<'_>, _: &Locked<'_>) -> Result<()> {
            Ok(())
        }
        fn heap(&self, _: &Locker<'_>, _: &Locked<'_>) -> Result<()> {
            Ok(())
        }
        fn free_held(&self, _: &Locker<'_>, _: SlotId) -> Result<()> {
            Ok(())
        }
        fn forget(&self, _: &Segment, _: SlotId) {}
    }
    let segment = segment();
    let mut first = sleeper(&segment, |theirs| {
        std::mem::forget(theirs.locker().lock(Which::Stripe(2)).unwrap());
    });
    first.kill();
    let mut reaper = fork(|| drop(slot::claim(&segment, &Die)));
    assert_eq!(reaper.wait(), Exit::Signal(libc::SIGABRT));
    let log = Log::default();
    let hold = slot::claim(&segment, &log).unwrap().unwrap();
    assert_eq!(hold.id(), SlotId(2), "the dead one's and the dead reaper's are dirty");
    assert_eq!(log.calls().iter().filter(|c| *c == "stripe 2").count(), 1);
    assert!((0..2).all(|n| segment.slot(n).pid.load(Ordering::Relaxed) == 0));
}

#[test]
fn a_forked_child_neither_has_nor_gives_back_its_parents_slot() {
    let segment = segment();
    let hold = claim(&segment);
    assert!(hold.is_mine());
    let hold = std::cell::Cell::new(Some(hold));
    let mut child = fork(|| {
        let copy = hold.take().unwrap();
        assert!(!copy.is_mine());
        drop(copy);
        assert!(slot::is_alive(&segment, SlotId(0)));
        assert_eq!(claim(&segment).id(), SlotId(1));
    });
    assert_eq!(child.wait(), Exit::Done);
    assert!(slot::is_alive(&segment, SlotId(0)));
    assert_eq!(segment.slot(0).pid.load(Ordering::Relaxed), std::process::id());
    drop(hold);
    assert!(!slot::is_alive(&segment, SlotId(0)));
}

#[test]
fn a_guest_has_a_slot_for_an_operation_and_waits_no_longer_than_told() {
    let segment = segment();
    let slots = segment.geometry().slots;
    let guests: Vec<_> =
        (0..GUEST_SLOTS).map(|_| slot::borrow(&segment, &Log::default(), Duration::ZERO).unwrap()).collect();
    assert!(guests.iter().all(|g| g.id().index() >= slots - GUEST_SLOTS));
    let start = Instant::now();
    match slot::borrow(&segment, &Log::default(), Duration::from_millis(30)) {
        Err(Error::Busy { pid, .. }) => assert_eq!(pid, std::process::id()),
        other => panic!("all are lent: {other:?}"),
    }
    assert!(start.elapsed() >= Duration::from_millis(30));
    drop(guests);
    let mut child = fork(|| {
        std::mem::forget(slot::borrow(&segment, &Log::default(), Duration::ZERO).unwrap());
        std::process::abort();
    });
    child.wait();
    let log = Log::default();
    let all: Vec<_> = (0..GUEST_SLOTS).map(|_| slot::borrow(&segment, &log, Duration::ZERO).unwrap()).collect();
    assert_eq!((all.len(), log.calls().len()), (8, 1), "a dead guest's slot is reaped");
}

#[test]
fn a_thread_that_ends_leaves_its_slot_to_be_reaped() {
    let segment = segment();
    std::thread::scope(|s| {
        s.spawn(|| std::mem::forget(claim(&segment)));
    });
    eventually("the thread's end", || !slot::is_alive(&segment, SlotId(0)));
    let hold = claim(&segment);
    assert_eq!(hold.id(), SlotId(1));
    assert_eq!(segment.slot(0).pid.load(Ordering::Relaxed), 0);
}

/// Three containers that share the memory: in each, the owner is process and thread 1.
#[test]
fn owners_with_the_same_id_in_other_pid_namespaces_are_told_apart() {
    let segment = segment();
    let hold = claim(&segment);
    let (ready, die) = (Bell::new(), Bell::new());
    let mut containers: Vec<_> = (0..3)
        .map(|_| {
            let container = fork(|| {
                if !new_pid_namespace() {
                    eprintln!("SKIPPED: pid namespaces need root");
                    return ready.ring();
                }
                let mut inside = fork(|| {
                    let hold = claim(&segment);
                    assert_eq!((std::process::id(), hold.slot().tid.load(Ordering::Relaxed)), (1, 1));
                    std::mem::forget(hold.locker().lock(Which::Stripe(hold.id().index())).unwrap());
                    ready.ring();
                    sleep_until_killed();
                });
                die.wait();
                inside.kill();
            });
            ready.wait();
            container
        })
        .collect();
    if !slot::is_alive(&segment, SlotId(1)) {
        return;
    }
    assert!((1..=3).all(|n| slot::is_alive(&segment, SlotId(n))));
    die.ring();
    let dead = |n: &u32| !slot::is_alive(&segment, SlotId(*n as u16));
    eventually("one has died", || (1..=3).any(|n| dead(&n)));
    assert!(hold.locker().lock(Which::Stripe((1..=3).find(dead).unwrap())).unwrap().is_unmended());
    assert_eq!((1..=3).filter(dead).count(), 1, "the others with that id live on");
    die.ring();
    die.ring();
    containers.iter_mut().for_each(|c| assert_eq!(c.wait(), Exit::Done));
    assert_eq!(slot::sweep(&hold.locker(), &Log::default()).unwrap(), 3);
}
