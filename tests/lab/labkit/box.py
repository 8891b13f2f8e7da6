#!/usr/bin/env python3
"""A device on the path: forwards IPv4/TCP in user space by rules.

usage: box.py CLIENT_SIDE SERVER_SIDE RULES.json

A rule is an object. It matches a packet when all its conditions hold:
  from     "client" or "server"
  message  TLS handshake message that starts in this packet (name)
  record   content type of a record that starts in this packet
  sni      the name of the ClientHello in this packet
  ext      the ClientHello in this packet carries this extension
  longer   the IP packet is longer than this many bytes
  hello_longer  a ClientHello longer than this starts in this packet
  nth      only the nth packet that meets the other conditions (from 1)
  first    only the first so many of them
  after    only after this rule (by number) has matched on the connection
  syn      a SYN from the client
  on       index of the connection in order of its SYN
and then does what `do` says:
  drop     the packet goes no further
  hole     nothing of this connection passes any more, in either direction
  reset    forge a reset to `to` (client, server or both); `ttl`, `id` and
           `pass` (also forward the packet) shape it
  edit     change bytes in place with labkit/edits.py (`edit`, `arg`)
  delay    hold the packet `ms` milliseconds
A default `delay_ms` may be given by a rule that has no conditions.
"""
import heapq
import json
import os
import selectors
import socket
import struct
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from labkit import edits, tlsbytes  # noqa: E402

ETH_IP = 0x0800
RST, ACK, SYN = 0x04, 0x10, 0x02


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def tcp_with_checksum(src, dst, tcp):
    tcp = tcp[:16] + b"\0\0" + tcp[18:]
    pseudo = src + dst + struct.pack("!BBH", 0, 6, len(tcp))
    return tcp[:16] + struct.pack("!H", checksum(pseudo + tcp)) + tcp[18:]


def forged(src, dst, sport, dport, seq, ack, ttl, ip_id):
    flags = RST | (ACK if ack is not None else 0)
    tcp = struct.pack("!HHIIBBHHH", sport, dport, seq & 0xFFFFFFFF,
                      (ack or 0) & 0xFFFFFFFF, 5 << 4, flags, 0, 0, 0)
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(tcp), ip_id, 0, ttl, 6,
                     0) + src + dst
    return ip + tcp_with_checksum(src, dst, tcp)


class Packet:
    def __init__(self, data, from_client):
        self.data = bytearray(data[:struct.unpack_from("!H", data, 2)[0]])
        self.from_client = from_client
        self.head = (data[0] & 15) * 4
        self.src, self.dst = bytes(data[12:16]), bytes(data[16:20])
        self.sport, self.dport, self.seq, self.ack = struct.unpack_from(
            "!HHII", data, self.head)
        self.flags = data[self.head + 13]
        self.start = self.head + (data[self.head + 12] >> 4) * 4

    @property
    def payload(self):
        return bytes(self.data[self.start:])

    @property
    def key(self):
        if self.from_client:
            return self.src, self.sport, self.dst, self.dport
        return self.dst, self.dport, self.src, self.sport

    def replace(self, payload):
        assert len(payload) == len(self.data) - self.start
        self.data[self.start:] = payload

    def forwarded(self):
        ip = bytearray(self.data[:self.head])
        ip[8] -= 1
        return bytes(ip) + tcp_with_checksum(self.src, self.dst,
                                             bytes(self.data[self.head:]))


class Rule:
    def __init__(self, spec):
        self.spec = spec
        self.count = {}

    def matches(self, packet, connection):
        spec = self.spec
        if "on" in spec and connection["index"] != spec["on"]:
            return False
        if "from" in spec and packet.from_client != (spec["from"] == "client"):
            return False
        if spec.get("syn") and not packet.flags & SYN:
            return False
        if "after" in spec and spec["after"] not in connection["matched"]:
            return False
        if "longer" in spec and len(packet.data) <= spec["longer"]:
            return False
        if not self._tls(packet.payload):
            return False
        key = packet.key if spec.get("each") else None
        self.count[key] = seen = self.count.get(key, 0) + 1
        if "nth" in spec and seen != spec["nth"]:
            return False
        return not ("first" in spec and seen > spec["first"])

    def _tls(self, payload):
        spec = self.spec
        wanted = {"message", "record", "sni", "ext", "hello_longer"} & set(spec)
        if not wanted:
            return True
        found = tlsbytes.scan(payload)
        if "message" in spec and spec["message"] not in found.messages:
            return False
        if "record" in spec and spec["record"] not in found.records:
            return False
        if "sni" in spec and found.sni != spec["sni"]:
            return False
        if "ext" in spec and spec["ext"] not in found.extensions:
            return False
        return not ("hello_longer" in spec
                    and found.hello_length <= spec["hello_longer"])


class Box:
    def __init__(self, rules):
        self.delay = sum(rule.get("delay_ms", 0) for rule in rules) / 1000
        self.rules = [Rule(rule) for rule in rules if "do" in rule]
        self.out = socket.socket(socket.AF_INET, socket.SOCK_RAW,
                                 socket.IPPROTO_RAW)
        self.connections = {}
        self.held = []
        self.order = 0

    def send(self, data, dst, seconds):
        self.order += 1
        heapq.heappush(self.held, (time.monotonic() + seconds, self.order,
                                   data, socket.inet_ntoa(dst)))

    def release(self):
        """Sends what is due; the seconds until the next packet is, or None."""
        while self.held:
            wait = self.held[0][0] - time.monotonic()
            if wait > 0:
                return wait
            _, _, data, dst = heapq.heappop(self.held)
            try:
                self.out.sendto(data, (dst, 0))
            except OSError as error:
                print(f"not sent: {error}", flush=True)
        return None

    def handle(self, packet):
        if packet.key not in self.connections or (
                packet.from_client and packet.flags & (SYN | ACK) == SYN
                and self.connections[packet.key]["isn"] != packet.seq):
            self.connections[packet.key] = {
                "index": len(self.connections), "matched": set(),
                "hole": False, "isn": packet.seq}
        connection = self.connections[packet.key]
        delay = self.delay
        for number, rule in enumerate(self.rules):
            if not rule.matches(packet, connection):
                continue
            connection["matched"].add(number)
            print(f"rule {number} {rule.spec['do']}", flush=True)
            passes, more = self.act(rule.spec, packet, connection)
            delay += more
            if not passes:
                return
        if not connection["hole"]:
            self.send(packet.forwarded(), packet.dst, delay)

    def act(self, spec, packet, connection):
        """Whether the packet still passes, and how much later."""
        do = spec["do"]
        if do == "drop":
            return False, 0
        if do == "hole":
            connection["hole"] = True
            return False, 0
        if do == "delay":
            return True, spec["ms"] / 1000
        if do == "edit":
            try:
                packet.replace(edits.apply(spec["edit"], packet.payload,
                                           spec.get("arg")))
            except LookupError as error:
                print(f"nothing to edit: {error}", flush=True)
            return True, 0
        assert do == "reset", do
        self.reset(spec, packet)
        return bool(spec.get("pass")), 0

    def reset(self, spec, packet):
        after = packet.seq + len(packet.payload)
        ttl, ip_id = spec.get("ttl", 128), spec.get("id", 0x1234)
        back = forged(packet.dst, packet.src, packet.dport, packet.sport,
                      packet.ack, after, ttl, ip_id)
        seq = after if spec.get("pass") else packet.seq
        on = forged(packet.src, packet.dst, packet.sport, packet.dport, seq,
                    packet.ack, ttl, ip_id)
        to = spec.get("to", "client")
        wait = spec.get("ms", 0) / 1000
        sender = "client" if packet.from_client else "server"
        if to in (sender, "both"):
            self.send(back, packet.src, wait)
        if to != sender:
            self.send(on, packet.dst, wait)


def main():
    client_side, server_side, rules = sys.argv[1:]
    with open(rules) as lines:
        box = Box(json.load(lines))
    taps = selectors.DefaultSelector()
    for interface in (client_side, server_side):
        tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                            socket.htons(ETH_IP))
        tap.bind((interface, ETH_IP))
        taps.register(tap, selectors.EVENT_READ, interface == client_side)
    print("forwarding", flush=True)
    while True:
        for key, _ in taps.select(box.release()):
            frame, address = key.fileobj.recvfrom(65535)
            if address[2] == socket.PACKET_HOST and frame[23] == 6:
                box.handle(Packet(frame[14:], key.data))


if __name__ == "__main__":
    main()
