//! Asking each segment.
//!
//! Whoever is not root maps what he was told to. Root becomes the owner first; where the segments have several owners, a child process for
//! each of them does the work and tells the parent in JSON, which has mapped nothing. The child is this program with the same arguments,
//! behind `--only PATH` for each of its segments.

use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use trove_shm::cache::{Cache, Now};
use trove_shm::segment::Segment;
use trove_shm::segment::list::Found;

use crate::args::Global;
use crate::clock;
use crate::exit::{Exit, Failure};
use crate::out::{self, Out};
use crate::owner::{Owner, user_name};
use crate::segments::owner_of;

/// A segment that this process has attached to.
#[derive(Debug)]
pub struct Open {
    /// What is known of it from outside.
    pub found: Found,
    /// The segment.
    pub segment: Arc<Segment>,
    /// This thread's handle.
    pub cache: Cache,
}

impl Open {
    /// Attaches. Root must have become the owner.
    ///
    /// # Errors
    /// What keeps the segment from being used.
    pub fn new(found: Found) -> Result<Self, Failure> {
        let segment = Segment::attach(&found.path)?;
        let cache = Cache::attach(Arc::clone(&segment))?;
        Ok(Self { found, segment, cache })
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

/// Asks each of `targets`, in their order.
///
/// None in a child of root's, where the answers are the output and the caller has nothing to show.
///
/// # Errors
/// Where the owner's rights cannot be taken on, or a child does not answer. What fails for one segment stands in its answer.
pub fn each<R: Serialize + DeserializeOwned>(
    global: &Global,
    out: &mut Out,
    targets: Vec<Found>,
    ask: &dyn Fn(&Open) -> Result<R, Failure>,
) -> Result<Option<Vec<Answer<R>>>, Failure> {
    let answers = if needs_children(&targets) {
        in_children(global, &owners(&targets), targets)
    } else {
        if let [owner] = owners(&targets)[..] {
            take_on(global, owner, &targets)?;
        }
        targets.into_iter().map(|found| answer(found, ask)).collect()
    };
    if !global.only.is_empty() {
        out.json(&answers)?;
        return Ok(None);
    }
    Ok(Some(answers))
}

/// Whether this process is root, and the segments belong to several others.
pub fn needs_children(targets: &[Found]) -> bool {
    let owners = owners(targets);
    owners.len() > 1 && owners.iter().any(|owner| owner.is_foreign())
}

fn owners(targets: &[Found]) -> Vec<Owner> {
    let mut owners: Vec<Owner> = targets.iter().map(owner_of).collect();
    owners.sort_unstable();
    owners.dedup();
    owners
}

/// The worst of the answers' exit codes, each failure having been reported.
pub fn exit_of<R>(answers: &[Answer<R>]) -> Exit {
    let mut worst = Exit::Done;
    for answer in answers {
        if let Some(failure) = answer.failure() {
            let message = format!("{}: {}", answer.segment.display(), failure.message);
            Failure::new(failure.exit, message).report(false);
            worst = failure.exit;
        }
    }
    worst
}

/// Attaches to the one segment of a command that acts on one, as its owner.
///
/// # Errors
/// As [`Open::new`], and where the owner's rights cannot be taken on.
pub fn open(global: &Global, found: Found) -> Result<Open, Failure> {
    take_on(global, owner_of(&found), std::slice::from_ref(&found))?;
    Open::new(found)
}

/// Becomes the owner, and says so.
fn take_on(global: &Global, owner: Owner, of: &[Found]) -> Result<(), Failure> {
    if !owner.is_foreign() {
        return Ok(());
    }
    owner.take_on()?;
    if !global.json && global.only.is_empty() {
        let paths: Vec<_> = of.iter().map(|one| one.path.display().to_string()).collect();
        let (user, id) = (user_name(owner.user), owner.user);
        let belong = if paths.len() == 1 { "belongs" } else { "belong" };
        out::say(&format!("acting as user {user} ({id}), to whom {} {belong}", paths.join(", ")));
    }
    Ok(())
}

fn answer<R>(found: Found, ask: &dyn Fn(&Open) -> Result<R, Failure>) -> Answer<R> {
    Answer::of(&found.clone(), Open::new(found).and_then(|open| ask(&open)))
}

/// Root with segments of several owners.
fn in_children<R: DeserializeOwned>(global: &Global, owners: &[Owner], targets: Vec<Found>) -> Vec<Answer<R>> {
    if !global.json {
        let users: Vec<String> = owners.iter().map(|owner| user_name(owner.user)).collect();
        out::say(&format!("acting as each of the owners: {}", users.join(", ")));
    }
    let of = |owner: Owner| targets.iter().filter(move |found| owner_of(found) == owner);
    // All at once: one may have to wait.
    let children: Vec<_> = owners.iter().map(|&owner| (owner, start_child(owner, of(owner)))).collect();
    let mut answers: Vec<Answer<R>> = Vec::new();
    for (owner, child) in children {
        match child.and_then(|child| answers_of(owner, child)) {
            Ok(told) => answers.extend::<Vec<_>>(told),
            Err(failure) => answers.extend(of(owner).map(|found| Answer::of(found, Err(failure.clone())))),
        }
    }
    answers.sort_by_key(|answer| targets.iter().position(|found| found.path == answer.segment));
    answers
}

fn start_child<'f>(owner: Owner, targets: impl Iterator<Item = &'f Found>) -> Result<Child, Failure> {
    let mut child = Command::new("/proc/self/exe");
    for found in targets {
        child.arg("--only").arg(&found.path);
    }
    child.args(std::env::args_os().skip(1));
    child.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit());
    if owner.is_foreign() {
        // The standard library drops all other groups with it.
        child.uid(owner.user).gid(owner.group);
    }
    child.spawn().map_err(|e| child_failure(owner, &format!("cannot be started: {e}")))
}

fn answers_of<R: DeserializeOwned>(owner: Owner, child: Child) -> Result<Vec<Answer<R>>, Failure> {
    let output = child.wait_with_output().map_err(|e| child_failure(owner, &format!("cannot be waited for: {e}")))?;
    serde_json::from_slice(&output.stdout)
        .map_err(|_| child_failure(owner, &format!("did not answer ({})", output.status)))
}

fn child_failure(owner: Owner, what: &str) -> Failure {
    let message = format!("the process for the segments of user {} {what}", user_name(owner.user));
    Failure::new(Exit::Failed, message)
}
