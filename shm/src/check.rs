//! Is everything in the segment as it should be? Recomputed from the bytes, for tests: after every step of a model, after every crash, after
//! every storm of kills.
//!
//! What is checked, on a segment that nobody works on and whose dead were reaped:
//! - the heap is whole ([`Heap::validate`]), and every block that is not free is reached exactly once: from its bucket, from its tag head, from
//!   one retire list, or from the `held` list of a slot that lives. So nothing is leaked, and nothing belongs to two;
//! - an entry lies in the bucket of its key, once for each key, and its parts lie in its block;
//! - a tag record lies in the chain of its name; its members are linked entries, each node in the list that it names, `prev`, `last` and
//!   `count` as the `next` links say;
//! - what is retired is stamped, and in no list;
//! - the counts of entries, bytes, pinned bytes and retired blocks are right;
//! - no lock is held or to be mended, no slot has a wish or a note, and what names a slot names a living one.

use std::collections::{HashMap, HashSet};
use std::fmt;

use crate::error::Error;
use crate::heap::{self, Heap};
use crate::layout::{BlockState, Entry, Node, TagNode};
use crate::offset::{GRANULE, Off};
use crate::segment::Segment;
use crate::sync::locker::Locker;
use crate::sync::slot;
use crate::table::count::Usage;
use crate::table::entry::View;
use crate::table::hash::{Place, buckets_of};
use crate::tags::record::chain;
use crate::tags::{Name, Record};
use crate::word::Ordering::Acquire;

/// What was found, all being well.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Report {
    /// Entries in chains, dead and expired ones included.
    pub entries: u64,
    /// Tag records in chains.
    pub tags: u64,
    /// Members in all posting lists.
    pub members: u64,
    /// Blocks in retire lists.
    pub retired: u64,
    /// Blocks that living slots hold.
    pub held: u64,
    /// Bytes of all blocks that are not free.
    pub used_bytes: u64,
}

/// What is wrong, and where: offsets are bytes from the segment's start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault(String);

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Fault {}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self(error.to_string())
    }
}

/// Checks everything. O(blocks); takes the heap lock through `by`.
///
/// # Errors
/// The first [`Fault`].
pub fn validate(by: &Locker<'_>) -> Result<Report, Fault> {
    let segment = by.segment();
    // First: taking the heap lock would mend the heap.
    check_locks(segment)?;
    let mut check = Check { segment, blocks: HashMap::new(), nodes: HashSet::new(), report: Report::default() };
    check.read_blocks(by)?;
    let mut records = Vec::new();
    for head in 0..segment.geometry().tag_heads {
        check.tag_chain(head, &mut records)?;
    }
    for stripe in 0..segment.geometry().stripes {
        check.stripe(stripe)?;
    }
    for record in &records {
        check.members(record)?;
    }
    if let Some(node) = check.nodes.iter().next() {
        return fault(*node, "a linked entry's tag node is in no list");
    }
    check.slots()?;
    match check.blocks.iter().find(|(_, block)| !block.reached) {
        Some((&off, block)) => fault(off, format!("a block in state {:?} is reached from nowhere", block.state)),
        None => Ok(check.report),
    }
}

struct Check<'s> {
    segment: &'s Segment,
    /// Every block that is not free, by the offset of its content in granules.
    blocks: HashMap<u32, Seen>,
    /// Tag nodes of linked entries that were not seen in a list yet.
    nodes: HashSet<u32>,
    report: Report,
}

struct Seen {
    state: BlockState,
    granules: u32,
    reached: bool,
}

impl<'s> Check<'s> {
    fn read_blocks(&mut self, by: &Locker<'_>) -> Result<(), Fault> {
        let held = heap::lock(by)?;
        let heap = Heap::new(self.segment, &held);
        heap.validate()?;
        for seen in heap.walk(None) {
            let seen = seen?;
            let Some(state) = seen.state else { return fault(seen.off.raw(), "a block's state is unknown") };
            if state != BlockState::Free {
                self.report.used_bytes += u64::from(seen.granules) * GRANULE;
                self.blocks.insert(seen.off.raw() + 1, Seen { state, granules: seen.granules, reached: false });
            }
        }
        Ok(())
    }

    /// Notes that the block whose content is at `off` was reached, in a place for blocks in such a state; its room in bytes.
    fn reach(&mut self, off: Off<Node>, place: &str, fits: impl Fn(BlockState) -> bool) -> Result<u64, Fault> {
        let Some(block) = self.blocks.get_mut(&off.raw()) else {
            return fault(off.raw(), format!("no block begins here, but {place} leads here"));
        };
        if !fits(block.state) {
            return fault(off.raw(), format!("a block in state {:?} is in {place}", block.state));
        }
        if std::mem::replace(&mut block.reached, true) {
            return fault(off.raw(), format!("a block is in {place} and somewhere else"));
        }
        Ok(u64::from(block.granules) * GRANULE - GRANULE)
    }

    fn tag_chain(&mut self, head: u32, records: &mut Vec<Record<'s>>) -> Result<(), Fault> {
        let mut names = HashSet::new();
        for record in chain(self.segment, self.segment.tag_head(head)) {
            let record = record?;
            let at = record.off().raw();
            let room = self.reach(record.off().cast(), "a tag chain", |state| state == BlockState::Tag)?;
            let name = Name::new(self.segment, record.cache(), record.name()?);
            ensure(name.record_bytes() <= room, at, "a tag's name is longer than its block")?;
            ensure(name.head(self.segment) == head, at, "a tag record is in another chain than its name's")?;
            ensure(
                record.fields().node.hash.load(Acquire) == name.upper(),
                at,
                "a tag record's hash is not its name's",
            )?;
            ensure(record.fields().node.retire_era.load(Acquire) == 0, at, "a retired tag record is in a chain")?;
            ensure(names.insert((record.cache(), record.name()?)), at, "a tag has two records")?;
            self.era(record.birth(), at)?;
            self.report.tags += 1;
            records.push(record);
        }
        Ok(())
    }

    fn stripe(&mut self, stripe: u32) -> Result<(), Fault> {
        let mut counts: HashMap<u16, Usage> = HashMap::new();
        for bucket in buckets_of(self.segment.geometry(), stripe) {
            self.bucket(bucket, &mut counts)?;
        }
        for cache in 0..self.segment.geometry().caches {
            let counter = self.segment.counter(stripe, cache);
            let flush = self.segment.cache_record(cache).dead.load(Acquire) as u32;
            let is_current = counter.flush.load(Acquire) == flush;
            let counted = if is_current {
                Usage {
                    entries: counter.entries.load(Acquire).into(),
                    bytes: counter.bytes.load(Acquire),
                    pinned: counter.pinned.load(Acquire),
                }
            } else {
                Usage::default()
            };
            let there = counts.get(&(cache as u16)).copied().unwrap_or_default();
            if counted != there {
                let counts = format!("counted {counted:?}, there is {there:?}");
                return Err(Fault(format!("stripe {stripe}, cache {cache}: {counts}")));
            }
        }
        self.retire_list(stripe)
    }

    fn bucket(&mut self, bucket: u32, counts: &mut HashMap<u16, Usage>) -> Result<(), Fault> {
        let mut keys = HashSet::new();
        let mut next = self.segment.bucket(bucket).load(Acquire);
        while let Some(off) = next {
            let at = off.raw();
            let room = self.reach(off, "a bucket's chain", |state| state == BlockState::Entry)?;
            let view = View::new(self.segment, off.cast())?;
            next = view.entry().node.next.load(Acquire);
            ensure(view.content_bytes()? <= room, at, "an entry's parts are longer than its block")?;
            ensure(u32::from(view.cache()) < self.segment.geometry().caches, at, "an entry is of no cache")?;
            let seed = self.segment.header().hash_seed.load(Acquire);
            let place = Place::of(seed, self.segment.geometry(), view.cache(), view.key()?);
            ensure(place.bucket == bucket, at, "an entry is in another bucket than its key's")?;
            ensure(place.upper == view.entry().node.hash.load(Acquire), at, "an entry's hash is not its key's")?;
            ensure(view.entry().node.retire_era.load(Acquire) == 0, at, "a retired entry is in a chain")?;
            ensure(keys.insert((view.cache(), view.key()?)), at, "a key has two entries")?;
            self.era(view.birth(), at)?;
            self.nodes.extend(view.tag_nodes()?.map(Off::raw));
            if view.birth() >= self.segment.cache_record(view.cache().into()).dead.load(Acquire) {
                let usage = counts.entry(view.cache()).or_default();
                usage.entries += 1;
                usage.bytes += view.block_bytes()?;
                usage.pinned += if view.shape() & Entry::PINNED == 0 { 0 } else { view.block_bytes()? };
            }
            self.report.entries += 1;
        }
        Ok(())
    }

    fn retire_list(&mut self, stripe: u32) -> Result<(), Fault> {
        let (mut count, mut bytes) = (0, 0);
        let mut next = self.segment.stripe(stripe).retired.load(Acquire);
        while let Some(off) = next {
            let fits = |state| matches!(state, BlockState::Entry | BlockState::Tag);
            bytes += self.reach(off, "a retire list", fits)? + GRANULE;
            let node = self.segment.at(off)?;
            ensure(node.retire_era.load(Acquire) != 0, off.raw(), "a block in a retire list is not stamped")?;
            count += 1;
            next = node.retire_next.load(Acquire);
        }
        self.report.retired += u64::from(count);
        let stripe_words = self.segment.stripe(stripe);
        let counted = (stripe_words.retired_count.load(Acquire), stripe_words.retired_bytes.load(Acquire));
        if counted != (count, bytes) {
            let counts = format!("retired (blocks, bytes) counted {counted:?}, there are {:?}", (count, bytes));
            return Err(Fault(format!("stripe {stripe}: {counts}")));
        }
        Ok(())
    }

    fn members(&mut self, record: &Record<'_>) -> Result<(), Fault> {
        let (fields, at) = (record.fields(), record.off().raw());
        let (mut prev, mut count) = (None, 0);
        let mut next = fields.members.load(Acquire);
        while let Some(off) = next {
            if !self.nodes.remove(&off.raw()) {
                return fault(off.raw(), "in a tag's list is what is no linked entry's node, or is in there twice");
            }
            let node: &TagNode = self.segment.at(off)?;
            let owner =
                node.entry.load(Acquire).ok_or_else(|| Fault(format!("@{:#x}: a node has no entry", off.bytes())))?;
            let view = View::new(self.segment, owner)?;
            ensure(
                view.tag_nodes()?.any(|own| own == off),
                off.raw(),
                "a tag node names another entry than the one that it lies in",
            )?;
            ensure(node.tag.load(Acquire) == Some(record.off()), off.raw(), "a tag node is in another tag's list")?;
            ensure(view.cache() == record.cache().0, off.raw(), "an entry has another cache's tag")?;
            ensure(node.prev.load(Acquire) == prev, off.raw(), "a tag node's link back is wrong")?;
            count += u32::from(view.birth() >= record.basis().alive_from);
            self.report.members += 1;
            prev = Some(off);
            next = node.next.load(Acquire);
        }
        ensure(fields.last.load(Acquire) == prev, at, "a tag's last member is another")?;
        if record.count() != count {
            return fault(at, format!("a tag counts {} members, there are {count}", record.count()));
        }
        Ok(())
    }

    fn slots(&mut self) -> Result<(), Fault> {
        for id in slot::used(self.segment) {
            let words = self.segment.slot(id.index());
            let mut next = words.held.load(Acquire);
            let lives = slot::is_alive(self.segment, id);
            if !lives && (next.is_some() || words.pid.load(Acquire) != 0) {
                return Err(Fault(format!("slot {}: its owner is dead and it was not reaped", id.0)));
            }
            while let Some(off) = next {
                self.reach(off, "a slot's held list", |state| state == BlockState::Owned(id.0))?;
                self.report.held += 1;
                next = self.segment.at(off)?.retire_next.load(Acquire);
            }
            let wishes = [&words.wants_stripe, &words.wants_tags, &words.wants_heap];
            let notes = [&words.incoming, &words.outgoing];
            if wishes.iter().any(|w| w.load(Acquire) != 0)
                || notes.iter().any(|n| n.load(Acquire).is_some())
                || words.counting.load(Acquire) != 0
            {
                return Err(Fault(format!("slot {}: a wish or a note is left", id.0)));
            }
        }
        for index in 0..self.segment.geometry().leases {
            if let Some(owner) = self.segment.lease(index).look().owner()
                && !slot::is_alive(self.segment, owner)
            {
                return Err(Fault(format!("lease {index}: its holder, slot {}, is dead", owner.0)));
            }
        }
        Ok(())
    }

    fn era(&self, birth: u64, at: u32) -> Result<(), Fault> {
        ensure(birth <= self.segment.header().era.word.load(Acquire), at, "a block is born in an era to come")
    }
}

fn check_locks(segment: &Segment) -> Result<(), Fault> {
    let stripes = (0..segment.geometry().stripes).map(|i| (format!("stripe {i}"), &segment.stripe(i).lock));
    let others = [("the tags".to_owned(), &segment.header().tag_lock), ("the heap".to_owned(), &segment.heap().lock)];
    for (what, lock) in stripes.chain(others) {
        let word = lock.word.load(Acquire);
        if word != 0 {
            return Err(Fault(format!("the lock of {what} is {word:#x}: held, or to be mended")));
        }
    }
    let mut free =
        (1..segment.geometry().caches).map(|i| segment.cache_record(i)).skip_while(|r| r.state.load(Acquire) != 0);
    if free.any(|record| record.state.load(Acquire) != 0) {
        return Err(Fault("a named cache comes after a free record".into()));
    }
    Ok(())
}

fn ensure(holds: bool, at: u32, what: &str) -> Result<(), Fault> {
    if holds { Ok(()) } else { fault(at, what) }
}

/// A fault at `at`, in granules.
fn fault<T>(at: u32, what: impl Into<String>) -> Result<T, Fault> {
    Err(Fault(format!("@{:#x}: {}", u64::from(at) * GRANULE, what.into())))
}
