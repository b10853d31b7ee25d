//! What packages ship besides the program: completions for shells, and the manual page, both made from the arguments.

use clap::{Args, CommandFactory, ValueEnum};
use clap_complete::Shell;
use clap_mangen::Man;

use crate::args::Cli;
use crate::exit::{Exit, Failure};
use crate::out::Out;

/// Arguments of `completions`.
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    shell: Known,
}

/// Shells that there are completions for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Known {
    Bash,
    Zsh,
    Fish,
}

/// Arguments of `man`.
#[derive(Debug, Args)]
pub struct Manual {}

impl Completions {
    /// Prints the script that the shell is to read.
    pub fn run(&self, out: &mut Out) -> Result<Exit, Failure> {
        let shell = match self.shell {
            Known::Bash => Shell::Bash,
            Known::Zsh => Shell::Zsh,
            Known::Fish => Shell::Fish,
        };
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut Cli::command(), "trove", &mut script);
        out.bytes(&script)?;
        Ok(Exit::Done)
    }
}

impl Manual {
    /// Prints the manual page, all commands on it.
    pub fn run(&self, out: &mut Out) -> Result<Exit, Failure> {
        let mut command = Cli::command();
        command.build();
        let commands: Vec<clap::Command> =
            command.get_subcommands().filter(|one| !one.is_hide_set()).cloned().collect();
        let man = Man::new(command);
        let mut page = Vec::new();
        man.render_title(&mut page)?;
        man.render_name_section(&mut page)?;
        man.render_synopsis_section(&mut page)?;
        man.render_description_section(&mut page)?;
        man.render_options_section(&mut page)?;
        page.extend_from_slice(b".SH COMMANDS\n");
        for one in commands.into_iter().filter(|one| one.get_name() != "help") {
            section(one, &mut page)?;
        }
        page.extend_from_slice(b".SH \"EXIT STATUS\"\n");
        for (exit, meaning) in Exit::ALL {
            page.extend_from_slice(format!(".TP\n{}\n{}\n", *exit as u8, meaning.trim()).as_bytes());
        }
        page.extend_from_slice(include_bytes!("../manual.roff"));
        out.bytes(&page)?;
        Ok(Exit::Done)
    }
}

/// A command's part: its name, what it does, how it is called, what it takes.
fn section(command: clap::Command, page: &mut Vec<u8>) -> Result<(), Failure> {
    let name = command.get_name().to_owned();
    let aliases: Vec<String> = command.get_visible_aliases().map(str::to_owned).collect();
    // What every command takes was told above.
    let command =
        command.mut_args(|arg| if arg.is_global_set() || arg.get_id() == "help" { arg.hide(true) } else { arg });
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let (mut synopsis, mut options) = (Vec::new(), Vec::new());
    let man = Man::new(command);
    man.render_synopsis_section(&mut synopsis)?;
    man.render_options_section(&mut options)?;
    let also = if aliases.is_empty() { String::new() } else { format!(" (also: {})", aliases.join(", ")) };
    page.extend_from_slice(format!(".SS \"{name}\"\n{}{also}.\n.PP\n", about.replace('-', "\\-")).as_bytes());
    for part in [synopsis, options] {
        let text = String::from_utf8_lossy(&part).into_owned();
        let lines = text.lines().filter(|line| !line.starts_with(".SH"));
        lines.for_each(|line| page.extend_from_slice(format!("{line}\n").as_bytes()));
    }
    Ok(())
}
