//! Messages for people: what went wrong, with what, and what to change.

use core::fmt::Write;

use trove_shm::error::Error;

use crate::request::Session;
use crate::zend::report;

/// Reports that an operation on a key did not happen.
///
/// APCu is silent there, and a framework may turn each warning into an exception; so the script is told by the return value alone. The
/// message goes to PHP's error log, once for each kind and request, and stays readable in phpinfo() and `Trove\status()`.
#[cold]
pub fn report(session: &Session, operation: &str, key: &[u8], error: &Error) {
    let message = format!("Trove: {operation} of key \"{}\": {}", printable(key), explain(session.place(), error));
    if session.first_problem_of_kind(kind(error)) {
        report::log(&message);
    }
    session.remember_problem(message);
}

/// Reports, to the log, that the segment cannot grow to its size: from now on entries are evicted sooner.
#[cold]
pub fn report_shortage(session: &Session, error: &Error) {
    let message = format!("Trove: the cache stays smaller than it may be: {}", explain(session.place(), error));
    report::log(&message);
    session.remember_problem(message);
}

/// The error in words, with what to change. `place` names the segment.
pub fn explain(place: &str, error: &Error) -> String {
    match error {
        Error::NoSpace { .. } | Error::TooLarge { .. } => {
            format!("{error} ({place}); raise trove.memory or apc.shm_size")
        }
        Error::Quota { .. } => format!("{error} ({place}); raise its option quota"),
        Error::PinLimit { .. } => format!("{error} ({place}); raise its option pin"),
        Error::DirectoryFull { .. } => {
            format!(
                "{error} ({place}); free space there, or set trove.directory to another directory or trove.memory to less"
            )
        }
        Error::Frozen => format!("{error} until its flush() ({place})"),
        Error::Busy { pid, .. } => format!("{error} ({place}); look at what stopped process {pid}, or end it"),
        // Says itself what is wrong with the place, and what helps.
        Error::Refused { .. } => format!("{error}; trove.directory and trove.segment name the place"),
        Error::Os { .. } => {
            format!("{error} ({place}); check trove.directory and the rights of the user that PHP runs as")
        }
        Error::Corrupt(_) => format!("{error} ({place}); remove it and restart PHP"),
        _ => format!("{error} ({place})"),
    }
}

/// A key as text: its beginning, with what is not printable escaped.
pub fn printable(key: &[u8]) -> String {
    const SHOWN: usize = 80;
    let mut text = key[..key.len().min(SHOWN)].escape_ascii().to_string();
    if key.len() > SHOWN {
        let _ = write!(text, "... ({} bytes)", key.len());
    }
    text
}

fn kind(error: &Error) -> u32 {
    match error {
        Error::NoSpace { .. } => 1,
        Error::TooLarge { .. } => 2,
        Error::DirectoryFull { .. } => 4,
        Error::Busy { .. } => 8,
        Error::Corrupt(_) => 16,
        _ => 32,
    }
}
