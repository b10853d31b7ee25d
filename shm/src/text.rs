//! Text in words: bytes in their order, padded with NUL.

use crate::word::{Ordering, Word64};

/// Writes as much of `text` as fits, and zeros behind it.
pub fn store(words: &[Word64], text: &[u8]) {
    let mut parts = text.chunks(8);
    for word in words {
        let mut bytes = [0; 8];
        if let Some(part) = parts.next() {
            bytes[..part.len()].copy_from_slice(part);
        }
        word.store(u64::from_ne_bytes(bytes), Ordering::Relaxed);
    }
}

/// The first `len` bytes.
#[must_use]
pub fn load(words: &[Word64], len: usize) -> Vec<u8> {
    let mut text: Vec<u8> = words.iter().flat_map(|word| word.load(Ordering::Relaxed).to_ne_bytes()).collect();
    text.truncate(len);
    text
}

/// The bytes before the first NUL, as text for people.
#[must_use]
pub fn load_label(words: &[Word64]) -> String {
    let bytes = load(words, usize::MAX);
    let len = bytes.iter().position(|&b| b == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(&bytes[..len]).into_owned()
}
