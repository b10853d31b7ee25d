//! UNSAFE: what a script prints, thrown away.
#![expect(unsafe_code, reason = "calls of the engine's output layer")]

use super::sys;

/// What is printed while `f` runs goes nowhere.
pub fn discarded(f: impl FnOnce()) {
    // SAFETY: a request is active, and with it the output layer.
    let buffers = unsafe { sys::php_output_start_default() } == 0;
    f();
    if buffers {
        // SAFETY: as above; it ends the buffer that was begun above, or one that `f` has left open.
        unsafe { sys::php_output_discard() };
    }
}
