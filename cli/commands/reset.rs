//! `trove reset`: what a deployment runs after it has switched the link. Published in microseconds; whether the workers are waited for, and for how
//! long, is the caller's choice.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Args;
use serde::{Deserialize, Serialize};
use trove_shm::caches as records;
use trove_shm::resets::{self, Generation, Opcache, Outcome, Stat, Until};
use trove_shm::segment::list::Found;

use crate::args::Global;
use crate::caches;
use crate::exit::{Exit, Failure};
use crate::fcgi::{Address, Asked, Pools};
use crate::out::{self, Out, Style};
use crate::run::{self, Answer, Open};
use crate::segments::{self, Unnamed};

/// Time between two looks at what opcaches were done to.
const PAUSE: Duration = Duration::from_millis(1);
/// `--wait`: with all workers idle, how long one that has just begun a request is given to do what it does for its opcache.
const GLANCE: Duration = Duration::from_millis(250);

/// Arguments of `reset`.
#[derive(Debug, Default, Args)]
pub struct Reset {
    /// Only what is remembered of files: leave opcache as it is, unless --opcache says otherwise
    #[arg(long)]
    pub stat: bool,
    /// What happens to opcache: `paths` has every path resolved anew and keeps compiled code; `reset` throws that away; `invalidate:PREFIX`
    /// throws away what lies below; `none`
    #[arg(long, value_name = "HOW", value_parser = How::parse, default_value_if("stat", "true", "none"), default_value = "paths")]
    pub opcache: How,
    /// Cached values as well: of this named cache, or of all caches; may be given several times
    #[arg(long, value_name = "CACHE", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    pub user: Vec<String>,
    /// Wait until no worker is in a request that does not know the reset, for at most so many seconds (30)
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, require_equals = true, default_missing_value = "30", value_parser = seconds)]
    pub wait: Option<Duration>,
    /// Wait until every request has ended that began before the reset, for at most so many seconds (180)
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, require_equals = true, default_missing_value = "180", value_parser = seconds)]
    pub drain: Option<Duration>,
    /// No segment, no error: where the extension may not be installed
    #[arg(long)]
    pub if_present: bool,
    /// Have an idle worker of the pool that listens there apply it at once: a socket, or host:port; may be given several times
    #[arg(long, value_name = "ADDRESS", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    pub fcgi: Vec<String>,
}

/// What happens to opcache.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum How {
    /// Nothing.
    None,
    /// Paths are resolved anew; compiled code stays.
    #[default]
    Paths,
    /// Compiled code goes, too.
    Reset,
    /// What lies below this goes.
    Invalidate(String),
}

/// A reset that was published.
struct Published {
    generation: Generation,
    flushed: Vec<Flushed>,
    began: Instant,
    /// The same in boot time.
    began_ms: u64,
    /// Until it was published.
    microseconds: u64,
}

/// What became of one segment.
#[derive(Debug, Serialize, Deserialize)]
struct Report {
    /// Number of the reset.
    generation: u64,
    /// Microseconds until it was published.
    microseconds: u64,
    workers: Vec<Worker>,
    opcaches: Vec<OpcacheReport>,
    flushed: Vec<Flushed>,
    /// Where a worker was asked.
    asked: Vec<Asked>,
    exit: Exit,
}

/// A PHP process.
#[derive(Debug, Serialize, Deserialize)]
struct Worker {
    pid: u32,
    pid_namespace: u64,
    sapi: String,
    pool: String,
    state: State,
    /// For how long it has been in its request.
    in_request_ms: Option<u64>,
    opcache: Option<String>,
}

/// What a process has made of the reset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    /// It knows it.
    Applied,
    /// It is in no request, and applies it before the next one runs any code.
    Idle,
    /// It runs a script of the command line, and applies it when that calls `Trove\poll()`.
    Script,
    /// It is in a request, or job, that began before.
    Busy,
}

/// What one process did for all that share an opcache.
#[derive(Debug, Serialize, Deserialize)]
struct OpcacheReport {
    id: String,
    workers: u32,
    /// None where nobody has had a request since.
    outcome: Option<String>,
    exit: Exit,
    preloads: bool,
}

/// Cached values that were removed.
#[derive(Debug, Serialize, Deserialize)]
struct Flushed {
    cache: String,
    entries: u64,
}

impl How {
    fn parse(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            None if text == "none" => Ok(Self::None),
            None if text == "paths" => Ok(Self::Paths),
            None if text == "reset" => Ok(Self::Reset),
            Some(("invalidate", prefix)) if prefix.starts_with('/') => Ok(Self::Invalidate(prefix.into())),
            Some(("invalidate", _)) => {
                Err("what is to be invalidated is an absolute path, or the beginning of one".into())
            }
            _ => Err("allowed are paths, reset, invalidate:PREFIX and none".into()),
        }
    }

    /// What lies below a path, or begins so.
    ///
    /// # Errors
    /// `Usage` where it is not absolute.
    pub fn below(path: &str) -> Result<Self, Failure> {
        Self::parse(&format!("invalidate:{path}")).map_err(|why| Failure::new(Exit::Usage, why))
    }

    /// Whether a process has to do something to each opcache.
    fn acts(&self) -> bool {
        matches!(self, Self::Reset | Self::Invalidate(_))
    }
}

impl Reset {
    /// Resets each segment.
    pub fn run(&self, global: &Global, out: &mut Out) -> Result<Exit, Failure> {
        let addresses = addresses(&self.fcgi)?;
        let targets = match segments::select(global, Unnamed::All) {
            Err(failure) if failure.exit == Exit::NoSegment && self.if_present => {
                if global.json {
                    out.json(&[(); 0])?;
                } else {
                    out.line("No segment: nothing to reset.")?;
                }
                return Ok(Exit::Done);
            }
            targets => targets?,
        };
        let pools = pools(addresses, &targets);
        let (others, early) = (targets.clone(), RefCell::new(None));
        let reset = |open: &Open| {
            let mut early = early.borrow_mut();
            let published = early.get_or_insert_with(|| self.publish_all(open, &others));
            let own = published.remove(&open.found.path);
            drop(early);
            self.follow(open, own.map_or_else(|| self.publish(open), Ok)?, &pools)
        };
        let Some(answers) = run::each(global, out, targets, &reset)? else { return Ok(Exit::Done) };
        if global.json {
            out.json(&answers)?;
        } else {
            for answer in &answers {
                self.show(answer, out)?;
            }
        }
        out.flush()?;
        let failed = run::exit_of(&answers);
        let reports = || answers.iter().filter_map(Answer::report);
        let missing =
            self.user.iter().find(|name| !name.is_empty() && !reports().any(|report| report.has_flushed(name)));
        if let (Some(name), Exit::Done) = (missing, failed) {
            return Err(Failure::new(Exit::NotFound, format!("reset, but there is no cache called {name:?}")));
        }
        Ok(reports().map(|report| report.exit).fold(failed, worse))
    }

    /// Publishes the reset in all segments, before anybody is waited for in one. What does not work is tried again, and told, in its turn.
    fn publish_all(&self, first: &Open, all: &[Found]) -> BTreeMap<PathBuf, Published> {
        let publish = |found: &Found| {
            if found.path == first.found.path {
                return self.publish(first);
            }
            self.publish(&Open::new(found.clone())?)
        };
        all.iter().filter_map(|found| Some((found.path.clone(), publish(found).ok()?))).collect()
    }

    fn publish(&self, open: &Open) -> Result<Published, Failure> {
        let began = Instant::now();
        let prefixes: Vec<&[u8]> = match &self.opcache {
            How::Invalidate(prefix) => vec![prefix.as_bytes()],
            _ => Vec::new(),
        };
        let opcache = match self.opcache {
            How::None => Opcache::Keep,
            How::Paths => Opcache::Paths,
            How::Reset => Opcache::Reset,
            How::Invalidate(_) => Opcache::Invalidate(&prefixes),
        };
        let generation = open.cache.publish_reset(&resets::Reset { stat: Stat::All, opcache, report: false })?;
        let flushed = self.flush(open);
        // Taken last: a request that began before the reset was published is always among those that are waited for.
        let began_ms = open.now().boot_ms;
        Ok(Published { generation, flushed, began, began_ms, microseconds: began.elapsed().as_micros() as u64 })
    }

    /// Waits, as far as that is wanted, and looks what became of it.
    fn follow(&self, open: &Open, published: Published, pools: &Pools) -> Result<Report, Failure> {
        let Published { generation, mut flushed, began, began_ms, microseconds } = published;
        let asked = pools.ask();
        let mut late = 0;
        if let Some(time) = self.wait {
            late = resets::wait(&open.segment, Until::Applied(generation), time.saturating_sub(began.elapsed())).len();
            if self.opcache.acts() {
                await_outcomes(open, generation, began, time);
            }
        }
        if let Some(time) = self.drain {
            late += resets::wait(&open.segment, Until::Drained(began_ms), time.saturating_sub(began.elapsed())).len();
            // What requests of the old release have computed since goes as well.
            flushed.append(&mut self.flush(open));
        }
        let workers = workers(open, generation);
        let opcaches = if self.opcache.acts() { opcaches(open, generation) } else { Vec::new() };
        let serves = |worker: &&Worker| worker.sapi != "cli";
        let mut exit = opcaches.iter().map(|opcache| opcache.exit).fold(Exit::Done, worse);
        if self.opcache.acts() && opcaches.is_empty() && workers.iter().any(|worker| serves(&worker)) {
            exit = Exit::OpcacheDisabled;
        }
        if late > 0 {
            exit = worse(exit, Exit::Pending);
        }
        Ok(Report { generation: generation.0, microseconds, workers, opcaches, flushed, asked, exit })
    }

    /// Removes cached values, where that is wanted.
    fn flush(&self, open: &Open) -> Vec<Flushed> {
        let is_wanted = |name: &str| self.user.iter().any(|wanted| wanted.is_empty() || wanted == name);
        let of_caches = caches::all(open).into_iter().filter(|(_, name)| is_wanted(name));
        of_caches
            .map(|(id, cache)| {
                let (entries, _) = open.cache.usage(id);
                records::flush(&open.segment, id);
                Flushed { cache, entries }
            })
            .collect()
    }

    fn show(&self, answer: &Answer<Report>, out: &mut Out) -> Result<(), Failure> {
        let Some(report) = answer.report() else { return Ok(()) };
        let time = report.microseconds as f64 / 1000.0;
        out.line(out.styled(
            Style::Bold,
            format!("{}: reset {}, in {time:.1} ms", answer.segment.display(), report.generation),
        ))?;
        for flushed in &report.flushed {
            let what = if flushed.entries == 1 { "entry" } else { "entries" };
            out.line(format!("  {} {what} of {} removed", out::count(flushed.entries), flushed.cache))?;
        }
        for asked in &report.asked {
            show_asked(asked, out)?;
        }
        if report.workers.is_empty() {
            out.line("  No PHP process is attached: one that starts from now on has nothing to forget.")?;
        }
        let cells: Vec<Vec<String>> = report.workers.iter().map(|worker| worker.cells(report)).collect();
        for (line, of) in out::table(&["  POOL", "SAPI", ">PID", "STATE"], &cells).into_iter().zip(0..) {
            let state = if of == 0 { None } else { report.workers.get(of - 1).map(|worker| worker.state) };
            let style = match state {
                None => Style::Bold,
                Some(State::Applied) => Style::Good,
                Some(State::Idle | State::Script) => Style::Dim,
                Some(State::Busy) => Style::Warn,
            };
            if !cells.is_empty() {
                out.line(out.styled(style, line))?;
            }
        }
        for opcache in &report.opcaches {
            let processes = if opcache.workers == 1 { "process" } else { "processes" };
            let stays = if opcache.preloads { "; preloaded code stays until PHP is restarted" } else { "" };
            let outcome = opcache.outcome.as_deref().unwrap_or("done by the next request, before it runs any code");
            let line = format!("  opcache of {} {processes}: {outcome}{stays}", opcache.workers);
            out.line(if opcache.exit == Exit::Done { line } else { out.styled(Style::Warn, line) })?;
        }
        if report.exit == Exit::OpcacheDisabled && report.opcaches.is_empty() {
            out.line(out.styled(Style::Warn, "  opcache is off in all of them: there is nothing to reset"))?;
        }
        Ok(())
    }
}

impl Report {
    fn has_flushed(&self, name: &str) -> bool {
        self.flushed.iter().any(|flushed| flushed.cache == name)
    }
}

impl Worker {
    fn cells(&self, report: &Report) -> Vec<String> {
        let since = self.in_request_ms.unwrap_or_default();
        let since =
            if since < 10_000 { format!("{:.1} s", since as f64 / 1000.0) } else { out::duration(since / 1000) };
        let state = match self.state {
            State::Applied => "applied".to_owned(),
            State::Idle => "idle: applies it before its next request runs any code".to_owned(),
            State::Script => "a script: applies it at its next Trove\\poll()".to_owned(),
            State::Busy => format!("busy for {since}: applies it after the request"),
        };
        let is_elsewhere = report.workers.iter().any(|other| other.pid_namespace != self.pid_namespace);
        let pid = if is_elsewhere { format!("{} in {}", self.pid, self.pid_namespace) } else { self.pid.to_string() };
        let pool = if self.pool.is_empty() { "-" } else { &self.pool };
        vec![format!("  {}", out::shortened(pool, 24)), self.sapi.clone(), pid, state]
    }
}

/// The addresses that were given; the usual one for an empty one.
///
/// # Errors
/// `Usage`.
pub fn addresses(texts: &[String]) -> Result<Vec<Address>, Failure> {
    let address = |text: &String| match text.as_str() {
        "" => Ok(Address::usual()),
        text => text.parse().map_err(|why: String| Failure::new(Exit::Usage, why)),
    };
    texts.iter().map(address).collect()
}

/// Connects to the pools, before rights are given up. Where a process for each owner does the work, that one connects: a connection that nobody
/// uses keeps a worker waiting.
pub fn pools(addresses: Vec<Address>, targets: &[Found]) -> Pools {
    Pools::connect(if run::needs_children(targets) { Vec::new() } else { addresses })
}

/// Says that a worker was asked through FastCGI.
pub fn show_asked(asked: &Asked, out: &mut Out) -> Result<(), Failure> {
    let Asked { address, problem } = asked;
    let line = match problem {
        None => format!("  a worker behind {address} has answered"),
        Some(why) => out.styled(Style::Warn, format!("  no worker behind {address} has answered: {why}")),
    };
    Ok(out.line(line)?)
}

/// A time in seconds.
///
/// # Errors
/// For what is none.
pub fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "it is not a number of seconds".to_owned())?;
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}

/// Waits until it is known what became of each opcache, as long as some process is about to do something.
fn await_outcomes(open: &Open, generation: Generation, began: Instant, time: Duration) {
    let is_open = || {
        let states = resets::opcaches(&open.segment);
        let waits = |state: &resets::OpcacheState| state.workers > 0 && !is_known(state, generation);
        let is_any_busy = resets::workers(&open.segment).iter().any(|worker| worker.request_since.is_some());
        states.iter().any(waits) && (is_any_busy || began.elapsed() < GLANCE)
    };
    while began.elapsed() < time && is_open() {
        std::thread::sleep(PAUSE);
    }
}

fn is_known(state: &resets::OpcacheState, generation: Generation) -> bool {
    state.done >= generation || state.outcome.is_some_and(|(_, of)| of >= generation)
}

fn workers(open: &Open, generation: Generation) -> Vec<Worker> {
    let now = open.now().boot_ms;
    let worker = |worker: resets::Worker| Worker {
        pid: worker.pid,
        pid_namespace: worker.pid_ns,
        sapi: worker.sapi.to_owned(),
        pool: out::printable(worker.label.as_bytes()),
        state: match worker.request_since {
            _ if worker.applied >= generation => State::Applied,
            Some(_) => State::Busy,
            None if worker.sapi == "cli" => State::Script,
            None => State::Idle,
        },
        in_request_ms: worker.request_since.map(|since| now.saturating_sub(since)),
        opcache: worker.opcache.map(|id| format!("{id:016x}")),
    };
    let mut workers: Vec<_> = resets::workers(&open.segment).into_iter().map(worker).collect();
    workers.sort_by(|a, b| (&a.sapi, &a.pool, a.pid_namespace, a.pid).cmp(&(&b.sapi, &b.pool, b.pid_namespace, b.pid)));
    workers
}

fn opcaches(open: &Open, generation: Generation) -> Vec<OpcacheReport> {
    let states = resets::opcaches(&open.segment).into_iter().filter(|state| state.workers > 0);
    states
        .map(|state| {
            let known = state.outcome.filter(|_| is_known(&state, generation)).map(|(outcome, _)| in_words(outcome));
            OpcacheReport {
                id: format!("{:016x}", state.id),
                workers: state.workers,
                outcome: known.map(|(words, _)| words.to_owned()),
                exit: known.map_or(Exit::Done, |(_, exit)| exit),
                preloads: state.preloads,
            }
        })
        .collect()
}

fn in_words(outcome: Outcome) -> (&'static str, Exit) {
    match outcome {
        Outcome::Done => ("done", Exit::Done),
        Outcome::RestartPending => {
            ("a restart was pending already: it comes when the requests in flight have ended", Exit::RestartPending)
        }
        Outcome::Disabled => ("it is disabled", Exit::OpcacheDisabled),
        Outcome::FileCacheOnly => ("opcache.file_cache_only is on: no reset reaches files", Exit::FileCacheOnly),
        Outcome::RestrictApi => (
            "opcache.restrict_api forbids it to the script that was asked for; another request may do it",
            Exit::RestrictApi,
        ),
        Outcome::DisableFunctions => ("disable_functions has taken opcache's functions away", Exit::DisableFunctions),
        Outcome::Failed => ("opcache refused", Exit::OpcacheRefused),
    }
}

/// The one that a deployment should rather know of.
pub fn worse(a: Exit, b: Exit) -> Exit {
    const WORST_FIRST: [Exit; 7] = [
        Exit::OpcacheRefused,
        Exit::DisableFunctions,
        Exit::RestrictApi,
        Exit::FileCacheOnly,
        Exit::OpcacheDisabled,
        Exit::Pending,
        Exit::RestartPending,
    ];
    let rank = |exit: Exit| match exit {
        Exit::Done => WORST_FIRST.len() + 1,
        exit => WORST_FIRST.iter().position(|one| *one == exit).map_or(0, |at| at + 1),
    };
    if rank(b) < rank(a) { b } else { a }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happens_to_opcache_is_one_of_four() {
        assert_eq!(How::parse("paths"), Ok(How::Paths));
        assert_eq!(How::parse("reset"), Ok(How::Reset));
        assert_eq!(How::parse("none"), Ok(How::None));
        assert_eq!(How::parse("invalidate:/srv/a:b"), Ok(How::Invalidate("/srv/a:b".into())));
        for bad in ["", "path", "reset:", "invalidate", "invalidate:", "invalidate:srv"] {
            assert!(How::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_exit_code_is_that_of_the_worst() {
        assert_eq!(worse(Exit::Done, Exit::RestartPending), Exit::RestartPending);
        assert_eq!(worse(Exit::RestrictApi, Exit::Pending), Exit::RestrictApi);
        assert_eq!(worse(Exit::Pending, Exit::Denied), Exit::Denied);
        assert_eq!(worse(Exit::Denied, Exit::OpcacheRefused), Exit::Denied);
    }
}
