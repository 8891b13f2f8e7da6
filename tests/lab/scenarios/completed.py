"""Handshakes that complete: what must not be called a failure."""
from labkit.scenario import scenario

SAVE = ["-sess_out", "@/session"]
LOAD = ["-sess_in", "@/session"]
DONE12 = ["c:data", "s:data"]


def works(name, server, client, how, version=None, **more):
    expect = more.pop("expect", {})
    expect.setdefault("client", r"OK|hello|200|PUBACK|PONG|Verify return|ECHO")
    if version:
        expect["version"] = {"1.2": "TLS1.2", "1.3": "TLS1.3",
                             "1.1": "TLS1.1", "1.0": "TLS1.0"}[version]
    scenario("ok-" + name, "none", server, client, how=how, expect=expect,
             **more)


for server, client, version in (
        ("nginx", "boring", "1.3"), ("boring", "curl", "1.2"),
        ("wolf", "ruby", "1.3"), ("mbed", "perl", "1.2"),
        ("erlang", "wolf", "1.3"), ("bouncy", "mbed", "1.2"),
        ("botan", "erlang", "1.2"), ("caddy", "bouncy", "1.3"),
        ("hitch", "boring", "1.2"), ("mosquitto", "mosquitto", "1.3"),
        ("redis", "redis", "1.3"), ("lighttpd", "botan", "1.2"),
        ("ruby", "socat", "1.3"), ("go", "wolf", "1.2"),
        ("apache", "perl", "1.3"), ("stunnel", "nss", "1.2"),
        ("haproxy", "erlang", "1.2"), ("gnutls", "bouncy", "1.2"),
        ("nss", "boring", "1.3"), ("node", "ruby", "1.2")):
    back = [("tool", {"run": ["http"]})] if server == "hitch" else []
    cap = {} if server in ("botan", "mbed") else {"max": version}
    works(f"{server}-{client}-{version.replace('.', '')}",
          back + [(server, cap)], (client, {}),
          "an ordinary request", version,
          **({"expect": {"client": "OK|ERR|rror|HTTP"}}
             if server == "hitch" else
             {"expect": {"client": "", "messages": DONE12}}
             if client == "botan" else {}))
works("ip6", ("nginx", {}), ("curl", {}), "over IPv6",
      host="2001:db8:2::10")
works("tls10", ("haproxy", {"min": "1.0"}), ("mbed", {"max": "1.0",
      "min": "1.0"}), "TLS 1.0", "1.0")
works("tls11", ("nginx", {"min": "1.1"}), ("ruby", {"max": "1.1"}),
      "TLS 1.1", "1.1")
works("rsa-kx", ("nginx", {"suites": "AES128-SHA:@SECLEVEL=0",
                           "max": "1.2"}), ("boring", {}), "RSA key exchange",
      "1.2", expect={"messages": ["c:client_key_exchange"]})
works("dhe", ("lighttpd", {"suites": "DHE-RSA-AES128-GCM-SHA256",
                           "max": "1.2"}), ("openssl", {}), "DHE", "1.2")
for cert in ("ecdsa", "p384", "wild", "big"):
    works(f"cert-{cert}", ("nginx", {"cert": cert, "max": "1.2"}),
          ("boring", {"verify": True}), f"certificate {cert}", "1.2")
for server, client, version in (
        ("boring", "ruby", "1.2"), ("erlang", "boring", "1.3"),
        ("wolf", "curl", "1.2"), ("caddy", "perl", "1.3"),
        ("mosquitto", "mosquitto", "1.3"), ("bouncy", "wolf", "1.2"),
        ("mbed", "openssl", "1.2"), ("redis", "redis", "1.3")):
    cap = {} if server == "mbed" else {"max": version}
    works(f"mtls-{server}-{client}-{version.replace('.', '')}",
          (server, {"auth": "require", **cap}), (client, {"cert": "cl"}),
          "mutual TLS", version)
works("mtls-optional", ("nginx", {"auth": "optional", "max": "1.2"}),
      ("boring", {}), "the server asks for a certificate and does without",
      "1.2", expect={"messages": ["s:certificate_request",
                                  "c:certificate"]})
works("mtls-nginx-400", ("nginx", {"auth": "require"}), ("curl", {}),
      "nginx refuses inside HTTP, not in the handshake", "1.3",
      expect={"client": "400"})
scenario("ok-mtls-nginx-400-12", "none", ("nginx", {"auth": "require",
         "max": "1.2"}), ("curl", {}),
         how="nginx completes and answers 400 for a missing certificate",
         accept=["client_certificate_missing"], expect={"client": "400"})
for server, options in (("boring", {}), ("wolf", {}), ("caddy", {}),
                        ("erlang", {})):
    works(f"resume12-{server}", (server, {"max": "1.2", **options}),
          [("openssl", {"max": "1.2", "args": SAVE}),
           ("openssl", {"max": "1.2", "args": LOAD})], "resumption", "1.2",
          focus=1)
    if server != "erlang":
        works(f"resume13-{server}", (server, {}),
              [("openssl", {"args": SAVE}), ("openssl", {"args": LOAD})],
              "TLS 1.3 resumption", "1.3", focus=1)
works("resume-python", ("haproxy", {"max": "1.2"}),
      ("python", {"resume": 2}), "resumption", "1.2", focus=1)
works("resume-java", ("nginx", {}), ("java", {"resume": 2}),
      "TLS 1.3 resumption", "1.3", focus=1)
works("resume-go", ("boring", {}), ("go", {"resume": 2}),
      "TLS 1.3 resumption", "1.3", focus=1)
S_CLIENT = "timeout 3 openssl s_client -connect {host}:{port} "
GET = "echo 'GET / HTTP/1.0'"
works("early-data", ("nginx", {"conf": "ssl_early_data on;"}),
      [("command", {"run": ["sh", "-c", f"({GET}; echo; sleep 1) | {S_CLIENT}"
                            "-sess_out @/s"]}),
       ("command", {"run": ["sh", "-c", f"{GET} > @/e; (echo; sleep 1) | "
                            f"{S_CLIENT} -sess_in @/s -early_data @/e"]})],
      "early data", "1.3", focus=1,
      expect={"client": "Early data was (accepted|rejected)"}, seconds=6)
for server, client, options in (
        ("boring", "openssl", {"groups": "X25519:P-384"}),
        ("haproxy", "go", {"groups": "X25519:P-384"}),
        ("nginx", "gnutls", {"suites": "NORMAL:-VERS-ALL:+VERS-TLS1.3:"
                             "-GROUP-ALL:+GROUP-X25519:+GROUP-SECP384R1",
                             "args": ["--single-key-share"]}),
        ("caddy", "curl", {"groups": "X25519:P-384"})):
    group = {"nginx": {"groups": "secp384r1"},
             "caddy": {"conf": "curves secp384r1"}}.get(
                 server, {"groups": "P-384"})
    works(f"retry-{server}-{client}", (server, group), (client, options),
          "HelloRetryRequest", "1.3",
          expect={"messages": ["s:hello_retry_request"]})
works("alpn-h2", ("nginx", {"listen": "http2"}), ("curl", {"alpn": "h2"}),
      "HTTP/2")
works("reneg", ("openssl", {"max": "1.2",
                            "args": ["-legacy_renegotiation",
                                     "-client_renegotiation"]}),
      ("command", {"run": [
          "sh", "-c", "(sleep .2; echo R; sleep .5; echo bye) | timeout 3 "
          "openssl s_client -connect {host}:{port} -tls1_2"]}),
      "renegotiation that works", "1.2", expect={"client": "RENEGOTIATING"})
for client in ("boring", "erlang"):
    works(f"slow-{client}", ("apache", {}), (client, {}),
          "a slow path", box=[{"delay_ms": 120}])
    works(f"loss-{client}", ("nginx", {"max": "1.2"}), (client, {}),
          "the hello is lost once", "1.2",
          box=[{"delay_ms": 2}, {"message": "client_hello", "nth": 1,
                                 "do": "drop"}])
    works(f"loss-server-{client}", ("haproxy", {}), (client, {}),
          "the server's flight is lost once",
          box=[{"delay_ms": 2}, {"message": "server_hello", "nth": 1,
                                 "do": "drop"}])
scenario("ok-split", "none", ("nginx", {"max": "1.2"}),
         ("openssl", {"max": "1.2", "args": ["-split_send_frag", "16"]}),
         how="an ordinary request in small records",
         expect={"client": "Verify return"})
for server in ("boring", "erlang"):
    scenario(f"split-stall-{server}", "handshake_timeout",
             (server, {"max": "1.2"}),
             ("tool", {"run": ["split"], "args": ["7"]}),
             accept=["client_aborted", "closed_during_handshake"],
             party="client", how="a hello in segments of seven bytes, then "
             "silence until the client gives up",
             expect={"messages": ["s:server_hello"], "client": "silence"})
works("proxy-nginx", [("boring", {}), ("haproxy-tcp", {
    "conf": "default_backend be"})], ("ruby", {}), "through a TCP proxy")
works("stream-sni", [("wolf", {}), ("nginx-stream", {})], ("boring", {}),
      "through a router by name")
works("tcp-rst-end", ("nginx", {}), ("curl", {"args": ["-r", "0-1"]}),
      "an ordinary request")

CURL = ["curl", "-sSv", "--max-time", "5", "-k"]
works("pp", ("nginx", {"listen": "proxy_protocol"}),
      ("command", {"run": [*CURL, "--haproxy-protocol",
                           "https://{host}:{port}/"]}),
      "PROXY header where one is expected", expect={"client": "hello"})
