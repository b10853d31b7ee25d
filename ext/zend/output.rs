//! UNSAFE: what a script prints, thrown away.
#![expect(unsafe_code, reason = "calls of the engine's output layer")]

use super::sys;

/// From now on what is printed goes nowhere, until [`end`].
pub fn discard() {
    // SAFETY: a request is active, and with it the output layer.
    unsafe { sys::php_output_start_default() };
}

/// Ends one [`discard`].
pub fn end() {
    // SAFETY: as above; without a buffer it does nothing but give a notice.
    unsafe { sys::php_output_discard() };
}
