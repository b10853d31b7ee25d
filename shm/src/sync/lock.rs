//! The lock word, as a state machine.
//!
//! | owner (bits 0-15) | `UNMENDED` | `CONTENDED` | meaning | who leaves it, how |
//! |---|---|---|---|---|
//! | 0 | 0 | 0 | free | anybody: CAS to (me, 0, 0) |
//! | 0 | 1 | 0 | free, what it guards was left half-done | anybody: CAS to (me, 1, c); he must mend |
//! | s+1 | 0 | 0 | held by slot s | s: swap to free; a waiter: sets `CONTENDED` |
//! | s+1 | 0 | 1 | held, and somebody may sleep | s: swap to free, wakes one |
//! | s+1 | 1 | any | held, and s is mending | as above; back to free with `UNMENDED` unless s called it mended |
//! | s+1, s dead | any | any | left behind | anybody who has *seized* s: CAS to (me, 1, c) |
//! | 0 | any | 1 | never stored; read as free | |
//!
//! Why to seize first: between "s is dead" and the CAS, s could be reaped, given out anew, and the new owner could lock the same lock; the
//! CAS would then rob a living one. Who has seized a slot (it is the slot's robust mutex that he holds) knows that nobody acts as that slot, and
//! while he keeps it, nobody will. Seizing never waits, so it cannot deadlock.
//!
//! Every wait is bounded: a short spin, then sleeps of at most [`SLICE`], each followed by a look at the owner; in all at most the caller's
//! time-out.

use core::time::Duration;

use super::{SlotId, futex};
use crate::layout::Lock;
use crate::word::Ordering;

/// Longest sleep between two looks at the owner.
pub const SLICE: Duration = Duration::from_millis(5);

/// What the lock asks about owners.
pub trait Owners {
    /// Keeps a dead slot dead while it lives.
    type Seized;

    /// Whether the slot's owner lives. Cheap: a waiter asks in every round.
    fn alive(&self, slot: SlotId) -> bool;

    /// The exclusive right to act for a slot whose owner is dead; none where it is not, or where somebody else has it.
    fn seize(&self, slot: SlotId) -> Option<Self::Seized>;
}

/// A lock was not had in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stuck {
    /// Its owner lives and has not released it.
    Held(SlotId),
    /// Its owner is the asking slot itself.
    Mine,
}

impl Lock {
    /// Bit: somebody may sleep on the word.
    pub const CONTENDED: u32 = 1 << 31;
    /// Bit: an owner died or panicked, and what the lock guards was not mended yet.
    pub const UNMENDED: u32 = 1 << 30;
    /// Bits that hold the owner's slot, plus one.
    pub const OWNER: u32 = 0xffff;

    /// A free lock.
    #[must_use]
    pub fn new() -> Self {
        Self { word: crate::word::Word32::new(0), takeovers: crate::word::Word32::new(0) }
    }

    /// The slot that holds it now.
    #[must_use]
    pub fn owner(&self) -> Option<SlotId> {
        owner_of(self.word.load(Ordering::Acquire))
    }

    /// Takes the lock for `me`; true where what it guards must be mended before use. One compare-and-swap where nobody has it.
    ///
    /// # Errors
    /// [`Stuck`] after `timeout`.
    #[inline(always)]
    pub(crate) fn acquire<O: Owners>(&self, me: SlotId, owners: &O, timeout: Duration) -> Result<bool, Stuck> {
        // AcqRel: the wish that the slot notes before must be visible to whoever sees it as the owner.
        match self.word.compare_exchange(0, mark(me), Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => Ok(false),
            Err(found) => self.acquire_slow(me, owners, timeout, found),
        }
    }

    #[cold]
    fn acquire_slow<O: Owners>(&self, me: SlotId, owners: &O, timeout: Duration, found: u32) -> Result<bool, Stuck> {
        let mut word = found;
        let mut wait = Wait::new(timeout);
        loop {
            // Whoever has slept cannot know whether others still do.
            let contended = if wait.has_slept() { Self::CONTENDED } else { word & Self::CONTENDED };
            let Some(owner) = owner_of(word) else {
                let unmended = word & Self::UNMENDED;
                match self.word.compare_exchange(
                    word,
                    mark(me) | unmended | contended,
                    Ordering::AcqRel,
                    Ordering::Acquire,
                ) {
                    Ok(_) => return Ok(unmended != 0),
                    Err(now) => word = now,
                }
                continue;
            };
            if !owners.alive(owner)
                && let Some(seized) = owners.seize(owner)
            {
                let new = mark(me) | Self::UNMENDED | contended;
                let taken = self.word.compare_exchange(word, new, Ordering::AcqRel, Ordering::Acquire);
                drop(seized);
                match taken {
                    Ok(_) => {
                        self.takeovers.fetch_add(1, Ordering::Relaxed);
                        return Ok(true);
                    }
                    Err(now) => word = now,
                }
                continue;
            }
            if owner == me {
                return Err(Stuck::Mine);
            }
            if wait.is_over() {
                return Err(Stuck::Held(owner));
            }
            if wait.spins() {
                word = self.word.load(Ordering::Acquire);
                continue;
            }
            if word & Self::CONTENDED == 0 {
                match self.word.compare_exchange(word, word | Self::CONTENDED, Ordering::Relaxed, Ordering::Acquire) {
                    Ok(_) => word |= Self::CONTENDED,
                    Err(now) => {
                        word = now;
                        continue;
                    }
                }
            }
            wait.sleep(&self.word, word);
            word = self.word.load(Ordering::Acquire);
        }
    }

    /// Takes the lock over from `dead`, whom the caller has seized himself; true where it was `dead`'s.
    pub(crate) fn inherit(&self, me: SlotId, dead: SlotId) -> bool {
        let mut word = self.word.load(Ordering::Acquire);
        while owner_of(word) == Some(dead) {
            let new = mark(me) | Self::UNMENDED | word & Self::CONTENDED;
            match self.word.compare_exchange(word, new, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => {
                    self.takeovers.fetch_add(1, Ordering::Relaxed);
                    return true;
                }
                // Only the bit of the waiters can have moved: nobody else may act for `dead`.
                Err(now) => word = now,
            }
        }
        false
    }

    /// Releases the lock; `unmended` where the next owner must mend first. One swap, and a wake-up where somebody sleeps.
    #[inline(always)]
    pub(crate) fn release(&self, unmended: bool) {
        let free = if unmended { Self::UNMENDED } else { 0 };
        if self.word.swap(free, Ordering::Release) & Self::CONTENDED != 0 {
            futex::wake(&self.word, 1);
        }
    }

    /// Notes that what the lock guards is whole again. Only its owner calls this.
    pub(crate) fn mended(&self) {
        self.word.fetch_and(!Self::UNMENDED, Ordering::Release);
    }
}

impl Default for Lock {
    fn default() -> Self {
        Self::new()
    }
}

/// The word of a lock that `slot` holds.
fn mark(slot: SlotId) -> u32 {
    u32::from(slot.0) + 1
}

fn owner_of(word: u32) -> Option<SlotId> {
    // 0xffff would be slot 0xfffe: beyond any table, and then never alive.
    ((word & Lock::OWNER) as u16).checked_sub(1).map(SlotId)
}

/// A wait for somebody else: spins, then sleeps, and ends.
#[cfg(not(trove_loom))]
struct Wait {
    backoff: crossbeam_utils::Backoff,
    start: std::time::Instant,
    timeout: Duration,
    slept: bool,
}

#[cfg(not(trove_loom))]
impl Wait {
    fn new(timeout: Duration) -> Self {
        Self { backoff: crossbeam_utils::Backoff::new(), start: std::time::Instant::now(), timeout, slept: false }
    }

    fn has_slept(&self) -> bool {
        self.slept
    }

    fn is_over(&self) -> bool {
        self.start.elapsed() >= self.timeout
    }

    /// Lets a moment pass; false where it is time to sleep.
    fn spins(&self) -> bool {
        if self.backoff.is_completed() {
            return false;
        }
        self.backoff.snooze();
        true
    }

    fn sleep(&mut self, word: &crate::word::Word32, expected: u32) {
        self.slept = true;
        futex::wait(word, expected, SLICE.min(self.timeout));
    }
}

/// Under the model checker time stands still: a wait neither spins nor ends.
#[cfg(trove_loom)]
struct Wait {
    slept: bool,
}

#[cfg(trove_loom)]
impl Wait {
    fn new(_: Duration) -> Self {
        Self { slept: false }
    }

    fn has_slept(&self) -> bool {
        self.slept
    }

    fn is_over(&self) -> bool {
        false
    }

    fn spins(&self) -> bool {
        false
    }

    fn sleep(&mut self, word: &crate::word::Word32, expected: u32) {
        self.slept = true;
        futex::wait(word, expected, SLICE);
    }
}

#[cfg(all(test, trove_loom))]
#[path = "lock_models.rs"]
mod models;
