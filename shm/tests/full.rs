//! A file system that is full at any moment: every operation that wants memory makes do with less or says so, and no access to the segment is a
//! SIGBUS, which would end this process.

mod common;

use std::fs::File;
use std::sync::Arc;

use common::dir::TempDir;
use common::store::{NOW, get, spec};
use rustix::fs::{FallocateFlags, fallocate, statvfs};
use trove_shm::cache::{Cache, CacheId, Change, Mode, Value};
use trove_shm::error::Error;
use trove_shm::segment::{Backing, Options, Segment};

const CAPACITY: u64 = 512 << 10;
const PAGE: u64 = 4096;

fn open(dir: &TempDir) -> Result<Arc<Segment>, Error> {
    let backing = Backing::File { directory: dir.path().into(), name: "full".into(), mode: 0o600, group: None };
    Segment::open(&Options { capacity: CAPACITY, entries_hint: 64, backing, fingerprint: "a test".into() })
}

/// Leaves so many pages of the file system free, and no more.
fn leave(dir: &TempDir, pages: u64) -> File {
    let ballast = File::create(dir.path().join("ballast")).unwrap();
    let free = statvfs(dir.path()).unwrap().f_bavail;
    assert!(free >= pages, "the file system is too small");
    if free > pages {
        fallocate(&ballast, FallocateFlags::empty(), 0, (free - pages) * PAGE).unwrap();
    }
    assert_eq!(statvfs(dir.path()).unwrap().f_bavail, pages);
    ballast
}

/// Everything that allocates; what was stored is read back. How many stores were refused for want of memory.
fn use_all(cache: &mut Cache) -> usize {
    let named = cache.open_cache(b"named").unwrap_or(CacheId::APCU);
    let tags: [&[u8]; 2] = [b"red", b"a tag with a rather long name that takes several granules"];
    let mut refused = 0;
    for n in 0_u32..40 {
        let key = n.to_le_bytes();
        let of = if n % 5 == 0 { named } else { CacheId::APCU };
        let value = if n % 7 == 0 {
            Value::Inline { word: 1, integer: true }
        } else {
            Value::Payload([1, 100, 3000, 20_000][n as usize % 4])
        };
        let stored = cache.reserve(&spec_of(of, &key, value, &tags[..n as usize % 3]), NOW).and_then(|mut reserved| {
            reserved.payload().fill(n as u8);
            reserved.publish(Mode::Set, NOW)
        });
        match stored {
            Ok(_) => {
                let hit = cache.fetch(of, &key, NOW).expect("just stored");
                assert!(hit.payload().iter().all(|&byte| byte == n as u8));
            }
            Err(Error::NoSpace { .. }) => refused += 1,
            Err(other) => panic!("{other}"),
        }
    }
    let _ = cache.update_integer(CacheId::APCU, &7_u32.to_le_bytes(), Change::Add(1), NOW);
    let _ = cache.invalidate_tag(CacheId::APCU, b"never seen before", NOW);
    drop(cache.lease(CacheId::APCU, b"leased", 10, NOW));
    cache.end_request();
    cache.tend(NOW, 64);
    refused
}

fn spec_of<'s>(of: CacheId, key: &'s [u8], value: Value, tags: &'s [&'s [u8]]) -> trove_shm::cache::Spec<'s> {
    trove_shm::cache::Spec { cache: of, tags, ..spec(key, value) }
}

#[test]
fn whatever_is_left_of_the_file_system_is_made_do_with() {
    let Some(dir) = TempDir::tmpfs(CAPACITY + 16 * PAGE) else { return eprintln!("SKIPPED: mounting needs root") };
    let (mut off, mut short, mut whole) = (0, 0, 0);
    // From not even the tables to all of it: so each growth of the heap, and each step of creation, is once the first that fails.
    for pages in 0..=CAPACITY / PAGE + 2 {
        let ballast = leave(&dir, pages);
        match open(&dir) {
            Ok(segment) => {
                let mut cache = Cache::attach(Arc::clone(&segment)).unwrap();
                let refused = use_all(&mut cache);
                let told = cache.take_shortage();
                match &told {
                    Some(Error::DirectoryFull { place, .. }) => assert_eq!(std::path::Path::new(place), dir.path()),
                    Some(other) => panic!("{other}"),
                    None => assert_eq!(refused, 0, "with {pages} pages, and nobody was told"),
                }
                cache.validate().unwrap_or_else(|fault| panic!("with {pages} pages: {fault}"));
                if told.is_some() {
                    short += 1
                } else {
                    whole += 1
                }
                // Once there is room again, it is used.
                ballast.set_len(0).unwrap();
                assert_eq!(use_all(&mut cache), 0, "with {pages} pages, and then all");
                cache.flush(CacheId::APCU);
                cache.validate().unwrap();
                assert!(get(&cache, &1_u32.to_le_bytes()).is_none());
                drop(cache);
                Segment::remove(segment.path().unwrap()).unwrap();
            }
            Err(Error::DirectoryFull { place, .. }) => {
                assert_eq!(std::path::Path::new(&place), dir.path());
                off += 1;
            }
            Err(other) => panic!("with {pages} pages: {other}"),
        }
        drop(ballast);
        assert_eq!(dir.names(), ["ballast"], "with {pages} pages");
    }
    assert!(off > 5 && short > 20 && whole > 0, "{off} {short} {whole}");
}
