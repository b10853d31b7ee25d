//! `apcu_cache_info`, `apcu_sma_info`, `apcu_key_info`, `apcu_enabled`, and the two modules' parts of phpinfo().

use ext_php_rs::boxed::ZBox;
use ext_php_rs::convert::IntoZval;
use ext_php_rs::ffi::zend_module_entry;
use ext_php_rs::types::{ZendHashTable, Zval};
use ext_php_rs::zend::ExecuteData;
use trove_shm::cache::{CacheId, Cursor, Hit, Identity, Meta};

use super::status::State;
use crate::codec::serializer;
use crate::module::{APCU_VERSION, TROVE_VERSION};
use crate::request::{self, Session};
use crate::zend::args::Args;
use crate::zend::report::warning;
use crate::zend::{info, string};

/// Entries whose rows are made at a time: between two times, nothing of the segment is held.
const ROWS: usize = 256;

pub extern "C" fn apcu_enabled(frame: &mut ExecuteData, result: &mut Zval) {
    if Args::of(frame).none() {
        result.set_bool(request::with(|session| session.is_some()));
    }
}

pub extern "C" fn apcu_key_info(frame: &mut ExecuteData, result: &mut Zval) {
    let Some(key) = Args::of(frame).string() else { return };
    request::with(|session| {
        let Some(session) = session else { return };
        let Some(meta) = session.cache.peek(CacheId::APCU, key.as_bytes()).map(|hit| hit.meta()) else { return };
        let mut info = Fields::new();
        info.add("hits", i64::from(meta.hits));
        info.add("access_time", access_time(&meta));
        info.add("mtime", i64::from(meta.modified));
        info.add("creation_time", i64::from(meta.created));
        info.add("deletion_time", 0_i64);
        info.add("ttl", session.clock().ttl(meta.created, meta.expires));
        info.add("refs", 0_i64);
        result.set_hashtable(info.0);
    });
}

pub extern "C" fn apcu_cache_info(frame: &mut ExecuteData, result: &mut Zval) {
    let Some(limited) = Args::of(frame).flag() else { return };
    request::with(|session| {
        let Some(session) = session else {
            warning(c"No APC info available.  Perhaps APC is not enabled? Check apc.enabled in your ini file");
            return result.set_bool(false);
        };
        let stats = session.cache.stats();
        let (entries, bytes) = session.cache.usage(CacheId::APCU);
        let mut info = Fields::new();
        info.add("num_slots", i64::from(session.cache.segment().geometry().buckets));
        info.add("ttl", session.settings().idle_ttl as i64);
        info.add("num_hits", stats.hits as f64);
        info.add("num_misses", stats.misses as f64);
        info.add("num_inserts", stats.inserts as f64);
        info.add("num_entries", entries as i64);
        info.add("cleanups", stats.evictions as i64);
        info.add("defragmentations", 0_i64);
        info.add("expunges", stats.expunges as i64);
        info.add("start_time", stats.since as i64);
        info.add("mem_size", bytes as f64);
        info.add("memory_type", "mmap");
        if !limited {
            add_entries(&mut info, session);
        }
        result.set_hashtable(info.0);
    });
}

pub extern "C" fn apcu_sma_info(frame: &mut ExecuteData, result: &mut Zval) {
    let Some(limited) = Args::of(frame).flag() else { return };
    request::with(|session| {
        let Some(session) = session else {
            warning(c"No APC SMA info available.  Perhaps APC is disabled via apc.enabled?");
            return result.set_bool(false);
        };
        let stats = session.cache.stats();
        let mut info = Fields::new();
        info.add("num_seg", 1_i64);
        info.add("seg_size", session.cache.segment().geometry().capacity as f64);
        // What has expired, was cleared or is on its way out counts as free: the next store may have it.
        info.add("avail_mem", stats.heap_bytes.saturating_sub(stats.entry_bytes) as f64);
        if !limited {
            let mut blocks = ZendHashTable::new();
            for (size, offset) in session.cache.free_blocks().unwrap_or_default() {
                let mut block = Fields::new();
                block.add("size", size as i64);
                block.add("offset", offset as i64);
                let _ = blocks.push(block.0);
            }
            let mut lists = ZendHashTable::new();
            let _ = lists.push(blocks);
            info.add("block_lists", lists);
        }
        result.set_hashtable(info.0);
    });
}

/// `cache_list`, `deleted_list`, `slot_distribution`.
fn add_entries(info: &mut Fields, session: &Session) {
    let mut list = ZendHashTable::new();
    let mut slots = ZendHashTable::new();
    let mut cursor = Cursor::default();
    let mut rows: Vec<(Vec<u8>, Meta, Identity)> = Vec::new();
    loop {
        // Stops after the first bucket that is not empty.
        let found = rows.len();
        let mut take = |hit: &Hit<'_>| {
            rows.push((hit.key().to_vec(), hit.meta(), hit.identity()));
            false
        };
        let next = session.cache.walk(CacheId::APCU, cursor, &mut take);
        if rows.len() > found {
            let slot = next.map_or(session.cache.segment().geometry().buckets, |next| next.0) - 1;
            let _ = slots.insert_at_index(i64::from(slot), (rows.len() - found) as i64);
        }
        if rows.len() >= ROWS || next.is_none() {
            // Those stored first in front.
            rows.sort_by_key(|(_, meta, identity)| (meta.created, *identity));
            for (key, meta, _) in rows.drain(..) {
                let _ = list.push(row(session, &key, &meta));
            }
        }
        match next {
            Some(next) => cursor = next,
            None => break,
        }
    }
    info.add("cache_list", list);
    info.add("deleted_list", ZendHashTable::new());
    info.add("slot_distribution", slots);
}

fn row(session: &Session, key: &[u8], meta: &Meta) -> ZBox<ZendHashTable> {
    let mut row = Fields::new();
    row.add("info", string::copy(key));
    row.add("ttl", session.clock().ttl(meta.created, meta.expires));
    row.add("num_hits", f64::from(meta.hits));
    row.add("mtime", i64::from(meta.modified));
    row.add("creation_time", i64::from(meta.created));
    row.add("deletion_time", 0_i64);
    row.add("access_time", access_time(meta));
    row.add("ref_count", 0_i64);
    row.add("mem_size", meta.bytes as i64);
    row.0
}

/// Wall-clock second of the last access. The engine keeps it as a second of boot time: a second too early, at times, but never before the
/// store.
pub fn access_time(meta: &Meta) -> i64 {
    i64::from(meta.accessed.max(meta.created))
}

/// An array with string keys, in the order in which they are added.
pub struct Fields(pub ZBox<ZendHashTable>);

impl Fields {
    pub fn new() -> Self {
        Self(ZendHashTable::new())
    }

    /// Adds a field. A value that PHP cannot hold is left out: there is none among ours.
    pub fn add(&mut self, name: &str, value: impl IntoZval) {
        let _ = self.0.insert(name, value);
    }
}

/// The module apcu's part of phpinfo().
pub extern "C" fn print_apcu(module: *mut zend_module_entry) {
    let enabled = request::with(|session| session.is_some());
    let names: Vec<_> =
        serializer::all().iter().map(|known| String::from_utf8_lossy(known.name()).into_owned()).collect();
    let serializers = ["php".to_owned()].into_iter().chain(names).collect::<Vec<_>>().join(", ");
    info::table([
        ("APCu Support", if enabled { "Enabled" } else { "Disabled" }.to_owned()),
        ("Version", APCU_VERSION.to_string_lossy().into_owned()),
        ("APCu Debugging", "Disabled".to_owned()),
        ("MMAP Support", "Enabled".to_owned()),
        ("MMAP File Mask", "not used: see trove.directory".to_owned()),
        ("Serialization Support", if enabled { serializers } else { "Disabled".to_owned() }),
        ("Provided by", format!("Trove {}", TROVE_VERSION.to_string_lossy())),
    ]);
    info::ini_entries(module);
}

/// The module trove's part of phpinfo().
pub extern "C" fn print_trove(module: *mut zend_module_entry) {
    let why_off = request::why_off();
    let mut rows = vec![("Version", TROVE_VERSION.to_string_lossy().into_owned())];
    request::with(|session| match session {
        None => {
            rows.push(("State", format!("off: {}", why_off.unwrap_or_default())));
        }
        Some(session) => {
            let (state, stats) = (State::of(session), session.cache.stats());
            let used = stats.heap_bytes.saturating_sub(stats.free_bytes);
            rows.push(("State", "on".to_owned()));
            rows.push(("Segment", session.place().to_owned()));
            rows.push(("Size", bytes(session.cache.segment().geometry().capacity)));
            rows.push(("Used", format!("{} of {}", bytes(used), bytes(stats.heap_bytes))));
            rows.push(("Entries", stats.entries.to_string()));
            rows.push(("Processes", stats.processes.to_string()));
            rows.push(("Zero-copy", state.zero_copy.to_owned()));
            let optional = [
                ("Size asked for", state.other_size),
                ("Fallback", state.fallback),
                ("Last problem", state.last_problem),
            ];
            rows.extend(optional.into_iter().filter(|(_, text)| !text.is_empty()));
        }
    });
    info::table(rows);
    info::ini_entries(module);
}

/// A number of bytes, for people.
fn bytes(count: u64) -> String {
    match count {
        0..=0xf_ffff => format!("{:.1} KiB", count as f64 / 1024.0),
        _ => format!("{:.1} MiB", count as f64 / (1024.0 * 1024.0)),
    }
}
