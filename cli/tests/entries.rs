//! Looking at entries, and changing them.

mod common;

use common::{ARRAY, DOUBLE, Place, SERIALIZED, now, put, put_integer, put_string, put_tagged, spec};
use trove_shm::cache::{Cache, CacheId, Spec, Value};

fn shop(place: &Place) -> Cache {
    let cache = place.segment("shop");
    put_integer(&cache, "user:1", 1);
    put_string(&cache, "user:2", &[b'x'; 500]);
    put_string(&cache, "page:1", b"hello");
    put_tagged(&cache, "pages", "front", &["news", "home"]);
    put_tagged(&cache, "pages", "about", &["home"]);
    cache
}

fn keys(place: &Place, args: &[&str]) -> Vec<String> {
    let args = [&["keys", "-1"], args].concat();
    place.run(&args).ok().lines().map(str::to_owned).collect()
}

fn is_there(cache: &Cache, key: &str) -> bool {
    cache.exists(CacheId::APCU, key.as_bytes(), now())
}

#[test]
fn keys_are_chosen_by_prefix_tag_and_cache() {
    let place = Place::new();
    let _cache = shop(&place);
    assert_eq!(keys(&place, &[]), ["about", "front", "page:1", "user:1", "user:2"]);
    assert_eq!(keys(&place, &["user:"]), ["user:1", "user:2"]);
    assert_eq!(keys(&place, &["--cache", "pages"]), ["about", "front"]);
    assert_eq!(keys(&place, &["--tag", "news"]), ["front"]);
    assert_eq!(keys(&place, &["--tag", "home", "a"]), ["about"]);
    assert!(place.run(&["keys", "--cache", "nothing"]).failed(5).contains("pages"));
}

#[test]
fn keys_are_sorted_and_limited() {
    let place = Place::new();
    let cache = shop(&place);
    for _ in 0..3 {
        let _hit = cache.fetch(CacheId::APCU, b"page:1", now());
    }
    assert_eq!(keys(&place, &["--sort", "hits", "-n", "1"]), ["page:1"]);
    assert_eq!(keys(&place, &["--sort", "size", "-n", "1"]), ["user:2"]);
    assert_eq!(keys(&place, &["--reverse", "-n", "2"]), ["user:2", "user:1"]);
    let table = place.run(&["keys", "--limit", "2"]).ok();
    assert!(table.ends_with("and 3 more\n"), "{table}");
    let report = place.run(&["keys", "user", "--limit", "1", "--json"]).json();
    assert_eq!((&report[0]["found"], report[0]["entries"].as_array().unwrap().len()), (&2.into(), 1));
    assert_eq!(report[0]["entries"][0]["type"], "int");
}

#[test]
fn scalars_and_strings_are_shown_without_php() {
    let place = Place::new();
    let cache = shop(&place);
    put(&cache, &spec("pi", DOUBLE, Value::Inline { word: 3.25f64.to_bits(), integer: false }), b"");
    put_string(&cache, "bytes", b"a\xff\x1b\"");
    let value = |key: &str| {
        let text = place.run(&["get", key]).ok();
        text.split_once("value:\n").unwrap().1.trim_end().to_owned()
    };
    assert_eq!(value("user:1"), "1");
    assert_eq!(value("pi"), "3.25");
    assert_eq!(value("page:1"), "\"hello\"");
    assert_eq!(value("bytes"), "\"a\\xff\\x1b\\\"\"");
    assert_eq!(place.run(&["get", "page:1", "--raw"]).ok(), "hello");
    let json = place.run(&["get", "bytes", "--json"]).json();
    assert_eq!(json[0]["value"]["hex"], "61ff1b22");
    let tags = place.run(&["get", "front", "--cache", "pages", "--json"]).json();
    assert_eq!((&tags[0]["value"], tags[0]["tags"].as_array().unwrap().len()), (&1.into(), 2));
    assert!(place.run(&["get", "nothing"]).failed(5).contains("nothing"));
    assert!(place.run(&["get", "front"]).failed(5).contains("(apcu)"));
}

#[test]
fn where_php_is_not_to_be_had_it_is_said() {
    let place = Place::new();
    let cache = place.segment_of("shop", "PHP API 19990101 NTS release, format 3");
    put(&cache, &spec("list", ARRAY, Value::Payload(64)), &[0; 64]);
    put(&cache, &spec("text", SERIALIZED, Value::Payload(4)), b"i:7;");
    let error = place.run(&["get", "list"]).failed(6);
    assert!(error.contains("needs the PHP") && error.contains("API 19990101"), "{error}");
    let shown = place.run(&["get", "list", "--no-value"]).ok();
    assert!(shown.contains("array"), "{shown}");
    assert!(place.run(&["get", "text"]).ok().contains("i:7;"));
    assert!(place.run(&["get", "list", "--php", "/nowhere/php"]).failed(6).contains("/nowhere/php"));
}

#[test]
fn a_format_that_is_not_known_is_not_guessed_at() {
    let place = Place::new();
    put_string(&place.segment_of("shop", "PHP API 20220829 NTS release, format 99"), "key", b"text");
    assert!(place.run(&["get", "key"]).failed(6).contains("format"));
    assert!(place.run(&["dump", "-"]).failed(6).contains("format"));
    assert_eq!(keys(&place, &[]), ["key"]);
}

#[test]
fn keys_are_deleted() {
    let place = Place::new();
    let cache = shop(&place);
    assert_eq!(place.run(&["delete", "user:1"]).ok(), "1 entry deleted\n");
    assert!(!is_there(&cache, "user:1") && is_there(&cache, "user:2"));
    let again = place.run(&["delete", "user:1", "user:2"]);
    assert_eq!((again.code, again.out.as_str()), (Some(5), "1 entry deleted\nthere is no key \"user:1\"\n"));
    put_integer(&cache, "user:3", 1);
    assert_eq!(place.run(&["delete", "--prefix", "user:"]).ok(), "1 entry deleted\n");
    assert_eq!(place.run(&["delete", "--tag", "home", "--cache", "pages"]).ok(), "2 entries deleted\n");
    assert_eq!(keys(&place, &[]), ["page:1"]);
    assert!(place.run(&["delete", "--prefix", ""]).failed(2).contains("flush"));
    assert_eq!(keys(&place, &[]), ["page:1"]);
}

#[test]
fn keys_come_as_they_are() {
    let place = Place::new();
    let cache = place.segment("shop");
    let odd = ["back\\slash", "line\nfeed", "\x1b[31mred", "\u{9b}2J \u{202e}"];
    odd.iter().for_each(|key| put_integer(&cache, key, 1));
    let bytes = trove_shm::cache::Spec { key: b"a\xff", ..spec("", 3, Value::Inline { word: 1, integer: true }) };
    put(&cache, &bytes, b"");
    let ran = place.run(&["keys", "--json"]);
    assert!(!ran.out.contains(['\x1b', '\u{9b}', '\u{202e}']), "{ran:?}");
    let json = ran.json();
    let told: Vec<_> = json[0]["entries"].as_array().unwrap().iter().map(|entry| entry["key"].clone()).collect();
    assert!(odd.iter().all(|key| told.contains(&(*key).into())), "{told:?}");
    assert!(told.contains(&serde_json::json!({ "hex": "61ff" })), "{told:?}");
    assert_eq!(place.run(&["get", odd[0], "--json"]).json()[0]["key"], odd[0]);
    let raw = |option: &str| place.command(&["keys", option]).output().unwrap().stdout;
    let lines = [&b"\x1b[31mred\na\xff\nback\\slash\nline\nfeed\n"[..], "\u{9b}2J \u{202e}\n".as_bytes()].concat();
    assert_eq!(raw("-1"), lines);
    let nulls = [&b"\x1b[31mred\0a\xff\0back\\slash\0line\nfeed\0"[..], "\u{9b}2J \u{202e}\0".as_bytes()].concat();
    assert_eq!(raw("-0"), nulls);
    assert!(place.run(&["keys"]).ok().contains("back\\\\slash"));
}

#[test]
fn a_flush_reaches_one_cache_or_all() {
    let place = Place::new();
    let cache = shop(&place);
    assert_eq!(place.run(&["flush", "--cache", "pages"]).ok(), "2 entries flushed\n");
    assert!(is_there(&cache, "page:1"));
    put_tagged(&cache, "pages", "new", &[]);
    assert_eq!(place.run(&["flush", "--apcu"]).ok(), "3 entries flushed\n");
    assert_eq!(keys(&place, &[]), ["new"]);
    put_integer(&cache, "n", 1);
    let report = place.run(&["flush", "--json"]).json();
    assert_eq!(report[0]["entries"], 2);
    assert!(keys(&place, &[]).is_empty());
}

#[test]
fn a_tag_takes_its_entries_along() {
    let place = Place::new();
    let _cache = shop(&place);
    assert_eq!(place.run(&["refresh-tag", "home"]).ok(), "2 entries marked stale\n");
    let entries = place.run(&["keys", "--cache", "pages", "--json"]).json();
    assert!(entries[0]["entries"].as_array().unwrap().iter().all(|entry| entry["state"] == "stale"));
    assert_eq!(place.run(&["invalidate-tag", "news"]).ok(), "1 entry invalidated\n");
    assert_eq!(keys(&place, &["--cache", "pages"]), ["about"]);
    let unknown = "0 entries invalidated\nthere is no entry with the tag \"nothing\"\n";
    let ran = place.run(&["invalidate-tag", "nothing"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(5), unknown));
    assert!(place.run(&["keys", "--tag", "nothing"]).failed(5).contains("\"nothing\""));
    // There is the tag, though no key of its entries begins so.
    assert!(keys(&place, &["--tag", "home", "zzz"]).is_empty());
}

#[test]
fn keys_are_marked_stale() {
    let place = Place::new();
    let cache = shop(&place);
    let later = now().boot_ms + 60_000;
    let value = Value::Inline { word: 1, integer: true };
    put(&cache, &Spec { expires: later, stale: Some((later + 60_000, 0)), ..spec("kept", 3, value) }, b"");
    assert_eq!(place.run(&["refresh", "kept"]).ok(), "1 entry marked stale\n");
    let entry = place.run(&["get", "kept", "--json"]).json();
    assert_eq!((&entry[0]["state"], entry[0]["stale_for_ms"].as_i64().unwrap() > 60_000), (&"stale".into(), true));
    assert_eq!(place.run(&["refresh", "nothing"]).code, Some(5));
    assert_eq!(place.run(&["refresh", "--every-key"]).ok(), "4 entries marked stale\n");
}
