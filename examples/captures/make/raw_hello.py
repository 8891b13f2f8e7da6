#!/usr/bin/env python3
"""Sends a ClientHello that today's libraries no longer make; prints the answer.

usage: raw_hello.py HOST PORT sslv3
"""
import os
import socket
import sys

SUITES = (0xC014, 0xC00A, 0x0039, 0x0038, 0x0035, 0xC013, 0xC009, 0x0033,
          0x0032, 0x002F, 0x0016, 0x0013, 0x000A, 0x0005, 0x0004, 0x00FF)


def sslv3_hello():
    """The hello of an SSLv3-only client: no extensions existed then."""
    suites = b"".join(suite.to_bytes(2, "big") for suite in SUITES)
    body = (b"\x03\x00" + os.urandom(32) + b"\x00"
            + len(suites).to_bytes(2, "big") + suites + b"\x01\x00")
    message = b"\x01" + len(body).to_bytes(3, "big") + body
    return b"\x16\x03\x00" + len(message).to_bytes(2, "big") + message


def main():
    host, port, kind = sys.argv[1:]
    assert kind == "sslv3"
    with socket.create_connection((host, int(port)), timeout=5) as conn:
        conn.sendall(sslv3_hello())
        answer = b""
        while chunk := conn.recv(4096):
            answer += chunk
    print(answer.hex(" "))


if __name__ == "__main__":
    main()
