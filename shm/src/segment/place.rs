//! Where a segment's file lies, and whom it may belong to.
//!
//! Values in a segment hold addresses that PHP follows, so mapping a segment is trusting everybody who may write it:
//!
//! | who opens | owner of the file | group may write | verdict |
//! |---|---|---|---|
//! | user u | u | no, or it is the configured group | fine |
//! | user u | u | another group | replaced |
//! | user u | another user | it is the configured group | fine |
//! | user u | root | no | fine (where it can be opened at all) |
//! | user u | another user | otherwise | refused |
//! | root | root | no | fine |
//! | root | root | yes | replaced |
//! | root | another user | any | refused |
//!
//! Whatever the world may write is replaced where it is ours, else refused; so is a symbolic link, or anything that is no regular file.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::Xxh3;

use super::Backing;
use crate::error::{Error, Result};
use crate::layout::LAYOUT_ID;

/// Longest name of a segment.
const MAX_NAME: usize = 64;

/// The paths of a segment, and who may own it.
#[derive(Debug)]
pub(super) struct Place {
    /// The directory.
    pub directory: PathBuf,
    /// The segment's file.
    pub path: PathBuf,
    /// The file while it is being created.
    pub fresh: PathBuf,
    /// Mode for creation.
    pub mode: u32,
    /// Group for creation.
    pub group: Option<u32>,
    /// Effective user of the caller.
    user: u32,
}

/// What may be done with a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It may be looked into.
    Fine,
    /// It is ours, and others may have written it.
    Replace(String),
    /// Hands off.
    Refuse(String),
}

impl Place {
    /// The place that `backing` names; none for private memory.
    ///
    /// # Errors
    /// `Config` for a bad name or mode, `Refused` for a directory that is no good.
    pub fn of(backing: &Backing, fingerprint: &str) -> Result<Option<Self>> {
        let Backing::File { directory, name, mode, group } = backing else { return Ok(None) };
        let user = rustix::process::geteuid().as_raw();
        check_name(name)?;
        check_mode(*mode, *group, user)?;
        check_directory(directory, group.is_some())?;
        let shared = group.filter(|_| mode & 0o020 != 0);
        let owner = shared.map_or_else(|| user.to_string(), |group| format!("g{group}"));
        let file = format!("trove-{name}-{owner}-{:016x}", fingerprint_hash(fingerprint));
        Ok(Some(Self {
            path: directory.join(&file),
            fresh: directory.join(file + ".new"),
            directory: directory.clone(),
            mode: mode & 0o777,
            group: *group,
            user,
        }))
    }

    /// The place of a file that is called like a segment, for whoever looks at what others have made: the group that may write is the one that
    /// the name says.
    pub fn of_file(path: &Path) -> Option<Self> {
        let file = path.file_name()?.to_str()?;
        let (_, owner) = name_in(file)?;
        Some(Self {
            path: path.into(),
            fresh: path.with_file_name(format!("{file}.new")),
            directory: path.parent()?.into(),
            mode: 0o600,
            group: owner.strip_prefix('g').and_then(|group| group.parse().ok()),
            user: rustix::process::geteuid().as_raw(),
        })
    }

    /// Judges an open file by what fstat(2) says of it.
    pub fn judge(&self, file: &Metadata) -> Verdict {
        let (owner, mode) = (file.uid(), file.mode());
        let ours = owner == self.user;
        if !file.is_file() {
            return Verdict::Refuse("it is not a regular file; remove it".into());
        }
        let verdict = |why: String| if ours { Verdict::Replace(why) } else { Verdict::Refuse(why + "; remove it") };
        if mode & 0o002 != 0 {
            return verdict(format!("everybody may write to it (user {owner}, mode {:04o})", mode & 0o7777));
        }
        if self.user == 0 && !ours {
            return Verdict::Refuse(format!(
                "it belongs to user {owner}; root does not map what a lesser user may write: run as that user, or remove it"
            ));
        }
        let group_writes = mode & 0o020 != 0;
        let our_group = self.user != 0 && self.group == Some(file.gid());
        if group_writes && !our_group {
            return verdict(format!("group {} may write to it, which is not the configured one", file.gid()));
        }
        if ours || owner == 0 || group_writes {
            Verdict::Fine
        } else {
            Verdict::Refuse(format!(
                "it belongs to user {owner}, not to user {}; remove it, or use another name",
                self.user
            ))
        }
    }

    /// Whether the file is the caller's own, to be replaced where its content is no good.
    pub fn is_ours(&self, file: &Metadata) -> bool {
        file.uid() == self.user
    }

    /// For an error that the file at `path` caused.
    pub fn refuse(&self, path: &Path, why: impl Into<String>) -> Error {
        Error::Refused { path: path.to_path_buf(), why: why.into() }
    }

    /// For an error of the directory when a file is created in it.
    pub fn directory_error(&self, error: std::io::Error) -> Error {
        use std::io::ErrorKind::{NotFound, PermissionDenied, ReadOnlyFilesystem};
        match error.kind() {
            PermissionDenied | ReadOnlyFilesystem | NotFound => self.refuse(
                &self.directory,
                format!(
                    "user {} may not create files there ({error}); give write permission, or use another directory",
                    self.user
                ),
            ),
            _ => Error::Os { what: format!("creating {}", self.fresh.display()), source: error },
        }
    }
}

/// What stands in a segment's name and header for its users' fingerprint and this build's layout.
pub(super) fn fingerprint_hash(fingerprint: &str) -> u64 {
    let mut hash = Xxh3::new();
    hash.update(fingerprint.as_bytes());
    hash.update(&LAYOUT_ID.to_le_bytes());
    hash.digest()
}

/// The segment's name and its owner, a user's number or `g` and a group's, in a file's name.
pub(super) fn name_in(file: &str) -> Option<(&str, &str)> {
    let mut parts = file.strip_prefix("trove-")?.rsplitn(3, '-');
    let (hash, owner, name) = (parts.next()?, parts.next()?, parts.next()?);
    let is_hash = hash.len() == 16 && hash.bytes().all(|b| b.is_ascii_hexdigit());
    let is_owner = owner.strip_prefix('g').unwrap_or(owner).parse::<u32>().is_ok();
    (is_hash && is_owner && !name.is_empty()).then_some((name, owner))
}

fn check_name(name: &str) -> Result<()> {
    let is_fine = |b: u8| b.is_ascii_alphanumeric() || b"_-.".contains(&b);
    if !name.is_empty() && name.len() <= MAX_NAME && name.bytes().all(is_fine) {
        return Ok(());
    }
    Err(Error::Config {
        what: "the segment's name",
        value: format!("{name:?}"),
        allowed: format!("1 to {MAX_NAME} letters, digits, '_', '-' and '.'"),
    })
}

fn check_mode(mode: u32, group: Option<u32>, user: u32) -> Result<()> {
    let allowed = match () {
        () if mode & !0o777 != 0 => "file permissions only",
        () if mode & 0o600 != 0o600 => "read and write for the owner at least",
        () if mode & 0o002 != 0 => "no write permission for everybody",
        () if mode & 0o020 != 0 && group.is_none() => "write permission for a group only where the group is named",
        () if mode & 0o020 != 0 && user == 0 => "no write permission for a group where root opens the segment",
        () => return Ok(()),
    };
    Err(Error::Config { what: "the segment's file mode", value: format!("{mode:04o}"), allowed: allowed.into() })
}

fn check_directory(directory: &Path, for_group: bool) -> Result<()> {
    let refuse = |why: &str| Err(Error::Refused { path: directory.to_path_buf(), why: why.into() });
    if !directory.is_absolute() {
        return refuse("the directory must be an absolute path");
    }
    let meta = match directory.metadata() {
        Ok(meta) => meta,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            return refuse("there is no such directory; create it, or use another one");
        }
        Err(e) => return refuse(&format!("the directory cannot be looked at ({e}); use another one")),
    };
    let mode = meta.mode();
    if !meta.is_dir() {
        return refuse("it is not a directory; use another one");
    }
    if mode & 0o002 != 0 && mode & 0o1000 == 0 {
        return refuse(
            "everybody may replace files in the directory; set its sticky bit (chmod +t), or use another one",
        );
    }
    if for_group && mode & 0o002 != 0 && mode & 0o2000 != 0 {
        return refuse(
            "everybody may create files of the directory's group in it; remove its setgid bit, or use another one",
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, mode: u32, group: Option<u32>) -> Backing {
        Backing::File { directory: "/tmp".into(), name: name.into(), mode, group }
    }

    #[test]
    fn names_and_modes_are_checked() {
        for name in ["", "a/b", "..\0", "caf\u{e9}", &"x".repeat(65), "a b"] {
            assert!(matches!(Place::of(&file(name, 0o600, None), ""), Err(Error::Config { .. })), "{name}");
        }
        for name in ["a", "..", "A-b_c.9", &"x".repeat(64)] {
            assert!(Place::of(&file(name, 0o600, None), "").is_ok(), "{name}");
        }
        for (mode, group) in [(0o400, None), (0o602, None), (0o620, None), (0o4600, None), (0, Some(5))] {
            assert!(matches!(Place::of(&file("a", mode, group), ""), Err(Error::Config { .. })), "{mode:o}");
        }
        assert!(check_mode(0o660, Some(5), 1000).is_ok());
        assert!(check_mode(0o660, Some(5), 0).is_err(), "root shares nothing writable with a group");
    }

    #[test]
    fn the_path_tells_name_owner_and_fingerprint() {
        let place = |fingerprint| Place::of(&file("site", 0o600, None), fingerprint).unwrap().unwrap();
        let name = place("php 8.2").path.file_name().unwrap().to_str().unwrap().to_owned();
        let user = rustix::process::geteuid().as_raw();
        assert!(name.starts_with(&format!("trove-site-{user}-")), "{name}");
        assert_ne!(place("php 8.2").path, place("php 8.3").path);
        assert_eq!(place("php 8.2").path, place("php 8.2").path);
        assert!(Place::of(&Backing::Private, "").unwrap().is_none());
    }
}
