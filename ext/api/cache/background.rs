//! Computations that are put off until the response was sent.
//!
//! They wait in an object that is one of the request's shutdown functions, behind all others: its place in PHP's list keeps it alive, and ends with the
//! request. Each has its key's lease meanwhile; those that are never reached (a shutdown function has called `exit`) lose it with the request's end.

use core::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};

use ext_php_rs::types::Zval;
use ext_php_rs::zend::ExecuteData;
use trove_shm::cache::{Freshness, Identity};
use trove_shm::lease::Identity as Name;

use super::compute::{self, Right, Work};
use super::handle::{Handle, Opened};
use super::remember::log;
use super::terms::Lifetime;
use crate::zend::class::{Class, Native};
use crate::zend::function::{Method, types};
use crate::zend::local::per_thread;
use crate::zend::thrown::Thrown;
use crate::zend::{callable, output};

/// Ends the response: whichever the SAPI has.
const FINISH: [&core::ffi::CStr; 3] =
    [c"fastcgi_finish_request", c"litespeed_finish_request", c"frankenphp_finish_request"];

/// A computation that was put off. All that is PHP's is in its memory: nothing is lost where a job ends by a bailout.
pub struct Job {
    /// The `Trove\Cache`.
    cache: Zval,
    key: Zval,
    callback: Zval,
    tags: Zval,
    lifetime: Lifetime,
    stale: Lifetime,
    if_error_ms: u64,
    measures: bool,
    /// The entry that was there when it was put off.
    old: Option<Identity>,
    name: Name,
    token: u64,
    lease_ms: u64,
}

impl Job {
    /// Puts off `work`, for which `token` is held.
    pub fn new(work: &Work<'_>, cache: &Zval, callback: Zval, name: Name, token: u64, lease_ms: u64) -> Self {
        let copy = |value: &Zval| value.dereference().shallow_clone();
        Self {
            cache: cache.shallow_clone(),
            key: copy(work.key),
            callback,
            tags: copy(work.tags),
            lifetime: work.lifetime,
            stale: work.stale,
            if_error_ms: work.if_error_ms,
            measures: work.measures,
            old: work.old,
            name,
            token,
            lease_ms,
        }
    }

    fn work(&self) -> Work<'_> {
        Work {
            key: &self.key,
            callback: &self.callback,
            tags: &self.tags,
            lifetime: self.lifetime,
            stale: self.stale,
            if_error_ms: self.if_error_ms,
            measures: self.measures,
            old: self.old,
            takes_key: false,
        }
    }

    fn run(&self, cache: Opened<'_>) {
        let session = cache.session;
        // The request may have taken long: then somebody else computes, or has computed.
        if !matches!(session.cache.lease_extend(self.token, self.lease_ms, session.clock().now()), Ok(true)) {
            return;
        }
        let work = self.work();
        let is_stored = session
            .cache
            .fetch(cache.id, work.key(), session.now())
            .is_some_and(|hit| hit.freshness() == Freshness::Fresh && Some(hit.identity()) != self.old);
        if is_stored {
            session.cache.lease_release(self.token);
            return;
        }
        compute::run(cache, &work, Right::Lease(self.token));
    }
}

/// The jobs of a request.
pub struct Queue {
    jobs: RefCell<VecDeque<Job>>,
    /// It has moved behind the shutdown functions that were registered after it.
    is_last: Cell<bool>,
}

impl Native for Queue {
    fn class() -> &'static Class<Self> {
        static CLASS: Class<Queue> = Class::new();
        &CLASS
    }
}

const METHODS: &[Method] = &[Method::no_constructor(), Method::new(c"__invoke", invoke, 0, &[], types::VOID)];

/// Registers the class.
pub fn register() {
    Queue::class().register(c"Trove\\Background", &[], METHODS);
}

per_thread! {
    /// The running request's queue, if it has one: the object owns it.
    static QUEUE: RefCell<Weak<Queue>> = RefCell::new(Weak::new());
}

/// Puts a job off; `job` gets the callback as a closure. False where that is not possible: an exception is pending, or the administrator has
/// disabled `register_shutdown_function`.
pub fn push(job: impl FnOnce(Zval) -> Job, callback: &Zval) -> bool {
    // Both run PHP's code, so they come before anything is taken.
    let Some(closure) = callable::closure(callback) else { return false };
    if current().is_none() {
        let queue = Queue::class().make(Queue { jobs: RefCell::default(), is_last: Cell::new(false) });
        if !register_at_shutdown(&queue) {
            return false;
        }
        let made = Queue::class().value_of(&queue).ok().flatten();
        QUEUE.with(|current| *current.borrow_mut() = made.as_ref().map_or_else(Weak::new, Rc::downgrade));
    }
    let queue = current();
    if let Some(queue) = &queue {
        queue.jobs.borrow_mut().push_back(job(closure));
    }
    queue.is_some()
}

/// Takes a job back; false where there was none of that key.
pub fn forget(name: Name) -> bool {
    let Some(queue) = current() else { return false };
    let forgotten = {
        let mut jobs = queue.jobs.borrow_mut();
        let at = jobs.iter().position(|job| job.name == name);
        at.and_then(|at| jobs.remove(at))
    };
    // What it holds may have destructors.
    drop(queue);
    forgotten.is_some()
}

fn current() -> Option<Rc<Queue>> {
    QUEUE.with(|queue| queue.borrow().upgrade())
}

/// The engine keeps the object until the request is over.
fn register_at_shutdown(queue: &Zval) -> bool {
    callable::call_named(c"register_shutdown_function", &mut [queue.shallow_clone()]).is_some()
}

extern "C" fn invoke(frame: &mut ExecuteData, _: &mut Zval) {
    let mut this = Zval::new();
    if let Some(object) = frame.This.object_mut() {
        this.set_object(object);
    }
    let (args, queue) = Queue::class().call(frame);
    let (true, Some(queue)) = (args.number(0, 0), queue) else { return };
    if !queue.is_last.replace(true) && register_at_shutdown(&this) {
        return;
    }
    run(queue);
}

fn run(queue: &Queue) {
    for function in FINISH {
        if callable::call_named(function, &mut []).is_some() {
            break;
        }
    }
    // The connection is closed: what is printed now would end the script.
    output::discarded(|| run_jobs(queue));
}

fn run_jobs(queue: &Queue) {
    loop {
        let Some(job) = queue.jobs.borrow_mut().pop_front() else { break };
        if let Some(handle) = Handle::class().value_in(&job.cache) {
            handle.with(|cache| job.run(cache));
        }
        match Thrown::take() {
            Some(thrown) => log(&thrown, job.work().key(), "it was computed after the response"),
            // exit
            None if crate::zend::report::has_exception() => break,
            None => {}
        }
    }
}
