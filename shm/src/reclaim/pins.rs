//! What one thread announces: the interval of its request, and a momentary one.
//!
//! The request's interval grows with every era in which the request reads, and what it covers may be looked at until the request ends. It
//! *freezes* when it is old or when too much memory waits for readers: then it stays as it is, and later reads stand under the momentary interval,
//! which lasts as long as a [`Pin`] on the Rust stack. So what a request that does not end can hold back is bounded by what was alive while
//! its interval grew. An entry from that time is covered by the frozen interval too, whenever it is read: it was born before the interval's end,
//! and it is not retired yet.

use core::cell::Cell;

use super::{Interval, NONE};
use crate::layout::Slot;
use crate::word::Word64;

/// When a request's interval stops growing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PinPolicy {
    /// Whether a request announces an interval at all.
    pub keep: bool,
    /// Age in ms from which it does not grow; 0 is no limit.
    pub max_age_ms: u64,
    /// Bytes in retire lists from which it does not grow; 0 is no limit.
    pub max_retired: u64,
}

/// The intervals of one slot, as its owner knows them.
#[derive(Debug)]
pub struct Pins {
    policy: Cell<PinPolicy>,
    /// Last era announced for the request while that may grow; else [`NONE`], which no era is equal to.
    open_to: Cell<u64>,
    /// Last era announced for the request; 0 (older than every birth) where there is none.
    covered: Cell<u64>,
    /// When the request's interval was begun, in boot ms.
    since_ms: Cell<u64>,
    /// Momentary pins alive.
    depth: Cell<u32>,
    /// Last era of the momentary interval, while there are any.
    now_to: Cell<u64>,
}

impl Pins {
    /// Nothing is announced.
    #[must_use]
    pub fn new(policy: PinPolicy) -> Self {
        Self {
            policy: Cell::new(policy),
            open_to: Cell::new(NONE),
            covered: Cell::new(0),
            since_ms: Cell::new(0),
            depth: Cell::new(0),
            now_to: Cell::new(NONE),
        }
    }

    /// Replaces the policy; it holds from the next growth on.
    pub fn set_policy(&self, policy: PinPolicy) {
        self.policy.set(policy);
        if !policy.keep {
            self.open_to.set(NONE);
        }
    }

    /// The policy.
    #[must_use]
    pub fn policy(&self) -> PinPolicy {
        self.policy.get()
    }

    /// The last era that the request has announced; [`NONE`] where its interval may not grow, or where there is none.
    #[inline]
    #[must_use]
    pub fn open_to(&self) -> u64 {
        self.open_to.get()
    }

    /// Whether a block that was born then, and was found linked under any pin, stays until the request ends.
    #[inline]
    #[must_use]
    pub fn covers(&self, birth: u64) -> bool {
        birth <= self.covered.get()
    }

    /// Whether the request has announced anything.
    #[must_use]
    pub fn has_request(&self) -> bool {
        self.covered.get() != 0
    }

    /// Makes the current era part of the request's interval, and returns it; none where the policy is against it. `retired` is read only where
    /// it matters.
    pub fn grow(&self, slot: &Slot, era: &Word64, now_ms: u64, retired: impl FnOnce() -> u64) -> Option<u64> {
        let policy = self.policy.get();
        let first = !self.has_request();
        if !policy.keep || !first && self.open_to.get() == NONE {
            return None;
        }
        if first {
            self.since_ms.set(now_ms);
        } else if policy.max_age_ms != 0 && now_ms.saturating_sub(self.since_ms.get()) > policy.max_age_ms
            || policy.max_retired != 0 && retired() > policy.max_retired
        {
            self.open_to.set(NONE);
            return None;
        }
        let to = request(slot).announce(era, first);
        self.covered.set(to);
        self.open_to.set(to);
        Some(to)
    }

    /// Ends the request's interval.
    pub fn end_request(&self, slot: &Slot) {
        if self.has_request() {
            request(slot).withdraw();
            self.covered.set(0);
            self.open_to.set(NONE);
        }
    }

    /// Begins or extends the momentary interval, and returns its last era. For each call with `pin`, one [`Pins::unpin`].
    pub fn pin(&self, slot: &Slot, era: &Word64) -> u64 {
        let depth = self.depth.get();
        self.depth.set(depth + 1);
        self.extend(slot, era, depth == 0)
    }

    /// Makes the current era part of the momentary interval, and returns it.
    pub fn repin(&self, slot: &Slot, era: &Word64) -> u64 {
        self.extend(slot, era, false)
    }

    /// Ends a pin; the last one ends the interval.
    pub fn unpin(&self, slot: &Slot) {
        let depth = self.depth.get() - 1;
        self.depth.set(depth);
        if depth == 0 {
            momentary(slot).withdraw();
        }
    }

    fn extend(&self, slot: &Slot, era: &Word64, first: bool) -> u64 {
        let to = momentary(slot).announce(era, first);
        self.now_to.set(to);
        to
    }
}

/// The two intervals of a slot.
pub fn request(slot: &Slot) -> Interval<'_> {
    Interval { lo: &slot.lo, hi: &slot.hi }
}

/// See [`request`].
pub fn momentary(slot: &Slot) -> Interval<'_> {
    Interval { lo: &slot.now_lo, hi: &slot.now_hi }
}
