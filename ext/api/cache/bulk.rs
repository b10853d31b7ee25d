//! `fetchMultiple`, `storeMultiple`, `deleteMultiple`.

use core::cell::RefCell;

use ext_php_rs::boxed::ZBox;
use ext_php_rs::types::{ZendHashTable, Zval};
use ext_php_rs::zend::ExecuteData;
use trove_shm::cache::{Mode, Outcome, Spec};
use trove_shm::error::Error;

use super::errors;
use super::handle::{Handle, Opened, method};
use super::read;
use super::terms::{Terms, Text, type_name};
use super::token::token_at;
use super::write::{End, Form, expire, names, refuse, remove, spec, texts};
use crate::api::value::Key;
use crate::codec::StoreError;
use crate::codec::encode::Plan;
use crate::zend::args::Args;
use crate::zend::guard::guarded;
use crate::zend::report::has_exception;
use crate::zend::table::Table;
use crate::zend::value::Value;
use crate::zend::walk;

pub extern "C" fn fetch(frame: &mut ExecuteData, result: &mut Zval) {
    let Some((args, handle)) = method(frame, 1, 2) else { return };
    let default = args.value(1).map_or_else(Zval::new, |default| default.dereference().shallow_clone());
    // An array is gone through where it is, and everything else is taken apart first.
    let given = args.value(0).map_or_else(Zval::new, |given| given.dereference().shallow_clone());
    let found = match Value::of(&given) {
        Value::Array(array) => {
            are_keys(args, "$keys", array.slots()).then(|| find(handle, array.slots(), array.len(), &default))
        }
        _ => checked(args, "$keys", 1).map(|pairs| {
            let count = pairs.len() as u32 / 2;
            find(handle, every_other(&pairs, 1), count, &default)
        }),
    };
    if let Some(found) = found.filter(|_| !has_exception()) {
        result.set_hashtable(found);
    }
}

/// The values of these keys, or the default, until an exception is pending.
pub fn find<'k>(
    handle: &Handle,
    keys: impl Iterator<Item = &'k Zval>,
    count: u32,
    default: &Zval,
) -> ZBox<ZendHashTable> {
    let mut found = Table::with_room(count);
    for key in keys {
        // What is behind a reference may change while PHP code runs; this copy does not.
        let copy;
        let key = if key.is_reference() {
            copy = key.dereference().shallow_clone();
            &copy
        } else {
            key
        };
        let Some(text) = Text::of(key) else { continue };
        let mut value = Zval::new();
        let done = handle.with(|cache| read::one(cache, Key::of(key, text.bytes()), &mut value)) == Some(true);
        drop(text);
        if has_exception() {
            break;
        }
        let value = if done { value } else { default.shallow_clone() };
        match key.zend_str() {
            Some(name) => found.put(name, value),
            None => found.put_at(key.long().unwrap_or_default(), value),
        }
    }
    found.finish()
}

pub extern "C" fn delete(frame: &mut ExecuteData, result: &mut Zval) {
    let Some((args, handle)) = method(frame, 1, 1) else { return };
    let Some(pairs) = checked(args, "$keys", 1) else { return };
    let mut count = 0;
    handle.with(|cache| {
        for key in every_other(&pairs, 1).filter_map(Text::of) {
            count += i64::from(remove(cache, key.bytes()));
            if has_exception() {
                return;
            }
        }
    });
    result.set_long(count);
}

pub extern "C" fn store(frame: &mut ExecuteData, result: &mut Zval) {
    let Some((args, handle)) = method(frame, 1, 5) else { return };
    let Some(pairs) = checked(args, "$values", 0) else { return };
    let Some(terms) = Terms::at(args, 1, Mode::Set) else { return };
    let Some(token) = token_at(args, 4) else { return };
    let stored = handle.with(|cache| {
        let terms = terms.with(token, cache.session);
        terms.is_some_and(|terms| all_or_none(cache, args, &pairs, &terms))
    });
    result.set_bool(stored == Some(true));
}

/// Keys and values of argument 0, in turn; those at `part` (0 the keys, 1 the values) are strings that can be keys. None where an exception was
/// thrown.
fn checked(args: Args<'_>, name: &str, part: usize) -> Option<ZBox<ZendHashTable>> {
    let given = args.value(0)?;
    let Some(pairs) = walk::pairs(given.dereference()) else {
        if !has_exception() {
            args.refuse_type(0, &format!("must be of type Traversable|array, {} given", type_name(given)));
        }
        return None;
    };
    are_keys(args, name, every_other(&pairs, part)).then_some(pairs)
}

/// Whether these can be keys; where not, an exception was thrown.
fn are_keys<'k>(args: Args<'_>, name: &str, mut keys: impl Iterator<Item = &'k Zval>) -> bool {
    keys.all(|key| match Text::of(key) {
        Some(text) if text.bytes().is_empty() => {
            args.refuse_value(0, "must not contain an empty key");
            false
        }
        Some(_) => true,
        None => {
            let what = if name == "$keys" {
                "must contain strings or integers"
            } else {
                "must have strings or integers for keys"
            };
            args.refuse_type(0, &format!("{what}, {} given", type_name(key)));
            false
        }
    })
}

fn every_other(pairs: &ZendHashTable, first: usize) -> impl Iterator<Item = &Zval> {
    pairs.values().skip(first).step_by(2)
}

/// Stores all values, or none: all are made ready, then all get their memory, and only then is the first one published.
pub fn all_or_none(cache: Opened<'_>, args: Args<'_>, pairs: &ZendHashTable, terms: &Terms<'_>) -> bool {
    let (plans, unused) = (RefCell::new(Vec::with_capacity(pairs.len() / 2)), RefCell::default());
    let ready = guarded(|| measure_all(cache, pairs, &plans, &unused), || drop((plans.take(), unused.take())));
    let published = ready.map(|()| publish_all(cache, pairs, &plans.borrow(), terms));
    drop((plans, unused));
    match published {
        Ok(Ok(done)) => done,
        Ok(Err((key, error))) => {
            errors::failed_store(cache.session, "storeMultiple", &key, &error);
            false
        }
        Err(why) => {
            refuse(args, 0, why);
            false
        }
    }
}

/// Makes a plan for each value. A plan looks at its value until it is written, so no PHP code may run after it was made; code of one value may
/// change another. So what was looked at before code ran is looked at again. To drop a plan may run code as well: `unused` keeps those that are
/// not to be written.
fn measure_all<'p>(
    cache: Opened<'_>,
    pairs: &'p ZendHashTable,
    plans: &RefCell<Vec<Plan<'p>>>,
    unused: &RefCell<Vec<Plan<'p>>>,
) -> core::result::Result<(), StoreError> {
    const TURNS: usize = 16;
    let measure = |value: &'p Zval| Plan::measure_among(value, cache.session.serializer());
    for _ in 0..TURNS {
        unused.borrow_mut().append(&mut plans.borrow_mut());
        let mut ran_code = None;
        for (index, value) in every_other(pairs, 1).enumerate() {
            let plan = measure(value)?;
            if plan.ran_code() {
                ran_code = Some(index);
            }
            plans.borrow_mut().push(plan);
        }
        let mut again = false;
        for (index, value) in every_other(pairs, 1).enumerate().take(ran_code.unwrap_or(0)) {
            if plans.borrow()[index].ran_code() {
                continue;
            }
            let plan = measure(value)?;
            again |= plan.ran_code();
            unused.borrow_mut().push(core::mem::replace(&mut plans.borrow_mut()[index], plan));
        }
        if !again {
            return Ok(());
        }
    }
    // Objects that change what they are whenever they are looked at.
    Err(StoreError::Serializer)
}

/// No function of PHP's engine is called in here. An error comes with the key that it is about.
fn publish_all(
    cache: Opened<'_>,
    pairs: &ZendHashTable,
    plans: &[Plan<'_>],
    terms: &Terms<'_>,
) -> core::result::Result<bool, (Vec<u8>, Error)> {
    let options = cache.options();
    let end = End::of(cache, terms, options);
    let texts = terms.tags.map(texts).unwrap_or_default();
    let tags = names(&texts);
    let keys: Vec<Text<'_>> = every_other(pairs, 0).filter_map(Text::of).collect();
    if end.is_over() {
        let expire = |key: &Text<'_>| expire(cache, key.bytes(), Mode::Set, end.now).map(drop);
        let expired = keys.iter().try_for_each(|key| expire(key).map_err(|error| (key.bytes().to_vec(), error)));
        return expired.map(|()| true);
    }
    let forms: Vec<Form<'_, '_>> = plans.iter().map(|plan| Form::of(plan, options)).collect();
    let specs: Vec<Spec<'_>> =
        keys.iter().zip(&forms).map(|(key, form)| spec(cache, key.bytes(), form, terms, &tags, &end)).collect();
    let engine = &cache.session.cache;
    let published = engine.reserve_all(&specs, end.now).and_then(|mut all| {
        all.iter_mut().zip(forms.iter().rev()).for_each(|(reserved, form)| form.fill(reserved));
        engine.publish_all(all, end.now).map_err(|error| (0, error))
    });
    match published {
        Ok(outcome) => Ok(outcome != Outcome::Refused),
        Err((index, error)) => Err((keys.get(index).map_or_else(Vec::new, |key| key.bytes().to_vec()), error)),
    }
}
