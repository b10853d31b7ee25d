//! Integers that are changed in place, without a lock.
//!
//! A request keeps the integers that it changes: who changes one is likely to do so again, and what is kept can be written to after a mere glance.

use super::Cache;
use super::look::{find, glance, is_live};
use super::types::{CacheId, Change, Clock, Now, Update};
use crate::error::Result;
use crate::layout::Entry;
use crate::table::entry::View;
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
