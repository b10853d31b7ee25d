//! The terms of a store: how long, with which tags, how long after that as a stale value.

use ext_php_rs::flags::DataType;
use ext_php_rs::types::{ZendHashTable, Zval};
use trove_shm::cache::{self, Era, Mode, Now};

use super::token::Token;
use crate::request::Session;
use crate::zend::args::Args;
use crate::zend::{date, report, time};

const TTL_TYPES: &str = "must be of type DateInterval|DateTimeInterface|int|float|null, ";

/// How long a value lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lifetime {
    /// As the cache says.
    Default,
    /// For ever.
    Forever,
    /// So many ms.
    Ms(u64),
    /// Until this boot time in ms.
    Until(u64),
}

impl Lifetime {
    /// That of argument `index`; none where an exception was thrown.
    ///
    /// May run PHP code: dates have methods.
    #[inline]
    pub fn at(args: Args<'_>, index: u32) -> Option<Self> {
        match args.value(index) {
            None => Some(Self::Default),
            Some(value) if value.is_null() => Some(Self::Default),
            Some(value) => match value.long() {
                Some(0) => Some(Self::Forever),
                Some(s @ 1..=MOST_SECONDS) => Some(Self::Ms(s as u64 * 1000)),
                _ => Self::parsed(args, index, value.dereference()),
            },
        }
    }

    /// That of an option: none is the default.
    pub fn of_option(ms: Option<u64>) -> Self {
        ms.map_or(Self::Default, Self::Ms)
    }

    /// From `other`, where this one is the default.
    #[inline]
    pub fn or(self, other: Self) -> Self {
        if self == Self::Default { other } else { self }
    }

    /// Boot time in ms of the expiry of what is stored now.
    #[inline]
    pub fn expiry(self, now: Now) -> u64 {
        match self {
            Self::Default | Self::Forever => u64::MAX,
            Self::Ms(ms) => now.boot_ms.saturating_add(ms),
            Self::Until(boot_ms) => boot_ms,
        }
    }

    /// As a stale window of what expires at `expires`: see [`Spec::stale`](trove_shm::cache::Spec::stale).
    #[inline]
    pub fn window(self, expires: u64) -> u64 {
        match self {
            Self::Default | Self::Forever => cache::until(expires, 0),
            Self::Ms(ms) => cache::until(expires, ms),
            Self::Until(_) if expires == u64::MAX => 0,
            Self::Until(boot_ms) => boot_ms.max(expires),
        }
    }

    /// Whether a tick of the system's clock is too long for it.
    #[inline]
    pub fn is_brief(self) -> bool {
        matches!(self, Self::Ms(..BRIEF_MS) | Self::Until(_))
    }

    #[cold]
    fn parsed(args: Args<'_>, index: u32, value: &Zval) -> Option<Self> {
        if value.is_object() {
            let Some(ms) = date::ms_from_now(value) else {
                if !report::has_exception() {
                    args.refuse_type(index, &format!("{TTL_TYPES}{} given", type_name(value)));
                }
                return None;
            };
            // A value may be computed before it is stored: a moment stays one. What is over is over, as PSR-6 and PSR-16 have it.
            return Some(match u64::try_from(ms) {
                _ if date::is_moment(value) => Self::Until(time::boot_ms().saturating_add_signed(ms)),
                Ok(ms) => Self::Ms(ms),
                Err(_) => Self::Ms(0),
            });
        }
        if value.is_null() {
            return Some(Self::Default);
        }
        let Some(number) = args.number_at(index) else {
            if !report::has_exception() {
                args.refuse_type(index, &format!("{TTL_TYPES}{} given", type_name(value)));
            }
            return None;
        };
        let seconds = number.double().or_else(|| number.long().map(|seconds| seconds as f64)).unwrap_or_default();
        if !seconds.is_finite() {
            // As PHP writes it.
            let seconds = seconds.to_string().to_uppercase();
            args.refuse_value(index, &format!("must be a finite number of seconds, {seconds} given"));
            return None;
        }
        if seconds < 0.0 {
            args.refuse_value(index, &format!("must not be negative, {seconds} given"));
            return None;
        }
        // What is not nothing lives for a moment at least; and the cast saturates.
        Some(if seconds == 0.0 { Self::Forever } else { Self::Ms((seconds * 1000.0).round().max(1.0) as u64) })
    }
}

/// From here on, a ttl is counted from the last tick of the system's clock.
const BRIEF_MS: u64 = 1000;

/// More are for ever.
const MOST_SECONDS: i64 = i64::MAX / 1000;

/// The terms of a store.
#[derive(Clone, Copy)]
pub struct Terms<'a> {
    /// How long the value lives.
    pub lifetime: Lifetime,
    /// The tags, whose elements were strings and not empty when they were looked at.
    pub tags: Option<&'a ZendHashTable>,
    /// How long after its expiry it may be served as a stale one.
    pub stale: Lifetime,
    /// For how many ms more it may be served where computing it anew fails.
    pub if_error_ms: u64,
    /// How many ms its computation took, where that is to be known: for early expiration.
    pub cost_ms: u64,
    /// Before which moment the value was computed.
    pub token: Option<Era>,
    /// When to store.
    pub mode: Mode,
    /// Never to be evicted.
    pub pinned: bool,
}

impl<'a> Terms<'a> {
    /// `$ttl`, `$tags` and `$stale` from argument `index` on; none where an exception was thrown.
    #[inline]
    pub fn at(args: Args<'a>, index: u32, mode: Mode) -> Option<Self> {
        let lifetime = Lifetime::at(args, index)?;
        let tags = tags_at(args, index + 1)?;
        let stale = Lifetime::at(args, index + 2)?;
        Some(Self { lifetime, tags, stale, if_error_ms: 0, cost_ms: 0, token: None, mode, pinned: false })
    }

    /// The same with a token; none where that is of another segment than the one in use now: then it says nothing.
    #[inline]
    pub fn with(self, token: Option<&Token>, session: &Session) -> Option<Self> {
        match token {
            None => Some(self),
            Some(token) => token.era_in(session).map(|era| Self { token: Some(era), ..self }),
        }
    }
}

/// The tags at `index`, checked; none where an exception was thrown.
#[inline]
pub fn tags_at(args: Args<'_>, index: u32) -> Option<Option<&ZendHashTable>> {
    let Some(tags) = args.array_at(index)?.filter(|tags| !tags.is_empty()) else { return Some(None) };
    for tag in tags.values() {
        match Text::of(tag) {
            Some(text) if text.bytes().is_empty() => {
                args.refuse_value(index, "must not contain an empty tag");
                return None;
            }
            Some(_) => {}
            None => {
                args.refuse_type(index, &format!("must be an array of strings, {} given in it", type_name(tag)));
                return None;
            }
        }
    }
    Some(Some(tags))
}

/// A string, or an integer as one: array keys that look like integers are such.
pub enum Text<'a> {
    /// A string.
    Bytes(&'a [u8]),
    /// An integer's decimal digits.
    Digits(String),
}

impl<'a> Text<'a> {
    /// None where `value` is neither.
    pub fn of(value: &'a Zval) -> Option<Self> {
        let value = value.dereference();
        match value.zend_str() {
            Some(string) => Some(Self::Bytes(string.as_bytes())),
            None => value.long().map(|number| Self::Digits(number.to_string())),
        }
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Digits(digits) => digits.as_bytes(),
        }
    }
}

/// The type of a value, as the engine's messages name it.
pub fn type_name(value: &Zval) -> String {
    let value = value.dereference();
    match value.object() {
        Some(object) => {
            let name = object.get_class_name().unwrap_or_else(|_| "object".to_owned());
            // What follows in the name of an anonymous class, PHP shows nowhere.
            name.split('\0').next().unwrap_or_default().to_owned()
        }
        None => match value.get_type() {
            DataType::Long => "int".to_owned(),
            DataType::Double => "float".to_owned(),
            DataType::True | DataType::False => "bool".to_owned(),
            other => other.to_string().to_lowercase(),
        },
    }
}
