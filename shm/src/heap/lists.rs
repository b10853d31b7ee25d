//! The free lists: a head per class, and bits that tell which classes have one. Hints: `rebuild` makes them anew from the spans.

use super::Heap;
use super::classes::{Class, class_for, class_of};
use crate::error::{Error, Result, corrupt};
use crate::layout::{Block, FreeLinks, FreeTail};
use crate::offset::{Off, OffWord};
use crate::segment::access::content_of;
use crate::word::Ordering::{Relaxed, Release};
use crate::word::Word32;

/// Blocks of the request's own class that are looked at where no larger class has a block.
const OWN_CLASS_SCAN: usize = 64;

impl<'a> Heap<'a> {
    /// A listed block of at least `granules`: the head of the first class that has one (good fit), or one of the first
    /// [`OWN_CLASS_SCAN`] of the class that only some blocks of which are large enough. O(1).
    pub(super) fn find(&self, granules: u32) -> Result<Option<Off<Block>>> {
        let class = class_for(granules);
        if let Some(found) = self.first_at_or_above(class) {
            let off = self.head(found).load(Relaxed);
            return off.map(Some).ok_or_else(|| corrupt("a heap class is marked and empty"));
        }
        if class == class_of(granules) {
            return Ok(None);
        }
        let mut next = self.head(class_of(granules)).load(Relaxed);
        for _ in 0..OWN_CLASS_SCAN {
            let Some(off) = next else { break };
            if self.span(off)?.granules() >= granules {
                return Ok(Some(off));
            }
            next = self.links(off)?.next.load(Relaxed);
        }
        Ok(None)
    }

    /// Lists a free block of `granules` and writes its boundary tag.
    pub(super) fn list(&self, off: Off<Block>, granules: u32) -> Result<()> {
        let class = class_of(granules);
        let head = self.head(class);
        let next = head.load(Relaxed);
        let links = self.links(off)?;
        links.prev.store(None, Release);
        links.next.store(next, Release);
        if let Some(next) = next {
            self.links(next)?.prev.store(Some(off), Release);
        } else {
            self.mark(class);
        }
        head.store(Some(off), Release);
        self.tail(off, granules)?.granules.store(granules, Release);
        Ok(())
    }

    /// Takes a free block of `granules` out of its list.
    pub(super) fn unlist(&self, off: Off<Block>, granules: u32) -> Result<()> {
        let class = class_of(granules);
        let links = self.links(off)?;
        let (prev, next) = (links.prev.load(Relaxed), links.next.load(Relaxed));
        let before = match prev {
            Some(prev) => &self.links(prev)?.next,
            None => self.head(class),
        };
        if before.load(Relaxed) != Some(off) {
            return Err(Error::Corrupt("the links of a free list do not match"));
        }
        if let Some(next) = next {
            let back = &self.links(next)?.prev;
            if back.load(Relaxed) != Some(off) {
                return Err(Error::Corrupt("the links of a free list do not match"));
            }
            back.store(prev, Release);
        }
        before.store(next, Release);
        if prev.is_none() && next.is_none() {
            self.unmark(class);
        }
        Ok(())
    }

    /// Empties all lists.
    pub(super) fn clear_lists(&self) {
        self.control.first.store(0, Release);
        for row in &self.control.second {
            row.store(0, Release);
        }
        for head in self.control.heads.iter().flatten() {
            head.store(None, Release);
        }
    }

    /// Sees to it that a free block of `granules` is in no list, though its links are those of one that was being taken out, or put in front.
    pub(super) fn leave_list(&self, off: Off<Block>, granules: u32) -> Result<()> {
        let links = self.links(off)?;
        let (prev, next) = (links.prev.load(Relaxed), links.next.load(Relaxed));
        if let Some(next) = next {
            let back = &self.links(next)?.prev;
            if back.load(Relaxed) == Some(off) {
                back.store(prev, Release);
            }
        }
        let before = match prev {
            Some(prev) => &self.links(prev)?.next,
            None => self.head(class_of(granules)),
        };
        if before.load(Relaxed) == Some(off) {
            before.store(next, Release);
        }
        Ok(())
    }

    /// The same for one that was in no list before it was to be put in front of one: its links may never have been written.
    pub(super) fn leave_front(&self, off: Off<Block>, granules: u32) -> Result<()> {
        let head = self.head(class_of(granules));
        let first = head.load(Relaxed);
        let next = if first == Some(off) { self.links(off)?.next.load(Relaxed) } else { first };
        if let Some(next) = next {
            let back = &self.links(next)?.prev;
            if back.load(Relaxed) == Some(off) {
                back.store(None, Release);
            }
        }
        if first == Some(off) {
            head.store(next, Release);
        }
        Ok(())
    }

    /// Sets the bits by the heads. O(classes).
    pub(super) fn mark_anew(&self) {
        let mut first = 0;
        for (n, (row, heads)) in self.control.second.iter().zip(&self.control.heads).enumerate() {
            let bits = (0..).zip(heads).fold(0, |bits, (n, head)| bits | u32::from(head.load(Relaxed).is_some()) << n);
            row.store(bits, Release);
            first |= u32::from(bits != 0) << n;
        }
        self.control.first.store(first, Release);
    }

    /// The first block of a class.
    pub(super) fn head(&self, class: Class) -> &'a OffWord<Block> {
        let (row, column) = (class.first as usize, class.second as usize);
        &self.control.heads[row % self.control.heads.len()][column % self.control.heads[0].len()]
    }

    /// Whether a class's bits say that its list has a block.
    pub(super) fn is_marked(&self, class: Class) -> bool {
        let first = self.control.first.load(Relaxed) & 1 << class.first != 0;
        first && self.row(class.first).load(Relaxed) & 1 << class.second != 0
    }

    /// The list links of a free block.
    pub(super) fn links(&self, off: Off<Block>) -> Result<&'a FreeLinks> {
        self.segment.at(content_of(off))
    }

    /// The boundary tag of a free block.
    pub(super) fn tail(&self, off: Off<Block>, granules: u32) -> Result<&'a FreeTail> {
        let at = off.raw().checked_add(granules).and_then(|end| Off::from_raw(end.wrapping_sub(1)));
        self.segment.at(at.ok_or_else(|| corrupt("a block ends beyond the heap"))?)
    }

    fn first_at_or_above(&self, class: Class) -> Option<Class> {
        let row = self.row(class.first).load(Relaxed) & (u32::MAX << class.second);
        if row != 0 {
            return Some(Class { first: class.first, second: row.trailing_zeros() });
        }
        let rows = self.control.first.load(Relaxed) & (u32::MAX << class.first << 1);
        if rows == 0 {
            return None;
        }
        let first = rows.trailing_zeros();
        Some(Class { first, second: self.row(first).load(Relaxed).trailing_zeros() % u32::BITS })
    }

    fn mark(&self, class: Class) {
        let row = self.row(class.first);
        let others = row.load(Relaxed);
        row.store(others | 1 << class.second, Release);
        if others == 0 {
            self.control.first.store(self.control.first.load(Relaxed) | 1 << class.first, Release);
        }
    }

    fn unmark(&self, class: Class) {
        let row = self.row(class.first);
        let left = row.load(Relaxed) & !(1 << class.second);
        row.store(left, Release);
        if left == 0 {
            self.control.first.store(self.control.first.load(Relaxed) & !(1 << class.first), Release);
        }
    }

    fn row(&self, first: u32) -> &'a Word32 {
        &self.control.second[first as usize % self.control.second.len()]
    }
}
