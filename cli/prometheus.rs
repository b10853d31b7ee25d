//! Figures in Prometheus' text format.

use std::fmt::Write;

use crate::figures::Figures;
use crate::run::Answer;
use crate::text::path;

/// A metric: name, type, help, and its values with further labels.
type Metric = (&'static str, &'static str, &'static str, fn(&Figures) -> Vec<(String, u64)>);

const METRICS: &[Metric] = &[
    ("trove_capacity_bytes", "gauge", "Size of the segment.", |f| one(f.capacity)),
    ("trove_memory_bytes", "gauge", "Memory of the segment by state.", |f| {
        f.memory().into_iter().map(|(state, bytes)| (label("state", state), bytes)).collect()
    }),
    ("trove_hits_total", "counter", "Fetches that found an entry.", |f| one(f.hits)),
    ("trove_misses_total", "counter", "Fetches that found none.", |f| one(f.misses)),
    ("trove_stores_total", "counter", "Entries stored.", |f| one(f.inserts)),
    ("trove_store_failures_total", "counter", "Stores that failed for want of memory.", |f| one(f.failures)),
    ("trove_evictions_total", "counter", "Entries evicted for room.", |f| one(f.evictions)),
    ("trove_expired_total", "counter", "Expired and invalidated entries reclaimed.", |f| one(f.expired)),
    ("trove_entries", "gauge", "Entries of each cache.", |f| {
        f.caches.iter().map(|cache| (label("cache", &cache.name.to_string()), cache.entries)).collect()
    }),
    ("trove_entry_bytes", "gauge", "Bytes of the entries of each cache.", |f| {
        f.caches.iter().map(|cache| (label("cache", &cache.name.to_string()), cache.bytes)).collect()
    }),
    ("trove_processes", "gauge", "Processes that are attached.", |f| one(f.processes.into())),
    ("trove_processes_max", "gauge", "Processes that can attach with a slot of their own.", |f| one(f.slots.into())),
    ("trove_busy_workers", "gauge", "PHP processes in a request.", |f| {
        one(f.workers.iter().filter(|worker| worker.in_request_ms.is_some()).count() as u64)
    }),
    ("trove_resets_total", "counter", "Resets published.", |f| one(f.generation)),
    ("trove_created_seconds", "gauge", "When the segment was made, in seconds since 1970.", |f| one(f.created)),
];

/// All metrics of all segments that answered; `trove_up` is 0 for the others.
pub fn text(answers: &[Answer<Figures>]) -> String {
    let mut text = String::new();
    head(&mut text, "trove_up", "gauge", "Whether the segment could be looked at.");
    for answer in answers {
        line(&mut text, "trove_up", &labels(answer), "", answer.report().is_some().into());
    }
    for (name, kind, help, values) in METRICS {
        head(&mut text, name, kind, help);
        for answer in answers {
            for (more, value) in answer.report().map(values).unwrap_or_default() {
                line(&mut text, name, &labels(answer), &more, value);
            }
        }
    }
    text
}

fn one(value: u64) -> Vec<(String, u64)> {
    vec![(String::new(), value)]
}

fn head(text: &mut String, name: &str, kind: &str, help: &str) {
    // Writing to a string does not fail.
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn line(text: &mut String, name: &str, labels: &str, more: &str, value: u64) {
    let comma = if more.is_empty() { "" } else { "," };
    let _ = writeln!(text, "{name}{{{labels}{comma}{more}}} {value}");
}

fn labels<R>(answer: &Answer<R>) -> String {
    format!("{},{}", label("segment", &answer.name), label("path", &path(&answer.segment)))
}

fn label(name: &str, value: &str) -> String {
    let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("{name}=\"{value}\"")
}
