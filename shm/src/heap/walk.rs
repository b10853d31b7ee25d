//! Looking at the whole heap: the row of blocks, reports, and the check that recomputes everything from the bytes.

use std::collections::HashSet;

use super::classes::{Class, class_of};
use super::{Heap, MIN_GRANULES};
use crate::error::{Error, Result, corrupt};
use crate::layout::{Block, BlockState, FIRST_LEVELS, SECOND_LEVELS};
use crate::offset::{GRANULE, Off};
use crate::word::Ordering::Relaxed;

/// A block, as a walk sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Where it lies.
    pub off: Off<Block>,
    /// Its size in granules, the header included.
    pub granules: u32,
    /// What it is; none where the state is unknown.
    pub state: Option<BlockState>,
}

impl Seen {
    /// Its size in bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        u64::from(self.granules) * GRANULE
    }
}

/// Blocks and bytes by state. The bytes' sum is the committed part of the heap.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Free blocks, and their bytes.
    pub free: (u64, u64),
    /// Blocks that slots own.
    pub owned: (u64, u64),
    /// Entries, the retired ones included.
    pub entries: (u64, u64),
    /// Tag records, the retired ones included.
    pub tags: (u64, u64),
}

/// The blocks from one on to the heap's end. Ends with an error at a span that is impossible.
#[derive(Debug)]
pub struct Walk<'h> {
    heap: &'h Heap<'h>,
    at: u64,
}

impl Iterator for Walk<'_> {
    type Item = Result<Seen>;

    fn next(&mut self) -> Option<Result<Seen>> {
        let end = self.heap.committed();
        if self.at >= end {
            return None;
        }
        let seen = self.heap.seen(self.at);
        self.at = match &seen {
            Ok(seen) => self.at + seen.bytes(),
            Err(_) => u64::MAX,
        };
        Some(seen)
    }
}

impl Heap<'_> {
    /// All blocks, or those from `start` on, which must be a block's header.
    #[must_use]
    pub fn walk(&self, start: Option<Off<Block>>) -> Walk<'_> {
        Walk { heap: self, at: start.map_or(self.blocks_at(), Off::bytes) }
    }

    /// The free blocks as (bytes, offset) in no order, read from the lists; the part of the segment that is not committed counts as one, or as
    /// part of a free block before it. O(free blocks).
    ///
    /// # Errors
    /// [`Error::Corrupt`] where a list does not end.
    pub fn free_blocks(&self) -> Result<Vec<(u64, u64)>> {
        let rest = self.segment.geometry().capacity - self.committed();
        let last = self.control.last_free.load(Relaxed);
        let mut blocks = Vec::new();
        self.each_listed(|off, _| {
            let rest = if Some(off) == last { rest } else { 0 };
            blocks.push((u64::from(self.span(off)?.granules()) * GRANULE + rest, off.bytes()));
            Ok(())
        })?;
        if last.is_none() && rest > 0 {
            blocks.push((rest, self.committed()));
        }
        Ok(blocks)
    }

    /// Recomputes everything from the bytes: spans, marks, boundary tags, lists, bits, counters. O(blocks); for tests and checks.
    ///
    /// # Errors
    /// [`Error::Corrupt`] with what is wrong.
    pub fn validate(&self) -> Result<Totals> {
        let ensure = |holds: bool, what| if holds { Ok(()) } else { Err(Error::Corrupt(what)) };
        let mut totals = Totals::default();
        let mut free = HashSet::new();
        let mut before: Option<Seen> = None;
        let hand = self.control.clear_hand.load(Relaxed);
        let mut hand_found = hand.is_none();
        for seen in self.walk(None) {
            let seen = seen?;
            let span = self.span(seen.off)?;
            let is_free = seen.state == Some(BlockState::Free);
            let prev_free = before.is_some_and(|b| b.state == Some(BlockState::Free));
            ensure(!(is_free && prev_free), "two free blocks side by side")?;
            ensure(span.is_free() == is_free, "a block's mark and its state differ")?;
            ensure(span.prev_is_free() == prev_free, "a block's mark of the one before is wrong")?;
            if is_free {
                ensure(
                    self.tail(seen.off, seen.granules)?.granules.load(Relaxed) == seen.granules,
                    "a boundary tag is wrong",
                )?;
                free.insert(seen.off.raw());
            }
            let (blocks, bytes) = match seen.state.ok_or_else(|| corrupt("a block's state is unknown"))? {
                BlockState::Free => &mut totals.free,
                BlockState::Owned(_) => &mut totals.owned,
                BlockState::Entry => &mut totals.entries,
                BlockState::Tag => &mut totals.tags,
            };
            *blocks += 1;
            *bytes += seen.bytes();
            hand_found |= hand == Some(seen.off);
            before = Some(seen);
        }
        let last = before.filter(|b| b.state == Some(BlockState::Free)).map(|b| b.off);
        ensure(self.control.last_free.load(Relaxed) == last, "the mark of the last block is wrong")?;
        ensure(hand_found, "the hand of the clearing stands on no header")?;
        ensure(
            u64::from(self.control.free.load(Relaxed)) * GRANULE == totals.free.1,
            "the count of free bytes is wrong",
        )?;
        self.each_listed(|off, class| {
            ensure(free.remove(&off.raw()), "a listed block is not free, or is listed twice")?;
            ensure(class_of(self.span(off)?.granules()) == class, "a free block is in another class's list")
        })?;
        ensure(free.is_empty(), "a free block is in no list")?;
        Ok(totals)
    }

    fn seen(&self, at: u64) -> Result<Seen> {
        let off = Off::from_bytes(at).ok_or_else(|| corrupt("the heap's start is not aligned"))?;
        let granules = self.span(off)?.granules();
        if granules < MIN_GRANULES || at + u64::from(granules) * GRANULE > self.committed() {
            return Err(Error::Corrupt("a block's span is impossible"));
        }
        Ok(Seen { off, granules, state: BlockState::from_raw(self.header(off)?.state.load(Relaxed)) })
    }

    /// Calls `f` with each listed block and its list's class, after checking the bits of that list.
    fn each_listed(&self, mut f: impl FnMut(Off<Block>, Class) -> Result<()>) -> Result<()> {
        let mut left = (self.committed() - self.blocks_at()) / (GRANULE * u64::from(MIN_GRANULES));
        for first in 0..FIRST_LEVELS as u32 {
            for second in 0..SECOND_LEVELS as u32 {
                let class = Class { first, second };
                let mut next = self.head(class).load(Relaxed);
                if self.is_marked(class) != next.is_some() {
                    return Err(Error::Corrupt("a heap class's mark and its list differ"));
                }
                while let Some(off) = next {
                    left = left.checked_sub(1).ok_or_else(|| corrupt("a free list does not end"))?;
                    f(off, class)?;
                    next = self.links(off)?.next.load(Relaxed);
                }
            }
        }
        Ok(())
    }
}
