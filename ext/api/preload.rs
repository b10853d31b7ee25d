//! `apc.preload_path`: files that are stored when a segment is new.

use std::fs;
use std::path::Path;

use ext_php_rs::types::Zval;
use trove_shm::cache::{CacheId, Mode};

use super::value::save;
use crate::request::Session;
use crate::zend::call;

/// Stores what the files `<key>.data` of the directory hold, PHP's serialized text, where nothing has been stored before. What cannot be
/// read or decoded is left out, as in APCu.
pub fn run(session: &Session) {
    let Some(directory) = &session.settings().preload_path else { return };
    let (entries, _) = session.cache.usage(CacheId::APCU);
    if entries > 0 || session.cache.stats().inserts > 0 {
        return;
    }
    for (key, text) in files(directory) {
        let mut value = Zval::new();
        if call::unserialize_silently(&text, &mut value).is_ok() {
            save(session, "preload", &key, &value, 0, Mode::Add);
        }
    }
}

fn files(directory: &Path) -> Vec<(Vec<u8>, Vec<u8>)> {
    let Ok(files) = fs::read_dir(directory) else { return Vec::new() };
    let paths = files.filter_map(|file| file.ok().map(|file| file.path()));
    paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "data"))
        .filter_map(|path| {
            use std::os::unix::ffi::OsStrExt;
            Some((path.file_stem()?.as_bytes().to_vec(), fs::read(&path).ok()?))
        })
        .collect()
}
