//! A process dies before each single store of taking slots and locks, giving them back, and reaping; the next one has everything at once.
//!
//! Run with `RUSTFLAGS='--cfg trove_crash'` (see `trove_shm::word`).
#![cfg(trove_crash)]

mod common;

use std::sync::Arc;
use std::time::Duration;

use common::fork::{Exit, fork};
use trove_shm::error::Result;
use trove_shm::segment::{Backing, Options, Segment};
use trove_shm::sync::SlotId;
use trove_shm::sync::locker::{Locked, Locker, Which};
use trove_shm::sync::slot::{self, Recovery, SlotHold};
use trove_shm::word::{Ordering, crash};

const LOCKS: [Which; 3] = [Which::Stripe(1), Which::Tags, Which::Heap];

/// There is nothing to mend; a word is written, so that recovery can die as well.
struct Nothing;

impl Recovery for Nothing {
    fn stripe(&self, by: &Locker<'_>, _: &Locked<'_>, _: u32) -> Result<()> {
        let mut heap = by.lock(Which::Heap)?;
        if heap.is_unmended() {
            self.heap(by, &heap)?;
            heap.mended();
        }
        Ok(())
    }
    fn tags(&self, by: &Locker<'_>, _: &Locked<'_>) -> Result<()> {
        by.segment().header().reserved[0].store(1, Ordering::Relaxed);
        Ok(())
    }
    fn heap(&self, by: &Locker<'_>, _: &Locked<'_>) -> Result<()> {
        by.segment().header().reserved[1].store(1, Ordering::Relaxed);
        Ok(())
    }
    fn free_held(&self, _: &Locker<'_>, _: SlotId) -> Result<()> {
        Ok(())
    }
    fn forget(&self, _: &Segment, _: SlotId) {}
}

fn segment() -> Arc<Segment> {
    let options = Options { capacity: 1 << 20, entries_hint: 0, backing: Backing::Private, fingerprint: "test".into() };
    Segment::open(&options).expect("open")
}

fn claim(segment: &Arc<Segment>) -> SlotHold {
    slot::claim(segment, &Nothing).expect("claim").expect("a free slot")
}

/// Runs `body` in children that die before store 0, 1, 2, ... of it, until one lives to its end; after each death all must be mendable.
fn dies_before_each_store(least: u64, prepare: impl Fn(&Arc<Segment>), body: impl Fn(&Arc<Segment>)) {
    for die_at in 0.. {
        let segment = segment();
        prepare(&segment);
        let mut child = fork(|| {
            crash::arm(die_at);
            body(&segment);
            crash::arm(u64::MAX);
        });
        let exit = child.wait();
        next_has_everything(&segment, die_at);
        match exit {
            Exit::Signal(libc::SIGKILL) => {}
            Exit::Done => {
                assert!(die_at >= least, "only {die_at} stores");
                return;
            }
            other => panic!("store {die_at}: {other:?}"),
        }
    }
}

fn next_has_everything(segment: &Arc<Segment>, die_at: u64) {
    let hold = claim(segment);
    slot::sweep(&hold.locker(), &Nothing).expect("sweep");
    for which in LOCKS {
        let locked = hold.locker().with_timeout(Duration::from_millis(20)).lock(which);
        assert!(!locked.unwrap().is_unmended(), "store {die_at}: {which:?}");
    }
    for id in slot::used(segment).filter(|id| *id != hold.id()) {
        let slot = segment.slot(id.index());
        assert_eq!(slot.pid.load(Ordering::Relaxed), 0, "store {die_at}: {id:?} is left dirty");
        assert_eq!(slot.lo.load(Ordering::Relaxed), u64::MAX, "store {die_at}: {id:?} still pins");
        let wishes = [&slot.wants_stripe, &slot.wants_tags, &slot.wants_heap];
        assert!(wishes.iter().all(|w| w.load(Ordering::Relaxed) == 0), "store {die_at}: {id:?} still wants");
        assert!(!slot::is_alive(segment, id));
    }
}

fn use_all_locks(hold: &SlotHold) {
    hold.slot().lo.store(1, Ordering::Relaxed);
    let tally = hold.locker().segment().tally(hold.id().index()).unwrap();
    tally.counts[1].store(3, Ordering::Relaxed);
    let locker = hold.locker();
    let mut held: Vec<Locked<'_>> = LOCKS.into_iter().map(|which| locker.lock(which).unwrap()).collect();
    for locked in &mut held {
        if locked.is_unmended() {
            locked.mended();
        }
    }
}

/// Dies with all locks in its hands.
fn leave_a_dead_owner(segment: &Arc<Segment>) {
    let mut child = fork(|| {
        crash::arm(u64::MAX);
        let hold = claim(segment);
        hold.slot().lo.store(1, Ordering::Relaxed);
        for which in LOCKS {
            std::mem::forget(hold.locker().lock(which).unwrap());
        }
        std::process::abort();
    });
    assert_eq!(child.wait(), Exit::Signal(libc::SIGABRT));
}

#[test]
fn an_owner_may_die_anywhere() {
    dies_before_each_store(20, |_| (), |segment| use_all_locks(&claim(segment)));
}

#[test]
fn who_reaps_with_a_slot_of_his_own_may_die_anywhere() {
    dies_before_each_store(40, leave_a_dead_owner, |segment| drop(claim(segment)));
}

#[test]
fn who_takes_over_without_reaping_may_die_anywhere() {
    let prepare = |_: &Arc<Segment>| ();
    dies_before_each_store(40, prepare, |segment| {
        let hold = claim(segment);
        leave_a_dead_owner(segment);
        use_all_locks(&hold);
    });
}

#[test]
fn who_reaps_in_the_dead_ones_name_may_die_anywhere() {
    let guests = |segment: &Arc<Segment>| {
        leave_a_dead_owner(segment);
        // Every ordinary slot is dirty now: as many owners, dead at once.
        let ordinary = segment.geometry().slots - trove_shm::config::GUEST_SLOTS;
        let mut child = fork(|| {
            for _ in 1..ordinary {
                let first_clean = (0..ordinary).find(|n| segment.slot(*n).pid.load(Ordering::Relaxed) == 0).unwrap();
                assert_ne!(first_clean, 0);
                std::mem::forget(claim_without_reaping(segment));
            }
            std::process::abort();
        });
        assert_eq!(child.wait(), Exit::Signal(libc::SIGABRT));
    };
    dies_before_each_store(40, guests, |segment| drop(claim(segment)));
}

/// As `claim`, for one who can mend nothing: the dirty slots stay.
fn claim_without_reaping(segment: &Arc<Segment>) -> SlotHold {
    struct Unable;
    impl Recovery for Unable {
        fn stripe(&self, _: &Locker<'_>, _: &Locked<'_>, _: u32) -> Result<()> {
            Err(trove_shm::error::Error::Corrupt("for the test"))
        }
        fn tags(&self, _: &Locker<'_>, _: &Locked<'_>) -> Result<()> {
            Err(trove_shm::error::Error::Corrupt("for the test"))
        }
        fn heap(&self, _: &Locker<'_>, _: &Locked<'_>) -> Result<()> {
            Err(trove_shm::error::Error::Corrupt("for the test"))
        }
        fn free_held(&self, _: &Locker<'_>, _: SlotId) -> Result<()> {
            Err(trove_shm::error::Error::Corrupt("for the test"))
        }
        fn forget(&self, _: &Segment, _: SlotId) {}
    }
    slot::claim(segment, &Unable).expect("claim").expect("a free slot")
}
