//! A value and its expiry, both replaced in place while others read them without a lock, and where the replacing may end between the two.
//!
//! Neither value may live longer than it was to. So the old one gets the new expiry only where that is the earlier one, and a reader loads the
//! expiry first, with acquire, and then the value. He may see the new value with the old expiry: then he has looked at the clock before the new
//! one was stored, and no store is for a time that is over.

use crate::word::{Ordering, Word64};

/// Replaces `value` and `expires`. Only under a lock that keeps out all others that would.
#[inline]
pub fn replace(value: &Word64, expires: &Word64, new: u64, new_expires: u64) {
    if new_expires < expires.load(Ordering::Relaxed) {
        expires.store(new_expires, Ordering::Release);
        value.store(new, Ordering::Release);
    } else {
        value.store(new, Ordering::Release);
        expires.store(new_expires, Ordering::Release);
    }
}

/// Whether the value, to be loaded after this, lives at `now`.
#[inline]
#[must_use]
pub fn is_alive(expires: &Word64, now: u64) -> bool {
    expires.load(Ordering::Acquire) > now
}

#[cfg(all(test, trove_loom))]
mod models {
    use loom::sync::Arc;
    use loom::thread;

    use super::*;

    #[test]
    fn an_old_value_is_not_seen_after_its_time() {
        for (expires, new_expires) in [(10, 20), (20, 10)] {
            loom::model(move || {
                let words = Arc::new((Word64::new(1), Word64::new(expires)));
                let writer = thread::spawn({
                    let words = Arc::clone(&words);
                    move || replace(&words.0, &words.1, 2, new_expires)
                });
                if is_alive(&words.1, expires) {
                    assert_eq!(words.0.load(Ordering::Relaxed), 2);
                }
                writer.join().unwrap();
                assert_eq!(is_alive(&words.1, 10), new_expires == 20);
            });
        }
    }
}
