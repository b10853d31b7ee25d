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
    pub const STRING: u32 = 1 << 6;
    pub const ARRAY: u32 = 1 << 7;
    pub const CALLABLE: u32 = 1 << 12;
    pub const VOID: u32 = 1 << 14;
    pub const MIXED: u32 = ext_php_rs::ffi::MAY_BE_ANY;
}

/// What runs when a function is called. The result is null until it is set.
pub type Handler = extern "C" fn(frame: &mut ExecuteData, result: &mut Zval);

/// A parameter.
#[derive(Clone, Copy)]
pub struct Parameter {
    name: &'static CStr,
    types: u32,
    by_reference: bool,
    default: Option<&'static CStr>,
}

impl Parameter {
    /// A parameter without a default, or of one that reflection does not know.
    pub const fn new(name: &'static CStr, types: u32) -> Self {
        Self { name, types, by_reference: false, default: None }
    }

    /// With a default, in PHP's words.
    pub const fn default(self, value: &'static CStr) -> Self {
        Self { default: Some(value), ..self }
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

/// The engine's table of functions. O(n), once for each module.
pub fn entries(functions: &[Function]) -> *const zend_function_entry {
    table(functions, 0)
}

/// The engine's table of public methods.
pub fn methods(methods: &[Function]) -> *const zend_function_entry {
    table(methods, ext_php_rs::ffi::ZEND_ACC_PUBLIC)
}

fn table(functions: &[Function], flags: u32) -> *const zend_function_entry {
    // SAFETY: an entry is plain data, and all zeros is the one that ends a table.
    let end = || unsafe { mem::zeroed::<zend_function_entry>() };
    let mut table: Vec<zend_function_entry> = functions
        .iter()
        .map(|function| {
            let mut entry = end();
            entry.fname = function.name.as_ptr();
            // SAFETY: the two types differ in `&mut T` against `*mut T` alone; the engine passes pointers to a live frame and a live
            // return value, which nobody else uses while the function runs.
            let handler = unsafe {
                mem::transmute::<Handler, unsafe extern "C" fn(*mut zend_execute_data, *mut zval)>(function.handler)
            };
            entry.handler = Some(handler);
            entry.arg_info = arg_info(function).as_ptr();
            entry.num_args = function.parameters.len() as u32;
            entry.flags = flags;
            entry
        })
        .collect();
    table.push(end());
    table.leak().as_ptr()
}

/// The first element stands for the function itself: the number of required parameters, and the return type.
fn arg_info(function: &Function) -> &'static [zend_internal_arg_info] {
    let of = |mask| zend_type { ptr: ptr::null_mut(), type_mask: mask };
    let mut info = vec![zend_internal_arg_info {
        name: function.required as *const _,
        type_: of(function.returns),
        default_value: ptr::null(),
    }];
    info.extend(function.parameters.iter().map(|parameter| zend_internal_arg_info {
        name: parameter.name.as_ptr(),
        type_: of(parameter.types | u32::from(parameter.by_reference) << _ZEND_SEND_MODE_SHIFT),
        default_value: parameter.default.map_or(ptr::null(), CStr::as_ptr),
    }));
    info.leak()
}
