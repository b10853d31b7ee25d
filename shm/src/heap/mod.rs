//! The heap: blocks for entries and tag records, taken and given back in constant time.
//!
//! # Idea
//!
//! From `Geometry::blocks_at` to `HeapControl::committed` lies a row of blocks without gaps; `Block::span` says how long each is. Free blocks
//! hang in segregated lists ([`classes`]); two of them never stand side by side. Allocation takes the head of the first list whose blocks
//! are all large enough and splits it (good fit); freeing joins the block with its free neighbours. Where no block is large enough, the
//! segment commits more memory, which is appended as a free block.
//!
//! ```text
//! used block    | span state | content ...                                     |
//! free block    | span state | next prev | ...                | ...   granules |
//!                                          FreeLinks                    FreeTail
//! ```
//!
//! # Truth and hints
//!
//! Invariant: from `blocks_at` the spans lead from header to header and end exactly at `committed`, at every instruction.
//! Invariant: no memory below `committed` belongs to no block, and none to two.
//! Invariant: a block's memory is nobody's but its owner's while its state is `Owned`; the state is `Free` before a list knows it.
//!
//! Everything else is a hint: the lists and their bits, `FREE` and `PREV_FREE` in spans, boundary tags, `last_free`, `clear_hand`, the count of
//! free granules. An operation that finds one wrong, in a damaged segment, has all of them made anew by a walk over the blocks ([`Heap::rebuild`]).
//!
//! # Deaths
//!
//! A death is no damage and costs no walk: an operation is noted before it changes anything, and the next one who gets the lock settles it in a
//! few stores (see `operation`). So between operations each block is `Free` and listed, or published, or `Owned` and then in the `held` list of its
//! slot or named by that slot's `incoming` or `outgoing`: who reaps the slot finds all that it held there ([`free_held`]).
//!
//! # Store by store
//!
//! All stores are release stores, so a death leaves the first so many of them and no other. *Whole* stores change what is true; the
//! others change hints. Between the note and its end:
//!
//! | operation | stores, in order |
//! |---|---|
//! | allocate | take the block out of its list |
//! | | **state = `Owned(me)`** |
//! | split | span, then state `Free` of the second part, in the first one's content |
//! | | **span of the first = what was asked for** |
//! | | list the second part, or tell the next block that the one before is used |
//! | | link into `Slot::held` |
//! | free | take out of `Slot::held` |
//! | | **state = `Free`** |
//! | join | take the free neighbours out of their lists |
//! | | **span of the first = the sum of all** |
//! | | boundary tag, list, mark in the next block, count |
//! | grow | span and state `Free` of the new block, at `committed`, where the file system has given memory |
//! | | **`committed` = the new end**; then as *join* |
//!
//! # Fragmentation
//!
//! A request of more than 512 bytes skips the blocks of its own class that are up to 1/32 larger; where no larger class has a block, some of
//! those are looked at one by one. For a large block that no single free one is large enough for, [`clear`] proposes a run of neighbours to
//! evict.

mod blocks;
pub mod classes;
pub mod clear;
pub mod held;
mod lists;
mod operation;
mod rebuild;
mod walk;

use crate::config::MAX_CAPACITY;
use crate::error::Result;
use crate::layout::{Block, HeapControl, Node};
use crate::offset::GRANULE;
use crate::segment::Segment;
use crate::segment::access::OwnedBlock;
use crate::sync::SlotId;
use crate::sync::locker::{Locked, Locker, Which};
use crate::word::Ordering::Relaxed;

use classes::MAX_GRANULES;
use clear::{Search, Step};

pub use rebuild::Rebuilt;
pub use walk::{Seen, Totals, Walk};

/// Smallest block in granules: what `Slot::held` links by must fit, and so do a free block's links and boundary tag.
pub const MIN_GRANULES: u32 = ((size_of::<Block>() + size_of::<Node>()) as u64 / GRANULE) as u32;

// `FreeLinks` and `FreeTail` lie apart, behind the header.
const _: () = assert!(MIN_GRANULES >= 3);

/// Most bytes that a block with room for `len` bytes has: what is left over of a free block, and too small to be one, stays with it.
#[must_use]
pub fn most_bytes(len: u64) -> u64 {
    len.saturating_add(size_of::<Block>() as u64 + GRANULE - 1 + u64::from(MIN_GRANULES - 1) * GRANULE)
}

/// Fewest bytes that it has.
#[must_use]
pub fn least_bytes(len: u64) -> u64 {
    len.saturating_add(size_of::<Block>() as u64)
}

/// Takes a block with room for `bytes`, in state `Owned` by the locker's slot; commits more memory where it must. None where no free
/// block is large enough and all memory is committed. O(1) but for `fallocate`.
///
/// # Errors
/// `Busy`, `DirectoryFull`, `Corrupt`.
pub fn reserve(by: &Locker<'_>, bytes: u64) -> Result<Option<OwnedBlock>> {
    if bytes > largest(by.segment()) {
        return Ok(None);
    }
    let granules = granules_for(bytes);
    let held = lock(by)?;
    let heap = Heap::new(by.segment(), &held);
    match heap.alloc(by.me(), granules)? {
        None if heap.grow(granules)? => heap.alloc(by.me(), granules),
        outcome => Ok(outcome),
    }
}

/// Gives a block of the locker's slot back. O(1).
///
/// # Errors
/// `Busy`: the block stays in `Slot::held` if it was there. `Corrupt` where the block is not the slot's.
pub fn release(by: &Locker<'_>, block: OwnedBlock) -> Result<()> {
    release_all(by, [block])
}

/// Gives several blocks back under one lock.
///
/// # Errors
/// As [`release`]; the blocks after the one that failed are not given back.
pub fn release_all(by: &Locker<'_>, blocks: impl IntoIterator<Item = OwnedBlock>) -> Result<()> {
    let held = lock(by)?;
    let heap = Heap::new(by.segment(), &held);
    blocks.into_iter().try_for_each(|block| heap.free(by.me(), block))
}

/// Takes the heap lock, and makes the heap whole where its last owner died.
///
/// # Errors
/// `Busy`, `Corrupt`.
#[inline]
pub fn lock<'s>(by: &Locker<'s>) -> Result<Locked<'s>> {
    let mut held = by.lock(Which::Heap)?;
    if held.is_unmended() {
        recover(by.segment(), &held)?;
        held.mended();
    }
    Ok(held)
}

/// Makes the heap whole after its lock was taken over. What its last owner had allocated stays for [`free_held`].
///
/// # Errors
/// `Corrupt`.
#[cold]
pub fn recover(segment: &Segment, held: &Locked<'_>) -> Result<()> {
    Heap::new(segment, held).recover()
}

/// Frees every block that a dead slot owned: the caller has seized the slot, and the locks that it had were mended. O(blocks held), or O(blocks)
/// where its list is damaged. May be repeated.
///
/// # Errors
/// `Busy`, `Corrupt`.
pub fn free_held(by: &Locker<'_>, dead: SlotId) -> Result<()> {
    let held = lock(by)?;
    let heap = Heap::new(by.segment(), &held);
    heap.drain(dead).or_else(|_| heap.rebuild(Some(dead)).map(drop))
}

/// The next step of a search for a run to clear, under the heap lock (see [`clear`]).
///
/// # Errors
/// `Busy`, `Corrupt`.
pub fn search(by: &Locker<'_>, search: &mut Search, loss: &mut dyn FnMut(&Seen) -> Option<u64>) -> Result<Step> {
    let held = lock(by)?;
    search.step(&Heap::new(by.segment(), &held), loss)
}

/// The free blocks as (bytes, offset), by offset; the part of the segment that is not committed counts as one, or as part of a free block
/// before it.
///
/// # Errors
/// `Busy`, `Corrupt`.
pub fn free_blocks(by: &Locker<'_>) -> Result<Vec<(u64, u64)>> {
    let held = lock(by)?;
    let mut blocks = Heap::new(by.segment(), &held).free_blocks()?;
    drop(held);
    blocks.sort_unstable_by_key(|&(_, at)| at);
    Ok(blocks)
}

/// Free bytes, what is not committed included. Reads two counters, without the lock: while others allocate, it is a little off.
#[must_use]
pub fn free_bytes(segment: &Segment) -> u64 {
    let control = segment.heap();
    let committed = control.committed.load(Relaxed).min(segment.geometry().capacity);
    let rest = segment.geometry().capacity - committed;
    (u64::from(control.free.load(Relaxed)) * GRANULE).saturating_add(rest).min(bytes(segment))
}

/// Bytes of all blocks together, once everything is committed.
#[must_use]
pub fn bytes(segment: &Segment) -> u64 {
    segment.geometry().capacity - segment.geometry().blocks_at
}

/// Bytes of the largest block's content that a segment can ever hold.
#[must_use]
pub fn largest(segment: &Segment) -> u64 {
    bytes(segment) - size_of::<Block>() as u64
}

/// The heap of a segment, while its lock is held.
#[derive(Debug)]
pub struct Heap<'a> {
    segment: &'a Segment,
    control: &'a HeapControl,
}

impl<'a> Heap<'a> {
    /// The heap that `held` locks.
    #[must_use]
    pub fn new(segment: &'a Segment, held: &'a Locked<'_>) -> Self {
        debug_assert_eq!(held.which(), Which::Heap);
        Self { segment, control: segment.heap() }
    }
}

/// Granules of a block with room for `bytes`, at most [`largest`].
#[inline]
pub(crate) fn granules_for(bytes: u64) -> u32 {
    (bytes + size_of::<Block>() as u64).div_ceil(GRANULE) as u32
}

// No segment is so large that the size of a block would not fit into its span.
const _: () = assert!(MAX_CAPACITY / GRANULE <= MAX_GRANULES as u64 + 1);
