//! W-TinyLFU (Einziger, Friedman, Manes; ACM Transactions on Storage 2017): what is new waits in a window of 1%; what leaves the window replaces
//! the main part's victim if it was asked for more often. The main part is a segmented LRU, four fifths of it protected. Here the frequencies are
//! counted exactly, not in a sketch: they are an upper bound of what the real one knows.

use std::collections::HashMap;

use super::policy::{Policy, Queue};
use super::trace::Request;

pub struct TinyLfu {
    capacity: u64,
    window: Queue,
    probation: Queue,
    protected: Queue,
    counts: HashMap<u64, u8>,
    asked: u64,
    objects: u64,
}

/// Frequencies are counted up to this, and halved after ten requests for each object that the cache holds.
const MOST: u8 = 15;

impl TinyLfu {
    pub fn new(capacity: u64) -> Self {
        let queue = Queue::default;
        let counts = HashMap::new();
        Self { capacity, window: queue(), probation: queue(), protected: queue(), counts, asked: 0, objects: 0 }
    }

    fn count(&mut self, key: u64) {
        let count = self.counts.entry(key).or_default();
        *count = MOST.min(*count + 1);
        self.asked += 1;
        if self.asked >= 10 * self.objects.max(1000) {
            self.asked = 0;
            self.counts.retain(|_, count| {
                *count /= 2;
                *count > 0
            });
        }
    }

    fn frequency(&self, key: u64) -> u8 {
        self.counts.get(&key).copied().unwrap_or_default()
    }

    /// Lets the window's oldest compete with the main part's.
    fn drain_window(&mut self) {
        while self.window.bytes > self.capacity / 100 {
            let Some((candidate, object)) = self.window.pop() else { return };
            let main = self.capacity - self.capacity / 100;
            let mut admitted = true;
            while self.probation.bytes + self.protected.bytes + object.size > main {
                let Some(victim) = self.probation.front().or_else(|| self.protected.front()) else { break };
                if self.frequency(candidate) <= self.frequency(victim) {
                    admitted = false;
                    break;
                }
                if self.probation.remove(victim).or_else(|| self.protected.remove(victim)).is_some() {
                    self.objects -= 1;
                }
            }
            if admitted {
                self.probation.push(candidate, object);
            } else {
                self.objects -= 1;
            }
        }
    }

    fn promote(&mut self, key: u64) {
        let Some(object) = self.probation.remove(key) else { return };
        self.protected.push(key, object);
        while self.protected.bytes > self.capacity / 5 * 4 {
            let Some((key, object)) = self.protected.pop() else { return };
            self.probation.push(key, object);
        }
    }
}

impl Policy for TinyLfu {
    fn fetch(&mut self, request: &Request) -> bool {
        self.count(request.key);
        let before = [&self.window, &self.probation, &self.protected].map(|queue| queue.bytes).iter().sum::<u64>();
        if self.window.find_live(request).is_some() {
            return self.window.renew(request.key);
        }
        if self.probation.find_live(request).is_some() {
            self.promote(request.key);
            return true;
        }
        if self.protected.find_live(request).is_some() {
            return self.protected.renew(request.key);
        }
        let after = [&self.window, &self.probation, &self.protected].map(|queue| queue.bytes).iter().sum::<u64>();
        self.objects -= u64::from(after < before);
        false
    }

    fn store(&mut self, request: &Request) {
        self.window.push(request.key, request.object());
        self.objects += 1;
        self.drain_window();
    }
}
