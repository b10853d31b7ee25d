//! Who has applied what: for reports, and for those who wait. Needs no slot, and writes nothing.

use core::time::Duration;
use std::time::Instant;

use super::{Generation, Outcome, SAPIS};
use crate::layout::Slot;
use crate::segment::Segment;
use crate::sync::{SlotId, slot};
use crate::text;
use crate::word::Ordering;

const PAUSE: Duration = Duration::from_millis(1);

/// A PHP process (or thread) that is attached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worker {
    /// Its process id, in its own pid namespace.
    pub pid: u32,
    /// Its thread id, likewise.
    pub tid: u32,
    /// Its pid namespace's inode, which tells processes of several containers apart; 0 where it is not known.
    pub pid_ns: u64,
    /// Its SAPI.
    pub sapi: &'static str,
    /// What it serves: FPM's pool, or nothing.
    pub label: String,
    /// The opcache that it shares, as [`OpcacheState::id`]; none where it has none.
    pub opcache: Option<u64>,
    /// The last reset that it has applied.
    pub applied: Generation,
    /// Boot time in ms since when it is in a request; none while it is idle, when it applies resets before the next request runs any code.
    pub request_since: Option<u64>,
    /// Bytes of its realpath cache when it last reported.
    pub realpath_bytes: u32,
}

/// An opcache, and what its processes have done to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpcacheState {
    /// Tells it from others.
    pub id: u64,
    /// Living processes that share it.
    pub workers: u32,
    /// The last reset that is done, or did not concern it.
    pub done: Generation,
    /// How the last attempt to do one ended, and which it was.
    pub outcome: Option<(Outcome, Generation)>,
    /// Scripts that the last attempt found below its prefixes; all ones where it threw everything away.
    pub scripts: u64,
    /// Whether code is preloaded: that stays until PHP is restarted.
    pub preloads: bool,
    /// What a worker has reported last.
    pub figures: Option<Figures>,
}

/// What an opcache says about itself. The values may be of two reports where one is being written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// The request for reports that it answers.
    pub generation: Generation,
    /// Wall-clock second of the report.
    pub at: u64,
    /// By [`super::FIGURES`].
    pub values: Vec<u64>,
}

/// What is waited for.
#[derive(Debug, Clone, Copy)]
pub enum Until {
    /// No process is in a request, or in a job, that does not know the reset.
    Applied(Generation),
    /// No request runs that began until this boot time, in ms.
    Drained(u64),
}

/// The last reset.
#[must_use]
pub fn current(segment: &Segment) -> Generation {
    Generation(segment.resets().generation.load(Ordering::Acquire))
}

/// The PHP processes that are attached. Those without a slot, because all are taken, are not seen.
#[must_use]
pub fn workers(segment: &Segment) -> Vec<Worker> {
    living(segment).map(|slot| worker(segment, slot)).collect()
}

/// The opcaches that processes have joined, those included whose processes are all gone.
#[must_use]
pub fn opcaches(segment: &Segment) -> Vec<OpcacheState> {
    let records = segment.resets().opcaches.iter().enumerate();
    records
        .filter(|(_, record)| record.id.load(Ordering::Acquire) != 0)
        .map(|(index, record)| {
            let is_member = |slot: &&Slot| slot.opcache.load(Ordering::Relaxed) as usize == index + 1;
            let reported = record.reported.load(Ordering::Acquire);
            let outcome = Outcome::of(record.outcome.load(Ordering::Relaxed));
            OpcacheState {
                id: record.id.load(Ordering::Relaxed),
                workers: living(segment).filter(is_member).count() as u32,
                done: Generation(record.done.load(Ordering::Acquire)),
                outcome: outcome.map(|outcome| (outcome, Generation(record.tried.load(Ordering::Acquire)))),
                scripts: record.scripts.load(Ordering::Relaxed),
                preloads: record.preloads.load(Ordering::Relaxed) != 0,
                figures: (reported != 0).then(|| Figures {
                    generation: Generation(reported),
                    at: record.reported_at.load(Ordering::Relaxed),
                    values: record
                        .figures
                        .iter()
                        .take(super::FIGURES.len())
                        .map(|v| v.load(Ordering::Relaxed))
                        .collect(),
                }),
            }
        })
        .collect()
}

/// Waits, for at most `timeout`; returns those that are still waited for. With no time it only looks.
#[must_use]
pub fn wait(segment: &Segment, until: Until, timeout: Duration) -> Vec<Worker> {
    let began = Instant::now();
    loop {
        let late: Vec<_> =
            living(segment).filter(|slot| is_late(slot, until)).map(|slot| worker(segment, slot)).collect();
        if late.is_empty() || began.elapsed() >= timeout {
            return late;
        }
        std::thread::sleep(PAUSE);
    }
}

fn is_late(slot: &Slot, until: Until) -> bool {
    // After the fence of whoever has published: either this sees the request, or the request has seen the reset.
    let since = slot.request_since.load(Ordering::SeqCst);
    since != 0
        && match until {
            Until::Applied(Generation(generation)) => slot.applied.load(Ordering::Acquire) < generation,
            Until::Drained(began) => since <= began,
        }
}

fn living(segment: &Segment) -> impl Iterator<Item = &Slot> {
    let is_worker = |slot: &&Slot| slot.sapi.load(Ordering::Acquire) != 0;
    slot::used(segment)
        .filter(|id: &SlotId| slot::is_alive(segment, *id))
        .map(|id| segment.slot(id.index()))
        .filter(is_worker)
}

fn worker(segment: &Segment, slot: &Slot) -> Worker {
    let opcache = (slot.opcache.load(Ordering::Relaxed) as usize).checked_sub(1);
    let record = opcache.and_then(|index| segment.resets().opcaches.get(index));
    let since = slot.request_since.load(Ordering::Relaxed);
    Worker {
        pid: slot.pid.load(Ordering::Relaxed),
        tid: slot.tid.load(Ordering::Relaxed),
        pid_ns: slot.pid_ns.load(Ordering::Relaxed),
        sapi: SAPIS.get(slot.sapi.load(Ordering::Relaxed) as usize).copied().unwrap_or("other"),
        label: text::load_label(&slot.label),
        opcache: record.map(|record| record.id.load(Ordering::Relaxed)),
        applied: Generation(slot.applied.load(Ordering::Acquire)),
        request_since: (since != 0).then_some(since),
        realpath_bytes: slot.realpath_bytes.load(Ordering::Relaxed),
    }
}
