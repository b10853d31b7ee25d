//! Strings made for PHP.

use ext_php_rs::types::{ZendStr, Zval};

/// A new string.
pub fn copy(bytes: &[u8]) -> Zval {
    let mut value = Zval::new();
    value.set_zend_string(ZendStr::new(bytes, false));
    value
}
