//! UNSAFE: reads PHP's values where they lie: a zval seen as a [`Value`], its strings and arrays without a copy.
//!
//! Contract: a view ([`Value`], [`Str`], [`Array`]) borrows the zval that it was made from, and nothing changes PHP's memory while a
//! view is alive. The second half is the caller's: between making a view and its last use, no function of the engine is called that
//! can run PHP code or free a value. Nothing in this module calls one.
#![expect(unsafe_code, reason = "PHP's values are reached by pointer")]

use core::marker::PhantomData;
use core::{ptr, slice};

use ext_php_rs::ffi::{
    _Bucket, HASH_FLAG_PACKED, IS_ARRAY, IS_DOUBLE, IS_FALSE, IS_INDIRECT, IS_LONG, IS_OBJECT, IS_REFERENCE,
    IS_RESOURCE, IS_STR_VALID_UTF8, IS_STRING, IS_TRUE, IS_UNDEF, zend_array, zend_empty_array, zend_reference,
    zend_string, zend_string_hash_func,
};
use ext_php_rs::types::Zval;

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
    /// A reference that several places hold, or one to an array, which may be inside itself. Any other reference is seen through.
    Reference,
    /// An open or closed resource.
    Resource,
}

impl<'a> Value<'a> {
    /// What a slot of an array, a property or a variable holds.
    #[inline]
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
                IS_INDIRECT => Self::of(&*slot.value.zv),
                IS_REFERENCE => {
                    let reference: *const zend_reference = slot.value.ref_;
                    let inner = &(*reference).val;
                    if (*reference).gc.refcount > 1 || u32::from(inner.u1.v.type_) == IS_ARRAY {
                        Self::Reference
                    } else {
                        Self::of(inner)
                    }
                }
                IS_RESOURCE => Self::Resource,
                // Null and undefined; constant expressions and the engine's internal pointers are never in a script's hands.
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

impl Key<'_> {
    /// Whether both are the same integer, or one string in memory.
    #[inline]
    pub fn is(self, other: Self) -> bool {
        match (self, other) {
            (Self::Index(one), Self::Index(other)) => one == other,
            (Self::Name(one), Self::Name(other)) => one.is(other),
            _ => false,
        }
    }
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
        // SAFETY: both members of the union are pointers; the flag says which one is set, and to how many initialised slots or buckets.
        let data = unsafe { self.table().__bindgen_anon_1.arData };
        let stride = if self.is_packed() { size_of::<Zval>() } else { size_of::<_Bucket>() };
        let next = data.cast_const().cast::<u8>();
        Elements { next, stride, position: 0, used: self.table().nNumUsed, slot: PhantomData }
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

/// The elements of an array.
#[derive(Clone, Copy)]
pub struct Elements<'a> {
    next: *const u8,
    stride: usize,
    position: u32,
    used: u32,
    slot: PhantomData<&'a Zval>,
}

impl<'a> Iterator for Elements<'a> {
    type Item = (Key<'a>, &'a Zval);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        while self.position < self.used {
            let (at, position) = (self.next, u64::from(self.position));
            self.position += 1;
            // SAFETY: at most one past the last of `used` slots.
            self.next = unsafe { at.add(self.stride) };
            // SAFETY: below `used`, so an initialised slot; a bucket starts with its zval.
            let mut slot = unsafe { &*at.cast::<Zval>() };
            // SAFETY: the type tag of an initialised zval is always readable; an indirect slot points to an initialised one.
            unsafe {
                if u32::from(slot.u1.v.type_) == IS_INDIRECT {
                    slot = &*slot.value.zv;
                }
                if u32::from(slot.u1.v.type_) == IS_UNDEF {
                    continue;
                }
            }
            let key = if self.stride == size_of::<Zval>() {
                Key::Index(position)
            } else {
                // SAFETY: the stride says that it is a bucket.
                let bucket = unsafe { &*at.cast::<_Bucket>() };
                match bucket.key.is_null() {
                    true => Key::Index(bucket.h),
                    false => Key::Name(Str { string: bucket.key, slot: PhantomData }),
                }
            };
            return Some((key, slot));
        }
        None
    }
}
