//! Attaching to a segment's file, or creating it: one of many processes that start at once.
//!
//! Two names: the segment's own, and the same with `.new`, under which it is created. Two flock(2) locks, which the kernel drops when their
//! holder dies:
//!
//! | on | shared | exclusive |
//! |---|---|---|
//! | the segment's file | attached: held as long as the segment is mapped | nobody is attached: may be replaced for another size |
//! | the `.new` file | | is creating; may give the segment's name away, or take it |
//!
//! 1. Look: open the file, judge its owner and mode, take its lock shared, check that it still has the name, validate it, map it.
//! 2. Nothing there, or nothing good: become the creator. A `.new` file whose lock is free was left by a dead creator and is removed.
//! 3. Look again: somebody may have been faster. What is no good is removed now; nobody else removes or creates as long as we hold the lock.
//! 4. Build; then rename `.new` to the segment's name, without replacing: that is the one atomic step. The creator's lock is on the same
//!    file and becomes the shared one.
//!
//! All waits are bounded: who is stopped in the middle of it makes others give up with an error after [`PATIENCE`].

use std::fs::{File, Metadata};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::fs::{CWD, FlockOperation, Gid, Mode, RenameFlags};
use rustix::io::Errno;

use super::file::os_error;
use super::map::Views;
use super::place::{Place, Verdict};
use super::validate::{self, Expected, Facts, HEADER};
use super::{Options, Segment, create};
use crate::config::Geometry;
use crate::error::{Error, Result};

/// How long is waited for other processes in all.
const PATIENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(1);

/// Opens or creates what `options` name.
pub(super) fn open(options: &Options) -> Result<Segment> {
    let geometry = Geometry::new(options.capacity, options.entries_hint)?;
    let Some(place) = Place::of(&options.backing, &options.fingerprint)? else {
        return create::private(geometry, &options.fingerprint);
    };
    let boot_id = create::boot_id().map_err(|e| {
        let why = format!("this boot cannot be told from others (/proc/sys/kernel/random/boot_id: {e}); mount /proc");
        place.refuse(&place.path, why)
    })?;
    let opener = Opener { place: &place, geometry, fingerprint: &options.fingerprint, boot_id, start: Instant::now() };
    loop {
        if let Found::Usable(segment) = opener.look()? {
            return Ok(*segment);
        }
        if let Some(segment) = opener.create()? {
            return Ok(segment);
        }
        pause(opener.start, &place.path)?;
    }
}

/// Attaches to a segment that is there, of whatever fingerprint. Creates, replaces and removes nothing.
pub(super) fn attach(path: &Path) -> Result<Segment> {
    let refuse = |why: String| Error::Refused { path: path.into(), why };
    let place = Place::of_file(path).ok_or_else(|| refuse("it is not called like a segment".into()))?;
    let boot_id = create::boot_id()
        .map_err(|e| refuse(format!("this boot cannot be told from others (/proc/sys/kernel/random/boot_id: {e})")))?;
    let start = Instant::now();
    loop {
        let file = open_file(path)?.ok_or_else(|| refuse("there is no such segment".into()))?;
        let meta = file.metadata().map_err(|e| os_error(format!("fstat {}", path.display()), e))?;
        match place.judge(&meta) {
            Verdict::Fine => {}
            Verdict::Replace(why) | Verdict::Refuse(why) => return Err(refuse(why)),
        }
        if lock(&file, FlockOperation::NonBlockingLockShared)? && is_named(&meta, path) {
            let facts = read_facts(&file, Expected { fingerprint: None, boot_id, len: meta.len() }).map_err(refuse)?;
            return map(file, facts, path, false);
        }
        pause(start, path)?;
    }
}

/// What [`attach`] does with an open file, but for the mapping.
#[cfg(trove_fuzz)]
pub(super) fn attach_again(segment: &mut Segment) -> core::result::Result<(), String> {
    let boot_id = create::boot_id().map_err(|e| e.to_string())?;
    let file = File::from(segment.file.try_clone().map_err(|e| e.to_string())?);
    let len = segment.views.len() as u64;
    let facts = read_facts(&file, Expected { fingerprint: None, boot_id, len })?;
    (segment.geometry, segment.fixed_base) = (facts.geometry, facts.fixed_base);
    segment.views.moved(facts.fixed_base);
    Ok(())
}

/// Opens a file that is there; none where there is none. Never follows a symbolic link, never waits for a FIFO.
pub(super) fn open_file(path: &Path) -> Result<Option<File>> {
    let flags = libc::O_NOFOLLOW | libc::O_CLOEXEC | libc::O_NONBLOCK | libc::O_NOCTTY;
    let refuse = |why: &str| Err(Error::Refused { path: path.into(), why: why.into() });
    match File::options().read(true).write(true).custom_flags(flags).open(path) {
        Ok(file) => Ok(Some(file)),
        Err(e) => match e.raw_os_error() {
            Some(libc::ENOENT) => Ok(None),
            Some(libc::ELOOP) => refuse("it is a symbolic link; remove it"),
            Some(libc::EISDIR | libc::ENXIO) => refuse("it is not a regular file; remove it"),
            Some(libc::EACCES | libc::EPERM) => refuse(&why_not_opened(path)),
            _ => Err(os_error(format!("opening {}", path.display()), e)),
        },
    }
}

/// Why this process has no access to a file.
fn why_not_opened(path: &Path) -> String {
    let me = rustix::process::geteuid().as_raw();
    match path.symlink_metadata() {
        Err(_) => format!(
            "user {me} may not look into its directory; give it the right to (chmod +x), or use another directory"
        ),
        Ok(meta) if meta.uid() == me && meta.mode() & 0o600 == 0o600 => format!(
            "it is user {me}'s own and may not be opened all the same, so a security policy denies it (SELinux, AppArmor; the system's log \
             says which); allow it there, or use another directory"
        ),
        Ok(meta) => {
            format!("it belongs to user {} and may not be opened; remove it, or use another name", meta.uid())
        }
    }
}

/// Reads and checks the header and the heap's end of an open file.
pub(super) fn read_facts(file: &File, expected: Expected<'_>) -> core::result::Result<Facts, String> {
    let unreadable = |e: io::Error| format!("it cannot be read ({e})");
    if expected.len < HEADER as u64 {
        return Err("it is shorter than a segment's header".into());
    }
    let mut header = [0; HEADER];
    file.read_exact_at(&mut header, 0).map_err(unreadable)?;
    let facts = validate::header(&header, expected)?;
    let mut word = [0; 8];
    file.read_exact_at(&mut word, validate::committed_at(&facts.geometry)).map_err(unreadable)?;
    validate::committed(&facts.geometry, u64::from_ne_bytes(word))?;
    Ok(facts)
}

/// What lies under the segment's name.
enum Found {
    /// A segment, attached to.
    Usable(Box<Segment>),
    /// Nothing.
    Missing,
    /// A file of ours that has to go, and why. Where nobody may attach until then, its lock.
    Spoilt(String, Option<File>),
}

struct Opener<'o> {
    place: &'o Place,
    geometry: Geometry,
    fingerprint: &'o str,
    boot_id: u64,
    start: Instant,
}

impl Opener<'_> {
    fn look(&self) -> Result<Found> {
        let path = &self.place.path;
        let mut may_replace = true;
        loop {
            let Some(file) = open_file(path)? else { return Ok(Found::Missing) };
            let meta = file.metadata().map_err(|e| os_error(format!("fstat {}", path.display()), e))?;
            match self.place.judge(&meta) {
                Verdict::Fine => {}
                Verdict::Replace(why) => return Ok(Found::Spoilt(why, None)),
                Verdict::Refuse(why) => return Err(self.place.refuse(path, why)),
            }
            if !lock(&file, FlockOperation::NonBlockingLockShared)? || !is_named(&meta, path) {
                pause(self.start, path)?;
                continue;
            }
            let expected = Expected { fingerprint: Some(self.fingerprint), boot_id: self.boot_id, len: meta.len() };
            let facts = match read_facts(&file, expected) {
                Ok(facts) => facts,
                Err(why) if self.place.is_ours(&meta) => return Ok(Found::Spoilt(why, None)),
                Err(why) => return Err(self.place.refuse(path, format!("{why}; user {} must remove it", meta.uid()))),
            };
            let differs = facts.geometry != self.geometry;
            if differs && may_replace && self.place.is_ours(&meta) {
                if lock(&file, FlockOperation::NonBlockingLockExclusive)? {
                    let why = format!("it had {} bytes, and nobody used it", facts.geometry.capacity);
                    return Ok(Found::Spoilt(why, Some(file)));
                }
                // In use. Trying has cost us the shared lock: from the start, and be content with it.
                may_replace = false;
                continue;
            }
            return map(file, facts, path, differs).map(|segment| Found::Usable(Box::new(segment)));
        }
    }

    /// Creates the segment, unless somebody else has by then; none where it must be looked for anew.
    fn create(&self) -> Result<Option<Segment>> {
        let (path, place) = (&self.place.path, self.place);
        let mut fresh = self.begin()?;
        let replaced = match self.look()? {
            Found::Usable(segment) => return Ok(Some(*segment)),
            Found::Missing => None,
            Found::Spoilt(why, _nobody_attaches) => {
                std::fs::remove_file(path)
                    .map_err(|e| place.refuse(path, format!("{why}, and it cannot be removed ({e}); remove it")))?;
                Some(why)
            }
        };
        fresh.give_to(place)?;
        let file = fresh.file.try_clone().map_err(|e| os_error("dup", e))?;
        let mut segment = create::build(file.into(), self.geometry, self.fingerprint, self.boot_id, Some(path))?;
        segment.replaced = replaced;
        if !fresh.publish(path)? {
            return Ok(None);
        }
        // Between the two locks the file may have been replaced; nobody can have stored anything then.
        let file = &fresh.file;
        let meta = file.metadata().map_err(|e| os_error("fstat", e))?;
        Ok((lock(file, FlockOperation::NonBlockingLockShared)? && is_named(&meta, path)).then_some(segment))
    }

    /// Becomes the creator.
    fn begin(&self) -> Result<Fresh<'_>> {
        let path = &self.place.fresh;
        loop {
            let new = File::options()
                .read(true)
                .write(true)
                .create_new(true)
                .mode(0o600)
                .custom_flags(libc::O_NOFOLLOW | libc::O_CLOEXEC)
                .open(path);
            match new {
                Ok(file) => {
                    let meta = file.metadata().map_err(|e| os_error("fstat", e))?;
                    // Somebody may have taken it for a dead creator's before we had the lock.
                    if lock(&file, FlockOperation::NonBlockingLockExclusive)? && is_named(&meta, path) {
                        return Ok(Fresh { path, file, published: false });
                    }
                }
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => self.remove_if_left(path)?,
                Err(e) => return Err(self.place.directory_error(e)),
            }
            pause(self.start, path)?;
        }
    }

    /// Removes a `.new` file whose creator is dead.
    fn remove_if_left(&self, path: &Path) -> Result<()> {
        let Some(file) = open_file(path)? else { return Ok(()) };
        let meta = file.metadata().map_err(|e| os_error("fstat", e))?;
        if let Verdict::Refuse(why) = self.place.judge(&meta) {
            return Err(self.place.refuse(path, why));
        }
        if lock(&file, FlockOperation::NonBlockingLockExclusive)? && is_named(&meta, path) {
            std::fs::remove_file(path)
                .map_err(|e| self.place.refuse(path, format!("it was left half-done and cannot be removed ({e})")))?;
        }
        Ok(())
    }
}

/// A file being filled under its preliminary name, locked; removed when dropped before it was published.
struct Fresh<'p> {
    path: &'p Path,
    file: File,
    published: bool,
}

impl Fresh<'_> {
    /// Group and mode, whatever the umask says.
    fn give_to(&self, place: &Place) -> Result<()> {
        if let Some(group) = place.group {
            rustix::fs::fchown(&self.file, None, Some(Gid::from_raw(group))).map_err(|e| {
                place.refuse(
                    self.path,
                    format!("it cannot be given to group {group} ({e}); is the user a member of it?"),
                )
            })?;
        }
        rustix::fs::fchmod(&self.file, Mode::from_bits_truncate(place.mode))
            .map_err(|e| os_error(format!("chmod {}", self.path.display()), e))
    }

    /// Gives the file its name; false where that is taken.
    fn publish(&mut self, path: &Path) -> Result<bool> {
        let renamed = match rustix::fs::renameat_with(CWD, self.path, CWD, path, RenameFlags::NOREPLACE) {
            // Not every file system knows the flag. Nobody else gives the name away as long as we are the creator.
            Err(Errno::INVAL | Errno::NOSYS) if path.symlink_metadata().is_ok() => Err(Errno::EXIST),
            Err(Errno::INVAL | Errno::NOSYS) => rustix::fs::rename(self.path, path),
            outcome => outcome,
        };
        match renamed {
            Ok(()) => self.published = true,
            Err(Errno::EXIST | Errno::NOENT) => {}
            Err(e) => return Err(os_error(format!("renaming {}", self.path.display()), e)),
        }
        Ok(self.published)
    }
}

impl Drop for Fresh<'_> {
    fn drop(&mut self) {
        if !self.published {
            // A child that another thread forked meanwhile has the descriptor, too: what was reserved must not live as long as it does.
            let _ = self.file.set_len(0);
            // Where it fails, the next creator finds it unlocked and removes it.
            let _ = std::fs::remove_file(self.path);
        }
    }
}

fn map(file: File, facts: Facts, path: &Path, differs: bool) -> Result<Segment> {
    let Facts { geometry, fixed_base } = facts;
    let file = OwnedFd::from(file);
    let len = usize::try_from(geometry.capacity).unwrap_or(usize::MAX);
    let views = Views::map(std::os::fd::AsFd::as_fd(&file), len, fixed_base)
        .map_err(|e| os_error(format!("mapping {}", path.display()), e))?;
    Ok(Segment { views, geometry, fixed_base, file, path: Some(path.into()), replaced: None, differs })
}

/// Lets others go on; an error when they did not for too long.
fn pause(start: Instant, path: &Path) -> Result<()> {
    if start.elapsed() >= PATIENCE {
        let why = format!("another process has kept it locked for more than {} s; end that one", PATIENCE.as_secs());
        return Err(Error::Refused { path: path.into(), why });
    }
    std::thread::sleep(PAUSE);
    Ok(())
}

/// Takes a lock that the kernel keeps for us; false where others stand in the way.
pub(super) fn lock(file: &File, how: FlockOperation) -> Result<bool> {
    match rustix::fs::flock(file, how) {
        Ok(()) => Ok(true),
        Err(Errno::WOULDBLOCK | Errno::INTR) => Ok(false),
        Err(e) => Err(os_error("flock", e)),
    }
}

/// Whether the open file still has the name.
pub(super) fn is_named(file: &Metadata, path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|named| (named.dev(), named.ino()) == (file.dev(), file.ino()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_ours_that_we_may_not_open_is_a_matter_of_policy() {
        let path = std::env::temp_dir().join(format!("trove-denied-{}", std::process::id()));
        File::options().write(true).create_new(true).mode(0o600).open(&path).unwrap();
        let why = why_not_opened(&path);
        std::fs::remove_file(&path).unwrap();
        assert!(why.contains("security policy"), "{why}");
    }

    #[test]
    fn what_is_not_published_keeps_no_memory_where_a_child_has_inherited_it() {
        let path = std::env::temp_dir().join(format!("trove-fresh-{}", std::process::id()));
        let file = File::options().read(true).write(true).create_new(true).open(&path).unwrap();
        let inherited = file.try_clone().unwrap();
        let fresh = Fresh { path: &path, file, published: false };
        super::super::file::reserve(&fresh.file.try_clone().unwrap().into(), None, 0, 1 << 20).unwrap();
        drop(fresh);
        assert_eq!(inherited.metadata().unwrap().len(), 0);
        assert!(!path.exists());
    }
}
