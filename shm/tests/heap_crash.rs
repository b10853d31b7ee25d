//! A process dies before each single store of each heap operation, and the heap is whole for the others: no byte is lost, nothing that lives is
//! touched, what was the dead one's is free.
//!
//! Run with `RUSTFLAGS='--cfg trove_crash'` (see `trove_shm::word`).
#![cfg(trove_crash)]

mod common;

use common::arena::{Arena, HeapOnly, bytes};
use common::fork::{Exit, fork};
use trove_shm::error::Result;
use trove_shm::heap::{self, Heap};
use trove_shm::offset::GRANULE;
use trove_shm::segment::access::OwnedBlock;
use trove_shm::sync::slot;
use trove_shm::word::Ordering::Relaxed;
use trove_shm::word::crash;

const CAPACITY: u64 = 1 << 20;

/// A process that is about to die: it makes ready, then the operation runs.
type Prepare = fn(&Arena) -> Vec<OwnedBlock>;
type Operation = fn(&Arena, Vec<OwnedBlock>) -> Result<()>;

/// Blocks in a row of these sizes.
fn row(me: &Arena, sizes: &[u64]) -> Vec<OwnedBlock> {
    sizes.iter().map(|&size| me.reserve(size).unwrap()).collect()
}

/// As [`row`], but those that the flags name are given back.
fn row_with_gaps(me: &Arena, sizes_and_gaps: &[(u64, bool)]) -> Vec<OwnedBlock> {
    let blocks: Vec<(OwnedBlock, bool)> =
        sizes_and_gaps.iter().map(|&(size, gap)| (me.reserve(size).unwrap(), gap)).collect();
    let (gaps, kept): (Vec<_>, Vec<_>) = blocks.into_iter().partition(|(_, gap)| *gap);
    gaps.into_iter().for_each(|(block, _)| me.release(block));
    kept.into_iter().map(|(block, _)| block).collect()
}

/// One block that takes all of the heap's end but so many bytes.
fn all_but(me: &Arena, bytes: u64) -> Vec<OwnedBlock> {
    let end = heap::free_blocks(&me.by()).unwrap().iter().map(|block| block.0).max().unwrap();
    row(me, &[end - bytes - 8])
}

fn grow(me: &Arena, bytes: u64) -> Result<()> {
    let before = me.committed();
    let outcome = heap::reserve(&me.by(), bytes).map(drop);
    assert!(me.committed() > before);
    outcome
}

fn release_nth(me: &Arena, mut blocks: Vec<OwnedBlock>, n: usize) -> Result<()> {
    heap::release(&me.by(), blocks.remove(n))
}

const CASES: &[(&str, Prepare, Operation)] = &[
    ("split a block", |me| row(me, &[100]), |me, _| heap::reserve(&me.by(), 1000).map(drop)),
    (
        "take a whole block",
        |me| row_with_gaps(me, &[(100, false), (504, true), (100, false)]),
        |me, _| heap::reserve(&me.by(), 504).map(drop),
    ),
    (
        "take a block that is a little too large",
        |me| row_with_gaps(me, &[(100, false), (5016, true), (100, false)]),
        |me, _| heap::reserve(&me.by(), 5000).map(drop),
    ),
    ("take the whole rest", |me| all_but(me, 200), |me, _| heap::reserve(&me.by(), 192).map(drop)),
    ("grow a heap that ends with a free block", |me| row(me, &[200 << 10]), |me, _| grow(me, 200 << 10)),
    (
        "grow a heap that ends with a used block",
        |me| row(me, &[u64::from(me.segment.heap().free.load(Relaxed)) * GRANULE - 8]),
        |me, _| grow(me, 100),
    ),
    ("free between used blocks", |me| row(me, &[100, 200, 300]), |me, blocks| release_nth(me, blocks, 1)),
    (
        "free and join with the block before",
        |me| row_with_gaps(me, &[(100, true), (200, false), (300, false)]),
        |me, blocks| release_nth(me, blocks, 0),
    ),
    ("free and join with the block after", |me| row(me, &[100, 200]), |me, blocks| release_nth(me, blocks, 1)),
    (
        "free and join with both",
        |me| row_with_gaps(me, &[(100, true), (200, false), (300, true), (100, false)]),
        |me, blocks| release_nth(me, blocks, 0),
    ),
    ("free the last block of a full heap", |me| all_but(me, 0), |me, blocks| release_nth(me, blocks, 0)),
    ("free many", |me| row(me, &[100; 8]), |me, blocks| heap::release_all(&me.by(), blocks)),
];

/// Two entries of the parent.
fn entries(arena: &Arena) -> Vec<OwnedBlock> {
    let blocks = row(arena, &[400, 800]);
    for block in &blocks {
        arena.publish(block);
    }
    blocks
}

/// Runs a case in a child that dies before store `k`; false where it has not that many.
fn dies(arena: &Arena, (_, prepare, operate): &(&str, Prepare, Operation), k: u64) -> bool {
    let segment = arena.segment.clone();
    let exit = fork(move || {
        let me = Arena::attach(segment);
        let blocks = prepare(&me);
        crash::arm(k);
        operate(&me, blocks).unwrap();
        crash::arm(u64::MAX);
        // The slot is not given back: dead all the same.
        std::mem::forget(me);
    })
    .wait();
    assert!(matches!(exit, Exit::Done | Exit::Signal(9)), "{exit:?}");
    exit != Exit::Done
}

/// The parent's entries are all there is, to the byte, and nobody has walked over the heap to see to that.
fn check(arena: &Arena, entries: &[OwnedBlock], context: &str) {
    check_bytes(arena, entries, context);
    assert_eq!(arena.rebuilds(), 0, "{context}: walks over the heap");
}

fn check_bytes(arena: &Arena, entries: &[OwnedBlock], context: &str) {
    let totals = arena.validate();
    assert_eq!(totals.entries, (2, entries.iter().map(bytes).sum()), "{context}");
    assert_eq!(totals.owned, (0, 0), "{context}: blocks that nobody owns any more");
    let whole = heap::bytes(&arena.segment) - totals.entries.1;
    assert_eq!(heap::free_bytes(&arena.segment), whole, "{context}: bytes are lost");
}

#[test]
fn a_death_before_any_store_loses_nothing() {
    for case in CASES {
        let mut deaths = 0;
        loop {
            let arena = Arena::new(CAPACITY);
            let entries = entries(&arena);
            let died = dies(&arena, case, deaths);
            let context = format!("{}, before store {deaths}", case.0);
            assert_eq!(slot::sweep(&arena.by(), &HeapOnly).unwrap(), 1, "{context}");
            check(&arena, &entries, &context);
            if !died {
                break;
            }
            deaths += 1;
        }
        println!("{}: {deaths} stores", case.0);
        assert!(deaths > 8, "{}: the operation has more stores than {deaths}", case.0);
    }
}

#[test]
fn a_lock_that_is_taken_over_is_mended_before_the_dead_one_is_reaped() {
    for case in CASES {
        for k in 0.. {
            let arena = Arena::new(CAPACITY);
            let entries = entries(&arena);
            if !dies(&arena, case, k) {
                break;
            }
            let context = format!("{}, before store {k}", case.0);
            // None where the dead one has it all.
            if let Some(block) = arena.reserve(5000) {
                arena.validate();
                arena.release(block);
            }
            assert_eq!(slot::sweep(&arena.by(), &HeapOnly).unwrap(), 1, "{context}");
            check(&arena, &entries, &context);
        }
    }
}

/// A process of its own reaps the dead, and dies before store `j`; false where it has not that many.
fn reaper_dies(arena: &Arena, j: u64) -> bool {
    let segment = arena.segment.clone();
    let exit = fork(move || {
        crash::arm(j);
        let me = Arena::attach(segment);
        crash::arm(u64::MAX);
        std::mem::forget(me);
    })
    .wait();
    assert!(matches!(exit, Exit::Done | Exit::Signal(9)), "{exit:?}");
    exit != Exit::Done
}

/// Lets a process die before store `k` of a case, and its reaper before store `j`. What that one died in; none where either has not that many.
fn dies_twice(case: &(&str, Prepare, Operation), k: u64, j: u64) -> Option<Reaper> {
    let arena = Arena::new(CAPACITY);
    let entries = entries(&arena);
    if !dies(&arena, case, k) {
        return None;
    }
    let noted = || arena.segment.heap().operation.load(Relaxed) != 0;
    let had_notes = noted();
    let died = reaper_dies(&arena, j);
    let at = if had_notes && noted() { Reaper::Settling } else { Reaper::Reaping };
    let context = format!("{}, before store {k}; its reaper before store {j}", case.0);
    assert!(slot::sweep(&arena.by(), &HeapOnly).unwrap() >= 1, "{context}");
    check(&arena, &entries, &context);
    died.then_some(at)
}

#[derive(PartialEq)]
enum Reaper {
    Settling,
    Reaping,
}

#[test]
fn a_reaper_may_die_before_any_store_as_well() {
    let (split, join) = (&CASES[0], CASES.iter().find(|case| case.0 == "free and join with both").unwrap());
    for (case, k) in [(split, 4), (split, 14), (join, 6), (join, 20)] {
        let stores = (0..).take_while(|&j| dies_twice(case, k, j).is_some()).count();
        println!("{}, before store {k}: its reaper has {stores} stores", case.0);
        assert!(stores > 20);
    }
}

#[test]
fn who_settles_what_was_under_way_may_die_before_any_store_as_well() {
    let mut settling = 0;
    for (n, case) in CASES.iter().enumerate() {
        // The first stores take the lock and note the operation. Not every case needs every store: what they do is much the same.
        for k in (6 + n as u64 % 4..50).step_by(4) {
            let before = settling;
            while let Some(reaper) = dies_twice(case, k, settling - before) {
                if reaper == Reaper::Reaping && settling != before {
                    break;
                }
                settling += 1;
            }
            if settling == before {
                break;
            }
        }
    }
    println!("{settling} died while they settled what another death had left");
    assert!(settling > 500);
}

#[test]
fn who_dies_while_the_heap_is_rebuilt_leaves_that_to_the_next() {
    let mut died = true;
    for k in 0.. {
        if !died {
            break;
        }
        let arena = Arena::new(CAPACITY);
        let entries = entries(&arena);
        let segment = arena.segment.clone();
        let exit = fork(move || {
            let me = Arena::attach(segment);
            row_with_gaps(&me, &[(100, false), (504, true), (100, false)]);
            // As an operation does that finds a list damaged.
            let held = heap::lock(&me.by()).unwrap();
            // Emptying the lists is a thousand equal stores.
            crash::arm(if (40..240).contains(&k) { k * 5 } else { k });
            Heap::new(&me.segment, &held).rebuild(None).unwrap();
            crash::arm(u64::MAX);
            drop(held);
            std::mem::forget(me);
        })
        .wait();
        died = exit != Exit::Done;
        assert_eq!(slot::sweep(&arena.by(), &HeapOnly).unwrap(), 1);
        check_bytes(&arena, &entries, &format!("before store {k}"));
    }
}
