//! One process of each opcache acts for all that share it.
//!
//! An opcache is told by a number that the process chose whose children share it. Its record says up to which generation everything was
//! done. Whoever meets a later one claims the record, by compare-and-swap, does what is to be done and then says so; the others wait for that,
//! since what they run next would still be the old code. A claim may be taken over when its holder is dead, or has not moved for [`PATIENCE`].
//!
//! | lower 16 bits of `claim` | meaning |
//! |---|---|
//! | 0 | nobody acts |
//! | slot index + 1 | that one does |
//! | [`GUEST`] | a process without a slot does |

use core::time::Duration;
use std::time::Instant;

use super::{Outcome, texts};
use crate::error::Result;
use crate::layout::{OPCACHES, Opcache, ResetControl};
use crate::segment::Segment;
use crate::sync::locker::{Locker, Which};
use crate::sync::{SlotId, slot};
use crate::word::Ordering;

const PATIENCE: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_micros(100);
const GUEST: u64 = 0xffff;
const HOLDER_BITS: u32 = 16;

/// The opcache that a process shares.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Membership {
    id: u64,
    /// Where its record is; none where all are taken: then the process acts for itself.
    index: Option<usize>,
    /// Generation done, where there is no record.
    done: u64,
}

/// What one process does for an opcache.
#[derive(Debug, PartialEq, Eq)]
pub enum Task {
    /// Throw all compiled code away.
    Reset,
    /// Throw the code away whose resolved path begins with one of these.
    Invalidate(Vec<Vec<u8>>),
}

/// The right, and the duty, to do a task. Dropped without `finish`, it is left to the next.
#[derive(Debug)]
pub struct Claim<'s> {
    /// What is to be done.
    pub task: Task,
    record: Option<&'s Opcache>,
    word: u64,
    covers: u64,
}

impl Membership {
    /// Joins the opcache `id`; its record is made where there is none yet: nothing was compiled before its first process attached.
    pub(crate) fn join(by: &Locker<'_>, id: u64, preloads: bool, boot_ms: u64) -> Result<Self> {
        let segment = by.segment();
        let control = segment.resets();
        let mut held = by.lock(Which::Resets)?;
        // The id is stored last: a death leaves a record that is free.
        held.mended();
        let generation = control.generation.load(Ordering::Acquire);
        let known = control.opcaches.iter().position(|record| record.id.load(Ordering::Acquire) == id);
        let index = known.or_else(|| free(segment));
        if let (Some(index), None) = (index, known) {
            let record = &control.opcaches[index];
            record.id.store(0, Ordering::Release);
            for word in [&record.claim, &record.tried, &record.reported, &record.reported_at, &record.scripts] {
                word.store(0, Ordering::Relaxed);
            }
            record.outcome.store(0, Ordering::Relaxed);
            record.done.store(generation, Ordering::Relaxed);
            record.id.store(id, Ordering::Release);
        }
        if let Some(index) = index {
            let record = &control.opcaches[index];
            record.preloads.store(preloads.into(), Ordering::Relaxed);
            record.seen.store(boot_ms, Ordering::Relaxed);
            // Under the lock: from now on the record is in use.
            segment.slot(by.me().index()).opcache.store(index as u32 + 1, Ordering::Release);
        }
        Ok(Self { id, index, done: generation })
    }

    /// Without a record: the process acts for itself.
    pub(crate) fn alone(id: u64, control: &ResetControl) -> Self {
        Self { id, index: None, done: control.generation.load(Ordering::Acquire) }
    }

    /// What a slot says of it.
    pub(crate) fn number(&self) -> u32 {
        self.index.map_or(0, |index| index as u32 + 1)
    }

    /// The record, unless it was given to another opcache meanwhile.
    pub(crate) fn record<'s>(&self, segment: &'s Segment) -> Option<&'s Opcache> {
        let record = segment.resets().opcaches.get(self.index?)?;
        (record.id.load(Ordering::Acquire) == self.id).then_some(record)
    }

    /// Waits until everything is done for the opcache, or it is the caller's turn to do it. `me` is the caller's slot.
    pub(crate) fn claim<'s>(&self, segment: &'s Segment, me: Option<SlotId>) -> Option<Claim<'s>> {
        let control = segment.resets();
        let Some(record) = self.record(segment) else {
            let (task, covers) = task(control, self.done);
            return task.map(|task| Claim { task, record: None, word: 0, covers });
        };
        let me = me.map_or(GUEST, |slot| u64::from(slot.0) + 1);
        let began = Instant::now();
        loop {
            if all_done(control, record) {
                return None;
            }
            let word = record.claim.load(Ordering::Acquire);
            if !may_take(segment, word, me) && began.elapsed() < PATIENCE {
                std::thread::sleep(PAUSE);
                continue;
            }
            let mine = (((word >> HOLDER_BITS) + 1) << HOLDER_BITS) | me;
            if record.claim.compare_exchange(word, mine, Ordering::AcqRel, Ordering::Relaxed).is_err() {
                continue;
            }
            // Again: the last holder may have finished in between.
            let (task, covers) = task(control, record.done.load(Ordering::Acquire));
            match task {
                Some(task) => return Some(Claim { task, record: Some(record), word: mine, covers }),
                None => release(record, mine),
            }
        }
    }

    /// Notes what was done without a record.
    pub(crate) fn finished_alone(&mut self, covers: u64) {
        self.done = self.done.max(covers);
    }
}

impl Claim<'_> {
    /// Says how it went. Returns up to which generation things are done for a process without a record.
    pub(crate) fn finish(self, outcome: Outcome) -> u64 {
        if let Some(record) = self.record {
            record.outcome.store(outcome as u32, Ordering::Relaxed);
            record.tried.store(self.covers, Ordering::Release);
            if outcome.is_final() {
                record.done.fetch_max(self.covers, Ordering::AcqRel);
            }
        }
        if outcome.is_final() { self.covers } else { 0 }
    }
}

impl Claim<'_> {
    /// Notes how many scripts lay below the prefixes of a [`Task::Invalidate`], all ones where everything was thrown away. Before [`Claim::finish`].
    pub fn found_scripts(&self, scripts: u64) {
        if let Some(record) = self.record {
            record.scripts.store(scripts, Ordering::Relaxed);
        }
    }

    /// Leaves the task to the next.
    pub fn give_up(&self) {
        if let Some(record) = self.record {
            release(record, self.word);
        }
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        self.give_up();
    }
}

/// Whether nothing is left to be done; noted, so that the texts of what did not concern it are not missed later.
fn all_done(control: &ResetControl, record: &Opcache) -> bool {
    let done = record.done.load(Ordering::Acquire);
    let (task, covers) = task(control, done);
    if task.is_none() && done < covers {
        record.done.fetch_max(covers, Ordering::AcqRel);
    }
    task.is_none()
}

/// What is to be done after generation `done`, and the generation up to which that covers everything.
fn task(control: &ResetControl, done: u64) -> (Option<Task>, u64) {
    let generation = control.generation.load(Ordering::Acquire);
    let prefixes = texts::after(control, texts::Kind::Prefixes, done);
    let reset = control.reset.load(Ordering::Acquire);
    if reset > done {
        // It may be about to be published: it must not be done twice.
        (Some(Task::Reset), generation.max(reset))
    } else {
        ((!prefixes.is_empty()).then_some(Task::Invalidate(prefixes)), generation)
    }
}

fn may_take(segment: &Segment, word: u64, me: u64) -> bool {
    match word & ((1 << HOLDER_BITS) - 1) {
        0 => true,
        GUEST => false,
        holder => holder == me || !slot::is_alive(segment, SlotId((holder - 1) as u16)),
    }
}

fn release(record: &Opcache, mine: u64) {
    let free = mine >> HOLDER_BITS << HOLDER_BITS;
    // Where it fails, it was taken over.
    let _ = record.claim.compare_exchange(mine, free, Ordering::Release, Ordering::Relaxed);
}

/// A record that is free, or the one of which no process was seen for longest.
fn free(segment: &Segment) -> Option<usize> {
    let records = &segment.resets().opcaches;
    let mut in_use = [false; OPCACHES];
    for id in slot::used(segment).filter(|id| slot::is_alive(segment, *id)) {
        let opcache = segment.slot(id.index()).opcache.load(Ordering::Acquire) as usize;
        if let Some(used) = opcache.checked_sub(1).and_then(|index| in_use.get_mut(index)) {
            *used = true;
        }
    }
    let age =
        |&index: &usize| (records[index].id.load(Ordering::Relaxed) != 0, records[index].seen.load(Ordering::Relaxed));
    (0..OPCACHES).filter(|&index| !in_use[index]).min_by_key(age)
}
