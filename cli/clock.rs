//! The time, as the engine wants it.

use rustix::time::{ClockId, clock_gettime};
use trove_shm::cache::Now;

/// The time now.
pub fn now() -> Now {
    let (boot, wall) = (clock_gettime(ClockId::Boottime), clock_gettime(ClockId::Realtime));
    Now {
        boot_ms: boot.tv_sec.unsigned_abs() * 1000 + boot.tv_nsec.unsigned_abs() / 1_000_000,
        wall_s: u32::try_from(wall.tv_sec).unwrap_or(u32::MAX),
    }
}

/// Wall-clock time in ms since 1970.
pub fn wall_ms() -> u64 {
    let wall = clock_gettime(ClockId::Realtime);
    wall.tv_sec.unsigned_abs() * 1000 + wall.tv_nsec.unsigned_abs() / 1_000_000
}
