//! UNSAFE: bailouts: the `longjmp` by which the engine ends a request on a fatal error or a time-out.
#![expect(unsafe_code, reason = "a bailout that was caught is continued")]

use std::panic::AssertUnwindSafe;

use ext_php_rs::zend::{CatchError, bailout, try_catch};

/// Runs `body`, which may call PHP code. Where that bails out, `release` runs and the bailout goes on; what `body` itself owned then is not
/// dropped.
pub fn guarded<R>(body: impl FnOnce() -> R, release: impl FnOnce()) -> R {
    match try_catch(AssertUnwindSafe(body)) {
        Ok(result) => result,
        Err(CatchError::Bailout) => {
            release();
            // SAFETY: the engine has a frame to land in: `try_catch` has put the one back that was there before. This frame owns nothing.
            unsafe { bailout() }
        }
        Err(error) => {
            release();
            // A bug of ours: unwinding into the engine is not possible.
            eprintln!("trove: {error}");
            std::process::abort();
        }
    }
}
