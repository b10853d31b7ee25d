//! A whole group of processes that do nothing but store is killed at once, again and again: whoever comes next finds all that was stored, makes the
//! segment whole without a walk over the heap, and can store.

mod common;

use std::sync::Arc;

use common::arena::Dice;
use common::fork::{Child, Exit, fork};
use common::store::{get, put, segment};
use trove_shm::cache::Cache;
use trove_shm::word::Ordering::Relaxed;

const WRITERS: u64 = 4;
/// Groups that are killed at least, and deaths in the middle of a heap operation that must have been among them.
const LEAST: (u64, u32) = (60, 5);

/// Stores values of all sizes under some hundred keys for ever, so that all ways through the heap are gone: small and large, new and in place
/// of others, with and without eviction.
fn store_for_ever(cache: &Cache, seed: u64) {
    let mut dice = Dice(seed);
    let payload = vec![0xab; 20_000];
    loop {
        let len = dice.size(1, payload.len() as u64) as usize;
        put(cache, format!("key {}", dice.below(400)).as_bytes(), &payload[..len]);
    }
}

#[test]
fn a_group_of_writers_that_is_killed_leaves_nothing_to_walk_over() {
    let segment = segment(2 << 20);
    let kept = Cache::attach(Arc::clone(&segment)).unwrap();
    let mut dice = Dice(0x5eed);
    let undone = || segment.heap().settled.load(Relaxed);
    let mut rounds = 0;
    while rounds < LEAST.0 || undone() < LEAST.1 {
        put(&kept, b"kept", b"of the living");
        let seeds: Vec<u64> = (0..WRITERS).map(|_| dice.roll()).collect();
        let mut group: Vec<Child> = seeds
            .into_iter()
            .map(|seed| fork(|| store_for_ever(&Cache::attach(Arc::clone(&segment)).unwrap(), seed)))
            .collect();
        std::thread::sleep(std::time::Duration::from_micros(3_000 + dice.below(5_000)));
        group.iter().for_each(|child| child.signal(9));
        for child in &mut group {
            assert_eq!(child.wait(), Exit::Signal(9));
        }
        let next = Cache::attach(Arc::clone(&segment)).unwrap();
        put(&next, b"new", &[rounds as u8; 3000]);
        assert_eq!(get(&next, b"new").as_deref(), Some(&[rounds as u8; 3000][..]));
        if let Some(found) = get(&next, b"kept") {
            assert_eq!(found, b"of the living");
        }
        next.validate().unwrap();
        assert_eq!(segment.heap().rebuilds.load(Relaxed), 0, "round {rounds}: somebody has walked over the heap");
        rounds += 1;
    }
    println!("{rounds} groups, {} operations undone", undone());
}
