//! What can be asked for. A family of commands declares its own arguments, in its file.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::commands::list;

/// The command line.
#[derive(Debug, Parser)]
#[command(name = "trove", version, max_term_width = 100, propagate_version = false)]
#[command(about = "Looks at, changes and resets Trove's segments, without PHP")]
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
    /// All segments that this user may write
    #[arg(long, global = true)]
    pub all: bool,
    /// Where segments are looked for
    #[arg(long, global = true, value_name = "DIR", env = "TROVE_DIRECTORY", default_value = "/dev/shm")]
    pub directory: PathBuf,
    /// Answer in JSON: an array with an object for each segment
    #[arg(long, global = true)]
    pub json: bool,
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
}
