//! UNSAFE: the elements of PHP's arrays, one after the other.
//!
//! Contract: that of [`super::value`]: what is looked at is alive and unchanged meanwhile.
#![expect(unsafe_code, reason = "PHP's arrays are reached by pointer")]

use core::marker::PhantomData;

use ext_php_rs::ffi::{_Bucket, IS_INDIRECT, IS_UNDEF};
use ext_php_rs::types::Zval;

use super::value::{Key, Str};

/// The elements of an array.
#[derive(Clone, Copy)]
pub struct Elements<'a> {
    slots: Slots<'a>,
}

impl<'a> Elements<'a> {
    /// The elements in such slots.
    #[inline]
    pub(super) fn of(slots: Slots<'a>) -> Self {
        Self { slots }
    }
}

impl<'a> Iterator for Elements<'a> {
    type Item = (Key<'a>, &'a Zval);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let slot = self.slots.next()?;
        // SAFETY: the place before the next is that of the slot; in a map, it is a bucket.
        let key = unsafe {
            let at = self.slots.next.sub(self.slots.stride);
            if self.slots.stride == size_of::<Zval>() {
                Key::Index(at.offset_from_unsigned(self.slots.start) as u64 / size_of::<Zval>() as u64)
            } else {
                key_of(&*at.cast())
            }
        };
        Some((key, slot))
    }
}

/// The key of a map's bucket.
#[inline(always)]
fn key_of<'a>(bucket: &'a _Bucket) -> Key<'a> {
    match bucket.key.is_null() {
        true => Key::Index(bucket.h),
        // SAFETY: the bucket holds it.
        false => Key::Name(unsafe { Str::of(bucket.key) }),
    }
}

/// The values of an array's elements.
#[derive(Clone, Copy)]
pub struct Slots<'a> {
    start: *const u8,
    next: *const u8,
    end: *const u8,
    stride: usize,
    slot: PhantomData<&'a Zval>,
}

impl Slots<'_> {
    /// # Safety
    /// From `start` on there are `used` initialised slots, each `stride` bytes after the one before: zvals, or buckets.
    #[inline(always)]
    pub(super) unsafe fn of(start: *const u8, used: usize, stride: usize) -> Self {
        // SAFETY: by the contract, the end of them.
        let end = unsafe { start.add(used * stride) };
        Self { start, next: start, end, stride, slot: PhantomData }
    }
}

impl<'a> Iterator for Slots<'a> {
    type Item = &'a Zval;

    #[inline(always)]
    fn next(&mut self) -> Option<&'a Zval> {
        while self.next != self.end {
            // SAFETY: before the end, so an initialised slot, whose type tag is always readable; a bucket starts with its zval. The next one is
            // at most one past the last.
            let (slot, tag) = unsafe {
                let slot = &*self.next.cast::<Zval>();
                self.next = self.next.add(self.stride);
                (slot, u32::from(slot.u1.v.type_))
            };
            if tag == IS_UNDEF {
                continue;
            }
            if tag != IS_INDIRECT {
                return Some(slot);
            }
            // SAFETY: an indirect slot points to an initialised one.
            let slot = unsafe { &*slot.value.zv };
            // SAFETY: as above.
            if u32::from(unsafe { slot.u1.v.type_ }) != IS_UNDEF {
                return Some(slot);
            }
        }
        None
    }
}
