//! UNSAFE: being told of fork(2).
//!
//! [`AtFork`]s are registered for a thread; when that thread forks, each is told before, and after in both processes. Other threads' are not:
//! in the child those threads do not exist.
//!
//! Contract: the three handlers run inside fork(2), on the forking thread. They touch nothing but that thread's own list. They are registered once for
//! the process, with the library that they lie in: the libc drops them when that is unloaded.
#![expect(unsafe_code, reason = "pthread_atfork(3), poll(2)")]

use core::cell::RefCell;
use core::time::Duration;
use std::io::PipeReader;
use std::os::fd::AsRawFd;
use std::rc::{Rc, Weak};
use std::sync::Once;

/// What has to be done when the thread forks.
pub trait AtFork {
    /// In the parent, before.
    fn prepare(&self);

    /// In the parent, after; also where there is no child because fork(2) failed.
    fn parent(&self);

    /// In the child, before anything else of it runs.
    fn child(&self);
}

thread_local! {
    static THIS_THREADS: RefCell<Vec<Weak<dyn AtFork>>> = const { RefCell::new(Vec::new()) };
}

/// Registers `it` for forks of the calling thread, as long as it lives.
pub fn register(it: &Rc<impl AtFork + 'static>) {
    static HANDLERS: Once = Once::new();
    HANDLERS.call_once(|| {
        // SAFETY: the handlers are functions of this library and may be called at any time (module contract). Where the libc has no memory for
        // them, children are as with a fork that went past the libc: `SlotHold::is_mine` tells them apart.
        unsafe { libc::pthread_atfork(Some(prepare), Some(parent), Some(child)) };
    });
    let it: Weak<dyn AtFork> = Rc::downgrade(&(Rc::clone(it) as Rc<dyn AtFork>));
    THIS_THREADS.with_borrow_mut(|list| {
        list.retain(|other| other.strong_count() != 0);
        list.push(it);
    });
}

/// Whether everybody who had the pipe's writing end has closed it, or does so within `patience`.
pub fn is_closed(pipe: &PipeReader, patience: Duration) -> bool {
    let mut fd = libc::pollfd { fd: pipe.as_raw_fd(), events: libc::POLLIN, revents: 0 };
    let ms = libc::c_int::try_from(patience.as_millis()).unwrap_or(libc::c_int::MAX);
    // SAFETY: `fd` is one pollfd.
    (unsafe { libc::poll(&raw mut fd, 1, ms) }) == 1 && fd.revents & libc::POLLHUP != 0
}

extern "C" fn prepare() {
    each(|it| it.prepare());
}

extern "C" fn parent() {
    each(|it| it.parent());
}

extern "C" fn child() {
    each(|it| it.child());
}

fn each(f: impl Fn(&dyn AtFork)) {
    // Neither fails but in a thread that is ending, or inside of `register`: there nothing is registered that would matter.
    let _ = THIS_THREADS.try_with(|list| {
        if let Ok(list) = list.try_borrow() {
            list.iter().filter_map(Weak::upgrade).for_each(|it| f(&*it));
        }
    });
}
