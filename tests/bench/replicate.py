#!/usr/bin/env python3
"""Grows a small capture into a big one for benchmarks.

Every TCP connection of SEED (classic pcap, Ethernet, IPv4) is a template.
CONNECTIONS copies are drawn from the templates, the share FAILED of them from
those that carry little application data; each copy gets a client address and
port of its own, one of 1024 server addresses, and a start within SECONDS.
Packets are written in the order of time, checksums stay as right as
they were.  The same
arguments give the same bytes.

usage: replicate.py SEED OUT CONNECTIONS [SECONDS] [FAILED] [RANDOM_SEED]
"""
import random
import struct
import sys

ETHERNET = 14
GOOD_BYTES = 8000
EPOCH_US = 1_800_000_000 * 1_000_000


def read_pcap(path):
    """Yields (time in us, frame) of a classic pcap file."""
    data = open(path, 'rb').read()
    order = '<' if data[:4] in (b'\xd4\xc3\xb2\xa1', b'M<\xb2\xa1') else '>'
    scale = 1000 if data[:4] in (b'M<\xb2\xa1', b'\xa1\xb2<M') else 1
    at = 24
    while at + 16 <= len(data):
        sec, frac, caught, _ = struct.unpack_from(order + 'IIII', data, at)
        yield sec * 1000000 + frac // scale, data[at + 16:at + 16 + caught]
        at += 16 + caught


def templates(path):
    """Connections as lists of (time, from the client, IP packet)."""
    found, order = {}, []
    for time, frame in read_pcap(path):
        if frame[12:14] != b'\x08\0' or frame[23] != 6:
            continue
        packet = frame[ETHERNET:ETHERNET
                       + struct.unpack_from('>H', frame, 16)[0]]
        header = (packet[0] & 15) * 4
        ports = packet[header:header + 4]
        key = packet[12:16] + ports[:2] + packet[16:20] + ports[2:]
        back = key[6:] + key[:6]
        opens = packet[header + 13] & 0x12 == 2
        if opens and key in found and len(found[key]) > 2:
            del found[key]
        if opens and key not in found:
            found[key] = []
            order.append(found[key])
        if key in found:
            found[key].append((time, True, packet))
        elif back in found:
            found[back].append((time, False, packet))
    return [c for c in order if len(c) > 1]


def is_good(connection):
    """1 if the server sent more than a page's worth of bytes."""
    return sum(len(p) - 40 for _, up, p in connection if not up) > GOOD_BYTES


def word_sum(data):
    return sum(struct.unpack('>%dH' % (len(data) // 2), data))


def mend(packet, at, delta):
    """RFC 1624: the checksum after 16-bit words changed by delta in sum."""
    old = struct.unpack_from('>H', packet, at)[0]
    total = (~old & 0xffff) + delta
    while total >> 16 or total < 0:
        total = (total & 0xffff) + (total >> 16)
    struct.pack_into('>H', packet, at, ~total & 0xffff)


def rewrite(packet, source, target):
    """The packet between other endpoints (address and port, 6 bytes each)."""
    out = bytearray(packet)
    header = (out[0] & 15) * 4
    addresses = word_sum(source[:4] + target[:4]) - word_sum(packet[12:20])
    ports = word_sum(source[4:] + target[4:]) - word_sum(
        packet[header:header + 4])
    out[12:20] = source[:4] + target[:4]
    out[header:header + 4] = source[4:] + target[4:]
    mend(out, 10, addresses)
    mend(out, header + 16, addresses + ports)
    return bytes(out)


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    seed, out, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    seconds = float(sys.argv[4]) if len(sys.argv) > 4 else 60
    failed = float(sys.argv[5]) if len(sys.argv) > 5 else 0.3
    chance = random.Random(int(sys.argv[6]) if len(sys.argv) > 6 else 1)
    all_templates = templates(seed)
    good = [c for c in all_templates if is_good(c)]
    bad = [c for c in all_templates if not is_good(c)]
    events, copies = [], []
    for i in range(count):
        use = bad if not good or (bad and chance.random() < failed) else good
        template = chance.choice(use)
        start = int(chance.random() * seconds * 1000000)
        client = bytes([10, i >> 16 & 255, i >> 8 & 255, i & 255])
        client += struct.pack('>H', 1024 + chance.randrange(60000))
        server = bytes([198, 18, chance.randrange(4), chance.randrange(256)])
        copies.append((template, client, server + struct.pack('>H', 443)))
        for n, (time, _, _) in enumerate(template):
            events.append((start + time - template[0][0], i, n))
    events.sort()
    up = bytes.fromhex('0200000000020200000000010800')
    down = bytes.fromhex('0200000000010200000000020800')
    with open(out, 'wb', buffering=1 << 20) as file:
        file.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 262144, 1))
        for time, i, n in events:
            template, client, server = copies[i]
            _, is_up, packet = template[n]
            frame = (up + rewrite(packet, client, server) if is_up
                     else down + rewrite(packet, server, client))
            sec, us = divmod(EPOCH_US + time, 1000000)
            file.write(struct.pack('<IIII', sec, us, len(frame), len(frame)))
            file.write(frame)
    print('%d connections, %d packets' % (count, len(events)))


main()
