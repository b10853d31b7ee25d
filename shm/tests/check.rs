//! The check finds what is wrong, and says where.

mod common;

use common::store::{APCU, NOW, put, segment};
use trove_shm::cache::{Cache, Mode, Spec, Value};
use trove_shm::heap::MIN_GRANULES;
use trove_shm::layout::{BlockState, Entry, Node, TagRecord};
use trove_shm::offset::Off;
use trove_shm::segment::Segment;
use trove_shm::segment::access::block_of;
use trove_shm::word::Ordering::Relaxed;

/// Two entries with a tag, one without, one retired.
fn populated() -> Cache {
    let cache = Cache::attach(segment(1 << 20)).unwrap();
    for key in [&b"a"[..], b"b"] {
        let value = Value::Inline { word: 1, integer: true };
        let tags: &[&[u8]] = &[b"red"];
        let spec =
            Spec { cache: APCU, key, kind: 0, value, expires: u64::MAX, stale: None, tags, pinned: false, token: None };
        cache.reserve(&spec, NOW).unwrap().publish(Mode::Set, NOW).unwrap();
    }
    put(&cache, b"plain", b"one");
    put(&cache, b"plain", b"two");
    cache
}

fn entry(segment: &Segment) -> Off<Node> {
    (0..segment.geometry().buckets).find_map(|i| segment.bucket(i).load(Relaxed)).unwrap()
}

fn record(segment: &Segment) -> &TagRecord {
    let head = (0..segment.geometry().tag_heads).find_map(|i| segment.tag_head(i).load(Relaxed)).unwrap();
    segment.at(head.cast()).unwrap()
}

fn retired(segment: &Segment) -> (u32, Off<Node>) {
    (0..segment.geometry().stripes).find_map(|i| Some((i, segment.stripe(i).retired.load(Relaxed)?))).unwrap()
}

type Damage = fn(&Segment);

const DAMAGES: &[(&str, Damage)] = &[
    ("the lock of the tags is 0x40000000: held, or to be mended", |s| s.header().tag_lock.word.store(1 << 30, Relaxed)),
    ("an entry's hash is not its key's", |s| s.at(entry(s)).unwrap().hash.store(1, Relaxed)),
    ("a retired entry is in a chain", |s| s.at(entry(s)).unwrap().retire_era.store(1, Relaxed)),
    ("a block is born in an era to come", |s| s.at(entry(s)).unwrap().birth.store(1 << 40, Relaxed)),
    ("is in a bucket's chain", |s| {
        s.at(block_of(entry(s))).unwrap().state.store(BlockState::Tag.raw(), Relaxed);
    }),
    ("an entry is in another bucket than its key's", |s| {
        let full = (0..s.geometry().buckets).find(|&i| s.bucket(i).load(Relaxed).is_some()).unwrap();
        s.bucket(full + 1).store(s.bucket(full).load(Relaxed), Relaxed);
        s.bucket(full).store(None, Relaxed);
    }),
    ("a block is in a bucket's chain and somewhere else", |s| {
        let off = entry(s);
        s.at(off).unwrap().next.store(Some(off), Relaxed);
    }),
    ("no block begins here, but a bucket's chain leads here", |s| {
        s.at(entry(s)).unwrap().next.store(Off::from_raw(entry(s).raw() + MIN_GRANULES), Relaxed);
    }),
    ("counted", |s| s.counter(retired(s).0, 0).entries.bump_owned(1)),
    ("is not stamped", |s| s.at(retired(s).1).unwrap().retire_era.store(0, Relaxed)),
    ("is reached from nowhere", |s| {
        let stripe = s.stripe(retired(s).0);
        stripe.retired.store(None, Relaxed);
        stripe.retired_count.store(0, Relaxed);
        stripe.retired_bytes.store(0, Relaxed);
    }),
    ("a tag counts 3 members, there are 2", |s| record(s).count.store(3, Relaxed)),
    ("a tag's last member is another", |s| record(s).last.store(record(s).members.load(Relaxed), Relaxed)),
    ("a linked entry's tag node is in no list", |s| {
        record(s).members.store(record(s).last.load(Relaxed), Relaxed);
        s.at(record(s).last.load(Relaxed).unwrap()).unwrap().prev.store(None, Relaxed);
        record(s).count.store(1, Relaxed);
    }),
    ("a tag node's link back is wrong", |s| {
        let last = record(s).last.load(Relaxed).unwrap();
        s.at(last).unwrap().prev.store(Some(last), Relaxed);
    }),
    ("a tag record's hash is not its name's", |s| record(s).node.hash.bump_owned(1)),
    ("a wish or a note is left", |s| s.slot(0).outgoing.store(Some(entry(s)), Relaxed)),
    ("its holder, slot 9, is dead", |s| s.lease(3).state.store(10, Relaxed)),
    ("a named cache comes after a free record", |s| s.cache_record(2).state.store(1, Relaxed)),
];

#[test]
fn what_is_whole_is_reported_as_it_is() {
    let report = populated().validate().unwrap();
    assert_eq!((report.entries, report.tags, report.members, report.retired, report.held), (3, 1, 2, 1, 0));
}

#[test]
fn every_damage_is_found_and_named() {
    for (message, damage) in DAMAGES {
        let cache = populated();
        damage(cache.segment());
        let fault = cache.validate().expect_err(message).to_string();
        assert!(fault.contains(message), "{message:?} expected: {fault}");
    }
}

#[test]
fn lengths_that_reach_beyond_all_numbers_are_no_panic() {
    for flags in [Entry::HAS_STALE, 1 << Entry::TAGS_SHIFT] {
        for value in [u64::MAX, u64::MAX - 100, u64::MAX - 1000] {
            let cache = Cache::attach(segment(1 << 20)).unwrap();
            put(&cache, b"key", b"payload");
            let damaged = cache.segment().at::<Entry>(entry(cache.segment()).cast()).unwrap();
            damaged.shape.store(flags, Relaxed);
            damaged.value.store(value, Relaxed);
            damaged.expires.store(1, Relaxed);
            assert!(cache.fetch(APCU, b"key", NOW).is_none());
            assert!(!cache.exists(APCU, b"key", NOW));
            cache.tend(NOW, 1_000_000);
        }
    }
}
