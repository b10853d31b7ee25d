//! UNSAFE: warnings, errors and exceptions.
//!
//! Contract: the caller holds neither a lock nor a reservation, and owns nothing that must be dropped: a warning may run a user's
//! handler, and a fatal error leaves by `longjmp`.
#![expect(unsafe_code, reason = "calls of the engine's error functions")]

use core::ffi::{CStr, c_int};
use core::ptr;
use std::ffi::CString;

use ext_php_rs::ffi::{
    E_CORE_ERROR, E_CORE_WARNING, E_ERROR, E_WARNING, ext_php_rs_executor_globals, ext_php_rs_process_globals,
    php_error_docref, zend_throw_error,
};

use super::sys;

/// Raises a warning in the name of the running function.
#[cold]
pub fn warning(message: &CStr) {
    docref(E_WARNING, message);
}

/// Raises a fatal error in the name of the running function. Returns only where none is running.
#[cold]
pub fn fatal(message: &CStr) {
    docref(E_ERROR, message);
}

/// Throws an `Error`.
#[cold]
pub fn throw(message: &CStr) {
    // SAFETY: the format takes one string, which ends with NUL; a null class is `Error`.
    unsafe { zend_throw_error(ptr::null_mut(), c"%s".as_ptr(), message.as_ptr()) };
}

/// Throws a `TypeError`.
#[cold]
pub fn throw_type(message: &CStr) {
    // SAFETY: the format takes one string, which ends with NUL.
    unsafe { sys::zend_type_error(c"%s".as_ptr(), message.as_ptr()) };
}

/// Throws a `ValueError`.
#[cold]
pub fn throw_value(message: &CStr) {
    // SAFETY: the format takes one string, which ends with NUL.
    unsafe { sys::zend_value_error(c"%s".as_ptr(), message.as_ptr()) };
}

/// Throws an `ArithmeticError`.
#[cold]
pub fn throw_arithmetic(message: &CStr) {
    // SAFETY: a class of the engine's; the format takes one string, which ends with NUL.
    unsafe { zend_throw_error(sys::zend_ce_arithmetic_error, c"%s".as_ptr(), message.as_ptr()) };
}

/// Reports at start-up that PHP goes on without something.
#[cold]
pub fn startup_warning(message: &str) {
    core(E_CORE_WARNING, message);
}

/// Reports at start-up that PHP cannot start. Does not return.
#[cold]
pub fn startup_error(message: &str) {
    core(E_CORE_ERROR, message);
}

/// Writes a line to PHP's error log where `log_errors` is on. Never shown to a script or a browser.
#[cold]
pub fn log(message: &str) {
    // SAFETY: the core's globals exist from before a module starts until after it has shut down.
    if !unsafe { (*ext_php_rs_process_globals()).log_errors } {
        return;
    }
    const NOTICE: c_int = 5;
    // SAFETY: the message ends with NUL and is copied by the callee.
    unsafe { sys::php_log_err_with_severity(c_string(message).as_ptr(), NOTICE) };
}

/// Whether an exception is pending.
#[inline]
pub fn has_exception() -> bool {
    // SAFETY: the executor's globals live as long as the thread runs PHP.
    unsafe { !(*ext_php_rs_executor_globals()).exception.is_null() }
}

/// Text for the engine, which wants no NUL inside.
pub fn c_string(text: &str) -> CString {
    CString::new(text.replace('\0', "\\0")).unwrap_or_default()
}

fn docref(kind: u32, message: &CStr) {
    // SAFETY: the format takes one string, which ends with NUL.
    unsafe { php_error_docref(ptr::null(), kind as c_int, c"%s".as_ptr(), message.as_ptr()) };
}

fn core(kind: u32, message: &str) {
    let message = c_string(message);
    // SAFETY: as in `docref`. An E_CORE_ERROR ends the process, so that `message` is not freed does not matter.
    unsafe { sys::zend_error(kind as c_int, c"%s".as_ptr(), message.as_ptr()) };
}
