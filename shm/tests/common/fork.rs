//! Real processes for tests: the only place in the tests that forks and kills.
#![allow(dead_code, reason = "each test file uses a part of it")]
#![expect(unsafe_code, reason = "fork(2), kill(2) and waitpid(2)")]

use std::io::{PipeReader, PipeWriter, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// A child process; killed and reaped when dropped.
#[derive(Debug)]
pub struct Child {
    pid: libc::pid_t,
    status: Option<libc::c_int>,
}

/// How a child ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// `body` returned.
    Done,
    /// `body` panicked.
    Panicked,
    /// Killed by this signal.
    Signal(i32),
    /// Anything else.
    Other(i32),
}

/// Runs `body` in a child process, which ends with it.
pub fn fork(body: impl FnOnce()) -> Child {
    // SAFETY: the child runs `body` and leaves by _exit; glibc keeps its allocator usable across fork in threaded processes.
    match unsafe { libc::fork() } {
        -1 => panic!("fork: {}", std::io::Error::last_os_error()),
        0 => {
            // SAFETY: no memory is touched. A child never outlives a test that was killed.
            unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
            let code = if catch_unwind(AssertUnwindSafe(body)).is_ok() { 0 } else { 101 };
            // SAFETY: ends the process without running the parent's exit handlers.
            unsafe { libc::_exit(code) }
        }
        pid => Child { pid, status: None },
    }
}

impl Child {
    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.pid as u32
    }

    /// SIGKILL, and waits until it is gone.
    pub fn kill(&mut self) {
        self.signal(libc::SIGKILL);
        self.wait();
    }

    /// Sends a signal.
    pub fn signal(&self, signal: i32) {
        // SAFETY: kill(2) on our own child, which has not been waited for.
        assert_eq!(unsafe { libc::kill(self.pid, signal) }, 0);
    }

    /// Waits for its end.
    pub fn wait(&mut self) -> Exit {
        let status = self.status.unwrap_or_else(|| {
            let mut status = 0;
            // SAFETY: `status` is writable.
            assert_eq!(unsafe { libc::waitpid(self.pid, &raw mut status, 0) }, self.pid);
            self.status = Some(status);
            status
        });
        match () {
            () if libc::WIFSIGNALED(status) => Exit::Signal(libc::WTERMSIG(status)),
            () if libc::WEXITSTATUS(status) == 0 => Exit::Done,
            () if libc::WEXITSTATUS(status) == 101 => Exit::Panicked,
            () => Exit::Other(status),
        }
    }

    /// Waits until it is stopped by a signal.
    pub fn wait_stopped(&self) {
        let mut status = 0;
        // SAFETY: `status` is writable.
        assert_eq!(unsafe { libc::waitpid(self.pid, &raw mut status, libc::WUNTRACED) }, self.pid);
        assert!(libc::WIFSTOPPED(status));
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if self.status.is_none() {
            // SAFETY: as in `signal`.
            unsafe { libc::kill(self.pid, libc::SIGKILL) };
            self.wait();
        }
    }
}

/// Lets the calling process (a child) live on when its parent dies.
pub fn outlive_parent() {
    // SAFETY: no memory is touched.
    unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, 0) };
}

/// Makes the calling process (a child) another user's; needs root.
pub fn become_user(user: u32, group: u32) {
    // SAFETY: these change the process's credentials and touch no memory.
    let done = unsafe {
        libc::setgroups(0, std::ptr::null()) == 0
            && libc::setresgid(group, group, group) == 0
            && libc::setresuid(user, user, user) == 0
    };
    assert!(done, "setresuid: {}", std::io::Error::last_os_error());
}

/// Gives the children of the calling process a pid namespace of their own, in which the first is process 1; false where that is not allowed.
pub fn new_pid_namespace() -> bool {
    // SAFETY: unshare(2) touches no memory.
    unsafe { libc::unshare(libc::CLONE_NEWPID) == 0 }
}

/// Whether this process may become other users.
pub fn is_root() -> bool {
    // SAFETY: geteuid(2) always succeeds.
    unsafe { libc::geteuid() == 0 }
}

/// A one-way bell between processes.
pub struct Bell(PipeReader, PipeWriter);

impl Bell {
    /// Make it before forking.
    pub fn new() -> Self {
        let (r, w) = std::io::pipe().expect("pipe");
        Self(r, w)
    }

    /// Rings once.
    pub fn ring(&self) {
        (&self.1).write_all(&[1]).expect("ring");
    }

    /// Waits for one ring.
    pub fn wait(&self) {
        (&self.0).read_exact(&mut [0]).expect("bell");
    }
}

/// Sleeps until killed.
pub fn sleep_until_killed() -> ! {
    loop {
        std::thread::sleep(Duration::from_secs(3600));
    }
}

/// Waits until `condition` holds; fails after 10 s.
pub fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(10), "{what} did not come true");
        std::thread::sleep(Duration::from_millis(1));
    }
}
