//! `invalidateTags`, `refreshTags`, `keysByTag`, `countByTag`, `tags`, `deleteMatchingTags`.

use ext_php_rs::types::Zval;
use ext_php_rs::zend::ExecuteData;
use trove_shm::cache::{Cursor, Hit};
use trove_shm::error::{Error, Result};

use super::errors;
use super::handle::{Opened, key_at, method};
use super::keys::Keys;
use super::terms::tags_at;
use super::token::each_tag;
use super::write::{names, texts};
use crate::zend::args::Args;

pub extern "C" fn invalidate(frame: &mut ExecuteData, _: &mut Zval) {
    each_tag(frame, |cache, tag| cache.session.cache.invalidate_tag(cache.home, tag, cache.session.now()));
}

pub extern "C" fn refresh(frame: &mut ExecuteData, _: &mut Zval) {
    each_tag(frame, |cache, tag| cache.session.cache.refresh_tag(cache.home, tag, cache.session.now()));
}

pub extern "C" fn keys(frame: &mut ExecuteData, result: &mut Zval) {
    let Some((args, handle)) = method(frame, 1, 1) else { return };
    let Some(tag) = tag_at(args, 0) else { return };
    let keys = handle.with(|cache| {
        let mut keys = Keys::default();
        let found = cache.session.cache.tagged(cache.id, tag, cache.session.exactly(), &mut |hit| {
            keys.push(hit.key());
            true
        });
        match found {
            Ok(()) => Some(keys),
            Err(error) => {
                drop(keys);
                errors::throw(cache.session, &error);
                None
            }
        }
    });
    keys.flatten().unwrap_or_default().into_list(result);
}

pub extern "C" fn count(frame: &mut ExecuteData, result: &mut Zval) {
    let Some((args, handle)) = method(frame, 1, 1) else { return };
    let Some(tag) = tag_at(args, 0) else { return };
    let count = handle.with(|cache| {
        cache.session.cache.count_tag(cache.id, tag).unwrap_or_else(|error| {
            errors::throw(cache.session, &error);
            0
        })
    });
    result.set_long(count.unwrap_or(0) as i64);
}

pub extern "C" fn of_key(frame: &mut ExecuteData, result: &mut Zval) {
    let Some((args, handle)) = method(frame, 1, 1) else { return };
    let Some(key) = key_at(args, 0) else { return };
    let tags = handle.with(|cache| {
        let now = cache.session.exactly();
        let hit = cache.session.cache.peek(cache.id, key.as_bytes())?;
        hit.freshness_at(now).map(|_| tags_of(&hit))
    });
    tags.flatten().unwrap_or_default().into_list(result);
}

/// The tags of an entry.
pub fn tags_of(hit: &Hit<'_>) -> Keys {
    let mut tags = Keys::default();
    hit.tags(&mut |tag| tags.push(tag));
    tags
}

pub extern "C" fn delete_matching(frame: &mut ExecuteData, result: &mut Zval) {
    let Some((args, handle)) = method(frame, 1, 2) else { return };
    let (Some(all_of), Some(none_of)) = (tags_at(args, 0), tags_at(args, 1)) else { return };
    let deleted = handle.with(|cache| {
        let (all_of, none_of) = (all_of.map(texts).unwrap_or_default(), none_of.map(texts).unwrap_or_default());
        let (all_of, none_of) = (names(&all_of), names(&none_of));
        match delete(cache, &all_of, &none_of) {
            Ok(count) => Ok(count),
            Err(error) => {
                errors::throw(cache.session, &error);
                Err(())
            }
        }
    });
    result.set_long(deleted.map_or(0, |deleted| deleted.unwrap_or(0)));
}

/// Deletes what has all of the first tags and none of the others; how many entries. One that is stored anew meanwhile stays.
fn delete(cache: Opened<'_>, all_of: &[&[u8]], none_of: &[&[u8]]) -> Result<i64> {
    let engine = &cache.session.cache;
    // Where nothing matches as well: whoever changes a frozen cache is wrong, whatever it holds.
    if engine.is_frozen(cache.home) {
        return Err(Error::Frozen);
    }
    let (now, mut count) = (cache.session.now(), 0);
    let mut found = Found { all_of, none_of, keys: Keys::default(), identities: Vec::new() };
    let mut rarest = None;
    for tag in all_of {
        let members = engine.count_tag(cache.home, tag)?;
        if rarest.is_none_or(|(least, _)| members < least) {
            rarest = Some((members, tag));
        }
    }
    if let Some((_, tag)) = rarest {
        engine.tagged(cache.home, tag, now, &mut |hit| found.look(hit))?;
        return found.delete(cache);
    }
    let mut cursor = Some(Cursor::default());
    while let Some(from) = cursor {
        cursor = engine.walk(cache.home, from, &mut |hit| {
            found.look(hit);
            found.keys.len() < PIECE
        });
        count += found.delete(cache)?;
    }
    Ok(count)
}

/// Keys that are collected before they are deleted, in a walk over the whole cache.
const PIECE: usize = 1024;

/// Entries that are to be deleted.
struct Found<'t> {
    all_of: &'t [&'t [u8]],
    none_of: &'t [&'t [u8]],
    keys: Keys,
    identities: Vec<trove_shm::cache::Identity>,
}

impl Found<'_> {
    fn look(&mut self, hit: &Hit<'_>) -> bool {
        let (mut wanted, mut unwanted) = (0, 0);
        hit.tags(&mut |tag| {
            wanted += usize::from(self.all_of.binary_search(&tag).is_ok());
            unwanted += usize::from(self.none_of.binary_search(&tag).is_ok());
        });
        if wanted == self.all_of.len() && unwanted == 0 {
            self.keys.push(hit.key());
            self.identities.push(hit.identity());
        }
        true
    }

    fn delete(&mut self, cache: Opened<'_>) -> Result<i64> {
        let keys = core::mem::take(&mut self.keys);
        let identities = core::mem::take(&mut self.identities);
        let mut count = 0;
        for (key, identity) in keys.iter().zip(identities) {
            count += i64::from(cache.session.cache.delete_same(cache.home, key, identity)?);
        }
        Ok(count)
    }
}

/// A tag; none where an exception was thrown.
fn tag_at(args: Args<'_>, index: u32) -> Option<&[u8]> {
    let tag = args.string_at(index)?;
    if tag.is_empty() {
        args.refuse_value(index, "must not be empty");
        return None;
    }
    Some(tag.as_bytes())
}
