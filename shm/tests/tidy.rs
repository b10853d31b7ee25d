//! What the whole repository keeps to and no compiler checks: length and head of files, ASCII, where `unsafe` may stand, who may name
//! whom.

use std::fs;
use std::path::{Path, PathBuf};

/// Longest file, in lines.
const MAX_LINES: usize = 500;

/// The only files with `unsafe` in them, besides tests that fork. Each says why at its top.
const MAY_BE_UNSAFE: &[&str] = &[
    "shm/src/layout/mod.rs",
    "shm/src/segment/map.rs",
    "shm/src/segment/access.rs",
    "shm/src/sync/fork.rs",
    "shm/src/sync/futex.rs",
    "shm/src/sync/owner.rs",
    "shm/tests/common/",
    "ext/zend/",
    // The crash test's suicide, and cells of loom's in its models.
    "shm/src/word.rs",
    "shm/src/lease/models.rs",
    "shm/src/sync/lock_models.rs",
];

/// The engine's modules, bottom up: a file names only its own line and those above it (see `docs/architecture.md`).
const LAYERS: &[&[&str]] = &[
    &["offset", "word", "error", "kind"],
    &["layout", "text", "early"],
    &["config"],
    &["segment", "sync"],
    &["heap"],
    &["reclaim", "spare", "timed"],
    &["caches", "stats"],
    &["lease", "resets"],
    &["table", "tags"],
    &["evict", "recover", "check", "seat"],
    &["cache"],
];

#[test]
fn files_are_short_and_in_ascii() {
    let written = ["rs", "php", "inc", "phpt", "sh", "md", "toml", "txt"];
    let faults = faults(&written, |path, text| {
        let mut faults = Vec::new();
        let lines = text.lines().count();
        if lines > MAX_LINES && !path.ends_with(".md") {
            faults.push(format!("{path}: {lines} lines"));
        }
        if let (true, Some(at)) = (path.ends_with(".rs"), text.lines().position(|line| !line.is_ascii())) {
            faults.push(format!("{path}:{}: not ASCII", at + 1));
        }
        faults
    });
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn rust_files_say_first_what_they_are() {
    let faults = faults(&["rs"], |path, text| {
        if text.starts_with("//! ") { Vec::new() } else { vec![format!("{path}: does not start with //!")] }
    });
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn unsafe_code_stays_where_it_is_argued_for() {
    let faults = faults(&["rs"], |path, text| {
        if path == file!() || MAY_BE_UNSAFE.iter().any(|allowed| path.starts_with(allowed)) {
            return Vec::new();
        }
        let found = code(text).find(|(_, line)| {
            ["unsafe {", "unsafe fn", "unsafe impl", "unsafe trait", "unsafe extern"]
                .iter()
                .any(|word| line.contains(word))
        });
        found.map(|(number, _)| format!("{path}:{number}: unsafe")).into_iter().collect()
    });
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_engine_has_one_door_to_atomics() {
    let faults = faults(&["rs"], |path, text| {
        if !path.starts_with("shm/src/") || path == "shm/src/word.rs" {
            return Vec::new();
        }
        let found = code(text).find(|(_, line)| line.contains("sync::atomic"));
        found.map(|(number, _)| format!("{path}:{number}: names sync::atomic, not word")).into_iter().collect()
    });
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_engine_is_layered() {
    let rank = |module: &str| LAYERS.iter().position(|layer| layer.contains(&module));
    let faults = faults(&["rs"], |path, text| {
        let Some(inside) = path.strip_prefix("shm/src/") else { return Vec::new() };
        let module = inside.split(['/', '.']).next().unwrap_or_default();
        if module == "lib" {
            return Vec::new();
        }
        let Some(own) = rank(module) else { return vec![format!("{path}: in no layer")] };
        let mut faults = Vec::new();
        for (number, line) in code(text) {
            for named in line.split("crate::").skip(1) {
                let named = named.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
                if rank(named).is_some_and(|other| other > own) {
                    faults.push(format!("{path}:{number}: names {named}, which stands above it"));
                }
            }
        }
        faults
    });
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Numbered lines of a file without its comments and its unit tests (which come last).
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .take_while(|(_, line)| !line.starts_with("#[cfg(test)]"))
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
        .map(|(at, line)| (at + 1, line))
}

/// What `check` finds in the files with one of these extensions, given each one's path from the root and its text.
fn faults(extensions: &[&str], check: impl Fn(&str, &str) -> Vec<String>) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("shm lies below the root");
    let mut files = Vec::new();
    collect(root, &mut files);
    assert!(files.len() > 20, "the walk has lost its way: {} files", files.len());
    let mut faults = Vec::new();
    for file in files {
        let wanted = file.extension().is_some_and(|extension| extensions.iter().any(|wanted| extension == *wanted));
        if let (true, Ok(text)) = (wanted, fs::read_to_string(&file)) {
            let path = file.strip_prefix(root).expect("the walk began at the root");
            faults.extend(check(&path.to_string_lossy(), &text));
        }
    }
    faults
}

/// All files below a directory but for what is built or hidden.
fn collect(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("a directory of the repository").flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with('.') || name == "target" {
            continue;
        }
        let path = entry.path();
        if path.is_dir() { collect(&path, files) } else { files.push(path) }
    }
}
