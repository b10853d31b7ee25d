//! Who has to go when memory is short. Picks and unlinks; never frees.
//!
//! From the clock hand of a stripe a window of entries is looked at, and the one with the lowest score leaves:
//!
//! ```text
//! score = (asked + 1) / (bytes ^ 0.3 * (idle + 4) ^ 0.35)
//! ```
//!
//! That is hyperbolic caching (Blankstein, Sen and Freedman, ATC 2017) with idle time for age, a share of the size, and the hits of the key's former
//! entries among those of this one (see `table::ghosts`), sampled from a clock. The figures are in `docs/architecture.md`. What is expired,
//! invalidated or past the idle ttl leaves at once.

use crate::caches::CacheId;
use crate::error::Result;
use crate::heap::Seen;
use crate::layout::{BlockState, Entry};
use crate::reclaim::Snapshot;
use crate::segment::Segment;
use crate::segment::access::content_of;
use crate::sync::locker::{Locked, Locker};
use crate::table::chain::{self, Spot};
use crate::table::entry::View;
use crate::table::hash::buckets_of;
use crate::table::{self, hits};
use crate::word::Ordering;

/// Entries that compete for leaving.
const WINDOW: u32 = 32;

/// Where one cache has to give, and its entries lie far apart: how many leave a window at most, and the part of the window, as a divisor.
const MOST: usize = 8;
/// See [`MOST`].
const PART: usize = 4;
/// Buckets of a window from which they lie far apart.
const FAR: u32 = 512;
/// Entries of other caches that are passed over in a window at most, once it has one to choose. Each is a cache miss.
const PASSED_OVER: u32 = 128;
/// Likewise buckets, which lie side by side.
const BUCKETS: u32 = 1 << 14;

/// Which entries may be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// Only those whose memory can be had at once: no request keeps them.
    Unkept,
    /// Any.
    Any,
}

/// What a look at a window brought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Evicted {
    /// Entries that were unlinked though they were alive.
    pub victims: u32,
    /// Entries that were gone anyway.
    pub gone: u32,
    /// Bytes of both.
    pub bytes: u64,
}

/// How much an entry is worth keeping, as a logarithm: how often it was asked for, by a share of its bytes and of its idle time (in ticks of
/// [`hits::clock`]).
#[must_use]
pub fn score(asked: u32, bytes: u64, idle: u16) -> f32 {
    const SIZE_SHARE: f32 = 0.3;
    const IDLE_SHARE: f32 = 0.35;
    const GRACE: f32 = 4.0;
    log2(asked as f32 + 1.0) - SIZE_SHARE * log2(bytes as f32) - IDLE_SHARE * log2(f32::from(idle) + GRACE)
}

/// The same of a linked entry.
fn score_of(view: &View<'_>, clock: u16) -> Result<f32> {
    let word = view.entry().hits.load(Ordering::Relaxed);
    Ok(score(hits::asked(word), view.block_bytes()?, hits::idle(word, clock)))
}

/// Bits of an `f32` that are its fraction, and what is added to its exponent.
const FRACTION: f32 = (1_u32 << 23) as f32;
const BIAS: f32 = 127.0;

/// The logarithm of a number from 1 on as it is read off the bits, straight between powers of two: at most 0.09 too low. A window takes a hundred.
fn log2(x: f32) -> f32 {
    x.to_bits() as f32 / FRACTION - BIAS
}

/// What undoes [`log2`].
fn exp2(x: f32) -> f32 {
    f32::from_bits(((x + BIAS) * FRACTION) as u32)
}

/// Looks at one window of the stripe that `held` locks, and unlinks the entry with the lowest score among those that may be chosen, and
/// all for which `gone` is true. Where `of` one cache, whose entries may lie far apart, the window is as large as is bearable, and some leave at once.
///
/// # Errors
/// `Corrupt`, `Busy`.
pub fn one_locked(
    by: &Locker<'_>,
    held: &Locked<'_>,
    of: Option<CacheId>,
    choice: Choice,
    snapshot: &Snapshot,
    gone: &dyn Fn(&View<'_>) -> Result<bool>,
) -> Result<Evicted> {
    let segment = by.segment();
    let stripe = table::stripe_of(held)?;
    let run = buckets_of(segment.geometry(), stripe);
    let len = run.len() as u32;
    let hand = &segment.stripe(stripe).evict_hand;
    let clock = hits::clock(segment);
    let mut evicted = Evicted::default();
    let mut worst = Worst { kept: [None; MOST], room: if of.is_some() { MOST } else { 1 } };
    let (mut seen, mut passed_over) = (0, 0);
    let start = hand.load(Ordering::Relaxed);
    let mut buckets = 0;
    while buckets < len {
        let far = of.is_some() && (passed_over >= PASSED_OVER || buckets >= BUCKETS);
        if seen >= WINDOW || evicted.gone >= WINDOW || far && (evicted.gone != 0 || worst.kept[0].is_some()) {
            break;
        }
        let bucket = run.start + start.wrapping_add(buckets) % len;
        buckets += 1;
        if segment.bucket(bucket).load(Ordering::Relaxed).is_none() {
            continue;
        }
        let mut spot = Spot::head(segment, bucket)?;
        for _ in 0..table::most_nodes(segment) {
            let Some(view) = spot.entry else { break };
            if of.is_some_and(|cache| view.cache() != cache.0) {
                passed_over += 1;
                spot = Spot::after(segment, &view)?;
                continue;
            }
            if gone(&view)? {
                evicted.gone += 1;
                evicted.bytes += view.block_bytes()?;
                chain::unlink_locked(by, held, spot)?;
                spot = spot.again(segment)?;
                continue;
            }
            seen += 1;
            if is_eligible(&view, choice, snapshot) {
                worst.offer(Candidate { score: score_of(&view, clock)?, bucket, view });
            }
            spot = Spot::after(segment, &view)?;
        }
    }
    hand.store(start.wrapping_add(buckets) % len, Ordering::Relaxed);
    if evicted.gone != 0 {
        return Ok(evicted);
    }
    for Candidate { bucket, view, .. } in worst.lowest(if buckets < FAR { 1 } else { (seen as usize / PART).max(1) }) {
        let Some(spot) = chain::find_linked_locked(segment, held, bucket, view.link())? else { continue };
        evicted.victims += 1;
        evicted.bytes += view.block_bytes()?;
        segment.cache_record(view.cache().into()).evictions.fetch_add(1, Ordering::Relaxed);
        chain::unlink_locked(by, held, spot)?;
    }
    Ok(evicted)
}

/// An entry that may be chosen.
#[derive(Debug, Clone, Copy)]
struct Candidate<'s> {
    score: f32,
    bucket: u32,
    view: View<'s>,
}

/// Those with the lowest scores of a window, as many as there is `room` for.
struct Worst<'s> {
    kept: [Option<Candidate<'s>>; MOST],
    room: usize,
}

impl<'s> Worst<'s> {
    fn offer(&mut self, candidate: Candidate<'s>) {
        let mut left = candidate;
        for place in &mut self.kept[..self.room] {
            match place {
                None => return *place = Some(left),
                Some(kept) if left.score < kept.score => core::mem::swap(kept, &mut left),
                Some(_) => {}
            }
        }
    }

    /// The `n` lowest, the lowest first.
    fn lowest(self, n: usize) -> impl Iterator<Item = Candidate<'s>> {
        self.kept.into_iter().flatten().take(n)
    }
}

/// What is lost with a block that the heap has seen, in units that mean nothing but can be added up: its bytes, each by its entry's score. None
/// where it is no entry that may be chosen; nothing is lost with one that is `gone`. The caller has the heap lock, so that the block stays what it is.
#[must_use]
pub fn loss(
    segment: &Segment,
    choice: Choice,
    snapshot: &Snapshot,
    seen: &Seen,
    gone: &dyn Fn(&View<'_>) -> Result<bool>,
) -> Option<u64> {
    const UNIT: f32 = (1_u32 << 16) as f32;
    const MOST: u64 = 1 << 40;
    if seen.state != Some(BlockState::Entry) {
        return None;
    }
    let view = View::new(segment, content_of(seen.off)).ok()?;
    if view.entry().node.retire_era.load(Ordering::Acquire) != 0 || !is_eligible(&view, choice, snapshot) {
        return None;
    }
    if gone(&view).ok()? {
        return Some(0);
    }
    let clock = hits::clock(segment);
    let each = exp2(score_of(&view, clock).ok()?) * UNIT;
    Some(((seen.bytes() as f32 * each) as u64).min(MOST))
}

fn is_eligible(view: &View<'_>, choice: Choice, snapshot: &Snapshot) -> bool {
    view.shape() & Entry::PINNED == 0 && (choice == Choice::Any || !snapshot.keeps(view.link(), view.birth()))
}

#[cfg(test)]
mod tests {
    use super::{exp2, log2, score};

    #[test]
    fn logarithms_are_near_enough_and_undone() {
        for x in [1.0_f32, 1.5, 3.0, 1000.0, 1e9] {
            assert!((log2(x) - x.log2()).abs() < 0.09);
            assert!((exp2(log2(x)) / x - 1.0).abs() < 0.01);
        }
    }

    #[test]
    fn more_hits_are_worth_more() {
        assert!(score(10, 100, 5) > score(9, 100, 5));
    }

    #[test]
    fn the_larger_and_the_longer_idle_go_first() {
        assert!(score(1, 10_000, 5) < score(1, 100, 5));
        assert!(score(1, 100, 50) < score(1, 100, 5));
    }

    #[test]
    fn a_scan_does_not_displace_what_was_hit() {
        assert!(score(0, 200, 0) < score(3, 200, 10));
    }
}
