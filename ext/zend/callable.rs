//! UNSAFE: calls of PHP code that is given as a value, and of PHP's own functions by name.
//!
//! Contract: a call may run any PHP code, may throw, and may leave by a bailout: guard it (see [`super::guard`]) where something is held.
#![expect(unsafe_code, reason = "calls through the engine's generic entry")]

use core::ffi::CStr;
use core::ptr;

use ext_php_rs::ffi::{_call_user_function_impl, ext_php_rs_executor_globals, zend_hash_str_find};
use ext_php_rs::types::Zval;

use super::report::has_exception;

/// Calls a callable; what it returns by reference is taken out of the reference. None where it threw.
pub fn call(callable: &Zval, arguments: &mut [Zval]) -> Option<Zval> {
    let mut result = Zval::new();
    // SAFETY: the callee changes neither the callable nor the arguments, which outlive the call, but for their reference counts.
    let done = unsafe {
        _call_user_function_impl(
            ptr::null_mut(),
            ptr::from_ref(callable).cast_mut(),
            &raw mut result,
            arguments.len() as u32,
            arguments.as_mut_ptr(),
            ptr::null_mut(),
        )
    } == 0;
    super::call::unwrap_reference(&mut result);
    (done && !has_exception()).then_some(result)
}

/// Calls one of PHP's functions; none where there is none of that name, or it threw.
pub fn call_named(function: &CStr, arguments: &mut [Zval]) -> Option<Zval> {
    // SAFETY: the table of this thread's executor; the name is read in its length. Names are in lower case there.
    let is_there = unsafe {
        let functions = (*ext_php_rs_executor_globals()).function_table;
        !zend_hash_str_find(functions, function.as_ptr(), function.count_bytes()).is_null()
    };
    is_there.then(|| call(&super::string::copy(function.to_bytes()), arguments)).flatten()
}

/// A closure of a callable: it can be called later, from everywhere. None where that threw.
pub fn closure(callable: &Zval) -> Option<Zval> {
    call(&super::string::copy(b"Closure::fromCallable"), &mut [callable.shallow_clone()])
}

/// A number that tells the fiber that runs from all others that are there; 0 outside of all.
pub fn fiber() -> usize {
    // SAFETY: the field of this thread's executor; the address is not followed.
    unsafe { (*ext_php_rs_executor_globals()).active_fiber.addr() }
}
