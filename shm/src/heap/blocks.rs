//! Allocating, freeing and growing: the stores that move block boundaries, in the order that the table in [`super`] gives.

use super::classes::MAX_GRANULES;
use super::operation::{Kind, Operation};
use super::{Heap, MIN_GRANULES, held};
use crate::error::{Error, Result, corrupt};
use crate::layout::{Block, BlockState, FreeTail};
use crate::offset::{GRANULE, Off};
use crate::segment::access::OwnedBlock;
use crate::sync::SlotId;
use crate::word::Ordering::{Relaxed, Release};

/// Unit of what is committed.
const PAGE: u64 = 4096;

/// What [`Block::span`] holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span(u32);

impl Span {
    /// As it is stored.
    pub(super) fn of(block: &Block) -> Self {
        Self(block.span.load(Relaxed))
    }

    /// Of a block that is not in a list, after one that is not.
    pub(super) fn used(granules: u32) -> Self {
        Self(granules << 2)
    }

    /// Of a listed block, after one that is not: two free blocks never stand side by side.
    pub(super) fn free(granules: u32) -> Self {
        Self(granules << 2 | Block::FREE)
    }

    pub(super) fn raw(self) -> u32 {
        self.0
    }

    pub(super) fn granules(self) -> u32 {
        self.0 >> 2
    }

    pub(super) fn is_free(self) -> bool {
        self.0 & Block::FREE != 0
    }

    pub(super) fn prev_is_free(self) -> bool {
        self.0 & Block::PREV_FREE != 0
    }

    pub(super) fn with_prev_free(self, prev_free: bool) -> Self {
        Self(if prev_free { self.0 | Block::PREV_FREE } else { self.0 & !Block::PREV_FREE })
    }
}

impl<'a> Heap<'a> {
    /// Takes a block of at least `granules` for slot `me`: its state is `Owned(me)`, and it hangs in the slot's `held` list. None where no
    /// listed block is large enough. O(1).
    ///
    /// # Errors
    /// [`Error::Corrupt`] where lists and spans contradict each other and [`Heap::rebuild`] could not mend it.
    pub fn alloc(&self, me: SlotId, granules: u32) -> Result<Option<OwnedBlock>> {
        let granules = granules.max(MIN_GRANULES);
        if granules > MAX_GRANULES {
            return Ok(None);
        }
        self.try_alloc(me, granules).or_else(|_| {
            self.mend()?;
            self.try_alloc(me, granules)
        })
    }

    /// Gives a block of slot `me` back: takes it out of the slot's `held` list if it is there, and joins it with free neighbours. O(1)
    /// but for the search in `held`.
    ///
    /// # Errors
    /// [`Error::Corrupt`] where the block is not one of `me` of that size: nothing is changed then.
    pub fn free(&self, me: SlotId, owned: OwnedBlock) -> Result<()> {
        self.free_behind(me, owned, None)
    }

    /// The same, for a block that stands somewhere behind `before` in the `held` list, mostly: the search begins there.
    ///
    /// # Errors
    /// As [`Heap::free`].
    pub fn free_behind(&self, me: SlotId, owned: OwnedBlock, before: Option<Off<Block>>) -> Result<()> {
        let off = owned.off();
        let block = self.header(off)?;
        let span = Span::of(block);
        let state = block.state.load(Relaxed);
        let ends_inside = self.offset_after(off, span.granules())?.bytes() <= self.committed();
        if !ends_inside
            || state != BlockState::Owned(me.0).raw()
            || span.granules() != owned.granules()
            || span.is_free()
        {
            return Err(Error::Corrupt("a block that is given back is not the giver's"));
        }
        let freed = self.with_neighbours(off, span);
        if let Ok(freed) = &freed {
            let free = self.control.free.load(Relaxed).wrapping_add(span.granules());
            self.begin(&freed.operation(Kind::Free, me, free));
        }
        if let Err(e) = held::remove_behind(self.segment, me, owned.content(), before) {
            self.end();
            return Err(e);
        }
        block.state.store(BlockState::Free.raw(), Release);
        freed.and_then(|freed| self.join(&freed)).or_else(|_| self.mend())
    }

    /// Commits more memory, for a block of `granules` that the free ones have no room for: `chunk` bytes, or as many as it takes. False where
    /// all is committed.
    ///
    /// # Errors
    /// [`Error::DirectoryFull`].
    pub fn grow(&self, granules: u32) -> Result<bool> {
        let (start, capacity) = (self.committed(), self.segment.geometry().capacity);
        if start >= capacity {
            return Ok(false);
        }
        let tail = match self.control.last_free.load(Relaxed) {
            Some(last) => self.span(last)?.granules(),
            None => 0,
        };
        let needed = start + u64::from(granules.saturating_sub(tail).max(MIN_GRANULES)) * GRANULE;
        let page_end = |bytes: u64| bytes.next_multiple_of(PAGE).min(capacity);
        let (least, wanted) = (page_end(needed), page_end(needed.max(start + chunk(capacity))));
        let end = match self.segment.commit(start, wanted) {
            Err(Error::DirectoryFull { .. }) if least < wanted => self.segment.commit(start, least).map(|()| least)?,
            outcome => outcome.map(|()| wanted)?,
        };
        self.append(end).or_else(|_| self.mend())?;
        Ok(true)
    }

    #[inline]
    fn try_alloc(&self, me: SlotId, granules: u32) -> Result<Option<OwnedBlock>> {
        let Some(off) = self.find(granules)? else { return Ok(None) };
        let block = self.header(off)?;
        let (span, size) = (Span::of(block), Span::of(block).granules());
        if span != Span::free(size) || size < granules || block.state.load(Relaxed) != BlockState::Free.raw() {
            return Err(Error::Corrupt("a listed block is not free"));
        }
        let taken = if size - granules < MIN_GRANULES { size } else { granules };
        let owned = OwnedBlock::claim(off, taken);
        let free = self.control.free.load(Relaxed);
        self.begin(&Operation { kind: Kind::Allocate, slot: me, run: (off, size), block: (off, taken), free });
        self.unlist(off, size)?;
        block.state.store(BlockState::Owned(me.0).raw(), Release);
        match self.cut(off, size, taken).and_then(|()| held::push(self.segment, me, &owned)) {
            Ok(()) => {
                self.end();
                Ok(Some(owned))
            }
            Err(e) => {
                block.state.store(BlockState::Free.raw(), Release);
                Err(e)
            }
        }
    }

    /// Makes a block of `size`, just taken out of its list, one of `taken`, and lists the rest.
    #[inline]
    fn cut(&self, off: Off<Block>, size: u32, taken: u32) -> Result<()> {
        self.count_free(-i64::from(taken));
        if taken == size {
            self.set_span(off, Span::used(size))?;
            return self.tell_next(off, size, false);
        }
        let (rest, spare) = (self.offset_after(off, taken)?, size - taken);
        let second = self.header(rest)?;
        second.span.store(Span::free(spare).0, Release);
        second.state.store(BlockState::Free.raw(), Release);
        self.set_span(off, Span::used(taken))?;
        if self.control.last_free.load(Relaxed) == Some(off) {
            self.control.last_free.store(Some(rest), Release);
        }
        self.list(rest, spare)
    }

    /// Appends the bytes from `committed` to `end`, which the file system has just given, as free memory.
    ///
    /// # Errors
    /// As [`Heap::free`].
    fn append(&self, end: u64) -> Result<()> {
        let start = self.committed();
        let off = Off::from_bytes(start).ok_or_else(|| corrupt("the heap's end is not aligned"))?;
        let granules = end.saturating_sub(start) / GRANULE;
        if granules < u64::from(MIN_GRANULES) || granules > u64::from(MAX_GRANULES) {
            return Err(Error::Corrupt("the heap grows by an impossible amount"));
        }
        let granules = granules as u32;
        let span = Span::used(granules).with_prev_free(self.control.last_free.load(Relaxed).is_some());
        // Nothing comes after it.
        let new = self.with_neighbours(off, span)?;
        self.begin(&new.operation(Kind::Grow, SlotId(0), self.control.free.load(Relaxed).wrapping_add(granules)));
        let block = self.header(off)?;
        block.span.store(span.0, Release);
        block.state.store(BlockState::Free.raw(), Release);
        self.control.committed.store(end, Release);
        self.join(&new)
    }

    /// A block with this span, and the free ones beside it.
    #[inline]
    fn with_neighbours(&self, off: Off<Block>, span: Span) -> Result<Freed> {
        let mut freed = Freed { block: (off, span.granules()), left: None, right: None };
        if let Some(next) = self.next(off, span.granules())? {
            let right = self.span(next)?;
            freed.right = right.is_free().then(|| (next, right.granules()));
        }
        if span.prev_is_free() {
            freed.left = Some(self.free_before(off)?);
        }
        Ok(freed)
    }

    /// Joins a block in state `Free` that no list knows with its free neighbours, and lists the whole: the operation's end.
    #[inline]
    fn join(&self, freed: &Freed) -> Result<()> {
        if let Some((off, granules)) = freed.right {
            self.unlist(off, granules)?;
        }
        if let Some((off, granules)) = freed.left {
            self.unlist(off, granules)?;
        }
        let (start, size) = freed.whole();
        self.make_free(start, size)?;
        self.count_free(i64::from(freed.block.1));
        self.end();
        Ok(())
    }

    /// Makes one listed block of a run that is free and in no list.
    #[inline]
    pub(super) fn make_free(&self, start: Off<Block>, size: u32) -> Result<()> {
        self.header(start)?.span.store(Span::free(size).0, Release);
        self.keep_hand_on_a_header(start, size);
        self.list(start, size)?;
        self.tell_next(start, size, true)
    }

    /// The free block that ends at `off`, and its granules, by its boundary tag.
    fn free_before(&self, off: Off<Block>) -> Result<(Off<Block>, u32)> {
        let granules = self.segment.at::<FreeTail>(before(off)?)?.granules.load(Relaxed);
        match off.raw().checked_sub(granules).and_then(Off::from_raw) {
            Some(start) if start.bytes() >= self.blocks_at() && self.span(start)? == Span::free(granules) => {
                Ok((start, granules))
            }
            _ => Err(Error::Corrupt("a boundary tag is wrong")),
        }
    }

    /// The block after the one of `granules` at `off`; none at the heap's end.
    pub(super) fn next(&self, off: Off<Block>, granules: u32) -> Result<Option<Off<Block>>> {
        let next = self.offset_after(off, granules)?;
        Ok((next.bytes() < self.committed()).then_some(next))
    }

    /// The header at `off`.
    pub(super) fn header(&self, off: Off<Block>) -> Result<&'a Block> {
        self.segment.at(off)
    }

    /// The span of the block at `off`.
    pub(super) fn span(&self, off: Off<Block>) -> Result<Span> {
        self.header(off).map(Span::of)
    }

    /// Replaces the span of the block at `off`.
    pub(super) fn set_span(&self, off: Off<Block>, span: Span) -> Result<()> {
        self.header(off)?.span.store(span.0, Release);
        Ok(())
    }

    /// Tells the block after the one of `granules` at `off`, or the heap's end, whether that one is free.
    pub(super) fn tell_next(&self, off: Off<Block>, granules: u32, free: bool) -> Result<()> {
        match self.next(off, granules)? {
            Some(next) => {
                let next = self.header(next)?;
                next.span.store(Span::of(next).with_prev_free(free).0, Release);
            }
            None => self.control.last_free.store(free.then_some(off), Release),
        }
        Ok(())
    }

    /// Byte at which the row of blocks begins.
    pub(super) fn blocks_at(&self) -> u64 {
        self.segment.geometry().blocks_at
    }

    /// Byte at which it ends; inside of the segment, whatever is stored.
    pub(super) fn committed(&self) -> u64 {
        let geometry = self.segment.geometry();
        self.control.committed.load(Relaxed).clamp(geometry.blocks_at, geometry.capacity)
    }

    fn offset_after(&self, off: Off<Block>, granules: u32) -> Result<Off<Block>> {
        off.raw().checked_add(granules).and_then(Off::from_raw).ok_or_else(|| corrupt("a block ends beyond the heap"))
    }

    pub(super) fn count_free(&self, granules: i64) {
        let free = self.control.free.load(Relaxed);
        self.control.free.store((i64::from(free) + granules) as u32, Release);
    }

    /// A header inside the free block of `granules` at `start` is gone; the hand that may have stood on it moves to the start.
    fn keep_hand_on_a_header(&self, start: Off<Block>, granules: u32) {
        let hand = self.control.clear_hand.load(Relaxed).map_or(0, Off::raw);
        if hand > start.raw() && hand - start.raw() < granules {
            self.control.clear_hand.store(Some(start), Release);
        }
    }
}

/// A block that becomes free, and the free blocks beside it. Each is an offset and granules.
struct Freed {
    block: (Off<Block>, u32),
    left: Option<(Off<Block>, u32)>,
    right: Option<(Off<Block>, u32)>,
}

impl Freed {
    /// All of them as one.
    #[inline]
    fn whole(&self) -> (Off<Block>, u32) {
        let right = self.right.map_or(0, |right| right.1);
        let (start, left) = self.left.unwrap_or((self.block.0, 0));
        (start, left.wrapping_add(self.block.1).wrapping_add(right))
    }

    fn operation(&self, kind: Kind, slot: SlotId, free: u32) -> Operation {
        Operation { kind, slot, run: self.whole(), block: self.block, free }
    }
}

/// Bytes that are committed at once, unless one block needs more: a sixteenth of the segment, between 256 KiB and 8 MiB.
fn chunk(capacity: u64) -> u64 {
    (capacity / 16).clamp(256 << 10, 8 << 20)
}

/// The granule before a block: the boundary tag of a free one before it.
fn before<T>(off: Off<Block>) -> Result<Off<T>> {
    Off::from_raw(off.raw() - 1).ok_or_else(|| corrupt("a block begins at the segment's start"))
}
