//! Making the heap whole from its spans and states, whatever damage has left of the rest.

use super::blocks::Span;
use super::{Heap, MIN_GRANULES, held};
use crate::error::{Error, Result, corrupt};
use crate::layout::{Block, BlockState};
use crate::offset::{GRANULE, Off};
use crate::segment::access::{OwnedBlock, block_of, content_of};
use crate::sync::SlotId;
use crate::word::Ordering::{Relaxed, Release};

/// What [`Heap::rebuild`] found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rebuilt {
    /// Blocks, as they are now.
    pub blocks: u64,
    /// Blocks of the dead slot that were freed.
    pub freed: u64,
    /// Blocks whose state is none that the engine knows: left alone.
    pub unknown: u64,
    /// Bytes at the heap's end that no span leads to any more: left alone.
    pub lost: u64,
}

/// A run of blocks that become one free block.
struct Run {
    start: Off<Block>,
    granules: u32,
}

impl Heap<'_> {
    /// Rebuilds lists, marks, boundary tags and counters from one walk over all blocks; joins free neighbours; frees the blocks in state
    /// `Owned` by `dead`, and empties its `held` list. May be repeated, and may die half-way: each store leaves spans and states valid,
    /// and `held` goes last. O(blocks).
    ///
    /// A block that the dead slot's `incoming` or `outgoing` names is left to the recovery of its stripe.
    ///
    /// # Errors
    /// [`Error::Corrupt`] where the heap's own bounds are out of the segment's.
    pub fn rebuild(&self, dead: Option<SlotId>) -> Result<Rebuilt> {
        let (start, end) = (self.blocks_at(), self.committed());
        if end != self.control.committed.load(Relaxed) {
            return Err(Error::Corrupt("the heap's end is out of bounds"));
        }
        self.control.rebuilds.fetch_add(1, Relaxed);
        self.control.rebuilding.store(1, Release);
        self.end();
        self.clear_lists();
        self.control.free.store(0, Release);
        self.control.last_free.store(None, Release);
        self.control.clear_hand.store(None, Release);

        let mut report = Rebuilt::default();
        let mut run: Option<Run> = None;
        let mut at = start;
        while at < end {
            let off = Off::from_bytes(at).ok_or_else(|| corrupt("the heap's start is not aligned"))?;
            let block = self.header(off)?;
            let span = Span::of(block);
            let next = at + u64::from(span.granules()) * GRANULE;
            if span.granules() < MIN_GRANULES || next > end {
                report.lost = end - at;
                break;
            }
            let state = BlockState::from_raw(block.state.load(Relaxed));
            let freed = dead.is_some_and(|dead| state == Some(BlockState::Owned(dead.0)) && !self.is_noted(dead, off));
            report.freed += u64::from(freed);
            report.unknown += u64::from(state.is_none());
            if freed || state == Some(BlockState::Free) {
                let run = run.get_or_insert(Run { start: off, granules: 0 });
                run.granules += span.granules();
            } else {
                report.blocks += 1 + u64::from(run.is_some());
                let after_free = run.is_some();
                self.close(&mut run)?;
                block.span.store(Span::used(span.granules()).with_prev_free(after_free).raw(), Release);
            }
            at = next;
        }
        if let Some(last) = &run {
            report.blocks += 1;
            if report.lost == 0 {
                self.control.last_free.store(Some(last.start), Release);
            }
        }
        self.close(&mut run)?;
        if let Some(dead) = dead {
            self.segment.slot(dead.index()).held.store(None, Release);
        }
        self.control.rebuilding.store(0, Release);
        Ok(report)
    }

    /// [`Heap::rebuild`], for an operation that found a hint wrong.
    #[cold]
    pub(super) fn mend(&self) -> Result<()> {
        self.rebuild(None).map(drop)
    }

    /// Frees what hangs in the `held` list of a dead slot. O(blocks held).
    ///
    /// # Errors
    /// [`Error::Corrupt`] where the list leaves the segment or does not end.
    pub fn drain(&self, dead: SlotId) -> Result<()> {
        let head = &self.segment.slot(dead.index()).held;
        for _ in 0..held::MOST {
            let Some(node) = head.load(Relaxed) else { return Ok(()) };
            let off = block_of(node);
            let granules = self.span(off)?.granules();
            // Where it is not the slot's after all, it only leaves the list.
            if self.free(dead, OwnedBlock::claim(off, granules)).is_err() {
                held::remove(self.segment, dead, node)?;
            }
        }
        Err(Error::Corrupt("a list of held blocks does not end"))
    }

    /// Makes one listed block of a run.
    fn close(&self, run: &mut Option<Run>) -> Result<()> {
        let Some(Run { start, granules }) = run.take() else { return Ok(()) };
        let block = self.header(start)?;
        block.state.store(BlockState::Free.raw(), Release);
        block.span.store(Span::free(granules).raw(), Release);
        self.list(start, granules)?;
        self.count_free(i64::from(granules));
        Ok(())
    }

    /// Whether a slot has noted the block as one on its way into or out of a table.
    fn is_noted(&self, dead: SlotId, off: Off<Block>) -> bool {
        let slot = self.segment.slot(dead.index());
        let content = content_of(off);
        [&slot.incoming, &slot.outgoing].iter().any(|note| note.load(Relaxed) == Some(content))
    }
}
