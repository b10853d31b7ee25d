//! The commands: a family each. What a command does to several segments goes through [`crate::run::each`].

pub mod list;

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
    }
}
