//! S3-FIFO (Yang, Zhang, Qiu, Yue, Rashmi; SOSP 2023): a small queue for what is new, a tenth of the bytes; a main queue for what was asked for
//! there more than once, or comes back; a ghost queue that remembers what left the small one.

use super::policy::{Policy, Queue};
use super::trace::Request;

pub struct S3Fifo {
    capacity: u64,
    small: Queue,
    main: Queue,
    /// Names alone; their bytes are those that the objects had.
    ghost: Queue,
}

/// Accesses are counted up to this.
const MOST: u8 = 3;

impl S3Fifo {
    pub fn new(capacity: u64) -> Self {
        Self { capacity, small: Queue::default(), main: Queue::default(), ghost: Queue::default() }
    }

    fn evict(&mut self) {
        if self.small.bytes >= self.capacity / 10 || self.main.bytes == 0 {
            self.evict_small();
        } else {
            self.evict_main();
        }
    }

    fn evict_small(&mut self) {
        while let Some((key, mut object)) = self.small.pop() {
            if object.marks > 1 {
                object.marks = 0;
                self.main.push(key, object);
            } else {
                self.ghost.push(key, object);
                while self.ghost.bytes > self.capacity / 10 * 9 && self.ghost.pop().is_some() {}
                return;
            }
        }
    }

    fn evict_main(&mut self) {
        while let Some((key, mut object)) = self.main.pop() {
            if object.marks == 0 {
                return;
            }
            object.marks -= 1;
            self.main.push(key, object);
        }
    }
}

impl Policy for S3Fifo {
    fn fetch(&mut self, request: &Request) -> bool {
        let count = |object: &mut super::policy::Object| object.marks = MOST.min(object.marks + 1);
        self.small.find_live(request).map(count).or_else(|| self.main.find_live(request).map(count)).is_some()
    }

    fn store(&mut self, request: &Request) {
        while self.small.bytes + self.main.bytes + request.size > self.capacity {
            self.evict();
        }
        if self.ghost.remove(request.key).is_some() {
            self.main.push(request.key, request.object());
        } else {
            self.small.push(request.key, request.object());
        }
    }
}
