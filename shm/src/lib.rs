//! engine
pub mod word;
pub mod offset;
pub mod error;
pub mod layout;
pub mod config;
pub mod segment;
pub mod cache;
