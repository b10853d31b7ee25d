//! What lies in a segment for the processes that are attached: their slots, and the resets that they follow.

use crate::layout::Lock;
use crate::layout::blocks::Node;
use crate::layout::tables::Counter;
use crate::offset::OffWord;
use crate::word::{Word32, Word64};

/// Words of the filter of kept blocks (see `reclaim::kept`). One is enough for the model checker, which looks at every
/// order of their loads.
pub const KEPT_WORDS: usize = if cfg!(trove_loom) { 1 } else { 32 };

/// One attached process, or thread where PHP is thread-safe. Written by its owner; by others only when that is dead.
#[repr(C, align(64))]
#[derive(Debug)]
pub struct Slot {
    /// A robust `pthread_mutex_t` that the owner holds all its life: the kernel marks it when the owner dies. 40 bytes
    /// on x86-64, 48 on aarch64.
    pub alive: [Word64; 6],
    /// Process id, in its own namespace; for reports.
    pub pid: Word32,
    /// Thread id, in its own namespace; for reports.
    pub tid: Word32,
    /// Start time in clock ticks since boot; for reports.
    pub start: Word64,
    /// The pid namespace's inode; for reports.
    pub pid_ns: Word64,

    /// First era in which the request has kept blocks; `u64::MAX` is "none".
    pub lo: Word64,
    /// Last such era.
    pub hi: Word64,
    /// Pinned interval, first era; `u64::MAX` is "none".
    pub now_lo: Word64,
    /// Pinned interval, last era.
    pub now_hi: Word64,
    /// Blocks that the owner has reserved and not published, linked by `retire_next`.
    pub held: OffWord<Node>,
    /// A block on its way into a table under a lock that the owner holds (see `recover`).
    pub incoming: OffWord<Node>,
    /// A block on its way out, likewise.
    pub outgoing: OffWord<Node>,
    /// Stripe whose lock is held or wanted, plus one.
    pub wants_stripe: Word32,
    /// 1 where the tag lock is held or wanted.
    pub wants_tags: Word32,
    /// 1 where the heap lock is held or wanted.
    pub wants_heap: Word32,
    /// 1 where the lock of the resets is held or wanted.
    pub wants_resets: Word32,
    /// SAPI of a PHP process, by `resets::SAPIS`; 0 where the owner is something else.
    pub sapi: Word32,

    /// Generation of resets that the owner has applied.
    pub applied: Word64,
    /// Boot time in ms since when the owner is in a request; 0 while idle.
    pub request_since: Word64,
    /// Index of the owner's [`Opcache`] plus one; 0 is none.
    pub opcache: Word32,
    /// Bytes of the owner's realpath cache when it was last asked.
    pub realpath_bytes: Word32,
    /// Pool label, NUL-padded.
    pub label: [Word64; 4],

    /// The blocks that the request keeps (see `reclaim::kept`).
    pub kept: [Word64; KEPT_WORDS],

    /// Number of the cache whose counter in the locked stripe is being changed, plus one; 0 is none (see `table::count`).
    pub counting: Word32,
    /// Padding.
    pub pad: Word32,
    /// What that counter said before.
    pub counted: Counter,
    /// Padding.
    pub pad2: [Word64; 4],
}

/// What a slot's owner has done, written with each fetch. Far from the slot: who collects reads the slots of all, one after the other, and the
/// processor then fetches what lies behind, so that the owner would have to get it back.
#[repr(C, align(64))]
#[derive(Debug)]
pub struct Tally {
    /// Counters, by `stats::Stat`.
    pub counts: [Word64; 8],
    /// Padding: processors fetch lines in pairs.
    pub pad: [Word64; 8],
}

/// Texts of resets that are kept.
pub const RESET_TEXTS: usize = 16;
/// Opcache instances that are told apart.
pub const OPCACHES: usize = 32;
/// Figures that an opcache reports.
pub const OPCACHE_FIGURES: usize = 23;

/// What resets have asked for (see `resets`). Written under `lock`, read without.
#[repr(C, align(64))]
#[derive(Debug)]
pub struct ResetControl {
    /// Generation of the last reset: what every request compares with what it has applied. Stored last.
    pub generation: Word64,
    /// Last number given to a reset, published or not: none is given twice.
    pub issued: Word64,
    /// Last generation that clears every stat and realpath cache; so for each word below.
    pub stat: Word64,
    /// That had a path to forget.
    pub stat_path: Word64,
    /// That makes processes resolve every path anew. Once it is not 0, all do, from their first request on.
    pub paths: Word64,
    /// That throws compiled code away.
    pub reset: Word64,
    /// That had a prefix of paths whose compiled code goes.
    pub invalidate: Word64,
    /// That asks for reports.
    pub report: Word64,
    /// Number of texts ever noted; the next goes where the oldest is.
    pub texts_noted: Word64,
    /// Guards all of this, and the making of [`Opcache`] records.
    pub lock: Lock,
    /// Padding.
    pub pad: [Word64; 6],
    /// The paths and prefixes of the last resets that had some.
    pub texts: [ResetText; RESET_TEXTS],
    /// Opcache instances: each of FPM's masters, Apache, and so on, has one of its own.
    pub opcaches: [Opcache; OPCACHES],
}

/// The text of a reset: paths, separated by NUL.
#[repr(C)]
#[derive(Debug)]
pub struct ResetText {
    /// Whose it is; 0 while it is written.
    pub generation: Word64,
    /// 0 a path to forget, 1 prefixes to invalidate.
    pub kind: Word32,
    /// Length in bytes.
    pub len: Word32,
    /// The bytes.
    pub bytes: [Word64; 62],
}

/// One opcache, which some processes share.
#[repr(C, align(64))]
#[derive(Debug)]
pub struct Opcache {
    /// Chosen at random by the process whose children share it; 0 is a free record. Under the lock of the resets.
    pub id: Word64,
    /// Generation up to which everything was done that one process does for all.
    pub done: Word64,
    /// Who does it now: the lower 16 bits are the slot's index plus one, 0 is nobody; above them, how often the claim was taken.
    pub claim: Word64,
    /// Generation that `outcome` is about.
    pub tried: Word64,
    /// How the last attempt ended, by `resets::Outcome`.
    pub outcome: Word32,
    /// 1 where code is preloaded, which no reset reaches.
    pub preloads: Word32,
    /// Boot time in ms when a process of it was last seen here.
    pub seen: Word64,
    /// Generation of the last request for reports that was answered. Stored after `figures`.
    pub reported: Word64,
    /// Wall-clock second of that.
    pub reported_at: Word64,
    /// What `opcache_get_status()` says, by `resets::Figure`.
    pub figures: [Word64; OPCACHE_FIGURES],
    /// Scripts that the last attempt found below its prefixes; all ones where it was to throw everything away. Stored before `tried`.
    pub scripts: Word64,
}
