//! UNSAFE: checked reads of payload bytes that may be written between two reads.
//!
//! Contract: a [`View`] borrows memory that stays readable for its lifetime. It is not a slice, since while a private payload is made into
//! values, its images are marked with what was made of them ([`super::make`]): each read is one of its own.
#![expect(unsafe_code, reason = "reads without borrowing the bytes")]

use core::marker::PhantomData;
use core::ptr;

use ext_php_rs::ffi::zend_string;

use super::image::STRING_HEADER;
use super::make::Buffer;
use crate::codec::Unreadable;

/// Bytes of a payload, 8-aligned at their start.
#[derive(Clone, Copy)]
pub struct View<'p> {
    start: *const u8,
    len: usize,
    payload: PhantomData<&'p ()>,
}

impl<'p> View<'p> {
    /// Of bytes in place.
    pub fn of(payload: &'p [u8]) -> Self {
        Self { start: payload.as_ptr(), len: payload.len(), payload: PhantomData }
    }

    /// Of a private payload.
    pub fn of_buffer(buffer: &'p Buffer) -> Self {
        Self { start: buffer.start(), len: buffer.len(), payload: PhantomData }
    }

    /// Its address.
    pub fn address(self) -> u64 {
        self.start as u64
    }

    /// The word at a byte.
    #[inline]
    pub fn u64(self, at: usize) -> Result<u64, Unreadable> {
        // SAFETY: eight readable bytes.
        self.check(at, 8).map(|place| unsafe { place.cast::<u64>().read_unaligned() })
    }

    /// The half word at a byte.
    #[inline]
    pub fn u32(self, at: usize) -> Result<u32, Unreadable> {
        // SAFETY: four readable bytes.
        self.check(at, 4).map(|place| unsafe { place.cast::<u32>().read_unaligned() })
    }

    /// The bytes from one on.
    #[inline]
    pub fn from(self, at: usize) -> Result<Self, Unreadable> {
        let start = self.check(at, 0)?;
        Ok(Self { start, len: self.len - at, payload: PhantomData })
    }

    /// The string image at the start.
    #[inline]
    pub fn string(self) -> Result<Image<'p>, Unreadable> {
        let len = usize::try_from(self.u64(16)?).map_err(|_| Unreadable)?;
        self.check(STRING_HEADER, len.checked_add(1).ok_or(Unreadable)?)?;
        Ok(Image { string: self.start.cast_mut().cast(), len, payload: PhantomData })
    }

    /// The place of `size` bytes.
    #[inline]
    fn check(self, at: usize, size: usize) -> Result<*const u8, Unreadable> {
        match at.checked_add(size) {
            // SAFETY: not beyond the end.
            Some(end) if end <= self.len => Ok(unsafe { self.start.add(at) }),
            _ => Err(Unreadable),
        }
    }
}

/// A string image, checked.
#[derive(Clone, Copy)]
pub struct Image<'p> {
    string: *mut zend_string,
    len: usize,
    payload: PhantomData<&'p ()>,
}

impl Image<'_> {
    /// As the engine's functions take it.
    pub(super) fn as_ptr(self) -> *mut zend_string {
        self.string
    }

    /// Length of its text.
    pub fn len(self) -> usize {
        self.len
    }

    /// Adds its text to `out`.
    pub fn append_to(self, out: &mut Vec<u8>) {
        out.reserve(self.len);
        // SAFETY: the text is `len` readable bytes; the vector has room for them.
        unsafe {
            let text = ptr::addr_of!((*self.string).val).cast::<u8>();
            ptr::copy_nonoverlapping(text, out.as_mut_ptr().add(out.len()), self.len);
            out.set_len(out.len() + self.len);
        }
    }
}
