//! Leases: who computes a key.

use core::mem::ManuallyDrop;
use core::time::Duration;

use super::{Cache, CacheId, Now};
use crate::config::GUEST_SLOTS;
use crate::error::{Error, Result};
use crate::lease::{self, Asked, Identity, Ticket, Token};
use crate::recover;
use crate::segment::Segment;

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
    token: Token,
}

impl LeaseGuard<'_> {
    /// A number that [`Cache::lease_release`] takes; the lease goes on without the guard.
    #[must_use]
    pub fn into_token(self) -> u64 {
        ManuallyDrop::new(self).token.0
    }
}

impl Drop for LeaseGuard<'_> {
    fn drop(&mut self) {
        self.cache.lease_release(self.token.0);
    }
}

impl Cache {
    /// Asks for the right to compute a key, for at most `for_ms`: then whoever asks next may take it over.
    ///
    /// # Errors
    /// The caller computes without a lease: `Full` where more is computed at once than the segment has leases, or where this process has no slot
    /// of its own; `Busy`.
    pub fn lease(&self, cache: CacheId, key: &[u8], for_ms: u64, now: Now) -> Result<Leased<'_>> {
        let segment: &Segment = self.segment();
        let Some(me) = self.seat.own() else {
            return Err(Error::Full {
                what: "process slots",
                limit: segment.geometry().slots.saturating_sub(GUEST_SLOTS),
            });
        };
        let identity = Identity::of(segment, cache, key);
        let asked = match lease::look(segment, identity, now.boot_ms) {
            Some(taken) => taken,
            None => {
                let turn = self.seat.turn()?;
                let held = recover::lock_stripe(&turn.locker(), identity.stripe(segment))?;
                lease::ask_locked(segment, &held, me, identity, now.boot_ms.saturating_add(for_ms), now.boot_ms)?
            }
        };
        Ok(match asked {
            Asked::Mine(token) => Leased::Mine(LeaseGuard { cache: self, token }),
            Asked::Taken { ticket, owner } => Leased::Taken { ticket: ticket.0, own: owner == me },
        })
    }

    /// Sleeps until the lease behind `ticket` was released, its holder has died or its deadline has passed, or `timeout_ms` is over;
    /// false for the last. Then look for the value, and ask again.
    pub fn lease_wait(&self, ticket: u64, timeout_ms: u64) -> bool {
        lease::wait(self.segment(), Ticket(ticket), Duration::from_millis(timeout_ms))
    }

    /// Releases a lease by its token; false where it was taken over in between.
    pub fn lease_release(&self, token: u64) -> bool {
        self.seat.own().is_some_and(|me| lease::release(self.segment(), me, Token(token)))
    }
}

impl Drop for Cache {
    fn drop(&mut self) {
        if let Some(me) = self.seat.own() {
            lease::release_all(self.segment(), me);
        }
    }
}
