//! `trove`: looks at, changes and resets Trove's segments, without PHP.
//!
//! [`args`] says what can be asked for, [`segments`] finds what it is asked of, [`owner`] makes sure that root maps nothing of a lesser user's,
//! [`run`] asks each segment, [`commands`] hold a command family each. How it may end stands in [`exit`].

mod archive;
mod args;
mod bytes;
mod caches;
mod cachetool_yml;
mod child;
mod clock;
mod commands;
mod doctor;
mod entries;
mod exit;
mod fcgi;
mod figures;
mod hottest;
mod out;
mod owner;
mod php;
mod prometheus;
mod run;
mod segments;
mod text;
mod values;
mod view;

use std::process::ExitCode;

use clap::Parser;

use args::Cli;
use commands::cachetool;
use exit::{Exit, Failure};
use out::Out;

fn main() -> ExitCode {
    // Comes back where this is no process that only starts another one.
    if let Err(why) = child::become_other(std::env::args_os()) {
        out::say(&why);
        return Exit::Failed.into();
    }
    let cli = match Cli::try_parse_from(cachetool::in_our_order(std::env::args_os())) {
        Ok(cli) => cli,
        // After --help and --version, which are no errors, it is 0.
        Err(error) if !error.use_stderr() => error.exit(),
        Err(error) => return refused(error),
    };
    if !cli.global.only.is_empty() {
        child::leave_terminal();
    }
    let mut out = Out::stdout();
    let outcome = commands::run(&cli, &mut out).and_then(|exit| {
        out.flush()?;
        Ok(exit)
    });
    match outcome {
        Ok(exit) => exit.into(),
        Err(failure) => {
            // What was said before the failure comes before it.
            let _ = out.flush();
            failure.report(cli.global.json);
            failure.exit.into()
        }
    }
}

/// Says why the command line makes no sense: in JSON, where that was asked for, as well as it can be known.
fn refused(error: clap::Error) -> ExitCode {
    let hint = cachetool::instead(&error);
    if std::env::args_os().any(|arg| arg == "--json") {
        let text = error.render().to_string();
        let mut message = text.trim_start_matches("error: ").trim_end().to_owned();
        if let Some(hint) = hint {
            message = format!("{hint}\n{message}");
        }
        Failure::new(Exit::Usage, message).report(true);
    } else {
        if let Some(hint) = hint {
            out::say(&hint);
        }
        // With colours on a terminal.
        let _ = error.print();
    }
    Exit::Usage.into()
}
