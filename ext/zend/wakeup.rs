//! UNSAFE: `__wakeup()` and `__unserialize()` of objects that were made, as `unserialize()` calls them: when all is made, in the order in which the
//! objects were complete.
//!
//! Contract: the objects are alive when they are added, and the functions are those of their classes. Calling runs PHP code, which may throw or leave
//! by a bailout: the caller owns nothing that must be dropped.
#![expect(unsafe_code, reason = "objects are reached by pointer")]

use core::ptr;

use ext_php_rs::ffi::{
    IS_NULL, IS_OBJECT_EX, zend_call_known_function, zend_class_entry, zend_function, zend_hash_str_find, zend_object,
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

/// An object that is being made and has a hook: it is not destructed before that was called.
///
/// # Safety
/// It is alive.
#[inline]
pub(super) unsafe fn put_off(object: *mut zend_object) {
    // SAFETY: the caller's promise.
    unsafe { (*object).gc.u.type_info |= NO_DESTRUCTOR };
}

/// Takes [`put_off`] back.
///
/// # Safety
/// It is alive.
#[inline]
pub(super) unsafe fn put_on(object: *mut zend_object) {
    // SAFETY: the caller's promise.
    unsafe { (*object).gc.u.type_info &= !NO_DESTRUCTOR };
}

/// What is to be called, and with what: a reference to each argument is in here until its call is over.
pub(super) struct Hooks {
    calls: Few<Call, 4>,
    arguments: Few<Argument, 2>,
}

#[derive(Clone, Copy)]
struct Call {
    object: *mut zend_object,
    hook: *mut zend_function,
    /// The number of the argument of an `__unserialize()`, or [`NONE`].
    argument: u32,
}

const NONE: u32 = u32::MAX;

/// The words of a zval.
type Argument = [u64; 2];

const NULL: Argument = [0, IS_NULL as u64];

/// Takes an argument out.
fn take(argument: &mut Argument) -> Zval {
    // SAFETY: the words of a zval, which is nobody else's now.
    unsafe { core::mem::transmute(core::mem::replace(argument, NULL)) }
}

impl Hooks {
    /// Nothing.
    pub(super) const fn new() -> Self {
        Self { calls: Few::new(), arguments: Few::new() }
    }

    /// Adds an object, and its `__wakeup()`.
    #[inline]
    pub(super) fn push(&mut self, object: *mut zend_object, hook: *mut zend_function) {
        self.push_with(object, hook, NONE);
    }

    /// Adds an object, and its `__unserialize()`, which gets that argument.
    #[inline]
    pub(super) fn push_with(&mut self, object: *mut zend_object, hook: *mut zend_function, argument: u32) {
        self.calls.push(Call { object, hook, argument });
    }

    /// Adds an object, and its `__unserialize()`, which gets the array image in place of these words.
    #[inline]
    pub(super) fn push_with_image(&mut self, object: *mut zend_object, hook: *mut zend_function, words: [u64; 2]) {
        self.arguments.push(words);
        self.push_with(object, hook, self.arguments.as_slice().len() as u32 - 1);
    }

    /// A new argument, null until now: its number.
    #[inline]
    pub(super) fn argument(&mut self) -> u32 {
        self.arguments.push(NULL);
        self.arguments.as_slice().len() as u32 - 1
    }

    /// Where an argument is, until there is another one.
    #[inline]
    pub(super) fn place(&mut self, argument: u32) -> *mut Zval {
        (&raw mut self.arguments.as_mut_slice()[argument as usize]).cast()
    }

    /// Calls them, for the value in `out`, which is null where that throws: then the rest is not called, and none of what was not is destructed.
    pub(super) fn call(mut self, out: &mut Zval) -> Result<(), Unreadable> {
        if self.calls.as_slice().is_empty() {
            return Ok(());
        }
        for &Call { object, .. } in self.calls.as_slice() {
            // SAFETY: the contract. One may let go of another, so each has a reference until its turn is over.
            unsafe {
                (*object).gc.refcount += 1;
                (*object).gc.u.type_info &= !NO_DESTRUCTOR;
            }
        }
        let (mut has_failed, mut is_damaged) = (false, false);
        for &Call { object, hook, argument } in self.calls.as_slice() {
            let mut held = Zval::new();
            held.value.obj = object;
            held.u1.type_info = IS_OBJECT_EX;
            let argument = match argument {
                NONE => None,
                argument => Some(take(&mut self.arguments.as_mut_slice()[argument as usize])),
            };
            // A damaged payload may have anything there.
            is_damaged |= argument.as_ref().is_some_and(|argument| !argument.is_array());
            has_failed |= is_damaged;
            // SAFETY: as above; the reference is given back by `held`.
            unsafe {
                has_failed = has_failed || !call(object, hook, argument.as_ref());
                if has_failed {
                    put_off(object);
                }
            }
            drop(held);
            drop(argument);
        }
        if is_damaged || exception_is_pending() {
            *out = Zval::new();
            return Err(Unreadable);
        }
        Ok(())
    }
}

impl Drop for Hooks {
    fn drop(&mut self) {
        for argument in self.arguments.as_mut_slice() {
            drop(take(argument));
        }
    }
}

/// Calls a hook; false where it throws.
///
/// # Safety
/// An object that is alive and stays so, and a method of its class.
unsafe fn call(object: *mut zend_object, hook: *mut zend_function, argument: Option<&Zval>) -> bool {
    let mut result = Zval::new();
    // What is not set stays so where it throws.
    result.u1.type_info = 0;
    let mut argument = argument.map(Zval::shallow_clone);
    let (count, first) = match &mut argument {
        Some(argument) => (1, ptr::from_mut(argument)),
        None => (0, ptr::null_mut()),
    };
    let private = PrivateState::enter();
    // SAFETY: the caller's promise.
    let returned = unsafe {
        zend_call_known_function(hook, object, (*object).ce, &raw mut result, count, first, ptr::null_mut());
        result.u1.type_info != 0
    };
    drop(private);
    // `unserialize()` asks the one for what it returns, the other for an exception.
    if count == 0 { returned } else { !exception_is_pending() }
}
