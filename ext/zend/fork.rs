//! UNSAFE: what happens when the process forks.
//!
//! A child inherits the values that its parent's request has fetched, and the parent's slot protects them for as long as the parent's request
//! lasts, which may be shorter than the child's. So the child takes a slot of its own, with the same interval, before the parent goes on:
//! the parent waits for one byte, or for the child's end.
#![expect(unsafe_code, reason = "pthread_atfork(3) and a pipe between its handlers")]

use core::ffi::c_int;
use std::sync::Once;
use std::sync::atomic::{AtomicI32, Ordering};

/// Longest that a parent waits for a child that does not run.
const PATIENCE_MS: c_int = 1000;

/// Makes this process, and its children, do that from now on.
pub fn watch() {
    static ONCE: Once = Once::new();
    // SAFETY: the three handlers say what makes them safe to run there. The C library forgets them when it unloads this library.
    ONCE.call_once(|| unsafe {
        libc::pthread_atfork(Some(before), Some(in_parent), Some(in_child));
    });
}

/// The pipe of the fork under way. Forks of one process do not overlap: the C library runs the handlers under its own lock.
static READ: AtomicI32 = AtomicI32::new(-1);
static WRITE: AtomicI32 = AtomicI32::new(-1);

unsafe extern "C" fn before() {
    if !crate::request::keeps_values() {
        return;
    }
    let mut ends = [-1; 2];
    // SAFETY: the array takes two descriptors.
    if unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) } == 0 {
        READ.store(ends[0], Ordering::Relaxed);
        WRITE.store(ends[1], Ordering::Relaxed);
    }
}

unsafe extern "C" fn in_parent() {
    close(&WRITE);
    let fd = READ.load(Ordering::Relaxed);
    if fd >= 0 {
        let mut wait = libc::pollfd { fd, events: libc::POLLIN, revents: 0 };
        // SAFETY: one descriptor, as the count says. Readable is a byte, or the end of the child.
        unsafe { libc::poll(&raw mut wait, 1, PATIENCE_MS) };
        close(&READ);
    }
}

/// The forking thread is the only one here; it held no lock of ours, since none is held across a call into PHP.
unsafe extern "C" fn in_child() {
    close(&READ);
    crate::request::begin_in_child();
    let fd = WRITE.load(Ordering::Relaxed);
    if fd >= 0 {
        // SAFETY: one byte of a static.
        unsafe { libc::write(fd, b"\n".as_ptr().cast(), 1) };
        close(&WRITE);
    }
}

fn close(end: &AtomicI32) {
    let fd = end.swap(-1, Ordering::Relaxed);
    if fd >= 0 {
        // SAFETY: a descriptor of ours, which nobody else closes.
        unsafe { libc::close(fd) };
    }
}
