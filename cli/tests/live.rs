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

/// A terminal of 80 columns and 24 lines: our side, and the program's.
fn terminal() -> (OwnedFd, OwnedFd) {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    let name = ptsname(&ours, Vec::new()).unwrap();
    let theirs = rustix::fs::open(name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
    tcsetwinsize(&theirs, Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
    (ours, theirs)
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
    let _ = child.kill();
    panic!("it did not end");
}

#[test]
fn it_shows_the_segment_until_q_is_pressed() {
    let place = Place::new();
    let cache = place.segment("shop");
    put_integer(&cache, "the hottest key", 1);
    for _ in 0..10 {
        let _hit = cache.fetch(trove_shm::cache::CacheId::APCU, b"the hottest key", common::now());
    }
    let (ours, theirs) = terminal();
    let mut command = place.command(&["top", "--interval", "0.1"]);
    command.env("TERM", "xterm").stdin(theirs.try_clone().unwrap()).stdout(theirs.try_clone().unwrap());
    let mut child = command.stderr(theirs).spawn().unwrap();
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
    let has = |text: &[u8], word: &str| text.windows(word.len()).any(|part| part == word.as_bytes());
    while !has(&text, "hottest key") || !has(&text, "q quit") {
        text.extend(seen.recv_timeout(Duration::from_secs(60)).expect("it draws"));
    }
    for word in ["shop", "fetches/s", "biggest caches", "(apcu)"] {
        assert!(has(&text, word), "{word}: {}", String::from_utf8_lossy(&text));
    }
    keyboard.write_all(b"q").unwrap();
    assert_eq!(wait(&mut child), Some(0));
    // The screen is given back as it was.
    while let Ok(more) = seen.recv_timeout(Duration::from_secs(1)) {
        text.extend(more);
    }
    assert!(has(&text, "\x1b[?1049l"));
}
