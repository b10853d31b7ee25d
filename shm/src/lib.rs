//! engine
#[cfg(not(trove_loom))]
pub mod cache;
pub mod config;
pub mod error;
#[cfg(not(trove_loom))]
pub mod heap;
pub mod layout;
pub mod offset;
#[cfg(not(trove_loom))]
pub mod segment;
pub mod sync;
pub mod word;
