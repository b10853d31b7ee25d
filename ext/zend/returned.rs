//! UNSAFE: calls `__serialize()`, and keeps what it returns.
//!
//! Contract: that of [`super::value`]; and what was returned is looked at only as long as its [`Returned`] lives. A call may throw or leave by a
//! bailout: what is kept is the engine's memory.
#![expect(unsafe_code, reason = "objects are reached by pointer")]

use core::ptr;

use ext_php_rs::ffi::{
    IS_ARRAY, ZEND_INTERNAL_FUNCTION, zend_array, zend_call_known_function, zend_class_entry, zval_ptr_dtor,
};
use ext_php_rs::types::Zval;

use super::call::PrivateState;
use super::object::Object;
use super::scratch::Few;
use super::value::Array;

/// What `__serialize()` has returned for each of some objects, which stays until this is dropped.
pub struct Returned(Few<*mut zend_array, 2>);

impl Returned {
    /// Nothing yet.
    pub const fn new() -> Self {
        Self(Few::new())
    }

    /// What the `__serialize()` of an object returns, which has one. None where it threw, or returned no array: nothing was thrown then.
    ///
    /// May run PHP code, if the class is none of [`is_quiet`].
    pub fn of<'a>(&mut self, object: Object<'a>) -> Option<Array<'a>> {
        let mut result = Zval::new();
        // What is not set stays so where it throws.
        result.u1.type_info = 0;
        let private = PrivateState::enter();
        // SAFETY: an object that is alive, and a method of its class, which takes no argument.
        unsafe {
            let object = object.pointer();
            let class = (*object).ce;
            zend_call_known_function(
                (*class).__serialize,
                object,
                class,
                &raw mut result,
                0,
                ptr::null_mut(),
                ptr::null_mut(),
            );
        }
        drop(private);
        // SAFETY: the type tag of an initialised zval is always readable.
        if u32::from(unsafe { result.u1.v.type_ }) != IS_ARRAY {
            return None;
        }
        // SAFETY: the tag says so.
        let array = unsafe { result.value.arr };
        self.0.push(array);
        core::mem::forget(result);
        // SAFETY: it is alive and unchanged as long as there is a reference to it, which is given back with `self`.
        Some(unsafe { Array::of(array) })
    }
}

impl Drop for Returned {
    fn drop(&mut self) {
        for &array in self.0.as_slice() {
            let mut value = Zval::new();
            value.value.arr = array;
            value.u1.type_info = ext_php_rs::ffi::IS_ARRAY_EX;
            // SAFETY: a reference of ours, which nobody needs any more.
            unsafe {
                if (*array).gc.u.type_info & IMMUTABLE == 0 {
                    zval_ptr_dtor(&raw mut value);
                }
            }
            core::mem::forget(value);
        }
    }
}

/// `GC_IMMUTABLE`: nobody counts its references.
const IMMUTABLE: u32 = 1 << 6;

/// Whether objects of a class have both hooks, and `__serialize()` is one of PHP's own that runs no PHP code, and changes nothing that a script
/// could see.
pub(super) fn is_quiet(class: &zend_class_entry) -> bool {
    if class.__serialize.is_null() || class.__unserialize.is_null() {
        return false;
    }
    // SAFETY: a method of a class of this request; one that is PHP's own has the class that declares it.
    unsafe {
        let hook = &*class.__serialize;
        if u32::from(hook.type_) != ZEND_INTERNAL_FUNCTION {
            return false;
        }
        let scope = hook.common.scope;
        if scope.is_null() {
            return false;
        }
        let name = super::value::Str::of((*scope).name).bytes();
        matches!(
            name,
            b"DateTime"
                | b"DateTimeImmutable"
                | b"DateTimeZone"
                | b"DateInterval"
                | b"DatePeriod"
                | b"ArrayObject"
                | b"ArrayIterator"
                | b"SplObjectStorage"
                | b"SplDoublyLinkedList"
                | b"SplFixedArray"
        )
    }
}
