//! What several test files share.

pub mod arena;
pub mod fork;
