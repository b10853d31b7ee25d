//! `getStatus`, `getPoolStatus`, and what they return.

use core::cell::RefCell;
use core::ffi::CStr;

use ext_php_rs::types::Zval;
use ext_php_rs::zend::ExecuteData;
use trove_shm::cache::{Cursor, Freshness};

use super::method;
use crate::api::cache::keys::Keys;
use crate::request;
use crate::zend::args::Args;
use crate::zend::class::{Class, Native};
use crate::zend::enums::Enum;
use crate::zend::function::{Method, types};
use crate::zend::{report, string};

static AVAILABILITY: Enum = Enum::new();

const AVAILABLE: &CStr = c"Available";
const DISABLED: &CStr = c"DisabledByIni";
const UNAVAILABLE: &CStr = c"UnavailableBySharedMemoryInitializationFailed";

/// The cases of `UserCache\CacheAvailability`. The last ones never come.
const CASES: [&CStr; 10] = [
    AVAILABLE,
    DISABLED,
    c"DisabledBySapi",
    UNAVAILABLE,
    c"UnavailableByBackendNotInitializedBeforeWorkerStartup",
    c"UnavailableByBackendInitializedAfterWorkerStartup",
    c"UnavailableByCgiFastCgiBoundary",
    c"UnavailableByApacheBoundary",
    c"UnavailableByLsapiBoundary",
    c"UnavailableByUnknownReason",
];

/// The methods of `UserCache\Cache` in this file.
#[rustfmt::skip]
pub const METHODS: &[Method] = &[
    Method::new(c"getStatus", of_all, 0, &[], types::NONE).or_of(c"UserCache\\CacheStatus").fixed(),
    Method::new(c"getPoolStatus", of_pool, 0, &[], types::NONE).or_of(c"UserCache\\CachePoolStatus"),
];

/// What `getStatus()` returns.
struct Status {
    availability: &'static CStr,
    capacity: u64,
    used: u64,
    free: u64,
    retired: u64,
    entries: u64,
    evictions: u64,
    failures: u64,
    hits: u64,
    misses: u64,
}

/// What `getPoolStatus()` returns.
struct PoolStatus {
    name: Box<[u8]>,
    keys: RefCell<Keys>,
    entries: u64,
    bytes: u64,
    hits: u64,
    misses: u64,
}

impl Native for Status {
    fn class() -> &'static Class<Self> {
        static CLASS: Class<Status> = Class::new();
        &CLASS
    }
}

impl Native for PoolStatus {
    fn class() -> &'static Class<Self> {
        static CLASS: Class<PoolStatus> = Class::new();
        &CLASS
    }
}

/// A method without arguments that returns a number.
macro_rules! getter {
    ($class:ident, $number:expr) => {{
        extern "C" fn getter(frame: &mut ExecuteData, result: &mut Zval) {
            let number: fn(&$class) -> u64 = $number;
            if let Some(status) = status_of::<$class>(frame) {
                result.set_long(number(status) as i64);
            }
        }
        getter
    }};
}

#[rustfmt::skip]
const STATUS: &[Method] = &[
    Method::no_constructor(),
    Method::new(c"getAvailability", availability, 0, &[], types::NONE).or_of(c"UserCache\\CacheAvailability"),
    Method::new(c"getConfiguredMemory", getter!(Status, |s| s.capacity), 0, &[], types::INT),
    Method::new(c"getSharedMemorySize", getter!(Status, |s| s.capacity), 0, &[], types::INT),
    Method::new(c"getUsedMemory", getter!(Status, |s| s.used), 0, &[], types::INT),
    Method::new(c"getFreeMemory", getter!(Status, |s| s.free), 0, &[], types::INT),
    Method::new(c"getWastedMemory", getter!(Status, |s| s.retired), 0, &[], types::INT),
    Method::new(c"getEntryCount", getter!(Status, |s| s.entries), 0, &[], types::INT),
    Method::new(c"getEntryCapacity", getter!(Status, |_| 0), 0, &[], types::INT),
    Method::new(c"getTombstoneCount", getter!(Status, |_| 0), 0, &[], types::INT),
    Method::new(c"getExpungeCount", getter!(Status, |_| 0), 0, &[], types::INT),
    Method::new(c"getEvictionCount", getter!(Status, |s| s.evictions), 0, &[], types::INT),
    Method::new(c"getStoreFailureCount", getter!(Status, |s| s.failures), 0, &[], types::INT),
    Method::new(c"getGraphPinSlotsInUse", getter!(Status, |_| 0), 0, &[], types::INT),
    Method::new(c"getGraphPinnedReferences", getter!(Status, |_| 0), 0, &[], types::INT),
    Method::new(c"getDeadPinOwnersReclaimed", getter!(Status, |_| 0), 0, &[], types::INT),
    Method::new(c"getDeadPinsStripped", getter!(Status, |_| 0), 0, &[], types::INT),
    Method::new(c"getHitCount", getter!(Status, |s| s.hits), 0, &[], types::INT),
    Method::new(c"getMissCount", getter!(Status, |s| s.misses), 0, &[], types::INT),
    Method::new(c"getInternedKeyCount", getter!(Status, |_| 0), 0, &[], types::INT),
];

#[rustfmt::skip]
const POOL_STATUS: &[Method] = &[
    Method::no_constructor(),
    Method::new(c"getPoolName", pool_name, 0, &[], types::STRING),
    Method::new(c"getEntryCount", getter!(PoolStatus, |s| s.entries), 0, &[], types::INT),
    Method::new(c"getEntryKeys", entry_keys, 0, &[], types::ARRAY),
    Method::new(c"getUsedMemory", getter!(PoolStatus, |s| s.bytes), 0, &[], types::INT),
    Method::new(c"getHitCount", getter!(PoolStatus, |s| s.hits), 0, &[], types::INT),
    Method::new(c"getMissCount", getter!(PoolStatus, |s| s.misses), 0, &[], types::INT),
];

/// Registers the classes.
pub fn register() {
    AVAILABILITY.register(c"UserCache\\CacheAvailability", &CASES);
    Status::class().register(c"UserCache\\CacheStatus", &[], STATUS);
    PoolStatus::class().register(c"UserCache\\CachePoolStatus", &[], POOL_STATUS);
}

/// The value of a method without arguments; none where an exception was thrown.
fn status_of<T: Native>(frame: &mut ExecuteData) -> Option<&T> {
    let (args, status) = T::class().call(frame);
    if !args.none() {
        return None;
    }
    if status.is_none() {
        report::throw(c"A status must be obtained by UserCache\\Cache");
    }
    status
}

extern "C" fn of_all(frame: &mut ExecuteData, result: &mut Zval) {
    if !Args::of(frame).none() {
        return;
    }
    let is_off = request::why_off();
    let status = request::with(|session| match session {
        None => {
            let by_setting = is_off.as_deref().is_some_and(|why| why.contains(" is off"));
            Status { availability: if by_setting { DISABLED } else { UNAVAILABLE }, ..Status::nothing() }
        }
        Some(session) => {
            let stats = session.cache.stats();
            Status {
                availability: AVAILABLE,
                capacity: session.cache.segment().geometry().capacity,
                used: stats.heap_bytes.saturating_sub(stats.free_bytes),
                free: stats.free_bytes,
                retired: stats.retired_bytes,
                entries: stats.entries,
                evictions: stats.evictions,
                failures: stats.failures,
                hits: stats.hits,
                misses: stats.misses,
            }
        }
    });
    *result = Status::class().make(status);
}

impl Status {
    fn nothing() -> Self {
        Self {
            availability: UNAVAILABLE,
            capacity: 0,
            used: 0,
            free: 0,
            retired: 0,
            entries: 0,
            evictions: 0,
            failures: 0,
            hits: 0,
            misses: 0,
        }
    }
}

extern "C" fn of_pool(frame: &mut ExecuteData, result: &mut Zval) {
    let Some((_, handle)) = method(frame, 0, 0) else { return };
    let mut status =
        PoolStatus { name: handle.name().into(), keys: RefCell::default(), entries: 0, bytes: 0, hits: 0, misses: 0 };
    handle.with(|cache| {
        cache.report_uses();
        let (engine, now) = (&cache.session.cache, cache.session.exactly());
        (status.hits, status.misses, _) = engine.cache_counts(cache.home);
        status.bytes = engine.usage(cache.id).1;
        let keys = status.keys.get_mut();
        let mut cursor = Some(Cursor::default());
        while let Some(at) = cursor {
            cursor = engine.walk(cache.id, at, &mut |hit| {
                if hit.freshness_at(now) == Some(Freshness::Fresh) {
                    keys.push(hit.key());
                }
                true
            });
        }
    });
    status.entries = status.keys.get_mut().len() as u64;
    *result = PoolStatus::class().make(status);
}

extern "C" fn availability(frame: &mut ExecuteData, result: &mut Zval) {
    if let Some(status) = status_of::<Status>(frame) {
        *result = AVAILABILITY.case(status.availability);
    }
}

extern "C" fn pool_name(frame: &mut ExecuteData, result: &mut Zval) {
    if let Some(status) = status_of::<PoolStatus>(frame) {
        *result = string::copy(&status.name);
    }
}

extern "C" fn entry_keys(frame: &mut ExecuteData, result: &mut Zval) {
    if let Some(status) = status_of::<PoolStatus>(frame) {
        let mut copy = Keys::default();
        status.keys.borrow().iter().for_each(|key| copy.push(key));
        copy.into_list(result);
    }
}
