//! Plain values - arrays of scalars, strings and such arrays - as images that the engine reads in place.
//!
//! Two passes. *Measure* goes over the arrays: it gives every array and every distinct string its place in the payload, and notes the places in
//! the order in which they are met, and nothing else: the notes of a large value would not fit into the processor's caches. *Write* goes over the
//! same arrays again, with the places. Both take an array's first inner array right after it, as whoever made the value did, mostly: so PHP's
//! memory is read, and the payload written, from one end to the other, which the processor sees coming. Arrays wait in a row to be visited, so nesting
//! of any depth needs no stack.
//!
//! Equal strings have one image. So has an array that the value holds in many places, if it is one array in memory. Keys 0, 1, 2, and so on
//! in this order make a list, whatever the engine had made of them; other keys make a map. A map with the keys of another one - the next row of a
//! result - is written as a copy of that one with other values; others take their hash with them, if it is as large as the image's.

use ext_php_rs::ffi::{IS_ARRAY, IS_DOUBLE, IS_FALSE, IS_LONG, IS_NULL, IS_STRING, IS_TRUE};
use ext_php_rs::types::Zval;

use super::numbers::Numbers;
use crate::zend::image::{self, Shape, Words};
use crate::zend::scratch::Scratch;
use crate::zend::value::{Array, Body, Key, Seen, Str, Value, first_free, is_unset};

/// A place in the payload: 8-byte granules from its start.
pub type Place = u32;

/// A value that is not plain was met: an object, a resource, or a reference that means something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotPlain;

/// Arrays and strings with their places in a payload.
pub struct Tables<'a> {
    /// Those that have been visited, in this order: their data lie one after the other.
    arrays: Scratch<Placed<'a>>,
    /// Those that have been met and not visited, with the places of their headers; the next one is the last.
    waiting: Scratch<(Array<'a>, Place)>,
    /// Places of the strings and arrays that are elements of the visited arrays, one after the other.
    elements: Scratch<Place>,
    /// The same for the keys of the maps in `keys`; 0 for those that are integers.
    names: Scratch<Place>,
    /// The keys of maps, each set once, mostly.
    keys: Scratch<Keys<'a>>,
    /// Where in `keys` such keys were seen last, by a part of [`Array::kind_of_keys`].
    seen: [u32; SEEN],
    /// Whether an array was met behind a reference: only such an array can be inside itself.
    may_be_circular: bool,
    /// Places of arrays that may be in several places, by address.
    shared: Numbers,
    empty: Option<Place>,
    strings: Strings<'a>,
    size: u64,
}

/// Sets of keys that are looked for, a power of two.
const SEEN: usize = 16;
/// No set of keys.
const NO_KEYS: u32 = u32::MAX;

#[derive(Clone, Copy)]
struct Placed<'a> {
    array: Array<'a>,
    header: Place,
    data: Place,
    /// Index of its first place in `elements`.
    first: u32,
    /// Index of a map's keys.
    keys: u32,
    shape: Shape,
}

/// The keys of a map, and of all that have the same.
#[derive(Clone, Copy)]
struct Keys<'a> {
    /// The map.
    array: Array<'a>,
    /// Where its data are written.
    data: Place,
    /// Index of its first name.
    first: u32,
    next_free: i64,
}

impl<'a> Tables<'a> {
    /// No array and no string; the first `reserved` bytes of the payload are the caller's.
    pub fn new(reserved: usize) -> Self {
        Self {
            arrays: Scratch::new(),
            waiting: Scratch::new(),
            elements: Scratch::new(),
            names: Scratch::new(),
            keys: Scratch::new(),
            seen: [NO_KEYS; SEEN],
            may_be_circular: false,
            shared: Numbers::new(),
            empty: None,
            strings: Strings::new(),
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
        let place = self.place(root);
        while let Some((array, header)) = self.waiting.pop() {
            let met = self.waiting.len();
            self.visit(array, header)?;
            self.waiting.as_mut_slice()[met..].reverse();
        }
        if self.may_be_circular && self.is_circular() {
            return Err(NotPlain);
        }
        Ok(place)
    }

    /// Gives a string a place: the one of an equal string, if there is one.
    #[inline(always)]
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
        let mut strings = self.strings.all.as_slice().iter();
        let mut places = self.elements.as_slice().iter().map(|&place| address_of(address, place));
        for placed in self.arrays.as_slice() {
            // Those that were met before, which lie before it.
            while let Some(&(string, place)) = strings.as_slice().first()
                && place < placed.data
            {
                strings.next();
                put_string(payload, string, place);
            }
            let keys = self.keys.as_slice().get(placed.keys as usize);
            let header = placed.header as usize * 8;
            let image = &mut payload[header..header + image::TABLE];
            let next_free = match (placed.shape, keys) {
                (Shape::List { count }, _) => count.into(),
                (_, Some(keys)) => keys.next_free,
                _ => first_free(),
            };
            image::put_table(image, placed.shape, address_of(address, placed.data), next_free);
            let (data, size) = (placed.data as usize * 8, placed.shape.data_size());
            let data = data..data + size;
            let mut words = |slot: &Zval| {
                let tag = match Seen::in_slot(slot) {
                    Seen::Scalar(words) => return words,
                    Seen::Str(_) => IS_STRING,
                    Seen::Array(_) => IS_ARRAY,
                    Seen::Other => match Value::of(slot) {
                        Value::Str(_) => IS_STRING,
                        Value::Array(_) | Value::Wrapped(_) => IS_ARRAY,
                        value => return scalar(value).unwrap_or(Words::constant(IS_NULL)),
                    },
                };
                Words { value: places.next().unwrap_or_default(), tag }
            };
            match (placed.shape, keys) {
                (Shape::Map { hash, .. }, Some(keys)) if keys.data != placed.data => {
                    let template = keys.data as usize * 8;
                    payload.copy_within(template..template + size, data.start);
                    if let Body::Map(buckets) = placed.array.body() {
                        image::put_values(&mut payload[data], hash, buckets.iter().map(|bucket| words(&bucket.val)));
                    }
                }
                (Shape::Map { hash, count }, Some(keys)) => {
                    let names = &self.names.as_slice()[keys.first as usize..][..count as usize];
                    let names = names.iter().map(|&name| if name == 0 { 0 } else { address_of(address, name) });
                    match placed.array.whole_map() {
                        Some(map) => {
                            let elements =
                                map.elements().zip(names).map(|((h, slot, next), name)| ((h, name), words(slot), next));
                            image::put_hashed_map(&mut payload[data], map.hash(), elements);
                        }
                        None => {
                            let elements = placed.array.elements().zip(names).map(|((key, slot), name)| {
                                let h = match key {
                                    Key::Index(h) => h,
                                    Key::Name(text) => text.hash(),
                                };
                                ((h, name), words(slot))
                            });
                            image::put_map(&mut payload[data], hash, elements);
                        }
                    }
                }
                _ => match placed.array.body() {
                    Body::List(slots) => image::put_list(&mut payload[data], slots.iter().map(words)),
                    Body::Map(buckets) => {
                        image::put_list(&mut payload[data], buckets.iter().map(|bucket| words(&bucket.val)));
                    }
                    Body::Holes => image::put_list(&mut payload[data], placed.array.slots().map(words)),
                },
            }
        }
        strings.for_each(|&(string, place)| put_string(payload, string, place));
    }

    /// The array's header, placed now or before.
    #[inline(always)]
    fn place(&mut self, array: Array<'a>) -> Place {
        if (array.is_shared() || array.len() == 0)
            && let Some(place) = self.placed(array)
        {
            return place;
        }
        let header = self.take(image::TABLE);
        self.waiting.push((array, header));
        header
    }

    /// Where an array lies that may be in many places, or is empty; none where it is new, and noted as the next to be placed.
    #[inline(never)]
    fn placed(&mut self, array: Array<'a>) -> Option<Place> {
        let (address, next) = (array.address() as u64, (self.size / 8) as Place);
        let shared = if array.is_shared() { self.shared.find(address) } else { None };
        let empty = if array.len() == 0 { self.empty } else { None };
        if shared.or(empty).is_some() {
            return shared.or(empty);
        }
        if array.is_shared() {
            self.shared.set(address, next);
        }
        if array.len() == 0 {
            self.empty = Some(next);
        }
        None
    }

    /// Places an array's data, and the headers and strings that it points to.
    fn visit(&mut self, array: Array<'a>, header: Place) -> Result<(), NotPlain> {
        if array.len() > image::MAX_ELEMENTS {
            return Err(NotPlain);
        }
        let shape = shape_of(array);
        let data = self.take(shape.data_size());
        let keys = match shape {
            Shape::Map { .. } => self.visit_keys(array, data),
            Shape::List { .. } | Shape::Empty => NO_KEYS,
        };
        let first = self.elements.len() as u32;
        match array.body() {
            Body::List(slots) => slots.iter().try_for_each(|slot| self.element(slot))?,
            Body::Map(buckets) => buckets.iter().try_for_each(|bucket| self.element(&bucket.val))?,
            Body::Holes => self.elements_between_holes(array)?,
        }
        self.arrays.push(Placed { array, header, data, first, keys, shape });
        Ok(())
    }

    /// Places what an element points to.
    #[inline(always)]
    fn element(&mut self, slot: &'a Zval) -> Result<(), NotPlain> {
        let place = match Seen::in_slot(slot) {
            Seen::Scalar(_) => return Ok(()),
            Seen::Str(string) => self.string(string),
            Seen::Array(inner) => self.place(inner),
            Seen::Other => return self.odd_element(slot),
        };
        self.elements.push(place);
        Ok(())
    }

    #[inline(never)]
    fn elements_between_holes(&mut self, array: Array<'a>) -> Result<(), NotPlain> {
        array.slots().try_for_each(|slot| self.element(slot))?;
        if array.slots().count() == array.len() as usize { Ok(()) } else { Err(NotPlain) }
    }

    #[cold]
    fn odd_element(&mut self, slot: &'a Zval) -> Result<(), NotPlain> {
        if is_unset(slot) {
            // In a table of variables: no script has such an array.
            return Err(NotPlain);
        }
        let place = match Value::of(slot) {
            Value::Str(string) => self.string(string),
            Value::Array(inner) => self.place(inner),
            Value::Wrapped(inner) => {
                self.may_be_circular = true;
                self.place(inner)
            }
            Value::Object(_) | Value::Reference | Value::Resource => return Err(NotPlain),
            Value::Null | Value::False | Value::True | Value::Long(_) | Value::Double(_) => return Ok(()),
        };
        self.elements.push(place);
        Ok(())
    }

    /// Whether an array is inside itself. Looks at each array once, depth first.
    #[cold]
    fn is_circular(&self) -> bool {
        #[derive(Clone, Copy, PartialEq)]
        enum Mark {
            New,
            OnPath,
            Done,
        }
        let (arrays, elements) = (self.arrays.as_slice(), self.elements.as_slice());
        // Where an array's elements end, the next one's begin.
        let end_of = |index: usize| arrays.get(index + 1).map_or(elements.len(), |next| next.first as usize);
        let mut by_header = Numbers::new();
        for (array, index) in arrays.iter().zip(0..) {
            by_header.set(array.header.into(), index);
        }
        let mut marks = Scratch::filled(Mark::New, arrays.len());
        let mut path: Scratch<(usize, usize)> = Scratch::new();
        for root in 0..arrays.len() {
            if marks.as_slice()[root] == Mark::New {
                marks.as_mut_slice()[root] = Mark::OnPath;
                path.push((root, 0));
            }
            while let Some((index, position)) = path.pop() {
                let at = arrays[index].first as usize + position;
                if at == end_of(index) {
                    marks.as_mut_slice()[index] = Mark::Done;
                    continue;
                }
                path.push((index, position + 1));
                // A string lies where no array does.
                let Some(inner) = by_header.find(elements[at].into()).map(|index| index as usize) else { continue };
                match marks.as_slice()[inner] {
                    Mark::New => {
                        marks.as_mut_slice()[inner] = Mark::OnPath;
                        path.push((inner, 0));
                    }
                    Mark::OnPath => return true,
                    Mark::Done => {}
                }
            }
        }
        false
    }

    /// The index of the keys of a map whose data are at `data`: of such as were seen, or of new ones.
    fn visit_keys(&mut self, array: Array<'a>, data: Place) -> u32 {
        let kind = array.kind_of_keys();
        let seen = kind.map(|kind| kind as usize % SEEN);
        if let Some(index) = seen.map(|at| self.seen[at])
            && let Some(known) = self.keys.as_slice().get(index as usize)
            && known.array.has_keys_of(array)
        {
            return index;
        }
        // What an array starts with that is not empty.
        let (first, mut next_free) = (self.names.len() as u32, i64::MIN);
        for (key, _) in array.elements() {
            let name = match key {
                Key::Name(name) => self.string(name),
                Key::Index(h) => {
                    if h as i64 >= next_free {
                        next_free = (h as i64).saturating_add(1);
                    }
                    0
                }
            };
            self.names.push(name);
        }
        let index = self.keys.len() as u32;
        self.keys.push(Keys { array, data, first, next_free });
        if let Some(at) = seen {
            self.seen[at] = index;
        }
        index
    }
}

/// Longest string that is copied without a call.
const SHORT: usize = 48;

#[inline(always)]
fn put_string(payload: &mut [u8], string: Str<'_>, place: Place) {
    let text = string.bytes();
    let at = place as usize * 8;
    let image = &mut payload[at..at + image::string_size(text.len())];
    let (hash, known_utf8) = (string.hash(), string.is_known_utf8());
    if text.len() <= SHORT {
        image::put_short_string(image, text, hash, known_utf8);
    } else {
        image::put_string(image, text, hash, known_utf8);
    }
}

/// The address of a place in a payload that lies at `payload`.
pub fn address_of(payload: u64, place: Place) -> u64 {
    payload + u64::from(place) * 8
}

/// A value without an image of its own.
#[inline(always)]
pub(super) fn scalar(value: Value<'_>) -> Option<Words> {
    Some(match value {
        Value::Null => Words::constant(IS_NULL),
        Value::False => Words::constant(IS_FALSE),
        Value::True => Words::constant(IS_TRUE),
        Value::Long(n) => Words { value: n as u64, tag: IS_LONG },
        Value::Double(d) => Words { value: d.to_bits(), tag: IS_DOUBLE },
        _ => return None,
    })
}

/// How the array's elements will lie: as `unserialize()` would leave them, without holes.
#[inline(always)]
pub(super) fn shape_of(array: Array<'_>) -> Shape {
    match array.len() {
        0 => Shape::Empty,
        count if array.is_dense_list() || has_keys_of_a_list(array) => Shape::List { count },
        count => Shape::map(count),
    }
}

/// Whether the keys are 0, 1, 2, and so on.
#[inline(always)]
pub(super) fn has_keys_of_a_list(array: Array<'_>) -> bool {
    if let Body::Map(buckets) = array.body() {
        return buckets.iter().zip(0..).all(|(bucket, position)| bucket.key.is_null() && bucket.h == position);
    }
    array.elements().zip(0..).all(|((key, _), position)| matches!(key, Key::Index(h) if h == position))
}

/// The distinct strings of a payload: an open-addressing table over `all`, never more than three quarters full.
struct Strings<'a> {
    all: Scratch<(Str<'a>, Place)>,
    /// Upper half: the string's [`mixed`] hash, which is where the search for it starts. Lower half: its index in `all`. Or [`VACANT`].
    slots: Scratch<u64>,
    /// How many there may be before the table has to grow.
    most: usize,
}

const VACANT: u64 = u64::MAX;
/// Slots of the smallest table, a power of two.
const FEWEST_SLOTS: usize = 256;

impl<'a> Strings<'a> {
    const fn new() -> Self {
        Self { all: Scratch::new(), slots: Scratch::new(), most: 0 }
    }

    /// The place of an equal string, or `free`, and whether it is that.
    #[inline(always)]
    fn place(&mut self, string: Str<'a>, free: Place) -> (Place, bool) {
        if self.all.len() == self.most {
            self.grow();
        }
        let (hash, slots) = (mixed(string.hash()), self.slots.as_mut_slice());
        let mask = slots.len() - 1;
        let mut slot = hash as usize & mask;
        while slots[slot] != VACANT {
            if slots[slot] >> 32 == u64::from(hash) {
                let (known, place) = self.all.as_slice()[slots[slot] as u32 as usize];
                if known.is(string) || known.equals(string) {
                    return (place, false);
                }
            }
            slot = (slot + 1) & mask;
        }
        slots[slot] = u64::from(hash) << 32 | self.all.len() as u64;
        self.all.push((string, free));
        (free, true)
    }

    #[cold]
    fn grow(&mut self) {
        let size = (self.slots.len() * 4).max(FEWEST_SLOTS);
        let old = core::mem::replace(&mut self.slots, Scratch::filled(VACANT, size));
        self.most = size / 4 * 3;
        self.all.reserve(self.most - self.all.len());
        let slots = self.slots.as_mut_slice();
        for &taken in old.as_slice().iter().filter(|&&slot| slot != VACANT) {
            let mut slot = (taken >> 32) as usize & (size - 1);
            while slots[slot] != VACANT {
                slot = (slot + 1) & (size - 1);
            }
            slots[slot] = taken;
        }
    }
}

/// Half of the engine's string hash, spread over all bits.
#[inline]
fn mixed(hash: u64) -> u32 {
    ((hash ^ hash >> 32).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as u32
}
