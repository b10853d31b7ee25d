//! The time after an entry's expiry: how long it may still be served, and is kept for that.
//!
//! ```text
//! stored ..... expires ..... stale_until ..... + if_error
//!       fresh         stale             gone, but for whoever failed to compute it anew
//!                                       stale still, while somebody computes it: up to LONGEST_EXTENSION_MS
//! ```

use super::look;
use super::{Cache, CacheId, Freshness, Hit, Now};
use crate::error::Result;
use crate::layout::StaleTail;
use crate::lease::{self, Identity};
use crate::segment::Segment;
use crate::stats::Stat;
use crate::table::entry::{State, View};
use crate::word::Ordering::{Relaxed, Release};

/// How long after its stale window an entry is served stale at most while somebody computes it anew, in ms. A computation that takes longer than
/// the window would otherwise send everybody to wait for it.
pub const LONGEST_EXTENSION_MS: u64 = 300_000;

impl Cache {
    /// Finds an entry that may be served because computing it anew has failed: until `if_error_ms` after its stale window, or after its expiry where
    /// that is later. One that is fresh or stale is found as well. Beyond the `if_error` that it was stored with, an entry may be gone at any time.
    #[must_use]
    pub fn fetch_after_error(&self, cache: CacheId, key: &[u8], if_error_ms: u64, now: Now) -> Option<Hit<'_>> {
        let (view, word, pin) = look::find_value(self, self.place(cache, key), cache, key).ok()??;
        let freshness = match view.state(now.boot_ms).ok()? {
            State::Fresh => Freshness::Fresh,
            State::Stale => Freshness::Stale,
            State::Expired if now.boot_ms < end(&view).ok()?.saturating_add(if_error_ms) => Freshness::Stale,
            State::Expired | State::Dead => return None,
        };
        self.seat.count(Stat::Hits);
        Some(Hit::new(self, view, word, freshness, pin))
    }
}

/// Gives an entry another expiry, under its stripe's lock, and moves its stale window along.
///
/// Whoever looks between the two stores sees no window at worst; and whoever dies between them leaves that.
pub(super) fn move_locked(view: &View<'_>, expires: u64) -> Result<()> {
    let old = view.entry().expires.load(Relaxed);
    let Some(tail) = view.stale_tail()? else {
        view.entry().expires.store(expires, Release);
        return Ok(());
    };
    let until = until(expires, window(old, tail.until.load(Relaxed)));
    if old == u64::MAX {
        view.entry().expires.store(expires, Release);
        tail.until.store(until, Release);
    } else {
        tail.until.store(until, Release);
        view.entry().expires.store(expires, Release);
    }
    Ok(())
}

/// [`StaleTail::until`] of an entry with this expiry and a stale window of so many ms.
#[inline]
#[must_use]
pub fn until(expires: u64, window: u64) -> u64 {
    if expires == u64::MAX { window } else { expires.saturating_add(window) }
}

/// The length of that window.
fn window(expires: u64, until: u64) -> u64 {
    if expires == u64::MAX { until } else { until.saturating_sub(expires) }
}

/// Whether an expired entry may be served stale because somebody computes it anew.
#[cold]
pub(super) fn is_extended(segment: &Segment, view: &View<'_>, now: Now) -> Result<bool> {
    let Some(tail) = view.stale_tail()? else { return Ok(false) };
    let until = tail.until.load(Relaxed);
    Ok(view.entry().expires.load(Relaxed) < until
        && now.boot_ms < until.saturating_add(LONGEST_EXTENSION_MS)
        && lease::look(segment, Identity::of(segment, CacheId(view.cache()), view.key()?), now.boot_ms).is_some())
}

/// Whether an entry past its stale window is kept all the same: somebody computes it, or somebody who fails to may serve it.
pub(super) fn is_wanted(segment: &Segment, view: &View<'_>, now: Now) -> Result<bool> {
    let Some(tail) = view.stale_tail()? else { return Ok(false) };
    Ok(now.boot_ms < end_of(view, tail).saturating_add(tail.if_error.load(Relaxed)) || is_extended(segment, view, now)?)
}

/// Boot time in ms from which an entry is neither fresh nor stale by itself.
fn end(view: &View<'_>) -> Result<u64> {
    Ok(view.stale_tail()?.map_or_else(|| view.entry().expires.load(Relaxed), |tail| end_of(view, tail)))
}

fn end_of(view: &View<'_>, tail: &StaleTail) -> u64 {
    tail.until.load(Relaxed).max(view.entry().expires.load(Relaxed))
}
