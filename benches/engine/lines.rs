//! Operations of which `benches/suite/lines.php` learns, from Valgrind's trace of all stores, which cache lines of the segment each writes.
//!
//! Prints where the segment's parts lie in the writable view. Before each operation the address of its number in [`MARKS`] is written to, and that
//! of number 0 after it; so a trace of addresses is enough to tell them apart.

use core::sync::atomic::{AtomicU8, Ordering};
use std::fs;

use trove_shm::cache::{Cache, CacheId, Change, Clock, Glance, Mode, Now, Value};
use trove_shm::config::Geometry;

use crate::segment::{at, in_directory, spec, store};

const NAMES: [&str; 10] = [
    "nothing",
    "hit on a hot key",
    "hit on a hot key, kept",
    "hit on a key for the first time",
    "miss",
    "store of an integer in place",
    "increment",
    "store of 100 bytes over as many",
    "store of 100 bytes under a new key",
    "store of 100 bytes over as many, again and again",
];

static MARKS: [AtomicU8; NAMES.len()] = [const { AtomicU8::new(0) }; NAMES.len()];

/// How often each operation is done.
const TIMES: u64 = 100;

/// Runs all operations on a segment in a directory of its own.
pub fn run() {
    let directory = std::env::temp_dir().join(format!("trove-lines-{}", std::process::id()));
    fs::create_dir(&directory).expect("a directory for the segment");
    let cache = in_directory(64 << 20, directory.clone());
    print_parts(cache.segment().geometry());
    operate(&cache);
    drop(cache);
    fs::remove_dir_all(&directory).expect("the directory is removed");
}

fn operate(cache: &Cache) {
    let now = at(1000);
    let key = |i: u64| format!("key {i:06}").into_bytes();
    for i in 0..1000 {
        store(cache, &key(i), 100, u64::MAX, now).expect("a store");
    }
    put_integer(cache, b"integer", now);
    for _ in 0..20_000 {
        fetch(cache, b"key 000000", now);
        glance(cache, b"key 000001", now);
    }
    mark(1, |_| fetch(cache, b"key 000000", now));
    mark(2, |_| glance(cache, b"key 000001", now));
    mark(3, |i| fetch(cache, &key(100 + i), now));
    mark(4, |_| assert!(cache.fetch(CacheId::APCU, b"missing", now).is_none()));
    mark(5, |_| put_integer(cache, b"integer", now));
    mark(6, |_| {
        let _ = cache.update_integer(CacheId::APCU, b"integer", Change::Add(1), now);
    });
    mark(7, |i| store(cache, &key(500 + i), 100, u64::MAX, now).expect("a store"));
    mark(8, |i| store(cache, &key(2000 + i), 100, u64::MAX, now).expect("a store"));
    let again = |i: u64| store(cache, &key(i % 100), 100, u64::MAX, now).expect("a store");
    (0..10_000).for_each(again);
    mark(9, again);
}

fn mark(operation: usize, mut run: impl FnMut(u64)) {
    for i in 0..TIMES {
        MARKS[operation].store(1, Ordering::SeqCst);
        run(i);
        MARKS[0].store(1, Ordering::SeqCst);
    }
}

fn fetch(cache: &Cache, key: &[u8], clock: impl Clock) {
    assert!(cache.fetch(CacheId::APCU, key, clock.lately()).is_some());
}

fn glance(cache: &Cache, key: &[u8], now: Now) {
    assert!(matches!(cache.glance(CacheId::APCU, key, None, now), Glance::Kept { .. }));
}

fn put_integer(cache: &Cache, key: &[u8], now: Now) {
    let spec = spec(key, Value::Inline { word: 42, integer: true }, u64::MAX);
    if !cache.overwrite(&spec, now).expect("a store in place") {
        cache.reserve(&spec, now).and_then(|reserved| reserved.publish(Mode::Set, now)).expect("a store");
    }
}

/// The addresses of the marks and, as ranges, of the segment's parts.
fn print_parts(geometry: &Geometry) {
    for (name, mark) in NAMES.iter().zip(&MARKS) {
        println!("mark {:x} {name}", core::ptr::from_ref(mark).addr());
    }
    let base = writable_view();
    let parts = [
        ("header", 0),
        ("own slot", geometry.slots_at),
        // Its tally.
        ("own slot", geometry.tallies_at),
        ("resets", geometry.resets_at),
        ("stripe", geometry.stripes_at),
        ("leases", geometry.leases_at),
        ("cache records", geometry.caches_at),
        ("counters", geometry.counters_at),
        ("tag heads", geometry.tag_heads_at),
        ("buckets", geometry.buckets_at),
        ("heap control", geometry.heap_at),
        ("entries", geometry.blocks_at),
        ("end", geometry.capacity),
    ];
    for window in parts.windows(2) {
        println!("part {:x} {:x} {}", base + window[0].1, base + window[1].1, window[0].0);
    }
}

/// Where the segment is mapped for writing.
fn writable_view() -> u64 {
    let maps = fs::read_to_string("/proc/self/maps").expect("/proc/self/maps");
    let line = maps.lines().find(|line| line.contains("/trove-bench-") && line.contains(" rw-s "));
    let start = line.and_then(|line| line.split('-').next()).expect("the segment's writable view");
    u64::from_str_radix(start, 16).expect("an address")
}
