"""Captures: the Python package must say what the tool says.

Run by ../python.sh, which says where the package is; TLSDIAG_TOOL names the
tool."""
import gzip
import io
import json
import os
import random
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TOP = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(TOP / "tests/cli"))
import craft  # noqa: E402
from links_test import TUNNELS  # noqa: E402
from wrap import fragmented, fragmented6, several_interfaces  # noqa: E402

from tlsdiag.capture import read  # noqa: E402
from tlsdiag.capture_file import CaptureError, frames  # noqa: E402
from tlsdiag.link import behind_link  # noqa: E402
from tlsdiag.report import connection_json, group_json  # noqa: E402

TOOL = os.environ["TLSDIAG_TOOL"]
CAPTURES = sorted([*TOP.glob("tests/captures/*/*/*.pcap"),
                   *TOP.glob("tests/captures/*/*/*/*.pcap"),
                   *TOP.glob("examples/captures/*.pcap")])
SAMPLE = CAPTURES[::20]
# Captures whose causes may differ from the tool's, with the reason.
DIFFERENT = {}


def by_tool(path):
    """The tool's JSON lines."""
    done = subprocess.run([TOOL, "--json", "--all", path], check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return [json.loads(line) for line in done.stdout.splitlines()]


def by_package(source, file):
    """The same by the package."""
    capture = read(source)
    return ([connection_json(one, str(file)) for one in capture.connections]
            + [group_json(one, str(file)) for one in capture.groups])


def packets_of(path):
    """(time, IP packet) of a capture, as craft.py wants them."""
    out = []
    for frame in frames(path):
        inside = behind_link(frame.link, frame.data)
        if inside:
            out.append((frame.time_us / 1e6, inside[1]))
    return out


def gist(rows):
    """What does not depend on how packets were wrapped: frames do."""
    keys = ("type", "client", "server", "sni", "cause", "confidence", "party",
            "stage", "outcome", "alert", "end", "ja4", "connections")
    return [{key: row.get(key) for key in keys} for row in rows]


class SameAsTheTool(unittest.TestCase):
    def setUp(self):
        self.file = tempfile.NamedTemporaryFile(suffix=".pcap")
        self.addCleanup(self.file.close)

    def compare(self, data, what):
        """Tool and package on the same bytes."""
        self.file.seek(0)
        self.file.truncate()
        self.file.write(data)
        self.file.flush()
        theirs = by_tool(self.file.name)
        try:
            ours = by_package(self.file.name, self.file.name)
        except CaptureError:
            ours = []
        self.assertEqual(len(theirs), len(ours), what)
        for their, our in zip(theirs, ours):
            self.assertEqual({key: their[key] for key in our}, our, what)
        return len(ours)

    def test_every_capture(self):
        same = lines = 0
        for path in CAPTURES:
            if path.parent.name in DIFFERENT:
                continue
            theirs, ours = by_tool(path), by_package(path, path)
            self.assertEqual(len(theirs), len(ours), path)
            for their, our in zip(theirs, ours):
                self.assertEqual({key: their[key] for key in our}, our, path)
                lines += 1
            same += 1
        print(f"\n{same} of {len(CAPTURES)} captures, {lines} JSON lines: "
              "as the tool says")
        self.assertGreaterEqual(lines, 1000)
        self.assertLessEqual(len(DIFFERENT), 0)

    def test_bad_networks(self):
        """Packets lost, twice, late, and cut, at random."""
        chance = random.Random(2026)
        for path in SAMPLE:
            packets = packets_of(path)
            for _ in range(3):
                mixed = [(time, data) for time, data in packets
                         if chance.random() > 0.07]
                for _ in range(chance.randrange(4)):
                    at = chance.randrange(max(len(mixed), 1))
                    mixed[at:at] = mixed[at:at + 1]
                for _ in range(chance.randrange(6)):
                    at = chance.randrange(max(len(mixed), 1))
                    mixed[at:at + 3] = reversed(mixed[at:at + 3])
                self.compare(craft.pcap(
                    mixed, snaplen=chance.choice((60, 96, 200, 99999))), path)

    def test_damaged_files(self):
        chance = random.Random(7)
        for path in SAMPLE:
            whole = path.read_bytes()
            self.compare(whole[:chance.randrange(40, len(whole))], path)
            for _ in range(4):
                broken = bytearray(whole)
                for _ in range(chance.randrange(1, 30)):
                    # the lengths of packets are left: where to go on is a
                    # matter of taste
                    at = chance.randrange(len(broken))
                    if not in_header(whole, at):
                        broken[at] = chance.randrange(256)
                self.compare(bytes(broken), path)

    def test_tunnels(self):
        for name, tunnel in TUNNELS.items():
            for path in SAMPLE[::15]:
                packets = packets_of(path)
                told = self.compare(craft.pcap(packets, lambda packet: (
                    craft.ethernet(tunnel(packet)))), (path, name))
                self.assertEqual(told, len(by_tool(path)), (path, name))
            for snaplen in range(14, 120, 7):
                self.compare(craft.pcap(craft.refused(), lambda packet: (
                    craft.ethernet(tunnel(packet))), snaplen=snaplen), name)

    def test_crafted(self):
        """Overlaps, wrapped numbers, reused ports: what tests/cli makes."""
        for options in ({}, {"isn": (0xffffffe0, 0xfffffff0)},
                        {"client": craft.CLIENT6, "server": craft.SERVER6}):
            for cuts in ((1,), (5, 6), (40, 90), (3, 9, 27, 81)):
                connection = craft.Connection(**options)
                connection.open()
                edges = [0, *cuts, len(craft.HELLO)]
                start = connection.seq["c"]
                parts = [(edges[i], craft.HELLO[edges[i]:edges[i + 1] + 7])
                         for i in range(len(edges) - 1)]
                for offset, part in reversed(parts):
                    connection.send("c", part, seq=start + offset)
                connection.seq["c"] = start + len(craft.HELLO)
                connection.send("s", craft.REFUSED)
                connection.close()
                count = self.compare(craft.pcap(connection.packets), cuts)
                self.assertEqual(count, 1)


def in_header(data, at):
    """True for the bytes of a pcap file that are not of a packet."""
    order = "little" if data[0] == 0xd4 else "big"
    start = 24
    while start <= at:
        size = int.from_bytes(data[start + 8:start + 12], order)
        if at < start + 16:
            return True
        start += 16 + size
    return at < 24


class Wrappings(unittest.TestCase):
    """The same packets in other clothes have the same verdicts."""

    def expect(self, path, data, what):
        self.assertEqual(gist(by_package(io.BytesIO(data), path)),
                         gist(by_package(path, path)), (path, what))

    def test_links(self):
        for path in SAMPLE[::3]:
            packets = packets_of(path)
            for link, dlt in ((craft.vlan, 1), (craft.qinq, 1),
                              (craft.snap, 1), (craft.mpls, 1),
                              (craft.pppoe, 1), (craft.sll, 113),
                              (craft.sll2, 276), (craft.null, 0),
                              (craft.loop, 108), (craft.raw, 101),
                              (craft.ppp, 9)):
                self.expect(path, craft.pcap(packets, link, dlt), link)

    def test_files(self):
        for path in SAMPLE:
            packets = packets_of(path)
            plain = craft.pcap(packets)
            for what, data in (
                    ("big-endian", craft.pcap(packets, order=">")),
                    ("nanoseconds", craft.pcap(packets, nano=True)),
                    ("pcapng", craft.pcapng(packets)),
                    ("gzip", gzip.compress(plain)),
                    ("pcapng.gz", gzip.compress(craft.pcapng(packets))),
                    ("two members", gzip.compress(plain[:99]) +
                     gzip.compress(plain[99:]))):
                self.expect(path, data, what)

    def test_pcapng_of_several_interfaces(self):
        for path in SAMPLE[::3]:
            self.expect(path, several_interfaces(packets_of(path)), "pcapng")

    def test_fragments(self):
        for path in SAMPLE:
            packets = []
            for number, (time, data) in enumerate(packets_of(path)):
                packets += [(time, part) for part in fragmented(data, number)]
            self.expect(path, craft.pcap(packets), "fragments")

    def test_lost_fragment_is_counted(self):
        packets = []
        for number, (time, data) in enumerate(packets_of(SAMPLE[0])):
            packets += [(time, part) for part in fragmented(data, number)]
        big = [at for at, (_, data) in enumerate(packets) if len(data) > 40]
        del packets[big[len(big) // 2]]
        capture = read(io.BytesIO(craft.pcap(packets)))
        self.assertGreater(capture.num_lost_fragments, 0)
        self.assertEqual(len(capture.connections), len(read(
            SAMPLE[0]).connections))

    def test_extension_headers(self):
        plain = craft.refused(client=craft.CLIENT6, server=craft.SERVER6)
        # hop-by-hop, destination options, a fragment header of a whole packet
        chain = b"\x3c\0\1\4\0\0\0\0" b"\x2c\0\1\4\0\0\0\0" \
            b"\x06\0\0\0\0\0\0\7"
        longer = [(time, data[:4] + (len(data) - 40 + len(chain)).to_bytes(
            2, "big") + b"\0" + data[7:40] + chain + data[40:])
                  for time, data in plain]
        want = gist(by_package(io.BytesIO(craft.pcap(plain)), ""))
        self.assertEqual(len(want), 1)
        for packets in (longer, [(time, part) for time, data in plain
                                 for part in fragmented6(data)]):
            self.assertEqual(gist(by_package(io.BytesIO(craft.pcap(packets)),
                                             "")), want)


class Command(unittest.TestCase):
    def run_it(self, *arguments, **options):
        return subprocess.run([sys.executable, "-m", "tlsdiag", *arguments],
                              capture_output=True, check=False, **options)

    def test_people(self):
        done = self.run_it(TOP / "examples/captures/2-no-shared-cipher.pcap")
        self.assertEqual(done.returncode, 1)
        text = done.stdout.decode("ascii")
        self.assertIn("1 failed handshakes", text)
        self.assertIn("no_shared_cipher (", text)
        self.assertIn("192.0.2.7:", text)
        self.assertIn("To do: Enable one suite both have", text)
        self.assertEqual(done.stderr, b"")

    def test_machines(self):
        path = TOP / "examples/captures/1-fallback-dance.pcap"
        done = self.run_it("--json", "-", input=gzip.compress(
            path.read_bytes()))
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([row["type"] for row in rows],
                         ["connection"] * 3 + ["group"])
        self.assertEqual(rows[3]["connections"], [0, 1, 2])

    def test_notes(self):
        data = craft.pcap([(1.0, b"x" * 60)], craft.raw, 147)
        done = self.run_it("-", input=data + b"1234")
        self.assertEqual(done.returncode, 0)
        self.assertIn(b"link type 147", done.stderr)
        self.assertIn(b"cut off", done.stderr)

    def test_no_capture(self):
        for data in (b"\x1f\x8bnothing", b"\xd4\xc3\xb2\xa1", gzip.compress(
                b"a text")):
            done = self.run_it("-", input=data)
            self.assertEqual((done.returncode, done.stdout), (2, b""), data)
        self.assertEqual(self.run_it("/nowhere").returncode, 2)


if __name__ == "__main__":
    unittest.main()
