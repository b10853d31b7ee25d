//! Root and the segments of others. For who is not root these tests have nothing to say.

mod common;

use std::fs::Permissions;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use common::{Place, now, path_of, put_integer};
use trove_shm::cache::CacheId;
use trove_shm::segment::Segment;

/// Makes `path` user `id`'s.
fn give(path: &std::path::Path, id: u32) {
    chown(path, Some(id), Some(id)).unwrap();
}

/// The command, to be run by somebody else.
fn command_as(place: &Place, user: u32, group: u32, args: &[&str]) -> Command {
    let mut command = Command::new(common::command_for_all(place));
    command.args(args).env("TROVE_DIRECTORY", &place.path).uid(user).gid(group);
    command
}

#[test]
fn root_becomes_the_owner_and_says_so() {
    if !common::is_root() {
        return;
    }
    let place = Place::new();
    let cache = place.segment("shop");
    put_integer(&cache, "n", 1);
    give(&path_of(&cache), 12345);
    // The engine refuses it to root: so whoever has an answer is not root any more.
    assert!(Segment::attach(&path_of(&cache)).unwrap_err().to_string().contains("belongs to user 12345"));
    let ran = place.run(&["keys", "-1"]);
    assert!(ran.err.contains("acting as user 12345"), "{ran:?}");
    assert_eq!(ran.ok(), "n\n");
    assert_eq!(place.run(&["delete", "n"]).ok(), "1 entry deleted\n");
    assert!(!cache.exists(CacheId::APCU, b"n", now()));
    assert!(place.run(&["status", "--json"]).err.is_empty());
}

#[test]
fn segments_of_several_owners_are_asked_by_a_process_each() {
    if !common::is_root() {
        return;
    }
    let place = Place::new();
    let caches = [("a", 12345), ("b", 23456), ("c", 12345), ("d", 0)].map(|(name, owner)| {
        let cache = place.segment(name);
        put_integer(&cache, name, 1);
        give(&path_of(&cache), owner);
        cache
    });
    let answers = place.run(&["status", "--json"]).json();
    let told: Vec<_> = answers.as_array().unwrap().iter().map(|a| (a["name"].clone(), a["entries"].clone())).collect();
    assert_eq!(told, ["a", "b", "c", "d"].map(|name| (name.into(), 1.into())));
    assert_eq!(place.run(&["keys", "-1", "--all"]).ok().lines().filter(|line| line.len() == 1).count(), 4);
    let flushed = place.run(&["flush", "--all"]).ok();
    assert_eq!(flushed.matches("1 entry flushed").count(), 4, "{flushed}");
    assert!(caches.iter().all(|cache| cache.usage(CacheId::APCU).0 == 0));
    assert!(place.run(&["list", "--json"]).json().as_array().unwrap().iter().all(|row| row["problem"].is_null()));
}

#[test]
fn a_dump_is_written_with_the_callers_rights() {
    if !common::is_root() {
        return;
    }
    let place = Place::new();
    let cache = place.segment("shop");
    put_integer(&cache, "n", 1);
    give(&path_of(&cache), 12345);
    let secret = place.path.join("secret");
    std::fs::create_dir(&secret).unwrap();
    std::fs::set_permissions(&secret, Permissions::from_mode(0o700)).unwrap();
    let file = secret.join("file");
    place.run(&["dump", file.to_str().unwrap()]).ok();
    cache.flush(CacheId::APCU);
    place.run(&["restore", file.to_str().unwrap()]).ok();
    assert!(cache.exists(CacheId::APCU, b"n", now()));
}

#[test]
fn a_segment_of_a_group_is_used_as_its_owner_or_by_a_member() {
    if !common::is_root() {
        return;
    }
    let place = Place::new();
    let cache = place.segment("shop");
    put_integer(&cache, "n", 1);
    let path = path_of(&cache);
    let shared = path.with_file_name(path.file_name().unwrap().to_str().unwrap().replace("-0-", "-g34567-"));
    std::fs::rename(&path, &shared).unwrap();
    chown(&shared, Some(12345), Some(34567)).unwrap();
    std::fs::set_permissions(&shared, Permissions::from_mode(0o660)).unwrap();
    assert_eq!(place.run(&["keys", "-1"]).ok(), "n\n");
    let as_user = |group: u32| common::Ran::of(command_as(&place, 23456, group, &["keys", "-1"]).output().unwrap());
    assert_eq!(as_user(34567).ok(), "n\n");
    assert!(as_user(45678).failed(4).contains("may not be opened"));
    // Of another group than its name says.
    chown(&shared, Some(12345), Some(45678)).unwrap();
    assert!(as_user(45678).failed(4).contains("not the configured one"));
}

#[test]
fn what_belongs_to_somebody_else_is_named_and_left_alone() {
    if !common::is_root() {
        return;
    }
    let place = Place::new();
    give(&path_of(&place.segment("shop")), 12345);
    let ran = common::Ran::of(command_as(&place, 23456, 23456, &["status"]).output().unwrap());
    let said = ran.failed(4);
    assert!(said.contains("it belongs to user 12345"), "{said}");
}

/// The child that works as the owner, by what /proc says of it.
struct Acting {
    pid: u32,
}

impl Acting {
    fn find(parent: u32, user: u32) -> Self {
        let began = Instant::now();
        loop {
            // Each thread has its own.
            let tasks = std::fs::read_dir(format!("/proc/{parent}/task")).into_iter().flatten().flatten();
            let told = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok());
            let children: String = told.collect();
            let pids = children.split_whitespace().filter_map(|pid| pid.parse().ok());
            if let Some(acting) =
                pids.map(|pid| Self { pid }).find(|one| one.told("status").contains(&format!("Uid:\t{user}")))
            {
                return acting;
            }
            assert!(began.elapsed() < Duration::from_secs(60), "nobody acts as user {user}");
            std::thread::yield_now();
        }
    }

    fn told(&self, what: &str) -> String {
        std::fs::read_to_string(format!("/proc/{}/{what}", self.pid)).unwrap_or_default()
    }
}

#[test]
fn an_owner_can_stop_who_acts_for_him_but_not_root() {
    if !common::is_root() {
        return;
    }
    let place = Place::new();
    let (hostile, other) = (place.segment("hostile"), place.segment("other"));
    hostile.introduce("fpm-fcgi", "www");
    let _ = hostile.begin_request(now());
    give(&path_of(&hostile), 12345);
    give(&path_of(&other), 23456);
    let mut command = place.command(&["reset", "--wait=5", "--patience=0"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let acting = Acting::find(child.id(), 12345);
    // Its owner can send signals; he cannot trace it, and it has no terminal of root's.
    assert_eq!(std::fs::metadata(format!("/proc/{}/maps", acting.pid)).unwrap().uid(), 0, "it can be traced");
    let session = acting.told("stat").rsplit(')').next().unwrap().split_whitespace().nth(3).map(str::to_owned);
    assert_eq!(session, Some(acting.pid.to_string()));
    let status = acting.told("status");
    for line in ["Groups:\t12345 \n", "CapEff:\t0000000000000000\n", "CapPrm:\t0000000000000000\n", "NoNewPrivs:\t1\n"]
    {
        assert!(status.contains(line), "{line:?}: {status}");
    }
    let stopped = Command::new("kill").args(["-STOP", &acting.pid.to_string()]).uid(12345).gid(12345).status().unwrap();
    assert!(stopped.success());
    let ran = common::Ran::of(child.wait_with_output().unwrap());
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.err.contains("the process for the segments of user 12345 did not answer in time"), "{ran:?}");
    assert!(other.is_behind() && ran.out.contains("other"), "{ran:?}");
    assert!(acting.told("status").is_empty(), "it was killed");
}

#[test]
fn one_owner_alone_cannot_stop_root_either() {
    if !common::is_root() {
        return;
    }
    let place = Place::new();
    let cache = place.segment("shop");
    cache.introduce("fpm-fcgi", "www");
    let _ = cache.begin_request(now());
    give(&path_of(&cache), 12345);
    let mut command = place.command(&["reset", "--wait=5", "--patience=0"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let acting = Acting::find(child.id(), 12345);
    assert!(Command::new("kill").args(["-STOP", &acting.pid.to_string()]).status().unwrap().success());
    let ran = common::Ran::of(child.wait_with_output().unwrap());
    assert!(ran.failed(1).contains("did not answer in time"));
}

#[test]
fn a_php_that_runs_as_the_owner_has_nothing_of_roots() {
    if !common::is_root() {
        return;
    }
    let place = Place::new();
    let cache = place.segment("shop");
    common::put(&cache, &common::spec("list", common::ARRAY, trove_shm::cache::Value::Payload(64)), &[0; 64]);
    give(&path_of(&cache), 12345);
    let (php, notes) = (place.path.join("php"), place.path.join("notes"));
    std::fs::create_dir(&notes).unwrap();
    give(&notes, 12345);
    let run = |ends: &str| {
        let script = format!(
            "#!/bin/sh\n{{ id -u; echo $$; cut -d' ' -f6 /proc/$$/stat; env; cat /proc/$$/status; echo files: /proc/$$/fd/*; }} >{}/it\n{ends}\n",
            notes.display()
        );
        std::fs::write(&php, script).unwrap();
        std::fs::set_permissions(&php, Permissions::from_mode(0o755)).unwrap();
        let args = ["get", "list", "--patience=1", "--php", php.to_str().unwrap()];
        let said = loop {
            // Root's shell has a file open, and hands it on.
            let mut shell = Command::new("sh");
            let program = place.command(&args);
            shell.args(["-c", "exec 7</proc/self/status; exec \"$@\"", "sh"]).arg(program.get_program());
            shell.args(program.get_args()).env("TROVE_DIRECTORY", &place.path).env("SECRET", "of root");
            let ran = common::Ran::of(shell.output().unwrap());
            let said = ran.failed(6);
            // A child that another test is just starting may have it open.
            if !said.contains("Text file busy") {
                break said;
            }
        };
        (said, std::fs::read_to_string(notes.join("it")).unwrap())
    };
    let (said, notes) = run("printf '! \\033[31mred\\n'");
    assert!(said.contains("\\x1b[31mred") && !said.contains('\x1b'), "{said}");
    let notes: Vec<&str> = notes.lines().collect();
    assert_eq!(notes[0], "12345");
    assert_eq!(notes[1], notes[2], "it leads a session");
    assert!(notes.iter().all(|line| !line.contains("SECRET")), "{notes:?}");
    let files = notes.iter().find_map(|line| line.strip_prefix("files: ")).unwrap();
    assert!(!files.contains("/fd/7"), "{files}");
    for line in ["Groups:\t12345 ", "CapEff:\t0000000000000000", "CapPrm:\t0000000000000000", "NoNewPrivs:\t1"] {
        assert!(notes.contains(&line), "{line:?}: {notes:?}");
    }
    let (said, _) = run("kill -STOP $$");
    assert!(said.contains("did not answer in time"), "{said}");
}
