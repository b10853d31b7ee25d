//! Mending what the dead leave under a stripe's lock, and the one door to a stripe's lock that sees to it.
//!
//! A writer notes what he links and unlinks before he does (`Slot::incoming`, `Slot::outgoing`), so what his death can have left is known: each
//! noted block hangs in the stripe's chains, or in its retire list, or in neither, which makes it nobody's: then it is retired, since readers may
//! still stand on it. An integer that he has sealed gets its word back (`table::seal`), a counter that he was changing says what is true
//! (`table::count`). Everything else in the stripe is valid at every instruction.

use crate::error::Result;
use crate::heap;
use crate::layout::{BlockState, Node, Slot};
use crate::lease;
use crate::offset::Off;
use crate::segment::Segment;
use crate::segment::access::{OwnedBlock, block_of};
use crate::sync::locker::{Locked, Locker, Which};
use crate::sync::slot::{self, Recovery};
use crate::sync::{SlotId, owner};
use crate::table::chain::{self, Spot};
use crate::table::entry::View;
use crate::table::hash::buckets_of;
use crate::table::{self, count, retire, seal};
use crate::tags;
use crate::word::Ordering;

/// Mends tables, tags, heap and leases.
#[derive(Debug)]
pub struct Mender;

/// Takes a stripe's lock, and makes the stripe whole where its last owner died.
///
/// # Errors
/// `Busy`, `Corrupt`.
#[inline(always)]
pub fn lock_stripe<'s>(by: &Locker<'s>, stripe: u32) -> Result<Locked<'s>> {
    let mut held = by.lock(Which::Stripe(stripe))?;
    if held.is_unmended() {
        mend_stripe(by, &held, stripe)?;
        held.mended();
    }
    Ok(held)
}

/// Resolves the notes of everybody who died under this stripe's lock.
#[cold]
fn mend_stripe(by: &Locker<'_>, held: &Locked<'_>, stripe: u32) -> Result<()> {
    let segment = by.segment();
    seal::mend_locked(segment, held)?;
    for id in slot::used(segment) {
        let slot = segment.slot(id.index());
        // A living one that only waits for the lock has nothing noted.
        if slot.wants_stripe.load(Ordering::Acquire) != stripe + 1 {
            continue;
        }
        if slot.counting.load(Ordering::Acquire) != 0 {
            settle_counter(segment, held, slot)?;
        }
        for note in [&slot.incoming, &slot.outgoing] {
            let Some(off) = note.load(Ordering::Acquire) else { continue };
            settle(by, held, id, off)?;
            note.store(None, Ordering::Release);
        }
    }
    retire::recount(segment, held)
}

/// Makes the counter that a slot's owner was changing say what is true: what it said before, and what has become of the entries that he noted.
fn settle_counter(segment: &Segment, held: &Locked<'_>, slot: &Slot) -> Result<()> {
    if count::restore(segment, held, slot)? {
        if let Some(off) = slot.incoming.load(Ordering::Acquire)
            && chain::find_noted_locked(segment, held, off)?.is_some()
        {
            count::linked(segment, held, &View::new(segment, off.cast())?)?;
        }
        if let Some(off) = slot.outgoing.load(Ordering::Acquire)
            && chain::find_noted_locked(segment, held, off)?.is_none()
        {
            count::unlinked(segment, held, &View::new(segment, off.cast())?)?;
        }
    } else {
        recount(segment, held)?;
    }
    slot.counting.store(0, Ordering::Release);
    Ok(())
}

/// Finds out where a noted block is. Where it is nowhere, readers may still stand on it: it goes to the retire list. Where it is in state `Owned`,
/// none can: it was not linked yet, or has just been collected. Its owner's reaper frees it then.
fn settle(by: &Locker<'_>, held: &Locked<'_>, noted_by: SlotId, off: Off<Node>) -> Result<()> {
    let segment = by.segment();
    let block = segment.at(block_of(off))?;
    let state = BlockState::from_raw(block.state.load(Ordering::Acquire));
    heap::held::remove(segment, noted_by, off)?;
    if let Some(BlockState::Owned(_)) = state {
        let owned = OwnedBlock::claim(block_of(off), block.span.load(Ordering::Relaxed) >> 2);
        return heap::held::push(segment, noted_by, &owned);
    }
    if retire::contains(segment, held, off)? {
        return Ok(());
    }
    if state == Some(BlockState::Tag) {
        if tags::record::is_linked_locked(segment, &tags::lock(by)?, off)? {
            return Ok(());
        }
    } else {
        if chain::find_noted_locked(segment, held, off)?.is_some() {
            return Ok(());
        }
        let view = View::new(segment, off.cast())?;
        if let Some(tags) = chain::lock_tags(by, [Some(view), None])? {
            tags::postings::detach_locked(segment, &tags, &view)?;
        }
    }
    retire::push(segment, held, off)
}

/// Counts the stripe's entries anew.
fn recount(segment: &Segment, held: &Locked<'_>) -> Result<()> {
    count::reset(segment, held)?;
    let stripe = table::stripe_of(held)?;
    for bucket in buckets_of(segment.geometry(), stripe) {
        let mut spot = Spot::head(segment, bucket)?;
        for _ in 0..table::most_nodes(segment) {
            let Some(view) = spot.entry else { break };
            count::linked(segment, held, &view)?;
            spot = Spot::after(segment, &view)?;
        }
    }
    Ok(())
}

impl Recovery for Mender {
    fn stripe(&self, by: &Locker<'_>, held: &Locked<'_>, stripe: u32) -> Result<()> {
        mend_stripe(by, held, stripe)
    }

    fn tags(&self, by: &Locker<'_>, held: &Locked<'_>) -> Result<()> {
        tags::recover::mend(by.segment(), held);
        Ok(())
    }

    fn heap(&self, by: &Locker<'_>, held: &Locked<'_>) -> Result<()> {
        heap::recover(by.segment(), held)
    }

    fn free_held(&self, by: &Locker<'_>, dead: SlotId) -> Result<()> {
        heap::free_held(by, dead)
    }

    fn forget(&self, segment: &Segment, dead: SlotId) {
        lease::release_all(segment, dead);
    }
}

/// Whether a slot's owner is dead and its slot not yet reaped.
#[must_use]
pub fn is_dead(segment: &Segment, id: SlotId) -> bool {
    let slot = segment.slot(id.index());
    slot.pid.load(Ordering::Acquire) != 0 && !owner::is_alive(slot)
}
