//! Segments from outside: what lies in a directory, and removing one. For tools; nothing is mapped.

use core::mem::offset_of;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};

use super::file::os_error;
use super::open::{open_file, read_facts};
use super::validate::Expected;
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
    /// Length in bytes.
    pub bytes: u64,
    /// Why this build cannot use it, where that is so. The fingerprint is not looked at.
    pub problem: Option<String>,
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
            let Some(name) = path.file_name().and_then(|n| n.to_str()).and_then(name_in) else { continue };
            // It may be gone by now.
            let Ok(meta) = path.symlink_metadata() else { continue };
            let (owner, bytes) = (meta.uid(), meta.len());
            found.push(Found { name: name.to_owned(), owner, bytes, problem: problem(&path).err(), path });
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
        if path.file_name().and_then(|n| n.to_str()).and_then(name_in).is_none() {
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

/// The open file of a valid segment, or what is wrong with it.
fn problem(path: &Path) -> core::result::Result<std::fs::File, String> {
    let file = match open_file(path) {
        Ok(Some(file)) => file,
        Ok(None) => return Err("it is gone".into()),
        Err(Error::Refused { why, .. }) => return Err(why),
        Err(e) => return Err(e.to_string()),
    };
    let meta = file.metadata().map_err(|e| e.to_string())?;
    if !meta.is_file() {
        return Err("it is not a regular file".into());
    }
    let boot_id = create::boot_id().map_err(|e| e.to_string())?;
    read_facts(&file, Expected { fingerprint: None, boot_id, len: meta.len() }).map(|_| file)
}

/// The segment's name in a file's name.
fn name_in(file: &str) -> Option<&str> {
    let mut parts = file.strip_prefix("trove-")?.rsplitn(3, '-');
    let (hash, owner, name) = (parts.next()?, parts.next()?, parts.next()?);
    let is_hash = hash.len() == 16 && hash.bytes().all(|b| b.is_ascii_hexdigit());
    let is_owner = owner.strip_prefix('g').unwrap_or(owner).parse::<u32>().is_ok();
    (is_hash && is_owner && !name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_file_names() {
        assert_eq!(name_in("trove-site-33-0123456789abcdef"), Some("site"));
        assert_eq!(name_in("trove-my-site-g33-0123456789abcdef"), Some("my-site"));
        for other in
            ["trove-site-33-0123456789abcdef.new", "trove-33-0123456789abcdef", "trove-a-x-0123456789abcdef", "sem.x"]
        {
            assert_eq!(name_in(other), None, "{other}");
        }
    }
}
