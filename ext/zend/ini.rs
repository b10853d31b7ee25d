//! UNSAFE: ini entries: registration, change, and look-up by name.
//!
//! Contract: [`register`]'s table lives as long as the process, as PHP 8.5 wants.
#![expect(unsafe_code, reason = "the engine's tables and strings are reached by pointer")]

use core::ffi::{CStr, c_char, c_int, c_void};
use core::{ptr, slice};

use ext_php_rs::ffi::{
    ext_php_rs_zend_string_init, ext_php_rs_zend_string_release, zend_ini_entry, zend_ini_entry_def,
    zend_register_ini_entries, zend_string,
};

use super::sys;

/// `ZEND_INI_STAGE_RUNTIME`.
const RUNTIME: c_int = 1 << 4;

/// Who may change an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// php.ini, a pool's `php_admin_value`, `-d`.
    System,
    /// Anybody, `ini_set` included.
    All,
}

/// An entry to be registered.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// Its name.
    pub name: &'static CStr,
    /// Its default; none is null.
    pub default: Option<&'static CStr>,
    /// Who may change it.
    pub mode: Mode,
    /// Whether phpinfo() shows it as On or Off.
    pub boolean: bool,
}

/// Registers `entries` for a module. Each change, that at start-up included, asks [`crate::ini::accepts`].
pub fn register(entries: &[Entry], module_number: i32) {
    // SAFETY: an entry is plain data, and all zeros is the one that ends a table.
    let end = || unsafe { core::mem::zeroed::<zend_ini_entry_def>() };
    let mut table: Vec<zend_ini_entry_def> = entries
        .iter()
        .map(|entry| {
            let mut def = end();
            def.name = entry.name.as_ptr();
            def.name_length = entry.name.count_bytes() as u16;
            def.value = entry.default.map_or(ptr::null(), CStr::as_ptr);
            def.value_length = entry.default.map_or(0, CStr::count_bytes) as u32;
            def.modifiable = match entry.mode {
                Mode::System => ext_php_rs::ffi::PHP_INI_SYSTEM,
                Mode::All => ext_php_rs::ffi::PHP_INI_ALL,
            } as u8;
            def.on_modify = Some(on_modify);
            def.displayer = entry.boolean.then_some(sys::zend_ini_boolean_displayer_cb as _);
            def
        })
        .collect();
    table.push(end());
    // SAFETY: the table ends as the engine wants and is never freed.
    unsafe { zend_register_ini_entries(table.leak().as_ptr(), module_number) };
}

/// Undoes [`register`].
pub fn unregister(module_number: i32) {
    // SAFETY: called from the module's shutdown, once.
    unsafe { sys::zend_unregister_ini_entries(module_number) };
}

/// Value of the entry `name`; none where no module has registered it.
pub fn value(name: &CStr) -> Option<Vec<u8>> {
    let mut exists = false;
    // SAFETY: the name is `count_bytes` long; the result is null or ends with NUL and is copied at once.
    unsafe {
        let text = sys::zend_ini_string_ex(name.as_ptr(), name.count_bytes(), 0, &raw mut exists);
        exists.then(|| if text.is_null() { Vec::new() } else { CStr::from_ptr(text).to_bytes().to_vec() })
    }
}

/// Value of `name` in php.ini or on the command line, before any entry is registered.
pub fn configured(name: &CStr) -> Option<Vec<u8>> {
    let mut text: *mut c_char = ptr::null_mut();
    // SAFETY: the callee stores a string that ends with NUL, or null; it is copied at once.
    unsafe {
        (sys::cfg_get_string(name.as_ptr(), &raw mut text) == 0 && !text.is_null())
            .then(|| CStr::from_ptr(text).to_bytes().to_vec())
    }
}

/// Whether the entry's value is a number that is not 0. Cheap; a word, as `on`, counts as 0.
pub fn is_number(name: &CStr) -> bool {
    // SAFETY: the name is `count_bytes` long.
    unsafe { sys::zend_ini_long(name.as_ptr(), name.count_bytes(), 0) != 0 }
}

/// Gives an entry a value until the running request ends, or [`restore`]. False where there is none, or the value is refused.
pub fn set_for_request(name: &CStr, value: &CStr) -> bool {
    let system = ext_php_rs::ffi::PHP_INI_SYSTEM as c_int;
    with_string(name.to_bytes(), |name| {
        // SAFETY: `with_string`'s argument is a live string; the value is `count_bytes` long and copied.
        unsafe { sys::zend_alter_ini_entry_chars(name, value.as_ptr(), value.count_bytes(), system, RUNTIME) == 0 }
    })
}

/// Gives an entry back the value that it had before [`set_for_request`].
pub fn restore(name: &CStr) {
    with_string(name.to_bytes(), |name| {
        // SAFETY: `with_string`'s argument is a live string.
        unsafe { sys::zend_restore_ini_entry(name, RUNTIME) };
    });
}

/// A boolean as PHP reads it.
pub fn boolean(text: &[u8]) -> bool {
    // SAFETY: `with_string`'s argument is a live string.
    with_string(text, |text| unsafe { sys::zend_ini_parse_bool(text) })
}

/// A number of bytes as PHP reads it.
pub fn quantity(text: &[u8]) -> i64 {
    with_string(text, |text| {
        let mut error = ptr::null_mut();
        // SAFETY: a live string; the callee may store a string of ours to release.
        let quantity = unsafe { sys::zend_ini_parse_quantity(text, &raw mut error) };
        if !error.is_null() {
            // SAFETY: as above.
            unsafe { ext_php_rs_zend_string_release(error) };
        }
        quantity
    })
}

/// The same, with PHP's warnings about what it cannot read.
pub fn quantity_with_warning(text: &[u8], setting: &CStr) -> i64 {
    with_string(text, |text| {
        // SAFETY: `with_string`'s arguments are live strings.
        with_string(setting.to_bytes(), |setting| unsafe { sys::zend_ini_parse_quantity_warn(text, setting) })
    })
}

fn with_string<R>(bytes: &[u8], f: impl FnOnce(*mut zend_string) -> R) -> R {
    // SAFETY: the callee copies `bytes`; a persistent string does not need a request to be running.
    let text = unsafe { ext_php_rs_zend_string_init(bytes.as_ptr().cast(), bytes.len(), true) };
    let result = f(text);
    // SAFETY: the one reference that `init` has made.
    unsafe { ext_php_rs_zend_string_release(text) };
    result
}

/// # Safety
/// Called by the engine, with its own live entry, and a live string or null.
unsafe extern "C" fn on_modify(
    entry: *mut zend_ini_entry,
    value: *mut zend_string,
    _: *mut c_void,
    _: *mut c_void,
    _: *mut c_void,
    _: c_int,
) -> c_int {
    // SAFETY: the engine's promise (see above).
    let (name, value) = unsafe {
        let value = value.as_ref().map_or(&[][..], |v| slice::from_raw_parts(v.val.as_ptr().cast(), v.len));
        (slice::from_raw_parts((*(*entry).name).val.as_ptr().cast::<u8>(), (*(*entry).name).len), value)
    };
    if crate::ini::accepts(name, value) { 0 } else { -1 }
}
