//! What this process remembers of paths, for who asks for it (see `trove_shm::resets::REPORTS`).

use ext_php_rs::types::{ZendCallable, Zval};
use trove_shm::cache::{Mode, Spec, Value};

use crate::codec::Kind;
use crate::request::Session;

/// Seconds for which a report is kept.
const KEPT: i64 = 600;
/// Bytes of a report: what is beyond is left out.
const MOST: usize = 256 << 10;

/// Leaves a report where one is wanted.
pub fn report(session: &Session) {
    let now = session.clock().now();
    // Nothing is owned while PHP's function runs: it may bail out.
    if session.cache.realpaths_wanted(now).is_none() {
        return;
    }
    let (Some(text), Some((cache, key))) = (text(), session.cache.realpaths_wanted(now)) else { return };
    // Readable from PHP as well: a string, as serialize() writes it.
    let text = [format!("s:{}:\"", text.len()).as_bytes(), &text, b"\";"].concat();
    let spec = Spec {
        cache,
        key: &key,
        kind: Kind::Php as u8,
        value: Value::Payload(text.len()),
        expires: session.clock().expiry(now, KEPT),
        stale: None,
        tags: &[],
        pinned: false,
        token: None,
    };
    // Who asks is told that there is none.
    let _ = session.cache.reserve(&spec, now).and_then(|mut reserved| {
        reserved.payload().copy_from_slice(&text);
        reserved.publish(Mode::Set, now)
    });
}

/// The realpath cache; none where `disable_functions` has taken the function away.
fn text() -> Option<Vec<u8>> {
    let function = ZendCallable::try_from_name("realpath_cache_get").ok()?;
    let known = function.try_call(Vec::new()).ok()?;
    let mut text = Vec::new();
    let mut all = known.array()?.iter();
    while let Some((path, facts)) = all.next_zval() {
        let (Some(path), Some(facts)) = (path.zend_str(), facts.array()) else { continue };
        let number = |name| facts.get(name).and_then(Zval::long).unwrap_or_default();
        let resolved = facts.get("realpath").and_then(Zval::zend_str).map_or(&[][..], |path| path.as_bytes());
        let is_dir = u8::from(facts.get("is_dir").is_some_and(Zval::is_true));
        let line = [path.as_bytes(), resolved, format!("{is_dir}\0{}", number("expires")).as_bytes()].join(&0);
        if text.len() + line.len() >= MOST {
            break;
        }
        text.extend_from_slice(&line);
        text.push(0);
    }
    Some(text)
}
