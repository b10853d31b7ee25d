//! UNSAFE: the arguments of the running function.
//!
//! Contract: [`Args`] borrows the frame of the function that is running, so the argument slots live as long as it does. All parsing but
//! the fast paths is the engine's own, hence its coercions, messages and strict types.
#![expect(unsafe_code, reason = "argument slots and the engine's parser are reached by pointer")]

use core::marker::PhantomData;
use core::mem::ManuallyDrop;
use core::{mem, ptr};

use ext_php_rs::ffi::{_zend_fcall_info, _zend_fcall_info_cache};
use ext_php_rs::types::{ZendStr, Zval};
use ext_php_rs::zend::ExecuteData;

use super::sys;

/// The arguments of a running function.
#[derive(Clone, Copy)]
pub struct Args<'a> {
    first: *mut Zval,
    count: u32,
    frame: PhantomData<&'a ExecuteData>,
}

impl<'a> Args<'a> {
    /// Those of `frame`.
    #[inline]
    pub fn of(frame: &'a mut ExecuteData) -> Self {
        // SAFETY: the engine has set the count of the frame that it passes to a handler.
        let count = unsafe { frame.This.u2.num_args };
        // SAFETY: the slots follow the frame; the pointer is used below `count` alone.
        let first = unsafe { frame.zend_call_arg(0) }.map_or(ptr::null_mut(), ptr::from_mut);
        Self { first, count, frame: PhantomData }
    }

    /// How many were passed.
    #[inline]
    pub fn count(self) -> u32 {
        self.count
    }

    /// Argument `index`, as it was passed.
    #[inline]
    pub fn value(self, index: u32) -> Option<&'a Zval> {
        // SAFETY: below the count, so an initialised slot of the frame, which outlives `'a`.
        (index < self.count).then(|| unsafe { &*self.first.add(index as usize) })
    }

    /// The argument by reference at `index`.
    #[inline]
    pub fn reference(self, index: u32) -> Option<OutBool<'a>> {
        self.value(index).and_then(OutBool::of)
    }

    /// `()`. False where an exception was thrown, as `None` below.
    pub fn none(self) -> bool {
        // SAFETY: an empty specification takes no pointers.
        unsafe { sys::zend_parse_parameters(self.count, c"".as_ptr()) == 0 }
    }

    /// `(mixed)`.
    pub fn one(self) -> Option<&'a Zval> {
        let mut value = ptr::null_mut();
        // SAFETY: the specification takes one `zval **`.
        self.parsed(unsafe { sys::zend_parse_parameters(self.count, c"z".as_ptr(), &raw mut value) })?;
        // SAFETY: parsing succeeded, so it points to an argument slot.
        Some(unsafe { &*value })
    }

    /// `(mixed, mixed = unset, int = 0)`.
    pub fn value_value_int(self) -> Option<(&'a Zval, Option<&'a Zval>, i64)> {
        let (mut first, mut second, mut int) = (ptr::null_mut::<Zval>(), ptr::null_mut::<Zval>(), 0_i64);
        // SAFETY: the specification takes two `zval **` and a `zend_long *`.
        self.parsed(unsafe {
            sys::zend_parse_parameters(self.count, c"z|zl".as_ptr(), &raw mut first, &raw mut second, &raw mut int)
        })?;
        // SAFETY: parsing succeeded: `first` is a slot, `second` one or null.
        Some(unsafe { (&*first, second.as_ref(), int) })
    }

    /// `(mixed, mixed & = unset)`.
    pub fn value_reference(self) -> Option<(&'a Zval, Option<OutBool<'a>>)> {
        let (mut first, mut second) = (ptr::null_mut::<Zval>(), ptr::null_mut::<Zval>());
        // SAFETY: the specification takes two `zval **`.
        self.parsed(unsafe {
            sys::zend_parse_parameters(self.count, c"z|z".as_ptr(), &raw mut first, &raw mut second)
        })?;
        // SAFETY: parsing succeeded: `first` is a slot, `second` one or null.
        Some(unsafe { (&*first, second.as_ref().and_then(OutBool::of)) })
    }

    /// `(bool = false)`.
    pub fn flag(self) -> Option<bool> {
        let mut flag = false;
        // SAFETY: the specification takes a `bool *`.
        self.parsed(unsafe { sys::zend_parse_parameters(self.count, c"|b".as_ptr(), &raw mut flag) })?;
        Some(flag)
    }

    /// `(string)`.
    pub fn string(self) -> Option<&'a ZendStr> {
        let mut text = ptr::null_mut();
        // SAFETY: the specification takes a `zend_string **`.
        self.parsed(unsafe { sys::zend_parse_parameters(self.count, c"S".as_ptr(), &raw mut text) })?;
        // SAFETY: parsing succeeded; the slot owns the string as long as the frame lives.
        Some(unsafe { &*text })
    }

    /// `(?string = null)`.
    pub fn optional_string(self) -> Option<Option<&'a ZendStr>> {
        let mut text = ptr::null_mut::<ZendStr>();
        // SAFETY: the specification takes a `zend_string **`.
        self.parsed(unsafe { sys::zend_parse_parameters(self.count, c"|S!".as_ptr(), &raw mut text) })?;
        // SAFETY: parsing succeeded: null, or a string that the slot owns as long as the frame lives.
        Some(unsafe { text.as_ref() })
    }

    /// `(string, int = 1, mixed & = unset, int = 0)`.
    pub fn string_int_reference_int(self) -> Option<(&'a ZendStr, i64, Option<OutBool<'a>>, i64)> {
        let (mut text, mut one, mut out, mut two) = (ptr::null_mut(), 1_i64, ptr::null_mut::<Zval>(), 0_i64);
        // SAFETY: the specification takes `zend_string **`, `zend_long *`, `zval **` and `zend_long *`.
        self.parsed(unsafe {
            sys::zend_parse_parameters(
                self.count,
                c"S|lzl".as_ptr(),
                &raw mut text,
                &raw mut one,
                &raw mut out,
                &raw mut two,
            )
        })?;
        // SAFETY: parsing succeeded; `out` is a slot or null.
        Some(unsafe { (&*text, one, out.as_ref().and_then(OutBool::of), two) })
    }

    /// `(string, int, int)`.
    pub fn string_int_int(self) -> Option<(&'a ZendStr, i64, i64)> {
        let (mut text, mut one, mut two) = (ptr::null_mut(), 0_i64, 0_i64);
        // SAFETY: the specification takes `zend_string **` and two `zend_long *`.
        self.parsed(unsafe {
            sys::zend_parse_parameters(self.count, c"Sll".as_ptr(), &raw mut text, &raw mut one, &raw mut two)
        })?;
        // SAFETY: parsing succeeded.
        Some(unsafe { (&*text, one, two) })
    }

    /// `(string, callable, int = 0)`.
    pub fn string_callable_int(self) -> Option<(&'a ZendStr, Callable<'a>, i64)> {
        let (mut text, mut int) = (ptr::null_mut(), 0_i64);
        // SAFETY: plain data of the engine, filled by the parser.
        let mut callable = unsafe { mem::zeroed::<Callable<'a>>() };
        // SAFETY: the specification takes `zend_string **`, the two call structs, and a `zend_long *`.
        self.parsed(unsafe {
            sys::zend_parse_parameters(
                self.count,
                c"Sf|l".as_ptr(),
                &raw mut text,
                &raw mut callable.call,
                &raw mut callable.cache,
                &raw mut int,
            )
        })?;
        // SAFETY: parsing succeeded.
        Some(unsafe { (&*text, callable, int) })
    }

    /// `(mixed = null, int, int, int)`; null is no value, and `ints` holds the defaults.
    pub fn value_ints(self, mut ints: [i64; 3]) -> Option<(Option<&'a Zval>, [i64; 3])> {
        let mut value = ptr::null_mut::<Zval>();
        let [one, two, three] = &mut ints;
        // SAFETY: the specification takes a `zval **` and three `zend_long *`.
        self.parsed(unsafe {
            sys::zend_parse_parameters(
                self.count,
                c"|z!lll".as_ptr(),
                &raw mut value,
                ptr::from_mut(one),
                ptr::from_mut(two),
                ptr::from_mut(three),
            )
        })?;
        // SAFETY: parsing succeeded: a slot or null.
        Some((unsafe { value.as_ref() }, ints))
    }

    /// Argument 0 as a string, converted in its slot as `(string)` would do; none where that threw.
    #[cold]
    pub fn convert_to_string(self) -> Option<&'a ZendStr> {
        if self.count == 0 {
            return None;
        }
        // SAFETY: an initialised slot of the frame, which frees what it holds when the function returns.
        if !unsafe { sys::_try_convert_to_string(self.first) } {
            return None;
        }
        // SAFETY: a string now, owned by the slot.
        unsafe { (*self.first).zend_str() }
    }

    fn parsed(self, result: i32) -> Option<()> {
        (result == 0).then_some(())
    }
}

/// A `bool &` parameter.
#[derive(Clone, Copy)]
pub struct OutBool<'a>(&'a Zval);

impl<'a> OutBool<'a> {
    #[inline]
    fn of(value: &'a Zval) -> Option<Self> {
        value.is_reference().then_some(Self(value))
    }

    /// Assigns as PHP would: a typed property that does not take a bool throws.
    #[inline]
    pub fn assign(self, value: bool) {
        // SAFETY: `of` has checked that it is a reference, which the frame's slot keeps alive.
        let reference = unsafe { self.0.value.ref_ };
        // SAFETY: as above.
        if !unsafe { (*reference).sources.ptr }.is_null() {
            // SAFETY: as above.
            unsafe { sys::zend_try_assign_typed_ref_bool(reference.cast(), value) };
            return;
        }
        let mut old = Zval::new();
        // SAFETY: as above. The old value is taken out before the new one is there, and destroyed after: its destructor may run PHP code.
        unsafe {
            mem::swap(&mut old, &mut (*reference).val);
            (*reference).val.set_bool(value);
        }
        drop(old);
    }
}

/// A parsed `callable`.
pub struct Callable<'a> {
    /// The parser copies the callable into it without a reference of its own: nothing to drop.
    call: ManuallyDrop<_zend_fcall_info>,
    cache: _zend_fcall_info_cache,
    frame: PhantomData<&'a ExecuteData>,
}

impl Callable<'_> {
    /// Calls it with one string; what it returns by reference is taken out of the reference. None where it threw. May leave by `longjmp`: guard it.
    pub fn call(&mut self, argument: &ZendStr) -> Option<Zval> {
        let mut result = Zval::new();
        let mut parameter = super::string::copy(argument.as_bytes());
        self.call.retval = &raw mut result;
        self.call.params = &raw mut parameter;
        self.call.param_count = 1;
        // SAFETY: the parser has filled both structs, and the frame keeps the callable alive; result and parameter outlive the call.
        let done = unsafe { sys::zend_call_function(&raw mut *self.call, &raw mut self.cache) } == 0;
        super::call::unwrap_reference(&mut result);
        (done && !super::report::has_exception()).then_some(result)
    }
}
