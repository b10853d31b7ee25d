//! UNSAFE: the exception that is pending, taken out and put back.
//!
//! Contract: [`Thrown`] owns a reference to the exception.
#![expect(unsafe_code, reason = "exceptions are objects reached by pointer")]

use core::ptr;

use ext_php_rs::ffi::{ext_php_rs_executor_globals, zend_read_property, zend_throw_exception_object};
use ext_php_rs::types::Zval;

use super::sys;

/// An exception that was thrown and is not pending now.
pub struct Thrown(Zval);

impl Thrown {
    /// Takes the pending exception; none where there is none, or it is not one that a script could catch: `exit`, or the end of a fiber.
    pub fn take() -> Option<Self> {
        // SAFETY: the globals of this thread; a pending exception is a live object, which the clone below keeps.
        unsafe {
            let exception = (*ext_php_rs_executor_globals()).exception;
            if exception.is_null() || sys::zend_is_unwind_exit(exception) || sys::zend_is_graceful_exit(exception) {
                return None;
            }
            let mut thrown = Zval::new();
            thrown.set_object(&mut *exception);
            sys::zend_clear_exception();
            Some(Self(thrown))
        }
    }

    /// Throws it again.
    pub fn throw(self) {
        let mut thrown = core::mem::ManuallyDrop::new(self.0);
        // SAFETY: a live exception; the callee takes our reference over.
        unsafe { zend_throw_exception_object(&raw mut *thrown) };
    }

    /// In words: class, message, file and line.
    pub fn describe(&self) -> String {
        let class = self.0.object().and_then(|object| object.get_class_name().ok()).unwrap_or_default();
        let text = |name| {
            let text = self.property(name);
            text.zend_str().map(|text| String::from_utf8_lossy(text.as_bytes()).into_owned()).unwrap_or_default()
        };
        let line = self.property("line").long().unwrap_or_default();
        format!("{class}: {} in {}:{line}", text("message"), text("file"))
    }

    fn property(&self, name: &str) -> Zval {
        let mut room = Zval::new();
        // SAFETY: an exception, whose base class has the property; the name is read in its length. The result is the object's, or in `room`.
        unsafe {
            let object = self.0.value.obj;
            let base = sys::zend_get_exception_base(object);
            let value = zend_read_property(base, object, name.as_ptr().cast(), name.len(), true, &raw mut room);
            if value.is_null() || ptr::eq(value, &raw const room) { room } else { (*value).shallow_clone() }
        }
    }
}
