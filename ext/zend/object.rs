//! UNSAFE: reads PHP's objects where they lie: what kind of object, which properties, as `serialize()` sees them.
//!
//! Contract: that of [`super::value`].
#![expect(unsafe_code, reason = "PHP's objects are reached by pointer")]

use core::marker::PhantomData;
use core::ptr;

use ext_php_rs::ffi::{
    IS_UNDEF, ZEND_ACC_ENUM, ZEND_ACC_NOT_SERIALIZABLE, ZEND_USER_FUNCTION, std_object_handlers, zend_class_entry,
    zend_hash_str_find, zend_object, zend_standard_class_def,
};
use ext_php_rs::types::Zval;

use super::elements::Elements;
use super::returned::is_quiet;
use super::value::{Array, Key, Str, Value};

/// An object of PHP's.
#[derive(Clone, Copy)]
pub struct Object<'a> {
    object: *mut zend_object,
    slot: PhantomData<&'a Zval>,
}

/// What `serialize()` does with objects of a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Treatment {
    /// It writes the properties, and `unserialize()` sets them.
    Properties,
    /// It writes the name of the case.
    EnumCase,
    /// It writes what `__serialize()` returns, which runs no PHP code, and `unserialize()` gives that to `__unserialize()`.
    Quiet,
    /// The same, and `__serialize()` may run any code.
    Loud,
    /// It does something else, or it throws.
    Other,
}

impl<'a> Object<'a> {
    /// The object at `object`.
    ///
    /// # Safety
    /// It is alive and unchanged for `'a`.
    #[inline]
    pub unsafe fn of(object: *mut zend_object) -> Self {
        Self { object, slot: PhantomData }
    }

    /// Where it is.
    pub(super) fn pointer(self) -> *mut zend_object {
        self.object
    }

    /// Its address, which tells it from all other objects that are alive.
    pub fn address(self) -> usize {
        self.object as usize
    }

    /// The address of its class, which tells it from all other classes.
    pub fn class(self) -> usize {
        ptr::from_ref(self.entry()) as usize
    }

    /// The name of its class.
    pub fn class_name(self) -> Str<'a> {
        // SAFETY: a class has a name, which lives as long as the class.
        unsafe { Str::of(self.entry().name) }
    }

    /// What `serialize()` does with it, as far as its class decides.
    #[inline]
    pub fn treatment(self) -> Treatment {
        let class = self.entry();
        if class.ce_flags & ZEND_ACC_ENUM != 0 {
            return Treatment::EnumCase;
        }
        if class.ce_flags & ZEND_ACC_NOT_SERIALIZABLE != 0 {
            return Treatment::Other;
        }
        if class.__serialize.is_null() && is_plain(class) && !has_method(class, b"__sleep") {
            return Treatment::Properties;
        }
        hooked(class)
    }

    /// Whether its class has a `__serialize()`.
    #[inline]
    pub fn has_hook(self) -> bool {
        !self.entry().__serialize.is_null()
    }

    /// Whether it behaves otherwise than its class says: it has other handlers than the engine's own, or is lazy.
    pub fn is_odd(self) -> bool {
        // SAFETY: by the contract the object is alive.
        let handlers = unsafe { (*self.object).handlers };
        self.is_lazy() || !ptr::eq(handlers, &raw const std_object_handlers)
    }

    /// Whether its properties are made when they are asked for.
    pub fn is_lazy(self) -> bool {
        #[cfg(php84)]
        // SAFETY: by the contract the object is alive.
        return unsafe { (*self.object).extra_flags } & LAZY != 0;
        #[cfg(not(php84))]
        false
    }

    /// Whether other places may hold the same object.
    #[inline]
    pub fn is_shared(self) -> bool {
        // SAFETY: by the contract the object is alive.
        unsafe { (*self.object).gc.refcount > 1 }
    }

    /// The name of the case that it is.
    pub fn case_name(self) -> Option<Str<'a>> {
        // SAFETY: a case of an enum has its name as its first property.
        match Value::of(unsafe { &*(&raw const (*self.object).properties_table).cast::<Zval>() }) {
            Value::Str(name) => Some(name),
            _ => None,
        }
    }

    /// Its properties that are set, in the order of `serialize()`.
    pub fn properties(self) -> Properties<'a> {
        // SAFETY: by the contract the object is alive.
        let table = unsafe { (*self.object).properties };
        if table.is_null() {
            Properties::Declared { object: self, slot: 0 }
        } else {
            // SAFETY: the object holds it.
            Properties::Table(unsafe { Array::of(table) }.elements())
        }
    }

    fn entry(self) -> &'a zend_class_entry {
        // SAFETY: by the contract the object is alive, and so is its class.
        unsafe { &*(*self.object).ce }
    }
}

/// [`Object::treatment`] of objects that are not made of their properties.
#[inline(never)]
fn hooked(class: &zend_class_entry) -> Treatment {
    match class.__serialize.is_null() || class.__unserialize.is_null() {
        true => Treatment::Other,
        false if is_quiet(class) => Treatment::Quiet,
        false => Treatment::Loud,
    }
}

/// `IS_OBJ_LAZY_UNINITIALIZED | IS_OBJ_LAZY_PROXY`.
#[cfg(php84)]
const LAZY: u32 = 1 << 31 | 1 << 30;

/// Whether objects of a class are made, read and restored by the engine's own means, but for `__serialize`, `__sleep` and `__wakeup`: a class of a
/// script, or `stdClass`, that inherits from no other class of an extension and has no `__unserialize()`.
pub(super) fn is_plain(class: &zend_class_entry) -> bool {
    // SAFETY: the union holds the function that makes objects for everything but interfaces, of which there are no objects.
    let makes = unsafe { class.__bindgen_anon_2.create_object.is_some() };
    // SAFETY: set once, at the engine's start.
    let is_standard = ptr::eq(class, unsafe { zend_standard_class_def });
    (is_standard || class.type_ as u32 == ZEND_USER_FUNCTION)
        && !makes
        && has_standard_handlers(class)
        && class.serialize.is_none()
        && class.unserialize.is_none()
        && class.__unserialize.is_null()
}

#[cfg(php83)]
fn has_standard_handlers(class: &zend_class_entry) -> bool {
    ptr::eq(class.default_object_handlers, &raw const std_object_handlers)
}

#[cfg(not(php83))]
fn has_standard_handlers(_: &zend_class_entry) -> bool {
    true
}

fn has_method(class: &zend_class_entry, name: &[u8]) -> bool {
    // SAFETY: the table of a class, and the bytes of a name.
    unsafe { !zend_hash_str_find(&raw const class.function_table, name.as_ptr().cast(), name.len()).is_null() }
}

/// The properties of an object that are set.
#[derive(Clone, Copy)]
pub enum Properties<'a> {
    /// Those in the slots that the class declares.
    Declared { object: Object<'a>, slot: usize },
    /// The table that the engine has made of slots and dynamic properties.
    Table(Elements<'a>),
}

impl<'a> Properties<'a> {
    /// Whether every declared property is set, and there is no other.
    pub fn are_all_declared(&self) -> bool {
        match *self {
            Self::Declared { object, .. } => (0..slots(object)).all(|slot| property(object, slot).is_some()),
            Self::Table(_) => false,
        }
    }
}

impl<'a> Iterator for Properties<'a> {
    /// The name as the engine mangles it (none where it is an integer, which a table of properties should not have), and the value.
    type Item = (Option<Str<'a>>, &'a Zval);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Declared { object, slot } => {
                while *slot < slots(*object) {
                    *slot += 1;
                    if let Some((name, value)) = property(*object, *slot - 1) {
                        return Some((Some(name), value));
                    }
                }
                None
            }
            Self::Table(elements) => elements.next().map(|(key, value)| match key {
                Key::Name(name) => (Some(name), value),
                Key::Index(_) => (None, value),
            }),
        }
    }
}

#[inline]
fn slots(object: Object<'_>) -> usize {
    object.entry().default_properties_count as usize
}

/// The declared property in a slot, where the slot is in use and set.
#[inline]
fn property<'a>(object: Object<'a>, slot: usize) -> Option<(Str<'a>, &'a Zval)> {
    // SAFETY: the class has so many entries, null for slots that no property uses; an entry's offset leads to a slot of the object.
    unsafe {
        let info = *object.entry().properties_info_table.add(slot);
        if info.is_null() {
            return None;
        }
        let value = &*object.object.cast::<u8>().add((*info).offset as usize).cast::<Zval>();
        (u32::from(value.u1.v.type_) != IS_UNDEF).then(|| (Str::of((*info).name), value))
    }
}
