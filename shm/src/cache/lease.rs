//! Leases: who computes a key, and who has a lock.

use core::mem::ManuallyDrop;
use core::time::Duration;

use super::{Cache, CacheId, Now};
use crate::config::GUEST_SLOTS;
use crate::error::{Error, Result};
use crate::lease::{self, Asked, Identity, Ticket, Token};
use crate::recover;
use crate::segment::Segment;
use crate::sync::SlotId;
use crate::word::Ordering::SeqCst;
use crate::word::fence;

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
    /// A number that [`Cache::lease_release`] takes; the lease goes on without the guard, at most until [`Cache::end_request`].
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
        self.ask(Identity::of(self.segment(), cache, key), for_ms, now)
    }

    /// Asks for a lock, for at most `for_ms`. Names of locks are not keys: neither the value of a key nor its computation has to do with them.
    ///
    /// # Errors
    /// As [`Cache::lease`]; there is no lock then.
    pub fn lock(&self, cache: CacheId, name: &[u8], for_ms: u64, now: Now) -> Result<Leased<'_>> {
        self.ask(Identity::of_lock(self.segment(), cache, name), for_ms, now)
    }

    fn ask(&self, identity: Identity, for_ms: u64, now: Now) -> Result<Leased<'_>> {
        let segment: &Segment = self.segment();
        let me = self.leaseholder()?;
        let asked = match lease::look(segment, identity, now.boot_ms) {
            Some(taken) => taken,
            None => {
                let turn = self.seat.turn()?;
                let held = recover::lock_stripe(&turn.locker(), identity.stripe(segment))?;
                let asked =
                    lease::ask_locked(segment, &held, me, identity, now.boot_ms.saturating_add(for_ms), now.boot_ms)?;
                // See `computation`.
                fence(SeqCst);
                asked
            }
        };
        Ok(match asked {
            Asked::Mine(token) => {
                self.leases.borrow_mut().push(token);
                Leased::Mine(LeaseGuard { cache: self, token })
            }
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
        self.leases.borrow_mut().retain(|held| held.0 != token);
        self.seat.own().is_some_and(|me| lease::release(self.segment(), me, Token(token)))
    }

    /// The same where the computation made no value that is to be shared: who waits for it now need not wait for the next
    /// (see [`Cache::lease_was_barren`]).
    pub fn lease_release_barren(&self, token: u64) -> bool {
        self.leases.borrow_mut().retain(|held| held.0 != token);
        self.seat.own().is_some_and(|me| lease::release_barren(self.segment(), me, Token(token)))
    }

    /// Whether the turn behind `ticket` has ended by [`Cache::lease_release_barren`].
    #[must_use]
    pub fn lease_was_barren(&self, ticket: u64) -> bool {
        lease::was_barren(self.segment(), Ticket(ticket))
    }

    /// Whether a lease is still its holder's, and in time.
    #[must_use]
    pub fn lease_is_held(&self, token: u64, now: Now) -> bool {
        self.seat.own().is_some_and(|me| lease::is_held(self.segment(), me, Token(token), now.boot_ms))
    }

    /// Lets a lease end `for_ms` from now, not when it was to; false where it was taken over. One whose time was over and that nobody took is
    /// held again.
    ///
    /// # Errors
    /// `Full` where this process has no slot of its own; `Busy`.
    pub fn lease_extend(&self, token: u64, for_ms: u64, now: Now) -> Result<bool> {
        let segment: &Segment = self.segment();
        let (me, token) = (self.leaseholder()?, Token(token));
        let Some(identity) = lease::identity(segment, me, token) else { return Ok(false) };
        let turn = self.seat.turn()?;
        let held = recover::lock_stripe(&turn.locker(), identity.stripe(segment))?;
        Ok(lease::extend_locked(segment, &held, me, token, now.boot_ms.saturating_add(for_ms)))
    }

    /// Releases what this thread holds.
    pub(super) fn release_leases(&self) {
        let left = self.leases.take();
        if let (false, Some(me)) = (left.is_empty(), self.seat.own()) {
            for token in left {
                lease::release(self.segment(), me, token);
            }
        }
    }

    fn leaseholder(&self) -> Result<SlotId> {
        let limit = self.segment().geometry().slots.saturating_sub(GUEST_SLOTS);
        self.seat.own().ok_or(Error::Full { what: "process slots", limit })
    }
}

impl Drop for Cache {
    fn drop(&mut self) {
        if let Some(me) = self.seat.own() {
            lease::release_all(self.segment(), me);
        }
    }
}
