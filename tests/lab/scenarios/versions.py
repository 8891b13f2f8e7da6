"""No version in common, in either direction, and fallbacks."""
from labkit.scenario import scenario


def too_old(server, client, server_options, client_options, **more):
    scenario(f"version-old-{server}-{client}", "version_client_too_old",
             (server, server_options), (client, client_options),
             how="every version the client offers is below the server's",
             expect={"stage": "client_hello", "alert": ("server", (70, 40))},
             **more)


too_old("nginx", "ruby", {}, {"max": "1.1"})
too_old("haproxy", "python", {}, {"max": "1.1"}, vantage="server")
too_old("gnutls", "go", {"min": "1.3"}, {"max": "1.2"})
too_old("boring", "openssl", {"min": "1.3"}, {"max": "1.2"})
too_old("wolf", "curl", {"min": "1.3"}, {"max": "1.2"})
too_old("erlang", "boring", {"min": "1.3"}, {"max": "1.2"})
too_old("bouncy", "perl", {"min": "1.2"}, {"max": "1.1"})
too_old("caddy", "openssl", {}, {"max": "1.1"})
too_old("botan", "python", {}, {"max": "1.1"})
too_old("hitch", "wolf", {"min": "1.3"}, {"max": "1.2"}, vantage="server")
too_old("stunnel", "mbed", {"min": "1.3"}, {})
too_old("redis", "java", {"min": "1.3"}, {"max": "1.2"})

for server in ("boring", "wolf", "mbed", "erlang", "bouncy", "lighttpd"):
    scenario(f"version-sslv3-{server}", "version_client_too_old",
             (server, {}), ("tool", {"run": ["hello"], "args": ["sslv3"]}),
             how="an SSLv3 hello", accept=["closed_after_client_hello",
                                           "no_shared_cipher"],
             expect={"stage": "client_hello", "client": "closed|reset"})


def server_too_old(server, client, server_options, client_options, **more):
    more.setdefault("expect", {"alert": ("server", (70, 40))})
    scenario(f"version-new-{server}-{client}", "version_server_too_old",
             (server, server_options), (client, client_options),
             how="the client insists on a newer version than the server has",
             **more)


server_too_old("mbed", "curl", {}, {"min": "1.3"})
server_too_old("botan", "go", {}, {"min": "1.3"})
server_too_old("apache", "node", {"max": "1.2"}, {"min": "1.3"})
server_too_old("nginx", "boring", {"min": "1.0", "max": "1.1"},
               {"min": "1.2"})
server_too_old("lighttpd", "wolf", {"max": "1.2"}, {"min": "1.3"})
server_too_old("erlang", "openssl", {"max": "1.2"}, {"min": "1.3"},
               vantage="server")
for server, client, options in (
        ("haproxy", "mbed", {"min": "1.2"}),
        ("openssl", "perl", {"min": "1.2", "max": "1.2"}),
        ("python", "bouncy", {"min": "1.2", "max": "1.2"}),
        ("stunnel", "erlang", {"max": "1.2"})):
    server_too_old(server, client, {"min": "1.0", "max": "1.1"}, options,
                   expect={"messages": ["s:server_hello"],
                           "alert": ("client", (70, 40, 47, 10))})

for server, options in (("boring", {}), ("erlang", {}),
                        ("caddy", {}), ("lighttpd", {"min": "1.0"}),
                        ("wolf", {})):
    version = "1.2"
    scenario(f"fallback-{server}", "inappropriate_fallback",
             (server, options),
             ("tool", {"run": ["hello"], "args": ["scsv", version]}),
             how="TLS_FALLBACK_SCSV below the server's best version",
             expect={"alert": ("server", 86)})
scenario("fallback-nginx-openssl", "inappropriate_fallback",
         ("nginx", {"min": "1.0", "max": "1.2"}),
         ("openssl", {"max": "1.1", "args": ["-fallback_scsv"]}),
         how="TLS_FALLBACK_SCSV at TLS 1.1", host="2001:db8:2::10",
         expect={"alert": ("server", 86), "server": "inappropriate fallback"})

# A server (or what stands before it) that dies of TLS 1.3 hellos.
for client, high, low in (("boring", {}, {"max": "1.2"}),
                          ("wolf", {}, {"max": "1.2"}),
                          ("openssl", {}, {"max": "1.2"})):
    scenario(f"version-intolerance-{client}", "version_intolerance",
             ("haproxy", {"max": "1.2"}), [(client, high), (client, low)],
             box=[{"ext": 43, "do": "reset", "to": "both", "ttl": 64,
                   "id": 0}],
             accept=["extension_intolerance", "reset_after_client_hello",
                     "injected_reset"],
             how="hellos with supported_versions are reset, TLS 1.2 works",
             expect={"box": "rule 0 reset", "end": "s:RST",
                     "client": "OK|Verify return code"})

# The sentinel of RFC 8446 section 4.1.3: a device renames supported_versions
# in the hello, so both ends settle for less than they could.
for server, client in (("nginx", "boring"), ("caddy", "openssl"),
                       ("gnutls", "go"), ("haproxy", "java"),
                       ("boring", "bouncy")):
    scenario(f"downgrade-{server}-{client}", "downgrade_detected",
             (server, {}), (client, {}),
             box=[{"message": "client_hello", "do": "edit",
                   "edit": "extension_type",
                   "arg": {"message": "client_hello", "old": 43,
                           "new": 0x5A5B}}],
             how="a device hides supported_versions in the hello",
             # Seen from the server, the hello never offered TLS 1.3.
             vantage="server" if client == "java" else "client",
             accept=["illegal_parameter"] if client == "java" else [],
             expect={"alert": ("client", (47,))})

for server in ("boring", "wolf", "caddy", "erlang", "bouncy", "gnutls",
               "haproxy"):
    scenario(f"sslv2-{server}", "sslv2_hello_refused", (server, {}),
             ("tool", {"run": ["hello"], "args": ["sslv2"]}),
             accept=["closed_after_client_hello", "version_client_too_old",
                     "non_tls_to_tls_port"],
             how="an SSLv2-format hello of an SSLv3 client",
             expect={"client": "closed|reset"})
