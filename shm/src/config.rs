//! Sizes in, geometry out: pure arithmetic. Attach computes the same from the counts in the header and compares.

use crate::error::{Error, Result};
use crate::layout::{CacheRecord, Counter, Header, HeapControl, Lease, ResetControl, Slot, Stripe, Tally};

/// Smallest segment.
pub const MIN_CAPACITY: u64 = 512 << 10;
/// Largest segment: what 30 bits of granules reach.
pub const MAX_CAPACITY: u64 = 8 << 30;

/// Slots at the end of the table that processes without one borrow for an operation.
pub const GUEST_SLOTS: u32 = 8;

/// Ticks of the eviction clock in which as many bytes are retired as the segment has.
const TICKS: u32 = 256;

/// Fewer ghosts than buckets: the entries of a full cache are as many as its buckets only where all are tiny.
const BUCKETS_PER_GHOST: u32 = 8;

/// The counts that fix a segment's layout, and the byte offset of each part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Geometry {
    /// Bytes in all.
    pub capacity: u64,
    /// Number of slots, the guests included.
    pub slots: u32,
    /// Number of stripes, a power of two.
    pub stripes: u32,
    /// Number of buckets, a power of two, a multiple of `stripes`.
    pub buckets: u32,
    /// Number of named caches.
    pub caches: u32,
    /// Number of tag heads, a power of two.
    pub tag_heads: u32,
    /// Number of leases, a power of two.
    pub leases: u32,
    /// Number of words that remember keys which have left, a power of two; follows from `buckets`.
    pub ghosts: u32,
    /// Bytes that are retired in a tick of the eviction clock, as a power of two; follows from `capacity`.
    pub tick: u32,
    /// Start of the slots, in bytes; so for all below.
    pub slots_at: u64,
    /// The tallies, one for each slot.
    pub tallies_at: u64,
    /// The resets.
    pub resets_at: u64,
    /// Start of the stripes.
    pub stripes_at: u64,
    /// Start of the leases.
    pub leases_at: u64,
    /// Start of the cache records.
    pub caches_at: u64,
    /// Start of the counters.
    pub counters_at: u64,
    /// Start of the tag heads.
    pub tag_heads_at: u64,
    /// Start of the buckets.
    pub buckets_at: u64,
    /// Start of the ghosts.
    pub ghosts_at: u64,
    /// The heap's control block.
    pub heap_at: u64,
    /// The first heap block's byte; its `Entry` would be 8 bytes later.
    pub blocks_at: u64,
}

impl Geometry {
    /// The geometry for `capacity` bytes; `entries_hint` (0: none) fixes the number of buckets.
    ///
    /// # Errors
    /// [`Error::Config`] where `capacity` is out of range, or the hint leaves less than a quarter of it for entries.
    pub fn new(capacity: u64, entries_hint: u64) -> Result<Self> {
        if !(MIN_CAPACITY..=MAX_CAPACITY).contains(&capacity) {
            return Err(Error::Config {
                what: "the size of the segment",
                value: format!("{capacity} bytes"),
                allowed: format!("{MIN_CAPACITY} to {MAX_CAPACITY} bytes"),
            });
        }
        let capacity = capacity & !4095;
        let per = |bytes: u64, low: u64, high: u64| (capacity / bytes).clamp(low, high).next_power_of_two() as u32;
        let stripes = per(512 << 10, 4, 256);
        let buckets = if entries_hint == 0 {
            per(128, 1024, 1 << 26)
        } else {
            entries_hint.clamp(u64::from(stripes), 1 << 28).next_power_of_two() as u32
        };
        let geometry = Self::of_counts(
            capacity,
            [
                per(64 << 10, 32, 4096),
                stripes,
                buckets.max(stripes),
                per(512 << 10, 16, 1024),
                per(64 << 10, 64, 1 << 16),
                per(64 << 10, 64, 4096),
            ],
        );
        if geometry.blocks_at > capacity / 4 * 3 {
            return Err(Error::Config {
                what: "the hint for the number of entries",
                value: entries_hint.to_string(),
                allowed: format!("what fits into a segment of {capacity} bytes: at most {}", capacity / 16),
            });
        }
        Ok(geometry)
    }

    /// The offsets that follow from the six counts (slots, stripes, buckets, caches, tag heads, leases).
    #[must_use]
    pub fn of_counts(capacity: u64, [slots, stripes, buckets, caches, tag_heads, leases]: [u32; 6]) -> Self {
        let mut at = size_of::<Header>() as u64;
        let mut part = |count: u64, size: usize| {
            let start = at;
            at = (at + count * size as u64).next_multiple_of(64);
            start
        };
        let slots_at = part(slots.into(), size_of::<Slot>());
        let tallies_at = part(slots.into(), size_of::<Tally>());
        let resets_at = part(1, size_of::<ResetControl>());
        let stripes_at = part(stripes.into(), size_of::<Stripe>());
        let leases_at = part(leases.into(), size_of::<Lease>());
        let caches_at = part(caches.into(), size_of::<CacheRecord>());
        let counters_at = part(u64::from(stripes) * u64::from(caches), size_of::<Counter>());
        let tag_heads_at = part(tag_heads.into(), 4);
        let buckets_at = part(buckets.into(), 4);
        let ghosts = (buckets / BUCKETS_PER_GHOST).max(1);
        let ghosts_at = part(u64::from(ghosts), 4);
        let heap_at = part(1, size_of::<HeapControl>());
        Self {
            capacity,
            slots,
            stripes,
            buckets,
            caches,
            tag_heads,
            leases,
            ghosts,
            tick: capacity.max(1).ilog2().saturating_sub(TICKS.ilog2()),
            slots_at,
            tallies_at,
            resets_at,
            stripes_at,
            leases_at,
            caches_at,
            counters_at,
            tag_heads_at,
            buckets_at,
            ghosts_at,
            heap_at,
            blocks_at: at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_leaves_most_of_the_segment_to_entries() {
        let mut capacity = MIN_CAPACITY;
        while capacity <= MAX_CAPACITY {
            let g = Geometry::new(capacity, 0).unwrap();
            assert!(g.blocks_at * 5 < capacity, "{capacity}: {} bytes of tables", g.blocks_at);
            assert_eq!(
                g,
                Geometry::of_counts(g.capacity, [g.slots, g.stripes, g.buckets, g.caches, g.tag_heads, g.leases])
            );
            capacity = capacity * 3 / 2;
        }
    }

    #[test]
    fn a_hint_that_leaves_no_room_is_refused() {
        assert!(Geometry::new(1 << 20, 1_000_000).is_err());
        assert_eq!(Geometry::new(1 << 20, 4096).unwrap().buckets, 4096);
    }
}
