//! A segment: the mapped memory, checked.
//!
//! `place` says where a file lies and whom it may belong to, `validate` whether its bytes can be a segment, `create` fills a new one,
//! `open` decides between the two, `file` gets memory from the file system, [`list`] looks after segments from outside. [`access`] then turns
//! positions into references.

pub mod access;
mod create;
mod file;
pub mod list;
mod map;
mod open;
mod place;
mod validate;

use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::Geometry;
use crate::error::Result;
use crate::sync::owner;
use crate::word::Ordering;
use map::Views;

/// How to open or create a segment.
#[derive(Debug, Clone)]
pub struct Options {
    /// Size in bytes, for creation.
    pub capacity: u64,
    /// Hint for the number of entries; 0 is none.
    pub entries_hint: u64,
    /// A file, or private memory (shared with children by fork only).
    pub backing: Backing,
    /// What an attaching process must share with the creator, in words (API number, ZTS, debug).
    pub fingerprint: String,
}

/// Where a segment lies.
#[derive(Debug, Clone)]
pub enum Backing {
    /// An anonymous memfd.
    Private,
    /// The file `directory/trove-<name>-<owner>-<fingerprint and layout, hashed>`; `<owner>` is the user's id, or `g` and the group's id
    /// where a group shares the segment.
    File {
        /// The directory, as an absolute path.
        directory: PathBuf,
        /// The segment's name: letters, digits, `_`, `-`, `.`; at most 64.
        name: String,
        /// File mode for creation: at least 0600; group write only with `group`; never world write.
        mode: u32,
        /// Group id for creation, and the only group that may write.
        group: Option<u32>,
    },
}

/// The mapped memory of a segment.
///
/// A file's length is trusted once it was checked: who may write the file could also truncate it and make every access of ours a SIGBUS, and
/// could as well write into values that PHP follows. That is why `open` is so strict about who may write. A file that is *deleted* stays whole
/// as long as a process has it. Private memory is sealed against truncation.
#[derive(Debug)]
pub struct Segment {
    views: Views,
    geometry: Geometry,
    fixed_base: u64,
    /// Open, and locked (flock(2), shared), as long as somebody is attached: see `open`.
    file: OwnedFd,
    path: Option<PathBuf>,
    replaced: Option<String>,
    differs: bool,
}

impl Segment {
    /// Learns what can be learnt only before the process is confined. Whoever opens segments after chroot(2) calls it before.
    pub fn prepare() {
        // Where it is not known, opening says so.
        let _ = create::boot_id();
        // Once it is known, no thread's fork(2) can catch another one at learning it, for which the child would wait for ever.
        let _ = owner::process_id();
    }

    /// Attaches to the segment, or creates it: decided by one atomic step.
    ///
    /// # Errors
    /// `Config` for options that are out of range; `Refused` for a directory or file that must not be used, with the remedy; `DirectoryFull`;
    /// `Os`.
    pub fn open(options: &Options) -> Result<Arc<Self>> {
        Self::prepare();
        open::open(options).map(Arc::new)
    }

    /// Attaches to a segment that is there, of whatever fingerprint: for tools, which look at bytes and follow no address in a value. Creates,
    /// replaces and removes nothing.
    ///
    /// # Errors
    /// `Refused` where there is none, or it belongs to somebody whom the caller should not trust, or is of another build of Trove; `Os`.
    pub fn attach(path: &Path) -> Result<Arc<Self>> {
        Self::prepare();
        open::attach(path).map(Arc::new)
    }

    /// Attaches anew, to what its file holds now, through the mapping that is there: to map it each time would take the fuzzer longer than all
    /// else.
    ///
    /// # Errors
    /// Why it cannot be attached to any more.
    #[cfg(trove_fuzz)]
    pub fn attach_again(&mut self) -> core::result::Result<(), String> {
        open::attach_again(self)
    }

    /// Reserves bytes `from` to `to` of the file from the file system, so that touching them cannot fail. For the heap, under its lock.
    ///
    /// # Errors
    /// [`crate::error::Error::DirectoryFull`], `Os`. A part of the range may be reserved then.
    pub fn commit(&self, from: u64, to: u64) -> Result<()> {
        file::reserve(&self.file, self.path.as_deref(), from, to.min(self.geometry.capacity))
    }

    /// Counts and offsets.
    #[must_use]
    pub fn geometry(&self) -> &Geometry {
        &self.geometry
    }

    /// Path of the file; none for private memory.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Whether the read-only view lies at its fixed address in this process.
    #[must_use]
    pub fn is_fixed(&self) -> bool {
        self.views.is_fixed()
    }

    /// Why a file that was there before had to go when this segment was created; none where there was none.
    #[must_use]
    pub fn replaced(&self) -> Option<&str> {
        self.replaced.as_deref()
    }

    /// Whether the segment was created with other sizes than the options name, and could not be replaced because others use it. It will be,
    /// by the first that opens it when nobody does.
    #[must_use]
    pub fn differs_from_options(&self) -> bool {
        self.differs
    }

    /// Whether whoever opens the segment now gets another one: the file was removed, or the segment retired. A system call.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        let is_unlinked = || rustix::fs::fstat(&self.file).is_ok_and(|file| file.st_nlink == 0);
        self.is_retired() || (self.path.is_some() && is_unlinked())
    }

    /// Whether the segment was retired after it was opened: those who open it now get another one.
    #[must_use]
    pub fn is_retired(&self) -> bool {
        self.header().retired.load(Ordering::Relaxed) != 0
    }
}
