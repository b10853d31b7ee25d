//! What became of a reset in one segment: what is told of its workers, and shown.

use serde::{Deserialize, Serialize};
use trove_shm::resets::{self, Generation, Outcome};

use crate::bytes::Bytes;
use crate::commands::reset::{How, Published, Reset, is_known};
use crate::exit::{Exit, Failure};
use crate::fcgi::Asked;
use crate::out::{self, Out, Style};
use crate::run::{Answer, Open};
use crate::text::{path, printable, wrapped};

/// What became of one segment.
#[derive(Debug, Serialize, Deserialize)]
pub struct Report {
    /// Number of the reset.
    generation: u64,
    /// Microseconds until it was published.
    microseconds: u64,
    workers: Vec<Worker>,
    /// What was done to each opcache, where something was to be done.
    opcaches: Vec<OpcacheReport>,
    /// Whether one of them has preloaded code, which no reset reaches.
    preloads: bool,
    flushed: Vec<Flushed>,
    /// Where a worker was asked.
    asked: Vec<Asked>,
    /// The exit code.
    pub exit: Exit,
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
    /// Scripts that lay below the prefix; none where that is not known, or everything was thrown away.
    scripts: Option<u64>,
    exit: Exit,
    preloads: bool,
}

/// Cached values that were removed.
#[derive(Debug, Serialize, Deserialize)]
pub struct Flushed {
    /// Of which cache.
    pub cache: Bytes,
    /// How many.
    pub entries: u64,
}

impl Report {
    /// Looks what there is to be told.
    pub fn of(reset: &Reset, open: &Open, published: Published, asked: Vec<Asked>, late: usize) -> Self {
        let Published { generation, flushed, microseconds, .. } = published;
        let workers = workers(open, generation);
        let acts = reset.opcache.acts();
        let opcaches =
            if acts { opcaches(open, generation, matches!(reset.opcache, How::Invalidate(_))) } else { Vec::new() };
        let mut exit = opcaches.iter().map(|opcache| opcache.exit).fold(Exit::Done, Exit::or_worse);
        if acts && opcaches.is_empty() && workers.iter().any(|worker| worker.sapi != "cli") {
            exit = Exit::OpcacheDisabled;
        }
        if late > 0 || asked.iter().any(|asked| asked.problem.is_some()) {
            exit = exit.or_worse(Exit::Pending);
        }
        let preloads = resets::opcaches(&open.segment).iter().any(|state| state.workers > 0 && state.preloads);
        Self { generation: generation.0, microseconds, workers, opcaches, preloads, flushed, asked, exit }
    }

    /// Whether values of a cache of that name were removed.
    pub fn has_flushed(&self, name: &str) -> bool {
        self.flushed.iter().any(|flushed| flushed.cache.0 == name.as_bytes())
    }
}

/// Shows it.
pub fn show(answer: &Answer<Report>, out: &mut Out) -> Result<(), Failure> {
    let Some(report) = answer.report() else { return Ok(()) };
    let time = report.microseconds as f64 / 1000.0;
    out.line(
        out.styled(Style::Bold, format!("{}: reset {}, in {time:.1} ms", path(&answer.segment), report.generation)),
    )?;
    for flushed in &report.flushed {
        let what = if flushed.entries == 1 { "entry" } else { "entries" };
        out.line(format!("  {} {what} of {} removed", out::count(flushed.entries), flushed.cache))?;
    }
    for asked in &report.asked {
        show_asked(asked, out)?;
    }
    if report.workers.is_empty() {
        let what = "No PHP process is attached now. One that attaches from now on, with its first request, starts with nothing remembered.";
        for line in wrapped(what, out.width().saturating_sub(2)) {
            out.line(format!("  {line}"))?;
        }
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
        let outcome = opcache.outcome.as_deref().unwrap_or("done by the next request, before it runs any code");
        let scripts = match opcache.scripts {
            None => String::new(),
            Some(1) => ", 1 script lay there".to_owned(),
            Some(n) => format!(", {} scripts lay there", out::count(n)),
        };
        let line = format!("  opcache of {} {processes}: {outcome}{scripts}", opcache.workers);
        out.line(if opcache.exit == Exit::Done { line } else { out.styled(Style::Warn, line) })?;
    }
    if report.preloads {
        out.line(out.styled(Style::Warn, "  preloaded code (opcache.preload) stays until PHP is restarted"))?;
    }
    if report.exit == Exit::OpcacheDisabled && report.opcaches.is_empty() {
        out.line(out.styled(Style::Warn, "  opcache is off in all of them: there is nothing to reset"))?;
    }
    Ok(())
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
        let pool = if self.pool.is_empty() { "-".to_owned() } else { printable(self.pool.as_bytes()) };
        vec![format!("  {}", out::shortened(&pool, 24)), self.sapi.clone(), pid, state]
    }
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

fn workers(open: &Open, generation: Generation) -> Vec<Worker> {
    let now = open.now().boot_ms;
    let worker = |worker: resets::Worker| Worker {
        pid: worker.pid,
        pid_namespace: worker.pid_ns,
        sapi: worker.sapi.to_owned(),
        pool: worker.label,
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

fn opcaches(open: &Open, generation: Generation, counts: bool) -> Vec<OpcacheReport> {
    let states = resets::opcaches(&open.segment).into_iter().filter(|state| state.workers > 0);
    states
        .map(|state| {
            let known = state.outcome.filter(|_| is_known(&state, generation)).map(|(outcome, _)| in_words(outcome));
            let is_done = known.is_some_and(|(_, exit)| exit == Exit::Done);
            OpcacheReport {
                id: format!("{:016x}", state.id),
                workers: state.workers,
                scripts: (counts && is_done && state.scripts != u64::MAX).then_some(state.scripts),
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
