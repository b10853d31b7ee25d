//! Attaching to a segment that is there: what every process pays once.

use std::path::Path;
use std::time::Instant;

use trove_shm::cache::Cache;
use trove_shm::segment::Segment;

/// Opens, checks and maps the file, takes a slot, and undoes it all; prints the microseconds of each time, without the undoing.
pub fn run(file: &Path, times: u64) {
    let times: Vec<f64> = (0..times).map(|_| once(file)).collect();
    println!("{times:?}");
}

fn once(file: &Path) -> f64 {
    let start = Instant::now();
    let cache = Cache::attach(Segment::attach(file).expect("the segment")).expect("a slot");
    let taken = start.elapsed().as_secs_f64() * 1e6;
    drop(cache);
    taken
}
