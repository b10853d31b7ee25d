//! UNSAFE: a growing row of plain things in the engine's memory. Nothing of it is lost when a bailout ends the request, as it would be if it came
//! from Rust's allocator; and the engine keeps pages that the system would have to clear anew for each large value.
//!
//! Contract: `len` things are initialised, and there is room for `room`. Where that is none, the pointer is aligned and leads nowhere.
#![expect(unsafe_code, reason = "memory is managed by hand")]

use core::alloc::Layout;
use core::mem::MaybeUninit;
use core::ops::{Deref, DerefMut};
use core::{ptr, slice};

use ext_php_rs::alloc;

/// A row of things without destructors.
pub struct Scratch<T: Copy> {
    start: *mut T,
    len: usize,
    room: usize,
}

impl<T: Copy> Scratch<T> {
    /// An empty one. Allocates nothing.
    pub const fn new() -> Self {
        Self { start: ptr::dangling_mut(), len: 0, room: 0 }
    }

    /// `len` times the same thing. May leave by a bailout.
    pub fn filled(thing: T, len: usize) -> Self {
        let mut row = Self::new();
        row.reserve(len);
        for index in 0..len {
            // SAFETY: there is room.
            unsafe { row.start.add(index).write(thing) };
        }
        row.len = len;
        row
    }

    /// How many things.
    #[inline]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Makes room for so many more. May leave by a bailout.
    #[inline]
    pub fn reserve(&mut self, more: usize) {
        if self.room - self.len < more {
            self.grow(more);
        }
    }

    /// Adds a thing at the end. May leave by a bailout.
    #[inline]
    pub fn push(&mut self, thing: T) {
        if self.len == self.room {
            self.grow(1);
        }
        // SAFETY: there is room.
        unsafe { self.start.add(self.len).write(thing) };
        self.len += 1;
    }

    /// Takes the last thing off.
    #[inline]
    pub fn pop(&mut self) -> Option<T> {
        let last = *self.as_slice().last()?;
        self.len -= 1;
        Some(last)
    }

    /// Takes off what is beyond the first `len`.
    pub fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    /// All things.
    #[inline]
    pub fn as_slice(&self) -> &[T] {
        // SAFETY: the contract.
        unsafe { slice::from_raw_parts(self.start, self.len) }
    }

    /// All things, to change them.
    #[inline]
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        // SAFETY: the contract.
        unsafe { slice::from_raw_parts_mut(self.start, self.len) }
    }

    #[cold]
    fn grow(&mut self, more: usize) {
        let room = (self.room * 2).max(self.len + more).max(16);
        let layout = Layout::array::<T>(room).expect("what fits into memory has a layout");
        let start = alloc::emalloc(layout).cast::<T>();
        // SAFETY: the new memory has more room than the old things take, and nobody else has it.
        unsafe { ptr::copy_nonoverlapping(self.as_slice().as_ptr(), start, self.len) };
        self.release();
        (self.start, self.room) = (start, room);
    }

    fn release(&mut self) {
        if self.room != 0 {
            // SAFETY: ours, and not used any more.
            unsafe { alloc::efree(self.start.cast()) };
        }
    }
}

/// A thing in the engine's memory, made where it stays.
pub struct Own<T>(*mut T);

impl<T> Own<T> {
    /// Of what `make` returns. May leave by a bailout before that is called.
    #[inline(always)]
    pub fn new(make: impl FnOnce() -> T) -> Self {
        const { assert!(align_of::<T>() <= 8, "the engine's memory is aligned to 8 bytes") };
        let place = alloc::emalloc(Layout::new::<T>()).cast::<T>();
        // SAFETY: new memory of that size, aligned as the assertion wants.
        unsafe { place.write(make()) };
        Self(place)
    }
}

impl<T> Deref for Own<T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: it is there, and ours, as long as `self`.
        unsafe { &*self.0 }
    }
}

impl<T> DerefMut for Own<T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: as above.
        unsafe { &mut *self.0 }
    }
}

impl<T> Drop for Own<T> {
    fn drop(&mut self) {
        // SAFETY: as above, and it is not used any more.
        unsafe {
            self.0.drop_in_place();
            alloc::efree(self.0.cast());
        }
    }
}

/// A row of at most `N` things, where it stands.
pub struct Row<T: Copy, const N: usize> {
    things: [MaybeUninit<T>; N],
    len: usize,
}

impl<T: Copy, const N: usize> Row<T, N> {
    /// An empty one.
    #[inline]
    pub const fn new() -> Self {
        Self { things: [const { MaybeUninit::uninit() }; N], len: 0 }
    }

    /// How many things.
    #[inline]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Takes off what is beyond the first `len`.
    #[inline]
    pub fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    /// Adds a thing at the end. None where there is no room.
    #[inline]
    pub fn push(&mut self, thing: T) -> Option<()> {
        self.things.get_mut(self.len)?.write(thing);
        self.len += 1;
        Some(())
    }

    /// All things.
    #[inline]
    pub fn as_slice(&self) -> &[T] {
        // SAFETY: the contract.
        unsafe { slice::from_raw_parts(self.things.as_ptr().cast(), self.len) }
    }

    /// All things, to change them.
    #[inline]
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        // SAFETY: the contract.
        unsafe { slice::from_raw_parts_mut(self.things.as_mut_ptr().cast(), self.len) }
    }
}

/// A row that needs no memory of the engine's while it is of at most `N` things.
pub struct Few<T: Copy, const N: usize> {
    near: [MaybeUninit<T>; N],
    /// The number of things in `near`. All are in `far` where that has any.
    len: usize,
    far: Scratch<T>,
}

impl<T: Copy, const N: usize> Few<T, N> {
    /// An empty one.
    #[inline]
    pub const fn new() -> Self {
        Self { near: [const { MaybeUninit::uninit() }; N], len: 0, far: Scratch::new() }
    }

    /// Adds a thing at the end. May leave by a bailout.
    #[inline]
    pub fn push(&mut self, thing: T) {
        if self.far.len == 0 && self.len < N {
            self.near[self.len].write(thing);
            self.len += 1;
        } else {
            self.push_far(thing);
        }
    }

    #[cold]
    fn push_far(&mut self, thing: T) {
        if self.far.len == 0 {
            self.far.reserve(N * 2);
            for index in 0..self.len {
                // SAFETY: the contract.
                self.far.push(unsafe { self.near[index].assume_init() });
            }
            self.len = 0;
        }
        self.far.push(thing);
    }

    /// Takes the last thing off.
    #[inline]
    pub fn pop(&mut self) {
        if self.len != 0 {
            self.len -= 1;
        } else {
            self.far.pop();
        }
    }

    /// All things.
    #[inline]
    pub fn as_slice(&self) -> &[T] {
        if self.far.len == 0 {
            // SAFETY: the contract.
            unsafe { slice::from_raw_parts(self.near.as_ptr().cast(), self.len) }
        } else {
            self.far.as_slice()
        }
    }

    /// All things, to change them.
    #[inline]
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        if self.far.len == 0 {
            // SAFETY: the contract.
            unsafe { slice::from_raw_parts_mut(self.near.as_mut_ptr().cast(), self.len) }
        } else {
            self.far.as_mut_slice()
        }
    }
}

impl<T: Copy> Drop for Scratch<T> {
    fn drop(&mut self) {
        self.release();
    }
}
