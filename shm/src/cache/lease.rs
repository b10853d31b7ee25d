//! Leases: who computes a key.

use super::{Cache, CacheId, Now};
use crate::error::Result;

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

impl Cache {
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
}
