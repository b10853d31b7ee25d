//! UNSAFE: futex(2), on words that processes share; and the clock that tells a sleeper when to give up.
//!
//! Contract: the kernel gets the address of a live `&Word32` and reads it; nothing is written. A sleeper always gives a
//! time-out, so a wake-up that never comes costs a delay and no more.
#![cfg_attr(not(trove_loom), expect(unsafe_code, reason = "the futex system call"))]

use core::time::Duration;

use crate::word::Word32;

/// Sleeps while `word` is `expected`, until a wake-up, a signal, or `most` is over. The caller looks again in any case.
#[cfg(not(trove_loom))]
pub fn wait(word: &Word32, expected: u32, most: Duration) {
    let timeout = libc::timespec {
        tv_sec: libc::time_t::try_from(most.as_secs()).unwrap_or(libc::time_t::MAX),
        tv_nsec: most.subsec_nanos().into(),
    };
    // SAFETY: `word` is a transparent, aligned 32-bit atomic that lives for the call; `timeout` likewise. Not PRIVATE: the sleepers are in
    // several processes, which have the word at different addresses.
    unsafe { libc::syscall(libc::SYS_futex, address(word), libc::FUTEX_WAIT, expected, &raw const timeout) };
}

/// Wakes at most `count` sleepers.
#[cfg(not(trove_loom))]
pub fn wake(word: &Word32, count: u32) {
    let count = i32::try_from(count).unwrap_or(i32::MAX);
    // SAFETY: as in `wait`; the kernel does not even read the word.
    unsafe { libc::syscall(libc::SYS_futex, address(word), libc::FUTEX_WAKE, count) };
}

/// A word as the kernel's interface declares it: what goes through an ellipsis is not converted.
#[cfg(not(trove_loom))]
fn address(word: &Word32) -> *mut u32 {
    core::ptr::from_ref(word).cast_mut().cast()
}

/// `CLOCK_BOOTTIME` in ms.
#[cfg(not(trove_loom))]
#[must_use]
pub fn boot_ms() -> u64 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `now` is writable. The clock exists since Linux 2.6.39; without it the time stands still, and waits end by their time-outs.
    unsafe { libc::clock_gettime(libc::CLOCK_BOOTTIME, &raw mut now) };
    u64::try_from(now.tv_sec).unwrap_or(0) * 1000 + u64::try_from(now.tv_nsec).unwrap_or(0) / 1_000_000
}

/// Under the model checker a sleeper just lets the others go on.
#[cfg(trove_loom)]
pub fn wait(_: &Word32, _: u32, _: Duration) {
    loom::thread::yield_now();
}

/// Under the model checker nobody sleeps.
#[cfg(trove_loom)]
pub fn wake(_: &Word32, _: u32) {}

#[cfg(all(test, not(trove_loom)))]
mod tests {
    use super::*;
    use crate::word::Ordering;
    use std::time::Instant;

    #[test]
    fn a_wait_ends_by_itself() {
        let start = Instant::now();
        wait(&Word32::new(7), 7, Duration::from_millis(20));
        assert!(start.elapsed() >= Duration::from_millis(15));
    }

    #[test]
    fn another_value_or_a_wake_ends_it_at_once() {
        let word = Word32::new(7);
        let start = Instant::now();
        wait(&word, 8, Duration::from_secs(20));
        std::thread::scope(|s| {
            s.spawn(|| {
                while word.load(Ordering::Acquire) == 7 {
                    wait(&word, 7, Duration::from_secs(20));
                }
            });
            std::thread::sleep(Duration::from_millis(10));
            word.store(9, Ordering::Release);
            wake(&word, 1);
        });
        assert!(start.elapsed() < Duration::from_secs(10));
    }
}
