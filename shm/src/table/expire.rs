//! Reclaiming expired and invalidated entries, a few buckets at a time, from the stripe's hand.

use super::chain::{self, Spot};
use super::entry::View;
use super::hash::buckets_of;
use crate::error::Result;
use crate::sync::locker::{Locked, Locker};
use crate::word::Ordering;

/// Most entries that one call unlinks: the lock is held meanwhile.
const MOST: u32 = 32;

/// Looks at `buckets` buckets from the stripe's hand on and unlinks the entries for which `gone` is true; how many those were.
///
/// # Errors
/// [`crate::error::Error::Corrupt`], and `Busy` where an entry's tags are locked for too long: it stays.
pub fn sweep_locked(
    by: &Locker<'_>,
    held: &Locked<'_>,
    buckets: u32,
    mut gone: impl FnMut(&View<'_>) -> Result<bool>,
) -> Result<u32> {
    let segment = by.segment();
    let stripe = super::stripe_of(held)?;
    let run = buckets_of(segment.geometry(), stripe);
    let hand = &segment.stripe(stripe).expire_hand;
    let mut unlinked = 0;
    for _ in 0..buckets.min(run.len() as u32) {
        let at = hand.load(Ordering::Relaxed) % run.len() as u32;
        let mut spot = Spot::head(segment, run.start + at)?;
        for _ in 0..super::most_nodes(segment) {
            let Some(view) = spot.entry else { break };
            if gone(&view)? {
                chain::unlink_locked(by, held, spot)?;
                unlinked += 1;
                if unlinked >= MOST {
                    return Ok(unlinked);
                }
                spot = spot.again(segment)?;
            } else {
                spot = Spot::after(segment, &view)?;
            }
        }
        hand.store(at + 1, Ordering::Relaxed);
    }
    Ok(unlinked)
}
