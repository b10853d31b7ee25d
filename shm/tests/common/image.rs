//! A file's bytes, mapped, to be set back to what they were: only the pages that differ are written, and no page is given back to the kernel.
#![expect(unsafe_code, reason = "the bytes of a shared mapping")]

use std::fs::File;

use memmap2::{MmapOptions, MmapRaw};

const PAGE: usize = 4096;

/// The bytes of a file that nobody else uses while this is asked for anything.
pub struct Image {
    mapped: MmapRaw,
    good: Vec<u8>,
}

impl Image {
    /// The first bytes of `file`, which has as many as `good`.
    pub fn new(file: &File, good: Vec<u8>) -> Self {
        Self { mapped: MmapOptions::new().len(good.len()).map_raw(file).expect("mmap"), good }
    }

    /// Bytes of it.
    pub fn len(&self) -> usize {
        self.good.len()
    }

    /// Of another file, the same bytes.
    pub fn moved_to(&mut self, file: &File) {
        self.mapped = MmapOptions::new().len(self.len()).map_raw(file).expect("mmap");
    }

    /// Makes all bytes the good ones.
    pub fn reset(&mut self) {
        // SAFETY: mapped, of that length, as long as `self` lives; nobody else looks at the bytes meanwhile (`Image`).
        let bytes = unsafe { std::slice::from_raw_parts_mut(self.mapped.as_mut_ptr(), self.good.len()) };
        for (page, good) in bytes.chunks_mut(PAGE).zip(self.good.chunks(PAGE)) {
            if page != good {
                page.copy_from_slice(good);
            }
        }
    }

    /// Overwrites eight bytes.
    pub fn put(&mut self, at: usize, value: u64) {
        let at = at.min(self.good.len() - 8);
        // SAFETY: as in `reset`; the eight bytes lie inside.
        unsafe { self.mapped.as_mut_ptr().add(at).cast::<[u8; 8]>().write(value.to_le_bytes()) };
    }
}
