//! UNSAFE: tables of functions and methods, as the engine wants them.
//!
//! Contract: what [`entries`] and [`methods`] return lives as long as the process, as the engine expects of a module's tables.
#![expect(unsafe_code, reason = "the engine's tables hold raw pointers")]

use core::ffi::CStr;
use core::{mem, ptr};

use ext_php_rs::ffi::{
    _ZEND_SEND_MODE_SHIFT, zend_execute_data, zend_function_entry, zend_internal_arg_info, zend_type, zval,
};
use ext_php_rs::types::Zval;
use ext_php_rs::zend::ExecuteData;

/// Sets of types, to be joined with `|`.
pub mod types {
    pub const NONE: u32 = 0;
    pub const NULL: u32 = 1 << 1;
    pub const FALSE: u32 = 1 << 2;
    pub const BOOL: u32 = FALSE | 1 << 3;
    pub const INT: u32 = 1 << 4;
    pub const FLOAT: u32 = 1 << 5;
    pub const STRING: u32 = 1 << 6;
    pub const ARRAY: u32 = 1 << 7;
    pub const OBJECT: u32 = 1 << 8;
    pub const CALLABLE: u32 = 1 << 12;
    pub const VOID: u32 = 1 << 14;
    pub const MIXED: u32 = ext_php_rs::ffi::MAY_BE_ANY;
    /// Together with the class `Traversable`.
    pub const ITERABLE: u32 = ARRAY | ext_php_rs::ffi::_ZEND_TYPE_ITERABLE_BIT;
}

/// What runs when a function is called. The result is null until it is set.
pub type Handler = extern "C" fn(frame: &mut ExecuteData, result: &mut Zval);

/// A parameter.
#[derive(Clone, Copy)]
pub struct Parameter {
    name: &'static CStr,
    types: u32,
    classes: Option<&'static CStr>,
    by_reference: bool,
    default: Option<&'static CStr>,
}

impl Parameter {
    /// A parameter without a default, or of one that reflection does not know.
    pub const fn new(name: &'static CStr, types: u32) -> Self {
        Self { name, types, classes: None, by_reference: false, default: None }
    }

    /// With a default, in PHP's words.
    pub const fn default(self, value: &'static CStr) -> Self {
        Self { default: Some(value), ..self }
    }

    /// Also takes objects of these classes, whose names stand with `|` between them.
    pub const fn or_of(self, classes: &'static CStr) -> Self {
        Self { classes: Some(classes), ..self }
    }

    /// Passed by reference.
    pub const fn by_reference(self) -> Self {
        Self { by_reference: true, ..self }
    }
}

/// A function or a method.
#[derive(Clone, Copy)]
pub struct Function {
    /// Its name, with its namespace.
    pub name: &'static CStr,
    /// What runs.
    pub handler: Handler,
    /// How many of `parameters` must be given.
    pub required: usize,
    /// The parameters.
    pub parameters: &'static [Parameter],
    /// What it returns; 0 is "not declared".
    pub returns: u32,
}

/// A method of a class.
#[derive(Clone, Copy)]
pub struct Method {
    function: Function,
    returns_of: Option<&'static CStr>,
    flags: u32,
}

impl Method {
    /// A public one.
    pub const fn new(
        name: &'static CStr,
        handler: Handler,
        required: usize,
        parameters: &'static [Parameter],
        returns: u32,
    ) -> Self {
        let function = Function { name, handler, required, parameters, returns };
        Self { function, returns_of: None, flags: ext_php_rs::ffi::ZEND_ACC_PUBLIC }
    }

    /// Also returns objects of these classes, whose names stand with `|` between them.
    pub const fn or_of(self, classes: &'static CStr) -> Self {
        Self { returns_of: Some(classes), ..self }
    }

    /// Called without an object.
    pub const fn fixed(self) -> Self {
        Self { flags: self.flags | ext_php_rs::ffi::ZEND_ACC_STATIC, ..self }
    }

    /// A constructor that nobody may call: objects are made by [`super::class`] and [`super::record`] alone.
    pub const fn no_constructor() -> Self {
        let method = Self::new(c"__construct", refuse, 0, &[], types::NONE);
        Self { flags: ext_php_rs::ffi::ZEND_ACC_PRIVATE, ..method }
    }
}

extern "C" fn refuse(_: &mut ExecuteData, _: &mut Zval) {}

/// The engine's table of functions. O(n), once for each module.
pub fn entries(functions: &[Function]) -> *const zend_function_entry {
    table(functions.iter().map(|function| entry(function, None, 0)))
}

/// The engine's table of methods.
pub fn methods<'a>(methods: impl IntoIterator<Item = &'a Method>) -> *const zend_function_entry {
    table(methods.into_iter().map(|method| entry(&method.function, method.returns_of, method.flags)))
}

fn table(functions: impl Iterator<Item = zend_function_entry>) -> *const zend_function_entry {
    // SAFETY: an entry is plain data, and all zeros is the one that ends a table.
    let end = unsafe { mem::zeroed::<zend_function_entry>() };
    let table: Vec<zend_function_entry> = functions.chain([end]).collect();
    table.leak().as_ptr()
}

fn entry(function: &Function, returns_of: Option<&'static CStr>, flags: u32) -> zend_function_entry {
    // SAFETY: the two types differ in `&mut T` against `*mut T` alone; the engine passes pointers to a live frame and a live return value,
    // which nobody else uses while the function runs.
    let handler =
        unsafe { mem::transmute::<Handler, unsafe extern "C" fn(*mut zend_execute_data, *mut zval)>(function.handler) };
    // SAFETY: an entry is plain data, for which all zeros is a value.
    let mut entry = unsafe { mem::zeroed::<zend_function_entry>() };
    entry.fname = function.name.as_ptr();
    entry.handler = Some(handler);
    entry.arg_info = arg_info(function, returns_of).as_ptr();
    entry.num_args = function.parameters.len() as u32;
    entry.flags = flags as _; // 64 bits since PHP 8.6
    entry
}

/// The first element stands for the function itself: the number of required parameters, and the return type.
fn arg_info(function: &Function, returns_of: Option<&'static CStr>) -> &'static [zend_internal_arg_info] {
    let mut info = vec![zend_internal_arg_info {
        name: function.required as *const _,
        type_: type_of(function.returns, returns_of),
        default_value: ptr::null(),
    }];
    info.extend(function.parameters.iter().map(|parameter| zend_internal_arg_info {
        name: parameter.name.as_ptr(),
        type_: type_of(parameter.types | u32::from(parameter.by_reference) << _ZEND_SEND_MODE_SHIFT, parameter.classes),
        default_value: parameter.default.map_or(ptr::null(), CStr::as_ptr),
    }));
    info.leak()
}

/// A set of types and classes. The engine makes strings of the names when it registers the function.
fn type_of(mask: u32, classes: Option<&'static CStr>) -> zend_type {
    /// A name as a C string: a bit of its own since PHP 8.3.
    const LITERAL_NAME: u32 = if cfg!(php83) { 1 << 23 } else { ext_php_rs::ffi::_ZEND_TYPE_NAME_BIT };
    match classes {
        None => zend_type { ptr: ptr::null_mut(), type_mask: mask },
        Some(classes) => zend_type { ptr: classes.as_ptr().cast_mut().cast(), type_mask: mask | LITERAL_NAME },
    }
}
