"""Finds the programs of the lab and builds the peers it brings itself."""
import os
import shutil
import subprocess

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PEERS = os.path.join(HERE, "peers")
PROJECT = os.path.dirname(os.path.dirname(HERE))
INSPECTOR = os.path.join(PROJECT, "examples", "captures", "make",
                         "inspector.py")
ANDROID = "/usr/lib/x86_64-linux-gnu/android"

# What a stack needs to be installed: programs, or files when they hold a "/".
NEEDS = {
    "openssl": ["openssl"], "nginx": ["nginx"],
    "nginx-stream": ["nginx",
                     "/usr/lib/nginx/modules/ngx_stream_module.so"],
    "haproxy": ["haproxy"], "haproxy-tcp": ["haproxy"],
    "apache": ["apache2", "/usr/lib/apache2/modules/mod_ssl.so"],
    "lighttpd": ["lighttpd", "/usr/lib/lighttpd/mod_openssl.so"],
    "stunnel": ["stunnel4"], "gnutls": ["gnutls-serv", "gnutls-cli"],
    "nss": ["selfserv", "tstclnt", "certutil", "pk12util"], "curl": ["curl"],
    "wget": ["wget"], "go": ["go"], "java": ["javac"],
    "bouncy": ["javac", "/usr/share/java/bctls.jar"], "node": ["node"],
    "python": ["python3"], "erlang": ["escript"], "ruby": ["ruby"],
    "boring": ["gcc", ANDROID + "/libssl.so",
               "/usr/include/android/openssl/ssl.h"],
    "wolf": ["gcc", "/usr/include/wolfssl/ssl.h"],
    "mbed": ["gcc", "/usr/include/mbedtls/ssl.h"], "botan": ["botan"],
    "caddy": ["caddy"], "hitch": ["hitch"],
    "mosquitto": ["mosquitto", "mosquitto_pub"],
    "redis": ["redis-server", "redis-cli"],
    "perl": ["perl", "/usr/share/perl5/IO/Socket/SSL.pm"],
    "socat": ["socat"], "exim": ["exim4", "swaks"],
    "dovecot": ["dovecot", "/usr/lib/dovecot/imap"],
    "slapd": ["slapd", "ldapsearch"],
    "postgres": ["/usr/lib/postgresql/15/bin/initdb", "psql", "setpriv"],
    "tool": ["python3"],
    "inspector": ["python3", INSPECTOR], "none": [], "command": [],
}
BASE = ("ip", "tcpdump", "ethtool", "openssl", "python3")

NSS_SERVER = ("rsa", "ecdsa", "expired", "evil", "eku", "notyet", "other",
              "weak", "sha1", "revoked", "self")
NSS_CLIENT = ("cl", "clexpired", "clevil", "cleku")


def present(need):
    return os.path.exists(need) if "/" in need else bool(shutil.which(need))


def missing(stack):
    return [need for need in NEEDS.get(stack, [stack]) if not present(need)]


class Tools:
    """Where each peer is. Builds happen once, before any scenario."""

    def __init__(self, directory, pki):
        self.dir, self.pki = directory, pki
        self.paths = {"nodepeer": PEERS + "/nodepeer.js",
                      "pypeer": PEERS + "/pypeer.py",
                      "erlpeer": PEERS + "/erlpeer.escript",
                      "rubypeer": PEERS + "/rubypeer.rb",
                      "perlpeer": PEERS + "/perlpeer.pl",
                      "tools": PEERS + "/tools.py",
                      "inspector": INSPECTOR}
        self.broken = {}

    def __getitem__(self, name):
        return self.paths[name]

    def get(self, name, otherwise):
        return self.paths.get(name, otherwise)

    def build(self):
        os.makedirs(self.dir, exist_ok=True)
        self._hello()
        gcc = ["gcc", "-O1", "-o"]
        for stack, command in (
                ("boring", [*gcc, self._out("boring"), "sslpeer.c",
                            "-I/usr/include/android", "-L" + ANDROID,
                            "-Wl,-rpath," + ANDROID, "-lssl", "-lcrypto"]),
                ("wolf", [*gcc, self._out("wolf"), "wolfpeer.c",
                          "-lwolfssl"]),
                ("mbed", [*gcc, self._out("mbed"), "mbedpeer.c", "-lmbedtls",
                          "-lmbedx509", "-lmbedcrypto"]),
                ("go", ["go", "build", "-o", self._out("go"), "peer.go"]),
                ("java", ["javac", "-d", self.dir, "JPeer.java"])):
            self._build(stack, command)
        self.paths["java"] = self.dir
        if not missing("nss"):
            self.paths["nssdb"] = self._nss("nssdb", NSS_SERVER)
            self.paths["nssclient"] = self._nss("nssclient", NSS_CLIENT)

    def _out(self, name):
        self.paths[name] = os.path.join(self.dir, name)
        return self.paths[name]

    def _build(self, stack, command):
        if missing(stack):
            return
        env = {**os.environ, "GOFLAGS": "-mod=mod", "GO111MODULE": "off",
               "GOCACHE": os.path.join(self.dir, "gocache")}
        done = subprocess.run(command, cwd=PEERS, capture_output=True,
                              text=True, env=env)
        if done.returncode:
            self.broken[stack] = done.stderr

    def _hello(self):
        """What an inetd-like front runs for each connection."""
        path = self._out("hello")
        with open(path, "w") as script:
            script.write("#!/bin/sh\nread line\n"
                         "printf 'HTTP/1.0 200 OK\\r\\n\\r\\nhello\\n'\n")
        os.chmod(path, 0o755)

    def _nss(self, name, certificates):
        database = os.path.join(self.dir, name)
        shutil.rmtree(database, ignore_errors=True)
        os.makedirs(database)

        def run(*command):
            subprocess.run(command, check=True, capture_output=True,
                           stdin=subprocess.DEVNULL, timeout=30)
        run("certutil", "-N", "-d", "sql:" + database, "--empty-password")
        for ca in ("root", "int"):
            run("certutil", "-A", "-d", "sql:" + database, "-n", ca, "-t",
                "CT,C,C" if ca == "root" else ",,", "-i",
                self.pki[ca + ".crt"])
        for leaf in certificates:
            bundle = os.path.join(self.dir, leaf + ".p12")
            run("openssl", "pkcs12", "-export", "-in",
                self.pki[leaf + ".crt"], "-inkey", self.pki[leaf + ".key"],
                "-name", leaf, "-out", bundle, "-passout", "pass:x")
            run("pk12util", "-d", "sql:" + database, "-i", bundle, "-W", "x",
                "-K", "")
        return database

    def missing(self, stack):
        """Why the stack cannot run here; an empty list when it can."""
        base = {"bouncy": "java"}.get(stack, stack)
        if base in self.broken:
            return [f"{base} peer does not build"]
        return missing(stack)
