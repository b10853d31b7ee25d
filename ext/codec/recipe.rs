//! The payload of a value with objects: how to make it again.
//!
//! ```text
//! 0   its own address
//! 8   nodes: place and number         classes with the names of properties, and cases of enums, in the order of first use
//! 16  names: place and number         addresses of string images
//! 24  items: place and number         the value, in the order in which serialize() writes it
//! 32  images, nodes, names, items
//! ```
//!
//! A *node* is the address of the class's name, the first of its names and their number, or [`CASE_NODE`] and one name: that of the case; or
//! [`HOOKED_NODE`] and none.
//! An *item* is two words, as a zval. A string, and an array without objects in it, is the address of its image; other arrays and objects
//! are followed by the items that they hold.

use super::Unreadable;
use super::tables::Place;
use crate::zend::image::{Cell, put_u64};
use crate::zend::view::{Image, View};

/// Bytes before the images.
pub const HEADER: usize = 32;
/// Bytes of a node.
pub const NODE: usize = 16;
/// Bytes of an item.
pub const ITEM: usize = 16;
/// In place of the number of a node's names.
pub const CASE_NODE: u32 = u32::MAX;
/// The same, of a class whose objects are made by their `__unserialize()`.
pub const HOOKED_NODE: u32 = u32::MAX - 1;

/// A step of making a value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Item {
    /// A scalar, or an image.
    Leaf(Cell),
    /// A new object, of this node's class; its properties follow, in the order of the node's names.
    Object(u32),
    /// A new object, of this node's class; the array for its `__unserialize()` follows.
    Hooked(u32),
    /// The object with this number, counted in the order of the items.
    Again(u32),
    /// The case of this node.
    Case(u32),
    /// A new array of so many elements, which follow: keys 0, 1, 2, and so on.
    List(u32),
    /// A new array of so many elements, which follow, each after its key.
    Map(u32),
    /// An integer key.
    Index(u64),
    /// A key: address of a string image.
    Name(u64),
}

// Tags beyond those of zvals.
const OBJECT: u32 = 16;
const AGAIN: u32 = 17;
const CASE: u32 = 18;
const LIST: u32 = 19;
const MAP: u32 = 20;
const INDEX: u32 = 21;
/// Tag of [`Item::Name`].
pub const NAME: u32 = 22;
const HOOKED: u32 = 23;

impl Item {
    /// Writes it.
    pub fn put(self, bytes: &mut [u8], at: usize) {
        let (value, tag) = match self {
            Self::Leaf(cell) => cell.words(),
            Self::Object(node) => (node.into(), OBJECT),
            Self::Hooked(node) => (node.into(), HOOKED),
            Self::Again(object) => (object.into(), AGAIN),
            Self::Case(node) => (node.into(), CASE),
            Self::List(count) => (count.into(), LIST),
            Self::Map(count) => (count.into(), MAP),
            Self::Index(h) => (h, INDEX),
            Self::Name(address) => (address, NAME),
        };
        put_u64(bytes, at, value);
        put_u64(bytes, at + 8, tag.into());
    }

    fn of(value: u64, tag: u32) -> Option<Self> {
        let small = value as u32;
        Some(match tag {
            OBJECT => Self::Object(small),
            HOOKED => Self::Hooked(small),
            AGAIN => Self::Again(small),
            CASE => Self::Case(small),
            LIST => Self::List(small),
            MAP => Self::Map(small),
            INDEX => Self::Index(value),
            NAME => Self::Name(value),
            _ => Self::Leaf(Cell::from_words(value, tag)?),
        })
    }

    /// The address that it holds.
    pub fn address_mut(&mut self) -> Option<&mut u64> {
        match self {
            Self::Leaf(Cell::Str(address) | Cell::Array(address)) | Self::Name(address) => Some(address),
            _ => None,
        }
    }
}

/// Writes the header: a place and a number each.
pub fn put_header(payload: &mut [u8], address: u64, parts: [(Place, usize); 3]) {
    put_u64(payload, 0, address);
    for ((place, count), at) in parts.into_iter().zip([8, 16, 24]) {
        put_u64(payload, at, u64::from(place) | (count as u64) << 32);
    }
}

/// Reads a recipe in the place for which its addresses are; every access is checked.
#[derive(Clone, Copy)]
pub struct Recipe<'p> {
    payload: View<'p>,
}

/// A node, read.
#[derive(Clone, Copy)]
pub struct Node<'p> {
    /// Image of the class's name.
    pub class: Image<'p>,
    /// What the recipe knows of it.
    pub kind: NodeKind,
}

/// The kinds of nodes.
#[derive(Clone, Copy)]
pub enum NodeKind {
    /// Names of properties: the first one and their number.
    Class { first: u32, count: u32 },
    /// The name of the case.
    Case { name: u32 },
    /// Objects are made by their `__unserialize()`.
    Hooked,
}

impl<'p> Recipe<'p> {
    /// The recipe that is this payload, which lies where its addresses say.
    pub fn of(payload: View<'p>) -> Result<Self, Unreadable> {
        if payload.u64(0)? == payload.address() { Ok(Self { payload }) } else { Err(Unreadable) }
    }

    /// Number of its nodes.
    pub fn nodes(self) -> Result<u32, Unreadable> {
        Ok(self.part(1)?.1)
    }

    /// Node `index`.
    pub fn node(self, index: u32) -> Result<Node<'p>, Unreadable> {
        let at = self.part(1)?.0 + index as usize * NODE;
        let (first, count) = (self.payload.u32(at + 8)?, self.payload.u32(at + 12)?);
        let kind = match count {
            CASE_NODE => NodeKind::Case { name: first },
            HOOKED_NODE => NodeKind::Hooked,
            _ => NodeKind::Class { first, count },
        };
        Ok(Node { class: self.string(self.payload.u64(at)?)?, kind })
    }

    /// Name `index`.
    pub fn name(self, index: u32) -> Result<Image<'p>, Unreadable> {
        let (place, _) = self.part(2)?;
        self.string(self.payload.u64(place + index as usize * 8)?)
    }

    /// Its items.
    pub fn items(self) -> impl Iterator<Item = Result<Item, Unreadable>> {
        let part = self.part(3);
        (0..part.map_or(1, |(_, count)| count)).map(move |index| {
            let at = part?.0 + index as usize * ITEM;
            Item::of(self.payload.u64(at)?, self.payload.u32(at + 8)?).ok_or(Unreadable)
        })
    }

    /// The payload from an address on.
    pub fn at(self, address: u64) -> Result<View<'p>, Unreadable> {
        let offset = address.wrapping_sub(self.payload.address());
        self.payload.from(usize::try_from(offset).map_err(|_| Unreadable)?)
    }

    /// The string image at an address.
    pub fn string(self, address: u64) -> Result<Image<'p>, Unreadable> {
        self.at(address)?.string()
    }

    /// Where part `word` of the header starts, and how many it has.
    fn part(self, word: usize) -> Result<(usize, u32), Unreadable> {
        Ok((self.payload.u32(word * 8)? as usize * 8, self.payload.u32(word * 8 + 4)?))
    }
}
