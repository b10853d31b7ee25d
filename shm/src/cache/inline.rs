//! Inline values, which are changed in place: integers without a lock ([`update`]), and any of them under their stripe's lock, where the expiry
//! changes as well ([`overwrite`]).

use super::look::{eviction_clock, find, glance, is_live, keep, second, state};
use super::types::{CacheId, Change, Clock, Now, Spec, Update, Value};
use super::{Cache, same};
use crate::error::Result;
use crate::layout::Entry;
use crate::reclaim::kept;
use crate::recover;
use crate::segment::Segment;
use crate::stats::Stat;
use crate::table::entry::{State, View, inline_shape};
use crate::table::{chain, hits};
use crate::timed;
use crate::word::Ordering;

/// Kept entries after which a request keeps no more for their integers: a share of what it may keep, for the payloads need it more.
const MOST_KEPT: u32 = kept::MOST / 4;

/// See [`Cache::update_integer`].
///
/// A request keeps what it updates: it is likely to do so again, and what is kept can be written to after a mere glance.
#[inline]
pub fn update(cache: &Cache, id: CacheId, key: &[u8], change: Change, clock: impl Clock) -> Result<Update> {
    cache.refuse_frozen(id)?;
    let now = clock.lately();
    let place = cache.place(id, key);
    // A live integer, with its era of birth.
    let look = |view: &View<'_>| (is_live(view, now) && is_integer(view)).then(|| view.birth());
    loop {
        let era = cache.segment().header().era.word.load(Ordering::SeqCst);
        let seen = match glance(cache, place, id, key, era) {
            Some(None) => return Ok(Update::Missing),
            Some(Some(found)) => found.confirm(look(&found.view)).flatten().map(|birth| (found.view, birth)),
            None => None,
        };
        let (view, _pin) = match seen {
            Some((view, birth)) if keep(cache, &view, birth, era, now, MOST_KEPT) => (view, None),
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
        let update = apply(view.entry(), change);
        let is_done = matches!(update, Update::Done(_));
        if is_done && !same::counts(cache, id, key, &view)? {
            continue;
        }
        let modified = &view.entry().modified;
        if is_done && modified.load(Ordering::Relaxed) != now.wall_s {
            modified.store(now.wall_s, Ordering::Relaxed);
        }
        return Ok(update);
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
    entry.hits.store(hits::none_at(eviction_clock(cache)), Ordering::Relaxed);
    cache.seat.count(Stat::Inserts);
    Ok(true)
}

fn is_integer(view: &View<'_>) -> bool {
    view.shape() & Entry::INTEGER != 0
}

fn apply(entry: &Entry, change: Change) -> Update {
    let word = &entry.value;
    match change {
        Change::Add(by) => Update::Done((word.fetch_add(by as u64, Ordering::SeqCst) as i64).wrapping_add(by)),
        Change::CheckedAdd(by) => {
            let mut seen = word.load(Ordering::Acquire);
            loop {
                let Some(new) = (seen as i64).checked_add(by) else { return Update::Overflow };
                match word.compare_exchange(seen, new as u64, Ordering::SeqCst, Ordering::Acquire) {
                    Ok(_) => return Update::Done(new),
                    Err(now) => seen = now,
                }
            }
        }
        Change::Swap(old, new) => {
            match word.compare_exchange(old as u64, new as u64, Ordering::SeqCst, Ordering::Acquire) {
                Ok(_) => Update::Done(new),
                Err(_) => Update::Different,
            }
        }
    }
}
