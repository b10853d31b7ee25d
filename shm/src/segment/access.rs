//! UNSAFE: the one place that turns a position into a reference, and its only bounds check.
//!
//! Contract:
//! - A `&T` of an [`OnSegment`] type may be made wherever it is in bounds and aligned: all of `T` is atomic words.
//! - Payload and key bytes are plain memory. They are written only through an [`OwnedBlock`], whose block nobody else can reach (state
//!   `Owned`), and read as `&[u8]` only from a block that was published with a release store after its bytes were written, while a pin
//!   (see `reclaim`) or a lock keeps the block from being reused. What nothing keeps may be compared with [`Segment::holds`] alone.
#![expect(unsafe_code, reason = "offsets become references here, after a bounds and alignment check")]

use core::mem::{align_of, size_of};
use core::slice;

use super::Segment;
use crate::error::{Error, Result};
use crate::layout::{
    Block, CacheRecord, Counter, Header, HeapControl, Lease, Node, OnSegment, ResetControl, Slot, Stripe, Tally,
};
use crate::offset::{GRANULE, Off, OffWord};
use crate::word::Ordering::Relaxed;
use crate::word::Word64;

impl Segment {
    /// The `T` at byte `at` of the read-write view.
    #[inline]
    fn view<T: OnSegment>(&self, at: u64) -> Result<&T> {
        let end = at.saturating_add(size_of::<T>() as u64);
        if end > self.views.len() as u64 || !at.is_multiple_of(align_of::<T>() as u64) {
            return Err(Error::Corrupt("an offset points outside of the segment"));
        }
        // SAFETY: in bounds (just checked); the view is page-aligned, so `at` aligned is the pointer aligned; `T: OnSegment` is atomic words
        // only, for which a shared reference is sound beside other processes' writes.
        Ok(unsafe { &*self.views.write().add(at as usize).cast::<T>() })
    }

    /// A `T` in one of the fixed tables, whose place `Geometry` fixes and `open` has checked against the size. An index that is out of range,
    /// which a damaged segment may give (a cache's number stands in an entry), is taken for the first.
    #[inline]
    fn part<T: OnSegment>(&self, start: u64, index: u32, count: u32) -> &T {
        // A branch that is foreseen costs less than a choice that all that follows must wait for.
        let index = if index < count { index } else { first() };
        // SAFETY: `open` validated the geometry: `start + count * size_of::<T>()` is in bounds and 64-aligned at `start`; `index < count`.
        unsafe { &*self.views.write().add(start as usize + index as usize * size_of::<T>()).cast::<T>() }
    }

    /// The header.
    #[inline]
    pub fn header(&self) -> &Header {
        self.part(0, 0, 1)
    }

    /// Slot `index`.
    #[inline]
    pub fn slot(&self, index: u32) -> &Slot {
        self.part(self.geometry.slots_at, index, self.geometry.slots)
    }

    /// What the owner of slot `index` has done; none where there is no such slot.
    #[inline]
    pub fn tally(&self, index: u32) -> Option<&Tally> {
        let slots = self.geometry.slots;
        (index < slots).then(|| self.part(self.geometry.tallies_at, index, slots))
    }

    /// What resets have asked for.
    #[inline]
    pub fn resets(&self) -> &ResetControl {
        self.part(self.geometry.resets_at, 0, 1)
    }

    /// Stripe `index`.
    #[inline]
    pub fn stripe(&self, index: u32) -> &Stripe {
        self.part(self.geometry.stripes_at, index, self.geometry.stripes)
    }

    /// Lease `index`.
    #[inline]
    pub fn lease(&self, index: u32) -> &Lease {
        self.part(self.geometry.leases_at, index, self.geometry.leases)
    }

    /// Named cache `index`.
    #[inline]
    pub fn cache_record(&self, index: u32) -> &CacheRecord {
        self.part(self.geometry.caches_at, index, self.geometry.caches)
    }

    /// Counter of `cache` in `stripe`.
    #[inline]
    pub fn counter(&self, stripe: u32, cache: u32) -> &Counter {
        let g = &self.geometry;
        self.part(g.counters_at, stripe * g.caches + cache, g.stripes * g.caches)
    }

    /// Head of tag chain `index`.
    #[inline]
    pub fn tag_head(&self, index: u32) -> &OffWord<crate::layout::Node> {
        self.part(self.geometry.tag_heads_at, index, self.geometry.tag_heads)
    }

    /// Head of bucket `index`.
    #[inline]
    pub fn bucket(&self, index: u32) -> &OffWord<crate::layout::Node> {
        self.part(self.geometry.buckets_at, index, self.geometry.buckets)
    }

    /// What is remembered at place `index` (see `table::ghosts`).
    #[inline]
    pub fn ghost(&self, index: u32) -> &crate::word::Word32 {
        self.part(self.geometry.ghosts_at, index, self.geometry.ghosts)
    }

    /// The heap's control block.
    #[inline]
    pub fn heap(&self) -> &HeapControl {
        self.part(self.geometry.heap_at, 0, 1)
    }

    /// What lies at `off`, among the blocks: what a damaged segment says to be a block elsewhere would be written to as one, over slots and locks.
    ///
    /// # Errors
    /// [`Error::Corrupt`] where that is out of bounds or not aligned.
    #[inline]
    pub fn at<T: OnSegment>(&self, off: Off<T>) -> Result<&T> {
        if off.bytes() < self.geometry.blocks_at {
            return Err(Error::Corrupt("an offset leads to no block"));
        }
        self.view(off.bytes())
    }

    /// `len` bytes from byte `at`, in the read-only view: a key or a payload of a published block (see the module's contract).
    ///
    /// # Errors
    /// [`Error::Corrupt`] where they are out of bounds.
    #[inline]
    pub fn bytes(&self, at: u64, len: usize) -> Result<&[u8]> {
        let end = at.saturating_add(len as u64);
        if end > self.views.len() as u64 {
            return Err(Error::Corrupt("a length points outside of the segment"));
        }
        // SAFETY: in bounds (just checked). The bytes are a published block's, so nobody writes them while the pin or lock that the caller
        // holds keeps the block (module contract).
        Ok(unsafe { slice::from_raw_parts(self.views.read().add(at as usize), len) })
    }

    /// Whether the bytes from byte `at` on, which is 8-aligned, are `bytes`. They are read as words, a granule at a time, so nothing need keep the
    /// block that they belong to; where it is gone, the answer means nothing.
    ///
    /// # Errors
    /// [`Error::Corrupt`] where the granules are out of bounds.
    #[inline]
    pub fn holds(&self, at: u64, bytes: &[u8]) -> Result<bool> {
        let end = at.saturating_add(bytes.len().next_multiple_of(GRANULE as usize) as u64);
        if end > self.views.len() as u64 || !at.is_multiple_of(GRANULE) {
            return Err(Error::Corrupt("a length points outside of the segment"));
        }
        // SAFETY: in bounds for every granule of `bytes`, and aligned (both just checked). A word may be read whatever others do with it.
        let word = |n: usize| unsafe { &*self.views.write().add(at as usize).cast::<Word64>().add(n) };
        let granule = |n: usize| u64::from_le(word(n).load(Relaxed));
        let (whole, rest) = bytes.as_chunks::<8>();
        let begins = whole.iter().enumerate().all(|(n, chunk)| granule(n) == u64::from_le_bytes(*chunk));
        if rest.is_empty() || !begins {
            return Ok(begins);
        }
        let unused = u64::BITS as usize - 8 * rest.len();
        let last = match bytes.last_chunk::<8>() {
            Some(last) => u64::from_le_bytes(*last),
            None => short_word(rest) << unused,
        };
        Ok((granule(whole.len()) << unused ^ last) >> unused == 0)
    }

    /// Address of byte `at` in the read-only view of every process that has it at its fixed place.
    #[inline]
    pub fn fixed_address(&self, at: u64) -> u64 {
        self.fixed_base + at
    }

    /// `len` bytes of the block's content from byte `at` of it, to be written. They lie behind the content's [`Node`], whose words the `held`
    /// list changes while the slice lives.
    ///
    /// # Errors
    /// [`Error::Corrupt`] where they are not inside of the block.
    pub fn owned_bytes<'b>(&'b self, block: &'b mut OwnedBlock, at: u64, len: usize) -> Result<&'b mut [u8]> {
        let content = block.content::<Node>().bytes();
        let (start, end) = (content.saturating_add(at), content.saturating_add(at).saturating_add(len as u64));
        let block_end = block.off.bytes() + u64::from(block.granules) * GRANULE;
        if at < size_of::<Node>() as u64 || end > block_end.min(self.views.len() as u64) {
            return Err(Error::Corrupt("a block is smaller than what is written to it"));
        }
        // SAFETY: in bounds (just checked); `OwnedBlock` is neither Clone nor Copy and stands for a block in state `Owned` by this
        // handle's slot, whose content behind its `Node` nobody else can reach, in this process or another; `&mut block` makes the slice
        // unique.
        Ok(unsafe { slice::from_raw_parts_mut(self.views.write().add(start as usize), len) })
    }
}

/// At most seven bytes as the low bytes of a word.
#[inline]
fn short_word(bytes: &[u8]) -> u64 {
    match (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        // They may overlap, where they agree.
        (Some(first), Some(last)) => {
            let shift = 8 * (bytes.len() - 4);
            u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << shift
        }
        _ => bytes.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte)),
    }
}

/// The exclusive right to a heap block in state `Owned`: what `heap` gives out and takes back. It frees nothing when dropped: the slot's `held`
/// list still knows the block.
#[derive(Debug)]
pub struct OwnedBlock {
    off: Off<Block>,
    granules: u32,
}

impl OwnedBlock {
    /// Invariant, to be kept by the callers (`heap` and `reclaim` alone): the block at `off` has `granules`, its state is `Owned` by the
    /// calling handle's slot, and no other `OwnedBlock` for it exists.
    pub(crate) fn claim(off: Off<Block>, granules: u32) -> Self {
        Self { off, granules }
    }

    /// Where it lies.
    #[must_use]
    pub fn off(&self) -> Off<Block> {
        self.off
    }

    /// Its size in granules, the [`Block`] header included.
    #[must_use]
    pub fn granules(&self) -> u32 {
        self.granules
    }

    /// Where what it holds begins.
    #[must_use]
    pub fn content<T>(&self) -> Off<T> {
        content_of(self.off)
    }
}

/// The index that is taken for one out of range.
#[cold]
fn first() -> u32 {
    0
}

/// Where what the block at `off` holds begins.
#[inline]
#[must_use]
pub fn content_of<T>(off: Off<Block>) -> Off<T> {
    const { assert!(size_of::<Block>() as u64 == GRANULE) };
    Off::from_raw(off.raw().saturating_add(1)).unwrap_or(off.cast())
}

/// The block that holds what is at `off`.
#[inline]
#[must_use]
pub fn block_of<T>(off: Off<T>) -> Off<Block> {
    Off::from_raw(off.raw() - 1).unwrap_or(off.cast())
}
