//! UNSAFE: values that belong to one PHP thread.
//!
//! Where PHP has threads, each has its own; where it has none, a plain static is the same and costs less than thread-local storage.
#![expect(
    unsafe_code,
    reason = "a static that one thread alone uses; references into boxes that outlive their borrowers"
)]

use core::cell::{Cell, UnsafeCell};
use core::ptr;

/// Proof that no PHP code runs in this thread, so that no function of ours is on its stack: made by `zend::module` alone, in the
/// callbacks that the engine calls between requests.
#[derive(Debug)]
pub struct Idle(());

impl Idle {
    pub(super) fn proof() -> Self {
        Self(())
    }
}

/// A value of which each PHP thread has its own.
pub struct PerThread<T: 'static> {
    #[cfg(php_zts)]
    value: &'static std::thread::LocalKey<T>,
    #[cfg(not(php_zts))]
    value: T,
}

// SAFETY: without ZTS, PHP runs in one thread of the process, and this crate's code runs only when PHP calls it.
#[cfg(not(php_zts))]
unsafe impl<T> Sync for PerThread<T> {}

impl<T> PerThread<T> {
    #[cfg(php_zts)]
    pub const fn new(value: &'static std::thread::LocalKey<T>) -> Self {
        Self { value }
    }

    #[cfg(not(php_zts))]
    pub const fn new(value: T) -> Self {
        Self { value }
    }

    /// Calls `f` with this thread's value.
    #[inline]
    pub fn with<R>(&self, f: impl FnOnce(&T) -> R) -> R {
        #[cfg(php_zts)]
        return self.value.with(f);
        #[cfg(not(php_zts))]
        f(&self.value)
    }
}

/// `per_thread!(static NAME: Type = constant);`
macro_rules! per_thread {
    ($(#[$meta:meta])* static $name:ident: $type:ty = $value:expr;) => {
        $(#[$meta])*
        static $name: $crate::zend::local::PerThread<$type> = {
            #[cfg(php_zts)]
            {
                std::thread_local!(static LOCAL: $type = const { $value });
                $crate::zend::local::PerThread::new(&LOCAL)
            }
            #[cfg(not(php_zts))]
            $crate::zend::local::PerThread::new($value)
        };
    };
}
pub(crate) use per_thread;

/// Boxes of which the last one put is current, or none. A reference to any of them stays valid until an [`Idle`] thread takes it out.
pub struct Shelf<T> {
    current: Cell<*const T>,
    boxes: UnsafeCell<Vec<Box<T>>>,
}

impl<T> Shelf<T> {
    /// An empty one.
    pub const fn new() -> Self {
        Self { current: Cell::new(ptr::null()), boxes: UnsafeCell::new(Vec::new()) }
    }

    /// The current one.
    #[inline]
    pub fn current(&self) -> Option<&T> {
        // SAFETY: null, or into a box of `boxes`. Boxes leave only in `settle`, where the thread is idle: nobody holds a reference.
        unsafe { self.current.get().as_ref() }
    }

    /// Makes `value` the current one.
    pub fn put(&self, value: T) -> &T {
        let value = Box::new(value);
        self.current.set(&raw const *value);
        // SAFETY: the vector is borrowed in this statement alone, which calls nothing of ours; the boxes' contents do not move.
        let boxes = unsafe { &mut *self.boxes.get() };
        boxes.push(value);
        // SAFETY: as in `current`.
        unsafe { &*self.current.get() }
    }

    /// From now on there is no current one; references stay valid as before.
    pub fn put_aside(&self) {
        self.current.set(ptr::null());
    }

    /// Takes out all but the current one.
    pub fn take_old(&self, _: &mut Idle) -> Vec<Box<T>> {
        // SAFETY: the thread is idle, so no reference into the boxes is alive.
        let boxes = unsafe { &mut *self.boxes.get() };
        let keep = usize::from(!self.current.get().is_null());
        boxes.drain(..boxes.len() - keep).collect()
    }

    /// The current one, to be changed.
    pub fn current_mut<'i>(&'i self, _: &'i mut Idle) -> Option<&'i mut T> {
        if self.current.get().is_null() {
            return None;
        }
        // SAFETY: as in `take_old`; the thread stays idle as long as the result lives.
        unsafe { (*self.boxes.get()).last_mut().map(|value| &mut **value) }
    }
}
