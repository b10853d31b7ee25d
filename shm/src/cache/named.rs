//! A named cache as a whole: its settings, its counts, to flush and to freeze it.

use super::{Cache, CacheId};
use crate::caches::{self, Settings};
use crate::error::Result;
use crate::recover;
use crate::segment::Segment;
use crate::table::count;

impl Cache {
    /// Makes every entry of a cache gone, for everybody at once, and ends a freeze. O(1).
    pub fn flush(&self, cache: CacheId) {
        caches::flush(self.segment(), cache);
    }

    /// Marks every entry of a cache stale. O(1).
    pub fn refresh_all(&self, cache: CacheId) {
        caches::refresh(self.segment(), cache);
    }

    /// Hits, misses and evictions of a cache, since it was made. Hits and misses are those that were reported (see [`Cache::report_uses`]).
    #[must_use]
    pub fn cache_counts(&self, cache: CacheId) -> (u64, u64, u64) {
        caches::counts(self.segment(), cache)
    }

    /// Adds to a cache's hits and misses. The engine counts for each process, not for each cache: that would be a shared line, written on each
    /// hit. So whoever wants them for a cache counts for himself, and reports now and then.
    pub fn report_uses(&self, cache: CacheId, hits: u64, misses: u64) {
        caches::report_uses(self.segment(), cache, hits, misses);
    }

    /// Entries and bytes of a cache. O(stripes).
    #[must_use]
    pub fn usage(&self, cache: CacheId) -> (u64, u64) {
        let usage = count::usage(self.segment(), cache.0.into());
        (usage.entries, usage.bytes)
    }

    /// What is set for a cache, for everybody.
    #[must_use]
    pub fn settings(&self, cache: CacheId) -> Settings {
        caches::settings(self.segment(), cache)
    }

    /// [`Settings::options`] alone: one load.
    #[inline]
    #[must_use]
    pub fn option_bits(&self, cache: CacheId) -> u64 {
        caches::option_bits(self.segment(), cache)
    }

    /// Sets that, for everybody, from now on: entries that are there keep what they were stored with.
    pub fn configure(&self, cache: CacheId, settings: Settings) {
        caches::configure(self.segment(), cache, settings);
    }

    /// Makes a cache refuse writes until it is flushed, and serve what has expired. When this returns, no store can change it any more; a change
    /// of an integer in place that had begun still can. Eviction for room goes on. O(stripes).
    ///
    /// # Errors
    /// `Busy`: the cache is frozen, but a store that is under way may still come.
    pub fn freeze(&self, cache: CacheId) -> Result<()> {
        let segment: &Segment = self.segment();
        caches::freeze(segment, cache);
        let turn = self.seat.turn()?;
        for stripe in 0..segment.geometry().stripes {
            // Who published under this lock had looked whether the cache is frozen. Whoever comes now sees that it is.
            drop(recover::lock_stripe(&turn.locker(), stripe)?);
        }
        Ok(())
    }

    /// Whether a cache refuses writes.
    #[must_use]
    pub fn is_frozen(&self, cache: CacheId) -> bool {
        caches::is_frozen(self.segment(), cache)
    }

    /// Bytes of a cache's entries that are never evicted. O(stripes).
    #[must_use]
    pub fn pinned_bytes(&self, cache: CacheId) -> u64 {
        count::usage(self.segment(), cache.0.into()).pinned
    }
}
