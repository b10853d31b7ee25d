//! Root and the segments of others. For who is not root these tests have nothing to say.

mod common;

use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt, chown};

use common::{Place, now, path_of, put_integer};
use trove_shm::cache::CacheId;
use trove_shm::segment::Segment;

/// Makes `path` user `id`'s.
fn give(path: &std::path::Path, id: u32) {
    chown(path, Some(id), Some(id)).unwrap();
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
fn what_belongs_to_somebody_else_is_named_and_left_alone() {
    if !common::is_root() {
        return;
    }
    use std::os::unix::process::CommandExt;
    let place = Place::new();
    give(&path_of(&place.segment("shop")), 12345);
    // The test's program may lie where that user cannot go; a program that runs already is reached through /proc.
    let program = std::fs::File::open(env!("CARGO_BIN_EXE_trove")).unwrap();
    let copy = place.path.join("trove");
    std::io::copy(&mut &program, &mut std::fs::File::create(&copy).unwrap()).unwrap();
    std::fs::set_permissions(&copy, Permissions::from_mode(0o755)).unwrap();
    let mut command = std::process::Command::new(&copy);
    command.args(["status"]).env("TROVE_DIRECTORY", &place.path).uid(23456).gid(23456);
    let ran = common::Ran::of(command.output().unwrap());
    let said = ran.failed(3);
    assert!(said.contains("it belongs to user 12345"), "{said}");
}
