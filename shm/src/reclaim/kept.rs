//! Which blocks a request keeps: a Bloom filter in its slot (blocked: all bits of a block lie in one word).
//!
//! The owner sets bits; collectors test them. A block that was never kept is taken for kept now and then: with 400 blocks about one in ten,
//! with 100 one in two hundred. Then its memory waits for the end of the request, which is harmless.

use crate::layout::{KEPT_WORDS, Node};
use crate::offset::Off;
use crate::word::{Ordering, Word64};

/// Words of a filter.
pub const WORDS: usize = KEPT_WORDS;

/// Blocks after which a request keeps no more.
pub const MOST: u32 = 400;

/// The filter in a slot.
#[derive(Debug, Clone, Copy)]
pub struct Kept<'s>(pub &'s [Word64; WORDS]);

impl Kept<'_> {
    /// Whether the block at `off` is in it, or seems to be.
    #[inline(always)]
    #[must_use]
    pub fn has(&self, off: Off<Node>) -> bool {
        let (word, bits) = place(off);
        self.0[word].load(Ordering::Relaxed) & bits == bits
    }

    /// The filter as it is now.
    #[must_use]
    pub fn copy(&self) -> Copied {
        Copied(core::array::from_fn(|i| self.0[i].load(Ordering::Relaxed)))
    }

    /// Puts a block in. Only by the slot's owner.
    #[inline]
    pub fn add(&self, off: Off<Node>) {
        let (word, bits) = place(off);
        let word = &self.0[word];
        word.store(word.load(Ordering::Relaxed) | bits, Ordering::Relaxed);
    }

    /// Takes everything out.
    pub fn clear(&self) {
        for word in self.0 {
            word.store(0, Ordering::Relaxed);
        }
    }

    /// Puts in what `other` has.
    pub fn add_all(&self, other: &Kept<'_>) {
        for (mine, other) in self.0.iter().zip(other.0) {
            mine.store(mine.load(Ordering::Relaxed) | other.load(Ordering::Relaxed), Ordering::Relaxed);
        }
    }
}

/// A filter as it was at some moment.
#[derive(Debug)]
pub struct Copied([u64; WORDS]);

impl Copied {
    /// Whether the block at `off` was in it, or seems to have been.
    #[must_use]
    pub fn has(&self, off: Off<Node>) -> bool {
        let (word, bits) = place(off);
        self.0[word] & bits == bits
    }
}

/// The word of a block, and its four bits there.
#[inline(always)]
fn place(off: Off<Node>) -> (usize, u64) {
    let hash = u64::from(off.raw()).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let bit = |shift: u32| 1_u64 << (hash >> shift & 63);
    ((hash >> 59) as usize % WORDS, bit(53) | bit(47) | bit(41) | bit(35))
}

const _: () = assert!(WORDS.is_power_of_two() && WORDS <= 1 << (64 - 59));

#[cfg(all(test, not(trove_loom)))]
mod tests {
    use super::*;

    fn filter() -> [Word64; WORDS] {
        core::array::from_fn(|_| Word64::new(0))
    }

    fn off(n: u32) -> Off<Node> {
        Off::from_raw(n).unwrap()
    }

    #[test]
    fn what_was_added_is_in_it_until_it_is_cleared() {
        let words = filter();
        let kept = Kept(&words);
        for n in 1..1000 {
            kept.add(off(n * 13));
            assert!(kept.has(off(n * 13)));
        }
        kept.clear();
        assert!((1..10_000).all(|n| !kept.has(off(n))));
    }

    #[test]
    fn few_others_seem_to_be_in_it() {
        for (blocks, most) in [(100, 0.01), (MOST, 0.15)] {
            let words = filter();
            let kept = Kept(&words);
            for n in 0..blocks {
                kept.add(off(1 + n * 77));
            }
            let seem = (0..100_000).filter(|n| kept.has(off(50_000_000 + n * 11))).count();
            assert!(seem as f64 / 100_000.0 < most, "{blocks} blocks: {seem} of 100000");
        }
    }
}
