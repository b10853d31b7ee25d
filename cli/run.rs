//! Asking each segment.
//!
//! Whoever is not root maps what he was told to. For root a child process for each of the other owners does the work and tells it in JSON: root
//! has mapped nothing then, and cannot be stopped by an owner, who may send signals to what runs as himself. The child is this program with the
//! same arguments, behind `--only PATH` for each of its segments; it takes on the owner's rights, in a session of its own. What it says is as
//! good as the owner's own words: [`child`] bounds it, and whatever is shown of it is escaped.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use trove_shm::cache::{Cache, Now};
use trove_shm::segment::Segment;
use trove_shm::segment::list::Found;

use crate::args::Global;
use crate::exit::{Exit, Failure};
use crate::out::{self, Out};
use crate::owner::{Owner, user_name};
use crate::segments::{self, owner_of};
use crate::text::path;
use crate::{bytes, child, clock};

/// This program.
const PROGRAM: &str = "/proc/self/exe";
/// Most that is read of a child's answer: some times what its segments hold, and never more than this.
const MOST: usize = 256 << 20;

/// A segment that this process has attached to.
#[derive(Debug)]
pub struct Open {
    /// What is known of it from outside.
    pub found: Found,
    /// The segment.
    pub segment: Arc<Segment>,
    /// This thread's handle.
    pub cache: Cache,
    /// How long a PHP may take that is asked for a value.
    pub patience: Duration,
}

impl Open {
    /// Attaches. Root must have become the owner.
    ///
    /// # Errors
    /// What keeps the segment from being used.
    pub fn new(global: &Global, found: Found) -> Result<Self, Failure> {
        let segment = Segment::attach(&found.path)?;
        let cache = Cache::attach(Arc::clone(&segment))?;
        Ok(Self { found, segment, cache, patience: global.patience })
    }

    /// The time now.
    pub fn now(&self) -> Now {
        clock::now()
    }
}

/// What became of one segment.
#[derive(Debug, Serialize, Deserialize)]
pub struct Answer<R> {
    /// Path of the segment.
    #[serde(with = "bytes::of_path")]
    pub segment: PathBuf,
    /// Its name.
    pub name: String,
    /// Its owner's user id.
    pub owner_id: u32,
    /// What the command has to say, or why it could not be done.
    #[serde(flatten)]
    pub outcome: Outcome<R>,
}

/// See [`Answer`].
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Outcome<R> {
    /// It could not be done.
    Failed {
        /// Why.
        error: String,
        /// The exit code.
        exit: Exit,
    },
    /// It was done.
    Done(R),
}

impl<R> Answer<R> {
    fn of(found: &Found, outcome: Result<R, Failure>) -> Self {
        let outcome = match outcome {
            Ok(report) => Outcome::Done(report),
            Err(failure) => Outcome::Failed { error: failure.message, exit: failure.exit },
        };
        Self { segment: found.path.clone(), name: found.name.clone(), owner_id: found.owner, outcome }
    }

    /// What the command has to say; none where it could not be done.
    pub fn report(&self) -> Option<&R> {
        match &self.outcome {
            Outcome::Done(report) => Some(report),
            Outcome::Failed { .. } => None,
        }
    }

    /// The failure, if it is one.
    pub fn failure(&self) -> Option<Failure> {
        match &self.outcome {
            Outcome::Done(_) => None,
            Outcome::Failed { error, exit } => Some(Failure::new(*exit, error.clone())),
        }
    }
}

/// Asks each of `targets`, in their order; those that cannot be used have failed.
///
/// None in a child of root's, where the answers are the output and the caller has nothing to show.
///
/// # Errors
/// Where the owner's rights cannot be taken on. What fails for one segment stands in its answer.
pub fn each<R: Serialize + DeserializeOwned>(
    global: &Global,
    out: &mut Out,
    targets: Vec<Found>,
    ask: &dyn Fn(&Open) -> Result<R, Failure>,
) -> Result<Option<Vec<Answer<R>>>, Failure> {
    act(global, out, targets, &|found| {
        let answer = |found| Answer::of(&found, attach(global, &found).and_then(|open| ask(&open)));
        found.into_iter().map(answer).collect()
    })
}

/// As [`each`], for what takes its time: `publish` is done to all segments before `follow` waits for anything in the first.
///
/// # Errors
/// As [`each`].
pub fn each_after<P, R: Serialize + DeserializeOwned>(
    global: &Global,
    out: &mut Out,
    targets: Vec<Found>,
    publish: &dyn Fn(&Open) -> Result<P, Failure>,
    follow: &dyn Fn(&Open, P) -> Result<R, Failure>,
) -> Result<Option<Vec<Answer<R>>>, Failure> {
    act(global, out, targets, &|found| {
        let published = |found: Found| {
            let published = attach(global, &found).and_then(|open| publish(&open).map(|published| (open, published)));
            (found, published)
        };
        let all: Vec<_> = found.into_iter().map(published).collect();
        let followed = |(open, published): (Open, P)| follow(&open, published);
        all.into_iter().map(|(found, published)| Answer::of(&found, published.and_then(followed))).collect()
    })
}

/// Has `ask` act on the segments, in a process that may: this one, or one for each owner.
fn act<R: Serialize + DeserializeOwned>(
    global: &Global,
    out: &mut Out,
    targets: Vec<Found>,
    ask: &dyn Fn(Vec<Found>) -> Vec<Answer<R>>,
) -> Result<Option<Vec<Answer<R>>>, Failure> {
    let is_child = !global.only.is_empty();
    if !is_child && needs_children(&targets) {
        return Ok(Some(in_children(global, targets)));
    }
    match owners(&targets)[..] {
        [owner] => {
            take_on(global, owner, &targets)?;
            // Taking on the rights has undone it.
            if is_child {
                child::end_with_parent();
            }
        }
        // Somebody has put another file there since root looked.
        _ if is_child => return Err(Failure::new(Exit::Failed, "the segments have other owners now")),
        _ => {}
    }
    let answers = ask(targets);
    if is_child {
        out.json(&answers)?;
        return Ok(None);
    }
    Ok(Some(answers))
}

/// Whether this process is root, and one of the segments belongs to somebody else. Where /proc is missing, which starts this program once more,
/// and there is one owner alone, root becomes that one itself.
pub fn needs_children(targets: &[Found]) -> bool {
    let owners = owners(targets);
    owners.iter().any(|owner| owner.is_foreign()) && (owners.len() > 1 || Path::new(PROGRAM).exists())
}

/// The owners of those that can be used.
fn owners(targets: &[Found]) -> Vec<Owner> {
    let usable = targets.iter().filter(|found| found.problem.is_none());
    let mut owners: Vec<Owner> = usable.map(owner_of).collect();
    owners.sort_unstable();
    owners.dedup();
    owners
}

/// The worst of the answers' exit codes, each failure having been reported.
pub fn exit_of<R>(answers: &[Answer<R>]) -> Exit {
    let failures = answers.iter().filter_map(|answer| Some((answer, answer.failure()?)));
    failures.fold(Exit::Done, |worst, (answer, failure)| {
        out::say(&format!("{}: {}", path(&answer.segment), failure.message));
        worst.or_worse(failure.exit)
    })
}

/// Attaches to the one segment of a command that acts on one, as its owner.
///
/// # Errors
/// As [`Open::new`], and where the owner's rights cannot be taken on.
pub fn open(global: &Global, found: Found) -> Result<Open, Failure> {
    take_on(global, owner_of(&found), std::slice::from_ref(&found))?;
    Open::new(global, found)
}

/// Becomes the owner, and says so.
fn take_on(global: &Global, owner: Owner, of: &[Found]) -> Result<(), Failure> {
    if owner.is_foreign() {
        owner.take_on()?;
        say_whom(global, &[owner], of);
    }
    Ok(())
}

fn say_whom(global: &Global, owners: &[Owner], of: &[Found]) {
    if global.json || !global.only.is_empty() {
        return;
    }
    if let [Owner { user, .. }] = *owners {
        let paths: Vec<_> = of.iter().map(|one| path(&one.path)).collect();
        let belong = if paths.len() == 1 { "belongs" } else { "belong" };
        out::say(&format!("acting as user {} ({user}), to whom {} {belong}", user_name(user), paths.join(", ")));
    } else {
        let users: Vec<String> = owners.iter().map(|owner| user_name(owner.user)).collect();
        out::say(&format!("acting as each of the owners: {}", users.join(", ")));
    }
}

fn attach(global: &Global, found: &Found) -> Result<Open, Failure> {
    match segments::problem(found) {
        Some(problem) => Err(problem),
        None => Open::new(global, found.clone()),
    }
}

/// For root with segments of others.
fn in_children<R: DeserializeOwned>(global: &Global, targets: Vec<Found>) -> Vec<Answer<R>> {
    let (usable, others): (Vec<_>, Vec<_>) = targets.iter().cloned().partition(|found| found.problem.is_none());
    let owners = owners(&usable);
    say_whom(global, &owners, &usable);
    let of = |owner: Owner| usable.iter().filter(move |found| owner_of(found) == owner).collect::<Vec<_>>();
    let time = global.patience + global.waits;
    // All at once: one may have to wait.
    let told: Vec<_> = std::thread::scope(|scope| {
        let ask = |owner| scope.spawn(move || (owner, ask_child(owner, &of(owner), time)));
        let children: Vec<_> = owners.iter().map(|&owner| ask(owner)).collect();
        children.into_iter().filter_map(|child| child.join().ok()).collect()
    });
    let mut answers: Vec<Answer<R>> = Vec::new();
    for (owner, told) in told {
        let mut told: Vec<Answer<R>> = match told.and_then(|told| understood(owner, told)) {
            Ok(told) => told,
            Err(failure) => {
                answers.extend(of(owner).into_iter().map(|found| Answer::of(found, Err(failure.clone()))));
                continue;
            }
        };
        for found in of(owner) {
            // What the child says of itself is not believed; its report is a report.
            let own =
                told.iter().position(|answer| answer.segment == found.path).map(|at| told.swap_remove(at).outcome);
            let outcome = match own {
                None => Err(child_failure(owner, "has not told what became of it")),
                Some(Outcome::Done(report)) => Ok(report),
                Some(Outcome::Failed { error, exit }) => Err(Failure::new(exit, error)),
            };
            answers.push(Answer::of(found, outcome));
        }
    }
    answers.extend(others.iter().filter_map(|found| Some(Answer::of(found, Err(segments::problem(found)?)))));
    answers.sort_by_key(|answer| targets.iter().position(|found| found.path == answer.segment));
    answers
}

fn ask_child(owner: Owner, targets: &[&Found], time: Duration) -> Result<child::Told, Failure> {
    let mut command = Command::new(PROGRAM);
    for found in targets {
        command.arg("--only").arg(&found.path);
    }
    command.args(std::env::args_os().skip(1));
    let held = targets.iter().fold(0_u64, |sum, found| sum.saturating_add(found.bytes));
    let most = usize::try_from(held.saturating_mul(4).saturating_add(16 << 20)).unwrap_or(MOST).min(MOST);
    child::output(&mut command, time, most).map_err(|why| child_failure(owner, &why))
}

fn understood<R: DeserializeOwned>(owner: Owner, told: child::Told) -> Result<Vec<Answer<R>>, Failure> {
    let said = String::from_utf8_lossy(&told.err);
    if !said.trim().is_empty() {
        out::pass_on(said.trim_end());
    }
    serde_json::from_slice(&told.out).map_err(|_| child_failure(owner, &format!("did not answer ({})", told.status)))
}

fn child_failure(owner: Owner, what: &str) -> Failure {
    let message = format!("the process for the segments of user {} {what}", user_name(owner.user));
    Failure::new(Exit::Failed, message)
}
