//! Very many processes: all that come at once get the one segment; those for whom there is a slot keep what they fetch, and the others copy.

mod common;

use std::sync::Arc;

use common::dir::TempDir;
use common::fork::{Bell, Child, Exit, eventually, fork};
use common::store::{get, put};
use trove_shm::cache::Cache;
use trove_shm::config::GUEST_SLOTS;
use trove_shm::segment::{Backing, Options, Segment};

const PROCESSES: u32 = 1000;

fn open(dir: &TempDir) -> Arc<Segment> {
    let backing = Backing::File { directory: dir.path().into(), name: "many".into(), mode: 0o600, group: None };
    Segment::open(&Options { capacity: 8 << 20, entries_hint: 0, backing, fingerprint: "a test".into() }).unwrap()
}

#[test]
fn a_thousand_processes_that_come_at_once_share_one_segment() {
    let dir = TempDir::new();
    let (go, attached, leave) = (Bell::new(), Bell::new(), Bell::new());
    let mut children: Vec<Child> = (0..PROCESSES)
        .map(|n| {
            fork(|| {
                go.wait();
                let cache = Cache::attach(open(&dir)).unwrap();
                attached.ring();
                let key = n.to_le_bytes();
                put(&cache, &key, &[n as u8; 300]);
                assert_eq!(get(&cache, &key).as_deref(), Some(&[n as u8; 300][..]));
                leave.wait();
                drop(cache);
            })
        })
        .collect();
    (0..PROCESSES).for_each(|_| go.ring());
    (0..PROCESSES).for_each(|_| attached.wait());
    let cache = Cache::attach(open(&dir)).unwrap();
    assert_eq!(dir.names().len(), 1, "{:?}", dir.names());
    // All are there, and as many of them as there are slots have one.
    let slots = u64::from(cache.segment().geometry().slots - GUEST_SLOTS);
    // Those without one may still be storing, each with a borrowed one.
    let expected = slots.min(u64::from(PROCESSES) + 1);
    eventually("none is borrowed", || u64::from(cache.stats().processes) == expected);
    (0..PROCESSES).for_each(|_| leave.ring());
    for child in &mut children {
        assert_eq!(child.wait(), Exit::Done);
    }
    for n in 0..PROCESSES {
        assert_eq!(get(&cache, &n.to_le_bytes()).as_deref(), Some(&[n as u8; 300][..]));
    }
    let cache = if cache.is_guest() { Cache::attach(Arc::clone(cache.segment())).unwrap() } else { cache };
    assert!(!cache.is_guest(), "the slots of those who left are free");
    cache.validate().unwrap();
    assert_eq!(cache.stats().processes, 1);
}
