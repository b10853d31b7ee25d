//! What one thread announces in its slot, as it knows it itself.
//!
//! A pin lasts as long as a `Brief` on the Rust stack. What is kept lasts until the request ends. A request keeps no more when it is old,
//! when it has kept a lot, or when too much memory waits for readers: what it finds from then on is copied.

use core::cell::Cell;

use super::kept::{self, Kept};
use super::{Interval, Reader};
use crate::layout::{Node, Slot};
use crate::offset::Off;
use crate::word::Word64;

/// When a request may keep what it finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PinPolicy {
    /// Whether it may at all.
    pub keep: bool,
    /// Age in ms of its first kept block from which it keeps no more; 0 is no limit.
    pub max_age_ms: u64,
    /// Bytes in retire lists from which it keeps no more; 0 is no limit.
    pub max_retired: u64,
}

/// The announcements of one slot.
#[derive(Debug)]
pub struct Pins {
    policy: Cell<PinPolicy>,
    /// Pins alive.
    depth: Cell<u32>,
    /// Last era of the pins, while there are any.
    now_to: Cell<u64>,
    /// Blocks kept for the request.
    kept: Cell<u32>,
    /// Last era in which the request has kept something.
    kept_to: Cell<u64>,
    /// The request keeps no more.
    frozen: Cell<bool>,
    /// Boot time in ms of the first block kept.
    since_ms: Cell<u64>,
    /// Boot time in ms as last told.
    now_ms: Cell<u64>,
}

impl Pins {
    /// Nothing is announced.
    #[must_use]
    pub fn new(policy: PinPolicy) -> Self {
        Self {
            policy: Cell::new(policy),
            depth: Cell::new(0),
            now_to: Cell::new(0),
            kept: Cell::new(0),
            kept_to: Cell::new(0),
            frozen: Cell::new(false),
            since_ms: Cell::new(0),
            now_ms: Cell::new(0),
        }
    }

    /// Replaces the policy, for what is found from now on.
    pub fn set_policy(&self, policy: PinPolicy) {
        self.policy.set(policy);
    }

    /// Tells the time.
    #[inline]
    pub fn set_time(&self, now_ms: u64) {
        self.now_ms.set(now_ms);
    }

    /// Begins or extends the pinned interval, and returns its last era. For each call one [`Pins::unpin`].
    #[inline]
    pub fn pin(&self, slot: &Slot, era: &Word64) -> u64 {
        let depth = self.depth.get();
        self.depth.set(depth + 1);
        let to = reader(slot).now.announce(era, depth == 0);
        self.now_to.set(to);
        to
    }

    /// One pin more of the same interval.
    pub fn hold(&self) {
        self.depth.set(self.depth.get() + 1);
    }

    /// Makes the current era part of the pinned interval, and returns it.
    #[cold]
    pub fn repin(&self, slot: &Slot, era: &Word64) -> u64 {
        let to = reader(slot).now.announce(era, false);
        self.now_to.set(to);
        to
    }

    /// Ends a pin; the last one ends the interval.
    #[inline]
    pub fn unpin(&self, slot: &Slot) {
        let depth = self.depth.get() - 1;
        self.depth.set(depth);
        if depth == 0 {
            reader(slot).now.withdraw();
        }
    }

    /// Keeps a block that a pin alive protects, until the request ends; false where the policy is against it. `retired` is the number of bytes in
    /// retire lists, asked only where it matters.
    pub fn keep(&self, slot: &Slot, off: Off<Node>, birth: u64, retired: impl FnOnce() -> u64) -> bool {
        if self.has(slot, off, birth) {
            return true;
        }
        let may_keep = self.may_keep(retired);
        if may_keep {
            reader(slot).keep(off, self.now_to.get(), self.kept.get() == 0);
            self.note_kept(self.now_to.get());
        }
        may_keep
    }

    /// Keeps a block that a glance saw in era `seen`, where it is kept already or fewer than `most` are; false where not, where the policy is
    /// against it, or where the block may be gone by now.
    #[inline(always)]
    pub fn keep_seen(
        &self,
        slot: &Slot,
        off: Off<Node>,
        birth: u64,
        (seen, era): (u64, &Word64),
        most: u32,
        retired: impl FnOnce() -> u64,
    ) -> bool {
        self.has(slot, off, birth)
            || self.kept.get() < most && self.may_keep(retired) && self.keep_new(slot, off, seen, era)
    }

    #[cold]
    fn keep_new(&self, slot: &Slot, off: Off<Node>, seen: u64, era: &Word64) -> bool {
        let first = self.kept.get() == 0;
        self.note_kept(seen);
        reader(slot).keep_seen(off, seen, era, first)
    }

    /// Whether a block that is linked, and was born in era `birth`, is kept already.
    #[inline(always)]
    fn has(&self, slot: &Slot, off: Off<Node>, birth: u64) -> bool {
        self.kept.get() != 0 && birth <= self.kept_to.get() && Kept(&slot.kept).has(off)
    }

    /// Whether the policy lets the request keep one more.
    #[cold]
    fn may_keep(&self, retired: impl FnOnce() -> u64) -> bool {
        let policy = self.policy.get();
        if !policy.keep {
            return false;
        }
        if self.kept.get() == 0 {
            self.since_ms.set(self.now_ms.get());
            return true;
        }
        let is_over = |limit: u64, value: u64| limit != 0 && value > limit;
        let is_over = self.frozen.get()
            || self.kept.get() >= kept::MOST
            || is_over(policy.max_age_ms, self.now_ms.get().saturating_sub(self.since_ms.get()))
            || is_over(policy.max_retired, retired());
        self.frozen.set(is_over);
        !is_over
    }

    /// One block more is kept, up to era `to`.
    fn note_kept(&self, to: u64) {
        let before = if self.kept.get() == 0 { 0 } else { self.kept_to.get() };
        self.kept_to.set(to.max(before));
        self.kept.set(self.kept.get() + 1);
    }

    /// Whether anything is pinned or kept.
    #[must_use]
    pub fn is_announced(&self) -> bool {
        self.depth.get() != 0 || self.kept.get() != 0
    }

    /// Keeps nothing any more.
    pub fn forget(&self, slot: &Slot) {
        if self.kept.get() != 0 {
            reader(slot).forget();
            self.kept.set(0);
            self.frozen.set(false);
        }
    }
}

/// What a slot announces.
#[inline]
#[must_use]
pub fn reader(slot: &Slot) -> Reader<'_> {
    Reader {
        now: Interval { lo: &slot.now_lo, hi: &slot.now_hi },
        request: Interval { lo: &slot.lo, hi: &slot.hi },
        kept: Kept(&slot.kept),
    }
}
