//! The time, read without a system call.
//!
//! The coarse monotonic clock costs a few nanoseconds and moves every few milliseconds; boot time and wall-clock time differ from it by
//! constants, which change only when the machine sleeps or the clock is set: they are measured anew every second.
//!
//! Where a second is exact enough, the time is the one that was told before in the same second of the wall clock: to ask that one is a load. Should
//! somebody set it back, by just as long as nobody has asked, that time may be told once more until the second is over, or the request.

use core::cell::Cell;

use trove_shm::cache::Now;

use crate::zend::time::{self, Source};

const SECOND: i64 = 1_000_000_000;
const MILLI: i64 = 1_000_000;

/// A thread's clock.
#[derive(Debug)]
pub struct Clock {
    /// Boot time minus monotonic time, in nanoseconds.
    boot: Cell<i64>,
    /// Wall-clock time minus monotonic time, in nanoseconds.
    wall: Cell<i64>,
    /// Monotonic time after which the two are measured anew.
    stale_at: Cell<i64>,
    /// The wall-clock second in which the time was told last, and what was told.
    lately: Cell<(i64, Now)>,
}

impl Clock {
    /// A clock that has been set.
    pub fn new() -> Self {
        Self {
            boot: Cell::new(0),
            wall: Cell::new(0),
            stale_at: Cell::new(i64::MIN),
            lately: Cell::new((i64::MIN, Now { boot_ms: 0, wall_s: 0 })),
        }
    }

    /// The time.
    #[inline]
    pub fn now(&self) -> Now {
        let at = time::read(Source::Coarse);
        if at >= self.stale_at.get() {
            self.measure(at);
        }
        self.at(at)
    }

    /// The time, not as of the last tick: costs half as much again as [`Clock::now`].
    pub fn exactly(&self) -> Now {
        let at = time::read(Source::Monotonic);
        if at >= self.stale_at.get() {
            self.measure(at);
        }
        self.at(at)
    }

    /// A time in this second of the wall clock; costs a third of [`Clock::now`].
    #[inline]
    pub fn lately(&self) -> Now {
        let second = time::wall_second();
        let (told_in, told) = self.lately.get();
        if told_in == second {
            return told;
        }
        let now = self.now();
        self.lately.set((second, now));
        now
    }

    /// Tells a new time at the next [`Clock::lately`].
    pub fn forget_lately(&self) {
        self.lately.set((i64::MIN, self.lately.get().1));
    }

    /// The time at `wall_s`, in seconds since 1970.
    pub fn at_wall(&self, wall_s: f64) -> Now {
        self.measure(time::read(Source::Coarse));
        self.at((wall_s * SECOND as f64) as i64 - self.wall.get())
    }

    /// Boot time in ms of the expiry of an entry that is stored now and lives for `ttl` seconds; 0 is for ever, less is over before it began.
    ///
    /// [`Clock::ttl`] gets `ttl` back from it and from the second of the store. For that, the expiry keeps a distance of 2 ms from the
    /// full second after that one: so much may two processes' ideas of boot time differ.
    pub fn expiry(&self, now: Now, ttl: i64) -> u64 {
        if ttl == 0 {
            return u64::MAX;
        }
        // Milliseconds since the begin of that second; one off where the two clocks' fractions add up.
        let phase = now.boot_ms as i64 + self.wall_minus_boot_ms() - i64::from(now.wall_s) * 1000;
        let expires =
            (now.boot_ms as i64).saturating_add(ttl.saturating_mul(1000)).saturating_add(phase.clamp(2, 997) - phase);
        expires.max(0) as u64
    }

    /// The seconds that an entry stored in the wall-clock second `created` lives, if it expires at boot time `expires`.
    pub fn ttl(&self, created: u32, expires: u64) -> i64 {
        if expires == u64::MAX {
            return 0;
        }
        let expires = i64::try_from(expires).unwrap_or(i64::MAX);
        (expires.saturating_add(self.wall_minus_boot_ms()).saturating_sub(i64::from(created) * 1000)).div_euclid(1000)
    }

    /// Wall-clock time at boot time `boot_ms`, in seconds since 1970; none is never.
    pub fn unix_time(&self, boot_ms: u64) -> Option<f64> {
        let never = boot_ms == u64::MAX;
        let boot_ms = i64::try_from(boot_ms).unwrap_or(i64::MAX);
        (!never).then(|| boot_ms.saturating_add(self.wall_minus_boot_ms()) as f64 / 1000.0)
    }

    #[inline]
    fn at(&self, monotonic: i64) -> Now {
        Now {
            boot_ms: ((monotonic + self.boot.get()) / MILLI).max(0) as u64,
            wall_s: ((monotonic + self.wall.get()) / SECOND).clamp(0, i64::from(u32::MAX)) as u32,
        }
    }

    fn wall_minus_boot_ms(&self) -> i64 {
        (self.wall.get() - self.boot.get()).div_euclid(MILLI)
    }

    #[cold]
    fn measure(&self, at: i64) {
        self.boot.set(time::difference(Source::Boot, Source::Monotonic));
        self.wall.set(time::difference(Source::CoarseWall, Source::Coarse));
        self.stale_at.set(at + SECOND);
    }
}
