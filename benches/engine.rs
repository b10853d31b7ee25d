//! The engine alone, without PHP: `cargo bench -p trove-benches`.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use trove_shm::cache::{Cache, CacheId, Change, Mode, Now, Spec, Value};
use trove_shm::segment::{Backing, Options, Segment};

const NOW: Now = Now { boot_ms: 1000, wall_s: 1_700_000_000 };
const KEYS: u32 = 10_000;

fn cache() -> Cache {
    let options = Options {
        capacity: 256 << 20,
        entries_hint: 0,
        backing: Backing::Private,
        fingerprint: String::from("benchmarks of the engine"),
    };
    Cache::attach(Segment::open(&options).expect("a segment")).expect("a slot")
}

fn spec(key: &[u8], value: Value) -> Spec<'_> {
    let expires = u64::MAX;
    Spec { cache: CacheId::APCU, key, kind: 1, value, expires, stale: None, tags: &[], pinned: false, token: None }
}

fn store(cache: &Cache, key: &[u8], payload: &[u8]) {
    let mut reserved = cache.reserve(&spec(key, Value::Payload(payload.len())), NOW).expect("room");
    reserved.payload().copy_from_slice(payload);
    reserved.publish(Mode::Set, NOW).expect("a store");
}

fn names() -> Vec<Vec<u8>> {
    (0..KEYS).map(|i| format!("key {i:012}").into_bytes()).collect()
}

fn fetches(criterion: &mut Criterion) {
    let cache = cache();
    let names = names();
    names.iter().for_each(|name| store(&cache, name, &[7; 100]));
    let mut group = criterion.benchmark_group("fetch");
    group.bench_function("a hot key", |bencher| {
        bencher.iter(|| cache.fetch(CacheId::APCU, black_box(b"key 000000000042"), NOW).is_some());
    });
    group.bench_function("10,000 keys in turn", |bencher| {
        let mut turn = names.iter().cycle();
        bencher.iter(|| turn.next().is_some_and(|name| cache.fetch(CacheId::APCU, name, NOW).is_some()));
    });
    group.bench_function("a hot key, at a glance", |bencher| {
        bencher.iter(|| black_box(cache.glance(CacheId::APCU, black_box(b"key 000000000042"), None, NOW)));
    });
    group.bench_function("a missing key", |bencher| {
        bencher.iter(|| cache.fetch(CacheId::APCU, black_box(b"missing"), NOW).is_none());
    });
    group.bench_function("exists", |bencher| {
        bencher.iter(|| cache.exists(CacheId::APCU, black_box(b"key 000000000042"), NOW));
    });
    group.finish();
}

fn stores(criterion: &mut Criterion) {
    let cache = cache();
    let names = names();
    let mut group = criterion.benchmark_group("store over 10,000 keys");
    for size in [100, 1000, 10_000] {
        let payload = vec![7; size];
        let mut turn = names.iter().cycle();
        group.throughput(Throughput::Bytes(size as u64));
        group.bench_with_input(BenchmarkId::from_parameter(size), &payload, |bencher, payload| {
            bencher.iter(|| turn.next().map(|name| store(&cache, name, payload)));
        });
    }
    group.finish();
}

fn integers(criterion: &mut Criterion) {
    let cache = cache();
    let integer = spec(b"integer", Value::Inline { word: 42, integer: true });
    cache.reserve(&integer, NOW).and_then(|reserved| reserved.publish(Mode::Set, NOW)).expect("a store");
    let mut group = criterion.benchmark_group("integer");
    group.bench_function("store in place", |bencher| bencher.iter(|| cache.overwrite(&integer, NOW)));
    group.bench_function("add", |bencher| {
        bencher.iter(|| cache.update_integer(CacheId::APCU, b"integer", Change::Add(1), NOW));
    });
    group.finish();
}

fn evictions(criterion: &mut Criterion) {
    let options =
        Options { capacity: 16 << 20, entries_hint: 0, backing: Backing::Private, fingerprint: String::from("full") };
    let cache = Cache::attach(Segment::open(&options).expect("a segment")).expect("a slot");
    let mut next = 0_u64;
    criterion.bench_function("store of 1,000 bytes that evicts", |bencher| {
        bencher.iter(|| {
            next += 1;
            store(&cache, &next.to_be_bytes(), &[7; 1000]);
        });
    });
}

criterion_group!(benches, fetches, stores, integers, evictions);
criterion_main!(benches);
