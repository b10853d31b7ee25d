//! UNSAFE: `__wakeup()` of objects that were made, as `unserialize()` calls it: when all is made, in the order in which the objects were complete.
//!
//! Contract: the objects are alive when they are added, and the functions are those of their classes. Calling runs PHP code, which may throw or leave
//! by a bailout: the caller owns nothing that must be dropped.
#![expect(unsafe_code, reason = "objects are reached by pointer")]

use core::ptr;

use ext_php_rs::ffi::{
    IS_OBJECT_EX, zend_call_known_function, zend_class_entry, zend_function, zend_hash_str_find, zend_object,
};
use ext_php_rs::types::Zval;

use super::call::{PrivateState, exception_is_pending};
use super::scratch::Few;
use crate::codec::Unreadable;

/// `IS_OBJ_DESTRUCTOR_CALLED`.
const NO_DESTRUCTOR: u32 = 1 << 8;

/// The `__wakeup()` of a class; null where it has none.
pub(super) fn of(class: &zend_class_entry) -> *mut zend_function {
    const NAME: &str = "__wakeup";
    // SAFETY: the table of a class, whose values are functions.
    unsafe {
        let found = zend_hash_str_find(&raw const class.function_table, NAME.as_ptr().cast(), NAME.len());
        if found.is_null() { ptr::null_mut() } else { (*found).value.ptr.cast() }
    }
}

/// An object that is being made and has a `__wakeup()`: it is not destructed before that was called.
///
/// # Safety
/// It is alive.
#[inline]
pub(super) unsafe fn put_off(object: *mut zend_object) {
    // SAFETY: the caller's promise.
    unsafe { (*object).gc.u.type_info |= NO_DESTRUCTOR };
}

/// What is to be called.
pub(super) struct Hooks(Few<(*mut zend_object, *mut zend_function), 4>);

impl Hooks {
    /// Nothing.
    pub(super) const fn new() -> Self {
        Self(Few::new())
    }

    /// Adds an object, and its hook.
    #[inline]
    pub(super) fn push(&mut self, object: *mut zend_object, hook: *mut zend_function) {
        self.0.push((object, hook));
    }

    /// Calls them, for the value in `out`, which is null where that throws: then the rest is not called, and none of what was not is destructed.
    pub(super) fn call(self, out: &mut Zval) -> Result<(), Unreadable> {
        if self.0.as_slice().is_empty() {
            return Ok(());
        }
        for &(object, _) in self.0.as_slice() {
            // SAFETY: the contract. One may let go of another, so each has a reference until its turn is over.
            unsafe {
                (*object).gc.refcount += 1;
                (*object).gc.u.type_info &= !NO_DESTRUCTOR;
            }
        }
        let mut has_failed = false;
        for &(object, hook) in self.0.as_slice() {
            let mut held = Zval::new();
            // SAFETY: as above; the reference is given back by `held`.
            unsafe {
                held.value.obj = object;
                held.u1.type_info = IS_OBJECT_EX;
                if !has_failed {
                    let mut result = Zval::new();
                    // What is not set stays so where it throws.
                    result.u1.type_info = 0;
                    let private = PrivateState::enter();
                    zend_call_known_function(
                        hook,
                        object,
                        (*object).ce,
                        &raw mut result,
                        0,
                        ptr::null_mut(),
                        ptr::null_mut(),
                    );
                    drop(private);
                    has_failed = result.u1.type_info == 0;
                }
                if has_failed {
                    put_off(object);
                }
            }
            drop(held);
        }
        if exception_is_pending() {
            *out = Zval::new();
            return Err(Unreadable);
        }
        Ok(())
    }
}
