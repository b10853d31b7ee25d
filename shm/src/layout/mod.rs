//! Everything that lies in a segment: each struct, its size, the magic and the layout id. Nothing else declares a field
//! on the segment.
//!
//! ```text
//! 0          Header, 4 KiB
//! slots      [Slot]         one for each attached process or thread
//! tallies    [Tally]        what each of them has done
//! resets     ResetControl   what resets have asked for, and how far each opcache is
//! stripes    [Stripe]       one for each writer lock; a stripe owns a run of buckets
//! leases     [Lease]        who computes which key now
//! caches     [CacheRecord]  the named caches
//! counters   [Counter]      what a cache has in a stripe, a row a stripe, a column a cache
//! tag heads  [OffWord<TagRecord>]
//! buckets    [OffWord<Entry>]
//! ghosts     [Word32]       what is remembered of keys that have left
//! heap ctl   HeapControl
//! heap       blocks, each a Block and what it holds, up to the end of the segment
//! ```
//!
//! A heap block holds an entry (`Block`, `Entry`, key, payload, tail) or a tag record (`Block`, `TagRecord`, name).
//! The tail of an entry is a `StaleTail`, if its shape says so, and then a `TagNode` for each of its tags.
//!
//! The structs stand in the files below by what they belong to: `process` (slots, resets), `tables` (stripes, leases, caches, counters), `blocks`
//! (the heap and what its blocks hold). Their sizes stand here.
//!
//! Invariant: every word is atomic, every bit pattern of every struct is valid, and nothing here has a destructor; so a
//! reference to any of these may be made anywhere in the mapping that is in bounds and aligned, whatever lies there.

mod blocks;
mod process;
mod tables;

pub use blocks::{
    Block, BlockState, Entry, FIRST_LEVELS, FreeLinks, FreeTail, HeapControl, Node, SECOND_LEVELS, StaleTail, TagNode,
    TagRecord,
};
pub use process::{KEPT_WORDS, OPCACHE_FIGURES, OPCACHES, Opcache, RESET_TEXTS, ResetControl, ResetText, Slot, Tally};
pub use tables::{CacheRecord, Counter, Lease, Stripe};

use core::mem::{align_of, size_of};

use crate::offset::OffWord;
use crate::word::{Word32, Word64};

/// First eight bytes of a segment.
pub const MAGIC: u64 = u64::from_le_bytes(*b"TROVE\x1a\r\n");

/// Changed by hand where the meaning of a field changes and its size does not.
const REVISION: u64 = 11;

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
    Tally: size 128, align 64;
    ResetControl: size 16512, align 64;
    ResetText: size 512, align 8;
    Opcache: size 256, align 64;
    Stripe: size 128, align 64;
    Lease: size 64, align 64;
    CacheRecord: size 256, align 64;
    Counter: size 24, align 8;
    HeapControl: size 4352, align 64;
    Block: size 8, align 4;
    FreeLinks: size 8, align 4;
    FreeTail: size 8, align 4;
    Node: size 24, align 8;
    Entry: size 64, align 8;
    TagRecord: size 80, align 8;
    TagNode: size 16, align 4;
    StaleTail: size 24, align 8;
    Lock: size 8, align 4;
    TagChange: size 32, align 8;
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
    /// How many leases are held; those of the dead count at times.
    pub leases_held: Word32,
    /// Places in which a key's lease may be (see `lease`); 0 is the least. Only grows.
    pub lease_reach: Word32,
    /// What is being changed under `tag_lock`.
    pub tag_change: TagChange,
    /// Reserved; zero.
    pub reserved: [Word64; 453],
}

/// A change of a tag's record or list (see `tags::change`). Under the tag lock.
#[repr(C)]
#[derive(Debug)]
pub struct TagChange {
    /// The tag; none where nothing is being changed. Stored last, cleared first.
    pub record: OffWord<TagRecord>,
    /// The node that is linked or unlinked; none where the tag is invalidated.
    pub node: OffWord<TagNode>,
    /// The node before it; itself where it is linked.
    pub prev: OffWord<TagNode>,
    /// `TagRecord::count` before.
    pub count: Word32,
    /// `TagRecord::flush` before.
    pub flush: Word32,
    /// How often all lists were computed anew.
    pub walks: Word32,
    /// `TagRecord::dead` before.
    pub dead: Word64,
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
