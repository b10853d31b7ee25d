//! The two modules: `trove`, and `apcu`, which it brings along.

use core::ffi::{CStr, c_int};

use ext_php_rs::ffi::zend_module_entry;

use crate::codec::serializer;
use crate::zend::module::{self, Module};
use crate::zend::{call, function, moment, report};
use crate::{api, ini, request, resets};

/// Version of the module "trove".
pub const TROVE_VERSION: &CStr = match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
    Ok(version) => version,
    Err(_) => panic!("a version has no NUL"),
};

/// Version of APCu that the module "apcu" behaves as.
pub const APCU_VERSION: &CStr = c"5.1.28";

/// Describes the module to the engine, which calls it when it has loaded the library.
///
/// The module "apcu" must be known to the engine before any module starts: extensions that look APCu up at their start (igbinary does) are
/// started after a module of that name.
pub fn describe() -> *mut zend_module_entry {
    if ini::wants_apcu() {
        bring_apcu();
    }
    module::entry(&Module {
        name: c"trove",
        version: TROVE_VERSION,
        functions: function::entries(api::TROVE),
        startup: start_trove,
        shutdown: stop_trove,
        info: api::print_trove,
        requests: true,
    })
}

fn bring_apcu() {
    if module::is_loaded(c"apcu") {
        return report::startup_warning(
            "trove: the module \"apcu\" is loaded already, so Trove does not provide the apcu_* functions; \
             remove extension=apcu to use Trove's, or set trove.apcu=0 to keep APCu's and silence this",
        );
    }
    if module::is_started() {
        return report::startup_warning(
            "trove: loaded at run time, so without the apcu_* functions; load it from php.ini",
        );
    }
    module::register(&Module {
        name: c"apcu",
        version: APCU_VERSION,
        functions: function::entries(api::APCU),
        startup: start_apcu,
        shutdown: stop_apcu,
        info: api::print_apcu,
        requests: false,
    });
}

extern "C" fn start_trove(_: c_int, number: c_int) -> c_int {
    ini::register_trove(number);
    api::register_trove();
    moment::prepare();
    resets::prepare();
    if let Err(message) = request::prepare() {
        report::startup_error(&message);
    }
    0
}

extern "C" fn stop_trove(_: c_int, number: c_int) -> c_int {
    module::at_shutdown(request::shut_down);
    crate::zend::ini::unregister(number);
    0
}

extern "C" fn start_apcu(_: c_int, number: c_int) -> c_int {
    ini::register_apc(number);
    api::register_apcu(number);
    if ini::Settings::read().disabled.is_none() {
        module::long_constant(serializer::CONSTANT, call::registrar(), number);
    }
    0
}

extern "C" fn stop_apcu(_: c_int, number: c_int) -> c_int {
    crate::zend::ini::unregister(number);
    0
}
