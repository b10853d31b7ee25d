//! The engine itself, with all that it takes: its segment has as many bytes as the others have for keys and values.

use super::policy::Policy;
use super::trace::{KEY, Request};
use crate::segment::{at, private, store};
use trove_shm::cache::{Cache, CacheId};

pub struct Trove {
    cache: Cache,
}

/// Requests of the trace that one request of PHP makes.
const TOGETHER: u64 = 100;

impl Trove {
    pub fn new(capacity: u64) -> Self {
        Self { cache: private(capacity) }
    }
}

impl Policy for Trove {
    fn fetch(&mut self, request: &Request) -> bool {
        if request.time.is_multiple_of(TOGETHER) {
            self.cache.end_request();
        }
        self.cache.fetch(CacheId::APCU, &name(request.key), at(request.time)).is_some()
    }

    fn store(&mut self, request: &Request) {
        // What does not fit is not there: the next request for it is a miss.
        let _ =
            store(&self.cache, &name(request.key), (request.size - KEY) as usize, request.expires, at(request.time));
    }
}

/// [`KEY`] bytes.
fn name(key: u64) -> [u8; KEY as usize] {
    let mut name = *b"key             ";
    name[8..].copy_from_slice(&key.to_be_bytes());
    name
}
