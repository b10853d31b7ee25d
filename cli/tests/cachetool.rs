//! cachetool's names, its configuration, and asking an idle worker through FastCGI: by a worker that this process plays.

mod common;

use std::io::{Read, Write};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;

use common::{Place, now, put_integer, put_string};
use trove_shm::cache::CacheId;
use trove_shm::resets::{FIGURES, Outcome};

/// A worker that is idle until somebody connects: then it begins a request, as php-fpm does, and answers.
struct Worker {
    socket: PathBuf,
    ends: Arc<AtomicBool>,
    requests: Arc<AtomicUsize>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    fn new(place: &Path) -> Self {
        let (socket, directory, ends) = (place.join("fpm.sock"), place.to_owned(), Arc::new(AtomicBool::new(false)));
        let listener = UnixListener::bind(&socket).unwrap();
        let (end, (attached, is_attached)) = (Arc::clone(&ends), std::sync::mpsc::channel());
        let requests = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&requests);
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
                count.fetch_add(1, Ordering::Relaxed);
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
        Self { socket, ends, requests, thread: Some(thread) }
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
fn a_pool_is_asked_once_for_all_segments() {
    let place = Place::new();
    let worker = Worker::new(&place.path);
    let others = ["a", "z"].map(|name| place.segment(name));
    others[1].introduce("cli", "");
    let told = place.run(&["reset", &worker.address()]).ok();
    assert_eq!((told.matches("has answered").count(), worker.requests.load(Ordering::Relaxed)), (3, 1), "{told}");
    assert!(told.contains("applied") && others.iter().all(|other| other.is_behind()), "{told}");
    for (number, command) in ["opcache:status", "stat:realpath_size", "stat:realpath_get"].into_iter().enumerate() {
        others.iter().for_each(|other| other.reset_applied(&other.pending_reset(), false));
        let ran = place.run(&[command, "--wait=0", &worker.address()]);
        assert_eq!(ran.code, Some(0), "who has workers has told: {ran:?}");
        assert_eq!(worker.requests.load(Ordering::Relaxed), number + 2, "{ran:?}");
        assert!(others.iter().all(|other| other.is_behind()), "each segment's workers are asked: {ran:?}");
    }
}

#[test]
fn workers_that_do_not_report_are_waited_for_together_and_then_asked_once() {
    let place = Place::new();
    let worker = Worker::new(&place.path);
    let _silent = ["a", "z"].map(|name| {
        let other = place.segment(name);
        other.introduce("fpm-fcgi", "silent");
        other.join_opcache(8, false, now());
        other
    });
    std::fs::write(place.path.join(".cachetool.yml"), format!("fastcgi: {}\n", worker.socket.display())).unwrap();
    for (number, command) in ["opcache:status", "stat:realpath_size"].into_iter().enumerate() {
        let mut command = place.command(&[command, "--wait=0.1"]);
        let ran = common::Ran::of(command.current_dir(&place.path).output().unwrap());
        assert_eq!(ran.code, Some(8), "two have not reported: {ran:?}");
        assert_eq!(worker.requests.load(Ordering::Relaxed), number + 1, "{ran:?}");
    }
}

#[test]
fn a_pool_that_does_not_answer_is_named_and_the_reset_is_done_all_the_same() {
    let place = Place::new();
    let own = place.segment("shop");
    let socket = format!("--fcgi={}", place.path.join("none.sock").display());
    let ran = place.run(&["reset", &socket]);
    assert!(ran.out.contains("none.sock has answered: No such file"), "{ran:?}");
    assert_eq!(ran.code, Some(8), "{ran:?}");
    assert!(own.is_behind());
}

#[test]
fn a_pool_whose_queue_is_full_is_given_up_and_the_reset_was_published_before() {
    let place = Place::new();
    let own = place.segment("shop");
    let path = place.path.join("full.sock");
    let _listener = UnixListener::bind(&path).unwrap();
    let address = rustix::net::SocketAddrUnix::new(&path).unwrap();
    let mut queued = Vec::new();
    loop {
        use rustix::net::{AddressFamily, SocketFlags, SocketType, connect, socket_with};
        let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::NONBLOCK, None).unwrap();
        if connect(&socket, &address).is_err() {
            break;
        }
        queued.push(socket);
    }
    let began = std::time::Instant::now();
    let fcgi = format!("--fcgi={}", path.display());
    let child = place.command(&["reset", &fcgi]).stdout(std::process::Stdio::piped()).spawn().unwrap();
    while !own.is_behind() {
        assert!(began.elapsed().as_secs() < 60, "the reset is published first");
        std::thread::yield_now();
    }
    let ran = common::Ran::of(child.wait_with_output().unwrap());
    assert_eq!(ran.code, Some(8), "{ran:?}");
    assert!(ran.out.contains("no worker has answered in time"), "{ran:?}");
    assert!(began.elapsed().as_secs() < 60);
}

#[test]
fn cachetools_options_stand_where_people_put_them() {
    let place = Place::new();
    let worker = Worker::new(&place.path);
    let told = place.run(&["-n", &worker.address(), "--no-ansi", "stat:clear"]).ok();
    assert!(told.contains("has answered") && told.contains("applied"), "{told}");
    let ran = place.run(&["-q", "-vv", "--web-url=http://x", "stat:clear", "--no-interaction"]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (Some(0), "", ""), "{ran:?}");
    let ran = place.run(&["-v", "--web", "-t", "/tmp", "opcache:reset"]);
    assert!(ran.err.contains("without effect") && ran.err.contains("--web, --tmp-dir, --verbose"), "{ran:?}");
    assert!(place.run(&["--ansi", "stat:clear"]).ok().contains("\x1b[1m"));
}

#[test]
fn of_what_is_not_here_it_is_told_what_does_it_instead() {
    let place = Place::new();
    let said = place.run(&["apcu:key:fetch", "user:1"]).failed(2);
    assert!(said.contains("there is no apcu:key:fetch here: trove get KEY"), "{said}");
    let error: serde_json::Value = serde_json::from_str(&place.run(&["php:eval", "--json"]).failed(2)).unwrap();
    assert!(error["error"].as_str().unwrap().contains("there is no php:eval here"), "{error}");
}

#[test]
fn a_configuration_that_nobody_can_read_keeps_nobody_from_a_reset() {
    let place = Place::new();
    let own = place.segment("shop");
    let file = place.path.join(".cachetool.yml");
    let run = |args: &[&str]| common::Ran::of(place.command(args).current_dir(&place.path).output().unwrap());
    for odd in [&b"fastcgi: ["[..], b"- list", b"fastcgi: nowhere", b"\xff\xfe", &[b'#'; 2 << 20]] {
        std::fs::write(&file, odd).unwrap();
        let before = trove_shm::resets::current(own.segment());
        let ran = run(&["opcache:reset"]);
        assert!(ran.err.contains(".cachetool.yml") && ran.err.contains("passed over"), "{ran:?}");
        assert!(trove_shm::resets::current(own.segment()) > before, "{ran:?}");
    }
    assert!(run(&["stat:clear", "--config", ".cachetool.yml"]).failed(2).contains(".cachetool.yml"));
    // Nor does a standard error that takes nothing.
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let output = place.command(&["stat:clear", "--web"]).current_dir(&place.path).stderr(full).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
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
