//! Small arrays without arrays in them - a row, a few options - to the same images as [`super::tables`] makes, and in less time: nothing is noted
//! between measuring and writing, so nothing is allocated. A map takes its hash with it, if that is as large as the image's.
//!
//! Equal strings have an image each. So strings are short here, and few.

use ext_php_rs::ffi::IS_STRING;

use super::tables::{scalar, shape_of};
use crate::zend::image::{self, Shape, Words};
use crate::zend::value::{Array, Key, Str, Value, WholeMap, first_free};

/// Most elements.
const MOST: u32 = 16;
/// Longest string.
const LONGEST: usize = 64;

/// A small array, measured.
#[derive(Clone, Copy)]
pub struct Flat<'a> {
    source: Source<'a>,
    shape: Shape,
    next_free: i64,
    size: usize,
}

#[derive(Clone, Copy)]
enum Source<'a> {
    Map(WholeMap<'a>),
    Other(Array<'a>),
}

impl<'a> Flat<'a> {
    /// None where it takes [`super::tables::Tables`].
    #[inline]
    pub fn of(array: Array<'a>) -> Option<Self> {
        Self::here(array)
    }

    /// The same, inlined.
    #[inline(always)]
    pub fn here(array: Array<'a>) -> Option<Self> {
        if array.len() > MOST {
            return None;
        }
        match array.whole_map() {
            Some(map) => Self::of_map(map, array),
            None => Self::of_other(array),
        }
    }

    #[inline(always)]
    fn of_map(map: WholeMap<'a>, array: Array<'a>) -> Option<Self> {
        let shape = Shape::map(map.len());
        let mut size = image::ARRAY_ROOT + image::TABLE + shape.data_size();
        // What an array starts with that is not empty.
        let mut next_free = i64::MIN;
        for (position, leaf) in map.leaves().enumerate() {
            if !leaf.is_one() {
                return None;
            }
            match leaf.name {
                Some(name) => size += size_of(name)?,
                // It may be a list.
                None if position == 0 && leaf.h == 0 => return Self::of_other(array),
                None if leaf.h as i64 >= next_free => next_free = (leaf.h as i64).saturating_add(1),
                None => {}
            }
            if let Some(string) = leaf.string {
                size += size_of(string)?;
            }
        }
        Some(Self { source: Source::Map(map), shape, next_free, size })
    }

    #[inline(never)]
    fn of_other(array: Array<'a>) -> Option<Self> {
        let shape = shape_of(array);
        let mut size = image::ARRAY_ROOT + image::TABLE + shape.data_size();
        let (mut count, mut next_free) = (0, i64::MIN);
        for (key, slot) in array.elements() {
            count += 1;
            match key {
                Key::Name(name) => size += size_of(name)?,
                Key::Index(h) if h as i64 >= next_free => next_free = (h as i64).saturating_add(1),
                Key::Index(_) => {}
            }
            match Value::of(slot) {
                Value::Str(string) => size += size_of(string)?,
                value => _ = scalar(value)?,
            }
        }
        let next_free = match shape {
            Shape::Empty => first_free(),
            Shape::List { .. } | Shape::Map { .. } => next_free,
        };
        // Else a table of variables, some of which are not set.
        (count == array.len()).then_some(Self { source: Source::Other(array), shape, next_free, size })
    }

    /// Bytes of the payload.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Writes the payload, but for the first word; `address` is that of its first byte in the read-only view.
    #[inline]
    pub fn write(&self, payload: &mut [u8], address: u64) {
        let data_at = image::ARRAY_ROOT + image::TABLE;
        let (head, rest) = payload.split_at_mut(data_at);
        let (data, rest) = rest.split_at_mut(self.shape.data_size());
        image::put_table(&mut head[image::ARRAY_ROOT..], self.shape, address + data_at as u64, self.next_free);
        let strings = Strings::new(rest, address + (data_at + self.shape.data_size()) as u64);
        match self.source {
            Source::Map(map) => write_map(map, data, strings),
            Source::Other(array) => write_other(array, self.shape, data, strings),
        }
    }
}

/// Writes a map's data: its hash is good for the image as well.
#[inline]
fn write_map(map: WholeMap<'_>, data: &mut [u8], mut strings: Strings<'_>) {
    let elements = map.leaves().map(|leaf| {
        let key = leaf.name.map_or(0, |name| strings.put_hashed(name, leaf.h));
        let value = leaf.string.map_or(leaf.word, |string| strings.put(string));
        ((leaf.h, key), Words { value, tag: leaf.tag }, leaf.next)
    });
    image::put_hashed_map(data, map.hash(), elements);
}

#[inline(never)]
fn write_other(array: Array<'_>, shape: Shape, data: &mut [u8], mut strings: Strings<'_>) {
    match shape {
        Shape::Map { hash, .. } => {
            let elements = array.elements().map(|(key, slot)| {
                let key = match key {
                    Key::Index(h) => (h, 0),
                    Key::Name(name) => (name.hash(), strings.put(name)),
                };
                (key, strings.words(Value::of(slot)))
            });
            image::put_map(data, hash, elements);
        }
        Shape::List { .. } | Shape::Empty => {
            image::put_list(data, array.slots().map(|slot| strings.words(Value::of(slot))));
        }
    }
}

/// Bytes of its image inside of another payload.
pub(super) fn size_inside(flat: &Flat<'_>) -> usize {
    flat.size() - image::ARRAY_ROOT
}

/// Writes its image to `at` in another payload. What a payload of its own has in front is not written.
pub(super) fn put_inside(flat: &Flat<'_>, payload: &mut [u8], at: usize, address: u64) {
    let start = at - image::ARRAY_ROOT;
    flat.write(&mut payload[start..start + flat.size()], address + start as u64);
}

/// Where the next string goes.
pub(super) struct Strings<'p> {
    rest: &'p mut [u8],
    /// Its address.
    next: u64,
}

impl<'p> Strings<'p> {
    /// Strings that fill `rest`, which lies at the address `next`.
    #[inline]
    pub(super) fn new(rest: &'p mut [u8], next: u64) -> Self {
        Self { rest, next }
    }

    /// Writes a string; its address.
    #[inline(always)]
    pub(super) fn put(&mut self, string: Str<'_>) -> u64 {
        self.put_hashed(string, string.hash())
    }

    /// The same, where its hash is at hand.
    #[inline(always)]
    fn put_hashed(&mut self, string: Str<'_>, hash: u64) -> u64 {
        let text = string.bytes();
        let (image, rest) = core::mem::take(&mut self.rest).split_at_mut(image::string_size(text.len()));
        image::put_short_string(image, text, hash, string.is_known_utf8());
        self.rest = rest;
        let address = self.next;
        self.next += image.len() as u64;
        address
    }

    /// A value, whose string is written.
    #[inline(always)]
    pub(super) fn words(&mut self, value: Value<'_>) -> Words {
        match value {
            Value::Str(string) => Words { value: self.put(string), tag: IS_STRING },
            value => scalar(value).unwrap_or(Words::constant(0)),
        }
    }
}

/// Bytes of a string's image; none where it is long.
#[inline(always)]
pub(super) fn size_of(string: Str<'_>) -> Option<usize> {
    let len = string.bytes().len();
    (len <= LONGEST).then(|| image::string_size(len))
}
