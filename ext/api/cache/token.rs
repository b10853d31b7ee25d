//! `token()`, `beginInvalidation()`: ordering what is computed outside of the cache against invalidations.

use core::cell::RefCell;

use ext_php_rs::types::Zval;
use ext_php_rs::zend::ExecuteData;
use trove_shm::cache::{CacheId, Era};

use super::errors;
use super::handle::{Opened, method};
use super::remember::positive_ms_at;
use super::terms::{tags_at, type_name};
use super::write::{names, texts};
use crate::request::{self, Session};
use crate::zend::args::Args;
use crate::zend::class::{Class, Native};
use crate::zend::function::{Method, types};
use crate::zend::report;

/// How long an invalidation may be under way, in seconds, where its author says nothing.
const DEADLINE_S: f64 = 60.0;

const TOKEN_METHODS: &[Method] = &[Method::no_constructor()];
const INVALIDATION_METHODS: &[Method] =
    &[Method::no_constructor(), Method::new(c"commit", commit, 0, &[], types::VOID)];

/// Registers the classes.
pub fn register() {
    Token::class().register(c"Trove\\Token", &[], TOKEN_METHODS);
    Invalidation::class().register(c"Trove\\Invalidation", &[], INVALIDATION_METHODS);
}

/// A moment before a computation, in one session's segment.
pub struct Token {
    serial: u64,
    era: Era,
}

impl Native for Token {
    fn class() -> &'static Class<Self> {
        static CLASS: Class<Token> = Class::new();
        &CLASS
    }
}

impl Token {
    /// The moment as the engine has it; none in another session.
    pub fn era_in(&self, session: &Session) -> Option<Era> {
        (self.serial == session.serial).then_some(self.era)
    }
}

/// `?Trove\Token`; none where an exception was thrown.
#[inline]
pub fn token_at<'a>(args: Args<'a>, index: u32) -> Option<Option<&'a Token>> {
    match args.value(index) {
        None => Some(None),
        Some(value) if value.is_null() => Some(None),
        Some(value) => match Token::class().value_in(value) {
            Some(token) => Some(Some(token)),
            None => {
                args.refuse_type(index, &format!("must be of type ?Trove\\Token, {} given", type_name(value)));
                None
            }
        },
    }
}

pub extern "C" fn token(frame: &mut ExecuteData, result: &mut Zval) {
    let args = Args::of(frame);
    if !args.number(0, 1) || tags_at(args, 0).is_none() {
        return;
    }
    // One clock for all tags: a token of none orders a store against the invalidation of any.
    let (serial, era) =
        request::with(|session| session.map_or((0, Era(0)), |session| (session.serial, session.cache.token())));
    *result = Token::class().make(Token { serial, era });
}

/// An invalidation that was announced.
struct Invalidation {
    serial: u64,
    cache: CacheId,
    /// A forked child has the object as well, but began nothing.
    process: u32,
    /// Tags and tickets; empty once it has ended.
    begun: RefCell<Vec<(Vec<u8>, u64)>>,
}

impl Native for Invalidation {
    fn class() -> &'static Class<Self> {
        static CLASS: Class<Invalidation> = Class::new();
        &CLASS
    }
}

impl Invalidation {
    /// Calls `f` with each tag and ticket that is still under way, and forgets them.
    fn end(&self, mut f: impl FnMut(&Session, &[u8], u64)) {
        let begun = self.begun.take();
        request::current(|session| {
            if let Some(session) = session.filter(|session| session.serial == self.serial) {
                begun.iter().for_each(|(tag, ticket)| f(session, tag, *ticket));
            }
        });
    }
}

impl Drop for Invalidation {
    fn drop(&mut self) {
        if self.process != std::process::id() {
            return;
        }
        let cache = self.cache;
        self.end(|session, tag, ticket| {
            // What can not be ended now ends at its deadline, stale likewise.
            let _ = session.cache.abandon_invalidation(cache, tag, ticket, session.clock().now());
        });
    }
}

pub extern "C" fn begin_invalidation(frame: &mut ExecuteData, result: &mut Zval) {
    let Some((args, handle)) = method(frame, 1, 2) else { return };
    let Some(tags) = tags_at(args, 0) else { return };
    let Some(deadline_ms) = positive_ms_at(args, 1, DEADLINE_S) else { return };
    let begun = handle.with(|cache| {
        let now = cache.session.clock().now();
        let until = now.boot_ms.saturating_add(deadline_ms);
        let begun = Invalidation {
            serial: cache.session.serial,
            cache: cache.home,
            process: std::process::id(),
            begun: RefCell::default(),
        };
        let texts = tags.map(texts).unwrap_or_default();
        for tag in names(&texts) {
            match cache.session.cache.begin_invalidation(cache.home, tag, until, now) {
                Ok(ticket) => begun.begun.borrow_mut().push((tag.to_vec(), ticket)),
                Err(error) => {
                    // What was begun is dropped, and so abandoned.
                    drop(begun);
                    errors::throw(cache.session, &error);
                    return None;
                }
            }
        }
        Some(begun)
    });
    match begun {
        Some(Some(begun)) => *result = Invalidation::class().make(begun),
        Some(None) => {}
        None if report::has_exception() => {}
        // Trove is off: there is nothing to invalidate.
        None => {
            let (cache, begun) = (CacheId::APCU, RefCell::default());
            *result = Invalidation::class().make(Invalidation { serial: 0, cache, process: 0, begun });
        }
    }
}

extern "C" fn commit(frame: &mut ExecuteData, _: &mut Zval) {
    let (args, begun) = Invalidation::class().call(frame);
    if !args.number(0, 0) {
        return;
    }
    let Some(begun) = begun else { return };
    let mut failed = None;
    begun.end(|session, tag, ticket| {
        let now = session.clock().now();
        if let Err(error) = session.cache.commit_invalidation(begun.cache, tag, ticket, now) {
            failed = Some(error);
        }
    });
    if let Some(error) = failed {
        request::current(|session| {
            if let Some(session) = session {
                errors::throw(session, &error);
            }
        });
    }
}

/// Does something to each of the tags at argument 0; an error is an exception.
pub fn each_tag(frame: &mut ExecuteData, f: impl Fn(Opened<'_>, &[u8]) -> trove_shm::error::Result<()>) {
    let Some((args, handle)) = method(frame, 1, 1) else { return };
    let Some(tags) = tags_at(args, 0) else { return };
    handle.with(|cache| {
        let texts = tags.map(texts).unwrap_or_default();
        // One that fails is no reason to leave the others out.
        let failed = names(&texts).into_iter().fold(None, |failed, tag| failed.or(f(cache, tag).err()));
        drop(texts);
        if let Some(error) = failed {
            errors::throw(cache.session, &error);
        }
    });
}
