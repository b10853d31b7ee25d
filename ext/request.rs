//! What a thread keeps between the calls of our functions: its handle to the cache, its settings, its clock.
//!
//! The first request of a worker, or the first use of the cache, reads the settings and attaches: the process has its final user by
//! then. Later uses compare one number ([`ini::generation`]), which moves with each change of a setting. A forked child goes on with
//! its parent's handle, which makes itself a slot there. What a request has fetched stays where it is until [`end`], which the engine calls when the executor is gone.

use core::cell::{Cell, OnceCell, RefCell};
use core::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use trove_shm::cache::{Cache, Now};
use trove_shm::lease::Identity;
use trove_shm::segment::{Backing, Options, Segment};

use crate::clock::Clock;
use crate::codec::serializer::Serializer;
use crate::error::explain;
use crate::ini::{self, Settings, ZeroCopy};
use crate::options;
use crate::resets;
use crate::zend::local::{Idle, Shelf, per_thread};
use crate::zend::{module, plan, report, resolve};

/// `trove.zero_copy=auto`: a request's pin stops growing at this age.
const PIN_AGE_MS: u64 = 2000;
/// And where it holds back this share of the memory.
const PIN_SHARE_PERCENT: u8 = 10;
/// Buckets that a process looks through after each of its responses, for what has expired.
const TEND_BUCKETS: u32 = 8;
/// Time between two looks whether the segment's file was removed.
const LOOK_MS: u64 = 1000;
/// Time between two looks for segments that other builds of PHP or Trove have left, each of which notes that this one is in use.
const TIDY_MS: u64 = 600_000;
/// Such a segment is removed when nobody has used it for so long: a restart, or a moment between two cron jobs, is shorter.
const UNUSED: Duration = Duration::from_millis(2 * TIDY_MS);

/// A thread's handle to a segment.
#[derive(Debug)]
pub struct Session {
    /// The handle.
    pub cache: Cache,
    /// No other session of this process has, or had, the same; never 0.
    pub serial: u64,
    /// The settings it was made with.
    settings: Settings,
    serializer: Serializer,
    clock: Clock,
    use_request_time: Cell<bool>,
    request_now: OnceCell<Now>,
    place: String,
    /// Why private memory is used instead of the segment that was asked for.
    fallback: Option<String>,
    problems: Cell<u32>,
    last_problem: RefCell<String>,
    /// Boot time in ms from which the end of a request looks whether the segment is still there.
    look_at: Cell<u64>,
    /// The same for what other builds have left.
    tidy_at: Cell<u64>,
    /// Locks that this request has taken by `UserCache\Cache::lock()`.
    pub locks: RefCell<Vec<PoolLock>>,
    /// Keys of named caches that this request computes just now, each with the fiber that does.
    pub computing: RefCell<Vec<(Identity, usize)>>,
    /// How often this session has deleted something by `apcu_delete()` or `apcu_clear_cache()`.
    pub removals: Cell<u32>,
    /// Whether opcache is to resolve every path anew, in each request (see `resets`).
    pub resolves_paths: Cell<bool>,
}

impl trove_shm::cache::Clock for &Session {
    #[inline]
    fn now(&self) -> Now {
        Session::now(self)
    }

    #[inline]
    fn exactly(&self) -> Now {
        Session::exactly(self)
    }

    #[inline]
    fn lately(&self) -> Now {
        if self.use_request_time.get() { self.request_now() } else { self.clock.lately() }
    }
}

/// A lock of `UserCache\Cache`.
#[derive(Debug)]
pub struct PoolLock {
    /// The pool.
    pub pool: Box<[u8]>,
    /// The key.
    pub key: Box<[u8]>,
    /// The lease.
    pub token: u64,
}

impl Session {
    /// The time, as `apc.use_request_time` wants it.
    #[inline]
    pub fn now(&self) -> Now {
        if self.use_request_time.get() { self.request_now() } else { self.clock.now() }
    }

    /// The same, not as of the last tick of the system's clock, some ms ago: for what lives no longer than that.
    pub fn exactly(&self) -> Now {
        if self.use_request_time.get() { self.request_now() } else { self.clock.exactly() }
    }

    /// Turns seconds to live into expiry and back.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The settings it was made with.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What the settings say of a named cache.
    #[inline]
    pub fn cache_options(&self, name: &[u8]) -> options::Options {
        let caches = &self.settings.caches;
        caches.iter().find(|(known, _)| known.as_bytes() == name).map(|(_, options)| *options).unwrap_or_default()
    }

    /// Counts in [`Session::removals`].
    pub fn note_removal(&self) {
        self.removals.set(self.removals.get().wrapping_add(1));
    }

    /// How arrays and objects are stored.
    pub fn serializer(&self) -> Serializer {
        self.serializer
    }

    /// Where the segment lies, for people.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Why private memory is used instead of the segment that was asked for.
    pub fn fallback(&self) -> Option<&str> {
        self.fallback.as_deref()
    }

    /// True once for each kind of problem and request.
    pub fn first_problem_of_kind(&self, kind: u32) -> bool {
        let seen = self.problems.replace(self.problems.get() | kind);
        seen & kind == 0
    }

    /// Keeps a message for phpinfo() and `Trove\status()`.
    pub fn remember_problem(&self, message: String) {
        *self.last_problem.borrow_mut() = message;
    }

    /// The last message kept; empty where there is none.
    pub fn last_problem(&self) -> String {
        self.last_problem.borrow().clone()
    }

    #[cold]
    fn request_now(&self) -> Now {
        *self.request_now.get_or_init(|| self.clock.at_wall(module::request_time()))
    }

    fn attach(settings: &Settings) -> Result<Self, String> {
        match segment(settings) {
            Ok(segment) => Self::on(segment, settings, None),
            Err(why) if settings.segment.is_some() => {
                let private = Settings { segment: None, ..settings.clone() };
                Self::on(segment(&private)?, settings, Some(why))
            }
            Err(why) => Err(why),
        }
    }

    fn on(segment: Arc<Segment>, settings: &Settings, fallback: Option<String>) -> Result<Self, String> {
        let place = place(&segment);
        let cache = Cache::attach(segment).map_err(|error| explain(&place, &error))?;
        Ok(Self::new(cache, settings.clone(), place, fallback))
    }

    fn new(mut cache: Cache, settings: Settings, place: String, fallback: Option<String>) -> Self {
        match settings.zero_copy {
            ZeroCopy::Auto => cache.set_pin_policy(true, PIN_AGE_MS, PIN_SHARE_PERCENT),
            ZeroCopy::On => cache.set_pin_policy(true, 0, 0),
            ZeroCopy::Off => cache.set_pin_policy(false, 0, 0),
        }
        cache.set_idle_ttl(settings.idle_ttl.saturating_mul(1000));
        Self {
            cache,
            serial: SERIALS.fetch_add(1, Ordering::Relaxed),
            // All modules have started by now, so all serializers are known.
            serializer: settings
                .serializer
                .as_ref()
                .map_or(Serializer::Native, |name| Serializer::named(name.as_bytes())),
            clock: Clock::new(),
            use_request_time: Cell::new(settings.use_request_time),
            request_now: OnceCell::new(),
            settings,
            place,
            fallback,
            problems: Cell::new(0),
            last_problem: RefCell::new(String::new()),
            look_at: Cell::new(0),
            tidy_at: Cell::new(0),
            computing: RefCell::default(),
            removals: Cell::new(0),
            locks: RefCell::default(),
            resolves_paths: Cell::new(false),
        }
    }

    /// Whether a session with these settings would be the same one.
    fn serves(&self, settings: &Settings) -> bool {
        let same = Settings { use_request_time: self.settings.use_request_time, ..settings.clone() };
        self.settings == same
    }
}

/// Begins a request, before any code of it runs: what was reset since the last one is applied.
///
/// Whoever is to be reached must be attached, so the first request of a process attaches, where the segment is a file and the process
/// serves requests; a script of the command line attaches when it uses the cache.
pub fn begin() {
    THREAD.with(|thread| {
        if thread.generation.get() != ini::generation() && thread.sessions.current().is_none() {
            thread.attach_early();
        }
        if let Some(session) = thread.sessions.current() {
            resets::begin_request(session);
        }
    });
}

/// Calls `f` with the thread's session; none where the cache is off.
#[inline]
pub fn with<R>(f: impl FnOnce(Option<&Session>) -> R) -> R {
    THREAD.with(|thread| {
        if thread.generation.get() != ini::generation() {
            thread.refresh();
        }
        f(thread.sessions.current())
    })
}

/// Calls `f` with the session that the thread has now, if it has one: no setting is read, and nothing attached.
pub fn current<R>(f: impl FnOnce(Option<&Session>) -> R) -> R {
    THREAD.with(|thread| f(thread.sessions.current()))
}

/// Why the cache is off in this thread; none where it is on.
pub fn why_off() -> Option<String> {
    THREAD.with(|thread| {
        if thread.generation.get() != ini::generation() {
            thread.refresh();
        }
        thread.off.borrow().clone()
    })
}

/// Checks, at start-up, what can be checked before there is a final user.
///
/// # Errors
/// A message: the tables for `apc.entries_hint` do not fit into the memory.
pub fn prepare() -> Result<(), String> {
    Segment::prepare();
    let settings = Settings::read();
    if settings.disabled.is_some() {
        return Ok(());
    }
    if trove_shm::config::Geometry::new(settings.capacity, settings.entries_hint).is_err() {
        return Err(format!(
            "Unable to allocate {} bytes of shared memory for cache structures. \
             Either apc.shm_size is too small or apc.entries_hint too large",
            settings.entries_hint.saturating_mul(8)
        ));
    }
    // What is forked from here (a script's children, the preloading of opcache, the workers of PHP's own web server) has its final user:
    // made now, private memory is theirs together.
    if settings.segment.is_none() {
        segment(&settings)?;
    }
    Ok(())
}

/// Ends a request: what it has fetched may be reused, and a little of what has expired is reclaimed.
pub fn end(idle: &mut Idle) {
    plan::forget();
    resolve::forget();
    THREAD.with(|thread| {
        drop(thread.sessions.take_old(idle));
        let Some(session) = thread.sessions.current_mut(idle) else { return };
        session.cache.end_request();
        session.request_now = OnceCell::new();
        session.clock.forget_lately();
        session.problems.set(0);
        // A fiber that was never resumed leaves without a word.
        session.computing.borrow_mut().clear();
        let now = session.clock.now();
        session.cache.tend(now, TEND_BUCKETS);
        if now.boot_ms >= session.look_at.get() {
            session.look_at.set(now.boot_ms + LOOK_MS);
            if now.boot_ms >= session.tidy_at.get() {
                session.tidy_at.set(now.boot_ms + TIDY_MS);
                session.cache.segment().note_use();
                session.cache.segment().remove_unused_builds(UNUSED);
            }
            thread.leave_if_gone();
        }
    });
}

/// Detaches this thread.
pub fn shut_down(idle: &mut Idle) {
    THREAD.with(|thread| {
        thread.sessions.put_aside();
        drop(thread.sessions.take_old(idle));
    });
    SEGMENTS.lock().clear();
}

struct Thread {
    /// The generation of settings that the rest belongs to.
    generation: Cell<u32>,
    /// The one with which [`Thread::attach_early`] has had no success.
    failed: Cell<u32>,
    sessions: Shelf<Session>,
    off: RefCell<Option<String>>,
}

impl Thread {
    #[cold]
    fn refresh(&self) {
        self.generation.set(ini::generation());
        let settings = Settings::read();
        if let Some(why) = settings.disabled {
            return self.switch_off(why.to_owned());
        }
        match self.sessions.current() {
            Some(session) if session.serves(&settings) => session.use_request_time.set(settings.use_request_time),
            _ => self.attach(&settings),
        }
    }

    /// Leaves a segment whose file was removed, for the one that others share from then on, and by which they reach this process.
    fn leave_if_gone(&self) {
        let Some(session) = self.sessions.current() else { return };
        if session.cache.segment().is_gone() {
            SEGMENTS.lock().retain(|(_, segment)| !segment.is_gone());
            self.sessions.put_aside();
            self.generation.set(0);
        }
    }

    /// Attaches where that works; where it does not, the script is told when it uses the cache, and until then only the log.
    #[cold]
    fn attach_early(&self) {
        let generation = ini::generation();
        if self.failed.replace(generation) == generation || !resets::serves_requests() {
            return;
        }
        let settings = Settings::read();
        if settings.disabled.is_some() || settings.segment.is_none() {
            return;
        }
        match segment(&settings).and_then(|segment| Session::on(segment, &settings, None)) {
            Err(why) => report::log(&format!("Trove: this process is not reached by resets: {why}")),
            Ok(session) => {
                self.failed.set(0);
                self.generation.set(generation);
                self.enter(session);
            }
        }
    }

    fn attach(&self, settings: &Settings) {
        match Session::attach(settings) {
            Err(why) => {
                let warning = report::c_string(&format!("Trove is off: {why}"));
                // First: a warning may end the request.
                self.switch_off(why);
                report::warning(&warning);
            }
            Ok(session) => {
                let session = self.enter(session);
                if let Some(why) = &session.fallback {
                    let message = format!("Trove uses private memory, which this process shares with nobody: {why}");
                    session.remember_problem(message.clone());
                    report::warning(&report::c_string(&message));
                }
            }
        }
    }

    fn enter(&self, session: Session) -> &Session {
        *self.off.borrow_mut() = None;
        let session = self.sessions.put(session);
        resets::join(session);
        crate::api::preload(session);
        session
    }

    fn switch_off(&self, why: String) {
        self.sessions.put_aside();
        *self.off.borrow_mut() = Some(why);
    }
}

/// The segment for `settings`, which all threads of the process share.
fn segment(settings: &Settings) -> Result<Arc<Segment>, String> {
    let backing = match &settings.segment {
        None => Backing::Private,
        Some(name) => Backing::File {
            directory: settings.directory.clone(),
            name: name.clone(),
            mode: settings.mode,
            group: settings.group,
        },
    };
    let name = format!("{backing:?}");
    let mut segments = SEGMENTS.lock();
    if let Some((_, segment)) = segments.iter().find(|(known, _)| *known == name) {
        return Ok(Arc::clone(segment));
    }
    let options = Options {
        capacity: settings.capacity,
        entries_hint: settings.entries_hint,
        backing,
        fingerprint: fingerprint(),
    };
    let segment = Segment::open(&options).map_err(|error| {
        let place =
            settings.segment.as_ref().map_or("private memory".to_owned(), |_| settings.directory.display().to_string());
        explain(&place, &error)
    })?;
    segments.push((name, Arc::clone(&segment)));
    drop(segments);
    if let (Some(why), Some(path)) = (segment.replaced(), segment.path()) {
        report::log(&format!("Trove: the file {} is replaced by an empty segment: {why}", path.display()));
    }
    Ok(segment)
}

/// What processes must have in common to read each other's values.
fn fingerprint() -> String {
    let threads = if cfg!(php_zts) { "ZTS" } else { "NTS" };
    let debug = if cfg!(php_debug) { "debug" } else { "release" };
    trove_shm::kind::fingerprint(&format!("PHP API {} {threads} {debug}", ext_php_rs::ffi::ZEND_MODULE_API_NO))
}

fn place(segment: &Segment) -> String {
    segment.path().map_or_else(|| "private memory".to_owned(), |path| path.display().to_string())
}

per_thread! {
    static THREAD: Thread =
        Thread { generation: Cell::new(0), failed: Cell::new(0), sessions: Shelf::new(), off: RefCell::new(None) };
}

/// The next [`Session::serial`].
static SERIALS: AtomicU64 = AtomicU64::new(1);

/// The segments that this process has mapped, by what was asked for. No Zend function is called under the lock.
static SEGMENTS: Mutex<Vec<(String, Arc<Segment>)>> = Mutex::new(Vec::new());
