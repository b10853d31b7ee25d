//! `trove list`: which segments there are.

use clap::Args;
use serde::{Deserialize, Serialize};

use crate::args::Global;
use crate::bytes::Bytes;
use crate::exit::{Exit, Failure};
use crate::out::{self, Out, Style};
use crate::owner::user_name;
use crate::run::{self, Open};
use crate::segments;
use crate::text::wrapped;

/// Arguments of `list`.
#[derive(Debug, Args)]
pub struct List {}

/// What only who is attached can tell.
#[derive(Debug, Serialize, Deserialize)]
struct Report {
    used: u64,
    entries: u64,
    processes: u32,
}

/// A segment, as it is told.
#[derive(Debug, Serialize)]
struct Row {
    path: Bytes,
    name: String,
    owner: String,
    owner_id: u32,
    build: Option<String>,
    fingerprint: Option<String>,
    bytes: u64,
    used: Option<u64>,
    entries: Option<u64>,
    processes: Option<u32>,
    problem: Option<String>,
}

impl List {
    /// Lists all segments, or those that were named.
    pub fn run(&self, global: &Global, out: &mut Out) -> Result<Exit, Failure> {
        let found = segments::all(global)?;
        let usable = found.iter().filter(|one| one.problem.is_none()).cloned().collect();
        let Some(answers) = run::each(global, out, usable, &|open| Ok(report(open)))? else { return Ok(Exit::Done) };
        let rows: Vec<Row> = found
            .into_iter()
            .map(|one| {
                let answer = answers.iter().find(|answer| answer.segment == one.path);
                let report = answer.and_then(|answer| answer.report());
                let failure = answer.and_then(|answer| answer.failure()).or_else(|| segments::problem(&one));
                Row {
                    path: one.path.as_path().into(),
                    name: one.name,
                    owner: user_name(one.owner),
                    owner_id: one.owner,
                    build: one.fingerprint.as_deref().map(segments::build),
                    fingerprint: one.fingerprint,
                    bytes: one.bytes,
                    used: report.map(|report| report.used),
                    entries: report.map(|report| report.entries),
                    processes: report.map(|report| report.processes),
                    problem: failure.map(|failure| failure.message),
                }
            })
            .collect();
        if global.json {
            out.json(&rows)?;
        } else {
            show(&rows, out)?;
        }
        Ok(if rows.is_empty() { Exit::NoSegment } else { Exit::Done })
    }
}

fn report(open: &Open) -> Report {
    let stats = open.cache.stats();
    Report {
        used: stats.heap_bytes.saturating_sub(stats.free_bytes),
        entries: stats.entries,
        processes: stats.processes.saturating_sub(u32::from(!open.cache.is_guest())),
    }
}

fn show(rows: &[Row], out: &mut Out) -> Result<(), Failure> {
    if rows.is_empty() {
        return Ok(out.line("No segments. PHP makes one when it starts.")?);
    }
    let headings = ["NAME", "OWNER", "PHP BUILD", ">SIZE", ">USED", ">ENTRIES", ">PROCESSES"];
    let unknown = || "-".to_owned();
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            vec![
                out::shortened(&out::printable(row.name.as_bytes()), 20),
                out::shortened(&out::printable(row.owner.as_bytes()), 12),
                row.build.as_deref().map_or_else(unknown, |build| out::printable(build.as_bytes())),
                out::size(row.bytes),
                row.used.map_or_else(unknown, |used| out::percent(used, row.bytes)),
                row.entries.map_or_else(unknown, out::count),
                row.processes.map_or_else(unknown, |processes| processes.to_string()),
            ]
        })
        .collect();
    let mut lines = out::table(&headings, &cells).into_iter();
    if let Some(heading) = lines.next() {
        out.line(out.styled(Style::Bold, heading))?;
    }
    for (line, row) in lines.zip(rows) {
        out.line(line)?;
        out.line(out.styled(Style::Dim, format!("  {}", row.path)))?;
        if let Some(problem) = &row.problem {
            for line in wrapped(&format!("cannot be used: {problem}"), out.width().saturating_sub(2)) {
                out.line(out.styled(Style::Warn, format!("  {line}")))?;
            }
        }
    }
    Ok(())
}
