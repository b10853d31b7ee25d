//! UNSAFE: the engine's serializer and those of other extensions.
//!
//! Contract: everything here may run PHP code, which may throw (the exception is then pending) or end the request by a bailout, a `longjmp`
//! over the frames between. What these functions own at that moment is the engine's memory, which it frees at the end of the request; their
//! callers own nothing that must be dropped.
#![expect(unsafe_code, reason = "calls of functions that work on raw zvals and buffers")]

use core::ffi::{CStr, c_char, c_int, c_uchar, c_void};
use core::{ptr, slice};

use ext_php_rs::alloc;
use ext_php_rs::ffi::{
    E_NOTICE, ext_php_rs_executor_globals, ext_php_rs_zend_string_release, php_error_docref, php_var_serialize,
    php_var_serialize_destroy, php_var_serialize_init, php_var_unserialize, php_var_unserialize_destroy,
    php_var_unserialize_init, smart_str, zend_is_identical, zend_string, zval_ptr_dtor,
};
use ext_php_rs::types::Zval;

use super::value::dereferenced;
use crate::codec::{StoreError, Unreadable};

/// A serializer that another extension has registered.
#[derive(Clone, Copy, Debug)]
pub struct Registered {
    name: &'static [u8],
    serialize: SerializeFn,
    unserialize: UnserializeFn,
    config: *mut c_void,
}

/// Makes a buffer in the engine's memory; 0 where it failed.
pub type SerializeFn =
    unsafe extern "C" fn(buf: *mut *mut c_uchar, len: *mut usize, value: *const Zval, config: *mut c_void) -> c_int;
/// Makes a value; 0 where it failed.
pub type UnserializeFn =
    unsafe extern "C" fn(value: *mut Zval, buf: *mut c_uchar, len: usize, config: *mut c_void) -> c_int;

// SAFETY: `config` is the registering extension's own and is only handed back to it; extensions that load into a thread-safe PHP have
// functions that any thread may call.
unsafe impl Send for Registered {}
// SAFETY: as above.
unsafe impl Sync for Registered {}

impl Registered {
    /// The name that `apc.serializer` calls it by.
    pub fn name(self) -> &'static [u8] {
        self.name
    }

    /// Serializes a value.
    ///
    /// # Errors
    /// It threw, or it gave nothing.
    pub fn serialize(self, value: &Zval) -> Result<Text, StoreError> {
        let (mut buffer, mut len) = (ptr::null_mut(), 0);
        // SAFETY: the function that the extension registered, called as its contract says.
        let made = unsafe { (self.serialize)(&raw mut buffer, &raw mut len, value, self.config) };
        let text = Text::Buffer(buffer, len);
        match (exception_is_pending(), made != 0 && !buffer.is_null()) {
            (true, _) => Err(StoreError::Exception),
            (false, false) => Err(StoreError::Serializer),
            (false, true) => Ok(text),
        }
    }

    /// Makes a value of `bytes`; `out` is null where it fails.
    ///
    /// # Errors
    /// It failed.
    pub fn unserialize(self, bytes: &[u8], out: &mut Zval) -> Result<(), Unreadable> {
        // SAFETY: the function that the extension registered; it reads the buffer, in spite of its type.
        let made = unsafe { (self.unserialize)(out, bytes.as_ptr().cast_mut(), bytes.len(), self.config) };
        if made == 0 { Err(Unreadable) } else { Ok(()) }
    }
}

/// The address of the function with which other extensions register a serializer.
pub fn registrar() -> i64 {
    register as *const () as i64
}

extern "C" fn register(
    name: *const c_char,
    serialize: Option<SerializeFn>,
    unserialize: Option<UnserializeFn>,
    config: *mut c_void,
) -> c_int {
    let (Some(serialize), Some(unserialize), false) = (serialize, unserialize, name.is_null()) else { return 0 };
    // SAFETY: the registering extension passes a C string. The copy lives as long as the process, as the registration does.
    let name = Box::leak(unsafe { CStr::from_ptr(name) }.to_bytes().into());
    c_int::from(crate::codec::serializer::register(Registered { name, serialize, unserialize, config }))
}

/// What a serializer made; freed with it.
pub enum Text {
    /// A string that nobody else holds.
    String(*mut zend_string),
    /// A buffer in the engine's memory, and its length.
    Buffer(*mut c_uchar, usize),
}

impl Text {
    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        match *self {
            // SAFETY: the string is alive and nobody else's; `val` starts `len` initialised bytes.
            Self::String(string) => unsafe {
                slice::from_raw_parts(ptr::addr_of!((*string).val).cast(), (*string).len)
            },
            Self::Buffer(_, 0) => &[],
            // SAFETY: the serializer has made so many bytes.
            Self::Buffer(buffer, len) => unsafe { slice::from_raw_parts(buffer, len) },
        }
    }
}

impl Drop for Text {
    fn drop(&mut self) {
        match *self {
            // SAFETY: ours, and not used any more.
            Self::String(string) => unsafe { ext_php_rs_zend_string_release(string) },
            Self::Buffer(buffer, _) if buffer.is_null() => {}
            // SAFETY: ours, and not used any more; the serializers allocate it from the engine.
            Self::Buffer(buffer, _) => unsafe { alloc::efree(buffer) },
        }
    }
}

/// Serializes a value as `serialize()` does.
///
/// # Errors
/// PHP code threw, or the value cannot be serialized: an exception is pending.
pub fn serialize(value: &Zval) -> Result<Text, StoreError> {
    let mut text = smart_str { s: ptr::null_mut(), a: 0 };
    let private = PrivateState::enter();
    // SAFETY: init and destroy come in pairs; the serializer takes the value mutably, but changes no more than its marks for recursion.
    unsafe {
        let mut state = php_var_serialize_init();
        php_var_serialize(&raw mut text, ptr::from_ref(value).cast_mut(), &raw mut state);
        php_var_serialize_destroy(state);
    }
    drop(private);
    let text = match text.s.is_null() {
        true => Text::Buffer(ptr::null_mut(), 0),
        false => Text::String(text.s),
    };
    match (exception_is_pending(), text.bytes().is_empty()) {
        (true, _) => Err(StoreError::Exception),
        (false, true) => Err(StoreError::Serializer),
        (false, false) => Ok(text),
    }
}

/// Makes a value of what [`serialize`] made, as `unserialize()` does; `out` is null where it fails. The value itself is never a reference.
///
/// # Errors
/// The bytes are not such, or PHP code threw: a notice was given or an exception is pending.
pub fn unserialize(bytes: &[u8], out: &mut Zval) -> Result<(), Unreadable> {
    unserialized(bytes, out, |done| {
        if !exception_is_pending() {
            // SAFETY: the format takes two longs.
            unsafe {
                php_error_docref(
                    ptr::null(),
                    E_NOTICE as c_int,
                    c"Error at offset %zu of %zu bytes".as_ptr(),
                    done,
                    bytes.len(),
                )
            };
        }
    })
}

/// As [`unserialize`], without a notice.
///
/// # Errors
/// As there.
pub fn unserialize_silently(bytes: &[u8], out: &mut Zval) -> Result<(), Unreadable> {
    unserialized(bytes, out, |_| {})
}

/// `complain` is told after how many bytes the parser gave up. The order is that of `unserialize()`: hooks that are put off to the end, and what
/// typed references know of each other, depend on it.
fn unserialized(bytes: &[u8], out: &mut Zval, complain: impl FnOnce(usize)) -> Result<(), Unreadable> {
    let range = bytes.as_ptr_range();
    let mut at = range.start;
    let private = PrivateState::enter();
    // SAFETY: init and destroy come in pairs; the parser stays inside the range; `out` stays where it is until both are done; what was made
    // where it failed is a value, or null.
    let made = unsafe {
        let mut state = php_var_unserialize_init();
        let made = php_var_unserialize(out, &raw mut at, range.end, &raw mut state) != 0;
        if !made {
            complain(at as usize - range.start as usize);
            zval_ptr_dtor(out);
            set_null(out);
        }
        php_var_unserialize_destroy(state);
        made
    };
    drop(private);
    if made && exception_is_pending() {
        // A hook that was put off has thrown. The engine would free the result without a thought of cycles.
        // SAFETY: a value.
        unsafe { zval_ptr_dtor(out) };
        set_null(out);
    } else if made {
        unwrap_reference(out);
        return Ok(());
    }
    Err(Unreadable)
}

/// Whether two values are identical (`===`).
pub fn is_identical(one: &Zval, other: &Zval) -> bool {
    // SAFETY: two values; the function takes them mutably, but changes no more than its marks for recursion.
    unsafe {
        zend_is_identical(ptr::from_ref(dereferenced(one)).cast_mut(), ptr::from_ref(dereferenced(other)).cast_mut())
    }
}

/// Whether an exception is pending.
pub fn exception_is_pending() -> bool {
    // SAFETY: the globals of this thread.
    unsafe { !(*ext_php_rs_executor_globals()).exception.is_null() }
}

/// Sets a zval to null, whatever its words were.
pub fn set_null(out: &mut Zval) {
    out.u1.type_info = ext_php_rs::ffi::IS_NULL;
}

/// Where a value was made as a reference (one that refers to itself, one that a function returned so): takes it out.
pub(super) fn unwrap_reference(out: &mut Zval) {
    let inner = dereferenced(out);
    if ptr::eq(inner, out) {
        return;
    }
    let mut value = inner.shallow_clone();
    core::mem::swap(out, &mut value);
    // `value` is the reference now; dropping it gives it back.
}

/// While it lives, (un)serializing does not share its table of back references with an `unserialize()` that called us from PHP code.
pub(super) struct PrivateState;

impl PrivateState {
    pub(super) fn enter() -> Self {
        // SAFETY: the globals of this thread.
        unsafe { (*basic_globals()).serialize_lock += 1 };
        Self
    }
}

impl Drop for PrivateState {
    fn drop(&mut self) {
        // SAFETY: the globals of this thread. After a bailout the engine sets the counter to zero, at the next request's start.
        unsafe { (*basic_globals()).serialize_lock -= 1 };
    }
}

#[cfg(not(php_zts))]
fn basic_globals() -> *mut ext_php_rs::ffi::php_basic_globals {
    &raw mut ext_php_rs::ffi::basic_globals
}

#[cfg(php_zts)]
fn basic_globals() -> *mut ext_php_rs::ffi::php_basic_globals {
    // SAFETY: the engine keeps the thread's globals in a table of pointers, in the order of their ids, which start at 1.
    unsafe {
        let table = ext_php_rs::ffi::tsrm_get_ls_cache().cast::<*mut *mut c_void>();
        (*table).add(ext_php_rs::ffi::basic_globals_id as usize - 1).read().cast()
    }
}
