//! From a key to its place: stripe, bucket, and the half of the hash that a node keeps.

use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::config::Geometry;

/// Where a key belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The bucket: the hash's low bits.
    pub bucket: u32,
    /// What [`crate::layout::Node::hash`] holds: the hash's upper half.
    pub upper: u32,
}

impl Place {
    /// The place of `key` in `cache`, in a segment with this seed and geometry.
    #[inline]
    #[must_use]
    pub fn of(seed: u64, geometry: &Geometry, cache: u16, key: &[u8]) -> Self {
        // Each cache hashes with a seed of its own, so equal keys of many caches do not meet in one chain.
        let hash = xxh3_64_with_seed(key, seed ^ u64::from(cache).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        Self { bucket: hash as u32 & (geometry.buckets - 1), upper: (hash >> 32) as u32 }
    }

    /// The stripe whose lock guards the bucket.
    #[inline]
    #[must_use]
    pub fn stripe(self, geometry: &Geometry) -> u32 {
        stripe_of(geometry, self.bucket)
    }
}

/// The stripe of a bucket: stripes own equal runs of buckets.
#[inline]
#[must_use]
pub fn stripe_of(geometry: &Geometry, bucket: u32) -> u32 {
    bucket >> run_shift(geometry)
}

/// The buckets of a stripe.
#[must_use]
pub fn buckets_of(geometry: &Geometry, stripe: u32) -> core::ops::Range<u32> {
    let shift = run_shift(geometry);
    stripe << shift..(stripe + 1) << shift
}

fn run_shift(geometry: &Geometry) -> u32 {
    // Both are powers of two (`Geometry`).
    geometry.buckets.trailing_zeros() - geometry.stripes.trailing_zeros()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stripes_share_the_buckets_out() {
        let g = Geometry::new(64 << 20, 0).unwrap();
        let mut next = 0;
        for stripe in 0..g.stripes {
            let run = buckets_of(&g, stripe);
            assert_eq!(run.start, next);
            assert!(run.clone().all(|bucket| stripe_of(&g, bucket) == stripe));
            next = run.end;
        }
        assert_eq!(next, g.buckets);
    }

    #[test]
    fn the_same_key_lies_elsewhere_in_another_cache() {
        let g = Geometry::new(64 << 20, 0).unwrap();
        assert_ne!(Place::of(7, &g, 0, b"key"), Place::of(7, &g, 1, b"key"));
    }
}
