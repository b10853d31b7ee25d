//! When a block's memory may be used again. Interval-based reclamation (Wen, Izraelevitz, Cai, Beadle and Scott, PPoPP 2018; the variant
//! they call 2GE), with [`crate::layout::Header::era`] as its clock. `docs/architecture.md` has the contract; here are its five steps:
//!
//! ```text
//! announce   hi = era (lo too, if it is the first); fence; again, until the era has stayed
//! walk       load a pointer; era still == hi? follow it. Else announce, and walk from the start
//! stamp      unlinked; fence; retire_era = era
//! collect    read the era; fence; read all intervals; free each block of an older retire_era whose [birth, retire_era] meets none
//! withdraw   lo = none (release)
//! ```
//!
//! Why a walk may follow a pointer: who linked the block had read an era not below its birth, so a reader that sees the pointer and then an
//! era equal to `hi` knows `birth <= hi`. And why a collector does not miss him: the fences of announce and collect are a pair of which one
//! comes first. If announce, the collector sees `hi`; since the reader found the block linked after `lo`, it was retired at or after `lo`:
//! the intervals meet. If collect, then so did the unlinking, the reader sees that, and never finds the block. A block that is reached
//! through the `next` of an unlinked one was linked when that one was unlinked, so the same holds for it.
//!
//! A snapshot may be used later, and for many lists: it frees only what was retired in an era before it, so before its fence.
//!
//! The collector may read a `lo` and a `hi` that never stood together. Where it misses a store of an announcement, its fence came first, and
//! what it frees is out of that reader's reach; the older part of the interval it sees in any case.
//!
//! A block is stamped with the era's lower half. [`retired_at`] restores the rest from the current era, so it must be looked at again within
//! 2^32 eras; beyond that it seems younger than it is, and is held longer, never shorter.
//!
//! Nothing here names a segment: the model checker runs these functions on plain words (`model`).

#[cfg(not(trove_loom))]
mod pins;

#[cfg(not(trove_loom))]
pub use pins::{PinPolicy, Pins, momentary, request};

use crate::error::{Error, Result};
use crate::layout::Node;
use crate::offset::{Off, OffWord};
use crate::word::{Ordering, Word64, fence};

/// An era that never comes: as `lo` it says that nothing is announced.
pub const NONE: u64 = u64::MAX;

/// Bits of [`Node::birth`] that hold the era; the cache number is above them.
pub const ERA_BITS: u32 = 48;

/// Where nodes lie.
pub trait Nodes {
    /// The node at `off`.
    ///
    /// # Errors
    /// [`Error::Corrupt`] where none can be there.
    fn node(&self, off: Off<Node>) -> Result<&Node>;

    /// More nodes than one chain can have.
    fn bound(&self) -> u32;
}

/// An interval of eras that one thread announces in its slot.
#[derive(Debug, Clone, Copy)]
pub struct Interval<'s> {
    /// First era; [`NONE`] where nothing is announced.
    pub lo: &'s Word64,
    /// Last era.
    pub hi: &'s Word64,
}

impl Interval<'_> {
    /// Makes the current era part of the interval and returns it. `first`: nothing is announced yet.
    #[cold]
    pub fn announce(&self, era: &Word64, first: bool) -> u64 {
        let mut current = era.load(Ordering::Acquire);
        if first {
            self.hi.store(current, Ordering::Relaxed);
            self.lo.store(current, Ordering::Release);
        }
        loop {
            self.hi.store(current, Ordering::Release);
            fence(Ordering::SeqCst);
            let now = era.load(Ordering::Acquire);
            if now == current {
                return now;
            }
            current = now;
        }
    }

    /// Ends the interval: what was read under it may be reused.
    #[inline]
    pub fn withdraw(&self) {
        self.lo.store(NONE, Ordering::Release);
    }
}

/// What a walk came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Walk {
    /// The node that was looked for.
    Found(Off<Node>),
    /// The chain has ended.
    End,
    /// The era has moved: announce, and start anew.
    Moved,
}

/// Walks the chain at `head` to the first node that `matches`, under an interval that was announced up to `hi`.
///
/// # Errors
/// [`Error::Corrupt`], also where the chain does not end.
#[inline]
pub fn walk<'s, N: Nodes>(
    nodes: &'s N,
    head: &OffWord<Node>,
    era: &Word64,
    hi: u64,
    mut matches: impl FnMut(Off<Node>, &'s Node) -> Result<bool>,
) -> Result<Walk> {
    let mut at = head.load(Ordering::Acquire);
    for _ in 0..nodes.bound() {
        let Some(off) = at else { return Ok(Walk::End) };
        // Behind the acquire that loaded the pointer, so relaxed: the era seen is not older than the birth of what it leads to.
        if era.load(Ordering::Relaxed) != hi {
            return Ok(Walk::Moved);
        }
        let node = nodes.node(off)?;
        if matches(off, node)? {
            return Ok(Walk::Found(off));
        }
        at = node.next.load(Ordering::Acquire);
    }
    Err(Error::Corrupt("a chain does not end"))
}

/// Stamps a block that was just unlinked. Its reader's last chance to have found it is the era stamped.
pub fn stamp(node: &Node, era: &Word64) {
    fence(Ordering::SeqCst);
    let mut low = era.load(Ordering::Relaxed) as u32;
    while low == 0 {
        // Zero says "not retired". A later era is as good.
        low = advance(era) as u32;
    }
    node.retire_era.store(low, Ordering::Release);
}

/// Moves the era on and returns the new one.
pub fn advance(era: &Word64) -> u64 {
    era.fetch_add(1, Ordering::AcqRel) + 1
}

/// The era of a stamp, given the current one or a later one.
#[inline]
#[must_use]
pub fn retired_at(stamp: u32, current: u64) -> u64 {
    current.wrapping_sub(u64::from((current as u32).wrapping_sub(stamp)))
}

/// The intervals that were announced at some moment, and what they allow to be freed, then or later.
#[derive(Debug, Default)]
pub struct Snapshot {
    era: u64,
    intervals: Vec<(u64, u64)>,
}

impl Snapshot {
    /// Reads `intervals`, and drops what was read before.
    pub fn take<'s>(&mut self, era: &Word64, intervals: impl Iterator<Item = Interval<'s>>) {
        self.intervals.clear();
        self.era = era.load(Ordering::Acquire);
        fence(Ordering::SeqCst);
        for i in intervals {
            let lo = i.lo.load(Ordering::Acquire);
            if lo != NONE {
                self.intervals.push((lo, i.hi.load(Ordering::Acquire)));
            }
        }
    }

    /// Whether a block that was born and retired in these eras can be reused. A block of a later era, or of the snapshot's own, cannot: it
    /// may have been retired after the snapshot, and found by a reader who was not there yet.
    #[must_use]
    pub fn frees(&self, birth: u64, retired: u64) -> bool {
        retired < self.era && !self.intervals.iter().any(|&(lo, hi)| lo <= retired && birth <= hi)
    }

    /// Whether a block that is linked now could be reused as soon as it was retired and the era had moved on.
    #[must_use]
    pub fn would_free(&self, birth: u64) -> bool {
        self.intervals.iter().all(|&(_, hi)| birth > hi)
    }
}

/// The era of birth of a node.
#[inline]
#[must_use]
pub fn birth_of(node: &Node) -> u64 {
    node.birth.load(Ordering::Relaxed) & ((1 << ERA_BITS) - 1)
}
