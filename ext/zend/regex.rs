//! UNSAFE: compiled regular expressions of PHP's own cache.
//!
//! Contract: a [`Regex`] keeps its expression from being evicted from PHP's cache as long as it lives, and is not used once the cache is gone. It is used in the thread that made it.
#![expect(unsafe_code, reason = "pcre and its cache are reached by pointer")]

use core::ffi::c_void;
use core::ptr;

use ext_php_rs::ffi::ext_php_rs_executor_globals;
use ext_php_rs::types::ZendStr;

use super::sys;

/// In the executor's flags: the request is being shut down.
const EG_FLAGS_IN_SHUTDOWN: u32 = 1;

/// A compiled expression.
#[derive(Debug)]
pub struct Regex {
    expression: *mut c_void,
    data: *mut c_void,
}

impl Regex {
    /// Compiles; none, after pcre's own warning, where that fails. May run a user's error handler.
    pub fn compile(text: &ZendStr) -> Option<Self> {
        // SAFETY: the text is live; the callee keeps its own reference.
        let expression = unsafe { sys::pcre_get_compiled_regex_cache(ptr::from_ref(text).cast_mut()) };
        if expression.is_null() {
            return None;
        }
        // SAFETY: just returned, so live; the count keeps it so.
        unsafe { sys::php_pcre_pce_incref(expression) };
        // SAFETY: as above.
        let data = unsafe {
            sys::pcre2_match_data_create_from_pattern_8(sys::php_pcre_pce_re(expression), sys::php_pcre_gctx())
        };
        let regex = Self { expression, data };
        (!data.is_null()).then_some(regex)
    }

    /// Whether it matches somewhere in `subject`.
    pub fn matches(&self, subject: &[u8]) -> bool {
        // SAFETY: expression and data live as long as `self`; the subject is `len` bytes.
        let found = unsafe {
            sys::pcre2_match_8(
                sys::php_pcre_pce_re(self.expression),
                subject.as_ptr(),
                subject.len(),
                0,
                0,
                self.data,
                sys::php_pcre_mctx(),
            )
        };
        found >= 0
    }
}

impl Drop for Regex {
    fn drop(&mut self) {
        // SAFETY: made in `compile`, given back once, and not after the cache is gone.
        unsafe {
            if !self.data.is_null() {
                sys::pcre2_match_data_free_8(self.data);
            }
            if !cache_ends() {
                sys::php_pcre_pce_decref(self.expression);
            }
        }
    }
}

/// Whether the cache is being destroyed, or has been, with all that is in it, kept or not: on the command line it ends with the request, and
/// before the last objects do.
fn cache_ends() -> bool {
    // SAFETY: the executor's globals live as long as the thread runs PHP.
    let flags = u32::from(unsafe { (*ext_php_rs_executor_globals()).flags });
    flags & EG_FLAGS_IN_SHUTDOWN != 0 && super::module::sapi() == "cli"
}
