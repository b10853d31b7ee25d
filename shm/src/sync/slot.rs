//! Slots: taking one, giving it back, and reaping those of the dead.
//!
//! Whoever has a slot's mutex (see [`super::owner`]) is the only one that may act for it: its owner, or, when that is dead, the one that reaps it
//! or takes one of its locks over. `pid` tells whether something was left: it is stored first when a slot is taken, and cleared last when
//! it is given back or reaped.
//!
//! | mutex | `pid` | the slot is | may be taken |
//! |---|---|---|---|
//! | free or left by the dead | 0 | clean | at once |
//! | held | any | in use, or being reaped | no |
//! | free or left by the dead | not 0 | dirty: its owner died | after it was reaped |
//!
//! Reaping goes through what a death can leave (`docs/architecture.md`). Each step may be repeated, and the slot stays dirty until the
//! last one, so a reaper may die too. A process without a slot takes a clean one first; where there is none, it reaps a dirty one *as that
//! slot*: the locks it needs then belong to the dead slot, whose own locks it simply finds in its hands.
//!
//! The last [`GUEST_SLOTS`] slots are lent for single operations to processes that have none.

use core::marker::PhantomData;
use core::time::Duration;
use std::sync::Arc;
use std::time::Instant;

use super::locker::{Locked, Locker, Which};
use super::{SlotId, owner};
use crate::config::GUEST_SLOTS;
use crate::error::{Error, Result};
use crate::layout::Slot;
use crate::segment::Segment;
use crate::word::Ordering;

/// Mending what the dead leave: given to whoever may have to. Each action may be repeated, and may find that nothing is left to do.
pub trait Recovery {
    /// Makes a stripe whole. `held` is the stripe's lock; `by` takes further ones (tags, heap) and owns what is allocated.
    ///
    /// The notes to resolve are those of *every* slot whose `wants_stripe` names this stripe: the living ones have none as long as the
    /// caller has the lock.
    ///
    /// # Errors
    /// What keeps it from being done: the lock stays unmended.
    fn stripe(&self, by: &Locker<'_>, held: &Locked<'_>, stripe: u32) -> Result<()>;

    /// Makes tag records and posting lists whole.
    ///
    /// # Errors
    /// As [`Recovery::stripe`].
    fn tags(&self, by: &Locker<'_>, held: &Locked<'_>) -> Result<()>;

    /// Makes the heap whole.
    ///
    /// # Errors
    /// As [`Recovery::stripe`].
    fn heap(&self, by: &Locker<'_>, held: &Locked<'_>) -> Result<()>;

    /// Frees what a dead slot had allocated and not published (`Slot::held`), and drops its notes. Its locks were mended before;
    /// its wishes (`wants_*`) still tell under which ones it died.
    ///
    /// # Errors
    /// What keeps it from being done: the slot stays dirty.
    fn free_held(&self, by: &Locker<'_>, dead: SlotId) -> Result<()>;

    /// Frees what else names the dead slot: leases.
    fn forget(&self, segment: &Segment, dead: SlotId);
}

/// A slot that the calling thread owns; given back when dropped. It stays with its thread: the kernel watches that one.
#[derive(Debug)]
pub struct SlotHold {
    /// Keeps the mutex mapped as long as it is locked.
    segment: Arc<Segment>,
    id: SlotId,
    pid: u32,
    stays_with_its_thread: PhantomData<*const ()>,
}

/// Takes a slot for the calling thread, and reaps the dead ones; none where all are taken.
///
/// # Errors
/// Where the only free slots are dirty: what kept them from being reaped.
pub fn claim(segment: &Arc<Segment>, recovery: &dyn Recovery) -> Result<Option<SlotHold>> {
    let ordinary = segment.geometry().slots.saturating_sub(GUEST_SLOTS);
    let mut last_error = None;
    if let Some(hold) = (0..ordinary).map(id_of).find_map(|id| SlotHold::clean(segment, id)) {
        introduce(hold.slot());
        // Best effort: what cannot be reaped now is left to the next.
        let _ = sweep(&hold.locker(), recovery);
        return Ok(Some(hold));
    }
    for id in (0..ordinary).map(id_of) {
        match SlotHold::any(segment, id, recovery) {
            Ok(Some(hold)) => {
                introduce(hold.slot());
                return Ok(Some(hold));
            }
            Ok(None) => {}
            Err(e) => last_error = Some(e),
        }
    }
    last_error.map_or(Ok(None), Err)
}

/// Lends a guest slot to the calling thread, for one operation. Waits for at most `timeout` while all are lent.
///
/// # Errors
/// [`Error::Busy`] after `timeout`; where the only free ones are dirty, what kept them from being reaped.
pub fn borrow(segment: &Arc<Segment>, recovery: &dyn Recovery, timeout: Duration) -> Result<SlotHold> {
    const PAUSE: Duration = Duration::from_millis(1);
    let slots = segment.geometry().slots;
    let guests = GUEST_SLOTS.min(slots);
    let (first, start) = (slots - guests, owner::thread_id());
    let began = Instant::now();
    loop {
        let mut last_error = None;
        for turn in 0..guests {
            match SlotHold::any(segment, id_of(first + (start.wrapping_add(turn)) % guests), recovery) {
                Ok(Some(hold)) => return Ok(hold),
                Ok(None) => {}
                Err(e) => last_error = Some(e),
            }
        }
        if began.elapsed() >= timeout {
            return Err(last_error.unwrap_or_else(|| Error::Busy {
                what: "the guests' slots",
                pid: segment.slot(first).pid.load(Ordering::Relaxed),
                waited_ms: u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX),
            }));
        }
        std::thread::sleep(PAUSE);
    }
}

/// Reaps every dead slot; how many those were. Two loads a slot where nobody died.
///
/// # Errors
/// The first that kept a slot from being reaped; the others were tried.
pub fn sweep(by: &Locker<'_>, recovery: &dyn Recovery) -> Result<u32> {
    let (mut reaped, mut outcome) = (0, Ok(()));
    for id in used(by.segment()) {
        let slot = by.segment().slot(id.index());
        if id == by.me() || slot.pid.load(Ordering::Acquire) == 0 || owner::is_alive(slot) {
            continue;
        }
        let Some(_seized) = Seized::seize(slot) else { continue };
        if slot.pid.load(Ordering::Acquire) == 0 {
            continue;
        }
        match reap(&by.reaping(id), id, recovery) {
            Ok(()) => reaped += 1,
            Err(e) => outcome = outcome.and(Err(e)),
        }
    }
    outcome.map(|()| reaped)
}

/// Every slot that was ever taken, the guests included.
pub fn used(segment: &Segment) -> impl Iterator<Item = SlotId> + use<> {
    (0..segment.header().slots_used.load(Ordering::Acquire).min(segment.geometry().slots)).map(id_of)
}

/// Whether the slot's owner lives. One load.
#[inline]
#[must_use]
pub fn is_alive(segment: &Segment, id: SlotId) -> bool {
    id.index() < segment.geometry().slots && owner::is_alive(segment.slot(id.index()))
}

impl SlotHold {
    /// The slot `id`, where nobody has it and nothing was left in it.
    fn clean(segment: &Arc<Segment>, id: SlotId) -> Option<Self> {
        let slot = segment.slot(id.index());
        if slot.pid.load(Ordering::Acquire) != 0 {
            return None;
        }
        let seized = Seized::seize(slot)?;
        (slot.pid.load(Ordering::Acquire) == 0).then(|| Self::keep(segment, id, seized))
    }

    /// The slot `id`, where nobody alive has it; reaped where that is necessary.
    fn any(segment: &Arc<Segment>, id: SlotId, recovery: &dyn Recovery) -> Result<Option<Self>> {
        let slot = segment.slot(id.index());
        let Some(seized) = Seized::seize(slot) else { return Ok(None) };
        if slot.pid.load(Ordering::Acquire) != 0 {
            // For those who wait for the dead one's locks and want to name a culprit.
            slot.pid.store(owner::process_id(), Ordering::Relaxed);
            reap(&Locker::new(segment, id).reaping(id), id, recovery)?;
        }
        Ok(Some(Self::keep(segment, id, seized)))
    }

    fn keep(segment: &Arc<Segment>, id: SlotId, seized: Seized<'_>) -> Self {
        let (slot, pid) = (seized.slot, owner::process_id());
        // Before anything is written to the slot: who looks for the dead must look here.
        segment.header().slots_used.fetch_max(id.index() + 1, Ordering::Release);
        slot.pid.store(pid, Ordering::Release);
        slot.tid.store(owner::thread_id(), Ordering::Relaxed);
        // A clean slot has no wishes, but in a damaged segment.
        for wish in [&slot.wants_stripe, &slot.wants_tags, &slot.wants_heap, &slot.wants_resets] {
            if wish.load(Ordering::Relaxed) != 0 {
                wish.store(0, Ordering::Relaxed);
            }
        }
        core::mem::forget(seized);
        Self { segment: Arc::clone(segment), id, pid, stays_with_its_thread: PhantomData }
    }

    /// The slot's index.
    #[inline]
    #[must_use]
    pub fn id(&self) -> SlotId {
        self.id
    }

    /// The slot.
    #[inline]
    #[must_use]
    pub fn slot(&self) -> &Slot {
        self.segment.slot(self.id.index())
    }

    /// Takes locks in the slot's name.
    #[inline]
    #[must_use]
    pub fn locker(&self) -> Locker<'_> {
        Locker::new(&self.segment, self.id)
    }

    /// The process that took the slot.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Whether the calling process is the one that took the slot: a forked child is not, and must not use it. One load.
    #[inline]
    #[must_use]
    pub fn is_mine(&self) -> bool {
        self.pid == owner::process_id()
    }
}

impl Drop for SlotHold {
    fn drop(&mut self) {
        if !self.is_mine() {
            return;
        }
        let slot = self.slot();
        let left = [&slot.wants_stripe, &slot.wants_tags, &slot.wants_heap, &slot.wants_resets];
        let is_clean =
            slot.held.load(Ordering::Relaxed).is_none() && left.iter().all(|w| w.load(Ordering::Relaxed) == 0);
        // What is left otherwise is reaped, as if the owner had died.
        if is_clean {
            clear(&self.segment, self.id);
        }
        owner::disown(slot);
    }
}

/// The right to act for a slot that nobody alive had; ends when dropped.
#[derive(Debug)]
pub struct Seized<'s> {
    slot: &'s Slot,
}

impl<'s> Seized<'s> {
    pub(super) fn seize(slot: &'s Slot) -> Option<Self> {
        // Made only where it was had: its drop gives the slot up.
        owner::try_own(slot).then(|| Self { slot })
    }
}

impl Drop for Seized<'_> {
    fn drop(&mut self) {
        owner::disown(self.slot);
    }
}

/// Mends what the owner of `dead` left. The caller has seized it, and `by` says so.
fn reap(by: &Locker<'_>, dead: SlotId, recovery: &dyn Recovery) -> Result<()> {
    let segment = by.segment();
    let slot = segment.slot(dead.index());
    if let Some(stripe) = slot.wants_stripe.load(Ordering::Acquire).checked_sub(1)
        && stripe < segment.geometry().stripes
    {
        mend(by, Which::Stripe(stripe), |held| recovery.stripe(by, held, stripe))?;
    }
    if slot.wants_tags.load(Ordering::Acquire) != 0 {
        mend(by, Which::Tags, |held| recovery.tags(by, held))?;
    }
    if slot.wants_heap.load(Ordering::Acquire) != 0 {
        mend(by, Which::Heap, |held| recovery.heap(by, held))?;
    }
    if slot.wants_resets.load(Ordering::Acquire) != 0 {
        // Nothing to mend: what was not published never happened.
        mend(by, Which::Resets, |_| Ok(()))?;
    }
    recovery.free_held(by, dead)?;
    for wants in [&slot.wants_stripe, &slot.wants_tags, &slot.wants_heap, &slot.wants_resets] {
        wants.store(0, Ordering::Release);
    }
    recovery.forget(segment, dead);
    clear(segment, dead);
    Ok(())
}

/// Takes a lock that a dead slot may have held, and recovers what it guards if that was so.
fn mend(by: &Locker<'_>, which: Which, recover: impl FnOnce(&Locked<'_>) -> Result<()>) -> Result<()> {
    let mut held = by.lock(which)?;
    if held.is_unmended() {
        recover(&held)?;
        held.mended();
    }
    Ok(())
}

/// Makes a slot clean that holds no locks and no blocks.
fn clear(segment: &Segment, id: SlotId) {
    let slot = segment.slot(id.index());
    slot.lo.store(u64::MAX, Ordering::Release);
    slot.now_lo.store(u64::MAX, Ordering::Release);
    slot.held.store(None, Ordering::Relaxed);
    slot.incoming.store(None, Ordering::Relaxed);
    slot.outgoing.store(None, Ordering::Relaxed);
    let counts = segment.tally(id.index()).into_iter().flat_map(|tally| &tally.counts);
    for (count, total) in counts.zip(&segment.header().totals) {
        // Zero first: a death in between loses a few counts, and counts none twice.
        match count.load(Ordering::Relaxed) {
            0 => {}
            n => {
                count.store(0, Ordering::Relaxed);
                total.fetch_add(n, Ordering::Relaxed);
            }
        }
    }
    for word in [&slot.start, &slot.pid_ns, &slot.hi, &slot.now_hi, &slot.applied, &slot.request_since] {
        word.store(0, Ordering::Relaxed);
    }
    for word in [&slot.counting, &slot.tid, &slot.sapi, &slot.opcache, &slot.realpath_bytes] {
        word.store(0, Ordering::Relaxed);
    }
    for word in slot.label.iter().chain(&slot.kept) {
        word.store(0, Ordering::Relaxed);
    }
    slot.pid.store(0, Ordering::Release);
}

/// Notes, for reports, when the calling thread started and in which pid namespace it is. Zero where /proc does not tell.
fn introduce(slot: &Slot) {
    use std::os::unix::fs::MetadataExt;

    /// Of the words after the command's name, which is in parentheses and may hold anything.
    const START: usize = 19;
    let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap_or_default();
    let start = stat.rsplit(") ").next().and_then(|words| words.split(' ').nth(START)).and_then(|n| n.parse().ok());
    slot.start.store(start.unwrap_or(0), Ordering::Relaxed);
    let namespace = std::fs::metadata("/proc/self/ns/pid").map_or(0, |meta| meta.ino());
    slot.pid_ns.store(namespace, Ordering::Relaxed);
}

fn id_of(index: u32) -> SlotId {
    // A segment has at most 4096 slots (`segment::validate`).
    SlotId(u16::try_from(index).unwrap_or(u16::MAX))
}
