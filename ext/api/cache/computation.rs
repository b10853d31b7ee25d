//! `Trove\Computation`: what a computation may say about the value that it makes.

use core::cell::{Cell, RefCell};

use ext_php_rs::types::{ZendHashTable, Zval};
use ext_php_rs::zend::ExecuteData;

use super::TIME;
use super::terms::{Lifetime, Text, tags_at};
use crate::zend::args::Args;
use crate::zend::class::{Class, Native};
use crate::zend::function::{Method, Parameter, types};
use crate::zend::report;

/// The terms of the store that follows, as they are now.
pub struct Computation {
    /// The key, as PHP's string.
    key: Zval,
    /// How long the value lives.
    pub lifetime: Cell<Lifetime>,
    /// Its stale window.
    pub stale: Cell<Lifetime>,
    /// Its tags, as PHP's array, or null.
    tags: RefCell<Zval>,
    /// Whether it is stored at all.
    pub cacheable: Cell<bool>,
}

impl Native for Computation {
    fn class() -> &'static Class<Self> {
        static CLASS: Class<Computation> = Class::new();
        &CLASS
    }
}

const SELF: &core::ffi::CStr = c"Trove\\Computation";
const SECONDS: u32 = types::INT | types::FLOAT | types::NULL;
const TTL: Parameter = Parameter::new(c"ttl", SECONDS).or_of(TIME);
const STALE: Parameter = Parameter::new(c"stale", SECONDS).or_of(TIME);
const TAGS: Parameter = Parameter::new(c"tags", types::ARRAY);
const CACHEABLE: Parameter = Parameter::new(c"cacheable", types::BOOL);

#[rustfmt::skip]
const METHODS: &[Method] = &[
    Method::no_constructor(),
    Method::new(c"key", key, 0, &[], types::STRING),
    Method::new(c"setTtl", set_ttl, 1, &[TTL], types::NONE).or_of(SELF),
    Method::new(c"setStale", set_stale, 1, &[STALE], types::NONE).or_of(SELF),
    Method::new(c"tags", tags, 0, &[], types::ARRAY),
    Method::new(c"setTags", set_tags, 1, &[TAGS], types::NONE).or_of(SELF),
    Method::new(c"addTags", add_tags, 1, &[TAGS], types::NONE).or_of(SELF),
    Method::new(c"setCacheable", set_cacheable, 1, &[CACHEABLE], types::NONE).or_of(SELF),
];

/// Registers the class.
pub fn register() {
    Computation::class().register(SELF, &[], METHODS);
}

impl Computation {
    /// What `remember()` was called with.
    pub fn new(key: Zval, lifetime: Lifetime, stale: Lifetime, tags: Zval) -> Self {
        Self {
            key,
            lifetime: Cell::new(lifetime),
            stale: Cell::new(stale),
            tags: RefCell::new(tags),
            cacheable: Cell::new(true),
        }
    }

    /// The tags, as PHP's array, or null.
    pub fn tags(&self) -> Zval {
        self.tags.borrow().shallow_clone()
    }

    fn replace_tags(&self, tags: Zval) {
        let old = self.tags.replace(tags);
        drop(old);
    }
}

/// The arguments and the value of a running method; none where an exception was thrown.
fn method(frame: &mut ExecuteData, arguments: u32) -> Option<(Args<'_>, &Computation)> {
    let (args, computation) = Computation::class().call(frame);
    if !args.number(arguments, arguments) {
        return None;
    }
    if computation.is_none() {
        report::throw(c"Trove\\Computation is not constructed");
    }
    Some((args, computation?))
}

/// Runs a method that changes something and returns its object; nothing is changed where an exception was thrown.
fn set(frame: &mut ExecuteData, result: &mut Zval, set: impl FnOnce(Args<'_>, &Computation) -> Option<()>) {
    let changed = method(frame, 1).and_then(|(args, computation)| set(args, computation));
    if changed.is_some()
        && let Some(this) = frame.This.object_mut()
    {
        result.set_object(this);
    }
}

extern "C" fn key(frame: &mut ExecuteData, result: &mut Zval) {
    if let Some((_, computation)) = method(frame, 0) {
        *result = computation.key.shallow_clone();
    }
}

extern "C" fn set_ttl(frame: &mut ExecuteData, result: &mut Zval) {
    set(frame, result, |args, computation| Lifetime::at(args, 0).map(|ttl| computation.lifetime.set(ttl)));
}

extern "C" fn set_stale(frame: &mut ExecuteData, result: &mut Zval) {
    set(frame, result, |args, computation| Lifetime::at(args, 0).map(|stale| computation.stale.set(stale)));
}

extern "C" fn tags(frame: &mut ExecuteData, result: &mut Zval) {
    let Some((_, computation)) = method(frame, 0) else { return };
    let tags = computation.tags();
    *result = if tags.is_array() { tags } else { array(ZendHashTable::new()) };
}

extern "C" fn set_tags(frame: &mut ExecuteData, result: &mut Zval) {
    set(frame, result, |args, computation| {
        tags_at(args, 0)?;
        computation.replace_tags(args.value(0)?.dereference().shallow_clone());
        Some(())
    });
}

extern "C" fn add_tags(frame: &mut ExecuteData, result: &mut Zval) {
    set(frame, result, |args, computation| {
        let Some(more) = tags_at(args, 0)? else { return Some(()) };
        let had = computation.tags();
        let mut all = ZendHashTable::new();
        for tag in had.array().into_iter().chain([more]).flat_map(ZendHashTable::values) {
            let Some(text) = Text::of(tag) else { continue };
            if !all.values().filter_map(Text::of).any(|known| known.bytes() == text.bytes()) {
                all.push(tag.dereference().shallow_clone()).ok()?;
            }
        }
        computation.replace_tags(array(all));
        Some(())
    });
}

extern "C" fn set_cacheable(frame: &mut ExecuteData, result: &mut Zval) {
    set(frame, result, |args, computation| args.bool_at(0, true).map(|cacheable| computation.cacheable.set(cacheable)));
}

fn array(table: ext_php_rs::boxed::ZBox<ZendHashTable>) -> Zval {
    let mut array = Zval::new();
    array.set_hashtable(table);
    array
}
