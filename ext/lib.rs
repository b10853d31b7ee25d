//! The PHP extension `trove`.
#![allow(missing_docs)]

mod codec;
mod zend;

use ext_php_rs::prelude::*;
#[php_module]
pub fn module(m: ModuleBuilder) -> ModuleBuilder {
    m
}
