//! Keys copied out of the segment, and lists made of them.

use core::cell::RefCell;

use ext_php_rs::types::{ZendHashTable, Zval};

use crate::zend::guard::guarded;
use crate::zend::string;

/// Byte strings, one after another. Filled while a walk holds a pin, where nothing of PHP's engine may be called.
#[derive(Default)]
pub struct Keys {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Keys {
    /// Adds one.
    pub fn push(&mut self, key: &[u8]) {
        self.bytes.extend_from_slice(key);
        self.ends.push(self.bytes.len());
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// The one at `index`.
    pub fn at(&self, index: usize) -> Option<&[u8]> {
        let start = if index == 0 { 0 } else { *self.ends.get(index - 1)? };
        self.bytes.get(start..*self.ends.get(index)?)
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len()).filter_map(|index| self.at(index))
    }

    /// A PHP list of them in `result`. May leave by a bailout, which frees them.
    pub fn into_list(self, result: &mut Zval) {
        let keys = RefCell::new(self);
        guarded(
            || {
                let keys = keys.borrow();
                let mut list = ZendHashTable::with_capacity(keys.len().try_into().unwrap_or(u32::MAX));
                keys.iter().for_each(|key| {
                    let _ = list.push(string::copy(key));
                });
                result.set_hashtable(list);
            },
            || drop(keys.take()),
        );
    }
}
