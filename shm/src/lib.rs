//! engine
#[cfg(not(trove_loom))]
pub mod cache;
#[cfg(not(trove_loom))]
pub mod caches;
pub mod config;
pub mod error;
#[cfg(not(trove_loom))]
pub mod heap;
pub mod layout;
pub mod lease;
pub mod offset;
#[cfg(not(trove_loom))]
pub mod segment;
pub mod sync;
pub mod word;
