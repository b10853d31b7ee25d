//! Tag records: found by name in chains that hang from the tag heads, made and dropped under the tag lock.

use core::ops::Range;

use super::{IDLE_MS, KEEP_MS, Name, Names, end_abandoned};
use crate::caches::{self, CacheId, raise};
use crate::config::Geometry;
use crate::error::{Error, Result, corrupt};
use crate::heap;
use crate::layout::{BlockState, Header, Node, TagNode, TagRecord};
use crate::offset::{Off, OffWord};
use crate::reclaim::{ERA_BITS, birth_of};
use crate::segment::Segment;
use crate::segment::access::OwnedBlock;
use crate::sync::locker::{Locked, Locker, Which};
use crate::table::entry::View;
use crate::table::{most_nodes, retire, stripe_of};
use crate::word::Ordering::{Acquire, Relaxed, Release, SeqCst};

/// Most records that the making of one drops.
const DROPS_AT_ONCE: usize = 8;

/// A record, while the tag lock, a member or a pin keeps it.
#[derive(Debug, Clone, Copy)]
pub struct Record<'s> {
    segment: &'s Segment,
    off: Off<TagRecord>,
    fields: &'s TagRecord,
}

/// Which members count: those that neither an invalidation of the tag nor a flush of the cache has made dead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Basis {
    /// The era from which on members are born alive.
    pub alive_from: u64,
    /// Lower half of the cache's `dead`.
    pub flush: u32,
}

impl<'s> Record<'s> {
    /// The record at `off`.
    ///
    /// # Errors
    /// [`Error::Corrupt`] where none can be there.
    pub fn new(segment: &'s Segment, off: Off<TagRecord>) -> Result<Self> {
        Ok(Self { segment, off, fields: segment.at(off)? })
    }

    /// The record that the node of an entry names.
    ///
    /// # Errors
    /// [`Error::Corrupt`] where it names none.
    pub fn of_node(segment: &'s Segment, node: Off<TagNode>) -> Result<Self> {
        let tag = segment.at(node)?.tag.load(Acquire).ok_or_else(|| corrupt("an entry's tag has no record"))?;
        Self::new(segment, tag)
    }

    /// Where it lies.
    #[must_use]
    pub fn off(&self) -> Off<TagRecord> {
        self.off
    }

    /// The fields.
    #[must_use]
    pub fn fields(&self) -> &'s TagRecord {
        self.fields
    }

    /// The name.
    ///
    /// # Errors
    /// [`Error::Corrupt`] where it would lie outside of the segment.
    pub fn name(&self) -> Result<&'s [u8]> {
        let at = self.off.bytes() + size_of::<TagRecord>() as u64;
        self.segment.bytes(at, self.fields.name_len.load(Relaxed) as usize)
    }

    /// The cache.
    #[must_use]
    pub fn cache(&self) -> CacheId {
        CacheId((self.fields.node.birth.load(Relaxed) >> ERA_BITS) as u16)
    }

    /// The era of birth.
    #[must_use]
    pub fn birth(&self) -> u64 {
        birth_of(&self.fields.node)
    }

    /// Number of members that count (see [`Basis`]).
    #[must_use]
    pub fn count(&self) -> u32 {
        if self.fields.flush.load(Acquire) == self.cache_dead() as u32 { self.fields.count.load(Relaxed) } else { 0 }
    }

    /// What is counted now.
    #[must_use]
    pub fn basis(&self) -> Basis {
        let flush = self.cache_dead();
        Basis { alive_from: flush.max(self.fields.dead.load(Acquire)), flush: flush as u32 }
    }

    /// Counts a member that was born then in or out.
    pub(super) fn count_one(&self, birth: u64, op: impl FnOnce(u32) -> u32) {
        let basis = self.basis();
        if birth >= basis.alive_from {
            let is_current = self.fields.flush.load(Relaxed) == basis.flush;
            let count = if is_current { self.fields.count.load(Relaxed) } else { 0 };
            self.set_count(op(count), basis);
        }
    }

    /// Replaces the count. A flush since the basis was taken makes it zero, as it should be.
    pub(super) fn set_count(&self, count: u32, basis: Basis) {
        self.fields.count.store(count, Release);
        self.fields.flush.store(basis.flush, Release);
    }

    pub(super) fn segment(&self) -> &'s Segment {
        self.segment
    }

    pub(super) fn header(&self) -> &'s Header {
        self.segment.header()
    }

    /// Notes that the record is not idle.
    pub(super) fn use_again(&self) {
        if self.fields.idle_since.load(Relaxed) != 0 {
            self.fields.idle_since.store(0, Release);
        }
    }

    fn cache_dead(&self) -> u64 {
        caches::record(self.segment, self.cache()).map_or(0, |cache| cache.dead.load(Acquire))
    }

    fn is(&self, name: &Name<'_>) -> Result<bool> {
        Ok(self.fields.node.hash.load(Relaxed) == name.upper()
            && self.cache() == name.cache
            && self.name()? == name.bytes)
    }

    /// Whether nothing is lost with the record. Notes when it was seen without members.
    fn is_disposable(&self, now_ms: u64, urgent: bool) -> bool {
        end_abandoned(self, now_ms);
        let fields = self.fields;
        if fields.members.load(Relaxed).is_some() || fields.dirty.load(Relaxed) != 0 {
            return false;
        }
        let since = fields.idle_since.load(Relaxed);
        if since == 0 {
            fields.idle_since.store(now_ms.max(1), Relaxed);
        }
        let knows = fields.dead.load(Relaxed).max(fields.stale.load(Relaxed));
        let keep_ms = if knows <= self.header().forgotten.load(SeqCst) { IDLE_MS } else { KEEP_MS };
        urgent || since != 0 && now_ms.saturating_sub(since) >= keep_ms
    }
}

/// The tag's record; none where it has none.
///
/// # Errors
/// [`Error::Corrupt`]; so for all below.
pub fn find_locked<'s>(segment: &'s Segment, held: &Locked<'_>, name: &Name<'_>) -> Result<Option<Record<'s>>> {
    debug_assert_eq!(held.which(), Which::Tags);
    for record in chain(segment, segment.tag_head(name.head(segment))) {
        let record = record?;
        if record.is(name)? {
            return Ok(Some(record));
        }
    }
    Ok(None)
}

/// Writes the nodes of an entry that is about to be published: each names the record of one of `names`, and is in no list. Those that have no
/// record: where there are any, they are to be made, and all is to be written again.
pub fn name_locked<'n>(
    segment: &Segment,
    held: &Locked<'_>,
    view: &View<'_>,
    names: &'n Names,
    now_ms: u64,
) -> Result<Vec<Name<'n>>> {
    if names.len() != view.tag_count() as usize {
        return Err(Error::Corrupt("an entry has another number of tags than names"));
    }
    let mut missing = Vec::new();
    for (off, name) in view.tag_nodes()?.zip(names.iter(segment)) {
        let Some(record) = find_locked(segment, held, &name)? else {
            missing.push(name);
            continue;
        };
        end_abandoned(&record, now_ms);
        let node = segment.at(off)?;
        node.tag.store(Some(record.off()), Relaxed);
        node.entry.store(Some(view.off()), Relaxed);
        node.next.store(None, Relaxed);
        node.prev.store(Some(off), Relaxed);
    }
    Ok(missing)
}

/// Makes the tag's record from a block with room for [`Name::record_bytes`]; gives the block back where there is a record already. Drops
/// some that are not needed any more from the same chain. `stripe` is the lock of any stripe.
pub fn make_locked(
    by: &Locker<'_>,
    stripe: &Locked<'_>,
    held: &Locked<'_>,
    name: &Name<'_>,
    mut block: OwnedBlock,
    now_ms: u64,
) -> Result<Option<OwnedBlock>> {
    let segment = by.segment();
    if find_locked(segment, held, name)?.is_some() {
        return Ok(Some(block));
    }
    drop_idle_locked(by, stripe, held, name.head(segment), now_ms, false)?;
    let off = block.content::<TagRecord>();
    let bytes = segment.owned_bytes(&mut block, size_of::<TagRecord>() as u64, name.bytes.len())?;
    bytes.copy_from_slice(name.bytes);
    let record = Record::new(segment, off)?;
    let (fields, head) = (record.fields(), segment.tag_head(name.head(segment)));
    let forgotten = segment.header().forgotten.load(SeqCst);
    let birth = segment.header().era.word.load(Acquire) | u64::from(name.cache.0) << ERA_BITS;
    fields.node.next.store(head.load(Relaxed), Relaxed);
    fields.node.hash.store(name.upper(), Relaxed);
    fields.node.birth.store(birth, Relaxed);
    fields.node.retire_era.store(0, Relaxed);
    fields.dead.store(forgotten, Relaxed);
    fields.stale.store(forgotten, Relaxed);
    fields.members.store(None, Relaxed);
    fields.last.store(None, Relaxed);
    fields.count.store(0, Relaxed);
    fields.flush.store(0, Relaxed);
    fields.name_len.store(name.bytes.len() as u32, Relaxed);
    fields.dirty.store(0, Relaxed);
    fields.dirty_until.store(0, Relaxed);
    fields.idle_since.store(0, Relaxed);

    let note = &segment.slot(by.me().index()).incoming;
    note.store(Some(off.cast()), Release);
    segment.at(block.off())?.state.store(BlockState::Tag.raw(), Release);
    heap::held::remove(segment, by.me(), off.cast())?;
    head.store(Some(off.cast()), Release);
    note.store(None, Release);
    Ok(None)
}

/// Looks at some tag heads of the stripe's share and drops records that nobody needs; how many those were.
pub fn tend_locked(by: &Locker<'_>, stripe: &Locked<'_>, heads: u32, now_ms: u64, urgent: bool) -> Result<usize> {
    let segment = by.segment();
    let index = stripe_of(stripe)?;
    let share = share_of(segment.geometry(), index);
    let len = share.end - share.start;
    let hand = &segment.stripe(index).tag_hand;
    let (start, heads) = (hand.load(Relaxed) % u64::from(len), heads.min(len));
    let (mut held, mut dropped) = (None, 0);
    for at in start..start + u64::from(heads) {
        let head = share.start + (at % u64::from(len)) as u32;
        if segment.tag_head(head).load(Relaxed).is_none() {
            continue;
        }
        let held = match &mut held {
            Some(held) => held,
            none => none.insert(super::lock(by)?),
        };
        dropped += drop_idle_locked(by, stripe, held, head, now_ms, urgent)?;
    }
    hand.store((start + u64::from(heads)) % u64::from(len), Relaxed);
    Ok(dropped)
}

/// Drops records without members from the chain at tag head `head`; how many those were. `urgent`: memory is short, so none is kept for what
/// it knows.
pub fn drop_idle_locked(
    by: &Locker<'_>,
    stripe: &Locked<'_>,
    held: &Locked<'_>,
    head: u32,
    now_ms: u64,
    urgent: bool,
) -> Result<usize> {
    debug_assert_eq!(held.which(), Which::Tags);
    let (segment, mut dropped) = (by.segment(), 0);
    let mut link = segment.tag_head(head);
    for _ in 0..most_nodes(segment) {
        let Some(off) = link.load(Relaxed) else { return Ok(dropped) };
        let record = Record::new(segment, off.cast())?;
        if dropped < DROPS_AT_ONCE && record.is_disposable(now_ms, urgent) {
            drop_locked(by, stripe, link, &record)?;
            dropped += 1;
        } else {
            link = &record.fields.node.next;
        }
    }
    Err(Error::Corrupt("a chain of tag records does not end"))
}

/// Takes a record without members out of its chain, where `link` leads to it, and retires it: readers may stand on an entry that named it.
fn drop_locked(by: &Locker<'_>, stripe: &Locked<'_>, link: &OffWord<Node>, record: &Record<'_>) -> Result<()> {
    let (segment, fields) = (by.segment(), record.fields);
    let note = &segment.slot(by.me().index()).outgoing;
    raise(&record.header().forgotten, fields.dead.load(Relaxed).max(fields.stale.load(Relaxed)));
    note.store(Some(record.off.cast()), Release);
    link.store(fields.node.next.load(Relaxed), Release);
    retire::push(segment, stripe, record.off.cast())?;
    note.store(None, Release);
    Ok(())
}

/// Whether the record is in its chain.
pub fn is_linked_locked(segment: &Segment, held: &Locked<'_>, off: Off<Node>) -> Result<bool> {
    debug_assert_eq!(held.which(), Which::Tags);
    let record = Record::new(segment, off.cast())?;
    let name = Name::new(segment, record.cache(), record.name()?);
    for other in chain(segment, segment.tag_head(name.head(segment))) {
        if other?.off() == record.off() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The tag heads that a stripe sees to.
fn share_of(geometry: &Geometry, stripe: u32) -> Range<u32> {
    let start = |stripe: u32| (u64::from(stripe) * u64::from(geometry.tag_heads) / u64::from(geometry.stripes)) as u32;
    start(stripe)..start(stripe + 1)
}

/// The records of a chain; ends after an error.
pub(crate) fn chain<'s>(
    segment: &'s Segment,
    head: &OffWord<Node>,
) -> impl Iterator<Item = Result<Record<'s>>> + use<'s> {
    let mut at = head.load(Acquire);
    let mut left = most_nodes(segment);
    core::iter::from_fn(move || {
        let off = at.take()?;
        if left == 0 {
            return Some(Err(Error::Corrupt("a chain of tag records does not end")));
        }
        left -= 1;
        let record = Record::new(segment, off.cast());
        if let Ok(record) = &record {
            at = record.fields.node.next.load(Acquire);
        }
        Some(record)
    })
}
