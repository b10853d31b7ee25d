//! PHP's functions and classes, a file for each family.

mod cache;
mod entry;
mod fetch;
mod info;
mod iterator;
mod preload;
mod remove;
mod reset;
mod slam;
mod status;
mod store;
mod update;
mod value;

use crate::zend::function::{Function, Parameter, types};
use crate::zend::module;

pub use info::{print_apcu, print_trove};
pub use preload::run as preload;

/// `$key`, not typed: each function says itself what it takes.
const ANY_KEY: Parameter = Parameter::new(c"key", types::NONE);
const KEY: Parameter = Parameter::new(c"key", types::STRING);
const VALUE: Parameter = Parameter::new(c"value", types::MIXED);
const TTL: Parameter = Parameter::new(c"ttl", types::INT).default(c"0");
const STEP: Parameter = Parameter::new(c"step", types::INT).default(c"1");
const SUCCESS: Parameter = Parameter::new(c"success", types::NONE).by_reference().default(c"null");
const PATHS: Parameter = Parameter::new(c"paths", types::STRING | types::ARRAY);
const PATH: Parameter = Parameter::new(c"path", types::STRING | types::NULL).default(c"null");
const LIMITED: Parameter = Parameter::new(c"limited", types::BOOL).default(c"false");

/// What the module "apcu" brings.
#[rustfmt::skip]
pub const APCU: &[Function] = &[
    Function { name: c"apcu_clear_cache", handler: remove::apcu_clear_cache, required: 0, parameters: &[], returns: types::BOOL },
    Function { name: c"apcu_cache_info", handler: info::apcu_cache_info, required: 0, parameters: &[LIMITED], returns: types::ARRAY | types::FALSE },
    Function { name: c"apcu_key_info", handler: info::apcu_key_info, required: 1, parameters: &[KEY], returns: types::ARRAY | types::NULL },
    Function { name: c"apcu_sma_info", handler: info::apcu_sma_info, required: 0, parameters: &[LIMITED], returns: types::ARRAY | types::FALSE },
    Function { name: c"apcu_enabled", handler: info::apcu_enabled, required: 0, parameters: &[], returns: types::BOOL },
    Function { name: c"apcu_store", handler: store::apcu_store, required: 1, parameters: &[ANY_KEY, VALUE, TTL], returns: types::ARRAY | types::BOOL },
    Function { name: c"apcu_add", handler: store::apcu_add, required: 1, parameters: &[ANY_KEY, VALUE, TTL], returns: types::ARRAY | types::BOOL },
    Function { name: c"apcu_inc", handler: update::apcu_inc, required: 1, parameters: &[KEY, STEP, SUCCESS, TTL], returns: types::INT | types::FALSE },
    Function { name: c"apcu_dec", handler: update::apcu_dec, required: 1, parameters: &[KEY, STEP, SUCCESS, TTL], returns: types::INT | types::FALSE },
    Function { name: c"apcu_cas", handler: update::apcu_cas, required: 3, parameters: &[KEY, Parameter::new(c"old", types::INT), Parameter::new(c"new", types::INT)], returns: types::BOOL },
    Function { name: c"apcu_fetch", handler: fetch::apcu_fetch, required: 1, parameters: &[ANY_KEY, SUCCESS], returns: types::MIXED },
    Function { name: c"apcu_exists", handler: fetch::apcu_exists, required: 1, parameters: &[ANY_KEY], returns: types::ARRAY | types::BOOL },
    Function { name: c"apcu_delete", handler: remove::apcu_delete, required: 1, parameters: &[ANY_KEY], returns: types::ARRAY | types::BOOL },
    Function { name: c"apcu_entry", handler: entry::apcu_entry, required: 2, parameters: &[KEY, Parameter::new(c"callback", types::CALLABLE), TTL], returns: types::MIXED },
];

/// What the module "trove" brings.
#[rustfmt::skip]
pub const TROVE: &[Function] = &[
    Function { name: c"Trove\\status", handler: status::status, required: 0, parameters: &[], returns: types::ARRAY },
    Function { name: c"Trove\\reset", handler: reset::reset, required: 0, parameters: &[], returns: types::INT | types::FALSE },
    Function { name: c"Trove\\opcache_reset", handler: reset::opcache_reset, required: 0, parameters: &[], returns: types::INT | types::FALSE },
    Function { name: c"Trove\\opcache_invalidate", handler: reset::opcache_invalidate, required: 1, parameters: &[PATHS], returns: types::INT | types::FALSE },
    Function { name: c"Trove\\stat_clear", handler: reset::stat_clear, required: 0, parameters: &[PATH], returns: types::INT | types::FALSE },
    Function { name: c"Trove\\poll", handler: reset::poll, required: 0, parameters: &[], returns: types::BOOL },
];

/// Registers the classes of the module "trove".
pub fn register_trove() {
    cache::register();
}

/// Registers the class and the constants of the module "apcu".
pub fn register_apcu(module_number: i32) {
    iterator::register();
    for (name, value) in iterator::CONSTANTS {
        module::long_constant(name, *value, module_number);
    }
}
