//! Wrong bytes in the heap's hints are mended by the operation that stumbles over them; wrong spans, states and bounds are errors or lost room;
//! nothing panics, and nothing hangs.

mod common;

use common::arena::{Arena, Dice, bytes};
use trove_shm::heap::{self, Heap};
use trove_shm::layout::{Block, BlockState, FreeLinks, FreeTail};
use trove_shm::offset::Off;
use trove_shm::segment::Segment;
use trove_shm::segment::access::{OwnedBlock, content_of};
use trove_shm::sync::SlotId;
use trove_shm::word::Ordering::Relaxed;
use trove_shm::word::Word64;

/// Five blocks in a row; the second and the fourth are free, and so is the rest.
fn arena_with_gaps() -> (Arena, Vec<OwnedBlock>, [Off<Block>; 2]) {
    let arena = Arena::new(512 << 10);
    let mut blocks: Vec<OwnedBlock> =
        [100, 200, 300, 400, 500].iter().map(|&size| arena.reserve(size).unwrap()).collect();
    let gaps = [blocks.remove(3), blocks.remove(1)];
    let offs = [gaps[1].off(), gaps[0].off()];
    heap::release_all(&arena.by(), gaps).unwrap();
    arena.validate();
    (arena, blocks, offs)
}

/// After `damage`, everything is given back and one block takes the whole heap.
fn is_mended(damage: impl FnOnce(&Arena, &[OwnedBlock], [Off<Block>; 2])) {
    let (arena, blocks, gaps) = arena_with_gaps();
    damage(&arena, &blocks, gaps);
    heap::release_all(&arena.by(), blocks.into_iter().rev()).unwrap();
    let whole = arena.reserve(heap::largest(&arena.segment)).expect("all memory is free again");
    assert!(arena.rebuilds() > 0, "the damage did not matter");
    assert_eq!(arena.validate().owned, (1, bytes(&whole)));
}

#[test]
fn a_wrong_list_head_is_mended() {
    is_mended(|arena, _, _| {
        let heads = &arena.segment.heap().heads;
        let head = heads.iter().flatten().find(|head| head.load(Relaxed).is_some()).unwrap();
        head.store(Off::from_raw(7), Relaxed);
    });
    is_mended(|arena, _, _| {
        arena.segment.heap().heads.iter().flatten().for_each(|head| head.store(None, Relaxed));
    });
}

#[test]
fn a_wrong_link_is_mended() {
    is_mended(|arena, _, gaps| {
        arena.segment.at::<FreeLinks>(content_of(gaps[0])).unwrap().prev.store(Some(gaps[1]), Relaxed);
    });
    is_mended(|arena, _, gaps| {
        arena.segment.at::<FreeLinks>(content_of(gaps[1])).unwrap().next.store(Off::from_raw(u32::MAX), Relaxed);
    });
}

#[test]
fn a_wrong_boundary_tag_is_mended() {
    for wrong in [0, 1, 5, u32::MAX] {
        is_mended(|arena, blocks, _| {
            let before = Off::<FreeTail>::from_raw(blocks[1].off().raw() - 1).unwrap();
            arena.segment.at(before).unwrap().granules.store(wrong, Relaxed);
        });
    }
}

#[test]
fn rebuilding_mends_what_no_operation_stumbles_over() {
    let (arena, blocks, gaps) = arena_with_gaps();
    let control = arena.segment.heap();
    control.free.store(3, Relaxed);
    control.last_free.store(None, Relaxed);
    control.clear_hand.store(Off::from_raw(blocks[1].off().raw() + 1), Relaxed);
    control.first.store(0, Relaxed);
    let span = &arena.segment.at(gaps[0]).unwrap().span;
    span.store(span.load(Relaxed) & !Block::FREE, Relaxed);
    let held = heap::lock(&arena.by()).unwrap();
    let heap = Heap::new(&arena.segment, &held);
    assert!(heap.validate().is_err());
    let report = heap.rebuild(None).unwrap();
    assert_eq!((report.blocks, report.freed, report.unknown, report.lost), (6, 0, 0, 0));
    heap.validate().unwrap();
}

#[test]
fn blocks_of_unknown_state_are_left_alone() {
    let (arena, blocks, _) = arena_with_gaps();
    let state = &arena.segment.at(blocks[1].off()).unwrap().state;
    state.store(0xdead_beef, Relaxed);
    let held = heap::lock(&arena.by()).unwrap();
    let heap = Heap::new(&arena.segment, &held);
    assert_eq!(heap.rebuild(Some(arena.by().me())).unwrap().unknown, 1);
    assert_eq!(state.load(Relaxed), 0xdead_beef);
    assert!(heap.validate().is_err());
}

#[test]
fn what_lies_behind_an_impossible_span_is_left_alone_and_the_rest_is_used() {
    let (arena, blocks, _) = arena_with_gaps();
    arena.segment.at(blocks[1].off()).unwrap().span.store(1 << 31, Relaxed);
    let held = heap::lock(&arena.by()).unwrap();
    let report = Heap::new(&arena.segment, &held).rebuild(None).unwrap();
    drop(held);
    assert_eq!(report.lost, arena.segment.geometry().blocks_at + arena.committed() - blocks[1].off().bytes());
    let block = arena.reserve(200).expect("the gap before the damage");
    assert!(block.off().raw() < blocks[1].off().raw());
    assert!(
        arena.segment.at(blocks[2].off()).unwrap().state.load(Relaxed) == BlockState::Owned(arena.by().me().0).raw()
    );
}

/// Overwrites a word of the segment: of the control block, which lies before the blocks, or among those.
fn put(segment: &Segment, word: u64, value: u64) {
    let geometry = segment.geometry();
    if word >= geometry.blocks_at / 8 {
        let word = Off::<Word64>::from_raw(word as u32).unwrap();
        return segment.at(word).unwrap().store(value, Relaxed);
    }
    let control = segment.heap();
    let (low, high) = (value as u32, (value >> 32) as u32);
    match word - geometry.heap_at / 8 - 1 {
        0 => control.committed.store(value, Relaxed),
        1 => {
            control.free.store(low, Relaxed);
            control.first.store(high, Relaxed);
        }
        2 => {
            control.last_free.store(Off::from_raw(low), Relaxed);
            control.clear_hand.store(Off::from_raw(high), Relaxed);
        }
        3 => {
            control.rebuilds.store(low, Relaxed);
            control.rebuilding.store(high, Relaxed);
        }
        4 => control.run.store(value, Relaxed),
        5 => control.block.store(value, Relaxed),
        6 => control.operation.store(value, Relaxed),
        n => {
            let n = n as usize - 7;
            match control.second.get(n) {
                Some(second) => second.store(low, Relaxed),
                None => {
                    let heads = control.heads.as_flattened();
                    heads[n % heads.len()].store(Off::from_raw(low), Relaxed);
                }
            }
        }
    }
}

#[test]
fn no_bytes_make_the_heap_panic_or_hang() {
    for seed in 1..400 {
        let mut dice = Dice(seed);
        let arena = Arena::new(512 << 10);
        let mut blocks: Vec<OwnedBlock> = (0..40).map(|_| arena.reserve(dice.size(10, 5000)).unwrap()).collect();
        for _ in 0..15 {
            let n = dice.below(blocks.len() as u64) as usize;
            arena.release(blocks.swap_remove(n));
        }
        // From the byte after the heap's lock on: the control block, and the blocks; rather near the start.
        let first = arena.segment.geometry().heap_at / 8 + 1;
        for _ in 0..dice.size(1, 200) {
            let word = first + dice.size(1, 30_000) - 1;
            let value = match dice.below(4) {
                0 => dice.roll(),
                1 => dice.roll() & 0xffff,
                2 => dice.roll() & 0x0003_ffff_0003_ffff,
                _ => 0,
            };
            put(&arena.segment, word, value);
        }
        let by = arena.by();
        for _ in 0..60 {
            if dice.below(2) == 0 {
                blocks.extend(heap::reserve(&by, dice.size(10, 20_000)).ok().flatten());
            } else if !blocks.is_empty() {
                let n = dice.below(blocks.len() as u64) as usize;
                let _ = heap::release(&by, blocks.swap_remove(n));
            }
        }
        let _ = heap::free_blocks(&by);
        let _ = heap::free_held(&by, SlotId(1));
        let _ = heap::free_bytes(&arena.segment);
        let mut search = heap::clear::Search::new(&arena.segment, 9_000);
        for _ in 0..100 {
            if heap::search(&by, &mut search, &mut |seen| Some(seen.bytes())).is_err() {
                break;
            }
        }
        let held = heap::lock(&by).unwrap();
        let _ = Heap::new(&arena.segment, &held).validate();
    }
}
