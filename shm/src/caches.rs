//! Named caches: records in a fixed table, made once and never given back.
//!
//! Records are taken in order. One is filled while its `state` is 0 and published by storing 1 last, so a look-up reads up to the first record
//! in state 0 and needs no lock; making one goes under the tag lock. Who dies while making one leaves it in state 0: the next fills it anew.
//!
//! Record 0 is the cache behind `apcu_*`: it is always there, has no name and cannot be opened by one.
//!
//! A record's generations, `dead` and `stale`, are eras: entries born before them are gone, or stale. They only grow.

use crate::error::{Error, Result};
use crate::layout::{CacheRecord, Header};
use crate::segment::Segment;
use crate::sync::locker::{Locked, Which};
use crate::word::Ordering::{Acquire, Relaxed, Release, SeqCst};
use crate::word::Word64;

/// Longest name in bytes.
pub const MAX_NAME: usize = 128;

/// Bytes of entries that are never evicted, in a cache for which nothing else was set.
pub const DEFAULT_PIN: u64 = 1 << 20;

const IN_USE: u32 = 1;

/// Number of a named cache; 0 is the one behind `apcu_*`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CacheId(pub u16);

impl CacheId {
    /// The cache behind `apcu_*`; it always exists.
    pub const APCU: Self = Self(0);
    /// The cache that keeps nothing: stores into it succeed, and nothing is ever found in it. It has no record.
    pub const NULL: Self = Self(u16::MAX);
}

/// What the owner of a named cache may set. Kept in the segment, read by everybody.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Settings {
    /// Ttl in ms of entries that are stored without one; 0 is none.
    pub ttl_ms: u64,
    /// Stale window in ms of entries that are stored without one.
    pub stale_window_ms: u64,
    /// Most bytes that the cache may hold; 0 is no limit.
    pub quota: u64,
    /// Most bytes of its entries that are never evicted; none is [`DEFAULT_PIN`].
    pub pin: Option<u64>,
    /// Option bits, given by the caller.
    pub options: u64,
}

/// The cache with that name; none where nobody made it. No lock. O(named caches).
#[must_use]
pub fn find(segment: &Segment, name: &[u8]) -> Option<CacheId> {
    in_use(segment).find(|&(_, record)| is_named(record, name)).map(|(id, _)| id)
}

/// The cache with that name, made if it is not there. `held` is the tag lock.
///
/// # Errors
/// `Config` where the name is empty or longer than [`MAX_NAME`], `Full` where every record is taken.
pub fn create_locked(segment: &Segment, held: &Locked<'_>, name: &[u8]) -> Result<CacheId> {
    debug_assert_eq!(held.which(), Which::Tags);
    check_name(name)?;
    if let Some(id) = find(segment, name) {
        return Ok(id);
    }
    let caches = segment.geometry().caches;
    let free = in_use(segment).last().map_or(1, |(id, _)| id.0 + 1);
    if u32::from(free) >= caches {
        return Err(Error::Full { what: "named caches", limit: caches - 1 });
    }
    let record = segment.cache_record(free.into());
    for (i, word) in record.name.iter().enumerate() {
        word.store(name_word(name, i), Relaxed);
    }
    record.name_len.store(name.len() as u32, Relaxed);
    record.state.store(IN_USE, Release);
    Ok(CacheId(free))
}

/// Whether a cache may be called so.
///
/// # Errors
/// `Config` where not.
pub fn check_name(name: &[u8]) -> Result<()> {
    if (1..=MAX_NAME).contains(&name.len()) {
        return Ok(());
    }
    Err(Error::Config {
        what: "the length of a cache's name",
        value: format!("{} bytes", name.len()),
        allowed: format!("1 to {MAX_NAME} bytes"),
    })
}

/// Calls `f` with each named cache, in the order in which they were made.
pub fn list(segment: &Segment, f: &mut dyn FnMut(CacheId, &[u8])) {
    for (id, record) in in_use(segment) {
        let mut buffer = [0; MAX_NAME];
        f(id, name_of(record, &mut buffer));
    }
}

/// The record of a cache; none where there is no such cache.
#[inline]
#[must_use]
pub fn record(segment: &Segment, id: CacheId) -> Option<&CacheRecord> {
    (u32::from(id.0) < segment.geometry().caches).then(|| segment.cache_record(id.0.into()))
}

/// Makes every entry of a cache gone, for everybody at once, and ends a freeze. O(1).
pub fn flush(segment: &Segment, id: CacheId) {
    if let Some(record) = record(segment, id) {
        raise(&record.dead, new_generation(segment.header()));
        record.frozen.store(0, SeqCst);
    }
}

/// Marks every entry of a cache stale. O(1).
pub fn refresh(segment: &Segment, id: CacheId) {
    if let Some(record) = record(segment, id) {
        raise(&record.stale, new_generation(segment.header()));
    }
}

/// Makes a cache refuse writes until it is flushed, and serve what has expired. A store that is under way may still come after this.
pub fn freeze(segment: &Segment, id: CacheId) {
    if let Some(record) = record(segment, id) {
        record.frozen.store(1, SeqCst);
    }
}

/// Whether a cache refuses writes.
#[inline]
#[must_use]
pub fn is_frozen(segment: &Segment, id: CacheId) -> bool {
    record(segment, id).is_some_and(|record| record.frozen.load(Acquire) != 0)
}

/// Adds to a cache's hits and misses.
pub fn report_uses(segment: &Segment, id: CacheId, hits: u64, misses: u64) {
    if let Some(record) = record(segment, id) {
        record.hits.fetch_add(hits, Relaxed);
        record.misses.fetch_add(misses, Relaxed);
    }
}

/// Hits, misses and evictions of a cache, since it was made.
#[must_use]
pub fn counts(segment: &Segment, id: CacheId) -> (u64, u64, u64) {
    record(segment, id).map_or((0, 0, 0), |record| {
        (record.hits.load(Relaxed), record.misses.load(Relaxed), record.evictions.load(Relaxed))
    })
}

/// What is set for a cache; the words may be of two settings where somebody changes them just now.
#[must_use]
pub fn settings(segment: &Segment, id: CacheId) -> Settings {
    record(segment, id).map_or_else(Settings::default, |record| Settings {
        ttl_ms: record.ttl.load(Relaxed),
        stale_window_ms: record.stale_window.load(Relaxed),
        quota: record.quota.load(Relaxed),
        pin: record.pin.load(Relaxed).checked_sub(1),
        options: record.options.load(Relaxed),
    })
}

/// [`Settings::options`] of a cache.
#[inline]
#[must_use]
pub fn option_bits(segment: &Segment, id: CacheId) -> u64 {
    record(segment, id).map_or(0, |record| record.options.load(Relaxed))
}

/// Sets a cache's settings, for everybody.
pub fn configure(segment: &Segment, id: CacheId, settings: Settings) {
    if let Some(record) = record(segment, id) {
        record.ttl.store(settings.ttl_ms, Relaxed);
        record.stale_window.store(settings.stale_window_ms, Relaxed);
        record.quota.store(settings.quota, Relaxed);
        record.pin.store(settings.pin.map_or(0, |bytes| bytes.saturating_add(1)), Relaxed);
        record.options.store(settings.options, Relaxed);
    }
}

/// The generation that everything born until now is older than. Advances the era.
pub(crate) fn new_generation(header: &Header) -> u64 {
    header.era.word.fetch_add(1, SeqCst) + 1
}

/// Raises a generation. Of two that race the later one stays, whichever comes first.
pub(crate) fn raise(generation: &Word64, to: u64) {
    generation.fetch_max(to, SeqCst);
}

fn in_use(segment: &Segment) -> impl Iterator<Item = (CacheId, &CacheRecord)> {
    (1..segment.geometry().caches)
        .map(|i| (CacheId(i as u16), segment.cache_record(i)))
        .take_while(|(_, record)| record.state.load(Acquire) == IN_USE)
}

fn is_named(record: &CacheRecord, name: &[u8]) -> bool {
    record.name_len.load(Relaxed) as usize == name.len()
        && name.len() <= MAX_NAME
        && record
            .name
            .iter()
            .take(name.len().div_ceil(8))
            .enumerate()
            .all(|(i, word)| word.load(Relaxed) == name_word(name, i))
}

/// Word `i` of a name, NUL-padded.
fn name_word(name: &[u8], i: usize) -> u64 {
    let mut bytes = [0; 8];
    if let Some(rest) = name.get(i * 8..) {
        let n = rest.len().min(8);
        bytes[..n].copy_from_slice(&rest[..n]);
    }
    u64::from_le_bytes(bytes)
}

fn name_of<'b>(record: &CacheRecord, buffer: &'b mut [u8; MAX_NAME]) -> &'b [u8] {
    for (bytes, word) in buffer.chunks_exact_mut(8).zip(&record.name) {
        bytes.copy_from_slice(&word.load(Relaxed).to_le_bytes());
    }
    let len = (record.name_len.load(Relaxed) as usize).min(MAX_NAME);
    &buffer[..len]
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::segment::{Backing, Options};
    use crate::sync::slot::{self, Recovery};
    use crate::sync::{SlotId, locker::Locker};

    struct Nothing;

    impl Recovery for Nothing {
        fn stripe(&self, _: &Locker<'_>, _: &Locked<'_>, _: u32) -> Result<()> {
            Ok(())
        }
        fn tags(&self, _: &Locker<'_>, _: &Locked<'_>) -> Result<()> {
            Ok(())
        }
        fn heap(&self, _: &Locker<'_>, _: &Locked<'_>) -> Result<()> {
            Ok(())
        }
        fn free_held(&self, _: &Locker<'_>, _: SlotId) -> Result<()> {
            Ok(())
        }
        fn forget(&self, _: &Segment, _: SlotId) {}
    }

    fn segment() -> Arc<Segment> {
        let capacity = crate::config::MIN_CAPACITY;
        Segment::open(&Options { capacity, entries_hint: 0, backing: Backing::Private, fingerprint: "test".into() })
            .unwrap()
    }

    fn create(segment: &Arc<Segment>, name: &[u8]) -> Result<CacheId> {
        let hold = slot::claim(segment, &Nothing).unwrap().unwrap();
        let held = hold.locker().lock(Which::Tags).unwrap();
        create_locked(segment, &held, name)
    }

    #[test]
    fn a_name_is_found_once_it_was_made_and_no_other_is() {
        let segment = segment();
        let longest = [7; MAX_NAME];
        let names: [&[u8]; 6] = [b"a", b"ab", b"a\0", b"seven.!", b"eight..!", &longest];
        for name in names {
            assert_eq!(find(&segment, name), None);
        }
        let ids: Vec<_> = names.iter().map(|name| create(&segment, name).unwrap()).collect();
        assert_eq!(ids, (1..=6).map(CacheId).collect::<Vec<_>>());
        for (name, id) in names.iter().zip(&ids) {
            assert_eq!(find(&segment, name), Some(*id));
            assert_eq!(create(&segment, name).unwrap(), *id);
        }
        let mut listed = Vec::new();
        list(&segment, &mut |id, name| listed.push((id, name.to_vec())));
        assert_eq!(listed, ids.into_iter().zip(names.map(<[u8]>::to_vec)).collect::<Vec<_>>());
    }

    #[test]
    fn a_full_table_names_its_limit() {
        let segment = segment();
        let limit = segment.geometry().caches - 1;
        for i in 0..limit {
            create(&segment, format!("cache {i}").as_bytes()).unwrap();
        }
        let error = create(&segment, b"one more").unwrap_err();
        assert_eq!(error.to_string(), format!("all {limit} named caches of this segment are taken"));
        assert_eq!(find(&segment, format!("cache {}", limit - 1).as_bytes()), Some(CacheId(limit as u16)));
    }

    #[test]
    fn an_empty_and_an_overlong_name_are_refused() {
        let segment = segment();
        assert!(matches!(create(&segment, b""), Err(Error::Config { .. })));
        assert!(matches!(create(&segment, &[b'x'; MAX_NAME + 1]), Err(Error::Config { .. })));
    }

    #[test]
    fn a_flush_outdates_all_eras_until_now_and_ends_a_freeze() {
        let segment = segment();
        let id = create(&segment, b"frozen").unwrap();
        freeze(&segment, id);
        assert!(is_frozen(&segment, id));
        let before = segment.header().era.word.load(SeqCst);
        flush(&segment, id);
        assert!(!is_frozen(&segment, id));
        let dead = record(&segment, id).unwrap().dead.load(SeqCst);
        assert!(before < dead && dead <= segment.header().era.word.load(SeqCst));
        assert_eq!(record(&segment, CacheId::APCU).unwrap().dead.load(SeqCst), 0, "others are not touched");
    }

    #[test]
    fn of_two_flushes_that_race_the_later_generation_stays() {
        let word = Word64::new(0);
        raise(&word, 7);
        raise(&word, 5);
        assert_eq!(word.load(SeqCst), 7);
    }

    #[test]
    fn settings_are_kept_in_the_segment() {
        let segment = segment();
        let id = create(&segment, b"settings").unwrap();
        assert_eq!(settings(&segment, id), Settings::default());
        let wanted = Settings { ttl_ms: 1, stale_window_ms: 2, quota: 3, pin: Some(0), options: 4 };
        configure(&segment, id, wanted);
        assert_eq!(settings(&segment, id), wanted);
    }
}
