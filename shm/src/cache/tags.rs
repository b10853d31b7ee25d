//! Named caches and tags.

use super::{Cache, CacheId, Hit, Now, pressure};
use crate::caches;
use crate::error::Result;
use crate::recover;
use crate::seat::{Brief, Turn};
use crate::segment::Segment;
use crate::stats::Stat;
use crate::sync::locker::Locked;
use crate::table::chain;
use crate::table::entry::{State, View};
use crate::tags::postings::{self, Members};
use crate::tags::record;
use crate::tags::{self, Name, Record};
use crate::word::Ordering;

/// Dead members that an invalidation reclaims at once; the others go like whatever is expired.
const RECLAIM_AT_ONCE: u32 = 16;

impl Cache {
    /// The named cache, made if it is not there.
    ///
    /// # Errors
    /// `Full`, `Config` (name empty or longer than 128 bytes), `Busy`.
    pub fn open_cache(&self, name: &[u8]) -> Result<CacheId> {
        let segment: &Segment = self.segment();
        if let Some(id) = caches::find(segment, name) {
            return Ok(id);
        }
        caches::check_name(name)?;
        let turn = self.seat.turn()?;
        let held = tags::lock(&turn.locker())?;
        caches::create_locked(segment, &held, name)
    }

    /// Calls `f` with each named cache, in the order in which they were made.
    pub fn caches(&self, f: &mut dyn FnMut(CacheId, &[u8])) {
        caches::list(self.segment(), f);
    }

    /// Makes every entry with the tag gone. O(1). A value that was computed since before (see [`super::Spec::token`]) stays out, also where nobody
    /// has seen the tag so far.
    ///
    /// # Errors
    /// `Busy`, `Frozen`.
    pub fn invalidate_tag(&self, cache: CacheId, tag: &[u8], now: Now) -> Result<()> {
        self.refuse_frozen(cache)?;
        self.with_record(cache, tag, now, tags::invalidate_locked)?;
        self.reclaim_members(cache, tag)
    }

    /// Marks every entry with the tag stale. O(1).
    ///
    /// # Errors
    /// `Busy`, `Frozen`.
    pub fn refresh_tag(&self, cache: CacheId, tag: &[u8], now: Now) -> Result<()> {
        self.refuse_frozen(cache)?;
        self.with_record(cache, tag, now, tags::refresh_locked).map(drop)
    }

    /// Says that what the tag stands for is about to change: from now on its entries are stale at best, new ones included, until
    /// [`Cache::commit_invalidation`], or boot time `until_ms` where the caller dies before; what was stored until then stays stale. Returns a
    /// ticket for the end.
    ///
    /// # Errors
    /// `Busy`, `Frozen`.
    pub fn begin_invalidation(&self, cache: CacheId, tag: &[u8], until_ms: u64, now: Now) -> Result<u64> {
        self.refuse_frozen(cache)?;
        let begin = |held: &Locked<'_>, record: &Record<'_>| tags::begin_locked(held, record, until_ms, now.boot_ms);
        // Where there is no record, the tag was forgotten: there is nothing to end.
        Ok(self.with_record(cache, tag, now, begin)?.unwrap_or(0))
    }

    /// Makes every entry with the tag gone, and ends the [`Cache::begin_invalidation`] that gave the ticket.
    ///
    /// # Errors
    /// `Busy`.
    pub fn commit_invalidation(&self, cache: CacheId, tag: &[u8], ticket: u64, now: Now) -> Result<()> {
        self.with_record(cache, tag, now, |held, record| tags::commit_locked(held, record, ticket))?;
        self.reclaim_members(cache, tag)
    }

    /// Marks every entry with the tag stale, and ends the [`Cache::begin_invalidation`] that gave the ticket: nobody knows whether what was
    /// announced has happened.
    ///
    /// # Errors
    /// `Busy`.
    pub fn abandon_invalidation(&self, cache: CacheId, tag: &[u8], ticket: u64, now: Now) -> Result<()> {
        self.with_record(cache, tag, now, |held, record| tags::abandon_locked(held, record, ticket)).map(drop)
    }

    /// Calls `f` with each live entry of a tag, the youngest first; stops where it returns false. An entry that is stored meanwhile is not seen.
    /// No lock is held while `f` runs.
    ///
    /// # Errors
    /// `Busy`.
    pub fn tagged(&self, cache: CacheId, tag: &[u8], now: Now, f: &mut dyn FnMut(&Hit<'_>) -> bool) -> Result<()> {
        let segment: &Segment = self.segment();
        let Some((members, _pin)) = self.members(cache, tag)? else { return Ok(()) };
        for member in members {
            let view = View::new(segment, member?)?;
            // One that is just being replaced or removed is a member still.
            let Some((linked, word, pin)) = self.find_value(cache, view.key()?)? else { continue };
            if linked.off() != view.off() {
                continue;
            }
            let freshness = match view.state(now.boot_ms)? {
                State::Fresh => super::Freshness::Fresh,
                State::Stale => super::Freshness::Stale,
                State::Expired | State::Dead => continue,
            };
            if !f(&Hit::new(self, view, word, freshness, pin)) {
                break;
            }
        }
        Ok(())
    }

    /// Number of entries with the tag. O(1); expired ones that were not yet reclaimed count, and so do those that died by another tag.
    ///
    /// # Errors
    /// `Busy`.
    pub fn count_tag(&self, cache: CacheId, tag: &[u8]) -> Result<u64> {
        let segment: &Segment = self.segment();
        let turn = self.seat.turn()?;
        let held = tags::lock(&turn.locker())?;
        let record = record::find_locked(segment, &held, &Name::new(segment, cache, tag))?;
        Ok(record.map_or(0, |record| record.count().into()))
    }

    /// Does something to a tag's record, which is made where there is none. Where that is impossible for want of memory, the tag is forgotten:
    /// for what is to come, that is an invalidation; and there is no result.
    fn with_record<R>(
        &self,
        cache: CacheId,
        tag: &[u8],
        now: Now,
        f: impl Fn(&Locked<'_>, &Record<'_>) -> R,
    ) -> Result<Option<R>> {
        if cache == CacheId::NULL {
            return Ok(None);
        }
        let segment: &Segment = self.segment();
        let name = Name::new(segment, cache, tag);
        let turn = self.seat.turn()?;
        for _ in 0..8 {
            {
                let held = tags::lock(&turn.locker())?;
                if let Some(record) = record::find_locked(segment, &held, &name)? {
                    return Ok(Some(f(&held, &record)));
                }
            }
            if make_record(self, &turn, &name, now).is_err() {
                break;
            }
        }
        tags::forget(segment.header());
        Ok(None)
    }

    /// The members of a tag from now on, and the pin that keeps them; none where the tag has no record.
    fn members(&self, cache: CacheId, tag: &[u8]) -> Result<Option<(Members<'_>, Brief<'_>)>> {
        let segment: &Segment = self.segment();
        let (pin, mut hi) = self.seat.pin()?;
        let turn = self.seat.turn()?;
        let held = tags::lock(&turn.locker())?;
        let Some(record) = record::find_locked(segment, &held, &Name::new(segment, cache, tag))? else {
            return Ok(None);
        };
        // Every member was born by now, and none is retired before the lock is free.
        while segment.header().era.word.load(Ordering::Acquire) != hi {
            hi = pin.extend();
        }
        Ok(Some((Members::of(&record), pin)))
    }

    /// Reclaims some of the tag's dead members.
    fn reclaim_members(&self, cache: CacheId, tag: &[u8]) -> Result<()> {
        let segment: &Segment = self.segment();
        let name = Name::new(segment, cache, tag);
        let (pin, _) = self.seat.pin()?;
        let turn = self.seat.turn()?;
        let by = turn.locker();
        for _ in 0..RECLAIM_AT_ONCE {
            let oldest = {
                let held = tags::lock(&by)?;
                let Some(record) = record::find_locked(segment, &held, &name)? else { break };
                let oldest = postings::oldest_dead_locked(&held, &record)?;
                // It is not retired before the lock is free: from here on the pin keeps it.
                pin.extend();
                oldest
            };
            let Some(view) = oldest else { break };
            let place = self.place(cache, view.key()?);
            let held = recover::lock_stripe(&by, place.stripe(segment.geometry()))?;
            let Some(spot) = chain::find_linked_locked(segment, &held, place.bucket, view.link())? else { break };
            chain::unlink_locked(&by, &held, spot)?;
            self.seat.count(Stat::Expired);
        }
        Ok(())
    }
}

/// Makes a tag's record, unless somebody else just did.
pub(super) fn make_record(cache: &Cache, turn: &Turn<'_>, name: &Name<'_>, now: Now) -> Result<()> {
    let (segment, by): (&Segment, _) = (cache.segment(), turn.locker());
    let block = pressure::allocate(cache, turn, name.record_bytes(), now)?;
    let stripe = recover::lock_stripe(&by, name.stripe(segment))?;
    let held = tags::lock(&by)?;
    let spare = record::make_locked(&by, &stripe, &held, name, block, now.boot_ms)?;
    drop(held);
    drop(stripe);
    turn.give_back(&mut spare.into_iter().collect());
    Ok(())
}
