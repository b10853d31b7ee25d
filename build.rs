//! Tells the crate which PHP it is built against, as cfg flags: `php_zts`, `php_debug`, `php_bundled_pcre`, `php_dates`, and `php83` and so on for
//! every version from 8.3 up to that one. `PHP_CONFIG` names another php-config than the one in the path, as for ext-php-rs.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// Oldest version that the extension supports, and the newest that has a flag.
const OLDEST: u32 = 802;
const NEWEST: u32 = 806;

fn main() {
    for variable in ["PHP_CONFIG", "PATH"] {
        println!("cargo:rerun-if-env-changed={variable}");
    }
    println!("cargo:rerun-if-changed=build.rs");

    let version: u32 = php_config("--vernum").parse().expect("php-config --vernum prints a number");
    let version = version / 100;
    assert!(version >= OLDEST, "Trove needs PHP {OLDEST} or newer; php-config says {version}");
    for known in OLDEST..=version.min(NEWEST) {
        println!("cargo:rustc-cfg=php{}", known / 100 * 10 + known % 100);
    }

    let include = PathBuf::from(php_config("--include-dir"));
    if declares_dates(&include) {
        println!("cargo:rustc-cfg=php_dates");
    }
    let config = include.join("main/php_config.h");
    println!("cargo:rerun-if-changed={}", config.display());
    for (name, flag) in [("ZTS", "php_zts"), ("ZEND_DEBUG", "php_debug"), ("HAVE_BUNDLED_PCRE", "php_bundled_pcre")] {
        if defines(&config, name) {
            println!("cargo:rustc-cfg={flag}");
        }
    }
}

/// Whether the headers declare a date's state as `ext/zend/moment.rs` does, in a 64-bit PHP.
fn declares_dates(include: &Path) -> bool {
    let declared = |header: &str, structs: &[&str]| {
        let path = include.join("ext/date").join(header);
        println!("cargo:rerun-if-changed={}", path.display());
        let text = fs::read_to_string(path).unwrap_or_default();
        let words = without_comments(&text).split_whitespace().collect::<Vec<_>>().join(" ");
        structs.iter().all(|fields| words.contains(fields))
    };
    declared("php_date.h", &["struct _php_date_obj { timelib_time *time; zend_object std; }"])
        && declared("lib/timelib.h", &["struct _timelib_tzinfo { char *name;", RELATIVE, TIME])
}

const RELATIVE: &str = "struct _timelib_rel_time { timelib_sll y, m, d; timelib_sll h, i, s; timelib_sll us; int weekday; \
    int weekday_behavior; int first_last_day_of; int invert; timelib_sll days; struct { unsigned int type; timelib_sll amount; } \
    special; unsigned int have_weekday_relative, have_special_relative; }";
const TIME: &str = "struct _timelib_time { timelib_sll y, m, d; timelib_sll h, i, s; timelib_sll us; int z; char *tz_abbr; \
    timelib_tzinfo *tz_info; signed int dst; timelib_rel_time relative; timelib_sll sse; \
    unsigned int have_time, have_date, have_zone, have_relative, have_weeknr_day; unsigned int sse_uptodate; \
    unsigned int tim_uptodate; unsigned int is_localtime; unsigned int zone_type; }";

fn without_comments(text: &str) -> String {
    let mut parts = text.split("/*");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.filter_map(|part| part.split_once("*/")).fold(first, |code, (_, rest)| code + " " + rest)
}

/// What php-config prints for `option`.
fn php_config(option: &str) -> String {
    let program = env::var("PHP_CONFIG").unwrap_or_else(|_| "php-config".to_owned());
    let output = Command::new(&program)
        .arg(option)
        .output()
        .unwrap_or_else(|e| panic!("{program} {option}: {e}; it comes with PHP's development files (php-dev)"));
    assert!(output.status.success(), "{program} {option} failed");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// Whether the header defines `name` as something else than 0.
fn defines(header: &Path, name: &str) -> bool {
    let text = fs::read_to_string(header).unwrap_or_else(|e| panic!("{}: {e}", header.display()));
    text.lines().any(|line| {
        let mut words = line.split_whitespace();
        words.next() == Some("#define") && words.next() == Some(name) && words.next() != Some("0")
    })
}
