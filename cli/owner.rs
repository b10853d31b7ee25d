//! Root becomes the segment's owner before anything is mapped.
//!
//! Who may write a segment may fill it with whatever bytes he likes, and truncate it while it is mapped. What our code makes of that is checked,
//! but root need not bet on it: the process gives its rights up for good, and then is no more than the owner is anyway. What it still has of
//! root's - environment, terminal, open files - its owner cannot get at, for he may not trace it; and a program that it starts, which he may, gets
//! none of it ([`crate::child::in_own_session`]).

use std::sync::atomic::{AtomicBool, Ordering};

use rustix::process::{DumpableBehavior, Gid, Uid, geteuid, set_dumpable_behavior};
use rustix::thread::{
    CapabilitySet, CapabilitySets, set_capabilities, set_no_new_privs, set_thread_gid, set_thread_groups,
    set_thread_uid,
};

use crate::exit::{Exit, Failure};

/// Whether this process was root, and is somebody else now.
static IS_LESSER: AtomicBool = AtomicBool::new(false);

/// A user and a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Owner {
    /// User id.
    pub user: u32,
    /// Group id.
    pub group: u32,
}

impl Owner {
    /// Whether this process has to become `self` before it maps what belongs to it.
    pub fn is_foreign(self) -> bool {
        geteuid().is_root() && self.user != 0
    }

    /// Becomes that user and group, and a member of no other, for good. Does nothing for who is not root, or where root is the owner.
    ///
    /// That user may stop the process from now on, and kill it; but he may not trace it, which would give him what root has opened: its terminal.
    ///
    /// # Errors
    /// Where the kernel refuses: nothing may be mapped then.
    pub fn take_on(self) -> Result<(), Failure> {
        if !self.is_foreign() {
            return Ok(());
        }
        // The system calls concern the calling thread; later ones inherit what it is.
        let threads = std::fs::read_dir("/proc/self/task").map_or(1, Iterator::count);
        let refused = |e: &dyn std::fmt::Display| {
            let message = format!("cannot become user {}, to whom the segment belongs: {e}", self.user);
            Failure::new(Exit::Denied, message)
        };
        if threads != 1 {
            return Err(refused(&format!("{threads} threads run already")));
        }
        let (user, group) = (Uid::from_raw(self.user), Gid::from_raw(self.group));
        let none = CapabilitySet::empty();
        let none = CapabilitySets { effective: none, permitted: none, inheritable: none };
        set_thread_groups(&[group])
            .and_then(|()| set_thread_gid(group))
            .and_then(|()| set_thread_uid(user))
            // The kernel does so itself, unless somebody has told it not to (capabilities(7), securebits).
            .and_then(|()| set_capabilities(None, none))
            .and_then(|()| set_no_new_privs(true))
            .and_then(|()| set_dumpable_behavior(DumpableBehavior::NotDumpable))
            .map_err(|e| refused(&e))?;
        // Whatever root's shell had open and left to us: a program that is started from now on gets none of it.
        close_fds::set_fds_cloexec_threadsafe(3, &[]);
        IS_LESSER.store(true, Ordering::Relaxed);
        Ok(())
    }
}

/// Whether this process was root, and is somebody else now: what it starts must not meet what root has.
pub fn is_lesser() -> bool {
    IS_LESSER.load(Ordering::Relaxed)
}

/// A user's name; his number where he has none.
pub fn user_name(id: u32) -> String {
    name_in("/etc/passwd", id).unwrap_or_else(|| id.to_string())
}

/// The name of a number in /etc/passwd or /etc/group.
fn name_in(file: &str, id: u32) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    let mut found = text.lines().filter_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(id)).then(|| name.to_owned())
    });
    found.next()
}
