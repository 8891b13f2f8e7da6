#!/usr/bin/env python3
"""Scripted peers for what no ordinary program does.

usage: tools.py FUNCTION HOST PORT [argument ...]

Servers listen on HOST:PORT for ever; clients connect once. Each prints what it
saw.
"""
import base64
import os
import select
import socket
import struct
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from labkit import hellos  # noqa: E402

LINGER_RESET = struct.pack("ii", 1, 0)


def say(*words):
    print(*words, flush=True)


def family(host):
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def accepted(host, port):
    with socket.create_server((host, port), family=family(host)) as listener:
        while True:
            conn, _ = listener.accept()
            conn.settimeout(9)
            with conn:
                try:
                    yield conn
                except OSError as error:
                    say("ERR", error)


def connected(host, port, seconds=6):
    conn = socket.create_connection((host, port), timeout=seconds)
    say("connected")
    return conn


def drain(conn):
    """What the peer sends until it stops or four seconds have passed."""
    conn.settimeout(4)
    got = b""
    try:
        while chunk := conn.recv(4096):
            got += chunk
        say("closed by peer after", len(got), got[:40].hex(" "))
    except ConnectionResetError:
        say("reset by peer after", len(got), got[:40].hex(" "))
    except TimeoutError:
        say("silence after", len(got), got[:40].hex(" "))
    return got


# Servers

def silent(host, port):
    """Accepts, reads, never answers."""
    for conn in accepted(host, port):
        say("read", len(conn.recv(4096)))
        while conn.recv(4096):
            pass


def closer(host, port, how="fin"):
    """Reads the hello, then closes or resets."""
    for conn in accepted(host, port):
        say("read", len(conn.recv(4096)))
        if how == "rst":
            conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_RESET)


def banner(host, port, kind):
    """A plaintext service that speaks first and does not know TLS."""
    greetings = {
        "smtp": b"220 mail.example.test ESMTP ready\r\n",
        "imap": b"* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n",
        "pop3": b"+OK POP3 ready\r\n",
        "ftp": b"220 FTP server ready\r\n",
        "ssh": b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n",
        "nntp": b"200 news.example.test ready\r\n",
        "mysql": bytes.fromhex("4a0000000a352e372e343200") + bytes(66),
    }
    for conn in accepted(host, port):
        conn.sendall(greetings[kind])
        while got := conn.recv(4096):
            say("read", got[:60])
            conn.sendall(b"500 what?\r\n")
            if kind in ("ssh", "mysql"):
                break


def dialogue(host, port, kind):
    """A mail or directory service that refuses STARTTLS."""
    greetings = {"smtp": b"220 mail.example.test ESMTP\r\n",
                 "imap": b"* OK IMAP4rev1 ready\r\n",
                 "pop3": b"+OK ready\r\n", "ftp": b"220 FTP ready\r\n"}
    for conn in accepted(host, port):
        conn.sendall(greetings[kind])
        while line := conn.recv(4096):
            say("read", line)
            word = line.split()[0].upper() if line.split() else b""
            if kind == "smtp":
                reply = (b"250-mail\r\n250 STARTTLS\r\n" if word == b"EHLO" else
                         b"454 TLS not available\r\n" if word == b"STARTTLS"
                         else b"221 bye\r\n")
            elif kind == "imap":
                tag = line.split()[0]
                reply = (tag + b" BAD no STARTTLS here\r\n"
                         if b"STARTTLS" in line.upper() else
                         b"* CAPABILITY IMAP4rev1 STARTTLS\r\n" + tag
                         + b" OK done\r\n")
            elif kind == "pop3":
                reply = (b"-ERR TLS is not available\r\n" if word == b"STLS"
                         else b"+OK\r\nSTLS\r\nUSER\r\n.\r\n"
                         if word == b"CAPA" else b"+OK\r\n")
            else:
                reply = (b"534 policy refuses TLS\r\n" if word == b"AUTH"
                         else b"211 end\r\n")
            conn.sendall(reply)


def http(host, port):
    for conn in accepted(host, port):
        say("read", conn.recv(4096)[:20])
        conn.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n"
                     b"Connection: close\r\n\r\n")


def send_hex(host, port, text, after="close"):
    """Answers the first bytes with given bytes."""
    for conn in accepted(host, port):
        say("read", len(conn.recv(4096)))
        conn.sendall(bytes.fromhex(text))
        if after == "wait":
            drain(conn)


def prefix(host, port, pass_port, text):
    """Relays to 127.0.0.1:PASS_PORT, but speaks first when the client has."""
    for conn in accepted(host, port):
        hello = conn.recv(65536)
        conn.sendall(bytes.fromhex(text))
        with socket.create_connection(("127.0.0.1", int(pass_port))) as back:
            back.sendall(hello)
            pump(conn, back)


def connect_proxy(host, port, pass_port, status="200"):
    """An HTTP proxy that knows CONNECT; it leads to 127.0.0.1:PASS_PORT."""
    for conn in accepted(host, port):
        say("read", conn.recv(4096).split(b"\r\n")[0])
        conn.sendall(f"HTTP/1.1 {status} as told\r\n\r\n".encode())
        if status == "200":
            with socket.create_connection(("127.0.0.1",
                                           int(pass_port))) as back:
                pump(conn, back)


def pump(one, other):
    while True:
        for ready in select.select([one, other], [], [], 9)[0]:
            data = ready.recv(65536)
            if not data:
                return
            (other if ready is one else one).sendall(data)


def front(host, port, pass_port, cut, how="fin"):
    """Relays to 127.0.0.1:PASS_PORT and ends the connection when so many bytes
    have gone to the client."""
    for conn in accepted(host, port):
        relay(conn, int(pass_port), int(cut), how)


def relay(conn, pass_port, cut, how):
    sent = 0
    with socket.create_connection(("127.0.0.1", pass_port)) as backend:
        while True:
            for ready in select.select([conn, backend], [], [], 9)[0]:
                data = ready.recv(65536)
                if not data:
                    return
                if ready is conn:
                    backend.sendall(data)
                    continue
                data = data[:cut - sent]
                conn.sendall(data)
                sent += len(data)
                if sent >= cut:
                    say("cut after", sent)
                    time.sleep(0.05)
                    if how == "rst":
                        conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                        LINGER_RESET)
                    if how == "stall":
                        drain(conn)
                    return

# What a service says before TLS: its greeting, then the answers to lines of the
# client that hold a word; the last one begins TLS.
UPGRADES = {
    "pop3": (b"+OK ready\r\n", [(b"CAPA", b"+OK\r\nSTLS\r\n.\r\n"),
                                (b"STLS", b"+OK begin\r\n")]),
    "ftp": (b"220 ready\r\n", [(b"FEAT", b"211-F\r\n AUTH TLS\r\n211 end\r\n"),
                               (b"AUTH", b"234 go\r\n")]),
    "nntp": (b"200 ready\r\n", [(b"CAPAB", b"101 list\r\nSTARTTLS\r\n.\r\n"),
                                (b"STARTTLS", b"382 go\r\n")]),
    "sieve": (b'"IMPLEMENTATION" "x"\r\n"STARTTLS"\r\nOK "ready"\r\n',
              [(b"STARTTLS", b'OK "go"\r\n')]),
    "xmpp": (b"", [(b"<stream", b"<?xml version='1.0'?><stream:stream xmlns="
                    b"'jabber:client' xmlns:stream='http://etherx.jabber.org/"
                    b"streams' id='1' version='1.0'><stream:features><starttls"
                    b" xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
                    b"</stream:features>"),
                   (b"<starttls", b"<proceed xmlns='urn:ietf:params:xml:ns:"
                    b"xmpp-tls'/>")]),
    "lmtp": (b"220 ready LMTP\r\n", [(b"LHLO", b"250-x\r\n250 STARTTLS\r\n"),
                                    (b"STARTTLS", b"220 go\r\n")]),
    "irc": (b"", [(b"STARTTLS", b":irc 670 * :STARTTLS successful\r\n")]),
    "mysql": (bytes.fromhex(
        "4a0000000a382e302e333600080000000102030405060708"
        "00ffff2102005fc015000000000000000000000102030405060708090a0b0c00"
        "6d7973716c5f6e61746976655f70617373776f726400"),
        [(b"\0\0\0", b"")]),
}


def upgrade(host, port, pass_port, kind):
    """A plaintext service that starts TLS when asked, and hands over."""
    greeting, steps = UPGRADES[kind]
    for conn in accepted(host, port):
        conn.sendall(greeting)
        last = None
        while last is not steps[-1]:
            got = conn.recv(4096)
            say("read", got[:60])
            asked = [step for step in steps if step[0] in got.upper()
                     or step[0] in got]
            if not got:
                break
            last = asked[0] if asked else None
            conn.sendall(last[1] if last else b"")
        with socket.create_connection(("127.0.0.1", int(pass_port))) as back:
            pump(conn, back)


def socks(host, port, pass_port, status="00"):
    """A SOCKS5 proxy without authentication (RFC 1928)."""
    for conn in accepted(host, port):
        say("read", conn.recv(300).hex())
        conn.sendall(b"\x05\x00")
        say("read", conn.recv(300).hex())
        conn.sendall(bytes.fromhex("05" + status + "00010000000000" + "00"))
        if status == "00":
            with socket.create_connection(("127.0.0.1",
                                           int(pass_port))) as back:
                pump(conn, back)


def deaf(host, port, pass_port, cut, how="fin"):
    """Relays to 127.0.0.1:PASS_PORT; when the client has sent more than so
    many bytes the rest goes nowhere and the connection ends."""
    for conn in accepted(host, port):
        heard = 0
        with socket.create_connection(("127.0.0.1", int(pass_port))) as back:
            while heard <= int(cut):
                ready = select.select([conn, back], [], [], 9)[0]
                for one in ready:
                    data = one.recv(65536)
                    if one is conn:
                        heard += len(data)
                    if not data or heard > int(cut):
                        heard = int(cut) + 1
                        break
                    (back if one is conn else conn).sendall(data)
                if not ready:
                    break
        say("cut after", heard)
        time.sleep(0.05)
        if how == "rst":
            conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_RESET)
        if how == "stall":
            drain(conn)



# Clients

def probe(host, port, how="fin", seconds="0"):
    """Connects and leaves without a byte."""
    conn = connected(host, port)
    time.sleep(float(seconds))
    if how == "rst":
        conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_RESET)
    if how == "wait":
        drain(conn)
    conn.close()


def spoil_session(host, port, path):
    """Changes the master secret in a session that s_client saved."""
    with open(path) as text:
        lines = text.read().split("\n")
    first = lines.index("-----BEGIN SSL SESSION PARAMETERS-----") + 1
    last = lines.index("-----END SSL SESSION PARAMETERS-----")
    der = bytearray(base64.b64decode("".join(lines[first:last])))
    at = der.find(b"\x04\x30")  # the OCTET STRING of 48 bytes
    der[at + 10] ^= 0xFF
    lines[first:last] = [base64.b64encode(der).decode()]
    with open(path, "w") as out:
        out.write("\n".join(lines))
    say("spoiled", host, port)


def text(host, port, line, reply="yes"):
    conn = connected(host, port)
    conn.sendall(line.encode().decode("unicode_escape").encode("latin-1"))
    if reply == "yes":
        drain(conn)
    conn.close()


def hex_bytes(host, port, data, *more):
    """Sends bytes; further pieces follow a tenth of a second apart."""
    conn = connected(host, port)
    for piece in (data, *more):
        conn.sendall(bytes.fromhex(piece))
        time.sleep(0.1)
    drain(conn)
    conn.close()


def hello(host, port, kind, *words):
    """A ClientHello that libraries do not make (labkit/hellos.py)."""
    conn = connected(host, port)
    conn.sendall(hellos.KINDS[kind](*words))
    drain(conn)
    conn.close()


def abort(host, port, how="fin", after="hello"):
    """A good hello; then the client leaves, before or after the answer."""
    conn = connected(host, port)
    conn.sendall(hellos.KINDS["plain"]())
    if after == "answer":
        say("read", len(conn.recv(65536)))
    if how == "rst":
        conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_RESET)
    if how == "cancel":  # user_canceled, then close_notify
        conn.sendall(bytes.fromhex("1503030002015a" "15030300020100"))
        time.sleep(0.1)
    conn.close()


def stall(host, port, seconds="3"):
    """A good hello; the client reads the answer and never goes on."""
    conn = connected(host, port, 20)
    conn.sendall(hellos.KINDS["plain"]())
    say("read", len(conn.recv(65536)))
    conn.settimeout(float(seconds))
    try:
        while conn.recv(65536):
            pass
        say("closed by peer")
    except TimeoutError:
        say("gave up")
    conn.close()


def split(host, port, size="1"):
    """A good hello in many small segments; then the answer."""
    conn = connected(host, port)
    conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    data = hellos.KINDS["plain"]()
    for at in range(0, len(data), int(size)):
        conn.sendall(data[at:at + int(size)])
        time.sleep(0.004)
    drain(conn)
    conn.close()


def main():
    name, host, port, *words = sys.argv[1:]
    try:
        globals()[name](host, int(port), *words)
    except OSError as error:
        say("ERR", error)


if __name__ == "__main__":
    main()
