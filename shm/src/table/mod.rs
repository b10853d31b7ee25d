//! The table: buckets of chained entries, read without a lock and written under one lock for each stripe of buckets.
//!
//! - [`hash`]: from a key to its place.
//! - [`entry`]: an entry's block from inside.
//! - [`chain`]: finding, linking and unlinking under the stripe's lock; one release store publishes.
//! - [`retire`]: what was unlinked waits in the stripe's retire list until no reader can hold it.
//! - [`count`]: entries and bytes for each stripe and cache.
//! - [`hits`]: what a hit leaves in its entry.
//! - [`expire`]: unlinking what is expired or invalidated, a few buckets at a time.
//!
//! Whoever writes notes in his slot what he is about to link and to unlink (`incoming`, `outgoing`), so `recover` can finish it.

pub mod chain;
pub mod count;
pub mod entry;
pub mod expire;
pub mod ghosts;
pub mod hash;
pub mod hits;
pub mod retire;
pub mod seal;

use crate::error::{Error, Result};
use crate::layout::Node;
use crate::offset::Off;
use crate::reclaim::Nodes;
use crate::segment::Segment;
use crate::sync::locker::{Locked, Which};

impl Nodes for Segment {
    #[inline]
    fn node(&self, off: Off<Node>) -> Result<&Node> {
        self.at(off)
    }

    #[inline]
    fn bound(&self) -> u32 {
        most_nodes(self)
    }
}

/// More nodes than the segment can hold: the bound of every walk through a chain or list of them.
#[inline]
#[must_use]
pub fn most_nodes(segment: &Segment) -> u32 {
    // A block with a node has at least 32 bytes.
    (segment.geometry().capacity / 32) as u32
}

/// The stripe that `held` locks.
///
/// # Errors
/// [`Error::Corrupt`] where it locks something else.
#[inline]
pub fn stripe_of(held: &Locked<'_>) -> Result<u32> {
    match held.which() {
        Which::Stripe(stripe) => Ok(stripe),
        _ => Err(Error::Corrupt("another lock is held than a stripe's")),
    }
}
