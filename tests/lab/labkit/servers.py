"""How to start each server. A server gets options in one vocabulary:

  cert     name of a certificate (pki.py); `.pem` unless it has a suffix
  min max  versions "1.0" ... "1.3"
  suites   in the stack's own language
  groups   likewise
  alpn     "h2:http/1.1"
  auth     "require" (with `ca`, default the CAs of the client certificates)
  args     more words of the command line
  conf     more lines of the configuration

Each function returns (command, facts); facts may hold `env`, `cwd`, `ready`
(text to wait for instead of the port) and `log` (a file the server writes).
"""
import os

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VERSION_NAMES = ("1.0", "1.1", "1.2", "1.3")


def versions(options, names, low="1.2", high="1.3"):
    """The names of the versions from min to max."""
    span = VERSION_NAMES[VERSION_NAMES.index(options.get("min", low)):
                         VERSION_NAMES.index(options.get("max", high)) + 1]
    return [names[version] for version in span]


TLSV = {"1.0": "TLSv1", "1.1": "TLSv1.1", "1.2": "TLSv1.2", "1.3": "TLSv1.3"}


def filled(at, o):
    """Options with {pki} in their configuration lines filled in."""
    def fill(value):
        if isinstance(value, str):
            return value.replace("{pki}", at.pki.dir)
        if isinstance(value, list):
            return [fill(one) for one in value]
        return value
    return {name: fill(value) for name, value in o.items()}


class Place:
    """Where one program of a scenario runs and what it may use."""

    def __init__(self, run, host, port, pki, tools):
        self.run, self.host, self.port = run, host, port
        self.pki, self.tools = pki, tools

    def file(self, name, text):
        path = os.path.join(self.run, name)
        with open(path, "w") as out:
            out.write(text)
        return path

    def certificate(self, options, default="rsa"):
        name = options.get("cert", default)
        chain = name if "." in name else name + ".pem"
        return self.pki[chain], self.pki[name.split(".")[0] + ".key"]

    def clients_ca(self, options):
        return self.pki[options.get("ca", "clients.pem")]


def openssl(at, o):
    cert, key = at.certificate(o)
    words = ["openssl", "s_server", "-accept", f"{at.host}:{at.port}",
             "-cert", cert, "-key", key, "-cert_chain", at.pki["int.crt"]]
    if o.get("cert") == "none":
        words = words[:4] + ["-nocert"]
    if "." in o.get("cert", "") or o.get("cert") == "self":
        words = words[:-2]
    if "raw" not in o:
        words.append("-www")
    for option in ("min", "max"):
        if option in o:
            words += [f"-{option}_protocol", TLSV[o[option]]]
    words += ["-cipher", o.get("suites", "DEFAULT:@SECLEVEL=0")]
    if "suites13" in o:
        words += ["-ciphersuites", o["suites13"]]
    if "groups" in o:
        words += ["-groups", o["groups"]]
    if "alpn" in o:
        words += ["-alpn", o["alpn"].replace(":", ",")]
    if o.get("auth") == "require":
        words += ["-Verify", "4", "-verify_return_error", "-CAfile",
                  at.clients_ca(o)]
    return words + o.get("args", []), {}


def nginx_conf(at, body):
    return f"""
load_module /usr/lib/nginx/modules/ngx_stream_module.so;
daemon off;
master_process off;
pid {at.run}/nginx.pid;
error_log {at.run}/error.log info;
events {{ worker_connections 64; }}
{body}
"""


def listen_address(at):
    return f"[{at.host}]:{at.port}" if ":" in at.host else (
        f"{at.host}:{at.port}")


def nginx(at, o):
    cert, key = at.certificate(o)
    auth = ""
    if o.get("auth"):
        auth = (f"ssl_verify_client {o['auth'].replace('require', 'on')};"
                f"ssl_client_certificate {at.clients_ca(o)};"
                "ssl_verify_depth 4;")
    groups = f"ssl_ecdh_curve {o['groups']};" if "groups" in o else ""
    body = f"""
http {{
  access_log {at.run}/access.log;
  client_body_temp_path {at.run}; proxy_temp_path {at.run};
  fastcgi_temp_path {at.run}; uwsgi_temp_path {at.run};
  scgi_temp_path {at.run};
  {o.get('http', '')}
  server {{
    listen {listen_address(at)} ssl {o.get('listen', '')};
    server_name www.example.test;
    ssl_certificate {cert};
    ssl_certificate_key {key};
    ssl_protocols {' '.join(versions(o, TLSV))};
    ssl_ciphers {o.get('suites', 'DEFAULT:@SECLEVEL=0')};
    {groups} {auth} {o.get('conf', '')}
    location / {{ return 200 "hello\\n"; {o.get('location', '')} }}
  }}
  {o.get('servers', '')}
}}
"""
    conf = at.file("nginx.conf", nginx_conf(at, body))
    return (["nginx", "-p", at.run, "-c", conf, "-e", at.run + "/error.log"],
            {"log": at.run + "/error.log"})


def nginx_stream(at, o):
    """Routes by name without terminating TLS."""
    body = f"""
stream {{
  map $ssl_preread_server_name $upstream {{
    www.example.test 127.0.0.1:{at.port + 1};
    {o.get('map', '')}
  }}
  server {{
    listen {at.host}:{at.port} {o.get('listen', '')};
    {o.get('conf', 'ssl_preread on;')}
    proxy_connect_timeout 2s;
    proxy_pass {o.get('pass', '$upstream')};
  }}
}}
"""
    conf = at.file("nginx-stream.conf", nginx_conf(at, body))
    return (["nginx", "-p", at.run, "-c", conf, "-e", at.run + "/error.log"],
            {"log": at.run + "/error.log"})


def haproxy(at, o):
    cert, key = at.certificate(o)
    bundle = at.file("haproxy.pem", open(cert).read() + open(key).read())
    words = [f"ssl crt {bundle}",
             f"ssl-min-ver {TLSV[o.get('min', '1.2')].replace('v1', 'v1.0')}"
             if o.get("min") == "1.0"
             else f"ssl-min-ver {TLSV[o.get('min', '1.2')]}",
             f"ssl-max-ver {TLSV[o.get('max', '1.3')]}",
             f"ciphers {o.get('suites', 'DEFAULT:@SECLEVEL=0')}"]
    if "suites13" in o:
        words.append(f"ciphersuites {o['suites13']}")
    if "groups" in o:
        words.append(f"curves {o['groups']}")
    if "alpn" in o:
        words.append(f"alpn {o['alpn'].replace(':', ',')}")
    if o.get("auth") == "require":
        words.append(f"verify required ca-file {at.clients_ca(o)}")
    words.append(o.get("bind", ""))
    conf = at.file("haproxy.cfg", f"""
global
  log stdout format raw local0 debug
  tune.ssl.default-dh-param 2048
defaults
  log global
  mode http
  option dontlognull
  timeout client {o.get('timeout', '9s')}
  timeout server 9s
  timeout connect 2s
  error-log-format "%ci:%cp %[fc_err_str] %[ssl_fc_err_str]"
frontend fe
  bind {at.host}:{at.port} {' '.join(words)}
  {o.get('conf', '')}
  http-request return status 200 content-type text/plain string hello
""")
    return ["haproxy", "-db", "-f", conf], {}


def haproxy_tcp(at, o):
    conf = at.file("haproxy.cfg", f"""
global
  log stdout format raw local0 debug
defaults
  log global
  mode tcp
  option tcplog
  timeout client 9s
  timeout server 9s
  timeout connect 2s
frontend fe
  bind {at.host}:{at.port} {o.get('bind', '')}
  tcp-request inspect-delay 3s
  tcp-request content accept if {{ req.ssl_hello_type 1 }}
  {o.get('conf', '')}
backend be
  server one {o.get('pass', f'127.0.0.1:{at.port + 1}')} {o.get('server', '')}
""")
    return ["haproxy", "-db", "-f", conf], {}


def apache(at, o):
    cert, key = at.certificate(o)
    auth = ""
    if o.get("auth") == "require":
        auth = (f"SSLVerifyClient require\nSSLCACertificateFile "
                f"{at.clients_ca(o)}\nSSLVerifyDepth 4")
    modules = "\n".join(
        f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so"
        for name in ("mpm_event", "authz_core", "ssl", "socache_shmcb",
                     *o.get("modules", ())))
    protocols = " ".join("+" + name for name in versions(o, TLSV))
    conf = at.file("apache.conf", f"""
{modules}
ServerName www.example.test
PidFile {at.run}/apache.pid
DefaultRuntimeDir {at.run}
ErrorLog {at.run}/error.log
LogLevel info ssl:info
Listen {at.host}:{at.port}
DocumentRoot /usr/share/apache2/icons
SSLSessionCache none
{o.get('main', '')}
<VirtualHost *:{at.port}>
  ServerName www.example.test
  SSLEngine on
  SSLCertificateFile {cert}
  SSLCertificateKeyFile {key}
  SSLProtocol {protocols}
  SSLCipherSuite {o.get('suites', 'DEFAULT:@SECLEVEL=0')}
  {auth}
  {o.get('conf', '')}
</VirtualHost>
""")
    return (["apache2", "-X", "-f", conf], {"log": at.run + "/error.log"})


def lighttpd(at, o):
    cert, key = at.certificate(o)
    auth = ""
    if o.get("auth") == "require":
        auth = (f'ssl.verifyclient.activate = "enable"\n'
                f'ssl.verifyclient.enforce = "enable"\n'
                f'ssl.verifyclient.ca-file = "{at.clients_ca(o)}"\n')
    names = {**TLSV, "1.0": "TLSv1.0"}
    low, *_, high = versions(o, names, "1.2") * 2
    conf = at.file("lighttpd.conf", f"""
server.modules = ("mod_openssl")
server.document-root = "{at.run}"
server.errorlog = "{at.run}/error.log"
server.bind = "{at.host}"
server.port = {at.port}
ssl.engine = "enable"
ssl.pemfile = "{cert}"
ssl.privkey = "{key}"
ssl.openssl.ssl-conf-cmd = ("MinProtocol" => "{low.replace('v1.0', 'v1')}",
  "MaxProtocol" => "{high.replace('v1.0', 'v1')}",
  "CipherString" => "{o.get('suites', 'DEFAULT:@SECLEVEL=0')}")
{auth}
{o.get('conf', '')}
""")
    return (["lighttpd", "-D", "-f", conf], {"log": at.run + "/error.log"})


def stunnel(at, o):
    cert, key = at.certificate(o)
    auth = ""
    if o.get("auth") == "require":
        auth = f"verifyChain = yes\nrequireCert = yes\nCAfile = " \
               f"{at.clients_ca(o)}\n"
    low, *_, high = versions(o, TLSV) * 2
    conf = at.file("stunnel.conf", f"""
foreground = yes
debug = info
pid =
{o.get('main', '')}
[service]
accept = {at.host}:{at.port}
exec = {at.tools['hello']}
cert = {cert}
key = {key}
sslVersionMin = {low}
sslVersionMax = {high}
ciphers = {o.get('suites', 'DEFAULT:@SECLEVEL=0')}
{auth}
{o.get('conf', '')}
""")
    return ["stunnel4", conf], {}


def gnutls(at, o):
    cert, key = at.certificate(o)
    priority = o.get("suites", "NORMAL")
    if "min" in o or "max" in o:
        names = {"1.0": "TLS1.0", "1.1": "TLS1.1", "1.2": "TLS1.2",
                 "1.3": "TLS1.3"}
        priority += ":-VERS-ALL" + "".join(
            f":+VERS-{name}" for name in versions(o, names, "1.0"))
    words = ["gnutls-serv", "--http", "--port", str(at.port),
             "--priority", priority, "--x509certfile", cert, "--x509keyfile",
             key]
    if o.get("auth") == "require":
        words += ["--x509cafile", at.clients_ca(o), "--require-client-cert",
                  "--verify-client-cert"]
    else:
        words.append("--disable-client-cert")
    if "alpn" in o:
        words += [f"--alpn={name}" for name in o["alpn"].split(":")]
        words.append("--alpn-fatal")
    return words + o.get("args", []), {}


def nss(at, o):
    names = {"1.0": "tls1.0", "1.1": "tls1.1", "1.2": "tls1.2",
             "1.3": "tls1.3"}
    low, *_, high = versions(o, names, "1.0") * 2
    words = ["selfserv", "-d", "sql:" + at.tools["nssdb"], "-p",
             str(at.port), "-n", o.get("cert", "rsa"), "-V", f"{low}:{high}",
             "-v"]
    if o.get("auth") == "require":
        words += ["-r", "-r"]
    if "suites" in o:
        words += ["-c", o["suites"]]
    return words + o.get("args", []), {}


def peer(*program):
    """A server of peers/: options become key=value words."""
    def start(at, o):
        words = []
        if o.get("cert") != "none":
            cert, key = at.certificate(o)
            words = [f"cert={cert}", f"key={key}"]
        if o.get("auth"):
            words += ["auth=require", f"ca={at.clients_ca(o)}"]
        words += [f"{name}={value}" for name, value in o.items()
                  if name not in ("cert", "auth", "ca", "args", "jvm")]
        command = [at.tools.get(word, word) for word in program]
        if "java" in program:
            command = java(at, o)
        return command + ["srv", at.host, str(at.port), *words], {}
    return start


JARS = ":".join(f"/usr/share/java/{name}.jar"
                for name in ("bctls", "bcprov", "bcpkix", "bcutil"))


def java(at, o):
    return ["java", *o.get("jvm", ()), "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC", "-Xmx128m",
            "-Xshare:auto", "-cp", f"{at.tools['java']}:{JARS}", "JPeer"]


def bouncy(at, o):
    return peer("java")(at, {**o, "provider": "bc"})


def botan(at, o):
    cert, key = at.certificate(o)
    words = ["botan", "tls_server", cert, key, f"--port={at.port}",
             "--max-clients=0"]
    if "policy" in o:
        words.append("--policy=" + at.file("botan.policy", o["policy"]))
    return words, {}


def caddy(at, o):
    cert, key = at.certificate(o)
    names = {"1.2": "tls1.2", "1.3": "tls1.3"}
    low, *_, high = versions(o, names) * 2
    auth = ""
    if o.get("auth") == "require":
        auth = (f"client_auth {{\n mode require_and_verify\n "
                f"trusted_ca_cert_file {at.pki['int.crt']}\n }}")
    conf = at.file("Caddyfile", f"""
{{
  admin off
  auto_https off
  storage file_system {at.run}/caddy
}}
https://{o.get('name', 'www.example.test')}:{at.port} {{
  bind {at.host}
  tls {cert} {key} {{
    protocols {low} {high}
    {auth}
    {o.get('conf', '')}
  }}
  respond "hello"
}}
""")
    return (["caddy", "run", "--config", conf, "--adapter", "caddyfile"],
            {"env": {"HOME": at.run}})


def hitch(at, o):
    cert, key = at.certificate(o)
    bundle = at.file("hitch.pem", open(key).read() + open(cert).read())
    names = {**TLSV, "1.0": "TLSv1.0"}
    conf = at.file("hitch.conf", f"""
frontend = "[{at.host}]:{at.port}"
backend = "[127.0.0.1]:{at.port + 1}"
pem-file = "{bundle}"
tls-protos = {' '.join(versions(o, names))}
ciphers = "{o.get('suites', 'DEFAULT:@SECLEVEL=0')}"
workers = 1
daemon = off
quiet = off
log-level = 2
user = "nobody"
{o.get('conf', '')}
""")
    return ["hitch", "--config=" + conf], {}


def mosquitto(at, o):
    cert, key = at.certificate(o)
    auth = ""
    if o.get("auth") == "require":
        auth = f"require_certificate true\ncafile {at.clients_ca(o)}\n"
    conf = at.file("mosquitto.conf", f"""
user root
allow_anonymous true
log_dest stdout
listener {at.port} {at.host}
certfile {cert}
keyfile {key}
ciphers {o.get('suites', 'DEFAULT:@SECLEVEL=0')}
{auth}
{o.get('conf', '')}
""")
    return ["mosquitto", "-c", conf, "-v"], {}


def redis(at, o):
    cert, key = at.certificate(o)
    return ["redis-server", "--bind", at.host, "--port", "0", "--tls-port",
            str(at.port), "--tls-cert-file", cert, "--tls-key-file", key,
            "--tls-ca-cert-file", at.clients_ca(o), "--tls-auth-clients",
            "yes" if o.get("auth") == "require" else "no", "--save", "",
            "--protected-mode", "no", "--dir", at.run, "--loglevel",
            "verbose", "--tls-protocols",
            " ".join(versions(o, TLSV))], {}


def tool(at, o):
    """A scripted service of peers/tools.py."""
    return ["python3", "-u", at.tools["tools"], *o["run"], at.host,
            str(at.port), *o.get("args", [])], {}


def inspector(at, o):
    """The device of the third story, in front of the next port."""
    return ["python3", "-u", at.tools["inspector"], at.host, str(at.port),
            "127.0.0.1", str(at.port + 1), at.pki["rsa.key"]], {}


def none(at, o):
    return None, {}


SERVERS = {
    "openssl": openssl, "nginx": nginx, "nginx-stream": nginx_stream,
    "haproxy": haproxy, "haproxy-tcp": haproxy_tcp, "apache": apache,
    "lighttpd": lighttpd, "stunnel": stunnel, "gnutls": gnutls, "nss": nss,
    "go": peer("go"), "java": peer("java"), "bouncy": bouncy,
    "node": peer("node", "nodepeer"), "python": peer("python3", "-u",
                                                     "pypeer"),
    "erlang": peer("escript", "erlpeer"), "ruby": peer("ruby", "rubypeer"),
    "boring": peer("boring"), "wolf": peer("wolf"), "mbed": peer("mbed"),
    "botan": botan, "caddy": caddy, "hitch": hitch, "mosquitto": mosquitto,
    "redis": redis, "tool": tool, "none": none,
    "inspector": inspector,
}
