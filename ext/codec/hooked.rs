//! One object whose `__serialize()` has returned a small array - a date, an `ArrayObject`, a value object - to the recipe that [`super::graph`] makes
//! of it, and in less time: as in [`super::flat`], next to nothing is noted between measuring and writing.

use ext_php_rs::ffi::IS_ARRAY;

use super::flat::{Flat, Strings, put_inside, size_inside, size_of};
use super::recipe::{self, HEADER, HOOKED_NODE, ITEM, Item, NODE};
use super::tables::{Place, scalar, shape_of};
use crate::zend::image::{self, Cell, Shape, TABLE, Words, put_u64};
use crate::zend::object::Object;
use crate::zend::returned::Returned;
use crate::zend::value::{Array, Key, Str, Value};
use ext_php_rs::types::Zval;

/// Most elements.
const MOST: u32 = 16;
/// Most arrays in it: few, for this is moved about.
const INNER: usize = 3;

/// An object, measured.
pub struct Hooked<'a> {
    class: Str<'a>,
    array: Whole<'a>,
    /// Bytes of the images.
    images: usize,
    /// What the rest looks at is in here.
    _returned: Returned,
}

enum Whole<'a> {
    Flat(Flat<'a>),
    Nested(Nested<'a>),
}

impl<'a> Hooked<'a> {
    /// Of an object, and the array that was returned for it.
    ///
    /// # Errors
    /// It takes a [`super::graph::Graph`], which gets what was returned.
    pub fn of(object: Object<'a>, array: Array<'a>, returned: Returned) -> Result<Self, Returned> {
        let class = object.class_name();
        let whole = match Flat::of(array) {
            Some(flat) => Some(Whole::Flat(flat)),
            None => Nested::of(array).map(Whole::Nested),
        };
        let (Some(array), Some(size)) = (whole, size_of(class)) else { return Err(returned) };
        let images = size
            + match &array {
                Whole::Flat(flat) => size_inside(flat),
                Whole::Nested(nested) => nested.size(),
            };
        Ok(Self { class, array, images, _returned: returned })
    }

    /// Bytes of the payload.
    pub fn size(&self) -> usize {
        HEADER + self.images + NODE + 2 * ITEM
    }

    /// Writes the payload; `address` is that of its first byte in the read-only view.
    pub fn write(&self, payload: &mut [u8], address: u64) {
        let nodes_at = HEADER + self.images;
        let items_at = nodes_at + NODE;
        let place = |at: usize| (at / 8) as Place;
        recipe::put_header(payload, address, [(place(nodes_at), 1), (place(items_at), 0), (place(items_at), 2)]);
        let class_size = image::string_size(self.class.bytes().len());
        Strings::new(&mut payload[HEADER..HEADER + class_size], address + HEADER as u64).put(self.class);
        let array_at = HEADER + class_size;
        let images = &mut payload[..nodes_at];
        match &self.array {
            Whole::Flat(flat) => put_inside(flat, images, array_at, address),
            Whole::Nested(nested) => nested.write(images, array_at, address),
        }
        put_u64(payload, nodes_at, address + HEADER as u64);
        put_u64(payload, nodes_at + 8, u64::from(HOOKED_NODE) << 32);
        Item::Hooked(0).put(payload, items_at);
        Item::Leaf(Cell::Array(address + array_at as u64)).put(payload, items_at + ITEM);
    }
}

/// A small array with some [flat](Flat) ones in it.
struct Nested<'a> {
    array: Array<'a>,
    shape: Shape,
    next_free: i64,
    inner: [Option<Flat<'a>>; INNER],
    /// Bytes of its own strings.
    strings: usize,
}

impl<'a> Nested<'a> {
    fn of(array: Array<'a>) -> Option<Self> {
        if array.len() > MOST {
            return None;
        }
        let mut nested =
            Self { array, shape: shape_of(array), next_free: i64::MIN, inner: [const { None }; INNER], strings: 0 };
        let (mut count, mut arrays) = (0, 0);
        for (key, slot) in array.elements() {
            count += 1;
            match key {
                Key::Name(name) => nested.strings += size_of(name)?,
                Key::Index(h) => nested.next_free = nested.next_free.max((h as i64).saturating_add(1)),
            }
            match Value::of(slot) {
                Value::Str(string) => nested.strings += size_of(string)?,
                Value::Array(inner) => {
                    *nested.inner.get_mut(arrays)? = Some(Flat::of(inner)?);
                    arrays += 1;
                }
                value => _ = scalar(value)?,
            }
        }
        // Else it is a table of variables, some of which are not set.
        (count == array.len()).then_some(nested)
    }

    fn size(&self) -> usize {
        let inner = self.inner.iter().flatten().map(size_inside).sum::<usize>();
        TABLE + self.shape.data_size() + self.strings + inner
    }

    /// Writes the image to `at`: the array, its strings, the arrays in it.
    fn write(&self, payload: &mut [u8], at: usize, address: u64) {
        let data_at = at + TABLE;
        let strings_at = data_at + self.shape.data_size();
        let inner_at = strings_at + self.strings;
        image::put_table(&mut payload[at..data_at], self.shape, address + data_at as u64, self.next_free);
        let (data, rest) = payload[data_at..].split_at_mut(self.shape.data_size());
        let mut strings = Strings::new(&mut rest[..self.strings], address + strings_at as u64);
        let mut arrays = self.inner.iter().flatten();
        let mut next = address + inner_at as u64;
        let mut words = |slot: &Zval, strings: &mut Strings<'_>| match Value::of(slot) {
            Value::Array(_) => {
                let value = next;
                next += arrays.next().map_or(0, size_inside) as u64;
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
        for flat in self.inner.iter().flatten() {
            put_inside(flat, payload, at, address);
            at += size_inside(flat);
        }
    }
}
