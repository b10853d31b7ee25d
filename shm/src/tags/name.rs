//! Tags by name, before their records are known.

use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::caches::CacheId;
use crate::layout::TagRecord;
use crate::segment::Segment;
use crate::word::Ordering::Relaxed;

/// A tag of a cache, by name.
#[derive(Debug, Clone, Copy)]
pub struct Name<'n> {
    pub(super) cache: CacheId,
    pub(super) bytes: &'n [u8],
    hash: u64,
}

impl<'n> Name<'n> {
    /// The tag `bytes` of `cache`.
    #[must_use]
    pub fn new(segment: &Segment, cache: CacheId, bytes: &'n [u8]) -> Self {
        let seed = segment.header().hash_seed.load(Relaxed) ^ u64::from(cache.0).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Self { cache, bytes, hash: xxh3_64_with_seed(bytes, seed) }
    }

    /// Bytes of the record's block.
    #[must_use]
    pub fn record_bytes(&self) -> u64 {
        size_of::<TagRecord>() as u64 + self.bytes.len() as u64
    }

    /// The stripe under whose lock the record is made, so that not all are made under the same.
    #[must_use]
    pub fn stripe(&self, segment: &Segment) -> u32 {
        self.upper() & (segment.geometry().stripes - 1)
    }

    /// The tag head that its chain hangs from.
    pub(crate) fn head(self, segment: &Segment) -> u32 {
        self.hash as u32 & (segment.geometry().tag_heads - 1)
    }

    /// The half of the hash that the record keeps.
    pub(crate) fn upper(self) -> u32 {
        (self.hash >> 32) as u32
    }
}

/// The tags of one entry, by name, until it is published.
#[derive(Debug)]
pub struct Names {
    cache: CacheId,
    /// One after another.
    bytes: Vec<u8>,
    /// Where each ends.
    ends: Vec<usize>,
}

impl Names {
    /// These tags of `cache`.
    #[inline]
    #[must_use]
    pub fn new(cache: CacheId, names: &[&[u8]]) -> Self {
        if names.is_empty() {
            return Self { cache, bytes: Vec::new(), ends: Vec::new() };
        }
        let end = |end: &mut usize, name: &&[u8]| {
            *end += name.len();
            Some(*end)
        };
        Self { cache, bytes: names.concat(), ends: names.iter().scan(0, end).collect() }
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether the entry has no tags.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Each of them.
    pub fn iter<'n, 's>(&'n self, segment: &'s Segment) -> impl Iterator<Item = Name<'n>> + use<'n, 's> {
        let starts = core::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| Name::new(segment, self.cache, &self.bytes[start..end]))
    }
}
