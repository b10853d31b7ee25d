//! Resets: what a deployment changed on the disk is seen by every process that is attached, from its next request on.
//!
//! A reset is a *generation*: a number in the segment ([`ResetControl::generation`]) that grows by one, and beside it, for each kind of thing to be
//! done, the last generation that asked for it. Whoever may write the segment publishes one ([`publish`]); every process compares the number
//! with the last one that it has applied, before any code of a request runs: one load where nothing has changed. So when `publish` returns,
//! whoever starts a request sees it.
//!
//! | kind | who does it |
//! |---|---|
//! | clear the stat and realpath caches, or forget one path | each process, for itself |
//! | resolve paths anew (`opcache.revalidate_path`) | each process, from then on in every request: opcache's table keeps the path by which a script was found, and would go on to serve what a link pointed to |
//! | throw compiled code away; or what lies below a prefix | one process of each opcache, for all that share it (`elect`) |
//! | report what only a worker knows | each process; and one for each opcache |
//!
//! A process that attaches later starts with clean caches and joins the record of its opcache, so it does what that one has not done yet.
//!
//! **Acknowledgement.** A process notes in its slot which generation it has applied, and since when it is in a request. One that is in no request
//! needs not be waited for: it applies the reset before it runs anything. So whoever waits looks for those that are in a request and have not
//! applied it (`watch`). The request's begin is stored, with a full fence, before the generation is compared: either the process sees the reset,
//! or who has published it sees the request.
//!
//! **Texts.** Paths and prefixes lie in a ring. One that has to make room is replaced by the stronger reset without a text: everything is cleared,
//! everything compiled is thrown away.
//!
//! **Death.** Resets are published under a lock, in an order in which a death leaves either nothing that is seen, or the whole: numbers are issued
//! before anything is written with them, and never twice. Who dies while it acts for an opcache leaves a claim that anybody may take over, and
//! does what is to be done once more.

mod elect;
mod follow;
mod texts;
mod watch;

pub(crate) use elect::Membership;
pub use elect::{Claim, Task};
pub(crate) use follow::Follower;
pub use follow::{Pending, Stale};
pub use watch::{Figures, OpcacheState, Until, Worker, current, opcaches, wait, workers};

use crate::error::{Error, Result};
use crate::layout::ResetControl;
use crate::sync::locker::{Locker, Which};
use crate::word::Ordering;

/// Names of SAPIs, by the number in a slot. 0 is no PHP process, 1 a SAPI that is not in the list.
pub const SAPIS: [&str; 14] = [
    "",
    "other",
    "cli",
    "fpm-fcgi",
    "cgi-fcgi",
    "apache2handler",
    "cli-server",
    "phpdbg",
    "embed",
    "litespeed",
    "frankenphp",
    "uwsgi",
    "ngx-php",
    "micro",
];

/// What an opcache reports, each by its path in what `opcache_get_status()` returns: the order of [`Figures::values`]. Booleans are 0 or 1.
pub const FIGURES: [&str; 22] = [
    "opcache_enabled",
    "cache_full",
    "restart_pending",
    "restart_in_progress",
    "memory_usage.used_memory",
    "memory_usage.free_memory",
    "memory_usage.wasted_memory",
    "interned_strings_usage.buffer_size",
    "interned_strings_usage.used_memory",
    "interned_strings_usage.free_memory",
    "interned_strings_usage.number_of_strings",
    "opcache_statistics.num_cached_scripts",
    "opcache_statistics.num_cached_keys",
    "opcache_statistics.max_cached_keys",
    "opcache_statistics.hits",
    "opcache_statistics.start_time",
    "opcache_statistics.last_restart_time",
    "opcache_statistics.oom_restarts",
    "opcache_statistics.hash_restarts",
    "opcache_statistics.manual_restarts",
    "opcache_statistics.misses",
    "opcache_statistics.blacklist_misses",
];

const _: () = assert!(FIGURES.len() <= crate::layout::OPCACHE_FIGURES);

/// Named cache in which processes leave what is too long for a slot, and only while somebody asks for it: under [`REALPATHS_WANTED`] anything, under
/// [`realpaths_key`] of each process what it remembers of paths, as text: path, resolved path, whether it is a directory (0 or 1), and the
/// wall-clock second until which it is believed, each with a NUL behind it.
pub const REPORTS: &[u8] = b"trove.reports";

/// Key in [`REPORTS`]: while there is an entry, a report has the realpath cache in it.
pub const REALPATHS_WANTED: &[u8] = b"realpaths wanted";

/// Key in [`REPORTS`] of one process's realpath cache.
#[must_use]
pub fn realpaths_key(pid_ns: u64, tid: u32) -> Vec<u8> {
    format!("realpaths of {tid} in {pid_ns}").into_bytes()
}

/// The number of a reset. Later ones are larger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Generation(pub u64);

/// What is asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reset<'a> {
    /// Of the stat and realpath caches.
    pub stat: Stat<'a>,
    /// Of opcache.
    pub opcache: Opcache<'a>,
    /// That workers report what only they know.
    pub report: bool,
}

/// Which remembered facts about files go.
#[derive(Debug, Clone, Copy, Default)]
pub enum Stat<'a> {
    /// None.
    #[default]
    Keep,
    /// Those about this path, as `clearstatcache(true, $path)` does.
    Path(&'a [u8]),
    /// All.
    All,
}

/// What happens to compiled code.
#[derive(Debug, Clone, Copy, Default)]
pub enum Opcache<'a> {
    /// Nothing.
    #[default]
    Keep,
    /// Paths are resolved anew from now on; compiled code stays.
    Paths,
    /// The same, and all compiled code goes.
    Reset,
    /// The code goes whose resolved path begins with one of these.
    Invalidate(&'a [&'a [u8]]),
}

/// How an attempt to do something to an opcache ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum Outcome {
    /// It was done.
    Done = 1,
    /// A restart was pending already, which does what was asked for.
    RestartPending = 2,
    /// Opcache is off, so there is nothing to do.
    Disabled = 3,
    /// Opcache has no shared memory, only files, which no reset reaches.
    FileCacheOnly = 4,
    /// `opcache.restrict_api` forbids it to the script that the worker was asked for. Another request may be allowed to.
    RestrictApi = 5,
    /// `disable_functions` has taken the function away from this worker.
    DisableFunctions = 6,
    /// Opcache refused.
    Failed = 7,
}

impl Outcome {
    const ALL: [Self; 7] = [
        Self::Done,
        Self::RestartPending,
        Self::Disabled,
        Self::FileCacheOnly,
        Self::RestrictApi,
        Self::DisableFunctions,
        Self::Failed,
    ];

    /// Whether there is nothing left that another process of the same opcache could do.
    #[must_use]
    pub fn is_final(self) -> bool {
        !matches!(self, Self::RestrictApi | Self::DisableFunctions)
    }

    fn of(raw: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| *outcome as u32 == raw)
    }
}

/// Publishes a reset.
///
/// # Errors
/// `Config` for a path that is too long; `Busy`.
pub fn publish(by: &Locker<'_>, reset: &Reset<'_>) -> Result<Generation> {
    let notes = notes(reset)?;
    let mut held = by.lock(Which::Resets)?;
    // Whoever died under it has published nothing, and his number is not given again.
    held.mended();
    let control = by.segment().resets();
    let generation = control.issued.load(Ordering::Relaxed) + 1;
    control.issued.store(generation, Ordering::Relaxed);
    for (kind, text) in &notes {
        texts::note(control, generation, *kind, text);
    }
    for word in kinds(control, reset) {
        word.fetch_max(generation, Ordering::Release);
    }
    control.generation.store(generation, Ordering::SeqCst);
    Ok(Generation(generation))
}

fn notes(reset: &Reset<'_>) -> Result<Vec<(texts::Kind, Vec<u8>)>> {
    let mut notes = Vec::new();
    if let Stat::Path(path) = reset.stat {
        notes.push((texts::Kind::Path, path.to_vec()));
    }
    if let Opcache::Invalidate(prefixes) = reset.opcache {
        notes.extend(texts::joined(prefixes).into_iter().map(|text| (texts::Kind::Prefixes, text)));
    }
    match notes.iter().find(|(_, text)| text.len() > texts::MOST) {
        None => Ok(notes),
        Some((_, text)) => Err(Error::Config {
            what: "the length of a path",
            value: format!("{} bytes", text.len()),
            allowed: format!("up to {} bytes", texts::MOST),
        }),
    }
}

/// The words that a reset moves.
fn kinds<'c>(control: &'c ResetControl, reset: &Reset<'_>) -> impl Iterator<Item = &'c crate::word::Word64> {
    let stat = match reset.stat {
        Stat::Keep => None,
        Stat::Path(_) => Some(&control.stat_path),
        Stat::All => Some(&control.stat),
    };
    let (paths, code) = match reset.opcache {
        Opcache::Keep => (None, None),
        Opcache::Paths => (Some(&control.paths), None),
        Opcache::Reset => (Some(&control.paths), Some(&control.reset)),
        Opcache::Invalidate(_) => (None, Some(&control.invalidate)),
    };
    [stat, paths, code, reset.report.then_some(&control.report)].into_iter().flatten()
}
