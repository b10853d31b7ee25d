//! UNSAFE: the two module entries, and the callbacks by which the engine runs them.
#![expect(unsafe_code, reason = "module entries are C structs that the engine writes to")]

use core::ffi::{CStr, c_int};
use core::mem;

use ext_php_rs::ffi::{
    ZEND_MODULE_API_NO, ext_php_rs_php_build_id, ext_php_rs_sapi_globals, ext_php_rs_sapi_module, zend_function_entry,
    zend_hash_str_find, zend_module_entry, zend_register_long_constant,
};

use super::local::Idle;
use super::sys;

/// What a module is made of.
pub struct Module {
    /// Its name.
    pub name: &'static CStr,
    /// Its version.
    pub version: &'static CStr,
    /// Its functions, from [`super::function::entries`].
    pub functions: *const zend_function_entry,
    /// Runs once, at start-up, with the module's number.
    pub startup: extern "C" fn(kind: c_int, number: c_int) -> c_int,
    /// Runs once, at the end.
    pub shutdown: extern "C" fn(kind: c_int, number: c_int) -> c_int,
    /// Prints the module's part of phpinfo().
    pub info: extern "C" fn(module: *mut zend_module_entry),
    /// Whether [`crate::request::begin`] and [`crate::request::end`] are called when a request begins and when it is over.
    pub requests: bool,
}

/// The engine's entry for `module`; it lives as long as the process.
pub fn entry(module: &Module) -> *mut zend_module_entry {
    // SAFETY: an entry is plain data; zeros are its nulls.
    let mut entry = unsafe { mem::zeroed::<zend_module_entry>() };
    entry.size = size_of::<zend_module_entry>() as u16;
    entry.zend_api = ZEND_MODULE_API_NO;
    entry.zend_debug = u8::from(cfg!(php_debug));
    entry.zts = u8::from(cfg!(php_zts));
    entry.name = module.name.as_ptr();
    entry.functions = module.functions;
    entry.module_startup_func = Some(module.startup as _);
    entry.module_shutdown_func = Some(module.shutdown as _);
    entry.info_func = Some(module.info as _);
    entry.version = module.version.as_ptr();
    if module.requests {
        entry.request_startup_func = Some(request_startup);
        entry.request_shutdown_func = Some(request_shutdown);
        entry.post_deactivate_func = Some(post_deactivate);
    }
    // SAFETY: a static string of the wrapper library.
    entry.build_id = unsafe { ext_php_rs_php_build_id() };
    Box::leak(Box::new(entry))
}

/// Whether a module of this name is loaded already.
pub fn is_loaded(name: &CStr) -> bool {
    // SAFETY: the engine's own table, which exists from before it loads modules.
    !unsafe { zend_hash_str_find(&raw const sys::module_registry, name.as_ptr(), name.count_bytes()) }.is_null()
}

/// Whether all modules have been started: what is loaded now comes too late to bring another module with it.
pub fn is_started() -> bool {
    // SAFETY: takes nothing.
    unsafe { sys::php_get_module_initialized() }
}

/// Registers a module besides the one that is being loaded. False where a module of that name is there already.
pub fn register(module: &Module) -> bool {
    // SAFETY: called from `get_module`, where the engine is loading modules; it numbers this one and starts it with the others.
    !unsafe { sys::zend_register_internal_module(entry(module)) }.is_null()
}

/// Defines a constant for the life of the process. The name may hold NUL.
pub fn long_constant(name: &'static [u8], value: i64, module_number: i32) {
    use ext_php_rs::ffi::{CONST_CS, CONST_PERSISTENT};
    // SAFETY: the callee copies the name.
    unsafe {
        zend_register_long_constant(
            name.as_ptr().cast(),
            name.len(),
            value,
            (CONST_CS | CONST_PERSISTENT) as c_int,
            module_number,
        );
    }
}

/// Name of the SAPI.
pub fn sapi() -> &'static str {
    // SAFETY: the SAPI has set its name before it loads modules, and keeps it.
    unsafe {
        let name = (*ext_php_rs_sapi_module()).name;
        if name.is_null() { "" } else { CStr::from_ptr(name).to_str().unwrap_or("") }
    }
}

/// File of the script that the running request is for; none where the SAPI does not know.
pub fn script_path() -> Option<Vec<u8>> {
    // SAFETY: the SAPI's globals exist while PHP runs; the path is null or ends with NUL, and is copied at once.
    unsafe {
        let path = (*ext_php_rs_sapi_globals()).request_info.path_translated;
        (!path.is_null()).then(|| CStr::from_ptr(path).to_bytes().to_vec())
    }
}

/// Wall-clock time at which the running request began, in seconds.
pub fn request_time() -> f64 {
    // SAFETY: the SAPI's globals exist while PHP runs.
    unsafe { sys::sapi_get_request_time() }
}

/// Runs `at_shutdown` with the proof that no PHP code runs any more. For a module's shutdown callback alone.
pub fn at_shutdown(at_shutdown: impl FnOnce(&mut Idle)) {
    at_shutdown(&mut Idle::proof());
}

/// The engine calls it before any code of a request runs.
extern "C" fn request_startup(_: c_int, _: c_int) -> c_int {
    crate::request::begin();
    0
}

/// The engine calls it when scripts have ended, but for session writers: objects can still be freed.
extern "C" fn request_shutdown(_: c_int, _: c_int) -> c_int {
    super::plan::release();
    0
}

/// The engine calls it when the executor is gone: destructors, session writers and output handlers have run.
extern "C" fn post_deactivate() -> c_int {
    super::files::forget_stream_names();
    crate::request::end(&mut Idle::proof());
    0
}

/// What the engine looks for in the library.
#[unsafe(no_mangle)]
pub extern "C" fn get_module() -> *mut zend_module_entry {
    crate::module::describe()
}
