//! The engine's strings and arrays as bytes: what to write so that the engine takes them for literals of a compiled script. Safe code:
//! it fills slices, and the assertions below hold the offsets to the engine's own declarations.
//!
//! A string is interned but not permanent, its hash is set and its reference count is never touched. An array is immutable, with a
//! reference count of 2, its keys are integers and interned strings, and its zvals lack the "refcounted" flag. So the engine reads them
//! and never writes to them; who wants to change an array copies it first.

use core::mem::{offset_of, size_of};

use ext_php_rs::ffi::{
    _Bucket, _zend_array, _zend_string, _zval_struct, GC_IMMUTABLE, GC_NOT_COLLECTABLE, HASH_FLAG_PACKED,
    HASH_FLAG_STATIC_KEYS, HASH_FLAG_UNINITIALIZED, HT_MIN_SIZE, IS_ARRAY, IS_DOUBLE, IS_FALSE, IS_LONG, IS_NULL,
    IS_STR_VALID_UTF8, IS_STRING, IS_TRUE,
};

const _: () = {
    assert!(
        size_of::<usize>() == 8 && cfg!(target_endian = "little"),
        "the images are those of 64-bit little-endian machines"
    );
    assert!(size_of::<_zval_struct>() == 16);
    assert!(
        offset_of!(_zval_struct, value) == 0 && offset_of!(_zval_struct, u1) == 8 && offset_of!(_zval_struct, u2) == 12
    );
    assert!(offset_of!(_zend_string, gc) == 0 && offset_of!(_zend_string, h) == 8);
    assert!(offset_of!(_zend_string, len) == 16 && offset_of!(_zend_string, val) == STRING_HEADER);
    assert!(size_of::<_zend_array>() == TABLE);
    assert!(
        offset_of!(_zend_array, gc) == 0
            && offset_of!(_zend_array, u) == 8
            && offset_of!(_zend_array, nTableMask) == 12
    );
    assert!(offset_of!(_zend_array, __bindgen_anon_1) == TABLE_DATA && offset_of!(_zend_array, nNumUsed) == 24);
    assert!(offset_of!(_zend_array, nNumOfElements) == 28 && offset_of!(_zend_array, nTableSize) == 32);
    assert!(offset_of!(_zend_array, nInternalPointer) == 36 && offset_of!(_zend_array, nNextFreeElement) == 40);
    assert!(offset_of!(_zend_array, pDestructor) == 48);
    assert!(size_of::<_Bucket>() == BUCKET);
    assert!(offset_of!(_Bucket, val) == 0 && offset_of!(_Bucket, h) == 16 && offset_of!(_Bucket, key) == 24);
};

/// Bytes of a string before its text.
pub const STRING_HEADER: usize = 24;
/// Bytes of an array's header.
pub const TABLE: usize = 56;
/// Where an array's header keeps the pointer to its elements.
pub const TABLE_DATA: usize = 16;
/// Where an array's payload has its header: after its own address.
pub const ARRAY_ROOT: usize = 8;
/// Bytes of a list's element.
pub const CELL: usize = 16;
/// Bytes of a map's element.
pub const BUCKET: usize = 32;

/// Most elements of an array: half of the engine's own limit, so that no size below overflows.
pub const MAX_ELEMENTS: u32 = 0x2000_0000;

/// A byte of `HT_INVALID_IDX`, the word for no element.
const NO_ELEMENT: u8 = u8::MAX;
/// `HT_MIN_MASK`: of lists and of empty arrays.
const MIN_MASK: u32 = -2_i32 as u32;

/// Words of the hash of a map with `count` elements.
#[inline]
pub fn hash_words(count: u32) -> u32 {
    count.next_power_of_two().max(HT_MIN_SIZE) * 2
}

/// Bytes of a string image.
pub const fn string_size(len: usize) -> usize {
    (STRING_HEADER + len + 1).next_multiple_of(8)
}

/// A value in an array's image.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell {
    Null,
    False,
    True,
    Long(i64),
    Double(f64),
    /// Address of a string image.
    Str(u64),
    /// Address of an array image.
    Array(u64),
}

impl Cell {
    /// The two words of the zval.
    #[inline]
    pub fn words(self) -> (u64, u32) {
        match self {
            Self::Null => (0, IS_NULL),
            Self::False => (0, IS_FALSE),
            Self::True => (0, IS_TRUE),
            Self::Long(n) => (n as u64, IS_LONG),
            Self::Double(d) => (d.to_bits(), IS_DOUBLE),
            Self::Str(address) => (address, IS_STRING),
            Self::Array(address) => (address, IS_ARRAY),
        }
    }

    /// The cell that [`Cell::words`] made; none where it made no such.
    #[inline]
    pub fn from_words(value: u64, tag: u32) -> Option<Self> {
        Some(match tag {
            IS_NULL => Self::Null,
            IS_FALSE => Self::False,
            IS_TRUE => Self::True,
            IS_LONG => Self::Long(value as i64),
            IS_DOUBLE => Self::Double(f64::from_bits(value)),
            IS_STRING => Self::Str(value),
            IS_ARRAY => Self::Array(value),
            _ => return None,
        })
    }
}

/// An element's value as it is written: the two words of a zval.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    /// What it holds, or the address of the image that it points to.
    pub value: u64,
    /// Its type.
    pub tag: u32,
}

impl Words {
    /// Null, false or true.
    pub const fn constant(tag: u32) -> Self {
        Self { value: 0, tag }
    }
}

/// How an array's elements lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// No element.
    Empty,
    /// Keys 0, 1, 2, and so on, `count` of them: a zval each.
    List { count: u32 },
    /// A hash of `hash` words (a power of two) and `count` buckets.
    Map { hash: u32, count: u32 },
}

impl Shape {
    /// A map of `count` elements, not zero. The hash is as small as the engine's own compactor makes it, which never goes below
    /// `HT_MIN_SIZE * 2` words: a copy keeps this size, and the engine resets a hash 64 bytes at a time.
    pub fn map(count: u32) -> Self {
        Self::Map { hash: hash_words(count), count }
    }

    /// Bytes of the data.
    pub const fn data_size(self) -> usize {
        match self {
            Self::Empty => 8,
            Self::List { count } => 8 + count as usize * CELL,
            Self::Map { hash, count } => hash as usize * 4 + count as usize * BUCKET,
        }
    }

    /// Bytes of the data before the first element.
    pub const fn hash_size(self) -> usize {
        match self {
            Self::Empty | Self::List { .. } => 8,
            Self::Map { hash, .. } => hash as usize * 4,
        }
    }
}

/// Writes a string; `image` has [`string_size`] bytes.
#[inline]
pub fn put_string(image: &mut [u8], text: &[u8], hash: u64, known_utf8: bool) {
    put_string_head(image, text.len(), hash, known_utf8).copy_from_slice(text);
}

/// The same of a string of some ten bytes, for which a call to copy them is most of the work.
#[inline(always)]
pub fn put_short_string(image: &mut [u8], text: &[u8], hash: u64, known_utf8: bool) {
    copy_short(put_string_head(image, text.len(), hash, known_utf8), text);
}

/// Writes a string but for its text, whose place it returns.
#[inline(always)]
fn put_string_head(image: &mut [u8], len: usize, hash: u64, known_utf8: bool) -> &mut [u8] {
    let utf8 = if known_utf8 { IS_STR_VALID_UTF8 } else { 0 };
    let flags = IS_STRING | GC_NOT_COLLECTABLE | GC_IMMUTABLE | utf8;
    let end = image.len() - 8;
    put_u64(image, end, 0);
    let (header, rest) = image.split_at_mut(STRING_HEADER);
    put_u64(header, 0, 2 | u64::from(flags) << 32);
    put_u64(header, 8, hash);
    put_u64(header, 16, len as u64);
    &mut rest[..len]
}

/// Copies bytes to as many, 16 at a time; where they are fewer, or some are left, with words that overlap.
#[inline(always)]
fn copy_short(to: &mut [u8], from: &[u8]) {
    #[inline(always)]
    fn ends<const N: usize>(to: &mut [u8], from: &[u8]) -> bool {
        if let (Some(first), Some(last)) = (from.first_chunk::<N>(), from.last_chunk::<N>())
            && let Some(start) = to.first_chunk_mut::<N>()
        {
            *start = *first;
            to.last_chunk_mut::<N>().into_iter().for_each(|end| *end = *last);
            return true;
        }
        false
    }
    if from.len() > 32 {
        let (whole, _) = from.as_chunks::<16>();
        to.as_chunks_mut::<16>().0.iter_mut().zip(whole).for_each(|(to, from)| *to = *from);
    }
    if !(ends::<16>(to, from) || ends::<8>(to, from) || ends::<4>(to, from) || ends::<2>(to, from)) {
        to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
    }
}

/// Writes the header of an array whose data lie at the address `data`, and which goes on at `next_free`.
pub fn put_table(image: &mut [u8], shape: Shape, data: u64, next_free: i64) {
    let (flags, mask, count) = match shape {
        Shape::Empty => (HASH_FLAG_UNINITIALIZED, MIN_MASK, 0),
        Shape::List { count } => (HASH_FLAG_PACKED | HASH_FLAG_STATIC_KEYS, MIN_MASK, count),
        Shape::Map { hash, count } => (HASH_FLAG_STATIC_KEYS, hash.wrapping_neg(), count),
    };
    put_u32(image, 0, 2);
    put_u32(image, 4, IS_ARRAY | GC_IMMUTABLE);
    put_u32(image, 8, flags);
    put_u32(image, 12, mask);
    put_u64(image, TABLE_DATA, data + shape.hash_size() as u64);
    put_u32(image, 24, count);
    put_u32(image, 28, count);
    put_u32(image, 32, count.next_power_of_two().max(HT_MIN_SIZE));
    put_u32(image, 36, 0);
    put_u64(image, 40, next_free as u64);
    put_u64(image, 48, 0);
}

/// Writes the data of a list, or of an empty array.
pub fn put_list(data: &mut [u8], values: impl Iterator<Item = Words>) {
    let (hash, elements) = data.split_at_mut(8);
    hash.fill(NO_ELEMENT);
    let (elements, _) = elements.as_chunks_mut::<CELL>();
    for (element, words) in elements.iter_mut().zip(values) {
        put_u64(element, 0, words.value);
        put_u64(element, 8, words.tag.into());
    }
}

/// Writes the data of a map with `hash` hash words. A key is an integer and 0, or a string's hash and the address of its image.
pub fn put_map(data: &mut [u8], hash: u32, elements: impl Iterator<Item = ((u64, u64), Words)>) {
    let (words, buckets) = data.split_at_mut(hash as usize * 4);
    words.fill(NO_ELEMENT);
    let (buckets, _) = buckets.as_chunks_mut::<BUCKET>();
    for ((bucket, ((h, key), value)), position) in buckets.iter_mut().zip(elements).zip(0_u32..) {
        // The engine's index is `h | mask`, counted backwards from the first bucket.
        let word = 4 * (h as u32 | hash.wrapping_neg()).wrapping_add(hash) as usize;
        let next = read_u32(words, word);
        put_u32(words, word, position);
        put_bucket(bucket, (h, key), value, next);
    }
}

/// Writes the data of a map whose hash is known, to which each element's last part belongs.
#[inline]
pub fn put_hashed_map(data: &mut [u8], hash: &[u8], elements: impl Iterator<Item = ((u64, u64), Words, u32)>) {
    let (words, buckets) = data.split_at_mut(hash.len());
    words.copy_from_slice(hash);
    let (buckets, _) = buckets.as_chunks_mut::<BUCKET>();
    for (bucket, (key, value, next)) in buckets.iter_mut().zip(elements) {
        put_bucket(bucket, key, value, next);
    }
}

/// Writes an element of a map, of whose chain `next` is the next.
#[inline(always)]
pub fn put_bucket(bucket: &mut [u8; BUCKET], (h, key): (u64, u64), value: Words, next: u32) {
    put_u64(bucket, 0, value.value);
    put_u64(bucket, 8, u64::from(value.tag) | u64::from(next) << 32);
    put_u64(bucket, 16, h);
    put_u64(bucket, 24, key);
}

/// Writes the values of a map's data that has its keys already.
#[inline(always)]
pub fn put_values(data: &mut [u8], hash: u32, values: impl Iterator<Item = Words>) {
    let (buckets, _) = data[hash as usize * 4..].as_chunks_mut::<BUCKET>();
    for (bucket, words) in buckets.iter_mut().zip(values) {
        put_u64(bucket, 0, words.value);
        put_u32(bucket, 8, words.tag);
    }
}

/// Writes a word.
#[inline]
pub fn put_u32(bytes: &mut [u8], at: usize, word: u32) {
    bytes[at..at + 4].copy_from_slice(&word.to_ne_bytes());
}

/// Writes a word.
#[inline]
pub fn put_u64(bytes: &mut [u8], at: usize, word: u64) {
    bytes[at..at + 8].copy_from_slice(&word.to_ne_bytes());
}

#[inline]
fn read_u32(bytes: &[u8], at: usize) -> u32 {
    u32::from_ne_bytes(bytes[at..at + 4].try_into().expect("4 bytes"))
}
