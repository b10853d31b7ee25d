//! What people are used to give to cachetool: its options, before the command and behind it. What still means something has its effect; of the
//! rest it is said that it has none, so that nobody believes it had one.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::{ContextKind, ContextValue};
use clap::{Args, CommandFactory};

use crate::args::{Cli, Global, seconds};
use crate::cachetool_yml::Config;
use crate::commands::reset;
use crate::commands::workers::Ask;
use crate::exit::Failure;
use crate::fcgi::Address;
use crate::out::{self, Out};

/// What people are used to give to every command of cachetool.
#[derive(Debug, Default, Args)]
pub struct Habits {
    /// Where php-fpm listens: asked for what only a worker can tell
    #[arg(long, value_name = "ADDRESS", num_args = 0..=1, default_missing_value = "")]
    fcgi: Vec<String>,
    /// cachetool's configuration, instead of the .cachetool.yml that is found
    #[arg(long, short, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Seconds for which a worker is waited for that has to tell something
    #[arg(long, value_name = "SECONDS", default_value = "1", value_parser = seconds)]
    wait: std::time::Duration,
    /// Say nothing but what went wrong
    #[arg(long, short)]
    quiet: bool,
    /// Without colours
    #[arg(long, overrides_with = "ansi")]
    no_ansi: bool,
    /// With colours, wherever it goes
    #[arg(long)]
    ansi: bool,
    #[command(flatten)]
    superfluous: Superfluous,
}

/// Options of cachetool that have no effect any more.
#[derive(Debug, Default, Args)]
struct Superfluous {
    /// Nothing is ever asked, so this needs no word.
    #[arg(long, short, hide = true)]
    no_interaction: bool,
    #[arg(long, hide = true)]
    cli: bool,
    #[arg(long, hide = true, num_args = 0..=1)]
    web: Option<Option<String>>,
    #[arg(long, hide = true)]
    web_path: Option<String>,
    #[arg(long, hide = true)]
    web_url: Option<String>,
    #[arg(long, hide = true)]
    web_allow_insecure: bool,
    #[arg(long, hide = true)]
    web_basic_auth: Option<String>,
    #[arg(long, hide = true)]
    web_host: Option<String>,
    #[arg(long, short, hide = true)]
    tmp_dir: Option<String>,
    #[arg(long, hide = true)]
    fcgi_chroot: Option<String>,
    #[arg(long, short, hide = true, action = clap::ArgAction::Count)]
    verbose: u8,
}

impl Habits {
    /// What it looks like.
    pub fn dress(&self, global: &Global, out: &mut Out) {
        // What a child of root's writes is read by its parent.
        if self.quiet && global.only.is_empty() {
            out.silence();
        }
        if self.ansi || self.no_ansi {
            out.set_colours(self.ansi);
        }
    }

    /// Where a worker may be asked; says what has no effect.
    pub fn settle(&self, global: &Global) -> Result<Ask, Failure> {
        let config = match &self.config {
            Some(path) => Some(Config::read(path)?),
            None => Config::find().unwrap_or_else(|odd| {
                self.say(global, &format!("{}; it is passed over", odd.message));
                None
            }),
        };
        if let Some(config) = &config {
            self.say(global, &config.describe());
        }
        let names = self.superfluous.names();
        if !names.is_empty() {
            let why = "for no file is written and nothing goes through the web server";
            self.say(global, &format!("without effect, {why}: {}", names.join(", ")));
        }
        let now = reset::addresses(&self.fcgi)?;
        let later: Vec<Address> = config.and_then(|config| config.fastcgi).into_iter().collect();
        Ok(Ask { now, later, wait: self.wait })
    }

    /// Says something by the way: once, not in each child of root's as well.
    fn say(&self, global: &Global, what: &str) {
        if global.only.is_empty() && !global.json && !self.quiet {
            out::say(what);
        }
    }
}

impl Superfluous {
    fn names(&self) -> Vec<&'static str> {
        let given = [
            (self.cli, "--cli"),
            (self.web.is_some(), "--web"),
            (self.web_path.is_some(), "--web-path"),
            (self.web_url.is_some(), "--web-url"),
            (self.web_allow_insecure, "--web-allow-insecure"),
            (self.web_basic_auth.is_some(), "--web-basic-auth"),
            (self.web_host.is_some(), "--web-host"),
            (self.tmp_dir.is_some(), "--tmp-dir"),
            (self.fcgi_chroot.is_some(), "--fcgi-chroot"),
            (self.verbose > 0, "--verbose"),
        ];
        given.into_iter().filter_map(|(is_given, name)| is_given.then_some(name)).collect()
    }
}

/// The command line with cachetool's options where ours stand: behind the command. It takes them before it as well.
pub fn in_our_order(args: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut args: Vec<OsString> = args.collect();
    let commands = Cli::command();
    let is_command = |arg: &OsString| {
        commands
            .get_subcommands()
            .any(|command| command.get_name_and_visible_aliases().iter().any(|name| *arg == **name))
    };
    let is_ours = |arg: &OsString| arg.to_str().is_some_and(|name| name.contains(':')) && is_command(arg);
    // What stands behind the name of another command is that one's.
    if let Some(at @ 1..) = args.iter().position(is_command).filter(|&at| is_ours(&args[at])) {
        args[1..=at].rotate_right(1);
    }
    args
}

/// What cachetool has and this command has not, with what does it instead.
const ELSEWHERE: [(&str, &str); 9] = [
    ("apcu:key:fetch", "trove get KEY shows a value"),
    ("apcu:key:store", "values are PHP's: apcu_store() in any PHP process that shares the segment stores one"),
    (
        "opcache:compile:script",
        "the next request of a script compiles it; opcache.preload does so for all at the start",
    ),
    (
        "opcache:compile:scripts",
        "the next request of a script compiles it; opcache.preload does so for all at the start",
    ),
    ("opcache:configuration", "php-fpm -i tells opcache's settings; trove doctor judges them"),
    ("opcache:reset:file-cache", "delete the files below opcache.file_cache"),
    ("opcache:status:scripts", "opcache:status tells their number and memory"),
    ("php:eval", "php -d trove.segment=NAME runs code that shares the segment with the workers"),
    ("self-update", "the command comes and goes with the extension: make install, or its package"),
];

/// Where an unknown command is one of cachetool's: what does it instead.
pub fn instead(error: &clap::Error) -> Option<String> {
    let Some(ContextValue::String(unknown)) = error.get(ContextKind::InvalidSubcommand) else { return None };
    let (name, instead) = ELSEWHERE.iter().find(|(name, _)| name == unknown)?;
    Some(format!("there is no {name} here: {instead}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_may_stand_before_the_command() {
        let ordered = |line: &str| {
            let args = line.split(' ').map(OsString::from);
            in_our_order(args).join(std::ffi::OsStr::new(" ")).into_string().unwrap()
        };
        assert_eq!(ordered("trove -n --fcgi=/a opcache:reset -q"), "trove opcache:reset -n --fcgi=/a -q");
        assert_eq!(ordered("trove --fcgi /a stat:clear"), "trove stat:clear --fcgi /a");
        assert_eq!(ordered("trove stat:clear -n"), "trove stat:clear -n");
        assert_eq!(ordered("trove get stat:clear"), "trove get stat:clear");
        assert_eq!(ordered("trove -s shop rm stat:clear"), "trove -s shop rm stat:clear");
        assert_eq!(ordered("trove"), "trove");
    }
}
