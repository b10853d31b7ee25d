//! Whatever is done to a cache, in whatever order: it answers as a map does, but that it may evict when it is full; what a request keeps
//! stays; and everything in the segment is as it should be after every single operation.

mod common;

use std::collections::BTreeMap;
use std::sync::Arc;

use common::store::{APCU, Kept, NOW, at, segment, spec};
use proptest::prelude::*;
use trove_shm::cache::{Cache, Change, Cursor, Hit, Mode, Now, Outcome, Spec, Update, Value};
use trove_shm::error::Error;
use trove_shm::segment::Segment;

const CAPACITY: u64 = 512 << 10;

#[derive(Debug, Clone)]
enum Op {
    Put { key: u8, mode: Mode, len: usize, ttl: Option<u64> },
    PutInteger { key: u8, n: i64 },
    Abandon { key: u8, len: usize },
    Fetch { key: u8, keep: bool },
    Delete { key: u8 },
    Add { key: u8, by: i64 },
    Touch { key: u8, ttl: u64 },
    Flush,
    Walk,
    Sleep { ms: u64 },
    Tend,
    EndRequest,
}

fn ops() -> impl Strategy<Value = Op> {
    let len =
        prop_oneof![8 => 0..300_usize, 4 => 300..5000_usize, 1 => 5000..100_000_usize, 1 => 100_000..300_000_usize];
    let mode = prop_oneof![4 => Just(Mode::Set), 1 => Just(Mode::Add), 1 => Just(Mode::Replace)];
    let ttl = prop_oneof![2 => Just(None), 1 => (0..5000_u64).prop_map(Some)];
    prop_oneof![
        12 => (any::<u8>(), mode, len.clone(), ttl).prop_map(|(key, mode, len, ttl)| Op::Put { key, mode, len, ttl }),
        2 => (any::<u8>(), 1..i64::MAX).prop_map(|(key, n)| Op::PutInteger { key, n }),
        1 => (any::<u8>(), len).prop_map(|(key, len)| Op::Abandon { key, len }),
        8 => (any::<u8>(), any::<bool>()).prop_map(|(key, keep)| Op::Fetch { key, keep }),
        4 => any::<u8>().prop_map(|key| Op::Delete { key }),
        2 => (any::<u8>(), any::<i64>()).prop_map(|(key, by)| Op::Add { key, by }),
        2 => (any::<u8>(), 0..5000_u64).prop_map(|(key, ttl)| Op::Touch { key, ttl }),
        1 => Just(Op::Flush),
        1 => Just(Op::Walk),
        2 => (0..2000_u64).prop_map(|ms| Op::Sleep { ms }),
        1 => Just(Op::Tend),
        1 => Just(Op::EndRequest),
    ]
}

#[derive(Debug, Clone, PartialEq)]
enum Content {
    Bytes(Vec<u8>),
    Integer(i64),
}

struct World {
    segment: Arc<Segment>,
    cache: Cache,
    model: BTreeMap<u8, (Content, u64)>,
    kept: Vec<(Kept, Vec<u8>)>,
    /// The request has changed an integer, and keeps it.
    keeps_integers: bool,
    now: Now,
    turn: u64,
    evictions: u64,
}

impl World {
    fn new() -> Self {
        let segment = segment(CAPACITY);
        let cache = Cache::attach(Arc::clone(&segment)).unwrap();
        Self {
            segment,
            cache,
            model: BTreeMap::new(),
            kept: Vec::new(),
            keeps_integers: false,
            now: NOW,
            turn: 0,
            evictions: 0,
        }
    }

    fn run(&mut self, op: &Op) {
        self.turn += 1;
        match *op {
            Op::Put { key, mode, len, ttl } => {
                let expires = ttl.map_or(u64::MAX, |ttl| self.now.boot_ms + ttl);
                let bytes = self.bytes(len);
                self.put(key, mode, Content::Bytes(bytes), expires);
            }
            Op::PutInteger { key, n } => self.put(key, Mode::Set, Content::Integer(n), u64::MAX),
            Op::Abandon { key, len } => {
                let _ = self.cache.reserve(&spec(&name(key), Value::Payload(len)), self.now);
                forget_evicted(&self.cache, &mut self.model, &mut self.evictions);
            }
            Op::Fetch { key, keep } => self.fetch(key, keep),
            Op::Delete { key } => {
                let there = self.cache.delete(APCU, &name(key)).unwrap();
                // An expired entry may have been reclaimed, or not.
                let live = self.live(key).is_some();
                assert!(there || !live, "{key} was not there to be deleted");
                assert!(!there || self.model.contains_key(&key));
                self.model.remove(&key);
            }
            Op::Add { key, by } => {
                let update = self.cache.update_integer(APCU, &name(key), Change::Add(by), self.now).unwrap();
                let expected = match self.live(key) {
                    None => Update::Missing,
                    Some(Content::Bytes(_)) => Update::NotInteger,
                    Some(Content::Integer(n)) => Update::Done(n.wrapping_add(by)),
                };
                assert_eq!(update, expected);
                self.keeps_integers |= matches!(update, Update::Done(_));
                if let (Update::Done(n), Some((content, _))) = (update, self.model.get_mut(&key)) {
                    *content = Content::Integer(n);
                }
            }
            Op::Touch { key, ttl } => {
                let expires = self.now.boot_ms + ttl;
                let touched = self.cache.touch(APCU, &name(key), expires, self.now).unwrap();
                assert_eq!(touched, self.live(key).is_some());
                if let (true, Some(entry)) = (touched, self.model.get_mut(&key)) {
                    entry.1 = expires;
                }
            }
            Op::Flush => {
                self.cache.flush(APCU);
                self.model.clear();
                assert_eq!(self.cache.usage(APCU), (0, 0));
            }
            Op::Walk => self.walk(),
            Op::Sleep { ms } => self.now = at(self.now.boot_ms + ms),
            Op::Tend => self.cache.tend(self.now, 64),
            Op::EndRequest => {
                self.cache.end_request();
                self.kept.clear();
                self.keeps_integers = false;
            }
        }
        self.check();
    }

    fn put(&mut self, key: u8, mode: Mode, content: Content, expires: u64) {
        let name = name(key);
        let value = match &content {
            Content::Bytes(bytes) => Value::Payload(bytes.len()),
            Content::Integer(n) => Value::Inline { word: *n as u64, integer: true },
        };
        let kind = u8::from(matches!(content, Content::Integer(_)));
        let spec = Spec { expires, kind, ..spec(&name, value) };
        if mode == Mode::Set && self.cache.overwrite(&spec, self.now).unwrap() {
            assert!(matches!(self.live(key), Some(Content::Integer(_))), "{key} was overwritten");
            self.model.insert(key, (content, expires));
            return;
        }
        let Self { cache, model, evictions, kept, keeps_integers, now, .. } = self;
        let mut reserved = match cache.reserve(&spec, *now) {
            Ok(reserved) => reserved,
            // Only what is kept can stand in the way, and it takes a lot of it.
            Err(Error::NoSpace { needed, .. }) => {
                assert!((!kept.is_empty() || *keeps_integers) && needed > CAPACITY / 16, "no room for {needed} bytes");
                return forget_evicted(cache, model, evictions);
            }
            Err(e) => panic!("{e}"),
        };
        forget_evicted(cache, model, evictions);
        if let Content::Bytes(bytes) = &content {
            reserved.payload().copy_from_slice(bytes);
        }
        let outcome = reserved.publish(mode, *now).unwrap();
        let live = self.live(key).is_some();
        let expected = match (mode, live) {
            (Mode::Set | Mode::Replace, true) => Outcome::Replaced,
            (Mode::Set | Mode::Add, false) => Outcome::Inserted,
            _ => Outcome::Refused,
        };
        assert_eq!(outcome, expected);
        if outcome != Outcome::Refused {
            self.model.insert(key, (content, expires));
        }
    }

    fn fetch(&mut self, key: u8, keep: bool) {
        let hit = self.cache.fetch(APCU, &name(key), self.now);
        let found = hit.as_ref().map(content);
        assert_eq!(found.as_ref(), self.live(key), "{key}");
        let kept = hit.is_some_and(|hit| keep && !hit.payload().is_empty() && hit.keeps());
        if let (true, Some(Content::Bytes(bytes))) = (kept, found) {
            self.kept.push((Kept::fetch(&self.cache, &name(key)), bytes));
        }
    }

    fn walk(&mut self) {
        let mut seen = BTreeMap::new();
        let next = self.cache.walk(APCU, Cursor::default(), &mut |hit| {
            let before = seen.insert(hit.key()[0], content(hit));
            assert_eq!(before, None, "seen twice");
            true
        });
        assert_eq!(next, None);
        for (key, (content, _)) in &self.model {
            if self.live(*key).is_some() {
                assert_eq!(seen.get(key), Some(content));
            }
        }
    }

    /// What the model says of a key now.
    fn live(&self, key: u8) -> Option<&Content> {
        self.model.get(&key).filter(|(_, expires)| *expires > self.now.boot_ms).map(|(content, _)| content)
    }

    fn check(&self) {
        self.cache.validate().unwrap();
        for (kept, bytes) in &self.kept {
            assert!(kept.look(&self.segment) == bytes, "a kept payload has changed");
        }
        assert_eq!(self.cache.stats().expunges, 0);
    }

    fn bytes(&self, len: usize) -> Vec<u8> {
        (0..len as u64).map(|i| (self.turn.wrapping_mul(31) + i * 7) as u8).collect()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        // Nothing is leaked: without entries and readers, all memory comes back.
        self.cache.end_request();
        self.cache.flush(APCU);
        for _ in 0..4 {
            self.cache.tend(self.now, 1 << 16);
        }
        let report = self.cache.validate().unwrap();
        assert_eq!((report.entries, report.retired, report.used_bytes), (0, 0, 0), "{report:?}");
    }
}

/// Takes what was evicted out of the model.
fn forget_evicted(cache: &Cache, model: &mut BTreeMap<u8, (Content, u64)>, evictions: &mut u64) {
    let now = cache.stats().evictions;
    if std::mem::replace(evictions, now) != now {
        model.retain(|key, _| cache.peek(APCU, &name(*key)).is_some());
    }
}

fn name(key: u8) -> Vec<u8> {
    vec![key; 1 + usize::from(key) % 40]
}

fn content(hit: &Hit<'_>) -> Content {
    match hit.kind() {
        0 => Content::Bytes(hit.payload().to_vec()),
        _ => Content::Integer(hit.word() as i64),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn a_cache_is_a_map_that_may_evict(ops in proptest::collection::vec(ops(), 1..400)) {
        let mut world = World::new();
        for op in &ops {
            world.run(op);
        }
    }
}
