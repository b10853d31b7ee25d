//! A segment for a measurement, and stores into it.

use std::path::PathBuf;

use trove_shm::cache::{Cache, CacheId, Mode, Now, Spec, Value};
use trove_shm::error::Result;
use trove_shm::segment::{Backing, Options, Segment};

/// Time is the number of requests so far, as ms.
pub fn at(ms: u64) -> Now {
    Now { boot_ms: ms, wall_s: (1_700_000_000 + ms / 1000) as u32 }
}

/// A handle to a new segment that is in no file.
pub fn private(capacity: u64) -> Cache {
    open(capacity, Backing::Private)
}

/// A handle to a new segment `bench` in a directory.
pub fn in_directory(capacity: u64, directory: PathBuf) -> Cache {
    open(capacity, Backing::File { directory, name: String::from("bench"), mode: 0o600, group: None })
}

fn open(capacity: u64, backing: Backing) -> Cache {
    let options = Options { capacity, entries_hint: 0, backing, fingerprint: String::from("benchmarks of the engine") };
    let segment = Segment::open(&options).expect("a segment for the benchmark");
    Cache::attach(segment).expect("a handle to it")
}

/// Stores `len` bytes, whatever they are: nobody reads them.
pub fn store(cache: &Cache, key: &[u8], len: usize, expires: u64, now: Now) -> Result<()> {
    let reserved = cache.reserve(&spec(key, Value::Payload(len), expires), now)?;
    reserved.publish(Mode::Set, now).map(drop)
}

/// A plain entry of the nameless cache.
pub fn spec(key: &[u8], value: Value, expires: u64) -> Spec<'_> {
    Spec { cache: CacheId::APCU, key, kind: 1, value, expires, stale: None, tags: &[], pinned: false, token: None }
}
