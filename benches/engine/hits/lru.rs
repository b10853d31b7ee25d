//! The least recently used leaves.

use super::policy::{Policy, Queue};
use super::trace::Request;

pub struct Lru {
    capacity: u64,
    queue: Queue,
}

impl Lru {
    pub fn new(capacity: u64) -> Self {
        Self { capacity, queue: Queue::default() }
    }
}

impl Policy for Lru {
    fn fetch(&mut self, request: &Request) -> bool {
        self.queue.find_live(request).is_some() && self.queue.renew(request.key)
    }

    fn store(&mut self, request: &Request) {
        while self.queue.bytes + request.size > self.capacity && self.queue.pop().is_some() {}
        self.queue.push(request.key, request.object());
    }
}
