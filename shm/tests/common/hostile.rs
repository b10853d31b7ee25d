//! Segments whose bytes are anything: a good one's file with words overwritten is attached to, or opened, and used in every way. Shared by the short
//! test and the fuzzer (`shm/fuzz`).
#![allow(dead_code, reason = "each user uses a part of it")]

use std::fs::File;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use trove_shm::cache::{Cache, CacheId, Change, Cursor, Leased, Mode, Now, Spec, Value};
use trove_shm::segment::{Backing, Options, Segment};

use super::dir::TempDir;
use super::fork::{Bell, fork, sleep_until_killed};
use super::image::Image;

const CAPACITY: u64 = 512 << 10;
const FINGERPRINT: &str = "PHP 8.2";
const NOW: Now = Now { boot_ms: 1_000_000, wall_s: 1_700_000_000 };
/// Bytes of a [`Mutation`] in a fuzzer's input.
pub const MUTATION: usize = 12;
/// No mutation may make an operation take longer. Every wait in the engine is bounded by seconds; an operation may come across several.
const PATIENCE: Duration = Duration::from_secs(60);

/// A word to be overwritten.
#[derive(Debug, Clone, Copy)]
pub struct Mutation {
    /// Which one; counted in words of 4 bytes, from the start of the file, and round and round.
    pub word: u32,
    pub value: u64,
}

impl Mutation {
    /// From a fuzzer's input: four bytes of place, eight of value.
    pub fn of(bytes: &[u8]) -> Self {
        let word = u32::from_le_bytes(bytes[..4].try_into().unwrap());
        Self { word, value: u64::from_le_bytes(bytes[4..MUTATION].try_into().unwrap()) }
    }
}

/// What became of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Refused,
    Replaced,
    Used,
}

pub struct Hostile {
    directory: TempDir,
    path: PathBuf,
    /// The file's bytes, and what they were.
    image: Image,
    /// Words that may be told apart: with everything behind them 0.
    words: u32,
    /// Attached to, in the last run.
    #[cfg(trove_fuzz)]
    attached: Option<Arc<Segment>>,
}

impl Hostile {
    /// A populated segment: entries of all kinds, tags, named caches, integers, retired blocks, leases, a slot whose owner is dead.
    pub fn new() -> Self {
        let directory = TempDir::new();
        let (path, good) = populated(&directory);
        let file = File::options().read(true).write(true).open(&path).unwrap();
        let used = good.iter().rposition(|&byte| byte != 0).unwrap_or(0) + 64;
        let words = u32::try_from(used / 4).unwrap();
        Self {
            directory,
            path,
            image: Image::new(&file, good),
            words,
            #[cfg(trove_fuzz)]
            attached: None,
        }
    }

    /// Runs one mutated segment through everything. Panics where something took too long, or where opening did not give a usable segment.
    pub fn run(&mut self, mutations: &[Mutation], replace: bool) -> Outcome {
        self.image.reset();
        for mutation in mutations {
            self.image.put((mutation.word % self.words) as usize * 4, mutation.value);
        }
        let start = Instant::now();
        let outcome = if replace { self.open() } else { self.attach() };
        assert!(start.elapsed() < PATIENCE, "it took {:?}: {mutations:?}", start.elapsed());
        outcome
    }

    #[cfg(not(trove_fuzz))]
    fn attach(&mut self) -> Outcome {
        let Ok(segment) = Segment::attach(&self.path) else { return Outcome::Refused };
        use_it(segment);
        Outcome::Used
    }

    /// Through one mapping, again and again.
    #[cfg(trove_fuzz)]
    fn attach(&mut self) -> Outcome {
        let again = self.attached.take().and_then(Arc::into_inner);
        let segment = match again.map(|mut segment| segment.attach_again().map(|()| Arc::new(segment))) {
            None => match Segment::attach(&self.path) {
                Ok(segment) => segment,
                Err(_) => return Outcome::Refused,
            },
            Some(Ok(segment)) => segment,
            Some(Err(_)) => return Outcome::Refused,
        };
        self.attached = Some(Arc::clone(&segment));
        use_it(segment);
        Outcome::Used
    }

    /// As PHP does: it gets a segment, this one or a new one in its place.
    fn open(&mut self) -> Outcome {
        #[cfg(trove_fuzz)]
        drop(self.attached.take());
        let segment = Segment::open(&options(&self.directory)).expect("a file of ours is used or replaced");
        let outcome = if segment.replaced().is_some() { Outcome::Replaced } else { Outcome::Used };
        use_it(segment);
        if outcome == Outcome::Replaced {
            std::fs::remove_file(&self.path).unwrap();
            let new = File::options().read(true).write(true).create_new(true).mode(0o600).open(&self.path);
            let file = new.unwrap();
            file.set_len(self.image.len() as u64).unwrap();
            self.image.moved_to(&file);
        }
        outcome
    }
}

fn options(directory: &TempDir) -> Options {
    let backing =
        Backing::File { directory: directory.path().into(), name: "hostile".into(), mode: 0o600, group: None };
    Options { capacity: CAPACITY, entries_hint: 64, backing, fingerprint: FINGERPRINT.into() }
}

fn spec<'s>(cache: CacheId, key: &'s [u8], value: Value, tags: &'s [&'s [u8]]) -> Spec<'s> {
    Spec { cache, key, kind: 7, value, expires: u64::MAX, stale: None, tags, pinned: false, token: None }
}

fn put(cache: &Cache, spec: &Spec<'_>) {
    if let Ok(mut reserved) = cache.reserve(spec, NOW) {
        reserved.payload().fill(0x5a);
        let _ = reserved.publish(Mode::Set, NOW);
    }
}

fn key(n: u32) -> [u8; 5] {
    let [a, b, c, d] = n.to_le_bytes();
    [b'k', a, b, c, d]
}

fn populated(directory: &TempDir) -> (PathBuf, Vec<u8>) {
    let segment = Segment::open(&options(directory)).unwrap();
    let path = segment.path().unwrap().to_owned();
    let cache = Cache::attach(Arc::clone(&segment)).unwrap();
    let named = cache.open_cache(b"named").unwrap();
    let tags: [&[u8]; 3] = [b"red", b"green", b"a tag with a rather long name that takes several granules"];
    for n in 0..60 {
        let value = Value::Payload(1 << (n % 12));
        let of = if n % 5 == 0 { named } else { CacheId::APCU };
        let expires = if n % 7 == 0 { NOW.boot_ms + 1000 } else { u64::MAX };
        put(&cache, &Spec { expires, ..spec(of, &key(n), value, &tags[..n as usize % 4]) });
        if n % 6 == 0 {
            put(&cache, &spec(CacheId::APCU, &key(1000 + n), Value::Inline { word: n.into(), integer: true }, &[]));
        }
    }
    for n in 0..10 {
        put(&cache, &spec(CacheId::APCU, &key(n), Value::Payload(100), &[]));
    }
    drop(cache);
    // Its owner is killed before it can give it back.
    let ready = Bell::new();
    let mut killed = fork(|| {
        let cache = Cache::attach(Arc::clone(&segment)).unwrap();
        let _lease = cache.lease(CacheId::APCU, b"leased", 1000, NOW).unwrap();
        let _held = cache.reserve(&spec(CacheId::APCU, b"held", Value::Payload(300), &[]), NOW).unwrap();
        ready.ring();
        sleep_until_killed();
    });
    ready.wait();
    killed.kill();
    let bytes = std::fs::read(&path).unwrap();
    (path, bytes)
}

/// Looks at everything and does everything. What comes out is not looked at: only that it comes. Where locks seem to be held, each operation
/// waits for its time: then not all of them are tried.
fn use_it(segment: Arc<Segment>) {
    let start = Instant::now();
    let waits = || start.elapsed() > Duration::from_secs(3);
    let Ok(mut cache) = Cache::attach(segment) else { return };
    let _ = cache.validate();
    let _ = cache.stats();
    let _ = cache.free_blocks();
    let mut cursor = Some(Cursor::default());
    while let Some(at) = cursor {
        cursor = cache.walk(CacheId::APCU, at, &mut |hit| {
            let _ = (hit.payload().len(), hit.key().len(), hit.meta());
            hit.tags(&mut |_| {});
            true
        });
    }
    let named = cache.open_cache(b"named").unwrap_or(CacheId::APCU);
    for n in 0..60 {
        for of in [CacheId::APCU, named] {
            if let Some(hit) = cache.fetch(of, &key(n), NOW) {
                let _ = hit.payload().iter().fold(0, |sum: u8, &byte| sum.wrapping_add(byte));
            }
        }
        let _ = cache.glance(CacheId::APCU, &key(1000 + n), None, NOW);
    }
    for tag in [&b"red"[..], b"green", b"new"] {
        let _ = cache.tagged(CacheId::APCU, tag, NOW, &mut |_| true);
        let _ = cache.count_tag(CacheId::APCU, tag);
    }
    if waits() {
        return;
    }
    let _ = cache.update_integer(CacheId::APCU, &key(1006), Change::Add(1), NOW);
    for n in (0..12).take_while(|_| !waits()) {
        put(&cache, &spec(CacheId::APCU, &key(n), Value::Payload(200), &[b"red", b"new"]));
        let _ = cache.delete(CacheId::APCU, &key(n + 20));
    }
    if waits() {
        return;
    }
    if let Ok(Leased::Mine(guard)) = cache.lease(CacheId::APCU, b"leased", 10, NOW) {
        drop(guard);
    }
    let _ = cache.invalidate_tag(CacheId::APCU, b"green", NOW);
    put(&cache, &spec(named, b"large", Value::Payload(100_000), &[]));
    cache.tend(NOW, 256);
    cache.flush(CacheId::APCU);
    cache.end_request();
    cache.tend(NOW, 256);
    let _ = cache.validate();
}
