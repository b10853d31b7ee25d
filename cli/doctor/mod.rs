//! What the doctor looks at: the host, the segments, each PHP. A check is a function from what was read to findings.

pub mod host;
pub mod php;
pub mod segments;

use serde::Serialize;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// As it should be.
    Good,
    /// Worth knowing.
    Note,
    /// It costs speed or memory, or will surprise.
    Warn,
    /// It does not work so.
    Bad,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How much it matters.
    pub level: Level,
    /// What it is about.
    pub about: String,
    /// What was found.
    pub found: String,
    /// What to change; empty where nothing needs to be.
    pub remedy: String,
}

impl Finding {
    /// All is well.
    pub fn good(about: impl Into<String>, found: impl Into<String>) -> Self {
        Self { level: Level::Good, about: about.into(), found: found.into(), remedy: String::new() }
    }

    /// Something else, and what to do about it.
    pub fn new(level: Level, about: impl Into<String>, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { level, about: about.into(), found: found.into(), remedy: remedy.into() }
    }
}
