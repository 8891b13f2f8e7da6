#!/usr/bin/env python3
"""One TLS 1.2 connection with or without extended_master_secret.

usage: ems_client.py HOST PORT NAME yes|no
"""
import socket
import ssl
import sys

OP_NO_EXTENDED_MASTER_SECRET = 1 << 0  # OpenSSL 3; Python has no name for it


def main():
    host, port, name, extended = sys.argv[1:]
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("AES256-SHA")
    if extended == "no":
        context.options |= OP_NO_EXTENDED_MASTER_SECRET
    with socket.create_connection((host, int(port)), timeout=8) as tcp:
        with context.wrap_socket(tcp, server_hostname=name) as tls:
            tls.sendall(b"GET / HTTP/1.0\r\n\r\n")
            print(tls.recv(4096).decode("latin-1"))


if __name__ == "__main__":
    main()
