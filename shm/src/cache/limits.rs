//! The limits of a named cache: its quota, and the bytes of entries that are never evicted.
//!
//! What a cache holds is counted per stripe (`table::count`), under each stripe's lock, so there is no word that all stores write. Who
//! stores into a cache with a quota adds those counts up now and then: each handle is granted so many bytes until the next time, and all grants
//! together are at most a [`GRAIN`]th of the quota, which the sum must leave free. So a cache stays below its quota but for the stores
//! that are under way at the same time.

use core::cell::{Cell, RefCell};

use super::{Cache, CacheId, Now, Spec, pressure};
use crate::caches::DEFAULT_PIN;
use crate::error::{Error, Result};
use crate::evict::Choice;
use crate::layout::Entry;
use crate::seat::Turn;
use crate::segment::Segment;
use crate::stats::Stat;
use crate::sync::slot;
use crate::table::count;
use crate::word::Ordering;

/// The part of a quota, as a divisor, that is granted to all handles together; as much again is evicted ahead.
const GRAIN: u64 = 64;
/// The part of the segment, as a divisor, that [`DEFAULT_PIN`] does not go beyond.
const DEFAULT_PIN_SHARE: u64 = 8;
/// Rounds of eviction for one store.
const ROUNDS: u32 = 8;

/// Limits that hold for one handle's stores, whatever the cache's [`Settings`](crate::caches::Settings) say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Overrule {
    /// As `Settings::quota`.
    pub quota: Option<u64>,
    /// As `Settings::pin`.
    pub pin: Option<u64>,
}

/// What a handle knows of the caches' limits.
#[derive(Debug)]
pub(super) struct Limits {
    /// Bytes that may be stored before the cache's counts are looked at again, a cell for each cache.
    granted: Box<[Cell<u64>]>,
    overruled: RefCell<Vec<(CacheId, Overrule)>>,
}

impl Limits {
    pub(super) fn new(segment: &Segment) -> Self {
        let granted = (0..segment.geometry().caches).map(|_| Cell::new(0)).collect();
        Self { granted, overruled: RefCell::new(Vec::new()) }
    }

    fn overrule(&self, id: CacheId) -> Overrule {
        let all = self.overruled.borrow();
        all.iter().find(|(known, _)| *known == id).map(|(_, overrule)| *overrule).unwrap_or_default()
    }
}

impl Cache {
    /// Gives a cache other limits for what this handle stores into it.
    pub fn overrule(&self, cache: CacheId, overrule: Overrule) {
        let mut all = self.limits.overruled.borrow_mut();
        all.retain(|(known, _)| *known != cache);
        if overrule != Overrule::default() {
            all.push((cache, overrule));
        }
    }
}

/// Whether entries of one cache, `bytes` together, none or all of them pinned, may be stored: makes room in the cache where they would go beyond its
/// quota. The cache behind `apcu_*` has no limits.
///
/// # Errors
/// `Quota`, `PinLimit`, `Busy`.
#[inline]
pub(super) fn admit(cache: &Cache, turn: &Turn<'_>, specs: &[Spec<'_>], bytes: u64, now: Now) -> Result<()> {
    let Some(spec) = specs.first() else { return Ok(()) };
    if spec.cache == CacheId::APCU {
        return Ok(());
    }
    let Some(granted) = cache.limits.granted.get(usize::from(spec.cache.0)) else { return Ok(()) };
    let overrule = cache.limits.overrule(spec.cache);
    let record = cache.segment().cache_record(spec.cache.0.into());
    if spec.pinned {
        let set = overrule.pin.or_else(|| record.pin.load(Ordering::Relaxed).checked_sub(1));
        admit_pinned(cache, spec.cache, specs, bytes, set)?;
    }
    let quota = overrule.quota.unwrap_or_else(|| record.quota.load(Ordering::Relaxed));
    if quota == 0 {
        return Ok(());
    }
    // A grant of an older, higher quota does not count.
    match granted.get().min(quota / GRAIN).checked_sub(bytes) {
        Some(left) => granted.set(left),
        None => granted.set(make_room(cache, turn, specs, bytes, quota, now)?),
    }
    Ok(())
}

#[cold]
fn admit_pinned(cache: &Cache, id: CacheId, specs: &[Spec<'_>], bytes: u64, set: Option<u64>) -> Result<()> {
    let default = DEFAULT_PIN.min(cache.segment().geometry().capacity / DEFAULT_PIN_SHARE);
    let limit = set.unwrap_or(default);
    let others = cache.pinned_bytes(id).saturating_sub(replaced(cache, specs, Entry::PINNED)?);
    if others.saturating_add(bytes) > limit {
        return Err(Error::PinLimit { needed: bytes, limit });
    }
    Ok(())
}

/// Evicts entries of the cache until `bytes` more and all grants fit into its quota; what this handle is granted from now on.
#[cold]
fn make_room(cache: &Cache, turn: &Turn<'_>, specs: &[Spec<'_>], bytes: u64, quota: u64, now: Now) -> Result<u64> {
    let id = specs.first().map_or(CacheId::NULL, |spec| spec.cache);
    if bytes > quota {
        return Err(Error::Quota { needed: bytes, quota });
    }
    let segment: &Segment = cache.segment();
    let grain = quota / GRAIN;
    let used = || -> Result<u64> {
        let all = count::usage(segment, id.0.into()).bytes;
        Ok(all.saturating_sub(replaced(cache, specs, 0)?))
    };
    let mut now_used = used()?;
    // A damaged counter may say anything.
    if now_used.saturating_add(bytes + grain) > quota {
        let target = quota.saturating_sub(bytes + 2 * grain);
        let mut choice = Choice::Unkept;
        for _ in 0..ROUNDS {
            if now_used <= target {
                break;
            }
            let evicted = pressure::evict(cache, turn, Some(id), choice, now_used - target, now)?;
            if evicted == 0 && choice == Choice::Any {
                break;
            }
            if evicted == 0 {
                choice = Choice::Any;
            }
            now_used = used()?;
        }
        if now_used.saturating_add(bytes) > quota {
            cache.seat.count(Stat::Failures);
            return Err(Error::Quota { needed: bytes, quota });
        }
    }
    let handles = slot::used(segment).count().max(1) as u64;
    Ok(grain / handles)
}

/// Bytes that the cache's counts have of the entries that the stores would replace, of those whose shape has these bits.
fn replaced(cache: &Cache, specs: &[Spec<'_>], bits: u32) -> Result<u64> {
    let mut bytes = 0;
    for spec in specs {
        if let Some((view, _pin)) = cache.find(spec.cache, spec.key)?
            && view.shape() & bits == bits
            && count::is_counted(cache.segment(), &view)
        {
            bytes += view.block_bytes()?;
        }
    }
    Ok(bytes)
}
