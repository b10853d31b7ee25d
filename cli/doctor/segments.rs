//! Segments that nobody can use, and what the figures of the others tell.

use std::path::Path;

use serde::{Deserialize, Serialize};
use trove_shm::resets;
use trove_shm::segment::list::Found;

use super::{Finding, Level};
use crate::figures::Figures;
use crate::out::{count, percent, size};
use crate::run::{Answer, Open};
use crate::segments::{is_of_another, remedy};
use crate::text::{path, printable};

/// What is asked of a segment.
#[derive(Debug, Serialize, Deserialize)]
pub struct Report {
    figures: Figures,
    /// What each opcache has reported last, by the names of [`resets::FIGURES`].
    opcaches: Vec<Vec<(String, u64)>>,
}

impl Report {
    /// Of an open segment.
    pub fn of(open: &Open) -> Self {
        let reported = resets::opcaches(&open.segment).into_iter().filter_map(|opcache| opcache.figures);
        let named = |values: Vec<u64>| resets::FIGURES.iter().map(|name| (*name).to_owned()).zip(values).collect();
        Self { figures: Figures::of(open), opcaches: reported.map(|figures| named(figures.values)).collect() }
    }
}

/// Segments that cannot be used, and what a creator left that died.
pub fn stale(found: &[Found], directory: &Path) -> Vec<Finding> {
    let mut findings = Vec::new();
    for one in found {
        let Some(problem) = &one.problem else { continue };
        let about = path(&one.path);
        // Of somebody else: not ours to judge.
        let (level, remedy) = if is_of_another(one) {
            (Level::Note, "run the doctor as its owner, or as root, to look into it".to_owned())
        } else {
            (Level::Warn, remedy(one).unwrap_or_default())
        };
        findings.push(Finding::new(level, about, format!("cannot be used: {problem}"), remedy));
    }
    for file in directory.read_dir().into_iter().flatten().flatten() {
        let name = file.file_name().to_string_lossy().into_owned();
        let age = file.metadata().ok().and_then(|meta| meta.modified().ok()).and_then(|time| time.elapsed().ok());
        let is_old = age.is_some_and(|age| age.as_secs() > 60);
        if name.starts_with("trove-") && name.ends_with(".new") && is_old {
            let about = path(&file.path());
            let remedy = format!("the next PHP that starts removes it, or you: rm {about}");
            findings.push(Finding::new(
                Level::Note,
                about,
                "was left by a process that died while it made a segment",
                remedy,
            ));
        }
    }
    findings
}

/// What a segment's figures tell.
pub fn health(answer: &Answer<Report>) -> Vec<Finding> {
    let about = format!("segment {} ({})", printable(answer.name.as_bytes()), path(&answer.segment));
    if let Some(failure) = answer.failure() {
        return vec![Finding::new(Level::Bad, about, failure.message, "see docs/troubleshooting.md")];
    }
    let Some(Report { figures, opcaches }) = answer.report() else { return Vec::new() };
    let mut findings = Vec::new();
    let mut add = |level, found: String, remedy: &str| findings.push(Finding::new(level, about.clone(), found, remedy));
    let fetches = figures.hits + figures.misses;
    if figures.failures > 0 {
        let found = format!("has refused {} stores for want of memory", count(figures.failures));
        add(Level::Warn, found, "raise trove.memory (or apc.shm_size) and restart PHP");
    }
    if figures.evictions > figures.inserts / 2 && figures.evictions > 1000 {
        let found = format!("evicts more than every second entry it stores ({} so far)", count(figures.evictions));
        add(Level::Warn, found, "raise trove.memory (or apc.shm_size) and restart PHP");
    }
    if fetches > 10_000 && figures.hits < fetches / 2 {
        let found = format!("finds {} of what it is asked for", percent(figures.hits, fetches));
        add(
            Level::Note,
            found,
            "look at short ttls (trove keys --sort expires), and at keys that change with each release",
        );
    }
    if figures.retired > figures.capacity / 10 {
        let found = format!("keeps {} for requests that may still look at it", size(figures.retired));
        add(
            Level::Note,
            found,
            "look for requests that last (trove status --json: in_request_ms); trove.zero_copy=off makes them copy",
        );
    }
    if figures.processes * 10 > figures.slots * 9 {
        let found = format!("has {} processes, and slots for {}", figures.processes, figures.slots);
        add(
            Level::Warn,
            found,
            "those without a slot copy what they fetch: raise trove.memory (a slot for each 64 KB)",
        );
    }
    for opcache in opcaches {
        opcache_health(opcache, &mut add);
    }
    if findings.is_empty() {
        let found = format!(
            "has {} entries, {} of {} free, processes: {}",
            count(figures.entries),
            size(figures.free),
            size(figures.capacity),
            figures.processes
        );
        findings.push(Finding::good(about, found));
    }
    findings
}

/// What an opcache has said of itself when it was asked (`trove opcache:status` asks).
fn opcache_health(figures: &[(String, u64)], add: &mut dyn FnMut(Level, String, &str)) {
    let figure = |wanted: &str| figures.iter().find(|(name, _)| name.ends_with(wanted)).map_or(0, |(_, value)| *value);
    let memory = figure("used_memory") + figure("memory_usage.free_memory") + figure("wasted_memory");
    if figure("oom_restarts") > 0 || figure("cache_full") != 0 {
        add(Level::Warn, "its PHP's opcache has run out of memory".into(), "raise opcache.memory_consumption");
    }
    if figure("hash_restarts") > 0 {
        add(Level::Warn, "its PHP's opcache has run out of keys".into(), "raise opcache.max_accelerated_files");
    }
    if figure("wasted_memory") * 4 > memory && memory > 0 {
        let found = format!("its PHP's opcache wastes {}", size(figure("wasted_memory")));
        add(Level::Note, found, "trove reset --opcache=reset gives it back");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opcache(figures: &[(&str, u64)]) -> Vec<String> {
        let figures: Vec<_> = figures.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
        let mut found = Vec::new();
        opcache_health(&figures, &mut |_, what, _| found.push(what));
        found
    }

    #[test]
    fn an_opcache_that_is_too_small_is_told() {
        assert!(opcache(&[("memory_usage.free_memory", 100), ("opcache_statistics.oom_restarts", 0)]).is_empty());
        assert!(opcache(&[("opcache_statistics.oom_restarts", 1)])[0].contains("memory"));
        assert!(opcache(&[("opcache_statistics.hash_restarts", 2)])[0].contains("keys"));
        let wasted = opcache(&[("memory_usage.used_memory", 60), ("memory_usage.wasted_memory", 40)]);
        assert!(wasted[0].contains("wastes"));
    }
}
