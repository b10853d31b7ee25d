//! What can go wrong in the engine. Messages for PHP's users are made in `ext`, from these.

use std::io;
use std::path::PathBuf;

/// An error of the engine.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Nothing evictable is left that would make room for the block.
    #[error("no room for {needed} bytes: nothing that may be evicted is left in the segment of {capacity} bytes")]
    NoSpace {
        /// Bytes of the block.
        needed: u64,
        /// Bytes of the segment.
        capacity: u64,
    },
    /// The entry is larger than the segment can ever hold.
    #[error("an entry of {needed} bytes is larger than the largest possible one, {largest} bytes")]
    TooLarge {
        /// Bytes of the block.
        needed: u64,
        /// Largest block of this segment.
        largest: u64,
    },
    /// The entry is larger than the cache's quota, or what may be evicted does not make room for it.
    #[error("no room for {needed} bytes in the cache's quota of {quota} bytes")]
    Quota {
        /// Bytes of the block.
        needed: u64,
        /// Bytes that the cache may hold.
        quota: u64,
    },
    /// The cache has as many pinned entries as it may have.
    #[error("no room for {needed} bytes that are never evicted: the cache may have {limit} bytes of such entries")]
    PinLimit {
        /// Bytes of the block.
        needed: u64,
        /// Bytes of pinned entries that the cache may hold.
        limit: u64,
    },
    /// The file system gave no more memory.
    #[error("no space left on {place}: {wanted} bytes wanted, {available} bytes free")]
    DirectoryFull {
        /// The directory (or "memory" for an anonymous segment).
        place: String,
        /// Bytes asked for.
        wanted: u64,
        /// Bytes the file system reports as free.
        available: u64,
    },
    /// A lock's owner is alive and did not release it in time.
    #[error("process {pid} has held {what} for more than {waited_ms} ms")]
    Busy {
        /// "a stripe", "the heap", ....
        what: &'static str,
        /// Its pid.
        pid: u32,
        /// How long was waited.
        waited_ms: u64,
    },
    /// A configured size or count is out of range.
    #[error("{what} is {value}, allowed is {allowed}")]
    Config {
        /// The setting.
        what: &'static str,
        /// Its value.
        value: String,
        /// What is allowed.
        allowed: String,
    },
    /// The file is not a segment that this build may use.
    #[error("{path}: {why}", path = path.display())]
    Refused {
        /// The file or directory.
        path: PathBuf,
        /// Why, and the remedy.
        why: String,
    },
    /// The bytes in the segment contradict each other.
    #[error("the segment is corrupt: {0}")]
    Corrupt(&'static str),
    /// No more named caches, or other fixed tables.
    #[error("all {limit} {what} of this segment are taken")]
    Full {
        /// Which table.
        what: &'static str,
        /// Its size.
        limit: u32,
    },
    /// The cache is frozen.
    #[error("the cache is frozen")]
    Frozen,
    /// A system call failed.
    #[error("{what}: {source}")]
    Os {
        /// What was tried, with the path.
        what: String,
        /// The error.
        #[source]
        source: io::Error,
    },
}

/// The engine's results.
pub type Result<T> = core::result::Result<T, Error>;

/// [`Error::Corrupt`], made only where it is returned: `ok_or` would make one, and drop it, on every success.
#[cold]
#[cfg_attr(trove_loom, expect(dead_code, reason = "the models have no segment"))]
pub(crate) fn corrupt(what: &'static str) -> Error {
    Error::Corrupt(what)
}
