//! `trove keys`: which entries there are.

use std::cmp::Reverse;
use std::ffi::OsString;

use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};

use crate::args::{Global, count};
use crate::bytes::Bytes;
use crate::entries::{self, Entry, bytes_of};
use crate::exit::{Exit, Failure};
use crate::out::{self, Out, Style};
use crate::run::{self, Answer, Open};
use crate::segments::{self, Unnamed};
use crate::text::{path, printable};
use crate::{caches, clock};

/// Entries beyond twice the limit that are gathered before those that are too many go.
const SPARE: usize = 10_000;

/// Arguments of `keys`.
#[derive(Debug, Args)]
pub struct Keys {
    /// Only keys that begin so
    #[arg(value_name = "PREFIX", default_value = "", hide_default_value = true)]
    prefix: OsString,
    /// Only entries with this tag
    #[arg(long, short)]
    tag: Option<OsString>,
    /// Only entries of this named cache; without it, of all caches
    #[arg(long, short, value_name = "NAME")]
    cache: Vec<String>,
    /// By what the entries are sorted
    #[arg(long, value_enum, default_value_t = Sort::Key)]
    sort: Sort,
    /// The other way round
    #[arg(long, short)]
    reverse: bool,
    /// Show at most so many; 0 is all
    #[arg(long, short = 'n', value_name = "N", default_value = "0", value_parser = count, allow_negative_numbers = true)]
    limit: usize,
    /// Print the keys alone, as they are, one a line; on a terminal, what is not printable is escaped
    #[arg(long, short = '1')]
    only_keys: bool,
    /// Print the keys alone, as they are, with a NUL behind each: for keys with line feeds (xargs -0)
    #[arg(long, short = '0', conflicts_with_all = ["only_keys", "json"])]
    null: bool,
}

/// By what entries are sorted: sizes and numbers from the largest, times from the latest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Sort {
    /// From A to Z
    Key,
    /// Most hits first
    Hits,
    /// Largest first
    Size,
    /// Stored last first
    Created,
    /// Asked for last first
    Accessed,
    /// Next to expire first
    Expires,
}

#[derive(Debug, Serialize, Deserialize)]
struct Report {
    /// How many there are without the limit.
    found: usize,
    /// Whether some entry has the tag that was asked for.
    has_tag: bool,
    entries: Vec<Entry>,
}

impl Keys {
    /// Lists the entries.
    pub fn run(&self, global: &Global, out: &mut Out) -> Result<Exit, Failure> {
        let targets = segments::select(global, Unnamed::TheOnlyOne)?;
        let Some(answers) = run::each(global, out, targets, &|open| self.report(open))? else { return Ok(Exit::Done) };
        if global.json {
            out.json(&answers)?;
        } else {
            for answer in &answers {
                let Some(report) = answer.report() else { continue };
                if self.only_keys || self.null {
                    self.print(report, out)?;
                    continue;
                }
                if answers.len() > 1 {
                    out.line(out.styled(Style::Bold, path(&answer.segment)))?;
                }
                self.show(report, out)?;
            }
        }
        out.flush()?;
        let exit = run::exit_of(&answers);
        let is_found = answers.iter().filter_map(Answer::report).any(|report| report.found > 0 || report.has_tag);
        match &self.tag {
            Some(tag) if exit == Exit::Done && !is_found => {
                let tag = printable(bytes_of(tag));
                Err(Failure::new(Exit::NotFound, format!("there is no entry with the tag \"{tag}\"")))
            }
            _ => Ok(exit),
        }
    }

    fn print(&self, report: &Report, out: &mut Out) -> Result<(), Failure> {
        for Entry { key, .. } in &report.entries {
            if self.null {
                out.bytes(&[&key.0, &b"\0"[..]].concat())?;
            } else if out.is_terminal() {
                out.line(key)?;
            } else {
                out.bytes(&[&key.0, &b"\n"[..]].concat())?;
            }
        }
        Ok(())
    }

    fn report(&self, open: &Open) -> Result<Report, Failure> {
        let most = if self.limit == 0 { usize::MAX } else { self.limit };
        let (mut all, mut found, mut has_tag) = (Vec::new(), 0, false);
        for (id, name) in caches::some(open, &self.cache)? {
            let tag = self.tag.as_deref().map(bytes_of);
            has_tag |= tag.map_or(Ok(0), |tag| open.cache.count_tag(id, tag))? > 0;
            entries::visit(open, id, bytes_of(&self.prefix), tag, &mut |hit| {
                found += 1;
                all.push(Entry::of(open, &name, hit));
                // Of millions, a few are wanted.
                if all.len() >= most.saturating_mul(2).saturating_add(SPARE) {
                    self.sort_by(&mut all);
                    all.truncate(most);
                }
            })?;
        }
        self.sort_by(&mut all);
        all.truncate(most);
        Ok(Report { found, has_tag, entries: all })
    }

    fn sort_by(&self, entries: &mut [Entry]) {
        entries.sort_by(|a, b| a.key.cmp(&b.key));
        match self.sort {
            Sort::Key => {}
            Sort::Hits => entries.sort_by_key(|entry| Reverse(entry.hits)),
            Sort::Size => entries.sort_by_key(|entry| Reverse(entry.bytes)),
            Sort::Created => entries.sort_by_key(|entry| Reverse(entry.created)),
            Sort::Accessed => entries.sort_by_key(|entry| Reverse(entry.accessed)),
            Sort::Expires => entries.sort_by_key(|entry| entry.expires_in_ms.unwrap_or(i64::MAX)),
        }
        if self.reverse {
            entries.reverse();
        }
    }

    fn show(&self, report: &Report, out: &mut Out) -> Result<(), Failure> {
        let with_cache = report.entries.iter().any(|entry| entry.cache.0 != caches::APCU.as_bytes());
        let now = clock::now().wall_s;
        let rows: Vec<Vec<String>> = report
            .entries
            .iter()
            .map(|entry| {
                let mut row = vec![
                    out::size(entry.bytes),
                    entry.kind.clone(),
                    out::count(entry.hits.into()),
                    out::duration(now.saturating_sub(entry.accessed).into()),
                    expiry(entry),
                ];
                if with_cache {
                    row.push(out::shortened(&entry.cache.to_string(), 16));
                }
                row.push(if entry.tags.is_empty() {
                    entry.key.to_string()
                } else {
                    let tags: Vec<String> = entry.tags.iter().map(Bytes::to_string).collect();
                    format!("{}  [{}]", entry.key, tags.join(", "))
                });
                row
            })
            .collect();
        let headings: &[&str] = if with_cache {
            &[">SIZE", "TYPE", ">HITS", ">IDLE", ">EXPIRES IN", "CACHE", "KEY"]
        } else {
            &[">SIZE", "TYPE", ">HITS", ">IDLE", ">EXPIRES IN", "KEY"]
        };
        for (at, line) in out::table(headings, &rows).into_iter().enumerate() {
            out.line(if at == 0 { out.styled(Style::Bold, line) } else { line })?;
        }
        let left_out = report.found - report.entries.len();
        if left_out > 0 {
            out.line(out.styled(Style::Dim, format!("and {} more", out::count(left_out as u64))))?;
        }
        Ok(())
    }
}

/// When an entry goes, in words.
pub fn expiry(entry: &Entry) -> String {
    match (entry.state.as_str(), entry.expires_in_ms) {
        ("fresh", Some(ms)) => out::duration((ms.unsigned_abs()).div_ceil(1000)),
        ("fresh", None) => "never".into(),
        (state, _) => state.into(),
    }
}
