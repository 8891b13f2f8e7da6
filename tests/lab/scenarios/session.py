"""Resumption and pre-shared keys."""
from labkit.scenario import scenario

SAVE = ["-sess_out", "@/session"]
LOAD = ["-sess_in", "@/session"]
A128 = "ECDHE-RSA-AES128-GCM-SHA256"
A256 = "ECDHE-RSA-AES256-GCM-SHA384"

for server, options in (("nginx", {}), ("apache", {}),
                        ("haproxy", {"bind": "no-tls-tickets"}),
                        ("lighttpd", {})):
    scenario(f"resume-cipher-{server}", "resumption_cipher_missing",
             (server, {"max": "1.2", **options}),
             [("openssl", {"max": "1.2", "suites": A128, "args": SAVE}),
              ("openssl", {"max": "1.2", "suites": A256, "args": LOAD})],
             focus=1, accept=["illegal_parameter"],
             how="the session's suite is no longer offered",
             expect={"alert": ("server", 47)})
for server in ("boring", "wolf", "erlang", "go", "hitch"):
    scenario(f"resume-secret-{server}", "resumption_failed",
             (server, {"max": "1.2"}),
             [("openssl", {"max": "1.2", "args": SAVE}),
              ("tool", {"run": ["spoil_session"], "args": ["@/session"]}),
              ("openssl", {"max": "1.2", "args": LOAD})], focus=1,
             accept=["bad_record_mac", "decrypt_error"],
             how="client and server hold different secrets for the session",
             expect={"alert": ("client", (20, 51)),
                     "messages": ["s:finished"]})
for server in ("nginx", "boring", "haproxy"):
    scenario(f"resume-binder-{server}", "resumption_failed", (server, {}),
             [("openssl", {"args": SAVE}),
              ("tool", {"run": ["spoil_session"], "args": ["@/session"]}),
              ("openssl", {"args": LOAD})], focus=1,
             accept=["illegal_parameter", "decrypt_error", "psk_mismatch"],
             how="TLS 1.3: the binder of the ticket is wrong",
             expect={"alert": ("server", (47, 51)),
                     "stage": "client_hello"})

KEY, OTHER = "0102030405060708090a0b0c0d0e0f10", "1f" * 16
PSK12 = {"max": "1.2"}


def server_psk(kind, identity="one", key=KEY):
    return {
        "boring": {"psk": key, "identity": identity, "max": "1.2",
                   "suites": "PSK-AES128-CBC-SHA"},
        "openssl": {"max": "1.2", "suites": "PSK-AES128-CBC-SHA",
                    "args": ["-psk", key, "-psk_identity", identity,
                             "-nocert"]},
        "openssl13": {"suites13": "TLS_AES_128_GCM_SHA256",
                      "args": ["-psk", key, "-psk_identity", identity]},
        "mbed": {"cert": "none", "psk": key, "identity": identity,
                 "suite": "TLS-PSK-WITH-AES-128-CBC-SHA"},
    }[kind]


def client_psk(kind, identity="one", key=KEY):
    return {
        "boring": {"psk": key, "identity": identity, "max": "1.2",
                   "suites": "PSK-AES128-CBC-SHA"},
        "openssl": {"max": "1.2", "suites": "PSK-AES128-CBC-SHA",
                    "args": ["-psk", key, "-psk_identity", identity]},
        "openssl13": {"args": ["-psk", key, "-psk_identity", identity]},
        "gnutls": {"suites": "NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+PSK",
                   "args": ["--pskusername=" + identity, "--pskkey=" + key]},
    }[kind]


for server, client in (("boring", "openssl"), ("mbed", "openssl"),
                       ("boring", "gnutls"), ("mbed", "boring")):
    scenario(f"psk-unknown-{server}-{client}", "psk_unknown_identity",
             (server, server_psk(server)),
             (client, client_psk(client, "two")),
             accept=["psk_mismatch", "bad_record_mac"],
             how="the server does not know the identity",
             expect={"alert": ("server", (115, 40, 20, 51)),
                     "messages": ["c:client_key_exchange"]})
for server, client in (("boring", "openssl"), ("openssl", "boring"),
                       ("mbed", "gnutls"), ("openssl", "gnutls")):
    scenario(f"psk-key-{server}-{client}", "psk_mismatch",
             (server, server_psk(server)),
             (client, client_psk(client, "one", OTHER)), party="client",
             accept=["bad_record_mac", "decrypt_error"],
             how="the identity is known, the key differs",
             expect={"alert": ("server", (20, 51)),
                     "messages": ["c:client_key_exchange"]})
scenario("psk-binder-openssl", "psk_mismatch",
         ("openssl", server_psk("openssl13")),
         ("openssl", client_psk("openssl13", "one", OTHER)), party="client",
         accept=["illegal_parameter", "decrypt_error", "resumption_failed"],
         how="TLS 1.3: the identity is known, the binder is wrong",
         expect={"alert": ("server", (47, 51))})

# The inspecting device of the third story.
OLD_KEYS = [("openssl", {"max": "1.2", "suites": "AES128-SHA:AES256-SHA",
                         "args": ["-no_etm"]}), ("inspector", {})]
for client, options in (
        ("python", {"suites": "AES256-SHA"}),
        ("boring", {"suites": "AES128-SHA"}),
        ("perl", {"suites": "AES256-SHA"}),
        ("ruby", {"suites": "AES128-SHA"}),
        ("java", {"suites": "TLS_RSA_WITH_AES_128_CBC_SHA"})):
    scenario(f"inspection-{client}", "inspection_extended_master_secret",
             OLD_KEYS, (client, {"max": "1.2", **options}),
             accept=["handshake_failure"],
             how="an inspecting device does not know RFC 7627",
             expect={"alert": ("server", 40), "version": "TLS1.2",
                     "server": "does not open"})
scenario("inspection-pair", "inspection_extended_master_secret", OLD_KEYS,
         [("python", {"max": "1.2", "suites": "AES256-SHA"}),
          ("python", {"max": "1.2", "suites": "AES256-SHA", "noems": 1})],
         accept=["handshake_failure"],
         how="an inspecting device; without extension 23 it works",
         expect={"alert": ("server", 40), "client": "OK",
                 "server": "Finished opens"})
for client, options in (("go", {"suites": "TLS_RSA_WITH_AES_128_CBC_SHA"}),
                        ("python", {"suites": "AES128-SHA", "noems": 1})):
    scenario(f"ok-inspection-{client}", "none", OLD_KEYS,
             (client, {"max": "1.2", **options}),
             how="the inspecting device and a client without RFC 7627",
             expect={"client": "OK", "server": "Finished opens"})

# Encrypted ClientHello with a key the server does not have.
for server in ("nginx", "caddy", "gnutls", "erlang"):
    scenario(f"ech-{server}", "ech_rejected", (server, {}),
             ("boring", {"ech": "www.example.test", "verify": True,
                         "sni": "api.example.test"}),
             accept=["server_certificate_rejected", "client_aborted",
                     "rejected_after_handshake"],
             how="the client offers ECH, the server does not know it",
             expect={"client": "ECH_REJECTED", "version": "TLS1.3"})
