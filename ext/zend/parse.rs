//! UNSAFE: arguments one by one, for functions with many of them.
//!
//! Contract: that of [`super::args`]. Each argument is parsed by the engine's own parser, so coercions, strict types and messages are PHP's.
#![expect(unsafe_code, reason = "the engine's parser writes through pointers")]

use core::ffi::{c_int, c_void};
use core::mem::MaybeUninit;
use core::ptr;

use ext_php_rs::ffi::{_zend_fcall_info, _zend_fcall_info_cache, zend_wrong_parameters_count_error};
use ext_php_rs::types::{ZendHashTable, ZendStr, Zval};

use super::args::Args;
use super::{report, sys};

/// Throw where something does not match.
const LOUD: c_int = 0;
/// Do not report what does not match: the caller does.
const QUIET: c_int = 1 << 1;
/// Most arguments of a function.
const MOST: usize = 12;

impl<'a> Args<'a> {
    /// Whether so many arguments were passed; false where an exception was thrown, as `None` below.
    #[inline]
    pub fn number(self, least: u32, most: u32) -> bool {
        let fits = (least..=most).contains(&self.count());
        if !fits {
            // SAFETY: a function of PHP is running.
            unsafe { zend_wrong_parameters_count_error(least, most) };
        }
        fits
    }

    /// `string`.
    #[inline]
    pub fn string_at(self, index: u32) -> Option<&'a ZendStr> {
        match self.value(index).and_then(Zval::zend_str) {
            Some(string) => Some(string),
            None => self.parsed_string(index),
        }
    }

    #[cold]
    fn parsed_string(self, index: u32) -> Option<&'a ZendStr> {
        let mut string = ptr::null_mut::<ZendStr>();
        self.value(index)?;
        // SAFETY: the specification takes one `zend_string **`.
        let parsed = unsafe { self.parse(LOUD, index, b'S', [(&raw mut string).cast(), ptr::null_mut()]) };
        // SAFETY: parsing succeeded; the slot owns the string as long as the frame lives.
        parsed.then(|| unsafe { &*string })
    }

    /// `int`, with a default.
    #[inline]
    pub fn int_at(self, index: u32, default: i64) -> Option<i64> {
        match self.value(index) {
            None => Some(default),
            Some(value) => value.long().or_else(|| self.converted(index, b'l', default)),
        }
    }

    /// `float`, with a default.
    pub fn float_at(self, index: u32, default: f64) -> Option<f64> {
        if index < self.count() { self.converted(index, b'd', default) } else { Some(default) }
    }

    /// `bool`, with a default.
    pub fn bool_at(self, index: u32, default: bool) -> Option<bool> {
        if index < self.count() { self.converted(index, b'b', default) } else { Some(default) }
    }

    /// `array`; the outer none where it is something else.
    pub fn array_at(self, index: u32) -> Option<Option<&'a ZendHashTable>> {
        if self.value(index).is_none() {
            return Some(None);
        }
        let mut array = ptr::null_mut::<Zval>();
        // SAFETY: the specification takes one `zval **`.
        let parsed = unsafe { self.parse(LOUD, index, b'a', [(&raw mut array).cast(), ptr::null_mut()]) };
        // SAFETY: parsing succeeded, so it points to the slot, or into a reference that the slot keeps alive.
        parsed.then(|| unsafe { (*array).array() })
    }

    /// `callable`.
    pub fn callable_at(self, index: u32) -> Option<&'a Zval> {
        let argument = self.value(index)?;
        let mut call = MaybeUninit::<_zend_fcall_info>::uninit();
        let mut cache = MaybeUninit::<_zend_fcall_info_cache>::uninit();
        let targets = [call.as_mut_ptr().cast(), cache.as_mut_ptr().cast()];
        // SAFETY: the specification takes the two call structs, which the parser fills. They own nothing when it is done.
        let parsed = unsafe { self.parse(LOUD, index, b'f', targets) };
        parsed.then(|| argument.dereference())
    }

    /// `int|float`, coerced as PHP does; none, without an exception, where that is not possible.
    pub fn number_at(self, index: u32) -> Option<&'a Zval> {
        self.value(index)?;
        let mut number = ptr::null_mut::<Zval>();
        // SAFETY: the specification takes one `zval **`.
        let parsed = unsafe { self.parse(QUIET, index, b'n', [(&raw mut number).cast(), ptr::null_mut()]) };
        // SAFETY: parsing succeeded, so it points to the slot, or into a reference that the slot keeps alive.
        parsed.then(|| unsafe { &*number })
    }

    /// Throws a `ValueError` about argument `index`, in the engine's words: `Class::method(): Argument #1 ($name) ` and then `message`.
    #[cold]
    pub fn refuse_value(self, index: u32, message: &str) {
        let message = report::c_string(message);
        // SAFETY: the format takes one string, which ends with NUL.
        unsafe { sys::zend_argument_value_error(index + 1, c"%s".as_ptr(), message.as_ptr()) };
    }

    /// Throws a `TypeError` about argument `index` likewise.
    #[cold]
    pub fn refuse_type(self, index: u32, message: &str) {
        let message = report::c_string(message);
        // SAFETY: the format takes one string, which ends with NUL.
        unsafe { sys::zend_argument_type_error(index + 1, c"%s".as_ptr(), message.as_ptr()) };
    }

    fn converted<T>(self, index: u32, spec: u8, mut value: T) -> Option<T> {
        self.value(index)?;
        // SAFETY: the callers pair `l` with i64, `d` with f64 and `b` with bool, as the parser wants.
        let parsed = unsafe { self.parse(LOUD, index, spec, [(&raw mut value).cast(), ptr::null_mut()]) };
        parsed.then_some(value)
    }

    /// Parses argument `index`, which was passed, and no other. PHP 8.6 has no function for that, so the one for all arguments is told to
    /// take those before it as they are (`z`) and those behind it as a list (`*`).
    ///
    /// # Safety
    /// `spec` writes to as many of `targets` as it takes, each of the type that it wants.
    unsafe fn parse(self, flags: c_int, index: u32, spec: u8, targets: [*mut c_void; 2]) -> bool {
        let at = index as usize;
        let (mut any, mut count) = (ptr::null_mut::<Zval>(), 0_u32);
        let mut specs = [b'z'; MOST + 2];
        specs[at..at + 3].copy_from_slice(&[spec, b'*', 0]);
        let mut into: [*mut c_void; MOST + 3] = [(&raw mut any).cast(); MOST + 3];
        let taken = if targets[1].is_null() { 1 } else { 2 };
        into[at..at + taken].copy_from_slice(&targets[..taken]);
        into[at + taken + 1] = (&raw mut count).cast();
        let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o] = into;
        let specs = specs.as_ptr().cast();
        // SAFETY: a function of PHP is running, and so many arguments were passed to it. The parser reads as many pointers as the
        // specification asks for: one to a `zval *` for each `z`, the caller's, and for the list a `zval *` and a `uint32_t`.
        unsafe {
            sys::zend_parse_parameters_ex(flags, self.count(), specs, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o) == 0
        }
    }
}
