//! Ghosts: what is remembered of keys that have left.
//!
//! An entry that leaves takes its hits with it; a key that comes back would start from nothing. So who unlinks an entry notes how often its key was
//! asked for ([`Past`]), and who inserts one looks that up. As the ghost lists of ARC (Megiddo and Modha, FAST 2003) and S3-FIFO (Yang et al., SOSP
//! 2023) do, this keeps what is known of more keys than fit; but it is a table of words, each for the last key of its place: nothing to link, nothing
//! to mend. A word is a hint: any bits in it, and any race for it, are as good as having forgotten.

use super::hits::{self, Past};
use crate::segment::Segment;
use crate::table::entry::View;
use crate::word::{Ordering, Word32};

/// Bits of a word that hold the level; the others are those of [`crate::layout::Node::hash`].
const LEVEL: u32 = 7;

/// Notes an entry that leaves.
pub fn remember(segment: &Segment, view: &View<'_>) {
    let hash = view.entry().node.hash.load(Ordering::Relaxed);
    word(segment, hash).store(hash & !LEVEL | past_after(view).level(), Ordering::Relaxed);
}

/// What the next entry of the same key starts with. That it is stored once more counts as asked for.
#[must_use]
pub fn past_after(view: &View<'_>) -> Past {
    Past::of(hits::asked(view.entry().hits.load(Ordering::Relaxed)).saturating_add(1))
}

/// What is known of the key whose hash has this upper half.
#[inline]
#[must_use]
pub fn recall(segment: &Segment, upper: u32) -> Past {
    let found = word(segment, upper).load(Ordering::Relaxed);
    if (found ^ upper) & !LEVEL == 0 { Past::from_level(found) } else { Past::NONE }
}

#[inline]
fn word(segment: &Segment, hash: u32) -> &Word32 {
    segment.ghost(hash >> LEVEL.count_ones() & (segment.geometry().ghosts - 1))
}
