//! fork(2): the child goes on with what its parent has kept, and as somebody of its own.

mod common;

use std::sync::Arc;
use std::time::{Duration, Instant};

use common::fork::{Bell, Exit, eventually, fork, outlive_parent};
use common::store::{APCU, Kept, NOW, cache, churn, get, put};
use trove_shm::cache::Cache;

#[test]
fn a_child_has_a_slot_of_its_own_from_its_first_operation_on() {
    let cache = cache(4 << 20);
    put(&cache, b"key", b"value");
    assert_eq!(cache.stats().processes, 1);
    let mut child = fork(|| {
        assert_eq!(get(&cache, b"key").as_deref(), Some(&b"value"[..]));
        assert_eq!(cache.stats().processes, 2);
        put(&cache, b"key", b"the child's");
    });
    assert_eq!(child.wait(), Exit::Done);
    assert_eq!(get(&cache, b"key").as_deref(), Some(&b"the child's"[..]));
}

#[test]
fn what_a_parent_has_kept_stays_for_the_child_after_the_parents_request() {
    let mut cache = cache(1 << 20);
    put(&cache, b"key", &[7; 5000]);
    let kept = Kept::fetch(&cache, b"key");
    let segment = Arc::clone(cache.segment());
    let ended = Bell::new();
    let mut child = fork(|| {
        ended.wait();
        assert!(kept.look(&segment) == [7; 5000]);
    });
    cache.end_request();
    assert!(cache.delete(APCU, b"key").unwrap());
    churn(&cache, 3);
    ended.ring();
    assert_eq!(child.wait(), Exit::Done);
}

#[test]
fn what_a_parent_has_kept_stays_for_the_child_after_the_parents_death() {
    let cache = cache(1 << 20);
    put(&cache, b"key", &[7; 5000]);
    let segment = Arc::clone(cache.segment());
    let churned = Bell::new();
    let mut parent = fork(|| {
        let mine = Cache::attach(Arc::clone(&segment)).unwrap();
        let kept = Kept::fetch(&mine, b"key");
        let child = fork(|| {
            outlive_parent();
            churned.wait();
            let whole = kept.look(&segment) == [7; 5000];
            put(&mine, b"seen", if whole { b"whole" } else { b"reused" });
        });
        std::mem::forget(child);
        drop(mine);
    });
    assert_eq!(parent.wait(), Exit::Done);
    assert!(cache.delete(APCU, b"key").unwrap());
    churn(&cache, 3);
    churned.ring();
    eventually("the child's answer", || cache.exists(APCU, b"seen", NOW));
    assert_eq!(get(&cache, b"seen").as_deref(), Some(&b"whole"[..]));
}

#[test]
fn what_a_child_has_kept_is_its_own() {
    let cache = cache(1 << 20);
    put(&cache, b"key", &[7; 5000]);
    let segment = Arc::clone(cache.segment());
    let (kept, churned) = (Bell::new(), Bell::new());
    let mut child = fork(|| {
        let it = Kept::fetch(&cache, b"key");
        kept.ring();
        churned.wait();
        assert!(it.look(&segment) == [7; 5000]);
    });
    kept.wait();
    assert!(cache.delete(APCU, b"key").unwrap());
    churn(&cache, 3);
    churned.ring();
    assert_eq!(child.wait(), Exit::Done);
}

#[test]
fn a_child_that_has_ended_does_not_delay_its_parent() {
    let mut cache = cache(1 << 20);
    put(&cache, b"key", &[7; 5000]);
    let _kept = Kept::fetch(&cache, b"key");
    let mut child = fork(|| {});
    assert_eq!(child.wait(), Exit::Done);
    let start = Instant::now();
    cache.end_request();
    assert!(start.elapsed() < Duration::from_millis(500));
}

#[test]
fn a_reservation_does_not_belong_to_the_child() {
    let cache = cache(1 << 20);
    let spec = common::store::spec(b"key", trove_shm::cache::Value::Payload(5));
    let mut reserved = cache.reserve(&spec, NOW).unwrap();
    reserved.payload().copy_from_slice(b"value");
    let mut reserved = Some(reserved);
    let mut child = fork(|| {
        let mut mine = reserved.take().unwrap();
        assert!(mine.payload().is_empty());
        assert!(mine.publish(trove_shm::cache::Mode::Set, NOW).is_err());
    });
    assert_eq!(child.wait(), Exit::Done);
    assert!(!cache.exists(APCU, b"key", NOW));
    reserved.take().unwrap().publish(trove_shm::cache::Mode::Set, NOW).unwrap();
    assert_eq!(get(&cache, b"key").as_deref(), Some(&b"value"[..]));
}
