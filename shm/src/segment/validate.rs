//! Whether bytes can be a segment: pure checks of a private copy of the header, before anything is mapped or followed.
//!
//! What is checked here is what the rest of the crate relies on without asking again: the magic, this build's layout and fingerprint, this
//! boot, counts within their limits, and tables that lie inside the file. All else on the segment is checked where it is followed.

use core::mem::offset_of;

use super::place::fingerprint_hash;
use crate::config::{GUEST_SLOTS, Geometry, MAX_CAPACITY, MIN_CAPACITY};
use crate::layout::{EraLine, Header, HeapControl, LAYOUT_ID, MAGIC};

/// Bytes of a header.
pub(super) const HEADER: usize = size_of::<Header>();
/// Addresses for read-only views lie between these, so that no sum with an offset overflows and no user space ends before.
pub(super) const BASES: core::ops::Range<u64> = 1 << 32..1 << 47;
/// A base is a multiple of this.
pub(super) const BASE_ALIGN: u64 = 2 << 20;
/// Most slots a segment may have: lock words and block states hold their numbers in 16 bits.
const MAX_SLOTS: u32 = 4096;

/// `Node::birth` holds an era in 48 bits; no segment lives to see half of them pass.
const MAX_ERA: u64 = 1 << 47;

/// What a header must agree with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected<'a> {
    /// The user's fingerprint; any where none is given.
    pub fingerprint: Option<&'a str>,
    /// This boot.
    pub boot_id: u64,
    /// Length of the file in bytes.
    pub len: u64,
}

/// What a valid header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Facts {
    /// Counts and offsets.
    pub geometry: Geometry,
    /// Where the read-only view belongs.
    pub fixed_base: u64,
}

/// What is said of a header that another build of Trove has laid out.
pub(super) const OTHER_BUILD: &str = "another build of Trove laid it out";

/// Checks a header.
///
/// # Errors
/// What is wrong with it, as an end to "the file is there, but ...".
pub(super) fn header(bytes: &[u8; HEADER], expected: Expected<'_>) -> Result<Facts, &'static str> {
    let long = |at: usize| u64::from_ne_bytes(core::array::from_fn(|i| bytes[at + i]));
    let short = |at: usize| u32::from_ne_bytes(core::array::from_fn(|i| bytes[at + i]));
    let require = |holds: bool, or: &'static str| if holds { Ok(()) } else { Err(or) };

    require(long(offset_of!(Header, magic)) == MAGIC, "it is not a segment")?;
    require(long(offset_of!(Header, layout_id)) == LAYOUT_ID, OTHER_BUILD)?;
    require(short(offset_of!(Header, ready)) == 1, "its creation was not finished")?;
    require(short(offset_of!(Header, retired)) == 0, "it was retired")?;
    if let Some(fingerprint) = expected.fingerprint {
        let at = offset_of!(Header, fingerprint_text);
        let text = &bytes[at..at + 64];
        let same =
            long(offset_of!(Header, fingerprint)) == fingerprint_hash(fingerprint) && *text == text_of(fingerprint);
        require(same, "it belongs to another build of PHP")?;
    }
    require(long(offset_of!(Header, boot_id)) == expected.boot_id, "it is from before the last start of the machine")?;
    // It only counts up, and each step is one of somebody's operations.
    require(long(offset_of!(Header, era) + offset_of!(EraLine, word)) <= MAX_ERA, "its era is impossible")?;
    let capacity = long(offset_of!(Header, capacity));
    require(capacity == expected.len, "its length is not what its header says")?;
    let geometry = geometry(capacity, &short)?;

    let fixed_base = long(offset_of!(Header, fixed_base));
    let in_range = BASES.contains(&fixed_base) && fixed_base + capacity <= BASES.end;
    require(in_range && fixed_base.is_multiple_of(BASE_ALIGN), "its header names an impossible address")?;
    Ok(Facts { geometry, fixed_base })
}

/// Checks how far the heap says that memory is committed; the word lies at [`committed_at`].
///
/// # Errors
/// As [`header`].
pub(super) fn committed(geometry: &Geometry, committed: u64) -> Result<(), &'static str> {
    if (geometry.blocks_at..=geometry.capacity).contains(&committed) && committed.is_multiple_of(8) {
        Ok(())
    } else {
        Err("its heap ends outside of it")
    }
}

/// Where the heap says how far memory is committed.
pub(super) fn committed_at(geometry: &Geometry) -> u64 {
    geometry.heap_at + offset_of!(HeapControl, committed) as u64
}

/// A fingerprint as it stands in the header: cut, or filled with NUL.
pub(super) fn text_of(fingerprint: &str) -> [u8; 64] {
    let mut text = [0; 64];
    let len = fingerprint.len().min(text.len());
    text[..len].copy_from_slice(&fingerprint.as_bytes()[..len]);
    text
}

fn geometry(capacity: u64, short: &dyn Fn(usize) -> u32) -> Result<Geometry, &'static str> {
    let counts @ [slots, stripes, buckets, caches, tag_heads, leases] = [
        short(offset_of!(Header, slots)),
        short(offset_of!(Header, stripes)),
        short(offset_of!(Header, buckets)),
        short(offset_of!(Header, caches)),
        short(offset_of!(Header, tag_heads)),
        short(offset_of!(Header, leases)),
    ];
    let power = |n: u32, most: u32| n.is_power_of_two() && n <= most;
    let sane = (MIN_CAPACITY..=MAX_CAPACITY).contains(&capacity)
        && capacity.is_multiple_of(4096)
        && (GUEST_SLOTS + 1..=MAX_SLOTS).contains(&slots)
        && power(stripes, 256)
        && power(buckets, 1 << 28)
        && buckets >= stripes
        && (1..=1024).contains(&caches)
        && power(tag_heads, 1 << 16)
        && power(leases, 4096);
    if !sane {
        return Err("its header names impossible counts");
    }
    let geometry = Geometry::of_counts(capacity, counts);
    // Room for one page of blocks at least.
    if geometry.blocks_at > capacity - 4096 {
        return Err("its tables do not fit into it");
    }
    Ok(geometry)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOOT: u64 = 77;
    const PRINT: &str = "PHP 8.2 NTS";

    struct Bytes([u8; HEADER]);

    impl Bytes {
        fn long(mut self, at: usize, value: u64) -> Self {
            self.0[at..at + 8].copy_from_slice(&value.to_ne_bytes());
            self
        }
        fn short(mut self, at: usize, value: u32) -> Self {
            self.0[at..at + 4].copy_from_slice(&value.to_ne_bytes());
            self
        }
        fn why(&self) -> &'static str {
            header(&self.0, expected()).expect_err("must be refused")
        }
    }

    fn expected() -> Expected<'static> {
        Expected { fingerprint: Some(PRINT), boot_id: BOOT, len: 1 << 20 }
    }

    fn good() -> Bytes {
        let g = Geometry::new(1 << 20, 0).unwrap();
        let at = offset_of!(Header, fingerprint_text);
        let mut bytes = Bytes([0; HEADER])
            .long(offset_of!(Header, magic), MAGIC)
            .long(offset_of!(Header, layout_id), LAYOUT_ID)
            .long(offset_of!(Header, fingerprint), fingerprint_hash(PRINT))
            .long(offset_of!(Header, boot_id), BOOT)
            .long(offset_of!(Header, capacity), g.capacity)
            .long(offset_of!(Header, fixed_base), 0x1234_0000_0000)
            .short(offset_of!(Header, ready), 1)
            .short(offset_of!(Header, slots), g.slots)
            .short(offset_of!(Header, stripes), g.stripes)
            .short(offset_of!(Header, buckets), g.buckets)
            .short(offset_of!(Header, caches), g.caches)
            .short(offset_of!(Header, tag_heads), g.tag_heads)
            .short(offset_of!(Header, leases), g.leases);
        bytes.0[at..at + 64].copy_from_slice(&text_of(PRINT));
        bytes
    }

    #[test]
    fn a_good_header_gives_its_geometry() {
        let facts = header(&good().0, expected()).unwrap();
        assert_eq!(facts, Facts { geometry: Geometry::new(1 << 20, 0).unwrap(), fixed_base: 0x1234_0000_0000 });
        let anybody = Expected { fingerprint: None, ..expected() };
        assert!(header(&good().0, anybody).is_ok());
    }

    #[test]
    fn each_word_is_checked() {
        assert_eq!(Bytes([0; HEADER]).why(), "it is not a segment");
        assert!(good().long(offset_of!(Header, layout_id), LAYOUT_ID ^ 1).why().contains("another build of Trove"));
        assert!(good().short(offset_of!(Header, ready), 0).why().contains("not finished"));
        assert!(good().short(offset_of!(Header, retired), 1).why().contains("retired"));
        assert!(good().long(offset_of!(Header, fingerprint), 1).why().contains("build of PHP"));
        assert!(good().long(offset_of!(Header, fingerprint_text), 1).why().contains("build of PHP"));
        assert!(good().long(offset_of!(Header, boot_id), 1).why().contains("start of the machine"));
        assert!(good().long(offset_of!(Header, capacity), 2 << 20).why().contains("length"));
        assert!(good().long(offset_of!(Header, era) + offset_of!(EraLine, word), u64::MAX).why().contains("era"));
        for base in [0, 0x1234_0000_0000 + 4096, (1 << 47) - (2 << 20) + (2 << 20), u64::MAX - 8191] {
            assert!(good().long(offset_of!(Header, fixed_base), base).why().contains("address"), "{base:#x}");
        }
    }

    #[test]
    fn every_count_is_bounded() {
        let refused = |at: usize, value: u32| {
            let why = good().short(at, value).why();
            assert!(why.contains("impossible counts") || why.contains("do not fit"), "{at} {value}: {why}");
        };
        for value in [0, 3, u32::MAX, 1 << 31] {
            refused(offset_of!(Header, stripes), value);
            refused(offset_of!(Header, buckets), value);
            refused(offset_of!(Header, tag_heads), value);
            refused(offset_of!(Header, leases), value);
        }
        for value in [0, GUEST_SLOTS, 4097, u32::MAX] {
            refused(offset_of!(Header, slots), value);
        }
        for value in [0, 1025, u32::MAX] {
            refused(offset_of!(Header, caches), value);
        }
        refused(offset_of!(Header, buckets), 1 << 18);
        refused(offset_of!(Header, stripes), 1 << 14);
    }

    #[test]
    fn committed_memory_lies_between_the_tables_and_the_end() {
        let g = Geometry::new(1 << 20, 0).unwrap();
        for fine in [g.blocks_at, g.capacity] {
            assert!(committed(&g, fine).is_ok());
        }
        for bad in [0, g.blocks_at - 8, g.blocks_at + 4, g.capacity + 8, u64::MAX] {
            assert!(committed(&g, bad).is_err());
        }
    }
}
