#!/usr/bin/env python3
# builds: release asan
"""Runs the tool over labelled captures as other recorders would have taken
them, and compares with what it says of the captures themselves.

usage: distort_test.py [--tool build/tlsdiag] [--every N] [--only WAY] [SET...]

Some ways of recording lose nothing: a VLAN tag, every frame twice (a mirror
port), offloaded giant segments, small ones, frames out of order, IPv6.  The
verdict may not change, but for the few that rest on what such a recording
does hide: a segment's size, an IP identification.  Others lose something: one direction, the first
frames, the last, a frame in between, the end of each frame.  Then a completed
handshake may not be called a failure, and of the verdicts that are still given
at 90 or more, 95 in 100 have to be right."""
import argparse
import collections
import json
import os
import random
import struct
import subprocess
import sys
import tempfile

SYN, FIN, RST = 2, 1, 4
HIDDEN = 0.003
SETS = ['tests/captures/lab/cases', 'tests/captures/own',
        'tests/captures/crossed']


# ---- captures ----

def read(path):
    """The link type and the frames, each (microseconds, bytes)."""
    with open(path, 'rb') as file:
        data = file.read()
    order = '<' if data[:4] == b'\xd4\xc3\xb2\xa1' else '>'
    link, = struct.unpack_from(order + 'I', data, 20)
    at, frames = 24, []
    while at + 16 <= len(data):
        sec, micro, length, whole = struct.unpack_from(order + 'IIII', data,
                                                       at)
        frames.append((sec * 1000000 + micro, data[at + 16:at + 16 + length],
                       whole))
        at += 16 + length
    return link, frames


def write(path, link, frames):
    with open(path, 'wb') as file:
        file.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 262144,
                               link))
        for time, data, whole in frames:
            file.write(struct.pack('<IIII', time // 1000000, time % 1000000,
                                   len(data), whole))
            file.write(data)


class Frame:
    """An Ethernet frame that holds IPv4 and TCP."""

    def __init__(self, time, data):
        self.time, self.data = time, data
        head = (data[14] & 15) * 4
        self.tcp = 14 + head
        self.end = 14 + struct.unpack_from('!H', data, 16)[0]
        self.source = data[26:30] + data[self.tcp:self.tcp + 2]
        self.target = data[30:34] + data[self.tcp + 2:self.tcp + 4]
        self.seq, = struct.unpack_from('!I', data, self.tcp + 4)
        self.start = self.tcp + (data[self.tcp + 12] >> 4) * 4
        self.flags = data[self.tcp + 13]

    @property
    def payload(self):
        return self.data[self.start:self.end]

    def carrying(self, seq, payload, flags=None):
        """The same frame with other bytes of the stream."""
        data = bytearray(self.data[:self.start] + payload)
        total = len(data) - 14
        struct.pack_into('!H', data, 16, min(total, 65535))
        struct.pack_into('!I', data, self.tcp + 4, seq & 0xffffffff)
        if flags is not None:
            data[self.tcp + 13] = flags
        return Frame(self.time, bytes(data))


def frames_of(raw):
    """The frames, or None where one is not IPv4 and TCP."""
    found = []
    for time, data, whole in raw:
        if len(data) != whole or data[12:14] != b'\x08\x00' or data[23] != 6:
            return None
        found.append(Frame(time, data))
    return found


# ---- ways of recording; each takes frames and a source of chance ----

def same(frames, _):
    return frames


def twice(frames, _):
    """A mirror port that copies what comes in and what goes out."""
    return [Frame(frame.time + later, frame.data) for frame in frames
            for later in (0, 7)]


def small(frames, chance):
    """The bytes in segments of one to forty bytes."""
    for frame in frames:
        payload, at = frame.payload, 0
        if not payload or frame.flags & SYN:
            yield frame
            continue
        while at < len(payload):
            size = chance.randrange(1, 40)
            last = at + size >= len(payload)
            flags = frame.flags if last else frame.flags & ~FIN
            yield frame.carrying(frame.seq + at, payload[at:at + size], flags)
            at += size


def giant(frames, _):
    """Segments that follow each other as the offload of the card has them."""
    held = None
    for frame in frames:
        plain = frame.payload and not frame.flags & (SYN | FIN | RST)
        if (held and plain and frame.source == held.source and
                frame.seq == held.seq + len(held.payload) and
                len(held.payload) + len(frame.payload) < 60000):
            held = held.carrying(held.seq, held.payload + frame.payload)
            continue
        if held:
            yield held
        held = frame if plain else None
        if not plain:
            yield frame
    if held:
        yield held


def swapped(frames, _):
    """Two segments that follow each other, the second first."""
    frames, at = list(frames), 0
    while at + 1 < len(frames):
        one, two = frames[at], frames[at + 1]
        if (one.payload and two.payload and one.source == two.source and
                not (one.flags | two.flags) & (SYN | FIN | RST)):
            frames[at] = Frame(one.time, two.data)
            frames[at + 1] = Frame(two.time, one.data)
            at += 1
        at += 1
    return frames


def tagged(frames, _):
    return [(f.time, f.data[:12] + b'\x81\x00\x00\x64' + f.data[12:])
            for f in frames]


def version6(frames, _):
    """The same segments in IPv6, their hop limits kept."""
    for f in frames:
        tcp = f.data[f.tcp:f.end]
        head = struct.pack('!IHBB', 6 << 28, len(tcp), 6, f.data[22])
        prefix = bytes.fromhex('20010db8') + bytes(8)
        yield (f.time, f.data[:12] + b'\x86\xdd' + head + prefix +
               f.data[26:30] + prefix + f.data[30:34] + tcp)


def first_syn(frames):
    return next((f for f in frames if f.flags & SYN), frames[0])


def client_only(frames, _):
    client = first_syn(frames).source
    return [f for f in frames if f.source == client]


def server_only(frames, _):
    client = first_syn(frames).source
    return [f for f in frames if f.source != client]


def late(frames, chance):
    """The recorder was started when the connection was under way."""
    return frames[min(len(frames) - 1, chance.randrange(1, 9)):]


def early(frames, chance):
    """The recorder was stopped while it lived."""
    return frames[:chance.randrange(min(3, len(frames)), len(frames) + 1)]


def lossy(frames, chance):
    """One frame with bytes is missing."""
    full = [n for n, f in enumerate(frames) if f.payload]
    gone = chance.choice(full) if full else -1
    return [f for n, f in enumerate(frames) if n != gone]


def short(frames, chance):
    """A snap length that keeps the headers and a little more."""
    cut = chance.choice((96, 128, 200))
    return [(f.time, f.data[:cut], len(f.data)) for f in frames]


def stepped(frames, chance):
    """The recorder's clock was set back in between."""
    at = chance.randrange(len(frames) + 1)
    return [Frame(f.time - 3000000 * (n >= at), f.data)
            for n, f in enumerate(frames)]


FAITHFUL = {'twice': twice, 'small': small, 'giant': giant,
            'swapped': swapped, 'tagged': tagged, 'version6': version6}
LOSSY = {'client-only': client_only, 'server-only': server_only,
         'late': late, 'early': early, 'lossy': lossy, 'short': short,
         'stepped': stepped}


# ---- judging ----

def cases(sets, every):
    number = 0
    for directory in sets:
        for name in sorted(os.listdir(directory)):
            path = os.path.join(directory, name, 'capture.pcap')
            number += 1
            if not os.path.exists(path) or number % every:
                continue
            link, raw = read(path)
            frames = frames_of(raw) if link == 1 else None
            if frames:
                with open(os.path.join(directory, name, 'label.json'),
                          encoding='utf-8') as file:
                    yield name, json.load(file), frames


def as_record(frame):
    if isinstance(frame, Frame):
        return frame.time, frame.data, len(frame.data)
    return frame if len(frame) == 3 else (*frame, len(frame[1]))


def verdicts(tool, directory, names):
    """{name: connections} of the captures of a directory."""
    found = collections.defaultdict(list)
    for at in range(0, len(names), 200):
        files = [os.path.join(directory, name) for name in
                 names[at:at + 200]]
        run = subprocess.run([tool, '--json', '--all', *files], check=False,
                             stdout=subprocess.PIPE, timeout=300,
                             stderr=subprocess.DEVNULL)
        for line in run.stdout.splitlines():
            row = json.loads(line)
            if row['type'] == 'connection':
                found[os.path.basename(row['file'])].append(row)
    return found


def recorded(tool, every_case, way, chance):
    with tempfile.TemporaryDirectory() as directory:
        for name, _, frames in every_case:
            write(os.path.join(directory, name), 1,
                  [as_record(f) for f in way(frames, chance)])
        return verdicts(tool, directory, [name for name, _, _ in every_case])


def focus(rows, label):
    at = label.get('focus', 0)
    return rows[at] if at < len(rows) else None


def changed(before, after):
    return any(before[key] != after[key]
               for key in ('cause', 'party', 'outcome'))


def compare(way, every_case, plain, rows):
    """What a faithful recording changed."""
    bad = 0
    for name, label, _ in every_case:
        before, after = focus(plain[name], label), focus(rows[name], label)
        if before and (after is None or changed(before, after)):
            bad += 1
            print(f"  {way} {name}: {before['cause']} "
                  f"{before['outcome']} -> " +
                  (f"{after['cause']} {after['confidence']} "
                   f"{after['outcome']}" if after else 'nothing'))
    return bad


def judge(way, every_case, rows):
    """(false alarms, sure verdicts, of them wrong) of a lossy recording."""
    alarms = sure = wrong = 0
    for name, label, _ in every_case:
        got = focus(rows[name], label)
        if not got or len(rows[name]) != label.get('connections', 1):
            continue
        right = [label['cause'], 'none', *label.get('acceptable', [])]
        alarm = (label['outcome'] == 'completed' and
                 got['outcome'] not in ('completed', 'incomplete'))
        alarms += alarm
        certain = got['confidence'] >= 90 and got['cause'] != 'unknown'
        sure += certain
        miss = certain and got['cause'] not in right
        wrong += miss
        if alarm or miss:
            print(f"  {way} {name}: {label['cause']} -> {got['cause']} "
                  f"{got['confidence']} {got['outcome']}"
                  f"{' FALSE ALARM' if alarm else ''}")
    return alarms, sure, wrong


def main():
    parser = argparse.ArgumentParser(description='the same, seen otherwise')
    parser.add_argument('--tool', default=os.environ.get('TLSDIAG_TOOL'))
    parser.add_argument('--every', type=int, default=1)
    parser.add_argument('--only', default='')
    parser.add_argument('sets', nargs='*', default=SETS)
    options = parser.parse_args()
    every_case = list(cases(options.sets, options.every))
    failed = 0
    plain = recorded(options.tool, every_case, same, None)
    for name, way in FAITHFUL.items():
        if options.only not in name:
            continue
        rows = recorded(options.tool, every_case, way, random.Random(1))
        bad = compare(name, every_case, plain, rows)
        print(f'{name}: {bad} of {len(every_case)} verdicts changed')
        failed += bad > HIDDEN * len(every_case)
    for name, way in LOSSY.items():
        if options.only not in name:
            continue
        rows = recorded(options.tool, every_case, way, random.Random(2))
        alarms, sure, wrong = judge(name, every_case, rows)
        print(f'{name}: {alarms} false alarms, {wrong} of {sure} sure '
              'verdicts wrong')
        failed += alarms > 0 or wrong * 20 > sure
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
