//! Why did this TLS handshake fail, who ended it, and what fixes it?
//!
//! `api` holds the library's own structs and functions, generated from its
//! header; the types here are safe to use.
pub mod api;

use std::ffi::CStr;
use std::os::raw::c_char;

/// A side of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Client = api::from::CLIENT as isize,
    Server = api::from::SERVER as isize,
}

/// How a side ended the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Close {
    Fin = api::close::FIN as isize,
    Rst = api::close::RST as isize,
    Timeout = api::close::TIMEOUT as isize,
    Local = api::close::LOCAL as isize,
}

/// The best answer to "why".
#[derive(Clone, Debug)]
pub struct Verdict {
    pub outcome: &'static str,
    pub cause: &'static str,
    pub confidence: u8,
    pub party: &'static str,
    pub text: String,
    pub advice: &'static str,
}

/// What a program asks of a hello first.  Borrows from nothing.
#[derive(Clone, Debug)]
pub struct ClientHello {
    pub server_name: Option<String>,
    pub alpn: Vec<Vec<u8>>,
    pub version_max: u16,
    pub cipher_suites: Vec<u16>,
    pub ja4: String,
}

/// The library's word for a refused call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error(pub i32);

fn static_text(text: *const c_char) -> &'static str {
    if text.is_null() {
        return "";
    }
    // Names and catalogue texts are constants of the library, in ASCII.
    unsafe { CStr::from_ptr(text) }.to_str().unwrap_or("")
}

fn name(registry: u32, value: u32) -> &'static str {
    static_text(unsafe { api::tlsdiag_name(registry, value) })
}

fn zeroed<T: Copy>() -> T {
    // Every struct of the library is plain numbers and pointers.
    unsafe { std::mem::zeroed() }
}

impl ClientHello {
    /// Decodes the first message of stream bytes.
    pub fn from_stream(stream: &[u8]) -> Result<ClientHello, Error> {
        let mut scratch = vec![0u8; stream.len()];
        let mut msg: api::Bytes = zeroed();
        let mut hello: api::ClientHello = zeroed();
        let mut protocol = 0;
        hello.size = std::mem::size_of::<api::ClientHello>() as u32;
        unsafe {
            let rc = api::tlsdiag_find_handshake(
                stream.as_ptr(),
                stream.len(),
                scratch.as_mut_ptr(),
                scratch.len(),
                &mut msg,
                std::ptr::null_mut(),
            );
            if rc != api::status::OK {
                return Err(Error(rc));
            }
            api::tlsdiag_recognise(
                stream.as_ptr(),
                stream.len(),
                api::from::CLIENT,
                &mut protocol,
            );
            let format = if protocol == api::protocol::SSLV2 {
                api::format::SSLV2
            } else {
                api::format::TLS
            };
            let rc = api::tlsdiag_client_hello_decode(
                msg.ptr,
                msg.len,
                format,
                &mut hello,
                std::ptr::null_mut(),
            );
            if rc != api::status::OK {
                return Err(Error(rc));
            }
        }
        Ok(ClientHello::copy(&hello))
    }

    /// Takes what the views show while `stream` and `scratch` live.
    fn copy(hello: &api::ClientHello) -> ClientHello {
        let name = view(&hello.server_name);
        let mut alpn = Vec::new();
        let mut rest = view(&hello.alpn);
        while let Some((&len, tail)) = rest.split_first() {
            let (name, tail) = tail.split_at((len as usize).min(tail.len()));
            alpn.push(name.to_vec());
            rest = tail;
        }
        let mut ja4 = [0 as c_char; 37];
        unsafe { api::tlsdiag_ja4(hello, ja4.as_mut_ptr(), ja4.len()) };
        ClientHello {
            server_name: if name.is_empty() {
                None
            } else {
                Some(String::from_utf8_lossy(name).into_owned())
            },
            alpn,
            version_max: hello.version_max,
            cipher_suites: view(&hello.cipher_suites)
                .chunks_exact(2)
                .map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
                .collect(),
            ja4: unsafe { CStr::from_ptr(ja4.as_ptr()) }
                .to_string_lossy()
                .into_owned(),
        }
    }
}

fn view(bytes: &api::Bytes) -> &[u8] {
    if bytes.len == 0 {
        return &[];
    }
    unsafe { std::slice::from_raw_parts(bytes.ptr, bytes.len) }
}

/// The handshake of one connection.
pub struct Flow {
    memory: Box<[u64; api::FLOW_STORAGE / 8]>,
}

impl Flow {
    pub fn new() -> Flow {
        let mut flow = Flow {
            memory: Box::new([0; api::FLOW_STORAGE / 8]),
        };
        unsafe { api::tlsdiag_flow_init(flow.raw(), api::FLOW_STORAGE, std::ptr::null()) };
        flow
    }

    fn raw(&mut self) -> *mut std::os::raw::c_void {
        self.memory.as_mut_ptr().cast()
    }

    /// The next bytes that a side sent.
    pub fn feed(&mut self, from: Side, time_us: u64, data: &[u8]) {
        unsafe {
            api::tlsdiag_flow_feed(
                self.raw(),
                from as u32,
                time_us,
                data.as_ptr(),
                data.len(),
                std::ptr::null_mut(),
            )
        };
    }

    /// Ends one side.
    pub fn close(&mut self, from: Side, how: Close, time_us: u64) {
        unsafe { api::tlsdiag_flow_close(self.raw(), from as u32, how as u32, time_us) };
    }

    /// Adds what an error text says; returns how much of it was recognised.
    pub fn hint(&mut self, text: &str, time_us: u64) -> usize {
        let mut hints: [api::Hint; 8] = zeroed();
        let size = std::mem::size_of::<api::Hint>();
        let mut count = hints.len();
        for hint in hints.iter_mut() {
            hint.size = size as u32;
        }
        unsafe {
            api::tlsdiag_text_scan(
                text.as_ptr(),
                text.len(),
                hints.as_mut_ptr(),
                size,
                &mut count,
            );
            for hint in hints.iter().take(count) {
                api::tlsdiag_flow_hint(self.raw(), hint, time_us);
            }
        }
        count
    }

    /// Says why; may be asked at any time.
    pub fn verdict(&self) -> Verdict {
        let memory = self.memory.as_ptr().cast();
        let mut raw: api::Verdict = zeroed();
        raw.size = std::mem::size_of::<api::Verdict>() as u32;
        let mut text = vec![0 as c_char; 4096];
        unsafe {
            api::tlsdiag_classify(memory, &mut raw);
            api::tlsdiag_explain(memory, &raw, 0, text.as_mut_ptr(), text.len());
        }
        let best = &raw.causes[0];
        Verdict {
            outcome: name(api::registry::OUTCOME, raw.outcome.into()),
            cause: name(api::registry::CAUSE, best.id.into()),
            confidence: best.confidence,
            party: name(api::registry::PARTY, best.party.into()),
            text: unsafe { CStr::from_ptr(text.as_ptr()) }
                .to_string_lossy()
                .into_owned(),
            advice: static_text(unsafe {
                api::tlsdiag_cause_text(best.id.into(), api::section::ADVICE)
            }),
        }
    }
}

impl Default for Flow {
    fn default() -> Self {
        Flow::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HELLO: &[u8] = include_bytes!("../../consumers/hello.bin");
    const LAYOUT: &str = include_str!("../../bindings/layout.json");

    /// The number behind `"key":` after `from` in the JSON.
    fn number(from: &str, key: &str) -> usize {
        let at = from.find(&format!("\"{key}\":")).expect(key);
        from[at + key.len() + 3..]
            .trim_start_matches(|c: char| !c.is_ascii_digit())
            .chars()
            .take_while(char::is_ascii_digit)
            .collect::<String>()
            .parse()
            .expect(key)
    }

    #[test]
    fn layout_is_the_library_s() {
        let mut members = 0;
        for (name, size, offsets) in api::layout() {
            let start = LAYOUT.find(&format!("\"{name}\": {{")).expect(name);
            let entry = &LAYOUT[start + name.len() + 4..];
            assert_eq!(size, number(entry, "size"), "{name}");
            let list = &entry[entry.find("members").unwrap()..];
            for (member, offset) in offsets {
                assert_eq!(offset, number(list, member), "{name}.{member}");
                members += 1;
            }
        }
        assert!(members > 150);
    }

    #[test]
    fn hello_is_decoded() {
        let hello = ClientHello::from_stream(HELLO).unwrap();
        assert_eq!(hello.server_name.as_deref(), Some("a.example"));
        assert_eq!(hello.version_max, 0x0303);
        assert_eq!(hello.cipher_suites, [0xc02b]);
        assert!(hello.ja4.starts_with("t12d"));
        assert_eq!(
            ClientHello::from_stream(b"GET / HTTP/1.1").unwrap_err(),
            Error(api::status::E_NOT_TLS)
        );
        assert!(ClientHello::from_stream(b"").is_err());
    }

    #[test]
    fn flow_says_why() {
        let mut flow = Flow::new();
        for byte in HELLO {
            flow.feed(Side::Client, 0, std::slice::from_ref(byte));
        }
        flow.feed(Side::Server, 1000, &[21, 3, 3, 0, 2, 2, 112]);
        flow.close(Side::Server, Close::Fin, 2000);
        let verdict = flow.verdict();
        assert_eq!(verdict.outcome, "failed");
        assert_eq!(verdict.cause, "sni_unrecognized");
        assert!(verdict.confidence >= 50);
        assert!(!verdict.text.is_empty() && !verdict.advice.is_empty());
    }

    #[test]
    fn text_says_why() {
        let mut flow = Flow::new();
        assert!(flow.hint("received fatal alert: UnknownCA", 0) > 0);
        assert!(flow.verdict().cause.contains("certificate"));
    }
}
