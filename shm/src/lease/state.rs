//! One lease, as a machine over its words: it knows neither segments nor time, so the model checker runs it.
//!
//! | owner (bits 0-14) | `FILLING` (bit 15) | serial (bits 16-63) | meaning | who leaves it, how |
//! |---|---|---|---|---|
//! | 0 | 0 | n | free | an asker: CAS to (me, 1, n + 1) |
//! | s+1 | 1 | n | slot s writes whose lease it is and until when | s: store of (s, 0, n) |
//! | s+1 | 0 | n | slot s computes | s: CAS to (0, 0, n) |
//! | s+1, s dead or late | any | n | abandoned | an asker: CAS to (me, 1, n + 1); who reaps s: CAS to (0, 0, n) |
//!
//! The serial grows with every hand-over, so no compare-and-swap takes what was handed over in between, and a holder that comes back late
//! releases nothing: the state that it shows is gone.
//!
//! `turn` changes after each change that a waiter waits for. Whoever waits has read `turn` before `state`, so either he has seen the new state,
//! or the turn that he sleeps on is over.

use crate::layout::Lease;
use crate::sync::{SlotId, futex};
use crate::word::Ordering::{AcqRel, Acquire, Release};

const OWNER: u64 = 0x7fff;
const FILLING: u64 = 0x8000;
const SERIAL_SHIFT: u32 = 16;

/// What [`Lease::state`] holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State(u64);

impl State {
    /// Slot `owner` computes, in the hand-over `serial`.
    #[must_use]
    pub fn held(owner: SlotId, serial: u64) -> Self {
        Self(serial << SERIAL_SHIFT | (u64::from(owner.0) + 1) & OWNER)
    }

    /// Whose it is; none where the lease is free.
    #[must_use]
    pub fn owner(self) -> Option<SlotId> {
        // A wrong number is beyond any table, and then never alive.
        ((self.0 & OWNER) as u16).checked_sub(1).map(SlotId)
    }

    /// Whether its owner has not yet written what it is for.
    #[must_use]
    pub fn is_filling(self) -> bool {
        self.0 & FILLING != 0
    }

    /// How often the lease was given out.
    #[must_use]
    pub fn serial(self) -> u64 {
        self.0 >> SERIAL_SHIFT
    }

    fn freed(self) -> Self {
        Self(self.0 & !(OWNER | FILLING))
    }
}

impl Lease {
    /// The state now. To wait for a change, read [`Lease::turn`] first.
    #[must_use]
    pub fn look(&self) -> State {
        State(self.state.load(Acquire))
    }

    /// Takes the lease, found free or abandoned, for `me`, and lets `fill` write its other fields; none where it has changed since. Wakes
    /// who waits for an abandoned one.
    #[must_use]
    pub fn take(&self, found: State, me: SlotId, fill: impl FnOnce(&Self)) -> Option<State> {
        let mine = State::held(me, found.serial() + 1);
        if !self.change(found, State(mine.0 | FILLING)) {
            return None;
        }
        fill(self);
        self.state.store(mine.0, Release);
        Some(mine)
    }

    /// Gives a held lease back and wakes the waiters; false where it was handed over since.
    pub fn give_back(&self, held: State) -> bool {
        self.change(held, held.freed())
    }

    fn change(&self, from: State, to: State) -> bool {
        if self.state.compare_exchange(from.0, to.0, AcqRel, Acquire).is_err() {
            return false;
        }
        if from.owner().is_some() {
            self.turn.fetch_add(1, Release);
            futex::wake(&self.turn, u32::MAX);
        }
        true
    }
}

#[cfg(all(test, not(trove_loom)))]
mod tests {
    use super::*;
    use crate::word::{Word32, Word64};

    fn lease() -> Lease {
        let word = || Word64::new(0);
        Lease {
            state: word(),
            key_lo: word(),
            key_hi: word(),
            deadline: word(),
            turn: Word32::new(0),
            barren: Word32::new(0),
            deleted: Word32::new(0),
            refreshed: Word32::new(0),
            pad: [word(), word()],
        }
    }

    #[test]
    fn a_late_holder_does_not_free_his_successors_lease() {
        let lease = lease();
        let first = lease.take(lease.look(), SlotId(3), |_| {}).unwrap();
        let second = lease.take(lease.look(), SlotId(4), |_| {}).unwrap();
        assert!(!lease.give_back(first));
        assert_eq!(lease.look().owner(), Some(SlotId(4)));
        assert!(lease.give_back(second));
        assert!(!lease.give_back(second));
        assert_eq!(lease.look().owner(), None);
    }

    #[test]
    fn the_same_slot_gets_another_serial_each_time() {
        let lease = lease();
        let first = lease.take(lease.look(), SlotId(3), |_| {}).unwrap();
        assert!(lease.give_back(first));
        let second = lease.take(lease.look(), SlotId(3), |_| {}).unwrap();
        assert_ne!(first, second);
        assert!(!lease.give_back(first));
    }

    #[test]
    fn what_waiters_wait_for_changes_the_turn() {
        let lease = lease();
        let turn = || lease.turn.load(Acquire);
        let first = lease.take(lease.look(), SlotId(0), |_| {}).unwrap();
        assert_eq!(turn(), 0);
        let second = lease.take(first, SlotId(1), |_| {}).unwrap();
        assert_eq!(turn(), 1);
        assert!(lease.give_back(second));
        assert_eq!(turn(), 2);
    }
}
