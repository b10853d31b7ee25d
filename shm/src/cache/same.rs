//! Comparing an entry and replacing it, while others change integers in place without a lock.
//!
//! The comparison and the replacement are two steps under the stripe's lock; a change in place between them would be lost although it was told to
//! have happened. So whoever compares an integer *seals* its entry first, and whoever has changed one looks afterwards whether it is sealed:
//!
//! | compares (under the lock) | changes (without) |
//! |---|---|
//! | seals the entry | changes the word |
//! | reads the word: another one is another value, unseals | reads the seal: sealed is "perhaps too late" |
//! | replaces the entry, which stays sealed | takes the lock: still linked, it counts; else all anew |
//!
//! A change that the comparison has just seen may be taken for one that came too late, and is made anew on what replaced it: never lost, at times
//! made twice. So an integer is replaced by an integer with [`Change::Swap`](super::Change::Swap), which is exact; here something else takes its
//! place, on which a change fails.
//!
//! All four are sequentially consistent, so at least one side sees the other. A seal that its owner has left on a linked entry (he died, or the
//! replacement failed) is taken off by the next who changes it.

use super::types::Identity;
use super::{Cache, CacheId};
use crate::error::Result;
use crate::layout::Entry;
use crate::recover;
use crate::segment::Segment;
use crate::table::chain;
use crate::table::entry::View;
use crate::word::Ordering::SeqCst;

/// Whether a linked entry is still what it was, under its stripe's lock. Where it is, and holds an integer, it stays sealed: the caller replaces it.
pub(super) fn is_same_locked(view: &View<'_>, identity: Identity) -> bool {
    if view.identity() != identity.entry {
        return false;
    }
    let entry = view.entry();
    if view.shape() & Entry::INTEGER == 0 {
        return entry.value.load(SeqCst) == identity.word;
    }
    entry.shape.fetch_or(Entry::SEALED, SeqCst);
    let same = entry.value.load(SeqCst) == identity.word;
    if !same {
        entry.shape.fetch_and(!Entry::SEALED, SeqCst);
    }
    same
}

/// Whether a change of an integer's word, made before this call, counts: nobody has compared the entry before and replaced it since.
#[inline]
pub(super) fn counts(cache: &Cache, id: CacheId, key: &[u8], view: &View<'_>) -> Result<bool> {
    if view.entry().shape.load(SeqCst) & Entry::SEALED == 0 {
        return Ok(true);
    }
    is_still_linked(cache, id, key, view)
}

#[cold]
fn is_still_linked(cache: &Cache, id: CacheId, key: &[u8], view: &View<'_>) -> Result<bool> {
    let segment: &Segment = cache.segment();
    let place = cache.place(id, key);
    let turn = cache.seat.turn()?;
    let held = recover::lock_stripe(&turn.locker(), place.stripe(segment.geometry()))?;
    let spot = chain::find_locked(segment, &held, place, id.0, key)?;
    let linked = spot.and_then(|spot| spot.entry).is_some_and(|entry| entry.off() == view.off());
    if linked {
        view.entry().shape.fetch_and(!Entry::SEALED, SeqCst);
    }
    Ok(linked)
}
