//! UNSAFE: strings made for PHP, and how long one lasts.
#![expect(unsafe_code, reason = "a string's flags stand in a union")]

use core::num::NonZeroU64;

use ext_php_rs::ffi::GC_IMMUTABLE;
use ext_php_rs::types::{ZendStr, Zval};

/// A new string.
pub fn copy(bytes: &[u8]) -> Zval {
    let mut value = Zval::new();
    value.set_zend_string(ZendStr::new(bytes, false));
    value
}

/// The address of an interned string, where no other string will be before the request has ended; none of others.
///
/// Nobody counts the references to an interned string, so nobody can know when to free it: the engine frees them all after the modules'
/// `post_deactivate`, or never; so do those who pass other memory off as interned, as opcache and this extension.
#[inline]
pub fn lasting_address(string: &ZendStr) -> Option<NonZeroU64> {
    // SAFETY: every string has its flags there.
    let flags = unsafe { string.gc.u.type_info };
    if flags & GC_IMMUTABLE != 0 { NonZeroU64::new(core::ptr::from_ref(string) as u64) } else { None }
}
