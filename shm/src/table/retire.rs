//! The stripe's retire list: what was unlinked stays whole until no announced interval meets its life.

use crate::error::{Error, Result};
use crate::layout::{BlockState, Node, Stripe};
use crate::offset::{GRANULE, Off, OffWord};
use crate::reclaim::{self, Snapshot};
use crate::segment::Segment;
use crate::segment::access::{OwnedBlock, block_of};
use crate::sync::locker::{Locked, Locker};
use crate::word::{Ordering, Word64};
use crate::{heap, table};

/// Retirements of one stripe after which the era moves on: these, and up to `ERA_MORE` - 1 more. It is not always the same number, for stripes
/// that are stored to in turn would all have blocks to collect at the same time, more than a process can keep for itself, and then none for long: it
/// would take nearly all from the heap, whose lock is everybody's.
const ERA_LEAST: u32 = 24;
const ERA_MORE: u32 = 16;
/// 2^32 over the golden ratio (Knuth's multiplicative hash), and what leaves a number below `ERA_MORE` of a product with it.
const SPREAD: u32 = 0x9e37_79b9;
const SPREAD_SHIFT: u32 = u32::BITS - ERA_MORE.trailing_zeros();
/// The part of the segment, as a divisor, whose retirement in one stripe moves the era on too.
const ERA_SHARE: u64 = 1024;
/// So many bytes are enough, whatever the segment's size: a store then finds blocks to use again that are in the processor's caches still.
const ERA_BYTES: u64 = 16 << 10;
/// Eras' bytes that a stripe may have retired before it tells them without a collection.
const REPORT_ERAS: u64 = 2;
/// Retired blocks from which a writer collects when the era has just moved, so that all of them may be free.
const COLLECT_FROM: u32 = 16;
/// The part of the segment, as a divisor, that may be retired in all stripes before writers collect.
const COLLECT_SHARE: u64 = 16;
/// Slots in use for which as many bytes again are left to wait.
const COLLECT_SLOTS: u32 = 16;
/// The least bytes that are worth a collection, but for what is left to wait in a small segment.
const MIN_BYTES: u64 = 4 << 10;
/// Most blocks that one collection frees.
pub const BATCH: usize = 64;

/// Puts a block that was just unlinked on the retire list of the stripe that `held` locks.
///
/// # Errors
/// [`Error::Corrupt`] where the block is out of bounds.
#[inline]
pub fn push(segment: &Segment, held: &Locked<'_>, off: Off<Node>) -> Result<()> {
    let stripe = segment.stripe(table::stripe_of(held)?);
    let node = segment.at(off)?;
    let era = &segment.header().era.word;
    let bytes = bytes_of(segment, off)?;
    let since_count = stripe.since_count.load(Ordering::Relaxed).wrapping_add(1);
    let since_bytes = stripe.since_bytes.load(Ordering::Relaxed).wrapping_add(bytes);
    let is_last = since_count >= ERA_LEAST + stripe.era_more.load(Ordering::Relaxed) % ERA_MORE
        || since_bytes >= era_bytes(segment.geometry().capacity);
    let ended = if is_last {
        Some(reclaim::stamp_last(node, era))
    } else {
        reclaim::stamp(node, era);
        None
    };
    node.retire_next.store(stripe.retired.load(Ordering::Relaxed), Ordering::Release);
    stripe.retired.store(Some(off), Ordering::Release);
    stripe.retired_count.bump_owned(1);
    stripe.retired_bytes.bump_owned(bytes);
    stripe.since_count.store(since_count, Ordering::Relaxed);
    stripe.since_bytes.store(since_bytes, Ordering::Relaxed);
    if let Some(era) = ended {
        begin_era(segment, stripe, era);
    }
    Ok(())
}

/// Moves the era on where something was retired in it here, so that the next snapshot can free that.
///
/// # Errors
/// [`Error::Corrupt`].
pub fn end_era_locked(segment: &Segment, held: &Locked<'_>) -> Result<()> {
    let stripe = segment.stripe(table::stripe_of(held)?);
    if stripe.since_count.load(Ordering::Relaxed) != 0 {
        begin_era(segment, stripe, reclaim::advance(&segment.header().era.word));
    }
    Ok(())
}

/// Bytes whose retirement in one stripe moves the era on.
#[inline]
fn era_bytes(capacity: u64) -> u64 {
    (capacity / ERA_SHARE).min(ERA_BYTES)
}

#[inline(never)]
fn begin_era(segment: &Segment, stripe: &Stripe, era: u64) {
    let retired_total = &segment.header().era.retired_total;
    retired_total.fetch_add(stripe.since_bytes.load(Ordering::Relaxed), Ordering::Relaxed);
    stripe.since_count.store(0, Ordering::Relaxed);
    stripe.since_bytes.store(0, Ordering::Relaxed);
    // Each era is another stripe's, so a hash of it is as good as chance.
    stripe.era_more.store((era as u32).wrapping_mul(SPREAD) >> SPREAD_SHIFT, Ordering::Relaxed);
    // A collection that comes now frees as much again, as a rule, and then there is nothing to tell.
    if unreported(stripe) > REPORT_ERAS * era_bytes(segment.geometry().capacity) {
        report(segment, stripe);
    }
}

/// Whether enough is retired in the stripe for a collection to be worth its while.
#[inline]
#[must_use]
pub fn is_worthwhile(segment: &Segment, stripe: &Stripe) -> bool {
    let geometry = segment.geometry();
    // The number of stripes is a power of two.
    let most = (geometry.capacity / COLLECT_SHARE) >> geometry.stripes.trailing_zeros();
    let (count, bytes) = (stripe.retired_count.load(Ordering::Relaxed), stripe.retired_bytes.load(Ordering::Relaxed));
    let era_has_moved = stripe.since_count.load(Ordering::Relaxed) == 0;
    era_has_moved && count >= COLLECT_FROM.max(stripe.collect_at.load(Ordering::Relaxed))
        || bytes >= stripe.collect_at_bytes.load(Ordering::Relaxed)
            && (bytes >= most || era_has_moved && bytes >= few_bytes(segment))
}

/// Bytes that are worth a collection when the era has just moved: as many as end one, which are in the processor's caches still and few enough to be
/// kept (see `spare`); more, the more slots there are to be looked at.
fn few_bytes(segment: &Segment) -> u64 {
    let slots = segment.header().slots_used.load(Ordering::Relaxed);
    era_bytes(segment.geometry().capacity).saturating_mul(u64::from(slots / COLLECT_SLOTS) + 1).max(MIN_BYTES)
}

/// Takes what `snapshot` frees off the stripe's retire list and into the locker's `held` list, to be given to [`heap`] after the stripe is
/// unlocked.
///
/// # Errors
/// [`Error::Corrupt`].
pub fn collect(by: &Locker<'_>, held: &Locked<'_>, snapshot: &Snapshot, freed: &mut Vec<OwnedBlock>) -> Result<()> {
    let segment = by.segment();
    let stripe = segment.stripe(table::stripe_of(held)?);
    let slot = segment.slot(by.me().index());
    let era = segment.header().era.word.load(Ordering::Acquire);
    let mut link: &OffWord<Node> = &stripe.retired;
    let (mut count, mut bytes) = (0, 0);
    for _ in 0..table::most_nodes(segment) {
        let Some(off) = link.load(Ordering::Relaxed) else {
            finish(segment, stripe, count, bytes);
            return Ok(());
        };
        let node = segment.at(off)?;
        let retired = reclaim::retired_at(node.retire_era.load(Ordering::Relaxed), era);
        if freed.len() >= BATCH || !snapshot.frees(off, reclaim::birth_of(node), retired) {
            link = &node.retire_next;
            continue;
        }
        let size = bytes_of(segment, off)?;
        // Between the two lists the block is known by this note alone.
        slot.outgoing.store(Some(off), Ordering::Release);
        link.store(node.retire_next.load(Ordering::Relaxed), Ordering::Release);
        let block = block_of(off);
        segment.at(block)?.state.store(BlockState::Owned(by.me().0).raw(), Ordering::Release);
        let owned = OwnedBlock::claim(block, (size / GRANULE) as u32);
        heap::held::push(segment, by.me(), &owned)?;
        slot.outgoing.store(None, Ordering::Release);
        freed.push(owned);
        count += 1;
        bytes += size;
    }
    Err(Error::Corrupt("a retire list does not end"))
}

/// Whether `off` is on the stripe's retire list.
///
/// # Errors
/// [`Error::Corrupt`].
pub fn contains(segment: &Segment, held: &Locked<'_>, off: Off<Node>) -> Result<bool> {
    let mut at = segment.stripe(table::stripe_of(held)?).retired.load(Ordering::Relaxed);
    for _ in 0..table::most_nodes(segment) {
        match at {
            None => return Ok(false),
            Some(here) if here == off => return Ok(true),
            Some(here) => at = segment.at(here)?.retire_next.load(Ordering::Relaxed),
        }
    }
    Err(Error::Corrupt("a retire list does not end"))
}

/// Counts the stripe's retired blocks anew.
///
/// # Errors
/// [`Error::Corrupt`].
pub fn recount(segment: &Segment, held: &Locked<'_>) -> Result<()> {
    let stripe = segment.stripe(table::stripe_of(held)?);
    let (mut count, mut bytes) = (0, 0);
    let mut at = stripe.retired.load(Ordering::Relaxed);
    while let Some(off) = at {
        if count >= table::most_nodes(segment) {
            return Err(Error::Corrupt("a retire list does not end"));
        }
        count += 1;
        bytes += bytes_of(segment, off)?;
        at = segment.at(off)?.retire_next.load(Ordering::Relaxed);
    }
    stripe.retired_count.store(count, Ordering::Relaxed);
    stripe.retired_bytes.store(bytes, Ordering::Relaxed);
    stripe.since_count.store(0, Ordering::Relaxed);
    stripe.since_bytes.store(0, Ordering::Relaxed);
    report(segment, stripe);
    Ok(())
}

/// Bytes that wait in the retire lists of all stripes. O(stripes), no lock.
#[must_use]
pub fn waiting(segment: &Segment) -> u64 {
    sum(segment, |stripe| &stripe.retired_bytes)
}

/// The same as told in batches, which is less by what stripes have not told yet. One load.
#[must_use]
pub fn reported(segment: &Segment) -> u64 {
    // After a death under a stripe's lock, or a race with `add_up`, the sum may be off, and even below zero.
    match segment.header().retired_bytes.load(Ordering::Relaxed) {
        bytes if bytes <= segment.geometry().capacity => bytes,
        _ => 0,
    }
}

/// Makes [`reported`] what the stripes have told, also where some died telling it. O(stripes), no lock.
pub fn add_up(segment: &Segment) {
    // Not what waits: what a stripe has not told yet, it will.
    segment.header().retired_bytes.store(sum(segment, |stripe| &stripe.reported), Ordering::Relaxed);
}

fn sum(segment: &Segment, of: impl Fn(&Stripe) -> &Word64) -> u64 {
    let of = |stripe: u32| of(segment.stripe(stripe)).load(Ordering::Relaxed);
    // A damaged segment may say anything.
    (0..segment.geometry().stripes).map(of).fold(0, u64::wrapping_add)
}

/// Counts out what was collected; what is left is not looked at again before as much has come.
fn finish(segment: &Segment, stripe: &Stripe, count: u32, bytes: u64) {
    let count = stripe.retired_count.load(Ordering::Relaxed).saturating_sub(count);
    let bytes = stripe.retired_bytes.load(Ordering::Relaxed).saturating_sub(bytes);
    stripe.retired_count.store(count, Ordering::Relaxed);
    stripe.retired_bytes.store(bytes, Ordering::Relaxed);
    stripe.collect_at.store(count.saturating_mul(2), Ordering::Relaxed);
    stripe.collect_at_bytes.store(bytes.saturating_mul(2), Ordering::Relaxed);
    report(segment, stripe);
}

/// Tells the header's sum. A death in between leaves the sum wrong by a little until the next [`add_up`].
fn report(segment: &Segment, stripe: &Stripe) {
    let change = unreported(stripe);
    if change != 0 {
        stripe.reported.store(stripe.retired_bytes.load(Ordering::Relaxed), Ordering::Relaxed);
        segment.header().retired_bytes.fetch_add(change, Ordering::Relaxed);
    }
}

/// What the header's sum does not know of the stripe yet; less than nothing, in two's complement, where it knows too much.
fn unreported(stripe: &Stripe) -> u64 {
    stripe.retired_bytes.load(Ordering::Relaxed).wrapping_sub(stripe.reported.load(Ordering::Relaxed))
}

/// Bytes of the block that holds `off`.
fn bytes_of(segment: &Segment, off: Off<Node>) -> Result<u64> {
    Ok(u64::from(segment.at(block_of(off))?.span.load(Ordering::Relaxed) >> 2) * GRANULE)
}
