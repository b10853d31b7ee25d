//! Several processes at once on a small and crowded segment: nobody ever sees anything but what somebody stored under that very key, increments
//! add up, what is kept stays, and in the end everything is as it should be.

mod common;

use std::time::Duration;

use common::fork::{Exit, fork};
use common::store::{APCU, NOW, segment};
use common::worker::{Worker, counted};
use trove_shm::cache::Cache;

fn stress(capacity: u64, processes: u64, time: Duration) {
    let segment = segment(capacity);
    let mut sums: Vec<_> = (0..processes).map(|_| std::io::pipe().unwrap()).collect();
    let mut children: Vec<_> = sums
        .iter_mut()
        .enumerate()
        .map(|(i, (_, writer))| {
            let segment = &segment;
            fork(move || {
                let mut worker = Worker::new(segment, 0x9e37_79b9 * (i as u64 + 1));
                worker.run_for(time);
                std::io::Write::write_all(writer, &worker.added.to_le_bytes()).unwrap();
            })
        })
        .collect();
    for child in &mut children {
        assert_eq!(child.wait(), Exit::Done);
    }
    let added: u64 = sums
        .iter_mut()
        .map(|(reader, _)| {
            let mut sum = [0; 8];
            std::io::Read::read_exact(reader, &mut sum).unwrap();
            u64::from_le_bytes(sum)
        })
        .sum();
    let cache = Cache::attach(segment).unwrap();
    cache.validate().unwrap();
    assert_eq!(counted(&cache, NOW), added, "increments were lost");
    cache.flush(APCU);
    for _ in 0..3 {
        cache.tend(NOW, 1 << 20);
    }
    let report = cache.validate().unwrap();
    assert_eq!((report.retired, report.used_bytes), (0, 0), "{report:?}");
}

#[test]
fn processes_on_a_crowded_segment_see_whole_values_and_lose_no_increment() {
    stress(1 << 20, 4, Duration::from_secs(3));
}

#[test]
fn processes_on_a_roomy_segment_see_whole_values_and_lose_no_increment() {
    stress(32 << 20, 4, Duration::from_secs(3));
}

#[test]
fn more_processes_than_slots_see_whole_values() {
    stress(512 << 10, 30, Duration::from_secs(3));
}
