//! Typed positions in the segment. They have no deref: `segment::access` alone turns one into a reference.

use core::fmt;
use core::marker::PhantomData;
use core::num::NonZeroU32;

use crate::word::{Ordering, Word32};

/// Bytes in a granule, the unit of every offset and of every heap block's size.
pub const GRANULE: u64 = 8;

/// The position of a `T`, in granules from the start of the segment. Never zero, so `Option<Off<T>>` is one `u32`.
pub struct Off<T> {
    granules: NonZeroU32,
    kind: PhantomData<fn() -> T>,
}

impl<T> Off<T> {
    /// The offset stored as `raw`; zero is "none".
    #[inline]
    #[must_use]
    pub fn from_raw(raw: u32) -> Option<Self> {
        NonZeroU32::new(raw).map(|granules| Self { granules, kind: PhantomData })
    }

    /// The offset of byte `bytes`; none where it is zero, unaligned or beyond what 32 bits of granules reach.
    #[must_use]
    pub fn from_bytes(bytes: u64) -> Option<Self> {
        if !bytes.is_multiple_of(GRANULE) {
            return None;
        }
        u32::try_from(bytes / GRANULE).ok().and_then(Self::from_raw)
    }

    /// What is stored on the segment.
    #[inline]
    #[must_use]
    pub fn raw(self) -> u32 {
        self.granules.get()
    }

    /// Distance from the segment's start, in bytes.
    #[inline]
    #[must_use]
    pub fn bytes(self) -> u64 {
        u64::from(self.granules.get()) * GRANULE
    }

    /// The same position, said to hold another type.
    #[inline]
    #[must_use]
    pub fn cast<U>(self) -> Off<U> {
        Off { granules: self.granules, kind: PhantomData }
    }
}

impl<T> Clone for Off<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Off<T> {}
impl<T> PartialEq for Off<T> {
    fn eq(&self, other: &Self) -> bool {
        self.granules == other.granules
    }
}
impl<T> Eq for Off<T> {}
impl<T> fmt::Debug for Off<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@{:#x}", self.bytes())
    }
}

/// A word on the segment that holds an `Option<Off<T>>`.
#[repr(transparent)]
pub struct OffWord<T>(Word32, PhantomData<fn() -> T>);

impl<T> OffWord<T> {
    /// A word that holds `off`.
    pub fn new(off: Option<Off<T>>) -> Self {
        Self(Word32::new(off.map_or(0, Off::raw)), PhantomData)
    }

    /// The position held.
    #[inline]
    pub fn load(&self, order: Ordering) -> Option<Off<T>> {
        Off::from_raw(self.0.load(order))
    }

    /// Replaces the position held.
    #[inline]
    pub fn store(&self, off: Option<Off<T>>, order: Ordering) {
        self.0.store(off.map_or(0, Off::raw), order);
    }
}

impl<T> fmt::Debug for OffWord<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.load(Ordering::Relaxed))
    }
}
