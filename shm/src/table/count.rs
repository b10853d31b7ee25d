//! Entries and bytes, for each stripe and cache. Written under the stripe's lock: stores to different stripes share no word.
//!
//! Each counter says which flush of its cache it belongs to, so a flush makes all of them zero without touching them: an entry is counted
//! as long as it was born at or after the cache's `dead`.
//!
//! Who links or unlinks an entry that changes a counter notes in his slot what the counter says ([`note`]), until he is through ([`done`]). If he dies
//! in between, the next owner of the lock puts that back ([`restore`]) and counts what has become of the entries that are noted beside it.

use crate::layout::{CacheRecord, Counter, Entry, Slot};
use crate::segment::Segment;
use crate::sync::locker::{Locked, Locker};
use crate::table::entry::View;
use crate::word::Ordering;

/// What a cache holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Entries.
    pub entries: u64,
    /// Bytes of their blocks.
    pub bytes: u64,
    /// The part of `bytes` that is never evicted.
    pub pinned: u64,
}

/// Counts an entry that was linked.
///
/// # Errors
/// [`crate::error::Error::Corrupt`]; so for all below.
pub fn linked(segment: &Segment, held: &Locked<'_>, view: &View<'_>) -> crate::error::Result<()> {
    change(segment, held, view, |n, by| n.wrapping_add(by))
}

/// Counts an entry out that was unlinked.
pub fn unlinked(segment: &Segment, held: &Locked<'_>, view: &View<'_>) -> crate::error::Result<()> {
    change(segment, held, view, u64::saturating_sub)
}

/// Whether one entry counts for as much as another one of its cache: one that takes its place changes no counter.
#[inline(always)]
pub fn are_alike(segment: &Segment, old: &View<'_>, new: &View<'_>) -> crate::error::Result<bool> {
    Ok(old.granules()? == new.granules()?
        && (old.shape() | new.shape()) & Entry::PINNED == 0
        && is_counted(segment, old)
        && is_counted(segment, new))
}

/// Notes what the counter of an entry's cache says, before the entry is linked or unlinked.
#[inline]
pub fn note(by: &Locker<'_>, held: &Locked<'_>, view: &View<'_>) -> crate::error::Result<()> {
    let cache = u32::from(view.cache());
    let slot = by.segment().slot(by.me().index());
    copy(by.segment().counter(super::stripe_of(held)?, cache), &slot.counted);
    slot.counting.store(cache + 1, Ordering::Release);
    Ok(())
}

/// The counter says what is true again.
#[inline]
pub fn done(by: &Locker<'_>) {
    by.segment().slot(by.me().index()).counting.store(0, Ordering::Release);
}

/// Puts back what a slot's owner, who died, has noted; false where it is a note that nobody makes.
pub fn restore(segment: &Segment, held: &Locked<'_>, slot: &Slot) -> crate::error::Result<bool> {
    let cache = slot.counting.load(Ordering::Acquire).wrapping_sub(1);
    if cache >= segment.geometry().caches {
        return Ok(false);
    }
    copy(&slot.counted, segment.counter(super::stripe_of(held)?, cache));
    Ok(true)
}

fn copy(from: &Counter, to: &Counter) {
    to.flush.store(from.flush.load(Ordering::Relaxed), Ordering::Release);
    to.entries.store(from.entries.load(Ordering::Relaxed), Ordering::Release);
    to.bytes.store(from.bytes.load(Ordering::Relaxed), Ordering::Release);
    to.pinned.store(from.pinned.load(Ordering::Relaxed), Ordering::Release);
}

/// Zeroes what the stripe's counters say of its entries: they are about to be counted anew.
pub fn reset(segment: &Segment, held: &Locked<'_>) -> crate::error::Result<()> {
    let stripe = super::stripe_of(held)?;
    for cache in 0..segment.geometry().caches {
        let counter = segment.counter(stripe, cache);
        counter.entries.store(0, Ordering::Relaxed);
        counter.bytes.store(0, Ordering::Relaxed);
        counter.pinned.store(0, Ordering::Relaxed);
    }
    Ok(())
}

/// What a cache holds in all stripes; nothing where there is no such cache. O(stripes), no lock: what is being changed may be seen half.
#[must_use]
pub fn usage(segment: &Segment, cache: u32) -> Usage {
    let mut usage = Usage::default();
    for stripe in 0..segment.geometry().stripes {
        if let Some(counter) = current(segment, stripe, cache) {
            usage.entries += u64::from(counter.entries.load(Ordering::Relaxed));
            // A damaged segment may say anything.
            usage.bytes = usage.bytes.wrapping_add(counter.bytes.load(Ordering::Relaxed));
            usage.pinned = usage.pinned.wrapping_add(counter.pinned.load(Ordering::Relaxed));
        }
    }
    usage
}

/// Bytes of a cache's entries in one stripe.
#[must_use]
pub fn bytes_in(segment: &Segment, stripe: u32, cache: u32) -> u64 {
    current(segment, stripe, cache).map_or(0, |counter| counter.bytes.load(Ordering::Relaxed))
}

/// Whether a linked entry is counted: no flush has come after its birth.
#[inline]
#[must_use]
pub fn is_counted(segment: &Segment, view: &View<'_>) -> bool {
    view.birth() >= segment.cache_record(view.cache().into()).dead.load(Ordering::Acquire)
}

/// The counter of a cache in a stripe, where it belongs to the cache's latest flush.
fn current(segment: &Segment, stripe: u32, cache: u32) -> Option<&Counter> {
    if cache >= segment.geometry().caches {
        return None;
    }
    let flush = flush_of(segment.cache_record(cache));
    Some(segment.counter(stripe, cache)).filter(|counter| counter.flush.load(Ordering::Acquire) == flush)
}

fn change(
    segment: &Segment,
    held: &Locked<'_>,
    view: &View<'_>,
    op: impl Fn(u64, u64) -> u64,
) -> crate::error::Result<()> {
    let (stripe, cache) = (super::stripe_of(held)?, u32::from(view.cache()));
    let record = segment.cache_record(cache);
    let dead = record.dead.load(Ordering::Acquire);
    if view.birth() < dead {
        return Ok(());
    }
    let counter: &Counter = segment.counter(stripe, cache);
    let fresh = counter.flush.load(Ordering::Relaxed) == dead as u32;
    let so_far = |n: u64| if fresh { n } else { 0 };
    let bytes = view.block_bytes()?;
    // Release: none of these comes before the note.
    counter.entries.store(op(so_far(counter.entries.load(Ordering::Relaxed).into()), 1) as u32, Ordering::Release);
    counter.bytes.store(op(so_far(counter.bytes.load(Ordering::Relaxed)), bytes), Ordering::Release);
    let is_pinned = view.shape() & Entry::PINNED != 0;
    if is_pinned || !fresh {
        let by = if is_pinned { bytes } else { 0 };
        counter.pinned.store(op(so_far(counter.pinned.load(Ordering::Relaxed)), by), Ordering::Release);
    }
    if !fresh {
        counter.flush.store(dead as u32, Ordering::Release);
    }
    Ok(())
}

fn flush_of(record: &CacheRecord) -> u32 {
    record.dead.load(Ordering::Acquire) as u32
}
