//! Processes are killed at random while they work: nobody waits for them, nothing that the others see is wrong, nothing is leaked.

mod common;

use std::sync::Arc;
use std::time::{Duration, Instant};

use common::arena::Dice;
use common::fork::{Exit, fork};
use common::store::{APCU, NOW, segment};
use common::worker::Worker;
use trove_shm::cache::Cache;

/// So many processes are killed at least.
const LEAST: u32 = 100;

#[test]
fn survivors_of_a_storm_of_kills_notice_nothing() {
    let segment = segment(1 << 20);
    let seconds = std::env::var("TROVE_KILL_SECONDS").ok().and_then(|s| s.parse().ok()).unwrap_or(6);
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut dice = Dice(0x5eed);
    let mut survivor = fork(|| Worker::new(&segment, 77).run_for(Duration::from_secs(seconds)));
    let mut victims = Vec::new();
    let mut kills = 0;
    // A busy machine takes longer over the least that says anything.
    while Instant::now() < end || kills < LEAST {
        let seed = dice.roll();
        let segment = &segment;
        victims.push(fork(move || Worker::new(segment, seed).run()));
        std::thread::sleep(Duration::from_micros(dice.below(10_000)));
        if victims.len() >= 3 {
            let mut victim = victims.swap_remove(dice.below(3) as usize);
            victim.signal(9);
            assert_eq!(victim.wait(), Exit::Signal(9));
            kills += 1;
        }
    }
    victims.iter_mut().for_each(common::fork::Child::kill);
    assert_eq!(survivor.wait(), Exit::Done);

    let cache = Cache::attach(Arc::clone(&segment)).unwrap();
    cache.tend(NOW, 1 << 20);
    cache.validate().unwrap();
    cache.flush(APCU);
    for _ in 0..3 {
        cache.tend(NOW, 1 << 20);
    }
    let report = cache.validate().unwrap();
    assert_eq!((report.retired, report.used_bytes), (0, 0), "{report:?}");
}
