//! Requests that are made up: keys by Zipf's law, of sizes that are as likely in each order of magnitude, and scans.

use crate::random::Dice;

/// What a trace is like.
pub struct Kind {
    pub name: &'static str,
    /// Exponent of Zipf's law.
    zipf: f64,
    /// Bytes of the largest object; the smallest has 50.
    largest: f64,
    /// Now and then as many keys as a quarter of the common ones, asked for once.
    scans: bool,
    /// An object is good for so many requests at most, each for its own number; none: forever.
    lifetime: Option<u64>,
    /// What is popular changes: after each thousand requests, a hundredth of the keys change places with others.
    drifts: bool,
}

const fn kind(name: &'static str, zipf: f64, scans: bool) -> Kind {
    Kind { name, zipf, largest: 500_000.0, scans, lifetime: None, drifts: false }
}

/// The traces of the report.
pub const KINDS: &[Kind] = &[
    kind("Zipf 0.9", 0.9, false),
    kind("Zipf 0.9, scans", 0.9, true),
    kind("Zipf 1.0", 1.0, false),
    kind("Zipf 1.0, scans", 1.0, true),
    kind("Zipf 1.1", 1.1, false),
    kind("Zipf 1.1, scans", 1.1, true),
    Kind { lifetime: Some(200_000), ..kind("Zipf 0.9, TTL", 0.9, false) },
    Kind { lifetime: Some(200_000), ..kind("Zipf 1.1, scans, TTL", 1.1, true) },
    Kind { largest: 20_000.0, ..kind("Zipf 0.9, up to 20 KB", 0.9, false) },
    Kind { drifts: true, ..kind("Zipf 1.0, drifting", 1.0, false) },
];

/// One request; its number is the time.
pub struct Request {
    pub time: u64,
    pub key: u64,
    /// Bytes of key and value.
    pub size: u64,
    /// The time until which the object is good, should it be stored now.
    pub expires: u64,
}

/// Requests in order.
pub struct Trace {
    pub requests: Vec<Request>,
}

/// Bytes of a key.
pub const KEY: u64 = 16;

/// How many scans there are.
const SCANS: usize = 10;

impl Trace {
    /// Objects of four times `capacity` in all, and `length` requests for them.
    pub fn new(kind: &Kind, capacity: u64, length: usize, seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let mut sizes = Vec::new();
        while sizes.iter().sum::<u64>() < 4 * capacity {
            sizes.extend((0..64).map(|_| KEY + dice.size(50.0, kind.largest)));
        }
        let common = sizes.len();
        let zipf = Zipf::new(common, kind.zipf);
        let mut keys = Vec::with_capacity(length);
        let mut by_rank: Vec<usize> = (0..common).collect();
        while keys.len() < length {
            if kind.drifts && keys.len().is_multiple_of(1000) {
                for _ in 0..common / 100 {
                    by_rank.swap(dice.below(common as u64) as usize, dice.below(common as u64) as usize);
                }
            }
            if kind.scans && keys.len() % (length / SCANS) == length / SCANS / 2 {
                for _ in 0..(common / 4).min(length - keys.len()) {
                    keys.push(sizes.len());
                    sizes.push(sizes[dice.below(common as u64) as usize]);
                }
            } else {
                keys.push(by_rank[zipf.pick(&mut dice)]);
            }
        }
        let lifetimes: Vec<u64> =
            sizes.iter().map(|_| kind.lifetime.map_or(u64::MAX / 2, |most| most / 20 + dice.below(most))).collect();
        let request = |(time, key): (usize, usize)| {
            let time = time as u64 + 1;
            Request { time, key: key as u64, size: sizes[key], expires: time + lifetimes[key] }
        };
        Self { requests: keys.into_iter().enumerate().map(request).collect() }
    }
}

/// Numbers of which the n-th is n^-a times as likely as the first.
struct Zipf {
    cumulative: Vec<f64>,
}

impl Zipf {
    fn new(n: usize, exponent: f64) -> Self {
        let mut sum = 0.0;
        let add = |rank: usize| {
            sum += (rank as f64).powf(-exponent);
            sum
        };
        Self { cumulative: (1..=n).map(add).collect() }
    }

    fn pick(&self, dice: &mut Dice) -> usize {
        let total = self.cumulative.last().copied().unwrap_or_default();
        let point = dice.unit() * total;
        self.cumulative.partition_point(|&sum| sum < point).min(self.cumulative.len() - 1)
    }
}
