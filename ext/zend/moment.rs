//! UNSAFE: what the `__serialize()` of a `DateTime` or `DateTimeImmutable` returns, read out of the object: it formats the date by `sprintf`, which is
//! half of what a store takes.
//!
//! Contract: the structs are those of the date extension's headers, to which the build script compares them: where they differ, dates are asked by
//! their method like all other objects.
#![expect(unsafe_code, reason = "the date extension keeps its state before its objects")]

use core::ffi::{CStr, c_char, c_int, c_uint};
use core::ptr;
use core::sync::atomic::{AtomicPtr, Ordering};

use ext_php_rs::ffi::{
    _zend_new_array, ZEND_INTERNAL_FUNCTION, zend_array, zend_class_entry, zend_function, zend_hash_add_new,
    zend_object, zend_string, zend_string_init_interned,
};
use ext_php_rs::types::Zval;

use super::{string, sys};

/// `timelib_rel_time`.
#[repr(C)]
struct Relative {
    parts: [i64; 7],
    weekdays: [c_int; 4],
    days: i64,
    special: (c_uint, i64),
    have: [c_uint; 2],
}

/// `timelib_time`.
#[repr(C)]
struct Time {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
    microsecond: i64,
    offset: c_int,
    abbreviation: *const c_char,
    zone: *const Zone,
    is_dst: c_int,
    relative: Relative,
    since_epoch: i64,
    have: [c_uint; 5],
    is_current: [c_uint; 2],
    is_local: c_uint,
    zone_type: c_uint,
}

/// The start of `timelib_tzinfo`.
#[repr(C)]
struct Zone {
    name: *const c_char,
}

/// `TIMELIB_ZONETYPE_ID`: a zone that has a name.
const NAMED: c_uint = 3;

const KEYS: [&CStr; 3] = [c"date", c"timezone_type", c"timezone"];
/// The same as the engine's strings.
static NAMES: [AtomicPtr<zend_string>; 3] = [const { AtomicPtr::new(ptr::null_mut()) }; 3];

/// Makes the names of the elements. Called at the module's start-up, once.
pub fn prepare() {
    // SAFETY: start-up: the engine's allocator of permanent strings is set before modules start.
    let Some(intern) = (unsafe { zend_string_init_interned }) else { return };
    for (name, key) in NAMES.iter().zip(KEYS) {
        // SAFETY: as above.
        name.store(unsafe { intern(key.as_ptr(), key.count_bytes(), true) }, Ordering::Release);
    }
}

/// A new array with what an object's `__serialize()` would return; none where that is not known. May leave by a bailout.
///
/// # Safety
/// The object is alive, and has a `__serialize()`.
pub(super) unsafe fn state(object: *mut zend_object) -> Option<*mut zend_array> {
    // SAFETY: the caller's promise, and the contract: whose `__serialize()` is that of a date is one, and its state is kept right before it.
    let time = unsafe {
        if !cfg!(php_dates) || !is_bare_date(object) {
            return None;
        }
        object.cast::<*const Time>().sub(1).read().as_ref()?
    };
    if time.is_local == 0 || time.zone_type != NAMED {
        return None;
    }
    let mut text = *b"0000-00-00 00:00:00.000000";
    let parts = [
        (time.year, 0..4),
        (time.month, 5..7),
        (time.day, 8..10),
        (time.hour, 11..13),
        (time.minute, 14..16),
        (time.second, 17..19),
        (time.microsecond, 20..26),
    ];
    for (number, place) in parts {
        put_digits(&mut text[place], number)?;
    }
    // SAFETY: a zone has a name, which ends with NUL.
    let zone = unsafe { CStr::from_ptr(time.zone.as_ref()?.name) };
    let values = [string::copy(&text), long(NAMED.into()), string::copy(zone.to_bytes())];
    // SAFETY: a new table takes the values over; the names are there since start-up.
    unsafe {
        let array = _zend_new_array(KEYS.len() as u32);
        for (name, mut value) in NAMES.iter().zip(values) {
            zend_hash_add_new(array, name.load(Ordering::Relaxed), &raw mut value);
            core::mem::forget(value);
        }
        Some(array)
    }
}

/// Whether an object's `__serialize()` is that of a date, and it has no properties, which that would return as well.
///
/// # Safety
/// It is alive, and has one.
unsafe fn is_bare_date(object: *mut zend_object) -> bool {
    // SAFETY: the caller's promise; the classes are there since the engine's start.
    unsafe {
        let class: &zend_class_entry = &*(*object).ce;
        if class.default_properties_count != 0
            || !(*object).properties.is_null() && (*(*object).properties).nNumOfElements != 0
            || u32::from((*class.__serialize).type_) != ZEND_INTERNAL_FUNCTION
        {
            return false;
        }
        let code = code_of(class.__serialize);
        code == code_of((*sys::php_date_get_immutable_ce()).__serialize)
            || code == code_of((*sys::php_date_get_date_ce()).__serialize)
    }
}

/// The address of a function's code.
///
/// # Safety
/// It is null, or one of PHP's own.
unsafe fn code_of(function: *const zend_function) -> usize {
    // SAFETY: the caller's promise.
    unsafe { function.as_ref().and_then(|function| function.internal_function.handler).map_or(0, |code| code as usize) }
}

/// Writes a number with as many digits as there is room for; none where it has more, or is negative.
fn put_digits(to: &mut [u8], number: i64) -> Option<()> {
    let mut rest = u32::try_from(number).ok()?;
    for digit in to.iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    (rest == 0).then_some(())
}

fn long(number: i64) -> Zval {
    let mut value = Zval::new();
    value.set_long(number);
    value
}
