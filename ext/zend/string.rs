//! UNSAFE: strings shared by reference count.
#![expect(unsafe_code, reason = "reference counts are written by hand")]

use core::ptr;

use ext_php_rs::ffi::{IS_INTERNED_STRING_EX, IS_STRING_EX};
use ext_php_rs::types::{ZendStr, Zval};

/// `IS_STR_INTERNED`: nobody counts references.
const INTERNED: u32 = 1 << 6;

/// A new string.
pub fn copy(bytes: &[u8]) -> Zval {
    let mut value = Zval::new();
    value.set_zend_string(ZendStr::new(bytes, false));
    value
}

/// A value that is `text` itself, with one reference more.
pub fn share(text: &ZendStr) -> Zval {
    let shared = ptr::from_ref(text).cast_mut();
    let mut value = Zval::new();
    // SAFETY: `text` is a live string. Its count is not atomic, as all of the engine's counts: a string belongs to one thread, unless it is
    // interned, and then the count is left alone.
    unsafe {
        value.value.str_ = shared;
        if (*shared).gc.u.type_info & INTERNED != 0 {
            value.u1.type_info = IS_INTERNED_STRING_EX;
        } else {
            (*shared).gc.refcount += 1;
            value.u1.type_info = IS_STRING_EX;
        }
    }
    value
}
