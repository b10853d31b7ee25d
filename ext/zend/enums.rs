//! UNSAFE: enums of the extension's own.
//!
//! Contract: an enum is registered at start-up, before any other thread runs PHP, and stays for the life of the process.
#![expect(unsafe_code, reason = "class entries are the engine's, and reached by pointer")]

use core::ffi::CStr;
use core::ptr;
use core::sync::atomic::{AtomicPtr, Ordering};

use ext_php_rs::ffi::{ext_php_rs_compiler_globals, zend_class_entry, zend_hash_str_find};
use ext_php_rs::types::Zval;

use super::sys;

/// An enum without values, to be put in a static.
pub struct Enum(AtomicPtr<zend_class_entry>);

impl Enum {
    /// Not yet registered.
    pub const fn new() -> Self {
        Self(AtomicPtr::new(ptr::null_mut()))
    }

    /// Registers it with its cases.
    pub fn register(&self, name: &CStr, cases: &[&CStr]) {
        // SAFETY: start-up. 0 is "no values"; a null table has no methods. The engine copies the names.
        unsafe {
            let entry = sys::zend_register_internal_enum(name.as_ptr(), 0, ptr::null());
            for case in cases {
                sys::zend_enum_add_case_cstr(entry, case.as_ptr(), ptr::null_mut());
            }
            self.0.store(entry, Ordering::Release);
        }
    }

    /// A case of it, which must be one that was registered.
    pub fn case(&self, name: &CStr) -> Zval {
        let mut value = Zval::new();
        // SAFETY: a registered enum, and a case of it, so there is an object; `set_object` counts the reference.
        unsafe {
            value.set_object(&mut *sys::zend_enum_get_case_cstr(self.0.load(Ordering::Acquire), name.as_ptr()).cast())
        };
        value
    }
}

/// Whether a class is there already, at start-up. The name is in lower case.
pub fn class_exists(name: &CStr) -> bool {
    // SAFETY: the compiler's table of classes is there before modules start; the name is read in its length.
    unsafe {
        let classes = (*ext_php_rs_compiler_globals()).class_table;
        !zend_hash_str_find(classes, name.as_ptr(), name.count_bytes()).is_null()
    }
}
