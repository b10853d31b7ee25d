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
//! # What is true at every instruction, and what is a hint
//!
//! Invariant: from `blocks_at` the spans lead from header to header and end exactly at `committed`.
//! Invariant: no memory below `committed` belongs to no block, and none to two.
//! Invariant: a block's memory is nobody's but its owner's while its state is `Owned`; the state is `Free` before a list knows it.
//!
//! Everything else is a hint, rebuilt by [`Heap::rebuild`] where an owner of the heap lock died: the lists and their bits, `FREE` and
//! `PREV_FREE` in spans, boundary tags, `last_free`, `clear_hand`, the count of free bytes.
//!
//! # Store by store
//!
//! All stores are release stores, so a death leaves the first so many of them and no other. *Whole* stores change what is true; the
//! others change hints.
//!
//! | operation | stores, in order | if the last one was this |
//! |---|---|---|
//! | allocate | take the block out of its list | still `Free`: listed again |
//! | | **state = `Owned(me)`** | the dead slot's, in its whole length: freed |
//! | split | span, then state `Free` of the second part, in the first one's content | inside of a block: nobody sees them |
//! | | **span of the first = what was asked for** | two blocks: `Owned`, freed; `Free`, listed |
//! | | list the second part, or tell the next block that the one before is used | as above |
//! | | link into `Slot::held` | as above |
//! | free | take out of `Slot::held` | the dead slot's: freed |
//! | | **state = `Free`** | free: listed |
//! | join | take the free neighbours out of their lists | up to three free blocks: joined and listed |
//! | | **span of the first = the sum of all** | one free block: listed |
//! | | boundary tag, list, mark in the next block, count | as above |
//! | grow | `fallocate` | not in the heap yet |
//! | | span and state `Free` of the new block, at `committed` | beyond the heap's end: nobody sees them |
//! | | **`committed` = the new end** | a free block more; then as *join* |
//!
//! Blocks that a dead slot owned are freed when that slot is reaped ([`free_held`]): by its `held` list, or, if it died in here
//! (`Slot::IN_HEAP`), by a walk over all blocks, because the list may miss the one that was on its way. Who died waiting for the lock costs no walk.
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
mod recover;
mod walk;

use crate::config::MAX_CAPACITY;
use crate::error::Result;
use crate::layout::{Block, HeapControl, Node, Slot};
use crate::offset::GRANULE;
use crate::segment::Segment;
use crate::segment::access::OwnedBlock;
use crate::sync::SlotId;
use crate::sync::locker::{Locked, Locker, Which};
use crate::word::Ordering::{Acquire, Relaxed, Release};

use classes::MAX_GRANULES;
use clear::{Search, Step};

pub use recover::Rebuilt;
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

/// Gives several blocks back under one lock. The iterator runs while it is held: a block that it makes `Owned` as it goes needs no place in
/// `Slot::held`, for of one who dies under the heap lock every block is found.
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
    enter(by);
    if held.is_unmended() {
        mend(by.segment(), &mut held)?;
    }
    Ok(held)
}

/// Makes the heap whole after its lock was taken over from a dead slot that the caller has seized, and frees what that one owned.
///
/// # Errors
/// `Corrupt`.
pub fn recover(segment: &Segment, held: &Locked<'_>, dead: SlotId) -> Result<()> {
    Heap::new(segment, held).rebuild(Some(dead))?;
    // Nothing of its is left that only a walk would find.
    segment.slot(dead.index()).wants_heap.store(Slot::WANTS, Release);
    Ok(())
}

/// Frees every block that a dead slot owned: the caller has seized the slot. O(blocks held), or O(blocks) where the slot died under the heap
/// lock and [`recover()`] has not seen to it. May be repeated: it leaves [`Slot::IN_HEAP`], to be cleared by the caller, so that if he dies, the next
/// one walks.
///
/// # Errors
/// `Busy`, `Corrupt`.
pub fn free_held(by: &Locker<'_>, dead: SlotId) -> Result<()> {
    let wish = &by.segment().slot(dead.index()).wants_heap;
    let died_here = wish.load(Acquire) == Slot::IN_HEAP;
    let held = lock(by)?;
    wish.store(Slot::IN_HEAP, Release);
    let heap = Heap::new(by.segment(), &held);
    if died_here { heap.rebuild(Some(dead)).map(drop) } else { heap.drain(dead) }
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
    control.free.load(Relaxed).saturating_add(rest).min(bytes(segment))
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

/// Notes, before anything in the heap changes, that a block of the slot's may be in no list from here on. The note goes with the lock.
#[inline]
fn enter(by: &Locker<'_>) {
    by.segment().slot(by.me().index()).wants_heap.store(Slot::IN_HEAP, Release);
}

/// What the one who died under the lock owned stays for [`free_held`].
#[cold]
fn mend(segment: &Segment, held: &mut Locked<'_>) -> Result<()> {
    Heap::new(segment, held).rebuild(None)?;
    held.mended();
    Ok(())
}

/// Granules of a block with room for `bytes`, at most [`largest`].
#[inline]
pub(crate) fn granules_for(bytes: u64) -> u32 {
    (bytes + size_of::<Block>() as u64).div_ceil(GRANULE) as u32
}

// No segment is so large that the size of a block would not fit into its span.
const _: () = assert!(MAX_CAPACITY / GRANULE <= MAX_GRANULES as u64 + 1);
