//! A value with objects as a recipe: the objects' classes and properties, in the order of `serialize()`, with what has no object in it as
//! images. References that mean something, and objects that have a say in how they are serialized, are left to `serialize()`.

use core::hash::BuildHasherDefault;
use std::collections::HashMap;

use super::recipe::{self, CASE_NODE, HEADER, ITEM, Item, NODE};
use super::tables::{AddressHasher, NotPlain, Place, Tables, address_of};
use crate::zend::image::{Cell, put_u64};
use crate::zend::object::{Object, Properties, Treatment};
use crate::zend::value::{Array, Elements, Key, Value};

type ByAddress<T> = HashMap<usize, T, BuildHasherDefault<AddressHasher>>;

/// A recipe, measured.
pub struct Graph<'a> {
    tables: Tables<'a>,
    /// Places where the written items have addresses.
    items: Vec<Item>,
    nodes: Vec<Node>,
    names: Vec<Place>,
    parts: [Place; 3],
}

#[derive(Clone, Copy)]
struct Node {
    class: Place,
    first: u32,
    count: u32,
}

impl<'a> Graph<'a> {
    /// Looks at a whole value.
    ///
    /// # Errors
    /// Something in it is `serialize()`'s business.
    pub fn of(value: Value<'a>) -> Result<Self, NotPlain> {
        let mut walk = Walk::new();
        walk.value(value)?;
        while let Some(open) = walk.open.last_mut() {
            let next = match open {
                Open::List(elements) => elements.next().map(|(_, slot)| slot),
                Open::Object(properties) => properties.next().map(|(_, slot)| slot),
                Open::Map(elements) => match elements.next() {
                    Some((key, slot)) => {
                        walk.key(key);
                        Some(slot)
                    }
                    None => None,
                },
            };
            match next {
                Some(slot) => walk.value(Value::of(slot))?,
                None => drop(walk.open.pop()),
            }
        }
        Ok(walk.finish())
    }

    /// Bytes of the payload.
    pub fn size(&self) -> usize {
        self.tables.size()
    }

    /// Writes the payload; `address` is that of its first byte in the read-only view.
    pub fn write(&self, payload: &mut [u8], address: u64) {
        let [nodes, names, items] = self.parts;
        let parts = [(nodes, self.nodes.len()), (names, self.names.len()), (items, self.items.len())];
        recipe::put_header(payload, address, parts);
        for (node, at) in self.nodes.iter().zip((nodes as usize * 8..).step_by(NODE)) {
            put_u64(payload, at, address_of(address, node.class));
            put_u64(payload, at + 8, u64::from(node.first) | u64::from(node.count) << 32);
        }
        for (&name, at) in self.names.iter().zip((names as usize * 8..).step_by(8)) {
            put_u64(payload, at, address_of(address, name));
        }
        for (&(mut item), at) in self.items.iter().zip((items as usize * 8..).step_by(ITEM)) {
            if let Some(place) = item.address_mut() {
                *place = address_of(address, *place as Place);
            }
            item.put(payload, at);
        }
        self.tables.write(payload, address);
    }
}

/// What is known of a class.
#[derive(Clone, Copy)]
struct Class {
    treatment: Treatment,
    /// The node of objects that have all declared properties and no other.
    whole: Option<u32>,
}

/// A thing whose items are being written.
enum Open<'a> {
    List(Elements<'a>),
    Map(Elements<'a>),
    Object(Properties<'a>),
}

struct Walk<'a> {
    tables: Tables<'a>,
    items: Vec<Item>,
    nodes: Vec<Node>,
    names: Vec<Place>,
    objects: ByAddress<u32>,
    classes: ByAddress<Class>,
    /// Nodes by class and names.
    known: HashMap<(usize, Vec<Place>), u32>,
    /// Whether an array is plain.
    plain: ByAddress<bool>,
    open: Vec<Open<'a>>,
}

impl<'a> Walk<'a> {
    fn new() -> Self {
        Self {
            tables: Tables::new(HEADER),
            items: Vec::new(),
            nodes: Vec::new(),
            names: Vec::new(),
            objects: HashMap::default(),
            classes: HashMap::default(),
            known: HashMap::new(),
            plain: HashMap::default(),
            open: Vec::new(),
        }
    }

    fn value(&mut self, value: Value<'a>) -> Result<(), NotPlain> {
        let item = match value {
            Value::Null => Item::Leaf(Cell::Null),
            Value::False => Item::Leaf(Cell::False),
            Value::True => Item::Leaf(Cell::True),
            Value::Long(n) => Item::Leaf(Cell::Long(n)),
            Value::Double(d) => Item::Leaf(Cell::Double(d)),
            Value::Str(string) => Item::Leaf(Cell::Str(self.tables.string(string).into())),
            Value::Array(array) if self.is_plain(array) => Item::Leaf(Cell::Array(self.tables.array(array)?.into())),
            Value::Array(array) => self.open_array(array),
            Value::Object(object) => self.object(object)?,
            // As `serialize()` has it inside of a value.
            Value::Resource => Item::Leaf(Cell::Long(0)),
            Value::Reference => return Err(NotPlain),
        };
        self.items.push(item);
        Ok(())
    }

    fn key(&mut self, key: Key<'a>) {
        let item = match key {
            Key::Index(h) => Item::Index(h),
            Key::Name(name) => Item::Name(self.tables.string(name).into()),
        };
        self.items.push(item);
    }

    fn open_array(&mut self, array: Array<'a>) -> Item {
        let is_list =
            array.elements().zip(0..).all(|((key, _), position)| matches!(key, Key::Index(h) if h == position));
        let count = array.elements().count() as u32;
        self.open.push(if is_list { Open::List(array.elements()) } else { Open::Map(array.elements()) });
        if is_list { Item::List(count) } else { Item::Map(count) }
    }

    fn object(&mut self, object: Object<'a>) -> Result<Item, NotPlain> {
        let class =
            *self.classes.entry(object.class()).or_insert_with(|| Class { treatment: object.treatment(), whole: None });
        match class.treatment {
            Treatment::Other => Err(NotPlain),
            Treatment::EnumCase => {
                let name = object.case_name().ok_or(NotPlain)?;
                self.node(object, &mut |walk| Some(vec![walk.tables.string(name)]), true).map(Item::Case)
            }
            Treatment::Properties => {
                if let Some(&number) = self.objects.get(&object.address()) {
                    return Ok(Item::Again(number));
                }
                if object.is_odd() {
                    return Err(NotPlain);
                }
                self.objects.insert(object.address(), self.objects.len() as u32);
                let node = match class.whole {
                    Some(node) if object.properties().are_all_declared() => node,
                    _ => self.node_of_properties(object)?,
                };
                self.open.push(Open::Object(object.properties()));
                Ok(Item::Object(node))
            }
        }
    }

    fn node_of_properties(&mut self, object: Object<'a>) -> Result<u32, NotPlain> {
        let node = self.node(
            object,
            &mut |walk| object.properties().map(|(name, _)| name.map(|name| walk.tables.string(name))).collect(),
            false,
        )?;
        if object.properties().are_all_declared() {
            if let Some(class) = self.classes.get_mut(&object.class()) {
                class.whole = Some(node);
            }
        }
        Ok(node)
    }

    /// The node with an object's class and these names.
    fn node(
        &mut self,
        object: Object<'a>,
        names: &mut dyn FnMut(&mut Self) -> Option<Vec<Place>>,
        is_case: bool,
    ) -> Result<u32, NotPlain> {
        let names = names(self).ok_or(NotPlain)?;
        let key = (object.class(), names);
        if let Some(&node) = self.known.get(&key) {
            return Ok(node);
        }
        let first = self.names.len() as u32;
        let count = if is_case { CASE_NODE } else { key.1.len() as u32 };
        self.names.extend_from_slice(&key.1);
        let class = self.tables.string(object.class_name());
        let node = self.nodes.len() as u32;
        self.nodes.push(Node { class, first, count });
        self.known.insert(key, node);
        Ok(node)
    }

    /// Whether there is nothing in an array but scalars, strings and such arrays. Each array is looked at twice at most.
    fn is_plain(&mut self, array: Array<'a>) -> bool {
        if let Some(&plain) = self.plain.get(&array.address()) {
            return plain;
        }
        let mut path = vec![(array, array.elements())];
        while let Some((array, elements)) = path.last_mut() {
            match elements.next().map(|(_, slot)| Value::of(slot)) {
                None => {
                    self.plain.insert(array.address(), true);
                    path.pop();
                }
                Some(Value::Array(inner)) => match self.plain.get(&inner.address()) {
                    Some(true) => {}
                    Some(false) => break,
                    None => path.push((inner, inner.elements())),
                },
                Some(Value::Object(_) | Value::Reference | Value::Resource) => break,
                Some(_) => {}
            }
        }
        for (array, _) in &path {
            self.plain.insert(array.address(), false);
        }
        path.is_empty()
    }

    fn finish(mut self) -> Graph<'a> {
        let parts = [self.nodes.len() * NODE, self.names.len() * 8, self.items.len() * ITEM]
            .map(|bytes| self.tables.take(bytes));
        Graph { tables: self.tables, items: self.items, nodes: self.nodes, names: self.names, parts }
    }
}
