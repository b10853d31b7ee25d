//! What a hit leaves in an entry: a count, and when it was; and what is known of its key from before.
//!
//! All stand in one word, [`Entry::hits`]. The lower 13 bits are the count, as a float of 8 bits of mantissa and 5 of exponent: exact up to
//! [`EXACT`], then each hit is counted with a probability that halves as the count doubles (Morris, CACM 1978), with an error of some six percent.
//! The next three are the [`Past`] of the key, which the count of this entry says nothing of. The upper half is the lower part of [`clock`].
//! So the word of a hot key is written ever more rarely: about 128 times for each doubling of its hits, and once for each tick of the clock.

use core::cell::Cell;

use crate::layout::Entry;
use crate::segment::Segment;
use crate::word::{Ordering, Word32};

/// Hits that are counted exactly.
pub const EXACT: u32 = (1 << MANTISSA) - 1;

const MANTISSA: u32 = 8;
const HIGHEST_EXPONENT: u32 = 23;
const EXPONENT_BITS: u32 = 0x1f;
const PAST: u32 = MANTISSA + EXPONENT_BITS.count_ones();
const PAST_BITS: u32 = 7;

/// Ticks by which a word may be ahead of somebody's clock: one turnover. He has looked at the clock before another noted a hit.
const MOST_AHEAD: u16 = 256;

/// The eviction clock: it moves with the turnover of the cache, so idle time has the right scale for every load.
#[inline]
#[must_use]
pub fn clock(segment: &Segment) -> u16 {
    let tick = segment.geometry().tick & (u64::BITS - 1);
    (segment.header().era.retired_total.load(Ordering::Relaxed) >> tick) as u16
}

/// A thread's look at [`clock`], which stands beside the era: to read it costs a transfer between cores whenever somebody has retired something.
#[derive(Debug, Default)]
pub struct Ticks {
    /// The second of the look.
    second: Cell<u32>,
    seen: Cell<u16>,
    /// Hits for which it serves.
    left: Cell<u16>,
}

impl Ticks {
    /// Hits that one look serves, some 50 microseconds of a busy reader. Fewer, and looks are more often than others retire: each time somebody has,
    /// one fetch waits, which is one of a hundred beside a process that stores without pause.
    const HITS: u16 = 2000;

    /// What the clock said at most some hits ago, in this boot-time second.
    #[inline(always)]
    pub fn lately(&self, segment: &Segment, second: u32) -> u16 {
        let left = self.left.get();
        if left == 0 || self.second.get() != second {
            self.second.set(second);
            self.seen.set(clock(segment));
            self.left.set(Self::HITS);
        } else {
            self.left.set(left - 1);
        }
        self.seen.get()
    }
}

/// How often a key was asked for before its entry was made, rounded down: what keeps a key from starting from nothing each time that its entry
/// expires, or had to go. Rounding is how it forgets: a key that is less asked for in each life than in the one before sinks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Past(u32);

impl Past {
    /// The past of a key of which nothing is known.
    pub const NONE: Self = Self(0);
    /// What the levels stand for.
    const LEVELS: [u32; 8] = [0, 1, 2, 4, 8, 16, 64, 256];

    /// Of so many times.
    #[inline]
    #[must_use]
    pub fn of(times: u32) -> Self {
        // By the length of the number in bits.
        const LEVEL: [u8; 10] = [0, 1, 2, 3, 4, 5, 5, 6, 6, 7];
        let bits = (u32::BITS - times.leading_zeros()) as usize;
        Self(LEVEL[bits.min(LEVEL.len() - 1)].into())
    }

    /// By its number, of which the lower three bits count.
    #[inline]
    #[must_use]
    pub fn from_level(level: u32) -> Self {
        Self(level & PAST_BITS)
    }

    /// Its number, 0 to 7.
    #[inline]
    #[must_use]
    pub fn level(self) -> u32 {
        self.0
    }

    /// At least so many times.
    #[inline]
    #[must_use]
    pub fn times(self) -> u32 {
        Self::LEVELS[(self.0 & PAST_BITS) as usize]
    }
}

/// The word of an entry that was never hit.
#[inline]
#[must_use]
pub fn none_at(clock: u16, past: Past) -> u32 {
    u32::from(clock) << 16 | past.level() << PAST
}

/// Gives an entry that nobody else sees yet its key's past.
#[inline]
pub fn set_past(word: &Word32, past: Past) {
    let seen = word.load(Ordering::Relaxed);
    word.store(seen & !(PAST_BITS << PAST) | past.level() << PAST, Ordering::Relaxed);
}

/// How often a key was asked for: its entry's hits, and what is known from before.
#[inline]
#[must_use]
pub fn asked(word: u32) -> u32 {
    count(word) + Past::from_level(word >> PAST).times()
}

/// The hits that a word stands for.
#[must_use]
pub fn count(word: u32) -> u32 {
    let (mantissa, exponent) = split(word);
    mantissa << exponent
}

/// Ticks between a word's last hit and `clock`; none where that was later. Wraps after 255 turnovers without a hit.
#[must_use]
pub fn idle(word: u32, clock: u16) -> u16 {
    later(word, clock).wrapping_sub(noted(word))
}

/// The clock that a word has noted.
fn noted(word: u32) -> u16 {
    (word >> 16) as u16
}

/// `clock`, or what a word has noted where that is later.
fn later(word: u32, clock: u16) -> u16 {
    if noted(word).wrapping_sub(clock) <= MOST_AHEAD { noted(word) } else { clock }
}

/// Notes a hit at `clock` and boot second `second`. Writes nothing that is already there, nor that is older: see [`access`].
#[inline(always)]
pub fn note(entry: &Entry, clock: u16, second: u32, dice: &Dice) {
    let word = entry.hits.load(Ordering::Relaxed);
    let (mantissa, exponent) = split(word);
    let counts = exponent == 0 || dice.one_in(exponent);
    if counts || noted(word) != clock {
        record(&entry.hits, word, mantissa, exponent, clock, counts);
    }
    access(entry, second);
}

/// Whether [`note`] would write nothing. Where not, `note` comes to the same after it.
#[inline]
#[must_use]
pub fn leaves_nothing(entry: &Entry, clock: u16, second: u32, dice: &Dice) -> bool {
    let word = entry.hits.load(Ordering::Relaxed);
    let (_, exponent) = split(word);
    noted(word) == clock
        && entry.accessed.load(Ordering::Relaxed) >= second
        && exponent != 0
        && !dice.is_next_one_in(exponent)
}

/// Notes an access at boot second `second` that is no hit. A clock may lag (see `Clock::lately`): what was noted later stays, or two readers of
/// a hot key would write its entry in turn.
#[inline]
pub fn access(entry: &Entry, second: u32) {
    if entry.accessed.load(Ordering::Relaxed) < second {
        entry.accessed.store(second, Ordering::Relaxed);
    }
}

#[cold]
fn record(word: &Word32, seen: u32, mantissa: u32, exponent: u32, clock: u16, counts: bool) {
    let next = |seen: u32, mantissa: u32, exponent: u32| {
        let (m, e) = match mantissa + u32::from(counts) {
            m if m <= EXACT => (m, exponent),
            _ if exponent == HIGHEST_EXPONENT => (EXACT, exponent),
            m => (m / 2, exponent + 1),
        };
        none_at(later(seen, clock), Past::from_level(seen >> PAST)) | e << MANTISSA | m
    };
    let mut seen = seen;
    let mut new = next(seen, mantissa, exponent);
    // Losing a race means that somebody else has just noted a hit; after some of them this one is not worth more.
    for _ in 0..16 {
        if new == seen {
            return;
        }
        match word.compare_exchange(seen, new, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => return,
            Err(now) => {
                seen = now;
                let (mantissa, exponent) = split(now);
                new = next(now, mantissa, exponent);
            }
        }
    }
}

fn split(word: u32) -> (u32, u32) {
    (word & EXACT, (word >> MANTISSA & EXPONENT_BITS).min(HIGHEST_EXPONENT))
}

/// A cheap source of chance for one thread.
#[derive(Debug)]
pub struct Dice(Cell<u32>);

impl Dice {
    /// Starts anywhere.
    #[must_use]
    pub fn new(seed: u32) -> Self {
        Self(Cell::new(seed))
    }

    /// True once in 2^`exponent` (at most 31) times.
    #[inline]
    fn one_in(&self, exponent: u32) -> bool {
        self.0.set(self.next());
        self.0.get() >> (32 - exponent) == 0
    }

    /// The same; where it is true, the next throw is this one again.
    #[inline]
    fn is_next_one_in(&self, exponent: u32) -> bool {
        let next = self.next();
        let is_one = next >> (32 - exponent) == 0;
        if !is_one {
            self.0.set(next);
        }
        is_one
    }

    /// A linear congruential generator; its upper bits are the good ones.
    #[inline]
    fn next(&self) -> u32 {
        self.0.get().wrapping_mul(1_664_525).wrapping_add(1_013_904_223)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(n: u32) -> u32 {
        let (word, dice) = (Word32::new(0), Dice::new(7));
        for _ in 0..n {
            let seen = word.load(Ordering::Relaxed);
            let (m, e) = split(seen);
            if e == 0 || dice.one_in(e) {
                record(&word, seen, m, e, 0, true);
            }
        }
        count(word.load(Ordering::Relaxed))
    }

    #[test]
    fn small_counts_are_exact() {
        for n in [0, 1, 2, 64, 100, EXACT] {
            assert_eq!(hits(n), n);
        }
    }

    #[test]
    fn large_counts_are_near() {
        for n in [300, 1000, 10_000, 1_000_000] {
            let found = f64::from(hits(n));
            assert!((found / f64::from(n) - 1.0).abs() < 0.25, "{found} of {n}");
        }
    }

    #[test]
    fn the_count_does_not_overflow() {
        let word = Word32::new(HIGHEST_EXPONENT << MANTISSA | EXACT);
        record(&word, word.load(Ordering::Relaxed), EXACT, HIGHEST_EXPONENT, 9, true);
        assert_eq!(count(word.load(Ordering::Relaxed)), EXACT << HIGHEST_EXPONENT);
    }

    #[test]
    fn the_past_stays_while_hits_are_counted() {
        let word = Word32::new(none_at(1, Past::of(5)));
        for clock in 2..300 {
            let seen = word.load(Ordering::Relaxed);
            let (m, e) = split(seen);
            record(&word, seen, m, e, clock, true);
        }
        let word = word.load(Ordering::Relaxed);
        assert_eq!((asked(word) - count(word), count(word) >= 256, idle(word, 300)), (4, true, 1));
    }

    #[test]
    fn the_past_is_rounded_down() {
        for (times, known) in [(0, 0), (1, 1), (3, 2), (7, 4), (8, 8), (63, 16), (255, 64), (u32::MAX, 256)] {
            assert_eq!(Past::of(times).times(), known);
            assert_eq!(Past::from_level(Past::of(times).level()), Past::of(times));
        }
    }

    #[test]
    fn idle_time_survives_a_wrap_of_the_clock() {
        assert_eq!(idle(none_at(0xfffe, Past::NONE), 3), 5);
        assert_eq!(idle(none_at(1, Past::NONE), 0), 0);
        assert_eq!(idle(none_at(2, Past::NONE), 0xfffe), 0);
        assert_eq!(idle(none_at(0x7fff, Past::NONE), 0xffff), 0x8000);
    }

    #[test]
    fn two_readers_of_a_hot_key_whose_clocks_differ_do_not_write_it_in_turn() {
        let hot = none_at(0xffff, Past::of(5)) | 20 << MANTISSA | EXACT;
        let word = Word32::new(hot);
        for clock in [0, 0xffff, 0, 0xffff, 0] {
            let seen = word.load(Ordering::Relaxed);
            let (m, e) = split(seen);
            record(&word, seen, m, e, clock, false);
            assert_eq!(word.load(Ordering::Relaxed), hot & 0xffff, "at {clock}");
        }
        let (m, e) = split(hot);
        record(&word, hot & 0xffff, m, e, 0xffff, true);
        assert_eq!(noted(word.load(Ordering::Relaxed)), 0);
    }
}
