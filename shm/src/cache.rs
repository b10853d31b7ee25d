//! The engine's face: what `ext`, `cli`, tests and benches call. A table of contents: each method names the steps and leaves them to the
//! modules below.
//!
//! A [`Cache`] is one thread's handle to a [`Segment`]; the segment is shared by all threads of a process.

use std::sync::Arc;

use crate::error::Result;
use crate::segment::Segment;

/// The time, given by the caller: the engine reads no clock but while it waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// `CLOCK_BOOTTIME` in ms.
    pub boot_ms: u64,
    /// Wall-clock seconds since 1970.
    pub wall_s: u32,
}

/// Number of a named cache; 0 is the one behind `apcu_*`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CacheId(pub u16);

impl CacheId {
    /// The cache behind `apcu_*`; it always exists.
    pub const APCU: Self = Self(0);
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
    /// Serve stale until this boot time in ms (0: no stale window), and for this many ms more after an error.
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
        /// Whether [`Cache::update_integer`] may change it.
        integer: bool,
    },
    /// So many bytes, written through [`Reserved::payload`].
    Payload(usize),
}

/// Which publication is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Insert or replace.
    Set,
    /// Only where no live entry has the key.
    Add,
    /// Only where a live entry has the key.
    Replace,
    /// Only where the live entry is the one with this identity (see [`Hit::identity`]).
    IfSame(u64),
}

/// What became of a publication.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// There was no live entry.
    Inserted,
    /// A live entry was replaced.
    Replaced,
    /// `Mode` was not met; the old state stays.
    Refused,
}

/// A block with header, key and room for the payload: private until [`Reserved::publish`], given back when dropped.
#[derive(Debug)]
pub struct Reserved<'c> {
    cache: &'c Cache,
}

impl Reserved<'_> {
    /// The payload's bytes, to be filled, 8-aligned.
    pub fn payload(&mut self) -> &mut [u8] {
        let _ = self.cache;
        todo!()
    }

    /// Address that the payload will have in the read-only view of every process that has it at its fixed place.
    #[must_use]
    pub fn address(&self) -> u64 {
        todo!()
    }

    /// Makes the entry visible to everybody, or not, as `mode` says.
    ///
    /// # Errors
    /// [`crate::error::Error::Busy`], [`crate::error::Error::Frozen`].
    pub fn publish(self, mode: Mode, now: Now) -> Result<Outcome> {
        let _ = (mode, now);
        todo!()
    }
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
    /// End of the stale window in boot ms; 0 is none.
    pub stale_until: u64,
    /// Bytes of the block.
    pub bytes: u64,
    /// Kind of value.
    pub kind: u8,
    /// Whether it is exempt from eviction.
    pub pinned: bool,
}

/// An entry found. Its payload is immutable and stays where it is while the hit lives; where [`Hit::keeps`] is true it
/// stays until [`Cache::end_request`].
#[derive(Debug)]
pub struct Hit<'c> {
    cache: &'c Cache,
}

impl<'c> Hit<'c> {
    /// Kind of value.
    #[must_use]
    pub fn kind(&self) -> u8 {
        let _ = self.cache;
        todo!()
    }

    /// The inline word (an atomic load).
    #[must_use]
    pub fn word(&self) -> u64 {
        todo!()
    }

    /// The payload in this process's read-only view; empty for inline values.
    #[must_use]
    pub fn payload(&self) -> &'c [u8] {
        todo!()
    }

    /// Whether the payload may be looked at until the end of the request: the segment lies at its fixed address, and the
    /// request's pin covers the entry. Where false, copy before the hit is dropped.
    #[must_use]
    pub fn keeps(&self) -> bool {
        todo!()
    }

    /// Fresh or stale.
    #[must_use]
    pub fn freshness(&self) -> Freshness {
        todo!()
    }

    /// A number that no other entry has at the same time, for [`Mode::IfSame`].
    #[must_use]
    pub fn identity(&self) -> u64 {
        todo!()
    }

    /// Metadata.
    #[must_use]
    pub fn meta(&self) -> Meta {
        todo!()
    }

    /// The key.
    #[must_use]
    pub fn key(&self) -> &'c [u8] {
        todo!()
    }

    /// Calls `f` with the name of each tag.
    pub fn tags(&self, f: &mut dyn FnMut(&[u8])) {
        let _ = f;
        todo!()
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
    /// No live entry.
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

/// Outcome of asking for a key's lease (see `lease`).
#[derive(Debug)]
pub enum Leased<'c> {
    /// The caller computes.
    Mine(LeaseGuard<'c>),
    /// Somebody else does.
    Taken {
        /// Pass it to [`Cache::lease_wait`].
        ticket: u64,
        /// The holder is this very thread: waiting would never end.
        own: bool,
    },
}

/// A lease held; dropping it frees the key. [`LeaseGuard::into_token`] lets it outlive the Rust frame.
#[derive(Debug)]
pub struct LeaseGuard<'c> {
    cache: &'c Cache,
}

impl LeaseGuard<'_> {
    /// A number that [`Cache::lease_release`] takes; the lease goes on without the guard.
    #[must_use]
    pub fn into_token(self) -> u64 {
        let _ = self.cache;
        todo!()
    }
}

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

/// One thread's handle to a segment: its slot, its pins. `!Sync`.
#[derive(Debug)]
pub struct Cache {
    segment: Arc<Segment>,
}

impl Cache {
    /// Takes a slot (or, where all are taken, becomes a guest: every operation borrows one, and hits do not keep).
    ///
    /// # Errors
    /// [`crate::error::Error::Busy`] where a dead slot's lock is held by a process that does not move.
    pub fn attach(segment: Arc<Segment>) -> Result<Self> {
        Ok(Self { segment })
    }

    /// The segment.
    #[must_use]
    pub fn segment(&self) -> &Arc<Segment> {
        &self.segment
    }

    /// Whether no slot was free.
    #[must_use]
    pub fn is_guest(&self) -> bool {
        todo!()
    }

    /// Limits of the request's pin; zero-copy is off where `keep` is false. `max_age_ms` 0 and `max_share` 0 are no limit.
    pub fn set_pin_policy(&mut self, keep: bool, max_age_ms: u64, max_share_percent: u8) {
        let _ = (keep, max_age_ms, max_share_percent);
        todo!()
    }

    /// Ends the request: what hits kept may be reused from now on. Needs `&mut`: no [`Hit`] can be alive.
    pub fn end_request(&mut self) {
        todo!()
    }

    /// The current era, as a token for [`Spec::token`].
    #[must_use]
    pub fn token(&self) -> Era {
        todo!()
    }

    /// Finds a live (or stale) entry and counts a hit or a miss.
    #[must_use]
    pub fn fetch(&self, cache: CacheId, key: &[u8], now: Now) -> Option<Hit<'_>> {
        let _ = (cache, key, now);
        todo!()
    }

    /// Whether a live entry has the key; counts like [`Cache::fetch`].
    #[must_use]
    pub fn exists(&self, cache: CacheId, key: &[u8], now: Now) -> bool {
        self.fetch(cache, key, now).is_some()
    }

    /// Finds an entry, an expired one included, and counts nothing: for reports.
    #[must_use]
    pub fn peek(&self, cache: CacheId, key: &[u8]) -> Option<Hit<'_>> {
        let _ = (cache, key);
        todo!()
    }

    /// Allocates a block and fills its header and key. Evicts where it must.
    ///
    /// # Errors
    /// `TooLarge`, `NoSpace`, `DirectoryFull`, `Busy`, `Frozen`.
    pub fn reserve(&self, spec: &Spec<'_>, now: Now) -> Result<Reserved<'_>> {
        let _ = (spec, now);
        todo!()
    }

    /// Changes an integer in place, without a lock.
    ///
    /// # Errors
    /// `Frozen`, `Busy`.
    pub fn update_integer(&self, cache: CacheId, key: &[u8], change: Change, now: Now) -> Result<Update> {
        let _ = (cache, key, change, now);
        todo!()
    }

    /// Gives an entry another expiry without rewriting it; false where there is none.
    ///
    /// # Errors
    /// `Frozen`, `Busy`.
    pub fn touch(&self, cache: CacheId, key: &[u8], expires: u64, stale_until: u64, now: Now) -> Result<bool> {
        let _ = (cache, key, expires, stale_until, now);
        todo!()
    }

    /// Removes an entry; true where one was linked, an expired one included.
    ///
    /// # Errors
    /// `Frozen`, `Busy`.
    pub fn delete(&self, cache: CacheId, key: &[u8]) -> Result<bool> {
        let _ = (cache, key);
        todo!()
    }

    /// Marks an entry stale; false where there is none.
    ///
    /// # Errors
    /// `Frozen`, `Busy`.
    pub fn refresh(&self, cache: CacheId, key: &[u8], now: Now) -> Result<bool> {
        let _ = (cache, key, now);
        todo!()
    }

    /// Makes every entry of a cache gone, for everybody at once. O(1).
    pub fn flush(&self, cache: CacheId) {
        let _ = cache;
        todo!()
    }

    /// Resets the statistics.
    pub fn reset_stats(&self, now: Now) {
        let _ = now;
        todo!()
    }

    /// The named cache, made if it is not there.
    ///
    /// # Errors
    /// `Full`, `Config` (name empty or longer than 128 bytes), `Busy`.
    pub fn open_cache(&self, name: &[u8]) -> Result<CacheId> {
        let _ = name;
        todo!()
    }

    /// Calls `f` with each named cache.
    pub fn caches(&self, f: &mut dyn FnMut(CacheId, &[u8])) {
        let _ = f;
        todo!()
    }

    /// Entries and bytes of a cache. O(stripes).
    #[must_use]
    pub fn usage(&self, cache: CacheId) -> (u64, u64) {
        let _ = cache;
        todo!()
    }

    /// Makes every entry with the tag gone. O(1).
    ///
    /// # Errors
    /// `Busy`, `NoSpace` (a record must be made for a tag never seen, so that tokens taken before are honoured).
    pub fn invalidate_tag(&self, cache: CacheId, tag: &[u8]) -> Result<()> {
        let _ = (cache, tag);
        todo!()
    }

    /// Marks every entry with the tag stale. O(1).
    ///
    /// # Errors
    /// As [`Cache::invalidate_tag`].
    pub fn refresh_tag(&self, cache: CacheId, tag: &[u8]) -> Result<()> {
        let _ = (cache, tag);
        todo!()
    }

    /// Calls `f` with each live entry of a tag; stops where it returns false.
    ///
    /// # Errors
    /// `Busy`.
    pub fn tagged(&self, cache: CacheId, tag: &[u8], now: Now, f: &mut dyn FnMut(&Hit<'_>) -> bool) -> Result<()> {
        let _ = (cache, tag, now, f);
        todo!()
    }

    /// Number of members of a tag. O(1); entries that are dead and not yet reclaimed count.
    ///
    /// # Errors
    /// `Busy`.
    pub fn count_tag(&self, cache: CacheId, tag: &[u8]) -> Result<u64> {
        let _ = (cache, tag);
        todo!()
    }

    /// Walks on from `cursor` through the buckets and calls `f` with each entry of `cache` that is not invalidated (the
    /// expired ones included), until `f` returned false and the bucket is done; none where the walk has ended. Takes no lock: an
    /// entry that lives throughout is seen exactly once.
    #[must_use]
    pub fn walk(&self, cache: CacheId, cursor: Cursor, f: &mut dyn FnMut(&Hit<'_>) -> bool) -> Option<Cursor> {
        let _ = (cache, cursor, f);
        todo!()
    }

    /// Reclaims a few expired and dead entries and collects retired blocks: after a response is sent. Bounded by `budget` buckets.
    pub fn tend(&self, now: Now, budget: u32) {
        let _ = (now, budget);
        todo!()
    }

    /// Asks for the right to compute a key.
    ///
    /// # Errors
    /// `Full`: more computations at once than the segment has leases; the caller computes without one.
    pub fn lease(&self, cache: CacheId, key: &[u8], deadline_ms: u64, now: Now) -> Result<Leased<'_>> {
        let _ = (cache, key, deadline_ms, now);
        todo!()
    }

    /// Sleeps until the lease behind `ticket` was released, its holder has died or its deadline has passed, or `timeout_ms` is over;
    /// false for the last.
    pub fn lease_wait(&self, ticket: u64, timeout_ms: u64) -> bool {
        let _ = (ticket, timeout_ms);
        todo!()
    }

    /// Releases a lease by its token; false where it was taken over in between.
    pub fn lease_release(&self, token: u64) -> bool {
        let _ = token;
        todo!()
    }

    /// Sums and sizes.
    #[must_use]
    pub fn stats(&self) -> Stats {
        todo!()
    }

    /// Free blocks as (bytes, offset), the not committed rest joined to its neighbour.
    ///
    /// # Errors
    /// `Busy`.
    pub fn free_blocks(&self) -> Result<Vec<(u64, u64)>> {
        todo!()
    }
}
