//! `trove get`: one entry, with its value.

use std::ffi::OsString;

use clap::Args;
use serde_json::json;
use trove_shm::cache::CacheId;

use crate::args::Global;
use crate::bytes::Bytes;
use crate::entries::{Entry, bytes_of};
use crate::exit::{Exit, Failure};
use crate::out::{self, Out, Style};
use crate::php::{self, Form, Php};
use crate::run::{self, Open};
use crate::text::path;
use crate::values::{self, Kind, Plain};
use crate::{caches, clock, segments};

/// Arguments of `get`.
#[derive(Debug, Args)]
pub struct Get {
    /// The key
    #[arg(value_name = "KEY")]
    key: OsString,
    /// In this named cache instead of the one behind apcu_*
    #[arg(long, short, value_name = "NAME")]
    cache: Option<String>,
    /// Only what is known of the entry, without its value
    #[arg(long)]
    no_value: bool,
    /// Only the value; a string as its bytes
    #[arg(long, conflicts_with_all = ["no_value", "json"])]
    raw: bool,
    #[command(flatten)]
    php: php::Where,
}

/// A value, and who has read it.
enum Value {
    Plain(Plain),
    /// As PHP has put it.
    Php {
        text: Vec<u8>,
        by: String,
    },
    /// It could not be read.
    Unreadable(Failure),
}

impl Get {
    /// Shows the entry.
    pub fn run(&self, global: &Global, out: &mut Out) -> Result<Exit, Failure> {
        let open = run::open(global, segments::select_one(global)?)?;
        let (id, name) = caches::find(&open, self.cache.as_deref())?;
        let key = bytes_of(&self.key);
        let hit = open.cache.peek(id, key).ok_or_else(|| {
            let other = if name.0 == caches::APCU.as_bytes() { " (--cache NAME looks in another one)" } else { "" };
            let key = out::printable(key);
            Failure::new(
                Exit::NotFound,
                format!("there is no key \"{key}\" in cache {name}{other}; trove keys lists them"),
            )
        })?;
        let entry = Entry::of(&open, &name, &hit);
        let (kind, word, payload) = (Kind::of(hit.kind()), hit.word(), hit.payload().to_vec());
        drop(hit);
        let value = (!self.no_value).then(|| {
            let form = match () {
                () if global.json => Form::Json,
                () if self.raw => Form::Raw,
                () => Form::Export,
            };
            self.value(&open, id, kind, word, &payload, form)
        });
        if self.raw {
            return raw(value, out);
        }
        if global.json { json(&open, &entry, value, out) } else { show(&entry, value, out) }
    }

    fn value(&self, open: &Open, cache: CacheId, kind: Option<Kind>, word: u64, payload: &[u8], form: Form) -> Value {
        let Some(kind) = kind.filter(|_| values::is_known_format(&open.found)) else {
            let message = "the value is in a format that this version of the command does not know";
            return Value::Unreadable(Failure::new(Exit::NeedsPhp, message));
        };
        // What PHP has serialized is more readable as a value, but can be told without PHP.
        let plain = values::plain(kind, word, payload);
        if let Some(plain) = plain.clone().filter(|plain| !matches!(plain, Plain::Serialized(_))) {
            return Value::Plain(plain);
        }
        let serializer = if kind == Kind::Registered { values::serializer(payload) } else { None };
        let serializers: Vec<String> = serializer.map(str::to_owned).into_iter().collect();
        let asked = Php::start(open, &self.php, form, &serializers).and_then(|mut php| {
            let text = php.ask(&caches::raw_name(open, cache), bytes_of(&self.key))?;
            let text = text.ok_or_else(|| Failure::new(Exit::NotFound, "PHP has not found it: it has expired"))?;
            let by = format!("{} (PHP {})", path(&php.program), php.version);
            Ok(Value::Php { text, by })
        });
        asked.unwrap_or_else(|failure| plain.map_or(Value::Unreadable(failure), Value::Plain))
    }
}

fn raw(value: Option<Value>, out: &mut Out) -> Result<Exit, Failure> {
    match value {
        Some(Value::Plain(Plain::Str(bytes) | Plain::Serialized(bytes))) => out.bytes(&bytes)?,
        Some(Value::Plain(plain)) => out.line(plain.text())?,
        Some(Value::Php { text, .. }) => out.bytes(&text)?,
        Some(Value::Unreadable(failure)) => return Err(failure),
        None => {}
    }
    Ok(Exit::Done)
}

fn json(open: &Open, entry: &Entry, value: Option<Value>, out: &mut Out) -> Result<Exit, Failure> {
    let mut exit = Exit::Done;
    let mut answer = json!({ "segment": Bytes::from(open.found.path.as_path()), "name": open.found.name, "owner_id": open.found.owner });
    let entry = serde_json::to_value(entry).unwrap_or_default();
    let mut add = |key: &str, value: serde_json::Value| {
        answer[key] = value;
    };
    if let serde_json::Value::Object(fields) = entry {
        fields.into_iter().for_each(|(key, value)| add(&key, value));
    }
    match value {
        None => {}
        Some(Value::Plain(plain)) => add("value", plain.json()),
        Some(Value::Php { text, by }) => {
            add("value", serde_json::from_slice(&text).unwrap_or_default());
            add("read_by", by.into());
        }
        Some(Value::Unreadable(failure)) => {
            exit = failure.exit;
            add("value_error", failure.message.into());
        }
    }
    out.json(&json!([answer]))?;
    Ok(exit)
}

fn show(entry: &Entry, value: Option<Value>, out: &mut Out) -> Result<Exit, Failure> {
    let now = clock::now().wall_s;
    let ago = |second: u32| format!("{} ago", out::duration(now.saturating_sub(second).into()));
    let expires = match (entry.expires_in_ms, entry.stale_for_ms) {
        (None, _) => "never".into(),
        (Some(ms @ ..=0), stale) => {
            let since = format!("{} ago", out::duration(ms.unsigned_abs() / 1000));
            match stale {
                Some(stale @ 1..) => {
                    format!("{since}; served stale for {}", out::duration(stale.unsigned_abs() / 1000))
                }
                _ => since,
            }
        }
        (Some(ms), _) => format!("in {}", out::duration(ms.unsigned_abs().div_ceil(1000))),
    };
    let mut rows = vec![
        ("key", entry.key.to_string()),
        ("cache", entry.cache.to_string()),
        ("type", entry.kind.clone()),
        ("size", format!("{} with key and header", out::size(entry.bytes))),
        ("state", entry.state.clone()),
        ("expires", expires),
        ("hits", out::count(entry.hits.into())),
        ("stored", ago(entry.created)),
        ("changed", ago(entry.modified)),
        ("accessed", ago(entry.accessed)),
    ];
    if !entry.tags.is_empty() {
        rows.push(("tags", entry.tags.iter().map(Bytes::to_string).collect::<Vec<_>>().join(", ")));
    }
    if entry.pinned {
        rows.push(("pinned", "yes: it is never evicted".into()));
    }
    for (label, text) in rows {
        let label = out.styled(Style::Bold, format!("{label:<10}"));
        out.line(format!("{label}{text}"))?;
    }
    let (by, text) = match value {
        None => return Ok(Exit::Done),
        Some(Value::Plain(Plain::Serialized(text))) => {
            (", as serialize() wrote it: PHP is not to be had", out::printable(&text))
        }
        Some(Value::Plain(plain)) => ("", plain.text()),
        Some(Value::Php { text, by }) => (&*format!(", read by {by}"), out::printable_lines(&text)),
        Some(Value::Unreadable(failure)) => {
            out.line(out.styled(Style::Warn, "value     not shown"))?;
            return Err(failure);
        }
    };
    out.line(out.styled(Style::Bold, format!("value{by}:")))?;
    out.line(text)?;
    Ok(Exit::Done)
}
