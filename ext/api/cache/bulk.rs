//! `fetchMultiple`, `storeMultiple`, `deleteMultiple`.

use core::cell::RefCell;

use ext_php_rs::boxed::ZBox;
use ext_php_rs::types::array::ArrayKey;
use ext_php_rs::types::{ZendHashTable, Zval};
use ext_php_rs::zend::ExecuteData;
use trove_shm::cache::{Mode, Outcome, Reserved};
use trove_shm::error::Result;

use super::errors;
use super::handle::{Opened, method};
use super::read;
use super::terms::{Terms, Text, type_name};
use super::token::token_at;
use super::write::{End, expire, names, refuse, remove, reserve, texts};
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
        let done = handle.with(|cache| read::one(cache, text.bytes(), &mut value)) == Some(true);
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
        Ok(Err(error)) => {
            let first = every_other(pairs, 0).next().and_then(Text::of);
            errors::failed_store(cache.session, "storeMultiple", first.as_ref().map_or(b"", Text::bytes), &error);
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

/// No function of PHP's engine is called in here.
fn publish_all(cache: Opened<'_>, pairs: &ZendHashTable, plans: &[Plan<'_>], terms: &Terms<'_>) -> Result<bool> {
    let options = cache.options();
    let end = End::of(cache, terms, options);
    let texts = terms.tags.map(texts).unwrap_or_default();
    let tags = names(&texts);
    let keys: Vec<Text<'_>> = every_other(pairs, 0).filter_map(Text::of).collect();
    if end.is_over() {
        keys.iter().try_for_each(|key| expire(cache, key.bytes(), Mode::Set, end.now).map(drop))?;
        return Ok(true);
    }
    // The last block that was reserved is the first in the list of what this process holds. So they are published, and given back, from the last
    // one on: each is found at once there, however many there are. The order of the pairs stays, for a key that comes twice.
    let mut all: Vec<Reserved<'_>> = Vec::with_capacity(plans.len());
    for (key, plan) in keys.iter().zip(plans).rev() {
        match reserve(cache, key.bytes(), plan, terms, &tags, options, &end) {
            Ok(reserved) => all.push(reserved),
            Err(error) => {
                give_back(all);
                return Err(error);
            }
        }
    }
    let mut done = 0;
    while let Some(reserved) = all.pop() {
        // A lock that is held too long, a freeze, an invalidation since the token: seldom, and then mostly for the first one already.
        let published = reserved.publish(terms.mode, end.now);
        if !matches!(published, Ok(Outcome::Inserted | Outcome::Replaced)) {
            give_back(all);
            for key in &keys[..done] {
                let _ = cache.session.cache.delete(cache.id, key.bytes());
            }
            return published.map(|_| false);
        }
        done += 1;
    }
    Ok(true)
}

fn give_back(mut all: Vec<Reserved<'_>>) {
    while let Some(reserved) = all.pop() {
        drop(reserved);
    }
}
