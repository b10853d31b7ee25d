//! engine
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
