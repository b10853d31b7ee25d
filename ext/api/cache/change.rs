//! `increment`, `decrement`, `compareAndSwap`.

use ext_php_rs::types::{ZendStr, Zval};
use ext_php_rs::zend::ExecuteData;
use trove_shm::cache::{Change, Freshness, Identity, Mode, Outcome, Spec, Update, Value};
use trove_shm::error::Result;

use super::errors;
use super::handle::{Opened, key_at, method};
use super::keys::Keys;
use super::tags::tags_of;
use super::terms::Lifetime;
use super::write::{Form, refuse};
use crate::api::value;
use crate::codec::Kind;
use crate::codec::encode::Plan;
use crate::zend::args::Args;
use crate::zend::{call, report};

/// Each turn fails only because another process has changed the entry in between.
const TURNS: u32 = 1 << 10;

pub extern "C" fn increment(frame: &mut ExecuteData, result: &mut Zval) {
    step(frame, result, Some);
}

pub extern "C" fn decrement(frame: &mut ExecuteData, result: &mut Zval) {
    step(frame, result, i64::checked_neg);
}

fn step(frame: &mut ExecuteData, result: &mut Zval, sign: fn(i64) -> Option<i64>) {
    let Some((args, handle)) = method(frame, 1, 4) else { return };
    let Some(key) = key_at(args, 0) else { return };
    let (Some(by), Some(initial)) = (args.int_at(1, 1), args.int_at(2, 0)) else { return };
    let Some(lifetime) = Lifetime::at(args, 3) else { return };
    let Some(by) = sign(by) else { return args.refuse_value(1, "must be greater than PHP_INT_MIN") };
    let sum = handle.with(|cache| match add(cache, key, by, initial, lifetime) {
        Ok(sum) => Some(sum),
        Err(error) => {
            errors::throw(cache.session, &error);
            None
        }
    });
    match sum {
        Some(Some(Sum::Is(sum))) => result.set_long(sum),
        Some(Some(Sum::Overflows)) => overflow(key),
        Some(Some(Sum::NotInteger)) => {
            report::throw_type(&report::c_string(&format!("The value of key \"{}\" is not an integer", shown(key))));
        }
        Some(None) => {}
        // Trove is off: as if nothing was ever there.
        None if !report::has_exception() => match initial.checked_add(by) {
            Some(sum) => result.set_long(sum),
            None => overflow(key),
        },
        None => {}
    }
}

/// What became of a change.
pub enum Sum {
    /// The sum.
    Is(i64),
    /// It would be no integer; the value stays.
    Overflows,
    /// The value is no integer; it stays.
    NotInteger,
}

/// Adds to an integer; a missing one starts at `initial`.
///
/// # Errors
/// The engine's.
pub fn add(cache: Opened<'_>, key: &ZendStr, by: i64, initial: i64, lifetime: Lifetime) -> Result<Sum> {
    let (engine, key) = (&cache.session.cache, key.as_bytes());
    loop {
        match engine.update_integer(cache.id, key, Change::CheckedAdd(by), cache.session)? {
            Update::Done(sum) => return Ok(Sum::Is(sum)),
            Update::Overflow => return Ok(Sum::Overflows),
            Update::NotInteger => return Ok(Sum::NotInteger),
            Update::Missing | Update::Different => {}
        }
        let Some(sum) = initial.checked_add(by) else { return Ok(Sum::Overflows) };
        let now = cache.session.exactly();
        let expires = lifetime.or(cache.lifetime).or(Lifetime::of_option(cache.options().ttl_ms())).expiry(now);
        if expires <= now.boot_ms {
            return Ok(Sum::Is(sum));
        }
        let spec = Spec {
            cache: cache.id,
            key,
            kind: Kind::Long as u8,
            value: Value::Inline { word: sum as u64, integer: true },
            expires,
            stale: None,
            tags: &[],
            pinned: false,
            token: None,
        };
        if engine.reserve(&spec, now)?.publish(Mode::Add, now)? != Outcome::Refused {
            return Ok(Sum::Is(sum));
        }
    }
}

#[cold]
fn overflow(key: &ZendStr) {
    let message = format!("The value of key \"{}\" would leave the range of an integer", shown(key));
    errors::OVERFLOW.throw(&report::c_string(&message));
}

fn shown(key: &ZendStr) -> String {
    crate::error::printable(key.as_bytes())
}

pub extern "C" fn compare_and_swap(frame: &mut ExecuteData, result: &mut Zval) {
    let Some((args, handle)) = method(frame, 3, 3) else { return };
    let Some(key) = key_at(args, 0) else { return };
    let (Some(expected), Some(new)) = (args.value(1), args.value(2)) else { return };
    let swapped = handle.with(|cache| {
        for _ in 0..TURNS {
            match try_swap(cache, args, key.as_bytes(), expected, new) {
                Swap::Again => {}
                Swap::Done => return true,
                Swap::Different => break,
            }
        }
        false
    });
    result.set_bool(swapped == Some(true));
}

enum Swap {
    Done,
    /// The value is another one, or an exception is pending.
    Different,
    /// The entry was changed in between.
    Again,
}

/// May run PHP code, and may leave by a bailout: the caller owns nothing that must be dropped.
fn try_swap(cache: Opened<'_>, args: Args<'_>, key: &[u8], expected: &Zval, new: &Zval) -> Swap {
    let (engine, now) = (&cache.session.cache, cache.session.now());
    let Some(hit) = engine.peek(cache.id, key) else { return Swap::Different };
    if hit.freshness() != Freshness::Fresh || hit.meta().expires <= now.boot_ms {
        return Swap::Different;
    }
    let (kind, identity) = (hit.kind(), hit.identity());
    if kind == Kind::Long as u8 {
        let Some(expected) = expected.long().filter(|expected| *expected == identity.word as i64) else {
            return Swap::Different;
        };
        if let Some(new) = new.long() {
            drop(hit);
            return match engine.update_integer(cache.id, key, Change::Swap(expected, new), now) {
                Ok(Update::Done(_)) => Swap::Done,
                Ok(_) => Swap::Again,
                Err(error) => failed(cache, key, &error),
            };
        }
        drop(hit);
    } else {
        let mut current = Zval::new();
        if !value::load(hit, &mut current) || !is_same(kind, &current, expected) {
            return Swap::Different;
        }
    }
    // Runs whatever PHP code there is to run; nothing is reserved yet.
    let measured = Plan::measure(new, cache.session.serializer());
    let plan = match &measured {
        Ok(plan) => plan,
        Err(why) => {
            let why = *why;
            drop(measured);
            refuse(args, 2, why);
            return Swap::Different;
        }
    };
    match replace(cache, key, identity, plan) {
        Ok(true) => Swap::Done,
        Ok(false) => Swap::Again,
        Err(error) => {
            drop(measured);
            failed(cache, key, &error)
        }
    }
}

#[cold]
fn failed(cache: Opened<'_>, key: &[u8], error: &trove_shm::error::Error) -> Swap {
    errors::failed_store(cache.session, "compareAndSwap", key, error);
    Swap::Different
}

/// Puts another value into an entry that is still the same; expiry, windows and tags stay. No function of PHP's engine is called in here.
fn replace(cache: Opened<'_>, key: &[u8], identity: Identity, plan: &Plan<'_>) -> Result<bool> {
    let (engine, now) = (&cache.session.cache, cache.session.now());
    let Some(hit) = engine.peek(cache.id, key).filter(|hit| hit.identity() == identity) else { return Ok(false) };
    let (meta, tags): (_, Keys) = (hit.meta(), tags_of(&hit));
    drop(hit);
    let tags: Vec<&[u8]> = tags.iter().collect();
    let form = Form::of(plan, cache.options());
    let spec = Spec {
        cache: cache.id,
        key,
        kind: form.kind() as u8,
        value: form.value(),
        expires: meta.expires,
        // As it is when the entry is replaced: see `Mode::IfSame`.
        stale: meta.has_tail().then_some((meta.stale_until, meta.if_error)),
        tags: &tags,
        pinned: meta.pinned,
        token: None,
    };
    let mut reserved = engine.reserve(&spec, now)?;
    form.fill(&mut reserved);
    Ok(reserved.publish(Mode::IfSame(identity), now)? != Outcome::Refused)
}

/// Whether two values are the same: identical; objects by what `serialize()` writes of them.
fn is_same(kind: u8, stored: &Zval, expected: &Zval) -> bool {
    if call::is_identical(stored, expected) {
        return true;
    }
    let may_hold_objects =
        matches!(Kind::of(kind), Some(Kind::Objects | Kind::Php | Kind::Registered | Kind::Compressed));
    if !may_hold_objects || stored.get_type() != expected.dereference().get_type() {
        return false;
    }
    let Ok(stored) = call::serialize(stored) else { return false };
    call::serialize(expected.dereference()).is_ok_and(|expected| expected.bytes() == stored.bytes())
}
