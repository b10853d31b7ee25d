//! Finding a run of neighbouring blocks to clear, for a block that many scattered victims would not make room for.
//!
//! The heap evicts nothing. It proposes the run whose removal costs the fewest used bytes among those that it looks at; the caller unlinks
//! those entries, and their blocks come back through `release` and join. A search goes round the heap in bounded steps, the lock being free
//! between two, from `HeapControl::clear_hand`, which the heap keeps on a block's header while blocks are joined.

use std::collections::VecDeque;

use super::walk::Seen;
use super::{Heap, granules_for, largest};
use crate::error::Result;
use crate::layout::BlockState;
use crate::offset::GRANULE;
use crate::segment::Segment;
use crate::word::Ordering::{Relaxed, Release};

/// Blocks that a step looks at, under the lock: some hundred microseconds.
const STEP: u32 = 1 << 14;

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

    /// Looks at some thousand blocks more. `may_go` is asked about each entry and tag record whether it may be evicted: not where it is
    /// pinned or retired.
    ///
    /// # Errors
    /// [`crate::error::Error::Corrupt`] where the heap's spans are.
    pub fn step(&mut self, heap: &Heap<'_>, may_go: &mut dyn FnMut(&Seen) -> bool) -> Result<Step> {
        let mut best: Option<Proposal> = None;
        let mut window = Window::default();
        let mut looked_at = 0_u32;
        let mut walk = heap.walk(heap.control.clear_hand.load(Relaxed));
        let hand = loop {
            let Some(seen) = walk.next().transpose()? else { break None };
            self.left = self.left.saturating_sub(seen.bytes());
            looked_at += 1;
            let clearable = match seen.state {
                Some(BlockState::Free) => true,
                Some(BlockState::Entry | BlockState::Tag) => may_go(&seen),
                _ => false,
            };
            if clearable {
                window.push(seen);
                window.tighten(self.needed);
            } else {
                window = Window::default();
            }
            if window.bytes >= self.needed && best.as_ref().is_none_or(|best| window.used < best.used) {
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
    blocks: VecDeque<Seen>,
    bytes: u64,
    used: u64,
}

impl Window {
    fn push(&mut self, seen: Seen) {
        self.blocks.push_back(seen);
        self.bytes += seen.bytes();
        self.used += used(&seen);
    }

    /// Drops blocks from the left while the rest is large enough.
    fn tighten(&mut self, needed: u64) {
        while let Some(first) = self.blocks.front().filter(|first| self.bytes - first.bytes() >= needed) {
            self.bytes -= first.bytes();
            self.used -= used(first);
            self.blocks.pop_front();
        }
    }

    fn proposal(&self) -> Option<Proposal> {
        self.blocks.front().map(|&first| Proposal { first, blocks: self.blocks.len(), used: self.used })
    }
}

/// A window worth clearing, by its first block.
struct Proposal {
    first: Seen,
    blocks: usize,
    used: u64,
}

impl Proposal {
    fn victims(&self, heap: &Heap<'_>) -> Result<Vec<Seen>> {
        let run = heap.walk(Some(self.first.off)).take(self.blocks);
        run.filter(|seen| !matches!(seen, Ok(seen) if seen.state == Some(BlockState::Free))).collect()
    }
}

/// Bytes that are lost with a block.
fn used(seen: &Seen) -> u64 {
    if seen.state == Some(BlockState::Free) { 0 } else { seen.bytes() }
}
