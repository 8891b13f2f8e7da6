"""What the proxy does with streams that behave badly.

    streams.py PROXY DIRECTORY

Clients and upstreams are plain sockets; hellos are real, what follows is not
TLS, for it is the proxy's handling of bytes that counts here."""
import atexit
import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import time

PROGRAM, WORK = sys.argv[1:]
LINGER_NONE = struct.pack("ii", 1, 0)
# A TLS alert: what a server may answer with.
ALERT = bytes((21, 3, 3, 0, 2, 2, 40))


def hello(name, padding=0):
    """A TLS 1.2 ClientHello in as many records as it takes."""
    name = name.encode()
    ext = (struct.pack(">HHHBH", 0, len(name) + 5, len(name) + 3, 0, len(name))
           + name)
    if padding:
        ext += struct.pack(">HH", 21, padding) + bytes(padding)
    body = (b"\3\3" + bytes(32) + b"\0\0\2\xc0\x2b\1\0"
            + struct.pack(">H", len(ext)) + ext)
    msg = b"\1" + len(body).to_bytes(3, "big") + body
    return b"".join(b"\x16\3\1" + struct.pack(">H", len(part)) + part
                    for part in (msg[i:i + 16384]
                                 for i in range(0, len(msg), 16384)))


HELLO = hello("s.example")


class Upstream:
    """A server of our own, one connection at a time."""

    def __init__(self, family=socket.AF_INET, host="127.0.0.1"):
        self.listener = socket.socket(family)
        self.listener.settimeout(10)
        self.listener.bind((host, 0))
        self.listener.listen(8)
        self.port = self.listener.getsockname()[1]

    def accept(self):
        peer = self.listener.accept()[0]
        peer.settimeout(10)
        return peer


class Proxy:
    def __init__(self, *args):
        self.out = open(os.path.join(WORK, "streams.json"), "w+")
        self.process = subprocess.Popen([PROGRAM, *args], stdout=self.out,
                                        stderr=subprocess.PIPE, text=True)
        atexit.register(self.process.kill)  # if a case fails before end()
        line = self.process.stderr.readline()
        found = re.match(r"listens on \[?([^\]]*)\]?:(\d+)$", line.strip())
        assert found, line + self.process.stderr.read()
        self.host, self.port = found[1], int(found[2])

    def connect(self):
        client = socket.create_connection((self.host, self.port), timeout=10)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return client

    def told(self, count, seconds=10):
        """The lines it wrote, when there are `count` of them."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            lines = open(self.out.name).read().splitlines()
            if len(lines) >= count:
                break
            time.sleep(0.05)
        assert len(lines) == count, lines
        return [json.loads(line) for line in lines]

    def memory(self):
        text = open(f"/proc/{self.process.pid}/status").read()
        return int(re.search(r"VmRSS:\s+(\d+)", text)[1])

    def end(self, seconds=20):
        """Ends it in order; its whole standard error."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        err = self.process.communicate(timeout=seconds)[1]
        assert self.process.returncode == 0, err
        return err


def read_all(peer):
    """Until the end; b"reset" for one that is reset."""
    data = b""
    try:
        while True:
            part = peer.recv(65536)
            if not part:
                return data
            data += part
    except ConnectionResetError:
        return b"reset"


def pair(proxy, upstream, first=HELLO):
    """A client and the upstream's end of the same connection."""
    client = proxy.connect()
    client.sendall(first)
    server = upstream.accept()
    got = b""
    while len(got) < len(first):
        got += server.recv(65536)
    assert got == first
    return client, server


def half_close_by_client(proxy, upstream):
    client, server = pair(proxy, upstream)
    client.sendall(b"x" * 100000)
    client.shutdown(socket.SHUT_WR)
    assert len(read_all(server)) == 100000
    server.sendall(ALERT + b"y" * 300000)
    server.close()
    assert len(read_all(client)) == 300007


def half_close_by_server(proxy, upstream):
    client, server = pair(proxy, upstream)
    server.sendall(ALERT + b"y" * 100000)
    server.shutdown(socket.SHUT_WR)
    assert len(read_all(client)) == 100007
    client.sendall(b"x" * 300000)
    client.close()
    assert len(read_all(server)) == 300000


def half_close_before_route(proxy, upstream):
    """The client has said all it wants to before its upstream is there."""
    client = proxy.connect()
    client.sendall(HELLO)
    client.shutdown(socket.SHUT_WR)
    server = upstream.accept()
    assert read_all(server) == HELLO
    server.sendall(ALERT)
    server.close()
    assert read_all(client) == ALERT


def reset_by_server(proxy, upstream):
    client, server = pair(proxy, upstream)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NONE)
    server.close()
    assert read_all(client) == b"reset"


def reset_by_client(proxy, upstream):
    client, server = pair(proxy, upstream)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NONE)
    client.close()
    assert read_all(server) == b"reset"


def server_does_not_read(proxy, upstream):
    """What it does not take stays with the client, not in the proxy."""
    client, server = pair(proxy, upstream)
    before = proxy.memory()
    client.settimeout(1)
    sent = 0
    try:
        while sent < 1 << 28:
            sent += client.send(bytes(1 << 16))
    except socket.timeout:
        pass
    assert sent < 1 << 28, "the proxy takes all"
    grown = proxy.memory() - before
    assert grown < 2048, f"{grown} kB for {sent} bytes that nobody reads"
    got = 0
    server.settimeout(1)
    client.shutdown(socket.SHUT_WR)
    while True:
        part = server.recv(1 << 20)
        if not part:
            break
        got += len(part)
    assert got == sent, (got, sent)
    server.sendall(ALERT)
    server.close()
    assert read_all(client) == ALERT
    return f"{sent >> 20} MiB stopped, {grown} kB held"


def client_does_not_read(proxy, upstream):
    client, server = pair(proxy, upstream)
    before = proxy.memory()
    server.settimeout(1)
    server.sendall(ALERT)
    sent = 7
    try:
        while sent < 1 << 28:
            sent += server.send(bytes(1 << 16))
    except socket.timeout:
        pass
    assert sent < 1 << 28
    grown = proxy.memory() - before
    assert grown < 2048, f"{grown} kB for {sent} bytes that nobody reads"
    server.close()
    assert len(read_all(client)) == sent
    client.close()


def alert_survives_a_talker(proxy, _upstream):
    """Refused while it still sends, a client gets the alert, not a reset."""
    client = proxy.connect()
    client.sendall(hello("nobody.example") + bytes(500000))
    client.shutdown(socket.SHUT_WR)
    assert read_all(client) == bytes((21, 3, 3, 0, 2, 2, 112))


def client_says_nothing(proxy, _upstream):
    assert read_all(proxy.connect()) == b""


def client_stops_in_hello(proxy, _upstream):
    client = proxy.connect()
    client.sendall(HELLO[:20])
    assert read_all(client) in (b"", b"reset")


def client_trickles(proxy, _upstream):
    """A byte now and then buys no more time."""
    client = proxy.connect()
    begin = time.monotonic()
    try:
        for byte in HELLO[:40]:
            client.sendall(bytes((byte,)))
            time.sleep(0.2)
        raise AssertionError("a trickle is listened to for ever")
    except (BrokenPipeError, ConnectionResetError):
        return f"closed after {time.monotonic() - begin:.1f} s"


def server_says_nothing(proxy, upstream):
    client, server = pair(proxy, upstream)
    assert read_all(client) == b""
    assert read_all(server) == b""


def each(*cases, args=()):
    """Each case with a proxy of its own; its verdicts."""
    for case, *causes in cases:
        upstream = Upstream()
        proxy = Proxy(*args, "0", f"s.example=127.0.0.1:{upstream.port}")
        note = case(proxy, upstream)
        told = [line["cause"] for line in proxy.told(len(causes))]
        assert told == causes, (case.__name__, told)
        proxy.end()
        print(f"{case.__name__}: {note or ', '.join(causes) or 'well'}")


def ipv6():
    upstream = Upstream(socket.AF_INET6, "::1")
    proxy = Proxy("[::]:0", f"s.example=[::1]:{upstream.port}")
    for host, name in (("::1", "[::1]:"), ("127.0.0.1", "127.0.0.1:")):
        proxy.host = host
        client, server = pair(proxy, upstream)
        server.sendall(ALERT)
        server.close()
        assert read_all(client) == ALERT
        client.close()
        told = proxy.told(1 if host == "::1" else 2)[-1]
        assert told["client"].startswith(name), told["client"]
        assert told["server"] == f"[::1]:{upstream.port}"
    proxy.end()
    print("ipv6: listener and upstream; an IPv4 client by its own name")


def ends_in_order():
    """It lets connections end, then cuts what is left."""
    upstream = Upstream()
    route = f"s.example=127.0.0.1:{upstream.port}"
    proxy = Proxy("--drain", "1", "0", route)
    goes, its_server = pair(proxy, upstream)
    stays, _server = pair(proxy, upstream)
    half = proxy.connect()
    half.sendall(HELLO[:20])
    time.sleep(0.2)
    proxy.process.send_signal(signal.SIGTERM)
    time.sleep(0.2)
    try:
        socket.create_connection((proxy.host, proxy.port), timeout=5)
        raise AssertionError("it still listens")
    except ConnectionRefusedError:
        pass
    its_server.sendall(ALERT + b"z" * 1000)
    its_server.close()
    assert len(read_all(goes)) == 1007, "a connection is cut too early"
    goes.close()
    assert read_all(stays) == b""
    assert read_all(half) in (b"", b"reset")
    proxy.process.wait(10)
    proxy.end()
    told = [line["end"]["how"] for line in proxy.told(3)]
    print("ends_in_order: one ended by itself, two cut:", told)

    # With nothing open it does not wait.
    proxy = Proxy("--drain", "600", "0", route)
    client, server = pair(proxy, upstream)
    server.sendall(ALERT)
    server.close()
    read_all(client)
    client.close()
    proxy.told(1)
    proxy.end()


each((half_close_by_client, "client_aborted"),
     (half_close_by_server, "no_shared_signature_algorithm"),
     (half_close_before_route, "client_aborted"),
     (reset_by_server, "reset_after_client_hello"),
     (reset_by_client, "client_aborted"),
     (server_does_not_read, "client_aborted"),
     (client_does_not_read, "no_shared_signature_algorithm"),
     (alert_survives_a_talker, "sni_unrecognized"))
each((client_says_nothing,),
     (client_stops_in_hello, "handshake_timeout"),
     (client_trickles, "handshake_timeout"),
     (server_says_nothing, "no_response_to_client_hello"),
     args=("--patience", "2.5"))
ipv6()
ends_in_order()
