//! Named caches and tags.

use super::{Cache, CacheId, Hit, Now};
use crate::error::Result;

impl Cache {
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
}
