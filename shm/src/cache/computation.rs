//! Computations, as the cache sees them: they begin, and their value comes a while later. What happened to the key meanwhile is newer than what they
//! have read, so it wins.
//!
//! | meanwhile the key was | the value is | how that is known |
//! |---|---|---|
//! | stored | not stored | a fresh entry is there ([`Mode::Computed`](super::Mode::Computed)) |
//! | invalidated, by a tag or with its cache | not stored | its birth is older ([`Begun::token`]) |
//! | marked stale so | stored as stale | the same |
//! | deleted | not stored | counted in the lease |
//! | marked stale itself | stored as stale | counted in the lease |
//!
//! Deletions leave nothing behind that could be looked at later, and are counted where the computation is known: in the lease that its process
//! has. Where it has none, or has lost it, the deletions of the whole stripe tell: the value of a computation that is older than the last one is not
//! stored. That is too much, but such computations are few.
//!
//! Who takes a lease and then reads, and who writes and then deletes, are a Dekker pair: the deletion finds the lease, or the computation finds
//! what was written. Each has a sequentially consistent fence between its two steps.

use super::types::{Era, Identity};
use super::{Cache, CacheId};
use crate::lease::{self, Deed, Token, Watch};
use crate::segment::Segment;
use crate::sync::locker::Locked;
use crate::table::stripe_of;
use crate::word::{Ordering, fence};

/// What was there when a computation began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Begun {
    token: Era,
    /// `Stripe::removals` of the key.
    removals: u32,
    lease: Option<(Token, Watch)>,
    old: Option<Identity>,
}

impl Begun {
    /// For [`Spec::token`](super::Spec::token).
    #[must_use]
    pub fn token(&self) -> Era {
        self.token
    }

    /// What it is to replace.
    #[must_use]
    pub fn old(&self) -> Option<Identity> {
        self.old
    }

    /// The computation is to replace this entry, also where it is fresh still.
    #[must_use]
    pub fn replacing(self, old: Option<Identity>) -> Self {
        Self { old, ..self }
    }
}

impl Cache {
    /// Begins the computation of a key's value: nothing that it is made from may have been read before. `lease` is the token of the key's lease, where
    /// the caller has it.
    #[must_use]
    pub fn begin(&self, cache: CacheId, key: &[u8], lease: Option<u64>) -> Begun {
        let segment: &Segment = self.segment();
        let stripe = self.place(cache, key).stripe(segment.geometry());
        let lease = lease.zip(self.seat.own()).and_then(|(token, me)| {
            let token = Token(token);
            lease::watch(segment, me, token).map(|watch| (token, watch))
        });
        Begun {
            token: self.token(),
            removals: segment.stripe(stripe).removals.load(Ordering::Acquire),
            lease,
            old: None,
        }
    }
}

/// What was done to a key since its computation began; under the lock of its stripe.
pub(super) fn since_locked(cache: &Cache, held: &Locked<'_>, begun: &Begun) -> crate::error::Result<Option<Deed>> {
    let segment: &Segment = cache.segment();
    if let (Some((token, before)), Some(me)) = (begun.lease, cache.seat.own())
        && let Some(now) = lease::watch(segment, me, token)
    {
        return Ok(now.since(before));
    }
    let removals = segment.stripe(stripe_of(held)?).removals.load(Ordering::Relaxed);
    Ok((removals != begun.removals).then_some(Deed::Deleted))
}

/// Notes what is done to a key, for who computes it; under the lock of its stripe.
pub(super) fn note_locked(
    cache: &Cache,
    held: &Locked<'_>,
    id: CacheId,
    key: &[u8],
    deed: Deed,
) -> crate::error::Result<()> {
    let segment: &Segment = cache.segment();
    segment.stripe(stripe_of(held)?).removals.bump_owned(1);
    fence(Ordering::SeqCst);
    if segment.header().leases_held.load(Ordering::Acquire) != 0 {
        lease::note(segment, lease::Identity::of(segment, id, key), deed);
    }
    Ok(())
}
