//! The codec: PHP values to payloads and back.
//!
//! | kind | payload | fetch |
//! |---|---|---|
//! | `Null` to `Double` | none: the entry's word | the word |
//! | `Str` | a string image | in place |
//! | `Array` | its own address, array and string images | in place |
//! | `Php` | what `serialize()` makes | what `unserialize()` makes of it |
//! | `Objects` | its own address, images, classes, and the steps to make the value again | the steps, with the images in place |
//! | `Registered` | the name of a serializer, NUL, what that one made | what that one makes of it |
//! | `Compressed` | any of these, compressed | as the one inside, of a copy |
//!
//! Images (see `zend::image`) hold absolute addresses in the read-only view. A payload that is read anywhere else - in a copy, or where a
//! process could not map the segment at its place - is rebased by the address that it carries.
//!
//! [`encode::Plan`] runs whatever may run PHP code before the caller reserves memory, so nothing runs between reserving and publishing.
//! [`decode::Stored`] does not touch the segment when PHP code may run, unless the segment's bytes stay until the end of the request.

mod brief;
pub mod compress;
pub mod decode;
pub mod encode;
mod flat;
mod graph;
mod nested;
mod numbers;
mod rebase;
mod recipe;
pub mod serializer;
mod single;
mod tables;
mod text;

pub use trove_shm::kind::Kind;

/// Why a value is not stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreError {
    /// It is a resource.
    Resource,
    /// PHP code or a serializer threw: the exception is pending.
    Exception,
    /// The serializer gave nothing and threw nothing.
    Serializer,
}

/// A value could not be made of a payload: an exception is pending, a warning was given, or the payload is damaged. The fetch is a miss.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreadable;
