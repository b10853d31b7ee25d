//! Inline values, which are changed in place: integers without a lock ([`update`]), and any of them under their stripe's lock, where the expiry
//! changes as well ([`overwrite`]).

use super::Cache;
use super::look::{find, glance, is_live, keep, second, state};
use super::types::{CacheId, Change, Clock, Label, Now, Spec, Update, Value};
use crate::error::Result;
use crate::layout::Entry;
use crate::reclaim::kept;
use crate::recover;
use crate::segment::Segment;
use crate::stats::Stat;
use crate::table::entry::{State, View, inline_shape};
use crate::table::{chain, ghosts, hits};
use crate::timed;
use crate::word::Ordering;

/// Kept entries after which a request keeps no more for their integers: a share of what it may keep, for the payloads need it more.
const MOST_KEPT: u32 = kept::MOST / 4;

impl Cache {
    /// As [`Cache::update_integer`], of a key that may have a label: then it costs less when it is changed again, as with [`Cache::glance`].
    ///
    /// # Errors
    /// As there.
    pub fn update_labelled(
        &self,
        cache: CacheId,
        key: &[u8],
        label: Option<Label>,
        change: Change,
        clock: impl Clock,
    ) -> Result<Update> {
        update(self, cache, key, label, change, clock)
    }
}

/// See [`Cache::update_integer`].
///
/// A request keeps what it updates: it is likely to do so again, and what is kept can be written to after a mere glance.
#[inline]
pub fn update(
    cache: &Cache,
    id: CacheId,
    key: &[u8],
    label: Option<Label>,
    change: Change,
    clock: impl Clock,
) -> Result<Update> {
    cache.refuse_frozen(id)?;
    let now = clock.lately();
    if let Some(view) = label.and_then(|label| cache.counters.find(cache.segment(), label, id))
        && is_live(&view, now)
        && let Some(update) = apply(view.entry(), change, now)
    {
        return Ok(update);
    }
    let place = cache.place(id, key);
    // A live integer, with its era of birth.
    let look = |view: &View<'_>| (is_live(view, now) && is_integer(view)).then(|| view.birth());
    let era = cache.segment().header().era.word.load(Ordering::SeqCst);
    let seen = match glance(cache, place, id, key, era) {
        Some(None) => return Ok(Update::Missing),
        Some(Some(found)) => found.confirm(look(&found.view)).flatten().map(|birth| (found.view, birth)),
        None => None,
    };
    let (view, _pin) = match seen {
        Some((view, birth)) if keep(cache, &view, birth, era, now, MOST_KEPT) => {
            if let Some(label) = label {
                cache.counters.add(label, id, place.bucket, view);
            }
            (view, None)
        }
        Some(_) | None => {
            let Some((view, pin)) = find(cache, place, id, key)? else { return Ok(Update::Missing) };
            if state(&view, clock.now(), &clock)? != State::Fresh {
                return Ok(Update::Missing);
            }
            if !is_integer(&view) {
                return Ok(Update::NotInteger);
            }
            (view, Some(pin))
        }
    };
    match apply(view.entry(), change, now) {
        Some(update) => Ok(update),
        None => update_locked(cache, id, key, change, clock.now()),
    }
}

/// See [`Cache::overwrite`].
pub fn overwrite(cache: &Cache, spec: &Spec<'_>, now: Now) -> Result<bool> {
    let Value::Inline { word, integer } = spec.value else { return Ok(false) };
    // What has more than a word and an expiry is published. So is what is over before it begins: nobody may see it.
    let is_plain = spec.tags.is_empty() && spec.stale.is_none() && !spec.pinned && spec.token.is_none();
    if !is_plain || spec.expires <= now.boot_ms {
        return Ok(false);
    }
    cache.refuse_frozen(spec.cache)?;
    let place = cache.place(spec.cache, spec.key);
    let turn = cache.seat.turn()?;
    let segment: &Segment = cache.segment();
    let held = recover::lock_stripe(&turn.locker(), place.stripe(segment.geometry()))?;
    let spot = chain::find_locked(segment, &held, place, spec.cache.0, spec.key)?;
    let fits = |view: &View<'_>| view.shape() == inline_shape(spec.kind, integer) && view.is_plainly_fresh(now.boot_ms);
    let Some(view) = spot.and_then(|spot| spot.entry).filter(fits) else { return Ok(false) };
    let entry = view.entry();
    timed::replace(&entry.value, &entry.expires, word, spec.expires);
    entry.created.store(now.wall_s, Ordering::Relaxed);
    entry.modified.store(now.wall_s, Ordering::Relaxed);
    entry.accessed.store(second(now), Ordering::Relaxed);
    entry.hits.store(hits::none_at(hits::clock(view.segment()), ghosts::past_after(&view)), Ordering::Relaxed);
    cache.seat.count(Stat::Inserts);
    Ok(true)
}

fn is_integer(view: &View<'_>) -> bool {
    view.shape() & Entry::INTEGER != 0
}

/// Changes an integer without a lock; none where that takes one (see `table::seal`).
#[inline]
fn apply(entry: &Entry, change: Change, now: Now) -> Option<Update> {
    let mut seen = entry.value.load(Ordering::Acquire);
    loop {
        let new = match change.of(seen) {
            _ if seen == Entry::SEALED => return None,
            Ok(Entry::SEALED) => return None,
            Ok(new) => new,
            Err(update) => return Some(update),
        };
        match entry.value.compare_exchange(seen, new, Ordering::SeqCst, Ordering::Acquire) {
            Ok(_) => return Some(done(entry, new, now)),
            Err(other) => seen = other,
        }
    }
}

/// The same under the stripe's lock, where nothing is sealed: the key has its integer, or another entry by now.
#[cold]
fn update_locked(cache: &Cache, id: CacheId, key: &[u8], change: Change, now: Now) -> Result<Update> {
    let place = cache.place(id, key);
    let turn = cache.seat.turn()?;
    let segment: &Segment = cache.segment();
    let held = recover::lock_stripe(&turn.locker(), place.stripe(segment.geometry()))?;
    cache.refuse_frozen(id)?;
    let spot = chain::find_locked(segment, &held, place, id.0, key)?;
    let Some(view) = spot.and_then(|spot| spot.entry) else { return Ok(Update::Missing) };
    if view.state(now.boot_ms)? != State::Fresh {
        return Ok(Update::Missing);
    }
    if !is_integer(&view) {
        return Ok(Update::NotInteger);
    }
    let entry = view.entry();
    let mut seen = entry.value.load(Ordering::Acquire);
    loop {
        let new = match change.of(seen) {
            Ok(new) => new,
            Err(update) => return Ok(update),
        };
        // Others still change it without the lock.
        match entry.value.compare_exchange(seen, new, Ordering::SeqCst, Ordering::Acquire) {
            Ok(_) => return Ok(done(entry, new, now)),
            Err(other) => seen = other,
        }
    }
}

#[inline]
fn done(entry: &Entry, new: u64, now: Now) -> Update {
    if entry.modified.load(Ordering::Relaxed) != now.wall_s {
        entry.modified.store(now.wall_s, Ordering::Relaxed);
    }
    Update::Done(new as i64)
}

impl Change {
    /// What it makes of a word; else why it makes nothing.
    #[inline]
    fn of(self, word: u64) -> core::result::Result<u64, Update> {
        match self {
            Self::Add(by) => Ok(word.wrapping_add(by as u64)),
            Self::CheckedAdd(by) => (word as i64).checked_add(by).map(|sum| sum as u64).ok_or(Update::Overflow),
            Self::Swap(old, new) if word == old as u64 => Ok(new as u64),
            Self::Swap(..) => Err(Update::Different),
        }
    }
}
