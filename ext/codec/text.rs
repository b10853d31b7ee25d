//! A recipe as the text that `serialize()` would have made: for what only `unserialize()` does right - a class that has changed since, or is
//! gone, or has got hooks.

use ext_php_rs::ffi::{HASH_FLAG_PACKED, HASH_FLAG_UNINITIALIZED};

use super::Unreadable;
use super::recipe::{Item, NodeKind, Recipe};
use crate::zend::image::{BUCKET, CELL, Cell, TABLE_DATA};
use crate::zend::view::{Image, View};

/// The text of a recipe.
///
/// # Errors
/// It is damaged.
pub fn of(recipe: Recipe<'_>) -> Result<Vec<u8>, Unreadable> {
    let mut writer = Writer { recipe, text: Vec::new(), values: 0, objects: Vec::new(), open: Vec::new() };
    let mut items = recipe.items();
    let mut next = || items.next().unwrap_or(Err(Unreadable));
    writer.item(next()?)?;
    while let Some(open) = writer.open.last_mut() {
        match *open {
            Open::Object { left: 0, .. }
            | Open::List { left: 0, .. }
            | Open::Map { left: 0 }
            | Open::Image { left: 0, .. } => {
                writer.text.push(b'}');
                writer.open.pop();
            }
            Open::Object { ref mut name, ref mut left } => {
                let image = recipe.name(*name)?;
                (*name, *left) = (*name + 1, *left - 1);
                writer.string(image);
                writer.item(next()?)?;
            }
            Open::List { ref mut key, ref mut left } => {
                let index = *key;
                (*key, *left) = (*key + 1, *left - 1);
                writer.long(index.into());
                writer.item(next()?)?;
            }
            Open::Map { ref mut left } => {
                *left -= 1;
                match next()? {
                    Item::Index(h) => writer.long(h as i64),
                    Item::Name(address) => writer.string(recipe.string(address)?),
                    _ => return Err(Unreadable),
                }
                writer.item(next()?)?;
            }
            Open::Argument => {
                writer.open.pop();
                writer.argument(next()?)?;
            }
            Open::Image { .. } => writer.element()?,
        }
    }
    Ok(writer.text)
}

struct Writer<'p> {
    recipe: Recipe<'p>,
    text: Vec<u8>,
    /// Values written so far: what back references count.
    values: u32,
    /// The number of each object among the values.
    objects: Vec<u32>,
    open: Vec<Open<'p>>,
}

/// An object or array whose elements are being written.
enum Open<'p> {
    Object {
        name: u32,
        left: u32,
    },
    List {
        key: u32,
        left: u32,
    },
    Map {
        left: u32,
    },
    /// What an object's `__serialize()` has returned.
    Argument,
    /// An array image: `left` elements, from `elements` on.
    Image {
        elements: View<'p>,
        is_map: bool,
        key: u32,
        left: u32,
    },
}

impl<'p> Writer<'p> {
    fn item(&mut self, item: Item) -> Result<(), Unreadable> {
        self.values += 1;
        match item {
            Item::Leaf(cell) => return self.cell(cell),
            Item::Object(node) => {
                self.objects.push(self.values);
                let node = self.recipe.node(node)?;
                let NodeKind::Class { first, count } = node.kind else { return Err(Unreadable) };
                self.put(format_args!("O:{}:\"", node.class.len()));
                node.class.append_to(&mut self.text);
                self.put(format_args!("\":{count}:{{"));
                self.open.push(Open::Object { name: first, left: count });
            }
            Item::Hooked(node) => {
                self.objects.push(self.values);
                let node = self.recipe.node(node)?;
                let NodeKind::Hooked = node.kind else { return Err(Unreadable) };
                self.put(format_args!("O:{}:\"", node.class.len()));
                node.class.append_to(&mut self.text);
                self.text.extend_from_slice(b"\":");
                self.open.push(Open::Argument);
            }
            Item::Again(object) => {
                let value = *self.objects.get(object as usize).ok_or(Unreadable)?;
                self.put(format_args!("r:{value};"));
            }
            Item::Case(node) => {
                let node = self.recipe.node(node)?;
                let NodeKind::Case { name } = node.kind else { return Err(Unreadable) };
                let (class, name) = (node.class, self.recipe.name(name)?);
                self.put(format_args!("E:{}:\"", class.len() + 1 + name.len()));
                class.append_to(&mut self.text);
                self.text.push(b':');
                name.append_to(&mut self.text);
                self.text.extend_from_slice(b"\";");
            }
            Item::List(_) | Item::Map(_) => {
                self.text.extend_from_slice(b"a:");
                self.argument(item)?;
            }
            Item::Index(_) | Item::Name(_) => return Err(Unreadable),
        }
        Ok(())
    }

    fn cell(&mut self, cell: Cell) -> Result<(), Unreadable> {
        match cell {
            Cell::Null => self.text.extend_from_slice(b"N;"),
            Cell::False => self.text.extend_from_slice(b"b:0;"),
            Cell::True => self.text.extend_from_slice(b"b:1;"),
            Cell::Long(n) => self.long(n),
            Cell::Double(d) if d.is_nan() => self.text.extend_from_slice(b"d:NAN;"),
            Cell::Double(f64::INFINITY) => self.text.extend_from_slice(b"d:INF;"),
            Cell::Double(f64::NEG_INFINITY) => self.text.extend_from_slice(b"d:-INF;"),
            // The shortest digits that give the same number again.
            Cell::Double(d) => self.put(format_args!("d:{d:e};")),
            Cell::Str(address) => {
                let image = self.recipe.string(address)?;
                self.string(image);
            }
            Cell::Array(address) => {
                self.text.extend_from_slice(b"a:");
                self.array(address)?;
            }
        }
        Ok(())
    }

    /// Begins an array, but for its first letter: an object has its own there, and is no value of its own.
    fn argument(&mut self, item: Item) -> Result<(), Unreadable> {
        let (open, count) = match item {
            Item::List(count) => (Open::List { key: 0, left: count }, count),
            Item::Map(count) => (Open::Map { left: count }, count),
            Item::Leaf(Cell::Array(address)) => return self.array(address),
            _ => return Err(Unreadable),
        };
        self.put(format_args!("{count}:{{"));
        self.open.push(open);
        Ok(())
    }

    fn array(&mut self, address: u64) -> Result<(), Unreadable> {
        let table = self.recipe.at(address)?;
        let is_map = table.u32(8)? & (HASH_FLAG_PACKED | HASH_FLAG_UNINITIALIZED) == 0;
        let (used, count) = (table.u32(24)?, table.u32(28)?);
        let elements = self.recipe.at(table.u64(TABLE_DATA)?)?;
        self.put(format_args!("{count}:{{"));
        self.open.push(Open::Image { elements, is_map, key: 0, left: used });
        Ok(())
    }

    /// Writes the next element of the array image that is open.
    fn element(&mut self) -> Result<(), Unreadable> {
        let Some(Open::Image { elements, is_map, key, left }) = self.open.last_mut() else { return Err(Unreadable) };
        let (bytes, index) = (*elements, *key);
        let is_map = *is_map;
        *elements = bytes.from(if is_map { BUCKET } else { CELL })?;
        (*key, *left) = (index + 1, *left - 1);
        let cell = Cell::from_words(bytes.u64(0)?, bytes.u32(8)?).ok_or(Unreadable)?;
        match is_map {
            false => self.long(index.into()),
            true => match bytes.u64(24)? {
                0 => self.long(bytes.u64(16)? as i64),
                name => self.string(self.recipe.string(name)?),
            },
        }
        self.values += 1;
        self.cell(cell)
    }

    fn long(&mut self, n: i64) {
        self.put(format_args!("i:{n};"));
    }

    fn string(&mut self, image: Image<'p>) {
        self.put(format_args!("s:{}:\"", image.len()));
        image.append_to(&mut self.text);
        self.text.extend_from_slice(b"\";");
    }

    fn put(&mut self, text: core::fmt::Arguments<'_>) {
        use std::io::Write as _;
        // Writing to a vector does not fail.
        let _ = self.text.write_fmt(text);
    }
}
