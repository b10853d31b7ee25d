//! A segment's figures at one moment: what `status` tells and `top` compares.

use serde::{Deserialize, Serialize};
use trove_shm::word::Ordering;
use trove_shm::{caches as records, resets};

use crate::bytes::Bytes;
use crate::caches;
use crate::owner::user_name;
use crate::run::Open;
use crate::segments;

/// See the module.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Figures {
    /// The owner's name.
    pub owner: String,
    /// The PHP build.
    pub build: String,
    /// Bytes of the segment.
    pub capacity: u64,
    /// Bytes of its tables.
    pub tables: u64,
    /// Bytes of live entries.
    pub entry_bytes: u64,
    /// Bytes that wait until the last request that may look at them has ended.
    pub retired: u64,
    /// Bytes of what is neither: expired and invalidated entries that were not reclaimed yet, tag records.
    pub other: u64,
    /// Free bytes.
    pub free: u64,
    /// Live entries; expired ones that were not reclaimed yet count.
    pub entries: u64,
    /// Fetches that found an entry.
    pub hits: u64,
    /// Fetches that did not.
    pub misses: u64,
    /// Entries stored.
    pub inserts: u64,
    /// Entries evicted for room.
    pub evictions: u64,
    /// Expired and invalidated entries reclaimed.
    pub expired: u64,
    /// Stores that failed for want of memory.
    pub failures: u64,
    /// Wall-clock second since when is counted; 0 is always.
    pub since: u64,
    /// Wall-clock second of the creation.
    pub created: u64,
    /// Processes attached, this one not counted.
    pub processes: u32,
    /// How many there may be before the others copy what they fetch.
    pub slots: u32,
    /// The last reset.
    pub generation: u64,
    /// The caches.
    pub caches: Vec<CacheFigures>,
    /// PHP processes.
    pub workers: Vec<WorkerFigures>,
}

/// A cache's figures.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CacheFigures {
    /// Its name.
    pub name: Bytes,
    /// Entries.
    pub entries: u64,
    /// Bytes of them.
    pub bytes: u64,
    /// Most bytes that it may have; 0 is no limit.
    pub quota: u64,
    /// Whether it refuses writes.
    pub frozen: bool,
}

/// A PHP process.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WorkerFigures {
    /// Process id, in its own namespace.
    pub pid: u32,
    /// SAPI.
    pub sapi: String,
    /// FPM's pool.
    pub pool: String,
    /// For how long it has been in a request; none where it is idle.
    pub in_request_ms: Option<u64>,
    /// The last reset that it has applied.
    pub applied: u64,
    /// Bytes of its realpath cache when it last reported.
    pub realpath_bytes: u32,
}

impl Figures {
    /// The figures now.
    pub fn of(open: &Open) -> Self {
        let (stats, header, now) = (open.cache.stats(), open.segment.header(), open.now());
        let (capacity, slots) = (open.segment.geometry().capacity, open.segment.geometry().slots);
        let used = stats.entry_bytes + stats.retired_bytes + stats.free_bytes;
        Self {
            owner: user_name(open.found.owner),
            build: open.found.fingerprint.as_deref().map(segments::build).unwrap_or_default(),
            capacity,
            tables: capacity.saturating_sub(stats.heap_bytes),
            entry_bytes: stats.entry_bytes,
            retired: stats.retired_bytes,
            other: stats.heap_bytes.saturating_sub(used),
            free: stats.free_bytes,
            entries: stats.entries,
            hits: stats.hits,
            misses: stats.misses,
            inserts: stats.inserts,
            evictions: stats.evictions,
            expired: stats.expired,
            failures: stats.failures,
            since: stats.since,
            created: header.created.load(Ordering::Relaxed),
            processes: stats.processes.saturating_sub(u32::from(!open.cache.is_guest())),
            slots: slots.saturating_sub(trove_shm::config::GUEST_SLOTS),
            generation: resets::current(&open.segment).0,
            caches: caches::all(open)
                .into_iter()
                .map(|(id, name)| {
                    let (entries, bytes) = open.cache.usage(id);
                    let quota = records::settings(&open.segment, id).quota;
                    CacheFigures { name, entries, bytes, quota, frozen: records::is_frozen(&open.segment, id) }
                })
                .collect(),
            workers: resets::workers(&open.segment)
                .into_iter()
                .map(|worker| WorkerFigures {
                    pid: worker.pid,
                    sapi: worker.sapi.to_owned(),
                    pool: worker.label,
                    in_request_ms: worker.request_since.map(|since| now.boot_ms.saturating_sub(since)),
                    applied: worker.applied.0,
                    realpath_bytes: worker.realpath_bytes,
                })
                .collect(),
        }
    }

    /// The memory by state: the parts make up the whole.
    pub fn memory(&self) -> [(&'static str, u64); 5] {
        [
            ("entries", self.entry_bytes),
            ("retired", self.retired),
            ("other", self.other),
            ("tables", self.tables),
            ("free", self.free),
        ]
    }
}
