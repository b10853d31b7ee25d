//! `apc.slam_defense`: of several processes that store the same key in the same second, the first one does.
//!
//! As in APCu this is no lock, only a note of the last key stored: who, when, which. It is an entry of a cache of its own, an integer of 32
//! bits of the key's hash, 22 bits of the process and 10 of the second.

use trove_shm::cache::{Mode, Spec, Value};
use xxhash_rust::xxh3::xxh3_64;

use crate::request::Session;

/// The cache that the note is in.
pub const CACHE: &[u8] = b"apcu slam defense";
const KEY: &[u8] = b"last";

/// Whether another process has stored this key in this second; notes the key if not.
pub fn is_repeated(session: &Session, key: &[u8]) -> bool {
    let Ok(cache) = session.cache.open_cache(CACHE) else { return false };
    let now = session.now();
    let what = xxh3_64(key) & 0xffff_ffff | u64::from(now.wall_s & 0x3ff) << 32;
    let mine = what | u64::from(std::process::id() & 0x3f_ffff) << 42;
    let last = session.cache.peek(cache, KEY).map(|hit| hit.word());
    if last.is_some_and(|last| last & ((1 << 42) - 1) == what && last != mine) {
        return true;
    }
    if last != Some(mine) {
        let spec = Spec {
            cache,
            key: KEY,
            kind: 0,
            value: Value::Inline { word: mine, integer: true },
            expires: u64::MAX,
            stale: None,
            tags: &[],
            pinned: true,
            token: None,
        };
        // A note that cannot be made is no reason not to store.
        let _ = session.cache.reserve(&spec, now).and_then(|reserved| reserved.publish(Mode::Set, now));
    }
    false
}
