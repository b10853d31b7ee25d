//! A slot's `held` list: its blocks in state `Owned`, so that the reaper of a dead slot finds them without a walk through the heap.
//!
//! Linked by `Node::retire_next`, and private to the slot's owner (or its reaper): no lock. A block that is published leaves the list while
//! its state is still `Owned`; a block that is in a retire list, which has the same link, is never in here.

use crate::error::{Error, Result};
use crate::layout::{Block, BlockState, Node};
use crate::offset::{Off, OffWord};
use crate::segment::Segment;
use crate::segment::access::{OwnedBlock, content_of};
use crate::sync::SlotId;
use crate::word::Ordering::{Relaxed, Release};

/// Blocks that one slot may hold at once before its list counts as corrupt.
pub(super) const MOST: usize = 1 << 20;

/// Puts a block of slot `me` at the front.
///
/// # Errors
/// [`Error::Corrupt`] where the block is out of bounds.
pub fn push(segment: &Segment, me: SlotId, block: &OwnedBlock) -> Result<()> {
    let head = &segment.slot(me.index()).held;
    let node = block.content::<Node>();
    segment.at(node)?.retire_next.store(head.load(Relaxed), Release);
    head.store(Some(node), Release);
    Ok(())
}

/// Takes the block whose content is at `node` out of the list of slot `me`; false where it is not in there. O(1) for the one that was put
/// there last, else O(blocks held).
///
/// # Errors
/// [`Error::Corrupt`] where the list leaves the segment or does not end.
#[inline]
pub fn remove(segment: &Segment, me: SlotId, node: Off<Node>) -> Result<bool> {
    remove_from(segment, &segment.slot(me.index()).held, node)
}

/// The same, where the block probably stands soon after the one at `before`, which is in the list if it is of that slot.
///
/// # Errors
/// As [`remove`].
pub fn remove_behind(segment: &Segment, me: SlotId, node: Off<Node>, before: Option<Off<Block>>) -> Result<bool> {
    if let Some(before) = before
        && segment.at(before)?.state.load(Relaxed) == BlockState::Owned(me.0).raw()
        && remove_from(segment, &segment.at(content_of::<Node>(before))?.retire_next, node)?
    {
        return Ok(true);
    }
    remove(segment, me, node)
}

#[inline]
fn remove_from<'s>(segment: &'s Segment, mut link: &'s OffWord<Node>, node: Off<Node>) -> Result<bool> {
    for _ in 0..MOST {
        let Some(at) = link.load(Relaxed) else { return Ok(false) };
        let next = &segment.at(at)?.retire_next;
        if at == node {
            link.store(next.load(Relaxed), Release);
            return Ok(true);
        }
        link = next;
    }
    Err(Error::Corrupt("a list of held blocks does not end"))
}
