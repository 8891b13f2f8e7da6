"""Pairs of stacks that no other file brings together, and places to break."""
import random

from labkit.scenario import ALL, scenario
from scenarios.certificates import LATE, client_refused, refused
from scenarios.completed import works

SERVERS12 = ("openssl", "nginx", "haproxy", "apache", "lighttpd", "stunnel",
             "gnutls", "nss", "go", "java", "bouncy", "node", "python",
             "erlang", "ruby", "boring", "wolf", "mbed", "botan", "caddy")
CLIENTS = ("openssl", "curl", "wget", "gnutls", "nss", "go", "java", "bouncy",
           "node", "python", "erlang", "ruby", "boring", "wolf", "mbed",
           "perl", "socat", "botan")
ONLY12 = {"mbed", "botan"}
draw = random.Random(20261121)


def pairs(count, servers=SERVERS12, clients=CLIENTS, version=None):
    """So many (server, client, version), all different, always the same."""
    found = []
    while len(found) < count:
        server, client = draw.choice(servers), draw.choice(clients)
        which = version or draw.choice(("1.2", "1.3"))
        if which == "1.3" and {server, client} & ONLY12:
            which = "1.2"
        if (server, client, which) not in found and server != client:
            found.append((server, client, which))
    return found


# Drawn, and then it works all the same, or the stacks cannot do it.
IDLE = {"alpn-x-python-gnutls-12", "alpn-x-python-go-13",
        "flip-01-server_key_exchange-java-python",
        "flip-18-server_key_exchange-boring-gnutls",
        ("mbed", "bouncy"), ("lighttpd", "botan"), ("ruby", "botan"),
        ("apache", "botan")}


def known(name):
    return name in IDLE or any(one.name == name for one in ALL)


def cap(server, version):
    return {} if server in ONLY12 else {"max": version, "min": version}


for server, client, version in pairs(46):
    name = f"{server}-{client}-{version.replace('.', '')}"
    if not known("ok-" + name):
        works(name, (server, cap(server, version)), (client, {
            "ca": "roots.pem"} if client == "botan" else {}),
            "an ordinary request", version,
            expect={"client": "", "messages": [
                "s:server_hello", "c:(data|encrypted_.*)"]})

VERIFYING = ("openssl", "curl", "wget", "gnutls", "go", "java", "bouncy",
             "node", "python", "erlang", "ruby", "boring", "wolf", "mbed",
             "perl", "socat", "botan")
LATE_CLIENTS = {"wget", "node", "curl", "socat", "botan", "gnutls"}
for cause, cert, count in (
        ("server_certificate_expired", "expired", 9),
        ("server_certificate_untrusted", "evil", 9),
        ("server_certificate_not_yet_valid", "notyet", 5),
        ("server_certificate_chain_incomplete", "rsa.crt", 5),
        ("server_certificate_unsupported", "eku", 6)):
    for server, client, version in pairs(count, [
            one for one in SERVERS12 if one != "nss"], VERIFYING):
        if (server, client) in IDLE:
            continue
        options = {"names": "www.example.test"} if client == "boring" else {}
        late = client in LATE_CLIENTS
        slug = "x-"
        refused(cause, cert, server, client, version, late, options=options,
                slug=slug, how=f"certificate {cert}")
for server, client, version in pairs(7, [
        one for one in SERVERS12 if one not in ("nss", "caddy")],
        ("openssl", "go", "java", "boring", "python", "erlang", "ruby",
         "gnutls", "curl")):
    names = {"names": "www.example.test" if client == "boring" else 1}
    refused("server_certificate_name_mismatch", "other", server, client,
            version, client in LATE_CLIENTS, slug="x-", options=names,
            how="the certificate is for another name")

DEMANDING = ("openssl", "haproxy", "apache", "lighttpd", "stunnel", "gnutls",
             "go", "java", "bouncy", "node", "python", "erlang", "ruby",
             "boring", "wolf", "caddy")
SHOWING = ("openssl", "curl", "wget", "gnutls", "go", "java", "node",
           "python", "erlang", "ruby", "boring", "wolf", "perl", "socat")
for cause, cert, count in (
        ("client_certificate_missing", None, 12),
        ("client_certificate_expired", "clexpired", 8),
        ("client_certificate_untrusted", "clevil", 10),
        ("client_certificate_unsupported", "cleku", 6)):
    for server, client, version in pairs(count, DEMANDING, SHOWING):
        client_refused(cause, cert, server, client, version, slug="x-",
                       how=f"client certificate {cert}",
                       accept=["client_certificate_rejected"] + (
                           ["access_denied"] if server == "gnutls" else []))

# Versions and ALPN.
for server, client, _ in pairs(9, [s for s in SERVERS12 if s not in ONLY12
                                   and s not in ("caddy", "nss")],
                               [c for c in CLIENTS if c not in (
                                   "botan", "socat", "perl", "mbed")]):
    scenario(f"version-x-old-{server}-{client}", "version_client_too_old",
             (server, {"min": "1.3", "max": "1.3"}),
             (client, {"min": "1.2", "max": "1.2"}),
             how="TLS 1.2 at most meets TLS 1.3 at least",
             expect={"stage": "client_hello", "alert": ("server", (70, 40))})
for server, client, _ in pairs(9, [s for s in SERVERS12 if s not in (
        "caddy", "nss")], [c for c in CLIENTS if c not in (
            "botan", "socat", "perl", "mbed", "redis")]):
    scenario(f"version-x-new-{server}-{client}", "version_server_too_old",
             (server, {} if server in ONLY12 else {"min": "1.2",
                                                   "max": "1.2"}),
             (client, {"min": "1.3", "max": "1.3"}),
             how="TLS 1.3 at least meets TLS 1.2 at most",
             expect={"stage": "client_hello", "alert": ("server", (70, 40))})
for server in ("openssl", "boring", "wolf", "gnutls", "go", "java", "erlang",
               "python", "node"):
    for client in draw.sample(("openssl", "go", "java", "boring", "ruby",
                               "node", "python", "gnutls"), 2):
        version = draw.choice(("1.2", "1.3"))
        slug = f"alpn-x-{server}-{client}-{version.replace('.', '')}"
        if server == client or known(slug):
            continue
        scenario(slug, "no_application_protocol",
                 (server, {"alpn": "h2", "max": version}),
                 (client, {"alpn": "imap", "max": version}),
                 accept=["no_shared_signature_algorithm",
                         "no_usable_server_certificate"]
                 if version == "1.3" else [],
                 how="no ALPN protocol in common",
                 expect={"client": r"(?i)err|alpn|proto|alert"})

# The server's side stops at every place of a TLS 1.3 or 1.2 handshake.
for version, cuts in (("1.3", (60, 400, 1600)), ("1.2", (40, 300, 1700))):
    for cut in cuts:
        for how, cause in (("fin", "closed_during_handshake"),
                           ("rst", "reset_during_handshake"),
                           ("stall", "handshake_timeout")):
            client = draw.choice(("boring", "go", "openssl", "erlang",
                                  "python", "wolf", "java"))
            whole = cut > 130
            scenario(f"cut-{how}-{version.replace('.', '')}-{cut}-{client}",
                     cause,
                     [("openssl", {"max": version, "cert": "big"}),
                      ("tool", {"run": ["front"],
                                "args": ["444", str(cut), how]})],
                     (client, {"timeout": 3}), party="server",
                     accept=["injected_reset"] * (how == "rst") +
                     ["closed_during_handshake"] * (how == "stall") +
                     ["closed_after_client_hello", "handshake_timeout",
                      "reset_after_client_hello", "client_aborted",
                      "no_response_to_client_hello"] * (not whole),
                     how=f"the server's side ends ({how}) after {cut} bytes",
                     expect={"server": f"cut after {cut}"}, seconds=6)
# A front that takes the client's bytes and then ends.
for version, how, cause in (
        ("1.2", "fin", "closed_during_handshake"),
        ("1.2", "rst", "reset_during_handshake"),
        ("1.2", "stall", "handshake_timeout"),
        ("1.3", "fin", "closed_during_handshake"),
        ("1.3", "rst", "reset_during_handshake"),
        ("1.3", "stall", "handshake_timeout")):
    for client in draw.sample(("boring", "go", "erlang", "python", "java",
                               "curl"), 2):
        scenario(f"deaf-{how}-{version.replace('.', '')}-{client}", cause,
                 [("boring", {"max": version}),
                  ("tool", {"run": ["deaf"], "args": ["444", "620", how]})],
                 (client, {"timeout": 3}), party="server",
                 accept=["none", "closed_after_client_hello",
                         "reset_after_client_hello", "client_aborted",
                         "no_response_to_client_hello", "injected_reset",
                         "rejected_after_handshake"],
                 outcome="failed",
                 how=f"from byte 621 of the client on: {how}",
                 expect={"server": "cut after"}, seconds=6)

# Resets and holes of a device at other places than the hello.
for message, version, sender in (("server_hello", "1.3", "server"),
                                 ("server_hello", "1.2", "server"),
                                 ("client_key_exchange", "1.2", "client")):
    for client in draw.sample(("go", "java", "openssl", "erlang", "python"),
                              2):
        flag = version.replace(".", "")
        scenario(f"forged-{message}-{flag}-{client}", "injected_reset",
                 ("nginx", {"max": version}), (client, {}),
                 box=[{"delay_ms": 4}, {
                     "message": message, "do": "reset", "to": "both",
                     "ttl": draw.choice((35, 99, 128, 240)), "id": 4242}],
                 accept=["reset_during_handshake",
                         "reset_after_client_hello"],
                 how=f"a device forges resets at {message}",
                 expect={"box": "rule 0 reset"})
        scenario(f"hole-{message}-{flag}-{client}", "handshake_timeout",
                 ("haproxy", {"max": version}), (client, {"timeout": 3}),
                 box=[{"message": message, "do": "hole"}],
                 party="network" if sender == "server" else "network",
                 accept=["no_response_to_client_hello", "path_mtu_black_hole",
                         "client_hello_lost", "unknown"],
                 how=f"from {message} on nothing passes",
                 expect={"box": "rule 0 hole"}, seconds=6)

# One byte of a message changes at a place drawn by lot.
WRECKED = ["handshake_tampered", "bad_record_mac", "decrypt_error",
           "illegal_parameter", "malformed_client_hello", "decode_error",
           "malformed_server_message", "unexpected_message",
           "record_overflow", "unsupported_extension", "handshake_failure",
           "version_server_too_old", "version_client_too_old",
           "no_shared_cipher", "no_shared_group", "missing_extension",
           "no_shared_signature_algorithm", "internal_error",
           "server_certificate_rejected", "server_certificate_untrusted",
           "server_certificate_expired", "server_certificate_name_mismatch",
           "sni_unrecognized", "extended_master_secret_required",
           "other_alert", "insufficient_security", "hello_retry_failed",
           "no_application_protocol", "server_certificate_unsupported",
           "client_aborted", "closed_during_handshake", "downgrade_detected",
           "closed_after_client_hello", "reset_during_handshake",
           "handshake_timeout", "non_tls_to_tls_port",
           "legacy_renegotiation_refused", "psk_mismatch", "sni_missing",
           "no_response_to_client_hello", "reset_after_client_hello",
           "server_certificate_weak", "server_certificate_revoked",
           "server_certificate_chain_incomplete", "resumption_failed",
           "server_certificate_not_yet_valid", "ocsp_response_invalid"]
for number in range(24):
    message = draw.choice(("client_hello", "server_hello", "certificate",
                           "server_key_exchange", "client_key_exchange",
                           "client_hello", "server_hello"))
    at = draw.randrange(1, {"client_hello": 150, "server_hello": 60,
                            "certificate": 700, "client_key_exchange": 60,
                            "server_key_exchange": 250}[message])
    server = draw.choice(("nginx", "go", "boring", "wolf", "java", "erlang",
                          "gnutls", "haproxy"))
    client = draw.choice(("boring", "go", "openssl", "python", "java", "curl",
                          "gnutls", "erlang", "node"))
    name = f"flip-{number:02}-{message}-{server}-{client}"
    if known(name):
        continue
    scenario(name, "handshake_tampered",
             (server, {"max": "1.2", "cert": "ecdsa.crt"}),
             (client, {"max": "1.2", "verify": client != "gnutls",
                       "ca": "clients.pem"}),
             box=[{"message": message, "do": "edit", "edit": "flip",
                   "arg": {"message": message, "at": at}, "first": 1}],
             accept=WRECKED, how=f"byte {at} of {message} is inverted",
             expect={"box": "rule 0 edit", "client": r"(?i)err|alert|fail"})

# TLS inside other protocols.
def starttls(kind, verify=False, *words):
    check = ["-CAfile", "{pki}/roots.pem", "-verify_return_error"]
    return ("command", {"run": [
        "timeout", "5", "openssl", "s_client", "-starttls", kind, "-connect",
        "{host}:{port}", *(check if verify else []), *words]})


for kind in ("pop3", "ftp", "nntp", "sieve", "xmpp", "lmtp", "irc", "mysql"):
    behind = draw.choice(("boring", "go", "gnutls", "python"))
    front = ("tool", {"run": ["upgrade"], "args": ["444", kind]})
    scenario(f"ok-upgrade-{kind}", "none", [(behind, {}), front],
             starttls(kind), how=f"TLS inside {kind}",
             expect={"client": "Verify return code"})
    scenario(f"cert-expired-upgrade-{kind}", "server_certificate_expired",
             [(behind, {"cert": "expired", "max": "1.2"}), front],
             starttls(kind, True), how=f"expired, inside {kind}",
             expect={"client": "expired", "alert": ("client", 45)})
    scenario(f"version-upgrade-{kind}", "version_client_too_old",
             [(behind, {"min": "1.3"}), front],
             starttls(kind, False, "-tls1_2"),
             how=f"TLS 1.2 meets TLS 1.3 inside {kind}",
             expect={"alert": ("server", (70, 40))})


def through_socks(cert, *words, status="00", **options):
    return ([("boring", {"cert": cert, **options}),
             ("tool", {"run": ["socks"], "args": ["444", status]})],
            ("command", {"run": [
                "curl", "-sSv", "--max-time", "5", "-x",
                "socks5h://{host}:{port}", *words,
                "https://www.example.test/"]}))


scenario("ok-socks", "none", *through_socks("rsa", "-k"),
         how="TLS through SOCKS5", expect={"client": "hello"})
scenario("cert-expired-socks", "server_certificate_expired",
         *through_socks("expired", "--cacert", "{pki}/roots.pem", max="1.2"),
         how="an expired certificate behind SOCKS5",
         expect={"client": "expired", "alert": ("client", 45)})
scenario("version-socks", "version_client_too_old",
         *through_socks("rsa", "-k", "--tls-max", "1.2", min="1.3"),
         how="TLS 1.2 meets TLS 1.3 behind SOCKS5",
         expect={"alert": ("server", 70)})
for status in ("407", "502", "403"):
    scenario(f"connect-{status}", "starttls_refused",
             [("boring", {}), ("tool", {"run": ["connect_proxy"],
                                        "args": ["444", status]})],
             ("command", {"run": [
                 "curl", "-sSv", "--max-time", "5", "-x",
                 "http://{host}:{port}", "-k", "https://www.example.test/"]}),
             accept=["none", "unknown", "non_tls_to_tls_port"],
             how=f"the proxy answers CONNECT with {status}",
             expect={"client": status})

# Losses that TCP heals.
for client, message, nth in (("go", "certificate", 1),
                             ("python", "server_hello", 1),
                             ("java", "client_key_exchange", 1),
                             ("openssl", "client_hello", 1),
                             ("node", "server_hello", 1)):
    works(f"heal-{message}-{client}",
          ("nginx", {"max": "1.2", "cert": "big"}), (client, {}),
          f"the packet that begins {message} is lost once", "1.2",
          box=[{"delay_ms": 3}, {"message": message, "nth": nth,
                                 "do": "drop"}],
          expect={"messages": ["c:data", "s:data"], "client": ""})

# Plain text to TLS and TLS to plain text, other pairs.
for server, text, slug in (
        ("go", "GET / HTTP/1.0\\r\\n\\r\\n", "http"),
        ("java", "GET / HTTP/1.0\\r\\n\\r\\n", "http"),
        ("node", "POST /x HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n", "http"),
        ("gnutls", "HEAD / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n", "http"),
        ("nss", "GET / HTTP/1.0\\r\\n\\r\\n", "http"),
        ("python", "OPTIONS * HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n", "http"),
        ("stunnel", "PUT /a HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n", "http"),
        ("botan", "GET / HTTP/1.0\\r\\n\\r\\n", "http"),
        ("openssl", "CONNECT a.example:443 HTTP/1.1\\r\\n\\r\\n", "http")):
    scenario(f"http-x-{server}", "plain_http_to_tls_port", (server, {}),
             ("tool", {"run": ["text"], "args": [text]}),
             how="a plain HTTP request", expect={"client": "connected"})
for server, text, slug in (
        ("go", "AMQP\\x00\\x00\\x09\\x01", "amqp"),
        ("java", "\\x10\\x10\\x00\\x04MQTT\\x04\\x02\\x00<\\x00\\x04abcd",
         "mqtt"),
        ("node", "*1\\r\\n$4\\r\\nPING\\r\\n", "redis"),
        ("gnutls", "SSH-2.0-Go\\r\\n", "ssh"),
        ("nss", "\\x12\\x01\\x00\\x2f\\x00\\x00\\x01\\x00", "tds"),
        ("apache", "\\x00\\x00\\x00\\x54\\x00\\x03\\x00\\x00user\\x00x\\x00",
         "postgres-startup"),
        ("haproxy", "\\xff\\xfb\\x18\\xff\\xfb\\x1f", "telnet"),
        ("nginx", "NICK a\\r\\nUSER a 0 * :a\\r\\n", "irc")):
    scenario(f"nontls-x-{slug}-{server}", "non_tls_to_tls_port", (server, {}),
             ("tool", {"run": ["text"], "args": [text]}),
             how=f"a client that speaks {slug}",
             expect={"client": "closed|reset|silence"})
for server, words, slug in (("go", "EHLO c.example\\r\\n", "smtp"),
                            ("nginx", "a1 CAPABILITY\\r\\n", "imap"),
                            ("haproxy", "a001 LOGIN x y\\r\\n", "imap2"),
                            ("java", "CAPA\\r\\n", "pop3"),
                            ("openssl", "USER anonymous\\r\\n", "ftp"),
                            ("boring", "LHLO a\\r\\n", "lmtp"),
                            ("wolf", "CAPABILITIES\\r\\n", "nntp")):
    scenario(f"implicit-x-{slug}-{server}", "implicit_tls_expected",
             (server, {}), ("tool", {"run": ["text"], "args": [words]}),
             accept=["non_tls_to_tls_port"],
             how=f"a client that would STARTTLS speaks {slug}",
             expect={"client": "closed|reset|silence"})
for client in ("go", "java", "node", "nss", "gnutls", "python", "perl"):
    scenario(f"tls-to-http-x-{client}", "tls_to_plain_http_port",
             ("tool", {"run": ["http"]}), (client, {}),
             how="TLS spoken to a plain HTTP port",
             expect={"stage": "client_hello", "client": ""})
    kind = draw.choice(("smtp", "imap", "pop3", "ftp"))
    scenario(f"starttls-expected-x-{kind}-{client}", "starttls_expected",
             ("tool", {"run": ["banner"], "args": [kind]}), (client, {}),
             accept=["tls_to_non_tls_port"],
             how=f"implicit TLS to a {kind} port",
             expect={"stage": "client_hello", "client": ""})
for client in ("openssl", "go", "java", "node", "nss", "gnutls"):
    scenario(f"hello-fin-x-{client}", "closed_after_client_hello",
             ("tool", {"run": ["closer"]}), (client, {}),
             how="the server closes after the hello",
             expect={"end": "s:FIN", "stage": "client_hello"})
    scenario(f"hello-rst-x-{client}", "reset_after_client_hello",
             ("tool", {"run": ["closer"], "args": ["rst"]}), (client, {}),
             party="either", accept=["injected_reset", "sni_blocked"],
             how="the server resets after the hello",
             expect={"end": "s:RST", "stage": "client_hello"})
for server, client in (("go", "boring"), ("java", "openssl"),
                       ("openssl", "java"), ("apache", "go"),
                       ("gnutls", "node")):
    scenario(f"mtuhole-x-{server}-{client}", "path_mtu_black_hole",
             (server, {"cert": "big"}), (client, {"timeout": 4}),
             box=[{"from": "server", "longer": 1300, "do": "drop"}],
             accept=["handshake_timeout", "no_response_to_client_hello"],
             how="long packets of the server vanish",
             expect={"box": "rule 0 drop"}, seconds=9)
