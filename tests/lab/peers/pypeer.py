#!/usr/bin/env python3
"""One TLS server or client of Python's ssl: pypeer.py srv|cli HOST PORT [k=v].

Keys: cert key ca crl=1 min max suites groups alpn sni auth=require verify=1
names=1 resume=N veto=1 timeout=S noems=1 strict=NAME warn=NAME
"""
import socket
import ssl
import sys
import threading

OP_NO_EXTENDED_MASTER_SECRET = 1 << 0  # OpenSSL 3; Python has no name for it
VERSIONS = {"1.0": ssl.TLSVersion.TLSv1, "1.1": ssl.TLSVersion.TLSv1_1,
            "1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}


def common(context, keys):
    context.minimum_version = VERSIONS[keys.get("min", "1.0")]
    context.maximum_version = VERSIONS[keys.get("max", "1.3")]
    context.set_ciphers(keys.get("suites", "DEFAULT:@SECLEVEL=0"))
    if "cert" in keys:
        context.load_cert_chain(keys["cert"], keys["key"])
    if "ca" in keys:
        context.load_verify_locations(keys["ca"])
    if "crl" in keys:
        context.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF
    if "groups" in keys:
        context.set_ecdh_curve(keys["groups"])
    if "alpn" in keys:
        context.set_alpn_protocols(keys["alpn"].split(":"))
    if "noems" in keys:
        context.options |= OP_NO_EXTENDED_MASTER_SECRET
    return context


def serve(host, port, keys):
    context = common(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), keys)
    if keys.get("auth") == "require":
        context.verify_mode = ssl.CERT_REQUIRED
    if "strict" in keys:
        def check(_, name, __):
            return (None if name == keys["strict"]
                    else ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME)
        context.sni_callback = check
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family) as listener:
        while True:
            conn, _ = listener.accept()
            threading.Thread(target=answer, args=(context, conn)).start()


def answer(context, conn):
    conn.settimeout(9)
    try:
        with context.wrap_socket(conn, server_side=True) as tls:
            print("OK", tls.version(), flush=True)
            if tls.recv(1000):
                tls.sendall(b"HTTP/1.0 200 OK\r\n\r\nhello\n")
    except OSError as error:
        print("ERR", error, flush=True)


def connect(host, port, keys):
    context = common(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), keys)
    context.check_hostname = "names" in keys
    if "verify" not in keys:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    session = None
    for _ in range(int(keys.get("resume", "1"))):
        try:
            session = request(context, host, port, keys, session)
        except OSError as error:
            print("ERR", error)


def request(context, host, port, keys, session):
    wait = float(keys.get("timeout", "8"))
    with socket.create_connection((host, port), timeout=wait) as tcp:
        with context.wrap_socket(tcp, server_hostname=keys.get("sni"),
                                 session=session) as tls:
            if "veto" in keys:
                raise OSError("the application refused the certificate")
            tls.sendall(b"GET / HTTP/1.0\r\n\r\n")
            print("OK", tls.version(), tls.session_reused,
                  len(tls.recv(1000)))
            return tls.session


def main():
    role, host, port, *words = sys.argv[1:]
    keys = dict(word.split("=", 1) for word in words)
    (serve if role == "srv" else connect)(host, int(port), keys)


if __name__ == "__main__":
    main()
