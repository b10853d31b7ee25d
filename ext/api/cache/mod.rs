//! `Trove\Cache`: named caches with tags. A file for each family of methods; each has its methods' table.
//!
//! A method takes [`handle::method`], parses its arguments one by one, and does its work in [`handle::Handle::with`]. What goes wrong is a `ValueError` or
//! a `TypeError` of the engine's wording where the caller is wrong, and one of [`errors`] where the cache is.

mod background;
mod bulk;
mod change;
mod computation;
mod compute;
mod entry;
mod errors;
mod handle;
mod info;
mod iterate;
mod keys;
mod lock;
mod options;
mod read;
mod remember;
mod tags;
mod terms;
mod token;
mod user_cache;
mod write;

use core::ffi::CStr;

use crate::zend::class::{Interface, Native};
use crate::zend::function::{Method, Parameter, types};

const TIME: &CStr = c"DateInterval|DateTimeInterface";
const NUMBER_OR_NULL: u32 = types::INT | types::FLOAT | types::NULL;
const KEY: Parameter = Parameter::new(c"key", types::STRING);
const KEYS: Parameter = Parameter::new(c"keys", types::ITERABLE).or_of(c"Traversable");
const VALUE: Parameter = Parameter::new(c"value", types::MIXED);
const VALUES: Parameter = Parameter::new(c"values", types::ITERABLE).or_of(c"Traversable");
const DEFAULT: Parameter = Parameter::new(c"default", types::MIXED).default(c"null");
const TTL: Parameter = Parameter::new(c"ttl", NUMBER_OR_NULL).or_of(TIME).default(c"null");
const STALE: Parameter = Parameter::new(c"stale", NUMBER_OR_NULL).or_of(TIME).default(c"null");
const TAG: Parameter = Parameter::new(c"tag", types::STRING);
const TAGS: Parameter = Parameter::new(c"tags", types::ARRAY);
const SOME_TAGS: Parameter = TAGS.default(c"[]");
const TOKEN: Parameter = Parameter::new(c"token", types::NULL).or_of(c"Trove\\Token").default(c"null");
const NAME: Parameter = Parameter::new(c"name", types::STRING).default(c"'default'");
const PIN: Parameter = Parameter::new(c"pin", types::BOOL).default(c"false");
const BY: Parameter = Parameter::new(c"by", types::INT).default(c"1");
const INITIAL: Parameter = Parameter::new(c"initial", types::INT).default(c"0");
const DEADLINE: Parameter = Parameter::new(c"deadline", types::FLOAT).default(c"60.0");
const ALL_OF: Parameter = Parameter::new(c"allOf", types::ARRAY);
const NONE_OF: Parameter = Parameter::new(c"noneOf", types::ARRAY).default(c"[]");
const PREFIX: Parameter = Parameter::new(c"prefix", types::STRING).default(c"''");
const EXPECTED: Parameter = Parameter::new(c"expected", types::MIXED);
const NEW: Parameter = Parameter::new(c"new", types::MIXED);

#[rustfmt::skip]
const METHODS: &[Method] = &[
    Method::new(c"__construct", handle::construct, 0, &[NAME, TTL], types::NONE),
    Method::new(c"name", handle::name, 0, &[], types::STRING),
    Method::new(c"fetch", read::fetch, 1, &[KEY, DEFAULT], types::MIXED),
    Method::new(c"fetchMultiple", bulk::fetch, 1, &[KEYS, DEFAULT], types::ARRAY),
    Method::new(c"has", read::has, 1, &[KEY], types::BOOL),
    Method::new(c"store", write::store, 2, &[KEY, VALUE, TTL, SOME_TAGS, STALE, TOKEN, PIN], types::BOOL),
    Method::new(c"storeMultiple", bulk::store, 1, &[VALUES, TTL, SOME_TAGS, STALE, TOKEN], types::BOOL),
    Method::new(c"add", write::add, 2, &[KEY, VALUE, TTL, SOME_TAGS, STALE, TOKEN, PIN], types::BOOL),
    Method::new(c"replace", write::replace, 2, &[KEY, VALUE, TTL, SOME_TAGS, STALE, TOKEN, PIN], types::BOOL),
    Method::new(c"delete", write::delete, 1, &[KEY], types::BOOL),
    Method::new(c"deleteMultiple", bulk::delete, 1, &[KEYS], types::INT),
    Method::new(c"increment", change::increment, 1, &[KEY, BY, INITIAL, TTL], types::INT),
    Method::new(c"decrement", change::decrement, 1, &[KEY, BY, INITIAL, TTL], types::INT),
    Method::new(c"compareAndSwap", change::compare_and_swap, 3, &[KEY, EXPECTED, NEW], types::BOOL),
    Method::new(c"touch", entry::touch, 1, &[KEY, TTL], types::BOOL),
    Method::new(c"refresh", entry::refresh, 1, &[KEY], types::BOOL),
    Method::new(c"entry", entry::entry, 1, &[KEY], types::NONE).or_of(c"Trove\\Entry"),
    Method::new(c"invalidateTags", tags::invalidate, 1, &[TAGS], types::VOID),
    Method::new(c"refreshTags", tags::refresh, 1, &[TAGS], types::VOID),
    Method::new(c"deleteMatchingTags", tags::delete_matching, 1, &[ALL_OF, NONE_OF], types::INT),
    Method::new(c"keysByTag", tags::keys, 1, &[TAG], types::ARRAY),
    Method::new(c"countByTag", tags::count, 1, &[TAG], types::INT),
    Method::new(c"tags", tags::of_key, 1, &[KEY], types::ARRAY),
    Method::new(c"token", token::token, 0, &[SOME_TAGS], types::NONE).or_of(c"Trove\\Token").fixed(),
    Method::new(c"beginInvalidation", token::begin_invalidation, 1, &[TAGS, DEADLINE], types::NONE).or_of(c"Trove\\Invalidation"),
    Method::new(c"flush", info::flush, 0, &[], types::VOID),
    Method::new(c"keys", iterate::keys, 0, &[PREFIX], types::NONE).or_of(c"Iterator"),
    Method::new(c"getIterator", iterate::iterator, 0, &[], types::NONE).or_of(c"Iterator"),
    Method::new(c"count", info::count, 0, &[], types::INT),
    Method::new(c"info", info::info, 0, &[], types::NONE).or_of(c"Trove\\CacheInfo"),
    Method::new(c"all", info::all, 0, &[], types::ARRAY).fixed(),
];

/// Registers the classes.
pub fn register() {
    errors::register();
    token::register();
    entry::register();
    info::register();
    iterate::register();
    user_cache::register();
    computation::register();
    background::register();
    lock::register();
    let methods = METHODS.iter().chain(remember::METHODS).chain(lock::METHODS).chain(options::METHODS);
    handle::Handle::class().register(c"Trove\\Cache", &[Interface::Aggregate, Interface::Countable], methods);
}
