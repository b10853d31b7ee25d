//! Segments that cannot be used: whoever acts on all is told of each, and that it stays as it was.

mod common;

use std::os::unix::fs::{FileExt, chown};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;

use common::{Place, Ran, now, path_of, put_integer};
use trove_shm::cache::CacheId;

/// A segment that another version has laid out, and one that is damaged.
fn spoil(place: &Place) -> [PathBuf; 2] {
    let (old, short) = (path_of(&place.segment("old")), path_of(&place.segment("short")));
    let file = std::fs::File::options().write(true).open(&old).unwrap();
    file.write_all_at(&[0xff; 8], 8).unwrap();
    std::fs::write(&short, "too short").unwrap();
    [old, short]
}

#[test]
fn a_reset_names_what_it_has_not_reached() {
    let place = Place::new();
    let own = place.segment("shop");
    let unusable = spoil(&place);
    for args in [&["reset"][..], &["reset", "--if-present"], &["reset", "--all"], &["stat:clear"], &["opcache:reset"]] {
        let before = trove_shm::resets::current(own.segment());
        let ran = place.run(args);
        assert_eq!(ran.code, Some(4), "{args:?}: {ran:?}");
        assert!(unusable.iter().all(|path| ran.err.contains(path.to_str().unwrap())), "{ran:?}");
        assert!(ran.err.contains("another build of Trove laid it out") && ran.err.contains("shorter than"), "{ran:?}");
        assert!(trove_shm::resets::current(own.segment()) > before, "the others are reset: {ran:?}");
    }
    let ran = place.run(&["reset", "--json"]);
    let answers: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let told: Vec<bool> = answers.as_array().unwrap().iter().map(|answer| answer["error"].is_string()).collect();
    assert_eq!(told, [true, false, true], "{answers}");
    // Who names one is not concerned with others.
    place.run(&["reset", "--segment=shop"]).ok();
}

#[test]
fn where_none_can_be_used_that_is_no_absence() {
    let place = Place::new();
    let unusable = spoil(&place);
    for args in [&["reset", "--if-present"][..], &["flush"], &["opcache:reset"], &["keys"], &["get", "n"]] {
        let said = place.run(args).failed(4);
        assert!(unusable.iter().all(|path| said.contains(path.to_str().unwrap())), "{args:?}: {said}");
    }
}

#[test]
fn who_changes_entries_is_told_as_well() {
    let place = Place::new();
    let own = place.segment("shop");
    spoil(&place);
    for args in [&["delete", "n"][..], &["flush"], &["flush", "--all"], &["refresh", "--every-key"]] {
        put_integer(&own, "n", 1);
        let ran = place.run(args);
        assert_eq!((ran.code, ran.err.matches("another build").count()), (Some(4), 1), "{args:?}: {ran:?}");
        assert!(ran.out.contains("1 entry"), "{ran:?}");
    }
    put_integer(&own, "n", 1);
    assert_eq!(place.run(&["keys", "-1"]).ok(), "n\n", "who looks has found what can be looked at");
}

#[test]
fn the_segments_of_others_are_named_unless_ones_own_are_meant() {
    if !common::is_root() {
        return;
    }
    let place = Place::new();
    let (own, other) = (place.segment("own"), place.segment("other"));
    for (cache, id) in [(&own, 23456), (&other, 12345)] {
        put_integer(cache, "n", 1);
        chown(path_of(cache), Some(id), Some(id)).unwrap();
    }
    let program = common::command_for_all(&place);
    let run = |args: &[&str]| {
        let mut command = std::process::Command::new(&program);
        command.args(args).env("TROVE_DIRECTORY", &place.path).uid(23456).gid(23456);
        Ran::of(command.output().unwrap())
    };
    for args in [&["reset"][..], &["reset", "--if-present"], &["flush", "--all"], &["opcache:reset"]] {
        let ran = run(args);
        assert_eq!(ran.code, Some(4), "{args:?}: {ran:?}");
        let path = path_of(&other);
        assert!(ran.err.contains(path.to_str().unwrap()) && ran.err.contains("--mine"), "{ran:?}");
    }
    put_integer(&own, "n", 1);
    assert!(run(&["reset", "--mine"]).ok().contains("own"));
    assert_eq!(run(&["flush", "--mine"]).ok(), "1 entry flushed\n");
    assert!(other.exists(CacheId::APCU, b"n", now()));
    assert!(run(&["list", "--mine"]).ok().lines().all(|line| !line.contains("other")));
    std::fs::remove_file(path_of(&own)).unwrap();
    assert_eq!(run(&["reset", "--mine", "--if-present"]).ok(), "No segment: nothing to reset.\n");
    run(&["reset", "--if-present"]).failed(4);
    assert!(run(&["reset", "--mine", "--all"]).failed(2).contains("exclude each other"));
}
