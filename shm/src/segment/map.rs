//! UNSAFE: the two mappings of a segment.
//!
//! Contract: [`Views`] owns two shared mappings of the same `len` bytes of one file. Both stay mapped, at the same place, as long as the
//! value lives; the read-only one is never mapped writable. Nothing here looks at the bytes.
#![expect(unsafe_code, reason = "mmap(2) and munmap(2)")]

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};

use memmap2::{MmapOptions, MmapRaw};

/// The read-write view, and the read-only one.
#[derive(Debug)]
pub struct Views {
    write: MmapRaw,
    read: *const u8,
    len: usize,
    fixed: bool,
}

// SAFETY: the mappings are shared memory of which every word is accessed atomically (see `layout`); the struct itself is immutable.
unsafe impl Send for Views {}
// SAFETY: as above.
unsafe impl Sync for Views {}

impl Views {
    /// Maps `len` bytes of `file` twice; the read-only view at `wanted` where that range is free, elsewhere where it is not.
    ///
    /// # Errors
    /// What mmap(2) reports.
    pub fn map(file: BorrowedFd<'_>, len: usize, wanted: u64) -> io::Result<Self> {
        let write = MmapOptions::new().len(len).map_raw(file.as_raw_fd())?;
        let at = |address: u64, flags: libc::c_int| {
            // SAFETY: a new mapping of an open file; MAP_FIXED_NOREPLACE never replaces one that is there.
            let p = unsafe {
                libc::mmap(
                    address as *mut libc::c_void,
                    len,
                    libc::PROT_READ,
                    libc::MAP_SHARED | flags,
                    file.as_raw_fd(),
                    0,
                )
            };
            if p == libc::MAP_FAILED { Err(io::Error::last_os_error()) } else { Ok(p.cast::<u8>().cast_const()) }
        };
        if cfg!(trove_tsan) {
            // The thread sanitizer knows places by their addresses: for it, both views are one. (Where values are kept it has memory of its own.)
            let read = write.as_mut_ptr().cast_const();
            return Ok(Self { write, read, len, fixed: false });
        }
        // A kernel before 4.17 does not know the flag and takes the address as a hint: then, too, the view may lie elsewhere.
        let read = at(wanted, libc::MAP_FIXED_NOREPLACE).or_else(|_| at(0, 0))?;
        Ok(Self { write, read, len, fixed: read as u64 == wanted })
    }

    /// Start of the read-write view.
    #[inline]
    pub fn write(&self) -> *mut u8 {
        self.write.as_mut_ptr()
    }

    /// Start of the read-only view.
    #[inline]
    pub fn read(&self) -> *const u8 {
        self.read
    }

    /// Whether the read-only view lies where it was wanted.
    #[inline]
    pub fn is_fixed(&self) -> bool {
        self.fixed
    }

    /// The same mapping, where the read-only view is wanted elsewhere.
    #[cfg(trove_fuzz)]
    pub fn moved(&mut self, wanted: u64) {
        self.fixed = self.read as u64 == wanted;
    }

    /// Bytes in each view.
    #[inline]
    pub fn len(&self) -> usize {
        self.len
    }
}

impl Drop for Views {
    fn drop(&mut self) {
        if cfg!(trove_tsan) {
            return;
        }
        // SAFETY: the range was mapped by `map` and is unmapped once, here.
        unsafe { libc::munmap(self.read.cast_mut().cast(), self.len) };
    }
}
