//! A value with objects as a recipe: the objects' classes and properties, in the order of `serialize()`, with what has no object in it as
//! images. References that mean something, and objects that have a say in how they are serialized, are left to `serialize()`.

use super::numbers::Numbers;
use super::recipe::{self, CASE_NODE, HEADER, ITEM, Item, NODE};
use super::tables::{NotPlain, Place, Tables, address_of};
use crate::zend::elements::Elements;
use crate::zend::image::{Cell, put_u64};
use crate::zend::object::{Object, Properties, Treatment};
use crate::zend::scratch::Scratch;
use crate::zend::value::{Array, Key, Str, Value};

/// A recipe, measured.
pub struct Graph<'a> {
    tables: Tables<'a>,
    /// Places where the written items have addresses.
    items: Scratch<Item>,
    nodes: Scratch<Node>,
    names: Scratch<Place>,
    parts: [Place; 3],
}

#[derive(Clone, Copy)]
struct Node {
    /// The class's address, and the place of its name.
    class: (usize, Place),
    first: u32,
    /// Of names; or [`CASE_NODE`], and there is one.
    count: u32,
    /// Another node with the same hash.
    next: Option<u32>,
}

impl<'a> Graph<'a> {
    /// Looks at a whole value.
    ///
    /// # Errors
    /// Something in it is `serialize()`'s business.
    pub fn of(value: Value<'a>) -> Result<Self, NotPlain> {
        let mut walk = Walk::new();
        walk.value(value)?;
        while let Some(open) = walk.open.as_mut_slice().last_mut() {
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
                None => {
                    walk.open.pop();
                }
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
        for (node, at) in self.nodes.as_slice().iter().zip((nodes as usize * 8..).step_by(NODE)) {
            put_u64(payload, at, address_of(address, node.class.1));
            put_u64(payload, at + 8, u64::from(node.first) | u64::from(node.count) << 32);
        }
        for (&name, at) in self.names.as_slice().iter().zip((names as usize * 8..).step_by(8)) {
            put_u64(payload, at, address_of(address, name));
        }
        for (&(mut item), at) in self.items.as_slice().iter().zip((items as usize * 8..).step_by(ITEM)) {
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
#[derive(Clone, Copy)]
enum Open<'a> {
    List(Elements<'a>),
    Map(Elements<'a>),
    Object(Properties<'a>),
}

struct Walk<'a> {
    tables: Tables<'a>,
    items: Scratch<Item>,
    nodes: Scratch<Node>,
    names: Scratch<Place>,
    /// Nodes by the hash of class and names.
    by_names: Numbers,
    classes: Scratch<Class>,
    /// Indices into `classes`, and numbers of objects, by address.
    by_address: Numbers,
    objects: Numbers,
    /// Nodes of enums' cases, by address: there is one object for each.
    cases: Numbers,
    /// Whether an array is plain, by address.
    plain: Numbers,
    open: Scratch<Open<'a>>,
}

impl<'a> Walk<'a> {
    fn new() -> Self {
        Self {
            tables: Tables::new(HEADER),
            items: Scratch::new(),
            nodes: Scratch::new(),
            names: Scratch::new(),
            by_names: Numbers::new(),
            classes: Scratch::new(),
            by_address: Numbers::new(),
            objects: Numbers::new(),
            cases: Numbers::new(),
            plain: Numbers::new(),
            open: Scratch::new(),
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
            Value::Wrapped(_) | Value::Reference => return Err(NotPlain),
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
        let index = self.class(object);
        let class = self.classes.as_slice()[index as usize];
        match class.treatment {
            Treatment::Other => Err(NotPlain),
            Treatment::EnumCase => {
                let address = object.address() as u64;
                if let Some(node) = self.cases.find(address) {
                    return Ok(Item::Case(node));
                }
                let name = object.case_name().ok_or(NotPlain)?;
                let node = self.node(object, [Some(name)].into_iter(), true)?;
                self.cases.set(address, node);
                Ok(Item::Case(node))
            }
            Treatment::Properties => {
                let address = object.address() as u64;
                if let Some(number) = self.objects.find(address) {
                    return Ok(Item::Again(number));
                }
                if object.is_odd() {
                    return Err(NotPlain);
                }
                self.objects.set(address, self.objects.len() as u32);
                let properties = object.properties();
                let node = match (class.whole, properties.are_all_declared()) {
                    (Some(node), true) => node,
                    (_, whole) => {
                        let node = self.node(object, properties.map(|(name, _)| name), false)?;
                        self.classes.as_mut_slice()[index as usize].whole = whole.then_some(node).or(class.whole);
                        node
                    }
                };
                self.open.push(Open::Object(properties));
                Ok(Item::Object(node))
            }
        }
    }

    fn class(&mut self, object: Object<'a>) -> u32 {
        let address = object.class() as u64;
        self.by_address.find(address).unwrap_or_else(|| {
            let index = self.classes.len() as u32;
            self.classes.push(Class { treatment: object.treatment(), whole: None });
            self.by_address.set(address, index);
            index
        })
    }

    /// The node with an object's class and these names.
    fn node(
        &mut self,
        object: Object<'a>,
        names: impl Iterator<Item = Option<Str<'a>>>,
        is_case: bool,
    ) -> Result<u32, NotPlain> {
        let first = self.names.len();
        let mut hash = object.class() as u64;
        for name in names {
            let place = self.tables.string(name.ok_or(NotPlain)?);
            self.names.push(place);
            hash = (hash.rotate_left(5) ^ u64::from(place)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        }
        let hash = hash | 1;
        let (known, own) = self.names.as_slice().split_at(first);
        let head = self.by_names.find(hash);
        let mut next = head;
        while let Some(index) = next {
            let node = self.nodes.as_slice()[index as usize];
            let count = if is_case { 1 } else { node.count as usize };
            if node.class.0 == object.class()
                && known.get(node.first as usize..).and_then(|names| names.get(..count)) == Some(own)
            {
                self.names.truncate(first);
                return Ok(index);
            }
            next = node.next;
        }
        let count = if is_case { CASE_NODE } else { own.len() as u32 };
        let class = (object.class(), self.tables.string(object.class_name()));
        let index = self.nodes.len() as u32;
        self.nodes.push(Node { class, first: first as u32, count, next: head });
        self.by_names.set(hash, index);
        Ok(index)
    }

    /// Whether there is nothing in an array but scalars, strings and such arrays. Each array is looked at twice at most.
    fn is_plain(&mut self, array: Array<'a>) -> bool {
        if let Some(plain) = self.plain.find(array.address() as u64) {
            return plain != 0;
        }
        let mut path = Scratch::new();
        path.push((array, array.elements()));
        while let Some((array, elements)) = path.as_mut_slice().last_mut() {
            match elements.next().map(|(_, slot)| Value::of(slot)) {
                None => {
                    self.plain.set(array.address() as u64, 1);
                    path.pop();
                }
                Some(Value::Array(inner)) => match self.plain.find(inner.address() as u64) {
                    Some(0) => break,
                    Some(_) => {}
                    None => path.push((inner, inner.elements())),
                },
                Some(Value::Object(_) | Value::Wrapped(_) | Value::Reference | Value::Resource) => break,
                Some(_) => {}
            }
        }
        for (array, _) in path.as_slice() {
            self.plain.set(array.address() as u64, 0);
        }
        path.as_slice().is_empty()
    }

    fn finish(mut self) -> Graph<'a> {
        let parts = [self.nodes.len() * NODE, self.names.len() * 8, self.items.len() * ITEM]
            .map(|bytes| self.tables.take(bytes));
        Graph { tables: self.tables, items: self.items, nodes: self.nodes, names: self.names, parts }
    }
}
