//! UNSAFE: classes whose objects carry a Rust value.
//!
//! Contract: an object of such a class lies inside an [`Object`], allocated by [`create`] and freed by [`free`]; subclasses inherit both. The
//! value is there from [`Class::set`] on, so an object whose constructor did not run has none; once there it stays as long as the object.
#![expect(unsafe_code, reason = "objects are laid out and allocated as the engine wants")]

use core::cell::UnsafeCell;
use core::ffi::CStr;
use core::mem::{MaybeUninit, offset_of};
use core::ptr;
use std::rc::Rc;
use std::sync::atomic::{AtomicPtr, Ordering};

use ext_php_rs::ffi::{
    ZEND_ACC_FINAL, ZEND_ACC_NO_DYNAMIC_PROPERTIES, ZEND_ACC_NOT_SERIALIZABLE, ext_php_rs_zend_object_alloc,
    instanceof_function_slow, object_init_ex, object_properties_init, std_object_handlers, zend_ce_aggregate,
    zend_ce_countable, zend_ce_iterator, zend_class_entry, zend_do_implement_interface, zend_function_entry,
    zend_object, zend_object_handlers, zend_object_std_dtor, zend_object_std_init, zend_register_internal_class_ex,
};
use ext_php_rs::types::Zval;
use ext_php_rs::zend::ExecuteData;

use super::args::Args;
use super::declare;
use super::function::{self, Method};

/// A Rust value that objects of one class carry.
pub trait Native: Sized + 'static {
    /// The class.
    fn class() -> &'static Class<Self>;
}

/// A class of such objects.
pub struct Class<T> {
    entry: AtomicPtr<zend_class_entry>,
    handlers: UnsafeCell<MaybeUninit<zend_object_handlers>>,
    value: core::marker::PhantomData<fn() -> T>,
}

// SAFETY: both fields are written in `register` alone, at start-up, before any other thread runs PHP.
unsafe impl<T> Sync for Class<T> {}

#[repr(C)]
struct Object<T> {
    value: Option<Rc<T>>,
    object: zend_object,
}

impl<T: Native> Class<T> {
    /// To be put in a static.
    pub const fn new() -> Self {
        Self {
            entry: AtomicPtr::new(ptr::null_mut()),
            handlers: UnsafeCell::new(MaybeUninit::uninit()),
            value: core::marker::PhantomData,
        }
    }

    /// Registers a final class, whose objects can be neither cloned nor serialized nor given further properties. Called at the module's start-up,
    /// once.
    pub fn register<'a>(
        &'static self,
        name: &CStr,
        interfaces: &[Interface],
        methods: impl IntoIterator<Item = &'a Method>,
    ) {
        let flags = ZEND_ACC_FINAL | ZEND_ACC_NO_DYNAMIC_PROPERTIES | ZEND_ACC_NOT_SERIALIZABLE;
        self.register_as(name, interfaces, function::methods(methods), flags);
    }

    /// Registers an open class, which implements `Iterator`. Called at the module's start-up, once.
    pub fn register_iterator(&'static self, name: &CStr, methods: &[Method]) {
        self.register_as(name, &[Interface::Iterator], function::methods(methods), 0);
    }

    fn register_as(
        &'static self,
        name: &CStr,
        interfaces: &[Interface],
        methods: *const zend_function_entry,
        flags: u32,
    ) {
        // SAFETY: start-up: no object exists and no other thread runs. The engine copies what `class` holds and keeps the result for ever.
        unsafe {
            let mut handlers = ptr::read(&raw const std_object_handlers);
            handlers.offset = offset_of!(Object<T>, object) as _;
            handlers.clone_obj = None;
            handlers.free_obj = Some(free::<T>);
            (*self.handlers.get()).write(handlers);

            let mut class = declare::template(name, methods);
            let entry = zend_register_internal_class_ex(&raw mut class, ptr::null_mut());
            (*entry).ce_flags |= flags;
            (*entry).__bindgen_anon_2.create_object = Some(create::<T>);
            for interface in interfaces {
                let interface = match interface {
                    Interface::Iterator => zend_ce_iterator,
                    Interface::Aggregate => zend_ce_aggregate,
                    Interface::Countable => zend_ce_countable,
                };
                zend_do_implement_interface(entry, interface);
            }
            self.entry.store(entry, Ordering::Release);
        }
    }

    /// A new object with this value.
    pub fn make(&self, value: T) -> Zval {
        let mut made = Zval::new();
        // SAFETY: the class is registered, and makes its objects by `create::<T>`. Whoever sees the object sees it with its value.
        unsafe {
            object_init_ex(&raw mut made, self.entry.load(Ordering::Acquire));
            (*Object::<T>::around(made.value.obj)).value = Some(Rc::new(value));
        }
        made
    }

    /// The arguments and the value of `$this`, none where the constructor did not run. For methods of this class alone.
    #[inline]
    pub fn call<'a>(&self, frame: &'a mut ExecuteData) -> (Args<'a>, Option<&'a T>) {
        debug_assert!(self.value_of(&frame.This).is_ok());
        // SAFETY: the engine calls a method with an object of its class alone, and keeps it as long as the frame lives; the value stays as
        // long as the object.
        let value = unsafe { (*Object::<T>::around(frame.This.value.obj)).value.as_deref() };
        (Args::of(frame), value)
    }

    /// The value of `object`: `Err` where that is not of this class, `Ok(None)` where its constructor did not run.
    pub fn value_of(&self, object: &Zval) -> Result<Option<Rc<T>>, NotOfClass> {
        let class = self.entry.load(Ordering::Acquire);
        // SAFETY: the type is checked before the pointer is used; a zval that is an object holds a live one.
        let object = unsafe { if object.is_object() { object.value.obj } else { return Err(NotOfClass) } };
        // SAFETY: a live object has a class.
        let of_class = unsafe { (*object).ce == class || instanceof_function_slow((*object).ce, class) };
        // SAFETY: of this class or a subclass, so made by `create::<T>`.
        if of_class { Ok(unsafe { (*Object::<T>::around(object)).value.clone() }) } else { Err(NotOfClass) }
    }

    /// The value of `object`, for as long as that is held; none where it is not of this class, or its constructor did not run.
    pub fn value_in<'a>(&self, object: &'a Zval) -> Option<&'a T> {
        self.value_of(object).ok()??;
        // SAFETY: `value_of` has checked the class; `object` keeps the object, which keeps the value.
        unsafe { (*Object::<T>::around(object.value.obj)).value.as_deref() }
    }

    /// The value of `$this`. For methods of this class alone.
    pub fn this(&self, frame: &ExecuteData) -> Option<Rc<T>> {
        self.value_of(&frame.This).ok().flatten()
    }

    /// Gives `$this` its value. For the constructor. False where it has one: the constructor is called a second time.
    pub fn set(&self, frame: &ExecuteData, value: T) -> bool {
        if !matches!(self.value_of(&frame.This), Ok(None)) {
            return false;
        }
        // SAFETY: `value_of` has checked the class; there is no value that somebody could have borrowed.
        unsafe { (*Object::<T>::around(frame.This.value.obj)).value = Some(Rc::new(value)) };
        true
    }
}

/// An interface of the engine's.
#[derive(Debug, Clone, Copy)]
pub enum Interface {
    /// `Iterator`.
    Iterator,
    /// `IteratorAggregate`.
    Aggregate,
    /// `Countable`.
    Countable,
}

/// The object is of another class.
#[derive(Debug)]
pub struct NotOfClass;

impl<T> Object<T> {
    /// # Safety
    /// `object` was made by [`create::<T>`].
    unsafe fn around(object: *mut zend_object) -> *mut Self {
        // SAFETY: the caller's promise: `object` is that field of an `Object<T>`.
        unsafe { object.byte_sub(offset_of!(Self, object)).cast() }
    }
}

/// # Safety
/// Called by the engine with this class or a subclass.
unsafe extern "C" fn create<T: Native>(class: *mut zend_class_entry) -> *mut zend_object {
    // SAFETY: the allocation has room for `Object<T>` and the class's properties; each part is initialised here.
    unsafe {
        let object = ext_php_rs_zend_object_alloc(size_of::<Object<T>>(), class).cast::<Object<T>>();
        (&raw mut (*object).value).write(None);
        zend_object_std_init(&raw mut (*object).object, class);
        object_properties_init(&raw mut (*object).object, class);
        (*object).object.handlers = (*T::class().handlers.get()).as_ptr();
        &raw mut (*object).object
    }
}

/// # Safety
/// Called by the engine, once for each object that `create::<T>` made.
unsafe extern "C" fn free<T: Native>(object: *mut zend_object) {
    // SAFETY: the engine's promise; the value is taken out before the rest goes.
    unsafe {
        drop((*Object::<T>::around(object)).value.take());
        zend_object_std_dtor(object);
    }
}
