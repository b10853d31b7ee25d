//! Finding segments. Only their files' headers are read: nothing is mapped, so root may look.

use std::path::{Path, PathBuf};

use trove_shm::segment::Segment;
use trove_shm::segment::list::{Found, Problem};

use crate::args::Global;
use crate::exit::{Exit, Failure};
use crate::owner::{Owner, user_name};
use crate::text::{path, printable, printable_lines};

/// What a command does when nobody says which segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unnamed {
    /// It takes the only one that can be used.
    TheOnlyOne,
    /// The same; where others cannot be used, the caller has to know that they stay as they are.
    TheOnlyOneToChange,
    /// It takes all.
    All,
}

/// All segments that there are, those that cannot be used included; with `--mine`, without those of others.
///
/// # Errors
/// `NoSegment` where one that was named is not there, `Failed` where a directory cannot be read.
pub fn all(global: &Global) -> Result<Vec<Found>, Failure> {
    if !global.only.is_empty() {
        return paths(&global.only);
    }
    if global.segment.is_empty() {
        let mut found = in_directory(&global.directory)?;
        found.retain(|one| !global.mine || !is_of_another(one));
        return Ok(found);
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

/// The segments that a command is to act on: at least one that can be used, and those that cannot, of which [`crate::run::each`] makes failures.
///
/// # Errors
/// `NoSegment`; `Denied` where none can be used; `Usage` where it is not clear which is meant.
pub fn select(global: &Global, unnamed: Unnamed) -> Result<Vec<Found>, Failure> {
    if usize::from(global.all) + usize::from(global.mine) + usize::from(!global.segment.is_empty()) > 1 {
        return Err(Failure::new(Exit::Usage, "--all, --mine and --segment exclude each other"));
    }
    let mut found = all(global)?;
    let usable: Vec<&Found> = found.iter().filter(|one| one.problem.is_none()).collect();
    if usable.is_empty() {
        return Err(no_segment(global, &found));
    }
    let is_said = global.all || global.mine || !global.segment.is_empty() || !global.only.is_empty();
    if !is_said && unnamed != Unnamed::All && usable.len() > 1 {
        return Err(ambiguous("there are several segments; name one with --segment, or say --all", &usable));
    }
    if !is_said && unnamed == Unnamed::TheOnlyOne {
        found.retain(|one| one.problem.is_none());
    }
    Ok(found)
}

/// Why a segment cannot be used, and what helps; none where it can be.
pub fn problem(found: &Found) -> Option<Failure> {
    let problem = found.problem.as_ref()?;
    let why = if is_of_another(found) {
        format!("it belongs to user {} ({}) and may not be opened", user_name(found.owner), found.owner)
    } else {
        printable_lines(problem.to_string().as_bytes())
    };
    let remedy = remedy(found).map_or_else(String::new, |remedy| format!(": {remedy}"));
    Some(Failure::new(Exit::Denied, why + &remedy))
}

/// What helps where a segment cannot be used; none where the problem says so itself, or there is none.
pub fn remedy(found: &Found) -> Option<String> {
    let remove = || format!("if no running PHP uses it (fuser shows who does), remove it: rm {}", path(&found.path));
    match found.problem.as_ref()? {
        Problem::Closed(_) if is_of_another(found) => {
            Some("run this as root, or leave it out (--mine, --segment)".into())
        }
        Problem::Closed(_) | Problem::NoFile(_) => None,
        Problem::OtherBuild => Some(format!("use the trove command of that build; or, {}", remove())),
        Problem::Damaged(_) => Some(remove()),
    }
}

/// Whether it is somebody else's, of which nothing can be told.
pub fn is_of_another(found: &Found) -> bool {
    matches!(found.problem, Some(Problem::Closed(_))) && found.owner != rustix::process::geteuid().as_raw()
}

/// The one segment that a command is to act on.
///
/// # Errors
/// As [`select`].
pub fn select_one(global: &Global) -> Result<Found, Failure> {
    let mut found = select(global, Unnamed::TheOnlyOne)?;
    found.retain(|one| one.problem.is_none());
    match (found.pop(), found.is_empty()) {
        (Some(one), true) => Ok(one),
        (Some(last), false) => {
            found.push(last);
            let found: Vec<&Found> = found.iter().collect();
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

/// Said of a directory that is not there.
const NO_DIRECTORY: &str = "there is no such directory (see --directory: it is PHP's trove.directory)";

fn in_directory(directory: &Path) -> Result<Vec<Found>, Failure> {
    Segment::list(directory).map_err(|error| match directory.is_dir() {
        true => error.into(),
        false => Failure::new(Exit::NoSegment, format!("{}: {NO_DIRECTORY}", path(directory))),
    })
}

fn named(global: &Global, name: &str) -> Result<Vec<Found>, Failure> {
    let mut found = in_directory(&global.directory)?;
    found.retain(|one| one.name == name);
    // Those of others are not meant where there is one that can be used.
    if found.iter().any(|one| one.problem.is_none()) {
        found.retain(|one| !is_of_another(one));
    }
    if found.is_empty() {
        let directory = path(&global.directory);
        let message =
            format!("there is no segment called {name:?} in {directory}; trove list tells those that there are");
        return Err(Failure::new(Exit::NoSegment, message));
    }
    Ok(found)
}

fn paths(paths: &[PathBuf]) -> Result<Vec<Found>, Failure> {
    let find = |wanted: &PathBuf| {
        let none = || Failure::new(Exit::NoSegment, format!("{}: there is no such segment", path(wanted)));
        let directory = wanted.parent().filter(|parent| !parent.as_os_str().is_empty()).ok_or_else(none)?;
        let found = in_directory(directory)?;
        found.into_iter().find(|one| one.path.file_name() == wanted.file_name()).ok_or_else(none)
    };
    paths.iter().map(find).collect()
}

fn no_segment(global: &Global, unusable: &[Found]) -> Failure {
    let directory = path(&global.directory);
    if unusable.is_empty() {
        let whose = if global.mine { " of this user" } else { "" };
        let message =
            format!("there is no segment{whose} in {directory} (see --directory; PHP makes one when it starts)");
        return Failure::new(Exit::NoSegment, message);
    }
    let each = |one: &Found| {
        let why = problem(one).map(|failure| failure.message).unwrap_or_default();
        format!("\n  {}: {why}", path(&one.path))
    };
    let lines: String = unusable.iter().map(each).collect();
    Failure::new(Exit::Denied, format!("no segment can be used:{lines}"))
}

fn ambiguous(what: &str, found: &[&Found]) -> Failure {
    let each = |one: &&Found| {
        let build = one.fingerprint.as_deref().map(build).unwrap_or_default();
        format!("\n  {}  ({}, {})", path(&one.path), user_name(one.owner), printable(build.as_bytes()))
    };
    let lines: String = found.iter().map(each).collect();
    Failure::new(Exit::Usage, format!("{what}:{lines}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_is_named_as_people_do() {
        assert_eq!(build("PHP API 20220829 NTS release, format 3"), "PHP 8.2 NTS");
        assert_eq!(build("PHP API 20990101 ZTS debug, format 3"), "API 20990101 ZTS debug");
        assert_eq!(build("something else"), "something else");
    }
}
