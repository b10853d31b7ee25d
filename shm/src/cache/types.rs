//! What goes in and out of a [`Cache`](super::Cache): plain values.

use core::num::NonZeroU64;

use super::Begun;
pub use crate::caches::CacheId;

/// The time, given by the caller: the engine reads no clock but while it waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// `CLOCK_BOOTTIME` in ms.
    pub boot_ms: u64,
    /// Wall-clock seconds since 1970.
    pub wall_s: u32,
}

/// Where a lookup has the time from. To read a clock may take as long as the rest of it, so it asks for no more than it needs.
pub trait Clock {
    /// The time.
    fn now(&self) -> Now;

    /// The time to the millisecond: [`Clock::now`] may be `TICK_MS` behind.
    #[inline]
    fn exactly(&self) -> Now {
        self.now()
    }

    /// A time at most `LAG_MS` ago.
    #[inline]
    fn lately(&self) -> Now {
        self.now()
    }
}

/// How far [`Clock::now`] may be behind: a tick of the slowest kernels.
pub const TICK_MS: u64 = 10;

/// A number that stands for one key, and for no other, until [`Cache::end_request`](super::Cache::end_request): to ask for the key again costs less
/// with it. The address of the key's bytes is one, where they cannot go away before that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Label(pub NonZeroU64);

/// How far [`Clock::lately`] may be behind.
pub const LAG_MS: u64 = 2000;

impl Clock for Now {
    #[inline]
    fn now(&self) -> Now {
        *self
    }
}

/// An era. As a token it orders a store against invalidations (see `docs/architecture.md`, Generations).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Era(pub u64);

/// What is known of an entry before its payload is written.
#[derive(Debug, Clone, Copy)]
pub struct Spec<'a> {
    /// The named cache.
    pub cache: CacheId,
    /// The key, any bytes, the empty one included.
    pub key: &'a [u8],
    /// Kind of value, the caller's own numbering.
    pub kind: u8,
    /// The value.
    pub value: Value,
    /// Boot time in ms of expiry; `u64::MAX` is never.
    pub expires: u64,
    /// Serve stale until this boot time in ms (see [`until`](super::until); no later than `expires`: no stale window), and for this many ms more
    /// after an error.
    pub stale: Option<(u64, u64)>,
    /// Names of tags, without duplicates.
    pub tags: &'a [&'a [u8]],
    /// Never evict.
    pub pinned: bool,
    /// Era before the value was computed; the current one where `None`.
    pub token: Option<Era>,
}

/// A value as the engine sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// Kept in the entry's word; `integer` ones can be changed in place.
    Inline {
        /// The word.
        word: u64,
        /// Whether [`Cache::update_integer`](super::Cache::update_integer) may change it.
        integer: bool,
    },
    /// So many bytes, written through [`Reserved::payload`](super::Reserved::payload).
    Payload(usize),
}

/// Which publication is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Insert or replace.
    Set,
    /// Only where no fresh entry has the key.
    Add,
    /// Only where a fresh entry has the key.
    Replace,
    /// Only where the fresh entry is the one with this identity (see [`Hit::identity`](super::Hit::identity)), whose expiry, windows and cost the
    /// new one takes over.
    IfSame(Identity),
    /// A value whose computation began so: only where no fresh entry has the key but the one to be replaced, and the key was not deleted since
    /// (see [`Cache::begin`](super::Cache::begin)). Where it was marked stale since, so is the new entry.
    Computed(Begun),
}

/// An entry at one moment: no other entry has the same at the same time, nor has this one while its value, if that is inline, is another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identity {
    pub(super) entry: u64,
    /// The inline value, or the payload's length.
    pub word: u64,
}

/// What became of a publication.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// There was no live entry.
    Inserted,
    /// A live entry was replaced.
    Replaced,
    /// `Mode` was not met, or the value is older than an invalidation (see [`Spec::token`]); the old state stays.
    Refused,
}

/// How old a hit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// Neither expired nor marked stale.
    Fresh,
    /// Past its expiry or marked, inside its stale window.
    Stale,
}

/// Metadata of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meta {
    /// Hits (exact while small).
    pub hits: u32,
    /// Wall-clock seconds of the store, the last change in place and the last access.
    pub created: u32,
    /// See `created`.
    pub modified: u32,
    /// See `created`.
    pub accessed: u32,
    /// Boot time in ms of expiry; `u64::MAX` is never.
    pub expires: u64,
    /// End of the stale window in boot ms; 0 is none. Of an entry that never expires, its length in ms.
    pub stale_until: u64,
    /// For how many ms more it may be served where computing it anew fails.
    pub if_error: u64,
    /// Time in ms that the computation took; 0 where nobody has measured it.
    pub cost: u64,
    /// Bytes of the block.
    pub bytes: u64,
    /// Kind of value.
    pub kind: u8,
    /// Whether it is exempt from eviction.
    pub pinned: bool,
}

impl Meta {
    /// Whether it has, or would have with an expiry, a stale window.
    #[must_use]
    pub fn has_window(&self) -> bool {
        self.stale_until != 0 && (self.expires == u64::MAX || self.stale_until > self.expires)
    }

    /// Whether the entry knows anything that [`Spec::stale`] or [`super::Reserved::set_cost`] gave it.
    #[must_use]
    pub fn has_tail(&self) -> bool {
        self.stale_until != 0 || self.if_error != 0 || self.cost != 0
    }
}

/// How an integer is changed in place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Add, wrapping.
    Add(i64),
    /// Add; [`Update::Overflow`] where it would wrap.
    CheckedAdd(i64),
    /// Replace the first by the second.
    Swap(i64, i64),
}

/// What became of a change in place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Update {
    /// Done; the new value.
    Done(i64),
    /// No fresh entry.
    Missing,
    /// The entry is not an integer.
    NotInteger,
    /// The value was another one ([`Change::Swap`]).
    Different,
    /// It would overflow ([`Change::CheckedAdd`]).
    Overflow,
}

/// Where a walk stands. Starts at `Default`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cursor(pub u32);

/// Sums over all slots, and the memory by state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stats {
    /// Fetches that found an entry.
    pub hits: u64,
    /// Fetches that did not.
    pub misses: u64,
    /// Entries published.
    pub inserts: u64,
    /// Entries evicted for room.
    pub evictions: u64,
    /// Expired entries reclaimed.
    pub expired: u64,
    /// Stores that failed for want of memory.
    pub failures: u64,
    /// Full wipes for want of memory: always 0, the engine does not do it.
    pub expunges: u64,
    /// Wall-clock second of the last reset of the statistics.
    pub since: u64,
    /// Live entries of all caches.
    pub entries: u64,
    /// Bytes of their blocks.
    pub entry_bytes: u64,
    /// Bytes for blocks in all (the heap's size).
    pub heap_bytes: u64,
    /// Free bytes, not committed ones included.
    pub free_bytes: u64,
    /// Bytes retired and not yet collected.
    pub retired_bytes: u64,
    /// Slots in use.
    pub processes: u32,
}
