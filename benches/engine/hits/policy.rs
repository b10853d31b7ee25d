//! What a policy is asked, and a queue to build policies from.

use std::collections::{BTreeMap, HashMap};

use super::trace::Request;

/// A cache that decides what leaves. An object that has expired is not found.
pub trait Policy {
    /// Whether the object is there; notes the access.
    fn fetch(&mut self, request: &Request) -> bool;

    /// Stores an object that was not there, and makes room before.
    fn store(&mut self, request: &Request);
}

/// What is known of an object.
#[derive(Clone, Copy)]
pub struct Object {
    pub size: u64,
    pub expires: u64,
    /// Accesses, for policies that count them; or whether there was one.
    pub marks: u8,
}

/// Objects in an order, and their bytes.
#[derive(Default)]
pub struct Queue {
    objects: HashMap<u64, (u64, Object)>,
    order: BTreeMap<u64, u64>,
    next: u64,
    pub bytes: u64,
}

impl Queue {
    /// To the back.
    pub fn push(&mut self, key: u64, object: Object) {
        self.remove(key);
        self.next += 1;
        self.order.insert(self.next, key);
        self.objects.insert(key, (self.next, object));
        self.bytes += object.size;
    }

    /// From the front.
    pub fn pop(&mut self) -> Option<(u64, Object)> {
        let key = *self.order.first_key_value()?.1;
        self.remove(key).map(|object| (key, object))
    }

    /// The one at the front.
    pub fn front(&self) -> Option<u64> {
        self.order.first_key_value().map(|(_, key)| *key)
    }

    /// The place and the key of the first one at or after a place.
    pub fn at(&self, place: u64) -> Option<(u64, u64)> {
        self.order.range(place..).next().map(|(place, key)| (*place, *key))
    }

    pub fn remove(&mut self, key: u64) -> Option<Object> {
        let (place, object) = self.objects.remove(&key)?;
        self.order.remove(&place);
        self.bytes -= object.size;
        Some(object)
    }

    pub fn find(&mut self, key: u64) -> Option<&mut Object> {
        self.objects.get_mut(&key).map(|(_, object)| object)
    }

    /// As [`Queue::find`], but one that has expired is removed.
    pub fn find_live(&mut self, request: &Request) -> Option<&mut Object> {
        if self.objects.get(&request.key)?.1.expires <= request.time {
            self.remove(request.key);
        }
        self.find(request.key)
    }

    /// Moves it to the back; false where it is not there.
    pub fn renew(&mut self, key: u64) -> bool {
        let Some(object) = self.remove(key) else { return false };
        self.push(key, object);
        true
    }
}

impl Request {
    /// As it is stored.
    pub fn object(&self) -> Object {
        Object { size: self.size, expires: self.expires, marks: 0 }
    }
}
