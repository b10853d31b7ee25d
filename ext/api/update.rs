//! `apcu_inc`, `apcu_dec`, `apcu_cas`.

use ext_php_rs::types::{ZendStr, Zval};
use ext_php_rs::zend::ExecuteData;
use trove_shm::cache::{CacheId, Change, Label, Mode, Outcome, Update};
use trove_shm::error::Result;

use super::value::put_integer;
use crate::error;
use crate::request::{self, Session};
use crate::zend::args::Args;
use crate::zend::string::lasting_address;

pub extern "C" fn apcu_inc(frame: &mut ExecuteData, result: &mut Zval) {
    step(frame, result, "inc", |step| step);
}

pub extern "C" fn apcu_dec(frame: &mut ExecuteData, result: &mut Zval) {
    step(frame, result, "dec", i64::wrapping_neg);
}

pub extern "C" fn apcu_cas(frame: &mut ExecuteData, result: &mut Zval) {
    let Some((key, old, new)) = Args::of(frame).string_int_int() else { return };
    let done = request::with(|session| {
        let session = session?;
        let key = key.as_bytes();
        match session.cache.update_integer(CacheId::APCU, key, Change::Swap(old, new), session) {
            Ok(update) => Some(update),
            Err(error) => {
                error::report(session, "cas", key, &error);
                None
            }
        }
    });
    result.set_bool(matches!(done, Some(Update::Done(_))));
}

#[inline]
fn step(frame: &mut ExecuteData, result: &mut Zval, operation: &str, sign: fn(i64) -> i64) {
    let args = Args::of(frame);
    let by = args.value(1).map_or(Some(1), Zval::long);
    let parsed = match (args.value(0).and_then(Zval::zend_str), by) {
        (Some(key), Some(by)) if args.count() <= 2 => Some((key, by, None, 0)),
        _ => args.string_int_reference_int(),
    };
    let Some((key, by, success, ttl)) = parsed else { return };
    let value = request::with(|session| {
        let session = session?;
        add(session, key, sign(by), ttl).unwrap_or_else(|error| {
            error::report(session, operation, key.as_bytes(), &error);
            None
        })
    });
    if let Some(success) = success {
        success.assign(value.is_some());
    }
    match value {
        Some(value) => result.set_long(value),
        None => result.set_bool(false),
    }
}

/// Adds to the integer, which is made with `ttl` where it is not there. None where the entry is no integer.
fn add(session: &Session, key: &ZendStr, by: i64, ttl: i64) -> Result<Option<i64>> {
    // Each turn fails only because another process made the entry, or removed it, in between.
    const TURNS: usize = 64;
    let label = lasting_address(key).map(Label);
    let key = key.as_bytes();
    for _ in 0..TURNS {
        match session.cache.update_labelled(CacheId::APCU, key, label, Change::Add(by), session)? {
            Update::Done(value) => return Ok(Some(value)),
            Update::Missing if put_integer(session, key, by, ttl, Mode::Add)? == Outcome::Inserted => {
                return Ok(Some(by));
            }
            Update::Missing => {}
            Update::NotInteger | Update::Different | Update::Overflow => return Ok(None),
        }
    }
    Ok(None)
}
