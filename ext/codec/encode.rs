//! A PHP value to a payload, in two steps: [`Plan::measure`] runs all that can run PHP code and says how large the payload is;
//! [`Plan::write`] fills it and calls nothing.

use ext_php_rs::types::Zval;
use trove_shm::cache;

use super::brief::{Brief, Hooked};
use super::flat::Flat;
use super::graph::Graph;
use super::serializer::{Registered, Serializer};
use super::single::Single;
use super::tables::Tables;
use super::{Kind, StoreError};
use crate::zend::call::{self, Text};
use crate::zend::image;
use crate::zend::object::{Object, Treatment};
use crate::zend::scratch::Own;
use crate::zend::value::{Array, Str, Value, dereferenced};

/// A value that is ready to be written.
pub struct Plan<'a> {
    content: Content<'a>,
}

enum Content<'a> {
    Inline(Kind, u64),
    Str(Str<'a>),
    Small(Flat<'a>),
    Array(Box<Tables<'a>>),
    Objects(Box<Graph<'a>>),
    Brief(Own<Brief<'a>>),
    /// What `serialize()` made.
    Text(Text),
    /// What another extension's serializer made; its name goes in front.
    Registered(Registered, Text),
}

/// A value of which little has to be known before it is written: a plan that is never kept anywhere.
pub enum Quick<'a> {
    Str(Str<'a>),
    Small(Flat<'a>),
    Object(Single<'a>),
}

impl<'a> Quick<'a> {
    /// None where it takes a [`Plan`]. Runs no PHP code. As there, nothing may change the value until it is written.
    #[inline(always)]
    pub fn of(value: &'a Zval, serializer: Serializer) -> Option<Self> {
        match Value::of_variable(value) {
            Value::Str(string) => Some(Self::Str(string)),
            Value::Array(array) if matches!(serializer, Serializer::Native) => match Flat::of(array) {
                Some(flat) => Some(Self::Small(flat)),
                None => Single::of_array(array).map(Self::Object),
            },
            Value::Object(object) if matches!(serializer, Serializer::Native) => Single::of(object).map(Self::Object),
            _ => None,
        }
    }

    /// What the payload is.
    #[inline(always)]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Str(_) => Kind::Str,
            Self::Small(_) => Kind::Array,
            Self::Object(_) => Kind::Objects,
        }
    }

    /// The exact size of the payload.
    #[inline(always)]
    pub fn value(&self) -> cache::Value {
        cache::Value::Payload(match self {
            Self::Str(string) => image::string_size(string.bytes().len()),
            Self::Small(flat) => flat.size(),
            Self::Object(single) => single.size(),
        })
    }

    /// Fills the payload; `address` is that of its first byte in the read-only view.
    #[inline(always)]
    pub fn write(&self, payload: &mut [u8], address: u64) {
        match self {
            Self::Str(string) => put_string(payload, *string),
            Self::Small(flat) => {
                image::put_u64(payload, 0, address);
                flat.write(payload, address);
            }
            Self::Object(single) => single.write(payload, address),
        }
    }
}

#[inline]
fn put_string(payload: &mut [u8], string: Str<'_>) {
    let text = string.bytes();
    let payload = &mut payload[..image::string_size(text.len())];
    image::put_string(payload, text, string.hash(), string.is_known_utf8());
}

impl<'a> Plan<'a> {
    /// Looks at a value, and serializes it where it must. May run PHP code and may leave by a bailout: the caller owns nothing that must be
    /// dropped. Until the plan is written, nothing may change the value: the caller calls nothing of the engine.
    ///
    /// # Errors
    /// It cannot be stored.
    pub fn measure(value: &'a Zval, serializer: Serializer) -> Result<Self, StoreError> {
        if let Value::Object(object) = Value::of_variable(value)
            && matches!(serializer, Serializer::Native)
        {
            return match object.treatment() {
                Treatment::Quiet => hooked(object),
                Treatment::Loud if !object.is_lazy() => hooked(object),
                _ => objects(value),
            };
        }
        Self::measure_among(value, serializer)
    }

    /// The same of a value after which code may run before it is written, if [`Plan::ran_code`] says so: that of other values, which are to be
    /// written at the same time.
    ///
    /// # Errors
    /// As there.
    pub fn measure_among(value: &'a Zval, serializer: Serializer) -> Result<Self, StoreError> {
        let content = match Value::of_variable(value) {
            Value::Null | Value::Wrapped(_) | Value::Reference => Content::Inline(Kind::Null, 0),
            Value::False => Content::Inline(Kind::False, 0),
            Value::True => Content::Inline(Kind::True, 1),
            Value::Long(n) => Content::Inline(Kind::Long, n as u64),
            Value::Double(d) => Content::Inline(Kind::Double, d.to_bits()),
            Value::Str(string) => Content::Str(string),
            Value::Array(array) if matches!(serializer, Serializer::Native) => {
                if let Some(flat) = Flat::of(array) {
                    Content::Small(flat)
                } else if let Some(tables) = tables(array) {
                    Content::Array(tables)
                } else {
                    return objects(value);
                }
            }
            Value::Object(object) if matches!(serializer, Serializer::Native) => match object.treatment() {
                Treatment::Quiet => return hooked(object),
                _ => return objects(value),
            },
            Value::Array(_) | Value::Object(_) => serialized(value, serializer)?,
            Value::Resource => return Err(StoreError::Resource),
        };
        Ok(Self { content })
    }

    /// What the payload is.
    pub fn kind(&self) -> Kind {
        match &self.content {
            Content::Inline(kind, _) => *kind,
            Content::Str(_) => Kind::Str,
            Content::Small(_) | Content::Array(_) => Kind::Array,
            Content::Objects(_) | Content::Brief(_) => Kind::Objects,
            Content::Text(_) => Kind::Php,
            Content::Registered(..) => Kind::Registered,
        }
    }

    /// Whether making the plan may have run PHP code: then it holds its text itself. Else it looks at the value until it is written.
    pub fn ran_code(&self) -> bool {
        matches!(self.content, Content::Text(_) | Content::Registered(..))
    }

    /// The word, or the exact size of the payload.
    pub fn value(&self) -> cache::Value {
        cache::Value::Payload(match &self.content {
            Content::Inline(kind, word) => {
                return cache::Value::Inline { word: *word, integer: *kind == Kind::Long };
            }
            Content::Str(string) => image::string_size(string.bytes().len()),
            Content::Small(flat) => flat.size(),
            Content::Array(tables) => tables.size(),
            Content::Objects(graph) => graph.size(),
            Content::Brief(brief) => brief.size(),
            Content::Text(text) => text.bytes().len(),
            Content::Registered(by, text) => by.name().len() + 1 + text.bytes().len(),
        })
    }

    /// Fills the payload; `address` is that of its first byte in the read-only view.
    pub fn write(&self, payload: &mut [u8], address: u64) {
        match &self.content {
            Content::Inline(..) => {}
            Content::Str(string) => put_string(payload, *string),
            Content::Small(flat) => {
                image::put_u64(payload, 0, address);
                flat.write(payload, address);
            }
            Content::Array(tables) => {
                image::put_u64(payload, 0, address);
                tables.write(payload, address);
            }
            Content::Objects(graph) => graph.write(payload, address),
            Content::Brief(brief) => brief.write(payload, address),
            Content::Text(text) => payload[..text.bytes().len()].copy_from_slice(text.bytes()),
            Content::Registered(by, text) => {
                let (name, rest) = payload.split_at_mut(by.name().len());
                name.copy_from_slice(by.name());
                rest[0] = 0;
                rest[1..=text.bytes().len()].copy_from_slice(text.bytes());
            }
        }
    }
}

/// An array that is plain.
#[inline(never)]
fn tables(array: Array<'_>) -> Option<Box<Tables<'_>>> {
    let mut tables = Tables::new(image::ARRAY_ROOT);
    tables.array(array).is_ok().then(|| Box::new(tables))
}

fn objects(value: &Zval) -> Result<Plan<'_>, StoreError> {
    let returned = match Brief::of(Value::of_variable(value)) {
        Ok(brief) => return Ok(Plan { content: Content::Brief(brief) }),
        Err(returned) => returned,
    };
    if call::exception_is_pending() {
        // A hook has thrown.
        return Err(StoreError::Exception);
    }
    let content = match Graph::of(Value::of_variable(value), returned) {
        Ok(graph) => Content::Objects(Box::new(graph)),
        Err(_) => as_text(value)?,
    };
    Ok(Plan { content })
}

/// An object with hooks, and nothing else.
fn hooked(object: Object<'_>) -> Result<Plan<'_>, StoreError> {
    let (array, returned) = match Brief::of_hooked(object) {
        Hooked::Measured(brief) => return Ok(Plan { content: Content::Brief(brief) }),
        Hooked::Thrown => return Err(StoreError::Exception),
        Hooked::Other(array, returned) => (array, returned),
    };
    let content = match Graph::of_hooked(object, array, returned) {
        Ok(graph) => Content::Objects(Box::new(graph)),
        // A hook inside has thrown.
        Err(_) if call::exception_is_pending() => return Err(StoreError::Exception),
        Err(returned) => Content::Text(returned.serialize(object)?),
    };
    Ok(Plan { content })
}

/// What no recipe is made of.
fn as_text(value: &Zval) -> Result<Content<'_>, StoreError> {
    if call::exception_is_pending() {
        // A hook has thrown.
        return Err(StoreError::Exception);
    }
    serialized(value, Serializer::Native)
}

fn serialized<'a>(value: &Zval, serializer: Serializer) -> Result<Content<'a>, StoreError> {
    match serializer {
        // A variable that refers to itself is only told apart from one that refers to a copy while it is still a reference.
        Serializer::Native => call::serialize(value).map(Content::Text),
        Serializer::Php => call::serialize(dereferenced(value)).map(Content::Text),
        Serializer::Registered(by) => by.serialize(dereferenced(value)).map(|text| Content::Registered(by, text)),
    }
}
