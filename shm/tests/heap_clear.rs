//! Room for a large block among small ones: the heap proposes runs of neighbours, and clearing one makes the room.

mod common;

use std::collections::BTreeMap;

use common::arena::{Arena, Dice, bytes};
use trove_shm::heap::clear::{Search, Step};
use trove_shm::heap::{self, Seen};
use trove_shm::offset::{GRANULE, Off};
use trove_shm::segment::access::OwnedBlock;
use trove_shm::word::Ordering::Relaxed;

/// A full heap of entries with sizes from `size`.
fn fill(arena: &Arena, mut size: impl FnMut() -> u64) -> BTreeMap<u32, OwnedBlock> {
    let mut entries = BTreeMap::new();
    while let Some(block) = arena.reserve(size()) {
        arena.publish(&block);
        entries.insert(block.off().raw(), block);
    }
    entries
}

/// The victims of the first run that the search finds; none where there is none.
fn find(arena: &Arena, bytes: u64, mut may_go: impl FnMut(&Seen) -> bool) -> Option<Vec<Seen>> {
    find_by(arena, bytes, |seen| may_go(seen).then(|| seen.bytes()))
}

/// The same, by what is lost with each.
fn find_by(arena: &Arena, bytes: u64, mut loss: impl FnMut(&Seen) -> Option<u64>) -> Option<Vec<Seen>> {
    let mut search = Search::new(&arena.segment, bytes);
    for _ in 0..10_000 {
        match heap::search(&arena.by(), &mut search, &mut loss).unwrap() {
            Step::Clear(victims) => return Some(victims),
            Step::Onwards => {}
            Step::Nothing => return None,
        }
        arena.validate();
    }
    panic!("the search does not end");
}

fn evict(arena: &Arena, entries: &mut BTreeMap<u32, OwnedBlock>, victims: &[Seen]) {
    let blocks: Vec<OwnedBlock> = victims.iter().map(|seen| entries.remove(&seen.off.raw()).unwrap()).collect();
    blocks.iter().for_each(|block| arena.collect(block));
    heap::release_all(&arena.by(), blocks).unwrap();
    arena.validate();
}

#[test]
fn a_run_that_is_cleared_makes_room() {
    let arena = Arena::new(2 << 20);
    let mut dice = Dice(1);
    let mut entries = fill(&arena, || dice.size(60, 4000));
    for wanted in [5_000, 100_000, 900_000, heap::largest(&arena.segment)] {
        let needed = wanted + 8;
        let victims = find(&arena, wanted, |_| true).expect("everything may go");
        let used: u64 = victims.iter().map(|seen| u64::from(seen.granules) * GRANULE).sum();
        assert!(used <= needed + 2 * 4_100, "{used} bytes go for {needed}");
        evict(&arena, &mut entries, &victims);
        let block = arena.reserve(wanted).expect("the run was cleared");
        arena.release(block);
    }
}

#[test]
fn the_cheapest_run_is_chosen() {
    let arena = Arena::new(1 << 20);
    let mut entries = fill(&arena, || 992);
    let mut offsets: Vec<u32> = entries.keys().copied().collect();
    offsets.sort_unstable();
    // Every second of ten neighbours is free: five of them are in the way.
    let gaps: Vec<OwnedBlock> = (300..310).step_by(2).map(|n| entries.remove(&offsets[n]).unwrap()).collect();
    gaps.iter().for_each(|block| arena.collect(block));
    heap::release_all(&arena.by(), gaps).unwrap();
    let victims = find(&arena, 8_500, |_| true).unwrap();
    let mut expected: Vec<u32> = (301..309).step_by(2).map(|n| offsets[n]).collect();
    expected.sort_unstable();
    assert_eq!(victims.iter().map(|seen| seen.off.raw()).collect::<Vec<_>>(), expected);
}

#[test]
fn the_run_with_which_the_least_is_lost_is_chosen() {
    let arena = Arena::new(1 << 20);
    let entries = fill(&arena, || 992);
    let mut offsets: Vec<u32> = entries.keys().copied().collect();
    offsets.sort_unstable();
    let worthless = offsets[500]..=offsets[505];
    let victims =
        find_by(&arena, 5_000, |seen| Some(if worthless.contains(&seen.off.raw()) { 1 } else { seen.bytes() }))
            .unwrap();
    assert!(victims.iter().all(|seen| worthless.contains(&seen.off.raw())), "{victims:?}");
}

#[test]
fn what_is_owned_or_refused_is_never_in_a_run() {
    let arena = Arena::new(1 << 20);
    let mut entries = fill(&arena, || 500);
    let mut offsets: Vec<u32> = entries.keys().copied().collect();
    offsets.sort_unstable();
    // The wall in the middle belongs to a slot; the quarter below it is refused.
    let wall = offsets[offsets.len() / 2];
    arena.collect(&entries[&wall]);
    let refused = offsets[offsets.len() / 4];
    let committed = arena.committed();
    let victims = find(&arena, committed / 2 - 2_000, |seen| seen.off.raw() != refused);
    assert!(victims.is_none_or(|victims| victims.iter().all(|seen| seen.off.raw() > wall)));
    assert_eq!(find(&arena, committed * 3 / 4, |seen| seen.off.raw() != refused), None);
    assert_eq!(find(&arena, 500, |_| false), None);
    let victims = find(&arena, committed / 3, |seen| seen.off.raw() != refused).unwrap();
    assert!(victims.iter().all(|seen| seen.off.raw() > wall));
    evict(&arena, &mut entries, &victims);
    assert!(arena.reserve(committed / 3).is_some());
}

#[test]
fn a_search_goes_on_where_the_last_one_stopped_although_blocks_were_joined_there() {
    let arena = Arena::new(8 << 20);
    let mut dice = Dice(3);
    let mut entries = fill(&arena, || dice.size(60, 300));
    assert!(entries.len() > 40_000, "more than two steps");
    for _ in 0..40 {
        let victims = find(&arena, 20_000, |_| true).unwrap();
        // Blocks around the hand go and join, as others' evictions would do it.
        evict(&arena, &mut entries, &victims);
        let hand = arena.segment.heap().clear_hand.load(Relaxed).map_or(0, Off::raw);
        let some: Vec<u32> = entries.range(..=hand).rev().take(3).map(|(&off, _)| off).collect();
        for off in some {
            let block = entries.remove(&off).unwrap();
            arena.collect(&block);
            arena.release(block);
        }
        arena.validate();
    }
}

#[test]
fn a_heap_of_owned_blocks_is_looked_at_once_and_given_up() {
    let arena = Arena::new(1 << 20);
    let mut kept = Vec::new();
    while let Some(block) = arena.reserve(300) {
        kept.push(block);
    }
    assert_eq!(find(&arena, 1000, |_| true), None);
    assert!(kept.iter().map(bytes).sum::<u64>() <= arena.committed());
}
