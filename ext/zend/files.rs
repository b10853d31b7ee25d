//! UNSAFE: what PHP remembers of files: the last stat, and the realpath cache.
#![expect(unsafe_code, reason = "calls of the engine's functions")]

use core::ptr;

use super::sys;

/// Forgets everything.
pub fn forget_all() {
    // SAFETY: a null path means all; the caches are this thread's.
    unsafe { sys::php_clear_stat_cache(true, ptr::null(), 0) };
}

/// Forgets one path, as it was asked for.
pub fn forget(path: &[u8]) {
    // SAFETY: the path is `len` bytes long and only compared.
    unsafe { sys::php_clear_stat_cache(true, path.as_ptr().cast(), path.len()) };
}

/// Bytes of the realpath cache.
pub fn realpath_cache_bytes() -> u64 {
    // SAFETY: takes nothing.
    unsafe { sys::realpath_cache_size() }.max(0) as u64
}
