//! A bucket's chain under its stripe's lock. See `docs/architecture.md`, "The life of a store".
//!
//! Invariant: only the holder of the stripe's lock writes `next` of a linked node, and nobody that of an unlinked one.

use super::entry::View;
use super::hash::Place;
use super::{count, ghosts, hits, most_nodes, retire};
use crate::error::{Error, Result};
use crate::heap;
use crate::layout::{BlockState, Node};
use crate::offset::{Off, OffWord};
use crate::segment::Segment;
use crate::segment::access::{OwnedBlock, block_of};
use crate::sync::locker::{Locked, Locker};
use crate::tags::{self, postings};
use crate::word::Ordering;

/// A place in a chain: the word that holds the link, and the entry that it leads to.
#[derive(Debug, Clone, Copy)]
pub struct Spot<'s> {
    link: &'s OffWord<Node>,
    /// The entry there; none at the end.
    pub entry: Option<View<'s>>,
}

impl<'s> Spot<'s> {
    /// The first spot of a bucket.
    ///
    /// # Errors
    /// [`Error::Corrupt`]; so for all below.
    #[inline(always)]
    pub fn head(segment: &'s Segment, bucket: u32) -> Result<Self> {
        Self::at(segment, segment.bucket(bucket))
    }

    /// The spot after `entry`.
    #[inline(always)]
    pub fn after(segment: &'s Segment, entry: &View<'s>) -> Result<Self> {
        Self::at(segment, &entry.entry().node.next)
    }

    /// The same link, read again.
    pub fn again(&self, segment: &'s Segment) -> Result<Self> {
        Self::at(segment, self.link)
    }

    #[inline(always)]
    fn at(segment: &'s Segment, link: &'s OffWord<Node>) -> Result<Self> {
        let entry = link.load(Ordering::Acquire).map(|off| View::new(segment, off.cast())).transpose()?;
        Ok(Self { link, entry })
    }
}

/// The spot of `key`'s entry; none where it has none.
#[inline(always)]
pub fn find_locked<'s>(
    segment: &'s Segment,
    held: &Locked<'_>,
    place: Place,
    cache: u16,
    key: &[u8],
) -> Result<Option<Spot<'s>>> {
    search(segment, held, place.bucket, |view| view.is(place.upper, cache, key))
}

/// The spot of the entry at `off` in that bucket; none where it is not linked there.
pub fn find_linked_locked<'s>(
    segment: &'s Segment,
    held: &Locked<'_>,
    bucket: u32,
    off: Off<Node>,
) -> Result<Option<Spot<'s>>> {
    search(segment, held, bucket, |view| Ok(view.link() == off))
}

/// The same in the bucket that the entry's key belongs to; none, too, where what lies there is no entry of the stripe. O(that chain): who dies
/// leaves the key whole of what he has noted.
///
/// # Errors
/// [`Error::Corrupt`].
pub fn find_noted_locked<'s>(segment: &'s Segment, held: &Locked<'_>, off: Off<Node>) -> Result<Option<Spot<'s>>> {
    let (geometry, seed) = (segment.geometry(), segment.header().hash_seed.load(Ordering::Relaxed));
    let place = |view: View<'_>| Ok(Place::of(seed, geometry, view.cache(), view.key()?));
    match View::new(segment, off.cast()).and_then(place) {
        Ok(place) if place.stripe(geometry) == super::stripe_of(held)? => {
            find_linked_locked(segment, held, place.bucket, off)
        }
        _ => Ok(None),
    }
}

#[inline(always)]
fn search<'s>(
    segment: &'s Segment,
    held: &Locked<'_>,
    bucket: u32,
    mut matches: impl FnMut(&View<'s>) -> Result<bool>,
) -> Result<Option<Spot<'s>>> {
    debug_assert_eq!(super::stripe_of(held).ok(), Some(super::hash::stripe_of(segment.geometry(), bucket)));
    let mut spot = Spot::head(segment, bucket)?;
    for _ in 0..most_nodes(segment) {
        let Some(view) = spot.entry else { return Ok(None) };
        if matches(&view)? {
            return Ok(Some(spot));
        }
        spot = Spot::after(segment, &view)?;
    }
    Err(Error::Corrupt("a chain does not end"))
}

/// Takes the tag lock where one of these entries has tags, to be held until they are linked and unlinked.
///
/// # Errors
/// `Busy`; so for [`unlink_locked`].
#[inline(always)]
pub fn lock_tags<'s>(by: &Locker<'s>, entries: [Option<View<'_>>; 2]) -> Result<Option<Locked<'s>>> {
    let tagged = entries.iter().flatten().any(|view| view.tag_count() != 0);
    tagged.then(|| tags::lock(by)).transpose()
}

/// Publishes a block that the locker's slot has filled: in place of `old`'s entry, or at the head of `bucket`. `tags` is what [`lock_tags`]
/// gave for both entries.
#[inline(always)]
pub fn publish_locked(
    by: &Locker<'_>,
    held: &Locked<'_>,
    tags: Option<&Locked<'_>>,
    bucket: u32,
    old: Option<Spot<'_>>,
    new: OwnedBlock,
) -> Result<()> {
    let segment = by.segment();
    let slot = segment.slot(by.me().index());
    let off = new.content::<Node>();
    let view = View::new(segment, off.cast())?;
    let replaced = old.and_then(|spot| spot.entry);
    let past = match &replaced {
        Some(old) => ghosts::past_after(old),
        None => ghosts::recall(segment, view.entry().node.hash.load(Ordering::Relaxed)),
    };
    hits::set_past(&view.entry().hits, past);

    slot.outgoing.store(replaced.map(|old| old.link()), Ordering::Release);
    slot.incoming.store(Some(off), Ordering::Release);
    heap::held::remove(segment, by.me(), off)?;
    segment.at(new.off())?.state.store(BlockState::Entry.raw(), Ordering::Release);
    if let Some(tags) = tags
        && let Err(e) = postings::attach_locked(segment, tags, &view)
    {
        // Never linked, so nobody's loss; but a walk through a tag may have come by.
        let _ = postings::detach_locked(segment, tags, &view);
        retire::push(segment, held, off)?;
        slot.incoming.store(None, Ordering::Release);
        slot.outgoing.store(None, Ordering::Release);
        return Err(e);
    }
    let link = match old {
        Some(spot) => spot.link,
        None => segment.bucket(bucket),
    };
    let next = match &replaced {
        Some(old) => old.entry().node.next.load(Ordering::Relaxed),
        None => link.load(Ordering::Relaxed),
    };
    view.entry().node.next.store(next, Ordering::Relaxed);
    let are_alike = match &replaced {
        Some(old) => count::are_alike(segment, old, &view)?,
        None => false,
    };
    if !are_alike {
        count::note(by, held, &view)?;
    }
    // The publication: readers see the old chain before it and the new one after.
    link.store(Some(off), Ordering::Release);

    if !are_alike {
        if let Some(old) = &replaced {
            count::unlinked(segment, held, old)?;
        }
        count::linked(segment, held, &view)?;
        count::done(by);
    }
    if let Some(old) = &replaced {
        if let Some(tags) = tags {
            postings::detach_locked(segment, tags, old)?;
        }
        retire::push(segment, held, old.link())?;
    }
    slot.incoming.store(None, Ordering::Release);
    slot.outgoing.store(None, Ordering::Release);
    Ok(())
}

/// Takes the entry at `spot` out of its chain. Readers that stand on it go on from there.
pub fn unlink_locked(by: &Locker<'_>, held: &Locked<'_>, spot: Spot<'_>) -> Result<()> {
    let Some(view) = spot.entry else { return Ok(()) };
    let segment = by.segment();
    let slot = segment.slot(by.me().index());
    let tags = lock_tags(by, [Some(view), None])?;
    slot.outgoing.store(Some(view.link()), Ordering::Release);
    count::note(by, held, &view)?;
    spot.link.store(view.entry().node.next.load(Ordering::Relaxed), Ordering::Release);
    count::unlinked(segment, held, &view)?;
    count::done(by);
    if let Some(tags) = &tags {
        postings::detach_locked(segment, tags, &view)?;
    }
    ghosts::remember(segment, &view);
    retire::push(segment, held, view.link())?;
    slot.outgoing.store(None, Ordering::Release);
    Ok(())
}

/// Whether the block of `off` is in a state in which it can be linked.
pub fn is_entry(segment: &Segment, off: Off<Node>) -> Result<bool> {
    Ok(segment.at(block_of(off))?.state.load(Ordering::Acquire) == BlockState::Entry.raw())
}
