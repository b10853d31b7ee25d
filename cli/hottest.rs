//! The keys that are asked for most.
//!
//! A look at every entry would cost too much in a large segment, so each look goes through a part of it, from where the last one stopped, and
//! keeps those with the most hits. Of those the hits are compared from look to look. An entry counts its hits by chance once it has many, so
//! a rate is smoothed, and right within some percent only.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use trove_shm::cache::{CacheId, Cursor};

use crate::caches;
use crate::run::Open;
use crate::values::{self, Kind};

/// Keys that are watched.
const WATCHED: usize = 64;
/// How long a look may take.
const BUDGET: Duration = Duration::from_millis(20);
/// Entries between two looks at the time.
const STEP: u32 = 512;
/// Weight of the last look in a rate.
const WEIGHT: f64 = 0.3;

/// A key that is watched.
#[derive(Debug, Clone)]
pub struct Hot {
    /// Its hits.
    pub hits: u32,
    /// Hits per second.
    pub rate: f64,
    /// Bytes of the entry.
    pub bytes: u64,
    /// What the value is.
    pub kind: &'static str,
}

/// See the module.
#[derive(Debug, Default)]
pub struct Hottest {
    watched: HashMap<(CacheId, Vec<u8>), Hot>,
    /// The cache that is gone through, by its place among all, and how far.
    at: (usize, Cursor),
}

impl Hottest {
    /// Goes through a part of the segment, and looks again at what is watched; `passed` since the last look.
    pub fn look(&mut self, open: &Open, passed: Duration) {
        let seconds = passed.as_secs_f64();
        self.watched.retain(|(cache, key), hot| {
            let Some(hit) = open.cache.peek(*cache, key) else { return false };
            let meta = hit.meta();
            if seconds > 0.0 {
                // An entry that was stored anew begins at 0.
                let rate = f64::from(meta.hits.saturating_sub(hot.hits)) / seconds;
                hot.rate += (rate - hot.rate) * WEIGHT;
            }
            hot.hits = meta.hits;
            true
        });
        self.search(open);
        if self.watched.len() > WATCHED {
            let mut all: Vec<_> = self.watched.drain().collect();
            all.sort_by(|(_, a), (_, b)| heat(b).total_cmp(&heat(a)));
            all.truncate(WATCHED);
            self.watched.extend(all);
        }
    }

    /// The hottest first.
    pub fn keys(&self) -> Vec<(&[u8], &Hot)> {
        let mut all: Vec<_> = self.watched.iter().map(|((_, key), hot)| (key.as_slice(), hot)).collect();
        all.sort_by(|(ka, a), (kb, b)| b.rate.total_cmp(&a.rate).then(b.hits.cmp(&a.hits)).then(ka.cmp(kb)));
        all
    }

    fn search(&mut self, open: &Open) {
        let caches = caches::all(open);
        let began = Instant::now();
        // Once around at most.
        for _ in 0..=caches.len() {
            let (index, mut cursor) = self.at;
            let Some((cache, _)) = caches.get(index) else {
                self.at = (0, Cursor::default());
                continue;
            };
            loop {
                let (watched, mut seen) = (&mut self.watched, 0);
                let next = open.cache.walk(*cache, cursor, &mut |hit| {
                    let meta = hit.meta();
                    if meta.hits > 0 && (watched.len() < 4 * WATCHED || meta.hits > 255) {
                        let kind = Kind::of(meta.kind).map_or("unknown", values::name);
                        let hot = Hot { hits: meta.hits, rate: 0.0, bytes: meta.bytes, kind };
                        watched.entry((*cache, hit.key().to_vec())).or_insert(hot);
                    }
                    seen += 1;
                    seen < STEP
                });
                match next {
                    Some(next) if began.elapsed() < BUDGET => cursor = next,
                    Some(next) => {
                        self.at = (index, next);
                        return;
                    }
                    None => break,
                }
            }
            self.at = (index + 1, Cursor::default());
            if began.elapsed() >= BUDGET {
                return;
            }
        }
    }
}

/// What decides which keys stay watched: what is asked for now, then what was asked for at all.
fn heat(hot: &Hot) -> f64 {
    hot.rate * 1e6 + f64::from(hot.hits)
}
