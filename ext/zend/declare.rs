//! UNSAFE: interfaces and exceptions of the extension's own.
//!
//! Contract: what is registered stays for the life of the process. Registering happens at start-up, before any other thread runs PHP.
#![expect(unsafe_code, reason = "class entries are the engine's, and reached by pointer")]

use core::ffi::CStr;
use core::sync::atomic::{AtomicPtr, Ordering};
use core::{mem, ptr};

use ext_php_rs::ffi::{
    zend_ce_throwable, zend_class_entry, zend_function_entry, zend_register_internal_class_ex,
    zend_register_internal_interface, zend_string_init_interned, zend_throw_exception_ex,
};

use super::sys;

/// An interface or an exception, to be put in a static.
pub struct Declared(AtomicPtr<zend_class_entry>);

/// What an exception extends.
#[derive(Debug, Clone, Copy)]
pub enum Base {
    /// `RuntimeException`.
    Runtime,
    /// `LogicException`.
    Logic,
    /// `OverflowException`.
    Overflow,
}

impl Declared {
    /// Not yet registered.
    pub const fn new() -> Self {
        Self(AtomicPtr::new(ptr::null_mut()))
    }

    /// Registers an interface that extends `Throwable`.
    pub fn register_throwable(&self, name: &CStr) {
        // SAFETY: start-up. The engine copies what `class` holds.
        unsafe {
            let mut class = template(name, ptr::null());
            let entry = zend_register_internal_interface(&raw mut class);
            sys::zend_class_implements(entry, 1, zend_ce_throwable);
            self.0.store(entry, Ordering::Release);
        }
    }

    /// Registers an exception that implements `interface`.
    pub fn register_exception(&self, name: &CStr, base: Base, interface: &Self) {
        // SAFETY: start-up; the module spl, which every PHP has, has started. The engine copies what `class` holds.
        unsafe {
            let parent = match base {
                Base::Runtime => sys::spl_ce_RuntimeException,
                Base::Logic => sys::spl_ce_LogicException,
                Base::Overflow => sys::spl_ce_OverflowException,
            };
            let mut class = template(name, ptr::null());
            let entry = zend_register_internal_class_ex(&raw mut class, parent);
            sys::zend_class_implements(entry, 1, interface.0.load(Ordering::Acquire));
            self.0.store(entry, Ordering::Release);
        }
    }

    /// Throws the exception.
    #[cold]
    pub fn throw(&self, message: &CStr) {
        // SAFETY: a registered exception; the format takes one string, which ends with NUL.
        unsafe { zend_throw_exception_ex(self.0.load(Ordering::Acquire), 0, c"%s".as_ptr(), message.as_ptr()) };
    }
}

/// What the engine's functions that register classes take: a name and methods.
pub(super) fn template(name: &CStr, methods: *const zend_function_entry) -> zend_class_entry {
    // SAFETY: the engine's own macro fills a cleared struct; its allocator of permanent strings is set before modules start.
    unsafe {
        let mut class = mem::zeroed::<zend_class_entry>();
        class.name =
            zend_string_init_interned.map_or(ptr::null_mut(), |init| init(name.as_ptr(), name.count_bytes(), true));
        class.info.internal.builtin_functions = methods;
        class
    }
}
