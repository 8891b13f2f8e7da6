//! Every call into the library, once, behind a safe signature: the only place
//! where the crate is not checked by the compiler.
#![allow(unsafe_code)]
use crate::api;
use std::ffi::{CStr, CString};
use std::os::raw::{c_char, c_void};
use std::ptr::null_mut;

/// A zeroed struct with its `size` set.
macro_rules! versioned {
    ($kind:ty) => {{
        // Every struct of the library is plain numbers and pointers.
        let mut value: $kind = unsafe { std::mem::zeroed() };
        value.size = std::mem::size_of::<$kind>() as u32;
        value
    }};
}

pub fn version() -> u32 {
    unsafe { api::tlsdiag_version() }
}

/// Where the library has a struct or member: offset, size.
pub fn place(name: &str) -> Option<(usize, usize)> {
    let name = CString::new(name).ok()?;
    let (mut offset, mut size) = (0, 0);
    let rc = unsafe { api::tlsdiag_layout(name.as_ptr(), &mut offset, &mut size) };
    (rc == api::status::OK).then_some((offset as usize, size as usize))
}

/// Names and catalogue texts are constants of the library, in ASCII.
fn constant(text: *const c_char) -> Option<&'static str> {
    if text.is_null() {
        return None;
    }
    unsafe { CStr::from_ptr(text) }.to_str().ok()
}

pub fn name(registry: u32, value: u32) -> Option<&'static str> {
    constant(unsafe { api::tlsdiag_name(registry, value) })
}

pub fn lookup(registry: u32, name: &str) -> Option<u32> {
    let mut value = 0;
    let rc =
        unsafe { api::tlsdiag_name_lookup(registry, name.as_ptr().cast(), name.len(), &mut value) };
    (rc == api::status::OK).then_some(value)
}

pub fn cause_text(cause: u32, section: u32) -> Option<&'static str> {
    constant(unsafe { api::tlsdiag_cause_text(cause, section) })
}

/// Runs a function that follows the rules of snprintf.
fn text_of(write: impl Fn(*mut c_char, usize) -> usize) -> String {
    let mut text = vec![0u8; 1024];
    let want = write(text.as_mut_ptr().cast(), text.len());
    if want >= text.len() {
        text.resize(want + 1, 0);
        write(text.as_mut_ptr().cast(), text.len());
    }
    text.truncate(want);
    String::from_utf8_lossy(&text).into_owned()
}

/// The first message of stream bytes, gathered, and its format.
pub fn find_handshake(stream: &[u8]) -> Result<(Vec<u8>, u32), i32> {
    let mut scratch = vec![0u8; stream.len()];
    let mut msg = api::Bytes {
        ptr: std::ptr::null(),
        len: 0,
    };
    let mut protocol = 0;
    unsafe {
        let rc = api::tlsdiag_find_handshake(
            stream.as_ptr(),
            stream.len(),
            scratch.as_mut_ptr(),
            scratch.len(),
            &mut msg,
            null_mut(),
        );
        if rc != api::status::OK {
            return Err(rc);
        }
        api::tlsdiag_recognise(
            stream.as_ptr(),
            stream.len(),
            api::from::CLIENT,
            &mut protocol,
        );
    }
    let format = match protocol {
        api::protocol::SSLV2 => api::format::SSLV2,
        api::protocol::DTLS => api::format::DTLS,
        _ => api::format::TLS,
    };
    // The view points into `stream` or `scratch`, which both live here.
    Ok((view(&msg).to_vec(), format))
}

/// Decodes a message.  The struct's views point into `msg`, whose lifetime the
/// caller sees to: `view` them only while it lives.
pub fn client_hello(msg: &[u8], format: u32) -> (i32, api::ClientHello, api::Where) {
    let mut hello = versioned!(api::ClientHello);
    let mut fault: api::Where = unsafe { std::mem::zeroed() };
    let rc = unsafe {
        api::tlsdiag_client_hello_decode(msg.as_ptr(), msg.len(), format, &mut hello, &mut fault)
    };
    (rc, hello, fault)
}

pub fn ja4(hello: &api::ClientHello) -> String {
    let mut text = [0u8; 37];
    let rc = unsafe { api::tlsdiag_ja4(hello, text.as_mut_ptr().cast(), text.len()) };
    let len = if rc == api::status::OK { 36 } else { 0 };
    String::from_utf8_lossy(&text[..len]).into_owned()
}

/// The bytes of a view that the library filled.
pub fn view(bytes: &api::Bytes) -> &[u8] {
    if bytes.len == 0 {
        return &[];
    }
    unsafe { std::slice::from_raw_parts(bytes.ptr, bytes.len) }
}

/// A flow's memory: 8-aligned, and it stays where it is.
#[derive(Clone)]
pub struct Memory(Box<[u64; api::FLOW_STORAGE / 8]>);

impl Memory {
    pub fn new(wall_clock: bool) -> Result<Memory, i32> {
        let mut memory = Memory(Box::new([0; api::FLOW_STORAGE / 8]));
        let mut options = versioned!(api::FlowOptions);
        options.flags = if wall_clock { api::flow::WALL_CLOCK } else { 0 };
        let rc = unsafe { api::tlsdiag_flow_init(memory.write(), api::FLOW_STORAGE, &options) };
        ok(rc, memory)
    }

    fn write(&mut self) -> *mut c_void {
        self.0.as_mut_ptr().cast()
    }

    fn read(&self) -> *const c_void {
        self.0.as_ptr().cast()
    }

    pub fn feed(&mut self, from: u32, time_us: u64, data: &[u8]) -> Result<(), i32> {
        let (ptr, len) = (data.as_ptr(), data.len());
        let rc =
            unsafe { api::tlsdiag_flow_feed(self.write(), from, time_us, ptr, len, null_mut()) };
        ok(rc, ())
    }

    pub fn gap(&mut self, from: u32, time_us: u64, missing: u64) -> Result<(), i32> {
        let rc = unsafe { api::tlsdiag_flow_gap(self.write(), from, time_us, missing) };
        ok(rc, ())
    }

    pub fn close(&mut self, from: u32, how: u32, time_us: u64) -> Result<(), i32> {
        let rc = unsafe { api::tlsdiag_flow_close(self.write(), from, how, time_us) };
        ok(rc, ())
    }

    pub fn hint(&mut self, hint: &api::Hint, time_us: u64) -> Result<(), i32> {
        let rc = unsafe { api::tlsdiag_flow_hint(self.write(), hint, time_us) };
        ok(rc, ())
    }

    pub fn classify(&self) -> Result<api::Verdict, i32> {
        let mut verdict = versioned!(api::Verdict);
        let rc = unsafe { api::tlsdiag_classify(self.read(), &mut verdict) };
        ok(rc, verdict)
    }

    pub fn explain(&self, verdict: &api::Verdict, index: u32) -> String {
        text_of(|out, len| unsafe { api::tlsdiag_explain(self.read(), verdict, index, out, len) })
    }

    pub fn observation(&self, index: u32) -> Option<(u8, u64, String)> {
        let mut seen = versioned!(api::Observation);
        let rc = unsafe { api::tlsdiag_flow_observation(self.read(), index, &mut seen) };
        if rc != api::status::OK {
            return None;
        }
        let text = text_of(|out, len| unsafe { api::tlsdiag_observation_text(&seen, out, len) });
        Some((seen.from, seen.t_us, text))
    }
}

/// What is recognised in a text that a party wrote: at most 16 things.
pub fn scan(text: &[u8], writer: u8) -> Result<Vec<api::Hint>, i32> {
    let mut options = versioned!(api::TextOptions);
    options.side = writer;
    let mut hints = vec![versioned!(api::Hint); 16];
    let mut count = hints.len();
    let rc = unsafe {
        api::tlsdiag_text_scan_with(
            text.as_ptr(),
            text.len(),
            &options,
            hints.as_mut_ptr(),
            std::mem::size_of::<api::Hint>(),
            &mut count,
        )
    };
    hints.truncate(count);
    ok(rc, hints)
}

fn ok<T>(status: i32, value: T) -> Result<T, i32> {
    if status == api::status::OK {
        Ok(value)
    } else {
        Err(status)
    }
}
