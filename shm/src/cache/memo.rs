//! Where a request has found what it keeps, by [`Label`]s: who asks for the same again is served without the key's hash and the walk. One memo for
//! payloads that are fetched, and one for integers that are changed.
//!
//! What a note says stays true as far as it goes: the block is kept, so until the request ends it is not used for anything else. Whether it is
//! still the key's entry, the bucket tells: if it is the chain's first, then it is linked at that moment, and no other entry of its key is. Where
//! another came before it, the chain is walked as ever. Whether the entry is worth anything is looked at each time. (`Node::retire_era` would not
//! do: it is written after the entry has left its chain.)

use core::cell::Cell;

use super::Cache;
use super::look::{is_live, note};
use super::types::{CacheId, Label, Now};
use crate::layout::Node;
use crate::offset::Off;
use crate::segment::Segment;
use crate::stats::Stat;
use crate::table::entry::View;
use crate::word::Ordering;

/// Keys that are noted at once, a power of two.
const PLACES: usize = 64;

/// What one request has found.
#[derive(Debug)]
pub struct Memo {
    notes: [Cell<Option<Note>>; PLACES],
    is_empty: Cell<bool>,
}

/// Where the entry of a key was found, and what does not change while it is one. The block is kept.
#[derive(Debug, Clone, Copy)]
struct Note {
    label: Label,
    cache: CacheId,
    bucket: u32,
    off: Off<Node>,
    kind: u8,
    payload_at: u64,
    payload_len: usize,
}

impl Note {
    /// The entry, where it is still the first of its bucket.
    #[inline(always)]
    fn view(self, segment: &Segment) -> Option<View<'_>> {
        if segment.bucket(self.bucket).load(Ordering::Acquire) != Some(self.off) {
            return None;
        }
        Some(View::of(segment, self.off.cast(), segment.at(self.off.cast()).ok()?))
    }
}

impl Memo {
    /// Nothing was found.
    pub fn new() -> Self {
        Self { notes: core::array::from_fn(|_| Cell::new(None)), is_empty: Cell::new(true) }
    }

    /// Forgets everything: what was found is not kept any more, and labels may stand for other keys.
    pub fn clear(&self) {
        if !self.is_empty.replace(true) {
            self.notes.iter().for_each(|note| note.set(None));
        }
    }

    /// Notes that this is the entry of a key, in this bucket, and is kept.
    #[inline(never)]
    pub fn add(&self, label: Label, cache: CacheId, bucket: u32, view: View<'_>) {
        self.is_empty.set(false);
        let (payload_at, payload_len) = view.payload_range();
        self.place(label).set(Some(Note {
            label,
            cache,
            bucket,
            off: view.link(),
            kind: view.kind(),
            payload_at,
            payload_len,
        }));
    }

    /// The entry that was noted for the key with this label, where it is still the key's; none where it takes a walk to know.
    #[inline(always)]
    pub fn find<'s>(&self, segment: &'s Segment, label: Label, id: CacheId) -> Option<View<'s>> {
        self.noted(label, id)?.view(segment)
    }

    #[inline(always)]
    fn noted(&self, label: Label, id: CacheId) -> Option<Note> {
        self.place(label).get().filter(|note| note.label == label && note.cache == id)
    }

    #[inline(always)]
    fn place(&self, label: Label) -> &Cell<Option<Note>> {
        // Addresses: their lowest bits are equal.
        let mixed = label.0.get().wrapping_mul(0x9e37_79b9_7f4a_7c15);
        &self.notes[(mixed >> (u64::BITS - PLACES.ilog2())) as usize]
    }
}

/// See [`Cache::recall`].
#[inline(always)]
pub fn recall<'c>(cache: &'c Cache, label: Label, id: CacheId, now: Now) -> Option<(u8, &'c [u8])> {
    let segment: &Segment = cache.segment();
    let found = cache.memo.noted(label, id)?;
    let view = found.view(segment)?;
    if !is_live(&view, now) {
        return None;
    }
    note(cache, &view, now);
    cache.seat.count(Stat::Hits);
    Some((found.kind, segment.bytes(found.payload_at, found.payload_len).unwrap_or_default()))
}
