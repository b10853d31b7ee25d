//! A group of processes is killed while one of them is in the heap and the others wait for its lock: nobody walks over the heap for that.

mod common;

use std::sync::Arc;

use common::arena::{Arena, HeapOnly};
use common::fork::{Bell, eventually, fork, sleep_until_killed};
use trove_shm::heap;
use trove_shm::sync::slot;
use trove_shm::word::Ordering::Relaxed;

const WAITERS: usize = 8;

#[test]
fn a_group_that_dies_in_the_heap_costs_no_walk() {
    let me = Arena::new(1 << 20);
    let bell = Bell::new();
    let mut group = vec![fork(|| {
        let own = Arena::attach(Arc::clone(&me.segment));
        own.reserve(100);
        let _held = heap::lock(&own.by()).unwrap();
        bell.ring();
        sleep_until_killed();
    })];
    bell.wait();
    group.extend((0..WAITERS).map(|_| {
        fork(|| {
            let own = Arena::attach(Arc::clone(&me.segment));
            loop {
                let _ = heap::reserve(&own.by(), 100);
            }
        })
    }));
    let wishes =
        || slot::used(&me.segment).filter(|id| me.segment.slot(id.index()).wants_heap.load(Relaxed) != 0).count();
    eventually("all want the lock", || wishes() == 1 + WAITERS);
    group.iter().for_each(|child| child.signal(9));
    for child in &mut group {
        child.wait();
    }

    slot::sweep(&me.by(), &HeapOnly).unwrap();
    assert_eq!(me.rebuilds(), 0, "walks");
    assert_eq!(me.validate().owned, (0, 0));
    assert_eq!(wishes(), 0);
}
