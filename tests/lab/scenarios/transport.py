"""What TCP says: probes, resets, closes, silence, loss, black holes."""
from labkit.scenario import scenario

RESETS = ["injected_reset", "sni_blocked"]
for client, options in (("boring", {"port": 8444}), ("erlang",
                        {"port": 8444}), ("ruby", {"port": 8444})):
    scenario(f"tcp-refused-{client}", "tcp_connect_failed", ("none", {}),
             (client, options), how="nothing listens on the port",
             expect={"end": "s:RST", "stage": "tcp"})
for client in ("go", "curl"):
    scenario(f"tcp-unanswered-{client}", "tcp_connect_failed", ("nginx", {}),
             (client, {"timeout": 4}),
             box=[{"syn": True, "from": "client", "do": "drop"}],
             how="no SYN gets through", expect={"stage": "tcp"}, seconds=8)

for server, how, seconds in (("boring", "fin", "0"), ("caddy", "rst", "0.05"),
                             ("erlang", "fin", "0.3"), ("haproxy", "fin",
                                                        "0"),
                             ("bouncy", "rst", "0"), ("wolf", "fin", "0.1")):
    scenario(f"probe-{how}-{server}", "connection_probe", (server, {}),
             ("tool", {"run": ["probe"], "args": [how, seconds]}),
             vantage="server", how="connects and leaves without a byte",
             expect={"client": "connected"})

for client in ("boring", "wolf", "erlang", "ruby"):
    scenario(f"hello-rst-{client}", "reset_after_client_hello",
             ("tool", {"run": ["closer"], "args": ["rst"]}), (client, {}),
             party="either", accept=RESETS,
             how="the server resets after the hello",
             expect={"end": "s:RST", "stage": "client_hello"})
    scenario(f"hello-fin-{client}", "closed_after_client_hello",
             ("tool", {"run": ["closer"]}), (client, {}),
             how="the server closes after the hello",
             expect={"end": "s:FIN", "stage": "client_hello"})
for client in ("mbed", "bouncy"):
    scenario(f"hello-fin-nobackend-{client}", "closed_after_client_hello",
             ("nginx-stream", {"conf": "", "pass": "127.0.0.1:9"}),
             (client, {}), how="a TCP proxy whose backend is down",
             accept=["reset_after_client_hello"],
             expect={"server": "refused", "stage": "client_hello"})

for client, options in (("boring", {"timeout": 2}), ("mbed", {"timeout": 2}),
                        ("curl", {"timeout": 3}), ("ruby", {"timeout": 3})):
    scenario(f"hello-silence-{client}", "no_response_to_client_hello",
             ("tool", {"run": ["silent"]}), (client, options),
             accept=["handshake_timeout"],
             how="a process that reads and never answers",
             expect={"end": "c:FIN" if client != "x" else "",
                     "stage": "client_hello"})
    scenario(f"hello-lost-{client}", "client_hello_lost", ("nginx", {}),
             (client, options),
             box=[{"message": "client_hello", "do": "drop"}],
             how="the hello never gets through",
             expect={"box": "rule 0 drop", "stage": "client_hello"})

BIG = {"alpn": ":".join(f"protocol-number-{n:03}" for n in range(90))}
for client, act, end in (
        ("boring", {"do": "reset", "to": "both", "ttl": 64, "id": 0},
         "s:RST"),
        ("openssl", {"do": "hole"}, "c:"),
        ("go", {"do": "reset", "to": "both", "ttl": 64, "id": 0}, "s:RST")):
    alpn = BIG["alpn"] if client != "boring" else ":".join(
        f"pr{n:02}" for n in range(48))
    if client == "boring":
        continue
    waits = {"args": ["-no_ticket"]} if client == "openssl" else {}
    scenario(f"bighello-{client}", "large_client_hello_dropped",
             ("haproxy", {}), [(client, {"alpn": alpn, **waits}),
                               (client, {})],
             box=[{"hello_longer": 1300, **act}],
             accept=["no_response_to_client_hello", "extension_intolerance",
                     "reset_after_client_hello", "client_hello_lost",
                     "injected_reset"],
             how="hellos longer than a segment die, short ones pass",
             expect={"box": "rule 0", "client": "OK|Verify return code"},
             seconds=4)

for server, client, limit, options in (
        ("boring", "wolf", 1200, {"timeout": 4}),
        ("gnutls", "boring", 1000, {"timeout": 4}),
        ("erlang", "curl", 1200, {"timeout": 4})):
    scenario(f"mtuhole-{server}-{client}", "path_mtu_black_hole",
             (server, {"cert": "big"}), (client, options),
             box=[{"from": "server", "longer": limit, "do": "drop"}],
             accept=["handshake_timeout"],
             how=f"packets above {limit} bytes from the server vanish",
             expect={"box": "rule 0 drop"}, seconds=10)

# Forged resets: another hop limit, data after the reset, two at once.
for client, act in (
        ("boring", {"ttl": 250, "id": 0xBEEF, "pass": True}),
        ("wolf", {"ttl": 30, "to": "both", "pass": True}),
        ("ruby", {"ttl": 255, "id": 1, "to": "both"}),
        ("go", {"ttl": 48, "pass": True}),
        ("perl", {"ttl": 128, "to": "client"})):
    scenario(f"injected-{client}", "injected_reset", ("nginx", {}),
             (client, {}),
             box=[{"delay_ms": 3}, {"message": "client_hello", "do": "reset",
                                    **act}],
             accept=["reset_after_client_hello"],
             how=f"a device forges a reset: {act}",
             expect={"box": "rule 0 reset", "messages": ["c:client_hello"]})
for client, version in (("boring", "1.2"), ("mbed", "1.2")):
    scenario(f"injected-late-{client}", "injected_reset",
             ("haproxy", {"max": version}), (client, {}),
             box=[{"message": "client_key_exchange", "do": "reset",
                   "to": "both", "ttl": 222, "id": 0x7777}],
             accept=["reset_during_handshake"],
             how="a device forges a reset in mid-handshake",
             expect={"box": "rule 0 reset",
                     "messages": ["s:server_hello_done"]})

# Closes, resets and stalls in mid-handshake: a front cuts after N bytes.
for client, how, cause, end, options in (
        ("boring", "fin", "closed_during_handshake", "s:FIN", {}),
        ("wolf", "fin", "closed_during_handshake", "s:FIN", {}),
        ("erlang", "fin", "closed_during_handshake", "s:FIN", {}),
        ("ruby", "rst", "reset_during_handshake", "s:RST", {}),
        ("bouncy", "rst", "reset_during_handshake", "s:RST", {}),
        ("boring", "rst", "reset_during_handshake", "s:RST", {}),
        ("mbed", "stall", "handshake_timeout", "c:", {"timeout": 2}),
        ("curl", "stall", "handshake_timeout", "c:", {"timeout": 3}),
        ("ruby", "stall", "handshake_timeout", "c:", {"timeout": 3})):
    scenario(f"mid-{how}-{client}", cause,
             [("openssl", {"max": "1.2"}),
              ("tool", {"run": ["front"], "args": ["444", "900", how]})],
             (client, options), party="server",
             accept=["injected_reset"] if how == "rst" else [],
             how="the server's flight ends after 900 bytes",
             expect={"server": "cut after 900",
                     "messages": ["s:server_hello"]}, seconds=8)

for server, version in (("boring", "1.2"), ("haproxy", "1.3"),
                        ("nginx", "1.2")):
    options = {"timeout": 3} if server == "boring" else (
        {"timeout": "3s"} if server == "haproxy" else
        {"http": "client_header_timeout 3s;"})
    scenario(f"stall-client-{server}", "handshake_timeout",
             (server, {"max": version, **options}),
             ("tool", {"run": ["stall"], "args": ["8"]}), party="client",
             accept=["closed_during_handshake"],
             how="the client reads the flight and never answers",
             expect={"client": "closed by peer|gave up|ERR",
                     "messages": ["s:server_hello"]})

# The client leaves.
for server, how, after in (("nginx", "rst", "answer"),
                           ("boring", "fin", "answer"),
                           ("erlang", "cancel", "answer"),
                           ("caddy", "rst", "answer"),
                           ("haproxy", "fin", "answer"),
                           ("wolf", "cancel", "answer")):
    scenario(f"abort-{how}-{server}", "client_aborted", (server, {}),
             ("tool", {"run": ["abort"], "args": [how, after]}),
             accept=["server_certificate_rejected", "reset_during_handshake",
                     "closed_during_handshake"],
             how="the client leaves after the server's flight",
             expect={"client": "read", "messages": ["s:server_hello"]})
for client in ("openssl", "go"):
    scenario(f"abort-kill-{client}", "client_aborted", ("nginx", {}),
             (client, {"hold": 1.1}), box=[{"delay_ms": 400}],
             accept=["closed_during_handshake", "reset_during_handshake",
                     "no_response_to_client_hello"],
             how="the client is killed while it waits",
             expect={"messages": ["c:client_hello"], "end": "c:FIN"},
             settle=1.5)

# Half a capture: the reason lies in what was not recorded.
for client, options in (("boring", {"max": "1.2"}), ("ruby",
                        {"max": "1.2"})):
    scenario(f"half-client-{client}", "unknown", ("nginx", {"min": "1.3"}),
             (client, options), filter="and dst port 443",
             party="either", accept=["client_aborted"],
             outcome="incomplete",
             how="only the client's packets were recorded",
             expect={"stage": "client_hello", "client": "ERR"})
