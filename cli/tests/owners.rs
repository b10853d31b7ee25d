//! Root and the segments of others. For who is not root these tests have nothing to say.

mod common;

use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::process::Command;

use common::{Place, now, path_of, put_integer};
use trove_shm::cache::CacheId;
use trove_shm::segment::Segment;

/// Makes `path` user `id`'s.
fn give(path: &std::path::Path, id: u32) {
    chown(path, Some(id), Some(id)).unwrap();
}

/// The command, to be run by somebody else. The test's own program may lie where he cannot go.
fn command_as(place: &Place, user: u32, group: u32, args: &[&str]) -> Command {
    let copy = place.path.join(format!("trove-{user}-{group}"));
    if !copy.exists() {
        std::fs::copy(env!("CARGO_BIN_EXE_trove"), &copy).unwrap();
        std::fs::set_permissions(&copy, Permissions::from_mode(0o755)).unwrap();
    }
    let mut command = Command::new(&copy);
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
    assert!(as_user(45678).failed(3).contains("may not be opened"));
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
    let said = ran.failed(3);
    assert!(said.contains("it belongs to user 12345"), "{said}");
}
