//! Finding segments. Only their files' headers are read: nothing is mapped, so root may look.

use std::path::{Path, PathBuf};

use trove_shm::segment::Segment;
use trove_shm::segment::list::Found;

use crate::args::Global;
use crate::exit::{Exit, Failure};
use crate::owner::{Owner, user_name};

/// What a command does when nobody says which segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unnamed {
    /// It takes the only one that there is.
    TheOnlyOne,
    /// It takes all.
    All,
}

/// All segments that there are, those that cannot be used included.
///
/// # Errors
/// `NoSegment` where one that was named is not there, `Failed` where a directory cannot be read.
pub fn all(global: &Global) -> Result<Vec<Found>, Failure> {
    if !global.only.is_empty() {
        return paths(&global.only);
    }
    if global.segment.is_empty() {
        return in_directory(&global.directory);
    }
    let mut found: Vec<Found> = Vec::new();
    for wanted in &global.segment {
        let matching = if wanted.contains('/') { paths(&[PathBuf::from(wanted)])? } else { named(global, wanted)? };
        for one in matching {
            if !found.iter().any(|known| known.path == one.path) {
                found.push(one);
            }
        }
    }
    Ok(found)
}

/// The segments that a command is to act on: at least one, and each can be used.
///
/// # Errors
/// `NoSegment`; `Usage` where it is not clear which is meant; `Denied` where one that was named cannot be used.
pub fn select(global: &Global, unnamed: Unnamed) -> Result<Vec<Found>, Failure> {
    if global.all && !global.segment.is_empty() {
        return Err(Failure::new(Exit::Usage, "--all and --segment exclude each other"));
    }
    let found = all(global)?;
    if !global.segment.is_empty() || !global.only.is_empty() {
        return match found.iter().find_map(|one| Some((one, one.problem.as_ref()?))) {
            Some((one, problem)) => Err(Failure::new(Exit::Denied, format!("{}: {problem}", one.path.display()))),
            None => Ok(found),
        };
    }
    let (usable, others): (Vec<_>, Vec<_>) = found.into_iter().partition(|one| one.problem.is_none());
    if usable.is_empty() {
        return Err(no_segment(global, &others));
    }
    if usable.len() > 1 && !global.all && unnamed == Unnamed::TheOnlyOne {
        return Err(ambiguous("there are several segments; name one with --segment, or say --all", &usable));
    }
    Ok(usable)
}

/// The one segment that a command is to act on.
///
/// # Errors
/// As [`select`].
pub fn select_one(global: &Global) -> Result<Found, Failure> {
    let mut found = select(global, Unnamed::TheOnlyOne)?;
    match (found.pop(), found.is_empty()) {
        (Some(one), true) => Ok(one),
        (Some(last), false) => {
            found.push(last);
            Err(ambiguous("this command acts on one segment, and these are meant; name one by its path", &found))
        }
        (None, _) => Err(no_segment(global, &[])),
    }
}

/// Whose rights a segment is used with.
pub fn owner_of(found: &Found) -> Owner {
    Owner { user: found.owner, group: found.group }
}

/// The PHP build that a fingerprint names, for people.
pub fn build(fingerprint: &str) -> String {
    const VERSIONS: [(&str, &str); 5] = [
        ("20220829", "PHP 8.2"),
        ("20230831", "PHP 8.3"),
        ("20240924", "PHP 8.4"),
        ("20250925", "PHP 8.5"),
        ("20260924", "PHP 8.6"),
    ];
    let Some(rest) = fingerprint.strip_prefix("PHP API ") else { return fingerprint.to_owned() };
    let words: Vec<&str> = rest.split([' ', ',']).collect();
    let [api, threads, debug, ..] = words[..] else { return fingerprint.to_owned() };
    let version = VERSIONS.iter().find(|(known, _)| *known == api);
    let version = version.map_or_else(|| format!("API {api}"), |(_, version)| (*version).to_owned());
    format!("{version} {threads}{}", if debug == "debug" { " debug" } else { "" })
}

fn in_directory(directory: &Path) -> Result<Vec<Found>, Failure> {
    Segment::list(directory).map_err(|error| match directory.is_dir() {
        true => error.into(),
        false => Failure::new(Exit::NoSegment, format!("{}: there is no such directory", directory.display())),
    })
}

fn named(global: &Global, name: &str) -> Result<Vec<Found>, Failure> {
    let mut found = in_directory(&global.directory)?;
    found.retain(|one| one.name == name);
    // Those of others, and left-overs of older builds, are not meant where there is one that can be used.
    if found.iter().any(|one| one.problem.is_none()) {
        found.retain(|one| one.problem.is_none());
    }
    if found.is_empty() {
        let message = format!("there is no segment called {name:?} in {}", global.directory.display());
        return Err(Failure::new(Exit::NoSegment, message));
    }
    Ok(found)
}

fn paths(paths: &[PathBuf]) -> Result<Vec<Found>, Failure> {
    let find = |path: &PathBuf| {
        let none = || Failure::new(Exit::NoSegment, format!("{}: there is no such segment", path.display()));
        let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).ok_or_else(none)?;
        let found = in_directory(directory)?;
        found.into_iter().find(|one| one.path.file_name() == path.file_name()).ok_or_else(none)
    };
    paths.iter().map(find).collect()
}

fn no_segment(global: &Global, unusable: &[Found]) -> Failure {
    let directory = global.directory.display();
    if unusable.is_empty() {
        let message = format!("there is no segment in {directory} (see --directory; PHP makes one when it starts)");
        return Failure::new(Exit::NoSegment, message);
    }
    let each = |one: &Found| format!("\n  {}: {}", one.path.display(), one.problem.as_deref().unwrap_or_default());
    let lines: String = unusable.iter().map(each).collect();
    Failure::new(Exit::NoSegment, format!("no segment in {directory} can be used:{lines}"))
}

fn ambiguous(what: &str, found: &[Found]) -> Failure {
    let each = |one: &Found| {
        let build = one.fingerprint.as_deref().map(build).unwrap_or_default();
        format!("\n  {}  ({}, {build})", one.path.display(), user_name(one.owner))
    };
    let lines: String = found.iter().map(each).collect();
    Failure::new(Exit::Usage, format!("{what}:{lines}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_is_named_as_people_do() {
        assert_eq!(build("PHP API 20220829 NTS release, format 2"), "PHP 8.2 NTS");
        assert_eq!(build("PHP API 20990101 ZTS debug, format 2"), "API 20990101 ZTS debug");
        assert_eq!(build("something else"), "something else");
    }
}
