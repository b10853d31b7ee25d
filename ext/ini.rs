//! The settings: one table with each one's name, default, mode and check, and the snapshot that a thread works with.
//!
//! A pool of FPM or a virtual host may give system settings its own values, after the modules have started. So nothing is read at
//! start-up that can wait: [`Settings::read`] runs at a thread's first use of the cache, and again after a change ([`generation`]).

use core::ffi::CStr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use trove_shm::config::{MAX_CAPACITY, MIN_CAPACITY};

use crate::options::{self, Options, parse_bytes, parse_flag};
use crate::zend::ini::{self, Entry, Mode};
use crate::zend::{module, report};

/// How a value is checked, and how phpinfo() shows it.
#[derive(Debug, Clone, Copy)]
enum Check {
    /// As PHP reads booleans; anything is accepted.
    Flag,
    /// 0 or 1, on or off, yes or no, true or false.
    StrictFlag,
    /// The same, or empty.
    OptionalFlag,
    /// Anything; what it means is decided where it is read.
    Free,
    /// Not empty.
    NotEmpty,
    /// Bytes, with APCu's rule for small numbers.
    ShmSize,
    /// Bytes of a huge page.
    HugePage,
    /// Empty, or bytes within the limits of a segment.
    Memory,
    /// Empty, or the name of a segment.
    Name,
    /// An absolute path.
    Path,
    /// An octal file mode.
    FileMode,
    /// Empty, or a group's name or number.
    Group,
    /// See [`ZeroCopy`].
    ZeroCopy,
    /// Seconds, 0 or more.
    Seconds,
    /// See [`options::parse`].
    Caches,
}

struct Setting {
    name: &'static CStr,
    default: Option<&'static CStr>,
    mode: Mode,
    check: Check,
}

const fn system(name: &'static CStr, default: &'static CStr, check: Check) -> Setting {
    Setting { name, default: Some(default), mode: Mode::System, check }
}

const fn unset(name: &'static CStr) -> Setting {
    Setting { name, default: None, mode: Mode::System, check: Check::Free }
}

/// Trove's own settings.
const TROVE: &[Setting] = &[
    // Switches everything off.
    system(c"trove.enabled", c"1", Check::StrictFlag),
    // In the command line's PHP. Unset: as `apc.enable_cli` says, or on where `trove.segment` is set.
    system(c"trove.enable_cli", c"", Check::OptionalFlag),
    // Bytes of a segment, for its creation. Empty: `apc.shm_size`.
    system(c"trove.memory", c"", Check::Memory),
    // Name of the segment. Empty: "default", and private memory in the command line's PHP.
    system(c"trove.segment", c"", Check::Name),
    // Where segments lie.
    system(c"trove.directory", c"/dev/shm", Check::Path),
    // Mode of a segment's file, for its creation.
    system(c"trove.mode", c"0600", Check::FileMode),
    // Group of a segment's file, for its creation, and the one group that may write to it.
    system(c"trove.group", c"", Check::Group),
    // Whether fetched strings and arrays stay where they lie: `auto` while the request is young and holds back little.
    system(c"trove.zero_copy", c"auto", Check::ZeroCopy),
    // Whether the module "apcu" is there.
    system(c"trove.apcu", c"1", Check::StrictFlag),
    // Where scripts must lie that may reset other processes' caches, as `opcache.restrict_api`. Empty: anywhere.
    system(c"trove.restrict_api", c"", Check::Free),
    // Options of named caches.
    system(c"trove.caches", c"", Check::Caches),
    // Whether PHP below 8.6 has the classes of the proposed extension user_cache.
    system(c"trove.user_cache", c"0", Check::StrictFlag),
    // Seconds after which an entry without a ttl may go where memory is wanted. 0: `apc.ttl`.
    system(c"trove.ttl", c"0", Check::Seconds),
];

/// Frameworks ask it whether the cache is on in the command line's PHP. Where `trove.segment` says so, it reads 1, whatever was set.
const ENABLE_CLI: Setting = system(c"apc.enable_cli", c"0", Check::Flag);

/// APCu's settings, as of 5.1.28.
const APC: &[Setting] = &[
    system(c"apc.enabled", c"1", Check::Flag),
    system(c"apc.shm_size", c"32M", Check::ShmSize),
    system(c"apc.entries_hint", c"0", Check::Free),
    // Nothing to do: a removed entry is kept as long as a request looks at it, and no longer.
    system(c"apc.gc_ttl", c"3600", Check::Free),
    system(c"apc.ttl", c"0", Check::Free),
    // Nothing to do, as in APCu: the cache is never wiped.
    system(c"apc.smart", c"0", Check::Free),
    // Nothing to do: see `trove.directory`.
    unset(c"apc.mmap_file_mask"),
    // Checked alone: the kernel's setting for shared memory decides.
    system(c"apc.mmap_hugepage_size", c"0", Check::HugePage),
    ENABLE_CLI,
    system(c"apc.slam_defense", c"0", Check::Flag),
    unset(c"apc.preload_path"),
    // Nothing to do: /proc/<pid>/coredump_filter says whether shared memory is dumped.
    system(c"apc.coredump_unmap", c"0", Check::Flag),
    Setting { name: c"apc.use_request_time", default: Some(c"0"), mode: Mode::All, check: Check::Flag },
    system(c"apc.serializer", c"php", Check::NotEmpty),
];

/// Registers `trove.*`.
pub fn register_trove(module_number: i32) {
    register(TROVE.iter(), module_number);
}

/// Registers `apc.*`.
pub fn register_apc(module_number: i32) {
    let on = Setting { default: Some(c"1"), ..ENABLE_CLI };
    let is_replaced = |setting: &&Setting| is_on_by_segment() && setting.name == ENABLE_CLI.name;
    register(APC.iter().map(|setting| if is_replaced(&setting) { &on } else { setting }), module_number);
}

/// Whether the module "apcu" is wanted. Asked before any setting is registered.
pub fn wants_apcu() -> bool {
    ini::configured(c"trove.apcu").is_none_or(|text| parse_flag(&text).unwrap_or(true))
}

/// Whether the classes of the extension user_cache are wanted. Asked at start-up.
pub fn wants_user_cache() -> bool {
    ini::value(c"trove.user_cache").is_some_and(|text| parse_flag(&text).unwrap_or(false))
}

/// Changes whenever a setting does.
#[inline]
pub fn generation() -> u32 {
    GENERATION.load(Ordering::Relaxed)
}

/// Makes all threads read their settings, and find their segment, anew.
pub fn change_generation() {
    GENERATION.fetch_add(1, Ordering::Relaxed);
}

/// Asked by the engine about each new value; where it is refused the old one stays, at start-up the default.
pub fn accepts(name: &[u8], value: &[u8]) -> bool {
    change_generation();
    let Some(setting) = TROVE.iter().chain(APC).find(|setting| setting.name.to_bytes() == name) else {
        return true;
    };
    match setting.check {
        Check::Flag if setting.name == ENABLE_CLI.name => !is_on_by_segment(),
        Check::Flag | Check::Free => true,
        Check::NotEmpty => !value.is_empty(),
        Check::ShmSize => accepts_shm_size(value),
        Check::HugePage => accepts_huge_page(value),
        ours => match refusal(ours, value) {
            None => true,
            Some(allowed) => {
                let message = format!(
                    "{} is \"{}\", allowed is {allowed}; the value is ignored",
                    setting.name.to_string_lossy(),
                    String::from_utf8_lossy(value)
                );
                report::warning(&report::c_string(&message));
                false
            }
        },
    }
}

/// What a thread works with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Why the cache is off, if it is.
    pub disabled: Option<&'static str>,
    /// Bytes of a segment.
    pub capacity: u64,
    /// Hint for the number of entries; 0 is none.
    pub entries_hint: u64,
    /// Name of the segment; none is private memory.
    pub segment: Option<String>,
    /// Where segments lie.
    pub directory: PathBuf,
    /// File mode.
    pub mode: u32,
    /// Group id.
    pub group: Option<u32>,
    /// Zero-copy.
    pub zero_copy: ZeroCopy,
    /// Options of named caches.
    pub caches: Vec<(String, Options)>,
    /// Idle seconds after which an entry without a ttl may go; 0 is never.
    pub idle_ttl: u64,
    /// Refuse a second store of a key in the same second from another process.
    pub slam_defense: bool,
    /// Take the time from the request's begin.
    pub use_request_time: bool,
    /// Directory of files to be stored at first.
    pub preload_path: Option<PathBuf>,
    /// The serializer that the administrator chose; none is native storage.
    pub serializer: Option<String>,
}

/// Whether fetched values stay where they lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ZeroCopy {
    /// While the request is young and holds back little.
    Auto,
    /// Always.
    On,
    /// Never.
    Off,
}

impl Settings {
    /// Reads all of them.
    pub fn read() -> Self {
        let flag = |name| value(name).is_some_and(|text| ini::boolean(&text));
        let cli = module::sapi() == "cli";
        let segment = text(c"trove.segment");
        Self {
            disabled: disabled(cli, segment.is_some()),
            capacity: capacity(),
            entries_hint: number(c"apc.entries_hint").max(0) as u64,
            segment: segment.or_else(|| (!cli).then(|| "default".to_owned())),
            directory: text(c"trove.directory").unwrap_or_else(|| "/dev/shm".to_owned()).into(),
            mode: text(c"trove.mode").and_then(|mode| u32::from_str_radix(&mode, 8).ok()).unwrap_or(0o600),
            group: text(c"trove.group").and_then(|group| group_id(&group)),
            zero_copy: ini::value(c"trove.zero_copy").and_then(|text| parse_zero_copy(&text)).unwrap_or(ZeroCopy::Auto),
            caches: text(c"trove.caches").and_then(|text| options::parse(&text).ok()).unwrap_or_default(),
            idle_ttl: match number(c"trove.ttl") {
                0 => number(c"apc.ttl").max(0) as u64,
                ttl => ttl as u64,
            },
            slam_defense: flag(c"apc.slam_defense"),
            use_request_time: flag(c"apc.use_request_time"),
            preload_path: text(c"apc.preload_path").map(PathBuf::from),
            serializer: chosen_serializer(),
        }
    }
}

/// Whether the running script may reset other processes' caches.
pub fn may_reset() -> bool {
    lets_in(c"trove.restrict_api")
}

/// Whether opcache lets the running script use its functions.
pub fn may_use_opcache() -> bool {
    lets_in(c"opcache.restrict_api")
}

/// Whether the path of the running script begins with what a setting says, if it says anything.
fn lets_in(setting: &CStr) -> bool {
    let Some(restriction) = value(setting).filter(|value| !value.is_empty()) else { return true };
    module::script_path().is_some_and(|script| script.starts_with(&restriction))
}

fn register<'s>(settings: impl Iterator<Item = &'s Setting>, module_number: i32) {
    let entries: Vec<Entry> = settings
        .map(|setting| Entry {
            name: setting.name,
            default: setting.default,
            mode: setting.mode,
            boolean: matches!(setting.check, Check::Flag | Check::StrictFlag),
        })
        .collect();
    ini::register(&entries, module_number);
}

/// Whether `trove.segment` switches the cache on in the command line's PHP.
fn is_on_by_segment() -> bool {
    module::sapi() == "cli" && text(c"trove.segment").is_some() && disabled(true, true).is_none()
}

/// Why the cache is off.
fn disabled(cli: bool, segment_set: bool) -> Option<&'static str> {
    let on = |name, unset| value(name).map_or(unset, |text| ini::boolean(&text));
    if !on(c"trove.enabled", true) {
        Some("trove.enabled is off")
    } else if !on(c"apc.enabled", true) {
        Some("apc.enabled is off")
    } else if !cli {
        None
    } else {
        match text(c"trove.enable_cli") {
            Some(enable) => (!ini::boolean(enable.as_bytes())).then_some("trove.enable_cli is off"),
            None if segment_set || on(c"apc.enable_cli", false) => None,
            None => Some("apc.enable_cli is off, and trove.enable_cli is not set"),
        }
    }
}

fn capacity() -> u64 {
    let own = text(c"trove.memory").and_then(|text| parse_bytes(&text));
    let bytes = own.unwrap_or_else(|| {
        let shm_size = number(c"apc.shm_size");
        // The engine has warned about a number without a suffix when it was set.
        if shm_size <= 0 {
            32 << 20
        } else if shm_size < 1 << 20 {
            (shm_size as u64) << 20
        } else {
            shm_size as u64
        }
    });
    bytes.clamp(MIN_CAPACITY, MAX_CAPACITY)
}

/// `php` is the default, and then native storage serves better; so it counts only where somebody has written it down.
fn chosen_serializer() -> Option<String> {
    let chosen = text(c"apc.serializer")?;
    (chosen != "default" && (chosen != "php" || ini::configured(c"apc.serializer").is_some())).then_some(chosen)
}

fn accepts_shm_size(value: &[u8]) -> bool {
    let bytes = ini::quantity_with_warning(value, c"apc.shm_size");
    if bytes > 0 && bytes < 1 << 20 {
        report::warning(c"apc.shm_size now uses M/G suffixes, please update your ini files");
    } else if bytes > MAX_CAPACITY as i64 {
        let message =
            format!("apc.shm_size is {bytes} bytes, a segment has at most {MAX_CAPACITY}; that is used instead");
        report::warning(&report::c_string(&message));
    }
    bytes > 0
}

fn accepts_huge_page(value: &[u8]) -> bool {
    let bytes = ini::quantity_with_warning(value, c"apc.mmap_hugepage_size");
    if bytes < 0 {
        report::warning(c"apc.mmap_hugepage_size must be a positive integer");
    } else if bytes != 0 && !(bytes as u64).is_power_of_two() {
        report::warning(c"apc.mmap_hugepage_size must be a power of 2");
    } else {
        return true;
    }
    false
}

/// What is allowed, where `value` is not.
fn refusal(check: Check, value: &[u8]) -> Option<String> {
    let text = str::from_utf8(value).unwrap_or("\0");
    if matches!(check, Check::Caches) {
        return match str::from_utf8(value) {
            Ok(text) => options::parse(text).err(),
            Err(_) => Some("text in UTF-8".to_owned()),
        };
    }
    let (good, allowed) = match check {
        Check::StrictFlag => (parse_flag(value).is_some(), "0 or 1, on or off"),
        Check::OptionalFlag => (value.is_empty() || parse_flag(value).is_some(), "0 or 1, on or off, or nothing"),
        Check::Memory => {
            let good = parse_bytes(text).is_some_and(|bytes| (MIN_CAPACITY..=MAX_CAPACITY).contains(&bytes));
            (value.is_empty() || good, "512K to 8G, as a number with K, M or G, or nothing")
        }
        Check::Name => (
            value.len() <= 64
                && value.first() != Some(&b'.')
                && value.iter().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(b)),
            "up to 64 letters, digits, _, - and ., the first not a ., or nothing",
        ),
        Check::Path => (text.starts_with('/') && !text.contains('\0'), "an absolute path"),
        Check::FileMode => {
            let mode = u32::from_str_radix(text, 8).ok();
            (
                mode.is_some_and(|mode| mode & !0o666 == 0 && mode & 0o600 == 0o600 && mode & 0o006 == 0),
                "0600, 0640 or 0660",
            )
        }
        Check::Group => (value.is_empty() || group_id(text).is_some(), "the name or number of a group, or nothing"),
        Check::ZeroCopy => (parse_zero_copy(value).is_some(), "auto, on or off"),
        Check::Seconds => (text.parse::<u32>().is_ok(), "a number of seconds, 0 or more"),
        Check::Flag | Check::Free | Check::NotEmpty | Check::ShmSize | Check::HugePage | Check::Caches => (true, ""),
    };
    (!good).then(|| allowed.to_owned())
}

/// Value of a setting; where no module has registered it (yet), what php.ini or the command line say.
fn value(name: &CStr) -> Option<Vec<u8>> {
    ini::value(name).or_else(|| ini::configured(name))
}

/// Value of a setting; none where it is empty or not set.
fn text(name: &CStr) -> Option<String> {
    value(name).filter(|value| !value.is_empty()).and_then(|value| String::from_utf8(value).ok())
}

/// Value of a number as PHP reads it; 0 where it is empty or not set.
fn number(name: &CStr) -> i64 {
    value(name).filter(|value| !value.is_empty()).map_or(0, |value| ini::quantity(&value))
}

/// PHP's parser of ini files makes "1" of an unquoted on, and nothing of off.
fn parse_zero_copy(text: &[u8]) -> Option<ZeroCopy> {
    match text {
        b"auto" => Some(ZeroCopy::Auto),
        _ => parse_flag(text).map(|on| if on { ZeroCopy::On } else { ZeroCopy::Off }),
    }
}

/// The id of the group, looked up in the system's file of groups where it is a name.
fn group_id(group: &str) -> Option<u32> {
    group.parse().ok().or_else(|| {
        let groups = std::fs::read_to_string("/etc/group").ok()?;
        groups.lines().find_map(|line| {
            let mut fields = line.split(':');
            (fields.next() == Some(group)).then(|| fields.nth(1)?.parse().ok())?
        })
    })
}

static GENERATION: AtomicU32 = AtomicU32::new(1);
