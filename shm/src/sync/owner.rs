//! UNSAFE: who lives, answered by the kernel; and who we are, across fork(2).
//!
//! Each slot holds a robust, process-shared `pthread_mutex_t` that its owner keeps locked as long as it is the owner. When a thread ends,
//! however it ends, the kernel walks the thread's list of robust mutexes and marks each as left by the dead. It compares thread ids inside the dead
//! one's own pid namespace, where the id was stored, so namespaces do not matter, nor does the reuse of ids.
//!
//! The mutex's futex word, as the kernel's ABI defines it: bits 0-29 the owner's thread id, bit 30 `FUTEX_OWNER_DIED` (the id is 0 then),
//! bit 31 `FUTEX_WAITERS`. So "somebody alive has it" is one load: the id is not 0.
//!
//! Contract:
//! - The mutexes are initialised once, at the segment's creation, before anybody else can see it.
//! - Only `pthread_*` functions write one. They keep addresses of the owner's process in it while it is locked, which nobody else reads.
//! - The owner's list runs through the mutex: it must stay mapped while it is locked. Whoever locks one keeps the segment alive (`slot`).
//! - Only the thread that locked it unlocks it; a forked child owns nothing (libc gives it an empty list).
//! - Before a try the word is looked at: to try a mutex that lives on under our own id in another namespace, and to be killed in that
//!   very instant, would make the kernel mark it.
#![expect(unsafe_code, reason = "pthread mutexes in shared memory")]

use core::mem::{MaybeUninit, align_of, size_of};
use std::io;
use std::sync::OnceLock;

use crate::layout::Slot;
use crate::word::{Ordering, Word32};

const TID_MASK: u32 = 0x3fff_ffff;

const _: () = assert!(size_of::<libc::pthread_mutex_t>() <= size_of::<[u64; 6]>());
const _: () = assert!(align_of::<libc::pthread_mutex_t>() <= align_of::<Slot>());

/// Makes the slot's mutex: unlocked. At creation of the segment only.
///
/// # Errors
/// What the libc reports: no robust mutexes here.
pub(crate) fn init(slot: &Slot) -> io::Result<()> {
    make(mutex(slot))
}

/// Makes a mutex in memory that nobody else can see.
fn make(mutex: *mut libc::pthread_mutex_t) -> io::Result<()> {
    let mut attributes = MaybeUninit::<libc::pthread_mutexattr_t>::uninit();
    let a = attributes.as_mut_ptr();
    // SAFETY: `a` is writable and large enough; init makes it valid.
    check(unsafe { libc::pthread_mutexattr_init(a) })?;
    // SAFETY: `a` was initialised above; so for the next.
    check(unsafe { libc::pthread_mutexattr_setpshared(a, libc::PTHREAD_PROCESS_SHARED) })?;
    // SAFETY: as above.
    check(unsafe { libc::pthread_mutexattr_setrobust(a, libc::PTHREAD_MUTEX_ROBUST) })?;
    // SAFETY: `mutex` is writable, aligned memory of the right size (asserted above) that no other thread can see yet.
    check(unsafe { libc::pthread_mutex_init(mutex, a) })?;
    // SAFETY: `a` is initialised and not used again.
    check(unsafe { libc::pthread_mutexattr_destroy(a) })
}

/// Whether the slot's owner lives. One load.
#[inline]
#[must_use]
pub fn is_alive(slot: &Slot) -> bool {
    word(slot) & TID_MASK != 0
}

/// Makes the calling thread the slot's owner where it has none, or a dead one; false where somebody alive has it. Never waits.
pub(crate) fn try_own(slot: &Slot) -> bool {
    if is_alive(slot) || !is_of_our_kind(slot) {
        return false;
    }
    crate::word::step();
    // SAFETY: the mutex was initialised at creation; the caller keeps it mapped while it is locked (module contract).
    match unsafe { libc::pthread_mutex_trylock(mutex(slot)) } {
        0 => {}
        libc::EOWNERDEAD => {
            // What a death left is told by the slot's own words, so the mutex may forget it at once.
            // SAFETY: this thread just got the mutex with EOWNERDEAD.
            unsafe { libc::pthread_mutex_consistent(mutex(slot)) };
        }
        _ => return false,
    }
    // Whatever else a damaged one did: without this it would tell nobody that we live.
    word(slot) & TID_MASK == thread_id()
}

/// Whether the mutex is of the kind that `init` makes. In a damaged segment it may be another, for which libc may do what it likes: one with a
/// priority ceiling makes glibc abort the process.
fn is_of_our_kind(slot: &Slot) -> bool {
    let mut new = [0_u64; 6];
    // What is not zero in a new one is what the attributes have made of it, and stays.
    let half = |words: u64, shift: u32| (words >> shift) as u32;
    let same = |new: u64, now: u64, shift: u32| half(new, shift) == 0 || half(new, shift) == half(now, shift);
    make(new.as_mut_ptr().cast()).is_ok()
        && new.iter().zip(&slot.alive).all(|(&new, now)| {
            let now = now.load(Ordering::Relaxed);
            same(new, now, 0) && same(new, now, 32)
        })
}

/// Gives the slot up. Only by the thread that owns it.
pub(crate) fn disown(slot: &Slot) {
    crate::word::step();
    // SAFETY: the mutex was initialised at creation; libc refuses (EPERM) where another thread has it.
    unsafe { libc::pthread_mutex_unlock(mutex(slot)) };
}

/// The calling process's id. One load: the page it is kept in is emptied by the kernel in a forked child.
#[inline]
#[must_use]
pub fn process_id() -> u32 {
    static KEPT: OnceLock<Option<&'static Word32>> = OnceLock::new();
    match *KEPT.get_or_init(page_emptied_by_fork) {
        Some(kept) => match kept.load(Ordering::Relaxed) {
            0 => {
                let id = std::process::id();
                kept.store(id, Ordering::Relaxed);
                id
            }
            id => id,
        },
        None => std::process::id(),
    }
}

/// The calling thread's id, in its own namespace.
#[must_use]
pub fn thread_id() -> u32 {
    // SAFETY: gettid(2) takes nothing and always succeeds.
    unsafe { libc::syscall(libc::SYS_gettid) as u32 }
}

/// A word on a page of its own with `MADV_WIPEONFORK`; none on kernels before 4.14. Never unmapped.
fn page_emptied_by_fork() -> Option<&'static Word32> {
    const PAGE: usize = 4096;
    let (prot, flags) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
    // SAFETY: a new anonymous mapping.
    let page = unsafe { libc::mmap(core::ptr::null_mut(), PAGE, prot, flags, -1, 0) };
    if page == libc::MAP_FAILED {
        return None;
    }
    // SAFETY: the range was just mapped and holds nothing.
    if unsafe { libc::madvise(page, PAGE, libc::MADV_WIPEONFORK) } != 0 {
        // SAFETY: as above; nobody has its address.
        unsafe { libc::munmap(page, PAGE) };
        return None;
    }
    // SAFETY: page-aligned, zeroed (a valid word), mapped for the rest of the process's life.
    Some(unsafe { &*page.cast::<Word32>() })
}

/// The mutex's futex word.
#[inline]
fn word(slot: &Slot) -> u32 {
    // The second 32 bits in musl's struct, the first in glibc's.
    const AT: usize = if cfg!(target_env = "musl") { 4 } else { 0 };
    let bytes = slot.alive[0].load(Ordering::Acquire).to_ne_bytes();
    u32::from_ne_bytes([bytes[AT], bytes[AT + 1], bytes[AT + 2], bytes[AT + 3]])
}

fn mutex(slot: &Slot) -> *mut libc::pthread_mutex_t {
    // The words are atomics, so writing through a pointer derived from `&Slot` is allowed.
    core::ptr::from_ref(&slot.alive).cast_mut().cast()
}

fn check(code: libc::c_int) -> io::Result<()> {
    if code == 0 { Ok(()) } else { Err(io::Error::from_raw_os_error(code)) }
}
