//! Locks whose owner may die at any instruction, and the slots that say who an owner is.
//!
//! - [`fork`]: being told of fork(2).
//! - [`futex`]: sleep on a word, wake its sleepers.
//! - [`owner`]: the kernel's answer to "does the owner of this slot live?".
//! - [`lock`]: the lock word's state machine; it knows neither segments nor system calls, so the model checker runs it.
//! - [`locker`]: who locks what in a segment; marks the wish in the slot, so a death can be mended.
//! - [`slot`]: taking, giving back and reaping slots.

#[cfg(not(trove_loom))]
use core::time::Duration;

#[cfg(not(trove_loom))]
pub mod fork;
pub mod futex;
pub mod lock;
#[cfg(not(trove_loom))]
pub mod locker;
#[cfg(not(trove_loom))]
pub mod owner;
#[cfg(not(trove_loom))]
pub mod slot;

/// How long somebody else is waited for. The fuzzer of damaged segments (`cfg(trove_fuzz)`) is alone in them: whoever seems to hold a lock there
/// will not release it, so it waits for nobody.
#[cfg(not(trove_loom))]
pub(crate) const fn patience(usual: Duration) -> Duration {
    if cfg!(trove_fuzz) { Duration::ZERO } else { usual }
}

/// Index of a slot in the segment's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SlotId(pub u16);

impl SlotId {
    /// As an index for [`crate::segment::Segment::slot`].
    #[inline]
    #[must_use]
    pub fn index(self) -> u32 {
        self.0.into()
    }
}
