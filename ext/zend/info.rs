//! UNSAFE: tables in phpinfo().
#![expect(unsafe_code, reason = "calls of variadic C functions")]

use ext_php_rs::ffi::{
    php_info_print_table_end, php_info_print_table_row, php_info_print_table_start, zend_module_entry,
};

use super::report::c_string;
use super::sys;

/// Prints a table of two columns.
pub fn table<'a>(rows: impl IntoIterator<Item = (&'a str, String)>) {
    // SAFETY: takes nothing.
    unsafe { php_info_print_table_start() };
    for (name, value) in rows {
        let (name, value) = (c_string(name), c_string(&value));
        // SAFETY: two strings, as the count says, which end with NUL.
        unsafe { php_info_print_table_row(2, name.as_ptr(), value.as_ptr()) };
    }
    // SAFETY: takes nothing.
    unsafe { php_info_print_table_end() };
}

/// Prints the ini entries of a module.
pub fn ini_entries(module: *mut zend_module_entry) {
    // SAFETY: called from the module's info callback, with the entry that the engine passed.
    unsafe { sys::display_ini_entries(module) };
}
