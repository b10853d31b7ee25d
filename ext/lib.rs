//! The PHP extension `trove`: PHP's face of the engine in `trove-shm`.
//!
//! Bottom up: `zend` (the engine of PHP, seen from safe Rust), `codec` (values to payloads and back), `options` (of named caches), `ini`, `clock`, `opcache`, `request` (what a
//! thread keeps), `resets`, `error` (messages), `api` (functions and classes), `module` (start and end).
//!
//! `unsafe` stands in the modules of `zend` that say UNSAFE in their first line, and nowhere else.

mod api;
mod clock;
mod codec;
mod error;
mod ini;
mod module;
mod opcache;
mod options;
mod realpaths;
mod request;
mod resets;
mod zend;
