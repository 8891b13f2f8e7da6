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
for server in ("nginx", "boring", "caddy"):
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
        "openssl13": {"args": ["-psk", key, "-psk_identity", identity]},
        "gnutls": {"suites": "NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+PSK",
                   "args": ["--pskpasswd=" + f"@/{identity}"]},
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


for server, client in (("boring", "openssl"), ("openssl", "boring"),
                       ("boring", "gnutls"), ("openssl", "gnutls")):
    scenario(f"psk-unknown-{server}-{client}", "psk_unknown_identity",
             (server, server_psk(server)),
             (client, client_psk(client, "two")),
             accept=["psk_mismatch", "bad_record_mac"],
             how="the server does not know the identity",
             expect={"alert": ("server", (115, 40, 20, 51)),
                     "messages": ["c:client_key_exchange"]})
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
