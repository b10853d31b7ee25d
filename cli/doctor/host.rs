//! The directory of the segments, systemd, the kernel.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use trove_shm::segment::list::Found;

use super::{Finding, Level};
use crate::out::size;
use crate::owner::user_name;
use crate::text::path;

/// Users below this number are the system's own: systemd leaves their files alone.
const FIRST_USER: u32 = 1000;

/// A mounted file system.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mount {
    kind: String,
    options: String,
}

/// The directory: whether segments can lie there, and whether there is room for them.
pub fn directory(directory: &Path, found: &[Found]) -> Vec<Finding> {
    let about = path(directory);
    let meta = match directory.metadata() {
        Ok(meta) if meta.is_dir() => meta,
        Ok(_) => return vec![Finding::new(Level::Bad, about, "is not a directory", "name another one (--directory)")],
        Err(e) => {
            let remedy = "mount a tmpfs there, or set trove.directory to another one";
            return vec![Finding::new(Level::Bad, about, format!("cannot be used: {e}"), remedy)];
        }
    };
    let mut findings = Vec::new();
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    if let Some(mount) = mount_of(&mounts, directory) {
        findings.push(kind_of(&about, &mount));
        if mount.options.split(',').any(|option| option == "ro") {
            findings.push(Finding::new(Level::Bad, &*about, "is mounted read-only", "mount it with rw"));
        }
    }
    findings.push(permissions(&about, meta.permissions().mode(), meta.uid()));
    if let Ok(space) = rustix::fs::statvfs(directory) {
        let block = space.f_frsize;
        findings.push(room(&about, space.f_blocks * block, space.f_bavail * block, found));
    }
    findings
}

/// Whether systemd removes segments when their owner logs out.
pub fn remove_ipc(found: &[Found]) -> Option<Finding> {
    if !Path::new("/run/systemd/system").is_dir() {
        return None;
    }
    let mut texts = vec![std::fs::read_to_string("/etc/systemd/logind.conf").unwrap_or_default()];
    for directory in ["/usr/lib/systemd/logind.conf.d", "/run/systemd/logind.conf.d", "/etc/systemd/logind.conf.d"] {
        let mut files: Vec<_> =
            std::fs::read_dir(directory).into_iter().flatten().flatten().map(|f| f.path()).collect();
        files.sort();
        texts.extend(files.iter().filter_map(|file| std::fs::read_to_string(file).ok()));
    }
    let mut users: Vec<u32> = found.iter().map(|one| one.owner).filter(|&owner| owner >= FIRST_USER).collect();
    users.sort_unstable();
    users.dedup();
    Some(judge_remove_ipc(removes_ipc(&texts.join("\n")), &users))
}

/// Whether the kernel can do all that is wanted of it.
pub fn kernel() -> Vec<Finding> {
    let release = rustix::system::uname().release().to_string_lossy().into_owned();
    let version = version_of(&release);
    let mut findings = Vec::new();
    if version < (4, 17) {
        let found = format!("is {release}");
        let remedy = "from 4.17 on a segment gets its fixed address for sure; before, a fetch may have to copy";
        findings.push(Finding::new(Level::Note, "the kernel", found, remedy));
    }
    if std::fs::metadata("/proc/sys/kernel/random/boot_id").is_err() {
        let remedy = "mount /proc: a segment of before a restart cannot be told from others without it";
        findings.push(Finding::new(Level::Bad, "/proc", "is not mounted", remedy));
    }
    findings
}

fn kind_of(about: &str, mount: &Mount) -> Finding {
    match mount.kind.as_str() {
        "tmpfs" | "ramfs" | "hugetlbfs" => Finding::good(about, format!("is a {}", mount.kind)),
        other => {
            let remedy = "use a tmpfs: on a disk, every change is written back in time";
            Finding::new(Level::Warn, about, format!("is a {other}, not a tmpfs"), remedy)
        }
    }
}

fn permissions(about: &str, mode: u32, owner: u32) -> Finding {
    let shown = format!("has mode {:04o} and belongs to {}", mode & 0o7777, user_name(owner));
    if mode & 0o002 != 0 && mode & 0o1000 == 0 {
        return Finding::new(
            Level::Bad,
            about,
            shown,
            format!("chmod +t {about}: anybody may replace segments, so PHP refuses"),
        );
    }
    Finding::good(about, shown)
}

/// Segments reserve memory as they need it: all of them together may outgrow the file system.
fn room(about: &str, whole: u64, free: u64, found: &[Found]) -> Finding {
    let wanted: u64 = found.iter().map(|one| one.bytes).sum();
    let shown =
        format!("has {} of {} free; the segments may grow to {} together", size(free), size(whole), size(wanted));
    if wanted > whole {
        let mib = wanted.div_ceil(1 << 20).next_multiple_of(64);
        let remedy = format!("mount -o remount,size={mib}M {about} (docker: --shm-size={mib}m), or lower trove.memory");
        return Finding::new(Level::Warn, about, shown, remedy);
    }
    if free < whole / 20 {
        let remedy = "what segments cannot reserve they evict: make it larger, or remove what else lies there";
        return Finding::new(Level::Warn, about, shown, remedy);
    }
    Finding::good(about, shown)
}

fn judge_remove_ipc(removes: bool, users: &[u32]) -> Finding {
    const ABOUT: &str = "systemd-logind";
    if !removes {
        return Finding::good(ABOUT, "leaves shared memory alone (RemoveIPC=no)");
    }
    let Some(first) = users.first() else {
        return Finding::good(
            ABOUT,
            "removes shared memory of users who log out (RemoveIPC=yes), none of whom has a segment",
        );
    };
    let found = format!("removes the segments of user {} when he logs out (RemoveIPC=yes)", user_name(*first));
    let remedy = "set RemoveIPC=no in /etc/systemd/logind.conf, or run PHP as a system user (a number below 1000)";
    Finding::new(Level::Warn, ABOUT, found, remedy)
}

/// The last word on RemoveIPC; without one, yes.
fn removes_ipc(text: &str) -> bool {
    let settings = text.lines().map(str::trim).filter_map(|line| line.strip_prefix("RemoveIPC"));
    let mut values = settings.filter_map(|rest| rest.trim_start().strip_prefix('=')).map(str::trim);
    values
        .next_back()
        .is_none_or(|value| !["no", "false", "off", "0", "n", "f"].contains(&value.to_lowercase().as_str()))
}

/// The mount that a path lies in: of those whose point is the longest, the last one.
fn mount_of(mountinfo: &str, path: &Path) -> Option<Mount> {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let mounts = mountinfo.lines().filter_map(|line| {
        let (place, system) = line.split_once(" - ")?;
        let mut place = place.split(' ').skip(4);
        let (point, options) = (place.next()?.replace("\\040", " "), place.next()?);
        let kind = system.split(' ').next()?;
        path.starts_with(&point).then(|| (point.len(), Mount { kind: kind.into(), options: options.into() }))
    });
    mounts.max_by_key(|(len, _)| *len).map(|(_, mount)| mount)
}

fn version_of(release: &str) -> (u32, u32) {
    let mut numbers = release.split(|c: char| !c.is_ascii_digit()).map(|n| n.parse().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_innermost_mount_counts_and_of_two_the_later() {
        let info = "25 24 0:23 / / rw - ext4 /dev/sda rw\n26 25 0:24 / /proc rw,nosuid - tmpfs tmpfs rw\n\
                    27 25 0:25 / /proc ro,relatime shared:5 - proc proc rw\n";
        let mount = mount_of(info, Path::new("/proc")).unwrap();
        assert_eq!(mount, Mount { kind: "proc".into(), options: "ro,relatime".into() });
        assert_eq!(mount_of(info, Path::new("/etc")).unwrap().kind, "ext4");
    }

    #[test]
    fn the_last_remove_ipc_decides_and_the_default_is_yes() {
        assert!(removes_ipc("[Login]\n#RemoveIPC=no\n"));
        assert!(!removes_ipc("RemoveIPC=yes\nRemoveIPC = No\n"));
        assert!(removes_ipc("RemoveIPC=no\nRemoveIPC=1\n"));
    }

    #[test]
    fn only_what_logs_out_is_in_danger() {
        assert_eq!(judge_remove_ipc(true, &[]).level, Level::Good);
        assert_eq!(judge_remove_ipc(true, &[1000]).level, Level::Warn);
        assert_eq!(judge_remove_ipc(false, &[1000]).level, Level::Good);
    }

    #[test]
    fn a_directory_that_everybody_may_change_needs_its_sticky_bit() {
        assert_eq!(permissions("/d", 0o40777, 0).level, Level::Bad);
        assert_eq!(permissions("/d", 0o41777, 0).level, Level::Good);
    }

    #[test]
    fn segments_that_outgrow_the_file_system_are_named_with_the_size_to_give_it() {
        let mut one = Found {
            path: "/d/s".into(),
            name: "s".into(),
            owner: 1,
            group: 1,
            bytes: 100 << 20,
            problem: None,
            fingerprint: None,
        };
        let finding = room("/d", 64 << 20, 64 << 20, std::slice::from_ref(&one));
        assert_eq!(finding.level, Level::Warn);
        assert!(finding.remedy.contains("size=128M"), "{}", finding.remedy);
        one.bytes = 32 << 20;
        assert_eq!(room("/d", 64 << 20, 60 << 20, &[one]).level, Level::Good);
    }

    #[test]
    fn kernel_releases_are_numbers() {
        assert_eq!(version_of("6.1.0-18-amd64"), (6, 1));
        assert_eq!(version_of("nonsense"), (0, 0));
    }
}
