//! What can be asked for. A family of commands declares its own arguments, in its file.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use crate::commands::{cachetool, change, doctor, dump, get, keys, list, manual, reset, restore, status, top};

/// The command line.
#[derive(Debug, Parser)]
#[command(name = "trove", bin_name = "trove", version, max_term_width = 100, propagate_version = false)]
#[command(about = "Looks at, changes and resets Trove's segments, without PHP")]
#[command(
    after_help = "The names that cachetool's users know work as well: opcache:reset, apcu:cache:clear, stat:clear, ..."
)]
pub struct Cli {
    /// What every command takes.
    #[command(flatten)]
    pub global: Global,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// What every command takes.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Which segments, and how to answer")]
pub struct Global {
    /// A segment, by its name or the path of its file; may be given several times
    #[arg(long, short, global = true, value_name = "NAME|PATH")]
    pub segment: Vec<String>,
    /// All segments that there are
    #[arg(long, global = true)]
    pub all: bool,
    /// All segments that this user may use: those of others, which he may not open, are left out
    #[arg(long, global = true)]
    pub mine: bool,
    /// Where segments are looked for
    #[arg(long, global = true, value_name = "DIR", env = "TROVE_DIRECTORY", default_value = "/dev/shm")]
    pub directory: PathBuf,
    /// Answer in JSON: an array with an object for each segment
    #[arg(long, global = true)]
    pub json: bool,
    /// Seconds after which a process that acts for us as a segment's owner is given up (60); waiting that was asked for comes on top
    #[arg(long, global = true, value_name = "SECONDS", default_value = "60", hide_default_value = true, value_parser = seconds)]
    pub patience: Duration,
    /// For how long this command waits for others, when it is well.
    #[arg(skip)]
    pub waits: Duration,
    /// The segments whose owner this process was made for, by one that is root (see `run`).
    #[arg(long, global = true, hide = true, value_name = "PATH")]
    pub only: Vec<PathBuf>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the segments: owner, PHP build, size, use, processes, path
    #[command(visible_alias = "ls")]
    List(list::List),
    /// Tell a segment's figures: memory, hits, caches, processes
    Status(status::Status),
    /// Watch a segment live: rates, memory, biggest caches, hottest keys
    Top(top::Top),
    /// List the keys, with what is known of their entries
    Keys(keys::Keys),
    /// Show an entry: what is known of it, and its value
    Get(get::Get),
    /// Delete keys
    #[command(visible_alias = "rm")]
    Delete(change::Delete),
    /// Make all entries of a named cache, or of all caches, gone for every process at once
    Flush(change::Flush),
    /// Make every entry that has a tag gone for every process at once
    InvalidateTag(change::Tag),
    /// Mark every entry that has a tag stale
    RefreshTag(change::Tag),
    /// Mark keys stale: what has a stale window is served once more while one process computes it anew
    Refresh(change::Refresh),
    /// After a deployment: no request that starts from now on, in any worker, knows the old release's paths
    Reset(reset::Reset),
    /// Write a segment's entries to a file, for warming another host or another PHP build
    Dump(dump::Dump),
    /// Store the entries of a file that dump has written
    Restore(restore::Restore),
    /// Look for what keeps Trove from working well on this host, and say what to change
    Doctor(doctor::Doctor),
    /// Print a script that completes the command's arguments in a shell
    Completions(manual::Completions),
    /// Print the manual page
    Man(manual::Manual),
    /// What cachetool has, by its names.
    #[command(flatten)]
    Cachetool(cachetool::Command),
}

/// A time in seconds.
///
/// # Errors
/// For what is none.
pub fn seconds(text: &str) -> Result<Duration, String> {
    // Times are added up, and no point in time is to be out of range then.
    let seconds: Option<f64> = text.parse().ok().filter(|&seconds| seconds <= 1e9);
    let time = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    time.ok_or_else(|| "it is not a number of seconds, 0 or more, a billion at most".to_owned())
}

/// A count.
///
/// # Errors
/// For what is none.
pub fn count(text: &str) -> Result<usize, String> {
    text.parse().map_err(|_| "it is not a whole number, 0 or more".to_owned())
}
