//! Making room. In order: the heap, more of the segment, collecting what is retired, evicting what nobody keeps, evicting anything, clearing
//! a run of neighbours for a large block. Each stage is bounded; no two stripes are locked at once, and nothing is allocated under a lock.

use core::time::Duration;

use super::Cache;
use super::types::{CacheId, Now};
use crate::error::{Error, Result};
use crate::evict::{self, Choice};
use crate::heap::clear::{Search, Step};
use crate::heap::{self, Heap, Seen};
use crate::layout::Block;
use crate::reclaim;
use crate::recover;
use crate::seat::Turn;
use crate::segment::Segment;
use crate::segment::access::{OwnedBlock, content_of};
use crate::stats::Stat;
use crate::sync::{self, locker::Locker};
use crate::table::entry::View;
use crate::table::{chain, count, expire, retire};
use crate::tags::record;
use crate::word::Ordering;

/// Rounds of eviction for one block.
const ROUNDS: u32 = 16;
/// Windows looked at in one round, at most, as a multiple of the stripes.
const WINDOWS: u32 = 4;
/// Tag heads that are looked at, each time, for records that nobody needs.
const TAG_HEADS: u32 = 4;
/// Buckets that [`tend`] looks at under one lock.
const TEND_RUN: u32 = 32;
/// Rounds in which a smaller block is made room for by evicting the least worthy alone: they lie scattered, which need not help.
const SCATTERED: u32 = 2;
/// Size from which a block is made room for by clearing a run of neighbours from the start, in turn with evicting the least worthy.
const RUN_FROM: u64 = 4 << 10;
/// How long a reader is given that was seen in the middle of a fetch.
const READER_PAUSE: Duration = sync::patience(Duration::from_micros(50));

/// A block with room for `len` bytes.
///
/// # Errors
/// `NoSpace`, `Busy`.
#[inline]
pub fn allocate(cache: &Cache, turn: &Turn<'_>, len: u64, now: Now) -> Result<OwnedBlock> {
    if let Some(block) = turn.take_spare(len) {
        return Ok(block);
    }
    match reserve(cache, &turn.locker(), len)? {
        Some(block) => Ok(block),
        None => make_room(cache, turn, len, now),
    }
}

/// A block of the heap. Where the file system is full before the segment is, the cache makes do with what it has got.
#[inline]
fn reserve(cache: &Cache, by: &Locker<'_>, len: u64) -> Result<Option<OwnedBlock>> {
    match heap::reserve(by, len) {
        Err(full @ Error::DirectoryFull { .. }) => {
            cache.shortage.note(full);
            Ok(None)
        }
        outcome => outcome,
    }
}

#[cold]
fn make_room(cache: &Cache, turn: &Turn<'_>, len: u64, now: Now) -> Result<OwnedBlock> {
    let by = turn.locker();
    let needed = len + size_of::<Block>() as u64;
    turn.give_spare_back();
    collect_all(cache, turn)?;
    for round in 0..ROUNDS {
        if let Some(block) = reserve(cache, &by, len)? {
            return Ok(block);
        }
        let choice = if round < ROUNDS / 2 { Choice::Unkept } else { Choice::Any };
        // Where enough is free already, but in pieces, to evict what lies scattered would make but more pieces.
        let is_scattered = needed >= RUN_FROM && heap::free_bytes(cache.segment()) >= needed;
        let bytes = if (round % 2 == 1) != is_scattered && (needed >= RUN_FROM || round > SCATTERED) {
            clear_run(cache, turn, choice, len, now)?
        } else {
            let want = needed << (round % (ROUNDS / 2) / 2).min(2);
            evict(cache, turn, None, choice, want.max(ahead(cache.segment())), now)?
        };
        if bytes == 0 && choice == Choice::Any && round % 2 == 1 {
            break;
        }
        if collect_all(cache, turn)? == 0 && bytes != 0 {
            // Somebody was in the middle of a fetch. He has moved on, or he is not running.
            std::thread::sleep(READER_PAUSE);
            collect_all(cache, turn)?;
        }
    }
    if drop_tags(turn, now)? != 0 {
        collect_all(cache, turn)?;
    }
    if let Some(block) = reserve(cache, &by, len)? {
        return Ok(block);
    }
    cache.seat.count(Stat::Failures);
    Err(Error::NoSpace { needed, capacity: cache.segment().geometry().capacity })
}

/// Evicts all entries of a run of neighbouring blocks with room for `len` bytes, the one with which the least is lost; how many bytes of
/// entries those were.
fn clear_run(cache: &Cache, turn: &Turn<'_>, choice: Choice, len: u64, now: Now) -> Result<u64> {
    let segment: &Segment = cache.segment();
    let by = turn.locker();
    let victims = {
        let snapshot = cache.snapshot();
        // From here on, what is found linked stays readable.
        let _pin = cache.seat.pin()?;
        let mut search = Search::new(segment, len);
        let run = loop {
            let held = heap::lock(&by)?;
            let mut loss =
                |seen: &Seen| evict::loss(segment, choice, &snapshot, seen, &|view| cache.is_gone(view, now));
            match search.step(&Heap::new(segment, &held), &mut loss)? {
                Step::Clear(run) => break run,
                Step::Onwards => {}
                Step::Nothing => return Ok(0),
            }
        };
        let place = |seen: Seen| {
            let view = View::new(segment, content_of(seen.off))?;
            Ok((cache.place(CacheId(view.cache()), view.key()?), view.link()))
        };
        run.into_iter().map(place).collect::<Result<Vec<_>>>()?
    };
    let mut bytes = 0;
    for (place, off) in victims {
        let held = recover::lock_stripe(&by, place.stripe(segment.geometry()))?;
        let Some(spot) = chain::find_linked_locked(segment, &held, place.bucket, off)? else { continue };
        if let Some(view) = spot.entry {
            bytes += view.block_bytes()?;
            if cache.is_gone(&view, now)? {
                cache.seat.count(Stat::Expired);
            } else {
                segment.cache_record(view.cache().into()).evictions.fetch_add(1, Ordering::Relaxed);
                cache.seat.count(Stat::Evictions);
            }
        }
        chain::unlink_locked(&by, &held, spot)?;
    }
    Ok(bytes)
}

/// Bytes that are evicted at once: the next stores find room without a search of their own.
fn ahead(segment: &Segment) -> u64 {
    (segment.geometry().capacity / 4096).clamp(1 << 10, 64 << 10)
}

/// Frees what no reader can hold any more, in all stripes, after moving the era on: what was retired until now can then be told from what
/// readers find from now on. How many blocks those were.
fn collect_all(cache: &Cache, turn: &Turn<'_>) -> Result<usize> {
    let segment: &Segment = cache.segment();
    reclaim::advance(&segment.header().era.word);
    let snapshot = cache.snapshot();
    let (mut all, mut freed) = (0, Vec::new());
    for index in 0..segment.geometry().stripes {
        if segment.stripe(index).retired_count.load(Ordering::Relaxed) == 0 {
            continue;
        }
        loop {
            let held = recover::lock_stripe(&turn.locker(), index)?;
            retire::collect(&turn.locker(), &held, &snapshot, &mut freed)?;
            drop(held);
            let count = freed.len();
            all += count;
            turn.give_back(&mut freed);
            if count < retire::BATCH {
                break;
            }
        }
    }
    cache.reap_if_seen(turn);
    Ok(all)
}

/// Looks for expired and invalidated entries in `budget` buckets, one stripe after another, and collects what is retired there.
///
/// # Errors
/// `Busy`, `Corrupt`.
pub fn tend(cache: &Cache, turn: &Turn<'_>, now: Now, budget: u32) -> Result<()> {
    let segment: &Segment = cache.segment();
    let stripes = segment.geometry().stripes;
    let by = turn.locker();
    turn.give_spare_back();
    let mut freed = Vec::new();
    let mut left = budget;
    while left > 0 {
        let index = segment.header().evict_stripe.fetch_add(1, Ordering::Relaxed) % stripes;
        let buckets = left.min(TEND_RUN);
        left -= buckets;
        let held = recover::lock_stripe(&by, index)?;
        let gone = expire::sweep_locked(&by, &held, buckets, |view| cache.is_gone(view, now))?;
        cache.seat.count_many(Stat::Expired, gone.into());
        record::tend_locked(&by, &held, TAG_HEADS, now.boot_ms, false)?;
        if segment.stripe(index).retired_count.load(Ordering::Relaxed) != 0 {
            retire::end_era_locked(segment, &held)?;
            cache.collect(&by, &held, &mut freed)?;
        }
        drop(held);
        turn.give_back(&mut freed);
        if index == 0 {
            // To add it up takes a line of each stripe, so it is done once for all stripes that were looked at.
            retire::add_up(segment);
        }
    }
    cache.reap_if_seen(turn);
    Ok(())
}

/// Drops every tag record without members; how many those were.
fn drop_tags(turn: &Turn<'_>, now: Now) -> Result<usize> {
    let by = turn.locker();
    let mut dropped = 0;
    for index in 0..by.segment().geometry().stripes {
        let held = recover::lock_stripe(&by, index)?;
        dropped += record::tend_locked(&by, &held, u32::MAX, now.boot_ms, true)?;
    }
    Ok(dropped)
}

/// Unlinks entries of at least `want` bytes, `of` one cache where that is given, stripes in turn; how many bytes those were.
///
/// A quota may be so small that a stripe has but some of the cache's entries. If each stripe gave one in turn, some would run out of those that
/// nobody asks for by mere chance. So the stripes give that have their share or more.
///
/// # Errors
/// `Busy`, `Corrupt`.
pub fn evict(cache: &Cache, turn: &Turn<'_>, of: Option<CacheId>, choice: Choice, want: u64, now: Now) -> Result<u64> {
    let segment: &Segment = cache.segment();
    let stripes = segment.geometry().stripes;
    let snapshot = cache.snapshot();
    let share = of.map_or(0, |cache| count::usage(segment, cache.0.into()).bytes / u64::from(stripes));
    let (mut bytes, mut fruitless) = (0, 0);
    for _ in 0..u64::from(stripes * WINDOWS) + want / 64 {
        let index = segment.header().evict_stripe.fetch_add(1, Ordering::Relaxed) % stripes;
        if let Some(cache) = of
            && count::bytes_in(segment, index, cache.0.into()) < if fruitless < stripes { share.max(1) } else { 1 }
        {
            fruitless += 1;
            continue;
        }
        let by = turn.locker();
        let held = recover::lock_stripe(&by, index)?;
        let evicted = evict::one_locked(&by, &held, of, choice, &snapshot, &|view| cache.is_gone(view, now))?;
        drop(held);
        cache.seat.count_many(Stat::Evictions, evicted.victims.into());
        cache.seat.count_many(Stat::Expired, evicted.gone.into());
        bytes += evicted.bytes;
        fruitless = if evicted.bytes == 0 { fruitless + 1 } else { 0 };
        if bytes >= want || fruitless >= stripes * WINDOWS {
            break;
        }
    }
    Ok(bytes)
}
