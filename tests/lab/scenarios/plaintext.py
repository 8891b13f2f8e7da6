"""One side or the other does not speak TLS."""
from labkit.scenario import scenario

HTTP = ["GET / HTTP/1.1\\r\\nHost: www.example.test\\r\\n\\r\\n"]
for server in ("boring", "wolf", "mbed", "erlang", "bouncy", "caddy",
               "lighttpd", "mosquitto", "redis", "ruby"):
    scenario(f"http-to-tls-{server}", "plain_http_to_tls_port", (server, {}),
             ("tool", {"run": ["text"], "args": HTTP}),
             how="a plain HTTP request", expect={"client": "connected"})
for client, server in (("curl", "haproxy"), ("wget", "nginx"),
                       ("curl", "hitch")):
    scenario(f"http-to-tls-{server}-{client}", "plain_http_to_tls_port",
             (server, {}), ("command", {"run": [
                 "curl", "-sSv", "--max-time", "4", "http://{host}:{port}/"]
                 if client == "curl" else [
                     "wget", "-O", "-", "-T", "4", "--tries=1",
                     "http://{host}:{port}/"]}),
             how="a plain HTTP client", expect={"client": "onnect"})

for slug, server, text in (
        ("ssh", "boring", "SSH-2.0-OpenSSH_9.2p1\\r\\n"),
        ("ssh", "erlang", "SSH-2.0-OpenSSH_9.2p1\\r\\n"),
        ("rdp", "nginx", "\\x03\\x00\\x00\\x13\\x0e\\xe0\\x00\\x00\\x00\\x00"
         "\\x00\\x01\\x00\\x08\\x00\\x03\\x00\\x00\\x00"),
        ("binary", "caddy", "\\x7f\\x00\\x01\\x02\\xff\\xfe\\x10\\x20"),
        ("mqtt", "mosquitto", "\\x10\\x10\\x00\\x04MQTT\\x04\\x02\\x00<"
         "\\x00\\x04abcd"),
        ("redis", "redis", "*1\\r\\n$4\\r\\nPING\\r\\n"),
        ("ldap", "bouncy", "0\\x0c\\x02\\x01\\x01`\\x07\\x02\\x01\\x03"
         "\\x04\\x00\\x80\\x00"),
        ("postgres", "wolf", "\\x00\\x00\\x00\\x08\\x04\\xd2\\x16/")):
    scenario(f"nontls-{slug}-{server}", "non_tls_to_tls_port", (server, {}),
             ("tool", {"run": ["text"], "args": [text]}),
             how=f"a client that speaks {slug}",
             expect={"client": "closed|reset|silence"})
scenario("nontls-redis-cli", "non_tls_to_tls_port", ("redis", {}),
         ("command", {"run": ["timeout", "3", "redis-cli", "-h", "{host}",
                              "-p", "{port}", "ping"]}),
         how="redis-cli without --tls", expect={"stage": "none"})
scenario("nontls-mosquitto-pub", "non_tls_to_tls_port", ("mosquitto", {}),
         ("command", {"run": ["mosquitto_pub", "-h", "{host}", "-p",
                              "{port}", "-t", "t", "-m", "x"]}),
         how="mosquitto_pub without TLS", expect={"stage": "none"})

for client in ("boring", "wolf", "mbed", "erlang", "ruby", "bouncy"):
    scenario(f"tls-to-http-{client}", "tls_to_plain_http_port",
             ("tool", {"run": ["http"]}), (client, {}),
             how="TLS spoken to a plain HTTP port",
             expect={"client": "(?i)ERR"})
scenario("tls-to-http-node-real", "tls_to_plain_http_port",
         ("tool", {"run": ["http"]}), ("socat", {}),
         how="socat to a plain HTTP port", expect={"client": "E |rror"})
scenario("tls-to-http-redis", "tls_to_non_tls_port",
         ("tool", {"run": ["send_hex"], "args": [b"-ERR unknown\r\n".hex()]}),
         ("redis", {}), how="TLS spoken to a plaintext Redis",
         expect={"client": "(?i)error|could"})
for kind in ("ssh", "mysql", "nntp"):
    for client in ("boring", "go"):
        scenario(f"tls-to-{kind}-{client}", "tls_to_non_tls_port",
                 ("tool", {"run": ["banner"], "args": [kind]}), (client, {}),
                 accept=["starttls_expected"] if kind == "nntp" else [],
                 how=f"TLS spoken to a {kind} service",
                 expect={"client": "(?i)ERR"})
for kind in ("smtp", "imap", "pop3", "ftp"):
    for client in ("boring", "ruby"):
        scenario(f"starttls-expected-{kind}-{client}", "starttls_expected",
                 ("tool", {"run": ["banner"], "args": [kind]}), (client, {}),
                 accept=["tls_to_non_tls_port"],
                 how=f"implicit TLS to a {kind} port that wants STARTTLS",
                 expect={"client": "(?i)ERR"})

for server in ("boring", "haproxy", "caddy"):
    scenario(f"implicit-tls-wait-{server}", "implicit_tls_expected",
             (server, {}), ("tool", {"run": ["probe"], "args": ["wait"]}),
             accept=["connection_probe", "handshake_timeout",
                     "no_response_to_client_hello"],
             how="the client waits for a banner that never comes",
             expect={"client": "silence"})
for server, line in (("nginx", "EHLO client.example.test\\r\\n"),
                     ("boring", "a1 CAPABILITY\\r\\n"),
                     ("erlang", "EHLO client.example.test\\r\\n")):
    scenario(f"implicit-tls-{line[:4].strip().lower()}-{server}",
             "implicit_tls_expected", (server, {}),
             ("tool", {"run": ["text"], "args": [line]}),
             accept=["non_tls_to_tls_port"],
             how="a plaintext mail client on an implicit-TLS port",
             expect={"client": "closed|reset|silence"})

CURL = ["curl", "-sSv", "--max-time", "5", "--ssl-reqd", "-k"]
for kind, words in (
        ("smtp", CURL + ["smtp://{host}:{port}/", "--mail-from", "a@b.test",
                         "--mail-rcpt", "c@d.test", "-T", "/etc/hostname"]),
        ("imap", CURL + ["imap://{host}:{port}/"]),
        ("pop3", CURL + ["pop3://{host}:{port}/"]),
        ("ftp", CURL + ["ftp://{host}:{port}/"])):
    scenario(f"starttls-refused-{kind}", "starttls_refused",
             ("tool", {"run": ["dialogue"], "args": [kind]}),
             ("command", {"run": words}),
             how=f"curl asks {kind} for TLS and is refused",
             expect={"server": "STARTTLS|STLS|AUTH"})

V1 = "PROXY TCP4 192.0.2.7 203.0.113.10 51234 443\\r\\n"
V2 = ("\\r\\n\\r\\n\\x00\\r\\nQUIT\\n!\\x11\\x00\\x0c\\xc0\\x00\\x02\\x07"
      "\\xcb\\x00q\\n\\xc8\\x22\\x01\\xbb")
for server, text, slug in (("boring", V1, "v1"), ("erlang", V2, "v2"),
                           ("caddy", V1, "v1"), ("wolf", V2, "v2"),
                           ("lighttpd", V1, "v1")):
    scenario(f"proxy-unexpected-{slug}-{server}",
             "proxy_protocol_unexpected", (server, {}),
             ("tool", {"run": ["text"], "args": [text]}),
             how="a PROXY header reaches a listener that expects TLS",
             expect={"client": "closed|reset|silence"})
for server, client, options in (
        ("nginx", "boring", {"listen": "proxy_protocol"}),
        ("haproxy", "wolf", {"bind": "accept-proxy"}),
        ("nginx", "erlang", {"listen": "proxy_protocol"})):
    scenario(f"proxy-missing-{server}-{client}", "proxy_protocol_missing",
             (server, options), (client, {}),
             accept=["closed_after_client_hello", "reset_after_client_hello",
                     "no_response_to_client_hello"],
             how="the listener expects a PROXY header",
             expect={"server": "(?i)proxy", "stage": "client_hello"})
