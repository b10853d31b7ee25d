//! A small array with small ones in it, as a part of what [`super::brief`] writes.

use ext_php_rs::ffi::IS_ARRAY;
use ext_php_rs::types::Zval;

use super::flat::{Flat, Strings, put_inside, size_inside};
use crate::zend::image::{self, Shape, TABLE, Words};
use crate::zend::value::{Array, Key, Value};

/// A small array with some flat ones in it.
#[derive(Clone, Copy)]
pub(super) struct Nested<'a> {
    pub(super) array: Array<'a>,
    pub(super) shape: Shape,
    pub(super) next_free: i64,
    /// How many are in it.
    pub(super) inner: usize,
    /// Bytes of its own strings.
    pub(super) strings: usize,
    /// Bytes of the image.
    pub(super) size: usize,
}

impl Nested<'_> {
    /// Writes the image to `at`: the array, its strings, the arrays in it, which are `flats`.
    pub(super) fn write<'f>(
        &self,
        flats: impl Iterator<Item = &'f Flat<'f>> + Clone,
        payload: &mut [u8],
        at: usize,
        address: u64,
    ) {
        let data_at = at + TABLE;
        let strings_at = data_at + self.shape.data_size();
        let inner_at = strings_at + self.strings;
        image::put_table(&mut payload[at..data_at], self.shape, address + data_at as u64, self.next_free);
        let (data, rest) = payload[data_at..].split_at_mut(self.shape.data_size());
        let mut strings = Strings::new(&mut rest[..self.strings], address + strings_at as u64);
        let mut sizes = flats.clone().map(size_inside);
        let mut next = address + inner_at as u64;
        let mut words = |slot: &Zval, strings: &mut Strings<'_>| match Value::of(slot) {
            Value::Array(_) => {
                let value = next;
                next += sizes.next().unwrap_or_default() as u64;
                Words { value, tag: IS_ARRAY }
            }
            value => strings.words(value),
        };
        match self.shape {
            Shape::Map { hash, .. } => {
                let elements = self.array.elements().map(|(key, slot)| {
                    let key = match key {
                        Key::Index(h) => (h, 0),
                        Key::Name(name) => (name.hash(), strings.put(name)),
                    };
                    (key, words(slot, &mut strings))
                });
                image::put_map(data, hash, elements);
            }
            Shape::List { .. } | Shape::Empty => {
                image::put_list(data, &mut self.array.slots().map(|slot| words(slot, &mut strings)));
            }
        }
        let mut at = inner_at;
        for flat in flats {
            put_inside(flat, payload, at, address);
            at += size_inside(flat);
        }
    }
}
