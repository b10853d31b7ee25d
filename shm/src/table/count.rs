//! Entries and bytes, for each stripe and cache. Written under the stripe's lock.
//!
//! Each counter says which flush of its cache it belongs to, so a flush makes all of them zero without touching them: an entry is counted
//! as long as it was born at or after the cache's `dead`.

use crate::layout::{CacheRecord, Counter};
use crate::segment::Segment;
use crate::sync::locker::Locked;
use crate::table::entry::View;
use crate::word::Ordering;

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

/// Zeroes all counters of the stripe: they are about to be counted anew.
pub fn reset(segment: &Segment, held: &Locked<'_>) -> crate::error::Result<()> {
    let stripe = super::stripe_of(held)?;
    for cache in 0..segment.geometry().caches {
        let counter = segment.counter(stripe, cache);
        counter.entries.store(0, Ordering::Relaxed);
        counter.bytes.store(0, Ordering::Relaxed);
    }
    Ok(())
}

/// Entries and bytes of a cache in all stripes. O(stripes), no lock: what is being changed may be seen half.
#[must_use]
pub fn usage(segment: &Segment, cache: u32) -> (u64, u64) {
    let flush = flush_of(segment.cache_record(cache));
    (0..segment.geometry().stripes)
        .map(|stripe| segment.counter(stripe, cache))
        .filter(|counter| counter.flush.load(Ordering::Acquire) == flush)
        .fold((0, 0), |(entries, bytes), counter| {
            let n = u64::from(counter.entries.load(Ordering::Relaxed));
            (entries + n, bytes + counter.bytes.load(Ordering::Relaxed))
        })
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
    let (entries, bytes) =
        if fresh { (counter.entries.load(Ordering::Relaxed), counter.bytes.load(Ordering::Relaxed)) } else { (0, 0) };
    let entries = op(entries.into(), 1);
    counter.entries.store(entries as u32, Ordering::Relaxed);
    counter.bytes.store(op(bytes, view.block_bytes()?), Ordering::Relaxed);
    if !fresh {
        counter.flush.store(dead as u32, Ordering::Release);
    }
    Ok(())
}

fn flush_of(record: &CacheRecord) -> u32 {
    record.dead.load(Ordering::Acquire) as u32
}
