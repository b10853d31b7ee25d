//! Counters: each slot counts for itself, on a line that nobody else writes; the reader adds up.
//!
//! A slot that is given back or reaped folds its counts into `Header::totals` (`sync::slot`). A reset of the statistics stores the sums of the
//! moment as a baseline, so nobody's counter is written by anybody else.

use crate::layout::Tally;
use crate::segment::Segment;
use crate::sync::slot;
use crate::word::Ordering;

/// What is counted, as an index of [`Tally::counts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub enum Stat {
    /// Fetches that found an entry.
    Hits,
    /// Fetches that did not.
    Misses,
    /// Entries published.
    Inserts,
    /// Entries evicted for room.
    Evictions,
    /// Expired and invalidated entries reclaimed.
    Expired,
    /// Stores that failed for want of memory.
    Failures,
}

/// Counts in the tally of the caller's own slot.
#[inline]
pub fn count(tally: &Tally, stat: Stat, by: u64) {
    tally.counts[stat as usize].bump_owned(by);
}

/// Counts for a caller that has no slot.
#[cold]
pub fn count_without_slot(segment: &Segment, stat: Stat) {
    segment.header().totals[stat as usize].fetch_add(1, Ordering::Relaxed);
}

/// The count since the last reset. O(slots).
#[must_use]
pub fn sum(segment: &Segment, stat: Stat) -> u64 {
    // A slot that is being folded may be missing for a moment, and then the baseline is larger than the sum.
    total(segment, stat as usize).saturating_sub(segment.header().baseline[stat as usize].load(Ordering::Relaxed))
}

/// Starts all counts at zero.
pub fn reset(segment: &Segment, wall_s: u32) {
    let header = segment.header();
    for (i, baseline) in header.baseline.iter().enumerate() {
        baseline.store(total(segment, i), Ordering::Relaxed);
    }
    header.stats_since.store(wall_s.into(), Ordering::Relaxed);
}

fn total(segment: &Segment, index: usize) -> u64 {
    slot::used(segment).fold(segment.header().totals[index].load(Ordering::Relaxed), |sum, id| {
        sum.wrapping_add(segment.tally(id.index()).map_or(0, |tally| tally.counts[index].load(Ordering::Relaxed)))
    })
}
