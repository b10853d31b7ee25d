//! `trove reset`, with workers that this process plays: what they are asked, what is told of them, and how the command ends.

mod common;

use std::os::unix::fs::chown;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use common::{Place, Ran, now, path_of, put_integer, put_tagged};
use trove_shm::cache::{Cache, CacheId};
use trove_shm::resets::{self, Outcome, Stale, Task};

/// A worker of an opcache.
fn worker(place: &Place, segment: &str, pool: &str, opcache: u64) -> Cache {
    let cache = place.segment(segment);
    cache.introduce("fpm-fcgi", pool);
    if opcache != 0 {
        cache.join_opcache(opcache, false, now());
    }
    apply(&cache, None);
    cache
}

/// Does what a PHP process does when it is behind.
fn apply(worker: &Cache, outcome: Option<Outcome>) {
    let pending = worker.pending_reset();
    if let Some(claim) = worker.claim_opcache() {
        worker.finish_opcache(claim, outcome.expect("nothing is to be done to opcache"));
    }
    worker.reset_applied(&pending, false);
}

fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(60), "{what} did not come true");
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn start(place: &Place, args: &[&str]) -> Child {
    place.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn end(child: Child) -> Ran {
    Ran::of(child.wait_with_output().unwrap())
}

fn states(answer: &serde_json::Value) -> Vec<(String, String)> {
    let workers = answer["workers"].as_array().unwrap().iter();
    workers.map(|one| (one["pool"].as_str().unwrap().to_owned(), one["state"].as_str().unwrap().to_owned())).collect()
}

#[test]
fn every_worker_forgets_paths_and_resolves_them_anew() {
    let place = Place::new();
    let (idle, mut busy) = (worker(&place, "shop", "idle", 1), worker(&place, "shop", "busy", 1));
    let _ = busy.begin_request(now());
    let answers = place.run(&["reset", "--json"]).json();
    assert_eq!(states(&answers[0]), [("busy".into(), "busy".into()), ("idle".into(), "idle".into())]);
    assert!(answers[0]["opcaches"].as_array().unwrap().is_empty(), "nothing is done to opcache");
    let pending = idle.pending_reset();
    assert!(idle.is_behind() && pending.stale == Stale::All && pending.resolve_paths && !pending.report);
    assert!(idle.claim_opcache().is_none());
    apply(&idle, None);
    busy.end_request();
    let again = place.run(&["reset"]).ok();
    assert_eq!(again.matches("idle: applies it before its next request runs any code").count(), 2, "{again}");
}

#[test]
fn what_is_asked_for_is_what_is_published() {
    let place = Place::new();
    let own = worker(&place, "shop", "www", 1);
    let asked = |args: &[&str]| {
        place.run(&[&["reset"], args].concat()).ok();
        let (pending, claim) = (own.pending_reset(), own.claim_opcache());
        let task = claim.map(|claim| {
            let task = match &claim.task {
                Task::Reset => "reset".to_owned(),
                Task::Invalidate(prefixes) => String::from_utf8(prefixes.join(&b' ')).unwrap(),
            };
            own.finish_opcache(claim, Outcome::Done);
            task
        });
        own.reset_applied(&pending, false);
        (pending.stale == Stale::All, pending.resolve_paths, task.unwrap_or_default())
    };
    assert_eq!(asked(&["--stat"]), (true, false, String::new()));
    assert_eq!(asked(&["--opcache=none"]), (true, false, String::new()));
    assert_eq!(asked(&["--opcache=invalidate:/srv/app/"]), (true, false, "/srv/app/".into()));
    assert_eq!(asked(&["--stat", "--opcache=paths"]), (true, true, String::new()));
    // From now on all requests do: paths may come back into opcache's table.
    assert_eq!(asked(&["--stat"]), (true, true, String::new()));
    assert_eq!(asked(&["--opcache=reset"]), (true, true, "reset".into()));
}

#[test]
fn what_kept_opcache_from_it_is_the_exit_code() {
    let place = Place::new();
    let outcomes = [
        (Outcome::Done, 0, "done"),
        (Outcome::Disabled, 9, "it is disabled"),
        (Outcome::RestartPending, 10, "a restart was pending already"),
        (Outcome::RestrictApi, 11, "opcache.restrict_api"),
        (Outcome::DisableFunctions, 12, "disable_functions"),
        (Outcome::FileCacheOnly, 13, "opcache.file_cache_only"),
        (Outcome::Failed, 14, "opcache refused"),
    ];
    for (number, (outcome, code, text)) in outcomes.into_iter().enumerate() {
        let name = format!("s{number}");
        let mut own = worker(&place, &name, "www", 7);
        let _ = own.begin_request(now());
        let before = resets::current(own.segment());
        let child = start(&place, &["reset", "--opcache=reset", "--wait=60", "--segment", &name]);
        eventually("the reset", || resets::current(own.segment()) > before);
        own.end_request();
        let _ = own.begin_request(now());
        apply(&own, Some(outcome));
        let ran = end(child);
        assert_eq!(ran.code, Some(code), "{outcome:?}: {ran:?}");
        assert!(ran.out.contains(&format!("opcache of 1 process: {text}")), "{ran:?}");
    }
}

#[test]
fn opcache_that_nobody_has_cannot_be_reset() {
    let place = Place::new();
    let _own = worker(&place, "shop", "www", 0);
    let ran = place.run(&["reset", "--opcache=reset"]);
    assert_eq!(ran.code, Some(9), "{ran:?}");
    assert!(ran.out.contains("opcache is off in all of them"));
    assert_eq!(place.run(&["reset"]).code, Some(0), "paths need no opcache");
}

#[test]
fn whoever_does_not_come_in_time_is_named() {
    let place = Place::new();
    let mut own = worker(&place, "shop", "slow", 1);
    let _ = own.begin_request(now());
    let ran = place.run(&["reset", "--wait=0.05"]);
    assert_eq!(ran.code, Some(8), "{ran:?}");
    assert!(ran.out.lines().any(|line| line.contains("slow") && line.contains("busy for")), "{ran:?}");
    assert_eq!(place.run(&["reset"]).code, Some(0), "without --wait it is done when it is published");

    // A worker in a long job, which polls: the reset is applied, and what began before has not ended.
    apply(&own, None);
    let child = start(&place, &["reset", "--wait=60"]);
    eventually("the reset", || own.is_behind());
    apply(&own, None);
    assert_eq!(end(child).code, Some(0));
    let child = start(&place, &["reset", "--drain=60"]);
    eventually("the reset", || own.is_behind());
    apply(&own, None);
    own.end_request();
    assert_eq!(end(child).code, Some(0));
    assert_eq!(place.run(&["reset", "--drain=60"]).code, Some(0), "nobody is in a request");
}

/// How often the command has slept, or waited for something, as the kernel counts it; not for pages of its own program, which lie on a disk.
fn times_waited(child: &mut Child) -> u64 {
    let about = |file: &str| std::fs::read_to_string(format!("/proc/{}/{file}", child.id())).unwrap();
    // State, and so on: what stands behind the name. It is told of a process until it is waited for.
    let fields = || about("stat").rsplit(')').next().unwrap().trim().to_owned();
    eventually("the end", || fields().starts_with('Z'));
    let pages: u64 = fields().split(' ').nth(9).unwrap().parse().unwrap();
    let told = about("status");
    let count = told.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:")).unwrap();
    count.trim().parse::<u64>().unwrap().saturating_sub(pages)
}

#[test]
fn nobody_is_waited_for_who_need_not_be() {
    let place = Place::new();
    let (_idle, busy) = (worker(&place, "shop", "idle", 1), worker(&place, "shop", "busy", 1));
    let _ = busy.begin_request(now());
    // As it is on a busy machine as well: not the time it takes, but that it gives its processor to nobody.
    for args in [&["reset"][..], &["reset", "--opcache=reset"], &["stat:clear"], &["reset", "--user", "--json"]] {
        let mut child = place.command(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let times = times_waited(&mut child);
        assert!(times < 20, "{args:?}: {times} times");
        child.wait().unwrap();
    }
    let mut child =
        place.command(&["reset", "--wait=0.2"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    assert!(times_waited(&mut child) > 20, "this is how waiting would be seen");
    child.wait().unwrap();
}

#[test]
fn who_is_busy_for_another_opcache_is_not_waited_for() {
    let place = Place::new();
    let (_idle, other) = (worker(&place, "shop", "idle", 1), worker(&place, "shop", "other", 2));
    let child = start(&place, &["reset", "--opcache=reset", "--wait=600"]);
    eventually("the reset", || other.is_behind());
    let _ = other.begin_request(now());
    apply(&other, Some(Outcome::Done));
    let began = Instant::now();
    let ran = end(child);
    assert!(ran.code == Some(0) && began.elapsed() < Duration::from_secs(300), "{ran:?}");
    assert!(ran.out.contains("opcache of 1 process: done by the next request"), "{ran:?}");
}

#[test]
fn preloaded_code_is_said_to_stay() {
    let place = Place::new();
    let own = place.segment("shop");
    own.introduce("fpm-fcgi", "www");
    own.join_opcache(7, true, now());
    for args in [&["reset"][..], &["reset", "--stat"], &["reset", "--opcache=reset"], &["stat:clear"]] {
        let told = place.run(args).ok();
        assert_eq!(told.matches("preloaded code (opcache.preload) stays until PHP is restarted").count(), 1, "{told}");
    }
    assert_eq!(place.run(&["reset", "--json"]).json()[0]["preloads"], true);
    let _other = worker(&place, "other", "www", 8);
    let told = place.run(&["reset", "-s", "other"]).ok();
    assert!(!told.contains("preloaded"), "{told}");
}

#[test]
fn how_many_scripts_lay_below_a_prefix_is_told() {
    let place = Place::new();
    let own = worker(&place, "shop", "www", 1);
    let _ = own.begin_request(now());
    let child = start(&place, &["reset", "--opcache=invalidate:/srv/app/", "--wait=60"]);
    eventually("the reset", || own.is_behind());
    let claim = own.claim_opcache().unwrap();
    claim.found_scripts(12);
    own.finish_opcache(claim, Outcome::Done);
    apply(&own, None);
    let ran = end(child);
    assert!(ran.out.contains("opcache of 1 process: done, 12 scripts lay there"), "{ran:?}");
}

#[test]
fn without_a_segment_it_fails_unless_that_was_foreseen() {
    let place = Place::new();
    place.run(&["reset"]).failed(3);
    assert_eq!(place.run(&["reset", "--if-present"]).ok(), "No segment: nothing to reset.\n");
    assert_eq!(place.run(&["reset", "--if-present", "--json"]).ok(), "[]\n");
    place.segment("shop");
    let _other = place.segment("other");
    assert!(place.run(&["reset", "--if-present"]).ok().contains("No PHP process is attached now"));
    place.run(&["reset", "--if-present", "--segment=none"]).ok();
}

#[test]
fn cached_values_go_where_that_is_wanted() {
    let place = Place::new();
    let own = place.segment("shop");
    let fill = || {
        put_integer(&own, "n", 1);
        put_tagged(&own, "pages", "a", &["x"]);
        put_tagged(&own, "users", "b", &["x"]);
    };
    let left = || {
        let mut left = own.usage(CacheId::APCU).0.to_string();
        own.caches(&mut |id, _| left += &own.usage(id).0.to_string());
        left
    };
    fill();
    place.run(&["reset"]).ok();
    assert_eq!(left(), "111");
    assert!(place.run(&["reset", "--user", "pages", "--wait", "0.5"]).ok().contains("1 entry of pages removed"));
    assert_eq!(left(), "101");
    place.run(&["reset", "--user"]).ok();
    assert_eq!(left(), "000");
    let before = resets::current(own.segment());
    let said = place.run(&["reset", "--user=unheard-of"]).failed(5);
    assert!(said.contains("reset, but there is no cache called \"unheard-of\""), "{said}");
    assert!(resets::current(own.segment()) > before, "the reset itself is done");
}

#[test]
fn one_command_reaches_all_segments() {
    let place = Place::new();
    let workers = ["a", "b", "c"].map(|name| worker(&place, name, name, 1));
    assert_eq!(place.run(&["reset", "--json"]).json().as_array().unwrap().len(), 3);
    assert!(workers.iter().all(Cache::is_behind));
    workers.iter().for_each(|worker| apply(worker, None));
    place.run(&["reset", "--segment=b"]).ok();
    assert_eq!(workers.each_ref().map(Cache::is_behind), [false, true, false]);
}

#[test]
fn no_segment_waits_for_the_workers_of_another() {
    let place = Place::new();
    let (mut slow, quick) = (worker(&place, "a", "slow", 1), worker(&place, "b", "quick", 2));
    let pass = |slow: &mut Cache| {
        let _ = slow.begin_request(now());
        let child = start(&place, &["reset", "--wait=60"]);
        // In both, while the first has a request that is waited for.
        eventually("the reset of both", || quick.is_behind() && slow.is_behind());
        apply(&quick, None);
        apply(slow, None);
        slow.end_request();
        let ran = end(child);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert_eq!(ran.out.matches("reset ").count(), 2, "{ran:?}");
    };
    pass(&mut slow);
    if common::is_root() {
        // A process for each owner.
        chown(path_of(&slow), Some(12345), Some(12345)).unwrap();
        pass(&mut slow);
    }
}

#[test]
fn root_resets_the_segments_of_others_as_their_owner() {
    if !common::is_root() {
        return;
    }
    let place = Place::new();
    let workers = [("a", 12345), ("b", 23456)].map(|(name, owner)| {
        let worker = worker(&place, name, name, 1);
        chown(path_of(&worker), Some(owner), Some(owner)).unwrap();
        worker
    });
    let ran = place.run(&["reset", "--segment=a"]);
    assert!(ran.err.contains("acting as user 12345"), "{ran:?}");
    ran.ok();
    assert_eq!(workers.each_ref().map(Cache::is_behind), [true, false]);
    let told = place.run(&["reset"]).ok();
    assert!(workers.iter().all(Cache::is_behind));
    assert_eq!(told.matches("idle: applies it").count(), 2, "{told}");
}

#[test]
fn what_makes_no_sense_is_refused_before_anything_happens() {
    let place = Place::new();
    let own = place.segment("shop");
    for args in [
        &["reset", "--opcache=all"][..],
        &["reset", "--opcache=invalidate:relative"],
        &["reset", "--wait=soon"],
        &["reset", "--wait=-1"],
        &["reset", "--fcgi=nowhere"],
        &["opcache:invalidate:scripts", "relative"],
        &["apcu:regexp:delete", "no slashes"],
    ] {
        let ran = place.run(args);
        assert_eq!(ran.code, Some(2), "{args:?}: {ran:?}");
    }
    for wrong in ["soon", "-1", "nan", "inf", "1e19", "1e99"] {
        let said = place.run(&["reset", &format!("--wait={wrong}")]).failed(2);
        assert!(said.contains("it is not a number of seconds, 0 or more, a billion at most"), "{said}");
    }
    assert_eq!(resets::current(own.segment()).0, 0);
}
