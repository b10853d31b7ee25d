//! A payload to a PHP value: [`Stored`] is what a hit holds, in a form that does not need the hit any more.

use ext_php_rs::ffi::{IS_DOUBLE, IS_FALSE, IS_LONG, IS_NULL, IS_TRUE};
use ext_php_rs::types::Zval;

use super::{Kind, Unreadable, rebase, serializer};
use crate::zend::call;
use crate::zend::make::{self, Bailout, Buffer};

/// A stored value, ready to be made a PHP value.
pub struct Stored<'a> {
    kind: u8,
    word: u64,
    payload: Payload<'a>,
}

enum Payload<'a> {
    /// In the read-only view, until the end of the request.
    Kept(&'a [u8]),
    /// In the engine's memory.
    Private(Buffer),
}

impl<'a> Stored<'a> {
    /// Of a payload in the read-only view that stays there until the end of the request (`Hit::keeps`).
    #[inline]
    pub fn kept(kind: u8, word: u64, payload: &'a [u8]) -> Self {
        Self { kind, word, payload: Payload::Kept(payload) }
    }

    /// Of a payload that may go away: copies it. The caller then drops the hit, and decodes after that.
    ///
    /// # Errors
    /// PHP's memory limit is reached. The caller drops what it holds and calls [`Bailout::resume`].
    pub fn private(kind: u8, word: u64, payload: &[u8]) -> Result<Self, Bailout> {
        let payload = match payload {
            [] => Payload::Kept(&[]),
            _ => Payload::Private(Buffer::copy_of(payload)?),
        };
        Ok(Self { kind, word, payload })
    }

    /// Makes the value in `out`, which holds nothing yet. May run PHP code (autoloading, `__wakeup()`, and so on) and may leave by a bailout:
    /// the caller holds no hit and owns nothing that must be dropped.
    ///
    /// # Errors
    /// No value could be made; `out` is null, or whatever the pending exception left there.
    #[inline]
    pub fn decode(self, out: &mut Zval) -> Result<(), Unreadable> {
        let (value, tag) = match Kind::of(self.kind) {
            Some(Kind::Long) => (self.word, IS_LONG),
            Some(Kind::Null) => (0, IS_NULL),
            Some(Kind::False) => (0, IS_FALSE),
            Some(Kind::True) => (0, IS_TRUE),
            Some(Kind::Double) => (self.word, IS_DOUBLE),
            Some(Kind::Str) => return self.payload.into_string(out),
            Some(Kind::Array) => return self.payload.into_array(out),
            Some(Kind::Php) => return call::unserialize(self.payload.bytes(), out),
            Some(Kind::Registered) => return registered(self.payload.bytes(), out),
            None => return Err(Unreadable),
        };
        out.value.lval = value as i64;
        out.u1.type_info = tag;
        Ok(())
    }
}

impl Payload<'_> {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Kept(bytes) => bytes,
            Self::Private(buffer) => buffer.bytes(),
        }
    }

    #[inline]
    fn into_string(self, out: &mut Zval) -> Result<(), Unreadable> {
        match self {
            Self::Kept(image) => make::string_in_place(image, out),
            Self::Private(image) => make::string_of(image, out),
        }
    }

    #[inline]
    fn into_array(self, out: &mut Zval) -> Result<(), Unreadable> {
        match self {
            Self::Kept(payload) => make::array_in_place(payload.get(8..).unwrap_or_default(), out),
            Self::Private(mut buffer) => {
                let payload = buffer.bytes_mut();
                rebase::array(payload)?;
                make::array_copy(payload, 8, out);
                Ok(())
            }
        }
    }
}

fn registered(payload: &[u8], out: &mut Zval) -> Result<(), Unreadable> {
    let end = payload.iter().position(|&byte| byte == 0).ok_or(Unreadable)?;
    match serializer::find(&payload[..end]) {
        Some(by) => by.unserialize(&payload[end + 1..], out),
        None => Err(Unreadable),
    }
}
