//! The face of the Zend engine: what the rest of the extension may do with PHP's values. Only modules in here are unsafe.

pub mod call;
pub mod image;
pub mod make;
pub mod value;
