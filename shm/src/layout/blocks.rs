//! The heap, its blocks, and what they hold: entries and tag records.

use crate::layout::Lock;
use crate::offset::OffWord;
use crate::word::{Word32, Word64};

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
    /// Granules in free blocks below `committed`.
    pub free: Word32,
    /// Bit per first level that has a free block.
    pub first: Word32,
    /// The free block that ends at `committed`: what [`Block::PREV_FREE`] would say in the block after the last.
    pub last_free: OffWord<Block>,
    /// The block that the next search for a run to clear starts at.
    pub clear_hand: OffWord<Block>,
    /// How often lists were rebuilt from the spans.
    pub rebuilds: Word32,
    /// 1 while they are: whoever takes the lock over then has to do it again.
    pub rebuilding: Word32,
    /// The operation under way (see `heap::operation`): the free blocks that it joins or splits, as one run: offset, and granules in the upper half.
    pub run: Word64,
    /// The block in the run that it allocates or frees, likewise.
    pub block: Word64,
    /// What it is, in whose name, and the count of free granules; 0 is none. Stored after the two above.
    pub operation: Word64,
    /// Bit per second level, a word per first level.
    pub second: [Word32; FIRST_LEVELS],
    /// How many operations of the dead were settled.
    pub settled: Word32,
    /// Padding.
    pub pad2: Word32,
    /// Padding.
    pub pad3: [Word64; 7],
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
    /// Hits, exact while small, sampled above (13 bits); what is known of the key from before (3); eviction clock at the last hit (16). See `table::hits`.
    pub hits: Word32,
    /// Length of the key in bytes.
    pub key_len: Word32,
    /// Kind of value (lower 8 bits, given by `ext`), flags ([`Entry::HAS_STALE`], ...), number of tags (upper 16).
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
    /// In `value` of an integer: nobody may change it any more (see `table::seal`). As good as any number that no program counts up to; small enough to
    /// be part of an instruction.
    pub const SEALED: u64 = -0x6c5b_3a19_i64 as u64;
    /// Bits of `shape` that hold the kind.
    pub const KIND: u32 = 0xff;
    /// Where the number of tags starts in `shape`.
    pub const TAGS_SHIFT: u32 = 16;
}

/// Until when an entry may be served stale, and what it has cost.
#[repr(C)]
#[derive(Debug)]
pub struct StaleTail {
    /// Boot time in ms from which the entry is gone; of one that never expires, the length of its window in ms, for when it is to expire after all.
    pub until: Word64,
    /// Window in ms after that, for when the recomputation fails (0: none).
    pub if_error: Word64,
    /// Time in ms that the computation took; 0 where nobody has measured it.
    pub cost: Word64,
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
    /// Boot time in ms after which those that began them are taken for dead (lower 48 bits), and how often some were (upper 16).
    pub dirty_until: Word64,
    /// Boot time in ms since when the record was seen without members; 0 is "not seen so".
    pub idle_since: Word64,
}
