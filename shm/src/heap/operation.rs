//! The operation under way: noted before it changes anything, so that of one who dies in it no more is left to do than the operation itself.
//!
//! Every operation has a *run* of neighbouring blocks that is one free block before it (allocating) or after it (freeing, growing). What it
//! changes, apart from the `held` list, is the blocks in the run, the lists that they are in, the mark in what comes after the run, and counts.
//! So whatever a death has left of it is settled the same way: **the run becomes one free block**, the blocks that were or were to be listed
//! having left their lists. An allocation is undone by that, and the other two are completed.
//!
//! The note is three words in the heap's own cache line, the last one stored last, and cleared when the operation has ended; all stores are
//! release stores. Settling takes some ten stores and a look at each list's head, whatever the heap's size. It may be repeated, since each of its
//! stores depends on the note alone or looks at what is there: who dies at it leaves the note to the next.
//!
//! | may be left | what settles it |
//! |---|---|
//! | a block half out of its list: its links are as they were | who still points to it, is pointed on |
//! | a block half in its list, always at the front | the head, and the one behind it, forget it |
//! | bits of the lists | set by the heads |
//! | the block in `held`, or not | it leaves `held` |
//! | spans, states, boundary tag, marks, counts | follow from the note |

use super::Heap;
use super::{MIN_GRANULES, held};
use crate::error::{Error, Result};
use crate::layout::{Block, BlockState};
use crate::offset::{GRANULE, Off};
use crate::segment::access::content_of;
use crate::sync::SlotId;
use crate::word::Ordering::{Acquire, Relaxed, Release};

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Takes the front of the run, or all of it, for a slot.
    Allocate = 1,
    /// Gives a block back; the rest of the run is free blocks beside it.
    Free = 2,
    /// Appends a block at the heap's end; the rest of the run is the free block before it.
    Grow = 3,
}

/// An operation as it is noted. Blocks and runs are offsets and granules.
#[derive(Debug, Clone, Copy)]
pub(super) struct Operation {
    pub(super) kind: Kind,
    /// The slot whose `held` list the block joins or leaves.
    pub(super) slot: SlotId,
    pub(super) run: (Off<Block>, u32),
    pub(super) block: (Off<Block>, u32),
    /// Free granules of the heap while the run is free.
    pub(super) free: u32,
}

impl Heap<'_> {
    /// Notes an operation that is about to begin.
    #[inline]
    pub(super) fn begin(&self, operation: &Operation) {
        let pair = |(off, granules): (Off<Block>, u32)| u64::from(granules) << 32 | u64::from(off.raw());
        let name = (operation.kind as u64) << 16 | u64::from(operation.slot.0);
        self.control.run.store(pair(operation.run), Release);
        self.control.block.store(pair(operation.block), Release);
        self.control.operation.store(name << 32 | u64::from(operation.free), Release);
    }

    /// Notes that it has ended.
    #[inline]
    pub(super) fn end(&self) {
        self.control.operation.store(0, Release);
    }

    /// Makes the heap whole after its lock was taken over: settles the operation that was under way. Where the heap was being rebuilt, or the note is
    /// none, rebuilds it.
    ///
    /// # Errors
    /// [`Error::Corrupt`] where the heap's own bounds are out of the segment's.
    pub fn recover(&self) -> Result<()> {
        if self.control.rebuilding.load(Acquire) == 0 && self.settle().is_ok() {
            return Ok(());
        }
        self.mend()
    }

    fn settle(&self) -> Result<()> {
        let Some(operation) = self.noted()? else { return Ok(()) };
        let (start, size) = operation.run;
        let (block, granules) = operation.block;
        let behind = start.raw() + size - (block.raw() + granules);
        let before = block.raw() - start.raw();
        let after = Off::from_raw(block.raw() + granules);
        if operation.kind == Kind::Allocate {
            self.leave_list(start, size)?;
            if let Some(rest) = after.filter(|_| behind != 0) {
                self.leave_front(rest, behind)?;
            }
        } else {
            if let Some(right) = after.filter(|_| behind != 0) {
                self.leave_list(right, behind)?;
            }
            if before != 0 {
                self.leave_list(start, before)?;
            }
        }
        self.leave_front(start, size)?;
        if operation.kind == Kind::Grow {
            self.control.committed.store(start.bytes() + u64::from(size) * GRANULE, Release);
        } else {
            held::remove(self.segment, operation.slot, content_of(block))?;
        }
        self.header(start)?.state.store(BlockState::Free.raw(), Release);
        self.make_free(start, size)?;
        self.mark_anew();
        self.control.free.store(operation.free, Release);
        self.control.settled.fetch_add(1, Relaxed);
        self.end();
        Ok(())
    }

    /// The operation that is noted; none where none is under way.
    ///
    /// # Errors
    /// [`Error::Corrupt`] where the note is none that an operation has written.
    fn noted(&self) -> Result<Option<Operation>> {
        let what = self.control.operation.load(Acquire);
        if what == 0 {
            return Ok(None);
        }
        let pair = |word: u64| Off::<Block>::from_raw(word as u32).map(|off| (off, (word >> 32) as u32));
        let kind = match what >> 48 {
            1 => Some(Kind::Allocate),
            2 => Some(Kind::Free),
            3 => Some(Kind::Grow),
            _ => None,
        };
        let parts = (kind, pair(self.control.run.load(Acquire)), pair(self.control.block.load(Acquire)));
        if let (Some(kind), Some(run), Some(block)) = parts {
            let end = |(off, granules): (Off<Block>, u32)| off.bytes() + u64::from(granules) * GRANULE;
            let limit = if kind == Kind::Grow { self.segment.geometry().capacity } else { self.committed() };
            let is_possible = run.0.bytes() >= self.blocks_at()
                && end(run) <= limit
                && block.0.raw() >= run.0.raw()
                && end(block) <= end(run)
                && block.1 >= MIN_GRANULES
                && (kind != Kind::Allocate || block.0 == run.0);
            if is_possible {
                return Ok(Some(Operation { kind, slot: SlotId((what >> 32) as u16), run, block, free: what as u32 }));
            }
        }
        Err(Error::Corrupt("the heap's note of what is done is none"))
    }
}
