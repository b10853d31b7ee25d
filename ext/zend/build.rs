//! UNSAFE: makes a value with objects, step by step in the order of its recipe.
//!
//! Contract: the steps are those of a recipe that [`Classes`] were resolved for; images are in place, or are copied here. What is made hangs in
//! `out` from the first step on, and is a proper value after each: an error releases it as any other. What an `__unserialize()` is to get hangs
//! among the hooks. No PHP code runs in here but what releasing a default value may set off, and at the end each hook. Making things may leave
//! by a bailout; all memory is the engine's.
#![expect(unsafe_code, reason = "PHP's values are made by pointer")]

use core::ptr;

use ext_php_rs::ffi::{
    _zend_new_array, _zend_property_info, HashTable, IS_ARRAY_EX, IS_NULL, IS_OBJECT_EX, IS_UNDEF, object_init_ex,
    zend_class_entry, zend_function, zend_hash_index_update, zend_hash_real_init_mixed, zend_hash_real_init_packed,
    zend_hash_update, zend_object, zend_std_get_properties, zend_string, zend_verify_prop_assignable_by_ref,
    zval_ptr_dtor,
};
use ext_php_rs::types::Zval;

use super::image::{Cell, MAX_ELEMENTS};
use super::make::Copy;
use super::resolve::{Classes, Node};
use super::scratch::Few;
use super::view::Image;
use super::wakeup::{self, Hooks};
use crate::codec::Unreadable;

/// Makes one value.
pub struct Builder<'c> {
    classes: &'c Classes,
    copy: Option<Copy>,
    open: Few<Open, 8>,
    objects: Few<*mut zend_object, 8>,
    hooks: Hooks,
    out: *mut Zval,
    /// Where the value after a key goes.
    keyed: *mut Zval,
}

/// The objects of a value that was made just now.
pub struct Built(Few<*mut zend_object, 8>);

impl Built {
    /// The object with this number.
    pub(super) fn object(&self, number: u32) -> Option<*mut zend_object> {
        self.0.as_slice().get(number as usize).copied()
    }
}

/// An object or array that wants `left` more values.
#[derive(Clone, Copy)]
struct Open {
    into: Into,
    left: u32,
    /// What is to be called when it is complete.
    wakeup: *mut zend_function,
    /// Where it is, and the declaration that it must agree with, which `unserialize()` looks at when it is complete.
    place: *mut Zval,
    typed: *mut _zend_property_info,
}

#[derive(Clone, Copy)]
enum Into {
    /// `out` itself.
    Root,
    /// What the `__unserialize()` of an object gets, and its number among those.
    Argument(*mut zend_object, u32),
    List(*mut HashTable),
    Map(*mut HashTable),
    /// The next property is that of this slot.
    Object(*mut zend_object, u32),
}

unsafe extern "C" {
    static php_ce_incomplete_class: *mut zend_class_entry;
    fn php_store_class_name(object: *mut Zval, name: *mut zend_string);
}

impl<'c> Builder<'c> {
    /// Makes a value in `out`, which holds nothing. Images are copied where they do not stay in place (`is_copy`): they are checked and in
    /// writable memory then.
    pub fn new(classes: &'c Classes, is_copy: bool, out: &mut Zval) -> Self {
        out.u1.type_info = IS_NULL;
        let mut open = Few::new();
        let (wakeup, typed) = (ptr::null_mut(), ptr::null_mut());
        open.push(Open { into: Into::Root, left: 1, wakeup, place: out, typed });
        let copy = is_copy.then(Copy::new);
        Self { classes, copy, open, hooks: Hooks::new(), objects: Few::new(), out, keyed: ptr::null_mut() }
    }

    /// A scalar or an image.
    pub fn leaf(&mut self, cell: Cell) -> Result<(), Unreadable> {
        let (place, typed) = self.place()?;
        let (value, tag) = cell.words();
        // SAFETY: a place for a value.
        let place = unsafe { &mut *place };
        match (cell, &mut self.copy) {
            (Cell::Str(_) | Cell::Array(_), Some(copy)) => {
                // SAFETY: by the contract a checked image in writable memory.
                unsafe { copy.put(cell, place) };
            }
            _ => {
                place.value.lval = value as i64;
                place.u1.type_info = tag;
            }
        }
        verify(place, typed)
    }

    /// A new object of this node, whose properties follow.
    pub fn object(&mut self, node: u32) -> Result<(), Unreadable> {
        let (class, wakeup, missing, first, count) = match self.classes.node(node).ok_or(Unreadable)? {
            Node::Class { class, wakeup, first, count } => (class, wakeup, None, first, count),
            Node::Missing { name, first, count } => {
                // SAFETY: set once, at the engine's start.
                (unsafe { php_ce_incomplete_class }, ptr::null_mut(), Some(name), first, count)
            }
            Node::Hooked { .. } | Node::Case(_) => return Err(Unreadable),
        };
        let (place, typed) = self.place()?;
        let object = instance(place, class)?;
        // SAFETY: a class that was found usable, and its fresh object.
        unsafe {
            if let Some(name) = missing {
                let (mut value, copy) = (Zval::new(), self.copy.is_some());
                super::make::string_value(name, copy, &mut value);
                php_store_class_name(place, value.value.str_);
            } else if (*class).default_properties_count == 0 && count > 0 {
                (*object).properties = _zend_new_array(count);
            }
            if !wakeup.is_null() {
                wakeup::put_off(object);
            }
            self.objects.push(object);
            self.open.push(Open { into: Into::Object(object, first), left: count, wakeup, place, typed });
        }
        Ok(())
    }

    /// A new object of this node, for whose `__unserialize()` an array follows.
    pub fn hooked(&mut self, node: u32) -> Result<(), Unreadable> {
        let Some(Node::Hooked { class, hook }) = self.classes.node(node) else { return Err(Unreadable) };
        let (place, typed) = self.place()?;
        let object = instance(place, class)?;
        // SAFETY: a fresh object.
        unsafe { wakeup::put_off(object) };
        self.objects.push(object);
        let into = Into::Argument(object, self.hooks.argument());
        self.open.push(Open { into, left: 1, wakeup: hook, place, typed });
        Ok(())
    }

    /// The object with this number once more.
    pub fn again(&mut self, number: u32) -> Result<(), Unreadable> {
        let object = *self.objects.as_slice().get(number as usize).ok_or(Unreadable)?;
        self.hold(object)
    }

    /// The case of this node.
    pub fn case(&mut self, node: u32) -> Result<(), Unreadable> {
        match self.classes.node(node) {
            Some(Node::Case(case)) => self.hold(case),
            _ => Err(Unreadable),
        }
    }

    /// A new array of so many elements, which follow.
    pub fn array(&mut self, count: u32, is_list: bool) -> Result<(), Unreadable> {
        if count > MAX_ELEMENTS {
            return Err(Unreadable);
        }
        let (place, typed) = self.place()?;
        // SAFETY: a place for a value, and a fresh array with room for `count` elements.
        unsafe {
            let array = _zend_new_array(count);
            (*place).value.arr = array;
            (*place).u1.type_info = IS_ARRAY_EX;
            if is_list {
                zend_hash_real_init_packed(array);
            } else {
                zend_hash_real_init_mixed(array);
            }
            self.open.push(Open {
                into: if is_list { Into::List(array) } else { Into::Map(array) },
                left: count,
                wakeup: ptr::null_mut(),
                place,
                typed,
            });
        }
        Ok(())
    }

    /// The next element's key, an integer.
    pub fn index(&mut self, h: u64) -> Result<(), Unreadable> {
        let (array, mut null) = (self.open_map()?, Zval::null());
        // SAFETY: an array that is being filled.
        self.keyed = unsafe { zend_hash_index_update(array, h, &raw mut null) };
        Ok(())
    }

    /// The next element's key, a string image.
    pub fn name(&mut self, name: Image<'_>) -> Result<(), Unreadable> {
        let array = self.open_map()?;
        // SAFETY: an array that is being filled, and by the contract an image.
        self.keyed = unsafe { self.named(array, name.as_ptr()) };
        Ok(())
    }

    /// Ends: calls the hooks.
    ///
    /// # Errors
    /// Something is missing, or a hook has thrown.
    pub fn finish(mut self) -> Result<Built, Unreadable> {
        if self.close().is_err() || !self.open.as_slice().is_empty() {
            return Err(self.give_up());
        }
        let Self { hooks, out, objects, .. } = self;
        // SAFETY: `new` was given it for as long as the caller makes the value.
        hooks.call(unsafe { &mut *out })?;
        Ok(Built(objects))
    }

    /// Ends where a step was not possible: releases the value, and then what the hooks were to get.
    pub fn give_up(self) -> Unreadable {
        // SAFETY: as above.
        unsafe { *self.out = Zval::new() };
        Unreadable
    }

    fn hold(&mut self, object: *mut zend_object) -> Result<(), Unreadable> {
        let (place, typed) = self.place()?;
        // SAFETY: a place for a value, and an object that is alive: it gets one more reference.
        unsafe {
            (*object).gc.refcount += 1;
            (*place).value.obj = object;
            (*place).u1.type_info = IS_OBJECT_EX;
            verify(&mut *place, typed)
        }
    }

    /// Closes what wants no more values.
    #[inline]
    fn close(&mut self) -> Result<(), Unreadable> {
        while let Some(&Open { left: 0, into, wakeup, place, typed }) = self.open.as_slice().last() {
            match into {
                Into::Object(object, _) if !wakeup.is_null() => self.hooks.push(object, wakeup),
                Into::Argument(object, argument) => self.hooks.push_with(object, wakeup, argument),
                _ => {}
            }
            self.open.pop();
            if !typed.is_null() {
                // SAFETY: the place of a declared property, of an object that is being made.
                unsafe { verify(&mut *place, typed) }?;
            }
        }
        Ok(())
    }

    fn open_map(&mut self) -> Result<*mut HashTable, Unreadable> {
        self.close()?;
        match self.open.as_slice().last() {
            Some(&Open { into: Into::Map(array), .. }) if self.keyed.is_null() => Ok(array),
            _ => Err(Unreadable),
        }
    }

    /// Where the next value goes: a place that holds null; and the declaration that it must agree with.
    fn place(&mut self) -> Result<(*mut Zval, *mut _zend_property_info), Unreadable> {
        self.close()?;
        let open = self.open.as_mut_slice().last_mut().ok_or(Unreadable)?;
        open.left -= 1;
        match &mut open.into {
            Into::Root => Ok((self.out, ptr::null_mut())),
            Into::Argument(_, argument) => Ok((self.hooks.place(*argument), ptr::null_mut())),
            Into::Map(_) => match core::mem::replace(&mut self.keyed, ptr::null_mut()) {
                place if place.is_null() => Err(Unreadable),
                place => Ok((place, ptr::null_mut())),
            },
            // SAFETY: a fresh list with room for what `left` counted.
            Into::List(list) => unsafe {
                let list = *list;
                let place = (*list).__bindgen_anon_1.arPacked.add((*list).nNumUsed as usize);
                (*place).u1.type_info = IS_NULL;
                (*list).nNumUsed += 1;
                (*list).nNumOfElements += 1;
                (*list).nNextFreeElement = (*list).nNumUsed.into();
                Ok((place, ptr::null_mut()))
            },
            Into::Object(object, slot) => {
                let (object, index) = (*object, *slot);
                *slot += 1;
                let slot = self.classes.slot(index).ok_or(Unreadable)?;
                // SAFETY: the slot is one of the object's class, and the name an image.
                unsafe {
                    if slot.offset == 0 {
                        let table = match (*object).properties {
                            table if table.is_null() => zend_std_get_properties(object),
                            table => table,
                        };
                        return Ok((self.named(table, slot.name), ptr::null_mut()));
                    }
                    let place = object.cast::<u8>().add(slot.offset as usize).cast::<Zval>();
                    let default = ptr::read(place);
                    (*place).u1.type_info = IS_NULL;
                    drop(default);
                    Ok((place, slot.typed))
                }
            }
        }
    }

    /// A place in a table under the name of an image.
    ///
    /// # Safety
    /// A table that is being filled, and an image as the contract has it.
    unsafe fn named(&self, table: *mut HashTable, name: *mut zend_string) -> *mut Zval {
        let (mut key, mut null) = (Zval::new(), Zval::null());
        // SAFETY: the caller's promise; the table takes its own reference to the key.
        unsafe {
            super::make::string_value(name, self.copy.is_some(), &mut key);
            zend_hash_update(table, key.value.str_, &raw mut null)
        }
    }
}

/// A new object of a class, at a place for a value; null is there where it could not be made.
fn instance(place: *mut Zval, class: *mut zend_class_entry) -> Result<*mut zend_object, Unreadable> {
    // SAFETY: a place for a value, and a class that was found usable.
    unsafe {
        if object_init_ex(place, class) == 0 {
            return Ok((*place).value.obj);
        }
        (*place).u1.type_info = IS_NULL;
    }
    Err(Unreadable)
}

/// Checks a property's value as `unserialize()` does: it may be coerced, or a `TypeError` is thrown.
#[inline]
pub(super) fn verify(place: &mut Zval, typed: *mut _zend_property_info) -> Result<(), Unreadable> {
    if typed.is_null() {
        return Ok(());
    }
    // SAFETY: the declaration of a property of a class of this request, and its value.
    unsafe {
        let fits = (*typed).type_.type_mask & 1 << place.u1.v.type_ != 0;
        if fits || zend_verify_prop_assignable_by_ref(typed, place, true) {
            return Ok(());
        }
        zval_ptr_dtor(place);
    }
    place.u1.type_info = IS_UNDEF;
    Err(Unreadable)
}
