//! UNSAFE: PHP's moments and intervals.
//!
//! Contract: everything here may run PHP code (a class may extend `DateTime`) and may leave by a bailout: the caller owns nothing that must be
//! dropped.
#![expect(unsafe_code, reason = "objects are made by the engine's functions")]

use core::ptr;

use ext_php_rs::ffi::{instanceof_function_slow, object_init_ex, zend_class_entry};
use ext_php_rs::types::Zval;

use super::{report, sys};

/// How many ms a `DateTimeInterface` lies after now, or a `DateInterval` added to now does; negative before. None where `value` is neither, or
/// an exception is pending.
pub fn ms_from_now(value: &Zval) -> Option<i64> {
    // SAFETY: the module date, which every PHP has, has started.
    let interval = is_of(value, unsafe { sys::php_date_get_interval_ce() });
    let moment = is_moment(value);
    if !moment && !interval {
        return None;
    }
    let now = now()?;
    let ms = if moment { ms_of(value)? } else { ms_of(&method(&now, "add", Some(value))?)? };
    Some(ms.saturating_sub(ms_of(&now)?))
}

/// Whether `value` is a `DateTimeInterface`.
pub fn is_moment(value: &Zval) -> bool {
    // SAFETY: the module date, which every PHP has, has started.
    is_of(value, unsafe { sys::php_date_get_interface_ce() })
}

fn is_of(value: &Zval, class: *mut zend_class_entry) -> bool {
    // SAFETY: a live object has a class.
    value
        .object()
        .is_some_and(|object| unsafe { ptr::eq(object.ce, class) || instanceof_function_slow(object.ce, class) })
}

/// `new DateTimeImmutable`.
fn now() -> Option<Zval> {
    let mut now = Zval::new();
    // SAFETY: the class is there and can be instantiated.
    unsafe { object_init_ex(&raw mut now, sys::php_date_get_immutable_ce()) };
    method(&now, "__construct", None)?;
    Some(now)
}

fn ms_of(moment: &Zval) -> Option<i64> {
    let mut format = Zval::new();
    format.set_string("Uv", false).ok()?;
    let text = method(moment, "format", Some(&format))?;
    text.str()?.parse().ok()
}

fn method(object: &Zval, name: &str, argument: Option<&Zval>) -> Option<Zval> {
    let arguments = argument.map(|argument| argument as &dyn ext_php_rs::convert::IntoZvalDyn);
    let result = object.object()?.try_call_method(name, arguments.into_iter().collect());
    if report::has_exception() { None } else { result.ok() }
}
