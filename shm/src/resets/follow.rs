//! What a process remembers of resets: its side of the protocol.

use core::cell::Cell;

use super::{elect, texts};
use crate::layout::{ResetControl, Slot};
use crate::segment::Segment;
use crate::word::{Ordering, fence};

/// No generation: so long a process has applied nothing.
const NEVER: u64 = u64::MAX;

/// What one process (or thread, where PHP has threads) has seen of resets.
#[derive(Debug)]
pub(crate) struct Follower {
    /// Generation at which there is nothing to do. [`NEVER`] at first, and as long as something has to be tried again.
    seen: Cell<u64>,
    /// Generation applied to the caches of this process.
    applied: Cell<u64>,
    /// The opcache that this process shares.
    pub(crate) opcache: Cell<Option<elect::Membership>>,
}

/// What a process has to do for itself; [`super::Task`] is what one does for all.
#[derive(Debug)]
pub struct Pending {
    pub(super) generation: u64,
    /// Which remembered facts about files are stale.
    pub stale: Stale,
    /// Whether every path is to be resolved anew, in this and all later requests.
    pub resolve_paths: bool,
    /// Whether a report is wanted.
    pub report: bool,
    /// Whether any opcache was ever reset.
    pub opcache_was_reset: bool,
}

/// Which remembered facts about files are stale.
#[derive(Debug, PartialEq, Eq)]
pub enum Stale {
    /// None.
    Nothing,
    /// Those about these paths.
    Paths(Vec<Vec<u8>>),
    /// All.
    All,
}

impl Follower {
    pub(crate) fn new() -> Self {
        Self { seen: Cell::new(NEVER), applied: Cell::new(NEVER), opcache: Cell::new(None) }
    }

    /// Notes that a request begins. Before [`Follower::is_behind`] is asked.
    #[inline]
    pub(crate) fn begin_request(slot: &Slot, boot_ms: u64) {
        slot.request_since.store(boot_ms.max(1), Ordering::Relaxed);
        fence(Ordering::SeqCst);
    }

    /// Notes that it has ended.
    #[inline]
    pub(crate) fn end_request(slot: &Slot) {
        slot.request_since.store(0, Ordering::Release);
    }

    /// Whether there may be something to do. One load.
    #[inline]
    pub(crate) fn is_behind(&self, control: &ResetControl) -> bool {
        control.generation.load(Ordering::Relaxed) != self.seen.get()
    }

    /// What is to be done for this process.
    pub(crate) fn pending(&self, control: &ResetControl) -> Pending {
        let generation = control.generation.load(Ordering::Acquire);
        let applied = match self.applied.get() {
            NEVER => None,
            applied => Some(applied),
        };
        let is_new = |word: &crate::word::Word64| applied.is_none_or(|applied| word.load(Ordering::Acquire) > applied);
        let paths = applied.map_or_else(Vec::new, |applied| texts::after(control, texts::Kind::Path, applied));
        Pending {
            generation,
            // A process that is new here may have been forked from one that remembers much.
            stale: match () {
                () if is_new(&control.stat) => Stale::All,
                () if paths.is_empty() => Stale::Nothing,
                () => Stale::Paths(paths),
            },
            resolve_paths: control.paths.load(Ordering::Acquire) != 0,
            report: applied.is_some_and(|applied| control.report.load(Ordering::Acquire) > applied),
            opcache_was_reset: control.reset.load(Ordering::Acquire) != 0,
        }
    }

    /// Notes that what was pending is done. Where something for all is left that a later request may be able to do, that one tries `again`.
    pub(crate) fn applied(&self, segment: &Segment, slot: Option<&Slot>, pending: &Pending, again: bool) {
        self.applied.set(pending.generation);
        self.seen.set(if again { NEVER } else { pending.generation });
        if let Some(slot) = slot {
            slot.applied.store(pending.generation, Ordering::Release);
        }
        debug_assert!(pending.generation <= segment.resets().issued.load(Ordering::Relaxed));
    }
}
