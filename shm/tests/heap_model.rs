//! The heap against a model: no two blocks overlap, no byte is lost, what a block holds stays as it is, and everything is consistent after each
//! operation.

mod common;

use std::collections::BTreeMap;

use common::arena::{Arena, bytes};
use proptest::prelude::*;
use trove_shm::heap::{self, Heap, MIN_GRANULES};
use trove_shm::offset::GRANULE;
use trove_shm::segment::access::OwnedBlock;
use trove_shm::word::Ordering;

const CAPACITY: u64 = 512 << 10;

/// Bytes of a block's content that belong to the lists it hangs in.
const LINKS: usize = 24;

#[derive(Debug, Clone)]
enum Op {
    /// A block with room for so many bytes.
    Reserve(u64),
    /// Give the nth block back.
    Release(usize),
    /// Give each block back that the nth bit names.
    ReleaseSome(u64),
    /// Give the nth block back and take one of another size.
    Resize(usize, u64),
    /// The nth block becomes an entry.
    Publish(usize),
}

fn sizes() -> impl Strategy<Value = u64> {
    prop_oneof![6 => 0..600_u64, 3 => 600..9_000_u64, 1 => 9_000..200_000_u64]
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let op = prop_oneof![
        8 => sizes().prop_map(Op::Reserve),
        5 => any::<usize>().prop_map(Op::Release),
        1 => any::<u64>().prop_map(Op::ReleaseSome),
        2 => (any::<usize>(), sizes()).prop_map(|(n, size)| Op::Resize(n, size)),
        2 => any::<usize>().prop_map(Op::Publish),
    ];
    prop::collection::vec(op, 1..120)
}

/// A live block, the byte it is filled with, and whether it is an entry.
struct Live {
    block: OwnedBlock,
    fill: u8,
    entry: bool,
}

struct Model {
    arena: Arena,
    live: Vec<Live>,
    fill: u8,
}

impl Model {
    fn reserve(&mut self, size: u64) {
        let before = self.arena.validate();
        let Some(mut block) = self.arena.reserve(size) else {
            let rest = bytes_of_the_heap(&self.arena) - self.arena.committed();
            assert_eq!(rest, 0, "nothing is refused before all is committed");
            let largest = heap::free_blocks(&self.arena.by()).unwrap().iter().map(|b| b.0).max().unwrap_or(0);
            let class_width = 1.0 + 1.0 / 32.0;
            assert!(
                (largest as f64) < (size + 16) as f64 * class_width,
                "{size} refused with {largest} free in one block"
            );
            return;
        };
        assert!(bytes(&block) >= size + 8);
        let spare = bytes(&block) - (size + 8).max(u64::from(MIN_GRANULES) * GRANULE);
        assert!(spare < GRANULE * u64::from(MIN_GRANULES), "{spare} bytes more than asked for");
        self.fill = self.fill.wrapping_add(1);
        let len = bytes(&block) as usize - 8 - LINKS;
        self.arena.segment.owned_bytes(&mut block, LINKS as u64, len).unwrap().fill(self.fill);
        self.live.push(Live { block, fill: self.fill, entry: false });
        assert!(self.arena.validate().owned.0 == before.owned.0 + 1);
    }

    fn take(&mut self, n: usize) -> Option<OwnedBlock> {
        if self.live.is_empty() {
            return None;
        }
        let mut live = self.live.swap_remove(n % self.live.len());
        let len = bytes(&live.block) as usize - 8 - LINKS;
        let content = self.arena.segment.owned_bytes(&mut live.block, LINKS as u64, len).unwrap();
        assert!(content.iter().all(|&b| b == live.fill), "somebody wrote into a live block");
        if live.entry {
            self.arena.collect(&live.block);
        }
        Some(live.block)
    }

    fn apply(&mut self, op: &Op) {
        match *op {
            Op::Reserve(size) => self.reserve(size),
            Op::Release(n) => {
                if let Some(block) = self.take(n) {
                    self.arena.release(block);
                }
            }
            Op::ReleaseSome(bits) => {
                let chosen: Vec<usize> = (0..self.live.len()).rev().filter(|n| bits >> (n % 64) & 1 != 0).collect();
                let blocks: Vec<OwnedBlock> = chosen.into_iter().filter_map(|n| self.take(n)).collect();
                heap::release_all(&self.arena.by(), blocks).unwrap();
            }
            Op::Resize(n, size) => {
                if let Some(block) = self.take(n) {
                    self.arena.release(block);
                    self.reserve(size);
                }
            }
            Op::Publish(n) => {
                let len = self.live.len();
                if let Some(live) = self.live.get_mut(n % len.max(1)).filter(|live| !live.entry) {
                    self.arena.publish(&live.block);
                    live.entry = true;
                }
            }
        }
    }

    fn check(&self) {
        let totals = self.arena.validate();
        let (owned, entries): (Vec<&Live>, Vec<&Live>) = self.live.iter().partition(|live| !live.entry);
        let sum = |live: &[&Live]| (live.len() as u64, live.iter().map(|live| bytes(&live.block)).sum::<u64>());
        assert_eq!(totals.owned, sum(&owned));
        assert_eq!(totals.entries, sum(&entries));
        let by_offset: BTreeMap<u64, u64> =
            self.live.iter().map(|live| (live.block.off().bytes(), bytes(&live.block))).collect();
        assert_eq!(by_offset.len(), self.live.len(), "two blocks at one place");
        for ((at, len), (next, _)) in by_offset.iter().zip(by_offset.iter().skip(1)) {
            assert!(at + len <= *next, "two blocks overlap");
        }
        let free = heap::free_blocks(&self.arena.by()).unwrap();
        assert_eq!(free.iter().map(|b| b.0).sum::<u64>(), heap::free_bytes(&self.arena.segment));
    }
}

fn bytes_of_the_heap(arena: &Arena) -> u64 {
    heap::bytes(&arena.segment)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn every_operation_leaves_the_heap_consistent(ops in ops()) {
        let mut model = Model { arena: Arena::new(CAPACITY), live: Vec::new(), fill: 0 };
        for op in &ops {
            model.apply(op);
            model.check();
        }
        while let Some(block) = model.take(0) {
            model.arena.release(block);
        }
        let totals = model.arena.validate();
        prop_assert!(totals.free.0 <= 1, "all is given back and joined");
        prop_assert_eq!(model.arena.rebuilds(), 0, "no hint was ever wrong");
        prop_assert_eq!(heap::free_bytes(&model.arena.segment), bytes_of_the_heap(&model.arena));
    }
}

#[test]
fn one_block_can_have_the_whole_heap() {
    let arena = Arena::new(CAPACITY);
    let block = arena.reserve(heap::largest(&arena.segment)).unwrap();
    assert_eq!(bytes(&block), bytes_of_the_heap(&arena));
    assert_eq!(arena.validate().free, (0, 0));
    assert!(arena.reserve(0).is_none());
    assert_eq!(heap::free_blocks(&arena.by()).unwrap(), []);
    arena.release(block);
    assert_eq!(arena.validate().free, (1, bytes_of_the_heap(&arena)));
    assert!(arena.reserve(heap::largest(&arena.segment) + 1).is_none());
    assert!(arena.reserve(u64::MAX).is_none());
}

#[test]
fn an_exact_fit_in_the_requests_own_class_is_found() {
    let arena = Arena::new(CAPACITY);
    let whole = arena.reserve(100_001).unwrap();
    let rest = arena.reserve(heap::largest(&arena.segment) - bytes(&whole)).unwrap();
    assert!(arena.reserve(0).is_none());
    let size = bytes(&whole);
    arena.release(whole);
    let again = arena.reserve(100_001).expect("the only free block fits exactly, and is not the smallest of its class");
    assert_eq!(bytes(&again), size);
    arena.release(again);
    arena.release(rest);
}

#[test]
fn memory_is_committed_in_chunks_and_only_as_needed() {
    let arena = Arena::new(64 << 20);
    assert_eq!(arena.committed(), 0);
    assert_eq!(
        heap::free_blocks(&arena.by()).unwrap(),
        [(bytes_of_the_heap(&arena), arena.segment.geometry().blocks_at)]
    );
    let small = arena.reserve(100).unwrap();
    assert!(arena.committed().abs_diff(4 << 20) < 4096, "a sixteenth of the segment");
    let large = arena.reserve(20 << 20).unwrap();
    assert!(arena.committed() < (20 << 20) + 8192, "the free end was used for the large block");
    assert_eq!(arena.validate().owned.0, 2);
    let free = heap::free_blocks(&arena.by()).unwrap();
    assert_eq!(free.len(), 1, "what is not committed counts as part of the free block before it");
    arena.release(small);
    arena.release(large);
    assert_eq!(heap::free_blocks(&arena.by()).unwrap().len(), 1);
}

#[test]
fn a_block_leaves_the_list_of_held_ones_wherever_the_search_for_it_begins() {
    // Where it begins: at one that was put there later (so it stands before), or sooner; at itself; at one that is none of the list's any more.
    for begin in 0..6 {
        let arena = Arena::new(CAPACITY);
        let [free, published, sooner, block, later] = [100; 5].map(|bytes| arena.reserve(bytes).unwrap());
        arena.publish(&published);
        let gone = free.off();
        arena.release(free);
        let before = [&later, &sooner, &block, &published].map(OwnedBlock::off);
        let before = [Some(before[0]), Some(before[1]), Some(before[2]), Some(before[3]), Some(gone), None][begin];
        {
            let held = heap::lock(&arena.by()).unwrap();
            Heap::new(&arena.segment, &held).free_behind(arena.by().me(), block, before).unwrap();
        }
        assert_eq!(arena.validate().owned.0, 2, "{begin}");
        arena.release(later);
        arena.release(sooner);
        assert_eq!(arena.validate().owned.0, 0, "{begin}");
        assert_eq!(arena.by().segment().slot(arena.by().me().index()).held.load(Ordering::Relaxed), None);
    }
}

#[test]
fn a_block_that_is_not_the_givers_is_refused() {
    let arena = Arena::new(CAPACITY);
    let block = arena.reserve(1000).unwrap();
    arena.publish(&block);
    let totals = arena.validate();
    assert!(heap::release(&arena.by(), block).is_err());
    assert_eq!(arena.validate(), totals);
}
