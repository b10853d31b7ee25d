//! UNSAFE: final classes with readonly properties, whose objects the extension makes.
//!
//! Contract: a class is registered at start-up, before any other thread runs PHP; its objects have one slot for each property, in order.
#![expect(unsafe_code, reason = "class entries and property slots are reached by pointer")]

use core::ffi::{CStr, c_int};
use core::ptr;
use core::sync::atomic::{AtomicPtr, Ordering};

use ext_php_rs::ffi::{
    IS_UNDEF, ZEND_ACC_FINAL, ZEND_ACC_NO_DYNAMIC_PROPERTIES, ZEND_ACC_PUBLIC, object_init_ex, zend_class_entry,
    zend_register_internal_class_ex, zend_string_init_interned, zend_type,
};
use ext_php_rs::types::Zval;

use super::function::{self, Method};
use super::{declare, sys};

/// `ZEND_ACC_READONLY`.
const READONLY: u32 = 1 << 7;

/// A class of `N` properties, to be put in a static.
pub struct Record<const N: usize>(AtomicPtr<zend_class_entry>);

/// A property: its name and its types (see [`function::types`]).
pub type Property = (&'static CStr, u32);

impl<const N: usize> Record<N> {
    /// Not yet registered.
    pub const fn new() -> Self {
        Self(AtomicPtr::new(ptr::null_mut()))
    }

    /// Registers the class, with constants that are strings.
    pub fn register(&self, name: &CStr, properties: &[Property; N], constants: &[(&str, &str)]) {
        // SAFETY: start-up. The engine copies what `class` holds, keeps the interned names, and copies the constants.
        unsafe {
            let mut class = declare::template(name, function::methods(&[Method::no_constructor()]));
            let entry = zend_register_internal_class_ex(&raw mut class, ptr::null_mut());
            (*entry).ce_flags |= ZEND_ACC_FINAL | ZEND_ACC_NO_DYNAMIC_PROPERTIES;
            for (name, types) in properties {
                let Some(intern) = zend_string_init_interned else { continue };
                let name = intern(name.as_ptr(), name.count_bytes(), true);
                let mut unset = Zval::new();
                unset.u1.type_info = IS_UNDEF;
                let kind = zend_type { ptr: ptr::null_mut(), type_mask: *types };
                let flags = (ZEND_ACC_PUBLIC | READONLY) as c_int;
                sys::zend_declare_typed_property(entry, name, &raw mut unset, flags, ptr::null_mut(), kind);
            }
            for (name, value) in constants {
                sys::zend_declare_class_constant_stringl(
                    entry,
                    name.as_ptr().cast(),
                    name.len(),
                    value.as_ptr().cast(),
                    value.len(),
                );
            }
            self.0.store(entry, Ordering::Release);
        }
    }

    /// A new object with these values, which are of the properties' types. May leave by a bailout.
    pub fn make(&self, values: [Zval; N]) -> Zval {
        let mut made = Zval::new();
        // SAFETY: the class is registered and can be instantiated; a new object has its declared properties in so many slots, all unset.
        unsafe {
            object_init_ex(&raw mut made, self.0.load(Ordering::Acquire));
            let slots = (&raw mut (*made.value.obj).properties_table).cast::<Zval>();
            for (index, value) in values.into_iter().enumerate() {
                slots.add(index).write(value);
            }
        }
        made
    }
}
