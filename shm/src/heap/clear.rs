//! Finding a run of neighbouring blocks to clear, for a block that many scattered victims would not make room for.
//!
//! The heap evicts nothing. It proposes the run whose removal costs the fewest used bytes among those that it looks at; the caller unlinks
//! those entries, and their blocks come back through `release` and join. A search goes round the heap in bounded steps, the lock being free
//! between two, from `HeapControl::clear_hand`, which the heap keeps on a block's header while blocks are joined.

use std::collections::VecDeque;

use super::Heap;
use super::walk::Seen;
use crate::error::Result;
use crate::layout::{Block, BlockState};
use crate::offset::{GRANULE, Off};
use crate::word::Ordering::{Relaxed, Release};

/// Blocks looked at in one step, under the lock: some ms at worst.
pub const STEP: u32 = 1 << 16;

/// A search for a run that holds at least so many bytes. Kept by the caller between steps; process-local.
#[derive(Debug)]
pub struct Search {
    needed: u64,
    /// Bytes of the heap not yet looked at, one round and a run in all.
    left: u64,
}

/// What a step of a search brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Evict these entries' blocks: they and the free ones between them are a run of the size that is needed.
    Clear(Vec<Off<Block>>),
    /// Nothing among the blocks of this step; go on.
    Onwards,
    /// The whole heap was looked at, and no run may be cleared.
    Nothing,
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
        self.bytes += size(&seen);
        self.used += used(&seen);
    }

    /// Drops blocks from the left while the rest is large enough.
    fn tighten(&mut self, needed: u64) {
        while let Some(first) = self.blocks.front().filter(|first| self.bytes - size(first) >= needed) {
            self.bytes -= size(first);
            self.used -= used(first);
            self.blocks.pop_front();
        }
    }

    fn victims(&self) -> Vec<Off<Block>> {
        self.blocks.iter().filter(|seen| seen.state == Some(BlockState::Entry)).map(|seen| seen.off).collect()
    }
}

impl Search {
    /// A search for `granules` that lie side by side.
    #[must_use]
    pub fn new(heap: &Heap<'_>, granules: u32) -> Self {
        let needed = u64::from(granules) * GRANULE;
        Self { needed, left: heap.committed() - heap.blocks_at() + needed }
    }

    /// Looks at up to [`STEP`] blocks more, or as many as a run of the size takes. `may_go` is asked once or more for each entry's
    /// block whether it may be evicted (not pinned, not retired).
    ///
    /// # Errors
    /// [`crate::error::Error::Corrupt`] where the heap's spans are.
    pub fn step(&mut self, heap: &Heap<'_>, may_go: &mut dyn FnMut(Off<Block>) -> bool) -> Result<Step> {
        let mut best: Option<(u64, Vec<Off<Block>>)> = None;
        let mut window = Window::default();
        let mut looked_at = 0_u32;
        let mut walk = heap.walk(heap.control.clear_hand.load(Relaxed));
        let hand = loop {
            let Some(seen) = walk.next().transpose()? else { break None };
            self.left = self.left.saturating_sub(size(&seen));
            looked_at += 1;
            let clearable = match seen.state {
                Some(BlockState::Free) => true,
                Some(BlockState::Entry) => may_go(seen.off),
                _ => false,
            };
            if clearable {
                window.push(seen);
                window.tighten(self.needed);
            } else {
                window = Window::default();
            }
            if window.bytes >= self.needed && best.as_ref().is_none_or(|(used, _)| window.used < *used) {
                best = Some((window.used, window.victims()));
            }
            // A run under way is finished, so that every run is seen whole in some step.
            let in_a_run = !window.blocks.is_empty() && window.bytes < self.needed;
            if self.left == 0 || (looked_at >= STEP && !in_a_run) {
                break Some(seen.off);
            }
        };
        heap.control.clear_hand.store(hand, Release);
        Ok(match best {
            Some((_, victims)) => Step::Clear(victims),
            None if self.left == 0 => Step::Nothing,
            None => Step::Onwards,
        })
    }
}

fn size(seen: &Seen) -> u64 {
    u64::from(seen.granules) * GRANULE
}

fn used(seen: &Seen) -> u64 {
    if seen.state == Some(BlockState::Free) { 0 } else { size(seen) }
}
