//! What only a worker can tell - what opcache says about itself, what it remembers of paths - is reported by the workers into the segment, when
//! somebody asks. A worker reports at the begin of its next request; an idle one can be asked through FastCGI.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use trove_shm::cache::{Mode, Spec, Value};
use trove_shm::resets::{self, FIGURES, Generation, OpcacheState};

use crate::args::Global;
use crate::bytes::Bytes;
use crate::clock;
use crate::commands::cachetool::{show_each, show_table};
use crate::commands::reset::{pools, show_asked};
use crate::exit::{Exit, Failure};
use crate::fcgi::{self, Address, Asked, Pools};
use crate::out::{self, Out, Style};
use crate::run::{self, Answer, Open};
use crate::segments::{self, Unnamed};
use crate::text::printable;

/// Time between two looks for a report.
const PAUSE: Duration = Duration::from_millis(1);
/// Milliseconds for which reports of paths are wanted.
const WANTED_MS: u64 = 60_000;

/// How workers are asked.
#[derive(Debug)]
pub struct Ask {
    /// Through FastCGI, at once.
    pub now: Vec<Address>,
    /// Through FastCGI, where none has reported by itself.
    pub later: Vec<Address>,
    /// How long is waited for one to report by itself.
    pub wait: Duration,
}

/// What came back.
#[derive(Debug, Serialize, Deserialize)]
struct Report<T> {
    of: Vec<T>,
    asked: Vec<Asked>,
    /// Workers that are attached.
    workers: usize,
    exit: Exit,
}

/// An opcache.
#[derive(Debug, Serialize, Deserialize)]
struct OpcacheFigures {
    id: String,
    workers: u32,
    preloads: bool,
    /// Wall-clock second of the report; none where there was none yet.
    reported: Option<u64>,
    /// By their paths in what `opcache_get_status()` returns.
    figures: BTreeMap<String, u64>,
}

/// What a worker remembers of paths.
#[derive(Debug, Serialize, Deserialize)]
struct Paths {
    pid: u32,
    sapi: String,
    pool: String,
    /// Bytes of its realpath cache when it last reported.
    bytes: u32,
    /// Whether it has reported since it was asked.
    has_reported: bool,
    paths: Vec<Path>,
}

/// A path, and where it leads.
#[derive(Debug, Serialize, Deserialize)]
struct Path {
    path: Bytes,
    resolved: Bytes,
    is_directory: bool,
    expires: u64,
}

/// `opcache:status`.
pub fn opcache_status(ask: &Ask, global: &Global, out: &mut Out) -> Result<Exit, Failure> {
    each(ask, global, out, &|_| Ok(()), &report_opcaches, &|opcache: &OpcacheFigures, out| {
        let rows: Vec<Vec<String>> = rows_of(opcache).into_iter().map(|(name, value)| vec![name, value]).collect();
        show_table(out, &["NAME", "VALUE"], &rows)
    })
}

/// `stat:realpath_get`.
pub fn realpaths(ask: &Ask, global: &Global, out: &mut Out) -> Result<Exit, Failure> {
    let report = |open: &Open, asking: &Asking<'_>| report_paths(open, asking, true);
    each(ask, global, out, &want_paths, &report, &|worker: &Paths, out| {
        out.line(out.styled(Style::Bold, worker.heading()))?;
        let row = |path: &Path| vec![path.path.to_string(), path.resolved.to_string(), workers_clock(path.expires)];
        let rows: Vec<_> = worker.paths.iter().map(row).collect();
        if rows.is_empty() { Ok(()) } else { show_table(out, &["  PATH", "LEADS TO", ">EXPIRES IN"], &indented(rows)) }
    })
}

/// `stat:realpath_size`.
pub fn realpath_sizes(ask: &Ask, global: &Global, out: &mut Out) -> Result<Exit, Failure> {
    let report = |open: &Open, asking: &Asking<'_>| report_paths(open, asking, false);
    each(ask, global, out, &|_| Ok(()), &report, &|worker: &Paths, out| {
        Ok(out.line(format!("{}: {}", worker.heading(), out::size(worker.bytes.into())))?)
    })
}

/// Seconds since a wall-clock second, in words.
pub fn ago(second: u64) -> String {
    match second {
        0 => "-".into(),
        second => format!("{} ago", out::duration(u64::from(clock::now().wall_s).saturating_sub(second))),
    }
}

fn workers_clock(expires: u64) -> String {
    match expires.checked_sub(clock::now().wall_s.into()) {
        Some(left @ 1..) => out::duration(left),
        _ => "expired".into(),
    }
}

fn indented(mut rows: Vec<Vec<String>>) -> Vec<Vec<String>> {
    rows.iter_mut().for_each(|row| row[0].insert_str(0, "  "));
    rows
}

/// Waits for the reports of a segment's workers, which were asked, and gathers them.
type Reporter<'a, T> = dyn Fn(&Open, &Asking<'_>) -> Report<T> + 'a;

/// Has the workers of each segment report, after `prepare`, and shows each of what came back.
fn each<T: Serialize + for<'d> Deserialize<'d>>(
    ask: &Ask,
    global: &Global,
    out: &mut Out,
    prepare: &dyn Fn(&Open) -> Result<(), Failure>,
    report: &Reporter<'_, T>,
    show: &dyn Fn(&T, &mut Out) -> Result<(), Failure>,
) -> Result<Exit, Failure> {
    let targets = segments::select(global, Unnamed::All)?;
    let waits = if ask.now.is_empty() && ask.later.is_empty() { ask.wait } else { ask.wait + 2 * fcgi::PATIENCE };
    let global = &Global { waits, ..global.clone() };
    let waiting = Waiting {
        time: ask.wait,
        now: pools(ask.now.clone(), &targets, global),
        // Not connected early: a worker would wait for us meanwhile.
        later: Pools::new(ask.later.clone()),
        until: OnceCell::new(),
    };
    let publish = |open: &Open| {
        prepare(open)?;
        Ok(open.cache.publish_reset(&resets::Reset { report: true, ..resets::Reset::default() })?)
    };
    let follow = |open: &Open, generation| Ok(report(open, &Asking { generation, waiting: &waiting }));
    let Some(answers) = run::each_after(global, out, targets, &publish, &follow)? else { return Ok(Exit::Done) };
    show_each(global, out, &answers, &|report, out| {
        report.asked.iter().filter(|asked| asked.problem.is_some()).try_for_each(|asked| show_asked(asked, out))?;
        report.of.iter().try_for_each(|one| show(one, out))?;
        let hint = match report.exit {
            Exit::Pending if report.workers == 0 => "No worker is attached now: it attaches with its first request.",
            Exit::Pending if ask.now.is_empty() && ask.later.is_empty() => {
                "None has reported: they are idle. --fcgi=ADDRESS (a socket, or host:port) has one report at once."
            }
            Exit::Pending => "Those that have not reported are idle.",
            Exit::OpcacheDisabled => "Opcache is off in all of them.",
            _ => return Ok(()),
        };
        Ok(out.line(out.styled(Style::Warn, hint))?)
    })?;
    // A segment that nobody uses now, such as that of root's own php, has nothing to tell, and is no reason to wait for more.
    let is_used = |report: &&Report<T>| report.workers > 0;
    let reports = || answers.iter().filter_map(Answer::report);
    let matter = |report: &&Report<T>| is_used(report) || !reports().any(|other| is_used(&other));
    Ok(reports().filter(matter).map(|report| report.exit).fold(run::exit_of(&answers), Exit::or_worse))
}

/// Waiting for workers, of all segments together.
struct Waiting {
    /// For how long.
    time: Duration,
    /// Those that are asked before.
    now: Pools,
    /// Those that are asked where it was in vain.
    later: Pools,
    /// When it is over, from when it begins.
    until: OnceCell<Instant>,
}

/// What a segment's workers were asked for.
struct Asking<'w> {
    /// The reset that asks for reports.
    generation: Generation,
    waiting: &'w Waiting,
}

impl Asking<'_> {
    /// Waits until all that is wanted `is_reported`, or the time is up; who was asked through FastCGI.
    fn wait(&self, is_reported: &dyn Fn() -> bool) -> Vec<Asked> {
        let Waiting { time, now, later, until } = self.waiting;
        let mut asked = now.ask_once();
        let until = *until.get_or_init(|| Instant::now() + *time);
        while !is_reported() && Instant::now() < until {
            std::thread::sleep(PAUSE);
        }
        if !is_reported() {
            asked.extend(later.ask_once());
        }
        asked
    }
}

fn report_opcaches(open: &Open, asking: &Asking<'_>) -> Report<OpcacheFigures> {
    let states = || resets::opcaches(&open.segment).into_iter().filter(|state| state.workers > 0);
    let has_reported =
        |state: &OpcacheState| state.figures.as_ref().is_some_and(|figures| figures.generation >= asking.generation);
    let asked = asking.wait(&|| states().all(|state| has_reported(&state)));
    // A script of the command line has none.
    let may_have_one = |worker: &resets::Worker| worker.sapi != "cli" || worker.opcache.is_some();
    let workers = resets::workers(&open.segment).into_iter().filter(may_have_one).count();
    let exit = match () {
        () if states().any(|state| !has_reported(&state)) || workers == 0 => Exit::Pending,
        () if states().next().is_none() => Exit::OpcacheDisabled,
        () => Exit::Done,
    };
    let of = states().map(|state| OpcacheFigures {
        id: format!("{:016x}", state.id),
        workers: state.workers,
        preloads: state.preloads,
        reported: state.figures.as_ref().map(|figures| figures.at),
        figures: state.figures.map_or_else(BTreeMap::new, |figures| {
            FIGURES.iter().map(|name| (*name).to_owned()).zip(figures.values).collect()
        }),
    });
    Report { of: of.collect(), asked, workers, exit }
}

/// What an opcache says, as cachetool shows it.
fn rows_of(opcache: &OpcacheFigures) -> Vec<(String, String)> {
    let figure = |path: &str| opcache.figures.get(path).copied().unwrap_or_default();
    let word = |path: &str| if figure(path) == 0 { "no" } else { "yes" }.to_owned();
    let count = |name: &str| out::count(figure(&format!("opcache_statistics.{name}")));
    let memory = |name: &str| figure(&format!("memory_usage.{name}_memory"));
    let strings = |name: &str| figure(&format!("interned_strings_usage.{name}"));
    let all = memory("used") + memory("free") + memory("wasted");
    let (hits, misses) = (figure("opcache_statistics.hits"), figure("opcache_statistics.misses"));
    let own = [
        ("Processes", opcache.workers.to_string()),
        ("Preloaded code", if opcache.preloads { "yes" } else { "no" }.into()),
        ("Reported", opcache.reported.map_or_else(|| "not yet".into(), ago)),
    ];
    let reported = [
        ("Enabled", word("opcache_enabled")),
        ("Cache full", word("cache_full")),
        ("Restart pending", word("restart_pending")),
        ("Restart in progress", word("restart_in_progress")),
        ("Memory used", out::size(memory("used"))),
        ("Memory free", out::size(memory("free"))),
        ("Memory wasted", format!("{} ({})", out::size(memory("wasted")), out::percent(memory("wasted"), all))),
        ("Strings buffer size", out::size(strings("buffer_size"))),
        ("Strings memory used", out::size(strings("used_memory"))),
        ("Strings memory free", out::size(strings("free_memory"))),
        ("Number of strings", out::count(strings("number_of_strings"))),
        ("Cached scripts", count("num_cached_scripts")),
        ("Cached keys", count("num_cached_keys")),
        ("Max cached keys", count("max_cached_keys")),
        ("Start time", ago(figure("opcache_statistics.start_time"))),
        ("Last restart time", ago(figure("opcache_statistics.last_restart_time"))),
        ("Oom restarts", count("oom_restarts")),
        ("Hash restarts", count("hash_restarts")),
        ("Manual restarts", count("manual_restarts")),
        ("Hits", count("hits")),
        ("Misses", count("misses")),
        ("Blacklist misses", count("blacklist_misses")),
        ("Opcache hit rate", out::percent(hits, hits + misses)),
    ];
    let reported = reported.into_iter().filter(|_| opcache.reported.is_some());
    own.into_iter().chain(reported).map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Notes in the segment that paths are wanted, not their size alone.
fn want_paths(open: &Open) -> Result<(), Failure> {
    let now = open.now();
    let spec = Spec {
        cache: open.cache.open_cache(resets::REPORTS)?,
        key: resets::REALPATHS_WANTED,
        kind: 0,
        value: Value::Inline { word: 0, integer: false },
        expires: now.boot_ms + WANTED_MS,
        stale: None,
        tags: &[],
        pinned: false,
        token: None,
    };
    open.cache.reserve(&spec, now)?.publish(Mode::Set, now)?;
    Ok(())
}

fn report_paths(open: &Open, asking: &Asking<'_>, with_paths: bool) -> Report<Paths> {
    // A script of the command line reports when it polls, if it ever does.
    let all = || resets::workers(&open.segment).into_iter().filter(|worker| worker.sapi != "cli");
    let has_reported = |worker: &resets::Worker| worker.applied >= asking.generation;
    let asked = asking.wait(&|| all().all(|worker| has_reported(&worker)));
    let of = all().map(|worker| {
        let has_reported = has_reported(&worker);
        Paths {
            pid: worker.pid,
            sapi: worker.sapi.to_owned(),
            pool: worker.label.clone(),
            bytes: worker.realpath_bytes,
            has_reported,
            paths: if has_reported && with_paths { paths(open, &worker) } else { Vec::new() },
        }
    });
    let of: Vec<Paths> = of.collect();
    // As with cachetool, one is enough; the others are named.
    let exit = if of.iter().any(|one| one.has_reported) { Exit::Done } else { Exit::Pending };
    Report { workers: of.len(), of, asked, exit }
}

/// The paths that a worker has left in the segment.
fn paths(open: &Open, worker: &resets::Worker) -> Vec<Path> {
    let key = resets::realpaths_key(worker.pid_ns, worker.tid);
    let hit = trove_shm::caches::find(&open.segment, resets::REPORTS)
        .and_then(|cache| open.cache.fetch(cache, &key, open.now()));
    hit.map_or_else(Vec::new, |hit| parse(hit.payload()))
}

/// Reads what `serialize()` makes of a string with a NUL behind each field, four to a path.
fn parse(payload: &[u8]) -> Vec<Path> {
    let text = payload.strip_suffix(b"\";").and_then(|rest| {
        let quote = rest.iter().position(|&byte| byte == b'"')?;
        rest.get(quote + 1..)
    });
    let fields: Vec<&[u8]> = text.unwrap_or_default().split(|&byte| byte == 0).collect();
    let number = |bytes: &[u8]| std::str::from_utf8(bytes).ok().and_then(|text| text.parse().ok()).unwrap_or_default();
    let paths = fields.chunks_exact(4).map(|path| Path {
        path: path[0].into(),
        resolved: path[1].into(),
        is_directory: path[2] == b"1",
        expires: number(path[3]),
    });
    paths.collect()
}

impl Paths {
    fn heading(&self) -> String {
        let pool =
            if self.pool.is_empty() { String::new() } else { format!(", pool {}", printable(self.pool.as_bytes())) };
        let state = if self.has_reported { "" } else { ", idle: has not reported since" };
        format!("{} {}{pool}{state}", self.sapi, self.pid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_are_read_whatever_they_hold() {
        let paths = parse(b"s:33:\"/srv/current\0/srv/releases/7\x001\x001700000000\0/x\0/y\x000\x001\0\";");
        let seen: Vec<_> =
            paths.iter().map(|p| (p.path.to_string(), p.resolved.to_string(), p.is_directory, p.expires)).collect();
        assert_eq!(
            seen,
            [
                ("/srv/current".into(), "/srv/releases/7".into(), true, 1_700_000_000),
                ("/x".into(), "/y".into(), false, 1)
            ]
        );
        for damaged in [&b""[..], b"s:1:\"", b"\";", b"s:2:\"a\0\";", b"i:5;", b"\"\";"] {
            assert!(parse(damaged).is_empty());
        }
    }
}
