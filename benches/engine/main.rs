//! What `make bench` measures of the engine without PHP, each as JSON on standard output.
//!
//! ```text
//! trove-bench attach FILE TIMES        microseconds to attach to a segment, each time
//! trove-bench churn OPERATIONS         share of a segment that is alive under a steady churn
//! trove-bench hits REQUESTS SEEDS      hit ratios of Trove and of other policies
//! trove-bench lines                    operations whose stores `benches/suite/lines.php` looks at
//! ```

mod attach;
mod churn;
mod hits;
mod lines;
mod random;
mod segment;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let number = |word: &str| word.parse::<u64>().unwrap_or_else(|_| panic!("{word} is no number"));
    match words[..] {
        ["attach", file, times] => attach::run(file.as_ref(), number(times)),
        ["churn", operations] => churn::run(number(operations)),
        ["hits", requests, seeds] => hits::run(number(requests), number(seeds)),
        ["lines"] => lines::run(),
        _ => {
            eprintln!("usage: trove-bench attach FILE TIMES | churn OPERATIONS | hits REQUESTS SEEDS | lines");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
