//! UNSAFE: the clocks of the system.
#![expect(unsafe_code, reason = "clock_gettime(2)")]

/// A clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Monotonic time, as of the last tick.
    Coarse,
    /// Monotonic time.
    Monotonic,
    /// Monotonic time and the time that the machine has slept.
    Boot,
    /// Wall-clock time, as of the same tick as [`Source::Coarse`].
    CoarseWall,
}

/// Its time in nanoseconds.
#[inline]
pub fn read(source: Source) -> i64 {
    let id = match source {
        Source::Coarse => libc::CLOCK_MONOTONIC_COARSE,
        Source::Monotonic => libc::CLOCK_MONOTONIC,
        Source::Boot => libc::CLOCK_BOOTTIME,
        Source::CoarseWall => libc::CLOCK_REALTIME_COARSE,
    };
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is writable; the clocks exist on every Linux that this runs on, and the call changes nothing else.
    unsafe { libc::clock_gettime(id, &raw mut time) };
    time.tv_sec * 1_000_000_000 + time.tv_nsec
}

/// Boot time in ms.
pub fn boot_ms() -> u64 {
    (read(Source::Boot) / 1_000_000).max(0) as u64
}

/// Wall-clock time in seconds, as of the last tick: a single load from the kernel's page.
#[inline]
pub fn wall_second() -> i64 {
    // SAFETY: nothing is written.
    unsafe { libc::time(core::ptr::null_mut()) }
}

/// The constant by which two clocks differ, in nanoseconds: exact where both move by ticks, within a read's duration elsewhere.
pub fn difference(of: Source, from: Source) -> i64 {
    let mut best = (i64::MAX, 0);
    for _ in 0..8 {
        let (before, other, after) = (read(from), read(of), read(from));
        if after - before < best.0 {
            best = (after - before, other - before);
        }
        if best.0 == 0 {
            break;
        }
    }
    best.1
}
