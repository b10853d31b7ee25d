//! Small arrays without arrays in them - a row, a few options - to the same images as [`super::tables`] makes, and in less time: nothing is noted
//! between measuring and writing, so nothing is allocated.
//!
//! Equal strings have an image each. So strings are short here, and few.

use ext_php_rs::ffi::IS_STRING;

use super::tables::{scalar, shape_of};
use crate::zend::image::{self, Shape, Words};
use crate::zend::value::{Array, Key, Str, Value, first_free};

/// Most elements.
const MOST: u32 = 16;
/// Longest string.
const LONGEST: usize = 64;

/// A small array, measured.
pub struct Flat<'a> {
    array: Array<'a>,
    shape: Shape,
    next_free: i64,
    size: usize,
}

impl<'a> Flat<'a> {
    /// None where it takes [`super::tables::Tables`].
    pub fn of(array: Array<'a>) -> Option<Self> {
        if array.len() > MOST {
            return None;
        }
        let shape = shape_of(array);
        let mut size = image::ARRAY_ROOT + image::TABLE + shape.data_size();
        // What an array starts with that is not empty.
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
        (count == array.len()).then_some(Self { array, shape, next_free, size })
    }

    /// Bytes of the payload.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Writes the payload, but for the first word; `address` is that of its first byte in the read-only view.
    pub fn write(&self, payload: &mut [u8], address: u64) {
        let data_at = image::ARRAY_ROOT + image::TABLE;
        let (head, rest) = payload.split_at_mut(data_at);
        let (data, rest) = rest.split_at_mut(self.shape.data_size());
        image::put_table(&mut head[image::ARRAY_ROOT..], self.shape, address + data_at as u64, self.next_free);
        let mut strings = Strings { rest, next: address + (data_at + self.shape.data_size()) as u64 };
        let mut elements = self.array.elements().map(|(key, slot)| {
            let key = match key {
                Key::Index(h) => (h, 0),
                Key::Name(name) => (name.hash(), strings.put(name)),
            };
            let value = match Value::of(slot) {
                Value::Str(string) => Words { value: strings.put(string), tag: IS_STRING },
                value => scalar(value).unwrap_or(Words::constant(0)),
            };
            (key, value)
        });
        match self.shape {
            Shape::Map { hash, .. } => image::put_map(data, hash, elements),
            Shape::List { .. } | Shape::Empty => image::put_list(data, &mut elements.by_ref().map(|(_, words)| words)),
        }
    }
}

/// Where the next string goes.
struct Strings<'p> {
    rest: &'p mut [u8],
    /// Its address.
    next: u64,
}

impl Strings<'_> {
    /// Writes a string; its address.
    #[inline(always)]
    fn put(&mut self, string: Str<'_>) -> u64 {
        let text = string.bytes();
        let (image, rest) = core::mem::take(&mut self.rest).split_at_mut(image::string_size(text.len()));
        image::put_string(image, text, string.hash(), string.is_known_utf8());
        self.rest = rest;
        let address = self.next;
        self.next += image.len() as u64;
        address
    }
}

/// Bytes of a string's image; none where it is long.
#[inline(always)]
fn size_of(string: Str<'_>) -> Option<usize> {
    let len = string.bytes().len();
    (len <= LONGEST).then(|| image::string_size(len))
}
