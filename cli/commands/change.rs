//! What changes entries: `delete`, `flush`, `invalidate-tag`, `refresh-tag`, `refresh`.

use std::ffi::OsString;

use clap::Args;
use serde::{Deserialize, Serialize};
use trove_shm::cache::CacheId;

use crate::args::Global;
use crate::bytes::Bytes;
use crate::caches;
use crate::entries::{self, bytes_of};
use crate::exit::{Exit, Failure};
use crate::out::{self, Out};
use crate::run::{self, Open};
use crate::segments::{self, Unnamed};
use crate::text::path;

/// Arguments of `delete`.
#[derive(Debug, Args)]
pub struct Delete {
    /// Keys
    #[arg(value_name = "KEY", required_unless_present_any = ["prefix", "tag"])]
    keys: Vec<OsString>,
    /// All keys that begin so
    #[arg(long)]
    prefix: Option<OsString>,
    /// All entries that have this tag now (to keep out what is just being computed as well, use invalidate-tag)
    #[arg(long, short)]
    tag: Option<OsString>,
    /// In this named cache instead of the one behind apcu_*
    #[arg(long, short, value_name = "NAME")]
    cache: Option<String>,
}

/// Arguments of `flush`.
#[derive(Debug, Args)]
pub struct Flush {
    /// Only this named cache; may be given several times
    #[arg(long, short, value_name = "NAME")]
    cache: Vec<String>,
    /// Only the cache behind apcu_*
    #[arg(long)]
    apcu: bool,
}

/// Arguments of `invalidate-tag` and `refresh-tag`.
#[derive(Debug, Args)]
pub struct Tag {
    /// Tags
    #[arg(value_name = "TAG", required = true)]
    tags: Vec<OsString>,
    /// Only in this named cache; may be given several times. Without it, in all caches
    #[arg(long, short, value_name = "NAME")]
    cache: Vec<String>,
}

/// Arguments of `refresh`.
#[derive(Debug, Args)]
pub struct Refresh {
    /// Keys
    #[arg(value_name = "KEY", required_unless_present = "every_key", conflicts_with = "every_key")]
    keys: Vec<OsString>,
    /// Every key of the cache
    #[arg(long)]
    every_key: bool,
    /// In this named cache instead of the one behind apcu_*
    #[arg(long, short, value_name = "NAME")]
    cache: Option<String>,
}

/// What was done.
#[derive(Debug, Serialize, Deserialize)]
struct Report {
    /// Entries that are gone, or stale.
    entries: u64,
    /// Keys, or tags, that were named and are not there.
    missing: Vec<Bytes>,
}

/// What is done to a tag of a cache.
type TagChange = dyn Fn(&Open, CacheId, &[u8]) -> Result<(), Failure>;

impl Delete {
    /// Deletes keys.
    pub fn run(&self, global: &Global, out: &mut Out) -> Result<Exit, Failure> {
        if self.prefix.as_ref().is_some_and(|prefix| prefix.is_empty()) && self.tag.is_none() {
            return Err(Failure::new(Exit::Usage, "every key begins with --prefix \"\": to remove all of them, flush"));
        }
        act(global, out, "deleted", "key", &|open| {
            let (cache, _) = caches::find(open, self.cache.as_deref())?;
            let mut report = Report { entries: 0, missing: Vec::new() };
            for key in &self.keys {
                match open.cache.delete(cache, bytes_of(key))? {
                    true => report.entries += 1,
                    false => report.missing.push(bytes_of(key).into()),
                }
            }
            if self.prefix.is_some() || self.tag.is_some() {
                let prefix = self.prefix.as_deref().map_or(&b""[..], bytes_of);
                for key in entries::keys(open, cache, prefix, self.tag.as_deref().map(bytes_of))? {
                    report.entries += u64::from(open.cache.delete(cache, &key)?);
                }
            }
            Ok(report)
        })
    }
}

impl Flush {
    /// Empties caches.
    pub fn run(&self, global: &Global, out: &mut Out) -> Result<Exit, Failure> {
        act(global, out, "flushed", "key", &|open| {
            let caches = match (self.apcu, self.cache.is_empty()) {
                (true, true) => vec![caches::find(open, None)?],
                (true, false) => [vec![caches::find(open, None)?], caches::some(open, &self.cache)?].concat(),
                (false, _) => caches::some(open, &self.cache)?,
            };
            let mut entries = 0;
            for (cache, _) in caches {
                entries += open.cache.usage(cache).0;
                open.cache.flush(cache);
            }
            Ok(Report { entries, missing: Vec::new() })
        })
    }
}

impl Tag {
    /// Makes the entries of tags gone.
    pub fn invalidate(&self, global: &Global, out: &mut Out) -> Result<Exit, Failure> {
        self.each(global, out, "invalidated", &|open, cache, tag| {
            Ok(open.cache.invalidate_tag(cache, tag, open.now())?)
        })
    }

    /// Makes the entries of tags stale.
    pub fn refresh(&self, global: &Global, out: &mut Out) -> Result<Exit, Failure> {
        self.each(global, out, "marked stale", &|open, cache, tag| {
            Ok(open.cache.refresh_tag(cache, tag, open.now())?)
        })
    }

    fn each(&self, global: &Global, out: &mut Out, done: &str, change: &TagChange) -> Result<Exit, Failure> {
        act(global, out, done, "entry with the tag", &|open| {
            let caches = caches::some(open, &self.cache)?;
            let mut report = Report { entries: 0, missing: Vec::new() };
            for tag in &self.tags {
                let mut tagged = 0;
                for (cache, _) in &caches {
                    tagged += open.cache.count_tag(*cache, bytes_of(tag))?;
                    // Without entries as well: what is being computed for it just now is to stay out.
                    change(open, *cache, bytes_of(tag))?;
                }
                if tagged == 0 {
                    report.missing.push(bytes_of(tag).into());
                }
                report.entries += tagged;
            }
            Ok(report)
        })
    }
}

impl Refresh {
    /// Marks keys stale.
    pub fn run(&self, global: &Global, out: &mut Out) -> Result<Exit, Failure> {
        act(global, out, "marked stale", "key", &|open| {
            let (cache, _) = caches::find(open, self.cache.as_deref())?;
            if self.every_key {
                let entries = open.cache.usage(cache).0;
                open.cache.refresh_all(cache);
                return Ok(Report { entries, missing: Vec::new() });
            }
            let mut report = Report { entries: 0, missing: Vec::new() };
            for key in &self.keys {
                match open.cache.refresh(cache, bytes_of(key), open.now())? {
                    true => report.entries += 1,
                    false => report.missing.push(bytes_of(key).into()),
                }
            }
            Ok(report)
        })
    }
}

/// Changes each segment, and says what was done.
fn act(
    global: &Global,
    out: &mut Out,
    done: &str,
    what: &str,
    change: &dyn Fn(&Open) -> Result<Report, Failure>,
) -> Result<Exit, Failure> {
    let targets = segments::select(global, Unnamed::TheOnlyOneToChange)?;
    let Some(answers) = run::each(global, out, targets, change)? else { return Ok(Exit::Done) };
    if global.json {
        out.json(&answers)?;
    }
    let mut missing = false;
    for answer in &answers {
        let Some(report) = answer.report() else { continue };
        missing |= !report.missing.is_empty();
        if global.json {
            continue;
        }
        let of = if answers.len() > 1 { format!("{}: ", path(&answer.segment)) } else { String::new() };
        out.line(format!("{of}{} {done}", out::entries(report.entries)))?;
        for key in &report.missing {
            out.line(format!("{of}there is no {what} \"{key}\""))?;
        }
    }
    out.flush()?;
    Ok(match run::exit_of(&answers) {
        Exit::Done if missing => Exit::NotFound,
        exit => exit,
    })
}
