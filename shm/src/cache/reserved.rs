//! A block on its way into the table.

use core::slice;

use super::types::{Identity, Mode, Now, Outcome, Spec, Value};
use super::{Cache, CacheId, computation, limits, pressure, tags};
use crate::error::{Error, Result, corrupt};
use crate::heap;
use crate::layout::{Entry, Node, StaleTail};
use crate::lease::Deed;
use crate::offset::Off;
use crate::reclaim;
use crate::recover;
use crate::seat::Turn;
use crate::segment::Segment;
use crate::segment::access::OwnedBlock;
use crate::stats::Stat;
use crate::sync::SlotId;
use crate::sync::locker::{Locked, Locker};
use crate::table::chain::{self, Spot};
use crate::table::entry::{MAX_TAGS, Plan, State, View, inline_shape};
use crate::table::hash::Place;
use crate::table::hits::{self, Past};
use crate::table::seal::Seal;
use crate::table::{expire, retire};
use crate::tags::{Name, Names, record};
use crate::word::{Ordering, fence};

/// Every so many stores, as many buckets are looked through for expired entries: it costs a cache miss for each entry.
const EXPIRE_EVERY: u32 = 8;

/// How often the records of an entry's tags are made, should they go as fast.
const TRIES: u32 = 8;

/// A block with header, key and room for the payload: private until [`Reserved::publish`], given back when dropped.
#[derive(Debug)]
pub struct Reserved<'c> {
    cache: &'c Cache,
    turn: Turn<'c>,
    /// None once it was published or given back.
    block: Option<OwnedBlock>,
    /// The slot that owns the block.
    owner: SlotId,
    plan: Plan,
    place: Place,
    payload_len: usize,
    tags: Names,
    /// See [`Spec::token`].
    has_token: bool,
}

/// An entry that is to be published, as it will be found.
#[derive(Debug)]
pub(super) struct Mark {
    pub cache: CacheId,
    pub is_tagged: bool,
    pub place: Place,
    pub link: Off<Node>,
    pub identity: u64,
}

impl<'c> Reserved<'c> {
    /// See [`Cache::reserve`].
    pub(super) fn new(cache: &'c Cache, spec: &Spec<'_>, now: Now) -> Result<Self> {
        cache.refuse_frozen(spec.cache)?;
        let plan = plan_of(cache.segment(), spec)?;
        let turn = cache.seat.turn()?;
        limits::admit(cache, &turn, slice::from_ref(spec), heap::most_bytes(plan.len), now)?;
        Self::with(cache, turn, spec, plan, now)
    }

    /// The same for an entry that the cache's limits allow.
    pub(super) fn admitted(cache: &'c Cache, spec: &Spec<'_>, now: Now) -> Result<Self> {
        Self::with(cache, cache.seat.turn()?, spec, plan_of(cache.segment(), spec)?, now)
    }

    #[inline(always)]
    fn with(cache: &'c Cache, turn: Turn<'c>, spec: &Spec<'_>, plan: Plan, now: Now) -> Result<Self> {
        let segment: &Segment = cache.segment();
        let payload_len = payload_len(spec);
        // Before the block is filled: the entry is not younger than what it was made from.
        let era = segment.header().era.word.load(Ordering::Acquire);
        let birth = spec.token.map_or(era, |token| token.0.min(era));
        let block = pressure::allocate(cache, &turn, plan.len, now)?;
        let place = cache.place(spec.cache, spec.key);
        let owner = turn.locker().me();
        let tags = Names::new(spec.cache, spec.tags);
        let mut reserved = Self {
            cache,
            turn,
            block: Some(block),
            owner,
            plan,
            place,
            payload_len,
            tags,
            has_token: spec.token.is_some(),
        };
        reserved.fill(spec, birth, now)?;
        Ok(reserved)
    }

    /// The payload's bytes, to be filled, 8-aligned.
    pub fn payload(&mut self) -> &mut [u8] {
        if self.turn.locker().me() != self.owner {
            return &mut [];
        }
        let (segment, at, len) = (self.cache.segment(), self.plan.payload, self.payload_len);
        self.block.as_mut().and_then(|block| segment.owned_bytes(block, at, len).ok()).unwrap_or_default()
    }

    /// Address that the payload will have in the read-only view of every process that has it at its fixed place.
    #[must_use]
    pub fn address(&self) -> u64 {
        let at = self.block.as_ref().map_or(0, |block| block.content::<Entry>().bytes());
        self.cache.segment().fixed_address(at + self.plan.payload)
    }

    /// Notes how long the value's computation took, in ms: for [`crate::early`]. Without effect where [`Spec::stale`] is none.
    pub fn set_cost(&mut self, ms: u64) {
        let segment: &Segment = self.cache.segment();
        let Some(block) = self.block.as_ref().filter(|_| self.turn.locker().me() == self.owner) else { return };
        if let Ok(Some(tail)) = View::new(segment, block.content()).and_then(|view| view.stale_tail()) {
            tail.cost.store(ms, Ordering::Relaxed);
        }
    }

    /// By which it is found once it was published.
    pub(super) fn mark(&self) -> Result<Mark> {
        let block = self.block.as_ref().ok_or(Error::Corrupt("a block was given back before it was published"))?;
        let view = View::new(self.cache.segment(), block.content())?;
        Ok(Mark {
            cache: CacheId(view.cache()),
            place: self.place,
            link: view.link(),
            identity: view.identity(),
            is_tagged: view.tag_count() != 0,
        })
    }

    /// Makes the entry visible to everybody, or not, as `mode` says.
    ///
    /// # Errors
    /// `Busy`, `Frozen`; `NoSpace` and `DirectoryFull` where an entry has tags that nobody had before. The old state stays.
    pub fn publish(mut self, mode: Mode, now: Now) -> Result<Outcome> {
        let segment: &Segment = self.cache.segment();
        let Some(block) = self.block.as_ref().filter(|_| self.turn.locker().me() == self.owner) else {
            return Err(Error::Corrupt("a block is published by a process that does not own it"));
        };
        let view = View::new(segment, block.content())?;
        let id = CacheId(view.cache());
        if id == CacheId::NULL {
            return decide(mode, None, now).map(|(outcome, _)| outcome);
        }
        let by = self.turn.locker();
        let stripe = self.place.stripe(segment.geometry());
        let mut freed = Vec::new();
        let mut tries = TRIES;
        let outcome = loop {
            let held = recover::lock_stripe(&by, stripe)?;
            // Under the lock: see `Cache::freeze`.
            self.cache.refuse_frozen(id)?;
            let old = chain::find_locked(segment, &held, self.place, id.0, view.key()?)?;
            let (outcome, same) = decide(mode, old.as_ref(), now)?;
            let deed = match &mode {
                Mode::Computed(begun) => computation::since_locked(self.cache, &held, begun)?,
                _ => None,
            };
            if outcome == Outcome::Refused || deed == Some(Deed::Deleted) {
                return Ok(Outcome::Refused);
            }
            let tags = chain::lock_tags(&by, [Some(view), old.and_then(|spot| spot.entry)])?;
            let missing = match &tags {
                Some(tags) => record::name_locked(segment, tags, &view, &self.tags, now.boot_ms)?,
                None => Vec::new(),
            };
            if !missing.is_empty() {
                drop(tags);
                drop(held);
                tries = tries.checked_sub(1).ok_or(Error::NoSpace {
                    needed: missing.iter().map(Name::record_bytes).sum(),
                    capacity: segment.geometry().capacity,
                })?;
                missing.iter().try_for_each(|name| tags::make_record(self.cache, &self.turn, name, now))?;
                continue;
            }
            // Its birth and its records are known now. What was overtaken between two calls of ours, without a token, was stored before.
            if self.has_token && view.state(0)? == State::Dead {
                return Ok(Outcome::Refused);
            }
            if deed == Some(Deed::Refreshed) {
                view.entry().shape.fetch_or(Entry::MARKED, Ordering::Relaxed);
            }
            let seal = match (same, old.and_then(|spot| spot.entry)) {
                (Some(identity), Some(old)) => match identity.seal_locked(segment, &held, &old)? {
                    None => return Ok(Outcome::Refused),
                    seal => seal,
                },
                _ => None,
            };
            if let (Mode::IfSame(_), Some(old)) = (mode, old.and_then(|spot| spot.entry)) {
                view.take_terms_of(&old)?;
            }
            let Some(block) = self.block.take() else { return Ok(Outcome::Refused) };
            chain::publish_locked(&by, &held, tags.as_ref(), self.place.bucket, old, block)?;
            if let Some(seal) = seal {
                seal.keep();
            }
            drop(tags);
            self.cache.seat.count(Stat::Inserts);
            tidy_locked(self.cache, &by, &held, stripe, now, &mut freed);
            break outcome;
        };
        self.turn.keep_or_give_back(&mut freed);
        self.cache.reap_if_seen(&self.turn);
        Ok(outcome)
    }

    fn fill(&mut self, spec: &Spec<'_>, birth: u64, now: Now) -> Result<()> {
        let Some(block) = &mut self.block else { return Ok(()) };
        fill_entry(self.cache.segment(), block, spec, (self.plan, self.place), birth, now)
    }
}

impl Drop for Reserved<'_> {
    fn drop(&mut self) {
        // A forked child has inherited the struct, not the block.
        if self.turn.locker().me() == self.owner
            && let Some(block) = self.block.take()
        {
            self.turn.give_back(&mut vec![block]);
        }
    }
}

fn payload_len(spec: &Spec<'_>) -> usize {
    match spec.value {
        Value::Inline { .. } => 0,
        Value::Payload(len) => len,
    }
}

/// Writes all of an entry but its payload.
#[inline(always)]
pub(super) fn fill_entry(
    segment: &Segment,
    block: &mut OwnedBlock,
    spec: &Spec<'_>,
    (plan, place): (Plan, Place),
    birth: u64,
    now: Now,
) -> Result<()> {
    let off: Off<Entry> = block.content();
    // A glance at what the block was before, if it sees what is written now, sees that the era has moved.
    fence(Ordering::Release);
    segment.owned_bytes(block, Plan::KEY, spec.key.len())?.copy_from_slice(spec.key);

    let entry = segment.at(off)?;
    let second = (now.boot_ms / 1000) as u32;
    let (value, mut shape) = match spec.value {
        Value::Inline { word, integer } => (word, inline_shape(spec.kind, integer)),
        Value::Payload(len) => (len as u64, u32::from(spec.kind)),
    };
    shape |= (spec.tags.len() as u32) << Entry::TAGS_SHIFT;
    if spec.pinned {
        shape |= Entry::PINNED;
    }
    if let Some((until, if_error)) = spec.stale {
        shape |= Entry::HAS_STALE;
        let at = Off::<StaleTail>::from_bytes(off.bytes() + plan.tail);
        let tail = segment.at(at.ok_or_else(|| corrupt("a block lies outside of the segment"))?)?;
        tail.until.store(until, Ordering::Relaxed);
        tail.if_error.store(if_error, Ordering::Relaxed);
        tail.cost.store(0, Ordering::Relaxed);
    }
    let clock = hits::clock(segment);
    entry.node.hash.store(place.upper, Ordering::Relaxed);
    entry.node.birth.store(birth | u64::from(spec.cache.0) << reclaim::ERA_BITS, Ordering::Relaxed);
    entry.node.retire_era.store(0, Ordering::Relaxed);
    entry.expires.store(spec.expires, Ordering::Relaxed);
    entry.created.store(now.wall_s, Ordering::Relaxed);
    entry.modified.store(now.wall_s, Ordering::Relaxed);
    entry.accessed.store(second, Ordering::Relaxed);
    entry.hits.store(hits::none_at(clock, Past::NONE), Ordering::Relaxed);
    entry.key_len.store(spec.key.len() as u32, Ordering::Relaxed);
    entry.shape.store(shape, Ordering::Relaxed);
    entry.value.store(value, Ordering::Relaxed);
    Ok(())
}

/// What a store does for others, under its stripe's lock, after its own entry is published: whatever keeps it from being done, the next one does it.
#[inline(always)]
pub(super) fn tidy_locked(
    cache: &Cache,
    by: &Locker<'_>,
    held: &Locked<'_>,
    stripe: u32,
    now: Now,
    freed: &mut Vec<OwnedBlock>,
) {
    let segment = by.segment();
    let count = cache.stores.get();
    cache.stores.set(count.wrapping_add(1));
    if count.is_multiple_of(EXPIRE_EVERY) {
        sweep_locked(cache, by, held, now);
    }
    if retire::is_worthwhile(segment, segment.stripe(stripe)) {
        let _ = cache.collect(by, held, freed);
    }
}

#[inline(never)]
fn sweep_locked(cache: &Cache, by: &Locker<'_>, held: &Locked<'_>, now: Now) {
    let expired = expire::sweep_locked(by, held, EXPIRE_EVERY, |view| cache.is_gone(view, now));
    cache.seat.count_many(Stat::Expired, expired.unwrap_or(0).into());
}

/// The layout of the entry's block, where one of that size can exist.
#[inline]
pub(super) fn plan_of(segment: &Segment, spec: &Spec<'_>) -> Result<Plan> {
    let largest = crate::heap::largest(segment);
    let too_large = |needed| Error::TooLarge { needed, largest };
    if spec.tags.len() > MAX_TAGS {
        return Err(Error::Full { what: "tags of one entry", limit: MAX_TAGS as u32 });
    }
    let plan = Plan::new(spec.key.len() as u64, payload_len(spec) as u64, spec.stale.is_some(), spec.tags.len() as u64)
        .ok_or_else(|| too_large(u64::MAX))?;
    if plan.len > largest {
        return Err(too_large(plan.len));
    }
    Ok(plan)
}

/// What a publication comes to, given the entry that is linked now; and what that entry must be still when it is replaced.
#[inline(always)]
pub(super) fn decide(mode: Mode, old: Option<&Spot<'_>>, now: Now) -> Result<(Outcome, Option<Identity>)> {
    let old = old.and_then(|spot| spot.entry);
    let state = old.as_ref().map(|view| view.state(now.boot_ms)).transpose()?;
    let is_fresh = state == Some(State::Fresh);
    let (met, same) = match mode {
        Mode::Set => (true, None),
        Mode::Add => (!is_fresh, None),
        Mode::Replace => (is_fresh, None),
        Mode::IfSame(identity) => (is_fresh, Some(identity)),
        Mode::Computed(_) if !is_fresh => (true, None),
        Mode::Computed(begun) => (begun.old().is_some(), begun.old()),
    };
    let outcome = match state {
        _ if !met => Outcome::Refused,
        Some(State::Fresh | State::Stale) => Outcome::Replaced,
        Some(State::Expired | State::Dead) | None => Outcome::Inserted,
    };
    Ok((outcome, same))
}

impl Identity {
    /// Sees to it that a linked entry stays what this was found to be; none where it is another one by now.
    pub(super) fn seal_locked<'s>(
        self,
        segment: &'s Segment,
        held: &Locked<'_>,
        view: &View<'s>,
    ) -> Result<Option<Seal<'s>>> {
        if view.identity() == self.entry { Seal::put_locked(segment, held, view, self.word) } else { Ok(None) }
    }
}
