//! UNSAFE: calls `__serialize()`, and keeps what it returns.
//!
//! Contract: that of [`super::value`]; and what was returned is looked at only as long as its [`Returned`] lives. A call may throw or leave by a
//! bailout: what is kept is the engine's memory.
#![expect(unsafe_code, reason = "objects are reached by pointer")]

use core::ffi::c_char;
use core::mem::ManuallyDrop;
use core::ptr::{self, NonNull};

use ext_php_rs::ffi::{
    GC_IMMUTABLE, HashTable, IS_ARRAY, IS_ARRAY_EX, IS_NULL, IS_OBJECT_EX, ZEND_INTERNAL_FUNCTION,
    ext_php_rs_executor_globals, php_var_serialize, php_var_serialize_destroy, php_var_serialize_init, smart_str,
    zend_array, zend_array_dup, zend_call_known_function, zend_class_entry, zend_execute_data, zend_function,
    zend_hash_index_add_new, zend_object, zval_ptr_dtor,
};
use ext_php_rs::types::Zval;

use super::call::{PrivateState, Text, exception_is_pending};
use super::object::Object;
use super::scratch::Few;
use super::value::Array;
use super::{moment, sys};
use crate::codec::StoreError;

unsafe extern "C" {
    fn smart_str_append_printf(text: *mut smart_str, format: *const c_char, ...);
}

/// What `__serialize()` has returned for each of some objects, which stays until this is dropped.
pub struct Returned {
    arrays: Few<*mut zend_array, 2>,
    /// An object that is to outlive its own `__serialize()`.
    held: Option<NonNull<zend_object>>,
}

impl Returned {
    /// Nothing yet.
    #[inline]
    pub const fn new() -> Self {
        Self { arrays: Few::new(), held: None }
    }

    /// Holds an object whose `__serialize()` may be a script's: it may let go of the last reference that others have to the object. Once.
    pub fn hold(&mut self, object: Object<'_>) {
        let object = object.pointer();
        // SAFETY: it is alive; the reference is given back with `self`.
        unsafe { (*object).gc.refcount += 1 };
        self.held = NonNull::new(object);
    }

    /// What the `__serialize()` of an object returns, which has one. None where it threw, or returned no array: an exception is pending.
    ///
    /// May run PHP code, where that is not one of [`is_quiet`].
    pub fn of<'a>(&mut self, object: Object<'a>) -> Option<Array<'a>> {
        // SAFETY: an object that is alive, whose class has the method.
        let array = match unsafe { moment::state(object.pointer()) } {
            Some(array) => array,
            None => Self::call(object)?,
        };
        self.arrays.push(array);
        // SAFETY: it is alive and unchanged as long as there is a reference to it, which is given back with `self`.
        Some(unsafe { Array::of(array) })
    }

    fn call(object: Object<'_>) -> Option<*mut zend_array> {
        let mut result = Zval::new();
        // What is not set stays so where it throws.
        result.u1.type_info = 0;
        let private = PrivateState::enter();
        // SAFETY: an object that is alive, and a method of its class, which takes no argument.
        let class = unsafe {
            let object = object.pointer();
            let class = (*object).ce;
            let hook = (*class).__serialize;
            if u32::from((*hook).type_) == ZEND_INTERNAL_FUNCTION {
                run(hook, object, &mut result);
            } else {
                zend_call_known_function(hook, object, class, &raw mut result, 0, ptr::null_mut(), ptr::null_mut());
            }
            class
        };
        drop(private);
        // SAFETY: the type tag of an initialised zval is always readable.
        if u32::from(unsafe { result.u1.v.type_ }) != IS_ARRAY {
            drop(result);
            if !exception_is_pending() {
                // SAFETY: the format takes a string that ends with NUL, as a class's name does.
                unsafe {
                    let format = c"%s::__serialize() must return an array";
                    sys::zend_type_error(format.as_ptr(), (&raw const (*(*class).name).val).cast::<c_char>());
                }
            }
            return None;
        }
        // SAFETY: the tag says so.
        let array = unsafe { result.value.arr };
        core::mem::forget(result);
        Some(array)
    }

    /// The text that `serialize()` makes of an object whose `__serialize()` returned the first of these arrays: it is not called again.
    ///
    /// # Errors
    /// PHP code threw, or something in it cannot be serialized: an exception is pending.
    pub fn serialize(self, object: Object<'_>) -> Result<Text, StoreError> {
        let array = *self.arrays.as_slice().first().ok_or(StoreError::Serializer)?;
        let mut copy = Zval::new();
        // A copy: so whatever is in it has several references, and is looked out for, even if only the array had them.
        // SAFETY: it is alive.
        copy.value.arr = unsafe { zend_array_dup(array) };
        copy.u1.type_info = IS_ARRAY_EX;
        serialize_as(object, &mut copy)
    }
}

impl Drop for Returned {
    fn drop(&mut self) {
        for &array in self.arrays.as_slice() {
            let mut value = Zval::new();
            value.value.arr = array;
            value.u1.type_info = IS_ARRAY_EX;
            // SAFETY: a reference of ours, which nobody needs any more; those to what is immutable are not counted.
            unsafe {
                if (*array).gc.u.type_info & GC_IMMUTABLE == 0 {
                    zval_ptr_dtor(&raw mut value);
                }
            }
            core::mem::forget(value);
        }
        if let Some(object) = self.held {
            let mut last = Zval::new();
            last.value.obj = object.as_ptr();
            last.u1.type_info = IS_OBJECT_EX;
            // A reference of ours.
            drop(last);
        }
    }
}

/// Runs a method that is not a script's, in a frame made for it. The engine's way to call it looks for signals afterwards, and runs their handlers:
/// a script's code, between one value that is looked at and the next.
///
/// # Safety
/// The object is alive, and `hook` is a method of its class that is one of PHP's own and takes no argument.
unsafe fn run(hook: *mut zend_function, object: *mut zend_object, result: &mut Zval) {
    result.u1.type_info = IS_NULL;
    // SAFETY: the caller's promise. A frame without arguments is nothing but its head; it is the current one until the method returns, and where that
    // leaves by a bailout, the engine forgets it.
    unsafe {
        let globals = ext_php_rs_executor_globals();
        // It holds no reference to the object.
        let mut frame = ManuallyDrop::new(core::mem::zeroed::<zend_execute_data>());
        frame.func = hook;
        frame.This.value.obj = object;
        // That of a call which has an object.
        frame.This.u1.type_info = IS_OBJECT_EX;
        frame.prev_execute_data = (*globals).current_execute_data;
        (*globals).current_execute_data = &raw mut *frame;
        if let Some(code) = (*hook).internal_function.handler {
            code(&raw mut *frame, result);
        }
        (*globals).current_execute_data = frame.prev_execute_data;
    }
    if exception_is_pending() {
        *result = Zval::new();
    }
}

/// As `serialize()` does with the object, of which that array was returned: the array's text, but for its first letter. The object is the first value
/// that is counted, as the array is, so whatever refers to the object refers to the first value.
fn serialize_as(object: Object<'_>, array: &mut Zval) -> Result<Text, StoreError> {
    let mut text = smart_str { s: ptr::null_mut(), a: 0 };
    let class = object.class_name();
    let private = PrivateState::enter();
    // SAFETY: init and destroy come in pairs. A state begins with the table of the objects that were met, by address, in every PHP; this one is new,
    // since the state is private. The name ends with NUL. The object is alive.
    let head = unsafe {
        let mut state = php_var_serialize_init();
        let mut first = Zval::new();
        first.set_long(1);
        zend_hash_index_add_new(state.cast::<HashTable>(), object.address() as u64, &raw mut first);
        smart_str_append_printf(
            &raw mut text,
            c"O:%zu:\"%s\":".as_ptr(),
            class.bytes().len(),
            class.bytes().as_ptr().cast::<c_char>(),
        );
        let head = (*text.s).len;
        php_var_serialize(&raw mut text, ptr::from_mut(array), &raw mut state);
        php_var_serialize_destroy(state);
        head
    };
    drop(private);
    let made = Text::String(text.s);
    if exception_is_pending() {
        return Err(StoreError::Exception);
    }
    if !made.bytes()[head..].starts_with(b"a:") {
        return Err(StoreError::Serializer);
    }
    // SAFETY: a string that nobody else has, with so many bytes and a NUL.
    unsafe {
        let at = (&raw mut (*text.s).val).cast::<u8>().add(head);
        (*text.s).len -= 2;
        ptr::copy(at.add(2), at, (*text.s).len + 1 - head);
    }
    Ok(made)
}

/// Whether objects of a class have both hooks, and `__serialize()` is one of PHP's own that runs no PHP code, and changes nothing that a script
/// could see. Not that of a `DatePeriod`: it returns dates of a script's class, made just for that, whose destructors run when they are let go of.
pub(super) fn is_quiet(class: &zend_class_entry) -> bool {
    if class.__serialize.is_null() || class.__unserialize.is_null() {
        return false;
    }
    // SAFETY: a method of a class of this request; the classes of the modules date and SPL are there since the engine's start.
    unsafe {
        let hook = &*class.__serialize;
        if u32::from(hook.type_) != ZEND_INTERNAL_FUNCTION {
            return false;
        }
        let scope = hook.common.scope;
        [
            sys::php_date_get_date_ce(),
            sys::php_date_get_immutable_ce(),
            sys::php_date_get_timezone_ce(),
            sys::php_date_get_interval_ce(),
            sys::spl_ce_ArrayObject,
            sys::spl_ce_ArrayIterator,
            sys::spl_ce_SplObjectStorage,
            sys::spl_ce_SplDoublyLinkedList,
            sys::spl_ce_SplFixedArray,
        ]
        .contains(&scope)
    }
}
