//! Why did this TLS handshake fail, who ended it, and what fixes it?
//!
//! ```
//! use tlsdiag::{explain, Close, Flow, Side};
//! # fn main() -> Result<(), tlsdiag::Error> {
//! let verdict = explain("error:0A0000C1:SSL routines::no shared cipher")?;
//! assert_eq!(verdict.cause, "no_shared_cipher");
//!
//! let mut flow = Flow::new()?;
//! flow.feed(Side::Client, 0, b"GET / HTTP/1.1\r\n\r\n")?;
//! flow.close(Side::Server, Close::Fin, 1000)?;
//! println!("{}", flow.verdict()?.text);
//! # Ok(())
//! # }
//! ```
//!
//! `api` is generated from the library's header, `call` holds every unsafe
//! call, the types here need neither.
#![deny(unsafe_code)]
#![warn(missing_docs)]
#[allow(missing_docs, unsafe_code)]
#[rustfmt::skip]
pub mod api;
mod call;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

/// A side of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Side {
    Client = api::from::CLIENT as isize,
    Server = api::from::SERVER as isize,
}

impl Side {
    fn party(self) -> u32 {
        match self {
            Side::Client => api::party::CLIENT,
            Side::Server => api::party::SERVER,
        }
    }
}

/// How a side ended the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Close {
    Fin = api::close::FIN as isize,
    Rst = api::close::RST as isize,
    Timeout = api::close::TIMEOUT as isize,
    Local = api::close::LOCAL as isize,
    EndOfCapture = api::close::END_OF_CAPTURE as isize,
}

/// Why a call could not be done.  Bytes that are merely wrong are no error:
/// they are what the library is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The library's word for a refused call: `api::status`.
    Status(i32),
    /// The library in memory is not the one `api` describes.
    Layout(String),
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Layout(what) => out.write_str(what),
            Error::Status(number) => match name(api::registry::STATUS, *number as u32) {
                Some(name) => write!(out, "tlsdiag: {name}"),
                None => write!(out, "tlsdiag: status {number}"),
            },
        }
    }
}

impl std::error::Error for Error {}

impl From<i32> for Error {
    fn from(status: i32) -> Error {
        Error::Status(status)
    }
}

/// Compares structs as they are here with the library's; its own may go on
/// behind.
fn check_layout(structs: &[api::Layout]) -> Result<(), Error> {
    let wrong = |what: String| Err(Error::Layout(what));
    for (name, size, members) in structs {
        match call::place(name) {
            None => return wrong(format!("libtlsdiag knows no {name}")),
            Some((_, theirs)) if *size > theirs => {
                return wrong(format!(
                    "{name} has {size} bytes here and {theirs} in libtlsdiag"
                ));
            }
            Some(_) => {}
        }
        for (member, offset, size) in members {
            if call::place(&format!("{name}.{member}")) != Some((*offset, *size)) {
                return wrong(format!("{name}.{member} lies elsewhere in libtlsdiag"));
            }
        }
    }
    Ok(())
}

/// Checks the library, once a process.  Everything that hands it a struct
/// begins here.
fn ready() -> Result<(), Error> {
    static CHECKED: AtomicBool = AtomicBool::new(false);
    if !CHECKED.load(Ordering::Acquire) {
        check_layout(&api::layout())?;
        CHECKED.store(true, Ordering::Release);
    }
    Ok(())
}

/// The library in memory: major, minor, patch.
pub fn version() -> (u32, u32, u32) {
    let number = call::version();
    (number >> 16, number >> 8 & 255, number & 255)
}

/// The name of a number: `name(api::registry::CIPHER_SUITE, 0x1301)`.
pub fn name(registry: u32, value: u32) -> Option<&'static str> {
    call::name(registry, value)
}

/// The number behind a name, whatever its case.
pub fn lookup(registry: u32, name: &str) -> Option<u32> {
    call::lookup(registry, name)
}

/// Where a decode stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// From the first byte of the message.
    pub offset: u64,
    /// The field that was read.
    pub field: &'static str,
}

/// What a program asks of a hello first.
#[derive(Clone, Debug)]
pub struct ClientHello {
    /// The name it asks for.
    pub server_name: Option<String>,
    /// Protocols, best first.
    pub alpn: Vec<Vec<u8>>,
    /// The highest version it really offers.
    pub version_max: u16,
    /// Suites as they came, GREASE included.
    pub cipher_suites: Vec<u16>,
    /// Groups as they came.
    pub groups: Vec<u16>,
    /// Fingerprint.
    pub ja4: String,
    /// Set when it is broken; what came before is kept.
    pub fault: Option<Fault>,
}

fn numbers(list: &[u8]) -> Vec<u16> {
    list.chunks_exact(2)
        .map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
        .collect()
}

fn names(mut list: &[u8]) -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    while let Some((&len, rest)) = list.split_first() {
        if usize::from(len) > rest.len() {
            break; // of a broken hello
        }
        let (name, rest) = rest.split_at(len.into());
        out.push(name.to_vec());
        list = rest;
    }
    out
}

impl ClientHello {
    /// Decodes the first message of stream bytes: records, an SSLv2-format
    /// hello or one DTLS datagram.
    pub fn from_stream(stream: &[u8]) -> Result<ClientHello, Error> {
        ready()?;
        let (msg, format) = call::find_handshake(stream)?;
        let (status, hello, stopped) = call::client_hello(&msg, format);
        if status != api::status::OK && status != api::status::E_MALFORMED {
            return Err(status.into());
        }
        let server_name = call::view(&hello.server_name);
        let suites = if format == api::format::SSLV2 {
            Vec::new() // three bytes each: not these numbers
        } else {
            numbers(call::view(&hello.cipher_suites))
        };
        Ok(ClientHello {
            server_name: (!server_name.is_empty())
                .then(|| String::from_utf8_lossy(server_name).into_owned()),
            alpn: names(call::view(&hello.alpn)),
            version_max: hello.version_max,
            cipher_suites: suites,
            groups: numbers(call::view(&hello.supported_groups)),
            ja4: call::ja4(&hello),
            fault: (status != api::status::OK).then(|| Fault {
                offset: stopped.offset,
                field: name(api::registry::FIELD, stopped.field.into()).unwrap_or(""),
            }),
        })
    }
}

/// The best answer to "why".
#[derive(Clone, Debug)]
pub struct Verdict {
    /// completed, failed, incomplete or not_tls.
    pub outcome: &'static str,
    /// Its stable name, such as no_shared_cipher.
    pub cause: &'static str,
    /// 0 to 100.
    pub confidence: u8,
    /// Who has to change something.
    pub party: &'static str,
    /// A paragraph with the evidence.
    pub text: String,
    /// The one change that fixes it.
    pub advice: &'static str,
}

/// One fact about a connection.
#[derive(Clone, Debug)]
pub struct Observation {
    /// Whose doing it was.
    pub from: Side,
    /// When, on the clock of the flow.
    pub time_us: u64,
    /// In words.
    pub text: String,
}

/// The handshake of one connection.
#[derive(Clone)]
pub struct Flow {
    memory: call::Memory,
}

impl Flow {
    /// Times are microseconds on any clock.
    pub fn new() -> Result<Flow, Error> {
        Flow::with_clock(false)
    }

    /// Times are microseconds since 1970: certificates' validity is judged.
    pub fn wall_clock() -> Result<Flow, Error> {
        Flow::with_clock(true)
    }

    fn with_clock(wall_clock: bool) -> Result<Flow, Error> {
        ready()?;
        let memory = call::Memory::new(wall_clock)?;
        Ok(Flow { memory })
    }

    /// The next bytes that a side sent, in slices of any size.
    pub fn feed(&mut self, from: Side, time_us: u64, data: &[u8]) -> Result<(), Error> {
        Ok(self.memory.feed(from as u32, time_us, data)?)
    }

    /// So many bytes, next in order, will never be seen.
    pub fn gap(&mut self, from: Side, time_us: u64, missing: u64) -> Result<(), Error> {
        Ok(self.memory.gap(from as u32, time_us, missing)?)
    }

    /// Ends one side.
    pub fn close(&mut self, from: Side, how: Close, time_us: u64) -> Result<(), Error> {
        Ok(self.memory.close(from as u32, how as u32, time_us)?)
    }

    /// Adds what an error text says; returns how much of it was recognised.
    pub fn hint(&mut self, text: &str, time_us: u64) -> Result<usize, Error> {
        self.add_hint(text, api::party::NONE, time_us)
    }

    /// The same for a text whose writer is known, where it does not show that.
    pub fn hint_by(&mut self, writer: Side, text: &str, time_us: u64) -> Result<usize, Error> {
        self.add_hint(text, writer.party(), time_us)
    }

    fn add_hint(&mut self, text: &str, writer: u32, time_us: u64) -> Result<usize, Error> {
        let hints = call::scan(text.as_bytes(), writer as u8)?;
        for hint in &hints {
            self.memory.hint(hint, time_us)?;
        }
        Ok(hints.len())
    }

    /// All that was learnt, in order.
    pub fn observations(&self) -> impl Iterator<Item = Observation> + '_ {
        (0..)
            .map_while(|index| self.memory.observation(index))
            .map(|(from, time_us, text)| Observation {
                from: match u32::from(from) {
                    api::from::SERVER => Side::Server,
                    _ => Side::Client,
                },
                time_us,
                text,
            })
    }

    /// Says why; may be asked at any time.
    pub fn verdict(&self) -> Result<Verdict, Error> {
        let raw = self.memory.classify()?;
        let best = &raw.causes[0];
        let word = |registry, value| name(registry, value).unwrap_or("");
        Ok(Verdict {
            outcome: word(api::registry::OUTCOME, raw.outcome.into()),
            cause: word(api::registry::CAUSE, best.id.into()),
            confidence: best.confidence,
            party: word(api::registry::PARTY, best.party.into()),
            text: self.memory.explain(&raw, 0),
            advice: call::cause_text(best.id.into(), api::section::ADVICE).unwrap_or(""),
        })
    }
}

/// Why, from an error text alone, whose writer is known and may not show: of a
/// server "certificate has expired" means the client's certificate.
pub fn explain_by(writer: Side, text: &str) -> Result<Verdict, Error> {
    let mut flow = Flow::new()?;
    flow.hint_by(writer, text, 0)?;
    flow.verdict()
}

/// Why, from an error text alone.
pub fn explain(text: &str) -> Result<Verdict, Error> {
    let mut flow = Flow::new()?;
    flow.hint(text, 0)?;
    flow.verdict()
}
