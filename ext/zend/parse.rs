//! UNSAFE: arguments one by one, for functions with many of them.
//!
//! Contract: that of [`super::args`]. Each argument is parsed by the engine's own parser, so coercions, strict types and messages are PHP's.
#![expect(unsafe_code, reason = "the engine's parser writes through pointers")]

use core::ffi::CStr;
use core::mem::MaybeUninit;
use core::ptr;

use ext_php_rs::ffi::{_zend_fcall_info, _zend_fcall_info_cache, zend_wrong_parameters_count_error};
use ext_php_rs::types::{ZendHashTable, ZendStr, Zval};

use super::args::Args;
use super::{report, sys};

/// Do not report what does not match: the caller does.
const QUIET: i32 = 1 << 1;

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
        let argument = self.slot(index)?;
        // SAFETY: the specification takes one `zend_string **`.
        let result = unsafe { sys::zend_parse_parameter(0, index + 1, argument, c"S".as_ptr(), &raw mut string) };
        // SAFETY: parsing succeeded; the slot owns the string as long as the frame lives.
        (result == 0).then(|| unsafe { &*string })
    }

    /// `int`, with a default.
    #[inline]
    pub fn int_at(self, index: u32, default: i64) -> Option<i64> {
        match self.value(index) {
            None => Some(default),
            Some(value) => value.long().or_else(|| self.converted(index, c"l", default)),
        }
    }

    /// `float`, with a default.
    pub fn float_at(self, index: u32, default: f64) -> Option<f64> {
        if index < self.count() { self.converted(index, c"d", default) } else { Some(default) }
    }

    /// `bool`, with a default.
    pub fn bool_at(self, index: u32, default: bool) -> Option<bool> {
        if index < self.count() { self.converted(index, c"b", default) } else { Some(default) }
    }

    /// `array`; the outer none where it is something else.
    pub fn array_at(self, index: u32) -> Option<Option<&'a ZendHashTable>> {
        let Some(argument) = self.slot(index) else { return Some(None) };
        let mut array = ptr::null_mut::<Zval>();
        // SAFETY: the specification takes one `zval **`.
        let result = unsafe { sys::zend_parse_parameter(0, index + 1, argument, c"a".as_ptr(), &raw mut array) };
        // SAFETY: parsing succeeded, so it points to the slot, or into a reference that the slot keeps alive.
        (result == 0).then(|| unsafe { (*array).array() })
    }

    /// `callable`.
    pub fn callable_at(self, index: u32) -> Option<&'a Zval> {
        let argument = self.slot(index)?;
        let mut call = MaybeUninit::<_zend_fcall_info>::uninit();
        let mut cache = MaybeUninit::<_zend_fcall_info_cache>::uninit();
        let (call, cache) = (call.as_mut_ptr(), cache.as_mut_ptr());
        // SAFETY: the specification takes the two call structs, which the parser fills. They own nothing when it is done.
        let result = unsafe { sys::zend_parse_parameter(0, index + 1, argument, c"f".as_ptr(), call, cache) };
        // SAFETY: an initialised slot of the frame.
        (result == 0).then(|| unsafe { (*argument).dereference() })
    }

    /// `int|float`, coerced as PHP does; none, without an exception, where that is not possible.
    pub fn number_at(self, index: u32) -> Option<&'a Zval> {
        let argument = self.slot(index)?;
        let mut number = ptr::null_mut::<Zval>();
        // SAFETY: the specification takes one `zval **`.
        let result = unsafe { sys::zend_parse_parameter(QUIET, index + 1, argument, c"n".as_ptr(), &raw mut number) };
        // SAFETY: parsing succeeded, so it points to the slot, or into a reference that the slot keeps alive.
        (result == 0).then(|| unsafe { &*number })
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

    fn converted<T>(self, index: u32, spec: &CStr, mut value: T) -> Option<T> {
        let argument = self.slot(index)?;
        // SAFETY: the callers pair `l` with i64, `d` with f64 and `b` with bool, as the parser wants.
        let result = unsafe { sys::zend_parse_parameter(0, index + 1, argument, spec.as_ptr(), &raw mut value) };
        (result == 0).then_some(value)
    }

    fn slot(self, index: u32) -> Option<*mut Zval> {
        self.value(index).map(|value| ptr::from_ref(value).cast_mut())
    }
}
