//! One object whose properties are scalars, short strings, cases of enums and flat arrays - an entity, a value object - or a small array of such with a
//! case in it, to the recipe that [`super::graph`] makes of it, and in less time: as in [`super::flat`], next to nothing is noted between measuring and
//! writing.

use super::flat::{Flat, Strings, put_inside, size_inside, size_of};
use super::recipe::{self, CASE_NODE, HEADER, ITEM, Item, NODE};
use super::tables::{Place, has_keys_of_a_list, scalar};
use crate::zend::image::{Cell, put_u64};
use crate::zend::object::{Object, Properties, Treatment};
use crate::zend::value::{Array, Key, Value};
use ext_php_rs::types::Zval;

/// Most elements.
const MOST: usize = 16;
/// Most cases, each counted once, and most arrays: few, for this is moved about.
const CASES: usize = 4;
const ARRAYS: usize = 1;

/// An object or an array, measured.
pub struct Single<'a> {
    root: Root<'a>,
    count: usize,
    /// The cases, each once.
    cases: [Option<Object<'a>>; CASES],
    arrays: [Option<Flat<'a>>; ARRAYS],
    /// Bytes of the strings' images.
    strings: usize,
    /// Bytes of the arrays' images, which follow.
    tables: usize,
}

#[derive(Clone, Copy)]
enum Root<'a> {
    Object(Object<'a>, Properties<'a>),
    List(Array<'a>),
    Map(Array<'a>),
}

impl<'a> Single<'a> {
    /// None where it takes a [`super::graph::Graph`], or more.
    pub fn of(object: Object<'a>) -> Option<Self> {
        if object.has_hook() || object.treatment() != Treatment::Properties || object.is_odd() {
            return None;
        }
        let properties = object.properties();
        let mut single = Self::new(Root::Object(object, properties), size_of(object.class_name())?);
        for (name, slot) in properties {
            single.strings += size_of(name?)?;
            single.add(slot)?;
        }
        Some(single)
    }

    /// None where it takes something else: an array without a case in it is plain.
    pub fn of_array(array: Array<'a>) -> Option<Self> {
        if array.len() as usize > MOST {
            return None;
        }
        let mut single = Self::new(Root::Map(array), 0);
        for (key, slot) in array.elements() {
            if let Key::Name(name) = key {
                single.strings += size_of(name)?;
            }
            single.add(slot)?;
        }
        single.cases[0]?;
        if has_keys_of_a_list(array) {
            single.root = Root::List(array);
        }
        Some(single)
    }

    /// Bytes of the payload.
    pub fn size(&self) -> usize {
        let (nodes, names, items) = self.numbers();
        HEADER + self.strings + self.tables + NODE * nodes + 8 * names + ITEM * items
    }

    /// Writes the payload; `address` is that of its first byte in the read-only view.
    pub fn write(&self, payload: &mut [u8], address: u64) {
        let (nodes, names, items) = self.numbers();
        let tables_at = HEADER + self.strings;
        let nodes_at = tables_at + self.tables;
        let names_at = nodes_at + NODE * nodes;
        let items_at = names_at + 8 * names;
        let place = |at: usize| (at / 8) as Place;
        recipe::put_header(
            payload,
            address,
            [(place(nodes_at), nodes), (place(names_at), names), (place(items_at), items)],
        );
        let mut table_at = tables_at;
        for flat in self.arrays.iter().flatten() {
            put_inside(flat, payload, table_at, address);
            table_at += size_inside(flat);
        }
        let (images, rest) = payload[HEADER..].split_at_mut(self.strings);
        let (nodes, rest) = rest[self.tables..].split_at_mut(NODE * nodes);
        let (names, items) = rest.split_at_mut(8 * names);
        let mut strings = Strings::new(images, address + HEADER as u64);
        let (mut nodes, mut names) = (nodes.chunks_exact_mut(NODE), names.chunks_exact_mut(8));
        let mut items = items.chunks_exact_mut(ITEM);
        let first_case = u32::from(matches!(self.root, Root::Object(..)));
        let (mut arrays, mut next_array) = (self.arrays.iter().flatten(), address + tables_at as u64);
        let mut put = |item: &mut [u8], slot: &Zval, strings: &mut Strings<'_>| match Value::of(slot) {
            Value::Array(_) => {
                Item::Leaf(Cell::Array(next_array)).put(item, 0);
                next_array += arrays.next().map_or(0, size_inside) as u64;
            }
            Value::Object(case) => {
                let is_it = |known: &Option<Object<'_>>| known.is_some_and(|known| known.address() == case.address());
                let index = self.cases.iter().position(is_it).unwrap_or_default();
                Item::Case(first_case + index as u32).put(item, 0);
            }
            value => {
                let words = strings.words(value);
                put_u64(item, 0, words.value);
                put_u64(item, 8, words.tag.into());
            }
        };
        match self.root {
            Root::Object(object, properties) => {
                if let (Some(node), Some(item)) = (nodes.next(), items.next()) {
                    put_u64(node, 0, strings.put(object.class_name()));
                    put_u64(node, 8, (self.count as u64) << 32);
                    Item::Object(0).put(item, 0);
                }
                for (((name, slot), name_at), item) in properties.zip(&mut names).zip(items) {
                    put_u64(name_at, 0, name.map_or(0, |name| strings.put(name)));
                    put(item, slot, &mut strings);
                }
            }
            Root::List(array) => {
                items.next().into_iter().for_each(|item| Item::List(self.count as u32).put(item, 0));
                array.slots().zip(items).for_each(|(slot, item)| put(item, slot, &mut strings));
            }
            Root::Map(array) => {
                items.next().into_iter().for_each(|item| Item::Map(self.count as u32).put(item, 0));
                for (key, slot) in array.elements() {
                    let (Some(key_at), Some(item)) = (items.next(), items.next()) else { break };
                    let key = match key {
                        Key::Index(h) => Item::Index(h),
                        Key::Name(name) => Item::Name(strings.put(name)),
                    };
                    key.put(key_at, 0);
                    put(item, slot, &mut strings);
                }
            }
        }
        let first_name = if first_case == 0 { 0 } else { self.count as u64 };
        for (((case, node), name_at), index) in self.cases.iter().flatten().zip(nodes).zip(names).zip(first_name..) {
            put_u64(node, 0, strings.put(case.class_name()));
            put_u64(node, 8, index | u64::from(CASE_NODE) << 32);
            put_u64(name_at, 0, case.case_name().map_or(0, |name| strings.put(name)));
        }
    }

    fn new(root: Root<'a>, strings: usize) -> Self {
        Self { root, count: 0, cases: [None; CASES], arrays: [const { None }; ARRAYS], strings, tables: 0 }
    }

    /// Measures an element.
    fn add(&mut self, slot: &'a Zval) -> Option<()> {
        self.count += 1;
        match Value::of(slot) {
            Value::Str(string) => self.strings += size_of(string)?,
            Value::Array(array) => {
                let flat = Flat::of(array)?;
                self.tables += size_inside(&flat);
                *self.arrays.iter_mut().find(|place| place.is_none())? = Some(flat);
            }
            Value::Object(case) => self.add_case(case)?,
            value => _ = scalar(value)?,
        }
        (self.count <= MOST).then_some(())
    }

    fn add_case(&mut self, case: Object<'a>) -> Option<()> {
        if case.treatment() != Treatment::EnumCase {
            return None;
        }
        for place in &mut self.cases {
            match place {
                Some(known) if known.address() == case.address() => return Some(()),
                Some(_) => {}
                None => {
                    *place = Some(case);
                    self.strings += size_of(case.class_name())? + size_of(case.case_name()?)?;
                    return Some(());
                }
            }
        }
        None
    }

    /// How many nodes, names and items.
    fn numbers(&self) -> (usize, usize, usize) {
        let cases = self.cases.iter().take_while(|case| case.is_some()).count();
        match self.root {
            Root::Object(..) => (1 + cases, self.count + cases, 1 + self.count),
            Root::List(_) => (cases, cases, 1 + self.count),
            Root::Map(_) => (cases, cases, 1 + 2 * self.count),
        }
    }
}
