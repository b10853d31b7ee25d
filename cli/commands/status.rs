//! `trove status`: a segment's figures, for people, in JSON, or for Prometheus.

use clap::Args;

use crate::args::Global;
use crate::exit::{Exit, Failure};
use crate::figures::Figures;
use crate::out::{self, Out, Style};
use crate::run::{self, Answer};
use crate::segments::{self, Unnamed};
use crate::text::{path, printable};
use crate::{clock, prometheus};

/// Arguments of `status`.
#[derive(Debug, Args)]
pub struct Status {
    /// Answer in Prometheus' text format, for its node exporter or a scrape
    #[arg(long, conflicts_with = "json")]
    prometheus: bool,
}

impl Status {
    /// Tells the figures of each segment.
    pub fn run(&self, global: &Global, out: &mut Out) -> Result<Exit, Failure> {
        let targets = segments::select(global, Unnamed::All)?;
        let Some(answers) = run::each(global, out, targets, &|open| Ok(Figures::of(open)))? else {
            return Ok(Exit::Done);
        };
        if global.json {
            out.json(&answers)?;
        } else if self.prometheus {
            out.bytes(prometheus::text(&answers).as_bytes())?;
        } else {
            for (at, answer) in answers.iter().filter(|answer| answer.report().is_some()).enumerate() {
                if at > 0 {
                    out.line("")?;
                }
                show(answer, out)?;
            }
        }
        out.flush()?;
        Ok(run::exit_of(&answers))
    }
}

fn show(answer: &Answer<Figures>, out: &mut Out) -> Result<(), Failure> {
    let Some(figures) = answer.report() else { return Ok(()) };
    let heading =
        format!("{}  {}, {}", printable(answer.name.as_bytes()), figures.owner, printable(figures.build.as_bytes()));
    out.line(out.styled(Style::Bold, heading))?;
    out.line(out.styled(Style::Dim, path(&answer.segment)))?;
    for (label, value) in rows(figures) {
        out.line(format!("  {label:<12}{value}"))?;
    }
    out.line("")?;
    memory(figures, out)?;
    caches(figures, out)?;
    workers(figures, out)
}

fn rows(figures: &Figures) -> Vec<(&'static str, String)> {
    let Figures { hits, misses, .. } = figures;
    let now = u64::from(clock::now().wall_s);
    let counted = now.saturating_sub(figures.since.max(figures.created));
    let busy = figures.workers.iter().filter(|worker| worker.in_request_ms.is_some()).count();
    vec![
        ("entries", out::count(figures.entries)),
        (
            "fetches",
            format!(
                "{}, {} of them hits (since {})",
                out::count(hits + misses),
                out::percent(*hits, hits + misses),
                out::duration(counted)
            ),
        ),
        (
            "stores",
            format!(
                "{}, {} failed; {} evicted, {} expired",
                out::count(figures.inserts),
                out::count(figures.failures),
                out::count(figures.evictions),
                out::count(figures.expired)
            ),
        ),
        (
            "processes",
            format!(
                "{} attached, {} of them PHP, {busy} in a request; room for {}",
                figures.processes,
                figures.workers.len(),
                figures.slots
            ),
        ),
        ("age", out::duration(now.saturating_sub(figures.created))),
    ]
}

fn memory(figures: &Figures, out: &mut Out) -> Result<(), Failure> {
    const BAR: usize = 30;
    out.line(out.styled(Style::Bold, format!("  memory      {:>8}", out::size(figures.capacity))))?;
    for (state, bytes) in figures.memory() {
        // A damaged segment may say that it holds more than it is large.
        let filled = ((bytes as f64 / figures.capacity.max(1) as f64 * BAR as f64).round() as usize).min(BAR);
        let share = out::percent(bytes, figures.capacity);
        let line = format!("    {state:<10}{:>8}  {share:>6}  {}", out::size(bytes), "#".repeat(filled));
        out.line(line.trim_end())?;
    }
    Ok(())
}

fn caches(figures: &Figures, out: &mut Out) -> Result<(), Failure> {
    const MOST: usize = 10;
    let mut all: Vec<_> = figures.caches.iter().collect();
    all.sort_by_key(|cache| std::cmp::Reverse(cache.bytes));
    let rows: Vec<Vec<String>> = all
        .iter()
        .take(MOST)
        .map(|cache| {
            let notes = [
                cache.frozen.then(|| "frozen".to_owned()),
                (cache.quota > 0).then(|| format!("quota {}", out::size(cache.quota))),
            ];
            vec![
                format!("  {}", out::shortened(&cache.name.to_string(), 36)),
                out::count(cache.entries),
                out::size(cache.bytes),
                notes.into_iter().flatten().collect::<Vec<_>>().join(", "),
            ]
        })
        .collect();
    out.line("")?;
    for (at, line) in out::table(&["  cache", ">entries", ">bytes", ""], &rows).into_iter().enumerate() {
        out.line(if at == 0 { out.styled(Style::Bold, line) } else { line })?;
    }
    if all.len() > MOST {
        out.line(format!("  and {} more (see --json)", all.len() - MOST))?;
    }
    Ok(())
}

fn workers(figures: &Figures, out: &mut Out) -> Result<(), Failure> {
    let mut kinds: Vec<(&str, &str, u32, u32)> = Vec::new();
    for worker in &figures.workers {
        let known = kinds.iter().position(|kind| (kind.0, kind.1) == (worker.sapi.as_str(), worker.pool.as_str()));
        let at = known.unwrap_or_else(|| {
            kinds.push((&worker.sapi, &worker.pool, 0, 0));
            kinds.len() - 1
        });
        kinds[at].2 += 1;
        kinds[at].3 += u32::from(worker.in_request_ms.is_some());
    }
    if kinds.is_empty() {
        return Ok(());
    }
    let rows: Vec<Vec<String>> = kinds
        .iter()
        .map(|(sapi, pool, all, busy)| {
            let pool = if pool.is_empty() { "-".to_owned() } else { printable(pool.as_bytes()) };
            vec![format!("  {sapi}"), out::shortened(&pool, 32), all.to_string(), busy.to_string()]
        })
        .collect();
    out.line("")?;
    for (at, line) in out::table(&["  sapi", "pool", ">processes", ">busy"], &rows).into_iter().enumerate() {
        out.line(if at == 0 { out.styled(Style::Bold, line) } else { line })?;
    }
    Ok(())
}
