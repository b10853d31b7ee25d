//! A segment's entries in a file, and back.

mod common;

use common::{ARRAY, DOUBLE, LONG, Place, SERIALIZED, now, put, put_integer, put_string, spec};
use std::os::unix::fs::PermissionsExt;
use trove_shm::cache::{Cache, CacheId, Freshness, Spec, Value};

fn fill(cache: &Cache) {
    put_integer(cache, "n", -7);
    put_string(cache, "text", b"line\n\0\xff");
    put(cache, &spec("pi", DOUBLE, Value::Inline { word: 3.25f64.to_bits(), integer: false }), b"");
    put(cache, &spec("null", 0, Value::Inline { word: 0, integer: false }), b"");
    put(cache, &spec("object", SERIALIZED, Value::Payload(9)), b"O:1:\"A\":0");
    let pages = cache.open_cache(b"pages").unwrap();
    let soon = now().boot_ms + 3_600_000;
    let value = Value::Inline { word: 5, integer: true };
    let page = Spec {
        cache: pages,
        expires: soon,
        stale: Some((soon + 60_000, 0)),
        tags: &[b"news", b"home"],
        pinned: true,
        ..spec("page", LONG, value)
    };
    put(cache, &page, b"");
    put(cache, &Spec { expires: now().boot_ms, ..spec("over", LONG, value) }, b"");
}

fn file(place: &Place) -> String {
    place.path.join("file").to_str().unwrap().to_owned()
}

#[test]
fn what_was_dumped_comes_back_whole() {
    let (from, to) = (Place::new(), Place::new());
    fill(&from.segment("shop"));
    let file = file(&from);
    assert!(from.run(&["dump", &file]).ok().starts_with("6 entries written"));
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let cache = to.segment_of("other", "PHP API 20240924 ZTS release, format 3");
    assert_eq!(to.run(&["restore", &file, "--as-text"]).ok(), "6 entries stored\n");
    let peek = |key: &str| cache.peek(CacheId::APCU, key.as_bytes()).unwrap();
    assert_eq!((peek("n").kind(), peek("n").word() as i64), (LONG, -7));
    assert_eq!(f64::from_bits(peek("pi").word()), 3.25);
    assert_eq!(peek("text").payload(), b"s:7:\"line\n\0\xff\";");
    assert_eq!(peek("object").payload(), b"O:1:\"A\":0");
    let pages = cache.open_cache(b"pages").unwrap();
    let page = cache.peek(pages, b"page").unwrap();
    let (meta, mut tags) = (page.meta(), Vec::new());
    page.tags(&mut |tag| tags.push(tag.to_vec()));
    assert!(meta.pinned && tags == [b"news".to_vec(), b"home".to_vec()]);
    let left = meta.expires - now().boot_ms;
    assert!((3_590_000..=3_602_000).contains(&left), "{left}");
    assert!((59_000..=61_000).contains(&(meta.stale_until - meta.expires)));
    // A counter is one still.
    assert!(matches!(
        cache.update_integer(CacheId::APCU, b"n", trove_shm::cache::Change::Add(1), now()),
        Ok(trove_shm::cache::Update::Done(-6))
    ));
}

#[test]
fn what_is_there_stays_unless_it_is_to_be_replaced() {
    let place = Place::new();
    let cache = place.segment("shop");
    put_integer(&cache, "n", 1);
    let file = file(&place);
    place.run(&["dump", &file]).ok();
    put_integer(&cache, "n", 2);
    let value = || cache.peek(CacheId::APCU, b"n").unwrap().word();
    let said = place.run(&["restore", &file]).ok();
    assert!(said.starts_with("0 entries stored\n1 were there already"), "{said}");
    assert_eq!(value(), 2);
    place.run(&["restore", &file, "--overwrite"]).ok();
    assert_eq!(value(), 1);
}

#[test]
fn what_was_marked_stale_is_stale_again() {
    let (from, to) = (Place::new(), Place::new());
    let cache = from.segment("shop");
    put_integer(&cache, "n", 1);
    cache.refresh(CacheId::APCU, b"n", now()).unwrap();
    let file = file(&from);
    from.run(&["dump", &file]).ok();
    let other = to.segment("shop");
    to.run(&["restore", &file]).ok();
    assert_eq!(other.peek(CacheId::APCU, b"n").unwrap().freshness(), Freshness::Stale);
}

#[test]
fn a_file_that_is_not_whole_changes_nothing() {
    let place = Place::new();
    let cache = place.segment("shop");
    fill(&cache);
    let (good, bad) = (file(&place), place.path.join("bad").to_str().unwrap().to_owned());
    place.run(&["dump", &good]).ok();
    let bytes = std::fs::read(&good).unwrap();
    cache.flush(CacheId::APCU);
    let refused = |bytes: &[u8], why: &str| {
        std::fs::write(&bad, bytes).unwrap();
        let said = place.run(&["restore", &bad]).failed(2);
        assert!(said.contains(why) && said.contains("nothing was changed"), "{said}");
    };
    refused(&bytes[..bytes.len() - 1], "it ends after");
    refused(&bytes[..40], "it ends after");
    refused(b"", "not a dump");
    refused(b"#!/bin/sh\necho something else entirely\n", "not a dump");
    let mut damaged = bytes.clone();
    damaged[bytes.len() / 2] ^= 1;
    refused(&damaged, "damaged");
    let mut newer = bytes.clone();
    newer[8] = 9;
    refused(&newer, "version 9");
    assert!(place.run(&["restore", "/nowhere"]).failed(2).contains("cannot be read"));
    assert_eq!(cache.usage(CacheId::APCU).0, 0);
    place.run(&["restore", &good, "--as-text"]).ok();
}

#[test]
fn what_only_php_can_read_is_left_out_when_that_is_wanted() {
    let place = Place::new();
    let cache = place.segment_of("shop", "PHP API 19990101 NTS release, format 3");
    put_integer(&cache, "n", 1);
    put(&cache, &spec("list", ARRAY, Value::Payload(64)), &[0; 64]);
    let file = file(&place);
    let error = place.run(&["dump", &file]).failed(6);
    assert!(error.contains("--skip-php"), "{error}");
    let said = place.run(&["dump", &file, "--skip-php"]).ok();
    assert!(said.contains("1 entry written") && said.contains("1 left out"), "{said}");
}

#[test]
fn where_php_is_not_to_be_had_strings_are_stored_as_text() {
    let (from, to) = (Place::new(), Place::new());
    put_string(&from.segment("shop"), "text", b"abc");
    let file = file(&from);
    from.run(&["dump", &file]).ok();
    let cache = to.segment_of("shop", "PHP API 19990101 NTS release, format 3");
    let said = to.run(&["restore", &file]).ok();
    assert!(
        said.contains("1 entry stored") && said.contains("stored as text") && said.contains("needs the PHP"),
        "{said}"
    );
    assert_eq!(cache.peek(CacheId::APCU, b"text").unwrap().payload(), b"s:3:\"abc\";");
}

#[test]
fn names_of_caches_come_back_byte_for_byte() {
    let (from, to) = (Place::new(), Place::new());
    let cache = from.segment("shop");
    let odd = cache.open_cache(b"a\\b\xff\n").unwrap();
    let value = Value::Inline { word: 1, integer: true };
    put(&cache, &Spec { cache: odd, ..spec("n", LONG, value) }, b"");
    let file = file(&from);
    from.run(&["dump", &file, "--cache", "a\\\\b\\xff\\n"]).ok();
    let other = to.segment("shop");
    to.run(&["restore", &file]).ok();
    assert_eq!(trove_shm::caches::find(other.segment(), b"a\\b\xff\n"), Some(CacheId(1)));
}

#[test]
fn what_does_not_fit_is_told_and_the_rest_is_stored() {
    let (from, to) = (Place::new(), Place::new());
    let cache = from.segment("shop");
    put_integer(&cache, "n", 1);
    put_string(&cache, "large", &[b'x'; 600_000]);
    let file = file(&from);
    from.run(&["dump", &file]).ok();
    let small = to.segment_with("shop", common::PHP, 512 << 10);
    let ran = to.run(&["restore", &file]);
    assert!(ran.out.starts_with("1 entry stored\n"), "{ran:?}");
    assert!(ran.failed(1).contains("key \"large\""));
    assert!(small.exists(CacheId::APCU, b"n", now()));
}

#[test]
fn a_file_that_is_there_is_not_replaced_by_accident() {
    let place = Place::new();
    put_integer(&place.segment("shop"), "n", 1);
    let file = file(&place);
    std::fs::write(&file, "precious").unwrap();
    assert!(place.run(&["dump", &file]).failed(2).contains("--force"));
    assert_eq!(std::fs::read(&file).unwrap(), b"precious");
    assert!(place.run(&["dump", "/nowhere/file"]).failed(1).contains("/nowhere/file"));
}

#[test]
fn what_is_no_dump_in_the_end_is_not_left_as_one() {
    let place = Place::new();
    let cache = place.segment("shop");
    put(&cache, &spec("list", ARRAY, Value::Payload(64)), &[0; 64]);
    let file = file(&place);
    // Of a new file nothing is left: the next attempt is not in its own way.
    for _ in 0..2 {
        assert!(place.run(&["dump", &file, "--php=/bin/false"]).failed(6).contains("this needs the PHP"));
    }
    assert!(!std::path::Path::new(&file).exists());
    place.run(&["dump", &file, "--cache=none"]).failed(5);
    place.run(&["dump", &file, "--skip-php"]).ok();
    let said = place.run(&["dump", &file, "--force", "--php=/bin/false"]).failed(6);
    assert!(said.contains("is empty now"), "{said}");
    assert!(place.run(&["restore", &file]).failed(2).contains("nothing was changed"));
}

#[test]
fn both_tell_in_json_of_which_segment() {
    let place = Place::new();
    let cache = place.segment("shop");
    put_integer(&cache, "n", 1);
    let file = file(&place);
    for args in [&["dump", &file, "--json"][..], &["restore", &file, "--json", "--overwrite"]] {
        let answers = place.run(args).json();
        let path = common::path_of(&cache);
        assert_eq!((&answers[0]["name"], answers[0]["segment"].as_str()), (&"shop".into(), path.to_str()), "{answers}");
    }
}
