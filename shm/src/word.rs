//! The only door to atomics: every word on the segment is a [`Word32`] or a [`Word64`].
//!
//! Invariant: no other module of this crate names `core::sync::atomic` types for shared memory. That lets three builds
//! share one source: the normal one, the model checker (`cfg(trove_loom)`, where the words are loom's) and the crash
//! test (`cfg(trove_crash)`, where every store first passes `crash::step`, so a test can die before any chosen one).

#[cfg(not(trove_loom))]
use core::sync::atomic as imp;
#[cfg(trove_loom)]
use loom::sync::atomic as imp;

pub use core::sync::atomic::Ordering;

/// A full barrier: what is stored before it is visible to everyone who is seen to be past his own.
#[inline]
pub fn fence(order: Ordering) {
    imp::fence(order);
}

macro_rules! word {
    ($name:ident, $atomic:ident, $int:ty, $doc:literal) => {
        #[doc = $doc]
        #[derive(Debug)]
        #[repr(transparent)]
        pub struct $name(imp::$atomic);

        impl $name {
            /// A word holding `value`.
            pub fn new(value: $int) -> Self {
                Self(imp::$atomic::new(value))
            }

            /// The current value.
            #[inline]
            pub fn load(&self, order: Ordering) -> $int {
                self.0.load(order)
            }

            /// Replaces the value.
            #[inline]
            pub fn store(&self, value: $int, order: Ordering) {
                step();
                self.0.store(value, order);
            }

            /// Replaces the value and returns the old one.
            #[inline]
            pub fn swap(&self, value: $int, order: Ordering) -> $int {
                step();
                self.0.swap(value, order)
            }

            /// Adds, wrapping; returns the old value.
            #[inline]
            pub fn fetch_add(&self, by: $int, order: Ordering) -> $int {
                step();
                self.0.fetch_add(by, order)
            }

            /// Subtracts, wrapping; returns the old value.
            #[inline]
            pub fn fetch_sub(&self, by: $int, order: Ordering) -> $int {
                step();
                self.0.fetch_sub(by, order)
            }

            /// Bitwise or; returns the old value.
            #[inline]
            pub fn fetch_or(&self, bits: $int, order: Ordering) -> $int {
                step();
                self.0.fetch_or(bits, order)
            }

            /// Bitwise and; returns the old value.
            #[inline]
            pub fn fetch_and(&self, bits: $int, order: Ordering) -> $int {
                step();
                self.0.fetch_and(bits, order)
            }

            /// Maximum; returns the old value.
            #[inline]
            pub fn fetch_max(&self, value: $int, order: Ordering) -> $int {
                step();
                self.0.fetch_max(value, order)
            }

            /// Stores `new` where the value is `current`.
            ///
            /// # Errors
            /// The value found, where it was another one.
            #[inline]
            pub fn compare_exchange(
                &self,
                current: $int,
                new: $int,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$int, $int> {
                step();
                self.0.compare_exchange(current, new, success, failure)
            }

            /// A counter that only its owner writes: a load and a store, no locked instruction.
            #[inline]
            pub fn bump_owned(&self, by: $int) {
                let next = self.0.load(Ordering::Relaxed).wrapping_add(by);
                step();
                self.0.store(next, Ordering::Relaxed);
            }
        }
    };
}

word!(Word32, AtomicU32, u32, "A 32-bit word that several processes may read and write.");
word!(Word64, AtomicU64, u64, "A 64-bit word that several processes may read and write.");

#[inline]
pub(crate) fn step() {
    #[cfg(trove_crash)]
    crash::step();
}

/// Counting the stores of an operation, and dying before a chosen one.
#[cfg(trove_crash)]
pub mod crash {
    use std::cell::Cell;

    thread_local! {
        static SEEN: Cell<u64> = const { Cell::new(0) };
        static DIE_AT: Cell<u64> = const { Cell::new(u64::MAX) };
    }

    /// Starts counting from zero; the process dies by SIGKILL before store number `die_at` (0 is the first).
    pub fn arm(die_at: u64) {
        SEEN.set(0);
        DIE_AT.set(die_at);
    }

    /// Stores counted since [`arm`].
    pub fn seen() -> u64 {
        SEEN.get()
    }

    #[expect(unsafe_code, reason = "the process ends itself; nothing is read or written")]
    pub(crate) fn step() {
        let n = SEEN.get();
        SEEN.set(n + 1);
        if n == DIE_AT.get() {
            // SAFETY: kill(2) on the own process touches no memory.
            unsafe { libc::kill(libc::getpid(), libc::SIGKILL) };
            loop {
                std::hint::spin_loop();
            }
        }
    }
}
