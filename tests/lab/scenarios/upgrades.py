"""TLS that starts in the middle of another protocol, with real services."""
from labkit.scenario import scenario


def starttls(kind, *words, verify=False):
    check = ["-CAfile", "{pki}/roots.pem", "-verify_return_error"]
    return ("command", {"run": [
        "timeout", "5", "openssl", "s_client", "-starttls", kind, "-connect",
        "{host}:{port}", "-cipher", "DEFAULT:@SECLEVEL=0",
        *(check if verify else []), *words], "stdin": {
            "smtp": b"QUIT\r\n", "imap": b"a1 LOGOUT\r\n"}.get(kind, b"")})


def curl(url, *words, ca=None):
    return ("command", {"run": [
        "curl", "-sSv", "--max-time", "5", "--ssl-reqd", "--connect-to",
        "::{host}:{port}", *(["--cacert", "{pki}/" + ca] if ca else ["-k"]),
        *words, url]})


SMTP = ("--mail-from", "a@example.test", "--mail-rcpt", "b@example.test",
        "-T", "/etc/hostname")
SMTP_URL = "smtp://www.example.test:{port}/"
IMAP_URL = "imap://www.example.test:{port}/"


def psql(mode, *words, ca="roots.pem"):
    return ("command", {"run": [
        "psql", " ".join(["host=www.example.test", "hostaddr={host}",
                          "port={port}", "user=postgres", "dbname=postgres",
                          f"sslmode={mode}", "connect_timeout=5",
                          "gssencmode=disable",
                          "sslrootcert={pki}/" + ca, *words]),
        "-c", "select 1"]})


def ldap(*words, ca="roots.pem", scheme="ldap", cert=None):
    env = {"LDAPTLS_CACERT": "PKI/" + ca}
    if cert:
        env.update({"LDAPTLS_CERT": f"PKI/{cert}.pem",
                    "LDAPTLS_KEY": f"PKI/{cert}.key"})
    return ("command", {"run": [
        "timeout", "6", "env", *(f"{name}={value.replace('PKI', '{pki}')}"
                                 for name, value in env.items()),
        "ldapsearch", "-x", *words, "-H",
        scheme + "://www.example.test:{port}", "-b", "", "-s", "base"]})


def works(name, server, client, how, words):
    scenario("ok-" + name, "none", server, client, how=how,
             expect={"client": words})


works("starttls-exim-openssl", ("exim", {}), starttls("smtp"),
      "STARTTLS over SMTP", "Verify return code")
works("starttls-exim-swaks", ("exim", {}), ("command", {"run": [
    "swaks", "--to", "b@example.test", "--server", "{host}", "--port",
    "{port}", "--tls", "--timeout", "5", "--helo", "client.test"]}),
      "STARTTLS over SMTP", "TLS started")
works("starttls-exim-curl", ("exim", {}), curl(SMTP_URL, *SMTP),
      "STARTTLS over SMTP", "250")
works("starttls-dovecot-openssl", ("dovecot", {}), starttls("imap"),
      "STARTTLS over IMAP", "Verify return code")
works("starttls-dovecot-curl", ("dovecot", {}), curl(IMAP_URL),
      "STARTTLS over IMAP", "SSL connection using")
works("starttls-slapd", ("slapd", {}), ldap("-ZZ"), "StartTLS over LDAP",
      "result: ")
works("ldaps-slapd", ("slapd", {"scheme": "ldaps"}), ldap(scheme="ldaps"),
      "LDAP over TLS", "result: ")
works("postgres", ("postgres", {}), psql("verify-full"),
      "PostgreSQL's SSLRequest", "1 row")
works("postgres-12", ("postgres", {"max": "1.2"}), psql("require"),
      "PostgreSQL's SSLRequest, TLS 1.2", "1 row")
works("postgres-mtls", ("postgres", {"auth": "require"}),
      psql("verify-ca", "sslcert={pki}/cl.pem", "sslkey={pki}/cl.key"),
      "PostgreSQL with a client certificate", "1 row")


def fails(name, cause, server, client, how, words, accept=(), **more):
    expect = more.pop("expect", {})
    expect.setdefault("client", words)
    scenario(name, cause, server, client, how=how, accept=accept,
             expect=expect, **more)


VEILED = ["server_certificate_rejected"]
# libldap and psql look when the handshake is over.
LATE = VEILED + ["rejected_after_handshake", "client_aborted", "none",
                 "closed_during_handshake"]
UNTRUSTED = ["server_certificate_chain_incomplete"]
fails("cert-expired-exim-openssl", "server_certificate_expired",
      ("exim", {"cert": "expired"}), starttls("smtp", verify=True),
      "an expired certificate after STARTTLS", "certificate has expired",
      VEILED)
fails("cert-expired-dovecot-curl", "server_certificate_expired",
      ("dovecot", {"cert": "expired"}), curl(IMAP_URL, ca="roots.pem"),
      "an expired certificate after STARTTLS", "expired", VEILED)
fails("cert-expired-slapd-ldap", "server_certificate_expired",
      ("slapd", {"cert": "expired"}), ldap("-ZZ"),
      "an expired certificate after StartTLS", "ldap_start_tls", LATE)
fails("cert-untrusted-exim-curl", "server_certificate_untrusted",
      ("exim", {"cert": "evil"}), curl(SMTP_URL, *SMTP, ca="roots.pem"),
      "an unknown CA after STARTTLS", "self-signed|local issuer",
      UNTRUSTED + VEILED)
fails("cert-untrusted-exim-openssl-12", "server_certificate_untrusted",
      ("exim", {"cert": "evil"}), starttls("smtp", "-tls1_2", verify=True),
      "an unknown CA after STARTTLS", "self-signed|local issuer",
      UNTRUSTED)
fails("cert-untrusted-dovecot-openssl", "server_certificate_untrusted",
      ("dovecot", {"cert": "evil"}), starttls("imap", verify=True),
      "an unknown CA after STARTTLS", "self-signed|local issuer",
      UNTRUSTED + VEILED)
fails("cert-untrusted-slapd-ldap", "server_certificate_untrusted",
      ("slapd", {"cert": "evil", "scheme": "ldaps"}), ldap(scheme="ldaps"),
      "an unknown CA", "Can't contact",
      UNTRUSTED + LATE)
fails("cert-untrusted-postgres-psql", "server_certificate_untrusted",
      ("postgres", {"cert": "evil"}), psql("verify-ca"),
      "an unknown CA after SSLRequest", "certificate verify failed",
      UNTRUSTED + VEILED)
fails("cert-untrusted-postgres-psql-12", "server_certificate_untrusted",
      ("postgres", {"cert": "evil", "max": "1.2"}), psql("verify-ca"),
      "an unknown CA after SSLRequest", "certificate verify failed",
      UNTRUSTED)
fails("cert-name-postgres-psql", "server_certificate_name_mismatch",
      ("postgres", {"cert": "other", "max": "1.2"}), psql("verify-full"),
      "psql checks the name when the handshake is over", "does not match",
      LATE)
fails("client-untrusted-postgres-psql-12", "client_certificate_untrusted",
      ("postgres", {"auth": "require", "max": "1.2"}),
      psql("verify-ca", "sslcert={pki}/clevil.pem",
           "sslkey={pki}/clevil.key"),
      "a client certificate of an unknown CA", "unknown ca",
      expect={"server": "(?i)certificate"})
fails("client-expired-postgres-psql", "client_certificate_expired",
      ("postgres", {"auth": "require"}),
      psql("verify-ca", "sslcert={pki}/clexpired.pem",
           "sslkey={pki}/clexpired.key"),
      "an expired client certificate", "expired",
      ["client_certificate_rejected"])
fails("client-missing-slapd-ldap", "client_certificate_missing",
      ("slapd", {"auth": "require", "scheme": "ldaps"}),
      ldap(scheme="ldaps"), "slapd demands a client certificate",
      "Can't contact", ["client_certificate_rejected"])
fails("version-old-postgres-psql", "version_client_too_old",
      ("postgres", {}), psql("require", "ssl_min_protocol_version=TLSv1",
                             "ssl_max_protocol_version=TLSv1.1"),
      "psql at most TLS 1.1 meets TLS 1.2", "rror", ["unknown"],
      expect={"client": "no protocols available|protocol version|rror"})
fails("version-old-exim-openssl", "version_client_too_old", ("exim", {
      "conf": "tls_require_ciphers = NORMAL:-VERS-ALL:+VERS-TLS1.3"}),
      starttls("smtp", "-tls1_2"), "TLS 1.2 meets TLS 1.3 after STARTTLS",
      "alert", expect={"alert": ("server", (40, 70))})
fails("version-new-postgres-psql", "version_server_too_old",
      ("postgres", {"max": "1.2"}),
      psql("require", "ssl_min_protocol_version=TLSv1.3"),
      "psql insists on TLS 1.3", "protocol version",
      expect={"alert": ("server", 70)})
fails("cipher-exim-openssl", "no_shared_cipher", ("exim", {
      "conf": "tls_require_ciphers = NORMAL:-VERS-ALL:+VERS-TLS1.2:"
      "-CIPHER-ALL:+AES-256-GCM"}),
      starttls("smtp", "-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256"),
      "no suite in common after STARTTLS", "alert", ["handshake_failure"],
      expect={"alert": ("server", 40)})
fails("cipher-postgres-openssl", "no_shared_cipher",
      ("postgres", {"max": "1.2", "suites": "ECDHE-RSA-AES256-GCM-SHA384"}),
      starttls("postgres", "-tls1_2", "-cipher",
               "ECDHE-RSA-AES128-GCM-SHA256"),
      "no suite in common after SSLRequest", "alert", ["handshake_failure"],
      expect={"alert": ("server", 40)})

fails("starttls-refused-exim-openssl", "starttls_refused",
      ("exim", {"tls": False}), starttls("smtp"),
      "Exim has no STARTTLS and says 503", "didn't find STARTTLS",
      expect={"client": "(?i)starttls"})
fails("starttls-refused-postgres", "starttls_refused",
      ("postgres", {"tls": False}), psql("require"),
      "PostgreSQL without TLS answers N", "does not support SSL")
fails("starttls-refused-slapd", "starttls_refused", ("slapd", {"tls": False}),
      ldap("-ZZ"), "slapd knows no StartTLS", "ldap_start_tls",
      expect={"client": "unsupported|Protocol error|rror"})

fails("starttls-expected-exim-boring", "starttls_expected", ("exim", {}),
      ("boring", {}), "implicit TLS to Exim's SMTP port", "ERR",
      ["tls_to_non_tls_port"])
fails("starttls-expected-dovecot-wolf", "starttls_expected",
      ("dovecot", {}), ("wolf", {}), "implicit TLS to Dovecot's IMAP port",
      "ERR", ["tls_to_non_tls_port"])

# TLS inside an HTTP CONNECT.
def through_proxy(cert, **options):
    return [("boring", {"cert": cert, **options}),
            ("tool", {"run": ["connect_proxy"], "args": ["444"]})]


def proxied(*words):
    return ("command", {"run": ["curl", "-sSv", "--max-time", "5", "-x",
                                "http://{host}:{port}", *words,
                                "https://www.example.test/"]})


works("connect-curl", through_proxy("rsa"), proxied("-k"),
      "TLS through an HTTP proxy", "hello")
works("connect-curl-12", through_proxy("rsa", max="1.2"), proxied("-k"),
      "TLS through an HTTP proxy", "hello")
fails("cert-expired-connect-curl", "server_certificate_expired",
      through_proxy("expired"), proxied("--cacert", "{pki}/roots.pem"),
      "an expired certificate behind an HTTP proxy", "expired", VEILED)
fails("cipher-connect-curl", "no_shared_cipher",
      through_proxy("rsa", max="1.2", suites="ECDHE-RSA-AES256-GCM-SHA384"),
      proxied("-k", "--ciphers", "ECDHE-RSA-AES128-GCM-SHA256"),
      "no suite in common behind an HTTP proxy", "alert",
      ["handshake_failure"], expect={"alert": ("server", 40)})
fails("version-connect-curl", "version_client_too_old",
      through_proxy("rsa", min="1.3"), proxied("-k", "--tls-max", "1.2"),
      "TLS 1.2 meets TLS 1.3 behind an HTTP proxy", "alert",
      expect={"alert": ("server", 70)})

# Several connections at once.
works("parallel", ("nginx", {}), ("command", {"run": [
    "curl", "-skv", "--max-time", "5", "--parallel", "--parallel-immediate",
    "--http1.1", *["https://{host}:{port}/"] * 4]}), "four at once", "hello")
