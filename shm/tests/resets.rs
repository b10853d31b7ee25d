//! A reset reaches every process that is attached, once; for each opcache one of them acts; whoever waits knows for whom.

mod common;

use std::sync::Arc;
use std::time::{Duration, Instant};

use common::dir::TempDir;
use common::fork::{Bell, Exit, eventually, fork, sleep_until_killed};
use trove_shm::cache::{Cache, Now};
use trove_shm::resets::{self, Generation, Opcache, Outcome, Reset, Stale, Stat, Task, Until};
use trove_shm::segment::{Backing, Options, Segment};
use trove_shm::word::Ordering;

const NOW: Now = Now { boot_ms: 1000, wall_s: 5 };
const ALL: Reset<'_> = Reset { stat: Stat::All, opcache: Opcache::Reset, report: false };
const PATHS: Reset<'_> = Reset { stat: Stat::All, opcache: Opcache::Paths, report: false };

fn segment() -> Arc<Segment> {
    let options = |backing| Options { capacity: 1 << 20, entries_hint: 0, backing, fingerprint: "test".into() };
    Segment::open(&options(Backing::Private)).unwrap()
}

fn process(segment: &Arc<Segment>, opcache: u64) -> Cache {
    let cache = Cache::attach(Arc::clone(segment)).unwrap();
    cache.introduce("fpm-fcgi", "www");
    cache.join_opcache(opcache, false, NOW);
    apply(&cache);
    cache
}

/// What a worker does when it is behind; what it was asked to do to its opcache.
fn apply(cache: &Cache) -> Option<Task> {
    let pending = cache.pending_reset();
    let claim = cache.claim_opcache();
    let task = claim.map(|mut claim| {
        let task = std::mem::replace(&mut claim.task, Task::Reset);
        cache.finish_opcache(claim, Outcome::Done);
        task
    });
    cache.reset_applied(&pending, false);
    task
}

fn invalidate(prefixes: &[&[u8]]) -> Option<Task> {
    Some(Task::Invalidate(prefixes.iter().map(|p| p.to_vec()).collect()))
}

#[test]
fn a_reset_is_pending_in_every_process_until_that_one_has_applied_it() {
    let segment = segment();
    let (a, b) = (process(&segment, 1), process(&segment, 1));
    assert!(!a.begin_request(NOW) && !b.begin_request(NOW));
    let tool = Cache::attach(Arc::clone(&segment)).unwrap();
    let generation = tool.publish_reset(&PATHS).unwrap();
    for cache in [&a, &b] {
        assert!(cache.is_behind());
        let pending = cache.pending_reset();
        assert_eq!(pending.stale, Stale::All);
        assert!(pending.resolve_paths);
        cache.reset_applied(&pending, false);
        assert!(!cache.is_behind());
    }
    assert!(resets::workers(&segment).iter().all(|worker| worker.applied == generation));
}

#[test]
fn a_process_that_comes_later_clears_what_it_may_have_inherited_and_resets_nothing_again() {
    let segment = segment();
    let first = process(&segment, 1);
    first.publish_reset(&ALL).unwrap();
    assert_eq!(apply(&first), Some(Task::Reset));
    let later = Cache::attach(Arc::clone(&segment)).unwrap();
    assert!(later.begin_request(NOW), "it has something to do in its first request");
    later.join_opcache(1, false, NOW);
    let pending = later.pending_reset();
    assert!(pending.stale == Stale::All && pending.resolve_paths);
    assert!(later.claim_opcache().is_none());
    let other = Cache::attach(segment).unwrap();
    other.join_opcache(2, false, NOW);
    assert!(other.claim_opcache().is_none(), "an opcache that came later has nothing of before");
}

#[test]
fn a_process_that_comes_later_does_what_its_opcache_still_has_to() {
    let segment = segment();
    drop(process(&segment, 1));
    let tool = Cache::attach(Arc::clone(&segment)).unwrap();
    tool.publish_reset(&ALL).unwrap();
    let later = Cache::attach(segment).unwrap();
    later.join_opcache(1, false, NOW);
    assert_eq!(apply(&later), Some(Task::Reset));
}

#[test]
fn of_each_opcache_one_process_acts_and_the_others_wait_for_it() {
    let segment = segment();
    let (ready, go) = (Bell::new(), Bell::new());
    let acted = |opcache: u64| &segment.header().reserved[opcache as usize];
    let work = |opcache| {
        let cache = process(&segment, opcache);
        ready.ring();
        go.wait();
        let claim = cache.claim_opcache();
        if let Some(claim) = claim {
            std::thread::sleep(Duration::from_millis(30));
            acted(opcache).fetch_add(1, Ordering::SeqCst);
            cache.finish_opcache(claim, Outcome::Done);
        }
        assert_eq!(acted(opcache).load(Ordering::SeqCst), 1, "it went on before it was done");
    };
    let mut children: Vec<_> = (0..8).map(|i| fork(|| work(1 + i % 2))).collect();
    (0..8).for_each(|_| ready.wait());
    let tool = Cache::attach(Arc::clone(&segment)).unwrap();
    let generation = tool.publish_reset(&ALL).unwrap();
    (0..8).for_each(|_| go.ring());
    for child in &mut children {
        assert_eq!(child.wait(), Exit::Done);
    }
    assert_eq!((acted(1).load(Ordering::SeqCst), acted(2).load(Ordering::SeqCst)), (1, 1));
    let states = resets::opcaches(&segment);
    assert_eq!(states.len(), 2);
    assert!(states.iter().all(|o| o.outcome == Some((Outcome::Done, generation)) && o.done == generation));
}

#[test]
fn who_dies_while_it_acts_is_replaced_at_once() {
    let segment = segment();
    let survivor = process(&segment, 7);
    let claimed = Bell::new();
    let mut child = fork(|| {
        let cache = process(&segment, 7);
        cache.publish_reset(&ALL).unwrap();
        let _claim = cache.claim_opcache().unwrap();
        claimed.ring();
        sleep_until_killed();
    });
    claimed.wait();
    child.kill();
    let began = Instant::now();
    assert_eq!(apply(&survivor), Some(Task::Reset));
    assert!(began.elapsed() < Duration::from_millis(500));
}

#[test]
fn who_is_stopped_while_it_acts_is_replaced_after_a_while() {
    let segment = segment();
    let survivor = process(&segment, 7);
    let claimed = Bell::new();
    let _child = fork(|| {
        let cache = process(&segment, 7);
        cache.publish_reset(&ALL).unwrap();
        let _claim = cache.claim_opcache().unwrap();
        claimed.ring();
        sleep_until_killed();
    });
    claimed.wait();
    let began = Instant::now();
    assert_eq!(apply(&survivor), Some(Task::Reset));
    assert!((Duration::from_millis(900)..Duration::from_secs(5)).contains(&began.elapsed()));
}

#[test]
fn what_one_request_is_not_allowed_is_left_to_the_next() {
    let segment = segment();
    let (a, b) = (process(&segment, 1), process(&segment, 1));
    let generation = a.publish_reset(&ALL).unwrap();
    let pending = a.pending_reset();
    let claim = a.claim_opcache().unwrap();
    a.finish_opcache(claim, Outcome::RestrictApi);
    a.reset_applied(&pending, true);
    assert!(a.is_behind(), "it tries again");
    let state = &resets::opcaches(&segment)[0];
    assert_eq!(state.outcome, Some((Outcome::RestrictApi, generation)));
    assert!(state.done < generation);
    assert_eq!(apply(&b), Some(Task::Reset));
    assert_eq!(a.pending_reset().stale, Stale::Nothing, "its own caches were cleared before");
    assert_eq!(apply(&a), None);
    assert!(!a.is_behind());
}

#[test]
fn a_claim_that_is_dropped_is_left_to_the_next() {
    let segment = segment();
    let (a, b) = (process(&segment, 1), process(&segment, 1));
    a.publish_reset(&ALL).unwrap();
    drop(a.claim_opcache().unwrap());
    assert_eq!(apply(&b), Some(Task::Reset));
}

#[test]
fn paths_and_prefixes_arrive_where_they_were_meant_to() {
    let segment = segment();
    let cache = process(&segment, 1);
    cache.publish_reset(&Reset { stat: Stat::Path(b"/srv/link"), ..Reset::default() }).unwrap();
    let prefixes: [&[u8]; 2] = [b"/srv/a/", b"/srv/b/index.php"];
    cache.publish_reset(&Reset { opcache: Opcache::Invalidate(&prefixes), ..Reset::default() }).unwrap();
    let pending = cache.pending_reset();
    assert_eq!(pending.stale, Stale::Paths(vec![b"/srv/link".to_vec()]));
    assert!(!pending.resolve_paths && !pending.report);
    assert_eq!(apply(&cache), invalidate(&prefixes));
    assert_eq!(cache.pending_reset().stale, Stale::Nothing);
    assert!(cache.claim_opcache().is_none());
}

#[test]
fn more_texts_than_are_kept_become_the_stronger_reset() {
    let segment = segment();
    let (path, prefix) = (process(&segment, 1), process(&segment, 2));
    for _ in 0..40 {
        path.publish_reset(&Reset { stat: Stat::Path(b"/p"), ..Reset::default() }).unwrap();
    }
    assert_eq!(path.pending_reset().stale, Stale::All);
    assert!(path.claim_opcache().is_none(), "opcache was not asked for");
    let many: Vec<Vec<u8>> = (0..100).map(|i| format!("/{i:0>200}").into_bytes()).collect();
    let many: Vec<&[u8]> = many.iter().map(Vec::as_slice).collect();
    prefix.publish_reset(&Reset { opcache: Opcache::Invalidate(&many), ..Reset::default() }).unwrap();
    assert_eq!(apply(&prefix), Some(Task::Reset));
    let long = [b'x'; 497];
    assert!(prefix.publish_reset(&Reset { stat: Stat::Path(&long), ..Reset::default() }).is_err());
}

#[test]
fn resets_of_paths_alone_never_become_one_of_code() {
    let segment = segment();
    let cache = process(&segment, 1);
    for _ in 0..500 {
        cache.publish_reset(&PATHS).unwrap();
    }
    assert_eq!(apply(&cache), None);
    assert!(!cache.is_behind());
}

#[test]
fn a_reset_while_another_is_done_is_done_too() {
    let segment = segment();
    let cache = process(&segment, 1);
    cache.publish_reset(&ALL).unwrap();
    let pending = cache.pending_reset();
    let claim = cache.claim_opcache().unwrap();
    cache.publish_reset(&ALL).unwrap();
    cache.finish_opcache(claim, Outcome::Done);
    cache.reset_applied(&pending, false);
    assert!(cache.is_behind());
    assert_eq!(apply(&cache), Some(Task::Reset));
}

#[test]
fn only_those_in_a_request_are_waited_for() {
    let segment = segment();
    let (idle, mut busy) = (process(&segment, 1), process(&segment, 1));
    let _ = busy.begin_request(NOW);
    let tool = Cache::attach(Arc::clone(&segment)).unwrap();
    let generation = tool.publish_reset(&PATHS).unwrap();
    let late = |until| resets::wait(&segment, until, Duration::ZERO).len();
    assert_eq!(late(Until::Applied(generation)), 1);
    assert_eq!(late(Until::Drained(NOW.boot_ms)), 1);
    apply(&busy);
    assert_eq!(late(Until::Applied(generation)), 0, "it polls");
    assert_eq!(late(Until::Drained(NOW.boot_ms)), 1, "but its request is an old one");
    busy.end_request();
    assert_eq!(late(Until::Drained(NOW.boot_ms)), 0);
    assert!(idle.is_behind());
    let states: Vec<_> = resets::workers(&segment).into_iter().map(|w| (w.label, w.sapi, w.applied)).collect();
    assert_eq!(states.len(), 2, "a tool is no worker");
    assert!(states.contains(&("www".into(), "fpm-fcgi", generation)));
    assert!(states.contains(&("www".into(), "fpm-fcgi", Generation(0))));
}

#[test]
fn who_waits_goes_on_when_the_busy_one_dies() {
    let segment = segment();
    let busy = Bell::new();
    let mut child = fork(|| {
        let cache = process(&segment, 1);
        let _ = cache.begin_request(NOW);
        busy.ring();
        sleep_until_killed();
    });
    busy.wait();
    let tool = Cache::attach(Arc::clone(&segment)).unwrap();
    let until = Until::Applied(tool.publish_reset(&PATHS).unwrap());
    let began = Instant::now();
    assert_eq!(resets::wait(&segment, until, Duration::from_millis(20)).len(), 1);
    assert!(began.elapsed() >= Duration::from_millis(20));
    child.kill();
    eventually("nobody is waited for", || resets::wait(&segment, until, Duration::ZERO).is_empty());
}

#[test]
fn a_report_is_made_once_for_each_opcache_and_read_without_a_slot() {
    let segment = segment();
    let (a, b) = (process(&segment, 9), process(&segment, 9));
    let generation = a.publish_reset(&Reset { report: true, ..Reset::default() }).unwrap();
    assert!(a.pending_reset().report && a.opcache_report_is_wanted());
    a.report_opcache(&[1, 0, 3], NOW);
    a.report_realpath_cache(77);
    assert!(b.pending_reset().report && !b.opcache_report_is_wanted());
    let figures = resets::opcaches(&segment)[0].figures.clone().unwrap();
    assert_eq!((figures.generation, figures.at, &figures.values[..3]), (generation, 5, &[1, 0, 3][..]));
    assert_eq!(resets::workers(&segment).iter().map(|w| w.realpath_bytes).sum::<u32>(), 77);
}

#[test]
fn with_more_opcaches_than_records_each_process_acts_for_itself() {
    let segment = segment();
    let many: Vec<_> = (1..=40).map(|opcache| process(&segment, opcache)).collect();
    assert_eq!(resets::opcaches(&segment).len(), 32);
    for _ in 0..2 {
        many[0].publish_reset(&ALL).unwrap();
        for cache in &many {
            assert_eq!(apply(cache), Some(Task::Reset));
            assert_eq!(apply(cache), None);
        }
    }
    drop(many);
    let _new = process(&segment, 99);
    assert!(resets::opcaches(&segment).iter().any(|o| o.id == 99 && o.workers == 1), "records of the dead are reused");
}

#[test]
fn any_process_that_may_open_the_file_publishes() {
    let directory = TempDir::new();
    let options = Options {
        capacity: 1 << 20,
        entries_hint: 0,
        backing: Backing::File { directory: directory.path().to_owned(), name: "x".into(), mode: 0o600, group: None },
        fingerprint: "test".into(),
    };
    let segment = Segment::open(&options).unwrap();
    let worker = process(&segment, 1);
    let mut child = fork(|| {
        let cache = Cache::attach(Segment::open(&options).unwrap()).unwrap();
        cache.publish_reset(&PATHS).unwrap();
    });
    assert_eq!(child.wait(), Exit::Done);
    assert!(worker.is_behind());
}
