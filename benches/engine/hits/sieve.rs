//! SIEVE (Zhang, Yang, Yue, Vigfusson, Rashmi; NSDI 2024): a queue in order of insertion; a hand goes from old to new, forgives once what was
//! asked for, and evicts the first that was not.

use super::policy::{Policy, Queue};
use super::trace::Request;

pub struct Sieve {
    capacity: u64,
    queue: Queue,
    hand: u64,
}

impl Sieve {
    pub fn new(capacity: u64) -> Self {
        Self { capacity, queue: Queue::default(), hand: 0 }
    }

    fn evict(&mut self) {
        while let Some((place, key)) = self.queue.at(self.hand).or_else(|| self.queue.at(0)) {
            self.hand = place + 1;
            match self.queue.find(key) {
                Some(object) if object.marks > 0 => object.marks = 0,
                _ => {
                    self.queue.remove(key);
                    return;
                }
            }
        }
    }
}

impl Policy for Sieve {
    fn fetch(&mut self, request: &Request) -> bool {
        self.queue.find_live(request).map(|object| object.marks = 1).is_some()
    }

    fn store(&mut self, request: &Request) {
        while self.queue.bytes + request.size > self.capacity {
            self.evict();
        }
        self.queue.push(request.key, request.object());
    }
}
