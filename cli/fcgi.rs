//! A small FastCGI client: one request that runs no script, so that an idle worker comes to what it does before each request - applies what was
//! reset, and reports what only it knows.
//!
//! php-fpm starts the request before it looks at what is asked for; so any answer will do, that of `ping.path` or "not found". Nothing is
//! written to a disk, and no code of anybody's is run.

use core::cell::RefCell;
use std::fmt;
use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How long is waited for a connection, and for each part of the answer.
const PATIENCE: Duration = Duration::from_secs(5);
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
            Self::Socket(path) => path.display().fmt(f),
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

    /// Connects.
    ///
    /// # Errors
    /// Where nobody listens, or not to us.
    fn connect(&self) -> io::Result<Connection> {
        match self {
            Self::Socket(path) => {
                let socket = UnixStream::connect(path)?;
                socket.set_read_timeout(Some(PATIENCE))?;
                socket.set_write_timeout(Some(PATIENCE))?;
                Ok(Connection::Socket(socket))
            }
            Self::Port(address) => {
                let mut last = io::Error::new(io::ErrorKind::NotFound, "no such host");
                for address in address.to_socket_addrs()? {
                    match TcpStream::connect_timeout(&address, PATIENCE) {
                        Ok(stream) => {
                            stream.set_read_timeout(Some(PATIENCE))?;
                            stream.set_write_timeout(Some(PATIENCE))?;
                            return Ok(Connection::Port(stream));
                        }
                        Err(error) => last = error,
                    }
                }
                Err(last)
            }
        }
    }
}

#[derive(Debug)]
enum Connection {
    Socket(UnixStream),
    Port(TcpStream),
}

/// A worker that was asked.
#[derive(Debug, Serialize, Deserialize)]
pub struct Asked {
    /// Where.
    pub address: String,
    /// Why it did not answer.
    pub problem: Option<String>,
}

/// Workers to be asked. The connections are made at once: root gives its rights up before it knows what to ask.
#[derive(Debug)]
pub struct Pools {
    addresses: Vec<Address>,
    connections: RefCell<Vec<io::Result<Connection>>>,
}

impl Pools {
    /// Connects to each pool.
    pub fn connect(addresses: Vec<Address>) -> Self {
        let connections = RefCell::new(addresses.iter().map(Address::connect).collect());
        Self { addresses, connections }
    }

    /// Makes one worker of each pool begin a request, and waits until it has answered.
    pub fn ask(&self) -> Vec<Asked> {
        let mut connections = self.connections.take().into_iter();
        let mut ask = |address: &Address| {
            let connection = connections.next().unwrap_or_else(|| address.connect());
            let answered = connection.and_then(|connection| match connection {
                Connection::Socket(stream) => exchange(stream),
                Connection::Port(stream) => exchange(stream),
            });
            Asked { address: address.to_string(), problem: answered.err().map(|error| error.to_string()) }
        };
        self.addresses.iter().map(&mut ask).collect()
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
            io::ErrorKind::WouldBlock => io::Error::new(io::ErrorKind::TimedOut, "no worker has answered in time"),
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
}
