//! Child processes that may do what somebody else wants: those that run as the owner of a segment can be stopped by him, and what they say may be
//! his words. So they are read for a bounded time and up to a bounded size, and killed when that is over.

use std::ffi::{OsStr, OsString};
use std::io::{ErrorKind, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, set_parent_process_death_signal, setsid};

/// As the first argument of this program: the others are a program to be run in a session of its own.
const ALONE: &str = "--in-a-session-of-its-own";
/// What is read of the standard error.
const MOST_ERRORS: usize = 64 << 10;
/// How long a child may take to end when its input has, or when it was killed.
const GRACE: Duration = Duration::from_secs(1);
/// Time between two looks whether it has ended, where the kernel does not tell.
const PAUSE: Duration = Duration::from_millis(1);

/// What a child has said.
#[derive(Debug)]
pub struct Told {
    /// On its standard output.
    pub out: Vec<u8>,
    /// On its standard error, cut off where that is long.
    pub err: Vec<u8>,
    /// How it ended.
    pub status: ExitStatus,
}

/// Runs a command to its end, for at most `time`; reads at most `most` bytes.
///
/// # Errors
/// Why it was given up, in words that follow its name. It is killed then.
pub fn output(command: &mut Command, time: Duration, most: usize) -> Result<Told, String> {
    let until = Instant::now() + time;
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = Ending(command.spawn().map_err(|e| format!("cannot be started: {e}"))?);
    let (mut stdout, mut stderr) = (child.0.stdout.take(), child.0.stderr.take());
    let (mut out, mut err) = (Vec::new(), Vec::new());
    for pipe in [stdout.as_ref().map(AsFd::as_fd), stderr.as_ref().map(AsFd::as_fd)].into_iter().flatten() {
        make_nonblocking(pipe)?;
    }
    while stdout.is_some() || stderr.is_some() {
        let open = [stdout.as_ref().map(AsFd::as_fd), stderr.as_ref().map(AsFd::as_fd)];
        let open: Vec<BorrowedFd<'_>> = open.into_iter().flatten().collect();
        wait_for(&open, PollFlags::IN, until)?;
        read(&mut stdout, &mut out, most)?;
        read(&mut stderr, &mut err, MOST_ERRORS)?;
        err.truncate(MOST_ERRORS);
        if out.len() > most {
            return Err(format!("says more than {}", crate::out::size(most as u64)));
        }
    }
    let status = child.end(until.saturating_duration_since(Instant::now()).max(PAUSE)).ok_or("does not end")?;
    Ok(Told { out, err, status })
}

/// A child that is told lines and answers each with one.
#[derive(Debug)]
pub struct Talk {
    to: Option<ChildStdin>,
    from: Option<ChildStdout>,
    child: Ending,
    heard: Vec<u8>,
    patience: Duration,
    most: usize,
}

impl Talk {
    /// Starts it. Each answer may take `patience`, and have at most `most` bytes.
    ///
    /// # Errors
    /// Why it cannot be started.
    pub fn start(command: &mut Command, patience: Duration, most: usize) -> Result<Self, String> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = Ending(command.spawn().map_err(|e| e.to_string())?);
        let (to, from) = (child.0.stdin.take(), child.0.stdout.take());
        for pipe in [to.as_ref().map(AsFd::as_fd), from.as_ref().map(AsFd::as_fd)].into_iter().flatten() {
            make_nonblocking(pipe)?;
        }
        Ok(Self { to, from, child, heard: Vec::new(), patience, most })
    }

    /// Tells it a line.
    ///
    /// # Errors
    /// Where it does not listen.
    pub fn say(&mut self, line: &str) -> Result<(), String> {
        let until = Instant::now() + self.patience;
        let text = format!("{line}\n");
        let mut rest = text.as_bytes();
        while !rest.is_empty() {
            let to = self.to.as_mut().ok_or("has ended")?;
            match to.write(rest) {
                Ok(count) => rest = rest.get(count..).unwrap_or_default(),
                Err(e) if e.kind() == ErrorKind::WouldBlock => wait_for(&[to.as_fd()], PollFlags::OUT, until)?,
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) => return Err(e.to_string()),
            }
        }
        Ok(())
    }

    /// Its next line.
    ///
    /// # Errors
    /// Where there is none in time, or it is too long.
    pub fn hear(&mut self) -> Result<String, String> {
        let until = Instant::now() + self.patience;
        let mut looked = 0;
        loop {
            if let Some(end) = self.heard[looked..].iter().position(|&byte| byte == b'\n').map(|at| at + looked) {
                let rest = self.heard.split_off(end + 1);
                let line = std::mem::replace(&mut self.heard, rest);
                return Ok(String::from_utf8_lossy(&line[..end]).into_owned());
            }
            looked = self.heard.len();
            if looked > self.most {
                return Err(format!("answers with more than {}", crate::out::size(self.most as u64)));
            }
            let from = self.from.as_ref().ok_or("has ended early")?;
            wait_for(&[from.as_fd()], PollFlags::IN, until)?;
            let most = looked + (1 << 20);
            read(&mut self.from, &mut self.heard, most)?;
        }
    }

    /// What it has said on its standard error until it ends, which it is to do now.
    pub fn last_words(mut self) -> String {
        self.to = None;
        let until = Instant::now() + self.patience.min(GRACE);
        let (mut stderr, mut text) = (self.child.0.stderr.take(), Vec::new());
        if let Some(pipe) = &stderr
            && make_nonblocking(pipe.as_fd()).is_err()
        {
            return String::new();
        }
        while let Some(pipe) = &stderr {
            if wait_for(&[pipe.as_fd()], PollFlags::IN, until).is_err()
                || read(&mut stderr, &mut text, MOST_ERRORS).is_err()
                || text.len() > MOST_ERRORS
            {
                break;
            }
        }
        String::from_utf8_lossy(&text).into_owned()
    }
}

impl Drop for Talk {
    fn drop(&mut self) {
        // The end of its input ends it.
        self.to = None;
        let _ = self.child.end(GRACE);
    }
}

/// A child that does not outlive its handle.
#[derive(Debug)]
struct Ending(Child);

impl Ending {
    /// Waits for the end; none where it did not come in time.
    fn end(&mut self, time: Duration) -> Option<ExitStatus> {
        let until = Instant::now() + time;
        // It can be read when the child has ended.
        let handle = pidfd_open(Pid::from_child(&self.0), PidfdFlags::empty());
        loop {
            match self.0.try_wait() {
                Ok(Some(status)) => return Some(status),
                Ok(None) => {}
                Err(_) => return None,
            }
            match &handle {
                Ok(handle) => wait_for(&[handle.as_fd()], PollFlags::IN, until).ok()?,
                // Before Linux 5.3 there is nothing to wait for.
                Err(_) if Instant::now() < until => std::thread::sleep(PAUSE),
                Err(_) => return None,
            }
        }
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        if !matches!(self.0.try_wait(), Ok(Some(_))) {
            let _ = self.0.kill();
            // Not for ever: one that is traced is not given back to us before its tracer lets go of it.
            let _ = self.end(GRACE);
        }
    }
}

/// This program, told to run another one in a session of its own: it cannot reach our terminal then.
pub fn in_own_session(program: &OsStr) -> Command {
    let mut command = Command::new("/proc/self/exe");
    command.arg(ALONE).arg(program);
    command
}

/// Where that was asked for, becomes the other program. Comes back only where that does not work.
///
/// # Errors
/// Why it cannot be run.
pub fn become_other(mut args: impl Iterator<Item = OsString>) -> Result<(), String> {
    if args.nth(1).is_none_or(|first| first != ALONE) {
        return Ok(());
    }
    let program = args.next().ok_or("which program?")?;
    leave_terminal();
    let why = Command::new(&program).args(args).exec();
    Err(format!("{}: {why}", crate::text::path(program.as_ref())))
}

/// Gives the terminal up, and ends with the parent.
pub fn leave_terminal() {
    // It fails where this is a session's first process already: just as well.
    let _ = setsid();
    end_with_parent();
}

/// Has the kernel kill this process when its parent ends. Taking on another user's rights undoes it.
pub fn end_with_parent() {
    let _ = set_parent_process_death_signal(Some(Signal::KILL));
}

fn make_nonblocking(pipe: BorrowedFd<'_>) -> Result<(), String> {
    rustix::io::ioctl_fionbio(pipe, true).map_err(|e| e.to_string())
}

fn wait_for(pipes: &[BorrowedFd<'_>], what: PollFlags, until: Instant) -> Result<(), String> {
    let left = until.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err("did not answer in time".into());
    }
    let mut polled: Vec<PollFd<'_>> = pipes.iter().map(|pipe| PollFd::new(pipe, what)).collect();
    let time = Timespec { tv_sec: left.as_secs() as i64, tv_nsec: left.subsec_nanos().into() };
    match poll(&mut polled, Some(&time)) {
        Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
        Err(e) => Err(e.to_string()),
    }
}

/// Reads what is there, until there is more than `most`. Closes the pipe at its end.
fn read(pipe: &mut Option<impl Read>, into: &mut Vec<u8>, most: usize) -> Result<(), String> {
    let mut buffer = [0; 64 << 10];
    while let Some(open) = pipe
        && into.len() <= most
    {
        match open.read(&mut buffer) {
            Ok(0) => *pipe = None,
            Ok(count) => into.extend_from_slice(&buffer[..count]),
            Err(e) if e.kind() == ErrorKind::WouldBlock => return Ok(()),
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(e) => return Err(e.to_string()),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_millis(200);
    const LATE: Duration = Duration::from_secs(60);

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn what_a_child_says_is_told() {
        let told = output(&mut shell("echo out; echo err >&2; exit 3"), LATE, 100).unwrap();
        assert_eq!((told.out, told.err, told.status.code()), (b"out\n".to_vec(), b"err\n".to_vec(), Some(3)));
    }

    #[test]
    fn a_child_that_is_stopped_or_talks_for_ever_is_given_up() {
        let began = Instant::now();
        assert!(output(&mut shell("kill -STOP $$"), SOON, 100).unwrap_err().contains("in time"));
        assert!(output(&mut shell("while :; do echo much; done"), LATE, 10_000).unwrap_err().contains("more than"));
        // What is said on the standard error is cut off; it does not end the child.
        let told = output(&mut shell("head -c 300000 /dev/zero >&2; echo done"), LATE, 100).unwrap();
        assert_eq!((told.err.len(), told.out), (MOST_ERRORS, b"done\n".to_vec()));
        assert!(began.elapsed() < LATE);
    }

    #[test]
    fn who_waits_for_a_child_that_has_nothing_more_to_say_sleeps_until_it_has_ended() {
        let sleeps = || {
            let told = std::fs::read_to_string("/proc/thread-self/status").unwrap();
            let count = told.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
            count.unwrap().trim().parse::<u64>().unwrap()
        };
        let before = sleeps();
        output(&mut shell("exec >&- 2>&-; sleep 0.5"), LATE, 100).unwrap();
        assert!(sleeps() - before < 100, "{} times", sleeps() - before);
    }

    #[test]
    fn a_talk_is_bounded_as_well() {
        let mut talk = Talk::start(&mut shell("while read line; do echo \"<$line>\"; done"), LATE, 100).unwrap();
        for word in ["a", "b"] {
            talk.say(word).unwrap();
            assert_eq!(talk.hear().unwrap(), format!("<{word}>"));
        }
        let mut stopped = Talk::start(&mut shell("kill -STOP $$; cat"), SOON, 100).unwrap();
        assert!(stopped.hear().unwrap_err().contains("in time"));
        assert!(stopped.say(&"x".repeat(1 << 20)).unwrap_err().contains("in time"));
        let mut endless = Talk::start(&mut shell("tr '\\0' x </dev/zero"), LATE, 100_000).unwrap();
        assert!(endless.hear().unwrap_err().contains("more than"));
        let silent = Talk::start(&mut shell("echo why >&2"), LATE, 100).unwrap();
        assert_eq!(silent.last_words(), "why\n");
    }
}
