//! Size classes: which free list a block hangs in, and where a search for one begins. Pure arithmetic on granules.
//!
//! The mapping of two-level segregated fit (Masmano, Ripoll, Crespo and Real, "TLSF: a new dynamic memory allocator for real-time systems",
//! ECRTS 2004): the first level is the power of two below the size, the second cuts it into [`SECOND_LEVELS`] equal parts. Below 2 *
//! [`SECOND_LEVELS`] granules (512 bytes) every size is a class of its own; above, a class is at most 1/32 of its smallest size wide.

use crate::layout::{FIRST_LEVELS, SECOND_LEVELS};

/// Largest size of a block in granules: what a span's 30 bits hold.
pub const MAX_GRANULES: u32 = (1 << 30) - 1;

/// log2 of the number of second levels.
const SECOND_BITS: u32 = SECOND_LEVELS.trailing_zeros();

/// A size class: the place of a free list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Class {
    /// Row of the lists, and bit in `HeapControl::first`.
    pub first: u32,
    /// Column, and bit in `HeapControl::second`.
    pub second: u32,
}

/// The class that a free block of `granules` hangs in.
#[inline]
#[must_use]
pub const fn class_of(granules: u32) -> Class {
    if granules < SECOND_LEVELS as u32 {
        return Class { first: 0, second: granules };
    }
    let log = granules.ilog2();
    Class { first: log - SECOND_BITS + 1, second: (granules >> (log - SECOND_BITS)) & (SECOND_LEVELS as u32 - 1) }
}

/// The first class in which every block has at least `granules`: its own, if that is the smallest size of it, else the next.
#[inline]
#[must_use]
pub const fn class_for(granules: u32) -> Class {
    if granules < 2 * SECOND_LEVELS as u32 {
        return class_of(granules);
    }
    class_of(granules + ((1 << (granules.ilog2() - SECOND_BITS)) - 1))
}

// The largest request, rounded up, still has a class.
const _: () = assert!((class_for(MAX_GRANULES).first as usize) < FIRST_LEVELS);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Smallest size in a class.
    fn smallest(class: Class) -> u32 {
        match class.first {
            0 => class.second,
            first => (SECOND_LEVELS as u32 + class.second) << (first - 1),
        }
    }

    fn order(class: Class) -> u32 {
        class.first * SECOND_LEVELS as u32 + class.second
    }

    fn check(granules: u32) {
        let own = class_of(granules);
        assert!((own.first as usize) < FIRST_LEVELS && (own.second as usize) < SECOND_LEVELS);
        assert!(smallest(own) <= granules, "{granules} is below its class");
        assert_eq!(class_of(smallest(own)), own);
        let search = class_for(granules);
        assert!(smallest(search) >= granules, "a block of the class {search:?} may be smaller than {granules}");
        assert!(order(search) - order(own) <= 1, "{granules} skips a class");
        if granules == smallest(own) {
            assert_eq!(search, own, "an exact size searches its own class");
        }
    }

    #[test]
    fn every_size_up_to_a_mebibyte_has_its_class() {
        for granules in 0..(1 << 17) {
            check(granules);
            assert!(order(class_of(granules + 1)) - order(class_of(granules)) <= 1, "classes have no gap");
        }
    }

    #[test]
    fn sizes_below_512_bytes_are_classes_of_their_own() {
        for granules in 0..64 {
            assert_eq!(smallest(class_of(granules)), granules);
        }
    }

    #[test]
    fn the_ends_of_every_class_are_classified_right() {
        for first in 1..=class_of(MAX_GRANULES).first {
            for second in 0..SECOND_LEVELS as u32 {
                let low = smallest(Class { first, second });
                check(low);
                check(low + (1 << (first - 1)) - 1);
            }
        }
    }

    proptest! {
        #[test]
        fn every_large_size_has_its_class(granules in 1_u32..=MAX_GRANULES) {
            check(granules);
        }

        #[test]
        fn larger_sizes_never_have_smaller_classes(a in 1_u32..=MAX_GRANULES, b in 1_u32..=MAX_GRANULES) {
            let (a, b) = (a.min(b), a.max(b));
            prop_assert!(order(class_of(a)) <= order(class_of(b)));
        }
    }
}
