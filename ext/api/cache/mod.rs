//! `Trove\Cache`: named caches with tags. A file for each family of methods; each has its methods' table.
//!
//! A method takes [`handle::method`], parses its arguments one by one, and does its work in [`handle::Handle::with`]. What goes wrong is a `ValueError` or
//! a `TypeError` of the engine's wording where the caller is wrong, and one of [`errors`] where the cache is.

mod background;
mod computation;
mod compute;
mod errors;
mod handle;
mod lock;
mod read;
mod remember;
mod terms;
mod write;

use crate::zend::class::{Interface, Native};
use crate::zend::function::{Method, Parameter, types};

const TIME: &core::ffi::CStr = c"DateInterval|DateTimeInterface";
const KEY: Parameter = Parameter::new(c"key", types::STRING);
const VALUE: Parameter = Parameter::new(c"value", types::MIXED);
const DEFAULT: Parameter = Parameter::new(c"default", types::MIXED).default(c"null");
const TTL: Parameter = Parameter::new(c"ttl", types::INT | types::FLOAT | types::NULL).or_of(TIME).default(c"null");
const STALE: Parameter = Parameter::new(c"stale", types::INT | types::FLOAT | types::NULL).or_of(TIME).default(c"null");
const TAGS: Parameter = Parameter::new(c"tags", types::ARRAY).default(c"[]");
const NAME: Parameter = Parameter::new(c"name", types::STRING).default(c"'default'");

#[rustfmt::skip]
const METHODS: &[Method] = &[
    Method::new(c"__construct", handle::construct, 0, &[NAME, TTL], types::NONE),
    Method::new(c"name", handle::name, 0, &[], types::STRING),
    Method::new(c"fetch", read::fetch, 1, &[KEY, DEFAULT], types::MIXED),
    Method::new(c"has", read::has, 1, &[KEY], types::BOOL),
    Method::new(c"store", write::store, 2, &[KEY, VALUE, TTL, TAGS, STALE], types::BOOL),
    Method::new(c"add", write::add, 2, &[KEY, VALUE, TTL, TAGS, STALE], types::BOOL),
    Method::new(c"replace", write::replace, 2, &[KEY, VALUE, TTL, TAGS, STALE], types::BOOL),
    Method::new(c"delete", write::delete, 1, &[KEY], types::BOOL),
];

/// Registers the class and its exceptions.
pub fn register() {
    errors::register();
    computation::register();
    background::register();
    lock::register();
    let methods = METHODS.iter().chain(remember::METHODS).chain(lock::METHODS);
    handle::Handle::class().register(c"Trove\\Cache", &[], methods);
}
