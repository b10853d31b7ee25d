//! How the command answers: exit codes, colours, pipes that nobody reads, hostile bytes.

mod common;

use std::io::{BufRead, BufReader};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileExt, chown};
use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;

use common::{Place, Ran, path_of, put_integer, put_string, put_tagged};

#[test]
fn what_makes_no_sense_ends_with_2_and_says_what_does() {
    let place = Place::new();
    assert!(place.run(&["keyz"]).failed(2).contains("keys"));
    assert!(place.run(&[]).failed(2).contains("Usage"));
    assert!(place.run(&["keys", "--sort", "colour"]).failed(2).contains("accessed"));
    for bad in ["-1", "x"] {
        let said = place.run(&["keys", "--limit", bad]).failed(2);
        assert!(said.contains(&format!("invalid value '{bad}' for '--limit <N>': it is not a whole number")), "{said}");
    }
    assert!(place.run(&["top", "--interval", "0"]).failed(2).contains("0.1 to 3600"));
    assert!(place.run(&["delete"]).failed(2).contains("KEY"));
    assert!(place.run(&["top"]).failed(2).contains("needs a terminal"));
}

#[test]
fn a_failure_in_json_is_json() {
    let place = Place::new();
    let error: serde_json::Value = serde_json::from_str(&place.run(&["status", "--json"]).failed(3)).unwrap();
    assert_eq!(error["exit"], 3);
    assert!(error["error"].as_str().unwrap().contains("no segment"));
    for args in [&["status", "--json", "--al"][..], &["--json", "keyz"], &["get", "--json"]] {
        let error: serde_json::Value = serde_json::from_str(&place.run(args).failed(2)).unwrap();
        assert!(error["exit"] == 2 && error["error"].as_str().unwrap().contains("Usage"), "{error}");
    }
}

#[test]
fn an_exit_code_is_the_same_number_in_a_failure_an_answer_and_of_the_process() {
    let place = Place::new();
    let exits = |args: &[&str]| {
        let ran = place.run(args);
        let answers: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        let exits = answers.as_array().unwrap().iter().map(|answer| answer["exit"].as_i64().expect("a number"));
        (exits.collect::<Vec<_>>(), ran.code)
    };
    let _own = place.segment("shop");
    assert_eq!(exits(&["reset", "--json"]), (vec![0], Some(0)));
    assert_eq!(exits(&["opcache:status", "--json", "--wait=0"]), (vec![8], Some(8)));
    let short = path_of(&place.segment("short"));
    std::fs::write(short, "too short").unwrap();
    assert_eq!(exits(&["reset", "--json"]), (vec![0, 4], Some(4)));
}

#[test]
fn what_is_no_terminal_gets_no_colours() {
    let place = Place::new();
    let cache = place.segment("shop");
    put_string(&cache, "\x1b[31mred", b"\x1b[2J");
    for args in [&["list"][..], &["status"], &["keys"], &["get", "\x1b[31mred"], &["doctor", "--no-php"]] {
        assert!(!place.run(args).out.contains('\x1b'), "{args:?}");
    }
}

#[test]
fn file_names_do_nothing_to_a_terminal() {
    let place = Place::new();
    let path = path_of(&place.segment("shop"));
    let odd = path.with_file_name("trove-sh\x1b[31m\u{202e}op-0-0123456789abcdef");
    std::fs::copy(&path, &odd).unwrap();
    std::fs::copy(&path, path.with_file_name("trove-damaged\x1b[2J-0-0123456789abcdef")).unwrap();
    let damaged = path.with_file_name("trove-damaged\x1b[2J-0-0123456789abcdef");
    std::fs::write(damaged, "too short").unwrap();
    for args in [&["list"][..], &["status"], &["keys", "--all"], &["reset"], &["doctor", "--no-php"], &["get", "n"]] {
        let ran = place.run(args);
        assert!(!(ran.out.clone() + &ran.err).contains(['\x1b', '\u{202e}']), "{args:?}: {ran:?}");
        assert!((ran.out.clone() + &ran.err).contains("\\x1b[31m"), "{args:?}: {ran:?}");
    }
}

#[test]
fn a_directory_may_be_called_as_it_likes() {
    let place = Place::new();
    let odd = place.path.join(std::ffi::OsStr::from_bytes(b"a\xff"));
    std::fs::create_dir(&odd).unwrap();
    let path = path_of(&place.segment("shop"));
    std::fs::rename(&path, odd.join(path.file_name().unwrap())).unwrap();
    let run = |args: &[&str]| Ran::of(place.command(args).env("TROVE_DIRECTORY", &odd).output().unwrap());
    for args in [&["status", "--json"][..], &["reset", "--json"], &["flush", "--json"], &["keys", "--json"]] {
        let answers = run(args).json();
        assert!(answers[0]["segment"]["hex"].as_str().unwrap().contains("61ff"), "{answers}");
    }
    if common::is_root() {
        // Its owner's process tells root in JSON as well.
        chown(odd.join(path.file_name().unwrap()), Some(12345), Some(12345)).unwrap();
        assert!(run(&["status"]).ok().contains("a\\xff/trove-shop"));
    }
}

#[test]
fn what_a_worker_calls_itself_does_nothing_to_a_terminal() {
    let place = Place::new();
    let cache = place.segment("shop");
    cache.introduce("fpm-fcgi", "www\x1b[2J\u{9b}");
    for args in [&["status"][..], &["reset"], &["stat:realpath_size", "--wait=0"]] {
        let ran = place.run(args);
        assert!(ran.out.contains("www\\x1b[2J") && !ran.out.contains(['\x1b', '\u{9b}']), "{ran:?}");
    }
    assert_eq!(place.run(&["reset", "--json"]).json()[0]["workers"][0]["pool"], "www\x1b[2J\u{9b}");
}

#[test]
fn wide_characters_take_two_columns() {
    let place = Place::new();
    let cache = place.segment("shop");
    put_tagged(&cache, &"\u{4e2d}".repeat(30), "key", &[]);
    let told = place.run(&["status"]).ok();
    let columns = |line: &str| line.chars().map(|c| if c == '\u{4e2d}' { 2 } else { 1 }).sum::<usize>();
    assert!(told.lines().all(|line| columns(line) <= 80), "{told}");
    let rows: Vec<usize> = told.lines().skip_while(|line| !line.starts_with("  cache")).take(3).map(columns).collect();
    assert!(rows.len() == 3 && rows.iter().all(|width| *width == rows[0]), "{told}");
}

#[test]
fn a_pipe_that_nobody_reads_is_no_reason_to_panic() {
    let place = Place::new();
    let cache = place.segment("shop");
    (0..3000).for_each(|n| put_integer(&cache, &format!("a rather long key with the number {n}"), n));
    for args in [&["keys"][..], &["keys", "--json"], &["man"], &["status", "--prometheus"]] {
        let mut child = place.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut first = String::new();
        BufReader::with_capacity(16, child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        let ran = Ran::of(child.wait_with_output().unwrap());
        assert!(!first.is_empty() && ran.code == Some(0) && ran.err.is_empty(), "{args:?}: {ran:?}");
    }
}

#[test]
fn an_output_that_cannot_be_written_is_an_error() {
    let place = Place::new();
    put_integer(&place.segment("shop"), "n", 1);
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let ran = Ran::of(place.command(&["keys"]).stdout(full.try_clone().unwrap()).output().unwrap());
    assert!(ran.failed(1).contains("cannot be written"));
    let ran = Ran::of(place.command(&["get", "nothing"]).stderr(full).output().unwrap());
    assert_eq!(ran.code, Some(5));
}

#[test]
fn the_manual_and_the_completions_name_every_command() {
    let place = Place::new();
    let man = place.run(&["man"]).ok();
    for word in [".TH trove 1", "invalidate\\-tag", "restore", "EXIT STATUS", "NO_COLOR"] {
        assert!(man.contains(word), "{word}");
    }
    for shell in ["bash", "zsh", "fish"] {
        let script = place.run(&["completions", shell]).ok();
        assert!(script.contains("invalidate-tag") && script.contains("prometheus"), "{shell}");
    }
    assert!(place.run(&["completions", "powershell"]).failed(2).contains("fish"));
}

#[test]
fn whatever_lies_in_a_segment_nothing_panics() {
    let place = Place::new();
    let cache = place.segment("shop");
    (0..50).for_each(|n| put_string(&cache, &format!("key {n}"), &[b'x'; 100]));
    put_tagged(&cache, "pages", "page", &["news", "front"]);
    let path = path_of(&cache);
    drop(cache);
    let good = std::fs::read(&path).unwrap();
    let file = std::fs::File::options().write(true).open(&path).unwrap();
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    for round in 0..40 {
        let mut bad = good.clone();
        for _ in 0..1 + random(200) {
            // Behind the header, which is checked: the tables and the first blocks.
            let at = 4096 + random(good.len() / 3);
            bad[at] = random(256) as u8;
        }
        file.write_all_at(&bad, 0).unwrap();
        for args in [
            &["list"][..],
            &["status"],
            &["keys"],
            &["keys", "--tag", "news"],
            &["get", "key 7", "--json"],
            &["dump", "-", "--skip-php"],
            &["invalidate-tag", "news"],
            &["delete", "key 8"],
        ] {
            let output = place.command(args).output().unwrap();
            let (code, signal) = (output.status.code(), output.status.signal());
            assert!(code.is_some_and(|code| code != 101) && signal.is_none(), "round {round}, {args:?}: {output:?}");
        }
    }
}
