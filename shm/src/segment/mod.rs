//! A segment: the mapped memory, checked.

pub mod access;
mod map;

use std::io;
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};
use std::path::PathBuf;
use std::sync::Arc;

use crate::config::Geometry;
use crate::error::{Error, Result};
use crate::layout::{LAYOUT_ID, MAGIC};
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
    /// The file `directory/trove-<name>-<uid>-<fingerprint and layout, hashed>`.
    File {
        /// The directory.
        directory: PathBuf,
        /// The segment's name: letters, digits, `_`, `-`, `.`; at most 64.
        name: String,
        /// File mode for creation.
        mode: u32,
        /// Group id for creation, and the only group that may write.
        group: Option<u32>,
    },
}

/// The mapped memory of a segment.
#[derive(Debug)]
pub struct Segment {
    views: Views,
    geometry: Geometry,
    fixed_base: u64,
    file: OwnedFd,
}

impl Segment {
    /// Attaches to the segment, or creates it: decided by one atomic step.
    ///
    /// # Errors
    /// `Refused`, `Config`, `DirectoryFull`, `Os`.
    pub fn open(options: &Options) -> Result<Arc<Self>> {
        // SKELETON: private memory only, nothing validated; replaced by `open.rs`.
        let geometry = Geometry::new(options.capacity, options.entries_hint)?;
        let os = |what: &str| Error::Os { what: what.into(), source: io::Error::last_os_error() };
        #[expect(unsafe_code, reason = "skeleton")]
        // SAFETY: a new descriptor, owned by nobody else.
        let file = unsafe { OwnedFd::from_raw_fd(libc::memfd_create(c"trove".as_ptr(), libc::MFD_CLOEXEC)) };
        std::fs::File::from(file.try_clone().map_err(|_| os("dup"))?)
            .set_len(geometry.capacity)
            .map_err(|_| os("ftruncate"))?;
        let fixed_base = 0x2000_0000_0000 + u64::from(std::process::id()) * (1 << 24);
        let views = Views::map(file.as_fd(), geometry.capacity as usize, fixed_base).map_err(|_| os("mmap"))?;
        let segment = Self { views, geometry, fixed_base, file };
        let h = segment.header();
        h.magic.store(MAGIC, Ordering::Relaxed);
        h.layout_id.store(LAYOUT_ID, Ordering::Relaxed);
        h.capacity.store(geometry.capacity, Ordering::Relaxed);
        h.era.word.store(1, Ordering::Relaxed);
        h.hash_seed.store(0x5eed, Ordering::Relaxed);
        for index in 0..geometry.slots {
            let slot = segment.slot(index);
            crate::sync::owner::init(slot).map_err(|source| Error::Os { what: "pthread_mutex_init".into(), source })?;
            slot.lo.store(u64::MAX, Ordering::Relaxed);
            slot.now_lo.store(u64::MAX, Ordering::Relaxed);
        }
        segment.heap().committed.store(geometry.blocks_at, Ordering::Relaxed);
        h.ready.store(1, Ordering::Release);
        let _ = segment.file.as_fd();
        Ok(Arc::new(segment))
    }

    /// Reserves bytes `from` to `to` of the file from the file system, so that touching them cannot fail.
    ///
    /// # Errors
    /// [`Error::DirectoryFull`].
    pub fn commit(&self, from: u64, to: u64) -> Result<()> {
        // SKELETON: as `open`.
        let wanted = to.saturating_sub(from);
        #[expect(unsafe_code, reason = "skeleton")]
        // SAFETY: fallocate(2) touches no memory.
        match unsafe { libc::fallocate(self.file.as_raw_fd(), 0, from as i64, wanted as i64) } {
            0 => Ok(()),
            _ => Err(Error::DirectoryFull { place: "memory".into(), wanted, available: 0 }),
        }
    }

    /// Counts and offsets.
    #[must_use]
    pub fn geometry(&self) -> &Geometry {
        &self.geometry
    }

    /// Path of the file; none for private memory.
    #[must_use]
    pub fn path(&self) -> Option<&std::path::Path> {
        todo!()
    }

    /// Whether the read-only view lies at its fixed address in this process.
    #[must_use]
    pub fn is_fixed(&self) -> bool {
        self.views.is_fixed()
    }
}
