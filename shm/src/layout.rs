//! Everything that lies in a segment: each struct, its size, the magic and the layout id. Nothing else declares a field
//! on the segment.
//!
//! ```text
//! 0          Header, 4 KiB
//! slots      [Slot]         one for each attached process or thread
//! resets     ResetControl   what resets have asked for, and how far each opcache is
//! stripes    [Stripe]       one for each writer lock; a stripe owns a run of buckets
//! leases     [Lease]        who computes which key now
//! caches     [CacheRecord]  the named caches
//! counters   [Counter]      entries and bytes, a row a stripe, a column a cache
//! tag heads  [OffWord<TagRecord>]
//! buckets    [OffWord<Entry>]
//! heap ctl   HeapControl
//! heap       blocks, each a Block and what it holds, up to the end of the segment
//! ```
//!
//! A heap block holds an entry (`Block`, `Entry`, key, payload, tail) or a tag record (`Block`, `TagRecord`, name).
//! The tail of an entry is a `StaleTail`, if its shape says so, and then a `TagNode` for each of its tags.
//!
//! Invariant: every word is atomic, every bit pattern of every struct is valid, and nothing here has a destructor; so a
//! reference to any of these may be made anywhere in the mapping that is in bounds and aligned, whatever lies there.

use core::mem::{align_of, size_of};

use crate::offset::OffWord;
use crate::word::{Word32, Word64};

/// First eight bytes of a segment.
pub const MAGIC: u64 = u64::from_le_bytes(*b"TROVE\x1a\r\n");

/// Changed by hand where the meaning of a field changes and its size does not.
const REVISION: u64 = 2;

/// A type that may be viewed anywhere on the segment.
///
/// # Safety
/// - `repr(C)` or `repr(transparent)`, alignment at most 64, no padding that is read, no destructor.
/// - All fields are atomic words, or arrays of such: every bit pattern is valid, and a shared reference may coexist
///   with writes by other processes.
#[expect(unsafe_code, reason = "the declaration of the marker; its implementations stand in this module alone")]
pub unsafe trait OnSegment: Sized {}

macro_rules! on_segment {
    ($($name:ident: size $size:literal, align $align:literal;)*) => {
        $(
            // SAFETY: the struct is repr(C) and made of atomic words only (see its declaration in this module).
            #[expect(unsafe_code, reason = "the marker's promise is checked by reading the struct in this module")]
            unsafe impl OnSegment for $name {}
            const _: () = assert!(cfg!(trove_loom) || (size_of::<$name>() == $size && align_of::<$name>() == $align));
        )*
        const SIZES: &[usize] = &[$(size_of::<$name>(), align_of::<$name>()),*];
    };
}

on_segment! {
    Header: size 4096, align 64;
    Slot: size 512, align 64;
    ResetControl: size 16512, align 64;
    ResetText: size 512, align 8;
    Opcache: size 256, align 64;
    Stripe: size 128, align 64;
    Lease: size 64, align 64;
    CacheRecord: size 256, align 64;
    Counter: size 16, align 8;
    HeapControl: size 4352, align 64;
    Block: size 8, align 4;
    FreeLinks: size 8, align 4;
    FreeTail: size 8, align 4;
    Node: size 24, align 8;
    Entry: size 64, align 8;
    TagRecord: size 80, align 8;
    TagNode: size 16, align 4;
    StaleTail: size 16, align 8;
    Lock: size 8, align 4;
}

// SAFETY: transparent over one atomic word.
#[expect(unsafe_code, reason = "one atomic word")]
unsafe impl OnSegment for Word32 {}
// SAFETY: transparent over one atomic word.
#[expect(unsafe_code, reason = "one atomic word")]
unsafe impl OnSegment for Word64 {}
// SAFETY: transparent over one atomic word.
#[expect(unsafe_code, reason = "one atomic word")]
unsafe impl<T> OnSegment for OffWord<T> {}

/// Computed from the sizes of all structs, the libc's mutex and the revision: two builds that would read each other's
/// segments wrongly have different ids.
pub const LAYOUT_ID: u64 = {
    let mut id = 0xcbf2_9ce4_8422_2325 ^ REVISION;
    let mut i = 0;
    while i < SIZES.len() {
        id = (id ^ SIZES[i] as u64).wrapping_mul(0x0000_0100_0000_01b3);
        i += 1;
    }
    (id ^ size_of::<libc::pthread_mutex_t>() as u64).wrapping_mul(0x0000_0100_0000_01b3)
};

/// The segment's first page.
#[repr(C, align(64))]
#[derive(Debug)]
pub struct Header {
    /// [`MAGIC`].
    pub magic: Word64,
    /// [`LAYOUT_ID`].
    pub layout_id: Word64,
    /// The user's fingerprint (for PHP: API number, ZTS, debug), hashed.
    pub fingerprint: Word64,
    /// Size of the segment in bytes.
    pub capacity: Word64,
    /// Address of the read-only view in every process that can have it there.
    pub fixed_base: Word64,
    /// Seed of every hash in the segment.
    pub hash_seed: Word64,
    /// Hash of the kernel's boot id: boot time of another boot means nothing.
    pub boot_id: Word64,
    /// Wall-clock minus boot time at creation, in seconds.
    pub wall_offset: Word64,

    /// Number of [`Slot`]s; with the five below, all that the offsets are computed from.
    pub slots: Word32,
    /// Number of [`Stripe`]s, a power of two.
    pub stripes: Word32,
    /// Number of bucket heads, a power of two and a multiple of `stripes`.
    pub buckets: Word32,
    /// Number of [`CacheRecord`]s.
    pub caches: Word32,
    /// Number of tag heads, a power of two.
    pub tag_heads: Word32,
    /// Number of [`Lease`]s, a power of two.
    pub leases: Word32,
    /// 1 once creation has finished.
    pub ready: Word32,
    /// 1 where the segment was retired (a newer build replaced it): attach refuses.
    pub retired: Word32,
    /// Wall-clock second of creation.
    pub created: Word64,
    /// Fingerprint in words, NUL-padded, for people.
    pub fingerprint_text: [Word64; 8],

    /// The era: the one clock of births, retirements and invalidations. Alone on its line: every fetch reads it.
    pub era: EraLine,
    /// Highest slot index ever taken, plus one.
    pub slots_used: Word32,
    /// Next stripe that an eviction without a preference starts at.
    pub evict_stripe: Word32,
    /// Bytes in retire lists, all stripes (approximate between collections).
    pub retired_bytes: Word64,
    /// Highest `dead` or `stale` of a tag record that was dropped: a new record starts with it.
    pub forgotten: Word64,
    /// Guards creation of caches and every tag record and posting list.
    pub tag_lock: Lock,
    /// Counts of slots that were given back, by [`crate::stats`]'s order.
    pub totals: [Word64; 8],
    /// Subtracted from the sums: what was counted before the last reset of the statistics.
    pub baseline: [Word64; 8],
    /// Wall-clock second of the last reset of the statistics.
    pub stats_since: Word64,
    /// How often a forked child has taken over what its parent keeps (see `seat`).
    pub handovers: Word64,
    /// Reserved; zero.
    pub reserved: [Word64; 458],
}

/// The segment's clocks, alone on their cache line: every fetch reads them, and they move once for many stores.
#[repr(C, align(64))]
#[derive(Debug)]
pub struct EraLine {
    /// The era (see `reclaim`).
    pub word: Word64,
    /// Bytes retired since creation, told in batches: the clock of eviction.
    pub retired_total: Word64,
    /// Padding.
    pub pad: [Word64; 6],
}

/// A robust lock (see `sync`): who holds it, and how often it was taken over from the dead.
#[repr(C)]
#[derive(Debug)]
pub struct Lock {
    /// 0, or the holder's slot index plus one, with [`Lock::CONTENDED`] where somebody sleeps on it.
    pub word: Word32,
    /// Takeovers since creation.
    pub takeovers: Word32,
}

/// One attached process, or thread where PHP is thread-safe. Written by its owner; by others only when that is dead.
#[repr(C, align(64))]
#[derive(Debug)]
pub struct Slot {
    /// A robust `pthread_mutex_t` that the owner holds all its life: the kernel marks it when the owner dies.
    pub alive: [Word64; 5],
    /// Process id, in its own namespace; for reports.
    pub pid: Word32,
    /// Thread id, in its own namespace; for reports.
    pub tid: Word32,
    /// Start time in clock ticks since boot; for reports.
    pub start: Word64,
    /// The pid namespace's inode; for reports.
    pub pid_ns: Word64,

    /// First era in which the request has kept blocks; `u64::MAX` is "none".
    pub lo: Word64,
    /// Last such era.
    pub hi: Word64,
    /// Pinned interval, first era; `u64::MAX` is "none".
    pub now_lo: Word64,
    /// Pinned interval, last era.
    pub now_hi: Word64,
    /// Blocks that the owner has reserved and not published, linked by `retire_next`.
    pub held: OffWord<Node>,
    /// A block on its way into a table under a lock that the owner holds (see `recover`).
    pub incoming: OffWord<Node>,
    /// A block on its way out, likewise.
    pub outgoing: OffWord<Node>,
    /// Stripe whose lock is held or wanted, plus one.
    pub wants_stripe: Word32,
    /// 1 where the tag lock is held or wanted.
    pub wants_tags: Word32,
    /// 1 where the heap lock is held or wanted.
    pub wants_heap: Word32,
    /// 1 where the lock of the resets is held or wanted.
    pub wants_resets: Word32,
    /// SAPI of a PHP process, by `resets::SAPIS`; 0 where the owner is something else.
    pub sapi: Word32,

    /// Counters, by `stats::Stat`.
    pub counts: [Word64; 8],

    /// Generation of resets that the owner has applied.
    pub applied: Word64,
    /// Boot time in ms since when the owner is in a request; 0 while idle.
    pub request_since: Word64,
    /// Index of the owner's [`Opcache`] plus one; 0 is none.
    pub opcache: Word32,
    /// Bytes of the owner's realpath cache when it was last asked.
    pub realpath_bytes: Word32,
    /// Padding.
    pub pad: Word64,
    /// Pool label, NUL-padded.
    pub label: [Word64; 4],

    /// The blocks that the request keeps (see `reclaim::kept`).
    pub kept: [Word64; crate::reclaim::kept::WORDS],
}

/// Texts of resets that are kept.
pub const RESET_TEXTS: usize = 16;
/// Opcache instances that are told apart.
pub const OPCACHES: usize = 32;
/// Figures that an opcache reports.
pub const OPCACHE_FIGURES: usize = 24;

/// What resets have asked for (see `resets`). Written under `lock`, read without.
#[repr(C, align(64))]
#[derive(Debug)]
pub struct ResetControl {
    /// Generation of the last reset: what every request compares with what it has applied. Stored last.
    pub generation: Word64,
    /// Last number given to a reset, published or not: none is given twice.
    pub issued: Word64,
    /// Last generation that clears every stat and realpath cache; so for each word below.
    pub stat: Word64,
    /// That had a path to forget.
    pub stat_path: Word64,
    /// That makes processes resolve every path anew. Once it is not 0, all do, from their first request on.
    pub paths: Word64,
    /// That throws compiled code away.
    pub reset: Word64,
    /// That had a prefix of paths whose compiled code goes.
    pub invalidate: Word64,
    /// That asks for reports.
    pub report: Word64,
    /// Number of texts ever noted; the next goes where the oldest is.
    pub texts_noted: Word64,
    /// Guards all of this, and the making of [`Opcache`] records.
    pub lock: Lock,
    /// Padding.
    pub pad: [Word64; 6],
    /// The paths and prefixes of the last resets that had some.
    pub texts: [ResetText; RESET_TEXTS],
    /// Opcache instances: each of FPM's masters, Apache, and so on, has one of its own.
    pub opcaches: [Opcache; OPCACHES],
}

/// The text of a reset: paths, separated by NUL.
#[repr(C)]
#[derive(Debug)]
pub struct ResetText {
    /// Whose it is; 0 while it is written.
    pub generation: Word64,
    /// 0 a path to forget, 1 prefixes to invalidate.
    pub kind: Word32,
    /// Length in bytes.
    pub len: Word32,
    /// The bytes.
    pub bytes: [Word64; 62],
}

/// One opcache, which some processes share.
#[repr(C, align(64))]
#[derive(Debug)]
pub struct Opcache {
    /// Chosen at random by the process whose children share it; 0 is a free record. Under the lock of the resets.
    pub id: Word64,
    /// Generation up to which everything was done that one process does for all.
    pub done: Word64,
    /// Who does it now: the lower 16 bits are the slot's index plus one, 0 is nobody; above them, how often the claim was taken.
    pub claim: Word64,
    /// Generation that `outcome` is about.
    pub tried: Word64,
    /// How the last attempt ended, by `resets::Outcome`.
    pub outcome: Word32,
    /// 1 where code is preloaded, which no reset reaches.
    pub preloads: Word32,
    /// Boot time in ms when a process of it was last seen here.
    pub seen: Word64,
    /// Generation of the last request for reports that was answered. Stored after `figures`.
    pub reported: Word64,
    /// Wall-clock second of that.
    pub reported_at: Word64,
    /// What `opcache_get_status()` says, by `resets::Figure`.
    pub figures: [Word64; OPCACHE_FIGURES],
}

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
    /// Padding.
    pub pad: [Word64; 7],
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
    /// Padding.
    pub pad: Word32,
    /// Padding.
    pub pad2: [Word64; 3],
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
    /// Reserved; zero.
    pub reserved: [Word64; 8],
}

/// Entries and bytes of one cache in one stripe; written under the stripe's lock, counted anew when its owner died.
#[repr(C)]
#[derive(Debug)]
pub struct Counter {
    /// Low half of the cache's `dead` that the numbers below belong to; another one means they are zero.
    pub flush: Word32,
    /// Entries.
    pub entries: Word32,
    /// Bytes of their blocks.
    pub bytes: Word64,
}

/// Size classes of the heap, first level: powers of two of granules.
pub const FIRST_LEVELS: usize = 32;
/// Second level: equal parts of each first level.
pub const SECOND_LEVELS: usize = 32;

/// The heap's state (see `heap`); everything under `lock` but the counters, which anybody may read.
#[repr(C, align(64))]
#[derive(Debug)]
pub struct HeapControl {
    /// Guards the heap.
    pub lock: Lock,
    /// Bytes from the segment's start that are reserved from the file system.
    pub committed: Word64,
    /// Bytes in free blocks below `committed`.
    pub free: Word64,
    /// Bit per first level that has a free block.
    pub first: Word32,
    /// The free block that ends at `committed`: what [`Block::PREV_FREE`] would say in the block after the last.
    pub last_free: OffWord<Block>,
    /// The block that the next search for a run to clear starts at.
    pub clear_hand: OffWord<Block>,
    /// How often lists were rebuilt from the spans.
    pub rebuilds: Word32,
    /// Padding.
    pub pad2: [Word64; 3],
    /// Bit per second level, a word per first level.
    pub second: [Word32; FIRST_LEVELS],
    /// Padding.
    pub pad3: [Word64; 8],
    /// Heads of the free lists.
    pub heads: [[OffWord<Block>; SECOND_LEVELS]; FIRST_LEVELS],
}

/// Start of every heap block, free or not.
#[repr(C)]
#[derive(Debug)]
pub struct Block {
    /// Size in granules, this struct included, shifted left by two; [`Block::FREE`] and [`Block::PREV_FREE`].
    /// Under the heap lock.
    pub span: Word32,
    /// What the block is; see [`BlockState`]. Written by the block's owner, or under the lock of what it is linked in.
    pub state: Word32,
}

impl Block {
    /// The block is in a free list.
    pub const FREE: u32 = 1;
    /// The block before it is free, and its last four bytes hold its size in granules.
    pub const PREV_FREE: u32 = 2;
}

/// What a free block's content starts with: its neighbours in the list of its class. Under the heap lock.
#[repr(C)]
#[derive(Debug)]
pub struct FreeLinks {
    /// Next in the list.
    pub next: OffWord<Block>,
    /// The one before; none at the head.
    pub prev: OffWord<Block>,
}

/// A free block's last granule: what the block after it finds its start by. Under the heap lock.
#[repr(C)]
#[derive(Debug)]
pub struct FreeTail {
    /// Padding.
    pub pad: Word32,
    /// Size of the block in granules.
    pub granules: Word32,
}

/// What a block that is not free is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockState {
    /// In a free list.
    Free,
    /// Private to the slot with this index: being filled, or about to be freed.
    Owned(u16),
    /// An entry, in a bucket chain or in a retire list.
    Entry,
    /// A tag record, in a tag chain or in a retire list.
    Tag,
}

impl BlockState {
    /// As stored.
    #[must_use]
    pub fn raw(self) -> u32 {
        match self {
            Self::Free => 0,
            Self::Entry => 1,
            Self::Tag => 2,
            Self::Owned(slot) => 3 | u32::from(slot) << 8,
        }
    }

    /// From what is stored; none where that is no state.
    #[must_use]
    pub fn from_raw(raw: u32) -> Option<Self> {
        match raw {
            0 => Some(Self::Free),
            1 => Some(Self::Entry),
            2 => Some(Self::Tag),
            _ if raw & 0xff == 3 => u16::try_from(raw >> 8).ok().map(Self::Owned),
            _ => None,
        }
    }
}

/// What an entry and a tag record begin with: the chain, and what reclamation needs.
#[repr(C)]
#[derive(Debug)]
pub struct Node {
    /// Next in the chain.
    pub next: OffWord<Node>,
    /// Upper half of the 64-bit hash; the lower half chose the bucket.
    pub hash: Word32,
    /// Era of birth (lower 48 bits) and cache number (upper 16).
    pub birth: Word64,
    /// Next in a retire list or in a slot's `held`.
    pub retire_next: OffWord<Node>,
    /// Lower half of the era of retirement.
    pub retire_era: Word32,
}

/// An entry. The key follows, padded to a granule; then the payload, padded likewise; then the tail.
#[repr(C)]
#[derive(Debug)]
pub struct Entry {
    /// Chain, hash, birth, retirement.
    pub node: Node,
    /// Boot time in ms from which the entry is expired; `u64::MAX` is never.
    pub expires: Word64,
    /// Wall-clock second of the store.
    pub created: Word32,
    /// Boot-time second of the last hit (written at most once a second).
    pub accessed: Word32,
    /// Wall-clock second of the last change in place.
    pub modified: Word32,
    /// Lower half: hits, exact while small, sampled above. Upper half: eviction clock at the last hit (see `table::hits`).
    pub hits: Word32,
    /// Length of the key in bytes.
    pub key_len: Word32,
    /// Kind of value (lower 8 bits, given by `ext`), flags ([`Entry::HAS_STALE`], …), number of tags (upper 16).
    pub shape: Word32,
    /// The value itself where the kind is inline, else the payload's length in bytes.
    pub value: Word64,
}

impl Entry {
    /// In `shape`: the value is the word itself, and there is no payload.
    pub const INLINE: u32 = 1 << 8;
    /// In `shape`: an inline integer that may be changed in place.
    pub const INTEGER: u32 = 1 << 9;
    /// In `shape`: a [`StaleTail`] follows the payload.
    pub const HAS_STALE: u32 = 1 << 10;
    /// In `shape`: never evicted.
    pub const PINNED: u32 = 1 << 11;
    /// In `shape`: to be served as stale from now on.
    pub const MARKED: u32 = 1 << 12;
    /// Bits of `shape` that hold the kind.
    pub const KIND: u32 = 0xff;
    /// Where the number of tags starts in `shape`.
    pub const TAGS_SHIFT: u32 = 16;
}

/// Until when an entry may be served stale.
#[repr(C)]
#[derive(Debug)]
pub struct StaleTail {
    /// Boot time in ms from which the entry is gone.
    pub until: Word64,
    /// Window in ms after an exception in the recomputation (0: none).
    pub if_error: Word64,
}

/// An entry's membership in one tag.
#[repr(C)]
#[derive(Debug)]
pub struct TagNode {
    /// The tag.
    pub tag: OffWord<TagRecord>,
    /// Next member, which joined earlier. Changed under the tag lock, followed without; kept when the node leaves the list.
    pub next: OffWord<TagNode>,
    /// Member before, none at the head; the node itself where it is in no list. Under the tag lock.
    pub prev: OffWord<TagNode>,
    /// The entry it belongs to.
    pub entry: OffWord<Entry>,
}

/// A tag of one cache. The name follows.
#[repr(C)]
#[derive(Debug)]
pub struct TagRecord {
    /// Chain, hash, birth (with the cache number), retirement.
    pub node: Node,
    /// Entries born before this era are gone.
    pub dead: Word64,
    /// Entries born before this era are stale.
    pub stale: Word64,
    /// First member, the one that joined last. Changed under the tag lock, as all below.
    pub members: OffWord<TagNode>,
    /// Last member, the one that joined first.
    pub last: OffWord<TagNode>,
    /// Number of members that neither an invalidation of the tag nor a flush of the cache has made dead.
    pub count: Word32,
    /// Low half of the cache's `dead` that `count` belongs to; another one means it is zero.
    pub flush: Word32,
    /// Length of the name in bytes.
    pub name_len: Word32,
    /// Invalidations begun and not ended: while there are any, members are stale.
    pub dirty: Word32,
    /// Boot time in ms after which those that began them are taken for dead.
    pub dirty_until: Word64,
    /// Boot time in ms since when the record was seen without members; 0 is "not seen so".
    pub idle_since: Word64,
}
