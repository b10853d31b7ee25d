//! How much can be alive at once under a steady churn of sizes, and what a block costs in time.

mod common;

use std::time::Instant;

use common::arena::{Arena, Dice, bytes};
use trove_shm::heap;
use trove_shm::heap::clear::{Search, Step};
use trove_shm::segment::access::OwnedBlock;

/// Blocks of random sizes, of which random ones go.
struct Churn {
    arena: Arena,
    dice: Dice,
    live: Vec<OwnedBlock>,
    live_bytes: u64,
}

impl Churn {
    fn new(capacity: u64) -> Self {
        Self { arena: Arena::new(capacity), dice: Dice(11), live: Vec::new(), live_bytes: 0 }
    }

    /// From 50 bytes to 500 KB, each order of magnitude as likely as another.
    fn size(&mut self) -> u64 {
        self.dice.size(50, 500_000)
    }

    fn share_alive(&self) -> f64 {
        self.live_bytes as f64 / heap::bytes(&self.arena.segment) as f64
    }

    fn store(&mut self, size: u64) -> bool {
        let Some(block) = self.arena.reserve(size) else { return false };
        self.arena.publish(&block);
        self.live_bytes += bytes(&block);
        self.live.push(block);
        true
    }

    fn drop_one(&mut self) {
        let n = self.dice.below(self.live.len() as u64) as usize;
        self.drop_nth(n);
    }

    fn drop_nth(&mut self, n: usize) {
        let block = self.live.swap_remove(n);
        self.live_bytes -= bytes(&block);
        self.arena.collect(&block);
        self.arena.release(block);
    }

    fn clear_a_run(&mut self, size: u64) {
        let mut search = Search::new(&self.arena.segment, size);
        let victims = loop {
            match heap::search(&self.arena.by(), &mut search, &mut |seen| Some(seen.bytes())).unwrap() {
                Step::Clear(victims) => break victims,
                Step::Onwards => {}
                Step::Nothing => panic!("no run for {size} bytes"),
            }
        };
        for victim in victims {
            let n = self.live.iter().position(|block| block.off() == victim.off).unwrap();
            self.drop_nth(n);
        }
    }
}

#[test]
fn at_85_percent_alive_nearly_every_store_finds_room() {
    let mut churn = Churn::new(64 << 20);
    let (mut stores, mut refused) = (0_u32, 0_u32);
    for _ in 0..60_000 {
        let size = churn.size();
        while churn.share_alive() + size as f64 / heap::bytes(&churn.arena.segment) as f64 > 0.85 {
            churn.drop_one();
        }
        stores += 1;
        refused += u32::from(!churn.store(size));
    }
    let blocks = heap::free_blocks(&churn.arena.by()).unwrap();
    let largest = blocks.iter().map(|block| block.0).max().unwrap();
    println!(
        "85% alive, {} blocks: {refused} of {stores} stores refused; {} free blocks, the largest of {largest} bytes",
        churn.live.len(),
        blocks.len(),
    );
    churn.arena.validate();
    assert!(refused * 25 < stores, "{refused} of {stores} refused");
}

#[test]
fn clearing_runs_keeps_most_of_the_memory_alive() {
    let mut churn = Churn::new(64 << 20);
    let (mut samples, mut sum, mut least, mut cleared) = (0_u32, 0.0, 1.0_f64, 0_u32);
    for n in 0..60_000 {
        let size = churn.size();
        // A few random victims first, as eviction by merit would do it; then a run of neighbours.
        let fits = (0..8).any(|_| {
            churn.store(size) || {
                churn.drop_one();
                false
            }
        });
        if !fits {
            churn.clear_a_run(size);
            cleared += 1;
            assert!(churn.store(size), "{size} bytes do not fit into the run that was cleared for them");
        }
        if n > 20_000 {
            samples += 1;
            sum += churn.share_alive();
            least = least.min(churn.share_alive());
        }
    }
    let mean = sum / f64::from(samples);
    println!("evicting: {:.1}% alive on average, {:.1}% at least; {cleared} runs cleared", mean * 100.0, least * 100.0);
    churn.arena.validate();
    assert!(mean > 0.93, "only {mean} of the heap is in use");
}

/// `cargo test --release -p trove-shm --test heap_churn -- --ignored --nocapture`
#[test]
#[ignore = "a measurement"]
fn what_a_block_costs() {
    const ROUNDS: u32 = 2_000_000;
    let arena = Arena::new(64 << 20);
    let (by, segment) = (arena.by(), &arena.segment);
    let report = |what: &str, rounds: u32, start: Instant| {
        println!("{what}: {:.1} ns", start.elapsed().as_nanos() as f64 / f64::from(rounds));
    };

    arena.release(arena.reserve(100).unwrap());
    let start = Instant::now();
    for _ in 0..ROUNDS {
        drop(heap::lock(&by).unwrap());
    }
    report("lock and unlock", ROUNDS, start);

    let start = Instant::now();
    for _ in 0..ROUNDS {
        heap::release(&by, heap::reserve(&by, 100).unwrap().unwrap()).unwrap();
    }
    report("reserve and release 100 bytes, two locks, split and join", ROUNDS, start);

    let held = heap::lock(&by).unwrap();
    let heap = heap::Heap::new(segment, &held);
    let start = Instant::now();
    for _ in 0..ROUNDS {
        let block = heap.alloc(by.me(), 14).unwrap().unwrap();
        heap.free(by.me(), block).unwrap();
    }
    report("the same, without locks", ROUNDS, start);
    drop(held);

    let mut churn = Churn { arena, dice: Dice(5), live: Vec::new(), live_bytes: 0 };
    while churn.share_alive() < 0.85 {
        let size = churn.dice.size(60, 2_000);
        churn.store(size);
    }
    let start = Instant::now();
    for _ in 0..ROUNDS {
        churn.drop_one();
        let size = churn.dice.size(60, 2_000);
        churn.store(size);
    }
    report("release one of many and reserve another, 60 to 2000 bytes, 85% alive", ROUNDS, start);
}
