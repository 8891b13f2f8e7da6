"""server_name: missing, unknown, warned about, blocked on the path."""
from labkit.scenario import scenario

BACKEND = ("openssl", {})
CLOSES = ["closed_after_client_hello", "reset_after_client_hello"]

# A router by name: nginx stream, HAProxy in TCP mode.
HAPROXY_ROUTE = ("acl known req.ssl_sni -i www.example.test\n"
                 "  use_backend be if known\n  default_backend nowhere\n"
                 "backend nowhere")
for slug, cause, sni in (("missing", "sni_missing", None),
                         ("unknown", "sni_unrecognized",
                          "unknown.example.test")):
    for client in ("boring", "wolf", "go", "erlang"):
        scenario(f"sni-{slug}-stream-{client}", cause,
                 [BACKEND, ("nginx-stream", {})], (client, {"sni": sni}),
                 accept=CLOSES, how="nginx stream routes by name",
                 expect={"server": 'no host in upstream ""',
                         "end": "s:FIN", "stage": "client_hello"})
    for client in ("python", "mbed"):
        scenario(f"sni-{slug}-haproxytcp-{client}", cause,
                 [BACKEND, ("haproxy-tcp", {"conf": HAPROXY_ROUTE})],
                 (client, {"sni": sni}), accept=CLOSES,
                 how="HAProxy in TCP mode routes by name",
                 expect={"server": "NOSRV", "stage": "client_hello"})
    for client in ("curl", "boring"):
        scenario(f"sni-{slug}-caddy-{client}", cause, ("caddy", {}),
                 (client, {"sni": sni}),
                 accept=["internal_error", "handshake_failure"],
                 how="Caddy has no certificate for the name",
                 expect={"alert": ("server", (80, 40, 112))})
    scenario(f"sni-{slug}-haproxy-ruby", cause,
             ("haproxy", {"bind": "strict-sni"}), ("ruby", {"sni": sni}),
             accept=CLOSES + ["handshake_failure"], how="strict-sni",
             expect={"alert": ("server", (112, 40)),
                     "stage": "client_hello"})

REJECT = "ssl_reject_handshake on;"
for client in ("boring", "wolf", "erlang", "bouncy", "perl"):
    scenario(f"sni-unknown-nginx-{client}", "sni_unrecognized",
             ("nginx", {"servers": "server { listen 203.0.113.10:443 ssl "
                        "default_server; ssl_reject_handshake on; }"}),
             (client, {"sni": "unknown.example.test"}),
             how="ssl_reject_handshake for other names",
             expect={"alert": ("server", 112)})
for server, client, codes in (("go", "boring", (80,)),
                              ("python", "wolf", (112,)),
                              ("java", "ruby", (112,)),
                              ("bouncy", "boring", (112,)),
                              ("node", "perl", ())):
    scenario(f"sni-unknown-{server}-{client}", "sni_unrecognized",
             (server, {"strict": "www.example.test"}),
             (client, {"sni": "unknown.example.test"}),
             accept=["internal_error", *CLOSES],
             how="the application refuses other names",
             expect={"alert": ("server", codes)} if codes else {
                 "server": "no such name", "stage": "client_hello"})

# Warning 112 before the ServerHello: most go on, some take it as the end.
WARNING = "15030300020170"


def warned(client, fatal, version="1.2"):
    scenario(f"sni-warning-{client}",
             "sni_warning_treated_as_fatal" if fatal else "none",
             [("openssl", {"max": version}),
              ("tool", {"run": ["prefix"], "args": ["444", WARNING]})],
             (client, {"max": version}),
             accept=["client_aborted"] if fatal else [],
             how="a warning 112 comes before the ServerHello",
             expect={"alert": ("server", 112), "client": r"(?i)err|unrec|unkn"}
             if fatal else {"alert": ("server", 112),
                            "messages": ["c:data", "s:data"]})


for client in ("java",):
    warned(client, True)
for client in ("boring", "wolf", "erlang", "openssl", "ruby", "bouncy"):
    warned(client, False)

# A device that cuts by name, and the same address under another name.
for client, act, end in (
        ("boring", {"do": "reset", "to": "both", "ttl": 200}, "s:RST"),
        ("wolf", {"do": "reset", "to": "both", "ttl": 60, "pass": True,
                  "id": 7}, "s:RST"),
        ("erlang", {"do": "hole"}, "c:"),
        ("ruby", {"do": "reset", "ttl": 128}, "s:RST"),
        ("mbed", {"do": "hole"}, "c:")):
    hole = act["do"] == "hole"
    waits = {"timeout": 3} if hole else {}
    scenario(f"sni-blocked-{client}", "sni_blocked", ("nginx", {}),
             [(client, {"sni": "blocked.example.test", **waits}),
              (client, {})],
             box=[{"sni": "blocked.example.test", **act}],
             accept=["client_hello_lost", "no_response_to_client_hello"]
             if hole else ["injected_reset", "reset_after_client_hello"],
             how="a device cuts hellos by name; another name gets through",
             expect={"box": "rule 0", "client": "(?s)ERR.*OK"}, seconds=10)
