//! Directories for tests.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

/// A directory that is removed in the end, and unmounted where it was mounted. Everybody may enter it.
pub struct TempDir {
    path: PathBuf,
    mounted: bool,
}

impl TempDir {
    /// In shared memory, where there is some.
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let base = [Path::new("/dev/shm"), &std::env::temp_dir()].into_iter().find(|p| p.is_dir()).unwrap().to_owned();
        let path = base.join(format!("test-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed)));
        std::fs::create_dir(&path).expect("mkdir");
        let dir = Self { path, mounted: false };
        dir.chmod(0o755);
        dir
    }

    /// A file system of so many bytes; none where this user may not mount one.
    pub fn tmpfs(bytes: u64) -> Option<Self> {
        let mut dir = Self::new();
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={bytes}"), "tmpfs"])
            .arg(&dir.path)
            .output();
        dir.mounted = mount.is_ok_and(|m| m.status.success());
        dir.mounted.then_some(dir)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn chmod(&self, mode: u32) {
        std::fs::set_permissions(&self.path, PermissionsExt::from_mode(mode)).expect("chmod");
    }

    /// Names of the files in it.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<_> =
            self.path.read_dir().unwrap().map(|f| f.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        if self.mounted {
            let _ = Command::new("umount").arg("-l").arg(&self.path).status();
        }
        let _ = std::fs::remove_dir_all(&self.path);
    }
}
