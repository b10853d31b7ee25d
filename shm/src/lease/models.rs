//! The hand-over of a lease under the model checker: every interleaving of two or three parties.
//!
//! `RUSTFLAGS='--cfg trove_loom' cargo test -p trove-shm --release --lib lease --target-dir target/loom`

use std::sync::Arc;

use loom::cell::Cell;
use loom::thread;

use super::State;
use crate::layout::Lease;
use crate::sync::{SlotId, futex};
use crate::word::Ordering::{Acquire, Relaxed};
use crate::word::{Word32, Word64};

/// A lease, and what only its holder may touch.
struct World {
    lease: Lease,
    /// Loom reports two threads that are in here at once, and one that does not see what the other did.
    computed: Cell<u32>,
}

impl World {
    fn new() -> Arc<Self> {
        let word = || Word64::new(0);
        let lease = Lease {
            state: word(),
            key_lo: word(),
            key_hi: word(),
            deadline: word(),
            turn: Word32::new(0),
            barren: Word32::new(0),
            deleted: Word32::new(0),
            refreshed: Word32::new(0),
            pad: [word(), word()],
        };
        Arc::new(Self { lease, computed: Cell::new(0) })
    }

    fn take(&self, found: State, me: u16) -> Option<State> {
        self.lease.take(found, SlotId(me), |lease| lease.deadline.store(me.into(), Relaxed))
    }

    /// Takes the lease if it is free, computes, and gives it back.
    fn compute(&self, me: u16) -> bool {
        let found = self.lease.look();
        if found.owner().is_some() {
            return false;
        }
        let Some(held) = self.take(found, me) else { return false };
        self.computed.set(self.computed.get() + 1);
        assert!(self.lease.give_back(held));
        true
    }

    /// Asks and waits as `claims` does while the lease is in state `held`, without time-outs: a wake-up that is missed hangs the model.
    fn wait_for_the_end_of(&self, held: State) {
        let turn = self.lease.turn.load(Acquire);
        if self.lease.look() != held {
            return;
        }
        while self.lease.turn.load(Acquire) == turn {
            futex::wait(&self.lease.turn, turn, core::time::Duration::MAX);
        }
    }
}

#[test]
fn claims_that_race_never_hold_together() {
    loom::model(|| {
        let world = World::new();
        let other = Arc::clone(&world);
        let thread = thread::spawn(move || other.compute(1));
        let mine = world.compute(2);
        assert!(thread.join().unwrap() | mine, "somebody gets a free lease");
        assert_eq!(world.lease.look().owner(), None);
    });
}

#[test]
fn a_late_holder_and_his_successor_do_not_both_succeed() {
    loom::model(|| {
        let world = World::new();
        let held = world.take(world.lease.look(), 1).unwrap();
        let other = Arc::clone(&world);
        let late = thread::spawn(move || other.lease.give_back(held));
        // The deadline has passed: the next takes it from a living holder.
        let next = world.take(held, 2);
        assert_ne!(late.join().unwrap(), next.is_some());
        assert_eq!(world.lease.look().owner(), next.map(|_| SlotId(2)));
    });
}

#[test]
fn who_sees_a_holder_sees_what_it_is_for() {
    loom::model(|| {
        let world = World::new();
        let other = Arc::clone(&world);
        let thread = thread::spawn(move || other.take(other.lease.look(), 5).is_some());
        let seen = world.lease.look();
        if seen.owner().is_some() && !seen.is_filling() {
            assert_eq!(world.lease.deadline.load(Relaxed), 5);
        }
        assert!(thread.join().unwrap());
    });
}

#[test]
fn a_waiter_is_told_of_a_release_and_of_a_takeover() {
    for taken_over in [false, true] {
        loom::model(move || {
            let world = World::new();
            let held = world.take(world.lease.look(), 1).unwrap();
            let other = Arc::clone(&world);
            let thread = thread::spawn(move || match taken_over {
                true => assert!(other.take(held, 2).is_some()),
                false => assert!(other.lease.give_back(held)),
            });
            world.wait_for_the_end_of(held);
            thread.join().unwrap();
        });
    }
}
