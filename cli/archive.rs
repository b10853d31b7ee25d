//! The file that `dump` writes and `restore` reads. Nothing in it depends on a machine, a segment or a PHP build; all numbers are little-endian.
//!
//! ```text
//! magic        8 bytes   "TROVEDMP"
//! version      u32       1
//! records      each: u8 1, and then
//!   cache        text      empty: the one behind apcu_*
//!   key          text
//!   flags        u8        1 never evict; 2 marked stale
//!   expires      u64       wall-clock ms since 1970; u64::MAX is never
//!   stale until  u64       the same; 0 is no stale window
//!   tags         u32       and as many texts
//!   form         u8        how the value is written, see `Form`
//!   value        text
//! end          u8 0, u64 number of records, u64 XXH3 of everything before it
//! ```
//!
//! A text is a u64 length, and so many bytes.

use std::io::{self, Read, Write};

use xxhash_rust::xxh3::Xxh3;

const MAGIC: &[u8; 8] = b"TROVEDMP";
/// Raised whenever older programs would misread the file.
const VERSION: u32 = 1;
const RECORD: u8 = 1;
const END: u8 = 0;
const PINNED: u8 = 1;
const MARKED: u8 = 2;
/// Most bytes of a text: as many as a segment may have.
const MOST: u64 = trove_shm::config::MAX_CAPACITY;
/// Most tags of an entry.
const MOST_TAGS: u32 = 1 << 16;

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Form {
    /// As nothing.
    Null = 0,
    /// As nothing.
    False = 1,
    /// As nothing.
    True = 2,
    /// As 8 bytes.
    Long = 3,
    /// As 8 bytes, IEEE 754.
    Double = 4,
    /// As its bytes.
    Str = 5,
    /// As `serialize()` writes it.
    Serialized = 6,
}

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The cache; empty is the one behind `apcu_*`.
    pub cache: Vec<u8>,
    /// The key.
    pub key: Vec<u8>,
    /// Whether it is exempt from eviction.
    pub pinned: bool,
    /// Whether it was marked stale.
    pub marked: bool,
    /// Wall-clock ms of its expiry; `u64::MAX` is never.
    pub expires: u64,
    /// Wall-clock ms until which it may be served stale; 0 is no such window. Of an entry that never expires, the length of its window in ms.
    pub stale_until: u64,
    /// Its tags.
    pub tags: Vec<Vec<u8>>,
    /// How the value is written.
    pub form: Form,
    /// The value.
    pub value: Vec<u8>,
}

/// Writes a file.
pub struct Writer<W> {
    to: W,
    sum: Xxh3,
    count: u64,
}

impl<W: Write> Writer<W> {
    /// Begins.
    pub fn new(to: W) -> io::Result<Self> {
        let mut writer = Self { to, sum: Xxh3::new(), count: 0 };
        writer.put(MAGIC)?;
        writer.put(&VERSION.to_le_bytes())?;
        Ok(writer)
    }

    /// Adds an entry.
    pub fn add(&mut self, record: &Record) -> io::Result<()> {
        self.count += 1;
        self.put(&[RECORD])?;
        self.text(&record.cache)?;
        self.text(&record.key)?;
        self.put(&[(u8::from(record.pinned) * PINNED) | (u8::from(record.marked) * MARKED)])?;
        self.put(&record.expires.to_le_bytes())?;
        self.put(&record.stale_until.to_le_bytes())?;
        self.put(&(record.tags.len() as u32).to_le_bytes())?;
        record.tags.iter().try_for_each(|tag| self.text(tag))?;
        self.put(&[record.form as u8])?;
        self.text(&record.value)
    }

    /// Ends the file: without that, nobody takes it for whole. Returns the number of entries.
    pub fn finish(mut self) -> io::Result<u64> {
        self.put(&[END])?;
        self.put(&self.count.to_le_bytes())?;
        let sum = self.sum.digest();
        self.to.write_all(&sum.to_le_bytes())?;
        self.to.flush()?;
        Ok(self.count)
    }

    fn text(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.put(&(bytes.len() as u64).to_le_bytes())?;
        self.put(bytes)
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.sum.update(bytes);
        self.to.write_all(bytes)
    }
}

/// Reads a file.
pub struct Reader<R> {
    from: R,
    sum: Xxh3,
    count: u64,
}

impl<R: Read> Reader<R> {
    /// Begins.
    ///
    /// # Errors
    /// What is wrong with the file, as an end to "the file is there, but ..."; so for all below.
    pub fn new(from: R) -> Result<Self, String> {
        let mut reader = Self { from, sum: Xxh3::new(), count: 0 };
        let foreign = || "it is not a dump of trove's".to_owned();
        if reader.array::<8>().map_err(|_| foreign())? != *MAGIC {
            return Err(foreign());
        }
        match u32::from_le_bytes(reader.array()?) {
            VERSION => Ok(reader),
            other => Err(format!("it is of version {other}, and this program reads version {VERSION}")),
        }
    }

    /// The next entry; none at the end, where the sum was right.
    pub fn next(&mut self) -> Result<Option<Record>, String> {
        match self.array::<1>()? {
            [RECORD] => {
                self.count += 1;
                self.record().map(Some)
            }
            [END] => self.end().map(|()| None),
            [_] => Err(format!("it is damaged after {} entries", self.count)),
        }
    }

    fn record(&mut self) -> Result<Record, String> {
        let (cache, key) = (self.text()?, self.text()?);
        let [flags] = self.array()?;
        let (expires, stale_until) = (u64::from_le_bytes(self.array()?), u64::from_le_bytes(self.array()?));
        let count = u32::from_le_bytes(self.array()?);
        if count > MOST_TAGS || flags & !(PINNED | MARKED) != 0 {
            return Err(self.damaged());
        }
        let tags = (0..count).map(|_| self.text()).collect::<Result<_, _>>()?;
        let form = match self.array()? {
            [0] => Form::Null,
            [1] => Form::False,
            [2] => Form::True,
            [3] => Form::Long,
            [4] => Form::Double,
            [5] => Form::Str,
            [6] => Form::Serialized,
            [_] => return Err(self.damaged()),
        };
        let value = self.text()?;
        let is_right = match form {
            Form::Null | Form::False | Form::True => value.is_empty(),
            Form::Long | Form::Double => value.len() == 8,
            Form::Str | Form::Serialized => true,
        };
        if !is_right {
            return Err(self.damaged());
        }
        let (pinned, marked) = (flags & PINNED != 0, flags & MARKED != 0);
        Ok(Record { cache, key, pinned, marked, expires, stale_until, tags, form, value })
    }

    fn end(&mut self) -> Result<(), String> {
        let count = u64::from_le_bytes(self.array()?);
        let sum = self.sum.digest();
        if u64::from_le_bytes(self.array()?) != sum || count != self.count {
            return Err("it is damaged: its checksum is not right".into());
        }
        let mut more = [0];
        match self.from.read(&mut more) {
            Ok(0) => Ok(()),
            _ => Err("it is damaged: something follows its end".into()),
        }
    }

    fn text(&mut self) -> Result<Vec<u8>, String> {
        let len = u64::from_le_bytes(self.array()?);
        if len > MOST {
            return Err(self.damaged());
        }
        // A wrong length must not make us ask for as much memory: what is not there is not read.
        let mut bytes = Vec::new();
        (&mut self.from).take(len).read_to_end(&mut bytes).map_err(|e| e.to_string())?;
        if bytes.len() as u64 != len {
            return Err(self.truncated());
        }
        self.sum.update(&bytes);
        Ok(bytes)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let mut bytes = [0; N];
        match self.from.read_exact(&mut bytes) {
            Ok(()) => {
                self.sum.update(&bytes);
                Ok(bytes)
            }
            Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => Err(self.truncated()),
            Err(e) => Err(e.to_string()),
        }
    }

    fn truncated(&self) -> String {
        format!("it ends after {} entries, in the middle", self.count)
    }

    fn damaged(&self) -> String {
        format!("it is damaged at entry {}", self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records() -> Vec<Record> {
        let record = |key: &[u8], form, value: &[u8]| Record {
            cache: b"pages".to_vec(),
            key: key.to_vec(),
            pinned: true,
            marked: false,
            expires: u64::MAX,
            stale_until: 7,
            tags: vec![b"a".to_vec(), Vec::new()],
            form,
            value: value.to_vec(),
        };
        vec![
            record(b"", Form::Null, b""),
            record(b"n\0", Form::Long, &7u64.to_le_bytes()),
            record(b"s", Form::Str, b"text"),
        ]
    }

    fn file() -> Vec<u8> {
        let mut file = Vec::new();
        let mut writer = Writer::new(&mut file).unwrap();
        records().iter().for_each(|record| writer.add(record).unwrap());
        assert_eq!(writer.finish().unwrap(), 3);
        file
    }

    fn read(mut bytes: &[u8]) -> Result<Vec<Record>, String> {
        let mut reader = Reader::new(&mut bytes)?;
        let mut all = Vec::new();
        while let Some(record) = reader.next()? {
            all.push(record);
        }
        Ok(all)
    }

    #[test]
    fn what_was_written_is_read() {
        assert_eq!(read(&file()), Ok(records()));
    }

    #[test]
    fn every_truncation_is_refused() {
        let file = file();
        for len in 0..file.len() {
            assert!(read(&file[..len]).is_err(), "{len} bytes");
        }
    }

    #[test]
    fn every_changed_byte_is_refused() {
        let file = file();
        for at in 0..file.len() {
            for change in [1, 0x80, 0xff] {
                let mut damaged = file.clone();
                damaged[at] ^= change;
                assert!(read(&damaged).is_err(), "byte {at} ^ {change}");
            }
        }
    }

    #[test]
    fn what_follows_the_end_is_refused() {
        assert!(read(&[file(), vec![0]].concat()).is_err());
    }

    #[test]
    fn another_version_is_named() {
        let mut file = file();
        file[8] = 2;
        assert_eq!(read(&file), Err("it is of version 2, and this program reads version 1".into()));
        assert_eq!(read(b"something else"), Err("it is not a dump of trove's".into()));
    }
}
