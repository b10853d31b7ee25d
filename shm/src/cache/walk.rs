//! Walking through all entries of a cache.

use super::types::{CacheId, Cursor, Freshness};
use super::{Cache, Hit, look};
use crate::error::Result;
use crate::reclaim::{self, Walk};
use crate::segment::Segment;
use crate::table::entry::{State, View};
use crate::word::Ordering;

impl Cache {
    /// Walks on from `cursor` through the buckets and calls `f` with each entry of `cache` that is not invalidated (the
    /// expired ones included), until `f` returned false and the bucket is done; none where the walk has ended. Takes no lock: an
    /// entry that lives throughout is seen exactly once.
    #[must_use]
    pub fn walk(&self, cache: CacheId, cursor: Cursor, f: &mut dyn FnMut(&Hit<'_>) -> bool) -> Option<Cursor> {
        let buckets = self.segment().geometry().buckets;
        let mut bucket = cursor.0;
        let mut hits = Vec::new();
        while bucket < buckets {
            hits.clear();
            // A bucket that cannot be read is passed over: a report has no use for the error.
            let _ = self.bucket(cache, bucket, &mut hits);
            bucket += 1;
            let mut go_on = true;
            for hit in &hits {
                go_on &= f(hit);
            }
            if !go_on {
                return Some(Cursor(bucket));
            }
        }
        None
    }

    /// All entries of `cache` in one bucket, as they stood together at one moment of the walk.
    fn bucket<'c>(&'c self, cache: CacheId, bucket: u32, hits: &mut Vec<Hit<'c>>) -> Result<()> {
        let segment: &Segment = self.segment();
        let (head, era) = (segment.bucket(bucket), &segment.header().era.word);
        if head.load(Ordering::Acquire).is_none() {
            return Ok(());
        }
        let (pin, mut hi) = self.seat.pin()?;
        let mut views: Vec<View<'c>> = Vec::new();
        loop {
            views.clear();
            let walk = reclaim::walk(segment, head, era, hi, |off, _| {
                let view = View::new(segment, off.cast())?;
                if view.cache() == cache.0 {
                    views.push(view);
                }
                Ok(false)
            })?;
            match walk {
                Walk::Moved => hi = pin.extend(),
                Walk::Found(_) | Walk::End => break,
            }
        }
        for view in views {
            let Some((view, word)) = look::settled(self, view, &pin)? else { continue };
            let freshness = match view.state(0)? {
                State::Dead => continue,
                State::Stale => Freshness::Stale,
                State::Fresh | State::Expired => Freshness::Fresh,
            };
            hits.push(Hit::new(self, view, word, freshness, pin.again()));
        }
        Ok(())
    }
}
