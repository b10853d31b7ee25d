//! One object whose properties are scalars and short strings - an entity, a value object - to the recipe that [`super::graph`] makes of it, and in
//! less time: as in [`super::flat`], nothing is noted between measuring and writing.

use super::flat::{Strings, size_of};
use super::recipe::{self, HEADER, ITEM, Item, NODE};
use super::tables::{Place, scalar};
use crate::zend::image::put_u64;
use crate::zend::object::{Object, Properties, Treatment};
use crate::zend::value::Value;

/// Most properties.
const MOST: usize = 16;

/// An object, measured.
pub struct Single<'a> {
    object: Object<'a>,
    properties: Properties<'a>,
    count: usize,
    /// Bytes of the images.
    images: usize,
}

impl<'a> Single<'a> {
    /// None where it takes a [`super::graph::Graph`], or more.
    pub fn of(object: Object<'a>) -> Option<Self> {
        if object.treatment() != Treatment::Properties || object.is_odd() {
            return None;
        }
        let properties = object.properties();
        let (mut count, mut images) = (0, size_of(object.class_name())?);
        for (name, slot) in properties {
            count += 1;
            images += size_of(name?)?;
            match Value::of(slot) {
                Value::Str(string) => images += size_of(string)?,
                value => _ = scalar(value)?,
            }
        }
        (count <= MOST).then_some(Self { object, properties, count, images })
    }

    /// Bytes of the payload.
    pub fn size(&self) -> usize {
        HEADER + self.images + NODE + 8 * self.count + ITEM * (self.count + 1)
    }

    /// Writes the payload; `address` is that of its first byte in the read-only view.
    pub fn write(&self, payload: &mut [u8], address: u64) {
        let nodes_at = HEADER + self.images;
        let names_at = nodes_at + NODE;
        let items_at = names_at + 8 * self.count;
        let place = |at: usize| (at / 8) as Place;
        let parts = [(place(nodes_at), 1), (place(names_at), self.count), (place(items_at), self.count + 1)];
        recipe::put_header(payload, address, parts);
        let (images, rest) = payload[HEADER..].split_at_mut(self.images);
        let (node, rest) = rest.split_at_mut(NODE);
        let (names, items) = rest.split_at_mut(8 * self.count);
        let mut strings = Strings::new(images, address + HEADER as u64);
        put_u64(node, 0, strings.put(self.object.class_name()));
        put_u64(node, 8, (self.count as u64) << 32);
        let (object, items) = items.split_at_mut(ITEM);
        Item::Object(0).put(object, 0);
        for (((name, slot), name_at), item) in
            self.properties.zip(names.chunks_exact_mut(8)).zip(items.chunks_exact_mut(ITEM))
        {
            put_u64(name_at, 0, name.map_or(0, |name| strings.put(name)));
            let words = strings.words(Value::of(slot));
            put_u64(item, 0, words.value);
            put_u64(item, 8, words.tag.into());
        }
    }
}
