//! UNSAFE: objects of PHP's own that took long to make, kept to be copied: dates, whose text would be parsed each time.
//!
//! Contract: a prototype is the object that nobody but this module has. It is alive from [`keep`] until [`release`] or until the engine frees all
//! objects, whichever comes first; who copies it comes before that. A copy of it is what `__unserialize()` would make again: [`keep`] takes nothing
//! else.
#![expect(unsafe_code, reason = "objects are reached by pointer")]

use core::cell::{Cell, UnsafeCell};

use ext_php_rs::ffi::{IS_OBJECT_EX, ZEND_INTERNAL_FUNCTION, zend_class_entry, zend_object};
use ext_php_rs::types::Zval;

use super::local::per_thread;
use super::value::Str;
use super::wakeup;

/// Prototypes of a request, each of some 400 bytes.
const MOST: usize = 1024;

struct Kept {
    objects: UnsafeCell<Vec<*mut zend_object>>,
    /// Whether [`release`] was called, and [`forget`] not yet.
    is_over: Cell<bool>,
}

per_thread! {
    static KEPT: Kept = Kept { objects: UnsafeCell::new(Vec::new()), is_over: Cell::new(false) };
}

/// A prototype with the state of an object; none where a copy might not be the same as an object that is made anew. May leave by a bailout.
///
/// # Safety
/// The object is alive, was made by its `__unserialize()`, and no PHP code has had it since then.
pub(super) unsafe fn keep(object: *mut zend_object) -> Option<*mut zend_object> {
    KEPT.with(|kept| {
        // SAFETY: the caller's promise; the list is borrowed in statements that call nothing.
        unsafe {
            if kept.is_over.get() || (*kept.objects.get()).len() >= MOST || !is_copyable(object) {
                return None;
            }
            let prototype = copy(object);
            // No script is to be told of its end.
            wakeup::put_off(prototype);
            (*kept.objects.get()).push(prototype);
            Some(prototype)
        }
    })
}

/// A new object with the state of a prototype.
///
/// # Safety
/// It is alive, and [`is_copyable`].
#[inline]
pub(super) unsafe fn copy(prototype: *mut zend_object) -> *mut zend_object {
    // SAFETY: the caller's promise: it has the handler.
    unsafe { (*(*prototype).handlers).clone_obj.unwrap_unchecked()(prototype) }
}

/// Whether there is nothing in a new object but what its `__unserialize()` has made of a date or a time zone, and cloning it copies that and does
/// nothing else.
///
/// # Safety
/// It is alive.
unsafe fn is_copyable(object: *mut zend_object) -> bool {
    // SAFETY: the caller's promise; an object has handlers and a class.
    unsafe {
        let class: &zend_class_entry = &*(*object).ce;
        let has_properties = class.properties_info.nNumOfElements != 0
            || !(*object).properties.is_null() && (*(*object).properties).nNumOfElements != 0;
        // With `__set()`, what it had in further properties would have gone there.
        !has_properties
            && class.clone.is_null()
            && class.__set.is_null()
            && (*(*object).handlers).clone_obj.is_some()
            && is_of_a_date(class)
    }
}

/// Whether objects of a class are made by the `__unserialize()` of a date or a time zone, which runs no code of a script's.
pub(super) fn is_of_a_date(class: &zend_class_entry) -> bool {
    // SAFETY: a method of a class of this request; one that is PHP's own has the class that declares it.
    unsafe {
        !class.__unserialize.is_null()
            && u32::from((*class.__unserialize).type_) == ZEND_INTERNAL_FUNCTION
            && (*class.__unserialize).common.scope.as_ref().is_some_and(|scope| {
                matches!(Str::of(scope.name).bytes(), b"DateTimeImmutable" | b"DateTime" | b"DateTimeZone")
            })
    }
}

/// Releases all prototypes; there are none any more until [`forget`]. The engine calls it at the end of a request, while it can still free objects.
pub(super) fn release() {
    KEPT.with(|kept| {
        kept.is_over.set(true);
        // SAFETY: the list is borrowed in this statement alone.
        let objects = unsafe { core::mem::take(&mut *kept.objects.get()) };
        for object in objects {
            let mut last = Zval::new();
            last.value.obj = object;
            last.u1.type_info = IS_OBJECT_EX;
            // It is alive, and no plan copies it any more: the caller has seen to that.
            drop(last);
        }
    });
}

/// Forgets what the engine has freed by now: a request may end in a way that leaves [`release`] out.
pub(super) fn forget() {
    KEPT.with(|kept| {
        kept.is_over.set(false);
        // SAFETY: the list is borrowed in this statement alone.
        unsafe { (*kept.objects.get()).clear() };
    });
}
