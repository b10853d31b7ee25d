//! Tags against a model: what carries a tag is known at every moment, and what an invalidation should keep out stays out.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use common::store::{APCU, NOW, at};
use proptest::prelude::*;
use trove_shm::cache::{Cache, CacheId, Era, Freshness, Hit, Mode, Now, Outcome, Spec, Value};
use trove_shm::check::Report;
use trove_shm::segment::{Backing, Options, Segment};
use trove_shm::tags::{IDLE_MS, KEEP_MS};
use trove_shm::word::Ordering;

fn segment() -> Arc<Segment> {
    let backing = Backing::Private;
    Segment::open(&Options { capacity: 1 << 20, entries_hint: 256, backing, fingerprint: "a test".into() }).unwrap()
}

fn cache() -> Cache {
    Cache::attach(segment()).unwrap()
}

fn spec<'a>(cache: CacheId, key: &'a [u8], tags: &'a [&'a [u8]], token: Option<Era>) -> Spec<'a> {
    let value = Value::Inline { word: 1, integer: true };
    Spec { cache, key, kind: 0, value, expires: u64::MAX, stale: None, tags, pinned: false, token }
}

fn store(cache: &Cache, key: &[u8], tags: &[&[u8]]) -> Outcome {
    store_at(cache, key, tags, None, NOW)
}

fn store_at(cache: &Cache, key: &[u8], tags: &[&[u8]], token: Option<Era>, now: Now) -> Outcome {
    cache.reserve(&spec(APCU, key, tags, token), now).unwrap().publish(Mode::Set, now).unwrap()
}

fn freshness(cache: &Cache, key: &[u8]) -> Option<Freshness> {
    cache.fetch(APCU, key, NOW).map(|hit| hit.freshness())
}

fn tagged(cache: &Cache, id: CacheId, tag: &[u8]) -> BTreeSet<Vec<u8>> {
    let mut keys = BTreeSet::new();
    cache
        .tagged(id, tag, NOW, &mut |hit| {
            assert!(keys.insert(hit.key().to_vec()), "a member is seen twice");
            true
        })
        .unwrap();
    keys
}

fn valid(cache: &Cache) -> Report {
    cache.validate().unwrap_or_else(|fault| panic!("{fault}"))
}

/// Lets everything go that nobody needs: as if the process had been idle for long.
fn settle(cache: &mut Cache) -> Report {
    cache.end_request();
    for later in 1..6 {
        cache.segment().header().era.word.fetch_add(1, Ordering::SeqCst);
        cache.tend(at(NOW.boot_ms + later * 2 * KEEP_MS), 1 << 16);
    }
    valid(cache)
}

#[test]
fn an_invalidated_tag_takes_its_entries_and_no_others() {
    let cache = cache();
    store(&cache, b"a", &[b"red", b"round"]);
    store(&cache, b"b", &[b"blue"]);
    store(&cache, b"c", &[]);
    cache.invalidate_tag(APCU, b"red", NOW).unwrap();
    assert_eq!(freshness(&cache, b"a"), None);
    assert_eq!(freshness(&cache, b"b"), Some(Freshness::Fresh));
    assert_eq!(freshness(&cache, b"c"), Some(Freshness::Fresh));
    assert_eq!(cache.count_tag(APCU, b"red").unwrap(), 0);
    assert!(tagged(&cache, APCU, b"round").is_empty());
    store(&cache, b"a", &[b"red"]);
    assert_eq!(freshness(&cache, b"a"), Some(Freshness::Fresh));
    valid(&cache);
}

#[test]
fn a_refreshed_tag_makes_its_entries_stale() {
    let cache = cache();
    store(&cache, b"a", &[b"red"]);
    cache.refresh_tag(APCU, b"red", NOW).unwrap();
    assert_eq!(freshness(&cache, b"a"), Some(Freshness::Stale));
    store(&cache, b"a", &[b"red"]);
    assert_eq!(freshness(&cache, b"a"), Some(Freshness::Fresh));
}

#[test]
fn a_value_computed_since_before_an_invalidation_stays_out() {
    let cache = cache();
    let token = cache.token();
    cache.invalidate_tag(APCU, b"never seen", NOW).unwrap();
    store_at(&cache, b"a", &[b"never seen"], Some(token), NOW);
    assert_eq!(freshness(&cache, b"a"), None);
    store_at(&cache, b"b", &[b"another"], Some(token), NOW);
    assert_eq!(freshness(&cache, b"b"), Some(Freshness::Fresh), "other tags are not concerned");
}

#[test]
fn it_stays_out_even_after_the_tags_record_was_dropped() {
    let cache = cache();
    let token = cache.token();
    cache.invalidate_tag(APCU, b"red", NOW).unwrap();
    let later = at(NOW.boot_ms + 2 * KEEP_MS + 2);
    for now in [NOW, later, later] {
        cache.tend(now, 1 << 16);
    }
    assert_eq!(valid(&cache).tags, 0, "the record is gone");
    store_at(&cache, b"a", &[b"red"], Some(token), later);
    assert_eq!(freshness(&cache, b"a"), None);
}

#[test]
fn records_of_tags_that_nobody_has_any_more_are_dropped() {
    let mut cache = cache();
    for i in 0..1000_u32 {
        let tag = i.to_le_bytes();
        store(&cache, b"one key", &[&tag]);
        valid(&cache);
    }
    assert!(cache.delete(APCU, b"one key").unwrap());
    assert_eq!(settle(&mut cache), Report::default());
}

#[test]
fn one_tag_of_many_entries_is_enumerated_while_they_change() {
    let cache = cache();
    let keys: BTreeSet<Vec<u8>> = (0..100_u32).map(|i| i.to_le_bytes().to_vec()).collect();
    for key in &keys {
        store(&cache, key, &[b"all"]);
    }
    assert_eq!(tagged(&cache, APCU, b"all"), keys);
    assert_eq!(cache.count_tag(APCU, b"all").unwrap(), 100);
    // Each that is seen is removed, replaced or left; all are seen once, the new ones not.
    let mut seen = BTreeSet::new();
    cache
        .tagged(APCU, b"all", NOW, &mut |hit| {
            let key = hit.key().to_vec();
            match key[0] % 3 {
                0 => assert!(cache.delete(APCU, &key).unwrap()),
                1 => drop(store(&cache, &key, &[b"all", b"more"])),
                _ => drop(store(&cache, &[b"new", &key[..]].concat(), &[b"all"])),
            }
            seen.insert(key)
        })
        .unwrap();
    assert_eq!(seen, keys);
    valid(&cache);
}

#[test]
fn an_enumeration_stops_where_it_is_told_to() {
    let cache = cache();
    store(&cache, b"old", &[b"tag"]);
    store(&cache, b"young", &[b"tag"]);
    let mut seen = Vec::new();
    let mut first_only = |hit: &Hit<'_>| {
        seen.extend_from_slice(hit.key());
        false
    };
    cache.tagged(APCU, b"tag", NOW, &mut first_only).unwrap();
    assert_eq!(seen, b"young");
}

#[test]
fn the_same_tag_in_another_cache_is_another_tag() {
    let cache = cache();
    let other = cache.open_cache(b"other").unwrap();
    store(&cache, b"a", &[b"tag"]);
    cache.reserve(&spec(other, b"a", &[b"tag"], None), NOW).unwrap().publish(Mode::Set, NOW).unwrap();
    cache.invalidate_tag(other, b"tag", NOW).unwrap();
    assert_eq!(freshness(&cache, b"a"), Some(Freshness::Fresh));
    assert!(cache.fetch(other, b"a", NOW).is_none());
    cache.flush(APCU);
    assert_eq!(cache.count_tag(APCU, b"tag").unwrap(), 0, "a flush empties the cache's tags");
    valid(&cache);
}

#[test]
fn an_entry_tells_its_tags() {
    let cache = cache();
    store(&cache, b"a", &[b"red", b"", b"\0binary"]);
    let mut tags = Vec::new();
    cache.fetch(APCU, b"a", NOW).unwrap().tags(&mut |tag| tags.push(tag.to_vec()));
    assert_eq!(tags, [&b"red"[..], b"", b"\0binary"]);
}

#[test]
fn what_is_not_published_carries_no_tag() {
    let mut cache = cache();
    drop(cache.reserve(&spec(APCU, b"a", &[b"red"], None), NOW).unwrap());
    let refused = cache.reserve(&spec(APCU, b"a", &[b"red"], None), NOW).unwrap().publish(Mode::Replace, NOW).unwrap();
    assert_eq!(refused, Outcome::Refused);
    assert!(tagged(&cache, APCU, b"red").is_empty());
    assert_eq!(settle(&mut cache), Report::default());
}

#[test]
fn several_reservations_may_wait_while_tags_come_and_go() {
    let cache = cache();
    let tags: [&[u8]; 2] = [b"red", b"blue"];
    let reserve = |key| cache.reserve(&spec(APCU, key, &tags, None), NOW).unwrap();
    let (a, b) = (reserve(b"a"), reserve(b"b"));
    a.publish(Mode::Set, NOW).unwrap();
    cache.delete(APCU, b"a").unwrap();
    for later in [0, IDLE_MS] {
        cache.tend(at(NOW.boot_ms + later), 1 << 16);
    }
    assert_eq!(valid(&cache).tags, 0, "the records are gone");
    b.publish(Mode::Set, NOW).unwrap();
    assert_eq!(tagged(&cache, APCU, b"red"), BTreeSet::from([b"b".to_vec()]));
    assert_eq!(tagged(&cache, APCU, b"blue"), BTreeSet::from([b"b".to_vec()]));
    valid(&cache);
}

#[test]
fn while_an_invalidation_is_under_way_entries_are_stale_at_best() {
    let cache = cache();
    store(&cache, b"a", &[b"red"]);
    let ticket = cache.begin_invalidation(APCU, b"red", NOW.boot_ms + 1000, NOW).unwrap();
    assert_eq!(freshness(&cache, b"a"), Some(Freshness::Stale));
    store(&cache, b"b", &[b"red"]);
    assert_eq!(freshness(&cache, b"b"), Some(Freshness::Stale));
    cache.commit_invalidation(APCU, b"red", ticket, NOW).unwrap();
    assert_eq!((freshness(&cache, b"a"), freshness(&cache, b"b")), (None, None));
    store(&cache, b"b", &[b"red"]);
    assert_eq!(freshness(&cache, b"b"), Some(Freshness::Fresh));
}

#[test]
fn an_invalidation_whose_author_died_leaves_its_entries_stale_and_ends() {
    let cache = cache();
    store(&cache, b"a", &[b"red"]);
    cache.begin_invalidation(APCU, b"red", NOW.boot_ms + 1000, NOW).unwrap();
    let later = at(NOW.boot_ms + 2000);
    store_at(&cache, b"b", &[b"red"], None, later);
    store_at(&cache, b"b", &[b"red"], None, later);
    assert_eq!(freshness(&cache, b"a"), Some(Freshness::Stale));
    assert_eq!(freshness(&cache, b"b"), Some(Freshness::Fresh));
}

#[test]
fn the_deadline_of_one_that_has_ended_does_not_count() {
    let cache = cache();
    let ended = cache.begin_invalidation(APCU, b"red", NOW.boot_ms + 60_000, NOW).unwrap();
    cache.commit_invalidation(APCU, b"red", ended, NOW).unwrap();
    cache.begin_invalidation(APCU, b"red", NOW.boot_ms + 1000, NOW).unwrap();
    let later = at(NOW.boot_ms + 2000);
    store_at(&cache, b"a", &[b"red"], None, later);
    store_at(&cache, b"a", &[b"red"], None, later);
    assert_eq!(freshness(&cache, b"a"), Some(Freshness::Fresh));
}

#[test]
fn who_was_taken_for_dead_does_not_end_what_another_has_begun() {
    let cache = cache();
    store(&cache, b"a", &[b"red"]);
    let late = cache.begin_invalidation(APCU, b"red", NOW.boot_ms + 1000, NOW).unwrap();
    let later = at(NOW.boot_ms + 2000);
    let other = cache.begin_invalidation(APCU, b"red", later.boot_ms + 1000, later).unwrap();
    assert_ne!(late, other);
    cache.commit_invalidation(APCU, b"red", late, later).unwrap();
    store_at(&cache, b"b", &[b"red"], None, later);
    assert_eq!(freshness(&cache, b"b"), Some(Freshness::Stale));
    cache.commit_invalidation(APCU, b"red", other, later).unwrap();
    store_at(&cache, b"b", &[b"red"], None, later);
    assert_eq!(freshness(&cache, b"b"), Some(Freshness::Fresh));
}

#[test]
fn an_invalidation_that_was_abandoned_leaves_its_entries_stale() {
    let cache = cache();
    store(&cache, b"a", &[b"red"]);
    let ticket = cache.begin_invalidation(APCU, b"red", NOW.boot_ms + 1000, NOW).unwrap();
    cache.abandon_invalidation(APCU, b"red", ticket, NOW).unwrap();
    assert_eq!(freshness(&cache, b"a"), Some(Freshness::Stale));
    store(&cache, b"b", &[b"red"]);
    assert_eq!(freshness(&cache, b"b"), Some(Freshness::Fresh));
}

#[test]
fn what_an_invalidation_has_overtaken_is_not_stored_over_what_is_there() {
    let cache = cache();
    let token = cache.token();
    cache.invalidate_tag(APCU, b"red", NOW).unwrap();
    store(&cache, b"a", &[b"red"]);

    assert_eq!(store_at(&cache, b"a", &[b"red"], Some(token), NOW), Outcome::Refused);
    assert_eq!(freshness(&cache, b"a"), Some(Freshness::Fresh));
    assert_eq!(tagged(&cache, APCU, b"red"), BTreeSet::from([b"a".to_vec()]));
    valid(&cache);
}

#[test]
fn tags_are_let_go_under_memory_pressure_and_stay_right() {
    let mut cache = cache();
    for i in 0..8_000_u32 {
        let (key, tag, group) = (i.to_le_bytes(), (i / 7).to_le_bytes(), [(i % 5) as u8]);
        let tags: [&[u8]; 2] = [&tag, &group];
        store(&cache, &key, &tags);
        cache.end_request();
        if i % 400 == 0 {
            valid(&cache);
        }
    }
    let report = valid(&cache);
    assert!(report.entries > 1000, "{report:?}");
    let live: usize = (0..5).map(|group| tagged(&cache, APCU, &[group]).len()).sum();
    assert_eq!(live as u64, report.entries);
}

#[derive(Debug, Clone)]
enum Op {
    /// Key, tags as bits, whether the value was computed since the remembered token.
    Store(u8, u8, bool),
    Delete(u8),
    Invalidate(u8),
    Refresh(u8),
    Flush,
    RememberToken,
    Tend,
    EndRequest,
}

const TAGS: [&[u8]; 5] = [b"red", b"green", b"blue", b"", b"a tag with a longer name, of more than one granule"];

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let key = 0..12_u8;
    let tag = 0..TAGS.len() as u8;
    let op = prop_oneof![
        10 => (key.clone(), 0..1_u8 << TAGS.len(), prop::bool::weighted(0.2)).prop_map(|(k, t, old)| Op::Store(k, t, old)),
        3 => key.prop_map(Op::Delete),
        3 => tag.clone().prop_map(Op::Invalidate),
        2 => tag.prop_map(Op::Refresh),
        1 => Just(Op::Flush),
        2 => Just(Op::RememberToken),
        1 => Just(Op::Tend),
        1 => Just(Op::EndRequest),
    ];
    prop::collection::vec(op, 1..60)
}

/// Time is counted in invalidations.
#[derive(Default)]
struct Model {
    time: u64,
    dead: [u64; TAGS.len()],
    stale: [u64; TAGS.len()],
    flushed: u64,
    token: (u64, Option<Era>),
    /// Birth and tags of what was stored last under each key.
    entries: BTreeMap<u8, (u64, Vec<usize>)>,
}

impl Model {
    fn is_dead(&self, birth: u64, tags: &[usize]) -> bool {
        birth < self.flushed || tags.iter().any(|&t| birth < self.dead[t])
    }

    fn freshness(&self, key: u8) -> Option<Freshness> {
        let (birth, tags) = self.entries.get(&key)?;
        if self.is_dead(*birth, tags) {
            return None;
        }
        let is_stale = tags.iter().any(|&t| *birth < self.stale[t]);
        Some(if is_stale { Freshness::Stale } else { Freshness::Fresh })
    }

    fn apply(&mut self, cache: &mut Cache, op: &Op) {
        match *op {
            Op::Store(key, bits, old) => {
                let tags: Vec<usize> = (0..TAGS.len()).filter(|t| bits & 1 << t != 0).collect();
                let names: Vec<&[u8]> = tags.iter().map(|&t| TAGS[t]).collect();
                let (birth, token) = match (old, self.token) {
                    (true, (birth, Some(token))) => (birth, Some(token)),
                    _ => (self.time, None),
                };
                let outcome = store_at(cache, &[key], &names, token, NOW);
                if self.is_dead(birth, &tags) {
                    return assert_eq!(outcome, Outcome::Refused);
                }
                assert_eq!(outcome == Outcome::Replaced, self.freshness(key).is_some());
                self.entries.insert(key, (birth, tags));
            }
            Op::Delete(key) => {
                let was_there = self.freshness(key).is_some();
                assert_eq!(cache.delete(APCU, &[key]).unwrap(), was_there);
                self.entries.remove(&key);
            }
            Op::Invalidate(tag) => {
                cache.invalidate_tag(APCU, TAGS[tag as usize], NOW).unwrap();
                self.time += 1;
                self.dead[tag as usize] = self.time;
            }
            Op::Refresh(tag) => {
                cache.refresh_tag(APCU, TAGS[tag as usize], NOW).unwrap();
                self.time += 1;
                self.stale[tag as usize] = self.time;
            }
            Op::Flush => {
                cache.flush(APCU);
                self.time += 1;
                self.flushed = self.time;
            }
            Op::RememberToken => self.token = (self.time, Some(cache.token())),
            Op::Tend => cache.tend(NOW, 1 << 12),
            Op::EndRequest => cache.end_request(),
        }
    }

    fn compare(&self, cache: &Cache) {
        for key in 0..12 {
            assert_eq!(freshness(cache, &[key]), self.freshness(key), "key {key}");
        }
        for (t, tag) in TAGS.iter().enumerate() {
            let members = || self.entries.iter().filter(move |(_, (_, tags))| tags.contains(&t));
            let live = members().map(|(&key, _)| key).filter(|&key| self.freshness(key).is_some());
            assert_eq!(tagged(cache, APCU, tag), live.clone().map(|key| vec![key]).collect::<BTreeSet<_>>());
            // Those that died by another tag count until they are reclaimed.
            let most =
                members().filter(|(_, (birth, _))| *birth >= self.flushed && *birth >= self.dead[t]).count() as u64;
            let count = cache.count_tag(APCU, tag).unwrap();
            assert!((live.count() as u64..=most).contains(&count), "{count} members of tag {t}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 80, ..ProptestConfig::default() })]

    #[test]
    fn tags_are_what_the_model_says(ops in ops()) {
        let mut cache = cache();
        let mut model = Model::default();
        for op in &ops {
            model.apply(&mut cache, op);
            valid(&cache);
            model.compare(&cache);
        }
    }
}
