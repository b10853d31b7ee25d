//! `fetchMultiple`, `storeMultiple`, `deleteMultiple`.

use core::cell::RefCell;

use ext_php_rs::boxed::ZBox;
use ext_php_rs::types::array::ArrayKey;
use ext_php_rs::types::{ZendHashTable, Zval};
use ext_php_rs::zend::ExecuteData;
use trove_shm::cache::{Mode, Outcome, Spec};
use trove_shm::error::Error;

use super::errors;
use super::handle::{Opened, method};
use super::read;
use super::terms::{Terms, Text, type_name};
use super::token::token_at;
use super::write::{End, Form, expire, names, refuse, remove, spec, texts};
use crate::api::value::symtable_key;
use crate::codec::StoreError;
use crate::codec::encode::Plan;
use crate::zend::args::Args;
use crate::zend::guard::guarded;
use crate::zend::report::has_exception;
use crate::zend::walk;

pub extern "C" fn fetch(frame: &mut ExecuteData, result: &mut Zval) {
    let Some((args, handle)) = method(frame, 1, 2) else { return };
    let Some(pairs) = checked(args, "$keys", 1) else { return };
    let default = args.value(1).map_or_else(Zval::new, |default| default.dereference().shallow_clone());
    let mut found = ZendHashTable::with_capacity((pairs.len() / 2) as u32);
    for key in every_other(&pairs, 1) {
        let Some(text) = Text::of(key) else { continue };
        let mut value = Zval::new();
        let done = handle.with(|cache| read::one(cache, text.bytes().into(), &mut value)) == Some(true);
        drop(text);
        if has_exception() {
            return;
        }
        let _ = found.insert(array_key(key), if done { value } else { default.shallow_clone() });
    }
    result.set_hashtable(found);
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
    for key in every_other(&pairs, part) {
        match Text::of(key) {
            Some(text) if text.bytes().is_empty() => {
                args.refuse_value(0, "must not contain an empty key");
                return None;
            }
            Some(_) => {}
            None => {
                let what = if name == "$keys" {
                    "must contain strings or integers"
                } else {
                    "must have strings or integers for keys"
                };
                args.refuse_type(0, &format!("{what}, {} given", type_name(key)));
                return None;
            }
        }
    }
    Some(pairs)
}

fn every_other(pairs: &ZendHashTable, first: usize) -> impl Iterator<Item = &Zval> {
    pairs.values().skip(first).step_by(2)
}

/// A key as PHP takes it in arrays.
pub fn array_key(key: &Zval) -> ArrayKey<'_> {
    match (key.zend_str(), key.long()) {
        (Some(name), _) => symtable_key(name),
        (None, index) => ArrayKey::Long(index.unwrap_or_default()),
    }
}

/// Stores all values, or none: all are made ready, then all get their memory, and only then is the first one published.
pub fn all_or_none(cache: Opened<'_>, args: Args<'_>, pairs: &ZendHashTable, terms: &Terms<'_>) -> bool {
    let plans = RefCell::new(Vec::with_capacity(pairs.len() / 2));
    let ready = guarded(|| measure_all(cache, pairs, &plans), || drop(plans.take()));
    let published = ready.map(|()| publish_all(cache, pairs, &plans.borrow(), terms));
    drop(plans);
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
/// change another. So what was looked at before code ran is looked at again.
fn measure_all<'p>(
    cache: Opened<'_>,
    pairs: &'p ZendHashTable,
    plans: &RefCell<Vec<Plan<'p>>>,
) -> core::result::Result<(), StoreError> {
    const TURNS: usize = 16;
    let measure = |value: &'p Zval| Plan::measure(value, cache.session.serializer());
    for _ in 0..TURNS {
        plans.borrow_mut().clear();
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
            plans.borrow_mut()[index] = plan;
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
