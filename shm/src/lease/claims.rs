//! The table of leases: finding a key's, claiming it, waiting for it, giving it back.

use core::time::Duration;
use std::time::Instant;

use xxhash_rust::xxh3::Xxh3;

use super::State;
use crate::caches::CacheId;
use crate::error::{Error, Result};
use crate::layout::Lease;
use crate::segment::Segment;
use crate::sync::locker::{Locked, Which};
use crate::sync::{SlotId, futex, slot};
use crate::word::Ordering::{AcqRel, Acquire, Relaxed, Release};
use crate::word::fence;

/// Places in which an identity may have its lease, as long as there was one free among them for everybody; then twice as many, and so on.
pub const WINDOW: u32 = 16;

/// Longest sleep of a waiter between two looks at the holder.
pub const SLICE: Duration = Duration::from_millis(20);

/// Tells the names of locks from keys.
const LOCKS: u64 = 0x6c6f_636b_735f_5f5f;

/// What a lease is found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity(u128);

/// Where a lease lies and which hand-over of it is meant: what its holder releases it by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token(pub u64);

/// Where a lease lies and how many turns it has had: what a waiter waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket(pub u64);

/// What is done to a key while somebody computes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// It is deleted.
    Deleted,
    /// It is marked stale.
    Refreshed,
}

/// How often each was done (see [`watch`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watch {
    deleted: u32,
    refreshed: u32,
}

impl Watch {
    /// What was done since `before`; to delete counts for more.
    #[must_use]
    pub fn since(self, before: Self) -> Option<Deed> {
        if self == before {
            None
        } else if self.deleted == before.deleted {
            Some(Deed::Refreshed)
        } else {
            Some(Deed::Deleted)
        }
    }
}

/// Who computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// The asker.
    Mine(Token),
    /// Somebody else, or the asker's own thread already.
    Taken {
        /// For [`wait`].
        ticket: Ticket,
        /// Whose lease it is.
        owner: SlotId,
    },
}

impl Identity {
    /// Of the computation of a key of a cache.
    #[must_use]
    pub fn of(segment: &Segment, cache: CacheId, key: &[u8]) -> Self {
        Self::seeded(segment.header().hash_seed.load(Relaxed), cache, key)
    }

    /// Of a lock: names of locks and keys are not the same names.
    #[must_use]
    pub fn of_lock(segment: &Segment, cache: CacheId, name: &[u8]) -> Self {
        Self::seeded(segment.header().hash_seed.load(Relaxed) ^ LOCKS, cache, name)
    }

    fn seeded(seed: u64, cache: CacheId, key: &[u8]) -> Self {
        let mut hash = Xxh3::with_seed(seed);
        hash.update(&cache.0.to_le_bytes());
        hash.update(key);
        Self(hash.digest128())
    }

    /// The stripe whose lock orders the claims of this identity.
    #[must_use]
    pub fn stripe(self, segment: &Segment) -> u32 {
        self.low() as u32 & (segment.geometry().stripes - 1)
    }

    /// The leases that may be this identity's.
    fn window(self, segment: &Segment) -> impl Iterator<Item = (u32, &Lease)> {
        let leases = segment.geometry().leases;
        let home = self.high() as u32;
        (0..reach(segment)).map(move |i| home.wrapping_add(i) & (leases - 1)).map(|i| (i, segment.lease(i)))
    }

    /// Whether a lease in state `found` is this identity's.
    fn has(self, lease: &Lease, found: State) -> bool {
        found.owner().is_some()
            && !found.is_filling()
            && lease.key_lo.load(Relaxed) == self.low()
            && lease.key_hi.load(Relaxed) == self.high()
    }

    fn low(self) -> u64 {
        self.0 as u64
    }

    fn high(self) -> u64 {
        (self.0 >> 64) as u64
    }
}

/// Places from an identity's home on in which its lease may be.
fn reach(segment: &Segment) -> u32 {
    segment.header().lease_reach.load(Acquire).max(WINDOW).min(segment.geometry().leases)
}

/// Who computes at boot time `now_ms`, as far as can be seen without a lock; none where it seems to be nobody.
#[must_use]
pub fn look(segment: &Segment, identity: Identity, now_ms: u64) -> Option<Asked> {
    identity.window(segment).find_map(|(i, lease)| {
        let ticket = Ticket::new(i, lease);
        let found = lease.look();
        (identity.has(lease, found) && is_computing(segment, lease, found, now_ms))
            .then_some(Asked::Taken { ticket, owner: found.owner()? })
    })
}

/// Takes the lease for `me` until boot time `deadline_ms`, unless somebody computes. `held` is the lock of [`Identity::stripe`].
///
/// # Errors
/// `Full` where every lease is taken.
pub fn ask_locked(
    segment: &Segment,
    held: &Locked<'_>,
    me: SlotId,
    identity: Identity,
    deadline_ms: u64,
    now_ms: u64,
) -> Result<Asked> {
    debug_assert_eq!(held.which(), Which::Stripe(identity.stripe(segment)));
    // Anew where another identity's claim takes the place that was found; there are not more places than that.
    for _ in 0..segment.geometry().leases {
        let mut place = None;
        for (i, lease) in identity.window(segment) {
            let ticket = Ticket::new(i, lease);
            let found = lease.look();
            if identity.has(lease, found) {
                if is_computing(segment, lease, found, now_ms)
                    && let Some(owner) = found.owner()
                {
                    return Ok(Asked::Taken { ticket, owner });
                }
                place = Some((i, lease, found));
                break;
            }
            if place.is_none() && found.owner().is_none_or(|owner| !slot::is_alive(segment, owner)) {
                place = Some((i, lease, found));
            }
        }
        let Some((i, lease, found)) = place else {
            let reach = reach(segment);
            if reach == segment.geometry().leases {
                break;
            }
            segment.header().lease_reach.fetch_max(reach * 2, AcqRel);
            continue;
        };
        // Counted before it is taken, so the count is never too low: a death in between leaves it too high.
        segment.header().leases_held.fetch_add(1, AcqRel);
        let mine = lease.take(found, me, |lease| {
            lease.key_lo.store(identity.low(), Relaxed);
            lease.key_hi.store(identity.high(), Relaxed);
            lease.deadline.store(deadline_ms, Relaxed);
        });
        if mine.is_none() || found.owner().is_some() {
            segment.header().leases_held.fetch_sub(1, AcqRel);
        }
        if let Some(mine) = mine {
            return Ok(Asked::Mine(Token::new(i, mine)));
        }
    }
    Err(Error::Full { what: "leases", limit: segment.geometry().leases })
}

/// Sleeps until the lease was released or taken over, its holder has died or its deadline has passed: then the caller looks for the value and
/// asks again. False where `timeout` was over first.
#[must_use]
pub fn wait(segment: &Segment, ticket: Ticket, timeout: Duration) -> bool {
    let Some((lease, turn)) = ticket.find(segment) else { return true };
    let start = Instant::now();
    loop {
        if lease.turn.load(Acquire) != turn {
            return true;
        }
        if !is_computing(segment, lease, lease.look(), futex::boot_ms()) {
            return true;
        }
        let left = timeout.saturating_sub(start.elapsed());
        if left.is_zero() {
            return false;
        }
        futex::wait(&lease.turn, turn, SLICE.min(left));
    }
}

/// Releases a lease of `me`; false where it was taken over in between.
pub fn release(segment: &Segment, me: SlotId, token: Token) -> bool {
    token.find(segment, me).is_some_and(|(lease, held)| give_back(segment, lease, held))
}

/// Releases a lease of `me` whose computation made no value that others could have; false where it was taken over in between.
pub fn release_barren(segment: &Segment, me: SlotId, token: Token) -> bool {
    token.find(segment, me).is_some_and(|(lease, held)| {
        if lease.look() == held {
            lease.barren.store(lease.turn.load(Relaxed).wrapping_add(1), Relaxed);
        }
        give_back(segment, lease, held)
    })
}

fn give_back(segment: &Segment, lease: &Lease, held: State) -> bool {
    let was_held = lease.give_back(held);
    if was_held {
        segment.header().leases_held.fetch_sub(1, AcqRel);
    }
    was_held
}

/// Whether what was waited for has ended by [`release_barren`].
#[must_use]
pub fn was_barren(segment: &Segment, ticket: Ticket) -> bool {
    ticket.find(segment).is_some_and(|(lease, turn)| {
        // The end of a turn is read before what was said of it.
        lease.turn.load(Acquire) != turn && lease.barren.load(Relaxed) == turn.wrapping_add(1)
    })
}

/// Whose lease a token of `me` stands for; none where it was taken over.
#[must_use]
pub fn identity(segment: &Segment, me: SlotId, token: Token) -> Option<Identity> {
    let (lease, held) = token.find(segment, me)?;
    let identity = u128::from(lease.key_hi.load(Relaxed)) << 64 | u128::from(lease.key_lo.load(Relaxed));
    // They were ours when they were read: only who takes a lease over writes them, and the state says so before.
    fence(Acquire);
    (lease.look() == held).then_some(Identity(identity))
}

/// Gives a lease of `me` another deadline; false where it was taken over. `held` is the lock of the stripe of its [`identity`]: who takes a
/// lease over from somebody alive holds it.
pub fn extend_locked(segment: &Segment, held: &Locked<'_>, me: SlotId, token: Token, deadline_ms: u64) -> bool {
    let Some((lease, state)) = token.find(segment, me) else { return false };
    debug_assert!(identity(segment, me, token).is_none_or(|of| held.which() == Which::Stripe(of.stripe(segment))));
    let is_mine = lease.look() == state;
    if is_mine {
        lease.deadline.store(deadline_ms, Relaxed);
    }
    is_mine
}

/// Whether the token's lease is still its holder's and in time.
#[must_use]
pub fn is_held(segment: &Segment, me: SlotId, token: Token, now_ms: u64) -> bool {
    token.find(segment, me).is_some_and(|(lease, held)| {
        // The state last: until then nobody has taken it over, so the deadline was ours.
        let in_time = now_ms < lease.deadline.load(Relaxed);
        fence(Acquire);
        in_time && lease.look() == held
    })
}

/// Releases every lease of a slot: one that is given up, or whose owner is dead. O(leases).
pub fn release_all(segment: &Segment, slot: SlotId) {
    for lease in (0..segment.geometry().leases).map(|i| segment.lease(i)) {
        let found = lease.look();
        if found.owner() == Some(slot) {
            give_back(segment, lease, found);
        }
    }
}

/// Counts what is done to the key of a lease that is held, if there is one.
pub fn note(segment: &Segment, identity: Identity, deed: Deed) {
    let held = identity.window(segment).map(|(_, lease)| lease).find(|lease| identity.has(lease, lease.look()));
    if let Some(lease) = held {
        let count = match deed {
            Deed::Deleted => &lease.deleted,
            Deed::Refreshed => &lease.refreshed,
        };
        count.fetch_add(1, Release);
    }
}

/// What was done so far to keys while they had the lease of `me`; none where it was taken over.
#[must_use]
pub fn watch(segment: &Segment, me: SlotId, token: Token) -> Option<Watch> {
    let (lease, held) = token.find(segment, me)?;
    let watch = Watch { deleted: lease.deleted.load(Acquire), refreshed: lease.refreshed.load(Acquire) };
    // The state last: until then the counts were ours.
    (lease.look() == held).then_some(watch)
}

/// Whether somebody computes, and lives, and is in time.
fn is_computing(segment: &Segment, lease: &Lease, found: State, boot_ms: u64) -> bool {
    found.owner().is_some_and(|owner| {
        !found.is_filling() && boot_ms < lease.deadline.load(Relaxed) && slot::is_alive(segment, owner)
    })
}

impl Token {
    fn new(index: u32, held: State) -> Self {
        // A segment has at most 4096 leases, and 2^48 serials last longer than the machine.
        Self(held.serial() << 16 | u64::from(index & 0xffff))
    }

    /// The lease, and the state in which it is still the token's.
    fn find(self, segment: &Segment, me: SlotId) -> Option<(&Lease, State)> {
        let index = self.0 as u32 & 0xffff;
        (index < segment.geometry().leases).then(|| (segment.lease(index), State::held(me, self.0 >> 16)))
    }
}

impl Ticket {
    fn new(index: u32, lease: &Lease) -> Self {
        Self(u64::from(index) << 32 | u64::from(lease.turn.load(Acquire)))
    }

    /// The lease, and the turn that is waited for to end.
    fn find(self, segment: &Segment) -> Option<(&Lease, u32)> {
        let index = (self.0 >> 32) as u32;
        (index < segment.geometry().leases).then(|| (segment.lease(index), self.0 as u32))
    }
}
