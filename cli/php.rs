//! The PHP that a segment belongs to, for what only it can read: arrays with addresses in them, objects.
//!
//! A `php` of the segment's build runs a script of ours with the extension, attached to that segment, and with nothing else: no ini file, no
//! class and no code of the application's. So an object comes as what is stored of it, with the name of its class, and none of its methods runs.
//! Where root has become the segment's owner, who may stop it, or put words into its mouth, it gets a session and an environment of its own.
//!
//! The script is told keys, or values to store, a line each, and answers each with a line. It refuses to begin where its build is another one, before it has
//! attached to anything; and where it is attached to another segment than the one that is meant.

use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;

use crate::child::{self, Talk};
use crate::exit::{Exit, Failure};
use crate::run::Open;
use crate::text::{harmless, path};
use crate::values::{hex, unhex};
use crate::{owner, segments};

/// Where PHP is.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "PHP, for values that only it can read")]
pub struct Where {
    /// The php of the segment's build; without it, those in PATH are tried
    #[arg(long, value_name = "FILE", env = "TROVE_PHP")]
    php: Option<PathBuf>,
    /// The extension, if it is not installed there
    #[arg(long, value_name = "FILE", env = "TROVE_EXTENSION")]
    extension: Option<PathBuf>,
}

/// What the script does: what it makes of values, or that it stores them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// PHP code.
    Export,
    /// A string as its bytes, what is none as PHP code and a line feed.
    Raw,
    /// JSON.
    Json,
    /// `serialize()`.
    Serialized,
    /// It stores values.
    Store,
}

/// A value to be stored, as PHP says it.
#[derive(Debug)]
pub struct Storing<'a> {
    /// The cache's name; empty is the one behind `apcu_*`.
    pub cache: &'a [u8],
    /// The key.
    pub key: &'a [u8],
    /// What `serialize()` has made of it.
    pub text: &'a [u8],
    /// Whether what is there stays.
    pub add: bool,
    /// Milliseconds to live; 0 is for ever.
    pub ttl_ms: u64,
    /// Milliseconds in which it may be served stale after that.
    pub stale_ms: u64,
    /// Whether it is never evicted.
    pub pinned: bool,
    /// Its tags.
    pub tags: &'a [Vec<u8>],
}

/// What became of a value that was to be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stored {
    /// It is stored.
    Done,
    /// Something was there, and stays.
    Kept,
    /// It holds objects, of classes that are not there; or PHP refuses it.
    NotHere,
}

/// A running script.
#[derive(Debug)]
pub struct Php {
    talk: Talk,
    /// The program.
    pub program: PathBuf,
    /// What it says of itself.
    pub version: String,
}

/// Most that is read of one value.
const MOST: usize = 1 << 30;

const SCRIPT: &str = include_str!("script.php");

impl Php {
    /// Starts the PHP of a segment's build, with the serializers that the values need.
    ///
    /// # Errors
    /// `NeedsPhp`, with what was tried.
    pub fn start(open: &Open, place: &Where, form: Form, serializers: &[String]) -> Result<Self, Failure> {
        let mut tried = Vec::new();
        for program in place.programs() {
            match Self::try_start(open, place, &program, form, serializers) {
                Ok(php) => return Ok(php),
                Err(why) => tried.push(format!("\n  {}: {why}", path(&program))),
            }
        }
        let build = open.found.fingerprint.as_deref().map(segments::build).unwrap_or_default();
        let tried = if tried.is_empty() { "\n  there is no php in PATH".to_owned() } else { tried.concat() };
        let message = format!("this needs the PHP that the segment belongs to ({build}, see --php):{tried}");
        Err(Failure::new(Exit::NeedsPhp, message))
    }

    /// What the script makes of a key's value, in the cache of that name (empty: the one behind `apcu_*`); none where there is no such entry.
    ///
    /// # Errors
    /// `Failed` where it could not be read.
    pub fn ask(&mut self, cache: &[u8], key: &[u8]) -> Result<Option<Vec<u8>>, Failure> {
        let answer = self.exchange(&format!("{} {}", cache_word(cache), hex(key)))?;
        match answer.split_at_checked(1) {
            Some(("-", _)) => Ok(None),
            Some(("=", text)) => unhex(text.as_bytes()).map(Some).ok_or_else(|| failed("has answered nonsense")),
            Some(("!", text)) => Err(Failure::new(Exit::NeedsPhp, text.trim_start().to_owned())),
            _ => Err(failed("has ended early")),
        }
    }

    /// Has the script store a value, as the application would have.
    ///
    /// # Errors
    /// `Failed` where the script is gone.
    pub fn store(&mut self, value: &Storing<'_>) -> Result<Stored, Failure> {
        let tags: Vec<String> = value.tags.iter().map(|tag| hex(tag)).collect();
        let line = format!(
            "{} {} {} {} {} {} ={} {}",
            cache_word(value.cache),
            hex(value.key),
            if value.add { "add" } else { "store" },
            value.ttl_ms as f64 / 1000.0,
            value.stale_ms as f64 / 1000.0,
            u8::from(value.pinned),
            tags.join(","),
            hex(value.text)
        );
        match self.exchange(&line)?.as_bytes().first() {
            Some(b'+') => Ok(Stored::Done),
            Some(b'-') => Ok(Stored::Kept),
            Some(b'?' | b'!') => Ok(Stored::NotHere),
            _ => Err(failed("has ended early")),
        }
    }

    fn exchange(&mut self, text: &str) -> Result<String, Failure> {
        self.talk.say(text).and_then(|()| self.talk.hear()).map_err(|why| failed(&why))
    }

    fn try_start(
        open: &Open,
        place: &Where,
        program: &Path,
        form: Form,
        serializers: &[String],
    ) -> Result<Self, String> {
        let found = &open.found;
        let directory = found.path.parent().unwrap_or(Path::new("/"));
        let fingerprint = found.fingerprint.as_deref().unwrap_or_default();
        let mut command = if owner::is_lesser() {
            let mut command = child::in_own_session(program.as_os_str());
            command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
            command
        } else {
            Command::new(program)
        };
        let mut set = |name: &str, value: &str| {
            command.arg("-d").arg(format!("{name}={value}"));
        };
        let extension = place.extension();
        set("extension", &extension.to_string_lossy());
        serializers.iter().for_each(|name| set("extension", name));
        // What it says on its way to "ready" is the reason why it is not; after that nobody reads it.
        set("display_errors", "stderr");
        set("log_errors", "0");
        set("memory_limit", "-1");
        set("trove.enable_cli", "1");
        set("trove.segment", &found.name);
        set("trove.directory", &directory.to_string_lossy());
        if found.path.to_string_lossy().rsplit('-').nth(1).is_some_and(|owner| owner.starts_with('g')) {
            set("trove.group", &found.group.to_string());
            set("trove.mode", "0660");
        }
        let form = match form {
            Form::Export => "export",
            Form::Raw => "raw",
            Form::Json => "json",
            Form::Serialized => "serialize",
            Form::Store => "store",
        };
        let script = SCRIPT.strip_prefix("<?php").unwrap_or(SCRIPT);
        command.arg("-n").args(["-r", script, "--", fingerprint]).arg(&found.path).arg(form);
        let mut talk = Talk::start(&mut command, open.patience, MOST)?;
        let first = talk.hear();
        if let Some(version) = first.as_ref().ok().and_then(|first| first.strip_prefix("ready ")) {
            return Ok(Self { talk, program: program.to_owned(), version: harmless(version) });
        }
        let errors = talk.last_words();
        let why = first.as_ref().ok().and_then(|first| first.strip_prefix("! "));
        let said = why.or_else(|| errors.lines().find(|line| !line.trim().is_empty()));
        Err(harmless(said.or(first.as_ref().err().map(String::as_str)).unwrap_or("it ended at once")))
    }
}

impl Where {
    /// The programs to try.
    fn programs(&self) -> Vec<PathBuf> {
        if let Some(php) = &self.php {
            return vec![php.clone()];
        }
        const NAMES: [&str; 6] = ["php", "php8.2", "php8.3", "php8.4", "php8.5", "php8.6"];
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut programs: Vec<PathBuf> = Vec::new();
        for directory in std::env::split_paths(&path) {
            for program in NAMES.iter().map(|name| directory.join(name)).filter(|program| program.is_file()) {
                let real = program.canonicalize().unwrap_or_else(|_| program.clone());
                if !programs.iter().any(|known| known.canonicalize().is_ok_and(|known| known == real)) {
                    programs.push(program);
                }
            }
        }
        programs
    }

    /// The extension: the installed one, or the one that was built with this program.
    fn extension(&self) -> PathBuf {
        let beside = || Some(std::env::current_exe().ok()?.parent()?.join("libtrove.so")).filter(|file| file.is_file());
        self.extension.clone().or_else(beside).unwrap_or_else(|| "trove".into())
    }
}

/// A cache as the script is told it.
fn cache_word(name: &[u8]) -> String {
    if name.is_empty() { "-".to_owned() } else { format!("={}", hex(name)) }
}

fn failed(why: &str) -> Failure {
    Failure::new(Exit::Failed, format!("the PHP that was asked {why}"))
}
