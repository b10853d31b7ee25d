//! Posting lists: the members of each tag, doubly linked, the youngest first.
//!
//! Only `TagRecord::members` and the nodes' `next` are true at every instruction; each change is one store to one of them. What the others miss where the
//! tag lock's owner died is made up for from his note ([`super::change`]); they are computed from those two where that is damaged.
//!
//! | change | stores, in order | if the last one was this |
//! |---|---|---|
//! | link | `next` of the node | in no list: `prev` is still the node itself |
//! | | **`members`** | a member; the rest is done |
//! | | `prev` of both, `last`, `count` | as above |
//! | unlink | `prev` = the node itself | still a member; it is unlinked |
//! | | **`next` of the one before, or `members`** | in no list, and its `prev` says so; the rest is done |
//! | | `prev` of the next, `last`, `count` | as above |
//!
//! Invariant: where the lock is free and nothing is to be mended, a node is in no list exactly if its `prev` is the node itself.

use super::change;
use super::record::Record;
use crate::error::{Error, Result, corrupt};
use crate::layout::{Entry, TagNode};
use crate::offset::Off;
use crate::reclaim::birth_of;
use crate::segment::Segment;
use crate::sync::locker::{Locked, Which};
use crate::table::entry::View;
use crate::word::Ordering::{Acquire, Relaxed, Release};

/// Links an entry into the lists of its tags, which [`super::record::name_locked`] has written and which are all in place. May be repeated.
///
/// # Errors
/// [`Error::Corrupt`]; so for all below.
pub fn attach_locked(segment: &Segment, held: &Locked<'_>, view: &View<'_>) -> Result<()> {
    debug_assert_eq!(held.which(), Which::Tags);
    for off in view.tag_nodes()? {
        let node = segment.at(off)?;
        if node.prev.load(Relaxed) != Some(off) {
            continue;
        }
        let record = Record::of_node(segment, off)?;
        let fields = record.fields();
        let first = fields.members.load(Relaxed);
        node.next.store(first, Release);
        change::begin_link(&record, off);
        fields.members.store(Some(off), Release);
        node.prev.store(None, Release);
        match first {
            Some(first) => segment.at(first)?.prev.store(Some(off), Release),
            None => fields.last.store(Some(off), Release),
        }
        record.count_one(view.birth(), |n| n.saturating_add(1));
        change::end(segment);
        record.use_again();
    }
    Ok(())
}

/// Unlinks an entry from the lists of its tags. May be repeated.
pub fn detach_locked(segment: &Segment, held: &Locked<'_>, view: &View<'_>) -> Result<()> {
    debug_assert_eq!(held.which(), Which::Tags);
    for off in view.tag_nodes()? {
        let node = segment.at(off)?;
        let prev = node.prev.load(Relaxed);
        if prev == Some(off) {
            continue;
        }
        let record = Record::of_node(segment, off)?;
        let link = match prev {
            Some(prev) => &segment.at(prev)?.next,
            None => &record.fields().members,
        };
        if link.load(Relaxed) != Some(off) {
            return Err(Error::Corrupt("a tag's list and its links back differ"));
        }
        let next = node.next.load(Relaxed);
        change::begin_unlink(&record, off, prev);
        node.prev.store(Some(off), Release);
        link.store(next, Release);
        match next {
            Some(next) => segment.at(next)?.prev.store(prev, Release),
            None => record.fields().last.store(prev, Release),
        }
        record.count_one(view.birth(), |n| n.saturating_sub(1));
        change::end(segment);
    }
    Ok(())
}

/// The oldest member, where it is dead: what is to be reclaimed next.
pub fn oldest_dead_locked<'s>(held: &Locked<'_>, record: &Record<'s>) -> Result<Option<View<'s>>> {
    debug_assert_eq!(held.which(), Which::Tags);
    let Some(last) = record.fields().last.load(Relaxed) else { return Ok(None) };
    let view = View::new(record.segment(), entry_of(record.segment(), last)?)?;
    Ok((view.birth() < record.basis().alive_from).then_some(view))
}

/// A walk over the members of a tag, the youngest first, under the tag lock or a pin. See the module above for why the latter is enough.
#[derive(Debug)]
pub struct Members<'s> {
    segment: &'s Segment,
    at: Option<Off<TagNode>>,
    left: u64,
}

impl<'s> Members<'s> {
    /// From the list's head on. Where no lock is held: the pin must cover the era after this returned.
    #[must_use]
    pub fn of(record: &Record<'s>) -> Self {
        let segment = record.segment();
        Self { segment, at: record.fields().members.load(Acquire), left: most_members(segment) }
    }
}

impl Iterator for Members<'_> {
    type Item = Result<Off<Entry>>;

    fn next(&mut self) -> Option<Self::Item> {
        let at = self.at.take()?;
        Some(self.step(at))
    }
}

impl Members<'_> {
    fn step(&mut self, at: Off<TagNode>) -> Result<Off<Entry>> {
        self.left = self.left.checked_sub(1).ok_or_else(|| corrupt("a tag's list does not end"))?;
        self.at = self.segment.at(at)?.next.load(Acquire);
        entry_of(self.segment, at)
    }
}

/// More nodes than the segment can hold.
pub(super) fn most_members(segment: &Segment) -> u64 {
    segment.geometry().capacity / size_of::<TagNode>() as u64
}

/// The birth of the node's entry.
pub(super) fn birth_at(segment: &Segment, node: &TagNode) -> Result<u64> {
    let entry = node.entry.load(Relaxed).ok_or_else(|| corrupt("a tag's member has no entry"))?;
    Ok(birth_of(&segment.at(entry)?.node))
}

fn entry_of(segment: &Segment, node: Off<TagNode>) -> Result<Off<Entry>> {
    segment.at(node)?.entry.load(Acquire).ok_or_else(|| corrupt("a tag's member has no entry"))
}
