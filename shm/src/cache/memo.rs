//! Where a request has found what it keeps, by [`Label`]s: who asks for the same again is served without the key's hash and the walk. One memo for
//! payloads that are fetched, and one for integers that are changed.
//!
//! What a note says stays true as far as it goes: the block is kept, so until the request ends it is not used for anything else. Whether it is
//! still the key's entry, the bucket tells: if it is the chain's first, then it is linked at that moment, and no other entry of its key is. Where
//! another came before it, the chain is walked as ever. Whether the entry is worth anything is looked at each time. (`Node::retire_era` would not
//! do: it is written after the entry has left its chain.)

use core::cell::Cell;

use super::Cache;
use super::look::{is_live, second};
use super::types::{CacheId, Label, Now};
use crate::layout::Node;
use crate::offset::{GRANULE, Off};
use crate::segment::Segment;
use crate::stats::Stat;
use crate::table::entry::View;
use crate::table::hits;
use crate::word::Ordering;

/// Keys that are noted at once, a power of two. Two that fall on one place make each other be forgotten.
const PLACES: usize = 256;

/// What one request has found.
#[derive(Debug)]
pub struct Memo {
    places: [Place; PLACES],
    is_empty: Cell<bool>,
}

/// Room for a key.
#[derive(Debug, Default)]
struct Place {
    note: Cell<Option<Note>>,
    /// What the note's entry holds: read last, when the rest has been looked at.
    payload: Cell<Payload>,
}

/// Where the entry of a key was found. The block is kept.
#[derive(Debug, Clone, Copy)]
struct Note {
    label: Label,
    cache: CacheId,
    bucket: u32,
    off: Off<Node>,
}

/// What does not change as long as there is the entry.
#[derive(Debug, Clone, Copy, Default)]
struct Payload {
    at: u64,
    len: usize,
    kind: u8,
}

impl Memo {
    /// Nothing was found.
    pub fn new() -> Self {
        Self { places: core::array::from_fn(|_| Place::default()), is_empty: Cell::new(true) }
    }

    /// Forgets everything: what was found is not kept any more, and labels may stand for other keys.
    pub fn clear(&self) {
        if !self.is_empty.replace(true) {
            self.places.iter().for_each(|place| place.note.set(None));
        }
    }

    /// Notes that this is the entry of a key, in this bucket, and is kept.
    #[inline(never)]
    pub fn add(&self, label: Label, cache: CacheId, bucket: u32, view: View<'_>) {
        self.is_empty.set(false);
        let place = self.place(label);
        let (at, len) = view.payload_range();
        place.payload.set(Payload { at, len, kind: view.kind() });
        place.note.set(Some(Note { label, cache, bucket, off: view.link() }));
    }

    /// The entry that was noted for the key with this label, where it is still the key's; none where it takes a walk to know.
    #[inline(always)]
    pub fn find<'s>(&self, segment: &'s Segment, label: Label, id: CacheId) -> Option<View<'s>> {
        self.place(label).find(segment, label, id)
    }

    #[inline(always)]
    fn place(&self, label: Label) -> &Place {
        // Addresses, of strings that often lie in a row: counted in granules, any 55 of which fall on different places (multiples of the golden ratio
        // come near each other at Fibonacci numbers; 144 bytes are three short strings, and 144 granules are far).
        let mixed = (label.0.get() / GRANULE).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        &self.places[(mixed >> (u64::BITS - PLACES.ilog2())) as usize]
    }
}

impl Place {
    #[inline(always)]
    fn find<'s>(&self, segment: &'s Segment, label: Label, id: CacheId) -> Option<View<'s>> {
        let found = self.note.get().filter(|note| note.label == label && note.cache == id)?;
        if segment.bucket(found.bucket).load(Ordering::Acquire) != Some(found.off) {
            return None;
        }
        Some(View::of(segment, found.off.cast(), segment.at(found.off.cast()).ok()?))
    }
}

/// See [`Cache::recall`].
#[inline(always)]
pub fn recall(cache: &Cache, label: Label, id: CacheId, now: Now) -> Option<(u8, &[u8])> {
    let segment: &Segment = cache.segment();
    let place = cache.memo.place(label);
    let view = place.find(segment, label, id)?;
    if !is_live(&view, now) {
        return None;
    }
    let second = second(now);
    hits::note(view.entry(), cache.ticks.lately(segment, second), second, &cache.dice);
    cache.seat.count(Stat::Hits);
    let payload = place.payload.get();
    Some((payload.kind, segment.bytes(payload.at, payload.len).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_whose_strings_lie_in_a_row_do_not_make_each_other_be_forgotten() {
        let memo = Memo::new();
        for stride in [32, 40, 48] {
            for first in (0x7000_0000_0000_u64..).step_by(16).take(1000) {
                let mut places: Vec<_> = (0..10)
                    .filter_map(|n| core::num::NonZeroU64::new(first + n * stride))
                    .map(|address| core::ptr::from_ref(memo.place(Label(address))))
                    .collect();
                places.sort_unstable();
                places.dedup();
                assert_eq!(places.len(), 10, "strings of {stride} bytes from {first:x}");
            }
        }
    }
}
