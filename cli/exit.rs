//! How the command ends: the exit codes, and errors that carry one.

use std::io;
use std::process::ExitCode;

use serde::{Deserialize, Serialize};
use trove_shm::error::Error;

use crate::out;

macro_rules! exits {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal;)*) => {
        /// Exit codes. The numbers do not change; in JSON as well it is the number.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(into = "u8", try_from = "u8")]
        #[repr(u8)]
        pub enum Exit {
            $($(#[doc = $doc])+ $name = $code,)*
        }

        impl Exit {
            /// Each with what it means: for the manual.
            pub const ALL: &[(Self, &str)] = &[$((Self::$name, concat!($($doc),+)),)*];
        }
    };
}

exits! {
    /// Done.
    Done = 0;
    /// Failed: what the message says.
    Failed = 1;
    /// The command line or a file given to the command makes no sense; nothing was done.
    Usage = 2;
    /// There is no segment, or none of that name.
    NoSegment = 3;
    /// A segment cannot be used: not by this user, not by this version of the command, or not at all, being damaged. What was asked for was done to the others.
    Denied = 4;
    /// There is no such key, cache or tag.
    NotFound = 5;
    /// That needs the PHP that the segment belongs to, which is not to be had.
    NeedsPhp = 6;
    /// The doctor has found something to change.
    Unhealthy = 7;
    /// A reset was published, and at the end of the time a worker was still in a request that does not know it; or none has reported.
    Pending = 8;
    /// Opcache is off in all workers: there was nothing to reset.
    OpcacheDisabled = 9;
    /// A restart of opcache was pending already; it does what was asked for when the requests in flight have ended.
    RestartPending = 10;
    /// `opcache.restrict_api` keeps the workers' scripts from it. `--opcache=paths` needs no function of opcache's.
    RestrictApi = 11;
    /// `disable_functions` has taken opcache's functions away. `--opcache=paths` needs none.
    DisableFunctions = 12;
    /// `opcache.file_cache_only` is on: there are only files, which no reset reaches.
    FileCacheOnly = 13;
    /// Opcache refused.
    OpcacheRefused = 14;
}

/// From the one that its caller should rather know of than of any other.
const WORST_FIRST: [Exit; 15] = [
    Exit::Failed,
    Exit::Denied,
    Exit::NoSegment,
    Exit::NeedsPhp,
    Exit::Usage,
    Exit::NotFound,
    Exit::Unhealthy,
    Exit::OpcacheRefused,
    Exit::DisableFunctions,
    Exit::RestrictApi,
    Exit::FileCacheOnly,
    Exit::OpcacheDisabled,
    Exit::Pending,
    Exit::RestartPending,
    Exit::Done,
];

impl Exit {
    /// The worse of two.
    pub fn or_worse(self, other: Self) -> Self {
        WORST_FIRST.into_iter().find(|exit| [self, other].contains(exit)).unwrap_or(self)
    }
}

impl From<Exit> for u8 {
    fn from(exit: Exit) -> Self {
        exit as Self
    }
}

impl TryFrom<u8> for Exit {
    type Error = String;

    fn try_from(code: u8) -> Result<Self, String> {
        let known = Self::ALL.iter().map(|(exit, _)| *exit).find(|exit| *exit as u8 == code);
        known.ok_or_else(|| format!("{code} is no exit code of this program"))
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command did not do what it was asked for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Failure {
    /// The exit code.
    pub exit: Exit,
    /// For people: what, and the remedy. Empty where nobody is listening any more.
    pub message: String,
}

impl Failure {
    /// A failure with a message.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into() }
    }

    /// Says it on the standard error.
    pub fn report(&self, json: bool) {
        use io::Write;
        if self.message.is_empty() {
            return;
        }
        // Nobody may be there to read it.
        let mut stderr = io::stderr().lock();
        let _ = if json {
            let text = serde_json::json!({ "error": self.message, "exit": self.exit });
            writeln!(stderr, "{}", out::json_escaped(text.to_string()))
        } else {
            writeln!(stderr, "trove: {}", out::printable_lines(self.message.as_bytes()))
        };
    }
}

impl From<io::Error> for Failure {
    /// Of writing the output. Who reads no further (`| head`) has what he wanted.
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::new(Exit::Done, ""),
            _ => Self::new(Exit::Failed, format!("the output cannot be written: {error}")),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let exit = match &error {
            Error::Refused { .. } => Exit::Denied,
            Error::Config { .. } => Exit::Usage,
            _ => Exit::Failed,
        };
        Self::new(exit, error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_is_told() {
        let worst = |exits: &[Exit]| exits.iter().copied().fold(Exit::Done, Exit::or_worse);
        assert_eq!(worst(&[Exit::Done, Exit::RestartPending]), Exit::RestartPending);
        assert_eq!(worst(&[Exit::RestrictApi, Exit::Pending]), Exit::RestrictApi);
        assert_eq!(worst(&[Exit::Pending, Exit::Denied, Exit::OpcacheRefused]), Exit::Denied);
        assert_eq!(worst(&[Exit::Failed, Exit::NotFound]), Exit::Failed);
        assert!(Exit::ALL.iter().all(|(exit, _)| WORST_FIRST.contains(exit)));
    }

    #[test]
    fn in_json_it_is_the_number_that_the_process_ends_with() {
        for (exit, _) in Exit::ALL {
            let json = serde_json::to_string(exit).unwrap();
            assert_eq!(json, (*exit as u8).to_string());
            assert_eq!(serde_json::from_str::<Exit>(&json).unwrap(), *exit);
        }
        assert!(serde_json::from_str::<Exit>("200").is_err());
    }
}
