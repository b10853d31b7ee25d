//! `trove reset`: what a deployment runs after it has switched the link. Published in microseconds; whether the workers are waited for, and for how
//! long, is the caller's choice.

mod report;

use std::time::{Duration, Instant};

use clap::Args;
use trove_shm::caches as records;
use trove_shm::resets::{self, Generation, Opcache, Stat, Until};
use trove_shm::segment::list::Found;

use crate::args::{Global, seconds};
use crate::bytes::Bytes;
use crate::caches;
use crate::exit::{Exit, Failure};
use crate::fcgi::{self, Address, Pools};
use crate::out::Out;
use crate::run::{self, Answer, Open};
use crate::segments::{self, Unnamed};

pub use report::show_asked;
use report::{Flushed, Report};

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
    #[arg(long, value_name = "CACHE", num_args = 0..=1, default_missing_value = "")]
    pub user: Vec<String>,
    /// Wait until no worker is in a request that does not know the reset, for at most so many seconds (30)
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "30", value_parser = seconds)]
    pub wait: Option<Duration>,
    /// Wait until every request has ended that began before the reset, for at most so many seconds (180)
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "180", value_parser = seconds)]
    pub drain: Option<Duration>,
    /// No segment, no error: where the extension may not be installed
    #[arg(long)]
    pub if_present: bool,
    /// Have an idle worker of the pool that listens there apply it at once (within 5 seconds): a socket, or host:port; may be given several times
    #[arg(long, value_name = "ADDRESS", num_args = 0..=1, default_missing_value = "")]
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
        let asking = if addresses.is_empty() { Duration::ZERO } else { fcgi::PATIENCE };
        let waits = asking + self.wait.unwrap_or_default() + self.drain.unwrap_or_default();
        let global = &Global { waits, ..global.clone() };
        let pools = pools(addresses, &targets, global);
        let follow = |open: &Open, published| Ok(self.follow(open, published, &pools));
        let Some(answers) = run::each_after(global, out, targets, &|open| self.publish(open), &follow)? else {
            return Ok(Exit::Done);
        };
        if global.json {
            out.json(&answers)?;
        } else {
            for answer in &answers {
                report::show(answer, out)?;
            }
        }
        out.flush()?;
        let failed = run::exit_of(&answers);
        let reports = || answers.iter().filter_map(Answer::report);
        let missing =
            self.user.iter().find(|name| !name.is_empty() && !reports().any(|report| report.has_flushed(name)));
        if let (Some(name), Exit::Done) = (missing, failed) {
            let message =
                format!("reset, but there is no cache called {name:?}; trove status tells those that there are");
            return Err(Failure::new(Exit::NotFound, message));
        }
        Ok(reports().map(|report| report.exit).fold(failed, Exit::or_worse))
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
    fn follow(&self, open: &Open, published: Published, pools: &Pools) -> Report {
        let Published { generation, mut flushed, began, began_ms, microseconds } = published;
        let asked = pools.ask_once();
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
        let published = Published { generation, flushed, began, began_ms, microseconds };
        Report::of(self, open, published, asked, late)
    }

    /// Removes cached values, where that is wanted.
    fn flush(&self, open: &Open) -> Vec<Flushed> {
        let is_wanted = |name: &Bytes| self.user.iter().any(|wanted| wanted.is_empty() || wanted.as_bytes() == name.0);
        let of_caches = caches::all(open).into_iter().filter(|(_, name)| is_wanted(name));
        of_caches
            .map(|(id, cache)| {
                let (entries, _) = open.cache.usage(id);
                records::flush(&open.segment, id);
                Flushed { cache, entries }
            })
            .collect()
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

/// The pools that are to be asked, by who acts on `targets`: this process, unless one for each owner does.
pub fn pools(addresses: Vec<Address>, targets: &[Found], global: &Global) -> Pools {
    match (run::needs_children(targets), global.only.is_empty()) {
        (false, _) => Pools::new(addresses),
        (true, true) => Pools::default(),
        // A child of root's, that is about to give its rights up.
        (true, false) => Pools::early(addresses),
    }
}

/// Waits until it is known what became of each opcache, as long as one of its processes is about to do something.
fn await_outcomes(open: &Open, generation: Generation, began: Instant, time: Duration) {
    let is_open = || {
        let workers = resets::workers(&open.segment);
        let is_busy = |id: u64| workers.iter().any(|one| one.opcache == Some(id) && one.request_since.is_some());
        let may_act = |id: u64| is_busy(id) || began.elapsed() < GLANCE;
        let states = resets::opcaches(&open.segment);
        states.iter().any(|state| state.workers > 0 && !is_known(state, generation) && may_act(state.id))
    };
    while began.elapsed() < time && is_open() {
        std::thread::sleep(PAUSE);
    }
}

fn is_known(state: &resets::OpcacheState, generation: Generation) -> bool {
    state.done >= generation || state.outcome.is_some_and(|(_, of)| of >= generation)
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
}
