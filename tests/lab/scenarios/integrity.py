"""Bytes that change on the way, messages that break the rules."""
from labkit.scenario import scenario


def edited(name, cause, server, client, edit, argument, when, alert, version,
           party, how, accept=(), server_options=None, client_options=None,
           **more):
    """One scenario where a device edits the packet that holds `when`."""
    rule = {"do": "edit", "edit": edit, "arg": argument, "first": 1}
    rule.update({"message": when} if isinstance(when, str) else
                {"record": when[0], "from": when[1]})
    expect = {"alert": alert} if alert else {"box": "rule 0 edit"}
    scenario(f"{name}-{server}-{client}", cause,
             (server, {"max": version, **(server_options or {})}),
             (client, {"max": version, **(client_options or {})}),
             box=[rule], party=party, accept=accept, how=how,
             expect=more.pop("expect", expect), **more)


# A certificate so small that the server's flight fits one segment, for edits
# of what comes late in it.
SMALL = {"cert": "ecdsa.crt"}

# Protected records that change: a Finished that does not decrypt.
for server, client in (("nginx", "boring"), ("boring", "openssl"),
                       ("gnutls", "ruby"), ("wolf", "perl"),
                       ("caddy", "mbed")):
    edited("mac-client", "bad_record_mac", server, client,
           "encrypted_finished", None, (20, "client"),
           ("server", (20, 51)), "1.2", "middlebox",
           "the client's Finished changes on the way",
           accept=["decrypt_error", "handshake_tampered"])
# The client's alert about it is encrypted: its code stays hidden.
for server, client in (("nginx", "wolf"), ("boring", "python"),
                       ("haproxy", "perl")):
    edited("mac-server", "bad_record_mac", server, client,
           "encrypted_finished", None, (20, "server"), None, "1.2",
           "middlebox", "the server's Finished changes on the way",
           accept=["decrypt_error", "handshake_tampered", "none",
                   "client_aborted", "rejected_after_handshake"],
           expect={"client": "(?i)ERR.*(mac|decrypt)"})
for server, client in (("nginx", "openssl"), ("haproxy", "ruby"),
                       ("boring", "perl")):
    edited("mac-13", "bad_record_mac", server, client, "last_byte", 23,
           (23, "server"), ("client", 20), "1.3", "middlebox",
           "a record of the server's encrypted flight changes",
           accept=["handshake_tampered"], server_options=SMALL)

# A hello that changes where nobody looks: only the transcript tells.

for server, client, extra in (("nginx", "boring", {}), ("haproxy", "perl",
                              {}), ("erlang", "boring", {})):
    edited("tampered", "handshake_tampered", server, client,
           "extension_type", {"message": "client_hello", "old": 35,
                              "new": 0x3A3A}, "client_hello",
           ("server", (20, 51)), "1.2", "middlebox",
           "a device renames an extension of the hello",
           accept=["bad_record_mac", "decrypt_error"],
           client_options=extra)

# A ServerKeyExchange whose signature no longer fits.
for server, client, code in (("nginx", "boring", 51), ("boring", "ruby", 51),
                             ("mbed", "perl", (51, 47)),
                             ("caddy", "openssl", 51),
                             ("gnutls", "erlang", (51, 40, 47, 20)),
                             ("openssl", "bouncy", (51, 40, 47))):
    edited("signature", "decrypt_error", server, client, "flip",
           {"message": "server_key_exchange", "at": 20},
           "server_key_exchange", ("client", code), "1.2", "server",
           "the key share of the ServerKeyExchange changes",
           accept=["bad_record_mac", "illegal_parameter",
                   "handshake_tampered", "handshake_failure"],
           server_options=SMALL)

# Client CertificateVerify.
for server, client in (("nginx", "boring"), ("erlang", "perl"),
                       ("boring", "ruby")):
    edited("certverify", "client_certificate_verify_failed", server, client,
           "flip", {"message": "certificate_verify", "at": -3},
           "certificate_verify", ("server", (51, 42)), "1.2", "client",
           "the client's proof of possession is wrong",
           accept=["decrypt_error", "client_certificate_rejected"],
           server_options={"auth": "require"},
           client_options={"cert": "clec.crt"})

# ServerHello fields out of range.
for server, client in (("nginx", "boring"), ("boring", "perl"),
                       ("erlang", "wolf"), ("caddy", "ruby")):
    edited("illegal-suite", "illegal_parameter", server, client,
           "server_suite", 0x00A6, "server_hello",
           ("client", (47, 40, 70)) if client != "wolf" else None, "1.2",
           "server", "the ServerHello names a suite not offered",
           accept=["handshake_failure"])
for server, client in (("nginx", "ruby"), ("haproxy", "boring")):
    edited("illegal-compression", "illegal_parameter", server, client,
           "server_compression", 1, "server_hello", ("client", 47), "1.2",
           "server", "the ServerHello picks compression nobody offered")
for server, client in (("nginx", "boring"), ("boring", "openssl")):
    edited("illegal-group", "illegal_parameter", server, client,
           "extension_byte", {"message": "server_hello", "type": 51,
                              "at": 1, "value": 0x1E}, "server_hello",
           ("client", 47), "1.3", "server",
           "the ServerHello's key share names another group",
           accept=["handshake_failure"])
for server in ("nginx", "boring", "caddy"):
    scenario(f"illegal-share-{server}", "illegal_parameter", (server, {}),
             ("tool", {"run": ["hello"], "args": ["bad_key_share"]}),
             party="client", accept=["malformed_client_hello", "decode_error"],
             how="an x25519 share of 20 bytes",
             expect={"alert": ("server", (47, 50, 80))})
for server in ("nginx", "boring", "caddy"):
    scenario(f"illegal-compression-{server}", "illegal_parameter",
             (server, {}), ("tool", {"run": ["hello"],
                                     "args": ["no_null_compression"]}),
             party="client", accept=["malformed_client_hello",
                                     "decode_error", "handshake_failure"],
             how="a hello without null compression",
             expect={"alert": ("server", (47, 50, 40, 10))})

# Messages out of order.
for server, client, code in (("nginx", "boring", 10), ("haproxy", "ruby", 10),
                             ("wolf", "perl", 10)):
    edited("order-type", "unexpected_message", server, client,
           "message_type", {"message": "certificate", "type": 14},
           "certificate", ("client", (10, 50)), "1.2", "server",
           "a message of another type where Certificate is due",
           accept=["malformed_server_message", "decode_error"])
for server in ("nginx", "boring", "erlang", "wolf"):
    scenario(f"order-finished-{server}", "unexpected_message", (server, {}),
             ("tool", {"run": ["hello"], "args": ["finished_first"]}),
             party="client", accept=["non_tls_to_tls_port",
                                     "malformed_client_hello",
                                     "closed_after_client_hello"],
             how="a Finished before any hello",
             expect={"alert": ("server", (10, 80, 40, 70, 50))}
             if server != "wolf" else {"client": "closed|reset"})
for server in ("nginx", "boring"):
    scenario(f"order-certificate-{server}", "unexpected_message",
             (server, {"max": "1.2"}),
             ("tool", {"run": ["hello"], "args": ["key_exchange_first"]}),
             party="client", how="a Certificate nobody asked for",
             accept=[],
             expect={"alert": ("server", 10)})

# Malformed hellos, by hand.
for kind, servers in (
        ("bad_sni", ("nginx", "boring", "gnutls", "haproxy")),
        ("bad_extensions_length", ("caddy", "wolf", "boring")),
        ("odd_suites", ("nginx", "mbed", "bouncy")),
        ("long_session", ("lighttpd", "boring")),
        ("trailing_bytes", ("haproxy", "erlang")),
        ("duplicate_extension", ("nginx", "boring", "caddy"))):
    for server in servers:
        scenario(f"malformed-{kind.replace('_', '-')}-{server}",
                 "malformed_client_hello", (server, {}),
                 ("tool", {"run": ["hello"], "args": [kind]}),
                 accept=["decode_error", "illegal_parameter",
                         "unexpected_message", "closed_after_client_hello",
                         "sni_unrecognized", "unsupported_extension",
                         "internal_error", "handshake_failure"],
                 how=f"a hello made by hand: {kind}",
                 expect={"client": "closed by peer|reset by peer"})
for server, client in (("nginx", "boring"), ("erlang", "perl"),
                       ("boring", "wolf")):
    edited("malformed-sh", "malformed_server_message", server, client,
           "byte", {"message": "server_hello", "at": 38, "value": 0x77},
           "server_hello", None, "1.2", "server",
           "the ServerHello claims a session id of 119 bytes",
           accept=["decode_error", "illegal_parameter"],
           expect={"box": "rule 0 edit", "client": "(?i)err"})
for server, client in (("nginx", "ruby"), ("boring", "perl"),
                       ("erlang", "boring")):
    edited("malformed-cert", "malformed_server_message", server, client,
           "byte", {"message": "certificate", "at": 4, "value": 0x20},
           "certificate", None, "1.2", "server",
           "the certificate list claims more than the message holds",
           accept=["decode_error", "server_certificate_rejected"],
           expect={"box": "rule 0 edit", "client": "(?i)err"})
for server, client in (("nginx", "boring"), ("haproxy", "ruby")):
    edited("malformed-ske", "malformed_server_message", server, client,
           "byte", {"message": "server_key_exchange", "at": 7, "value": 250},
           "server_key_exchange", None, "1.2", "server",
           "the ServerKeyExchange claims a point of 250 bytes",
           accept=["decode_error", "illegal_parameter"],
           server_options=SMALL,
           expect={"box": "rule 0 edit", "client": "(?i)err"})

# Records that are too long.
for server, client in (("nginx", "boring"), ("boring", "ruby"),
                       ("caddy", "wolf")):
    edited("overflow-server", "record_overflow", server, client,
           "record_length", {"record": 22, "value": 0x6000},
           "server_hello", None, "1.2", "server",
           "the server's record claims 24,576 bytes",
           accept=["malformed_server_message"],
           expect={"box": "rule 0 edit", "client": "(?i)err"})
for server in ("nginx", "boring", "caddy", "erlang"):
    scenario(f"overflow-client-{server}", "record_overflow", (server, {}),
             ("tool", {"run": ["hello"], "args": ["oversize_record"]}),
             party="client", accept=["malformed_client_hello",
                                     "unexpected_message", "decode_error"],
             how="a client record of 20,000 bytes",
             expect={"client": "closed by peer|reset by peer"})

# Alerts that only a scripted server gives at that place.
for name, cause, code, clients, party, accept in (
        ("alert-80", "internal_error", 80, ("boring", "erlang", "ruby"),
         "server", []),
        ("alert-40", "handshake_failure", 40, ("boring", "wolf"), "server",
         ["no_shared_cipher", "sni_unrecognized", "no_shared_group",
          "no_usable_server_certificate"]),
        ("alert-49", "access_denied", 49, ("boring", "perl"), "server",
         ["sni_unrecognized"]),
        ("alert-60", "other_alert", 60, ("go", "boring"), "server", []),
        # Seen from the path, a server that cannot read and a device that
        # spoils what it reads are one.
        ("alert-50", "decode_error", 50, ("boring", "go", "ruby"),
         ["server", "middlebox"], ["malformed_client_hello"]),
        ("alert-117", "other_alert", 117, ("curl", "go"), "server", [])):
    for client in clients:
        scenario(f"{name}-{client}", cause,
                 ("tool", {"run": ["send_hex"],
                           "args": [f"150303000202{code:02x}"]}),
                 (client, {}), party=party, accept=accept,
                 how=f"a scripted server answers the hello with alert {code}",
                 expect={"alert": ("server", code)})
