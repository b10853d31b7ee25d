//! `trove doctor`: what keeps Trove from working well on this host, and what to change.

use clap::Args;

use crate::args::Global;
use crate::doctor::segments::Report;
use crate::doctor::{Finding, Level, host, php, segments as figures};
use crate::exit::{Exit, Failure};
use crate::out::{Out, Style};
use crate::text::wrapped;
use crate::{run, segments};

/// Arguments of `doctor`.
#[derive(Debug, Args)]
pub struct Doctor {
    /// Do not ask the PHPs of this host for their settings
    #[arg(long)]
    no_php: bool,
}

impl Doctor {
    /// Looks, and says what it has found.
    pub fn run(&self, global: &Global, out: &mut Out) -> Result<Exit, Failure> {
        // Without a directory there are no segments, which is a finding and no failure.
        let found = if global.directory.is_dir() { segments::all(global)? } else { Vec::new() };
        let usable = found.iter().filter(|one| one.problem.is_none()).cloned().collect();
        // Root gives its rights up for the segments: what needs them comes before.
        let mut findings = Vec::new();
        if global.only.is_empty() {
            findings.extend(host::directory(&global.directory, &found));
            findings.extend(host::remove_ipc(&found));
            findings.extend(host::kernel());
            findings.extend(figures::stale(&found, &global.directory));
            if !self.no_php {
                findings.extend(php::all());
            }
        }
        let Some(answers) = run::each(global, out, usable, &|open| Ok(Report::of(open)))? else {
            return Ok(Exit::Done);
        };
        findings.extend(answers.iter().flat_map(figures::health));
        if global.json {
            out.json(&findings)?;
        } else {
            show(&findings, out)?;
        }
        let is_well = findings.iter().all(|finding| finding.level < Level::Warn);
        Ok(if is_well { Exit::Done } else { Exit::Unhealthy })
    }
}

fn show(findings: &[Finding], out: &mut Out) -> Result<(), Failure> {
    let width = out.width();
    for finding in findings {
        let (mark, style) = match finding.level {
            Level::Good => ("ok  ", Style::Good),
            Level::Note => ("note", Style::Bold),
            Level::Warn => ("warn", Style::Warn),
            Level::Bad => ("bad ", Style::Bad),
        };
        let text = format!("{} {}", finding.about, finding.found);
        for (at, line) in wrapped(&text, width.saturating_sub(6)).into_iter().enumerate() {
            let mark = if at == 0 { out.styled(style, mark) } else { "    ".into() };
            out.line(format!("{mark}  {line}"))?;
        }
        for (at, line) in wrapped(&finding.remedy, width.saturating_sub(11)).into_iter().enumerate() {
            let arrow = if at == 0 { "->" } else { "  " };
            out.line(format!("        {arrow} {line}"))?;
        }
    }
    Ok(())
}
