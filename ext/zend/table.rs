//! UNSAFE: a table by key that a function returns.
//!
//! Contract: nobody else has the table before it is handed over. Adding may leave by a bailout: all memory is the engine's.
#![expect(unsafe_code, reason = "the engine's tables are filled by pointer")]

use core::ptr;

use ext_php_rs::boxed::ZBox;
use ext_php_rs::ffi::{zend_hash_index_update, zend_hash_update};
use ext_php_rs::types::{ZendHashTable, ZendStr, Zval};

use super::sys;

/// A table that is being filled.
pub struct Table(ZBox<ZendHashTable>);

impl Table {
    /// An empty one with room for `count` elements.
    pub fn with_room(count: u32) -> Self {
        Self(ZendHashTable::with_capacity(count))
    }

    /// Puts a value under a key as PHP takes it in arrays: a decimal number is one.
    #[inline]
    pub fn put(&mut self, key: &ZendStr, value: Zval) {
        let mut value = core::mem::ManuallyDrop::new(value);
        let (table, value) = (&raw mut *self.0, &raw mut *value);
        let bytes = key.as_bytes();
        let mut index = 0;
        // SAFETY: a table of ours, which takes the value over; the key is a string, of which the table takes a reference of its own unless it is
        // interned. The engine's test wants a text that starts like a number, and reads the NUL behind it, which every string has.
        unsafe {
            let starts_as_number = matches!(bytes, [b'0'..=b'9', ..] | [b'-', b'0'..=b'9', ..]);
            if starts_as_number && sys::_zend_handle_numeric_str_ex(bytes.as_ptr().cast(), bytes.len(), &raw mut index)
            {
                zend_hash_index_update(table, index, value);
            } else {
                zend_hash_update(table, ptr::from_ref(key).cast_mut(), value);
            }
        }
    }

    /// Puts a value under a number.
    pub fn put_at(&mut self, index: i64, value: Zval) {
        let mut value = core::mem::ManuallyDrop::new(value);
        // SAFETY: as in `put`.
        unsafe { zend_hash_index_update(&raw mut *self.0, index as u64, &raw mut *value) };
    }

    /// The table.
    pub fn finish(self) -> ZBox<ZendHashTable> {
        self.0
    }
}
