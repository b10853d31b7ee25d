//! Probabilistic early expiration: who computes a value before it expires, so that nobody finds it expired.
//!
//! The rule is XFetch (Vattani, Chierichetti and Lowenstein, "Optimal Probabilistic Cache Stampede Prevention", VLDB 2015): a process that finds a
//! value with `left` to live, whose computation takes `cost`, computes it anew where
//!
//! ```text
//! cost * beta * -ln(uniform (0, 1]) >= left
//! ```
//!
//! so with probability e^(-left / (cost * beta)). A `beta` of 1 is the optimum for one asker at a time; above, it is done earlier.

/// Whether the value is to be computed now. `chance` is any number, of which all are as likely.
#[must_use]
pub fn is_due(cost_ms: u64, beta: f64, left_ms: u64, chance: u64) -> bool {
    /// As many values as a double tells apart between 0 and 1.
    const STEPS: u64 = 1 << 53;
    let uniform = ((chance >> 11) + 1) as f64 / STEPS as f64;
    let gap = cost_ms as f64 * beta * -uniform.ln();
    gap > 0.0 && gap >= left_ms as f64
}

/// A number for [`is_due`], of a moment in nanoseconds and of who asks: of those that ask in the same moment each gets another one.
#[must_use]
pub fn chance(who: u64, nanoseconds: u64) -> u64 {
    let mut seed = [0; 16];
    seed[..8].copy_from_slice(&who.to_le_bytes());
    seed[8..].copy_from_slice(&nanoseconds.to_le_bytes());
    xxhash_rust::xxh3::xxh3_64(&seed)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many of 100,000 askers compute.
    fn share(cost_ms: u64, beta: f64, left_ms: u64) -> f64 {
        let asked = 100_000;
        let due = (0..asked).filter(|&i| is_due(cost_ms, beta, left_ms, chance(i % 7, i * 1_000))).count();
        due as f64 / asked as f64
    }

    #[test]
    fn the_share_that_computes_early_is_that_of_the_formula() {
        for (cost, beta, left) in
            [(100, 1.0, 100_u64), (100, 1.0, 300), (100, 2.0, 300), (5_000, 0.5, 1_000), (1, 1.0, 4)]
        {
            let expected = (-(left as f64) / (cost as f64 * beta)).exp();
            let found = share(cost, beta, left);
            // Four standard deviations of so many throws.
            let room = 4.0 * (expected * (1.0 - expected) / 100_000.0).sqrt();
            assert!((found - expected).abs() < room, "cost {cost}, beta {beta}, left {left}: {found}, not {expected}");
        }
    }

    #[test]
    fn without_beta_or_cost_nobody_is_early() {
        assert_eq!(share(100, 0.0, 1), 0.0);
        assert_eq!(share(0, 1.0, 1), 0.0);
        assert_eq!(share(0, 1.0, 0), 0.0);
        assert_eq!(share(100, 1.0, u64::MAX), 0.0);
    }

    #[test]
    fn the_ends_of_chance_are_numbers_too() {
        assert!(!is_due(100, 1.0, 1, u64::MAX), "ln(1) is 0");
        assert!(is_due(100, 1.0, 3_600, 0), "36.7 times the cost");
        assert!(!is_due(100, 1.0, 3_700, 0));
    }
}
