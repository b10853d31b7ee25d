//! Finding a run of neighbouring blocks to clear, for a block that many scattered victims would not make room for.
//!
//! The heap evicts nothing. It proposes the run with which the least is lost, as the caller tells it of each block, among those that it looks at;
//! the caller unlinks those entries, and their blocks come back through `release` and join. A search goes round the heap in bounded steps, the
//! lock being free between two, from `HeapControl::clear_hand`, which the heap keeps on a block's header while blocks are joined.

use std::collections::VecDeque;

use super::walk::Seen;
use super::{Heap, granules_for, largest};
use crate::error::Result;
use crate::layout::BlockState;
use crate::offset::GRANULE;
use crate::segment::Segment;
use crate::word::Ordering::{Relaxed, Release};

/// Blocks that a step looks at, under the lock: some ten microseconds. Of them the best run is taken. *Measured* on the traces of `make bench`: of a
/// quarter as many, the hit ratio by bytes is a point lower; of sixteen times as many, as high, at three times the cost of a store.
const STEP: u32 = 1 << 10;

/// Blocks that it looks at where the run under way is not yet large enough; beyond, it is given up.
const LONGEST_RUN: u32 = 1 << 20;

/// A search for a run of at least so many bytes. Kept by the caller between steps; process-local.
#[derive(Debug)]
pub struct Search {
    needed: u64,
    /// Bytes of the heap still to be looked at: once round, and a run more.
    left: u64,
}

/// What a step of a search brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Evict these: they and the free blocks between them are a run of the size that is needed.
    Clear(Vec<Seen>),
    /// Nothing among the blocks of this step; go on.
    Onwards,
    /// The whole heap was looked at, and no run may be cleared.
    Nothing,
}

impl Search {
    /// A search for what [`super::reserve`] needs for `bytes`.
    #[must_use]
    pub fn new(segment: &Segment, bytes: u64) -> Self {
        let needed = u64::from(granules_for(bytes.min(largest(segment)))) * GRANULE;
        Self { needed, left: super::bytes(segment) + needed }
    }

    /// Looks at some thousand blocks more. `loss` is asked about each entry and tag record what is lost with it: none where it may
    /// not be evicted. A sum of losses must not overflow.
    ///
    /// # Errors
    /// [`crate::error::Error::Corrupt`] where the heap's spans are.
    pub fn step(&mut self, heap: &Heap<'_>, loss: &mut dyn FnMut(&Seen) -> Option<u64>) -> Result<Step> {
        let mut best: Option<Proposal> = None;
        let mut window = Window::default();
        let mut looked_at = 0_u32;
        let mut walk = heap.walk(heap.control.clear_hand.load(Relaxed));
        let hand = loop {
            let Some(seen) = walk.next().transpose()? else { break None };
            self.left = self.left.saturating_sub(seen.bytes());
            looked_at += 1;
            let lost = match seen.state {
                Some(BlockState::Free) => Some(0),
                Some(BlockState::Entry | BlockState::Tag) => loss(&seen),
                _ => None,
            };
            if let Some(lost) = lost {
                window.push(seen, lost);
                window.tighten(self.needed);
            } else {
                window = Window::default();
            }
            if window.bytes >= self.needed && best.as_ref().is_none_or(|best| window.lost < best.lost) {
                best = window.proposal();
            }
            let in_a_run = !window.blocks.is_empty() && window.bytes < self.needed && looked_at < LONGEST_RUN;
            if self.left == 0 || (looked_at >= STEP && !in_a_run) {
                break Some(seen.off);
            }
        };
        heap.control.clear_hand.store(hand, Release);
        match best {
            Some(proposal) => Ok(Step::Clear(proposal.victims(heap)?)),
            None if self.left == 0 => Ok(Step::Nothing),
            None => Ok(Step::Onwards),
        }
    }
}

/// Neighbouring blocks that may all be cleared.
#[derive(Default)]
struct Window {
    /// With what is lost with each.
    blocks: VecDeque<(Seen, u64)>,
    bytes: u64,
    lost: u64,
}

impl Window {
    fn push(&mut self, seen: Seen, lost: u64) {
        self.blocks.push_back((seen, lost));
        self.bytes += seen.bytes();
        self.lost += lost;
    }

    /// Drops blocks from the left while the rest is large enough.
    fn tighten(&mut self, needed: u64) {
        while let Some((first, lost)) = self.blocks.front().filter(|(first, _)| self.bytes - first.bytes() >= needed) {
            self.bytes -= first.bytes();
            self.lost -= lost;
            self.blocks.pop_front();
        }
    }

    fn proposal(&self) -> Option<Proposal> {
        self.blocks.front().map(|&(first, _)| Proposal { first, blocks: self.blocks.len(), lost: self.lost })
    }
}

/// A window worth clearing, by its first block.
struct Proposal {
    first: Seen,
    blocks: usize,
    lost: u64,
}

impl Proposal {
    fn victims(&self, heap: &Heap<'_>) -> Result<Vec<Seen>> {
        let run = heap.walk(Some(self.first.off)).take(self.blocks);
        run.filter(|seen| !matches!(seen, Ok(seen) if seen.state == Some(BlockState::Free))).collect()
    }
}
