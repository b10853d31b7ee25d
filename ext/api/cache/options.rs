//! `configure`, `freeze`, `isFrozen`.

use ext_php_rs::types::array::ArrayKey;
use ext_php_rs::types::{ZendHashTable, Zval};
use ext_php_rs::zend::ExecuteData;

use super::errors;
use super::handle::{Opened, method};
use crate::error::printable;
use crate::options::{self, Choice, Given, Options};
use crate::zend::function::{Method, Parameter, types};

const OPTIONS: Parameter = Parameter::new(c"options", types::ARRAY).default(c"[]");

/// The methods of `Trove\Cache` in this file.
#[rustfmt::skip]
pub const METHODS: &[Method] = &[
    Method::new(c"configure", configure, 0, &[OPTIONS], types::ARRAY),
    Method::new(c"freeze", freeze, 0, &[], types::VOID),
    Method::new(c"isFrozen", is_frozen, 0, &[], types::BOOL),
];

extern "C" fn configure(frame: &mut ExecuteData, result: &mut Zval) {
    let Some((args, handle)) = method(frame, 0, 1) else { return };
    let Some(given) = args.array_at(0) else { return };
    // All are checked before one is set.
    let empty = ZendHashTable::new();
    let given = given.unwrap_or(&empty);
    let mut checked = Options::default();
    for (key, value) in given.iter() {
        if let Err(message) = set(&mut checked, &key, value) {
            return args.refuse_value(0, &message);
        }
    }
    let in_force = handle.with(|cache| {
        let mut options = Options::of(cache.session.cache.settings(cache.home));
        for (key, value) in given.iter() {
            // Checked above.
            let _ = set(&mut options, &key, value);
        }
        cache.session.cache.configure(cache.home, options.settings());
        cache.options()
    });
    // Where Trove is off, nobody knows what others have set.
    *result = Zval::null();
    result.set_hashtable(as_array(in_force.unwrap_or(checked)));
}

fn set(options: &mut Options, key: &ArrayKey<'_>, value: &Zval) -> Result<(), String> {
    let name = key.to_string();
    let Some(choice) = options::named(&name) else {
        let name = printable(name.as_bytes());
        return Err(format!("must not have an option \"{name}\"; the options are {}", options::names()));
    };
    let value = value.dereference();
    options.set(choice, given(value)).map_err(|allowed| {
        let found = match given(value) {
            Given::Text(text) => format!("\"{}\"", printable(text.as_bytes())),
            Given::Int(n) => n.to_string(),
            Given::Float(n) => n.to_string(),
            Given::Bool(on) => on.to_string(),
            Given::Unset | Given::Other => super::terms::type_name(value),
        };
        format!("must have {allowed}, as \"{name}\"; {found} given")
    })
}

fn given(value: &Zval) -> Given<'_> {
    if value.is_null() {
        Given::Unset
    } else if let Some(text) = value.zend_str() {
        text.as_str().map_or(Given::Other, Given::Text)
    } else if let Some(n) = value.long() {
        Given::Int(n)
    } else if let Some(n) = value.double() {
        Given::Float(n)
    } else {
        value.bool().map_or(Given::Other, Given::Bool)
    }
}

/// What counts, all options.
fn as_array(options: Options) -> ext_php_rs::boxed::ZBox<ZendHashTable> {
    let mut array = ZendHashTable::new();
    for (name, choice) in options::ALL {
        let mut value = Zval::new();
        match choice {
            Choice::Ttl => seconds(&mut value, options.ttl_ms()),
            Choice::Stale => seconds(&mut value, options.stale_ms()),
            Choice::Quota => value.set_long(options.quota().unwrap_or(0) as i64),
            Choice::Compress => value.set_long(options.compress().map_or(0, |(from, _)| from) as i64),
            Choice::CompressLevel => value.set_long(i64::from(options.level())),
            Choice::Pin => value.set_long(options.pin().unwrap_or(trove_shm::caches::DEFAULT_PIN) as i64),
            Choice::Null => value.set_bool(options.null()),
        }
        let _ = array.insert(name, value);
    }
    array
}

/// Whole seconds as an integer.
fn seconds(value: &mut Zval, ms: Option<u64>) {
    let ms = ms.unwrap_or(0);
    if ms.is_multiple_of(1000) {
        value.set_long((ms / 1000) as i64);
    } else {
        value.set_double(ms as f64 / 1000.0);
    }
}

extern "C" fn freeze(frame: &mut ExecuteData, _: &mut Zval) {
    let Some((_, handle)) = method(frame, 0, 0) else { return };
    handle.with(|cache| {
        if let Err(error) = cache.session.cache.freeze(cache.home) {
            errors::throw(cache.session, &error);
        }
    });
}

extern "C" fn is_frozen(frame: &mut ExecuteData, result: &mut Zval) {
    let Some((_, handle)) = method(frame, 0, 0) else { return };
    let frozen = handle.with(|cache: Opened<'_>| cache.session.cache.is_frozen(cache.home));
    result.set_bool(frozen == Some(true));
}
