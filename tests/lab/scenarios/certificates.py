"""What clients think of server certificates, and servers of theirs."""
from labkit.scenario import scenario

# Where a TLS 1.3 client encrypts its alert, or says nothing, the wire alone
# supports less than the truth.
VEILED = ["server_certificate_rejected"]
LATE = ["server_certificate_rejected", "rejected_after_handshake", "none",
        "client_aborted", "closed_during_handshake"]
FAIL = (r"ERR|rror|erify|ERROR|failed|failure|certificate")
# TLS 1.2 clients whose alert does not name the reason, where the certificate
# does not show it either.
MUTE = {"bouncy", "go"}
UNREADABLE = {"erlang": ["server_certificate_unsupported"],
              "wolf": ["server_certificate_untrusted"]}
ALSO = {"server_certificate_untrusted":
        ["server_certificate_chain_incomplete"],
        "server_certificate_chain_incomplete":
        ["server_certificate_untrusted"]}
SHORT = {"server_certificate_expired": "expired",
         "server_certificate_not_yet_valid": "notyet",
         "server_certificate_untrusted": "untrusted",
         "server_certificate_chain_incomplete": "chain",
         "server_certificate_name_mismatch": "name",
         "server_certificate_revoked": "revoked",
         "server_certificate_weak": "weak",
         "server_certificate_unsupported": "eku",
         "client_certificate_expired": "expired",
         "client_certificate_untrusted": "untrusted",
         "client_certificate_revoked": "revoked",
         "client_certificate_unsupported": "eku",
         "client_certificate_missing": "missing",
         "client_certificate_rejected": "notyet"}


def refused(cause, cert, server, client, version, late=False, how="", slug="",
            options=None, server_options=None, **more):
    accept = list(ALSO.get(cause, ()))
    if version == "1.3":
        accept += VEILED
    if late:
        accept += LATE
    if (client in MUTE or cause in UNREADABLE.get(client, ())):
        accept += VEILED
    more.setdefault("expect", {"client": FAIL})
    if version == "1.2":
        more["expect"].setdefault("messages", ["s:certificate"])
    server_versions = {} if server in ("botan", "redis-any") else {
        "max": version, "min": "1.2"}
    if server == "mbed":
        server_versions = {}
    scenario(f"cert-{SHORT[cause]}-{slug}{server}-{client}-"
             f"{version.replace('.', '')}", cause,
             (server, {"cert": cert, **server_versions,
                       **(server_options or {})}),
             (client, {"verify": True, **(options or {})}),
             accept=sorted(set(accept)), how=how, **more)


EXPIRED = "server_certificate_expired"
for server, client, version, cert in (
        ("nginx", "boring", "1.2", "expired"),
        ("haproxy", "boring", "1.3", "expired"),
        ("apache", "wolf", "1.2", "expired"),
        ("boring", "wolf", "1.3", "expiredec"),
        ("stunnel", "mbed", "1.2", "expired"),
        ("erlang", "ruby", "1.2", "expired"),
        ("wolf", "perl", "1.3", "expired"),
        ("caddy", "erlang", "1.3", "expired"),
        ("hitch", "bouncy", "1.2", "expired"),
        ("mosquitto", "mosquitto", "1.3", "expired"),
        ("redis", "redis", "1.3", "expired"),
        ("botan", "socat", "1.2", "expired"),
        ("mbed", "go", "1.2", "expired"),
        ("bouncy", "node", "1.3", "expired"),
        ("lighttpd", "nss", "1.3", "expired")):
    # TLS 1.2 shows the dates, OpenSSL's alert 45 is in clear in TLS 1.3.
    refused(EXPIRED, cert, server, client, version, client == "node",
            "the certificate ran out in 2024")

for server, client, version in (
        ("nginx", "wolf", "1.2"), ("haproxy", "ruby", "1.3"),
        ("caddy", "mbed", "1.2"), ("erlang", "bouncy", "1.2"),
        ("boring", "perl", "1.3"), ("mosquitto", "boring", "1.3"),
        ("go", "erlang", "1.2")):
    refused("server_certificate_not_yet_valid", "notyet", server, client,
            version, how="the certificate starts in 2035")

for server, client, version in (
        ("apache", "boring", "1.2"), ("nginx", "erlang", "1.2"),
        ("boring", "ruby", "1.3"), ("erlang", "perl", "1.3"),
        ("wolf", "bouncy", "1.2"), ("mbed", "wolf", "1.2"),
        ("bouncy", "boring", "1.3"), ("hitch", "mbed", "1.2"),
        ("mosquitto", "mosquitto", "1.3"), ("redis", "redis", "1.2"),
        ("lighttpd", "socat", "1.3"), ("stunnel", "wolf", "1.2"),
        ("caddy", "wolf", "1.3")):
    refused("server_certificate_untrusted", "evil", server, client, version,
            how="the client does not know the issuing CA")
for server, client, version in (("nginx", "boring", "1.2"),
                                ("haproxy", "wolf", "1.2"),
                                ("python", "erlang", "1.2"),
                                ("boring", "perl", "1.3")):
    refused("server_certificate_untrusted", "self", server, client, version,
            slug="self-", how="a self-signed certificate",
            server_options={"cert": "self"})
for server, client, version in (
        ("nginx", "boring", "1.2"), ("apache", "mbed", "1.2"),
        ("haproxy", "perl", "1.3"), ("erlang", "wolf", "1.2"),
        ("stunnel", "ruby", "1.2"), ("boring", "mbed", "1.2")):
    refused("server_certificate_chain_incomplete", "rsa.crt", server, client,
            version, how="the server does not send its intermediate CA")

for server, client, version, late, options in (
        ("nginx", "boring", "1.2", False, {"names": "www.example.test"}),
        ("haproxy", "boring", "1.3", False, {"names": "www.example.test"}),
        ("apache", "wolf", "1.2", False, {"names": "www.example.test"}),
        ("erlang", "mbed", "1.2", False, {}),
        ("boring", "erlang", "1.2", False, {}),
        ("stunnel", "perl", "1.2", True, {"names": 1}),
        ("caddy", "ruby", "1.3", True, {"names": 1}),
        ("mosquitto", "mosquitto", "1.3", True, {"names": 1, "args": [
            "-h", "www.example.test"]}),
        ("hitch", "socat", "1.3", True, {}),
        ("wolf", "bouncy", "1.2", False, {"names": 1}),
        ("lighttpd", "python", "1.3", False, {"names": 1})):
    more = {"server_options": {"name": "www.example.test"}} \
        if server == "caddy" else {}
    refused("server_certificate_name_mismatch", "other", server, client,
            version, late, "the certificate is for another name",
            options=options, **more)
for server, client, version, options in (
        ("nginx", "openssl", "1.3", {"ca": "roots+crl.pem", "args": [
            "-crl_check"]}),
        ("boring", "curl", "1.2", {"ca": "clients.pem", "args": [
            "--crlfile", "{pki}/crls.pem"]}),
        ("erlang", "python", "1.2", {"ca": "roots+crl.pem", "crl": 1}),
        ("caddy", "perl", "1.3", {"ca": "clients.pem",
                                  "crl": "{pki}/crls.pem"}),
        ("wolf", "openssl", "1.2", {"ca": "roots+crl.pem", "args": [
            "-crl_check"]})):
    refused("server_certificate_revoked", "revoked", server, client, version,
            how="the issuer's CRL lists the certificate", options=options,
            expect={"client": "revoked"} if client != "perl" else {
                "alert": ("client", 44)})

WEAK = {"suites": "ALL:@SECLEVEL=0"}
for server, client, version, options, cert in (
        ("nginx", "openssl", "1.2", {"suites": "DEFAULT:@SECLEVEL=2"},
         "weak"),
        ("boring", "ruby", "1.3", {"suites": "DEFAULT:@SECLEVEL=2"}, "weak"),
        ("mbed", "perl", "1.2", {"suites": "DEFAULT:@SECLEVEL=2"}, "weak"),
        ("gnutls", "curl", "1.2", {"suites": "DEFAULT:@SECLEVEL=2"}, "sha1"),
        ("boring", "python", "1.2", {"suites": "DEFAULT:@SECLEVEL=2"},
         "sha1"),
        ("stunnel", "go", "1.2", {}, "sha1"),
        ("caddy", "mbed", "1.2", {}, "sha1")):
    server_options = WEAK if server in ("nginx", "stunnel") else {}
    refused("server_certificate_weak", cert, server, client, version,
            slug=cert + "-", how=f"the certificate is {cert}: too weak",
            options=options, server_options=server_options)

for server, client, version in (
        ("nginx", "boring", "1.2"), ("haproxy", "ruby", "1.3"),
        ("apache", "mbed", "1.2"), ("erlang", "perl", "1.2"),
        ("caddy", "openssl", "1.3"), ("boring", "erlang", "1.2"),
        ("mosquitto", "mosquitto", "1.3")):
    refused("server_certificate_unsupported", "eku", server, client, version,
            how="the certificate is for clients only")

# Applications that look for themselves.
for server, client, version, options, log in (
        ("nginx", "java", "1.2", {"pin": 1}, "pin does not match"),
        ("boring", "java", "1.3", {"pin": 1}, "pin does not match"),
        ("erlang", "bouncy", "1.2", {"pin": 1}, "certificate")):
    scenario(f"cert-pin-{server}-{client}-{version.replace('.', '')}",
             "server_certificate_rejected",
             (server, {"max": version}), (client, options),
             party="client", accept=["client_aborted"],
             how="the client application pins another key",
             expect={"client": log})
for server, client, version in (("nginx", "boring", "1.2"),
                                ("caddy", "python", "1.3"),
                                ("erlang", "go", "1.2")):
    scenario(f"cert-veto-{server}-{client}-{version.replace('.', '')}",
             "rejected_after_handshake", (server, {"max": version}),
             (client, {"veto": 1}), party="client",
             accept=["server_certificate_rejected", "client_aborted", "none"],
             how="the application leaves right after the handshake",
             expect={"client": "the application refused"})

for server, client, options in (
        ("nginx", "gnutls", {"verify": True}),
        ("haproxy", "gnutls", {"verify": True})):
    scenario(f"ocsp-missing-{server}-{client}", "ocsp_response_invalid",
             (server, {"cert": "staple", "max": "1.2"}), (client, options),
             accept=["server_certificate_rejected", "client_aborted", "none",
                     "rejected_after_handshake", "closed_during_handshake"],
             how="a must-staple certificate without a stapled response",
             expect={"client": "OCSP|ocsp|status|erif"})
scenario("ocsp-missing-nginx-curl", "ocsp_response_invalid",
         ("nginx", {"max": "1.2"}),
         ("curl", {"verify": True, "args": ["--cert-status"]}),
         accept=["server_certificate_rejected", "client_aborted", "none",
                 "rejected_after_handshake", "closed_during_handshake"],
         how="the client insists on a stapled response and gets none",
         expect={"client": "OCSP"})


# Client certificates

def client_refused(cause, cert, server, client, version, slug="", how="",
                   accept=(), options=None, server_options=None, **more):
    accept = list(accept)
    if version == "1.3":
        accept += ["client_certificate_rejected"]
        more.setdefault("vantage", "server" if len(server) % 2 else "client")
    more.setdefault("expect", {"server": r"(?i)ERR|rror|fail|certif|refused"})
    versions = {} if server in ("mbed", "botan") else {
        "max": version, "min": "1.2"}
    scenario(f"client-{SHORT[cause]}-{slug}{server}-{client}-"
             f"{version.replace('.', '')}", cause,
             (server, {"auth": "require", **versions,
                       **(server_options or {})}),
             (client, {**({"cert": cert} if cert else {}),
                       **(options or {})}),
             accept=sorted(set(accept)), how=how, **more)


for server, client, version in (
        ("boring", "curl", "1.2"), ("boring", "ruby", "1.3"),
        ("wolf", "boring", "1.2"), ("wolf", "openssl", "1.3"),
        ("mbed", "boring", "1.2"), ("erlang", "openssl", "1.2"),
        ("erlang", "boring", "1.3"), ("bouncy", "wolf", "1.2"),
        ("bouncy", "perl", "1.3"), ("caddy", "mbed", "1.2"),
        ("caddy", "curl", "1.3"), ("mosquitto", "mosquitto", "1.3"),
        ("redis", "redis", "1.3"), ("lighttpd", "erlang", "1.2"),
        ("ruby", "bouncy", "1.2"), ("apache", "wolf", "1.3")):
    client_refused("client_certificate_missing", None, server, client,
                   version, how="the server requires a certificate",
                   accept=["closed_during_handshake",
                           "reset_during_handshake"]
                   if server in ("wolf", "mbed") and version == "1.2"
                   else [])

for server, client, version in (
        ("boring", "openssl", "1.2"), ("haproxy", "boring", "1.2"),
        ("erlang", "curl", "1.2"), ("apache", "ruby", "1.3"),
        ("mosquitto", "mosquitto", "1.3"), ("redis", "redis", "1.3"),
        ("wolf", "perl", "1.2"), ("stunnel", "erlang", "1.2")):
    client_refused("client_certificate_expired", "clexpired", server, client,
                   version, how="the client's certificate ran out in 2024",
                   accept=[] if version == "1.2" else [])
for server, client, version in (
        ("boring", "ruby", "1.2"), ("haproxy", "wolf", "1.2"),
        ("caddy", "boring", "1.3"), ("erlang", "perl", "1.2"),
        ("apache", "boring", "1.2"), ("mosquitto", "mosquitto", "1.3"),
        ("bouncy", "curl", "1.2"), ("mbed", "python", "1.2"),
        ("gnutls", "boring", "1.2"), ("lighttpd", "bouncy", "1.2")):
    client_refused("client_certificate_untrusted", "clevil", server, client,
                   version, how="a client certificate of an unknown CA",
                   accept={"gnutls": ["access_denied",
                                      "client_certificate_rejected"],
                           "bouncy": ["client_certificate_rejected"]}.get(
                               server, []))
for server, client, version in (("ruby", "openssl", "1.2"),
                                ("haproxy", "curl", "1.3")):
    client_refused("client_certificate_untrusted", "clself", server, client,
                   version, slug="self-", how="a self-signed client one")
for server, client, version in (
        ("haproxy", "boring", "1.2"), ("boring", "curl", "1.2"),
        ("apache", "perl", "1.2"), ("stunnel", "ruby", "1.3"),
        ("mbed", "openssl", "1.2")):
    client_refused("client_certificate_unsupported", "cleku", server, client,
                   version, how="a certificate for servers only")
for server, client, version, options in (
        ("haproxy", "boring", "1.2",
         {"ca": "clients.pem", "bind": "crl-file {pki}/crls.pem"}),
        ("apache", "wolf", "1.2",
         {"conf": "SSLCARevocationFile {pki}/crls.pem\n"
                  "SSLCARevocationCheck leaf"}),
        ("stunnel", "curl", "1.3", {"conf": "CRLfile = {pki}/crls.pem"}),
        ("mosquitto", "mosquitto", "1.3",
         {"conf": "crlfile {pki}/crls.pem"})):
    client_refused("client_certificate_revoked", "clrevoked", server, client,
                   version, how="the CRL lists the client's certificate",
                   server_options=options)
for server, client, version in (("boring", "curl", "1.2"),
                                ("haproxy", "ruby", "1.2"),
                                ("erlang", "python", "1.2"),
                                ("caddy", "perl", "1.3")):
    client_refused("client_certificate_rejected", "clnotyet", server, client,
                   version, how="the client's certificate starts in 2035",
                   accept=["client_certificate_expired",
                           "client_certificate_untrusted"])
