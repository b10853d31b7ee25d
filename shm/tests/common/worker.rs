//! A process that does random things to a cache and checks everything it sees: each payload says of which key it is, and sums up to what it says.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use trove_shm::cache::{Cache, Change, Cursor, Glance, Mode, Now, Spec, Update, Value};
use trove_shm::error::Error;
use trove_shm::segment::Segment;

use super::arena::Dice;
use super::store::{APCU, Kept, spec};

const KEYS: u64 = 400;
/// Counters: never deleted, so that increments add up.
const COUNTERS: u64 = 8;

pub struct Worker {
    cache: Cache,
    segment: Arc<Segment>,
    dice: Dice,
    kept: Vec<(Kept, u64)>,
    /// What each counter was when it was last looked at.
    counters: [u64; COUNTERS as usize],
    began: Instant,
    /// What this worker has added to the counters.
    pub added: u64,
    /// Operations done.
    pub done: u64,
}

impl Worker {
    pub fn new(segment: &Arc<Segment>, seed: u64) -> Self {
        let mut cache = Cache::attach(Arc::clone(segment)).unwrap();
        cache.set_pin_policy(true, 2000, 10);
        Self {
            cache,
            segment: Arc::clone(segment),
            dice: Dice(seed | 1),
            kept: Vec::new(),
            counters: [0; COUNTERS as usize],
            began: Instant::now(),
            added: 0,
            done: 0,
        }
    }

    pub fn cache(&self) -> &Cache {
        &self.cache
    }

    /// Works for so long.
    pub fn run_for(&mut self, time: Duration) {
        let start = Instant::now();
        while start.elapsed() < time {
            self.step();
        }
    }

    /// Works until killed.
    pub fn run(&mut self) -> ! {
        loop {
            self.step();
        }
    }

    /// A request: some operations, then its end.
    pub fn step(&mut self) {
        for _ in 0..self.dice.below(60) {
            self.operation();
            self.done += 1;
        }
        for (kept, key) in &self.kept {
            check(&key.to_le_bytes(), kept.look(&self.segment));
        }
        self.kept.clear();
        self.cache.end_request();
        self.cache.tend(self.now(), 8);
    }

    fn now(&self) -> Now {
        Now { boot_ms: 1_000_000 + self.began.elapsed().as_millis() as u64, wall_s: 1_700_000_000 }
    }

    fn operation(&mut self) {
        let now = self.now();
        let number = self.dice.below(KEYS);
        let key = number.to_le_bytes();
        match self.dice.below(100) {
            0..30 => self.put(number, now),
            30..45 => self.load(number, now),
            45..55 => self.look_at_a_counter(now),
            55..70 => {
                let Some(hit) = self.cache.fetch(APCU, &key, now) else { return };
                check(hit.key(), hit.payload());
                assert_eq!(hit.key(), key);
                if self.dice.below(4) == 0 && hit.keeps() {
                    self.kept.push((Kept::of(&self.cache, &hit), number));
                }
            }
            70..78 => drop(self.cache.delete(APCU, &key).unwrap()),
            78..82 => {
                let size = self.size();
                drop(self.cache.reserve(&spec(&key, Value::Payload(size)), now));
            }
            82..84 => drop(self.cache.touch(APCU, &key, now.boot_ms + self.dice.below(200), now).unwrap()),
            84..98 => self.increment(now),
            98 => {
                let next = self.cache.walk(APCU, Cursor::default(), &mut |hit| {
                    check(hit.key(), hit.payload());
                    true
                });
                assert_eq!(next, None);
            }
            _ => self.cache.tend(now, 64),
        }
    }

    /// Finds an entry without a pin, mostly.
    fn load(&mut self, number: u64, now: Now) {
        let key = number.to_le_bytes();
        match self.cache.glance(APCU, &key, None, now) {
            Glance::Missing => {}
            Glance::Kept { payload, .. } => {
                check(&key, payload);
                self.kept.push((Kept::at(&self.cache, payload), number));
            }
            Glance::Unclear => {
                if let Some(hit) = self.cache.fetch(APCU, &key, now) {
                    check(&key, hit.payload());
                }
            }
            Glance::Inline { .. } => panic!("no integer was stored there"),
        }
    }

    fn look_at_a_counter(&mut self, now: Now) {
        let counter = self.dice.below(COUNTERS) as u8;
        let key = [0xff, counter];
        let count = match self.cache.glance(APCU, &key, None, now) {
            Glance::Missing => None,
            Glance::Inline { word, .. } => Some(word),
            Glance::Unclear => self.cache.fetch(APCU, &key, now).map(|hit| hit.word()),
            Glance::Kept { .. } => panic!("a counter has no payload"),
        };
        let Some(count) = count else { return };
        let last = &mut self.counters[usize::from(counter)];
        assert!(count >= *last, "a counter went back from {last} to {count}");
        *last = count;
    }

    fn put(&mut self, number: u64, now: Now) {
        let key = number.to_le_bytes();
        let size = self.size();
        let expires = if self.dice.below(3) == 0 { now.boot_ms + self.dice.below(500) } else { u64::MAX };
        let mode = [Mode::Set, Mode::Set, Mode::Add, Mode::Replace][self.dice.below(4) as usize];
        match self.cache.reserve(&Spec { expires, ..spec(&key, Value::Payload(size)) }, now) {
            Ok(mut reserved) => {
                fill(&key, reserved.payload(), self.dice.roll());
                reserved.publish(mode, now).unwrap();
            }
            Err(Error::NoSpace { .. }) => {}
            Err(e) => panic!("{e}"),
        }
    }

    fn increment(&mut self, now: Now) {
        let key = [0xff, self.dice.below(COUNTERS) as u8];
        loop {
            match self.cache.update_integer(APCU, &key, Change::Add(1), now).unwrap() {
                Update::Done(_) => break self.added += 1,
                Update::Missing => {
                    let counter = Spec { pinned: true, ..spec(&key, Value::Inline { word: 0, integer: true }) };
                    match self.cache.reserve(&counter, now) {
                        Ok(reserved) => drop(reserved.publish(Mode::Add, now).unwrap()),
                        Err(Error::NoSpace { .. }) => break,
                        Err(e) => panic!("{e}"),
                    }
                }
                other => panic!("{other:?}"),
            }
        }
    }

    fn size(&mut self) -> usize {
        self.dice.size(24, 20_000) as usize
    }
}

/// Sum of all counters.
pub fn counted(cache: &Cache, now: Now) -> u64 {
    (0..COUNTERS as u8).filter_map(|i| cache.fetch(APCU, &[0xff, i], now)).map(|hit| hit.word()).sum()
}

/// Fills a payload: sum, key, noise.
fn fill(key: &[u8; 8], payload: &mut [u8], noise: u64) {
    let mut dice = Dice(noise | 1);
    payload[8..16].copy_from_slice(key);
    for byte in &mut payload[16..] {
        *byte = dice.roll() as u8;
    }
    let sum = sum(&payload[8..]);
    payload[..8].copy_from_slice(&sum.to_le_bytes());
}

fn check(key: &[u8], payload: &[u8]) {
    if payload.is_empty() {
        return;
    }
    assert_eq!(&payload[8..16], key, "another key's payload");
    assert_eq!(payload[..8], sum(&payload[8..]).to_le_bytes(), "a torn payload");
}

fn sum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3))
}
