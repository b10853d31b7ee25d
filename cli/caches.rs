//! The caches of a segment: the one behind `apcu_*`, which has no name, and the named ones.

use trove_shm::cache::CacheId;

use crate::bytes::Bytes;
use crate::exit::{Exit, Failure};
use crate::run::Open;

/// How the cache behind `apcu_*` is called where names are shown. No cache can be named so by accident: who wants it leaves `--cache` out.
pub const APCU: &str = "(apcu)";

/// All caches with their names, the one behind `apcu_*` first.
pub fn all(open: &Open) -> Vec<(CacheId, Bytes)> {
    let mut all = vec![(CacheId::APCU, APCU.as_bytes().into())];
    open.cache.caches(&mut |id, name| all.push((id, name.into())));
    all
}

/// The name of a cache, as its bytes; empty for the one behind `apcu_*`.
pub fn raw_name(open: &Open, wanted: CacheId) -> Vec<u8> {
    let mut found = Vec::new();
    open.cache.caches(&mut |id, name| {
        if id == wanted {
            found = name.to_vec();
        }
    });
    found
}

/// The cache that `--cache` names; the one behind `apcu_*` where it was left out.
///
/// # Errors
/// `NotFound`, with the names that there are.
pub fn find(open: &Open, name: Option<&str>) -> Result<(CacheId, Bytes), Failure> {
    let all = all(open);
    let Some(name) = name else { return Ok((CacheId::APCU, APCU.as_bytes().into())) };
    // As it is, or as it is shown.
    let is_meant = |known: &Bytes| known.0 == name.as_bytes() || known.to_string() == name;
    if let Some(found) = all.iter().find(|(_, known)| is_meant(known)) {
        return Ok(found.clone());
    }
    let names: Vec<String> = all.iter().map(|(_, name)| name.to_string()).collect();
    Err(Failure::new(Exit::NotFound, format!("there is no cache called {name:?}; there are {}", names.join(", "))))
}

/// The caches that `--cache` names, all where it was left out.
///
/// # Errors
/// As [`find`].
pub fn some(open: &Open, names: &[String]) -> Result<Vec<(CacheId, Bytes)>, Failure> {
    if names.is_empty() {
        return Ok(all(open));
    }
    names.iter().map(|name| find(open, Some(name))).collect()
}
