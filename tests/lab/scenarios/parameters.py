"""Suites, groups, signature algorithms, ALPN, EMS, extensions."""
from labkit.scenario import scenario


def cipher(server, client, server_options, client_options, code=40, name="",
           **more):
    more.setdefault("expect", {"alert": ("server", code),
                               "stage": "client_hello"})
    scenario(f"cipher-{name}{server}-{client}", "no_shared_cipher",
             (server, server_options), (client, client_options),
             accept=["handshake_failure", *more.pop("accept", ())],
             how="no cipher suite in common", **more)


E12 = "ECDHE-RSA-AES256-GCM-SHA384"
A12 = "ECDHE-RSA-AES128-GCM-SHA256"
cipher("nginx", "boring", {"max": "1.2", "suites": E12},
       {"max": "1.2", "suites": A12})
cipher("boring", "ruby", {"max": "1.2", "suites": A12},
       {"max": "1.2", "suites": E12})
cipher("mbed", "perl",
       {"suite": "TLS-ECDHE-RSA-WITH-AES-128-GCM-SHA256"},
       {"max": "1.2", "suites": E12})
cipher("wolf", "mbed", {"max": "1.2", "suites": A12},
       {"suite": "TLS-ECDHE-RSA-WITH-AES-256-GCM-SHA384"})
cipher("erlang", "openssl", {"max": "1.2", "suites": E12},
       {"max": "1.2", "suites": A12}, code=(71, 40),
       accept=["insufficient_security"])
cipher("bouncy", "go",
       {"max": "1.2", "suites": "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"},
       {"max": "1.2", "suites": "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"})
cipher("caddy", "gnutls",
       {"max": "1.2", "conf":
        "ciphers TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"},
       {"suites": "NORMAL:-VERS-ALL:+VERS-TLS1.2:-CIPHER-ALL:+AES-128-GCM"})
cipher("stunnel", "wolf", {"max": "1.2", "suites": E12},
       {"max": "1.2", "suites": A12}, vantage="server")
cipher("hitch", "python", {"max": "1.2", "suites": E12},
       {"max": "1.2", "suites": A12})
cipher("mosquitto", "boring", {"suites": E12},
       {"max": "1.2", "suites": A12})
cipher("openssl", "curl", {"suites13": "TLS_AES_128_GCM_SHA256"},
       {"min": "1.3", "suites13": "TLS_CHACHA20_POLY1305_SHA256"},
       name="13-")
cipher("haproxy", "openssl", {"suites13": "TLS_AES_256_GCM_SHA384"},
       {"min": "1.3", "suites13": "TLS_AES_128_CCM_SHA256"}, name="13-")
cipher("gnutls", "java",
       {"suites": "NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+AES-256-GCM"},
       {"min": "1.3", "suites": "TLS_AES_128_GCM_SHA256"}, name="13-")
cipher("wolf", "openssl", {"min": "1.3", "suites": "TLS13-AES128-GCM-SHA256"},
       {"min": "1.3", "suites13": "TLS_AES_256_GCM_SHA384"}, name="13-",
       code=(40, 70))
cipher("bouncy", "curl",
       {"min": "1.3", "suites": "TLS_AES_128_GCM_SHA256"},
       {"min": "1.3", "suites13": "TLS_CHACHA20_POLY1305_SHA256"},
       name="13-")
scenario("cipher-sslv3suites-go", "no_shared_cipher", ("go", {}),
         ("openssl", {"max": "1.2", "suites": "DHE-RSA-AES128-SHA256"}),
         accept=["handshake_failure"], how="one DHE suite against Go",
         expect={"alert": ("server", 40), "server": "no cipher suite"})


def group(server, client, server_options, client_options, code=40, name="",
          **more):
    more.setdefault("expect", {"alert": ("server", code)})
    scenario(f"group-{name}{server}-{client}", "no_shared_group",
             (server, server_options), (client, client_options),
             accept=["handshake_failure", *more.pop("accept", ())],
             how="no key-exchange group in common", **more)


group("boring", "openssl", {"groups": "P-384"},
      {"groups": "X25519", "min": "1.3"}, name="13-")
group("nginx", "boring", {"groups": "secp384r1", "max": "1.3"},
      {"groups": "X25519", "min": "1.3"}, name="13-")
group("caddy", "openssl", {"conf": "curves secp384r1"},
      {"groups": "P-521", "min": "1.3"}, name="13-")
group("openssl", "gnutls", {"groups": "P-521"},
      {"suites": "NORMAL:-VERS-ALL:+VERS-TLS1.3:-GROUP-ALL:+GROUP-X25519"},
      name="13-")
group("stunnel", "go", {"conf": "curves = P-521"},
      {"groups": "X25519", "min": "1.3"}, name="13-", vantage="server")
group("go", "curl", {"groups": "P-384"}, {"groups": "P-521", "max": "1.2",
      "suites": A12}, name="12-")
group("haproxy", "boring", {"groups": "P-521"},
      {"groups": "X25519", "max": "1.2", "suites": A12}, name="12-",
      accept=["no_shared_cipher"])
group("hitch", "tool", {"max": "1.2"},
      {"run": ["hello"], "args": ["unknown_groups"]}, name="12-",
      accept=["no_shared_cipher"])
group("lighttpd", "tool", {}, {"run": ["hello"], "args":
      ["unknown_groups13"]}, name="13-")
group("erlang", "tool", {}, {"run": ["hello"], "args":
      ["unknown_groups13"]}, name="13-", code=(40, 71),
      accept=["insufficient_security"])
group("bouncy", "tool", {}, {"run": ["hello"], "args":
      ["unknown_groups13"]}, name="13-", accept=["missing_extension"])


def sigalg(server, client, server_options, client_options, code=40, **more):
    more.setdefault("expect", {"alert": ("server", code)})
    scenario(f"sigalg-{server}-{client}", "no_shared_signature_algorithm",
             (server, server_options), (client, client_options),
             accept=["handshake_failure", *more.pop("accept", ())],
             how="no signature algorithm in common", **more)


for server in ("nginx", "haproxy", "wolf"):
    sigalg(server, "openssl", {}, {"sigalgs": "ECDSA+SHA256", "min": "1.3"},
           accept=["no_usable_server_certificate"])
sigalg("boring", "openssl", {}, {"sigalgs": "ECDSA+SHA256", "min": "1.3"},
       accept=["no_usable_server_certificate", "unknown"],
       expect={"server": "NO_COMMON_SIGNATURE_ALGORITHMS",
               "messages": ["s:encrypted_19"]})
for server in ("haproxy", "lighttpd", "apache"):
    sigalg(server, "tool", {"suites": "DEFAULT:@SECLEVEL=2"},
           {"run": ["hello"], "args": ["sha1_only"]}, code=(40, 80),
           accept=["no_shared_cipher", "internal_error"])

scenario("nocert-openssl-boring", "no_usable_server_certificate",
         ("openssl", {"cert": "none"}), ("boring", {}),
         accept=["no_shared_cipher", "handshake_failure",
                 "no_shared_signature_algorithm"],
         how="the server was started without a certificate",
         expect={"alert": ("server", 40)})
for server, client, options in (
        ("nginx", "openssl", {"max": "1.2", "suites": A12}),
        ("haproxy", "boring", {"max": "1.2", "suites": A12}),
        ("erlang", "ruby", {"max": "1.2", "suites": A12})):
    scenario(f"nocert-ecdsa-{server}-{client}",
             "no_usable_server_certificate",
             (server, {"cert": "ecdsa", "max": "1.2"}), (client, options),
             accept=["no_shared_cipher", "handshake_failure",
                     "insufficient_security"],
             how="the certificate is ECDSA, the client offers RSA suites",
             expect={"alert": ("server", (40, 71))})

DHE = "DHE-RSA-AES128-GCM-SHA256"
for server, client, size, options in (
        ("nginx", "openssl", "1024", {"suites": "DEFAULT:@SECLEVEL=2",
                                      "max": "1.2"}),
        ("nginx", "gnutls", "1024", {
            "suites": "NORMAL:-VERS-ALL:+VERS-TLS1.2:%PROFILE_MEDIUM"}),
        ("nginx", "java", "1024", {
            "max": "1.2", "suites": "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
            "disabled": "DH keySize < 2048"}),
        ("gnutls", "nss", "512", {"max": "1.2"}),
        ("gnutls", "openssl", "512", {"max": "1.2", "suites": DHE}),
        ("stunnel", "ruby", "1024", {"suites": "DEFAULT:@SECLEVEL=2",
                                     "max": "1.2"}),
        ("gnutls", "mbed", "512", {})):
    dh = {"nginx": {"conf": "ssl_dhparam {pki}/dh%s.pem;" % size},
          "gnutls": {"suites": "NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:"
                     "+DHE-RSA:%PROFILE_VERY_WEAK",
                     "args": ["--dhparams={pki}/dh%s.pem" % size]},
          "stunnel": {"cert": "rsadh"}}[server]
    scenario(f"weakdh-{server}-{client}", "weak_dh_parameters",
             (server, {"suites": DHE + ":@SECLEVEL=0",
                       **({} if server == "gnutls" else {"max": "1.2"}),
                       **dh}),
             (client, options), accept=["insufficient_security"],
             how=f"DHE with a prime of {size} bits",
             expect={"stage": "server_hello_done",
                     "messages": ["s:server_key_exchange"]})


def alpn(server, client, server_options, client_options, **more):
    more.setdefault("expect", {"alert": ("server", 120)})
    scenario(f"alpn-{server}-{client}", "no_application_protocol",
             (server, {"alpn": "h2", **server_options}),
             (client, {"alpn": "http/1.1", **client_options}),
             how="no ALPN protocol in common", **more)


alpn("openssl", "boring", {}, {})
alpn("boring", "openssl", {}, {})
alpn("wolf", "go", {}, {"max": "1.2"})
alpn("mbed", "curl", {}, {"max": "1.2"})
alpn("erlang", "perl", {}, {"max": "1.2"})
alpn("gnutls", "ruby", {}, {})
alpn("bouncy", "mbed", {}, {"max": "1.2"})
alpn("java", "boring", {}, {"max": "1.2"})
alpn("nginx", "python", {"alpn": ""}, {"alpn": "imap"})
alpn("caddy", "openssl", {"max": "1.2", "conf": "alpn h2"},
     {"max": "1.2", "alpn": "imap"})

scenario("ems-required-java-python", "extended_master_secret_required",
         ("java", {"max": "1.2", "jvm": [
             "-Djdk.tls.allowLegacyMasterSecret=false"]}),
         ("python", {"max": "1.2", "noems": "1"}),
         accept=["handshake_failure"],
         how="a server that insists on RFC 7627 meets a client without",
         expect={"alert": ("server", 40), "server": "xtended"})
scenario("ems-required-client-java", "extended_master_secret_required",
         ("nginx", {"max": "1.2", "conf":
                    "ssl_conf_command Options -ExtendedMasterSecret;"}),
         ("java", {"max": "1.2", "jvm": [
             "-Djdk.tls.allowLegacyMasterSecret=false"]}),
         accept=["handshake_failure"], party="server",
         how="a client that insists on RFC 7627 meets a server without",
         expect={"alert": ("client", 40), "client": "xtended"})

HIDE_RENEGOTIATION = [
    {"message": "client_hello", "do": "edit", "edit": "no_renegotiation"}]
for server, client in (("nginx", "ruby"), ("haproxy", "perl"),
                       ("mbed", "openssl")):
    scenario(f"legacy-renegotiation-{server}-{client}",
             "legacy_renegotiation_refused", (server, {"max": "1.2"}),
             (client, {"max": "1.2"}), box=HIDE_RENEGOTIATION,
             how="the server does not answer renegotiation_info",
             expect={"alert": ("client", 40), "messages": ["s:server_hello"]})

for server in ("nginx", "haproxy", "lighttpd"):
    scenario(f"renegotiation-refused-{server}", "renegotiation_refused",
             (server, {"max": "1.2"}),
             ("command", {"run": [
                 "sh", "-c", "(sleep .2; echo R; sleep 1) | openssl s_client "
                 "-connect {host}:{port} -servername www.example.test "
                 "-tls1_2"]}), accept=["none", "client_aborted"],
             how="the client renegotiates, the server refuses",
             outcome="failed",
             expect={"client": "RENEGOTIATING"})

RETRY = {"groups": "P-384"}
for name, server, client, box, end in (
        ("rst", "nginx", ("openssl", {"groups": "X25519:P-384"}),
         {"message": "client_hello", "nth": 2, "do": "reset", "to": "both",
          "ttl": 64}, "s:RST"),
        ("hole", "haproxy", ("curl", {"groups": "X25519:P-384",
                                      "timeout": 3}),
         {"message": "client_hello", "nth": 2, "do": "hole"}, "c:FIN")):
    scenario(f"retry-{name}-{server}", "hello_retry_failed",
             (server, {"groups": "P-384" if server == "haproxy"
                       else "secp384r1"}), client, box=[box],
             accept=["reset_during_handshake", "handshake_timeout",
                     "injected_reset", "client_hello_lost"]
             + (["unknown"] if name == "hole" else []),
             party="middlebox",
             how="nothing comes of the second ClientHello",
             expect={"messages": ["s:hello_retry_request"], "box": "rule 0",
                     **({"end": end} if name == "rst" else {})})
for server, client in (("nginx", "boring"), ("boring", "openssl")):
    scenario(f"retry-group-{server}-{client}", "hello_retry_failed",
             (server, {"groups": "secp384r1" if server == "nginx"
                       else "P-384"}),
             (client, {"groups": "X25519:P-384"}), box=[
                 {"message": "hello_retry_request", "do": "edit",
                  "edit": "extension_byte",
                  "arg": {"message": "hello_retry_request", "type": 51,
                          "at": 1, "value": 30}}],
             accept=["illegal_parameter"], party="server",
             how="the HelloRetryRequest names a group never offered",
             expect={"alert": ("client", (47,))})

for kind, codes in (("no_groups", 109), ("no_key_share", 109)):
    for server in ("nginx", "boring", "haproxy"):
        scenario(f"missing-{kind.replace('_', '-')}-{server}",
                 "missing_extension", (server, {}),
                 ("tool", {"run": ["hello"], "args": [kind]}),
                 party="client", how=f"TLS 1.3 hello: {kind}",
                 accept=["no_shared_group", "handshake_failure"],
                 expect={"alert": ("server", (codes, 40))})
for server in ("openssl", "caddy", "erlang", "bouncy"):
    scenario(f"missing-sigalgs-{server}", "missing_extension", (server, {}),
             ("tool", {"run": ["hello"], "args": ["no_signature_algorithms"]}),
             party="client", accept=["no_shared_signature_algorithm",
                                     "handshake_failure",
                                     "insufficient_security"],
             how="TLS 1.3 hello without signature_algorithms",
             expect={"alert": ("server", (109, 40, 71))})

for server, client, old, new in (("nginx", "boring", 23, 0x3A3A),
                                 ("haproxy", "ruby", 23, 5),
                                 ("gnutls", "perl", 23, 5),
                                 ("nss", "openssl", 23, 5),
                                 ("mbed", "bouncy", 23, 0x3A3A)):
    scenario(f"unsupported-extension-{server}-{client}",
             "unsupported_extension", (server, {"max": "1.2"}),
             (client, {"max": "1.2"}),
             box=[{"message": "server_hello", "do": "edit",
                   "edit": "extension_type",
                   "arg": {"message": "server_hello", "old": old,
                           "new": new}}],
             party="server", accept=[],
             how="the ServerHello holds an extension nobody offered",
             expect={"alert": ("client", 110)})

for client in ("boring", "python"):
    scenario(f"extension-alpn-{client}", "extension_intolerance",
             ("apache", {}), [(client, {"alpn": "http/1.1"}), (client, {})],
             box=[{"ext": 16, "do": "reset", "to": "both", "ttl": 64,
                   "id": 0}],
             accept=["reset_after_client_hello", "injected_reset"],
             how="hellos with ALPN are reset, without they pass",
             expect={"box": "rule 0 reset", "end": "s:RST", "client": "OK"})
for client in ("curl", "boring", "mbed"):
    scenario(f"insufficient-{client}", "insufficient_security",
             ("tool", {"run": ["send_hex"], "args": ["15030300020247"]}),
             (client, {}), party="client",
             accept=["no_shared_cipher", "handshake_failure"],
             how="a server that wants stronger parameters",
             expect={"alert": ("server", 71)})
