//! What each PHP of the host is set to, as its own `-i` tells.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{Finding, Level};
use crate::text::path;

/// Where programs lie besides PATH: php-fpm often does in one that users do not search.
const DIRECTORIES: [&str; 4] = ["/usr/sbin", "/usr/local/sbin", "/usr/bin", "/usr/local/bin"];

/// Below this, an application of some size does not fit into the realpath cache.
const REALPATH_BYTES: u64 = 4 << 20;

/// What a PHP says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Info {
    version: String,
    sapi: String,
    settings: BTreeMap<String, String>,
    extensions: Vec<String>,
}

/// Asks every php and php-fpm that is found.
pub fn all() -> Vec<Finding> {
    let programs = programs();
    if programs.is_empty() {
        let remedy = "add its directory to PATH for the doctor to look at its settings";
        return vec![Finding::new(Level::Note, "PHP", "neither php nor php-fpm is found", remedy)];
    }
    programs.iter().flat_map(|program| judge(program, ask(program))).collect()
}

/// The programs, each once.
fn programs() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let directories = std::env::split_paths(&path).chain(DIRECTORIES.iter().map(PathBuf::from));
    let mut programs: Vec<(PathBuf, PathBuf)> = Vec::new();
    for directory in directories {
        let mut names: Vec<PathBuf> = directory.read_dir().into_iter().flatten().flatten().map(|f| f.path()).collect();
        names.sort();
        for program in names.into_iter().filter(|program| is_php(program)) {
            let Ok(real) = program.canonicalize() else { continue };
            if !programs.iter().any(|(_, known)| *known == real) {
                programs.push((program, real));
            }
        }
    }
    programs.into_iter().map(|(program, _)| program).collect()
}

/// `php`, `php8.2`, `php-fpm`, `php-fpm8.2`.
fn is_php(program: &Path) -> bool {
    let name = program.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let version = name.strip_prefix("php-fpm").or_else(|| name.strip_prefix("php"));
    version.is_some_and(|version| version.bytes().all(|b| b.is_ascii_digit() || b == b'.')) && program.is_file()
}

fn ask(program: &Path) -> Option<Info> {
    // Without this, telling about Trove would make a segment for whoever runs the doctor.
    let output = Command::new(program)
        .args(["-d", "trove.enabled=0", "-i"])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let info = parse(&String::from_utf8_lossy(&output.stdout));
    (!info.version.is_empty()).then_some(info)
}

/// Reads phpinfo()'s text: headings of extensions stand alone on a line, a setting's local value after the first arrow.
fn parse(text: &str) -> Info {
    let mut info = Info::default();
    for line in text.lines() {
        let mut parts = line.split(" => ");
        let (name, value) = (parts.next().unwrap_or_default(), parts.next());
        match value {
            None if !name.is_empty() && !name.contains(' ') || name == "Zend OPcache" => {
                info.extensions.push(name.to_owned());
            }
            None => {}
            Some(value) => {
                let value = if value == "no value" { "" } else { value };
                match name {
                    "PHP Version" => info.version = value.to_owned(),
                    "Server API" => info.sapi = value.to_owned(),
                    _ => {
                        info.settings.entry(name.to_owned()).or_insert_with(|| value.to_owned());
                    }
                }
            }
        }
    }
    info
}

fn judge(program: &Path, info: Option<Info>) -> Vec<Finding> {
    let about = path(program);
    let Some(info) = info else {
        return vec![Finding::new(Level::Note, about, "does not tell about itself (-i)", "")];
    };
    let about = format!("{about} (PHP {})", info.version);
    let is_fpm = info.sapi.contains("FPM");
    let value = |name: &str| info.settings.get(name).map_or("", String::as_str);
    let is_on = |name: &str| matches!(value(name), "On" | "1");
    let has = |name: &str| info.extensions.iter().any(|known| known == name);
    let mut findings = Vec::new();
    let mut add = |level, found: String, remedy: &str| findings.push(Finding::new(level, about.clone(), found, remedy));

    if !has("trove") {
        add(Level::Note, "has no Trove".into(), "make install PHP_CONFIG=..., if it is to share the cache");
        return findings;
    }
    if has("apcu") && !info.settings.contains_key("Provided by") && info.settings.contains_key("apc.shm_segments") {
        add(Level::Bad, "has APCu beside Trove, so apcu_* is APCu's".into(), "disable apcu (phpdismod apcu)");
    }
    if !is_fpm && value("trove.segment").is_empty() {
        let remedy = "trove.segment=default in its ini file makes the command line share the workers' cache";
        add(Level::Note, "uses private memory (trove.segment is not set)".into(), remedy);
    }
    realpath(value("open_basedir"), value("realpath_cache_size"), is_fpm, &mut add);
    if !has("Zend OPcache") {
        add(if is_fpm { Level::Warn } else { Level::Note }, "has no opcache".into(), "zend_extension=opcache");
    } else if is_fpm {
        if !is_on("opcache.enable") {
            add(Level::Warn, "has opcache switched off".into(), "opcache.enable=1");
        }
        if is_on("opcache.file_cache_only") {
            let remedy = "resets reach no file cache: remove its files with each release, or set it to 0";
            add(Level::Note, "has opcache.file_cache_only on".into(), remedy);
        }
        if is_on("opcache.enable_file_override") {
            let remedy =
                "is_file() is answered from old paths after a release: use trove reset --opcache=reset, or set it to 0";
            add(Level::Note, "has opcache.enable_file_override on".into(), remedy);
        }
        if !value("opcache.restrict_api").is_empty() {
            let found = format!("restricts opcache's functions to {}", value("opcache.restrict_api"));
            add(
                Level::Note,
                found,
                "trove reset (--opcache=paths) needs none of them; the other kinds wait for such a script",
            );
        }
        if value("disable_functions").contains("opcache_") {
            let remedy = "trove reset (--opcache=paths) needs none of them; the other kinds cannot work";
            add(Level::Note, "has opcache's functions disabled (disable_functions)".into(), remedy);
        }
        if is_on("opcache.validate_timestamps") && value("opcache.revalidate_freq") != "0" {
            let remedy =
                "with trove reset in the deployment, opcache.validate_timestamps=0 saves a stat() for each file";
            add(Level::Note, "looks whether scripts have changed".into(), remedy);
        }
    }
    if !findings.iter().any(|finding| finding.level >= Level::Warn) {
        findings.insert(0, Finding::good(about, "has Trove"));
    }
    findings
}

fn realpath(open_basedir: &str, size: &str, is_fpm: bool, add: &mut dyn FnMut(Level, String, &str)) {
    if !is_fpm {
        return;
    }
    if !open_basedir.is_empty() {
        let remedy = "PHP has no realpath cache then: after a reset each included file costs some system calls";
        add(Level::Note, "has open_basedir set".into(), remedy);
    } else if bytes(size).is_some_and(|bytes| bytes < REALPATH_BYTES) {
        let found = format!("has a realpath cache of {size}");
        add(Level::Warn, found, "realpath_cache_size=4096K, or larger for many files");
    }
}

/// A number with K, M or G, as PHP reads it.
fn bytes(text: &str) -> Option<u64> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let shift = match text.get(digits.len()..)?.to_ascii_uppercase().as_str() {
        "" => 0,
        "K" => 10,
        "M" => 20,
        "G" => 30,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_mul(1 << shift)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "phpinfo()\nPHP Version => 8.2.36\n\nSystem => Linux x\nServer API => FPM/FastCGI\n\n\
        realpath_cache_size => 4096K => 4096K\nopen_basedir => no value => no value\n\ntrove\n\nState => on\n\
        Zend OPcache\n\nopcache.enable => On => On\nopcache.validate_timestamps => Off => Off\n";

    fn levels(text: &str) -> Vec<Level> {
        judge(Path::new("/usr/sbin/php-fpm"), Some(parse(text))).iter().map(|finding| finding.level).collect()
    }

    #[test]
    fn phpinfo_is_understood() {
        let info = parse(TEXT);
        assert_eq!((info.version.as_str(), info.sapi.as_str()), ("8.2.36", "FPM/FastCGI"));
        assert!(info.extensions.contains(&"trove".into()) && info.extensions.contains(&"Zend OPcache".into()));
        assert_eq!((info.settings["open_basedir"].as_str(), info.settings["opcache.enable"].as_str()), ("", "On"));
    }

    #[test]
    fn a_php_that_is_set_up_well_is_good() {
        assert_eq!(levels(TEXT), [Level::Good]);
    }

    #[test]
    fn what_costs_is_told() {
        assert!(levels(&TEXT.replace("4096K", "16K")).contains(&Level::Warn));
        assert!(levels(&TEXT.replace("opcache.enable => On", "opcache.enable => Off")).contains(&Level::Warn));
        assert!(levels(&TEXT.replace("Zend OPcache", "")).contains(&Level::Warn));
        assert!(levels(&TEXT.replace("open_basedir => no value", "open_basedir => /srv")).contains(&Level::Note));
        assert_eq!(levels(&TEXT.replace("\ntrove\n", "\n")), [Level::Note]);
    }

    #[test]
    fn sizes_are_read_as_php_does() {
        assert_eq!(bytes("4096K"), Some(4 << 20));
        assert_eq!(bytes("1g"), Some(1 << 30));
        assert_eq!(bytes("17"), Some(17));
        assert_eq!(bytes("lots"), None);
    }
}
