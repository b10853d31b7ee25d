//! What several test files share.
#![allow(dead_code, reason = "each test file uses a part of it")]

pub mod arena;
pub mod dir;
pub mod fork;
pub mod hostile;
pub mod image;
pub mod store;
pub mod worker;
