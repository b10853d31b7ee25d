//! The exceptions of `Trove\Cache`.

use trove_shm::error::Error;

use crate::error;
use crate::request::Session;
use crate::zend::declare::{Base, Declared};
use crate::zend::report;

static EXCEPTION: Declared = Declared::new();

/// The cache could not do what was asked.
pub static CACHE: Declared = Declared::new();
/// A computation of a key asks for the same key again.
pub static RECURSION: Declared = Declared::new();
/// A sum is no integer any more.
pub static OVERFLOW: Declared = Declared::new();

/// Registers them.
pub fn register() {
    EXCEPTION.register_throwable(c"Trove\\Exception");
    CACHE.register_exception(c"Trove\\CacheException", Base::Runtime, &EXCEPTION);
    RECURSION.register_exception(c"Trove\\RecursionException", Base::Logic, &EXCEPTION);
    OVERFLOW.register_exception(c"Trove\\OverflowException", Base::Overflow, &EXCEPTION);
}

/// Throws what the engine said as a `CacheException`.
#[cold]
pub fn throw(session: &Session, error: &Error) {
    CACHE.throw(&report::c_string(&error::explain(session.place(), error)));
}

/// A store did not happen. A frozen cache is a mistake of the caller: an exception. Want of memory and a lock that is held too long are not:
/// they are logged, and the caller tells the script by what it returns.
#[cold]
pub fn failed_store(session: &Session, operation: &str, key: &[u8], error: &Error) {
    match error {
        Error::Frozen => throw(session, error),
        _ => error::report(session, operation, key, error),
    }
}
