//! Several entries at once: all are stored, or none.
//!
//! No lock covers several stripes, so it goes step by step, and what can go wrong goes wrong as early as can be:
//!
//! 1. What can never fit, alone or together, is refused before anything is evicted.
//! 2. The cache's quota gets room for all of them together, and each gets its block.
//! 3. Every lock that will be needed is passed through once: a freeze, or a process that was stopped with a lock, is met while all is as it was.
//! 4. They are published, one after another.
//!
//! Between two publications there can still be a freeze, an invalidation since the token, or a process that is stopped just then. What was
//! published is taken back in that case: that, and nothing that others have stored since. The values that it had replaced are gone.

use super::reserved::{self, Mark, Reserved};
use super::{Cache, Mode, Now, Outcome, Spec, limits};
use crate::error::{Error, Result};
use crate::heap;
use crate::recover;
use crate::segment::Segment;
use crate::stats::Stat;
use crate::table::chain;
use crate::tags;

impl Cache {
    /// Allocates the blocks of several entries of one cache, none of them or all pinned, and fills headers and keys. They come in reverse order, as
    /// [`Cache::publish_all`] wants them.
    ///
    /// # Errors
    /// As [`Cache::reserve`], and the number of the entry that met it; where they do not fit together, of the first.
    pub fn reserve_all(&self, specs: &[Spec<'_>], now: Now) -> core::result::Result<Vec<Reserved<'_>>, (usize, Error)> {
        let mut lengths = Vec::with_capacity(specs.len());
        for (index, spec) in specs.iter().enumerate() {
            lengths.push(reserved::plan_of(self.segment(), spec).map_err(|error| (index, error))?.len);
        }
        self.admit_all(specs, &lengths, now).map_err(|error| (0, error))?;
        // The last block that was reserved is the first in the list of what this process holds. So they are published, and given back, from the last
        // one on: each is found at once there, however many there are.
        let mut all = Vec::with_capacity(specs.len());
        for (index, spec) in specs.iter().enumerate().rev() {
            match Reserved::admitted(self, spec, now) {
                Ok(reserved) => all.push(reserved),
                Err(error) => {
                    give_back(all);
                    return Err((index, error));
                }
            }
        }
        Ok(all)
    }

    /// Makes all of them visible, in the order in which they were given to [`Cache::reserve_all`], or none.
    ///
    /// # Errors
    /// As [`Reserved::publish`]. Nothing of them is stored then, nor where the outcome is `Refused`.
    pub fn publish_all(&self, mut all: Vec<Reserved<'_>>, now: Now) -> Result<Outcome> {
        let marks = all.iter().rev().map(Reserved::mark).collect::<Result<Vec<_>>>();
        let marks = match marks.and_then(|marks| self.pass_locks(&marks).map(|()| marks)) {
            Ok(marks) => marks,
            Err(error) => {
                give_back(all);
                return Err(error);
            }
        };
        let mut published = 0;
        while let Some(reserved) = all.pop() {
            let outcome = reserved.publish(Mode::Set, now);
            if !matches!(outcome, Ok(Outcome::Inserted | Outcome::Replaced)) {
                give_back(all);
                marks.iter().take(published).for_each(|mark| self.take_back(mark));
                return outcome;
            }
            published += 1;
        }
        Ok(Outcome::Inserted)
    }

    fn admit_all(&self, specs: &[Spec<'_>], lengths: &[u64], now: Now) -> Result<()> {
        let Some(first) = specs.first() else { return Ok(()) };
        self.refuse_frozen(first.cache)?;
        let needed = lengths.iter().map(|len| heap::least_bytes(*len)).fold(0, u64::saturating_add);
        if needed > heap::bytes(self.segment()) {
            self.seat.count(Stat::Failures);
            return Err(Error::NoSpace { needed, capacity: self.segment().geometry().capacity });
        }
        let bytes = lengths.iter().map(|len| heap::most_bytes(*len)).fold(0, u64::saturating_add);
        limits::admit(self, &self.seat.turn()?, specs, bytes, now)
    }

    /// Takes each lock that the publications will take, and gives it back.
    fn pass_locks(&self, marks: &[Mark]) -> Result<()> {
        let Some(first) = marks.first() else { return Ok(()) };
        let turn = self.seat.turn()?;
        let mut stripes: Vec<u32> = marks.iter().map(|mark| mark.place.stripe(self.segment().geometry())).collect();
        stripes.sort_unstable();
        stripes.dedup();
        for stripe in stripes {
            drop(recover::lock_stripe(&turn.locker(), stripe)?);
        }
        if first.is_tagged {
            drop(tags::lock(&turn.locker())?);
        }
        self.refuse_frozen(first.cache)
    }

    /// Unlinks an entry that was published, where it is still there: from a cache that was frozen meanwhile as well, of which nobody is to see a part of
    /// what was stored. One whose lock somebody holds who does not move stays.
    #[cold]
    fn take_back(&self, mark: &Mark) {
        let unlink = || -> Result<()> {
            let segment: &Segment = self.segment();
            let turn = self.seat.turn()?;
            let by = turn.locker();
            let held = recover::lock_stripe(&by, mark.place.stripe(segment.geometry()))?;
            let spot = chain::find_linked_locked(segment, &held, mark.place.bucket, mark.link)?;
            match spot.filter(|spot| spot.entry.is_some_and(|view| view.identity() == mark.identity)) {
                Some(spot) => chain::unlink_locked(&by, &held, spot),
                None => Ok(()),
            }
        };
        let _ = unlink();
    }
}

fn give_back(mut all: Vec<Reserved<'_>>) {
    while let Some(reserved) = all.pop() {
        drop(reserved);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cache::{CacheId, Value};
    use crate::segment::{Backing, Options};

    const NOW: Now = Now { boot_ms: 1000, wall_s: 1 };

    fn cache() -> Cache {
        let capacity = crate::config::MIN_CAPACITY;
        let options = Options { capacity, entries_hint: 0, backing: Backing::Private, fingerprint: "test".into() };
        Cache::attach(Segment::open(&options).unwrap()).unwrap()
    }

    fn spec(key: &[u8], word: u64) -> Spec<'_> {
        let value = Value::Inline { word, integer: true };
        let (cache, expires) = (CacheId(1), u64::MAX);
        Spec { cache, key, kind: 1, value, expires, stale: None, tags: &[], pinned: false, token: None }
    }

    fn words(cache: &Cache) -> [Option<u64>; 2] {
        [b"a", b"b"].map(|key| cache.fetch(CacheId(1), key, NOW).map(|hit| hit.word()))
    }

    #[test]
    fn what_was_published_is_taken_back_and_what_others_stored_since_is_not() {
        let cache = cache();
        cache.open_cache(b"name").unwrap();
        let mut marks = Vec::new();
        for reserved in cache.reserve_all(&[spec(b"a", 1), spec(b"b", 2)], NOW).unwrap().into_iter().rev() {
            marks.push(reserved.mark().unwrap());
            reserved.publish(Mode::Set, NOW).unwrap();
        }
        cache.reserve(&spec(b"b", 3), NOW).unwrap().publish(Mode::Set, NOW).unwrap();
        cache.freeze(CacheId(1)).unwrap();
        marks.iter().for_each(|mark| cache.take_back(mark));
        assert_eq!(words(&cache), [None, Some(3)]);
        cache.validate().unwrap();
    }

    #[test]
    fn a_frozen_cache_is_left_as_it_was() {
        let cache = cache();
        cache.open_cache(b"name").unwrap();
        cache.reserve(&spec(b"a", 1), NOW).unwrap().publish(Mode::Set, NOW).unwrap();
        let all = cache.reserve_all(&[spec(b"a", 2), spec(b"b", 2)], NOW).unwrap();
        cache.freeze(CacheId(1)).unwrap();
        assert!(matches!(cache.publish_all(all, NOW), Err(Error::Frozen)));
        assert_eq!(words(&cache), [Some(1), None]);
        cache.validate().unwrap();
    }

    #[test]
    fn of_a_key_that_comes_twice_the_later_value_stays() {
        let cache = cache();
        cache.open_cache(b"name").unwrap();
        let all = cache.reserve_all(&[spec(b"a", 1), spec(b"b", 2), spec(b"a", 3)], NOW).unwrap();
        assert_eq!(cache.publish_all(all, NOW).unwrap(), Outcome::Inserted);
        assert_eq!(words(&cache), [Some(3), Some(2)]);
    }
}
