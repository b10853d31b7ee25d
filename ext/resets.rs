//! Resets: what this process does when one is pending (see `trove_shm::resets`).
//!
//! Each request asks, before any code of it runs, whether something was reset since the last one: two loads. What a process does for
//! itself is cheap: it forgets what it remembers of files, and from then on has opcache resolve every path anew
//! (`opcache.revalidate_path`), for opcache's table finds a script by the path by which it was once found, whatever a link on it points to
//! now. This stays so: a request that had begun before may put such a path back into the table, even after opcache was restarted.

use core::ffi::CStr;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::sync::OnceLock;

use trove_shm::resets::{Outcome, Stale};

use crate::request::Session;
use crate::zend::guard::guarded;
use crate::zend::{files, ini, module};
use crate::{opcache, realpaths, request};

const REVALIDATE_PATH: &CStr = c"opcache.revalidate_path";

/// Chooses the number by which this process and its children are known to share an opcache. At start-up: opcache makes its memory after
/// that, and children are forked later.
pub fn prepare() {
    opcache_id();
}

/// Whether processes of this SAPI serve one request after the other.
pub fn serves_requests() -> bool {
    !matches!(module::sapi(), "cli" | "phpdbg")
}

/// Makes a new session known, and starts it with clean caches: the process may have been forked from one that remembers much.
pub fn join(session: &Session) {
    introduce(session);
    if opcache::is_on() {
        session.cache.join_opcache(opcache_id(), opcache::preloads(), session.clock().now());
    }
    apply(session);
}

/// Begins a request.
#[inline]
pub fn begin_request(session: &Session) {
    if session.cache.begin_request(session.clock().now()) {
        apply(session);
    } else if session.resolves_paths.get() {
        resolve_paths();
    }
}

/// Applies what is pending, between two jobs of a process that serves more than one in a request. True where something was.
pub fn poll() -> bool {
    request::with(|session| {
        session.is_some_and(|session| {
            if !serves_requests() {
                // It may be a forked child; and it is waited for until it polls again.
                introduce(session);
                let _ = session.cache.begin_request(session.clock().now());
            }
            let behind = session.cache.is_behind();
            if behind {
                apply(session);
            }
            behind
        })
    })
}

/// Applies what is pending.
#[cold]
pub fn apply(session: &Session) {
    let cache = &session.cache;
    let pending = cache.pending_reset();
    match &pending.stale {
        Stale::Nothing => {}
        Stale::Paths(paths) => paths.iter().for_each(|path| files::forget(path)),
        Stale::All => files::forget_all(),
    }
    session.resolves_paths.set(pending.resolve_paths);
    if pending.resolve_paths {
        resolve_paths();
    }
    let outcome = act_for_all(session);
    if opcache::BEGINS_FIRST && serves_requests() && pending.opcache_was_reset {
        opcache::leave_if_about_to_restart();
    }
    if pending.report {
        report(session);
    }
    cache.reset_applied(&pending, outcome == Some(Outcome::RestrictApi));
}

/// Does what one process does for all that share its opcache, where that is left to do.
fn act_for_all(session: &Session) -> Option<Outcome> {
    let claim = session.cache.claim_opcache()?;
    let (outcome, scripts) = guarded(|| opcache::perform(&claim.task), || claim.give_up());
    claim.found_scripts(scripts);
    session.cache.finish_opcache(claim, outcome);
    Some(outcome)
}

fn report(session: &Session) {
    session.cache.report_realpath_cache(files::realpath_cache_bytes());
    realpaths::report(session);
    if session.cache.opcache_report_is_wanted()
        && let Some(figures) = opcache::figures()
    {
        session.cache.report_opcache(&figures, session.clock().now());
    }
}

fn resolve_paths() {
    if !ini::is_number(REVALIDATE_PATH) {
        ini::set_for_request(REVALIDATE_PATH, c"1");
    }
}

fn introduce(session: &Session) {
    session.cache.introduce(module::sapi(), &label());
}

/// Name of the FPM pool: it stands in the title that a worker gives itself, in the place of its first argument. (`fpm_get_status()` knows it as
/// well, but crashes PHP where another worker has not yet begun.)
fn label() -> String {
    let title = std::env::args_os().next().unwrap_or_default();
    let title = title.to_string_lossy();
    title.strip_prefix("php-fpm: pool ").map_or_else(String::new, |pool| pool.trim_end().to_owned())
}

fn opcache_id() -> u64 {
    static ID: OnceLock<u64> = OnceLock::new();
    // Keys of a hash map are random; 0 is no id.
    *ID.get_or_init(|| RandomState::new().build_hasher().finish().max(1))
}
