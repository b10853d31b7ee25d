//! The engine's face: what `ext`, `cli`, tests and benches call. A table of contents: each method names the steps and leaves them to the
//! modules below.
//!
//! A [`Cache`] is one thread's handle to a [`Segment`]; the segment is shared by all threads of a process.

mod computation;
mod hit;
mod inline;
mod lease;
mod limits;
mod look;
mod many;
mod memo;
mod named;
mod pressure;
mod reserved;
mod resets;
mod store;
mod tags;
mod types;
mod walk;
mod windows;

use core::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

pub use computation::Begun;
pub use hit::Hit;
pub use lease::{LeaseGuard, Leased};
pub use limits::Overrule;
pub use look::Glance;
pub use reserved::Reserved;
pub use types::{
    CacheId, Change, Clock, Cursor, Era, Freshness, Identity, Label, Meta, Mode, Now, Outcome, Spec, Stats, Update,
    Value,
};
pub use windows::{LONGEST_EXTENSION_MS, until};

use crate::caches;
use crate::check::{self, Fault, Report};
use crate::error::{Error, Result};
use crate::heap;
use crate::layout::Entry;
use crate::lease::Deed;
use crate::reclaim::{self, PinPolicy, Snapshot};
use crate::recover::{self, Mender};
use crate::resets::Follower;
use crate::seat::{Brief, Seat, Turn};
use crate::segment::Segment;
use crate::segment::access::OwnedBlock;
use crate::stats::{self, Stat};
use crate::sync::locker::{Locked, Locker};
use crate::sync::slot;
use crate::table::entry::{State, View};
use crate::table::hash::Place;
use crate::table::{chain, count, hits, retire};
use crate::word::Ordering;
use look::Want;

/// One thread's handle to a segment: its slot, its pins. `!Send` and `!Sync`: the kernel watches the thread that took the slot.
#[derive(Debug)]
pub struct Cache {
    seat: Rc<Seat>,
    /// `Header::hash_seed`.
    seed: u64,
    dice: hits::Dice,
    ticks: hits::Ticks,
    memo: memo::Memo,
    counters: memo::Memo,
    /// See [`Cache::set_idle_ttl`].
    idle_ttl_ms: Cell<u64>,
    /// A dead slot was seen.
    saw_dead: Cell<bool>,
    follower: Follower,
    /// Entries published.
    stores: Cell<u32>,
    /// Leases that are held.
    leases: RefCell<Vec<crate::lease::Token>>,
    shortage: Shortage,
    limits: limits::Limits,
}

impl Cache {
    /// Takes a slot (or, where all are taken, becomes a guest: every operation borrows one, and hits do not keep).
    ///
    /// # Errors
    /// [`crate::error::Error::Busy`] where a dead slot's lock is held by a process that does not move.
    pub fn attach(segment: Arc<Segment>) -> Result<Self> {
        let seed = segment.header().hash_seed.load(Ordering::Relaxed);
        let limits = limits::Limits::new(&segment);
        let seat = Seat::take(segment, &Mender)?;
        Ok(Self {
            seat,
            seed,
            dice: hits::Dice::new(seed as u32),
            ticks: hits::Ticks::default(),
            memo: memo::Memo::new(),
            counters: memo::Memo::new(),
            idle_ttl_ms: Cell::new(0),
            saw_dead: Cell::new(false),
            follower: Follower::new(),
            stores: Cell::new(0),
            leases: RefCell::default(),
            shortage: Shortage::default(),
            limits,
        })
    }

    /// That the file system was full before the segment was, once for each handle: the cache then makes do with what it has got.
    #[inline]
    #[must_use]
    pub fn take_shortage(&self) -> Option<Error> {
        self.shortage.take()
    }

    /// The segment.
    #[inline]
    #[must_use]
    pub fn segment(&self) -> &Arc<Segment> {
        self.seat.segment()
    }

    /// Whether no slot was free.
    #[must_use]
    pub fn is_guest(&self) -> bool {
        self.seat.is_guest()
    }

    /// What a request may keep: nothing where `keep` is false (zero-copy is off); else what it finds in the first `max_age_ms` after the
    /// first one, and while at most `max_share_percent` of the segment wait for readers. 0 is no limit.
    pub fn set_pin_policy(&mut self, keep: bool, max_age_ms: u64, max_share_percent: u8) {
        let max_retired = self.segment().geometry().capacity / 100 * u64::from(max_share_percent);
        self.seat.set_policy(PinPolicy { keep, max_age_ms, max_retired });
    }

    /// Entries without an expiry that nobody has asked for in this many ms are the first to go when memory is short, and are reclaimed by and
    /// by; until then they are found. 0 is no limit. Holds for what this handle reclaims.
    pub fn set_idle_ttl(&self, ms: u64) {
        self.idle_ttl_ms.set(ms);
    }

    /// Ends the request: what hits kept may be reused from now on, and no lease is held any more. Needs `&mut`: no [`Hit`] can be alive.
    pub fn end_request(&mut self) {
        self.release_leases();
        self.memo.clear();
        self.counters.clear();
        self.seat.end_request();
        if let Some(slot) = self.seat.own_slot() {
            Follower::end_request(slot);
        }
    }

    /// The current era, as a token for [`Spec::token`].
    #[must_use]
    pub fn token(&self) -> Era {
        Era(self.segment().header().era.word.load(Ordering::Acquire))
    }

    /// Finds a live (or stale) entry and counts a hit or a miss.
    #[inline]
    #[must_use]
    pub fn fetch(&self, cache: CacheId, key: &[u8], clock: impl Clock) -> Option<Hit<'_>> {
        look::fetch(self, self.place(cache, key), cache, key, Want::Stale, clock)
    }

    /// As [`Cache::fetch`], but a stale entry is a miss.
    #[must_use]
    pub fn fetch_fresh(&self, cache: CacheId, key: &[u8], clock: impl Clock) -> Option<Hit<'_>> {
        look::fetch(self, self.place(cache, key), cache, key, Want::Fresh, clock)
    }

    /// Finds the value of a fresh entry, where that can be told without a pin, and keeps its payload until the end of the request. It costs a part
    /// of a [`Cache::fetch`], which is to be asked where it is unclear; where the key has a `label`, [`Cache::recall`] may tell the next time.
    #[inline(always)]
    #[must_use]
    pub fn glance(&self, cache: CacheId, key: &[u8], label: Option<Label>, clock: impl Clock) -> Glance<'_> {
        look::at_a_glance(self, cache, key, label, clock)
    }

    /// Kind and payload of a fresh entry that a [`Cache::glance`] has found and kept before; none where it takes another to know. Counts a hit.
    #[inline(always)]
    #[must_use]
    pub fn recall(&self, cache: CacheId, label: Label, now: Now) -> Option<(u8, &[u8])> {
        memo::recall(self, label, cache, now)
    }

    /// Whether a live (or stale) entry has the key. Counts nothing, but is an access.
    #[inline]
    #[must_use]
    pub fn exists(&self, cache: CacheId, key: &[u8], clock: impl Clock) -> bool {
        look::exists(self, cache, key, Want::Stale, clock)
    }

    /// As [`Cache::exists`], but a stale entry does not count.
    #[inline]
    #[must_use]
    pub fn exists_fresh(&self, cache: CacheId, key: &[u8], clock: impl Clock) -> bool {
        look::exists(self, cache, key, Want::Fresh, clock)
    }

    /// Finds an entry that is not invalidated, an expired one included, and counts nothing: for reports.
    #[must_use]
    pub fn peek(&self, cache: CacheId, key: &[u8]) -> Option<Hit<'_>> {
        let (view, word, pin) = self.find_value(cache, key).ok()??;
        match view.state(0).ok()? {
            State::Dead => None,
            State::Stale => Some(Hit::new(self, view, word, Freshness::Stale, pin)),
            State::Fresh | State::Expired => Some(Hit::new(self, view, word, Freshness::Fresh, pin)),
        }
    }

    /// Allocates a block and fills its header and key. Evicts where it must.
    ///
    /// # Errors
    /// `TooLarge`, `NoSpace`, `Quota`, `PinLimit`, `Busy`, `Frozen`.
    pub fn reserve(&self, spec: &Spec<'_>, now: Now) -> Result<Reserved<'_>> {
        Reserved::new(self, spec, now)
    }

    /// Stores an inline value in the entry that has the key already, in place, as if the entry were another: nothing is allocated or retired. False
    /// where there is none, or one that holds another kind of value, or is more than a value with an expiry, or where `spec` is: then it is to be
    /// reserved and published. O(1).
    ///
    /// The entry keeps its era of birth. So where an invalidation comes at the same time, the store was before it.
    ///
    /// # Errors
    /// `Frozen`, `Busy`.
    pub fn overwrite(&self, spec: &Spec<'_>, now: Now) -> Result<bool> {
        inline::overwrite(self, spec, now)
    }

    /// Changes an integer that is fresh in place, without a lock.
    ///
    /// A change may land on an entry that was replaced or removed after it was found, but not on one that was compared before ([`Mode::IfSame`]).
    /// Then it took effect before that: the entry was still linked when the call began, the replacement was made without regard to the old value,
    /// and whoever can read the old entry now found it before, too. So nothing is lost that a lock would have saved.
    ///
    /// # Errors
    /// `Frozen`, `Busy`.
    pub fn update_integer(&self, cache: CacheId, key: &[u8], change: Change, clock: impl Clock) -> Result<Update> {
        inline::update(self, cache, key, None, change, clock)
    }

    /// Gives a fresh entry another expiry without rewriting it; false where there is none. Its stale window moves along.
    ///
    /// # Errors
    /// `Frozen`, `Busy`.
    pub fn touch(&self, cache: CacheId, key: &[u8], expires: u64, now: Now) -> Result<bool> {
        self.with_linked(cache, key, |_, view| {
            let Some(view) = view else { return Ok(false) };
            if view.state(now.boot_ms)? != State::Fresh {
                return Ok(false);
            }
            windows::move_locked(&view, expires)?;
            Ok(true)
        })
    }

    /// Removes an entry; true where one was linked, an expired one included. A value of the key that is being computed now is not stored.
    ///
    /// # Errors
    /// `Frozen`, `Busy`.
    pub fn delete(&self, cache: CacheId, key: &[u8]) -> Result<bool> {
        self.delete_if(cache, key, None)
    }

    /// Removes an entry if it is still the one with this identity; true where it was.
    ///
    /// # Errors
    /// `Frozen`, `Busy`.
    pub fn delete_same(&self, cache: CacheId, key: &[u8], identity: Identity) -> Result<bool> {
        self.delete_if(cache, key, Some(identity))
    }

    fn delete_if(&self, cache: CacheId, key: &[u8], identity: Option<Identity>) -> Result<bool> {
        let place = self.place(cache, key);
        let turn = self.seat.turn()?;
        let by = turn.locker();
        let segment: &Segment = self.segment();
        let stripe = place.stripe(segment.geometry());
        let mut freed = Vec::new();
        let held = recover::lock_stripe(&by, stripe)?;
        self.refuse_frozen(cache)?;
        if identity.is_none() {
            computation::note_locked(self, &held, cache, key, Deed::Deleted)?;
        }
        let Some(spot) = chain::find_locked(segment, &held, place, cache.0, key)? else { return Ok(false) };
        let Some(view) = spot.entry else { return Ok(false) };
        let seal = match identity {
            Some(identity) => match identity.seal_locked(segment, &held, &view)? {
                None => return Ok(false),
                seal => seal,
            },
            None => None,
        };
        let dead = view.state(0)? == State::Dead;
        chain::unlink_locked(&by, &held, spot)?;
        if let Some(seal) = seal {
            seal.keep();
            computation::note_locked(self, &held, cache, key, Deed::Deleted)?;
        }
        if retire::is_worthwhile(segment, segment.stripe(stripe)) {
            self.collect(&by, &held, &mut freed)?;
        }
        drop(held);
        turn.give_back(&mut freed);
        self.reap_if_seen(&turn);
        Ok(!dead)
    }

    /// Marks an entry stale; false where there is none. A value of the key that is being computed now is stored as stale.
    ///
    /// # Errors
    /// `Frozen`, `Busy`.
    pub fn refresh(&self, cache: CacheId, key: &[u8], now: Now) -> Result<bool> {
        self.with_linked(cache, key, |held, view| {
            computation::note_locked(self, held, cache, key, Deed::Refreshed)?;
            let Some(view) = view else { return Ok(false) };
            let is_live = matches!(view.state(now.boot_ms)?, State::Fresh | State::Stale);
            if is_live {
                view.entry().shape.fetch_or(Entry::MARKED, Ordering::Release);
            }
            Ok(is_live)
        })
    }

    /// Resets the statistics.
    pub fn reset_stats(&self, now: Now) {
        stats::reset(self.segment(), now.wall_s);
    }

    /// Reclaims a few expired and dead entries and collects retired blocks: after a response is sent. Bounded by `budget` buckets.
    pub fn tend(&self, now: Now, budget: u32) {
        if let Ok(turn) = self.seat.turn() {
            // Whatever keeps it from being done is met again by those who need the memory.
            let _ = pressure::tend(self, &turn, now, budget);
        }
    }

    /// Sums and sizes.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let segment: &Segment = self.segment();
        let is_used = |&i: &u32| i == 0 || segment.cache_record(i).state.load(Ordering::Acquire) != 0;
        let caches = (0..segment.geometry().caches).filter(is_used);
        let (entries, entry_bytes) = caches
            .map(|i| count::usage(segment, i))
            .fold((0u64, 0u64), |(entries, bytes), usage| (entries + usage.entries, bytes.wrapping_add(usage.bytes)));
        let alive = |id: &crate::sync::SlotId| slot::is_alive(segment, *id);
        Stats {
            hits: stats::sum(segment, Stat::Hits),
            misses: stats::sum(segment, Stat::Misses),
            inserts: stats::sum(segment, Stat::Inserts),
            evictions: stats::sum(segment, Stat::Evictions),
            expired: stats::sum(segment, Stat::Expired),
            failures: stats::sum(segment, Stat::Failures),
            expunges: 0,
            since: segment.header().stats_since.load(Ordering::Relaxed),
            entries,
            entry_bytes,
            heap_bytes: heap::bytes(segment),
            free_bytes: heap::free_bytes(segment),
            retired_bytes: retire::waiting(segment),
            processes: slot::used(segment).filter(alive).count() as u32,
        }
    }

    /// Free blocks as (bytes, offset), the not committed rest joined to its neighbour.
    ///
    /// # Errors
    /// `Busy`.
    pub fn free_blocks(&self) -> Result<Vec<(u64, u64)>> {
        heap::free_blocks(&self.seat.turn()?.locker())
    }

    /// Checks everything in the segment (see [`check`]): for tests. Nobody else may be at work, and this handle's [`Reserved`]s are gone.
    ///
    /// # Errors
    /// What is wrong.
    pub fn validate(&self) -> core::result::Result<Report, Fault> {
        check::validate(&self.seat.turn()?.locker())
    }

    #[inline]
    fn place(&self, cache: CacheId, key: &[u8]) -> Place {
        Place::of(self.seed, self.segment().geometry(), cache.0, key)
    }

    /// The entry of a key, whatever it is worth, without a lock; and the pin that keeps it.
    #[inline]
    fn find(&self, cache: CacheId, key: &[u8]) -> Result<Option<(View<'_>, Brief<'_>)>> {
        look::find(self, self.place(cache, key), cache, key)
    }

    /// The same, and the entry's word.
    fn find_value(&self, cache: CacheId, key: &[u8]) -> Result<Option<(View<'_>, u64, Brief<'_>)>> {
        look::find_value(self, self.place(cache, key), cache, key)
    }

    /// Does something to a key's entry, whatever it is worth, under its stripe's lock.
    fn with_linked<R>(
        &self,
        cache: CacheId,
        key: &[u8],
        f: impl FnOnce(&Locked<'_>, Option<View<'_>>) -> Result<R>,
    ) -> Result<R> {
        let place = self.place(cache, key);
        let turn = self.seat.turn()?;
        let segment: &Segment = self.segment();
        let held = recover::lock_stripe(&turn.locker(), place.stripe(segment.geometry()))?;
        self.refuse_frozen(cache)?;
        let spot = chain::find_locked(segment, &held, place, cache.0, key)?;
        f(&held, spot.and_then(|spot| spot.entry))
    }

    #[inline]
    fn refuse_frozen(&self, cache: CacheId) -> Result<()> {
        if caches::is_frozen(self.segment(), cache) { Err(Error::Frozen) } else { Ok(()) }
    }

    /// Whether an entry can be unlinked without anybody's loss, or nearly so: it is expired, invalidated, or past the idle ttl.
    fn is_gone(&self, view: &View<'_>, now: Now) -> Result<bool> {
        let idle_ttl = self.idle_ttl_ms.get();
        if idle_ttl != 0
            && view.entry().expires.load(Ordering::Relaxed) == u64::MAX
            && view.shape() & Entry::PINNED == 0
            && !caches::is_frozen(self.segment(), CacheId(view.cache()))
        {
            let accessed = u64::from(view.entry().accessed.load(Ordering::Relaxed)) * 1000;
            if accessed.saturating_add(idle_ttl) < now.boot_ms {
                return Ok(true);
            }
        }
        match view.state(now.boot_ms)? {
            State::Fresh | State::Stale => Ok(false),
            State::Expired => Ok(!windows::is_wanted(self.segment(), view, now)?),
            State::Dead => Ok(true),
        }
    }

    /// Collects the retire list of the stripe that `held` locks.
    fn collect(&self, by: &Locker<'_>, held: &Locked<'_>, freed: &mut Vec<OwnedBlock>) -> Result<()> {
        if freed.is_empty() {
            *freed = self.seat.list();
        }
        retire::collect(by, held, &self.snapshot(), freed)
    }

    /// What all slots announce now.
    fn snapshot(&self) -> Snapshot {
        let segment: &Segment = self.segment();
        if slot::used(segment).any(|id| recover::is_dead(segment, id)) {
            self.saw_dead.set(true);
        }
        let header = segment.header();
        Snapshot::new(&header.era.word, &header.handovers, || {
            slot::used(segment).map(|id| reclaim::reader(segment.slot(id.index())))
        })
    }

    /// Reaps dead slots where one was seen. No lock may be held.
    #[inline]
    fn reap_if_seen(&self, turn: &Turn<'_>) {
        if self.saw_dead.get() {
            self.reap(turn);
        }
    }

    #[cold]
    fn reap(&self, turn: &Turn<'_>) {
        self.saw_dead.set(false);
        // What cannot be reaped now is met again.
        let _ = slot::sweep(&turn.locker(), &Mender);
    }
}

/// That growing has failed: told once.
#[derive(Debug, Default)]
struct Shortage {
    /// It was noted and not yet told.
    is_new: Cell<bool>,
    was_noted: Cell<bool>,
    error: RefCell<Option<Error>>,
}

impl Shortage {
    #[cold]
    fn note(&self, error: Error) {
        if !self.was_noted.replace(true) {
            *self.error.borrow_mut() = Some(error);
            self.is_new.set(true);
        }
    }

    #[inline]
    fn take(&self) -> Option<Error> {
        if self.is_new.replace(false) { self.error.take() } else { None }
    }
}
