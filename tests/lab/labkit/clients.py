"""How to run each client. Options in one vocabulary:

  sni      the name to ask for (default www.example.test; None for no name)
  verify   True: trust roots.pem only (or the file `ca` names)
  names    also check the host name, where that is the client's own choice
  cert     name of a client certificate
  min max suites groups alpn as for servers
  args     more words of the command line
  timeout  seconds until the program gives up by itself

Each function returns (command, facts); facts may hold `stdin` and `env`.
"""
from labkit.servers import TLSV, java, versions

REQUEST = b"GET / HTTP/1.0\r\nHost: www.example.test\r\n\r\n"
NAME = "www.example.test"


def name_of(o):
    return o.get("sni", NAME)


def certificate(at, o):
    if "cert" not in o:
        return None, None
    return at.certificate(o)


def openssl(at, o):
    host = f"[{at.host}]" if ":" in at.host else at.host
    words = ["openssl", "s_client", "-ign_eof", "-connect",
             f"{host}:{at.port}"]
    if name_of(o) is None:
        words.append("-noservername")
    else:
        words += ["-servername", name_of(o)]
    for option in ("min", "max"):
        if option in o:
            words += [f"-{option}_protocol", TLSV[o[option]]]
    words += ["-cipher", o.get("suites", "DEFAULT:@SECLEVEL=0")]
    if "suites13" in o:
        words += ["-ciphersuites", o["suites13"]]
    if "groups" in o:
        words += ["-groups", o["groups"]]
    if "sigalgs" in o:
        words += ["-sigalgs", o["sigalgs"]]
    if "alpn" in o:
        words += ["-alpn", o["alpn"].replace(":", ",")]
    if o.get("verify"):
        words += ["-CAfile", at.pki[o.get("ca", "roots.pem")],
                  "-verify_return_error"]
    if o.get("names"):
        words += ["-verify_hostname", name_of(o) or NAME]
    cert, key = certificate(at, o)
    if cert:
        words += ["-cert", cert, "-key", key, "-cert_chain", cert]
    return words + o.get("args", []), {"stdin": o.get("stdin", REQUEST)}


def curl(at, o):
    host = f"[{at.host}]" if ":" in at.host else at.host
    name = name_of(o)
    words = ["curl", "-sSv", "--max-time", str(o.get("timeout", 6)),
             "--noproxy", "*"]
    if name is None:
        url = f"{o.get('scheme', 'https')}://{host}:{at.port}/"
    else:
        url = f"{o.get('scheme', 'https')}://{name}:{at.port}/"
        words += ["--connect-to", f"{name}:{at.port}:{host}:{at.port}"]
    if o.get("verify"):
        words += ["--cacert", at.pki[o.get("ca", "roots.pem")]]
    else:
        words.append("-k")
    if "min" in o:
        words.append("--tlsv" + o["min"])
    if "max" in o:
        words += ["--tls-max", o["max"]]
    words += ["--ciphers", o.get("suites", "DEFAULT:@SECLEVEL=0")]
    if "suites13" in o:
        words += ["--tls13-ciphers", o["suites13"]]
    if "groups" in o:
        words += ["--curves", o["groups"]]
    if "alpn" not in o:
        words.append("--no-alpn")
    elif o["alpn"] == "http/1.1":
        words.append("--http1.1")
    cert, key = certificate(at, o)
    if cert:
        words += ["--cert", cert, "--key", key]
    return words + o.get("args", []) + [url], {}


def wget(at, o):
    """Names resolve through the hosts file of the client's namespace."""
    words = ["wget", "-nv", "-O", "/dev/null", "--tries=1", "--no-proxy",
             "--no-hsts", f"--timeout={o.get('timeout', 6)}"]
    if o.get("verify"):
        words.append("--ca-certificate=" + at.pki[o.get("ca", "roots.pem")])
    else:
        words.append("--no-check-certificate")
    if "max" in o or "min" in o:
        names = {"1.0": "TLS1.0", "1.1": "TLS1.1", "1.2": "TLS1.2",
                 "1.3": "TLS1.3"}
        words.append("--ciphers=NORMAL:-VERS-ALL" + "".join(
            f":+VERS-{name}" for name in versions(o, names)))
    if "suites" in o:
        words.append("--ciphers=" + o["suites"])
    cert, key = certificate(at, o)
    if cert:
        words += [f"--certificate={cert}", f"--private-key={key}"]
    host = name_of(o) or at.host
    return words + o.get("args", []) + [
        f"{o.get('scheme', 'https')}://{host}:{at.port}/"], {}


def gnutls(at, o):
    priority = o.get("suites", "NORMAL")
    if "min" in o or "max" in o:
        names = {"1.0": "TLS1.0", "1.1": "TLS1.1", "1.2": "TLS1.2",
                 "1.3": "TLS1.3"}
        priority += ":-VERS-ALL" + "".join(
            f":+VERS-{name}" for name in versions(o, names, "1.0"))
    words = ["gnutls-cli", "--port", str(at.port), "--priority", priority]
    if o.get("verify"):
        words += ["--x509cafile", at.pki[o.get("ca", "roots.pem")],
                  "--no-ca-verification" if o["verify"] == "never" else
                  "--ca-verification"]
    else:
        words.append("--insecure")
    if name_of(o) is None:
        words.append("--disable-sni")
    else:
        words += ["--sni-hostname", name_of(o), "--verify-hostname",
                  o.get("check", name_of(o))]
    if "alpn" in o:
        words += [f"--alpn={name}" for name in o["alpn"].split(":")]
    cert, key = certificate(at, o)
    if cert:
        words += ["--x509certfile", cert, "--x509keyfile", key]
    return words + o.get("args", []) + [at.host], {"stdin": REQUEST}


def nss(at, o):
    names = {"1.0": "tls1.0", "1.1": "tls1.1", "1.2": "tls1.2",
             "1.3": "tls1.3"}
    low, *_, high = versions(o, names, "1.0") * 2
    words = ["tstclnt", "-d", "sql:" + at.tools["nssclient"], "-h", at.host,
             "-p", str(at.port), "-V", f"{low}:{high}", "-v"]
    words += ["-a", name_of(o)] if name_of(o) else []
    if not o.get("verify"):
        words.append("-o")
    if "suites" in o:
        words += ["-c", o["suites"]]
    if "groups" in o:
        words += ["-I", o["groups"]]
    if "cert" in o:
        words += ["-n", o["cert"]]
    request = at.file("request.txt", REQUEST.decode())
    return words + ["-A", request] + o.get("args", []), {}


def peer(*program):
    def start(at, o):
        words = []
        cert, key = certificate(at, o)
        if cert:
            words = [f"cert={cert}", f"key={key}"]
        if name_of(o):
            words.append(f"sni={name_of(o)}")
        if o.get("verify"):
            words += ["verify=1", "ca=" + at.pki[o.get("ca", "roots.pem")]]
        words += [f"{name}={value}" for name, value in o.items()
                  if name not in ("cert", "verify", "ca", "sni", "jvm")]
        command = [at.tools.get(word, word) for word in program]
        if "java" in program:
            command = java(at, o)
        return command + ["cli", at.host, str(at.port), *words], {}
    return start


def bouncy(at, o):
    return peer("java")(at, {**o, "provider": "bc"})


def botan(at, o):
    """Always checks the certificate; the name comes from the hosts file."""
    words = ["botan", "tls_client", name_of(o) or at.host,
             f"--port={at.port}", "--skip-system-cert-store",
             "--trusted-cas=" + at.pki[o.get("ca", "roots.pem")]]
    if "max" in o:
        words.append("--tls" + o["max"])
    if "alpn" in o:
        words.append("--next-protocols=" + o["alpn"].replace(":", ","))
    return words, {"stdin": REQUEST}


def mosquitto(at, o):
    words = ["mosquitto_pub", "-h", at.host, "-p", str(at.port), "-t", "t",
             "-m", "hello", "-q", "1", "-d", "--cafile",
             at.pki[o.get("ca", "roots.pem")]]
    if not o.get("names"):
        words.append("--insecure")
    if "max" in o:
        words += ["--tls-version", "tlsv" + o["max"]]
    cert, key = certificate(at, o)
    if cert:
        words += ["--cert", cert, "--key", key]
    return words + o.get("args", []), {}


def redis(at, o):
    words = ["redis-cli", "-h", at.host, "-p", str(at.port), "--tls"]
    if o.get("verify"):
        words += ["--cacert", at.pki[o.get("ca", "roots.pem")]]
    else:
        words.append("--insecure")
    if name_of(o):
        words += ["--sni", name_of(o)]
    cert, key = certificate(at, o)
    if cert:
        words += ["--cert", cert, "--key", key]
    return words + o.get("args", []) + ["ping"], {}


def perl(at, o):
    words = ["perl", at.tools["perlpeer"], at.host, str(at.port),
             f"sni={name_of(o) or ''}"]
    if o.get("verify"):
        words.append("ca=" + at.pki[o.get("ca", "roots.pem")])
    cert, key = certificate(at, o)
    if cert:
        words += [f"cert={cert}", f"key={key}"]
    for name in ("min", "max", "suites", "alpn", "crl", "names"):
        if name in o:
            words.append(f"{name}={o[name]}")
    return words, {}


def socat(at, o):
    words = [f"OPENSSL:{at.host}:{at.port}"]
    words.append("snihost=" + name_of(o) if name_of(o) else "no-sni=1")
    if o.get("verify"):
        words.append("verify=1,cafile=" + at.pki[o.get("ca", "roots.pem")])
        words.append("commonname=" + o.get("check", NAME))
    else:
        words.append("verify=0")
    cert, key = certificate(at, o)
    if cert:
        words.append(f"cert={cert},key={key}")
    words.append("cipher=" + o.get("suites", "DEFAULT"))
    return ["socat", "-t", "3", "-T", "6", "-", ",".join(words)], {
        "stdin": REQUEST}


def tool(at, o):
    return ["python3", "-u", at.tools["tools"], *o["run"], at.host,
            str(at.port), *o.get("args", [])], {}


def command(at, o):
    """Any program; {host}, {port} and {pki} are filled in."""
    fill = {"host": at.host, "port": at.port, "pki": at.pki.dir}
    return [word.format(**fill) for word in o["run"]], {
        "stdin": o.get("stdin", b""), "env": o.get("env", {})}


CLIENTS = {
    "openssl": openssl, "curl": curl, "wget": wget, "gnutls": gnutls,
    "nss": nss, "go": peer("go"), "java": peer("java"), "bouncy": bouncy,
    "node": peer("node", "nodepeer"), "python": peer("python3", "-u",
                                                     "pypeer"),
    "erlang": peer("escript", "erlpeer"), "ruby": peer("ruby", "rubypeer"),
    "boring": peer("boring"), "wolf": peer("wolf"), "mbed": peer("mbed"),
    "botan": botan, "mosquitto": mosquitto, "redis": redis, "perl": perl,
    "socat": socat, "tool": tool, "command": command,
}
