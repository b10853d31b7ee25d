//! The fixed tables of a segment: stripes, leases, named caches, counters.

use crate::layout::Lock;
use crate::layout::blocks::{Entry, Node};
use crate::offset::OffWord;
use crate::word::{Word32, Word64};

/// One writer lock, and what belongs to it alone.
#[repr(C, align(64))]
#[derive(Debug)]
pub struct Stripe {
    /// Held by every writer to the stripe's buckets.
    pub lock: Lock,
    /// Unlinked blocks that readers may still look at, linked by `retire_next`; under `lock`.
    pub retired: OffWord<Node>,
    /// How many those are.
    pub retired_count: Word32,
    /// Their bytes.
    pub retired_bytes: Word64,
    /// Next bucket that eviction looks at.
    pub evict_hand: Word32,
    /// Next bucket that the reclaim of expired entries looks at.
    pub expire_hand: Word32,
    /// Retired blocks from which the next collection pays.
    pub collect_at: Word32,
    /// Retirements since the stripe last moved the era on.
    pub since_count: Word32,
    /// Their bytes.
    pub since_bytes: Word64,
    /// Retired bytes from which the next collection pays.
    pub collect_at_bytes: Word64,
    /// The part of `retired_bytes` that `Header::retired_bytes` has in it.
    pub reported: Word64,
    /// Next tag head, of the stripe's share, that is looked at for records that nobody needs.
    pub tag_hand: Word64,
    /// The entry whose word is sealed, with all below (see `table::seal`); under `lock`, read without.
    pub sealed: OffWord<Entry>,
    /// How often one was.
    pub seals: Word32,
    /// The value of the sealed entry.
    pub sealed_value: Word64,
    /// How often a key was deleted or marked stale, whether or not it was there; under `lock`, read without (see `cache::computation`).
    pub removals: Word32,
    /// Retirements beyond the fewest after which the era moves on next (see `table::retire`).
    pub era_more: Word32,
    /// Padding.
    pub pad: [Word32; 8],
}

/// Who computes a key now (see `lease`).
#[repr(C, align(64))]
#[derive(Debug)]
pub struct Lease {
    /// Holder's slot index plus one (lower 16 bits; 0 is free) and how often the lease was given out (upper 48).
    pub state: Word64,
    /// 128-bit hash of cache and key, low half. Written by the holder, as the two below.
    pub key_lo: Word64,
    /// High half.
    pub key_hi: Word64,
    /// Boot time in ms after which anybody who wants the key may take the lease.
    pub deadline: Word64,
    /// Changes whenever the lease is given back or taken over; waiters sleep on it.
    pub turn: Word32,
    /// The turn that followed the last one that ended without a value, and was to: who waited for it need not wait for the next.
    pub barren: Word32,
    /// How often a key was deleted while it had this lease, by whomever (see `cache::computation`).
    pub deleted: Word32,
    /// How often one was marked stale.
    pub refreshed: Word32,
    /// Padding.
    pub pad: [Word64; 2],
}

/// A named cache. Record 0 is the one behind `apcu_*`.
#[repr(C, align(64))]
#[derive(Debug)]
pub struct CacheRecord {
    /// 0 free, 1 in use.
    pub state: Word32,
    /// Length of the name in bytes.
    pub name_len: Word32,
    /// Entries born before this era are gone.
    pub dead: Word64,
    /// Entries born before this era are stale.
    pub stale: Word64,
    /// 1 where the cache is frozen.
    pub frozen: Word64,
    /// Default ttl in ms; 0 is none.
    pub ttl: Word64,
    /// Default stale window in ms.
    pub stale_window: Word64,
    /// Most bytes the cache may hold; 0 is no limit.
    pub quota: Word64,
    /// Option bits, given by `ext`.
    pub options: Word64,
    /// Name, NUL-padded.
    pub name: [Word64; 16],
    /// Fetches that found an entry, as far as they were reported. On another line than what every fetch reads, as all below.
    pub hits: Word64,
    /// Those that did not.
    pub misses: Word64,
    /// Entries evicted for room.
    pub evictions: Word64,
    /// Most bytes of entries that are never evicted, plus one; 0 is [`crate::caches::DEFAULT_PIN`].
    pub pin: Word64,
    /// Reserved; zero.
    pub reserved: [Word64; 4],
}

/// Entries and bytes of one cache in one stripe; written under the stripe's lock; one that its owner was changing when he died is put right (see `table::count`).
#[repr(C)]
#[derive(Debug)]
pub struct Counter {
    /// Low half of the cache's `dead` that the numbers below belong to; another one means they are zero.
    pub flush: Word32,
    /// Entries.
    pub entries: Word32,
    /// Bytes of their blocks.
    pub bytes: Word64,
    /// The part of `bytes` that is never evicted.
    pub pinned: Word64,
}
