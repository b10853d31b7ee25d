//! `trove dump`: the entries of a segment into a file, for another host, or for another PHP build.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use clap::Args;
use trove_shm::cache::{CacheId, Freshness};

use crate::archive::{Form, Record, Writer};
use crate::args::Global;
use crate::bytes::Bytes;
use crate::exit::{Exit, Failure};
use crate::out::{self, Out};
use crate::php::{self, Php};
use crate::run::{self, Open};
use crate::text::path;
use crate::values::{self, Kind, Plain};
use crate::{caches, clock, entries, owner, segments};

/// Arguments of `dump`.
#[derive(Debug, Args)]
pub struct Dump {
    /// The file to write; - is the standard output
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Only this named cache; may be given several times
    #[arg(long, short, value_name = "NAME")]
    cache: Vec<String>,
    /// Replace the file if it is there
    #[arg(long)]
    force: bool,
    /// Leave out what only PHP can read: arrays, objects
    #[arg(long)]
    skip_php: bool,
    #[command(flatten)]
    php: php::Where,
}

/// What was done.
#[derive(Debug, serde::Serialize)]
struct Report {
    segment: Bytes,
    name: String,
    entries: u64,
    skipped: u64,
}

impl Dump {
    /// Writes the file.
    pub fn run(&self, global: &Global, out: &mut Out) -> Result<Exit, Failure> {
        let found = segments::select_one(global)?;
        let is_stdout = self.file == Path::new("-");
        let report = if is_stdout {
            let to = stdout()?;
            self.write(&run::open(global, found)?, to)?
        } else {
            // With the rights of whoever has called us: the segment's owner may not write there.
            let file = self.create()?;
            let written = run::open(global, found).and_then(|open| self.write(&open, Box::new(&file)));
            written.map_err(|failure| self.abandoned(&file, failure))?
        };
        let skipped = match report.skipped {
            0 => String::new(),
            n => format!(", {} left out that only PHP can read", out::count(n)),
        };
        let said = format!("{} written to {}{skipped}", out::entries(report.entries), path(&self.file));
        match (is_stdout, global.json) {
            (true, _) => out::say(&said),
            (false, true) => out.json(&[report])?,
            (false, false) => out.line(said)?,
        }
        Ok(Exit::Done)
    }

    fn write(&self, open: &Open, to: Box<dyn Write + '_>) -> Result<Report, Failure> {
        if !values::is_known_format(&open.found) {
            let message = "the values are in a format that this version of the command does not know";
            return Err(Failure::new(Exit::NeedsPhp, message));
        }
        let mut readers = Readers { open, place: &self.php, running: HashMap::new() };
        let mut writer = Writer::new(BufWriter::new(to)).map_err(|e| self.failed(e))?;
        let mut skipped = 0;
        for (id, _) in caches::some(open, &self.cache)? {
            let name = caches::raw_name(open, id);
            for key in entries::keys(open, id, b"", None)? {
                match self.record(open, (id, &name), &key, &mut readers)? {
                    Look::Entry(record) => writer.add(&record).map_err(|e| self.failed(e))?,
                    Look::Gone => {}
                    Look::Skipped => skipped += 1,
                }
            }
        }
        let entries = writer.finish().map_err(|e| self.failed(e))?;
        Ok(Report { segment: open.found.path.as_path().into(), name: open.found.name.clone(), entries, skipped })
    }

    /// What becomes of a file that was to be a dump, and is none: nothing where it is ours to remove, and else an empty one.
    fn abandoned(&self, file: &File, failure: Failure) -> Failure {
        let is_removed = !self.force && !owner::is_lesser() && std::fs::remove_file(&self.file).is_ok();
        let left = match (is_removed, file.set_len(0).is_ok()) {
            (true, _) => return failure,
            (false, true) => "is empty now",
            (false, false) => "holds no whole dump now",
        };
        Failure::new(failure.exit, format!("{}\n{} {left}", failure.message, path(&self.file)))
    }

    fn record(
        &self,
        open: &Open,
        (id, name): (CacheId, &[u8]),
        key: &[u8],
        readers: &mut Readers<'_>,
    ) -> Result<Look, Failure> {
        let Some(hit) = open.cache.peek(id, key) else { return Ok(Look::Gone) };
        let (meta, now) = (hit.meta(), open.now());
        if meta.expires <= now.boot_ms && meta.stale_until <= now.boot_ms {
            return Ok(Look::Gone);
        }
        let Some(kind) = Kind::of(hit.kind()) else {
            let message = format!("key \"{}\" holds a value of an unknown kind", out::printable(key));
            return Err(Failure::new(Exit::NeedsPhp, message));
        };
        let marked = hit.freshness() == Freshness::Stale && meta.expires > now.boot_ms;
        let mut tags = Vec::new();
        hit.tags(&mut |tag| tags.push(tag.to_vec()));
        let (word, payload) = (hit.word(), hit.payload().to_vec());
        drop(hit);
        let (form, value) = match values::plain(kind, word, &payload) {
            Some(plain) => written(plain),
            None if self.skip_php => return Ok(Look::Skipped),
            None => {
                let serializer = if kind == Kind::Registered { values::serializer(&payload) } else { None };
                match readers.read(name, key, serializer)? {
                    Some(text) => (Form::Serialized, text),
                    None => return Ok(Look::Gone),
                }
            }
        };
        let wall = |boot_ms: u64| clock::wall_ms().saturating_add(boot_ms).saturating_sub(now.boot_ms);
        Ok(Look::Entry(Record {
            cache: name.to_vec(),
            key: key.to_vec(),
            pinned: meta.pinned,
            marked,
            expires: if meta.expires == u64::MAX { u64::MAX } else { wall(meta.expires) },
            // Of an entry that never expires, it is the length of the window.
            stale_until: if !meta.has_window() {
                0
            } else if meta.expires == u64::MAX {
                meta.stale_until
            } else {
                wall(meta.stale_until)
            },
            tags,
            form,
            value,
        }))
    }

    /// A file of which nobody else may read what was in the cache.
    fn create(&self) -> Result<File, Failure> {
        let mut options = File::options();
        options.write(true).mode(0o600);
        let options = if self.force { options.create(true).truncate(true) } else { options.create_new(true) };
        options.open(&self.file).map_err(|e| match e.kind() {
            io::ErrorKind::AlreadyExists => {
                Failure::new(Exit::Usage, format!("{} is there already; --force replaces it", path(&self.file)))
            }
            _ => self.failed(e),
        })
    }

    fn failed(&self, error: io::Error) -> Failure {
        Failure::new(Exit::Failed, format!("{} cannot be written: {error}", path(&self.file)))
    }
}

/// What became of a key.
enum Look {
    Entry(Record),
    Gone,
    Skipped,
}

/// A running PHP for each serializer that is needed, and one for what needs none.
struct Readers<'o> {
    open: &'o Open,
    place: &'o php::Where,
    running: HashMap<Option<String>, Php>,
}

impl Readers<'_> {
    fn read(&mut self, cache: &[u8], key: &[u8], serializer: Option<&str>) -> Result<Option<Vec<u8>>, Failure> {
        let wanted = serializer.map(str::to_owned);
        let php = match self.running.entry(wanted) {
            std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::hash_map::Entry::Vacant(none) => {
                let serializers: Vec<String> = none.key().iter().cloned().collect();
                let php = Php::start(self.open, self.place, php::Form::Serialized, &serializers);
                none.insert(php.map_err(|failure| {
                    let remedy = "; or leave out what only PHP can read (--skip-php)";
                    Failure::new(failure.exit, failure.message + remedy)
                })?)
            }
        };
        php.ask(cache, key)
    }
}

fn written(plain: Plain) -> (Form, Vec<u8>) {
    match plain {
        Plain::Null => (Form::Null, Vec::new()),
        Plain::Bool(false) => (Form::False, Vec::new()),
        Plain::Bool(true) => (Form::True, Vec::new()),
        Plain::Long(n) => (Form::Long, n.to_le_bytes().to_vec()),
        Plain::Double(n) => (Form::Double, n.to_le_bytes().to_vec()),
        Plain::Str(bytes) => (Form::Str, bytes),
        Plain::Serialized(bytes) => (Form::Serialized, bytes),
    }
}

fn stdout() -> Result<Box<dyn Write>, Failure> {
    if io::stdout().is_terminal() {
        return Err(Failure::new(Exit::Usage, "a dump is not for a terminal; name a file"));
    }
    Ok(Box::new(io::stdout()))
}
