//! The ring of paths and prefixes. Written under the lock of the resets; read without, as a sequence lock: a text counts only where its
//! generation is the same before and after it was read.

use crate::layout::{RESET_TEXTS, ResetControl, ResetText};
use crate::text;
use crate::word::{Ordering, fence};

/// Longest text in bytes.
pub(super) const MOST: usize = 496;

const SEPARATOR: u8 = 0;

/// What a text is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum Kind {
    /// A path to forget.
    Path,
    /// Prefixes to invalidate, joined.
    Prefixes,
}

/// Notes a text. The oldest makes room: from now on its reset counts as the one that needs no text.
pub(super) fn note(control: &ResetControl, generation: u64, kind: Kind, bytes: &[u8]) {
    let noted = control.texts_noted.load(Ordering::Relaxed);
    let entry = &control.texts[(noted % RESET_TEXTS as u64) as usize];
    let old = entry.generation.load(Ordering::Relaxed);
    if old != 0 {
        let stronger =
            if entry.kind.load(Ordering::Relaxed) == Kind::Path as u32 { &control.stat } else { &control.reset };
        stronger.fetch_max(old, Ordering::Release);
    }
    entry.generation.store(0, Ordering::Relaxed);
    // Who sees anything of what follows, sees what was done before.
    fence(Ordering::Release);
    entry.kind.store(kind as u32, Ordering::Relaxed);
    entry.len.store(bytes.len() as u32, Ordering::Relaxed);
    text::store(&entry.bytes, bytes);
    entry.generation.store(generation, Ordering::Release);
    control.texts_noted.store(noted + 1, Ordering::Relaxed);
}

/// The texts of one kind of all generations after `after`. To be called before the word of the stronger reset is read: what had to make room
/// is seen there.
pub(super) fn after(control: &ResetControl, kind: Kind, after: u64) -> Vec<Vec<u8>> {
    control.texts.iter().filter_map(|entry| read(entry, kind, after)).flat_map(split).collect()
}

/// Joins paths into as few texts as possible. One that is too long stands alone.
pub(super) fn joined(paths: &[&[u8]]) -> Vec<Vec<u8>> {
    let mut texts: Vec<Vec<u8>> = Vec::new();
    for path in paths {
        match texts.last_mut() {
            Some(text) if text.len() + 1 + path.len() <= MOST => {
                text.push(SEPARATOR);
                text.extend_from_slice(path);
            }
            _ => texts.push(path.to_vec()),
        }
    }
    texts
}

fn read(entry: &ResetText, kind: Kind, after: u64) -> Option<Vec<u8>> {
    let generation = entry.generation.load(Ordering::Acquire);
    if generation <= after || entry.kind.load(Ordering::Relaxed) != kind as u32 {
        return None;
    }
    let bytes = text::load(&entry.bytes, entry.len.load(Ordering::Relaxed) as usize);
    fence(Ordering::Acquire);
    (entry.generation.load(Ordering::Relaxed) == generation).then_some(bytes)
}

fn split(text: Vec<u8>) -> Vec<Vec<u8>> {
    text.split(|&b| b == SEPARATOR).map(<[u8]>::to_vec).collect()
}
