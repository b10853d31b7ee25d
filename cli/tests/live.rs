//! `trove top`, on a terminal of the test's own.

mod common;

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::process::Child;
use std::time::{Duration, Instant};

use common::{Place, put_integer};
use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

/// A terminal of so many columns and lines: our side, and the program's.
fn terminal(columns: u16, lines: u16) -> (OwnedFd, OwnedFd) {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    let name = ptsname(&ours, Vec::new()).unwrap();
    let theirs = rustix::fs::open(name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
    tcsetwinsize(&theirs, Winsize { ws_row: lines, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
    (ours, theirs)
}

/// A program that does not outlive the test.
struct Ending(Child);

impl Drop for Ending {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Waits for the program's end, for as long as a busy machine may need.
fn wait(child: &mut Child) -> Option<i32> {
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(60) {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("it did not end");
}

/// What `trove top` draws on a terminal of that size until all of `words` were drawn. Then `q` is pressed, and it ends well.
///
/// A program that is not well is ended when the test is.
fn drawn(place: &Place, (columns, lines): (u16, u16), words: &[&str]) -> Vec<u8> {
    let (ours, theirs) = terminal(columns, lines);
    let mut command = place.command(&["top", "--interval", "0.1"]);
    command.env("TERM", "xterm").stdin(theirs.try_clone().unwrap()).stdout(theirs.try_clone().unwrap());
    let mut child = Ending(command.stderr(theirs).spawn().unwrap());
    drop(command);
    let (mut screen, mut keyboard) = (File::from(ours.try_clone().unwrap()), File::from(ours));
    // A terminal that nobody reads makes the program wait.
    let (send, seen) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = screen.read(&mut buffer) {
            if send.send(buffer[..count].to_vec()).is_err() {
                break;
            }
        }
    });
    let mut text = Vec::new();
    let began = Instant::now();
    while !words.iter().all(|word| has(&text, word)) {
        assert!(began.elapsed() < Duration::from_secs(60), "{words:?}: {}", String::from_utf8_lossy(&text));
        text.extend(seen.recv_timeout(Duration::from_secs(60)).expect("it draws"));
    }
    keyboard.write_all(b"q").unwrap();
    assert_eq!(wait(&mut child.0), Some(0));
    while !has(&text, "\x1b[?1049l") {
        text.extend(seen.recv_timeout(Duration::from_secs(60)).expect("the screen is given back as it was"));
    }
    text
}

fn has(text: &[u8], word: &str) -> bool {
    text.windows(word.len()).any(|part| part == word.as_bytes())
}

#[test]
fn it_shows_the_segment_until_q_is_pressed() {
    let place = Place::new();
    let cache = place.segment("shop");
    put_integer(&cache, "hottest-of-all", 1);
    for _ in 0..10 {
        assert!(cache.fetch(trove_shm::cache::CacheId::APCU, b"hottest-of-all", common::now()).is_some());
    }
    // Blanks on blank ground are not drawn: words without any are.
    let words = ["shop", "fetches/s", "biggest caches", "(apcu)", "hottest-of-all", "q quit"];
    let text = drawn(&place, (80, 24), &words);
    assert!(!has(&text, "panicked"));
}

#[test]
fn a_tiny_terminal_shows_what_fits() {
    let place = Place::new();
    let _cache = place.segment("shop");
    for size in [(30, 8), (10, 3), (300, 90)] {
        let text = drawn(&place, size, &["shop"]);
        assert!(!has(&text, "panicked"), "{}", String::from_utf8_lossy(&text));
    }
}
