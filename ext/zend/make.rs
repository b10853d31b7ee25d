//! UNSAFE: makes PHP's strings and arrays of images.
//!
//! Contract: an image was written by `zend::image` of this very build (the segment's fingerprint sees to that), and a slice that is said to
//! be *in place* lies in the read-only view at the address that it was written for and stays there until the end of the request. Images that
//! are not in place are checked before ([`crate::codec`]'s `rebase`). Allocating may leave by a bailout.
#![expect(unsafe_code, reason = "PHP's values are made by pointer")]

use core::{ptr, slice};

use ext_php_rs::alloc;
use ext_php_rs::ffi::{
    _zend_array, _zend_string, GC_NOT_COLLECTABLE, HASH_FLAG_PACKED, HASH_FLAG_STATIC_KEYS, IS_ARRAY, IS_ARRAY_EX,
    IS_STR_VALID_UTF8, IS_STRING, IS_STRING_EX, zend_array_dup, zend_empty_array, zend_empty_string,
    zend_one_char_string,
};
use ext_php_rs::types::Zval;
use ext_php_rs::zend::{bailout, try_catch};

use super::image::{ARRAY_ROOT, Cell, STRING_HEADER, TABLE};
use crate::codec::Unreadable;

/// The engine wants to end the request, and waits.
#[derive(Debug)]
pub struct Bailout(());

impl Bailout {
    /// Lets it. The caller owns nothing that must be dropped.
    pub fn resume(self) -> ! {
        // SAFETY: the engine's own way; by the contract nothing between here and its catch point needs to be dropped.
        unsafe { bailout() }
    }
}

/// Bytes in the engine's memory: 8-aligned, given back when dropped, and at the latest at the end of the request.
pub struct Buffer {
    start: *mut u8,
    len: usize,
}

impl Buffer {
    /// Copies `bytes`, at least one.
    ///
    /// # Errors
    /// PHP's memory limit is reached.
    pub fn copy_of(bytes: &[u8]) -> Result<Self, Bailout> {
        let len = bytes.len();
        let layout = core::alloc::Layout::array::<u8>(len).map_err(|_| Bailout(()))?;
        let start = try_catch(|| alloc::emalloc(layout)).map_err(|_| Bailout(()))?;
        // SAFETY: both have `len` bytes, and the new ones are nobody else's.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), start, len) };
        Ok(Self { start, len })
    }

    /// `len` zeros, at least one.
    ///
    /// # Errors
    /// PHP's memory limit is reached.
    pub fn zeroed(len: usize) -> Result<Self, Bailout> {
        let layout = core::alloc::Layout::array::<u8>(len).map_err(|_| Bailout(()))?;
        let start = try_catch(|| alloc::emalloc(layout)).map_err(|_| Bailout(()))?;
        // SAFETY: they are `len` bytes, and nobody else's.
        unsafe { ptr::write_bytes(start, 0, len) };
        Ok(Self { start, len })
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: `len` initialised bytes, ours.
        unsafe { slice::from_raw_parts(self.start, self.len) }
    }

    /// Its first byte.
    pub(super) fn start(&self) -> *const u8 {
        self.start
    }

    /// How many bytes.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Its bytes, to change them.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: `len` initialised bytes, ours.
        unsafe { slice::from_raw_parts_mut(self.start, self.len) }
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        // SAFETY: ours, from `emalloc`.
        unsafe { alloc::efree(self.start) };
    }
}

/// Points `out` at a string image in place.
///
/// # Errors
/// The slice is not one.
#[inline]
pub fn string_in_place(image: &[u8], out: &mut Zval) -> Result<(), Unreadable> {
    let string = checked_string(image)?;
    set_string(out, interned(string).unwrap_or(string), IS_STRING);
    Ok(())
}

/// Makes an ordinary string of a copied image, in the memory of the copy.
///
/// # Errors
/// The bytes are not an image.
pub fn string_of(image: Buffer, out: &mut Zval) -> Result<(), Unreadable> {
    let string = checked_string(image.bytes())?;
    match interned(string) {
        Some(interned) => set_string(out, interned, IS_STRING),
        None => {
            // SAFETY: the copy is nobody else's, and from now on the string's.
            unsafe { make_ordinary(string) };
            core::mem::forget(image);
            set_string(out, string, IS_STRING_EX);
        }
    }
    Ok(())
}

/// Points `out` at the array image of a payload in place.
///
/// # Errors
/// The payload was written for another place, or is too short.
#[inline]
pub fn array_in_place(payload: &[u8], out: &mut Zval) -> Result<(), Unreadable> {
    let address = payload.as_ptr() as u64;
    match payload.first_chunk() {
        Some(word) if u64::from_ne_bytes(*word) == address && payload.len() >= ARRAY_ROOT + TABLE => {}
        _ => return Err(Unreadable),
    }
    out.value.arr = (address as usize + ARRAY_ROOT) as *mut _zend_array;
    out.u1.type_info = IS_ARRAY;
    Ok(())
}

/// Makes an ordinary array, with ordinary strings and arrays in it, of the array image of a rebased payload. What the payload holds
/// in many places, the array does too. The payload is used up: it holds the pointers to what was made of each image.
pub fn array_copy(payload: &mut [u8], out: &mut Zval) {
    // SAFETY: by the contract the payload was checked, so there is an array image, and all its pointers lead to images inside.
    unsafe { Copy::new().put(Cell::Array(payload.as_mut_ptr().add(ARRAY_ROOT) as u64), out) };
}

/// A string image as a value: itself, or an ordinary string made of it.
///
/// # Safety
/// An image in place, or, for a copy, a checked one in writable memory.
pub(super) unsafe fn string_value(image: *mut _zend_string, is_copy: bool, out: &mut Zval) {
    // SAFETY: the caller's promise.
    let (string, tag) = if is_copy { unsafe { string_copy(image) } } else { (image, IS_STRING) };
    set_string(out, string, tag);
}

/// An image that something was made of has this reference count. A string's hash and an array's `pDestructor` are then the pointer to it.
const MADE: u32 = u32::MAX;

/// The array that was made of an image.
///
/// # Safety
/// The image is marked [`MADE`].
unsafe fn made_of(image: *mut _zend_array) -> *mut _zend_array {
    // SAFETY: the caller's promise.
    unsafe { ptr::addr_of!((*image).pDestructor).cast::<*mut _zend_array>().read() }
}

/// Copying of one payload. Arrays whose elements still point to images wait in a chain through the images' `nNextFreeElement`.
pub(super) struct Copy {
    waiting: *mut _zend_array,
}

impl Copy {
    /// Nothing was copied yet.
    pub(super) fn new() -> Self {
        Self { waiting: ptr::null_mut() }
    }

    /// Puts what is made of the image that a cell points to into `out`.
    ///
    /// # Safety
    /// A checked image in writable memory; other images made by this `Copy` may be of the same payload.
    pub(super) unsafe fn put(&mut self, image: Cell, out: &mut Zval) {
        // SAFETY: the caller's promise; the chain holds images of the same kind.
        unsafe {
            match image {
                Cell::Str(address) => string_value(address as *mut _zend_string, true, out),
                Cell::Array(address) => self.array(address as *mut _zend_array, out),
                _ => {}
            }
            while !self.waiting.is_null() {
                let image = self.waiting;
                self.waiting = (*image).nNextFreeElement as *mut _zend_array;
                self.elements(made_of(image));
            }
        }
    }

    /// Puts the array that is made of an image into `out`.
    ///
    /// # Safety
    /// A checked image in writable memory.
    unsafe fn array(&mut self, image: *mut _zend_array, out: *mut Zval) {
        // SAFETY: the caller's promise; what `zend_array_dup` makes is ours, one reference for each place that it is put in.
        unsafe {
            if (*image).nNumOfElements == 0 {
                (*out).value.arr = (&raw const zend_empty_array).cast_mut();
                (*out).u1.type_info = IS_ARRAY;
                return;
            }
            if (*image).gc.refcount == MADE {
                (*made_of(image)).gc.refcount += 1;
            } else {
                let made = zend_array_dup(image);
                (*image).gc.refcount = MADE;
                ptr::addr_of_mut!((*image).pDestructor).cast::<*mut _zend_array>().write(made);
                (*image).nNextFreeElement = self.waiting as i64;
                self.waiting = image;
            }
            (*out).value.arr = made_of(image);
            (*out).u1.type_info = IS_ARRAY_EX;
        }
    }

    /// Replaces all images in a fresh array by what is made of them.
    ///
    /// # Safety
    /// The array is a duplicate of a checked image in writable memory.
    unsafe fn elements(&mut self, array: *mut _zend_array) {
        // SAFETY: the caller's promise; the flag says which member of the union is set, and it has `nNumUsed` elements.
        unsafe {
            let used = (*array).nNumUsed as usize;
            if (*array).u.flags & HASH_FLAG_PACKED != 0 {
                let first = (*array).__bindgen_anon_1.arPacked;
                (0..used).for_each(|position| self.element(first.add(position)));
                return;
            }
            let first = (*array).__bindgen_anon_1.arData;
            for bucket in (0..used).map(|position| first.add(position)) {
                self.element(&raw mut (*bucket).val);
                if !(*bucket).key.is_null() {
                    let (key, tag) = string_copy((*bucket).key);
                    (*bucket).key = key;
                    if tag == IS_STRING_EX {
                        (*array).u.flags &= !HASH_FLAG_STATIC_KEYS;
                    }
                }
            }
        }
    }

    /// # Safety
    /// A slot of an array as in [`Copy::elements`].
    unsafe fn element(&mut self, slot: *mut Zval) {
        // SAFETY: the caller's promise; the tag says which member of the union is set.
        unsafe {
            match u32::from((*slot).u1.v.type_) {
                IS_STRING => {
                    let (string, tag) = string_copy((*slot).value.str_);
                    set_string(&mut *slot, string, tag);
                }
                IS_ARRAY => self.array((*slot).value.arr, slot),
                _ => {}
            }
        }
    }
}

/// A string made of an image, and its type: the engine's own where it has one, else an ordinary one, one more reference for each call.
///
/// # Safety
/// A checked image in writable memory.
unsafe fn string_copy(image: *mut _zend_string) -> (*mut _zend_string, u32) {
    // SAFETY: the caller's promise. The new string has room for the header, the text and its NUL.
    unsafe {
        if let Some(interned) = interned(image) {
            return (interned, IS_STRING);
        }
        if (*image).gc.refcount == MADE {
            let made = (*image).h as *mut _zend_string;
            (*made).gc.refcount += 1;
            return (made, IS_STRING_EX);
        }
        let size = STRING_HEADER + (*image).len + 1;
        let made = alloc::emalloc(core::alloc::Layout::from_size_align_unchecked(size.next_multiple_of(8), 8));
        ptr::copy_nonoverlapping(image.cast::<u8>(), made, size);
        let made = made.cast::<_zend_string>();
        make_ordinary(made);
        (*image).gc.refcount = MADE;
        (*image).h = made as u64;
        (made, IS_STRING_EX)
    }
}

/// Makes a copied image an ordinary string with one reference.
///
/// # Safety
/// A copied image that nobody else uses.
unsafe fn make_ordinary(string: *mut _zend_string) {
    // SAFETY: the caller's promise.
    unsafe {
        let utf8 = (*string).gc.u.type_info & IS_STR_VALID_UTF8;
        (*string).gc.refcount = 1;
        (*string).gc.u.type_info = IS_STRING | GC_NOT_COLLECTABLE | utf8;
    }
}

/// The string image that a slice is.
#[inline]
fn checked_string(image: &[u8]) -> Result<*mut _zend_string, Unreadable> {
    let string = image.as_ptr().cast_mut().cast::<_zend_string>();
    // SAFETY: the slice is long enough for a header, and aligned as every payload is.
    if image.len() > STRING_HEADER && unsafe { (*string).len } < image.len() - STRING_HEADER {
        Ok(string)
    } else {
        Err(Unreadable)
    }
}

/// The engine's own string for the empty text and for one byte.
#[inline]
fn interned(string: *const _zend_string) -> Option<*mut _zend_string> {
    // SAFETY: a checked image; the engine's own strings are made at its start and live as long as the process.
    unsafe {
        match (*string).len {
            0 => Some(zend_empty_string),
            1 => Some(zend_one_char_string[usize::from(ptr::addr_of!((*string).val).cast::<u8>().read())]),
            _ => None,
        }
    }
}

#[inline]
fn set_string(out: &mut Zval, string: *mut _zend_string, tag: u32) {
    out.value.str_ = string;
    out.u1.type_info = tag;
}
