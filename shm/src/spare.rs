//! Small blocks that a slot has collected and keeps for its next stores, which so need not lock the heap to get one, nor to give one back.
//!
//! They are `Owned` and in the slot's `held` list, like any block on its way: whoever reaps the slot frees them. They are few: the newest, which are of
//! the sizes that are stored now, and in the processor's caches. All go back when the request ends, or when memory is short.

use core::cell::{Cell, RefCell};

use crate::heap;
use crate::layout::Block;
use crate::offset::{GRANULE, Off};
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
    /// By age. The last one stands before the others in the `held` list, mostly.
    blocks: RefCell<Vec<OwnedBlock>>,
    granules: Cell<u32>,
    most_granules: u32,
}

/// Blocks that are spare no longer.
#[derive(Debug)]
pub struct Dropped {
    /// They, by age.
    pub blocks: Vec<OwnedBlock>,
    /// The one before them in the `held` list, mostly: the oldest that is kept still.
    pub behind: Option<Off<Block>>,
}

impl Spare {
    /// None, for a slot of a segment of `capacity` bytes.
    #[must_use]
    pub fn new(capacity: u64) -> Self {
        let most_granules = ((capacity / SHARE).min(MOST_BYTES) / GRANULE) as u32;
        Self { blocks: RefCell::default(), granules: Cell::new(0), most_granules }
    }

    /// Takes small ones out of `blocks`. Those that are too many then, the oldest, are to be given back.
    #[must_use]
    pub fn keep(&self, blocks: &mut Vec<OwnedBlock>) -> Option<Dropped> {
        let mut kept = self.blocks.borrow_mut();
        let mut all = self.granules.get();
        let mut is_small = |block: &mut OwnedBlock| {
            let is_small = block.granules() <= LARGEST.min(self.most_granules);
            all += if is_small { block.granules() } else { 0 };
            is_small
        };
        kept.extend(blocks.extract_if(.., &mut is_small));
        self.granules.set(all);
        (all > self.most_granules).then(|| self.drop_oldest(&mut kept))
    }

    #[cold]
    fn drop_oldest(&self, kept: &mut Vec<OwnedBlock>) -> Dropped {
        let mut all = self.granules.get();
        let fits = |block: &OwnedBlock| {
            let fits = all <= self.most_granules;
            all -= if fits { 0 } else { block.granules() };
            fits
        };
        let many = kept.iter().position(fits).unwrap_or(kept.len());
        self.granules.set(all);
        let blocks = kept.drain(..many).collect();
        Dropped { blocks, behind: kept.first().map(OwnedBlock::off) }
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

    fn blocks(sizes: &[u32]) -> Vec<OwnedBlock> {
        sizes.iter().zip(1..).map(|(&granules, n)| OwnedBlock::claim(Off::from_raw(n).unwrap(), granules)).collect()
    }

    fn sizes(blocks: &[OwnedBlock]) -> Vec<u32> {
        blocks.iter().map(OwnedBlock::granules).collect()
    }

    #[test]
    fn small_blocks_are_kept_up_to_a_share_of_the_segment_and_the_oldest_make_room() {
        let spare = Spare::new(2048 * 800);
        let mut given = blocks(&[40, 3000, 50]);
        assert!(spare.keep(&mut given).is_none());
        assert_eq!(sizes(&given), [3000]);
        let dropped = spare.keep(&mut blocks(&[20, 15])).unwrap();
        assert_eq!((sizes(&dropped.blocks), dropped.behind), (vec![40], Off::from_raw(3)));
        assert_eq!(sizes(&spare.take_all()), [50, 20, 15]);
        let mut given = blocks(&[60, 60, 101, 100]);
        let dropped = spare.keep(&mut given).unwrap();
        assert_eq!(
            (sizes(&given), sizes(&dropped.blocks), dropped.behind),
            (vec![101], vec![60, 60], Off::from_raw(4))
        );
        assert_eq!(sizes(&spare.take_all()), [100]);
    }

    #[test]
    fn the_last_that_fits_is_taken_and_none_that_is_much_too_large() {
        let spare = Spare::new(64 << 20);
        assert!(spare.keep(&mut blocks(&[20, 10, 20, 60])).is_none());
        let needed = 20 * GRANULE - 8;
        assert_eq!(spare.take(needed).unwrap().off().raw(), 3);
        assert_eq!(spare.take(needed).unwrap().off().raw(), 1);
        assert!(spare.take(needed).is_none() && spare.take(u64::MAX).is_none());
        assert_eq!(sizes(&spare.take_all()), [10, 60]);
    }
}
