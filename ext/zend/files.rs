//! UNSAFE: what PHP remembers of files: the last stat, the realpath cache, and which wrappers and filters of streams a script has added.
#![expect(unsafe_code, reason = "calls of the engine's functions")]

use core::ptr;

use super::sys;

/// Forgets the stream wrappers and filters that the request has added. They are known by the very strings that the script has passed, and the
/// engine looks at these once more when the request has ended and what it fetched may be gone. Between requests, or at the end of one.
pub fn forget_stream_names() {
    // SAFETY: each function takes nothing and returns a live table: the request's own copy, or the one of all requests where it has none.
    let tables = unsafe {
        [
            (sys::php_stream_get_url_stream_wrappers_hash(), sys::php_stream_get_url_stream_wrappers_hash_global()),
            (sys::php_get_stream_filters_hash(), sys::php_get_stream_filters_hash_global()),
        ]
    };
    for (table, global) in tables {
        if table != global {
            // SAFETY: the request's own table, whose elements are borrowed; no stream is opened any more.
            unsafe { sys::zend_hash_clean(table) };
        }
    }
}

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
