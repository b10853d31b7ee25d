//! A payload to a PHP value: [`Stored`] is what a hit holds, in a form that does not need the hit any more.

use ext_php_rs::ffi::{IS_DOUBLE, IS_FALSE, IS_LONG, IS_NULL, IS_TRUE};
use ext_php_rs::types::Zval;

use super::recipe::{Item, NodeKind, Recipe};
use super::{Kind, Unreadable, compress, rebase, serializer, text};
use crate::zend::build::Builder;
use crate::zend::call;
use crate::zend::make::{self, Bailout, Buffer};
use crate::zend::plan::{self, Maker};
use crate::zend::resolve::{Called, Classes, Refused};
use crate::zend::view::View;

/// A stored value, ready to be made a PHP value.
pub struct Stored<'a> {
    kind: u8,
    word: u64,
    payload: Payload<'a>,
}

enum Payload<'a> {
    /// In the read-only view, until the end of the request.
    Kept(&'a [u8]),
    /// In the engine's memory.
    Private(Buffer),
}

impl<'a> Stored<'a> {
    /// Of a payload in the read-only view that stays there until the end of the request (`Hit::keeps`).
    #[inline]
    pub fn kept(kind: u8, word: u64, payload: &'a [u8]) -> Self {
        Self { kind, word, payload: Payload::Kept(payload) }
    }

    /// Of a payload that may go away: copies it. The caller then drops the hit, and decodes after that.
    ///
    /// # Errors
    /// PHP's memory limit is reached. The caller drops what it holds and calls [`Bailout::resume`].
    pub fn private(kind: u8, word: u64, payload: &[u8]) -> Result<Self, Bailout> {
        if kind == Kind::Compressed as u8 {
            return Self::unpacked(payload);
        }
        let payload = match payload {
            [] => Payload::Kept(&[]),
            _ => Payload::Private(Buffer::copy_of(payload)?),
        };
        Ok(Self { kind, word, payload })
    }

    /// Of a compressed payload.
    fn unpacked(packed: &[u8]) -> Result<Self, Bailout> {
        let unpacked = compress::unpack(packed)?;
        // What is damaged has nothing in it, and stays what can not be decoded.
        Ok(unpacked
            .map_or(Self { kind: Kind::Compressed as u8, word: 0, payload: Payload::Kept(&[]) }, |(kind, buffer)| {
                Self { kind, word: 0, payload: Payload::Private(buffer) }
            }))
    }

    /// Makes the value in `out`, which holds nothing yet. May run PHP code (autoloading, `__wakeup()`, and so on) and may leave by a bailout:
    /// the caller holds no hit and owns nothing that must be dropped.
    ///
    /// # Errors
    /// No value could be made; `out` is null, or whatever the pending exception left there.
    #[inline]
    pub fn decode(self, out: &mut Zval) -> Result<(), Unreadable> {
        match Kind::of(self.kind) {
            Some(Kind::Str) => self.payload.into_string(out),
            Some(Kind::Array) => self.payload.into_array(out),
            Some(Kind::Objects) => self.payload.into_objects(out),
            Some(Kind::Php) => call::unserialize(self.payload.bytes(), out),
            Some(Kind::Registered) => registered(self.payload.bytes(), out),
            Some(Kind::Compressed) => match Self::unpacked(self.payload.bytes()) {
                Ok(stored) if stored.kind != Kind::Compressed as u8 => stored.decode(out),
                Ok(_) => Err(Unreadable),
                Err(bailout) => bailout.resume(),
            },
            Some(Kind::Null | Kind::False | Kind::True | Kind::Long | Kind::Double) | None => {
                scalar(self.kind, self.word, out)
            }
        }
    }
}

/// As [`Stored::decode`], of a payload as for [`Stored::kept`]; what is used in place costs less this way.
///
/// # Errors
/// As there.
#[inline]
pub fn kept(kind: u8, payload: &[u8], out: &mut Zval) -> Result<(), Unreadable> {
    if kind == Kind::Array as u8 {
        make::array_in_place(payload, out)
    } else if kind == Kind::Str as u8 {
        make::string_in_place(payload, out)
    } else {
        made(kind, payload, out)
    }
}

/// As [`kept`], of what is not used as it lies. A function of its own, so that [`kept`] is small enough to be a part of its callers.
#[inline(never)]
fn made(kind: u8, payload: &[u8], out: &mut Zval) -> Result<(), Unreadable> {
    if kind == Kind::Objects as u8
        && let Some(made) = plan::follow(payload.as_ptr() as u64, out)
    {
        return made;
    }
    Stored::kept(kind, 0, payload).decode(out)
}

/// Makes a value that needs no payload in `out`, which holds nothing yet.
///
/// # Errors
/// It is none of those.
#[inline]
pub fn scalar(kind: u8, word: u64, out: &mut Zval) -> Result<(), Unreadable> {
    const TAGS: [u32; 5] = {
        let mut tags = [0; 5];
        tags[Kind::Null as usize] = IS_NULL;
        tags[Kind::False as usize] = IS_FALSE;
        tags[Kind::True as usize] = IS_TRUE;
        tags[Kind::Long as usize] = IS_LONG;
        tags[Kind::Double as usize] = IS_DOUBLE;
        tags
    };
    let tag = TAGS.get(usize::from(kind)).ok_or(Unreadable)?;
    out.value.lval = word as i64;
    out.u1.type_info = *tag;
    Ok(())
}

impl Payload<'_> {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Kept(bytes) => bytes,
            Self::Private(buffer) => buffer.bytes(),
        }
    }

    #[inline]
    fn into_string(self, out: &mut Zval) -> Result<(), Unreadable> {
        match self {
            Self::Kept(image) => make::string_in_place(image, out),
            Self::Private(image) => make::string_of(image, out),
        }
    }

    #[inline]
    fn into_array(self, out: &mut Zval) -> Result<(), Unreadable> {
        match self {
            Self::Kept(payload) => make::array_in_place(payload, out),
            Self::Private(mut buffer) => {
                let payload = buffer.bytes_mut();
                rebase::array(payload)?;
                make::array_copy(payload, out);
                Ok(())
            }
        }
    }

    fn into_objects(self, out: &mut Zval) -> Result<(), Unreadable> {
        match self {
            Self::Kept(payload) => objects(View::of(payload), false, out),
            Self::Private(mut buffer) => {
                rebase::recipe(buffer.bytes_mut())?;
                objects(View::of_buffer(&buffer), true, out)
            }
        }
    }
}

/// Follows a recipe; where a class is not what it was, `unserialize()` does.
fn objects(payload: View<'_>, is_copy: bool, out: &mut Zval) -> Result<(), Unreadable> {
    let recipe = Recipe::of(payload)?;
    let mut classes = Classes::new();
    for index in 0..recipe.nodes()? {
        let node = recipe.node(index)?;
        let found = match node.kind {
            NodeKind::Class { first, count } => {
                let names = first..first.checked_add(count).ok_or(Unreadable)?;
                names.clone().try_for_each(|name| recipe.name(name).map(drop))?;
                classes.add_class(node.class, names.filter_map(|name| recipe.name(name).ok()))
            }
            NodeKind::Hooked => classes.add_hooked(node.class),
            NodeKind::Case { name } => classes.add_case(node.class, recipe.name(name)?),
        };
        match found {
            Ok(()) => {}
            Err(Refused::Thrown) => return Err(Unreadable),
            Err(Refused::Foreign) => {
                drop(classes);
                return unserialized(recipe, out);
            }
        }
    }
    let hooks = classes.hooks();
    if !is_copy && hooks != Called::Dates {
        plan::make(payload.address(), &classes, None, |maker| planned(recipe, maker));
        if let Some(made) = plan::follow(payload.address(), out) {
            return made;
        }
    }
    let mut builder = Builder::new(&classes, is_copy, out);
    match build(recipe, &mut builder) {
        Ok(()) => {
            let built = builder.finish()?;
            // Those that were made now are to be copied: no script has seen them.
            if !is_copy && hooks == Called::Dates {
                plan::make(payload.address(), &classes, Some(&built), |maker| {
                    gets_images(recipe).then(|| planned(recipe, maker)).flatten()
                });
            }
            Ok(())
        }
        Err(Unreadable) => Err(builder.give_up()),
    }
}

/// Whether no `__unserialize()` was given an object: a date hands it on to its `__set()`, or to an error handler, which may let go of others.
fn gets_images(recipe: Recipe<'_>) -> bool {
    let mut items = recipe.items();
    while let Some(item) = items.next() {
        if matches!(item, Ok(Item::Hooked(_))) && !matches!(items.next(), Some(Ok(Item::Leaf(_)))) {
            return false;
        }
    }
    true
}

/// As [`build`], for when the value is wanted again.
fn planned(recipe: Recipe<'_>, maker: &mut Maker<'_>) -> Option<()> {
    let mut items = recipe.items();
    while let Some(item) = items.next() {
        match item.ok()? {
            Item::Leaf(cell) => maker.leaf(cell)?,
            Item::Object(node) => maker.object(node)?,
            Item::Again(object) => maker.again(object)?,
            Item::Case(node) => maker.case(node)?,
            Item::List(count) => maker.list(count)?,
            Item::Hooked(node) => {
                let Ok(Item::Leaf(argument)) = items.next()? else { return None };
                maker.hooked(node, argument)?;
            }
            // The engine has to make a table for them each time.
            Item::Map(_) | Item::Index(_) | Item::Name(_) => return None,
        }
    }
    Some(())
}

fn build(recipe: Recipe<'_>, builder: &mut Builder<'_>) -> Result<(), Unreadable> {
    for item in recipe.items() {
        match item? {
            Item::Leaf(cell) => builder.leaf(cell)?,
            Item::Object(node) => builder.object(node)?,
            Item::Hooked(node) => builder.hooked(node)?,
            Item::Again(object) => builder.again(object)?,
            Item::Case(node) => builder.case(node)?,
            Item::List(count) => builder.array(count, true)?,
            Item::Map(count) => builder.array(count, false)?,
            Item::Index(h) => builder.index(h)?,
            Item::Name(address) => builder.name(recipe.string(address)?)?,
        }
    }
    Ok(())
}

fn unserialized(recipe: Recipe<'_>, out: &mut Zval) -> Result<(), Unreadable> {
    let text = text::of(recipe)?;
    let buffer = Buffer::copy_of(&text);
    drop(text);
    match buffer {
        Ok(buffer) => call::unserialize(buffer.bytes(), out),
        Err(bailout) => bailout.resume(),
    }
}

fn registered(payload: &[u8], out: &mut Zval) -> Result<(), Unreadable> {
    let end = payload.iter().position(|&byte| byte == 0).ok_or(Unreadable)?;
    match serializer::find(&payload[..end]) {
        Some(by) => by.unserialize(&payload[end + 1..], out),
        None => Err(Unreadable),
    }
}
