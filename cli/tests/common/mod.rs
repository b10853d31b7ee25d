//! Segments in a directory of their own, and the command run on them.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::time::{ClockId, clock_gettime};
use trove_shm::cache::{Cache, CacheId, Mode, Now, Spec, Value};
use trove_shm::segment::{Backing, Options, Segment};

/// As PHP 8.2 says it.
pub const PHP: &str = "PHP API 20220829 NTS release, format 3";

/// Numbers of the extension's kinds of values.
pub const LONG: u8 = 3;
pub const DOUBLE: u8 = 4;
pub const STR: u8 = 5;
pub const ARRAY: u8 = 6;
pub const SERIALIZED: u8 = 7;

/// A directory that is removed in the end. Everybody may enter it.
pub struct Place {
    pub path: PathBuf,
}

impl Place {
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let base = [Path::new("/dev/shm"), &std::env::temp_dir()].into_iter().find(|p| p.is_dir()).unwrap().to_owned();
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = base.join(format!("trove-command-test-{}-{number}", std::process::id()));
        std::fs::create_dir(&path).unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
        Self { path }
    }

    /// A new segment, attached to.
    pub fn segment(&self, name: &str) -> Cache {
        self.segment_of(name, PHP)
    }

    pub fn segment_of(&self, name: &str, fingerprint: &str) -> Cache {
        self.segment_with(name, fingerprint, 1 << 20)
    }

    pub fn segment_with(&self, name: &str, fingerprint: &str, capacity: u64) -> Cache {
        let backing = Backing::File { directory: self.path.clone(), name: name.into(), mode: 0o600, group: None };
        let options = Options { capacity, entries_hint: 0, backing, fingerprint: fingerprint.into() };
        Cache::attach(Segment::open(&options).unwrap()).unwrap()
    }

    /// Runs the command on this directory.
    pub fn run(&self, args: &[&str]) -> Ran {
        let output = self.command(args).output().unwrap();
        Ran::of(output)
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_trove"));
        command.args(args).env("TROVE_DIRECTORY", &self.path).env_remove("NO_COLOR").stdin(Stdio::null());
        command
    }
}

/// The command, where everybody may run it: the test's own program may lie where others cannot go. Another program copies it, for a file that is
/// open for writing, if only in a child that another test is just starting, cannot be run.
pub fn command_for_all(place: &Place) -> PathBuf {
    let copy = place.path.join("trove");
    if !copy.exists() {
        let copied = Command::new("install").args(["-m", "755", env!("CARGO_BIN_EXE_trove")]).arg(&copy).status();
        assert!(copied.unwrap().success());
    }
    copy
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

/// What the command has said.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ran {
    pub fn of(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the command writes UTF-8");
        Self { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Its output, where it was successful.
    pub fn ok(self) -> String {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.out
    }

    pub fn json(self) -> serde_json::Value {
        serde_json::from_str(&self.ok()).expect("JSON")
    }

    /// What it has said on failing with `code`.
    pub fn failed(self, code: i32) -> String {
        assert_eq!(self.code, Some(code), "{self:?}");
        self.err
    }
}

pub fn now() -> Now {
    let (boot, wall) = (clock_gettime(ClockId::Boottime), clock_gettime(ClockId::Realtime));
    Now { boot_ms: boot.tv_sec as u64 * 1000 + boot.tv_nsec as u64 / 1_000_000, wall_s: wall.tv_sec as u32 }
}

pub fn spec(key: &str, kind: u8, value: Value) -> Spec<'_> {
    Spec {
        cache: CacheId::APCU,
        key: key.as_bytes(),
        kind,
        value,
        expires: u64::MAX,
        stale: None,
        tags: &[],
        pinned: false,
        token: None,
    }
}

pub fn put(cache: &Cache, spec: &Spec<'_>, payload: &[u8]) {
    let mut reserved = cache.reserve(spec, now()).unwrap();
    reserved.payload().copy_from_slice(payload);
    reserved.publish(Mode::Set, now()).unwrap();
}

pub fn put_integer(cache: &Cache, key: &str, n: i64) {
    put(cache, &spec(key, LONG, Value::Inline { word: n as u64, integer: true }), b"");
}

/// A string as the extension stores it, as far as the command looks at it.
pub fn put_string(cache: &Cache, key: &str, text: &[u8]) {
    let image = string_image(text);
    put(cache, &spec(key, STR, Value::Payload(image.len())), &image);
}

pub fn string_image(text: &[u8]) -> Vec<u8> {
    let mut image = vec![0; 16];
    image.extend_from_slice(&(text.len() as u64).to_le_bytes());
    image.extend_from_slice(text);
    image.resize((image.len() + 1).next_multiple_of(8), 0);
    image
}

/// An entry of a named cache, with tags.
pub fn put_tagged(cache: &Cache, named: &str, key: &str, tags: &[&str]) {
    let id = cache.open_cache(named.as_bytes()).unwrap();
    let tags: Vec<&[u8]> = tags.iter().map(|tag| tag.as_bytes()).collect();
    let value = Value::Inline { word: 1, integer: true };
    put(cache, &Spec { cache: id, tags: &tags, ..spec(key, LONG, value) }, b"");
}

pub fn path_of(cache: &Cache) -> PathBuf {
    cache.segment().path().unwrap().to_owned()
}

pub fn segment_of(cache: &Cache) -> Arc<Segment> {
    Arc::clone(cache.segment())
}

pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}
