//! `Trove\status()`: what a person wants to know of the cache in this process.

use ext_php_rs::boxed::ZBox;
use ext_php_rs::types::{ZendHashTable, Zval};
use ext_php_rs::zend::ExecuteData;
use trove_shm::resets::{self, Outcome};

use super::info::Fields;
use crate::ini::ZeroCopy;
use crate::request::{self, Session};
use crate::zend::args::Args;

pub extern "C" fn status(frame: &mut ExecuteData, result: &mut Zval) {
    if !Args::of(frame).none() {
        return;
    }
    let why_off = request::why_off();
    request::with(|session| {
        let mut table = ZendHashTable::new();
        let _ = table.insert("enabled", session.is_some());
        match session {
            None => {
                let _ = table.insert("reason", why_off.unwrap_or_default());
            }
            Some(session) => {
                let (state, stats) = (State::of(session), session.cache.stats());
                let _ = table.insert("segment", session.place().to_owned());
                let _ = table.insert("capacity", session.cache.segment().geometry().capacity as i64);
                let _ = table.insert("other_size", state.other_size);
                let _ = table.insert("used", stats.heap_bytes.saturating_sub(stats.free_bytes) as i64);
                let _ = table.insert("free", stats.free_bytes as i64);
                let _ = table.insert("entries", stats.entries as i64);
                let _ = table.insert("processes", i64::from(stats.processes));
                let _ = table.insert("zero_copy", state.zero_copy);
                let _ = table.insert("fallback", state.fallback);
                let _ = table.insert("last_problem", state.last_problem);
                let _ = table.insert("resets", resets(session));
            }
        }
        result.set_hashtable(table);
    });
}

/// Who has applied the last reset, and what was done to each opcache.
fn resets(session: &Session) -> ZBox<ZendHashTable> {
    let segment = session.cache.segment();
    let current = resets::current(segment);
    let boot_ms = session.clock().now().boot_ms;
    let opcache = |id: Option<u64>| id.map(|id| format!("{id:016x}"));
    let mut workers = ZendHashTable::new();
    for worker in resets::workers(segment) {
        let state = match worker.request_since {
            _ if worker.applied >= current => "applied",
            None => "idle: applies at the next request",
            Some(_) => "busy: applies after the running request",
        };
        let since = worker.request_since.map(|since| boot_ms.saturating_sub(since) as f64 / 1000.0);
        let mut fields = Fields::new();
        fields.add("pid", i64::from(worker.pid));
        fields.add("pid_namespace", worker.pid_ns as i64);
        fields.add("sapi", worker.sapi);
        fields.add("pool", worker.label);
        fields.add("state", state);
        fields.add("seconds_in_request", since);
        fields.add("opcache", opcache(worker.opcache));
        let _ = workers.push(fields.0);
    }
    let mut opcaches = ZendHashTable::new();
    for state in resets::opcaches(segment) {
        let mut fields = Fields::new();
        fields.add("id", opcache(Some(state.id)));
        fields.add("workers", i64::from(state.workers));
        fields.add("done", state.done >= current);
        fields.add("outcome", state.outcome.map(|(outcome, _)| in_words(outcome)));
        fields.add("preloads", state.preloads);
        let _ = opcaches.push(fields.0);
    }
    let mut fields = Fields::new();
    fields.add("generation", current.0 as i64);
    fields.add("workers", workers);
    fields.add("opcaches", opcaches);
    fields.0
}

fn in_words(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Done => "done",
        Outcome::RestartPending => "a restart was pending",
        Outcome::Disabled => "opcache is disabled",
        Outcome::FileCacheOnly => "opcache.file_cache_only is on",
        Outcome::RestrictApi => "opcache.restrict_api forbids it",
        Outcome::DisableFunctions => "disable_functions forbids it",
        Outcome::Failed => "opcache refused",
    }
}

/// The state of a session, in words.
pub struct State {
    /// Whether fetched values stay where they lie, and if not, why.
    pub zero_copy: &'static str,
    /// What the settings ask for where the segment was made with other sizes; empty where they agree.
    pub other_size: String,
    /// Why private memory is used instead of the segment that was asked for; empty where it is not.
    pub fallback: String,
    /// The last operation that failed; empty where none did.
    pub last_problem: String,
}

impl State {
    pub fn of(session: &Session) -> Self {
        let zero_copy = match session.settings().zero_copy {
            ZeroCopy::Off => "off: trove.zero_copy is off",
            _ if !session.cache.segment().is_fixed() => "off: the segment's address is taken in this process",
            _ if session.cache.is_guest() => "off: more processes than the segment has slots",
            ZeroCopy::Auto => "on, while a request is young and holds back little",
            ZeroCopy::On => "on",
        };
        let settings = session.settings();
        let other_size = session.cache.segment().differs_from_options().then(|| {
            format!(
                "{} bytes, for {} entries: the segment was made with other sizes, and is made anew when no process uses it \
                 (stop PHP, then start it)",
                settings.capacity, settings.entries_hint
            )
        });
        Self {
            zero_copy,
            other_size: other_size.unwrap_or_default(),
            fallback: session.fallback().unwrap_or_default().to_owned(),
            last_problem: session.last_problem(),
        }
    }
}
