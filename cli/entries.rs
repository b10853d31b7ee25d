//! Entries as they are told: what is known of one without its value.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use trove_shm::cache::{CacheId, Cursor, Freshness, Hit};

use crate::bytes::Bytes;
use crate::exit::Failure;
use crate::run::Open;
use crate::values::{self, Kind};

/// Metadata of an entry.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Entry {
    /// The key.
    pub key: Bytes,
    /// The cache.
    pub cache: Bytes,
    /// What the value is.
    #[serde(rename = "type")]
    pub kind: String,
    /// Bytes of the entry's block.
    pub bytes: u64,
    /// Hits (exact up to 255, within some percent above).
    pub hits: u32,
    /// Wall-clock seconds of the store.
    pub created: u32,
    /// Of the last change in place.
    pub modified: u32,
    /// Of the last access.
    pub accessed: u32,
    /// Milliseconds until it expires: negative where it has; none where it never does.
    pub expires_in_ms: Option<i64>,
    /// Milliseconds until it may no longer be served stale; none where it has no such window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stale_for_ms: Option<i64>,
    /// `fresh`, `stale` or `expired`.
    pub state: String,
    /// Whether it is exempt from eviction.
    pub pinned: bool,
    /// Its tags.
    pub tags: Vec<Bytes>,
}

impl Entry {
    /// What a hit knows.
    pub fn of(open: &Open, cache: &Bytes, hit: &Hit<'_>) -> Self {
        let (meta, now, key) = (hit.meta(), open.now(), hit.key());
        let until = |at: u64| i64::try_from(at).unwrap_or(i64::MAX).saturating_sub_unsigned(now.boot_ms);
        let expires = (meta.expires != u64::MAX).then(|| until(meta.expires));
        let stale = (meta.expires != u64::MAX && meta.has_window()).then(|| until(meta.stale_until));
        let state = match hit.freshness_at(now) {
            Some(Freshness::Fresh) => "fresh",
            Some(Freshness::Stale) => "stale",
            None => "expired",
        };
        let mut tags = Vec::new();
        hit.tags(&mut |tag| tags.push(tag.into()));
        Self {
            key: key.into(),
            cache: cache.clone(),
            kind: Kind::of(meta.kind).map_or("unknown", |kind| values::name_of(kind, hit.payload())).to_owned(),
            bytes: meta.bytes,
            hits: meta.hits,
            created: meta.created,
            modified: meta.modified,
            accessed: meta.accessed,
            expires_in_ms: expires,
            stale_for_ms: stale,
            state: state.to_owned(),
            pinned: meta.pinned,
            tags,
        }
    }
}

/// Calls `f` with each entry of a cache that is not invalidated, whose key begins with `prefix`, and that has the tag, if one is wanted.
///
/// # Errors
/// `Busy`, for a tag.
pub fn visit(
    open: &Open,
    cache: CacheId,
    prefix: &[u8],
    tag: Option<&[u8]>,
    f: &mut dyn FnMut(&Hit<'_>),
) -> Result<(), Failure> {
    let mut look = |hit: &Hit<'_>| {
        if hit.key().starts_with(prefix) {
            f(hit);
        }
        true
    };
    match tag {
        Some(tag) => Ok(open.cache.tagged(cache, tag, open.now(), &mut look)?),
        None => {
            let mut cursor = Some(Cursor::default());
            while let Some(at) = cursor {
                cursor = open.cache.walk(cache, at, &mut look);
            }
            Ok(())
        }
    }
}

/// The keys that [`visit`] finds, in their order.
///
/// # Errors
/// As [`visit`].
pub fn keys(open: &Open, cache: CacheId, prefix: &[u8], tag: Option<&[u8]>) -> Result<BTreeSet<Vec<u8>>, Failure> {
    let mut keys = BTreeSet::new();
    visit(open, cache, prefix, tag, &mut |hit| {
        keys.insert(hit.key().to_vec());
    })?;
    Ok(keys)
}

/// A key or a tag as it stands on the command line.
pub fn bytes_of(text: &std::ffi::OsStr) -> &[u8] {
    std::os::unix::ffi::OsStrExt::as_bytes(text)
}
