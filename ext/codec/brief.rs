//! Small values with objects - a date, an `ArrayObject`, an entity with two dates, five objects in an `SplObjectStorage` - to the recipe that
//! [`super::graph`] makes of them, and in less time: as in [`super::flat`], little is noted between measuring and writing. What is noted lies in
//! rows of a fixed length, so nothing is looked up in a table and nothing grows. Each string that is met has an image of its own.

use ext_php_rs::types::Zval;

use core::slice;

use super::flat::{Flat, Strings, put_inside, size_inside, size_of};
use super::nested::Nested;
use super::recipe::{self, CASE_NODE, HEADER, HOOKED_NODE, ITEM, Item, NODE};
use super::tables::{Place, scalar, shape_of};
use crate::zend::call::exception_is_pending;
use crate::zend::image::{Cell, Shape, TABLE, put_u64};
use crate::zend::object::{Object, Properties, Treatment};
use crate::zend::returned::Returned;
use crate::zend::scratch::{Own, Row};
use crate::zend::value::{Array, Key, Value};

/// Most items; most elements of an array.
const MOST: usize = 128;
const MOST_ELEMENTS: u32 = 32;
/// Most levels of arrays and objects, most nodes, most objects that are no cases, and most arrays: few, for they are looked through one by one.
const DEEPEST: u32 = 8;
const NODES: usize = 6;
const OBJECTS: usize = 12;
const ARRAYS: usize = 6;

/// A value, measured.
pub struct Brief<'a> {
    root: Value<'a>,
    items: usize,
    names: usize,
    /// Bytes of the images of strings, and of arrays, which follow.
    strings: usize,
    tables: usize,
    nodes: Row<Node<'a>, NODES>,
    /// In the order in which they are met; their numbers are their positions.
    objects: Row<Met<'a>, OBJECTS>,
    /// Those that are images, and those that are not, in the order in which they are met.
    arrays: Row<Noted<'a>, ARRAYS>,
    /// What the rest looks at may be in here.
    returned: Returned,
}

/// What an object with a `__serialize()` has come to.
pub enum Hooked<'a> {
    Measured(Own<Brief<'a>>),
    /// An exception is pending.
    Thrown,
    /// It takes a [`super::graph::Graph`]. What was returned is in here.
    Other(Array<'a>, Returned),
}

#[derive(Clone, Copy)]
struct Node<'a> {
    /// The address of the class, if all of its objects have this node; that of a case; or 0.
    key: usize,
    /// One that has it.
    object: Object<'a>,
    /// The index of the first name, and the number of names: as in [`recipe`].
    first: u32,
    count: u32,
}

/// An object that was met.
#[derive(Clone, Copy)]
struct Met<'a> {
    address: usize,
    node: u32,
    /// What its `__serialize()` has returned.
    returned: Option<Array<'a>>,
}

/// An array that was met.
#[derive(Clone, Copy)]
enum Noted<'a> {
    Flat(Flat<'a>),
    /// With [flat](Flat) ones in it, which are noted after it.
    Nested(Nested<'a>),
    /// With objects in it: a list, or a map.
    List,
    Map,
}

impl<'a> Brief<'a> {
    /// Runs no `__serialize()` but the engine's own.
    ///
    /// # Errors
    /// It takes a [`super::graph::Graph`], or a `__serialize()` threw. What was returned so far comes along: to let go of it may make the engine
    /// collect garbage, whose destructors are a script's.
    pub fn of(value: Value<'a>) -> Result<Own<Self>, Returned> {
        if matches!(value, Value::Array(array) if array.len() > MOST_ELEMENTS) {
            return Err(Returned::new());
        }
        let mut brief = Own::new(|| Self::new(value));
        brief.items = 1;
        let measured = match value {
            Value::Array(array) => brief.array(array, 0),
            Value::Object(object) => brief.object(object, 0),
            _ => None,
        };
        match measured {
            Some(()) => Ok(brief),
            None => Err(core::mem::replace(&mut brief.returned, Returned::new())),
        }
    }

    /// Of an object that has a `__serialize()`, which is called, whatever code it runs.
    pub fn of_hooked(object: Object<'a>) -> Hooked<'a> {
        let mut brief = Own::new(|| Self::new(Value::Object(object)));
        brief.returned.hold(object);
        let Some(array) = brief.returned.of(object) else { return Hooked::Thrown };
        brief.items = 1;
        // The node is for this object alone: another one of its class may have to be asked by running code.
        let measured = brief.node(0, object, HOOKED_NODE).and_then(|node| brief.hooked(object, node, array, 0));
        match measured {
            Some(()) => Hooked::Measured(brief),
            None if exception_is_pending() => Hooked::Thrown,
            None => Hooked::Other(array, core::mem::replace(&mut brief.returned, Returned::new())),
        }
    }

    #[inline(always)]
    fn new(root: Value<'a>) -> Self {
        Self {
            root,
            items: 0,
            names: 0,
            strings: 0,
            tables: 0,
            nodes: Row::new(),
            objects: Row::new(),
            arrays: Row::new(),
            returned: Returned::new(),
        }
    }

    /// Bytes of the payload.
    pub fn size(&self) -> usize {
        HEADER + self.strings + self.tables + NODE * self.nodes.len() + 8 * self.names + ITEM * self.items
    }

    /// Measures an element or a property.
    #[inline]
    fn value(&mut self, slot: &'a Zval, depth: u32) -> Option<()> {
        self.items += 1;
        match Value::of(slot) {
            Value::Str(string) => self.strings += size_of(string)?,
            Value::Array(array) => self.array(array, depth)?,
            Value::Object(object) => self.object(object, depth)?,
            value => _ = scalar(value)?,
        }
        Some(())
    }

    fn array(&mut self, array: Array<'a>, depth: u32) -> Option<()> {
        if array.len() > MOST_ELEMENTS || depth == DEEPEST {
            return None;
        }
        // An object is the first element, if there is one, mostly.
        if !array.slots().next().is_some_and(|slot| matches!(Value::of(slot), Value::Object(_))) {
            if let Some(pushed) = self.flat(array) {
                return pushed;
            }
            let (noted, tables) = (self.arrays.len(), self.tables);
            if self.nested(array).is_some() {
                return Some(());
            }
            self.arrays.truncate(noted);
            self.tables = tables;
            // More would not fit into the notes.
            let mut left = ARRAYS as u32 * MOST_ELEMENTS;
            if !has_objects(array, depth, &mut left) || left == 0 {
                return None;
            }
        }
        self.open(array, depth)
    }

    /// An array with objects in it.
    fn open(&mut self, array: Array<'a>, depth: u32) -> Option<()> {
        let is_list = matches!(shape_of(array), Shape::List { .. });
        self.arrays.push(if is_list { Noted::List } else { Noted::Map })?;
        let mut count = 0;
        for (key, slot) in array.elements() {
            count += 1;
            if !is_list {
                self.items += 1;
                if let Key::Name(name) = key {
                    self.strings += size_of(name)?;
                }
            }
            self.value(slot, depth + 1)?;
        }
        // Else it is a table of variables, some of which are not set.
        (count == array.len() && self.items <= MOST).then_some(())
    }

    /// None where it is not flat; then, whether there is room for its note.
    fn flat(&mut self, array: Array<'a>) -> Option<Option<()>> {
        // Inlined, so that it is made where it stays: what is written in parts and copied as a whole is waited for.
        let flat = Flat::here(array)?;
        self.tables += size_inside(&flat);
        Some(self.arrays.push(Noted::Flat(flat)))
    }

    fn nested(&mut self, array: Array<'a>) -> Option<()> {
        let at = self.arrays.len();
        let mut nested =
            Nested { array, shape: shape_of(array), next_free: i64::MIN, inner: 0, strings: 0, size: self.tables };
        self.arrays.push(Noted::Nested(nested))?;
        let mut count = 0;
        for (key, slot) in array.elements() {
            count += 1;
            match key {
                Key::Name(name) => nested.strings += size_of(name)?,
                Key::Index(h) => nested.next_free = nested.next_free.max((h as i64).saturating_add(1)),
            }
            match Value::of(slot) {
                Value::Str(string) => nested.strings += size_of(string)?,
                Value::Array(inner) => {
                    self.flat(inner)??;
                    nested.inner += 1;
                }
                value => _ = scalar(value)?,
            }
        }
        self.tables += TABLE + nested.shape.data_size() + nested.strings;
        nested.size = self.tables - nested.size;
        self.arrays.as_mut_slice()[at] = Noted::Nested(nested);
        (count == array.len()).then_some(())
    }

    fn object(&mut self, object: Object<'a>, depth: u32) -> Option<()> {
        let address = object.address();
        if self.objects.as_slice().iter().any(|met| met.address == address) {
            return Some(());
        }
        if depth == DEEPEST {
            return None;
        }
        let class = object.class();
        if let Some(index) = self.nodes.as_slice().iter().position(|node| node.key == class) {
            return self.another(object, index as u32, depth);
        }
        match object.treatment() {
            Treatment::Loud | Treatment::Other => None,
            Treatment::EnumCase => {
                if self.nodes.as_slice().iter().any(|node| node.key == address) {
                    return Some(());
                }
                self.strings += size_of(object.case_name()?)?;
                self.node(address, object, CASE_NODE)?;
                self.names += 1;
                Some(())
            }
            Treatment::Quiet => {
                let array = self.returned.of(object)?;
                let node = self.node(class, object, HOOKED_NODE)?;
                self.hooked(object, node, array, depth)
            }
            Treatment::Properties if object.is_odd() => None,
            Treatment::Properties => {
                let properties = object.properties();
                let key = if properties.are_all_declared() { class } else { 0 };
                let mut count = 0;
                for (name, _) in properties {
                    count += 1;
                    self.strings += size_of(name?)?;
                }
                let node = self.node(key, object, count)?;
                self.names += count as usize;
                self.objects.push(Met { address, node, returned: None })?;
                for (_, slot) in properties {
                    self.value(slot, depth + 1)?;
                }
                (self.items <= MOST).then_some(())
            }
        }
    }

    /// An object that is new, of a class that has a node.
    fn another(&mut self, object: Object<'a>, node: u32, depth: u32) -> Option<()> {
        let count = self.nodes.as_slice()[node as usize].count;
        if count == HOOKED_NODE {
            let array = self.returned.of(object)?;
            return self.hooked(object, node, array, depth);
        }
        let properties = object.properties();
        if object.is_odd() || !matches!(properties, Properties::Declared { .. }) {
            return None;
        }
        self.objects.push(Met { address: object.address(), node, returned: None })?;
        let mut found = 0;
        for (_, slot) in properties {
            found += 1;
            self.value(slot, depth + 1)?;
        }
        (found == count && self.items <= MOST).then_some(())
    }

    /// An object that is new, and what its `__serialize()` has returned.
    fn hooked(&mut self, object: Object<'a>, node: u32, array: Array<'a>, depth: u32) -> Option<()> {
        self.objects.push(Met { address: object.address(), node, returned: Some(array) })?;
        self.items += 1;
        self.array(array, depth + 1)
    }

    /// A new node, whose names are still to be counted.
    fn node(&mut self, key: usize, object: Object<'a>, count: u32) -> Option<u32> {
        self.strings += size_of(object.class_name())?;
        self.nodes.push(Node { key, object, first: self.names as u32, count })?;
        Some(self.nodes.len() as u32 - 1)
    }

    /// Writes the payload; `address` is that of its first byte in the read-only view.
    pub fn write(&self, payload: &mut [u8], address: u64) {
        let tables_at = HEADER + self.strings;
        let nodes_at = tables_at + self.tables;
        let names_at = nodes_at + NODE * self.nodes.len();
        let items_at = names_at + 8 * self.names;
        let place = |at: usize| (at / 8) as Place;
        let parts = [(place(nodes_at), self.nodes.len()), (place(names_at), self.names), (place(items_at), self.items)];
        recipe::put_header(payload, address, parts);
        self.write_tables(payload, tables_at, address);
        let (images, rest) = payload[HEADER..].split_at_mut(self.strings);
        let (nodes, rest) = rest[self.tables..].split_at_mut(NODE * self.nodes.len());
        let (names, items) = rest.split_at_mut(8 * self.names);
        let mut writer = Writer {
            value: self,
            strings: Strings::new(images, address + HEADER as u64),
            items: items.as_chunks_mut().0.iter_mut(),
            arrays: self.arrays.as_slice().iter(),
            next_table: address + tables_at as u64,
            met: 0,
        };
        writer.nodes(nodes, names);
        match self.root {
            Value::Array(array) => writer.array(array),
            Value::Object(object) => writer.object(object),
            _ => {}
        }
    }

    /// Writes the images of arrays.
    fn write_tables(&self, payload: &mut [u8], mut at: usize, address: u64) {
        let mut arrays = self.arrays.as_slice().iter();
        while let Some(noted) = arrays.next() {
            match noted {
                Noted::Flat(flat) => {
                    put_inside(flat, payload, at, address);
                    at += size_inside(flat);
                }
                Noted::Nested(nested) => {
                    let (inner, rest) = arrays.as_slice().split_at(nested.inner);
                    let flats =
                        inner.iter().filter_map(|noted| if let Noted::Flat(flat) = noted { Some(flat) } else { None });
                    nested.write(flats, payload, at, address);
                    at += nested.size;
                    arrays = rest.iter();
                }
                Noted::List | Noted::Map => {}
            }
        }
    }
}

/// Whether there is something else in an array than scalars, strings and small arrays of such; or nothing is `left` of the elements that may be
/// looked at. An array that is in many places is looked at as many times.
fn has_objects(array: Array<'_>, depth: u32, left: &mut u32) -> bool {
    array.slots().any(|slot| {
        *left = left.saturating_sub(1);
        *left == 0
            || match Value::of(slot) {
                Value::Array(inner) => {
                    inner.len() > MOST_ELEMENTS || depth == DEEPEST || has_objects(inner, depth + 1, left)
                }
                value => scalar(value).is_none() && !matches!(value, Value::Str(_)),
            }
    })
}

/// Where the next things go.
struct Writer<'p, 'v, 'a> {
    value: &'v Brief<'a>,
    strings: Strings<'p>,
    items: slice::IterMut<'p, [u8; ITEM]>,
    arrays: slice::Iter<'v, Noted<'a>>,
    /// The address of the next array's image.
    next_table: u64,
    /// How many objects have been written.
    met: usize,
}

impl<'a> Writer<'_, '_, 'a> {
    fn nodes(&mut self, nodes: &mut [u8], names: &mut [u8]) {
        let mut names = names.as_chunks_mut::<8>().0.iter_mut();
        let nodes = nodes.as_chunks_mut::<NODE>().0.iter_mut();
        for (node, to) in self.value.nodes.as_slice().iter().zip(nodes) {
            put_u64(to, 0, self.strings.put(node.object.class_name()));
            let first = if node.count == HOOKED_NODE { 0 } else { node.first };
            put_u64(to, 8, u64::from(first) | u64::from(node.count) << 32);
            let mut put = |name| {
                if let (Some(name), Some(to)) = (name, names.next()) {
                    put_u64(to, 0, self.strings.put(name));
                }
            };
            match node.count {
                HOOKED_NODE => {}
                CASE_NODE => put(node.object.case_name()),
                _ => node.object.properties().for_each(|(name, _)| put(name)),
            }
        }
    }

    #[inline]
    fn item(&mut self, item: Item) {
        if let Some(to) = self.items.next() {
            item.put(to, 0);
        }
    }

    #[inline]
    fn element(&mut self, slot: &'a Zval) {
        match Value::of(slot) {
            Value::Array(array) => self.array(array),
            Value::Object(object) => self.object(object),
            value => {
                let words = self.strings.words(value);
                if let Some(to) = self.items.next() {
                    put_u64(to, 0, words.value);
                    put_u64(to, 8, words.tag.into());
                }
            }
        }
    }

    fn array(&mut self, array: Array<'a>) {
        let size = match self.arrays.next() {
            Some(Noted::Flat(flat)) => size_inside(flat),
            Some(Noted::Nested(nested)) => {
                self.arrays = self.arrays.as_slice()[nested.inner..].iter();
                nested.size
            }
            Some(Noted::List) => {
                self.item(Item::List(array.len()));
                return array.slots().for_each(|slot| self.element(slot));
            }
            Some(Noted::Map) => {
                self.item(Item::Map(array.len()));
                return array.elements().for_each(|(key, slot)| {
                    let key = match key {
                        Key::Index(h) => Item::Index(h),
                        Key::Name(name) => Item::Name(self.strings.put(name)),
                    };
                    self.item(key);
                    self.element(slot);
                });
            }
            None => return,
        };
        self.item(Item::Leaf(Cell::Array(self.next_table)));
        self.next_table += size as u64;
    }

    fn object(&mut self, object: Object<'a>) {
        let address = object.address();
        let number = self.value.objects.as_slice().iter().position(|met| met.address == address);
        let Some(number) = number else {
            let node = self.value.nodes.as_slice().iter().position(|node| node.key == address);
            return self.item(Item::Case(node.unwrap_or_default() as u32));
        };
        if number < self.met {
            return self.item(Item::Again(number as u32));
        }
        self.met = number + 1;
        let met = self.value.objects.as_slice()[number];
        match met.returned {
            Some(array) => {
                self.item(Item::Hooked(met.node));
                self.array(array);
            }
            None => {
                self.item(Item::Object(met.node));
                object.properties().for_each(|(_, slot)| self.element(slot));
            }
        }
    }
}
