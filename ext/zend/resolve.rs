//! UNSAFE: finds the classes and cases that a recipe names, and says of each property where it is.
//!
//! Contract: names are string images that stay where they are while the [`Classes`] live, and are handed to PHP code only as copies. Looking up
//! a class may run PHP code (autoloading, constant expressions) and leave by a bailout. A class that was found stays for the request.
#![expect(unsafe_code, reason = "classes are reached by pointer")]

use core::cell::Cell;
use core::ptr;

use ext_php_rs::ffi::{
    _zend_property_info, IS_UNDEF, ZEND_ACC_ABSTRACT, ZEND_ACC_ALLOW_DYNAMIC_PROPERTIES, ZEND_ACC_CONSTANTS_UPDATED,
    ZEND_ACC_ENUM, ZEND_ACC_IMPLICIT_ABSTRACT_CLASS, ZEND_ACC_INTERFACE, ZEND_ACC_NOT_SERIALIZABLE, ZEND_ACC_TRAIT,
    ext_php_rs_process_globals, ext_php_rs_zend_string_init, ext_php_rs_zend_string_release, zend_class_entry,
    zend_enum_get_case, zend_function, zend_hash_find, zend_lookup_class_ex, zend_object, zend_string,
};
use ext_php_rs::types::Zval;

use super::call::{PrivateState, exception_is_pending};
use super::local::per_thread;
use super::object::is_plain;
use super::prototype::is_of_a_date;
use super::scratch::Few;
use super::view::Image;
use super::wakeup;

/// Why a class is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Only `unserialize()` does right by it.
    Foreign,
    /// An exception is pending.
    Thrown,
}

/// What hooks the objects of a value have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Called {
    /// None.
    Nothing,
    /// Those of dates, which run no code of a script's.
    Dates,
    /// They may run any code.
    Any,
}

/// What the nodes of a recipe stand for, in their order.
pub struct Classes {
    nodes: Few<Node, 4>,
    slots: Few<Slot, 16>,
}

/// What a node stands for.
#[derive(Clone, Copy)]
pub(super) enum Node {
    /// A class, and its `__wakeup()` or null; its properties are so many slots from the first on.
    Class { class: *mut zend_class_entry, wakeup: *mut zend_function, first: u32, count: u32 },
    /// `__PHP_Incomplete_Class` in the place of the one with this name.
    Missing { name: *mut zend_string, first: u32, count: u32 },
    /// A class, and its `__unserialize()`.
    Hooked { class: *mut zend_class_entry, hook: *mut zend_function },
    /// A case of an enum.
    Case(*mut zend_object),
}

/// Where a property is.
#[derive(Clone, Copy)]
pub(super) struct Slot {
    /// Bytes from the object's start; 0 for a dynamic property.
    pub offset: u32,
    /// Its declaration, where it has a type.
    pub typed: *mut _zend_property_info,
    /// Its name.
    pub name: *mut zend_string,
}

/// What a class is of which `unserialize()` makes no objects.
const HAS_NO_OBJECTS: u32 = ZEND_ACC_INTERFACE
    | ZEND_ACC_TRAIT
    | ZEND_ACC_ABSTRACT
    | ZEND_ACC_IMPLICIT_ABSTRACT_CLASS
    | ZEND_ACC_ENUM
    | ZEND_ACC_NOT_SERIALIZABLE;
/// `ZEND_FETCH_CLASS_NO_AUTOLOAD`.
const NO_AUTOLOAD: u32 = 0x80;
/// `ZEND_CLASS_CONST_IS_CASE`.
const IS_CASE: u32 = 1 << 6;

unsafe extern "C" {
    fn zend_update_class_constants(class: *mut zend_class_entry) -> core::ffi::c_int;
}

impl Classes {
    /// None yet.
    pub fn new() -> Self {
        Self { nodes: Few::new(), slots: Few::new() }
    }

    /// The next node: a class whose objects have these properties.
    ///
    /// # Errors
    /// It is not what it was, or is not found and PHP's settings want more than an incomplete class.
    pub fn add_class<'p>(
        &mut self,
        name: Image<'p>,
        properties: impl Iterator<Item = Image<'p>>,
    ) -> Result<(), Refused> {
        let first = self.slots.as_slice().len() as u32;
        let class = lookup(name)?;
        for (index, property) in properties.enumerate() {
            self.slots.push(match class {
                Some(class) => slot(class, index, property.as_ptr()).ok_or(Refused::Foreign)?,
                None => Slot { offset: 0, typed: ptr::null_mut(), name: property.as_ptr() },
            });
        }
        let count = self.slots.as_slice().len() as u32 - first;
        self.nodes.push(match class {
            Some(class) => Node::Class { class, wakeup: usable(class, name)?, first, count },
            None => Node::Missing { name: name.as_ptr(), first, count },
        });
        Ok(())
    }

    /// The next node: a class whose objects are made by their `__unserialize()`.
    ///
    /// # Errors
    /// It is gone, or its objects are not made so any more.
    pub fn add_hooked(&mut self, name: Image<'_>) -> Result<(), Refused> {
        let class = lookup(name)?.ok_or(Refused::Foreign)?;
        // SAFETY: a class of this request.
        let entry = unsafe { &*class };
        let hook = entry.__unserialize;
        if hook.is_null() {
            return Err(Refused::Foreign);
        }
        if known(name).is_none() {
            if entry.ce_flags & HAS_NO_OBJECTS != 0 {
                return Err(Refused::Foreign);
            }
            up_to_date(class)?;
            note(class, hook, name);
        }
        self.nodes.push(Node::Hooked { class, hook });
        Ok(())
    }

    /// The next node: a case of an enum.
    ///
    /// # Errors
    /// There is no such case.
    pub fn add_case(&mut self, name: Image<'_>, case: Image<'_>) -> Result<(), Refused> {
        let class = lookup(name)?.ok_or(Refused::Foreign)?;
        // SAFETY: a class of this request; a constant of a class is a zval with more behind it; a case of an enum whose constants are up to
        // date is an object.
        unsafe {
            let constant = zend_hash_find(&raw const (*class).constants_table, case.as_ptr());
            if (*class).ce_flags & ZEND_ACC_ENUM == 0 || constant.is_null() {
                return Err(Refused::Foreign);
            }
            let constant = (*constant).value.ptr.cast::<Zval>();
            if (*constant).u2.constant_flags & IS_CASE == 0 {
                return Err(Refused::Foreign);
            }
            if (*class).enum_backing_type != IS_UNDEF {
                up_to_date(class)?;
            }
            let case = zend_enum_get_case(class, case.as_ptr());
            if exception_is_pending() {
                return Err(Refused::Thrown);
            }
            note(class, ptr::null_mut(), name);
            self.nodes.push(Node::Case(case));
        }
        Ok(())
    }

    /// What is called when a value of these is made.
    pub fn hooks(&self) -> Called {
        let called = |node: &Node| match *node {
            Node::Class { wakeup, .. } if !wakeup.is_null() => Called::Any,
            // SAFETY: a class of this request.
            Node::Hooked { class, .. } if is_of_a_date(unsafe { &*class }) => Called::Dates,
            Node::Hooked { .. } => Called::Any,
            _ => Called::Nothing,
        };
        self.nodes.as_slice().iter().map(called).max().unwrap_or(Called::Nothing)
    }

    pub(super) fn node(&self, index: u32) -> Option<Node> {
        self.nodes.as_slice().get(index as usize).copied()
    }

    pub(super) fn slot(&self, index: u32) -> Option<Slot> {
        self.slots.as_slice().get(index as usize).copied()
    }
}

/// The class with this name, autoloaded if need be; none where there is no such and `unserialize()` would make an incomplete object.
fn lookup(name: Image<'_>) -> Result<Option<*mut zend_class_entry>, Refused> {
    if let Some((class, _)) = known(name) {
        return Ok(Some(class));
    }
    // SAFETY: the name is an image, which is only read: without autoloading no PHP code sees it.
    let class = unsafe { zend_lookup_class_ex(name.as_ptr(), ptr::null_mut(), NO_AUTOLOAD) };
    if !class.is_null() {
        return Ok(Some(class));
    }
    if has_unserialize_callback() {
        return Err(Refused::Foreign);
    }
    let private = PrivateState::enter();
    // SAFETY: a string of our own, which the autoloader may keep.
    let class = unsafe {
        let text = text(name.as_ptr());
        let name = ext_php_rs_zend_string_init(text.as_ptr().cast(), text.len(), false);
        let class = zend_lookup_class_ex(name, ptr::null_mut(), 0);
        ext_php_rs_zend_string_release(name);
        class
    };
    drop(private);
    match (exception_is_pending(), class.is_null()) {
        (true, _) => Err(Refused::Thrown),
        (false, true) => Ok(None),
        (false, false) => Ok(Some(class)),
    }
}

/// Whether `unserialize_callback_func` is set.
fn has_unserialize_callback() -> bool {
    // SAFETY: the settings of this thread; this one is null or a text, which a NUL ends.
    unsafe {
        let callback = (*ext_php_rs_process_globals()).unserialize_callback_func;
        #[cfg(php86)]
        return !callback.is_null() && (*callback).len != 0;
        #[cfg(not(php86))]
        return !callback.is_null() && *callback != 0;
    }
}

/// Whether objects of the class with this name are made of their properties alone: its `__wakeup()`, or null.
fn usable(class: *mut zend_class_entry, name: Image<'_>) -> Result<*mut zend_function, Refused> {
    // SAFETY: a class of this request.
    let entry = unsafe { &*class };
    if let Some((_, wakeup)) = known(name)
        && entry.ce_flags & ZEND_ACC_ENUM == 0
        && entry.__unserialize.is_null()
    {
        return Ok(wakeup);
    }
    if entry.ce_flags & HAS_NO_OBJECTS != 0 || !is_plain(entry) {
        return Err(Refused::Foreign);
    }
    up_to_date(class)?;
    let wakeup = wakeup::of(entry);
    note(class, wakeup, name);
    Ok(wakeup)
}

/// The class with this name and its `__wakeup()`, or its `__unserialize()` if it has one; if this request has found it, and found it usable or an
/// enum. What a class is does not change
/// before the request ends.
fn known(name: Image<'_>) -> Option<(*mut zend_class_entry, *mut zend_function)> {
    KNOWN.with(|known| {
        // SAFETY: a string image, which has its hash; a class of this request, and its name.
        unsafe {
            let name = name.as_ptr();
            let (class, wakeup) = known.classes[(*name).h as usize % NAMES].get();
            let is_named = !class.is_null() && (*(*class).name).h == (*name).h && equal((*class).name, name);
            is_named.then_some((class, wakeup))
        }
    })
}

fn note(class: *mut zend_class_entry, wakeup: *mut zend_function, name: Image<'_>) {
    KNOWN.with(|known| {
        // SAFETY: a string image, which has its hash.
        known.classes[unsafe { (*name.as_ptr()).h } as usize % NAMES].set((class, wakeup));
        known.are_any.set(true);
    });
}

/// Forgets the classes of a request that ends.
pub fn forget() {
    KNOWN.with(|known| {
        if known.are_any.take() {
            known.classes.iter().for_each(|class| class.set(NOTHING));
        }
    });
}

/// Classes that are known at once.
const NAMES: usize = 32;

const NOTHING: (*mut zend_class_entry, *mut zend_function) = (ptr::null_mut(), ptr::null_mut());

/// By the hash of their names.
struct Known {
    classes: [Cell<(*mut zend_class_entry, *mut zend_function)>; NAMES],
    are_any: Cell<bool>,
}

per_thread! {
    static KNOWN: Known = Known { classes: [const { Cell::new(NOTHING) }; NAMES], are_any: Cell::new(false) };
}

/// Evaluates what a class's constants and defaults wait for.
fn up_to_date(class: *mut zend_class_entry) -> Result<(), Refused> {
    // SAFETY: a class of this request.
    unsafe {
        if (*class).ce_flags & ZEND_ACC_CONSTANTS_UPDATED == 0 && zend_update_class_constants(class) != 0 {
            return Err(Refused::Thrown);
        }
    }
    Ok(())
}

/// Where the class has the property: the one in slot `guess`, most likely. None where `unserialize()` has something to say.
fn slot(class: *mut zend_class_entry, guess: usize, name: *mut zend_string) -> Option<Slot> {
    // SAFETY: a class of this request has so many entries, null for slots that no property uses. Names are strings with hashes.
    unsafe {
        let slots = (*class).default_properties_count as usize;
        for index in [guess].into_iter().filter(|&guess| guess < slots).chain(0..slots) {
            let info = *(*class).properties_info_table.add(index);
            if !info.is_null() && equal((*info).name, name) {
                let typed = if (*info).type_.type_mask == 0 { ptr::null_mut() } else { info };
                return Some(Slot { offset: (*info).offset, typed, name });
            }
        }
        let is_mangled = text(name).first() == Some(&0);
        let may_be_dynamic = (*class).ce_flags & ZEND_ACC_ALLOW_DYNAMIC_PROPERTIES != 0
            && !is_mangled
            && zend_hash_find(&raw const (*class).properties_info, name).is_null();
        may_be_dynamic.then_some(Slot { offset: 0, typed: ptr::null_mut(), name })
    }
}

/// # Safety
/// Strings that are alive.
unsafe fn equal(one: *mut zend_string, other: *mut zend_string) -> bool {
    // SAFETY: the caller's promise.
    unsafe { one == other || text(one) == text(other) }
}

/// # Safety
/// A string that is alive for `'a`.
unsafe fn text<'a>(string: *mut zend_string) -> &'a [u8] {
    // SAFETY: the caller's promise.
    unsafe { core::slice::from_raw_parts((&raw const (*string).val).cast(), (*string).len) }
}
