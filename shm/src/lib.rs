//! Trove's engine: a cache in shared memory that processes read without a lock and that survives the death of any of them.
//!
//! It knows bytes, processes and time that is passed in; nothing of PHP. [`cache::Cache`] is its face: open a [`segment::Segment`], attach a
//! cache to it, then `reserve` a value, fill and `publish` it, and `fetch` it, here or in any other process.
//!
//! | module | role |
//! |---|---|
//! | [`config`], [`layout`], [`offset`], [`word`] | what lies where in a segment, and the only door to its atomics |
//! | [`segment`] | the file and its two views: created, validated, attached, grown |
//! | [`sync`] | locks whose owner may die, and the slots that say who an owner is |
//! | [`heap`] | blocks |
//! | [`reclaim`] | when a block's memory may be used again: the contract that zero-copy rests on |
//! | [`table`], [`tags`], [`caches`], [`lease`] | entries, names that many of them carry, named caches, who computes a key |
//! | [`evict`], [`early`] | who goes when memory is short; who computes anew before a value expires |
//! | [`recover`], [`check`] | mending what the dead leave; finding whatever is not as it should be |
//! | [`resets`] | deployments: every process applies them before its next request |
//! | [`kind`], [`stats`], [`error`] | numbers of the kinds of values, counters, what can go wrong |
//!
//! `docs/architecture.md` has the invariants. What loom can check is built under `cfg(trove_loom)` as well: the rest is not.

#[cfg(not(trove_loom))]
pub mod cache;
#[cfg(not(trove_loom))]
pub mod caches;
#[cfg(not(trove_loom))]
pub mod check;
pub mod config;
pub mod early;
pub mod error;
#[cfg(not(trove_loom))]
pub mod evict;
#[cfg(not(trove_loom))]
pub mod heap;
pub mod kind;
pub mod layout;
pub mod lease;
pub mod offset;
pub mod reclaim;
#[cfg(not(trove_loom))]
pub mod recover;
#[cfg(not(trove_loom))]
pub mod resets;
#[cfg(not(trove_loom))]
mod seat;
#[cfg(not(trove_loom))]
pub mod segment;
#[cfg(not(trove_loom))]
mod spare;
#[cfg(not(trove_loom))]
pub mod stats;
pub mod sync;
#[cfg(not(trove_loom))]
pub mod table;
#[cfg(not(trove_loom))]
pub mod tags;
#[cfg(not(trove_loom))]
mod text;
mod timed;
pub mod word;
