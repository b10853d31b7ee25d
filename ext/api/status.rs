//! `Trove\status()`: what a person wants to know of the cache in this process.

use ext_php_rs::types::{ZendHashTable, Zval};
use ext_php_rs::zend::ExecuteData;

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
                let _ = table.insert("used", stats.heap_bytes.saturating_sub(stats.free_bytes) as i64);
                let _ = table.insert("free", stats.free_bytes as i64);
                let _ = table.insert("entries", stats.entries as i64);
                let _ = table.insert("processes", i64::from(stats.processes));
                let _ = table.insert("zero_copy", state.zero_copy);
                let _ = table.insert("fallback", state.fallback);
                let _ = table.insert("last_problem", state.last_problem);
            }
        }
        result.set_hashtable(table);
    });
}

/// The state of a session, in words.
pub struct State {
    /// Whether fetched values stay where they lie, and if not, why.
    pub zero_copy: &'static str,
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
        Self {
            zero_copy,
            fallback: session.fallback().unwrap_or_default().to_owned(),
            last_problem: session.last_problem(),
        }
    }
}
