#!/usr/bin/env python3
"""Makes the seed corpus of fuzz/flow.c from captures.

usage: seeds.py OUT_DIRECTORY CAPTURE...

Each TCP connection of a little-endian pcap becomes one script of the form
flow.c reads.  Segments must come in order, as they do in our own captures.
"""
import hashlib
import os
import struct
import sys

MAX_SEED = 6000
CLOSE_FIN, CLOSE_RST = 1, 2
LINK_ETHERNET, LINK_RAW, LINK_COOKED, LINK_COOKED2 = 1, 101, 113, 276
LINK_HEADER = {LINK_ETHERNET: 14, LINK_RAW: 0, LINK_COOKED: 16,
               LINK_COOKED2: 20}


def packets(data):
    """Time in microseconds and IP packet of each frame."""
    magic, link = struct.unpack('<I', data[:4])[0], None
    if magic not in (0xa1b2c3d4, 0xa1b23c4d):
        return
    link = struct.unpack('<I', data[20:24])[0]
    if link not in LINK_HEADER:
        return
    unit = 1000 if magic == 0xa1b23c4d else 1
    at = 24
    while at + 16 <= len(data):
        sec, frac, caplen, _ = struct.unpack('<IIII', data[at:at + 16])
        frame = data[at + 16:at + 16 + caplen]
        yield sec * 1000000 + frac // unit, frame[LINK_HEADER[link]:]
        at += 16 + caplen


def segments(data):
    """Time, both endpoints, flags and payload of each TCP segment."""
    for t_us, ip in packets(data):
        if ip[:1] and ip[0] >> 4 == 4 and ip[9] == 6:
            head, total = (ip[0] & 15) * 4, struct.unpack('>H', ip[2:4])[0]
            source, target = ip[12:16], ip[16:20]
        elif ip[:1] and ip[0] >> 4 == 6 and ip[6] == 6:
            head, total = 40, 40 + struct.unpack('>H', ip[4:6])[0]
            source, target = ip[8:24], ip[24:40]
        else:
            continue
        tcp = ip[head:total]
        yield (t_us, source + tcp[0:2], target + tcp[2:4], tcp[13],
               tcp[(tcp[12] >> 4) * 4:])


def scripts(data):
    """One script for each connection."""
    connections = {}
    for t_us, source, target, flags, payload in segments(data):
        key = frozenset((source, target))
        if flags & 0x12 == 0x02 or key not in connections:
            connections[key] = [source, t_us, bytearray(b'\x01')]
        client, before, script = connections[key]
        side = 0 if source == client else 1
        time = min(63, max(0, t_us - before) // 50000) << 2
        if payload:
            script += bytes([time | side]) + struct.pack('>H', len(payload))
            script += payload
            connections[key][1] = t_us
        if flags & 0x05:
            how = CLOSE_RST if flags & 0x04 else CLOSE_FIN
            script += bytes([time | 2, (how - 1) * 2 + side])
            connections[key][1] = t_us
    return [bytes(script) for _, _, script in connections.values()]


def main():
    out, names = sys.argv[1], sys.argv[2:]
    os.makedirs(out, exist_ok=True)
    for name in names:
        with open(name, 'rb') as file:
            data = file.read()
        for script in scripts(data):
            digest = hashlib.sha256(script).hexdigest()[:12]
            if 20 < len(script) <= MAX_SEED:
                with open(os.path.join(out, digest), 'wb') as file:
                    file.write(script)


main()
