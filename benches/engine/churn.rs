//! How much of a full segment is alive under a steady churn of sizes from 50 bytes to 500 KB: keys and values that can be fetched, per byte of
//! the segment. What fragmentation, headers, tables and what waits to be reclaimed take is the rest.

use crate::random::Dice;
use crate::segment::{at, private, store};
use trove_shm::cache::{Cache, CacheId};

const CAPACITY: u64 = 64 << 20;
const KEYS: u64 = 20_000;
/// The share is taken this often, after the first one.
const CHECKS: u64 = 20;

/// Prints the shares, and how many stores failed.
pub fn run(operations: u64) {
    let mut cache = private(CAPACITY);
    let mut dice = Dice::new(11);
    let mut sizes = vec![0; KEYS as usize];
    let (mut shares, mut failed) = (Vec::new(), 0_u64);
    for i in 1..=operations {
        let key = dice.below(KEYS);
        let size = dice.size(50.0, 500_000.0);
        match store(&cache, name(key).as_bytes(), size as usize, u64::MAX, at(i / 100)) {
            Ok(()) => sizes[key as usize] = size,
            Err(_) => failed += 1,
        }
        if i % 100 == 0 {
            cache.end_request();
        }
        if i % (operations / (CHECKS + 1)).max(1) == 0 && i > operations / (CHECKS + 1) {
            shares.push(alive(&cache, &sizes) as f64 / CAPACITY as f64);
        }
    }
    let stats = cache.stats();
    println!(
        r#"{{"shares": {shares:?}, "failed": {failed}, "wipes": {}, "entries": {}, "evictions": {}}}"#,
        stats.expunges, stats.entries, stats.evictions
    );
}

fn name(key: u64) -> String {
    format!("key {key:08}")
}

/// Bytes of keys and values that can be fetched.
fn alive(cache: &Cache, sizes: &[u64]) -> u64 {
    let found = |&(key, _): &(usize, &u64)| cache.peek(CacheId::APCU, name(key as u64).as_bytes()).is_some();
    sizes.iter().enumerate().filter(found).map(|(key, size)| size + name(key as u64).len() as u64).sum()
}
