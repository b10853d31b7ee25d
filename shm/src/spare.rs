//! Small blocks that a slot has collected and keeps for its next stores, which so need not lock the heap to get one, nor to give one back.
//!
//! They are `Owned` and in the slot's `held` list, like any block on its way: whoever reaps the slot frees them. They are few, and go back when
//! the request ends, or when memory is short.

use core::cell::{Cell, RefCell};

use crate::heap;
use crate::offset::GRANULE;
use crate::segment::access::OwnedBlock;

/// Largest block that is kept, in granules.
const LARGEST: u32 = (16 << 10) / GRANULE as u32;
/// The part of the segment, as a divisor, that one slot may keep, and the most that it may.
const SHARE: u64 = 2048;
const MOST_BYTES: u64 = 64 << 10;
/// Blocks that a search looks at.
const LOOKED_AT: usize = 8;

/// The spare blocks of one slot.
#[derive(Debug)]
pub struct Spare {
    /// The last one stands before the others in the `held` list, mostly.
    blocks: RefCell<Vec<OwnedBlock>>,
    granules: Cell<u32>,
    most_granules: u32,
}

impl Spare {
    /// None, for a slot of a segment of `capacity` bytes.
    #[must_use]
    pub fn new(capacity: u64) -> Self {
        let most_granules = ((capacity / SHARE).min(MOST_BYTES) / GRANULE) as u32;
        Self { blocks: RefCell::default(), granules: Cell::new(0), most_granules }
    }

    /// Takes small ones out of `blocks`, as many as may be kept.
    pub fn keep(&self, blocks: &mut Vec<OwnedBlock>) {
        let fits = |block: &mut OwnedBlock| {
            let all = self.granules.get() + block.granules();
            let fits = block.granules() <= LARGEST && all <= self.most_granules;
            if fits {
                self.granules.set(all);
            }
            fits
        };
        self.blocks.borrow_mut().extend(blocks.extract_if(.., fits));
    }

    /// One with room for `len` bytes, and no larger than the heap would give; none where there is no such among the last ones.
    #[inline]
    #[must_use]
    pub fn take(&self, len: u64) -> Option<OwnedBlock> {
        let mut blocks = self.blocks.borrow_mut();
        let needed = heap::granules_for(len.min(u64::from(LARGEST) * GRANULE));
        let fits = |block: &OwnedBlock| (needed..needed + heap::MIN_GRANULES).contains(&block.granules());
        let at = blocks.iter().rev().take(LOOKED_AT).position(fits)?;
        let at = blocks.len() - 1 - at;
        // The last one, as a rule, for which nothing has to be moved.
        let block = if at + 1 == blocks.len() { blocks.pop()? } else { blocks.remove(at) };
        self.granules.set(self.granules.get() - block.granules());
        Some(block)
    }

    /// All of them.
    #[must_use]
    pub fn take_all(&self) -> Vec<OwnedBlock> {
        self.granules.set(0);
        self.blocks.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::offset::Off;

    fn blocks(sizes: &[u32]) -> Vec<OwnedBlock> {
        sizes.iter().zip(1..).map(|(&granules, n)| OwnedBlock::claim(Off::from_raw(n).unwrap(), granules)).collect()
    }

    fn sizes(blocks: &[OwnedBlock]) -> Vec<u32> {
        blocks.iter().map(OwnedBlock::granules).collect()
    }

    #[test]
    fn small_blocks_are_kept_up_to_a_share_of_the_segment() {
        let spare = Spare::new(2048 * 800);
        let mut given = blocks(&[40, 3000, 50, 20]);
        spare.keep(&mut given);
        assert_eq!((sizes(&given), sizes(&spare.take_all())), (vec![3000, 20], vec![40, 50]));
        spare.keep(&mut given);
        assert_eq!(sizes(&spare.take_all()), [20]);
    }

    #[test]
    fn the_last_that_fits_is_taken_and_none_that_is_much_too_large() {
        let spare = Spare::new(64 << 20);
        spare.keep(&mut blocks(&[20, 10, 20, 60]));
        let needed = 20 * GRANULE - 8;
        assert_eq!(spare.take(needed).unwrap().off().raw(), 3);
        assert_eq!(spare.take(needed).unwrap().off().raw(), 1);
        assert!(spare.take(needed).is_none() && spare.take(u64::MAX).is_none());
        assert_eq!(sizes(&spare.take_all()), [10, 60]);
    }
}
