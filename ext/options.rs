//! The options of named caches: what they are called, what is allowed, where they come from.
//!
//! What `trove.caches` says of a cache counts, in the processes that have this setting; else what [`Trove\Cache::configure()`](crate::api) has set, for
//! everybody who shares the segment; else the default. So an application can not undo what the administrator wants.

use trove_shm::caches::Settings;

/// Compression levels that are allowed: those above take much memory.
const LEVELS: core::ops::RangeInclusive<i64> = 1..=19;
/// Level where none is set.
const DEFAULT_LEVEL: u8 = 3;

/// In [`Settings::options`]: bytes from which values are compressed.
const COMPRESS: u64 = (1 << 48) - 1;
/// In [`Settings::options`]: where the level stands.
const LEVEL_SHIFT: u32 = 48;
/// In [`Settings::options`]: the pool of that name was deleted (see `api::cache::user_cache`).
pub const DELETED: u64 = 1 << 62;
/// In [`Settings::options`]: the switch "null".
const NULL: u64 = 1 << 63;

/// An option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// Ttl of what is stored without one.
    Ttl,
    /// Stale window of what is stored without one.
    Stale,
    /// Most bytes that the cache may hold.
    Quota,
    /// Bytes from which values are compressed.
    Compress,
    /// The level of compression.
    CompressLevel,
    /// Most bytes of pinned entries.
    Pin,
    /// Stores succeed, fetches miss.
    Null,
}

/// All of them, as they are called.
pub const ALL: [(&str, Choice); 7] = [
    ("ttl", Choice::Ttl),
    ("stale", Choice::Stale),
    ("quota", Choice::Quota),
    ("compress", Choice::Compress),
    ("compress_level", Choice::CompressLevel),
    ("pin", Choice::Pin),
    ("null", Choice::Null),
];

/// A value as it was given.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Given<'a> {
    /// In a setting, or a string of PHP.
    Text(&'a str),
    /// An integer.
    Int(i64),
    /// A float.
    Float(f64),
    /// A boolean.
    Bool(bool),
    /// Null: as if it had never been set.
    Unset,
    /// Anything else.
    Other,
}

/// What is set for a cache, by one source or by all; none is "not set".
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    ttl_ms: Option<u64>,
    stale_ms: Option<u64>,
    quota: Option<u64>,
    compress: Option<u64>,
    level: Option<u8>,
    pin: Option<u64>,
    null: Option<bool>,
}

impl Options {
    /// What the segment says.
    pub fn of(settings: Settings) -> Self {
        let some = |n: u64| (n != 0).then_some(n);
        Self {
            ttl_ms: some(settings.ttl_ms),
            stale_ms: some(settings.stale_window_ms),
            quota: some(settings.quota),
            compress: some(settings.options & COMPRESS),
            level: some(settings.options >> LEVEL_SHIFT & 0xff).map(|level| level as u8),
            pin: settings.pin,
            null: is_null(settings.options).then_some(true),
        }
    }

    /// The same for the segment.
    pub fn settings(self) -> Settings {
        let level = u64::from(self.level.unwrap_or_default()) << LEVEL_SHIFT;
        Settings {
            ttl_ms: self.ttl_ms.unwrap_or_default(),
            stale_window_ms: self.stale_ms.unwrap_or_default(),
            quota: self.quota.unwrap_or_default(),
            pin: self.pin,
            options: self.compress.unwrap_or_default().min(COMPRESS) | level | if self.null() { NULL } else { 0 },
        }
    }

    /// These, and `other` where nothing is set.
    pub fn or(self, other: Self) -> Self {
        Self {
            ttl_ms: self.ttl_ms.or(other.ttl_ms),
            stale_ms: self.stale_ms.or(other.stale_ms),
            quota: self.quota.or(other.quota),
            compress: self.compress.or(other.compress),
            level: self.level.or(other.level),
            pin: self.pin.or(other.pin),
            null: self.null.or(other.null),
        }
    }

    /// Sets one.
    ///
    /// # Errors
    /// What is allowed.
    pub fn set(&mut self, choice: Choice, given: Given<'_>) -> Result<(), &'static str> {
        match choice {
            Choice::Ttl => self.ttl_ms = checked(given, ms, "a number of seconds, 0 or more")?,
            Choice::Stale => self.stale_ms = checked(given, ms, "a number of seconds, 0 or more")?,
            Choice::Quota => self.quota = checked(given, bytes, "a number of bytes, or one with K, M or G")?,
            Choice::Compress => self.compress = checked(given, bytes, "a number of bytes, or one with K, M or G")?,
            Choice::CompressLevel => self.level = checked(given, level, "a level from 1 to 19")?,
            Choice::Pin => self.pin = checked(given, bytes, "a number of bytes, or one with K, M or G")?,
            Choice::Null => self.null = checked(given, flag, "0 or 1, on or off")?,
        }
        Ok(())
    }

    /// Default ttl in ms; none is for ever.
    pub fn ttl_ms(self) -> Option<u64> {
        self.ttl_ms.filter(|&ms| ms != 0)
    }

    /// Default stale window in ms.
    pub fn stale_ms(self) -> Option<u64> {
        self.stale_ms.filter(|&ms| ms != 0)
    }

    /// Quota in bytes; 0 is no limit. None where it is not set.
    pub fn quota(self) -> Option<u64> {
        self.quota
    }

    /// Limit of pinned bytes. None where it is not set.
    pub fn pin(self) -> Option<u64> {
        self.pin
    }

    /// Bytes from which values are compressed, and the level; none where they are not.
    pub fn compress(self) -> Option<(u64, u8)> {
        let from = self.compress.filter(|&bytes| bytes != 0)?;
        Some((from, self.level()))
    }

    /// The level of compression.
    pub fn level(self) -> u8 {
        self.level.unwrap_or(DEFAULT_LEVEL)
    }

    /// Whether the cache keeps nothing.
    pub fn null(self) -> bool {
        self.null == Some(true)
    }

    /// The same; none where it is not set.
    pub fn null_if_set(self) -> Option<bool> {
        self.null
    }
}

/// Whether [`Settings::options`] say that the cache keeps nothing.
#[inline]
pub fn is_null(bits: u64) -> bool {
    bits & NULL != 0
}

/// The option that is called so.
pub fn named(name: &str) -> Option<Choice> {
    ALL.iter().find(|(known, _)| *known == name).map(|&(_, choice)| choice)
}

/// The names of all options, for messages.
pub fn names() -> String {
    let (last, rest) = ALL.split_last().expect("there are options");
    let rest: Vec<_> = rest.iter().map(|(name, _)| *name).collect();
    format!("{} and {}", rest.join(", "), last.0)
}

/// Reads `trove.caches`: `NAME OPTION:VALUE ...`, with commas between caches.
///
/// # Errors
/// What is allowed, and where it is not kept to.
pub fn parse(text: &str) -> Result<Vec<(String, Options)>, String> {
    let mut caches: Vec<(String, Options)> = Vec::new();
    for part in text.split(',').filter(|part| !part.trim().is_empty()) {
        let mut words = part.split_ascii_whitespace();
        let name = words.next().unwrap_or_default();
        if name.contains(':') && !name.contains('\\') && named(name.split(':').next().unwrap_or_default()).is_some() {
            return Err(format!(
                "NAME OPTION:VALUE ..., with commas between caches, not \"{name}\" without a name before"
            ));
        }
        if caches.iter().any(|(known, _)| known == name) {
            return Err(format!("each cache once, not \"{name}\" twice"));
        }
        let mut options = Options::default();
        for word in words {
            let Some((option, value)) = word.split_once(':') else {
                return Err(format!(
                    "NAME OPTION:VALUE ..., with commas between caches, not \"{word}\" without a colon"
                ));
            };
            let Some(choice) = named(option) else {
                return Err(format!("one of the options {}, not \"{option}\" of \"{name}\"", names()));
            };
            options
                .set(choice, Given::Text(value))
                .map_err(|allowed| format!("{allowed}, as \"{option}\" of \"{name}\", not \"{value}\""))?;
        }
        caches.push((name.to_owned(), options));
    }
    Ok(caches)
}

/// A number of bytes with a suffix K, M or G, or none.
pub fn parse_bytes(text: &str) -> Option<u64> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let shift = match text[digits.len()..].to_ascii_lowercase().as_str() {
        "" => 0,
        "k" => 10,
        "m" => 20,
        "g" => 30,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_mul(1 << shift)
}

/// A switch.
pub fn parse_flag(text: &[u8]) -> Option<bool> {
    let is = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word.as_bytes()));
    if is(&["1", "on", "yes", "true"]) {
        Some(true)
    } else if is(&["0", "off", "no", "false", "", "none"]) {
        Some(false)
    } else {
        None
    }
}

fn checked<T>(
    given: Given<'_>,
    read: fn(Given<'_>) -> Option<T>,
    allowed: &'static str,
) -> Result<Option<T>, &'static str> {
    match given {
        Given::Unset => Ok(None),
        _ => read(given).map(Some).ok_or(allowed),
    }
}

fn ms(given: Given<'_>) -> Option<u64> {
    let seconds = match given {
        Given::Text(text) if text.starts_with(|c: char| c.is_ascii_digit()) => text.parse().ok()?,
        Given::Int(n) => n as f64,
        Given::Float(n) => n,
        _ => return None,
    };
    // What is not nothing is a ms at least; and the cast saturates.
    let ms = (seconds * 1000.0).round();
    (seconds >= 0.0 && seconds.is_finite()).then_some(if seconds == 0.0 { 0 } else { ms.max(1.0) as u64 })
}

fn bytes(given: Given<'_>) -> Option<u64> {
    match given {
        Given::Text(text) => parse_bytes(text),
        Given::Int(n) => u64::try_from(n).ok(),
        _ => None,
    }
    .filter(|&bytes| bytes <= COMPRESS)
}

fn level(given: Given<'_>) -> Option<u8> {
    let level = match given {
        Given::Text(text) => text.parse().ok()?,
        Given::Int(n) => n,
        _ => return None,
    };
    LEVELS.contains(&level).then_some(level as u8)
}

fn flag(given: Given<'_>) -> Option<bool> {
    match given {
        Given::Text(text) if !text.is_empty() => parse_flag(text.as_bytes()),
        Given::Int(n @ 0..=1) => Some(n == 1),
        Given::Bool(on) => Some(on),
        _ => None,
    }
}
