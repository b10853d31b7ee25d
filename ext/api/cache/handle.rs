//! What a `Trove\Cache` object carries, and how a method gets at it.

use core::cell::Cell;

use ext_php_rs::types::{ZendStr, Zval};
use ext_php_rs::zend::ExecuteData;
use trove_shm::cache::{CacheId, Overrule};

use super::errors;
use super::terms::Lifetime;
use crate::options::{self, Options};
use crate::request::{self, Session};
use crate::zend::args::Args;
use crate::zend::class::{Class, Native};
use crate::zend::report;

/// Longest name of a cache in bytes, as the engine has it.
pub const MAX_NAME: usize = 128;
/// Fetches after which an object reports its hits and misses.
const REPORT_AT: u32 = 1 << 10;

/// Not yet looked up.
const UNKNOWN: (u64, CacheId, Option<bool>) = (0, CacheId::APCU, None);

/// A named cache, as an object has it.
pub struct Handle {
    name: Box<[u8]>,
    /// Of stores that name none themselves.
    lifetime: Lifetime,
    /// The session in which the cache was looked up last, what it is there, and whether it is to keep nothing, where the setting says so: else its
    /// options do, which may change at any time.
    known: Cell<(u64, CacheId, Option<bool>)>,
    /// Hits and misses that were not yet reported.
    uses: Cell<(u32, u32)>,
}

impl Native for Handle {
    fn class() -> &'static Class<Self> {
        static CLASS: Class<Handle> = Class::new();
        &CLASS
    }
}

/// A named cache in the segment that this thread uses now.
#[derive(Clone, Copy)]
pub struct Opened<'a> {
    /// The session.
    pub session: &'a Session,
    /// The cache, to store in and to fetch from: the null cache where it is to keep nothing.
    pub id: CacheId,
    /// The cache that has the name, to delete and to invalidate: what it holds comes back when it is to keep something again.
    pub home: CacheId,
    /// The object's own default.
    pub lifetime: Lifetime,
    handle: &'a Handle,
}

impl Opened<'_> {
    /// The options that count in this process.
    #[inline]
    pub fn options(&self) -> Options {
        self.session.cache_options(&self.handle.name).or(Options::of(self.session.cache.settings(self.home)))
    }

    /// Counts a fetch.
    #[inline]
    pub fn count(&self, found: bool) {
        let (hits, misses) = self.handle.uses.get();
        self.handle.uses.set((hits + u32::from(found), misses + u32::from(!found)));
        if hits + misses >= REPORT_AT {
            self.report_uses();
        }
    }

    /// Adds the object's hits and misses to those of the cache.
    #[cold]
    pub fn report_uses(&self) {
        let (hits, misses) = self.handle.uses.take();
        self.session.cache.report_uses(self.home, hits.into(), misses.into());
    }
}

impl Handle {
    /// The name.
    pub fn name(&self) -> &[u8] {
        &self.name
    }

    /// Calls `f` with the cache; none where Trove is off, or an exception is pending: the table of named caches is full.
    #[inline]
    pub fn with<R>(&self, f: impl FnOnce(Opened<'_>) -> R) -> Option<R> {
        request::with(|session| {
            let session = session?;
            let (serial, home, null) = self.known.get();
            let (home, null) = if serial == session.serial { (home, null) } else { self.look_up(session)? };
            let null = null.unwrap_or_else(|| options::is_null(session.cache.option_bits(home)));
            let id = if null { CacheId::NULL } else { home };
            Some(f(Opened { session, id, home, lifetime: self.lifetime, handle: self }))
        })
    }

    /// A cache with that name.
    pub fn of(name: &[u8]) -> Self {
        let known = Cell::new(UNKNOWN);
        Self { name: name.into(), lifetime: Lifetime::Default, known, uses: Cell::default() }
    }

    #[cold]
    fn look_up(&self, session: &Session) -> Option<(CacheId, Option<bool>)> {
        match session.cache.open_cache(&self.name) {
            Ok(home) => {
                let ini = session.cache_options(&self.name);
                session.cache.overrule(home, Overrule { quota: ini.quota(), pin: ini.pin() });
                let null = ini.null_if_set();
                self.known.set((session.serial, home, null));
                Some((home, null))
            }
            Err(error) => {
                errors::throw(session, &error);
                None
            }
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        let (serial, home, _) = self.known.get();
        let (hits, misses) = self.uses.get();
        if hits + misses != 0 {
            request::current(|session| {
                if let Some(session) = session.filter(|session| session.serial == serial) {
                    session.cache.report_uses(home, hits.into(), misses.into());
                }
            });
        }
    }
}

/// The arguments and the cache of a running method; none where an exception was thrown: too few or too many arguments, or the constructor did not run.
#[inline]
pub fn method(frame: &mut ExecuteData, least: u32, most: u32) -> Option<(Args<'_>, &Handle)> {
    let (args, handle) = Handle::class().call(frame);
    if !args.number(least, most) {
        return None;
    }
    if handle.is_none() {
        report::throw(c"Trove\\Cache is not constructed");
    }
    Some((args, handle?))
}

/// The key at `index`; none where an exception was thrown.
#[inline]
pub fn key_at(args: Args<'_>, index: u32) -> Option<&ZendStr> {
    let key = args.string_at(index)?;
    if key.is_empty() {
        args.refuse_value(index, "must not be empty");
        return None;
    }
    Some(key)
}

pub extern "C" fn construct(frame: &mut ExecuteData, _: &mut Zval) {
    let (args, handle) = Handle::class().call(frame);
    if handle.is_some() {
        return report::throw(c"Trove\\Cache is constructed already");
    }
    if !args.number(0, 2) {
        return;
    }
    let name: Box<[u8]> = match args.count() {
        0 => Box::from(&b"default"[..]),
        _ => match args.string_at(0) {
            Some(name) => name.as_bytes().into(),
            None => return,
        },
    };
    if !(1..=MAX_NAME).contains(&name.len()) {
        return args.refuse_value(0, &format!("must have 1 to {MAX_NAME} bytes, has {}", name.len()));
    }
    let Some(lifetime) = Lifetime::at(args, 1) else { return };
    let handle = Handle { name, lifetime, known: Cell::new(UNKNOWN), uses: Cell::default() };
    handle.with(|_| ());
    if !report::has_exception() {
        Handle::class().set(frame, handle);
    }
}

pub extern "C" fn name(frame: &mut ExecuteData, result: &mut Zval) {
    if let Some((_, handle)) = method(frame, 0, 0) {
        *result = crate::zend::string::copy(handle.name());
    }
}
