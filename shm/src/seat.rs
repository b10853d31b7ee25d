//! A thread's place in a segment: its slot, or the one that it borrows for an operation, and what it announces there.
//!
//! | seat | has a slot | hits |
//! |---|---|---|
//! | ordinary | until it is dropped | may be kept |
//! | guest: all slots were taken | while a [`Turn`] or a [`Brief`] lives | are copied |
//! | of a forked child | from its first operation on; where the parent had kept something, from fork(2) on | as above |
//!
//! # fork(2)
//!
//! The slot stays the parent's. But what it keeps is in the child's memory too, and the child goes on looking at it, whatever becomes of the parent.
//! So the child takes a slot inside of fork(2) and announces there what its parent's says; then it makes sure that the parent's still says so. From
//! then on it is on its own. Between, two things may happen:
//!
//! - The parent ends its request, or itself. It waits for the child to have a slot: a pipe tells it, of which the child holds the writing
//!   end until then; if the child dies, or there is none, the kernel closes it.
//! - The parent is killed, and its slot is reaped. The child finds that out, does not know what is left of its memory, and aborts.

use core::cell::{Cell, RefCell};
use core::time::Duration;
use std::io::{PipeReader, PipeWriter, pipe};
use std::rc::Rc;
use std::sync::Arc;

use crate::error::Result;
use crate::heap::{self, Heap};
use crate::layout::{Block, Node, Slot, Tally};
use crate::offset::Off;
use crate::reclaim::{self, PinPolicy, Pins};
use crate::segment::Segment;
use crate::segment::access::OwnedBlock;
use crate::spare::Spare;
use crate::stats::{self, Stat};
use crate::sync::fork::{self, AtFork};
use crate::sync::locker::Locker;
use crate::sync::slot::{self, Recovery, SlotHold};
use crate::sync::{self, SlotId};
use crate::table::retire;
use crate::word::Ordering;

/// How long fork(2) waits for the child to take a slot. A child that is slower is waited for at the end of the request.
const FORK_PATIENCE: Duration = Duration::from_millis(500);

/// How long a guest waits for a slot.
const GUEST_PATIENCE: Duration = sync::patience(Duration::from_millis(500));

/// How long the end of a request waits for a forked child to take a slot. A child that comes later aborts.
const HEIR_PATIENCE: Duration = sync::patience(Duration::from_secs(2));

/// No slot. Beyond every table.
const NOBODY: SlotId = SlotId(u16::MAX);

/// A thread's place in a segment.
pub struct Seat {
    segment: Arc<Segment>,
    recovery: &'static (dyn Recovery + Sync),
    hold: RefCell<Option<SlotHold>>,
    /// The slot of `hold`, or [`NOBODY`].
    me: Cell<SlotId>,
    guest: Cell<bool>,
    /// The process has forked since the slot was taken, and is the child: it has no slot yet.
    is_new: Cell<bool>,
    /// What forked children hold the writing ends of until they have slots.
    heirs: RefCell<Vec<PipeReader>>,
    /// A pipe for the child that is being made.
    next_heir: RefCell<Option<(PipeReader, PipeWriter)>>,
    /// Turns and pins alive.
    uses: Cell<u32>,
    pins: Pins,
    /// Blocks of this slot that the heap's lock could not be had for.
    unreturned: RefCell<Vec<OwnedBlock>>,
    /// Blocks of this slot for its next stores. A guest has none.
    spare: Spare,
    /// An empty list, for the memory that it had: see [`Seat::list`].
    list: Cell<Vec<OwnedBlock>>,
}

impl Seat {
    /// Takes a slot, or becomes a guest where all are taken.
    ///
    /// # Errors
    /// As [`slot::claim`].
    pub fn take(segment: Arc<Segment>, recovery: &'static (dyn Recovery + Sync)) -> Result<Rc<Self>> {
        let hold = slot::claim(&segment, recovery)?;
        let keep = segment.is_fixed();
        let seat = Rc::new(Self {
            me: Cell::new(hold.as_ref().map_or(NOBODY, SlotHold::id)),
            guest: Cell::new(hold.is_none()),
            is_new: Cell::new(false),
            heirs: RefCell::default(),
            next_heir: RefCell::default(),
            hold: RefCell::new(hold),
            uses: Cell::new(0),
            pins: Pins::new(PinPolicy { keep, max_age_ms: 0, max_retired: 0 }),
            unreturned: RefCell::default(),
            spare: Spare::new(segment.geometry().capacity),
            list: Cell::default(),
            segment,
            recovery,
        });
        fork::register(&seat);
        Ok(seat)
    }

    /// The segment.
    #[inline]
    pub fn segment(&self) -> &Arc<Segment> {
        &self.segment
    }

    /// An empty list for blocks that are collected, which need not allocate where [`Turn::keep_or_give_back`] has had it before.
    #[inline]
    pub fn list(&self) -> Vec<OwnedBlock> {
        self.list.take()
    }

    /// What the seat announces.
    #[inline]
    pub fn pins(&self) -> &Pins {
        &self.pins
    }

    /// Whether all slots were taken.
    pub fn is_guest(&self) -> bool {
        self.guest.get()
    }

    /// The slot that the seat has now.
    #[inline]
    pub fn slot(&self) -> Option<&Slot> {
        let me = self.me.get();
        (me != NOBODY).then(|| self.segment.slot(me.index()))
    }

    #[inline]
    fn tally(&self) -> Option<&Tally> {
        self.segment.tally(self.me.get().index())
    }

    /// The slot that the seat has for good, where it has one now.
    #[inline]
    pub fn own_slot(&self) -> Option<&Slot> {
        if self.guest.get() { None } else { self.slot() }
    }

    /// Which slot the seat has for good; none for a guest.
    pub fn own(&self) -> Option<SlotId> {
        if self.is_new.get() {
            self.turn().ok()?;
        }
        (!self.is_guest() && self.me.get() != NOBODY).then(|| self.me.get())
    }

    /// Replaces the policy of the request's interval.
    pub fn set_policy(&self, policy: PinPolicy) {
        let keep = policy.keep && self.segment.is_fixed();
        self.pins.set_policy(PinPolicy { keep, ..policy });
    }

    /// Ends the request: what it read may be reused.
    pub fn end_request(&self) {
        for heir in self.heirs.take() {
            fork::is_closed(&heir, HEIR_PATIENCE);
        }
        if let Some(slot) = self.slot() {
            self.pins.forget(slot);
            if let Ok(turn) = self.turn() {
                turn.give_spare_back();
            }
        }
        if self.guest.get() && self.uses.get() == 0 {
            self.hand_back();
        }
    }

    /// The right to lock, allocate and write in the slot's name.
    ///
    /// # Errors
    /// For a guest: `Busy` where every guest slot stays lent.
    #[inline]
    pub fn turn(&self) -> Result<Turn<'_>> {
        if self.me.get() == NOBODY {
            self.sit_down()?;
        }
        self.uses.set(self.uses.get() + 1);
        Ok(Turn { seat: self })
    }

    /// Pins what the thread is about to look at, and says up to which era.
    ///
    /// # Errors
    /// As [`Seat::turn`].
    #[inline]
    pub fn pin(&self) -> Result<(Brief<'_>, u64)> {
        let turn = self.turn()?;
        let to = self.pins.pin(turn.slot(), &self.segment.header().era.word);
        Ok((Brief { turn }, to))
    }

    /// Keeps a block that a glance saw in era `seen` until the request ends, where it is kept already or fewer than `most` are; false where not,
    /// where the policy is against it, or where the block may be gone.
    #[inline(always)]
    pub fn keep_seen(&self, off: Off<Node>, birth: u64, seen: u64, most: u32) -> bool {
        let era = &self.segment.header().era.word;
        let retired = || retire::reported(&self.segment);
        let own = self.slot().filter(|_| !self.is_guest());
        own.is_some_and(|slot| self.pins.keep_seen(slot, off, birth, (seen, era), most, retired))
    }

    /// Counts, in the slot where there is one.
    #[inline]
    pub fn count(&self, stat: Stat) {
        match self.tally() {
            Some(tally) => stats::count(tally, stat, 1),
            None => stats::count_without_slot(&self.segment, stat),
        }
    }

    /// Counts several.
    pub fn count_many(&self, stat: Stat, by: u64) {
        if let (Some(tally), true) = (self.tally(), by != 0) {
            stats::count(tally, stat, by);
        }
    }

    /// Gets a slot where there is none: a guest borrows one, a forked child takes one of its own.
    #[cold]
    fn sit_down(&self) -> Result<()> {
        let own = if self.is_new.get() { slot::claim(&self.segment, self.recovery)? } else { None };
        self.is_new.set(false);
        self.guest.set(own.is_none());
        let hold = match own {
            Some(hold) => hold,
            None => slot::borrow(&self.segment, self.recovery, GUEST_PATIENCE)?,
        };
        self.me.set(hold.id());
        *self.hold.borrow_mut() = Some(hold);
        Ok(())
    }

    #[inline]
    fn leave(&self) {
        let uses = self.uses.get() - 1;
        self.uses.set(uses);
        if uses == 0 && self.guest.get() && !self.pins.is_announced() {
            self.hand_back();
        }
    }

    #[cold]
    fn hand_back(&self) {
        self.me.set(NOBODY);
        // Blocks that are left are freed by whoever reaps the slot.
        self.unreturned.borrow_mut().clear();
        self.hold.borrow_mut().take();
    }
}

impl AtFork for Seat {
    fn prepare(&self) {
        if self.pins.is_announced() {
            // Without a pipe the child may come too late, and then aborts.
            *self.next_heir.borrow_mut() = pipe().ok();
        }
    }

    fn parent(&self) {
        if let Some((reading, writing)) = self.next_heir.take() {
            drop(writing);
            // A parent that goes on at once may be killed before the child has taken over, which then aborts.
            if fork::is_closed(&reading, FORK_PATIENCE) {
                return;
            }
            let mut heirs = self.heirs.borrow_mut();
            heirs.retain(|heir| !fork::is_closed(heir, Duration::ZERO));
            heirs.push(reading);
        }
    }

    fn child(&self) {
        let _open_until_we_have_a_slot = self.next_heir.take();
        self.heirs.take();
        self.unreturned.borrow_mut().clear();
        drop(self.spare.take_all());
        let Some(parents) = self.hold.take() else { return };
        self.me.set(NOBODY);
        self.is_new.set(true);
        if !self.pins.is_announced() {
            return;
        }
        // A child that can have no slot of its own keeps a guest's until its request ends.
        let header = self.segment.header();
        let took_over = self.sit_down().is_ok()
            && self.slot().is_some_and(|slot| {
                reclaim::reader(slot).take_over(&reclaim::reader(parents.slot()), &header.handovers)
                    && parents.slot().pid.load(Ordering::Acquire) == parents.pid()
            });
        if !took_over {
            std::process::abort();
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.end_request();
    }
}

/// The right to act as the seat's slot, as long as it lives.
#[derive(Debug)]
pub struct Turn<'s> {
    seat: &'s Seat,
}

impl<'s> Turn<'s> {
    /// Takes locks and allocates in the slot's name.
    #[inline]
    pub fn locker(&self) -> Locker<'s> {
        Locker::new(&self.seat.segment, self.seat.me.get())
    }

    /// The slot.
    #[inline]
    pub fn slot(&self) -> &'s Slot {
        self.seat.segment.slot(self.seat.me.get().index())
    }

    /// Gives blocks back to the heap. Where its lock cannot be had, they stay in the slot's `held` list and go with the next ones.
    #[inline]
    pub fn give_back(&self, blocks: &mut Vec<OwnedBlock>) {
        if !blocks.is_empty() {
            self.give_all_back(blocks, None);
        }
    }

    /// As [`Turn::give_back`], but some small ones stay with the slot, for [`Turn::take_spare`], instead of older ones.
    #[inline]
    pub fn keep_or_give_back(&self, blocks: &mut Vec<OwnedBlock>) {
        if !blocks.is_empty() {
            if !self.seat.guest.get()
                && let Some(mut dropped) = self.seat.spare.keep(blocks)
            {
                self.give_all_back(&mut dropped.blocks, dropped.behind);
            }
            self.give_back(blocks);
            self.seat.list.set(core::mem::take(blocks));
        }
    }

    /// A block with room for `len` bytes that the slot has already.
    #[inline]
    #[must_use]
    pub fn take_spare(&self, len: u64) -> Option<OwnedBlock> {
        self.seat.spare.take(len)
    }

    /// Gives back what [`Turn::keep_or_give_back`] has kept.
    pub fn give_spare_back(&self) {
        self.give_back(&mut self.seat.spare.take_all());
    }

    /// `behind`: a block that is held still, and stands before them in the `held` list.
    fn give_all_back(&self, blocks: &mut Vec<OwnedBlock>, behind: Option<Off<Block>>) {
        let mut all = self.seat.unreturned.borrow_mut();
        all.append(blocks);
        while !all.is_empty() {
            let Ok(held) = heap::lock(&self.locker()) else { return };
            let heap = Heap::new(&self.seat.segment, &held);
            let from = all.len().saturating_sub(retire::BATCH);
            // The last one stands first in the `held` list.
            for block in all.drain(from..).rev() {
                // What the heap refuses was never this slot's: nothing is left to do for it here.
                let _ = heap.free_behind(self.locker().me(), block, behind);
            }
        }
    }
}

impl Drop for Turn<'_> {
    #[inline]
    fn drop(&mut self) {
        self.seat.leave();
    }
}

/// A pin: what was found linked under it stays as long as it lives.
#[derive(Debug)]
pub struct Brief<'s> {
    turn: Turn<'s>,
}

impl Brief<'_> {
    /// Another pin of the same time.
    #[must_use]
    pub fn again(&self) -> Self {
        let seat = self.turn.seat;
        seat.uses.set(seat.uses.get() + 1);
        seat.pins.hold();
        Self { turn: Turn { seat } }
    }

    /// Extends the pin to the current era, for a walk that found it moved.
    #[cold]
    pub fn extend(&self) -> u64 {
        self.turn.seat.pins.repin(self.turn.slot(), &self.turn.seat.segment.header().era.word)
    }

    /// Keeps a block that was found under the pin until the request ends; false where the policy is against it.
    pub fn keep(&self, off: Off<Node>, birth: u64) -> bool {
        let seat = self.turn.seat;
        !seat.is_guest() && seat.pins.keep(self.turn.slot(), off, birth, || retire::reported(&seat.segment))
    }
}

impl Drop for Brief<'_> {
    #[inline]
    fn drop(&mut self) {
        self.turn.seat.pins.unpin(self.turn.slot());
    }
}

impl core::fmt::Debug for Seat {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Seat").field("me", &self.me.get()).field("guest", &self.guest.get()).finish_non_exhaustive()
    }
}
