//! When a block's memory may be used again.
//!
//! Two questions, two answers. *While a thread looks around* in the table, it may stand on any block: interval-based reclamation (Wen,
//! Izraelevitz, Cai, Beadle and Scott, PPoPP 2018; the variant they call 2GE) protects everything that lives then, with
//! [`crate::layout::Header::era`] as its clock. *Until its request ends*, PHP may look at the payloads it was given, and at nothing else: a
//! filter in the slot ([`kept`]) says which blocks those are. So a process that sleeps in the middle of a request holds back what it has fetched, not
//! what the cache was then.
//!
//! ```text
//! pin        [now_lo, now_hi] = era; fence; again, until the era has stayed
//! walk       load a pointer; era still == now_hi? follow it. Else pin again, and walk from the start
//! keep       put the block into the filter; [lo, hi] includes now_hi                  (while pinned)
//! unpin      now_lo = none (release)
//! glance     read the era; walk and look, unpinned; the era is still the same? then all was as it was seen
//! keep seen  what a glance saw goes into the filter; [lo, hi] includes the era of the glance; fence; the era is still the same? it is kept
//! stamp      unlinked; fence; retire_era = era              (or: unlinked; the era moves on, and retire_era is the one before)
//! collect    read the era; fence; for each slot: read [now_lo, now_hi] (acquire), then [lo, hi] and the filter;
//!            free each block of an older retire_era whose [birth, retire_era] meets no [now_lo, now_hi], and no [lo, hi] with the block
//!            in its filter
//! ```
//!
//! *Why a walk may follow a pointer.* Who linked the block had read an era not below its birth, so a reader that sees the pointer and then an
//! era equal to `now_hi` knows `birth <= now_hi`. A collector does not miss him: the fences of pin and collect are a pair of which one comes
//! first. If pin's does, the collector sees the interval; since the reader found the block linked after `now_lo`, it was retired at or after
//! `now_lo`: the intervals meet. If collect's does, then so did the unlinking, the reader sees that, and never finds the block. A block that is
//! reached through the `next` of an unlinked one was linked when that one was unlinked, so the same holds for it.
//!
//! *Why a kept block stays.* It enters the filter while its finder is pinned. A collector that reads a later `now_lo` than his pin's has
//! acquired the filter as it was then; one that reads his pin's, or an earlier one, is the case above.
//!
//! *Why a glance may do without a pin.* A block that it finds linked, after it has read the era as `e`, is stamped with `e` or a later one; so it is
//! freed only by collectors that have read a later era than `e`. If the era is still `e` afterwards, none of what was looked at had been freed.
//! If it is not, anything may have been read, and is forgotten; what is read must make sense as any bits do. The stamp is not older than `e`
//! because these loads, and the advance of the era, are sequentially consistent: the load of the link comes before the fence of the stamp, since
//! it does not see the unlinking; a stamp of less than `e` would mean that this fence comes before the advance to `e`, and that comes before
//! the load of `e`, and that before the load of the link. On x86 such loads cost nothing; a pin's fence costs more than all the rest of a fetch.
//!
//! *Why what a glance saw can be kept.* The fences of keeping and collecting are a pair as those of pin and collect are: either the collector
//! sees the filter, or the keeper sees a later era than `e`, and has kept nothing.
//!
//! *What a collector may misread.* The words of an interval need not have stood together. A store of a pin that it misses means that its fence came
//! first; of the older part of the interval it misses nothing.
//!
//! A snapshot may be used later, and for many lists: it frees only what was retired in an era before it, so before its fence. Bits that enter
//! a filter after it belong to blocks that were linked after it.
//!
//! A block is stamped with the era's lower half. [`retired_at`] restores the rest from the current era, so it must be looked at again within
//! 2^32 eras; beyond that it seems younger than it is, and is held longer, never shorter.
//!
//! Nothing here names a segment: the model checker runs these functions on plain words.

pub mod kept;
#[cfg(all(test, trove_loom))]
mod models;
#[cfg(not(trove_loom))]
mod pins;

use kept::{Copied, Kept};
#[cfg(not(trove_loom))]
pub use pins::{PinPolicy, Pins, reader};

use crate::error::{Error, Result};
use crate::layout::Node;
use crate::offset::{Off, OffWord};
use crate::word::{Ordering, Word64, fence};

/// An era that never comes: as `lo` it says that nothing is announced.
pub const NONE: u64 = u64::MAX;

/// Requests that keep something for which a snapshot has room at first: more, and the allocator looks for the memory instead of having it ready.
const FEW: usize = 2;

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

/// All that one thread announces.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'s> {
    /// What it looks at now.
    pub now: Interval<'s>,
    /// When it kept something for its request.
    pub request: Interval<'s>,
    /// What it kept.
    pub kept: Kept<'s>,
}

impl Interval<'_> {
    /// Makes the current era part of the interval and returns it. `first`: nothing is announced yet.
    #[inline]
    pub fn announce(&self, era: &Word64, first: bool) -> u64 {
        let mut current = era.load(Ordering::Acquire);
        self.hi.store(current, Ordering::Release);
        if first {
            self.lo.store(current, Ordering::Release);
        }
        loop {
            fence(Ordering::SeqCst);
            let now = era.load(Ordering::Acquire);
            if now == current {
                return now;
            }
            current = now;
            self.hi.store(current, Ordering::Release);
        }
    }

    /// Makes eras part of the interval. It never shrinks: a pin that is older than what a glance kept since may keep something, too. `first`: nothing
    /// is announced yet.
    #[inline]
    fn include(&self, (lo, hi): (u64, u64), first: bool) {
        let (lo, hi) = match first {
            true => (lo, hi),
            false => (lo.min(self.lo.load(Ordering::Relaxed)), hi.max(self.hi.load(Ordering::Relaxed))),
        };
        self.hi.store(hi, Ordering::Release);
        self.lo.store(lo, Ordering::Release);
    }

    /// Ends the interval: what was read under it may be reused.
    #[inline]
    pub fn withdraw(&self) {
        self.lo.store(NONE, Ordering::Release);
    }
}

impl Reader<'_> {
    /// Keeps a block that was found under a pin up to `now_hi` until [`Reader::forget`]. `first`: nothing is kept yet.
    #[inline]
    pub fn keep(&self, off: Off<Node>, now_hi: u64, first: bool) {
        self.kept.add(off);
        self.request.include((self.now.lo.load(Ordering::Relaxed), now_hi), first);
        // A later glance at the block relies on its being kept, without a fence of its own.
        fence(Ordering::SeqCst);
    }

    /// Keeps a block that a glance saw in era `seen`. False where the era has moved: it may be gone. `first`: nothing is kept yet.
    #[inline]
    #[must_use]
    pub fn keep_seen(&self, off: Off<Node>, seen: u64, era: &Word64, first: bool) -> bool {
        self.kept.add(off);
        self.request.include((seen, seen), first);
        fence(Ordering::SeqCst);
        era.load(Ordering::Acquire) == seen
    }

    /// Announces what `other` announces, whose thread this one goes on as. False where that was withdrawn meanwhile, and may be reused already.
    #[must_use]
    pub fn take_over(&self, other: &Reader<'_>, handovers: &Word64) -> bool {
        self.kept.add_all(&other.kept);
        let announced = [(&self.now, &other.now), (&self.request, &other.request)].map(|(mine, others)| {
            let lo = others.lo.load(Ordering::Relaxed);
            mine.hi.store(others.hi.load(Ordering::Relaxed), Ordering::Release);
            mine.lo.store(lo, Ordering::Release);
            (others, lo)
        });
        handovers.fetch_add(1, Ordering::AcqRel);
        fence(Ordering::SeqCst);
        announced.iter().all(|(others, lo)| others.lo.load(Ordering::Acquire) == *lo)
    }

    /// Keeps nothing any more.
    pub fn forget(&self) {
        self.request.withdraw();
        self.kept.clear();
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

/// Walks the chain at `head` to the first node that `matches`, under a pin up to `now_hi`.
///
/// # Errors
/// [`Error::Corrupt`], also where the chain does not end.
#[inline]
pub fn walk<'s, N: Nodes>(
    nodes: &'s N,
    head: &OffWord<Node>,
    era: &Word64,
    now_hi: u64,
    mut matches: impl FnMut(Off<Node>, &'s Node) -> Result<bool>,
) -> Result<Walk> {
    let mut at = head.load(Ordering::Acquire);
    for _ in 0..nodes.bound() {
        let Some(off) = at else { return Ok(Walk::End) };
        // Behind the acquire that loaded the pointer, so relaxed: the era seen is not older than the birth of what it leads to.
        if era.load(Ordering::Relaxed) != now_hi {
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

/// A walk through a chain without a pin. What it leads to is memory that may be in use for something else by now: whoever looks there reads words,
/// writes nothing, and may find anything. It counts where the walk [stays](Glance::stays) afterwards.
#[derive(Debug)]
pub struct Glance<'s> {
    era: &'s Word64,
    seen: u64,
    /// The node where it stands; none at the end.
    pub at: Option<Off<Node>>,
    /// Nodes before it must have come to an end.
    left: u32,
}

// A walk in pieces that hand each other things through memory takes longer than the rest of a fetch.
impl<'s> Glance<'s> {
    /// Stands on the first node of the chain at `head`. `seen` is the era, read with sequential consistency.
    #[inline(always)]
    pub fn begin(head: &OffWord<Node>, era: &'s Word64, seen: u64, bound: u32) -> Self {
        // To the model checker a sequentially consistent load is an acquire load.
        #[cfg(trove_loom)]
        fence(Ordering::SeqCst);
        Self { era, seen, at: head.load(Ordering::SeqCst), left: bound }
    }

    /// Goes on to the node after `node`, on which it stands; false where the era has moved, or the chain has no end.
    #[inline(always)]
    #[must_use]
    pub fn step(&mut self, node: &Node) -> bool {
        self.at = node.next.load(Ordering::SeqCst);
        self.left = self.left.saturating_sub(1);
        // The links of what is gone may lead in a circle.
        self.left != 0 && self.stays()
    }

    /// Whether all that was looked at was there: the era has not moved.
    #[inline(always)]
    #[must_use]
    pub fn stays(&self) -> bool {
        // What was looked at comes before the era is read again.
        fence(Ordering::Acquire);
        self.era.load(Ordering::Relaxed) == self.seen
    }
}

/// Stamps a block that was just unlinked. Its reader's last chance to have found it is the era stamped.
#[inline]
pub fn stamp(node: &Node, era: &Word64) {
    fence(Ordering::SeqCst);
    let mut low = era.load(Ordering::Relaxed) as u32;
    while low == 0 {
        // Zero says "not retired". A later era is as good.
        low = advance(era) as u32;
    }
    node.retire_era.store(low, Ordering::Release);
}

/// As [`stamp`], for the last block of its era: moves the era on and returns the new one.
///
/// It needs no fence of its own. Who reads the new era, or a later one, sees the unlinking, which comes before the exchange: so a reader that finds
/// the block has read an era not above the stamp, and what a snapshot of the new era does comes after the unlinking.
#[inline]
pub fn stamp_last(node: &Node, era: &Word64) -> u64 {
    let new = advance(era);
    let low = match (new - 1) as u32 {
        0 => 1,
        low => low,
    };
    node.retire_era.store(low, Ordering::Release);
    new
}

/// Moves the era on and returns the new one.
pub fn advance(era: &Word64) -> u64 {
    era.fetch_add(1, Ordering::SeqCst) + 1
}

/// The era of a stamp, given the current one or a later one.
#[inline]
#[must_use]
pub fn retired_at(stamp: u32, current: u64) -> u64 {
    current.wrapping_sub(u64::from((current as u32).wrapping_sub(stamp)))
}

/// The era of birth of a node.
#[inline]
#[must_use]
pub fn birth_of(node: &Node) -> u64 {
    node.birth.load(Ordering::Relaxed) & ((1 << ERA_BITS) - 1)
}

/// What all readers announced at some moment, and what that allows to be freed, then or later.
#[derive(Debug)]
pub struct Snapshot {
    era: u64,
    pins: Vec<(u64, u64)>,
    requests: Vec<(u64, u64, Copied)>,
}

impl Snapshot {
    /// Reads what the readers announce; `readers` is called after the fence, so that those who have come by then are among them.
    ///
    /// What is kept may pass from one reader to another while they are read, and be missed with both; whoever passes it on counts in `handovers`
    /// after it is announced by the one and before it is withdrawn by the other. Where the count has moved, all are read again.
    pub fn new<'s, I: Iterator<Item = Reader<'s>>>(era: &Word64, handovers: &Word64, readers: impl Fn() -> I) -> Self {
        let mut snapshot = Self { era: 0, pins: Vec::new(), requests: Vec::new() };
        loop {
            let before = handovers.load(Ordering::Acquire);
            snapshot.read(era, &readers);
            fence(Ordering::SeqCst);
            if handovers.load(Ordering::Acquire) == before {
                return snapshot;
            }
        }
    }

    fn read<'s, I: Iterator<Item = Reader<'s>>>(&mut self, era: &Word64, readers: &impl Fn() -> I) {
        self.pins.clear();
        self.requests.clear();
        self.era = era.load(Ordering::Acquire);
        fence(Ordering::SeqCst);
        for reader in readers() {
            // The pin first: what it has kept when it is gone must be seen.
            if let Some(pin) = reader.now.read() {
                self.pins.push(pin);
            }
            if let Some((lo, hi)) = reader.request.read() {
                if self.requests.is_empty() {
                    self.requests.reserve_exact(FEW);
                }
                self.requests.push((lo, hi, reader.kept.copy()));
            }
        }
    }

    /// Whether a block that was born and retired in these eras can be reused. A block of the snapshot's era or a later one cannot: it may have
    /// been retired after the snapshot, and found by a reader who was not there yet.
    #[must_use]
    pub fn frees(&self, off: Off<Node>, birth: u64, retired: u64) -> bool {
        retired < self.era
            && !self.pins.iter().any(|&(lo, hi)| lo <= retired && birth <= hi)
            && !self.requests.iter().any(|(lo, hi, kept)| *lo <= retired && birth <= *hi && kept.has(off))
    }

    /// Whether some request keeps a block that was born in this era. Pins are not asked: they pass.
    #[must_use]
    pub fn keeps(&self, off: Off<Node>, birth: u64) -> bool {
        self.requests.iter().any(|(_, hi, kept)| birth <= *hi && kept.has(off))
    }
}

impl Interval<'_> {
    fn read(&self) -> Option<(u64, u64)> {
        let lo = self.lo.load(Ordering::Acquire);
        (lo != NONE).then(|| (lo, self.hi.load(Ordering::Acquire)))
    }
}
