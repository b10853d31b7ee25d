//! Hit ratios: the engine, in a segment of 64 MB, against policies that are simulated with 64 MB for keys and values alone and no overhead of
//! their own. Read-through: what is not found is stored at once.

mod lru;
mod policy;
mod s3fifo;
mod sieve;
mod tinylfu;
mod trace;
mod trove;

use policy::Policy;
use trace::{Request, Trace};

/// Bytes that a cache may hold.
const CAPACITY: u64 = 64 << 20;

/// Prints the hit ratios by objects and by bytes, for each trace, policy and seed.
pub fn run(requests: u64, seeds: u64) {
    let mut lines = Vec::new();
    for kind in trace::KINDS {
        for seed in 1..=seeds {
            let trace = Trace::new(kind, CAPACITY, requests as usize, seed);
            for (name, mut policy) in policies() {
                let [objects, bytes] = ratios(&trace, policy.as_mut());
                lines.push(format!(
                    r#"{{"trace": "{}", "seed": {seed}, "policy": "{name}", "objects": {objects}, "bytes": {bytes}}}"#,
                    kind.name
                ));
            }
        }
    }
    println!("[{}]", lines.join(",\n"));
}

fn policies() -> [(&'static str, Box<dyn Policy>); 5] {
    [
        ("Trove", Box::new(trove::Trove::new(CAPACITY))),
        ("LRU", Box::new(lru::Lru::new(CAPACITY))),
        ("SIEVE", Box::new(sieve::Sieve::new(CAPACITY))),
        ("S3-FIFO", Box::new(s3fifo::S3Fifo::new(CAPACITY))),
        ("W-TinyLFU", Box::new(tinylfu::TinyLfu::new(CAPACITY))),
    ]
}

/// The shares of requests, and of the bytes asked for, that were found; the first fifth of the trace fills the cache and does not count.
fn ratios(trace: &Trace, policy: &mut dyn Policy) -> [f64; 2] {
    let warm = trace.requests.len() / 5;
    let (mut found, mut found_bytes, mut bytes) = (0_u64, 0_u64, 0_u64);
    for (i, request) in trace.requests.iter().enumerate() {
        let hit = ask(policy, request);
        if i >= warm {
            bytes += request.size;
            found += u64::from(hit);
            found_bytes += if hit { request.size } else { 0 };
        }
    }
    [found as f64 / (trace.requests.len() - warm) as f64, found_bytes as f64 / bytes as f64]
}

fn ask(policy: &mut dyn Policy, request: &Request) -> bool {
    let hit = policy.fetch(request);
    if !hit {
        policy.store(request);
    }
    hit
}
