//! Looking an entry up. Most lookups need no pin, whose fence would cost more than all the rest: a *glance* (see `reclaim`) is enough for what
//! is in the entry's words, and for payloads that the request keeps. What writes to an entry, or copies its payload, is pinned.
//!
//! The way of a glance is always inlined: where it is cut in pieces, what they hand on goes through memory, which takes a third as long again.

use super::types::{CacheId, Clock, Freshness, LAG_MS, Label, Now, TICK_MS};
use super::{Cache, Hit, windows};
use crate::error::Result;
use crate::layout::Entry;
use crate::reclaim::{self, Walk, kept};
use crate::recover;
use crate::seat::Brief;
use crate::segment::Segment;
use crate::stats::Stat;
use crate::table::entry::{State, View};
use crate::table::hash::Place;
use crate::table::{chain, hits, most_nodes};
use crate::word::Ordering;

/// Tags that are looked at in a glance: what says that there are more may be nonsense.
const MOST_TAGS: u32 = 32;

/// What [`Cache::glance`] has seen. A hit or a miss is counted, unless it is unclear.
#[derive(Debug, Clone, Copy)]
pub enum Glance<'c> {
    /// There is no entry.
    Missing,
    /// An inline value.
    Inline {
        /// Kind of value.
        kind: u8,
        /// The word.
        word: u64,
    },
    /// A payload that stays where it is until [`Cache::end_request`].
    Kept {
        /// Kind of value.
        kind: u8,
        /// The payload in the read-only view.
        payload: &'c [u8],
    },
    /// It takes a [`Cache::fetch`].
    Unclear,
}

/// Which entries count as found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Want {
    /// Those that are neither expired nor marked stale.
    Fresh,
    /// Stale ones as well.
    Stale,
}

impl Want {
    /// How old an entry in this state is; none where it does not count.
    #[inline]
    fn accept(self, state: Result<State>) -> Option<Freshness> {
        match state {
            Ok(State::Fresh) => Some(Freshness::Fresh),
            Ok(State::Stale) if self == Self::Stale => Some(Freshness::Stale),
            _ => None,
        }
    }
}

/// What a glance makes of an entry.
enum Seen {
    Inline {
        kind: u8,
        word: u64,
    },
    /// With its era of birth.
    Payload {
        birth: u64,
    },
    /// It has to be looked at under a pin.
    Involved,
}

/// See [`Cache::glance`].
#[inline(always)]
pub fn at_a_glance<'c>(
    cache: &'c Cache,
    id: CacheId,
    key: &[u8],
    label: Option<Label>,
    clock: impl Clock,
) -> Glance<'c> {
    let now = clock.lately();
    let place = cache.place(id, key);
    let era = cache.segment().header().era.word.load(Ordering::SeqCst);
    let Some(found) = glance(cache, place, id, key, era) else { return Glance::Unclear };
    let Some(found) = found else {
        cache.seat.count(Stat::Misses);
        return Glance::Missing;
    };
    let view = found.view;
    match found.confirm(see(cache, &view, now)) {
        Some(Seen::Inline { kind, word }) => {
            cache.seat.count(Stat::Hits);
            Glance::Inline { kind, word }
        }
        Some(Seen::Payload { birth }) if keep(cache, &view, birth, era, now, kept::MOST) => {
            // Only now can anything of the entry be read.
            note(cache, &view, now);
            cache.seat.count(Stat::Hits);
            if let Some(label) = label {
                cache.memo.add(label, id, place.bucket, view);
            }
            Glance::Kept { kind: view.kind(), payload: view.payload().unwrap_or_default() }
        }
        Some(Seen::Payload { .. } | Seen::Involved) | None => Glance::Unclear,
    }
}

/// See [`Cache::fetch`].
#[inline(never)]
pub fn fetch<'c>(
    cache: &'c Cache,
    place: Place,
    id: CacheId,
    key: &[u8],
    want: Want,
    clock: impl Clock,
) -> Option<Hit<'c>> {
    let now = clock.now();
    cache.seat.pins().set_time(now.boot_ms);
    if let Ok(Some((view, word, pin))) = find_value(cache, place, id, key) {
        let state = state(&view, now, &clock);
        let is_extended = || windows::is_extended(cache.segment(), &view, now).unwrap_or(false);
        let freshness = match state {
            Ok(State::Expired) if want == Want::Stale && is_extended() => Some(Freshness::Stale),
            state => want.accept(state),
        };
        if let Some(freshness) = freshness {
            note(cache, &view, now);
            cache.seat.count(Stat::Hits);
            return Some(Hit::new(cache, view, word, freshness, pin));
        }
    }
    cache.seat.count(Stat::Misses);
    None
}

/// See [`Cache::exists`].
#[inline]
pub fn exists(cache: &Cache, id: CacheId, key: &[u8], want: Want, clock: impl Clock) -> bool {
    let now = clock.lately();
    let place = cache.place(id, key);
    let era = cache.segment().header().era.word.load(Ordering::SeqCst);
    // Whether the entry is live, and its access was noted in this second already, or later by a clock that lags less.
    let is_noted = |view: &View<'_>| is_live(view, now) && view.entry().accessed.load(Ordering::Relaxed) >= second(now);
    match glance(cache, place, id, key, era) {
        Some(None) => return false,
        Some(Some(found)) if found.confirm(is_noted(&found.view)) == Some(true) => return true,
        Some(Some(_)) | None => {}
    }
    let now = clock.now();
    let Ok(Some((view, _pin))) = find(cache, place, id, key) else { return false };
    let is_live = want.accept(state(&view, now, &clock)).is_some();
    if is_live {
        hits::access(view.entry(), second(now));
    }
    is_live
}

/// What an entry is worth at `now`, which `clock` has told; or exactly now, where that may be another answer.
#[inline]
pub fn state(view: &View<'_>, now: Now, clock: &impl Clock) -> Result<State> {
    let left = view.entry().expires.load(Ordering::Relaxed).wrapping_sub(now.boot_ms);
    let now = if (1..=TICK_MS).contains(&left) { clock.exactly() } else { now };
    view.state(now.boot_ms)
}

/// Whether an entry may be served, as far as its own words tell, and a time of [`Clock::lately`]. Where not, it takes a pin and the exact time to
/// know.
#[inline]
pub fn is_live(view: &View<'_>, lately: Now) -> bool {
    let now_ms = lately.boot_ms + LAG_MS;
    view.is_plainly_fresh(now_ms)
        || view.tag_count() != 0 && view.is_fresh_by_its_tags(now_ms, MOST_TAGS).unwrap_or(false)
}

/// The entry of a key, whatever it is worth, without a lock; and the pin that keeps it.
#[inline]
pub fn find<'c>(cache: &'c Cache, place: Place, id: CacheId, key: &[u8]) -> Result<Option<(View<'c>, Brief<'c>)>> {
    let segment: &Segment = cache.segment();
    let (head, era) = (segment.bucket(place.bucket), &segment.header().era.word);
    if head.load(Ordering::Acquire).is_none() {
        return Ok(None);
    }
    let (pin, mut hi) = cache.seat.pin()?;
    loop {
        let walk =
            reclaim::walk(segment, head, era, hi, |off, _| View::new(segment, off.cast())?.is(place.upper, id.0, key))?;
        match walk {
            Walk::Found(off) => return Ok(Some((View::new(segment, off.cast())?, pin))),
            Walk::End => return Ok(None),
            Walk::Moved => hi = pin.extend(),
        }
    }
}

/// As [`find`], and the entry's word.
#[inline]
pub fn find_value<'c>(
    cache: &'c Cache,
    place: Place,
    id: CacheId,
    key: &[u8],
) -> Result<Option<(View<'c>, u64, Brief<'c>)>> {
    let Some((view, pin)) = find(cache, place, id, key)? else { return Ok(None) };
    Ok(settled(cache, view, &pin)?.map(|(view, word)| (view, word, pin)))
}

/// An entry under a pin, and its word; where that is sealed and the entry was replaced, those that its key has now. None where it has none.
#[inline]
pub fn settled<'c>(cache: &'c Cache, view: View<'c>, pin: &Brief<'_>) -> Result<Option<(View<'c>, u64)>> {
    match view.entry().value.load(Ordering::Acquire) {
        Entry::SEALED => settle(cache, view, pin),
        word => Ok(Some((view, word))),
    }
}

#[cold]
fn settle<'c>(cache: &'c Cache, view: View<'c>, pin: &Brief<'_>) -> Result<Option<(View<'c>, u64)>> {
    let segment: &Segment = cache.segment();
    let (id, key) = (CacheId(view.cache()), view.key()?);
    let place = cache.place(id, key);
    let stripe = place.stripe(segment.geometry());
    if let Some(word) = segment.stripe(stripe).value_of(view.off()) {
        return Ok(Some((view, word)));
    }
    let turn = cache.seat.turn()?;
    let held = recover::lock_stripe(&turn.locker(), stripe)?;
    let found = chain::find_locked(segment, &held, place, id.0, key)?.and_then(|spot| spot.entry);
    // It is not retired before the lock is free: from here on the pin keeps it.
    pin.extend();
    Ok(found.map(|view| (view, view.entry().value.load(Ordering::Acquire))))
}

/// An entry that a walk without a pin has found. Words alone may be read of it, nothing written, until what was read is [confirmed](Found::confirm)
/// and the entry kept.
#[derive(Debug)]
pub struct Found<'c> {
    /// The entry.
    pub view: View<'c>,
    walk: reclaim::Glance<'c>,
}

impl Found<'_> {
    /// What was read of the entry; none where that may have been something else.
    #[inline(always)]
    pub fn confirm<R>(&self, read: R) -> Option<R> {
        self.walk.stays().then_some(read)
    }
}

/// The entry of a key, without a pin, in era `seen`; `Some(None)` where there is none, and none where that is not known.
#[inline(always)]
pub fn glance<'c>(cache: &'c Cache, place: Place, id: CacheId, key: &[u8], seen: u64) -> Option<Option<Found<'c>>> {
    let segment: &Segment = cache.segment();
    let (head, era) = (segment.bucket(place.bucket), &segment.header().era.word);
    let mut walk = reclaim::Glance::begin(head, era, seen, most_nodes(segment));
    while let Some(off) = walk.at {
        let view = View::of(segment, off.cast(), segment.at(off.cast()).ok()?);
        if view.is_like(place.upper, id.0, key) {
            // Another key with the same hash is rare: then it takes a pin. To compare bytes in the loop would cost each miss some preparation.
            return view.has_key(key).ok()?.then_some(Some(Found { view, walk }));
        }
        if !walk.step(&view.entry().node) {
            return None;
        }
    }
    walk.stays().then_some(None)
}

#[inline(always)]
fn see(cache: &Cache, view: &View<'_>, now: Now) -> Seen {
    if !is_live(view, now) {
        return Seen::Involved;
    }
    if view.shape() & Entry::INLINE == 0 {
        return Seen::Payload { birth: view.birth() };
    }
    if !hits::leaves_nothing(view.entry(), hits::clock(view.segment()), second(now), &cache.dice) {
        return Seen::Involved;
    }
    match view.entry().value.load(Ordering::Acquire) {
        Entry::SEALED => Seen::Involved,
        word => Seen::Inline { kind: view.kind(), word },
    }
}

/// Keeps an entry that a glance saw in era `seen`, where it is kept already or fewer than `most` are; false where not, or where it may be gone.
#[inline(always)]
pub fn keep(cache: &Cache, view: &View<'_>, birth: u64, seen: u64, now: Now, most: u32) -> bool {
    cache.seat.pins().set_time(now.boot_ms);
    cache.seat.keep_seen(view.link(), birth, seen, most)
}

/// Notes a hit in an entry that is kept or pinned.
#[inline(always)]
pub fn note(cache: &Cache, view: &View<'_>, now: Now) {
    hits::note(view.entry(), hits::clock(view.segment()), second(now), &cache.dice);
}

/// The boot-time second.
#[inline]
pub fn second(now: Now) -> u32 {
    (now.boot_ms / 1000) as u32
}
