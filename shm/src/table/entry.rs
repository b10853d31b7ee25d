//! An entry's block, seen from inside: where key, payload and tail lie, and what the entry is worth now.

use crate::error::{Result, corrupt};
use crate::layout::{Block, Entry, Node, StaleTail, TagNode};
use crate::offset::{GRANULE, Off};
use crate::reclaim;
use crate::segment::Segment;
use crate::segment::access::block_of;
use crate::timed;
use crate::word::Ordering;

/// Most tags of one entry.
pub const MAX_TAGS: usize = u16::MAX as usize;

/// Byte positions inside the content of an entry's block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// The payload.
    pub payload: u64,
    /// The [`StaleTail`], or what would follow it.
    pub tail: u64,
    /// The first [`TagNode`].
    pub tags: u64,
    /// The end.
    pub len: u64,
}

impl Plan {
    /// The key's position.
    pub const KEY: u64 = size_of::<Entry>() as u64;

    /// For a key and a payload of these lengths; none where that overflows.
    #[inline]
    #[must_use]
    pub fn new(key: u64, payload: u64, stale: bool, tags: u64) -> Option<Self> {
        let payload_at = Self::KEY.checked_add(key)?.checked_next_multiple_of(GRANULE)?;
        let tail = payload_at.checked_add(payload)?.checked_next_multiple_of(GRANULE)?;
        let tags_at = tail.checked_add(if stale { size_of::<StaleTail>() as u64 } else { 0 })?;
        let len = tags_at.checked_add(tags.checked_mul(size_of::<TagNode>() as u64)?)?;
        Some(Self { payload: payload_at, tail, tags: tags_at, len })
    }
}

/// The [`Entry::shape`] of an entry with an inline value, and nothing else.
#[inline]
#[must_use]
pub fn inline_shape(kind: u8, integer: bool) -> u32 {
    u32::from(kind) | Entry::INLINE | if integer { Entry::INTEGER } else { 0 }
}

/// What an entry is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// To be served.
    Fresh,
    /// To be served as stale: expired or marked, inside its window.
    Stale,
    /// Past its expiry and its window.
    Expired,
    /// Its cache or one of its tags was invalidated after its birth.
    Dead,
}

/// A published entry, while a pin or its stripe's lock keeps it.
#[derive(Debug, Clone, Copy)]
pub struct View<'s> {
    segment: &'s Segment,
    off: Off<Entry>,
    entry: &'s Entry,
}

impl<'s> View<'s> {
    /// The entry at `off`.
    ///
    /// # Errors
    /// [`Error::Corrupt`](crate::error::Error::Corrupt) where none can be there.
    #[inline]
    pub fn new(segment: &'s Segment, off: Off<Entry>) -> Result<Self> {
        Ok(Self { segment, off, entry: segment.at(off)? })
    }

    /// The same, where the entry was looked up before. Not packed into a `Result`, it stays in registers.
    #[inline(always)]
    #[must_use]
    pub fn of(segment: &'s Segment, off: Off<Entry>, entry: &'s Entry) -> Self {
        Self { segment, off, entry }
    }

    /// The segment.
    #[inline]
    #[must_use]
    pub fn segment(&self) -> &'s Segment {
        self.segment
    }

    /// Where it lies.
    #[inline]
    #[must_use]
    pub fn off(&self) -> Off<Entry> {
        self.off
    }

    /// The same, as a link of a chain.
    #[inline]
    #[must_use]
    pub fn link(&self) -> Off<Node> {
        self.off.cast()
    }

    /// The fields.
    #[inline]
    #[must_use]
    pub fn entry(&self) -> &'s Entry {
        self.entry
    }

    /// The named cache.
    #[inline]
    #[must_use]
    pub fn cache(&self) -> u16 {
        (self.entry.node.birth.load(Ordering::Relaxed) >> reclaim::ERA_BITS) as u16
    }

    /// The era of birth.
    #[inline]
    #[must_use]
    pub fn birth(&self) -> u64 {
        reclaim::birth_of(&self.entry.node)
    }

    /// The key's bytes.
    ///
    /// # Errors
    /// [`Error::Corrupt`](crate::error::Error::Corrupt) where they would lie outside of the segment; so for all below.
    #[inline]
    pub fn key(&self) -> Result<&'s [u8]> {
        self.segment.bytes(self.off.bytes() + Plan::KEY, self.entry.key_len.load(Ordering::Relaxed) as usize)
    }

    /// Whether this is the entry of `key` in `cache`; `upper` is the upper half of the hash.
    #[inline]
    pub fn is(&self, upper: u32, cache: u16, key: &[u8]) -> Result<bool> {
        Ok(self.is_like(upper, cache, key) && self.has_key(key)?)
    }

    /// The same but for the key's bytes: where it is true, one in four thousand million is another.
    #[inline]
    #[must_use]
    pub fn is_like(&self, upper: u32, cache: u16, key: &[u8]) -> bool {
        self.entry.node.hash.load(Ordering::Relaxed) == upper
            && self.cache() == cache
            && self.entry.key_len.load(Ordering::Relaxed) as usize == key.len()
    }

    /// Whether these are the key's bytes. They are as many as the key has.
    #[inline]
    pub fn has_key(&self, key: &[u8]) -> Result<bool> {
        self.segment.holds(self.off.bytes() + Plan::KEY, key)
    }

    /// A number that no other entry has at the same time.
    #[must_use]
    pub fn identity(&self) -> u64 {
        self.birth() << 32 ^ u64::from(self.off.raw())
    }

    /// Kind, flags and number of tags.
    #[inline]
    #[must_use]
    pub fn shape(&self) -> u32 {
        self.entry.shape.load(Ordering::Relaxed)
    }

    /// The payload; empty for inline values.
    #[inline(always)]
    pub fn payload(&self) -> Result<&'s [u8]> {
        let (at, len) = self.payload_range();
        self.segment.bytes(at, len)
    }

    /// Its first byte and its length, which stay as long as there is the entry.
    #[inline(always)]
    #[must_use]
    pub fn payload_range(&self) -> (u64, usize) {
        let key_end = self.off.bytes() + Plan::KEY + u64::from(self.entry.key_len.load(Ordering::Relaxed));
        let is_inline = self.shape() & Entry::INLINE != 0;
        let len = if is_inline { 0 } else { self.entry.value.load(Ordering::Relaxed) as usize };
        (key_end.next_multiple_of(GRANULE), len)
    }

    /// Until when the entry may be served stale.
    pub fn stale_tail(&self) -> Result<Option<&'s StaleTail>> {
        if self.shape() & Entry::HAS_STALE == 0 {
            return Ok(None);
        }
        self.at(self.plan()?.tail).map(Some)
    }

    /// Number of tags.
    #[inline]
    #[must_use]
    pub fn tag_count(&self) -> u32 {
        self.shape() >> Entry::TAGS_SHIFT
    }

    /// Where the nodes of its tags lie.
    #[inline]
    pub fn tag_nodes(&self) -> Result<impl Iterator<Item = Off<TagNode>> + use<>> {
        const STEP: u32 = (size_of::<TagNode>() as u64 / GRANULE) as u32;
        let count = self.tag_count();
        let first = match count {
            0 => 0,
            _ => Off::<TagNode>::from_bytes(self.off.bytes().saturating_add(self.plan()?.tags)).map_or(0, Off::raw),
        };
        Ok((0..count).filter_map(move |n| Off::from_raw(first.wrapping_add(n * STEP))))
    }

    /// Bytes of the block's content that the entry takes up.
    pub fn content_bytes(&self) -> Result<u64> {
        Ok(self.plan()?.len)
    }

    /// Bytes of the whole block.
    pub fn block_bytes(&self) -> Result<u64> {
        Ok(u64::from(self.granules()?) * GRANULE)
    }

    /// Granules of the whole block.
    pub fn granules(&self) -> Result<u32> {
        // Only the flags below the size may change while the block is in use.
        let block: &Block = self.segment.at(block_of(self.off))?;
        Ok(block.span.load(Ordering::Relaxed) >> 2)
    }

    /// Kind of value.
    #[inline]
    #[must_use]
    pub fn kind(&self) -> u8 {
        (self.shape() & Entry::KIND) as u8
    }

    /// Whether the entry is fresh at boot time `now_ms`, and that can be told without its tags: two loads beside the entry's own line. Words
    /// alone are read.
    #[inline]
    #[must_use]
    pub fn is_plainly_fresh(&self, now_ms: u64) -> bool {
        const INVOLVED: u32 = Entry::MARKED | u32::MAX << Entry::TAGS_SHIFT;
        let birth = self.birth();
        let cache = self.segment.cache_record(self.cache().into());
        self.shape() & INVOLVED == 0
            && birth >= cache.dead.load(Ordering::Acquire)
            && birth >= cache.stale.load(Ordering::Acquire)
            && timed::is_alive(&self.entry.expires, now_ms)
    }

    /// The same for an entry with tags, `most` of them: words alone are read, of the tags' records as well. False where it cannot be told so.
    ///
    /// # Errors
    /// [`crate::error::Error::Corrupt`].
    pub fn is_fresh_by_its_tags(self, now_ms: u64, most: u32) -> Result<bool> {
        let (birth, shape) = (self.birth(), self.shape());
        let cache = self.segment.cache_record(self.cache().into());
        if shape & Entry::MARKED != 0
            || self.tag_count() > most
            || birth < cache.dead.load(Ordering::Acquire)
            || birth < cache.stale.load(Ordering::Acquire)
            || !timed::is_alive(&self.entry.expires, now_ms)
        {
            return Ok(false);
        }
        for node in self.tag_nodes()? {
            let Some(tag) = self.segment.at(node)?.tag.load(Ordering::Acquire) else { return Ok(false) };
            let tag = self.segment.at(tag)?;
            if birth < tag.dead.load(Ordering::Acquire)
                || birth < tag.stale.load(Ordering::Acquire)
                || tag.dirty.load(Ordering::Acquire) != 0
            {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// What the entry is worth at boot time `now_ms`.
    ///
    /// # Errors
    /// [`crate::error::Error::Corrupt`].
    #[inline]
    pub fn state(&self, now_ms: u64) -> Result<State> {
        if self.is_plainly_fresh(now_ms) { Ok(State::Fresh) } else { self.state_in_full(now_ms) }
    }

    #[cold]
    fn state_in_full(&self, now_ms: u64) -> Result<State> {
        let (birth, shape) = (self.birth(), self.shape());
        let cache = self.segment.cache_record(self.cache().into());
        if birth < cache.dead.load(Ordering::Acquire) {
            return Ok(State::Dead);
        }
        let mut marked = shape & Entry::MARKED != 0 || birth < cache.stale.load(Ordering::Acquire);
        for node in self.tag_nodes()? {
            let Some(tag) = self.segment.at(node)?.tag.load(Ordering::Acquire) else { continue };
            let tag = self.segment.at(tag)?;
            if birth < tag.dead.load(Ordering::Acquire) {
                return Ok(State::Dead);
            }
            marked |= birth < tag.stale.load(Ordering::Acquire) || tag.dirty.load(Ordering::Acquire) != 0;
        }
        // A frozen cache can not be refilled, so what it has stays good.
        let expired = !timed::is_alive(&self.entry.expires, now_ms) && cache.frozen.load(Ordering::Acquire) == 0;
        if !expired && !marked {
            return Ok(State::Fresh);
        }
        if !expired {
            return Ok(State::Stale);
        }
        let until = self.stale_tail()?.map_or(0, |tail| tail.until.load(Ordering::Relaxed));
        Ok(if now_ms < until { State::Stale } else { State::Expired })
    }

    /// Gives an entry that is not yet linked the expiry, the windows and the cost of another.
    ///
    /// # Errors
    /// [`crate::error::Error::Corrupt`].
    pub fn take_terms_of(&self, other: &View<'_>) -> Result<()> {
        self.entry.expires.store(other.entry.expires.load(Ordering::Relaxed), Ordering::Relaxed);
        if let (Some(mine), Some(theirs)) = (self.stale_tail()?, other.stale_tail()?) {
            for (mine, theirs) in
                [(&mine.until, &theirs.until), (&mine.if_error, &theirs.if_error), (&mine.cost, &theirs.cost)]
            {
                mine.store(theirs.load(Ordering::Relaxed), Ordering::Relaxed);
            }
        }
        Ok(())
    }

    /// What `at`, a position in the block's content, holds.
    fn at<T: crate::layout::OnSegment>(&self, at: u64) -> Result<&'s T> {
        let off = Off::from_bytes(self.off.bytes().saturating_add(at))
            .ok_or_else(|| corrupt("an entry's part lies outside of the segment"))?;
        self.segment.at(off)
    }

    fn plan(&self) -> Result<Plan> {
        let shape = self.shape();
        Plan::new(
            self.entry.key_len.load(Ordering::Relaxed).into(),
            self.payload_len(),
            shape & Entry::HAS_STALE != 0,
            (shape >> Entry::TAGS_SHIFT).into(),
        )
        .ok_or_else(|| corrupt("an entry's lengths overflow"))
    }

    fn payload_len(&self) -> u64 {
        if self.shape() & Entry::INLINE != 0 { 0 } else { self.entry.value.load(Ordering::Relaxed) }
    }
}
