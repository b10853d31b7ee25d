//! UNSAFE: reads PHP's values where they lie: a zval seen as a [`Value`], its strings and arrays without a copy.
//!
//! Contract: a view ([`Value`], [`Str`], [`Array`]) borrows the zval that it was made from, and nothing changes PHP's memory while a
//! view is alive. The second half is the caller's: between making a view and its last use, no function of the engine is called that
//! can run PHP code or free a value. Nothing in this module calls one.
#![expect(unsafe_code, reason = "PHP's values are reached by pointer")]

use core::marker::PhantomData;
use core::{ptr, slice};

use ext_php_rs::ffi::{
    _Bucket, HASH_FLAG_PACKED, IS_ARRAY, IS_DOUBLE, IS_FALSE, IS_INDIRECT, IS_LONG, IS_NULL, IS_OBJECT, IS_REFERENCE,
    IS_RESOURCE, IS_STR_VALID_UTF8, IS_STRING, IS_TRUE, IS_UNDEF, zend_array, zend_empty_array, zend_reference,
    zend_string, zend_string_hash_func,
};
use ext_php_rs::types::Zval;

use super::elements::{Elements, Slots};
use super::image::{self, Words};
use super::object::Object;

/// A PHP value, looked at.
#[derive(Clone, Copy)]
pub enum Value<'a> {
    /// `null`, or a slot that was never written.
    Null,
    False,
    True,
    Long(i64),
    Double(f64),
    Str(Str<'a>),
    Array(Array<'a>),
    Object(Object<'a>),
    /// An array behind a reference that no other place holds. It may be inside itself.
    Wrapped(Array<'a>),
    /// A reference that several places hold. One that a single place holds is seen through.
    Reference,
    /// An open or closed resource.
    Resource,
}

impl<'a> Value<'a> {
    /// What a slot of an array, a property or a variable holds.
    #[inline(always)]
    pub fn of(slot: &'a Zval) -> Self {
        // SAFETY: the tag says which member of the union is set, and what it points to lives as long as the slot.
        unsafe {
            match u32::from(slot.u1.v.type_) {
                IS_LONG => Self::Long(slot.value.lval),
                IS_STRING => Self::Str(Str::of(slot.value.str_)),
                IS_ARRAY => Self::Array(Array::of(slot.value.arr)),
                IS_FALSE => Self::False,
                IS_TRUE => Self::True,
                IS_DOUBLE => Self::Double(slot.value.dval),
                IS_OBJECT => Self::Object(Object::of(slot.value.obj)),
                // Null and undefined; constant expressions and the engine's internal pointers are never in a script's hands.
                tag if tag < IS_FALSE => Self::Null,
                _ => Self::behind(slot),
            }
        }
    }

    /// The rest of [`Value::of`]: what is not in the slot itself.
    #[inline(never)]
    fn behind(slot: &'a Zval) -> Self {
        // SAFETY: as there.
        unsafe {
            match u32::from(slot.u1.v.type_) {
                IS_INDIRECT => Self::of(&*slot.value.zv),
                IS_REFERENCE => {
                    let reference: *const zend_reference = slot.value.ref_;
                    match ((*reference).gc.refcount, Self::of(&(*reference).val)) {
                        (1, Self::Array(array)) => Self::Wrapped(array),
                        (1, other) => other,
                        _ => Self::Reference,
                    }
                }
                IS_RESOURCE => Self::Resource,
                _ => Self::Null,
            }
        }
    }

    /// What a variable holds: as [`Value::of`], but a reference is seen through whoever else holds it.
    #[inline]
    pub fn of_variable(variable: &'a Zval) -> Self {
        Self::of(dereferenced(variable))
    }
}

/// What a slot holds, as far as it takes no more than a look at its tag.
#[derive(Clone, Copy)]
pub enum Seen<'a> {
    /// Null, a bool, an integer or a float.
    Scalar(Words),
    Str(Str<'a>),
    Array(Array<'a>),
    /// It takes [`Value::of`].
    Other,
}

impl<'a> Seen<'a> {
    /// Looks at a slot. In large arrays the tags of neighbours are alike: comparing them one by one is less than a jump by a table.
    #[inline(always)]
    pub fn in_slot(slot: &'a Zval) -> Self {
        // SAFETY: as in [`Value::of`].
        unsafe {
            let tag = u32::from(slot.u1.v.type_);
            if tag == IS_STRING {
                Self::Str(Str::of(slot.value.str_))
            } else if tag.wrapping_sub(IS_NULL) <= IS_DOUBLE - IS_NULL {
                Self::Scalar(Words { value: if tag >= IS_LONG { slot.value.lval as u64 } else { 0 }, tag })
            } else if tag == IS_ARRAY {
                Self::Array(Array::of(slot.value.arr))
            } else {
                Self::Other
            }
        }
    }
}

/// Whether a slot stands for a variable that is not set: then an array's number of elements counts what it has not got.
#[cold]
pub fn is_unset(slot: &Zval) -> bool {
    // SAFETY: the type tag of an initialised zval is always readable; an indirect slot points to an initialised one.
    unsafe { u32::from(slot.u1.v.type_) == IS_INDIRECT && u32::from((*slot.value.zv).u1.v.type_) == IS_UNDEF }
}

/// The value behind a reference; the zval itself where it is none.
#[inline]
pub fn dereferenced(variable: &Zval) -> &Zval {
    // SAFETY: the type tag of an initialised zval is always readable.
    if u32::from(unsafe { variable.u1.v.type_ }) == IS_REFERENCE {
        // SAFETY: the tag says that it is a reference, which lives as long as the variable that holds it.
        unsafe { &(*variable.value.ref_).val }
    } else {
        variable
    }
}

/// What the empty array appends at: the engine's version decides.
#[inline]
pub fn first_free() -> i64 {
    // SAFETY: a constant of the engine.
    unsafe { zend_empty_array.nNextFreeElement }
}

/// A string of PHP's.
#[derive(Clone, Copy)]
pub struct Str<'a> {
    string: *mut zend_string,
    slot: PhantomData<&'a Zval>,
}

impl<'a> Str<'a> {
    /// The string at `string`.
    ///
    /// # Safety
    /// It is alive and unchanged for `'a`.
    #[inline]
    pub unsafe fn of(string: *mut zend_string) -> Self {
        Self { string, slot: PhantomData }
    }

    /// Its bytes, without the NUL that follows them.
    #[inline]
    pub fn bytes(self) -> &'a [u8] {
        // SAFETY: by the module's contract the string is alive and unchanged for 'a; `val` starts `len` initialised bytes.
        unsafe { slice::from_raw_parts(ptr::addr_of!((*self.string).val).cast(), (*self.string).len) }
    }

    /// Its hash, computed and kept in the string where it was not known. O(length) the first time.
    #[inline]
    pub fn hash(self) -> u64 {
        // SAFETY: the string is alive.
        match unsafe { (*self.string).h } {
            // SAFETY: computes and sets `h`; it calls nothing. A string without a hash is not interned, so it is writable.
            0 => unsafe { zend_string_hash_func(self.string) },
            h => h,
        }
    }

    /// Whether it is known to be valid UTF-8.
    #[inline]
    pub fn is_known_utf8(self) -> bool {
        // SAFETY: the string is alive.
        unsafe { (*self.string).gc.u.type_info & IS_STR_VALID_UTF8 != 0 }
    }

    /// Whether two strings, or nulls, are equal.
    #[inline]
    fn are_equal(one: *mut zend_string, other: *mut zend_string) -> bool {
        let string = |string| Self { string, slot: PhantomData };
        !one.is_null() && !other.is_null() && string(one).equals(string(other))
    }

    /// Whether it has the same bytes. Names are short: a call to compare them costs more than the comparison.
    #[inline]
    pub fn equals(self, other: Self) -> bool {
        let (mine, others) = (self.bytes(), other.bytes());
        if mine.len() != others.len() {
            return false;
        }
        match mine.len() {
            4..8 => mine.first_chunk::<4>() == others.first_chunk() && mine.last_chunk::<4>() == others.last_chunk(),
            8..=16 => mine.first_chunk::<8>() == others.first_chunk() && mine.last_chunk::<8>() == others.last_chunk(),
            _ => mine == others,
        }
    }

    /// Whether both are one string in memory.
    #[inline]
    pub fn is(self, other: Self) -> bool {
        self.string == other.string
    }
}

/// The key of an element.
#[derive(Clone, Copy)]
pub enum Key<'a> {
    /// An integer, as the engine keeps it.
    Index(u64),
    Name(Str<'a>),
}

/// An array of PHP's.
#[derive(Clone, Copy)]
pub struct Array<'a> {
    array: *const zend_array,
    slot: PhantomData<&'a Zval>,
}

impl<'a> Array<'a> {
    /// The array at `array`.
    ///
    /// # Safety
    /// It is alive and unchanged for `'a`.
    #[inline]
    pub unsafe fn of(array: *const zend_array) -> Self {
        Self { array, slot: PhantomData }
    }

    /// Number of elements, those that stand for unset variables included (`$GLOBALS`).
    #[inline]
    pub fn len(self) -> u32 {
        self.table().nNumOfElements
    }

    /// Whether the engine keeps it as a list, and without a hole.
    #[inline]
    pub fn is_dense_list(self) -> bool {
        self.is_packed() && self.table().nNumUsed == self.table().nNumOfElements
    }

    /// Its address, which tells it from all other arrays that are alive.
    #[inline]
    pub fn address(self) -> usize {
        self.array as usize
    }

    /// Whether other places may hold the same array.
    #[inline]
    pub fn is_shared(self) -> bool {
        self.table().gc.refcount > 1
    }

    /// Its elements in order; none for holes and for variables that are not set.
    #[inline]
    pub fn elements(self) -> Elements<'a> {
        Elements::of(self.slots())
    }

    /// The values of its elements.
    #[inline]
    pub fn slots(self) -> Slots<'a> {
        let table = self.table();
        let stride = if self.is_packed() { size_of::<Zval>() } else { size_of::<_Bucket>() };
        // SAFETY: both members of the union are pointers; the flag says which one is set, and to how many initialised slots or buckets.
        unsafe { Slots::of(table.__bindgen_anon_1.arData.cast(), table.nNumUsed as usize, stride) }
    }

    /// Its elements as they lie.
    #[inline(always)]
    pub fn body(self) -> Body<'a> {
        let table = self.table();
        if table.nNumUsed != table.nNumOfElements {
            return Body::Holes;
        }
        // SAFETY: both members of the union are pointers; the flag says which one is set, and to how many initialised slots or buckets.
        unsafe {
            let (data, used) = (table.__bindgen_anon_1.arData, table.nNumUsed as usize);
            if self.is_packed() {
                Body::List(slice::from_raw_parts(data.cast(), used))
            } else {
                Body::Map(slice::from_raw_parts(data, used))
            }
        }
    }

    /// Its buckets and its hash, if it is a map without holes whose hash is as large as the engine makes it for so many elements.
    #[inline]
    pub fn whole_map(self) -> Option<WholeMap<'a>> {
        let buckets = self.whole_buckets()?;
        let hash = self.table().nTableMask.wrapping_neg();
        if buckets.is_empty() || hash != image::hash_words(buckets.len() as u32) {
            return None;
        }
        let bytes = hash as usize * 4;
        // SAFETY: before its buckets a map has as many words as its mask says.
        let hash = unsafe { slice::from_raw_parts(buckets.as_ptr().cast::<u8>().sub(bytes), bytes) };
        Some(WholeMap { buckets, hash })
    }

    /// A number that maps with the same keys have in common, and few others; none for those of which [`Array::has_keys_of`] is never true.
    #[inline]
    pub fn kind_of_keys(self) -> Option<u64> {
        let buckets = self.whole_buckets()?;
        let mixed = buckets.first()?.h.rotate_left(7) ^ buckets.last()?.h ^ buckets.len() as u64;
        Some(mixed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32)
    }

    /// Whether its keys are those of another map, in the same order. False for lists, and for maps with holes.
    #[inline]
    pub fn has_keys_of(self, other: Self) -> bool {
        let (Some(mine), Some(others)) = (self.whole_buckets(), other.whole_buckets()) else { return false };
        let is_same = |(mine, other): (&_Bucket, &_Bucket)| {
            mine.h == other.h && (mine.key == other.key || Str::are_equal(mine.key, other.key))
        };
        mine.len() == others.len() && mine.iter().zip(others).all(is_same)
    }

    /// The buckets of a map without holes.
    #[inline]
    fn whole_buckets(self) -> Option<&'a [_Bucket]> {
        match self.body() {
            Body::Map(buckets) => Some(buckets),
            Body::List(_) | Body::Holes => None,
        }
    }

    #[inline]
    fn is_packed(self) -> bool {
        // SAFETY: every bit pattern is a `u32`.
        unsafe { self.table().u.flags & HASH_FLAG_PACKED != 0 }
    }

    #[inline]
    fn table(self) -> &'a zend_array {
        // SAFETY: by the module's contract the array is alive and unchanged for 'a.
        unsafe { &*self.array }
    }
}

/// How an array's elements lie.
#[derive(Clone, Copy)]
pub enum Body<'a> {
    /// As a list without a hole.
    List(&'a [Zval]),
    /// As a map without a hole.
    Map(&'a [_Bucket]),
    /// With holes in it.
    Holes,
}

/// A map without holes.
#[derive(Clone, Copy)]
pub struct WholeMap<'a> {
    buckets: &'a [_Bucket],
    hash: &'a [u8],
}

/// One of its elements.
#[derive(Clone, Copy)]
pub struct Leaf<'a> {
    /// A string's hash, or the integer.
    pub h: u64,
    /// None where the key is an integer.
    pub name: Option<Str<'a>>,
    /// The value's type.
    pub tag: u32,
    /// The value of an integer or a float.
    pub word: u64,
    /// That of a string.
    pub string: Option<Str<'a>>,
    /// What its chain in the hash goes on with.
    pub next: u32,
}

impl Leaf<'_> {
    /// Whether its value is a scalar or a string.
    #[inline(always)]
    pub fn is_one(&self) -> bool {
        (IS_NULL..=IS_STRING).contains(&self.tag)
    }
}

impl<'a> WholeMap<'a> {
    /// How many elements.
    #[inline]
    pub fn len(self) -> u32 {
        self.buckets.len() as u32
    }

    /// The words of its hash, which hold the positions of elements, as bytes.
    #[inline]
    pub fn hash(self) -> &'a [u8] {
        self.hash
    }

    /// The elements in order: a string's hash or the integer, the value, and what its chain in the hash goes on with.
    #[inline]
    pub fn elements(self) -> impl Iterator<Item = (u64, &'a Zval, u32)> {
        // SAFETY: the link of a zval in a bucket is always set.
        self.buckets.iter().map(|bucket| (bucket.h, &bucket.val, unsafe { bucket.val.u2.next }))
    }

    /// The elements in order, as far as they are [leaves](Leaf::is_one).
    #[inline(always)]
    pub fn leaves(self) -> impl Iterator<Item = Leaf<'a>> {
        self.buckets.iter().map(|bucket| {
            let name = (!bucket.key.is_null()).then_some(Str { string: bucket.key, slot: PhantomData });
            // SAFETY: the type tag of an initialised zval is always readable, and so is the link of one in a bucket. Both members of the
            // union are words, and an integer, a float or a string has set it.
            let (tag, next, word, string) = unsafe {
                let value = &bucket.val.value;
                (u32::from(bucket.val.u1.v.type_), bucket.val.u2.next, value.lval as u64, value.str_)
            };
            let string = (tag == IS_STRING).then_some(Str { string, slot: PhantomData });
            let word = if tag.wrapping_sub(IS_LONG) <= IS_DOUBLE - IS_LONG { word } else { 0 };
            Leaf { h: bucket.h, name, tag, word, string, next }
        })
    }
}
