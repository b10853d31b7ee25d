//! The commands: a family each. What a command does to several segments goes through [`crate::run::each`].

pub mod cachetool;
pub mod change;
pub mod doctor;
pub mod dump;
pub mod get;
pub mod keys;
pub mod list;
pub mod manual;
pub mod reset;
pub mod restore;
pub mod status;
pub mod top;
pub mod workers;

use crate::args::{Cli, Command};
use crate::exit::{Exit, Failure};
use crate::out::Out;

/// Does what was asked for.
///
/// # Errors
/// Why it could not be done.
pub fn run(cli: &Cli, out: &mut Out) -> Result<Exit, Failure> {
    let global = &cli.global;
    match &cli.command {
        Command::List(list) => list.run(global, out),
        Command::Status(status) => status.run(global, out),
        Command::Top(top) => top.run(global),
        Command::Keys(keys) => keys.run(global, out),
        Command::Get(get) => get.run(global, out),
        Command::Delete(delete) => delete.run(global, out),
        Command::Flush(flush) => flush.run(global, out),
        Command::InvalidateTag(tag) => tag.invalidate(global, out),
        Command::RefreshTag(tag) => tag.refresh(global, out),
        Command::Refresh(refresh) => refresh.run(global, out),
        Command::Reset(reset) => reset.run(global, out),
        Command::Cachetool(command) => command.run(global, out),
        Command::Dump(dump) => dump.run(global, out),
        Command::Doctor(doctor) => doctor.run(global, out),
        Command::Completions(completions) => completions.run(out),
        Command::Man(manual) => manual.run(out),
        Command::Restore(restore) => restore.run(global, out),
    }
}
