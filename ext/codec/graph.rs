//! A value with objects as a recipe: the objects' classes and properties, in the order of `serialize()`, with what has no object in it as
//! images. References that mean something, and objects that have a say in how they are serialized, are left to `serialize()`.

use super::numbers::Numbers;
use super::recipe::{self, CASE_NODE, HEADER, HOOKED_NODE, ITEM, Item, NODE};
use super::tables::{NotPlain, Place, Tables, address_of};
use crate::zend::elements::Elements;
use crate::zend::image::{Cell, put_u64};
use crate::zend::object::{Object, Properties, Treatment};
use crate::zend::returned::Returned;
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
    /// What the rest looks at may be in here.
    _returned: Returned,
}

#[derive(Clone, Copy)]
struct Node {
    /// The class's address, and the place of its name.
    class: (usize, Place),
    first: u32,
    /// Of names; or [`CASE_NODE`], and there is one, or [`HOOKED_NODE`].
    count: u32,
    /// Another node with the same hash.
    next: Option<u32>,
}

impl<'a> Graph<'a> {
    /// Looks at a whole value. What was returned when it was looked at before is kept: to let go of it may run code.
    ///
    /// # Errors
    /// Something in it is `serialize()`'s business.
    pub fn of(value: Value<'a>, returned: Returned) -> Result<Self, NotPlain> {
        let mut walk = Walk::new();
        walk.returned = returned;
        match walk.all(value) {
            Err(NotPlain) if walk.root_again => {
                let returned = walk.returned;
                walk = Walk::new();
                (walk.returned, walk.repeats) = (returned, true);
                walk.all(value)?;
            }
            outcome => outcome?,
        }
        Ok(walk.finish())
    }

    /// The same of an object for which its `__serialize()` has returned an array already.
    ///
    /// # Errors
    /// As there; with what was returned.
    pub fn of_hooked(object: Object<'a>, array: Array<'a>, returned: Returned) -> Result<Self, Returned> {
        let mut walk = Walk::new();
        walk.returned = returned;
        let index = walk.class(object);
        let outcome = walk.hooked(object, index, array).and_then(|item| {
            walk.items.push(item);
            walk.rest()
        });
        match outcome {
            Ok(()) => Ok(walk.finish()),
            Err(NotPlain) => Err(walk.returned),
        }
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
    /// The node of objects that have all declared properties and no other, or hooks.
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
    /// The class of the last object, and its index into `classes`.
    last: (usize, u32),
    /// Indices into `classes`, by address.
    by_address: Numbers,
    /// How many objects were met, and the numbers of those that may be met again, by address.
    met: u32,
    objects: Numbers,
    /// Whether something that is held in one place may be met twice, for what holds that is held in several.
    repeats: bool,
    /// The address of an array that is the whole value, and whether it was met again, inside, when that was not expected.
    root: usize,
    root_again: bool,
    /// Nodes of enums' cases, by address: there is one object for each.
    cases: Numbers,
    /// Whether an array is plain, by address.
    plain: Numbers,
    open: Scratch<Open<'a>>,
    returned: Returned,
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
            last: (0, 0),
            by_address: Numbers::new(),
            met: 0,
            objects: Numbers::new(),
            repeats: false,
            root: 0,
            root_again: false,
            cases: Numbers::new(),
            plain: Numbers::new(),
            open: Scratch::new(),
            returned: Returned::new(),
        }
    }

    /// Goes over a whole value.
    fn all(&mut self, value: Value<'a>) -> Result<(), NotPlain> {
        if let Value::Array(array) = value {
            self.root = array.address();
            self.root_again = false;
        }
        self.value(value)?;
        self.rest()
    }

    /// Goes on until nothing is open.
    fn rest(&mut self) -> Result<(), NotPlain> {
        while let Some(open) = self.open.pop() {
            self.go_on(open)?;
        }
        Ok(())
    }

    /// Goes on with what was opened, until it ends or there is something in it to be looked at before.
    fn go_on(&mut self, mut open: Open<'a>) -> Result<(), NotPlain> {
        loop {
            let next = match &mut open {
                Open::List(elements) => elements.next().map(|(_, slot)| slot),
                Open::Object(properties) => properties.next().map(|(_, slot)| slot),
                Open::Map(elements) => elements.next().map(|(key, slot)| {
                    self.key(key);
                    slot
                }),
            };
            let Some(slot) = next else { return Ok(()) };
            let value = Value::of(slot);
            match self.leaf(value) {
                Some(leaf) => self.items.push(Item::Leaf(leaf)),
                None => {
                    self.open.push(open);
                    return self.value(value);
                }
            }
        }
    }

    /// A scalar or a string.
    #[inline(always)]
    fn leaf(&mut self, value: Value<'a>) -> Option<Cell> {
        Some(match value {
            Value::Null => Cell::Null,
            Value::False => Cell::False,
            Value::True => Cell::True,
            Value::Long(n) => Cell::Long(n),
            Value::Double(d) => Cell::Double(d),
            Value::Str(string) => Cell::Str(self.tables.string(string).into()),
            _ => return None,
        })
    }

    fn value(&mut self, value: Value<'a>) -> Result<(), NotPlain> {
        let item = match value {
            Value::Null | Value::False | Value::True | Value::Long(_) | Value::Double(_) | Value::Str(_) => {
                Item::Leaf(self.leaf(value).ok_or(NotPlain)?)
            }
            Value::Array(array) => self.array(array)?,
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

    fn array(&mut self, array: Array<'a>) -> Result<Item, NotPlain> {
        if self.is_plain(array) {
            return Ok(Item::Leaf(Cell::Array(self.tables.array(array)?.into())));
        }
        self.open_array(array)
    }

    fn open_array(&mut self, array: Array<'a>) -> Result<Item, NotPlain> {
        if array.is_shared() && !self.open.as_slice().is_empty() && !self.repeats {
            // The whole value is shared by whoever stores it, mostly, and is gone through once, mostly.
            if array.address() == self.root {
                self.root_again = true;
                return Err(NotPlain);
            }
            self.repeats = true;
        }
        let is_list =
            array.elements().zip(0..).all(|((key, _), position)| matches!(key, Key::Index(h) if h == position));
        let count = array.elements().count() as u32;
        self.open.push(if is_list { Open::List(array.elements()) } else { Open::Map(array.elements()) });
        Ok(if is_list { Item::List(count) } else { Item::Map(count) })
    }

    fn object(&mut self, object: Object<'a>) -> Result<Item, NotPlain> {
        let index = self.class(object);
        let class = self.classes.as_slice()[index as usize];
        match class.treatment {
            Treatment::Loud | Treatment::Other => Err(NotPlain),
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
            Treatment::Quiet => {
                if let (true, Some(number)) = (self.may_be_again(object), self.objects.find(object.address() as u64)) {
                    return Ok(Item::Again(number));
                }
                let returned = self.returned.of(object).ok_or(NotPlain)?;
                self.hooked(object, index, returned)
            }
            Treatment::Properties => {
                let properties = object.properties();
                // An array may be the same table.
                self.repeats |= matches!(properties, Properties::Table(_));
                if self.may_be_again(object) {
                    let address = object.address() as u64;
                    if let Some(number) = self.objects.find(address) {
                        return Ok(Item::Again(number));
                    }
                    self.objects.set(address, self.met);
                }
                if object.is_odd() {
                    return Err(NotPlain);
                }
                self.met += 1;
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

    fn may_be_again(&self, object: Object<'a>) -> bool {
        self.repeats || object.is_shared()
    }

    fn class(&mut self, object: Object<'a>) -> u32 {
        let address = object.class();
        if self.last.0 != address {
            let index = self.by_address.find(address as u64).unwrap_or_else(|| {
                let index = self.classes.len() as u32;
                self.classes.push(Class { treatment: object.treatment(), whole: None });
                self.by_address.set(address as u64, index);
                index
            });
            self.last = (address, index);
        }
        self.last.1
    }

    /// An object that is new, whose class is `classes[index]`: the item after its own.
    fn hooked(&mut self, object: Object<'a>, index: u32, returned: Array<'a>) -> Result<Item, NotPlain> {
        // Nothing looks out for the array as for a value's root.
        self.repeats |= returned.is_shared();
        if self.may_be_again(object) {
            self.objects.set(object.address() as u64, self.met);
        }
        self.met += 1;
        let node = match self.classes.as_slice()[index as usize].whole {
            Some(node) => node,
            None => self.hooked_node(object, index),
        };
        self.items.push(Item::Hooked(node));
        self.array(returned)
    }

    /// A new node for objects like this one, whose class is `classes[index]`.
    fn hooked_node(&mut self, object: Object<'a>, index: u32) -> u32 {
        let class = (object.class(), self.tables.string(object.class_name()));
        let node = self.nodes.len() as u32;
        self.nodes.push(Node { class, first: 0, count: HOOKED_NODE, next: None });
        self.classes.as_mut_slice()[index as usize].whole = Some(node);
        node
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
        let Self { tables, items, nodes, names, returned, .. } = self;
        Graph { tables, items, nodes, names, parts, _returned: returned }
    }
}
