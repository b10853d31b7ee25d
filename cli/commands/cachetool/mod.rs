//! cachetool's names for what it did: its users' scripts go on working, on all workers of all pools, without a temporary file. What they give besides
//! stands in [`habits`], how PHP writes regular expressions in [`mod@expression`].

mod expression;
mod habits;

use std::ffi::OsString;

use clap::{Args, Subcommand};
use regex::bytes::Regex;
use serde::{Deserialize, Serialize};
use trove_shm::cache::CacheId;

use crate::args::Global;
use crate::bytes::Bytes;
use crate::commands::reset::{How, Reset};
use crate::commands::workers::{self, Ask};
use crate::entries::{self, Entry, bytes_of};
use crate::exit::{Exit, Failure};
use crate::out::{self, Out, Style};
use crate::run::{self, Answer, Open};
use crate::segments::{self, Unnamed};
use crate::text::path;

use expression::expression;
use habits::Habits;
pub use habits::{in_our_order, instead};

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// As `trove reset --opcache=reset`: one worker of each opcache resets it
    #[command(name = "opcache:reset", hide = true)]
    OpcacheReset(Habits),
    /// What opcache says about itself, in each group of workers that share one
    #[command(name = "opcache:status", hide = true)]
    OpcacheStatus(Habits),
    /// As `trove reset --opcache=invalidate:PREFIX`: what lies below a path is compiled anew
    #[command(name = "opcache:invalidate:scripts", hide = true)]
    OpcacheInvalidate(Invalidate),
    /// As `trove flush --apcu`
    #[command(name = "apcu:cache:clear", hide = true)]
    CacheClear(Habits),
    /// Figures of the cache behind apcu_*
    #[command(name = "apcu:cache:info", hide = true)]
    CacheInfo(Habits),
    /// The keys of the cache behind apcu_*
    #[command(name = "apcu:cache:info:keys", hide = true)]
    CacheKeys(Habits),
    /// Whether there is such a key
    #[command(name = "apcu:key:exists", hide = true)]
    KeyExists(Key),
    /// Delete a key
    #[command(name = "apcu:key:delete", hide = true)]
    KeyDelete(Key),
    /// Delete all keys that match
    #[command(name = "apcu:regexp:delete", hide = true)]
    RegexpDelete(Expression),
    /// Figures of the memory
    #[command(name = "apcu:sma:info", hide = true)]
    MemoryInfo(Habits),
    /// As `trove reset --stat`: every worker forgets what it remembers of files
    #[command(name = "stat:clear", hide = true)]
    StatClear(Habits),
    /// What each worker remembers of paths
    #[command(name = "stat:realpath_get", hide = true)]
    RealpathGet(Habits),
    /// How much each worker remembers of paths
    #[command(name = "stat:realpath_size", hide = true)]
    RealpathSize(Habits),
}

/// Arguments of `opcache:invalidate:scripts`.
#[derive(Debug, Args)]
pub struct Invalidate {
    /// An absolute path, or the beginning of one (cachetool takes a regular expression)
    path: String,
    /// Has no effect: it is always done
    #[arg(long, short, hide = true)]
    force: bool,
    #[command(flatten)]
    habits: Habits,
}

/// A key.
#[derive(Debug, Args)]
pub struct Key {
    /// The key
    key: OsString,
    #[command(flatten)]
    habits: Habits,
}

/// A regular expression.
#[derive(Debug, Args)]
pub struct Expression {
    /// As in PHP, between slashes: /^user:/i
    regexp: String,
    #[command(flatten)]
    habits: Habits,
}

/// Rows of a name and what is so called.
#[derive(Debug, Serialize, Deserialize)]
struct Facts(Vec<(String, String)>);

impl Command {
    /// Does it.
    pub fn run(&self, global: &Global, out: &mut Out) -> Result<Exit, Failure> {
        let habits = self.habits();
        habits.dress(global, out);
        let ask = habits.settle(global)?;
        match self {
            Self::OpcacheReset(_) => ask.reset(How::Reset).run(global, out),
            Self::OpcacheInvalidate(Invalidate { path, .. }) => ask.reset(How::below(path)?).run(global, out),
            Self::StatClear(_) => Reset { stat: true, ..ask.reset(How::None) }.run(global, out),
            Self::OpcacheStatus(_) => workers::opcache_status(&ask, global, out),
            Self::RealpathGet(_) => workers::realpaths(&ask, global, out),
            Self::RealpathSize(_) => workers::realpath_sizes(&ask, global, out),
            Self::CacheClear(_) => tell(global, out, &|open| {
                open.cache.flush(CacheId::APCU);
                Ok(Facts(Vec::new()))
            }),
            Self::CacheInfo(_) => tell(global, out, &cache_info),
            Self::MemoryInfo(_) => tell(global, out, &memory_info),
            Self::CacheKeys(_) => keys(global, out),
            Self::KeyExists(Key { key, .. }) => {
                about_key(global, out, key, ("exists", "does not exist"), &|open, key| {
                    Ok(open.cache.exists(CacheId::APCU, key, open.now()))
                })
            }
            Self::KeyDelete(Key { key, .. }) => {
                about_key(global, out, key, ("was deleted", "does not exist"), &|open, key| {
                    Ok(open.cache.delete(CacheId::APCU, key)?)
                })
            }
            Self::RegexpDelete(Expression { regexp, .. }) => delete_matching(global, out, &expression(regexp)?),
        }
    }

    fn habits(&self) -> &Habits {
        match self {
            Self::OpcacheReset(habits)
            | Self::OpcacheStatus(habits)
            | Self::CacheClear(habits)
            | Self::CacheInfo(habits)
            | Self::CacheKeys(habits)
            | Self::MemoryInfo(habits)
            | Self::StatClear(habits)
            | Self::RealpathGet(habits)
            | Self::RealpathSize(habits) => habits,
            Self::OpcacheInvalidate(of) => &of.habits,
            Self::KeyExists(of) | Self::KeyDelete(of) => &of.habits,
            Self::RegexpDelete(of) => &of.habits,
        }
    }
}

impl Ask {
    fn reset(&self, opcache: How) -> Reset {
        let fcgi = self.now.iter().map(ToString::to_string).collect();
        Reset { opcache, fcgi, ..Reset::default() }
    }
}

/// Asks each segment, and shows rows of names and values.
fn tell(global: &Global, out: &mut Out, ask: &dyn Fn(&Open) -> Result<Facts, Failure>) -> Result<Exit, Failure> {
    let targets = segments::select(global, Unnamed::All)?;
    let Some(answers) = run::each(global, out, targets, ask)? else { return Ok(Exit::Done) };
    show_each(global, out, &answers, &|Facts(facts), out| {
        let rows: Vec<Vec<String>> = facts.iter().map(|(name, value)| vec![name.clone(), value.clone()]).collect();
        if rows.is_empty() { Ok(()) } else { show_table(out, &["NAME", "INFO"], &rows) }
    })?;
    Ok(run::exit_of(&answers))
}

/// Shows what each segment has to say, under its path where there are several.
pub fn show_each<R: Serialize>(
    global: &Global,
    out: &mut Out,
    answers: &[Answer<R>],
    show: &dyn Fn(&R, &mut Out) -> Result<(), Failure>,
) -> Result<(), Failure> {
    if global.json {
        out.json(&answers)?;
        return Ok(out.flush()?);
    }
    for answer in answers {
        let Some(report) = answer.report() else { continue };
        if answers.len() > 1 {
            out.line(out.styled(Style::Bold, path(&answer.segment)))?;
        }
        show(report, out)?;
    }
    Ok(out.flush()?)
}

/// A table with its headings set off.
pub fn show_table(out: &mut Out, headings: &[&str], rows: &[Vec<String>]) -> Result<(), Failure> {
    for (at, line) in out::table(headings, rows).into_iter().enumerate() {
        out.line(if at == 0 { out.styled(Style::Bold, line) } else { line })?;
    }
    Ok(())
}

fn cache_info(open: &Open) -> Result<Facts, Failure> {
    let (stats, (entries, bytes)) = (open.cache.stats(), open.cache.usage(CacheId::APCU));
    let facts = [
        ("Slots", out::count(open.segment.geometry().buckets.into())),
        ("Hits", out::count(stats.hits)),
        ("Misses", out::count(stats.misses)),
        ("Inserts", out::count(stats.inserts)),
        ("Evictions", out::count(stats.evictions)),
        ("Expunges", out::count(stats.expunges)),
        ("Counted since", workers::ago(stats.since)),
        ("Memory size", out::size(bytes)),
        ("Entries", out::count(entries)),
        ("Memory type", "mmap".into()),
        ("Locking type", "none for fetches, futex for stores".into()),
    ];
    Ok(Facts(facts.map(|(name, value)| (name.to_owned(), value)).to_vec()))
}

fn memory_info(open: &Open) -> Result<Facts, Failure> {
    let stats = open.cache.stats();
    let facts = [
        ("Segments", "1".to_owned()),
        ("Segment size", out::size(open.segment.geometry().capacity)),
        ("Available memory", out::size(stats.heap_bytes.saturating_sub(stats.entry_bytes))),
    ];
    Ok(Facts(facts.map(|(name, value)| (name.to_owned(), value)).to_vec()))
}

fn keys(global: &Global, out: &mut Out) -> Result<Exit, Failure> {
    let targets = segments::select(global, Unnamed::All)?;
    let list = |open: &Open| {
        let mut list: Vec<Entry> = Vec::new();
        entries::visit(open, CacheId::APCU, b"", None, &mut |hit| list.push(Entry::of(open, &Bytes::default(), hit)))?;
        list.sort_by(|a, b| a.key.cmp(&b.key));
        Ok(list)
    };
    let Some(answers) = run::each(global, out, targets, &list)? else { return Ok(Exit::Done) };
    show_each(global, out, &answers, &|list, out| {
        let row = |entry: &Entry| {
            vec![
                out::count(entry.hits.into()),
                workers::ago(entry.accessed.into()),
                out::size(entry.bytes),
                entry.key.to_string(),
            ]
        };
        let rows: Vec<_> = list.iter().map(row).collect();
        show_table(out, &[">HITS", ">ACCESSED", ">MEMORY SIZE", "KEY"], &rows)
    })?;
    Ok(run::exit_of(&answers))
}

/// What is asked of a segment about a key.
type AskKey<'a> = dyn Fn(&Open, &[u8]) -> Result<bool, Failure> + 'a;

/// Asks each segment about a key; it is enough that one of them has it.
fn about_key(
    global: &Global,
    out: &mut Out,
    key: &OsString,
    (yes, no): (&str, &str),
    ask: &AskKey<'_>,
) -> Result<Exit, Failure> {
    let targets = segments::select(global, Unnamed::All)?;
    let ask = |open: &Open| ask(open, bytes_of(key)).map(|is| Facts(vec![("found".into(), is.to_string())]));
    let Some(answers) = run::each(global, out, targets, &ask)? else { return Ok(Exit::Done) };
    let is_found = |Facts(facts): &Facts| facts.iter().any(|(_, is)| is == "true");
    let found = answers.iter().filter_map(Answer::report).any(is_found);
    if global.json {
        out.json(&answers)?;
    } else {
        let key = out::printable(bytes_of(key));
        out.line(format!("APCu key={key} {}", if found { yes } else { no }))?;
    }
    out.flush()?;
    let exit = run::exit_of(&answers);
    Ok(if exit == Exit::Done && !found { Exit::NotFound } else { exit })
}

fn delete_matching(global: &Global, out: &mut Out, expression: &Regex) -> Result<Exit, Failure> {
    tell(global, out, &|open| {
        let mut deleted = 0;
        for key in entries::keys(open, CacheId::APCU, b"", None)? {
            if expression.is_match(&key) {
                deleted += u64::from(open.cache.delete(CacheId::APCU, &key)?);
            }
        }
        Ok(Facts(vec![("Deleted".into(), out::count(deleted))]))
    })
}
