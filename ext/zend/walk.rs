//! UNSAFE: what a script passes as `iterable`.
//!
//! Contract: going through a `Traversable` runs PHP code, which may throw or leave by a bailout: the caller owns nothing that must be dropped.
#![expect(unsafe_code, reason = "iterators are reached by pointer")]

use core::ffi::{c_int, c_void};

use ext_php_rs::boxed::ZBox;
use ext_php_rs::ffi::zend_object_iterator;
use ext_php_rs::types::{ZendHashTable, Zval};

use super::{report, sys};

/// The keys and values of an array or a `Traversable`, one after the other: key, value, key, value. None where it is neither, or an exception is
/// pending.
pub fn pairs(iterable: &Zval) -> Option<ZBox<ZendHashTable>> {
    let mut pairs = ZendHashTable::new();
    if let Some(array) = iterable.array() {
        let mut elements = array.iter();
        while let Some((key, value)) = elements.next_zval() {
            pairs.push(key).ok()?;
            pairs.push(value.dereference().shallow_clone()).ok()?;
        }
        return Some(pairs);
    }
    if !iterable.is_traversable() {
        return None;
    }
    let object = core::ptr::from_ref(iterable).cast_mut();
    let user = core::ptr::from_mut::<ZendHashTable>(&mut pairs).cast();
    // SAFETY: an object that is Traversable; the callee calls back before it returns, and `pairs` outlives that.
    let done = unsafe { sys::spl_iterator_apply(object, Some(add), user) } == 0;
    (done && !report::has_exception()).then_some(pairs)
}

/// Adds the current key and value.
///
/// # Safety
/// Called by `spl_iterator_apply` with an iterator that is valid, and the array that [`pairs`] passed.
unsafe extern "C" fn add(iterator: *mut zend_object_iterator, user: *mut c_void) -> c_int {
    const GO_ON: c_int = 0;
    const STOP: c_int = 2;
    // SAFETY: the caller's promise; the functions are those of the iterator's class. The current value belongs to the iterator.
    unsafe {
        let pairs = &mut *user.cast::<ZendHashTable>();
        let functions = &*(*iterator).funcs;
        let Some(value) = functions.get_current_data.and_then(|current| current(iterator).as_ref()) else {
            return STOP;
        };
        if report::has_exception() {
            return STOP;
        }
        let value = value.dereference().shallow_clone();
        let mut key = long((*iterator).index as i64);
        if let Some(current) = functions.get_current_key {
            current(iterator, &raw mut key);
        }
        if report::has_exception() {
            return STOP;
        }
        match pairs.push(key).and_then(|()| pairs.push(value)) {
            Ok(()) => GO_ON,
            Err(_) => STOP,
        }
    }
}

fn long(value: i64) -> Zval {
    let mut zval = Zval::new();
    zval.set_long(value);
    zval
}
