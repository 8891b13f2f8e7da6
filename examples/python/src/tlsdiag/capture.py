"""Why did the handshakes of a capture fail?

>>> for connection in read("file.pcap").failed:
...     print(connection.client, connection.server, connection.verdict)

Reads pcap and pcapng, gzipped or not; Ethernet with tags, MPLS and PPPoE,
Linux cooked, PPP, loopback and raw IP; tunnels (GRE, ERSPAN, VXLAN, Geneve,
GTP, IP in IP); fragments and IPv6 extension headers; TCP with all that happens
to it, and DTLS.  The rules by which packets become connections are those of
the tlsdiag tool."""
import zlib
from collections import OrderedDict
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Dict, List, Optional, Set, Tuple

from .capture_file import CaptureError, Source, frames
from .enums import Cause, Format, Outcome, Party
from .flow import Observation, Verdict
from .hello import ClientHello
from .link import LINKS
from .packets import (FIN, RST, SYN, TCP, Endpoint, Fragments, Packet,
                      packet)
from .streams import Connection as Stream
from .track import Group as TrackGroup, Track

# Microseconds that a connection is kept for packets that come late: after
# both have closed, after a reset, after it was told; and for other connections
# of its client to shed light on it.
CLOSED_US, RESET_US, TOLD_US, KEEP_US = 100_000, 500_000, 1_000_000, 60_000_000
KEEP_MAX = 64
QUEUES_US, SWEEP_US = 5_000, 30_000_000
SYN_IDLE_US, IDLE_US = 150_000_000, 600_000_000
CLIENTS_MAX = 4096

# Where plaintext is at home: bytes that are not TLS say nothing there.
PLAIN_PORTS = frozenset((
    7, 9, 13, 19, 20, 21, 22, 23, 25, 37, 43, 53, 79, 80, 88, 102, 110, 111,
    113, 119, 135, 139, 143, 179, 389, 445, 502, 513, 514, 515, 554, 587, 873,
    1080, 1433, 1494, 1521, 1723, 1883, 2049, 2404, 3268, 3306, 3868, 4369,
    5060, 5222, 5269, 5432, 5672, 5900, 6379, 6667, 9042, 11211, 20000, 27017,
    44818, 47808))
_ANYBODYS = (Cause.UNKNOWN, Cause.NON_TLS_TO_TLS_PORT,
             Cause.PLAIN_HTTP_TO_TLS_PORT, Cause.IMPLICIT_TLS_EXPECTED,
             Cause.TCP_CONNECT_FAILED, Cause.CONNECTION_PROBE)


@dataclass(frozen=True)
class Connection:
    """One connection of a capture and its verdict."""
    index: int   # in the order of the first packets
    client: str  # "192.0.2.7:51234", "[2001:db8::7]:51234"
    server: str
    start_us: int
    hello: Optional[ClientHello]
    verdict: Verdict
    observations: List[Observation]
    frames: List[int]  # where each observation was learnt
    foreign: bool      # somebody else's protocol, and nothing to do with TLS

    @property
    def failed(self) -> bool:
        """True for a handshake that failed and was no mere probe."""
        return (self.verdict.failed and not self.verdict.noise
                and not self.foreign)


@dataclass
class Group:
    """What several connections of one client say together."""
    client: str
    cause: Cause
    confidence: int
    party: Party
    connections: List[int]
    first: int  # the one to blame
    text: str


@dataclass
class Capture:
    """All that was read of a capture."""
    connections: List[Connection] = field(default_factory=list)
    groups: List[Group] = field(default_factory=list)
    num_packets: int = 0
    num_lost_fragments: int = 0
    unknown_links: Set[int] = field(default_factory=set)
    damage: str = ""  # why reading ended early

    @property
    def failed(self) -> List[Connection]:
        """The connections whose handshake failed."""
        return [one for one in self.connections if one.failed]


def read(source: Source) -> Capture:
    """Judges every connection of a capture (a path or a binary file).
    CaptureError when nothing of it can be read."""
    analysis, fragments, out = _Analysis(), Fragments(), Capture()
    try:
        for frame in frames(source):
            out.num_packets += 1
            if frame.link not in LINKS:
                out.unknown_links.add(frame.link)
            analysis.tick(frame.number, frame.time_us)
            segment = packet(frame, fragments)
            if segment is not None:
                analysis.take(segment)
    except CaptureError as error:
        if not out.num_packets:
            raise
        out.damage = str(error)
    out.connections = analysis.finish()
    out.groups = analysis.groups.found
    out.num_lost_fragments = fragments.end()
    return out


def _endpoint(end: Endpoint) -> str:
    host = str(ip_address(end[0]))
    return f"[{host}]:{end[1]}" if ":" in host else f"{host}:{end[1]}"


def _hello(stream: Stream) -> Optional[ClientHello]:
    """The first hello; of one that never became whole, what there is."""
    if stream.hello is not None or stream.raw[:2] != b"\x16\x03":
        return stream.hello
    message, at = b"", 0
    while at + 5 < len(stream.raw) and stream.raw[at:at + 2] == b"\x16\x03":
        size = int.from_bytes(stream.raw[at + 3:at + 5], "big")
        message += stream.raw[at + 5:at + 5 + size]
        at += 5 + size
    try:
        hello = ClientHello.from_message(message, Format.TLS)
    except ValueError:
        return None
    return hello if hello.present or hello.fault is None else None


def _is_foreign(stream: Stream, verdict: Verdict) -> bool:
    cause = verdict.best.cause
    if stream.spoke_tls:
        return False
    if cause == Cause.NONE:
        return verdict.outcome != Outcome.COMPLETED
    assert stream.client is not None
    return (cause in _ANYBODYS and
            stream.ends[1 - stream.client][1] in PLAIN_PORTS)


def _tell(stream: Stream) -> Connection:
    assert stream.client is not None
    verdict, seen = stream.flow.verdict(), list(stream.flow.observations)
    return Connection(
        stream.index, _endpoint(stream.ends[stream.client]),
        _endpoint(stream.ends[1 - stream.client]), stream.start_us,
        _hello(stream), verdict, seen, stream.frames,
        _is_foreign(stream, verdict))


class _Groups:
    """The tracks of all clients."""

    def __init__(self) -> None:
        self.found: List[Group] = []
        self._tracks: "OrderedDict[bytes, Track]" = OrderedDict()

    def _track(self, client: bytes) -> Track:
        track = self._tracks.setdefault(client, Track())
        self._tracks.move_to_end(client)
        if len(self._tracks) > CLIENTS_MAX:
            self._tracks.popitem(last=False)
        return track

    def ended(self, stream: Stream, kept: Dict[int, Stream],
              now_us: int) -> None:
        """A connection has ended: what does it say with those before it?"""
        assert stream.client is not None
        client, server = (stream.ends[stream.client],
                          stream.ends[1 - stream.client])
        track = self._track(client[0])
        track.add(stream.flow, stream.index,
                  zlib.crc32(server[0] + server[1].to_bytes(2, "big")))
        group = track.group() if len(track) > 1 else None
        if group is None or group.cause == Cause.NONE:
            return
        identities = track.identities
        frame = stream.frames[-1] if stream.frames else 0
        for at in group.explained:
            member = kept.get(identities[at])
            if identities[at] == stream.index:
                member = stream
            if member is not None:
                group.tell(member.flow, now_us)
                member.learn(frame)
        self._record(str(ip_address(client[0])), group, identities)

    def _record(self, client: str, group: TrackGroup,
                identities: List[int]) -> None:
        """A group goes on when it has a member in common."""
        members = {identities[at] for at in group.members}
        for one in reversed(self.found[-64:]):
            if (one.client, one.cause) == (client, group.cause) and \
                    one.connections[-1] in identities:
                break
        else:
            one = Group(client, group.cause, 0, group.party, [], 0, "")
            self.found.append(one)
        first = identities[group.first]
        # What happens again is told where it began.
        one.first = min(first, one.first) if one.connections else first
        one.connections = sorted(members | set(one.connections))
        one.confidence, one.party = group.confidence, group.party
        one.text = group.text


_Key = Tuple[int, Endpoint, Endpoint]


class _Analysis:
    """Packets in the order of capture in, judged connections out."""

    def __init__(self) -> None:
        self.groups = _Groups()
        self._open: Dict[_Key, Stream] = {}
        self._count = 0
        # Streams by key in the order of their deadlines; an ended one is in
        # `kept` until it is told, a told one is known for a while longer.
        self._closed: "OrderedDict[_Key, int]" = OrderedDict()
        self._reset: "OrderedDict[_Key, int]" = OrderedDict()
        self._kept: "OrderedDict[_Key, int]" = OrderedDict()
        self._over: "OrderedDict[_Key, int]" = OrderedDict()
        self._told: List[Connection] = []
        self._now = self._previous = self._queued = self._swept = 0
        self._frame = 0

    # -- the clock --

    def tick(self, frame: int, time_us: int) -> None:
        """The clock follows the later of two packets that agree, so that one
        with a wild time does not make every connection look idle."""
        self._frame = frame
        if frame == 1:
            self._now = self._swept = time_us
        agreed = min(time_us, self._previous) if frame > 1 else time_us
        if agreed > self._now:
            self._now = agreed
            if self._now - self._queued > QUEUES_US:
                self._run_queues()
            if self._now - self._swept > SWEEP_US:
                self._sweep()
        self._previous = time_us

    def _due(self, queue: "OrderedDict[_Key, int]") -> Optional[_Key]:
        key = next(iter(queue), None)
        return key if key is not None and queue[key] <= self._now else None

    def _run_queues(self) -> None:
        self._queued = self._now
        for queue in (self._closed, self._reset):
            while (key := self._due(queue)) is not None:
                del queue[key]
                if not self._end_and_keep(key):
                    self._retire(key)
        while len(self._kept) > KEEP_MAX or self._due(self._kept) is not None:
            self._retire(next(iter(self._kept)))
        while (key := self._due(self._over)) is not None:
            self._forget(key)

    def _sweep(self) -> None:
        self._swept = self._now
        for key, stream in list(self._open.items()):
            limit = (IDLE_US if stream.half[0].fed or stream.half[1].fed
                     else SYN_IDLE_US)
            queued = any(key in queue for queue in (
                self._closed, self._reset, self._kept, self._over))
            if not queued and self._now - stream.last_us > limit:
                self._finish(key)

    # -- the end of a connection --

    def _end(self, key: _Key) -> bool:
        """True if others may still shed light on it."""
        stream = self._open[key]
        if stream.ended:
            return False
        stream.ended = True
        stream.end(self._now, self._frame)
        if stream.client is None:
            return False
        outcome = stream.flow.verdict().outcome
        kept = {self._open[one].index: self._open[one] for one in self._kept}
        self.groups.ended(stream, kept, self._now)
        return outcome != Outcome.COMPLETED

    def _end_and_keep(self, key: _Key) -> bool:
        if not self._end(key):
            return False
        self._closed.pop(key, None)
        self._reset.pop(key, None)
        self._kept[key] = self._now + KEEP_US
        return True

    def _tell(self, key: _Key) -> None:
        stream = self._open[key]
        if stream.told:
            return
        self._end(key)
        stream.told = True
        self._kept.pop(key, None)
        if stream.client is not None:
            self._told.append(_tell(stream))
        stream.drop()

    def _retire(self, key: _Key) -> None:
        self._tell(key)
        self._over[key] = self._now + TOLD_US

    def _finish(self, key: _Key) -> None:
        self._tell(key)
        self._forget(key)

    def _forget(self, key: _Key) -> None:
        for queue in (self._closed, self._reset, self._kept, self._over):
            queue.pop(key, None)
        del self._open[key]

    # -- packets --

    def _stream(self, key: _Key, p: Packet) -> Stream:
        stream = self._open[key] = Stream(self._count, p)
        self._count += 1
        return stream

    def _find(self, p: Packet) -> Tuple[_Key, Optional[Stream], int]:
        key = ((p.proto, p.source, p.target) if p.source > p.target
               else (p.proto, p.target, p.source))
        stream = self._open.get(key)
        side = 0 if stream is None or stream.ends[0] == p.source else 1
        return key, stream, side

    def take(self, p: Packet) -> None:
        """The next segment or datagram."""
        if p.proto == TCP:
            self._take_segment(p)
        elif p.payload and 20 <= p.payload[0] <= 63:
            self._take_datagram(p)

    def _take_segment(self, p: Packet) -> None:
        key, stream, side = self._find(p)
        if stream is not None and stream.is_reused_by(side, p):
            self._finish(key)
            stream, side = None, 0
        if stream is None:
            if not p.wire and not p.flags & SYN:
                return  # of a connection that is over or never began
            stream = self._stream(key, p)
        stream.last_us = max(self._now, stream.last_us)
        if stream.ended or stream.lean and not p.flags & (SYN | FIN | RST):
            return
        if stream.take(side, p):
            self._queue(key, stream)

    def _queue(self, key: _Key, stream: Stream) -> None:
        if stream.is_reset and key not in self._reset:
            self._closed.pop(key, None)
            self._reset[key] = self._now + RESET_US
        elif stream.is_closed and key not in self._reset:
            self._closed.setdefault(key, self._now + CLOSED_US)

    def _take_datagram(self, p: Packet) -> None:
        key, stream, side = self._find(p)
        if stream is None:
            # RFC 6347 section 4.1: a hello in epoch 0
            head = p.payload
            if len(head) <= 13 or head[0] != 22 or head[3:5] != b"\0\0" or \
                    not 1 <= head[13] <= 3 or \
                    not (head[1] == 0xfe or head[1:3] == b"\1\0"):
                return
            stream = self._stream(key, p)
        stream.last_us = max(p.time_us, self._now)
        if not stream.ended:
            stream.take_datagram(side, p)

    def finish(self) -> List[Connection]:
        """The capture ends; all end before any is told."""
        self._now = max(self._now, self._previous)
        for key in list(self._open):
            self._end_and_keep(key)
        for key in list(self._open):
            self._finish(key)
        return sorted(self._told, key=lambda one: one.index)
