//! What is asked of opcache, through its PHP functions: the only way in.

use std::ffi::OsStr;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use ext_php_rs::convert::IntoZvalDyn;
use ext_php_rs::types::{ZendCallable, ZendHashTable, Zval};
use trove_shm::resets::{FIGURES, Outcome, Task};

use crate::ini::may_use_opcache;
use crate::zend::{ini, module};

/// Whether opcache begins a request before this extension does: since PHP 8.5 it is a part of PHP; before, it came after all extensions.
pub const BEGINS_FIRST: bool = cfg!(php85);

/// Whether opcache works in this process, as far as its settings tell.
pub fn is_on() -> bool {
    let is_set = |name| ini::value(name).is_some_and(|text| ini::boolean(&text));
    let needs_more = matches!(module::sapi(), "cli" | "phpdbg");
    module::is_loaded(c"zend opcache") && is_set(c"opcache.enable") && (!needs_more || is_set(c"opcache.enable_cli"))
}

/// Whether it has loaded code at the start, which stays until PHP is started anew.
pub fn preloads() -> bool {
    ini::value(c"opcache.preload").is_some_and(|path| !path.is_empty())
}

/// Throws code away: how that went, and how many scripts lay below the prefixes; all ones where everything goes.
pub fn perform(task: &Task) -> (Outcome, u64) {
    let mut scripts = u64::MAX;
    (perform_counting(task, &mut scripts), scripts)
}

fn perform_counting(task: &Task, scripts: &mut u64) -> Outcome {
    if !may_use_opcache() {
        return Outcome::RestrictApi;
    }
    let mut takes_part = true;
    // Where the function is disabled, the one below will tell.
    if let Some(status) = call("opcache_get_status", vec![&false]) {
        let is = |name| status.array().is_some_and(|status| number_at(status, name) == 1);
        match status.array() {
            None => return Outcome::Disabled,
            Some(_) if is("file_cache_only") => return Outcome::FileCacheOnly,
            Some(_) if is("restart_pending") => return Outcome::RestartPending,
            Some(_) if !is_on() => return Outcome::Disabled,
            Some(_) => takes_part = is("opcache_enabled"),
        }
    }
    match task {
        Task::Invalidate(prefixes) if takes_part => invalidate(prefixes, scripts),
        // In its first request a process takes part in opcache only from opcache's own beginning of the request on, which may come after ours. Until
        // then it can invalidate nothing, but it can reset all.
        Task::Reset | Task::Invalidate(_) => match call("opcache_reset", vec![]) {
            None => Outcome::DisableFunctions,
            Some(done) if done.is_true() => Outcome::Done,
            Some(_) if takes_part => Outcome::Failed,
            Some(_) => Outcome::Disabled,
        },
    }
}

/// Has the running request do without opcache where that has begun it before a restart was asked for: it would take the old code
/// from there until the next request.
pub fn leave_if_about_to_restart() {
    let status = if may_use_opcache() { call("opcache_get_status", vec![&false]) } else { None };
    let takes_old_code = match status.as_ref().and_then(Zval::array) {
        Some(status) => number_at(status, "opcache_enabled") == 1 && number_at(status, "restart_pending") == 1,
        // It does not tell; one request without it does no harm.
        None => is_on(),
    };
    if takes_old_code {
        ini::set_for_request(c"opcache.enable", c"0");
    }
}

/// What opcache says about itself, by [`FIGURES`]; none where it says nothing.
pub fn figures() -> Option<Vec<u64>> {
    if !may_use_opcache() {
        return None;
    }
    let status = call("opcache_get_status", vec![&false])?;
    let status = status.array()?;
    Some(FIGURES.iter().map(|path| number_at(status, path)).collect())
}

/// Invalidates each script below a prefix, and counts them.
fn invalidate(prefixes: &[Vec<u8>], count: &mut u64) -> Outcome {
    if function("opcache_invalidate").is_none() {
        return Outcome::DisableFunctions;
    }
    let prefixes: Vec<Vec<u8>> = prefixes.iter().flat_map(|prefix| spellings(prefix)).collect();
    // The list of all scripts may need more memory than the request has.
    let limit = ini::set_for_request(c"memory_limit", c"-1");
    let status = call("opcache_get_status", vec![&true]);
    let scripts = status.as_ref().and_then(|status| status.array()?.get("scripts")?.array());
    *count = 0;
    let paths =
        scripts.into_iter().flat_map(ZendHashTable::values).filter_map(|script| script.array()?.get("full_path"));
    for path in paths {
        let bytes = path.zend_str().map_or(&[][..], |path| path.as_bytes());
        if prefixes.iter().any(|prefix| bytes.starts_with(prefix)) {
            call("opcache_invalidate", vec![path, &true]);
            *count += 1;
        }
    }
    let knows_all = status.is_some();
    drop(status);
    if limit {
        ini::restore(c"memory_limit");
    }
    if knows_all { Outcome::Done } else { Outcome::DisableFunctions }
}

/// A prefix as it is, and with its links resolved, for opcache knows each script by where it lies: the links in its directory; and where the whole is
/// a link, what that leads to.
fn spellings(prefix: &[u8]) -> Vec<Vec<u8>> {
    let mut all = vec![prefix.to_vec()];
    let Some(slash) = prefix.iter().rposition(|&byte| byte == b'/').filter(|_| prefix.starts_with(b"/")) else {
        return all;
    };
    let (directory, rest) = prefix.split_at(slash + 1);
    let resolve = |path: &[u8]| Path::new(OsStr::from_bytes(path)).canonicalize().ok();
    let below = |path: PathBuf| {
        let mut bytes = path.into_os_string().into_vec();
        if bytes != b"/" {
            bytes.push(b'/');
        }
        bytes
    };
    if let Some(resolved) = resolve(directory) {
        all.push([&below(resolved), rest].concat());
    }
    if Path::new(OsStr::from_bytes(prefix)).is_symlink()
        && let Some(resolved) = resolve(prefix)
    {
        all.push(if resolved.is_dir() { below(resolved) } else { resolved.into_os_string().into_vec() });
    }
    all
}

/// Calls one of opcache's functions; none where there is no such function.
fn call(name: &str, arguments: Vec<&dyn IntoZvalDyn>) -> Option<Zval> {
    function(name)?.try_call(arguments).ok()
}

fn function(name: &str) -> Option<ZendCallable<'static>> {
    ZendCallable::try_from_name(name).ok()
}

/// The number, or truth, at a path of names in nested arrays; 0 where there is none.
fn number_at(table: &ZendHashTable, path: &str) -> u64 {
    let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
    let Some(value) = table.get(name) else { return 0 };
    match rest {
        Some(rest) => value.array().map_or(0, |table| number_at(table, rest)),
        None => value.long().map_or(u64::from(value.is_true()), |number| number.max(0) as u64),
    }
}
