//! `trove restore`: the entries of a file into a segment. The whole file is checked before anything is stored.
//!
//! Strings and arrays are stored by the PHP that the segment belongs to, so that a fetch finds them in place, as if the application had stored
//! them. Where that is not to be had, they are stored as the text of `serialize()`, which every build reads wherever it lies; and so are objects.

use std::fs::File;
use std::io::{BufReader, Seek};
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use trove_shm::cache::{CacheId, Mode, Now, Outcome, Spec, Value};
use trove_shm::error::Error;

use crate::archive::{Form, Reader, Record};
use crate::args::Global;
use crate::bytes::Bytes;
use crate::exit::{Exit, Failure};
use crate::out::{self, Out};
use crate::php::{self, Php, Stored, Storing};
use crate::run::{self, Open};
use crate::text::path;
use crate::values::{self, Kind, Plain};
use crate::{clock, segments};

/// Arguments of `restore`.
#[derive(Debug, Args)]
pub struct Restore {
    /// The file, written by dump
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Replace keys that are there; without it they stay as they are
    #[arg(long)]
    overwrite: bool,
    /// Ask no PHP: strings and arrays are stored as the text of serialize(), which PHP reads at each fetch
    #[arg(long)]
    as_text: bool,
    #[command(flatten)]
    php: php::Where,
}

/// What was done.
#[derive(Debug, Default, Serialize)]
struct Report {
    segment: Bytes,
    name: String,
    stored: u64,
    /// Were there already.
    kept: u64,
    /// Have expired since the dump.
    expired: u64,
    /// Strings and arrays among the stored ones that PHP could have stored better, and why it has not.
    as_text: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    no_php: Option<String>,
    /// Could not be stored.
    failed: u64,
    /// Why, for the first of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl Restore {
    /// Stores the entries.
    pub fn run(&self, global: &Global, out: &mut Out) -> Result<Exit, Failure> {
        let found = segments::select_one(global)?;
        // With the rights of whoever has called us.
        let mut file = File::open(&self.file).map_err(|e| self.refused(&format!("it cannot be read ({e})")))?;
        self.each(&file, &mut |_| Ok(()))?;
        file.rewind().map_err(|e| self.refused(&format!("it cannot be read twice ({e}); name a regular file")))?;
        let open = run::open(global, found)?;
        if !values::is_known_format(&open.found) {
            let message = "the segment's values are in a format that this version of the command does not know";
            return Err(Failure::new(Exit::NeedsPhp, message));
        }
        let (segment, name) = (open.found.path.as_path().into(), open.found.name.clone());
        let mut report = Report { segment, name, ..Report::default() };
        let mut php = None;
        self.each(&file, &mut |record| self.store(&open, record, &mut php, &mut report))?;
        if global.json {
            out.json(&[&report])?;
        } else {
            out.line(format!("{} stored", out::entries(report.stored)))?;
            let others = [
                (report.kept, "were there already and stay (--overwrite replaces them)"),
                (report.expired, "have expired since the dump"),
            ];
            for (n, what) in others.into_iter().filter(|(n, _)| *n > 0) {
                out.line(format!("{} {what}", out::count(n)))?;
            }
            if let Some(why) = &report.no_php {
                let n = out::count(report.as_text);
                out.line(format!("{n} strings and arrays stored as text, which PHP reads at each fetch: {why}"))?;
            }
        }
        match report.error {
            None => Ok(Exit::Done),
            Some(why) => {
                Err(Failure::new(Exit::Failed, format!("{} could not be stored: {why}", out::count(report.failed))))
            }
        }
    }

    fn each(&self, file: &File, f: &mut dyn FnMut(&Record) -> Result<(), Failure>) -> Result<(), Failure> {
        let mut reader = Reader::new(BufReader::new(file)).map_err(|why| self.refused(&why))?;
        while let Some(record) = reader.next().map_err(|why| self.refused(&why))? {
            f(&record)?;
        }
        Ok(())
    }

    fn store(&self, open: &Open, record: &Record, php: &mut Option<Php>, report: &mut Report) -> Result<(), Failure> {
        let now = open.now();
        let expires = if record.expires == u64::MAX { u64::MAX } else { boot_ms(record.expires, now) };
        let stale = match record.stale_until {
            0 => None,
            // The length of the window.
            until if expires == u64::MAX => Some(until),
            until => Some(boot_ms(until, now)),
        };
        if expires <= now.boot_ms && stale.is_none_or(|until| until <= now.boot_ms) {
            report.expired += 1;
            return Ok(());
        }
        let cache = if record.cache.is_empty() { CacheId::APCU } else { open.cache.open_cache(&record.cache)? };
        let is_for_php = is_for_php(record) && expires > now.boot_ms;
        if is_for_php && !self.as_text && report.no_php.is_none() {
            let ttl_ms = if expires == u64::MAX { 0 } else { expires - now.boot_ms };
            let stale_ms =
                stale.map_or(0, |until| if expires == u64::MAX { until } else { until.saturating_sub(expires) });
            match self.by_php(open, record, (ttl_ms, stale_ms), php) {
                Ok(Stored::Done) => return self.count(open, cache, record, report),
                Ok(Stored::Kept) if open.cache.exists(cache, &record.key, now) => {
                    report.kept += 1;
                    return Ok(());
                }
                // It did not fit, perhaps: we find out, and say so.
                Ok(Stored::Kept | Stored::NotHere) => {}
                Err(failure) => report.no_php = Some(failure.message),
            }
        }
        let (kind, value, payload) = stored(record);
        let tags: Vec<&[u8]> = record.tags.iter().map(Vec::as_slice).collect();
        let spec = Spec {
            cache,
            key: &record.key,
            kind: kind as u8,
            value,
            expires,
            stale: stale.map(|until| (until, 0)),
            tags: &tags,
            pinned: record.pinned,
            token: None,
        };
        match self.publish(open, &spec, &payload, now) {
            // What does not fit into a smaller segment, or into a cache that is frozen: the others may.
            Err(e) => {
                report.failed += 1;
                report.error.get_or_insert_with(|| format!("key \"{}\": {e}", out::printable(&record.key)));
            }
            Ok(Outcome::Refused) => report.kept += 1,
            Ok(Outcome::Inserted | Outcome::Replaced) => {
                report.as_text += u64::from(is_for_php);
                return self.count(open, cache, record, report);
            }
        }
        Ok(())
    }

    fn by_php(
        &self,
        open: &Open,
        record: &Record,
        (ttl_ms, stale_ms): (u64, u64),
        php: &mut Option<Php>,
    ) -> Result<Stored, Failure> {
        let php = match php {
            Some(php) => php,
            None => php.insert(Php::start(open, &self.php, php::Form::Store, &[])?),
        };
        php.store(&Storing {
            cache: &record.cache,
            key: &record.key,
            text: &stored(record).2,
            add: !self.overwrite,
            ttl_ms,
            stale_ms,
            pinned: record.pinned,
            tags: &record.tags,
        })
    }

    /// Counts an entry that was stored, and makes it stale where it was.
    fn count(&self, open: &Open, cache: CacheId, record: &Record, report: &mut Report) -> Result<(), Failure> {
        report.stored += 1;
        if record.marked {
            open.cache.refresh(cache, &record.key, open.now())?;
        }
        Ok(())
    }

    fn publish(&self, open: &Open, spec: &Spec<'_>, payload: &[u8], now: Now) -> Result<Outcome, Error> {
        let mode = if self.overwrite { Mode::Set } else { Mode::Add };
        let mut reserved = open.cache.reserve(spec, now)?;
        reserved.payload().copy_from_slice(payload);
        reserved.publish(mode, now)
    }

    fn refused(&self, why: &str) -> Failure {
        Failure::new(Exit::Usage, format!("{}: {why}; nothing was changed", path(&self.file)))
    }
}

/// Whether PHP stores the value better than we do. The cache behind `apcu_*` has no tags, no stale windows and no pins in PHP.
fn is_for_php(record: &Record) -> bool {
    let is_plain = match record.form {
        Form::Str => true,
        Form::Serialized => record.value.starts_with(b"a:"),
        Form::Null | Form::False | Form::True | Form::Long | Form::Double => false,
    };
    is_plain && (!record.cache.is_empty() || (record.tags.is_empty() && record.stale_until == 0 && !record.pinned))
}

/// What goes into the segment: what is no scalar as the text of `serialize()`, which every build reads wherever it lies.
fn stored(record: &Record) -> (Kind, Value, Vec<u8>) {
    let inline = |kind, word| (kind, Value::Inline { word, integer: kind == Kind::Long }, Vec::new());
    let word = || record.value.as_slice().try_into().map_or(0, u64::from_le_bytes);
    let text = match record.form {
        Form::Null => return inline(Kind::Null, 0),
        Form::False => return inline(Kind::False, 0),
        Form::True => return inline(Kind::True, 0),
        Form::Long => return inline(Kind::Long, word()),
        Form::Double => return inline(Kind::Double, word()),
        Form::Str => Plain::Str(record.value.clone()).serialized(),
        Form::Serialized => record.value.clone(),
    };
    (Kind::Php, Value::Payload(text.len()), text)
}

/// Boot time of a wall-clock time.
fn boot_ms(wall: u64, now: Now) -> u64 {
    now.boot_ms.saturating_add(wall).saturating_sub(clock::wall_ms())
}
