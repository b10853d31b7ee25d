//! Which segments are there, which are meant, and which are left alone.

mod common;

use std::os::unix::fs::FileExt;

use common::{PHP, Place, path_of, put_integer};

#[test]
fn each_segment_is_listed_with_its_build_and_use() {
    let place = Place::new();
    let (shop, _blog) = (place.segment("shop"), place.segment_of("blog", "PHP API 20240924 ZTS debug, format 1"));
    put_integer(&shop, "a", 1);
    let rows = place.run(&["list", "--json"]).json();
    let names: Vec<_> = rows.as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["blog", "shop"]);
    assert_eq!((&rows[0]["build"], &rows[1]["build"]), (&"PHP 8.4 ZTS debug".into(), &"PHP 8.2 NTS".into()));
    assert_eq!((&rows[1]["entries"], &rows[1]["processes"]), (&1.into(), &1.into()));
    assert_eq!(rows[1]["path"], path_of(&shop).to_str().unwrap());
    assert_eq!(rows[1]["bytes"], 1 << 20);
    let text = place.run(&["ls"]).ok();
    assert!(text.contains("shop") && text.contains(path_of(&shop).to_str().unwrap()), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 120), "{text}");
}

#[test]
fn a_segment_of_another_layout_is_listed_as_such_and_not_looked_into() {
    let place = Place::new();
    let path = path_of(&place.segment("old"));
    let file = std::fs::File::options().write(true).open(&path).unwrap();
    file.write_all_at(&[0xff; 8], 8).unwrap();
    let rows = place.run(&["list", "--json"]).json();
    let remedy = format!(
        "another build of Trove laid it out: use the trove command of that build; or, if no running PHP uses it (fuser shows who does), \
         remove it: rm {}",
        path.display()
    );
    assert_eq!(rows[0]["problem"], *remedy);
    assert!(place.run(&["reset"]).failed(4).contains(&remedy));
    let doctor = place.run(&["doctor", "--no-php", "--json"]).out;
    assert!(doctor.contains("\"remedy\": \"use the trove command of that build; or,"), "{doctor}");
    assert!(rows[0]["entries"].is_null() && rows[0]["build"].is_null());
    assert!(place.run(&["status"]).failed(4).contains("another build of Trove"));
    assert!(place.run(&["keys", "-s", "old"]).failed(4).contains("another build of Trove"));
    assert!(path.exists());
}

#[test]
fn what_cannot_be_used_is_told_with_a_remedy() {
    let place = Place::new();
    let damaged = path_of(&place.segment("damaged"));
    std::fs::write(&damaged, "too short").unwrap();
    let link = damaged.with_file_name("trove-link-0-0123456789abcdef");
    std::os::unix::fs::symlink("/nowhere", &link).unwrap();
    let said = place.run(&["status"]).failed(4);
    assert!(said.contains(&format!("remove it: rm {}", damaged.display())), "{said}");
    assert!(said.contains(&format!("{}: it is a symbolic link; remove it", link.display())), "{said}");
    let list = place.run(&["list"]).ok();
    let is_path = |line: &str| line.contains(place.path.to_str().unwrap());
    assert!(list.lines().all(|line| line.chars().count() <= 80 || is_path(line)), "{list}");
}

#[test]
fn where_no_segment_is_the_exit_code_says_so() {
    let place = Place::new();
    assert!(place.run(&["status"]).failed(3).contains("there is no segment"));
    assert_eq!(place.run(&["list"]).code, Some(3));
    assert!(place.run(&["status", "-s", "shop"]).failed(3).contains("\"shop\""));
    assert!(place.run(&["status", "--directory", "/nowhere"]).failed(3).contains("/nowhere"));
    assert!(place.run(&["status", "-s", "/nowhere/trove-a-0-0123456789abcdef"]).failed(3).contains("/nowhere"));
}

#[test]
fn of_several_one_must_be_named() {
    let place = Place::new();
    let (shop, blog) = (place.segment("shop"), place.segment("blog"));
    put_integer(&shop, "in shop", 1);
    put_integer(&blog, "in blog", 1);
    let error = place.run(&["keys", "-1"]).failed(2);
    assert!(error.contains("--segment") && error.contains(path_of(&shop).to_str().unwrap()), "{error}");
    assert_eq!(place.run(&["keys", "-1", "-s", "shop"]).ok(), "in shop\n");
    assert_eq!(place.run(&["keys", "-1", "-s", path_of(&blog).to_str().unwrap()]).ok(), "in blog\n");
    let both = place.run(&["keys", "-1", "--all"]).ok();
    assert!(both.contains("in shop") && both.contains("in blog"), "{both}");
    assert!(place.run(&["keys", "--all", "-s", "shop"]).failed(2).contains("exclude each other"));
    assert!(place.run(&["get", "x", "--all"]).failed(2).contains("acts on one segment"));
}

#[test]
fn of_two_builds_with_one_name_the_path_tells_which() {
    let place = Place::new();
    let (old, _new) =
        (place.segment_of("shop", PHP), place.segment_of("shop", "PHP API 20230831 NTS release, format 1"));
    put_integer(&old, "old", 1);
    assert_eq!(place.run(&["keys", "-1", "-s", path_of(&old).to_str().unwrap()]).ok(), "old\n");
    assert!(place.run(&["get", "old", "-s", "shop"]).failed(2).contains("PHP 8.3"));
}

#[test]
fn looking_leaves_no_trace() {
    let place = Place::new();
    let cache = place.segment("shop");
    put_integer(&cache, "n", 1);
    for args in [&["list"][..], &["status"], &["keys"], &["get", "n"]] {
        place.run(args).ok();
    }
    let (stats, hit) = (cache.stats(), cache.peek(trove_shm::cache::CacheId::APCU, b"n").unwrap());
    assert_eq!((stats.hits, stats.misses, stats.processes, hit.meta().hits), (0, 0, 1, 0));
}
