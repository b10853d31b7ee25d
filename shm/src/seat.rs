//! A thread's place in a segment: its slot, or the one that it borrows for an operation, and what it announces there.
//!
//! | seat | has a slot | hits |
//! |---|---|---|
//! | ordinary | until it is dropped | may be kept |
//! | guest: all slots were taken | while a [`Turn`] or a [`Brief`] lives | are copied |

use core::cell::{Cell, RefCell};
use core::time::Duration;
use std::sync::Arc;

use crate::error::Result;
use crate::heap::{self, Heap};
use crate::layout::{Node, Slot};
use crate::offset::Off;
use crate::reclaim::{PinPolicy, Pins};
use crate::segment::Segment;
use crate::segment::access::OwnedBlock;
use crate::stats::{self, Stat};
use crate::sync::SlotId;
use crate::sync::locker::Locker;
use crate::sync::slot::{self, Recovery, SlotHold};
use crate::table::retire;

/// How long a guest waits for a slot.
const GUEST_PATIENCE: Duration = Duration::from_millis(100);

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
    /// Turns and pins alive.
    uses: Cell<u32>,
    pins: Pins,
    /// Blocks of this slot that the heap's lock could not be had for.
    unreturned: RefCell<Vec<OwnedBlock>>,
}

impl Seat {
    /// Takes a slot, or becomes a guest where all are taken.
    ///
    /// # Errors
    /// As [`slot::claim`].
    pub fn take(segment: Arc<Segment>, recovery: &'static (dyn Recovery + Sync)) -> Result<Self> {
        let hold = slot::claim(&segment, recovery)?;
        let keep = hold.is_some() && segment.is_fixed();
        Ok(Self {
            me: Cell::new(hold.as_ref().map_or(NOBODY, SlotHold::id)),
            guest: Cell::new(hold.is_none()),
            hold: RefCell::new(hold),
            uses: Cell::new(0),
            pins: Pins::new(PinPolicy { keep, max_age_ms: 0, max_retired: 0 }),
            unreturned: RefCell::default(),
            segment,
            recovery,
        })
    }

    /// The segment.
    #[inline]
    pub fn segment(&self) -> &Arc<Segment> {
        &self.segment
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

    /// The slot that the calling process has for good; none for a guest, and none in a forked child.
    pub fn own(&self) -> Option<SlotId> {
        if self.is_guest() {
            return None;
        }
        self.hold.borrow().as_ref().filter(|hold| hold.is_mine()).map(SlotHold::id)
    }

    /// Replaces the policy of the request's interval.
    pub fn set_policy(&self, policy: PinPolicy) {
        let keep = policy.keep && !self.is_guest() && self.segment.is_fixed();
        self.pins.set_policy(PinPolicy { keep, ..policy });
    }

    /// Keeps what the seat of the process that forked this one keeps.
    pub fn inherit(&self, parent: &Self) {
        if let (Some(slot), Some(parent_slot)) = (self.slot(), parent.slot()) {
            self.pins.inherit(slot, &parent.pins, parent_slot, &self.segment.header().heirs);
        }
    }

    /// Ends the request: what it read may be reused.
    pub fn end_request(&self) {
        if let Some(slot) = self.slot() {
            self.pins.forget(slot);
        }
    }

    /// The right to lock, allocate and write in the slot's name.
    ///
    /// # Errors
    /// For a guest: `Busy` where every guest slot stays lent.
    #[inline]
    pub fn turn(&self) -> Result<Turn<'_>> {
        if self.me.get() == NOBODY {
            self.borrow()?;
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

    /// Counts, in the slot where there is one.
    #[inline]
    pub fn count(&self, stat: Stat) {
        match self.slot() {
            Some(slot) => stats::count(slot, stat, 1),
            None => stats::count_without_slot(&self.segment, stat),
        }
    }

    /// Counts several.
    pub fn count_many(&self, stat: Stat, by: u64) {
        if let (Some(slot), true) = (self.slot(), by != 0) {
            stats::count(slot, stat, by);
        }
    }

    #[cold]
    fn borrow(&self) -> Result<()> {
        let hold = slot::borrow(&self.segment, self.recovery, GUEST_PATIENCE)?;
        self.me.set(hold.id());
        *self.hold.borrow_mut() = Some(hold);
        Ok(())
    }

    #[inline]
    fn leave(&self) {
        let uses = self.uses.get() - 1;
        self.uses.set(uses);
        if uses == 0 && self.guest.get() {
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
    pub fn give_back(&self, blocks: &mut Vec<OwnedBlock>) {
        let mut all = self.seat.unreturned.borrow_mut();
        all.append(blocks);
        while !all.is_empty() {
            let Ok(held) = heap::lock(&self.locker()) else { return };
            let heap = Heap::new(&self.seat.segment, &held);
            let from = all.len().saturating_sub(retire::BATCH);
            for block in all.drain(from..) {
                // What the heap refuses was never this slot's: nothing is left to do for it here.
                let _ = heap.free(self.locker().me(), block);
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
