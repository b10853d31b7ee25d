//! Memory from the file system: reserved before it is touched, so that a full one is an error and never a SIGBUS.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use rustix::fs::FallocateFlags;
use rustix::io::Errno;

use crate::error::{Error, Result};

/// Reserved at once: the kernel undoes a whole call that a signal interrupts, so a call must end between two ticks of a profiler.
const STEP: u64 = 1 << 20;
/// Calls that may be interrupted in a row.
const PATIENCE: u32 = 1000;

/// Reserves bytes `from` to `to` of the file. Nothing may have been written to them before.
///
/// # Errors
/// [`Error::DirectoryFull`], `Os`.
pub(super) fn reserve(file: &OwnedFd, path: Option<&Path>, from: u64, to: u64) -> Result<()> {
    let mut at = from;
    while at < to {
        let len = STEP.min(to - at);
        match reserve_step(file, at, len) {
            Ok(()) => at += len,
            // The kernel reports a full cgroup as NOMEM.
            Err(Errno::NOSPC | Errno::DQUOT | Errno::NOMEM) => return Err(full(file, path, to - from)),
            Err(e) => return Err(Error::Os { what: format!("reserving memory in {}", place(path)), source: e.into() }),
        }
    }
    Ok(())
}

fn reserve_step(file: &OwnedFd, at: u64, len: u64) -> rustix::io::Result<()> {
    for _ in 0..PATIENCE {
        match rustix::fs::fallocate(file, FallocateFlags::empty(), at, len) {
            Err(Errno::INTR) => {}
            // ENOSYS is what some sandboxes say.
            Err(Errno::OPNOTSUPP | Errno::NOSYS) => return write_zeroes(file, at, len),
            outcome => return outcome,
        }
    }
    Err(Errno::INTR)
}

/// Where a file system cannot reserve.
fn write_zeroes(file: &OwnedFd, at: u64, len: u64) -> rustix::io::Result<()> {
    static ZEROES: [u8; 64 << 10] = [0; 64 << 10];
    let mut done = 0;
    while done < len {
        let part = usize::try_from(len - done).unwrap_or(usize::MAX).min(ZEROES.len());
        match rustix::io::pwrite(file, &ZEROES[..part], at + done) {
            Ok(0) => return Err(Errno::NOSPC),
            Ok(written) => done += written as u64,
            Err(Errno::INTR) => {}
            Err(e) => return Err(e),
        }
    }
    Ok(())
}

fn full(file: &OwnedFd, path: Option<&Path>, wanted: u64) -> Error {
    let available = rustix::fs::fstatvfs(file.as_fd()).map_or(0, |fs| fs.f_bavail.saturating_mul(fs.f_frsize));
    Error::DirectoryFull { place: place(path), wanted, available }
}

/// The directory of a file, as people know it.
fn place(path: Option<&Path>) -> String {
    path.and_then(Path::parent).map_or_else(|| "memory".into(), |directory| directory.display().to_string())
}

/// For a system call that failed.
pub(super) fn os_error(what: impl Into<String>, source: impl Into<io::Error>) -> Error {
    Error::Os { what: what.into(), source: source.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::fs::MemfdFlags;

    #[test]
    fn zeroes_are_written_where_nothing_can_be_reserved() {
        let file = rustix::fs::memfd_create("trove-test", MemfdFlags::CLOEXEC).unwrap();
        write_zeroes(&file, 4096, 200_000).unwrap();
        assert_eq!(rustix::fs::fstat(&file).unwrap().st_size, 204_096);
    }
}
