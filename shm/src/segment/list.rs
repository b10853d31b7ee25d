//! Segments from outside: what lies in a directory, and removing one. For tools; nothing is mapped.

use core::fmt;
use core::mem::offset_of;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{FlockOperation, Timespec, Timestamps, UTIME_NOW, UTIME_OMIT};

use super::file::os_error;
use super::open::{is_named, lock, open_file, read_facts};
use super::place::name_in;
use super::validate::{Expected, OTHER_BUILD};
use super::{Segment, create};
use crate::error::{Error, Result};
use crate::layout::Header;

/// A segment's file in a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The file.
    pub path: PathBuf,
    /// The segment's name.
    pub name: String,
    /// User id of its owner.
    pub owner: u32,
    /// Group id of the file.
    pub group: u32,
    /// Length in bytes.
    pub bytes: u64,
    /// Why this process cannot use it, where that is so. The fingerprint is not looked at.
    pub problem: Option<Problem>,
    /// The fingerprint that it was created with; none where there is a problem.
    pub fingerprint: Option<String>,
}

/// Why a segment's file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// This process may not open it: why, and the remedy.
    Closed(String),
    /// It is no regular file, or gone: what it is, and the remedy.
    NoFile(String),
    /// Another build of Trove has laid it out, whose processes may well be using it.
    OtherBuild,
    /// It is damaged, or was never finished: what is wrong with it.
    Damaged(String),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed(why) | Self::NoFile(why) | Self::Damaged(why) => f.write_str(why),
            Self::OtherBuild => f.write_str(OTHER_BUILD),
        }
    }
}

impl Segment {
    /// The segments of all users and fingerprints in a directory, by path.
    ///
    /// # Errors
    /// `Os` where the directory cannot be read.
    pub fn list(directory: &Path) -> Result<Vec<Found>> {
        let error = |e| os_error(format!("reading {}", directory.display()), e);
        let mut found = Vec::new();
        for file in directory.read_dir().map_err(error)? {
            let path = file.map_err(error)?.path();
            let Some(name) = segment_name(&path) else { continue };
            // It may be gone by now.
            let Ok(meta) = path.symlink_metadata() else { continue };
            let (fingerprint, problem) = match problem(&path).and_then(|file| fingerprint(&file)) {
                Ok(fingerprint) => (Some(fingerprint), None),
                Err(why) => (None, Some(why)),
            };
            let (name, owner, group, bytes) = (name.to_owned(), meta.uid(), meta.gid(), meta.len());
            found.push(Found { path, name, owner, group, bytes, problem, fingerprint });
        }
        found.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(found)
    }

    /// Removes a segment's file. Those who are attached keep what they have, and [`Segment::is_retired`] tells them; who opens it from now on
    /// gets a new one.
    ///
    /// # Errors
    /// `Refused` where it is not called like a segment, or is no regular file; `Os`.
    pub fn remove(path: &Path) -> Result<()> {
        if segment_name(path).is_none() {
            return Err(Error::Refused { path: path.into(), why: "it is not called like a segment".into() });
        }
        let failed = |e| os_error(format!("removing {}", path.display()), e);
        // Written only where it is one: what else lies there is just removed.
        if let Ok(file) = problem(path) {
            let at = offset_of!(Header, retired) as u64;
            file.write_all_at(&1u32.to_ne_bytes(), at).map_err(failed)?;
        }
        std::fs::remove_file(path).map_err(failed)
    }
}

fn segment_name(path: &Path) -> Option<&str> {
    path.file_name()?.to_str().and_then(name_in).map(|(name, _)| name)
}

/// What a segment was created with.
fn fingerprint(file: &std::fs::File) -> core::result::Result<String, Problem> {
    let mut text = [0; 64];
    let at = offset_of!(Header, fingerprint_text) as u64;
    file.read_exact_at(&mut text, at).map_err(|e| Problem::Damaged(format!("it cannot be read ({e})")))?;
    Ok(String::from_utf8_lossy(&text).trim_end_matches('\0').to_owned())
}

impl Segment {
    /// Notes in the file that it is in use, for [`Segment::remove_unused_builds`] of others. For people, it is the time of the file.
    pub fn note_use(&self) {
        if self.path.is_none() {
            return;
        }
        let time = |nanoseconds| Timespec { tv_sec: 0, tv_nsec: nanoseconds };
        let times = Timestamps { last_access: time(UTIME_OMIT), last_modification: time(UTIME_NOW) };
        // Best effort: at worst it is taken for older than it is.
        let _ = rustix::fs::futimens(&self.file, &times);
    }

    /// Removes the segments of other builds of PHP or Trove that have this one's directory, name and owner, that nobody is attached to, and that
    /// nobody has used for `grace`: what an upgrade leaves. Returns how many.
    pub fn remove_unused_builds(&self, grace: Duration) -> usize {
        let Some(path) = &self.path else { return 0 };
        let (Some(directory), Some(own)) = (path.parent(), path.file_name().and_then(|n| n.to_str())) else { return 0 };
        let Some((prefix, _)) = own.rsplit_once('-') else { return 0 };
        let is_other_build = |file: &str| {
            file != own && name_in(file).is_some() && file.rsplit_once('-').is_some_and(|(rest, _)| rest == prefix)
        };
        let files = directory.read_dir().into_iter().flatten().flatten();
        files
            .filter(|file| file.file_name().to_str().is_some_and(is_other_build))
            .filter(|file| remove_if_unused(&file.path(), grace).unwrap_or(false))
            .count()
    }
}

/// Removes a segment's file of ours that nobody is attached to. Whoever opens it meanwhile finds it locked, or without its name, and looks anew.
fn remove_if_unused(path: &Path, grace: Duration) -> Result<bool> {
    let Some(file) = open_file(path)? else { return Ok(false) };
    let meta = file.metadata().map_err(|e| os_error(format!("fstat {}", path.display()), e))?;
    let is_ours = meta.is_file() && meta.uid() == rustix::process::geteuid().as_raw();
    // A file of the future is not old.
    let is_old = meta.modified().ok().and_then(|at| at.elapsed().ok()).is_some_and(|age| age >= grace);
    if !is_ours || !is_old || !lock(&file, FlockOperation::NonBlockingLockExclusive)? || !is_named(&meta, path) {
        return Ok(false);
    }
    std::fs::remove_file(path).map_err(|e| os_error(format!("removing {}", path.display()), e))?;
    Ok(true)
}

/// The open file of a valid segment, or what is wrong with it.
fn problem(path: &Path) -> core::result::Result<std::fs::File, Problem> {
    let closed = |e: &dyn fmt::Display| Problem::Closed(e.to_string());
    let file = match open_file(path) {
        Ok(Some(file)) => file,
        Ok(None) => return Err(Problem::NoFile("it is gone".into())),
        Err(Error::Refused { why, .. }) if path.symlink_metadata().is_ok_and(|meta| !meta.is_file()) => {
            return Err(Problem::NoFile(why));
        }
        Err(Error::Refused { why, .. }) => return Err(Problem::Closed(why)),
        Err(e) => return Err(closed(&e)),
    };
    let meta = file.metadata().map_err(|e| closed(&e))?;
    if !meta.is_file() {
        return Err(Problem::NoFile("it is not a regular file; remove it".into()));
    }
    let boot_id = create::boot_id().map_err(|e| closed(&e))?;
    match read_facts(&file, Expected { fingerprint: None, boot_id, len: meta.len() }) {
        Ok(_) => Ok(file),
        Err(why) if why == OTHER_BUILD => Err(Problem::OtherBuild),
        Err(why) => Err(Problem::Damaged(why)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_file_names() {
        assert_eq!(name_in("trove-site-33-0123456789abcdef"), Some(("site", "33")));
        assert_eq!(name_in("trove-my-site-g33-0123456789abcdef"), Some(("my-site", "g33")));
        for other in
            ["trove-site-33-0123456789abcdef.new", "trove-33-0123456789abcdef", "trove-a-x-0123456789abcdef", "sem.x"]
        {
            assert_eq!(name_in(other), None, "{other}");
        }
    }
}
