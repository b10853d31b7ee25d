//! An entry found.

use super::types::{Freshness, Identity, Meta, Now};
use super::{Cache, windows};
use crate::layout::Entry;
use crate::seat::Brief;
use crate::segment::Segment;
use crate::table::entry::{State, View};
use crate::table::hits;
use crate::tags::Record;
use crate::word::Ordering;

/// An entry found. Its payload is immutable and stays where it is while the hit lives; where [`Hit::keeps`] is true it
/// stays until [`Cache::end_request`].
#[derive(Debug)]
pub struct Hit<'c> {
    cache: &'c Cache,
    view: View<'c>,
    word: u64,
    freshness: Freshness,
    /// Keeps the entry where it is while the hit lives.
    pin: Brief<'c>,
}

impl<'c> Hit<'c> {
    #[inline]
    pub(super) fn new(cache: &'c Cache, view: View<'c>, word: u64, freshness: Freshness, pin: Brief<'c>) -> Self {
        Self { cache, view, word, freshness, pin }
    }

    /// Kind of value.
    #[inline]
    #[must_use]
    pub fn kind(&self) -> u8 {
        self.view.kind()
    }

    /// The inline word, as it was found: an integer may have another one by now.
    #[inline]
    #[must_use]
    pub fn word(&self) -> u64 {
        self.word
    }

    /// The payload in this process's read-only view; empty for inline values.
    #[inline]
    #[must_use]
    pub fn payload(&self) -> &'c [u8] {
        self.view.payload().unwrap_or_default()
    }

    /// Asks for the payload to stay where it is until the end of the request; true where it does: the segment lies at its fixed address,
    /// and the request may keep more (see [`Cache::set_pin_policy`]). Where false, copy before the hit is dropped. Ask only for what is to be
    /// kept: a request keeps some hundred entries.
    #[inline]
    #[must_use]
    pub fn keeps(&self) -> bool {
        self.pin.keep(self.view.link(), self.view.birth())
    }

    /// Fresh or stale.
    #[inline]
    #[must_use]
    pub fn freshness(&self) -> Freshness {
        self.freshness
    }

    /// What the entry is worth at `now`, in a frozen cache without regard to its expiry; none where it is past its windows, and nobody computes it
    /// anew.
    #[must_use]
    pub fn freshness_at(&self, now: Now) -> Option<Freshness> {
        match self.view.state(now.boot_ms).ok()? {
            State::Fresh => Some(Freshness::Fresh),
            State::Stale => Some(Freshness::Stale),
            State::Expired if windows::is_extended(self.cache.segment(), &self.view, now).ok()? => {
                Some(Freshness::Stale)
            }
            State::Expired | State::Dead => None,
        }
    }

    /// What tells the entry as it was found from all others, for [`Mode::IfSame`](super::Mode::IfSame). It holds the inline word: a value that is
    /// changed in place is another one.
    #[must_use]
    pub fn identity(&self) -> Identity {
        Identity { entry: self.view.identity(), word: self.word }
    }

    /// Metadata.
    #[must_use]
    pub fn meta(&self) -> Meta {
        let entry = self.view.entry();
        let wall_offset = self.cache.segment().header().wall_offset.load(Ordering::Relaxed);
        let shape = self.view.shape();
        let tail = self.view.stale_tail().ok().flatten();
        Meta {
            hits: hits::count(entry.hits.load(Ordering::Relaxed)),
            created: entry.created.load(Ordering::Relaxed),
            modified: entry.modified.load(Ordering::Relaxed),
            accessed: (u64::from(entry.accessed.load(Ordering::Relaxed)).wrapping_add(wall_offset)) as u32,
            expires: entry.expires.load(Ordering::Relaxed),
            stale_until: tail.map_or(0, |tail| tail.until.load(Ordering::Relaxed)),
            if_error: tail.map_or(0, |tail| tail.if_error.load(Ordering::Relaxed)),
            cost: tail.map_or(0, |tail| tail.cost.load(Ordering::Relaxed)),
            bytes: self.view.block_bytes().unwrap_or(0),
            kind: self.kind(),
            pinned: shape & Entry::PINNED != 0,
        }
    }

    /// The key.
    #[must_use]
    pub fn key(&self) -> &'c [u8] {
        self.view.key().unwrap_or_default()
    }

    /// Calls `f` with the name of each tag.
    pub fn tags(&self, f: &mut dyn FnMut(&[u8])) {
        let segment: &Segment = self.cache.segment();
        // A name that cannot be read is left out: the entry is there all the same.
        for node in self.view.tag_nodes().into_iter().flatten() {
            if let Ok(name) = Record::of_node(segment, node).and_then(|record| record.name()) {
                f(name);
            }
        }
    }
}
