//! Who takes locks in a segment, and the guard of a lock taken.
//!
//! The one way to a lock is [`Locker::lock`]: it notes the wish in the slot (`wants_*`) before the lock can be had, and clears it after the
//! release. So whoever reaps a dead slot knows every lock it can have held.
//!
//! Order, to be kept by the callers: stripe, then tag lock, then heap lock; never two stripes at once. The lock of the resets is taken with no
//! other held, and no other is taken under it.

use core::fmt;
use core::time::Duration;

use super::lock::{Owners, Stuck};
use super::slot::Seized;
use super::{SlotId, owner};
use crate::error::{Error, Result};
use crate::layout::{Lock, Slot};
use crate::segment::Segment;
use crate::word::{Ordering, Word32};

/// How long a lock is waited for whose owner lives, unless the locker was told otherwise.
pub const TIMEOUT: Duration = super::patience(Duration::from_secs(2));

/// A lock of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The stripe with this index.
    Stripe(u32),
    /// The tag lock.
    Tags,
    /// The heap lock.
    Heap,
    /// The lock of the resets.
    Resets,
}

/// Takes locks in the name of a slot: of the caller's own, or of a dead one that he reaps.
#[derive(Clone, Copy)]
pub struct Locker<'s> {
    segment: &'s Segment,
    me: SlotId,
    /// A dead slot that the caller has seized: what it holds is ours to take.
    reaping: Option<SlotId>,
    timeout: Duration,
}

impl<'s> Locker<'s> {
    /// For the owner of slot `me`.
    #[inline]
    pub(crate) fn new(segment: &'s Segment, me: SlotId) -> Self {
        Self { segment, me, reaping: None, timeout: TIMEOUT }
    }

    /// The same, while it holds `dead` seized.
    pub(super) fn reaping(self, dead: SlotId) -> Self {
        Self { reaping: Some(dead), ..self }
    }

    /// The same, with another patience.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// The segment.
    #[inline]
    #[must_use]
    pub fn segment(&self) -> &'s Segment {
        self.segment
    }

    /// The slot that owns what this locker locks, and the blocks that are allocated through it.
    #[inline]
    #[must_use]
    pub fn me(&self) -> SlotId {
        self.me
    }

    /// Takes a lock. Before anything else, look at [`Locked::is_unmended`].
    ///
    /// # Errors
    /// [`Error::Busy`] where its owner lives and keeps it for longer than the time-out; [`Error::Corrupt`] where there is no such stripe, or
    /// this very slot has it already.
    #[inline(always)]
    pub fn lock(&self, which: Which) -> Result<Locked<'s>> {
        let (lock, wants, wish) = self.parts(which)?;
        // Not 0 only while a dead slot's own wish is being mended in its own name.
        let before = wants.load(Ordering::Relaxed);
        debug_assert!(before == 0 || self.reaping == Some(self.me), "{which:?} while {before} is held");
        wants.store(wish, Ordering::Relaxed);
        let taken = match self.reaping {
            Some(dead) if lock.inherit(self.me, dead) => Ok(true),
            _ => lock.acquire(self.me, self, self.timeout),
        };
        match taken {
            Ok(unmended) => Ok(Locked { lock, wants, before, which, unmended }),
            Err(stuck) => {
                wants.store(before, Ordering::Relaxed);
                Err(self.error(stuck, which))
            }
        }
    }

    #[inline(always)]
    fn parts(&self, which: Which) -> Result<(&'s Lock, &'s Word32, u32)> {
        let slot = self.segment.slot(self.me.index());
        Ok(match which {
            Which::Stripe(n) if n >= self.segment.geometry().stripes => return Err(Error::Corrupt("no such stripe")),
            Which::Stripe(n) => (&self.segment.stripe(n).lock, &slot.wants_stripe, n + 1),
            Which::Tags => (&self.segment.header().tag_lock, &slot.wants_tags, 1),
            Which::Heap => (&self.segment.heap().lock, &slot.wants_heap, 1),
            Which::Resets => (&self.segment.resets().lock, &slot.wants_resets, 1),
        })
    }

    #[cold]
    fn error(&self, stuck: Stuck, which: Which) -> Error {
        match stuck {
            Stuck::Mine => Error::Corrupt("a slot takes a lock that it has"),
            Stuck::Held(by) => Error::Busy {
                what: which.name(),
                pid: self.slot(by).map_or(0, |slot| slot.pid.load(Ordering::Relaxed)),
                waited_ms: u64::try_from(self.timeout.as_millis()).unwrap_or(u64::MAX),
            },
        }
    }

    fn slot(&self, id: SlotId) -> Option<&'s Slot> {
        (id.index() < self.segment.geometry().slots).then(|| self.segment.slot(id.index()))
    }
}

impl<'s> Owners for Locker<'s> {
    type Seized = Seized<'s>;

    #[inline]
    fn alive(&self, slot: SlotId) -> bool {
        self.slot(slot).is_some_and(owner::is_alive)
    }

    fn seize(&self, slot: SlotId) -> Option<Seized<'s>> {
        self.slot(slot).and_then(Seized::seize)
    }
}

impl fmt::Debug for Locker<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Locker").field("me", &self.me).field("reaping", &self.reaping).finish_non_exhaustive()
    }
}

impl Which {
    fn name(self) -> &'static str {
        match self {
            Self::Stripe(_) => "a stripe's lock",
            Self::Tags => "the tag lock",
            Self::Heap => "the heap lock",
            Self::Resets => "the lock of the resets",
        }
    }
}

/// A lock held; released when dropped.
///
/// Where [`Locked::is_unmended`] says so, an owner died (or panicked) under the lock: the holder recovers first, then calls
/// [`Locked::mended`]. Dropped before that, the lock tells the next owner the same.
#[must_use = "the lock is released at once where the guard is not kept; ask is_unmended() first"]
#[derive(Debug)]
pub struct Locked<'s> {
    lock: &'s Lock,
    wants: &'s Word32,
    /// What `wants` goes back to: a dead slot's wish, in whose name the lock is taken to reap it, stays until that is done.
    before: u32,
    which: Which,
    unmended: bool,
}

impl Locked<'_> {
    /// Whether what the lock guards must be recovered before anything else is done with it.
    #[inline]
    #[must_use]
    pub fn is_unmended(&self) -> bool {
        self.unmended
    }

    /// Says that the recovery is done.
    pub fn mended(&mut self) {
        self.lock.mended();
        self.unmended = false;
    }

    /// Which lock it is.
    #[must_use]
    pub fn which(&self) -> Which {
        self.which
    }
}

impl Drop for Locked<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        self.lock.release(self.unmended || std::thread::panicking());
        self.wants.store(self.before, Ordering::Relaxed);
    }
}
