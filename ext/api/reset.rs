//! `Trove\\opcache_reset()` and its like: resets that reach every process that is attached. Each returns how many those are, and false where
//! `trove.restrict_api` forbids it, the cache is off, or the reset could not be published.

use ext_php_rs::types::Zval;
use ext_php_rs::zend::ExecuteData;
use trove_shm::resets::{self as engine, Opcache, Reset, Stat};

use crate::error::explain;
use crate::zend::args::Args;
use crate::zend::report;
use crate::{ini, request, resets};

pub extern "C" fn opcache_reset(frame: &mut ExecuteData, result: &mut Zval) {
    if Args::of(frame).none() {
        publish(&Reset { opcache: Opcache::Reset, ..Reset::default() }, result);
    }
}

pub extern "C" fn opcache_invalidate(frame: &mut ExecuteData, result: &mut Zval) {
    let Some(paths) = Args::of(frame).one() else { return };
    let list: Vec<&[u8]> = match paths.array() {
        None => paths.zend_str().map(|path| path.as_bytes()).into_iter().collect(),
        Some(paths) => paths.values().filter_map(|path| Some(path.zend_str()?.as_bytes())).collect(),
    };
    if list.is_empty() || list.len() != paths.array().map_or(1, |paths| paths.len()) {
        return report::throw_type(
            c"Trove\\opcache_invalidate(): Argument #1 ($paths) must be a string or a list of strings, not empty",
        );
    }
    if list.iter().any(|path| path.is_empty()) {
        return report::throw_value(match paths.array() {
            None => c"Trove\\opcache_invalidate(): Argument #1 ($paths) must not be empty",
            Some(_) => c"Trove\\opcache_invalidate(): Argument #1 ($paths) must not contain an empty path",
        });
    }
    publish(&Reset { opcache: Opcache::Invalidate(&list), ..Reset::default() }, result);
}

pub extern "C" fn stat_clear(frame: &mut ExecuteData, result: &mut Zval) {
    let Some(path) = Args::of(frame).optional_string() else { return };
    let stat = path.map_or(Stat::All, |path| Stat::Path(path.as_bytes()));
    publish(&Reset { stat, ..Reset::default() }, result);
}

pub extern "C" fn reset(frame: &mut ExecuteData, result: &mut Zval) {
    if Args::of(frame).none() {
        publish(&Reset { stat: Stat::All, opcache: Opcache::Paths, report: false }, result);
    }
}

pub extern "C" fn poll(frame: &mut ExecuteData, result: &mut Zval) {
    if Args::of(frame).none() {
        result.set_bool(resets::poll());
    }
}

fn publish(reset: &Reset<'_>, result: &mut Zval) {
    result.set_bool(false);
    if !ini::may_reset() {
        return report::warning(c"Trove's resets are restricted by the setting trove.restrict_api");
    }
    let problem = request::with(|session| {
        let session = session?;
        if let Err(error) = session.cache.publish_reset(reset) {
            return Some(explain(session.place(), &error));
        }
        resets::apply(session);
        result.set_long(engine::workers(session.cache.segment()).len() as i64);
        None
    });
    if let Some(problem) = problem {
        report::warning(&report::c_string(&problem));
    }
}
