//! Entries and bytes, for each stripe and cache. Written under the stripe's lock: stores to different stripes share no word.
//!
//! Each counter says which flush of its cache it belongs to, so a flush makes all of them zero without touching them: an entry is counted
//! as long as it was born at or after the cache's `dead`.

use crate::layout::{CacheRecord, Counter, Entry};
use crate::segment::Segment;
use crate::sync::locker::Locked;
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

/// Counts an entry out and the one in that was linked in its place: where they are alike in what is counted, there is nothing to do.
#[inline(always)]
pub fn replaced(segment: &Segment, held: &Locked<'_>, old: &View<'_>, new: &View<'_>) -> crate::error::Result<()> {
    let are_alike = old.granules()? == new.granules()?
        && (old.shape() | new.shape()) & Entry::PINNED == 0
        && old.cache() == new.cache()
        && is_counted(segment, old)
        && is_counted(segment, new);
    if are_alike { Ok(()) } else { recounted(segment, held, old, new) }
}

#[inline(never)]
fn recounted(segment: &Segment, held: &Locked<'_>, old: &View<'_>, new: &View<'_>) -> crate::error::Result<()> {
    unlinked(segment, held, old)?;
    linked(segment, held, new)
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
    counter.entries.store(op(so_far(counter.entries.load(Ordering::Relaxed).into()), 1) as u32, Ordering::Relaxed);
    counter.bytes.store(op(so_far(counter.bytes.load(Ordering::Relaxed)), bytes), Ordering::Relaxed);
    let is_pinned = view.shape() & Entry::PINNED != 0;
    if is_pinned || !fresh {
        let by = if is_pinned { bytes } else { 0 };
        counter.pinned.store(op(so_far(counter.pinned.load(Ordering::Relaxed)), by), Ordering::Relaxed);
    }
    if !fresh {
        counter.flush.store(dead as u32, Ordering::Release);
    }
    Ok(())
}

fn flush_of(record: &CacheRecord) -> u32 {
    record.dead.load(Ordering::Acquire) as u32
}
