//! cachetool's names, its configuration, and asking an idle worker through FastCGI: by a worker that this process plays.

mod common;

use std::io::{Read, Write};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use common::{Place, now, put_integer, put_string};
use trove_shm::cache::CacheId;
use trove_shm::resets::{FIGURES, Outcome};

/// A worker that is idle until somebody connects: then it begins a request, as php-fpm does, and answers.
struct Worker {
    socket: PathBuf,
    ends: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    fn new(place: &Path) -> Self {
        let (socket, directory, ends) = (place.join("fpm.sock"), place.to_owned(), Arc::new(AtomicBool::new(false)));
        let listener = UnixListener::bind(&socket).unwrap();
        let (end, (attached, is_attached)) = (Arc::clone(&ends), std::sync::mpsc::channel());
        let thread = std::thread::spawn(move || {
            let place = std::mem::ManuallyDrop::new(Place { path: directory });
            let mut worker = place.segment("shop");
            worker.introduce("fpm-fcgi", "www");
            worker.join_opcache(7, false, now());
            worker.reset_applied(&worker.pending_reset(), false);
            attached.send(()).unwrap();
            for connection in listener.incoming() {
                if end.load(Ordering::Relaxed) {
                    break;
                }
                let mut connection = connection.unwrap();
                let mut request = [0; 4096];
                let _ = connection.read(&mut request).unwrap();
                assert_eq!(request[..4], [1, 1, 0, 1]);
                if worker.begin_request(now()) {
                    let pending = worker.pending_reset();
                    if let Some(claim) = worker.claim_opcache() {
                        worker.finish_opcache(claim, Outcome::Done);
                    }
                    if pending.report && worker.opcache_report_is_wanted() {
                        worker.report_opcache(&vec![1; FIGURES.len()], now());
                        worker.report_realpath_cache(12_345);
                    }
                    worker.reset_applied(&pending, false);
                }
                worker.end_request();
                connection.write_all(&[1, 6, 0, 1, 0, 2, 0, 0, b'o', b'k', 1, 3, 0, 1, 0, 8, 0, 0]).unwrap();
                connection.write_all(&[0; 8]).unwrap();
            }
        });
        is_attached.recv().unwrap();
        Self { socket, ends, thread: Some(thread) }
    }

    fn address(&self) -> String {
        format!("--fcgi={}", self.socket.display())
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Relaxed);
        let _ = std::os::unix::net::UnixStream::connect(&self.socket);
        let outcome = self.thread.take().unwrap().join();
        assert!(outcome.is_ok() || std::thread::panicking(), "the worker has failed");
    }
}

#[test]
fn an_idle_worker_applies_a_reset_when_it_is_asked() {
    let place = Place::new();
    let worker = Worker::new(&place.path);
    assert!(place.run(&["reset"]).ok().contains("idle: applies it before its next request"));
    let told = place.run(&["reset", "--opcache=reset", "--wait", &worker.address()]).ok();
    assert!(told.contains("www   fpm-fcgi") && told.contains("applied"), "{told}");
    assert!(told.contains("opcache of 1 process: done\n"), "{told}");
    let told = place.run(&["opcache:reset", &worker.address()]).ok();
    assert!(told.contains("opcache of 1 process: done\n"), "{told}");
}

#[test]
fn a_pool_that_does_not_answer_is_named_and_the_reset_is_done_all_the_same() {
    let place = Place::new();
    let own = place.segment("shop");
    let socket = format!("--fcgi={}", place.path.join("none.sock").display());
    let told = place.run(&["reset", &socket]).ok();
    assert!(told.contains("none.sock has answered: No such file"), "{told}");
    assert!(own.is_behind());
}

#[test]
fn what_only_a_worker_knows_is_reported_when_one_has_a_request() {
    let place = Place::new();
    let worker = Worker::new(&place.path);
    let ran = place.run(&["opcache:status", "--wait=0.01"]);
    assert_eq!(ran.code, Some(8), "{ran:?}");
    assert!(ran.out.contains("--fcgi=ADDRESS"), "{ran:?}");
    let told = place.run(&["opcache:status", &worker.address()]).ok();
    for row in ["Enabled              yes", "Processes            1", "Opcache hit rate     50.0%"] {
        assert!(told.contains(row), "{told}");
    }
    assert!(place.run(&["stat:realpath_size", &worker.address()]).ok().contains("pool www: 12.1 K"));
    assert_eq!(place.run(&["stat:realpath_size", "--wait=0.01"]).code, Some(8), "it has not reported since");
}

#[test]
fn the_configuration_that_lies_above_is_used_and_told() {
    let place = Place::new();
    let worker = Worker::new(&place.path);
    let release = place.path.join("releases/7");
    std::fs::create_dir_all(&release).unwrap();
    let text = format!("adapter: fastcgi\nfastcgi: {}\ntemp_dir: /var/tmp\n", worker.socket.display());
    std::fs::write(place.path.join(".cachetool.yml"), text).unwrap();
    let run = |args: &[&str]| common::Ran::of(place.command(args).current_dir(&release).output().unwrap());
    let ran = run(&["opcache:status", "--wait=0"]);
    assert!(ran.err.contains("temp_dir (no file is written)") && ran.err.contains("fpm.sock"), "{ran:?}");
    assert!(ran.ok().contains("Enabled              yes"));
    let ran = run(&["stat:clear", "--tmp-dir=/dev/shm", "--web=SymfonyHttpClient"]);
    assert!(ran.err.contains("without effect") && ran.err.contains("--web, --tmp-dir"), "{ran:?}");
    ran.ok();
    std::fs::write(place.path.join(".cachetool.yml"), "fastcgi: [").unwrap();
    assert!(run(&["stat:clear"]).failed(2).contains(".cachetool.yml"));
}

#[test]
fn keys_are_looked_for_and_deleted_by_cachetools_names() {
    let place = Place::new();
    let own = place.segment("shop");
    for key in ["user:1", "user:2", "post:1"] {
        put_integer(&own, key, 1);
    }
    put_string(&own, "text", b"abc");
    let keys = || place.run(&["keys", "-1"]).ok().replace('\n', " ");
    assert_eq!(place.run(&["apcu:key:exists", "user:1"]).ok(), "APCu key=user:1 exists\n");
    assert_eq!(place.run(&["apcu:key:exists", "user:9"]).code, Some(5));
    assert_eq!(place.run(&["apcu:key:delete", "post:1"]).ok(), "APCu key=post:1 was deleted\n");
    assert_eq!(place.run(&["apcu:key:delete", "post:1"]).code, Some(5));
    let told = place.run(&["apcu:cache:info:keys"]).ok();
    assert!(told.starts_with("HITS") && told.lines().count() == 4 && told.contains("user:2"), "{told}");
    assert!(place.run(&["apcu:regexp:delete", "/^USER:[0-9]$/i"]).ok().contains("Deleted  2"));
    assert_eq!(keys(), "text ");
    let told = place.run(&["apcu:cache:info"]).ok();
    assert!(told.contains("Entries        1"), "{told}");
    assert!(place.run(&["apcu:sma:info"]).ok().contains("Segment size      1.0 M"));
    place.run(&["apcu:cache:clear"]).ok();
    assert_eq!(own.usage(CacheId::APCU).0, 0);
}
