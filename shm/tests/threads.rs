//! Several threads of one process, each with a handle of its own, as a thread-safe PHP has them: they see whole values and lose no increment.

mod common;

use std::sync::Arc;
use std::time::Duration;

use common::store::{APCU, NOW, segment};
use common::worker::{Worker, counted};
use trove_shm::cache::Cache;

#[test]
fn threads_on_a_crowded_segment_see_whole_values_and_lose_no_increment() {
    let segment = segment(1 << 20);
    let threads: Vec<_> = (1..5u64)
        .map(|n| {
            let segment = Arc::clone(&segment);
            std::thread::spawn(move || {
                let mut worker = Worker::new(&segment, n * 0x9e37_79b9);
                worker.run_for(Duration::from_secs(2));
                worker.added
            })
        })
        .collect();
    let added: u64 = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
    let cache = Cache::attach(segment).unwrap();
    cache.validate().unwrap();
    assert_eq!(counted(&cache, NOW), added, "increments were lost");
    cache.flush(APCU);
    (0..3).for_each(|_| cache.tend(NOW, 1 << 20));
    let report = cache.validate().unwrap();
    assert_eq!((report.retired, report.used_bytes), (0, 0), "{report:?}");
}
