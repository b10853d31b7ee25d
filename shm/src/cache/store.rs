//! A store in one go: allocated, filled and published by one call. Most stores are of a value alone, without tags, windows or a condition; for
//! them this is [`Reserved`](super::Reserved) in one piece, with every step that is taken each time inlined. What the pieces would hand each
//! other through memory costs a third of a small store.
//!
//! The stores into the segment are the same, in the same order: see `docs/architecture.md`, "The life of a store".

use core::slice;

use super::reserved::{decide, fill_entry, plan_of, tidy_locked};
use super::types::{Mode, Now, Outcome, Spec, Value};
use super::{Cache, CacheId, inline, limits, pressure};
use crate::error::Result;
use crate::heap;
use crate::recover;
use crate::seat::Turn;
use crate::segment::Segment;
use crate::segment::access::OwnedBlock;
use crate::stats::Stat;
use crate::table::chain;
use crate::table::hash::Place;
use crate::tags;
use crate::word::Ordering;

impl Cache {
    /// Stores a value: as [`Cache::reserve`] and [`Reserved::publish`](super::Reserved::publish), in less time where it has neither tags nor windows. `fill` is given a payload's
    /// bytes and the address of the first of them in the read-only view; it must not panic. An inline value goes into the entry that is there, where
    /// [`Cache::overwrite`] can do that.
    ///
    /// # Errors
    /// As those.
    #[inline(always)]
    pub fn store(&self, spec: &Spec<'_>, mode: Mode, now: Now, fill: impl FnOnce(&mut [u8], u64)) -> Result<Outcome> {
        let is_plain = spec.tags.is_empty()
            && spec.stale.is_none()
            && !spec.pinned
            && spec.token.is_none()
            && spec.cache != CacheId::NULL
            && mode == Mode::Set;
        match spec.value {
            Value::Payload(len) if is_plain => set(self, spec, len, now, fill),
            Value::Inline { .. } if is_plain && inline::overwrite(self, spec, now)? => Ok(Outcome::Replaced),
            _ => in_steps(self, spec, mode, now, fill),
        }
    }
}

#[inline(never)]
fn in_steps(
    cache: &Cache,
    spec: &Spec<'_>,
    mode: Mode,
    now: Now,
    fill: impl FnOnce(&mut [u8], u64),
) -> Result<Outcome> {
    let mut reserved = cache.reserve(spec, now)?;
    if matches!(spec.value, Value::Payload(_)) {
        let address = reserved.address();
        fill(reserved.payload(), address);
    }
    reserved.publish(mode, now)
}

#[inline(always)]
fn set(cache: &Cache, spec: &Spec<'_>, len: usize, now: Now, fill: impl FnOnce(&mut [u8], u64)) -> Result<Outcome> {
    cache.refuse_frozen(spec.cache)?;
    let segment: &Segment = cache.segment();
    let plan = plan_of(segment, spec)?;
    let turn = cache.seat.turn()?;
    limits::admit(cache, &turn, slice::from_ref(spec), heap::most_bytes(plan.len), now)?;
    // Before the block is filled: the entry is not younger than what it was made from.
    let birth = segment.header().era.word.load(Ordering::Acquire);
    let place = cache.place(spec.cache, spec.key);
    let mut block = pressure::allocate(cache, &turn, plan.len, now)?;
    let address = segment.fixed_address(block.content::<super::Entry>().bytes() + plan.payload);
    let filled = fill_entry(segment, &mut block, spec, (plan, place), birth, now);
    let payload = filled.and_then(|()| segment.owned_bytes(&mut block, plan.payload, len));
    let failed = match payload {
        Ok(payload) => {
            fill(payload, address);
            None
        }
        Err(error) => Some(error),
    };
    let mut block = Some(block);
    let outcome = match failed {
        None => publish(cache, &turn, spec, place, &mut block, now),
        Some(error) => Err(error),
    };
    if let Some(block) = block {
        give_back(&turn, block);
    }
    outcome
}

/// Links the block that is filled, and takes it; leaves it where that fails.
#[inline(always)]
fn publish(
    cache: &Cache,
    turn: &Turn<'_>,
    spec: &Spec<'_>,
    place: Place,
    block: &mut Option<OwnedBlock>,
    now: Now,
) -> Result<Outcome> {
    let segment: &Segment = cache.segment();
    let by = turn.locker();
    let stripe = place.stripe(segment.geometry());
    let mut freed = Vec::new();
    let held = recover::lock_stripe(&by, stripe)?;
    // Under the lock: see `Cache::freeze`.
    cache.refuse_frozen(spec.cache)?;
    let old = chain::find_locked(segment, &held, place, spec.cache.0, spec.key)?;
    let (outcome, _) = decide(Mode::Set, old.as_ref(), now)?;
    {
        let lock;
        // By reference: to move a lock that is rarely there costs a stalled load.
        let tags = if old.and_then(|spot| spot.entry).is_some_and(|entry| entry.tag_count() != 0) {
            lock = tags::lock(&by)?;
            Some(&lock)
        } else {
            None
        };
        if let Some(block) = block.take() {
            chain::publish_locked(&by, &held, tags, place.bucket, old, block)?;
        }
    }
    cache.seat.count(Stat::Inserts);
    tidy_locked(cache, &by, &held, stripe, now, &mut freed);
    drop(held);
    turn.keep_or_give_back(&mut freed);
    cache.reap_if_seen(turn);
    Ok(outcome)
}

#[cold]
fn give_back(turn: &Turn<'_>, block: OwnedBlock) {
    turn.give_back(&mut vec![block]);
}
