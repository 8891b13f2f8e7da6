#!/usr/bin/env python3
"""An inspecting device in front of a TLS server whose RSA key it holds.

usage: inspector.py LISTEN_HOST PORT BACKEND_HOST BACKEND_PORT RSA_KEY

It relays bytes both ways and follows the handshake passively. With the key it
opens the premaster secret of a TLS_RSA_WITH_AES_*_CBC_SHA handshake and derives
the keys as RFC 5246 section 8.1 says; it has not heard of RFC 7627. When the
client's Finished does not decrypt with those keys it ends the connection as the
device of the story does: fatal handshake_failure, then FIN.
"""
import hashlib
import hmac
import selectors
import socket
import subprocess
import sys
import threading

ALERT_FATAL_40 = b"\x15\x03\x03\x00\x02\x02\x28"
HANDSHAKE, CHANGE_CIPHER_SPEC = 22, 20
CLIENT_HELLO, SERVER_HELLO, CLIENT_KEY_EXCHANGE = 1, 2, 16
KEY_BITS = {0x002F: 128, 0x0035: 256}  # TLS_RSA_WITH_AES_{128,256}_CBC_SHA
MAC_LEN = 20


def openssl(*arguments, data):
    return subprocess.run(["openssl", *arguments], input=data, check=True,
                          capture_output=True).stdout


def prf(secret, label, seed, length):
    """P_SHA256 of RFC 5246 section 5."""
    def mac(data):
        return hmac.new(secret, data, hashlib.sha256).digest()
    seed = label + seed
    out, a = b"", seed
    while len(out) < length:
        a = mac(a)
        out += mac(a + seed)
    return out[:length]


class Records:
    """Cuts one direction of a connection into records."""

    def __init__(self):
        self.data = b""

    def feed(self, data):
        self.data += data
        while len(self.data) >= 5:
            end = 5 + int.from_bytes(self.data[3:5], "big")
            if len(self.data) < end:
                return
            record, self.data = self.data[:end], self.data[end:]
            yield record[0], record[5:]


def messages(payload):
    while len(payload) >= 4:
        end = 4 + int.from_bytes(payload[1:4], "big")
        yield payload[0], payload[4:end]
        payload = payload[end:]


class Inspection:
    """What the device knows of one handshake."""

    def __init__(self, key):
        self.key = key
        self.client, self.server = Records(), Records()
        self.client_random = self.server_random = self.premaster = b""
        self.suite = 0
        self.encrypted = False

    def from_server(self, data):
        for kind, payload in self.server.feed(data):
            if kind != HANDSHAKE or self.encrypted:
                continue
            for message, body in messages(payload):
                if message == SERVER_HELLO:
                    self.server_random = body[2:34]
                    at = 35 + body[34]
                    self.suite = int.from_bytes(body[at:at + 2], "big")
                    say(f"server picked {self.suite:04x}")

    def from_client(self, data):
        """False when the client's Finished makes no sense to the device."""
        for kind, payload in self.client.feed(data):
            if kind == CHANGE_CIPHER_SPEC:
                self.encrypted = True
            elif kind == HANDSHAKE and self.encrypted:
                return self.finished_opens(payload)
            elif kind == HANDSHAKE:
                self.clear_message(payload)
        return True

    def clear_message(self, payload):
        for message, body in messages(payload):
            if message == CLIENT_HELLO:
                self.client_random = body[2:34]
            if message == CLIENT_KEY_EXCHANGE:
                self.premaster = openssl("pkeyutl", "-decrypt", "-inkey",
                                         self.key, data=body[2:])

    def finished_opens(self, payload):
        bits = KEY_BITS[self.suite]
        master = prf(self.premaster, b"master secret",
                     self.client_random + self.server_random, 48)
        block = prf(master, b"key expansion",
                    self.server_random + self.client_random,
                    2 * MAC_LEN + 2 * bits // 8)
        mac_key = block[:MAC_LEN]
        key = block[2 * MAC_LEN:2 * MAC_LEN + bits // 8]
        clear = openssl("enc", "-d", f"-aes-{bits}-cbc", "-nopad", "-K",
                        key.hex(), "-iv", payload[:16].hex(),
                        data=payload[16:])
        content = clear[:len(clear) - clear[-1] - 1 - MAC_LEN]
        head = bytes(8) + b"\x16\x03\x03" + len(content).to_bytes(2, "big")
        mac = hmac.new(mac_key, head + content, hashlib.sha1).digest()
        good = clear[len(content):len(content) + MAC_LEN] == mac
        say("client Finished " + ("opens" if good else "does not open"))
        return good


def say(text):
    print(text, flush=True)


def relay(client, backend_address, key):
    inspection = Inspection(key)
    watching = True
    with client, socket.create_connection(backend_address) as backend:
        ends = selectors.DefaultSelector()
        ends.register(client, selectors.EVENT_READ)
        ends.register(backend, selectors.EVENT_READ)
        while True:
            for key_, _ in ends.select():
                data = key_.fileobj.recv(65536)
                if not data:
                    return
                if key_.fileobj is backend:
                    inspection.from_server(data)
                    client.sendall(data)
                    continue
                if watching and not inspection.from_client(data):
                    client.sendall(ALERT_FATAL_40)
                    client.shutdown(socket.SHUT_WR)
                    return
                watching = watching and not inspection.encrypted
                backend.sendall(data)


def main():
    host, port, backend, backend_port, key = sys.argv[1:]
    with socket.create_server((host, int(port))) as listener:
        while True:
            client, _ = listener.accept()
            threading.Thread(target=relay, daemon=True,
                             args=(client, (backend, int(backend_port)), key)
                             ).start()


if __name__ == "__main__":
    main()
