//! Plain values - arrays of scalars, strings and such arrays - as images that the engine reads in place.
//!
//! Two passes over the same arrays, in the same order. *Measure* gives every array and every distinct string its place and notes, for each
//! string and array that it meets, that place in `links`. *Write* goes over the arrays again and takes the places from `links`: it looks
//! nothing up. Arrays wait in a row, so nesting of any depth needs no stack.
//!
//! Equal strings have one image. So has an array that the value holds in many places, if it is one array in memory.
//! Keys 0, 1, 2, and so on in this order make a list, whatever the engine had made of them; other keys make a map.

use core::hash::{BuildHasherDefault, Hasher};
use std::collections::HashMap;

use crate::zend::image::{self, Cell, Shape};
use crate::zend::value::{Array, Key, Str, Value, first_free};

/// A place in the payload: 8-byte granules from its start.
pub type Place = u32;

/// A value that is not plain was met: an object, a resource, or a reference that means something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotPlain;

/// Arrays and strings with their places in a payload.
pub struct Tables<'a> {
    arrays: Vec<Placed<'a>>,
    shared: HashMap<usize, Place, BuildHasherDefault<AddressHasher>>,
    empty: Option<Place>,
    strings: Strings<'a>,
    links: Vec<Place>,
    size: u64,
}

struct Placed<'a> {
    array: Array<'a>,
    header: Place,
    data: Place,
    shape: Shape,
    next_free: i64,
}

impl<'a> Tables<'a> {
    /// No array and no string; the first `reserved` bytes of the payload are the caller's.
    pub fn new(reserved: usize) -> Self {
        Self {
            arrays: Vec::new(),
            shared: HashMap::default(),
            empty: None,
            strings: Strings::default(),
            links: Vec::new(),
            size: reserved as u64,
        }
    }

    /// Bytes of the payload so far.
    pub fn size(&self) -> usize {
        self.size as usize
    }

    /// Gives an array and all that is in it places.
    ///
    /// # Errors
    /// It is not plain: the tables are useless then.
    pub fn array(&mut self, root: Array<'a>) -> Result<Place, NotPlain> {
        let mut next = self.arrays.len();
        let place = self.place(root);
        while next < self.arrays.len() {
            self.visit(next)?;
            next += 1;
        }
        Ok(place)
    }

    /// Gives a string a place: the one of an equal string, if there is one.
    #[inline]
    pub fn string(&mut self, string: Str<'a>) -> Place {
        let (place, new) = self.strings.place(string, (self.size / 8) as Place);
        if new {
            self.size += image::string_size(string.bytes().len()) as u64;
        }
        place
    }

    /// Takes `bytes` at the end of the payload.
    pub fn take(&mut self, bytes: usize) -> Place {
        let place = (self.size / 8) as Place;
        self.size += bytes as u64;
        place
    }

    /// Writes all of them; `address` is that of the payload where it will be read.
    pub fn write(&self, payload: &mut [u8], address: u64) {
        for &(string, place) in &self.strings.all {
            let text = string.bytes();
            let at = place as usize * 8;
            let image = &mut payload[at..at + image::string_size(text.len())];
            image::put_string(image, text, string.hash(), string.is_known_utf8());
        }
        let mut links = self.links.iter().map(|&place| address_of(address, place));
        for placed in &self.arrays {
            let header = placed.header as usize * 8;
            let image = &mut payload[header..header + image::TABLE];
            image::put_table(image, placed.shape, address_of(address, placed.data), placed.next_free);
            let data = placed.data as usize * 8;
            let data = &mut payload[data..data + placed.shape.data_size()];
            image::put_hash(data, placed.shape);
            write_elements(placed, data, &mut links);
        }
    }

    /// The array's header, placed now or before.
    fn place(&mut self, array: Array<'a>) -> Place {
        if array.is_shared() {
            if let Some(&place) = self.shared.get(&array.address()) {
                return place;
            }
        }
        if let (0, Some(place)) = (array.len(), self.empty) {
            return place;
        }
        let header = self.take(image::TABLE);
        if array.is_shared() {
            self.shared.insert(array.address(), header);
        }
        if array.len() == 0 {
            self.empty = Some(header);
        }
        self.arrays.push(Placed { array, header, data: 0, shape: Shape::Empty, next_free: 0 });
        header
    }

    /// Places an array's data, and the headers and strings that it points to.
    fn visit(&mut self, index: usize) -> Result<(), NotPlain> {
        let array = self.arrays[index].array;
        if array.len() > image::MAX_ELEMENTS {
            return Err(NotPlain);
        }
        let shape = shape_of(array);
        let data = self.take(shape.data_size());
        let mut next_free = first_free();
        for (key, slot) in array.elements() {
            match key {
                Key::Index(h) if h as i64 >= next_free => next_free = (h as i64).saturating_add(1),
                Key::Index(_) => {}
                Key::Name(name) => {
                    let place = self.string(name);
                    self.links.push(place);
                }
            }
            match Value::of(slot) {
                Value::Str(string) => {
                    let place = self.string(string);
                    self.links.push(place);
                }
                Value::Array(inner) => {
                    let place = self.place(inner);
                    self.links.push(place);
                }
                Value::Object(_) | Value::Reference | Value::Resource => return Err(NotPlain),
                Value::Null | Value::False | Value::True | Value::Long(_) | Value::Double(_) => {}
            }
        }
        let placed = &mut self.arrays[index];
        (placed.data, placed.shape, placed.next_free) = (data, shape, next_free);
        Ok(())
    }
}

/// The address of a place in a payload that lies at `payload`.
pub fn address_of(payload: u64, place: Place) -> u64 {
    payload + u64::from(place) * 8
}

fn write_elements(placed: &Placed<'_>, data: &mut [u8], links: &mut impl Iterator<Item = u64>) {
    let mut link = || links.next().expect("the arrays are those that were measured");
    match placed.shape {
        Shape::Empty => {}
        Shape::List { .. } => {
            for ((_, slot), position) in placed.array.elements().zip(0..) {
                image::put_cell(data, position, cell(Value::of(slot), &mut link));
            }
        }
        Shape::Map { hash, .. } => {
            for ((key, slot), position) in placed.array.elements().zip(0..) {
                let (h, name) = match key {
                    Key::Index(h) => (h, 0),
                    Key::Name(name) => (name.hash(), link()),
                };
                let cell = cell(Value::of(slot), &mut link);
                image::put_bucket(data, hash, position, h, name, cell);
            }
        }
    }
}

#[inline]
fn cell(value: Value<'_>, link: &mut impl FnMut() -> u64) -> Cell {
    match value {
        Value::False => Cell::False,
        Value::True => Cell::True,
        Value::Long(n) => Cell::Long(n),
        Value::Double(d) => Cell::Double(d),
        Value::Str(_) => Cell::Str(link()),
        Value::Array(_) => Cell::Array(link()),
        Value::Null | Value::Object(_) | Value::Reference | Value::Resource => Cell::Null,
    }
}

/// How the array's elements will lie: as `unserialize()` would leave them, without holes.
fn shape_of(array: Array<'_>) -> Shape {
    if array.is_dense_list() {
        return match array.len() {
            0 => Shape::Empty,
            count => Shape::List { count },
        };
    }
    let mut elements = array.elements();
    let mut count = 0;
    for (key, _) in elements.by_ref() {
        if !matches!(key, Key::Index(h) if h == u64::from(count)) {
            return Shape::map(count + 1 + elements.count() as u32);
        }
        count += 1;
    }
    match count {
        0 => Shape::Empty,
        count => Shape::List { count },
    }
}

/// The distinct strings of a payload: an open-addressing table over `all`, never more than half full.
#[derive(Default)]
struct Strings<'a> {
    all: Vec<(Str<'a>, Place)>,
    /// Upper half: of the string's hash; lower half: its index in `all`, or `VACANT`.
    slots: Vec<u64>,
}

const VACANT: u32 = u32::MAX;

impl<'a> Strings<'a> {
    /// The place of an equal string, or `free`, and whether it is that.
    #[inline]
    fn place(&mut self, string: Str<'a>, free: Place) -> (Place, bool) {
        if self.all.len() * 2 >= self.slots.len() {
            self.grow();
        }
        let hash = mixed(string.hash());
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        while self.slots[slot] as u32 != VACANT {
            if self.slots[slot] >> 32 == hash >> 32 {
                let (known, place) = self.all[self.slots[slot] as u32 as usize];
                if known.is(string) || known.bytes() == string.bytes() {
                    return (place, false);
                }
            }
            slot = (slot + 1) & mask;
        }
        self.slots[slot] = hash >> 32 << 32 | self.all.len() as u64;
        self.all.push((string, free));
        (free, true)
    }

    #[cold]
    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(32);
        self.slots = vec![u64::from(VACANT); size];
        for (index, (string, _)) in self.all.iter().enumerate() {
            let hash = mixed(string.hash());
            let mut slot = hash as usize & (size - 1);
            while self.slots[slot] as u32 != VACANT {
                slot = (slot + 1) & (size - 1);
            }
            self.slots[slot] = hash >> 32 << 32 | index as u64;
        }
    }
}

/// The engine's string hash, spread over all bits.
#[inline]
fn mixed(hash: u64) -> u64 {
    (hash ^ hash >> 32).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// Hashes one address.
#[derive(Default)]
pub struct AddressHasher(u64);

impl Hasher for AddressHasher {
    fn write(&mut self, _: &[u8]) {
        unreachable!("only addresses are hashed");
    }

    fn write_usize(&mut self, address: usize) {
        self.0 = (address as u64 >> 3).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }

    fn finish(&self) -> u64 {
        self.0.rotate_left(26)
    }
}
