use super::*;

const HELLO: &[u8] = include_bytes!("../../consumers/hello.bin");

fn error_of(structs: &[api::Layout]) -> String {
    check_layout(structs).unwrap_err().to_string()
}

#[test]
fn wrong_layout_is_refused() {
    let good = api::layout();
    assert!(good.len() > 15);
    check_layout(&good).unwrap();
    for at in 0..good.len() {
        let mut structs = api::layout();
        structs[at].1 += 8;
        assert!(error_of(&structs).contains(good[at].0));
        for member in 0..structs[at].2.len() {
            let mut structs = api::layout();
            structs[at].2[member].1 += 1;
            let place = format!("{}.{}", good[at].0, good[at].2[member].0);
            assert!(error_of(&structs).starts_with(&place), "{place}");
        }
    }
    let gone = [("tlsdiag_gone", 1, vec![])];
    assert_eq!(error_of(&gone), "libtlsdiag knows no tlsdiag_gone");
    // A library that has grown is fine.
    let mut older = api::layout();
    older.last_mut().unwrap().1 -= 4;
    check_layout(&older).unwrap();
}

#[test]
fn hello_is_decoded() {
    let hello = ClientHello::from_stream(HELLO).unwrap();
    assert_eq!(hello.server_name.as_deref(), Some("a.example"));
    assert_eq!(hello.version_max, 0x0303);
    assert_eq!(hello.cipher_suites, [0xc02b]);
    assert!(hello.alpn.is_empty() && hello.fault.is_none());
    assert!(hello.ja4.starts_with("t12d") && hello.ja4.len() == 36);
}

#[test]
fn broken_hello_keeps_what_came_before() {
    let mut bytes = HELLO.to_vec();
    let name_len = bytes.len() - 11;
    bytes[name_len] = 0x7f; // the name claims to be longer
    let hello = ClientHello::from_stream(&bytes).unwrap();
    assert_eq!(hello.cipher_suites, [0xc02b]);
    assert_eq!(hello.server_name, None);
    assert_eq!(hello.fault.unwrap().field, "server_name");
}

#[test]
fn what_is_no_hello_is_an_error() {
    let http = ClientHello::from_stream(b"GET / HTTP/1.1").unwrap_err();
    assert_eq!(http, Error::Status(api::status::E_NOT_TLS));
    assert_eq!(http.to_string(), "tlsdiag: e_not_tls");
    for end in 0..HELLO.len() {
        assert!(ClientHello::from_stream(&HELLO[..end]).is_err());
    }
}

#[test]
fn flow_says_why() {
    let mut flow = Flow::new().unwrap();
    for byte in HELLO {
        flow.feed(Side::Client, 0, std::slice::from_ref(byte))
            .unwrap();
    }
    flow.feed(Side::Server, 1000, &[21, 3, 3, 0, 2, 2, 112])
        .unwrap();
    flow.close(Side::Server, Close::Fin, 2000).unwrap();
    let verdict = flow.verdict().unwrap();
    assert_eq!(verdict.outcome, "failed");
    assert_eq!(verdict.cause, "sni_unrecognized");
    assert_eq!(verdict.party, "client");
    assert!(verdict.confidence >= 50);
    assert!(!verdict.text.is_empty() && !verdict.advice.is_empty());
    let seen: Vec<_> = flow.observations().collect();
    assert_eq!(seen[0].from, Side::Client);
    assert!(seen
        .iter()
        .any(|o| o.from == Side::Server && o.time_us == 1000));
    assert!(seen.iter().all(|o| !o.text.is_empty()));
}

#[test]
fn flows_may_travel_between_threads() {
    let mut flow = Flow::wall_clock().unwrap();
    flow.feed(Side::Client, 0, HELLO).unwrap();
    let mut copy = flow.clone();
    let there = std::thread::spawn(move || {
        copy.close(Side::Server, Close::Rst, 1000).unwrap();
        copy.verdict().unwrap().cause
    });
    assert_eq!(there.join().unwrap(), "reset_after_client_hello");
    assert_eq!(flow.verdict().unwrap().outcome, "incomplete");
}

#[test]
fn text_says_why() {
    let verdict = explain("received fatal alert: UnknownCA").unwrap();
    assert!(verdict.cause.contains("certificate"), "{}", verdict.cause);
    let mut flow = Flow::new().unwrap();
    assert_eq!(flow.hint("the weather is fine", 0), Ok(0));
}

#[test]
fn who_wrote_a_text_decides() {
    let text = "certificate has expired";
    let cause = |writer| explain_by(writer, text).unwrap().cause;
    assert_eq!(cause(Side::Client), "server_certificate_expired");
    assert_eq!(cause(Side::Server), "client_certificate_expired");
    assert_eq!(explain(text).unwrap().cause, "server_certificate_expired");
}

#[test]
fn names_and_version() {
    let suite = api::registry::CIPHER_SUITE;
    assert_eq!(name(suite, 0x1301), Some("TLS_AES_128_GCM_SHA256"));
    assert_eq!(name(suite, 0xfafb), None);
    assert_eq!(lookup(suite, "tls_aes_128_gcm_sha256"), Some(0x1301));
    assert_eq!(lookup(suite, "no such suite"), None);
    assert_eq!(version().0, 0);
    assert_eq!(version().1, 1);
}
