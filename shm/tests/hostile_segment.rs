//! A segment's file may hold anything: who attaches to it is refused or gets something to use, and nothing that is done with it panics, hangs, or
//! reads beyond it. Words are overwritten at random here; `shm/fuzz` does it guided by coverage.

mod common;

use std::sync::Arc;

use common::arena::Dice;
use common::hostile::{Hostile, Mutation, Outcome};
use common::store;
use trove_shm::cache::Cache;
use trove_shm::layout::Slot;
use trove_shm::offset::{GRANULE, Off};
use trove_shm::word::Ordering;

/// Runs with so many mutated segments; the seed of each tells its mutations.
fn runs() -> u64 {
    std::env::var("TROVE_HOSTILE_RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(1000)
}

fn mutations(dice: &mut Dice, last_header_word: u64) -> Vec<Mutation> {
    let most = [1, 4, 40, 400][dice.below(4) as usize];
    let in_header = dice.below(4) == 0;
    (0..dice.size(1, most))
        .map(|_| {
            let word = if in_header { dice.below(last_header_word) } else { dice.below(1 << 30) } as u32;
            let value = match dice.below(6) {
                0 => 0,
                1 => u64::MAX,
                2 => dice.roll(),
                3 => dice.below(1 << 16),
                4 => dice.below(1 << 16) | dice.below(1 << 16) << 32,
                _ => 1 << dice.below(64),
            };
            Mutation { word, value }
        })
        .collect()
}

#[test]
fn mutated_segments_are_refused_or_used_and_nothing_else() {
    let mut hostile = Hostile::new();
    let first: u64 = std::env::var("TROVE_HOSTILE_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let mut counts = [0; 3];
    for seed in first..first + runs() {
        let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let replace = dice.below(4) == 0;
        let mutations = mutations(&mut dice, 64);
        // Shown where it fails; a crash is found again with gdb, or by halving the runs.
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| hostile.run(&mutations, replace)))
            .unwrap_or_else(|_| panic!("with TROVE_HOSTILE_SEED={seed}: {mutations:?}"));
        counts[outcome as usize] += 1;
    }
    let [refused, replaced, used] = counts;
    println!("{refused} refused, {replaced} replaced, {used} used");
    assert!(refused > 0 && replaced > 0 && used > runs() / 3, "{counts:?}");
    assert_eq!(hostile.run(&[], false), Outcome::Used);
}

#[test]
fn a_slots_mutex_of_another_kind_is_left_alone() {
    const OWNER_DIED: u64 = 1 << 30;
    let segment = store::segment(512 << 10);
    let alive = &segment.slot(0).alive;
    let good: Vec<u64> = alive.iter().map(|word| word.load(Ordering::Relaxed)).collect();
    for (word, &before) in good.iter().enumerate() {
        for changed in (0..64).map(|bit| before ^ 1 << bit).chain((0..256).map(|kind| before & !0xff | kind)) {
            // As if its owner had died, so that it is tried. (glibc: the lock is in the first word, the kind in the third.)
            segment.slot(0).pid.store(u32::MAX, Ordering::Relaxed);
            alive[0].store(OWNER_DIED, Ordering::Relaxed);
            alive[word].store(changed, Ordering::Relaxed);
            let cache = Cache::attach(Arc::clone(&segment)).unwrap();
            store::put(&cache, b"key", b"value");
            assert_eq!(store::get(&cache, b"key").as_deref(), Some(&b"value"[..]), "word {word}: {changed:#x}");
            drop(cache);
            for (word, &before) in alive.iter().zip(&good) {
                word.store(before, Ordering::Relaxed);
            }
        }
    }
}

#[test]
fn a_hand_at_the_end_of_its_range_goes_on_from_the_start() {
    let cache = store::cache(1 << 20);
    let segment = cache.segment();
    for stripe in 0..segment.geometry().stripes {
        segment.stripe(stripe).tag_hand.store(u64::MAX, Ordering::Relaxed);
    }
    for _ in 0..8 {
        cache.tend(store::NOW, 4096);
    }
    let hand = segment.stripe(0).tag_hand.load(Ordering::Relaxed);
    assert!(hand < u64::from(segment.geometry().tag_heads), "{hand}");
}

#[test]
fn tallies_that_say_anything_are_summed_and_folded() {
    let segment = store::segment(512 << 10);
    let cache = Cache::attach(Arc::clone(&segment)).unwrap();
    for index in 0..segment.geometry().slots {
        let tally = segment.tally(index).unwrap();
        for word in tally.counts.iter().chain(&tally.pad) {
            word.store(u64::MAX, Ordering::Relaxed);
        }
    }
    assert!(segment.tally(segment.geometry().slots).is_none());
    store::put(&cache, b"key", b"value");
    assert_eq!(store::get(&cache, b"key").as_deref(), Some(&b"value"[..]));
    let _ = cache.stats();
    drop(cache);
    let mut folded = segment.tally(0).unwrap().counts.iter().map(|count| count.load(Ordering::Relaxed));
    assert!(folded.all(|count| count == 0));
    let cache = Cache::attach(segment).unwrap();
    cache.reset_stats(store::NOW);
    let before = cache.stats();
    assert_eq!(store::get(&cache, b"key").as_deref(), Some(&b"value"[..]));
    assert_eq!(cache.stats().hits.wrapping_sub(before.hits), 1);
}

#[test]
fn what_is_no_block_is_not_written_to_as_one() {
    const SLOT: u32 = 5;
    let segment = store::segment(1 << 20);
    let geometry = segment.geometry();
    let at = geometry.slots_at + u64::from(SLOT) * size_of::<Slot>() as u64;
    let alive = || segment.slot(SLOT).alive.iter().map(|word| word.load(Ordering::Relaxed)).collect::<Vec<_>>();
    let before = alive();
    let cache = Cache::attach(Arc::clone(&segment)).unwrap();
    for stripe in 0..geometry.stripes {
        let stripe = segment.stripe(stripe);
        stripe.retired.store(Off::from_raw((at / GRANULE) as u32 + 1), Ordering::Relaxed);
        stripe.retired_count.store(1, Ordering::Relaxed);
    }
    segment.header().era.word.store(1000, Ordering::Relaxed);
    cache.tend(store::NOW, 4096);
    assert_eq!(alive(), before);
}
