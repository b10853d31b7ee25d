//! A small FastCGI client: one request that runs no script, so that an idle worker comes to what it does before each request - applies what was
//! reset, and reports what only it knows.
//!
//! php-fpm starts the request before it looks at what is asked for; so any answer will do, that of `ping.path` or "not found". Nothing is
//! written to a disk, and no code of anybody's is run. All pools are asked at the same time, after what they are to apply was published, and all of
//! it - names, connections, answers - has one deadline.

use core::cell::{OnceCell, RefCell};
use std::fmt;
use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with};
use serde::{Deserialize, Serialize};

/// How long asking may take, all of it.
pub const PATIENCE: Duration = Duration::from_secs(5);
/// Time between two attempts to connect to a socket whose queue is full.
const PAUSE: Duration = Duration::from_millis(2);
/// What is asked for: php-fpm's usual `ping.path`.
const PATH: &str = "/ping";

const VERSION: u8 = 1;
const BEGIN: u8 = 1;
const END: u8 = 3;
const PARAMETERS: u8 = 4;
const INPUT: u8 = 5;
const REQUEST: u16 = 1;
const RESPONDER: u16 = 1;

/// Where a pool listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A unix socket.
    Socket(PathBuf),
    /// A host and a port.
    Port(String),
}

impl FromStr for Address {
    type Err = String;

    /// A path, with or without `unix:` or `unix://` before it; a port; or host and port, `[::1]:9000` too.
    fn from_str(text: &str) -> Result<Self, String> {
        let path = text.strip_prefix("unix://").or_else(|| text.strip_prefix("unix:")).unwrap_or(text);
        if path.starts_with('/') {
            return Ok(Self::Socket(path.into()));
        }
        let address = text.strip_prefix("tcp://").unwrap_or(text);
        let (host, port) = address.rsplit_once(':').unwrap_or(("127.0.0.1", address));
        let host = if host.is_empty() { "127.0.0.1" } else { host };
        match port.parse::<u16>() {
            Ok(1..) => Ok(Self::Port(format!("{host}:{port}"))),
            _ => Err(format!("{text:?} is neither the path of a socket nor host:port")),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Socket(path) => f.write_str(&crate::text::path(path)),
            Self::Port(address) => f.write_str(address),
        }
    }
}

impl Address {
    /// Where cachetool would look: the first socket of php-fpm's in /run, else port 9000.
    pub fn usual() -> Self {
        let is_socket = |path: &PathBuf| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            name.ends_with(".sock") && (path.parent().is_some_and(|p| p.ends_with("php")) || name.starts_with("php"))
        };
        let in_directory = |directory: &str| {
            let files = std::fs::read_dir(directory).into_iter().flatten().flatten();
            files.map(|file| file.path()).filter(is_socket).min()
        };
        in_directory("/var/run")
            .or_else(|| in_directory("/var/run/php"))
            .map_or_else(|| Self::Port("127.0.0.1:9000".into()), Self::Socket)
    }

    /// Makes a worker there begin a request, on a connection that was made early or on a new one, and waits until it has answered.
    fn ask(&self, early: Option<UnixStream>, until: Instant) -> io::Result<()> {
        match self {
            Self::Socket(path) => {
                let stream = early.map_or_else(|| connect_in_time(path, until), Ok)?;
                stream.set_nonblocking(false)?;
                exchange(Timed { stream, until })
            }
            Self::Port(address) => {
                let mut last = io::Error::new(io::ErrorKind::NotFound, "no such host");
                for address in address.to_socket_addrs()? {
                    match TcpStream::connect_timeout(&address, left(until)?) {
                        Ok(stream) => return exchange(Timed { stream, until }),
                        Err(error) => last = error,
                    }
                }
                Err(last)
            }
        }
    }
}

/// A stream on which everything has to be over by a point in time.
struct Timed<S> {
    stream: S,
    until: Instant,
}

/// Sets how long one operation may take.
trait Timeouts {
    fn limit(&self, time: Duration) -> io::Result<()>;
}

impl Timeouts for UnixStream {
    fn limit(&self, time: Duration) -> io::Result<()> {
        self.set_read_timeout(Some(time)).and_then(|()| self.set_write_timeout(Some(time)))
    }
}

impl Timeouts for TcpStream {
    fn limit(&self, time: Duration) -> io::Result<()> {
        self.set_read_timeout(Some(time)).and_then(|()| self.set_write_timeout(Some(time)))
    }
}

impl<S: Read + Timeouts> Read for Timed<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.limit(left(self.until)?)?;
        self.stream.read(buffer)
    }
}

impl<S: Write + Timeouts> Write for Timed<S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.limit(left(self.until)?)?;
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

/// Time that is left; an error where there is none.
fn left(until: Instant) -> io::Result<Duration> {
    let left = until.saturating_duration_since(Instant::now());
    if left.is_zero() { Err(too_late()) } else { Ok(left) }
}

fn in_words(error: &io::Error) -> String {
    let remedy = match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => {
            " (php-fpm listens where its pool's `listen` says)"
        }
        io::ErrorKind::PermissionDenied => {
            " (its pool's `listen.owner` and `listen.mode` say who may; or run this as root)"
        }
        _ => "",
    };
    format!("{error}{remedy}")
}

fn too_late() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, "no worker has answered in time")
}

/// Connects to a socket, or says at once why that cannot be done: `WouldBlock` where nobody takes connections and enough of them wait.
fn connect_at_once(path: &Path) -> io::Result<UnixStream> {
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
    connect(&socket, &SocketAddrUnix::new(path)?)?;
    Ok(socket.into())
}

fn connect_in_time(path: &Path, until: Instant) -> io::Result<UnixStream> {
    loop {
        match connect_at_once(path) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => std::thread::sleep(left(until)?.min(PAUSE)),
            done => return done,
        }
    }
}

/// A worker that was asked.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Asked {
    /// Where.
    pub address: String,
    /// Why it did not answer.
    pub problem: Option<String>,
}

/// Workers to be asked.
#[derive(Debug, Default)]
pub struct Pools {
    addresses: Vec<Address>,
    /// Connections to the first addresses, each where that was possible at once.
    early: RefCell<Vec<Option<UnixStream>>>,
    /// What [`Pools::ask_once`] was told.
    asked: OnceCell<Vec<Asked>>,
}

impl Pools {
    /// Of these addresses.
    pub fn new(addresses: Vec<Address>) -> Self {
        Self { addresses, ..Self::default() }
    }

    /// Connects to the sockets already, as far as that is possible without waiting: for root, that gives up the right to do so before it knows
    /// what to ask.
    pub fn early(addresses: Vec<Address>) -> Self {
        let at_once = |address: &Address| match address {
            Address::Socket(path) => connect_at_once(path).ok(),
            // Everybody may connect to a port.
            Address::Port(_) => None,
        };
        let early = RefCell::new(addresses.iter().map(at_once).collect());
        Self { addresses, early, ..Self::default() }
    }

    /// Makes one worker of each pool begin a request, and waits until it has answered. Whoever asks again is told what came of that: one request
    /// does it for all segments in which something was published before.
    pub fn ask_once(&self) -> Vec<Asked> {
        self.asked.get_or_init(|| self.ask()).clone()
    }

    fn ask(&self) -> Vec<Asked> {
        let until = Instant::now() + PATIENCE;
        let (tell, told) = mpsc::channel();
        let early = self.early.take().into_iter().chain(std::iter::repeat_with(|| None));
        for ((number, address), early) in self.addresses.iter().cloned().enumerate().zip(early) {
            let tell = tell.clone();
            // One that looks up a name may take longer than we wait: nobody listens to it then.
            std::thread::spawn(move || tell.send((number, address.ask(early, until))));
        }
        drop(tell);
        let mut outcomes: Vec<Option<io::Result<()>>> = self.addresses.iter().map(|_| None).collect();
        while let Ok((number, outcome)) = told.recv_timeout(until.saturating_duration_since(Instant::now()) + PAUSE) {
            outcomes[number] = Some(outcome);
        }
        let asked = self.addresses.iter().zip(outcomes).map(|(address, outcome)| Asked {
            address: address.to_string(),
            problem: outcome.unwrap_or_else(|| Err(too_late())).err().map(|error| in_words(&error)),
        });
        asked.collect()
    }
}

/// Sends the request and reads the answer to its end: by then the worker has begun and ended a request.
fn exchange(mut stream: impl Read + Write) -> io::Result<()> {
    let mut parameters = Vec::new();
    for (name, value) in [
        ("SCRIPT_NAME", PATH),
        ("SCRIPT_FILENAME", PATH),
        ("REQUEST_URI", PATH),
        ("REQUEST_METHOD", "GET"),
        ("QUERY_STRING", ""),
        ("SERVER_PROTOCOL", "HTTP/1.1"),
        ("GATEWAY_INTERFACE", "CGI/1.1"),
        ("REMOTE_ADDR", "127.0.0.1"),
    ] {
        // Each is shorter than 128 bytes, so its length is one byte.
        parameters.extend([name.len() as u8, value.len() as u8]);
        parameters.extend_from_slice(name.as_bytes());
        parameters.extend_from_slice(value.as_bytes());
    }
    let [high, low] = RESPONDER.to_be_bytes();
    let mut request = record(BEGIN, &[high, low, 0, 0, 0, 0, 0, 0]);
    request.extend(record(PARAMETERS, &parameters));
    request.extend(record(PARAMETERS, &[]));
    request.extend(record(INPUT, &[]));
    stream.write_all(&request)?;
    stream.flush()?;

    loop {
        let mut head = [0; 8];
        stream.read_exact(&mut head).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => {
                io::Error::new(error.kind(), "it closed the connection (does listen.allowed_clients let us in?)")
            }
            io::ErrorKind::WouldBlock => too_late(),
            _ => error,
        })?;
        let [version, kind, _, _, high, low, padding, _] = head;
        if version != VERSION {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "it does not speak FastCGI"));
        }
        let len = usize::from(u16::from_be_bytes([high, low])) + usize::from(padding);
        stream.read_exact(&mut vec![0; len])?;
        if kind == END {
            return Ok(());
        }
    }
}

fn record(kind: u8, content: &[u8]) -> Vec<u8> {
    let ([id_high, id_low], [high, low]) = (REQUEST.to_be_bytes(), (content.len() as u16).to_be_bytes());
    let mut record = vec![VERSION, kind, id_high, id_low, high, low, 0, 0];
    record.extend_from_slice(content);
    record
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers with what it was given, and keeps what was sent.
    struct Peer<'a> {
        answer: &'a [u8],
        sent: Vec<u8>,
    }

    impl Read for Peer<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.answer.read(buffer)
        }
    }

    impl Write for Peer<'_> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.sent.extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn addresses_are_written_in_many_ways() {
        let port = |text: &str| Ok(Address::Port(text.into()));
        assert_eq!("/run/php/fpm.sock".parse(), Ok(Address::Socket("/run/php/fpm.sock".into())));
        assert_eq!("unix:///run/php/fpm.sock".parse(), Ok(Address::Socket("/run/php/fpm.sock".into())));
        assert_eq!("unix:/run/fpm.sock".parse(), Ok(Address::Socket("/run/fpm.sock".into())));
        assert_eq!("9000".parse(), port("127.0.0.1:9000"));
        assert_eq!(":9000".parse(), port("127.0.0.1:9000"));
        assert_eq!("tcp://localhost:9001".parse(), port("localhost:9001"));
        assert_eq!("[::1]:9000".parse(), port("[::1]:9000"));
        for bad in ["", "localhost", "localhost:", "host:0", "run/fpm.sock", "host:70000"] {
            assert!(bad.parse::<Address>().is_err(), "{bad}");
        }
    }

    #[test]
    fn an_answer_ends_with_its_last_record() {
        let mut answer = record(6, b"Status: 404 Not Found\r\nX: y\r\n\r\n");
        answer.extend(record(6, b"File not found."));
        answer.extend(record(END, &[0; 8]));
        let mut peer = Peer { answer: &answer, sent: Vec::new() };
        exchange(&mut peer).unwrap();
        assert!(peer.answer.is_empty());
        assert_eq!(peer.sent[..8], [1, 1, 0, 1, 0, 8, 0, 0]);
        assert!(peer.sent.ends_with(&[1, 4, 0, 1, 0, 0, 0, 0, 1, 5, 0, 1, 0, 0, 0, 0]));
    }

    #[test]
    fn what_is_no_fastcgi_is_an_error() {
        for answer in [&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], b"", b"\x01\x06\x00\x01\x00\xff\x00\x00short"] {
            assert!(exchange(&mut Peer { answer, sent: Vec::new() }).is_err());
        }
    }

    #[test]
    fn whoever_does_not_answer_is_given_up() {
        let (ours, _theirs) = UnixStream::pair().unwrap();
        let until = Instant::now() + Duration::from_millis(50);
        assert_eq!(exchange(Timed { stream: ours, until }).unwrap_err().kind(), io::ErrorKind::TimedOut);
    }

    #[test]
    fn whoever_never_ends_his_answer_is_given_up() {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        let talker = std::thread::spawn(move || while theirs.write_all(&record(6, b"x")).is_ok() {});
        let until = Instant::now() + Duration::from_millis(50);
        assert_eq!(exchange(Timed { stream: ours, until }).unwrap_err().kind(), io::ErrorKind::TimedOut);
        talker.join().unwrap();
    }
}
