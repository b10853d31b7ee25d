//! Inline values, which are changed in place: integers without a lock ([`update`]), and any of them under their stripe's lock where the expiry changes
//! as well ([`overwrite`]).
//!
//! A request keeps the integers that it updates: who updates one is likely to do so again, and what is kept can be written to after a mere glance.

use super::Cache;
use super::look::{eviction_clock, find, glance, is_live, second};
use super::types::{CacheId, Change, Clock, Now, Spec, Update, Value};
use crate::error::Result;
use crate::layout::Entry;
use crate::recover;
use crate::segment::Segment;
use crate::stats::Stat;
use crate::table::entry::{State, View, inline_shape};
use crate::table::{chain, hits};
use crate::word::Ordering;

/// See [`Cache::update_integer`].
#[inline]
pub fn update(cache: &Cache, id: CacheId, key: &[u8], change: Change, clock: &impl Clock) -> Result<Update> {
    cache.refuse_frozen(id)?;
    let now = clock.lately();
    let place = cache.place(id, key);
    let era = cache.segment().header().era.word.load(Ordering::SeqCst);
    // A live integer, with its era of birth.
    let seen = glance(cache, place, id, key, era, |view| {
        (view.tag_count() == 0 && is_integer(view) && is_live(view, now, clock)).then(|| (*view, view.birth()))
    });
    match seen {
        Some(None) => return Ok(Update::Missing),
        Some(Some(Some((view, birth)))) => {
            cache.seat.pins().set_time(now.boot_ms);
            if cache.seat.keep_seen(view.link(), birth, era) {
                return Ok(apply(view.entry(), change, now));
            }
        }
        Some(Some(None)) | None => {}
    }
    let Some((view, _pin)) = find(cache, place, id, key)? else { return Ok(Update::Missing) };
    Ok(match (is_live(&view, now, clock), is_integer(&view)) {
        (false, _) => Update::Missing,
        (true, false) => Update::NotInteger,
        (true, true) => apply(view.entry(), change, now),
    })
}

/// See [`Cache::overwrite`].
pub fn overwrite(cache: &Cache, spec: &Spec<'_>, now: Now) -> Result<bool> {
    let Value::Inline { word, integer } = spec.value else { return Ok(false) };
    let shape = inline_shape(spec.kind, integer);
    let fits = |view: &View<'_>| view.shape() == shape && matches!(view.state(now.boot_ms), Ok(State::Fresh));
    cache.refuse_frozen(spec.cache)?;
    let place = cache.place(spec.cache, spec.key);
    let segment: &Segment = cache.segment();
    let era = segment.header().era.word.load(Ordering::SeqCst);
    if glance(cache, place, spec.cache, spec.key, era, fits) != Some(Some(true)) {
        return Ok(false);
    }
    let turn = cache.seat.turn()?;
    let held = recover::lock_stripe(&turn.locker(), place.stripe(segment.geometry()))?;
    let spot = chain::find_locked(segment, &held, place, spec.cache.0, spec.key)?;
    let Some(view) = spot.and_then(|spot| spot.entry).filter(fits) else { return Ok(false) };
    let entry = view.entry();
    // Whoever dies or looks between the two: the value lives no longer than it was to, be it the old one or the new.
    let lives_longer = spec.expires >= entry.expires.load(Ordering::Relaxed);
    if !lives_longer {
        entry.expires.store(spec.expires, Ordering::Release);
    }
    entry.value.store(word, Ordering::Release);
    if lives_longer {
        entry.expires.store(spec.expires, Ordering::Release);
    }
    entry.created.store(now.wall_s, Ordering::Relaxed);
    entry.modified.store(now.wall_s, Ordering::Relaxed);
    entry.accessed.store(second(now), Ordering::Relaxed);
    entry.hits.store(hits::none_at(eviction_clock(cache)), Ordering::Relaxed);
    cache.seat.count(Stat::Inserts);
    Ok(true)
}

fn is_integer(view: &View<'_>) -> bool {
    view.shape() & Entry::INTEGER != 0
}

fn apply(entry: &Entry, change: Change, now: Now) -> Update {
    let update = change_word(entry, change);
    if matches!(update, Update::Done(_)) && entry.modified.load(Ordering::Relaxed) != now.wall_s {
        entry.modified.store(now.wall_s, Ordering::Relaxed);
    }
    update
}

fn change_word(entry: &Entry, change: Change) -> Update {
    let word = &entry.value;
    match change {
        Change::Add(by) => Update::Done((word.fetch_add(by as u64, Ordering::AcqRel) as i64).wrapping_add(by)),
        Change::CheckedAdd(by) => {
            let mut seen = word.load(Ordering::Acquire);
            loop {
                let Some(new) = (seen as i64).checked_add(by) else { return Update::Overflow };
                match word.compare_exchange(seen, new as u64, Ordering::AcqRel, Ordering::Acquire) {
                    Ok(_) => return Update::Done(new),
                    Err(now) => seen = now,
                }
            }
        }
        Change::Swap(old, new) => {
            match word.compare_exchange(old as u64, new as u64, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => Update::Done(new),
                Err(_) => Update::Different,
            }
        }
    }
}
