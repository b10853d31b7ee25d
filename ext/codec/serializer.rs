//! Who makes text of arrays and objects, and the registry through which other extensions (igbinary) offer to.
//!
//! The registry is APCu's: an extension looks for the constant [`CONSTANT`] at its start and calls the function whose address it holds.

use std::sync::{PoisonError, RwLock};

pub use crate::zend::call::Registered;

/// Name of the hidden constant: its value is the address of the function that registers a serializer.
pub const CONSTANT: &[u8] = b"\0apc_register_serializer-0";

/// Most serializers that can be registered.
pub const MAX: usize = 16;

/// How arrays and objects are stored.
#[derive(Debug, Clone, Copy)]
pub enum Serializer {
    /// As images where that is possible, else as PHP's own text.
    Native,
    /// As PHP's own text.
    Php,
    /// As another extension's.
    Registered(Registered),
}

impl Serializer {
    /// The one that `apc.serializer` names: an unknown name means native, as may one that registers later.
    pub fn named(name: &[u8]) -> Self {
        match name {
            b"php" => Self::Php,
            _ => find(name).map_or(Self::Native, Self::Registered),
        }
    }
}

static REGISTRY: RwLock<Vec<Registered>> = RwLock::new(Vec::new());

/// Adds a serializer; false where the registry is full.
pub fn register(serializer: Registered) -> bool {
    let mut all = REGISTRY.write().unwrap_or_else(PoisonError::into_inner);
    let room = all.len() < MAX;
    if room {
        all.push(serializer);
    }
    room
}

/// The first serializer with this name.
pub fn find(name: &[u8]) -> Option<Registered> {
    all().into_iter().find(|known| known.name() == name)
}

/// All registered serializers, in their order.
pub fn all() -> Vec<Registered> {
    REGISTRY.read().unwrap_or_else(PoisonError::into_inner).clone()
}
