"""One TCP connection put in order and fed to a flow.

Bytes go to the flow as soon as they are next.  Segments ahead of a hole are
held; a hole that the other side has acknowledged, or that outlives the limits
or the connection, is given up as a gap."""
from bisect import bisect_left
from typing import Dict, List, NamedTuple, Optional, Tuple

from .enums import Close, From, Obs, Segment as Mark, Tcp
from .flow import Flow
from .hello import ClientHello
from .link import UDP
from .packets import ACK, FIN, RST, SYN, Endpoint, Packet

COPY_US, COPY_ID_US = 200, 100_000  # closer than any retransmission
WINDOW_MAX, WINDOW_BEHIND = 1 << 26, 1 << 20
FED_MAX = 256 << 10                 # no handshake is longer
HOLD_MAX, HOLD_OVERHEAD = 128 << 10, 64
PATIENCE = 4  # packets may reach a capture a little out of order
PAGE_RECORD = 512
ROOM = 6144   # for the certificates of a usual TLS 1.2 server
RAW_MAX = 18 << 10


def ahead(a: int, b: int) -> int:
    """How far sequence number a lies ahead of b (RFC 9293 section 3.4)."""
    distance = (a - b) & 0xffffffff
    return distance if distance < 1 << 31 else distance - (1 << 32)


class Piece(NamedTuple):
    """A piece of a stream as it came off the wire."""
    place: int  # in the stream
    seq: int
    data: bytes
    wire: int
    time_us: int
    frame: int


class Half:
    """One direction."""

    def __init__(self) -> None:
        self.started = self.exact = self.fed = self.reset = False
        self.closed = self.waits = self.next = self.offset = 0
        self.fin: Optional[int] = None
        self.acked: Optional[int] = None  # of the other side's bytes
        self.held: List[Piece] = []
        self.last: Optional[Tuple[int, ...]] = None
        self.last_us = 0

    def is_copy(self, p: Packet) -> bool:
        """Captures on several interfaces hold packets twice; a copy is no
        retransmission."""
        return self.last == _traits(p) and 0 <= p.time_us - self.last_us <= (
            COPY_ID_US if p.ip_id else COPY_US)

    def remember(self, p: Packet) -> None:
        self.last, self.last_us = _traits(p), p.time_us
        if p.flags & (ACK | RST) == ACK:
            self.acked = p.ack

    def place(self, seq: int) -> int:
        """Stream offset of a sequence number; 0 for what lies before."""
        return max(0, self.offset + ahead(seq, self.next))

    def step(self, count: int) -> None:
        self.next = (self.next + count) & 0xffffffff
        self.offset += count


def _traits(p: Packet) -> Tuple[int, ...]:
    return p.seq, p.ack, p.wire, p.flags, p.ip_id


def first_message(data: bytes) -> int:
    """What the first bytes of a stream are: 1 a ClientHello, 2 a ServerHello
    (RFC 8446 section 5.1, RFC 5246 appendix E.2), 0 neither."""
    if len(data) >= 6 and data[:2] == b"\x16\x03":
        return data[5]
    if len(data) >= 5 and data[0] & 0x80 and data[2] == 1 and \
            (data[3] == 3 or data[3:5] == b"\0\2"):
        return 1
    return 0


class Connection:
    """A connection while packets come in."""

    def __init__(self, index: int, p: Packet) -> None:
        self.index, self.start_us, self.proto = index, p.time_us, p.proto
        self.last_us = p.time_us
        self.ends: Tuple[Endpoint, Endpoint] = (p.source, p.target)
        self.half = (Half(), Half())
        self.client: Optional[int] = None  # which of `ends`
        self.lean = False  # data flows: nothing to learn until it closes
        self.ended = self.told = False
        self._restart()

    def _restart(self) -> None:
        self.flow = Flow(wall_clock=True, datagram=self.proto == UDP,
                         room=ROOM)
        self.frames: List[int] = []  # where each observation was learnt
        self.raw = b""               # of the client, for a hello cut short
        self.hello: Optional[ClientHello] = None
        self._hello_done = self.spoke_tls = False
        self._data: Dict[int, bool] = {}
        self._protected = self._fed = 0

    # -- the flow --

    def sender(self, side: int) -> From:
        """Whose bytes those of an endpoint are."""
        return From.CLIENT if side == self.client else From.SERVER

    def learn(self, frame: int) -> None:
        """What the flow has learnt since was learnt from this frame."""
        for kind, sender, size in self.flow.new_kinds(len(self.frames)):
            self.frames.append(frame)
            if kind == Obs.APPLICATION_DATA:
                self._data[sender] = True
            elif kind == Obs.PROTECTED_RECORD and sender == From.CLIENT:
                self._protected += 1
            elif kind == Obs.PROTECTED_RECORD and self._protected > 1 and \
                    size >= PAGE_RECORD:  # past the handshake in TLS 1.3
                self._data = {From.CLIENT: True, From.SERVER: True}
            elif kind in (Obs.CLIENT_HELLO, Obs.SERVER_HELLO, Obs.ALERT):
                self.spoke_tls = True

    def _feed(self, side: int, data: bytes, time_us: int, frame: int) -> None:
        sender = self.sender(side)
        self.half[side].fed = True
        self._fed += len(data)
        self.flow.feed(sender, data, time_us)
        self.learn(frame)
        if sender == From.CLIENT and not self._hello_done:
            self.hello = self.flow.hello
            if self.hello is None and (self.raw or data[0] == 22):
                self.raw = (self.raw + data)[:RAW_MAX]
            # An answer: that was all of it.
            self._hello_done = self.hello is not None or (
                self.spoke_tls and self.raw != b"")

    def _gap(self, side: int, missing: int, time_us: int, frame: int) -> None:
        self.flow.gap(self.sender(side), missing, time_us)
        self.learn(frame)
        self.half[side].step(missing)

    def _close(self, side: int, how: Close, time_us: int, frame: int) -> None:
        half = self.half[side]
        if not half.closed:
            half.closed = True
            if self.client is not None:
                self.flow.close(self.sender(side), how, time_us)
                self.learn(frame)

    # -- the stream --

    def _deliver(self, side: int, piece: Piece) -> None:
        """A piece that starts at or before `next` and ends behind it."""
        half = self.half[side]
        old = (half.next - piece.seq) & 0xffffffff
        data, wire = piece.data[old:], piece.wire - old
        if data:
            self._feed(side, data, piece.time_us, piece.frame)
            half.step(len(data))
        if wire > len(data):
            self._gap(side, wire - len(data), piece.time_us, piece.frame)

    def _drain(self, side: int) -> None:
        half = self.half[side]
        while half.held and ahead(half.held[0].seq, half.next) <= 0:
            piece = half.held.pop(0)
            if ahead(piece.seq + piece.wire, half.next) > 0:
                self._deliver(side, piece)
        if not half.held:
            half.waits = 0

    def _skip_hole(self, side: int) -> None:
        half = self.half[side]
        piece = half.held[0]
        self._gap(side, (piece.seq - half.next) & 0xffffffff, piece.time_us,
                  piece.frame)
        half.waits = 0
        self._drain(side)

    def _hold(self, side: int, piece: Piece) -> None:
        held = self.half[side].held
        at = bisect_left([one.place for one in held], piece.place)
        if at < len(held) and held[at].place == piece.place and \
                len(held[at].data) >= len(piece.data):
            return
        held.insert(at, piece)
        while held and sum(len(one.data) + HOLD_OVERHEAD for one in held) > \
                HOLD_MAX:
            self._skip_hole(side)

    def _take_payload(self, side: int, p: Packet) -> None:
        half = self.half[side]
        seq = p.seq + (1 if p.flags & SYN else 0) & 0xffffffff
        lead = ahead(seq, half.next)
        if not -WINDOW_BEHIND <= lead <= WINDOW_MAX:
            return
        piece = Piece(half.offset + lead, seq, p.payload, p.wire, p.time_us,
                      p.frame)
        if lead > 0:
            self._hold(side, piece)
        elif ahead(seq + p.wire, half.next) > 0:
            self._deliver(side, piece)
            self._drain(side)
        self._try_fin(side, p.time_us, p.frame)
        if len(self._data) == 2 or self._fed > FED_MAX:
            self.lean = True
            self.half[0].held.clear()
            self.half[1].held.clear()

    def _take_ack(self, side: int, p: Packet) -> None:
        """`side` is the one whose bytes are acknowledged.  A FIN ends the time
        in which packets that come late can be hoped for."""
        half = self.half[side]
        limit = p.ack
        if half.fin is not None and ahead(limit, half.fin) > 0:
            limit = half.fin
        lead = ahead(limit, half.next)
        if lead <= 1:  # one more than the data acknowledges a FIN
            half.waits = 0
        else:
            half.waits += 1
            if half.waits > PATIENCE or p.flags & FIN:
                if not half.held:
                    self._gap(side, lead, p.time_us, p.frame)
                    half.waits = 0
                elif ahead(half.held[0].seq, limit) <= 0:
                    self._skip_hole(side)
        self._try_fin(side, p.time_us, p.frame)

    def _flush(self, side: int, time_us: int, frame: int) -> None:
        half, limit = self.half[side], self.half[1 - side].acked
        while half.held:
            self._skip_hole(side)
        if limit is not None:
            if half.fin is not None and ahead(limit, half.fin) > 0:
                limit = half.fin
            if ahead(limit, half.next) > 1:
                self._gap(side, ahead(limit, half.next), time_us, frame)

    def _try_fin(self, side: int, time_us: int, frame: int) -> None:
        """A FIN counts once everything before it has been delivered."""
        half = self.half[side]
        if half.fin is not None and ahead(half.next, half.fin) >= 0:
            self._close(side, Close.FIN, time_us, frame)

    # -- packets --

    def _start(self, side: int, p: Packet) -> None:
        """Where the streams start: told by a SYN, else by what the other side
        acknowledges, else by the first segment."""
        half = self.half[side]
        if p.flags & SYN and not half.fed:
            half.next, half.offset = p.seq + 1 & 0xffffffff, 0
            half.started = half.exact = True
        elif not half.started:
            half.next, half.started = p.seq, True
        if p.flags & (ACK | RST) == ACK:
            self._start_acked(half, self.half[1 - side], p)

    @staticmethod
    def _start_acked(half: Half, other: Half, p: Packet) -> None:
        from_start = half.exact and half.offset == 0
        if not other.started:
            other.next, other.started = p.ack, True
            other.exact = other.exact or bool(p.flags & SYN) or from_start
            return
        lead = ahead(p.ack, other.next)
        if from_start and not p.flags & SYN and not other.fed and \
                not other.held and not -WINDOW_BEHIND <= lead <= WINDOW_MAX:
            other.next = p.ack  # several SYN/ACKs: this one was believed

    def _settle_client(self, side: int, p: Packet) -> None:
        """Without a SYN the first payload tells who is the client: a hello
        does, else the side with the lower port is taken for the server."""
        message = first_message(p.payload)
        if self.client is None:
            if p.flags & SYN:
                self.client = 1 - side if p.flags & ACK else side
            elif p.payload:
                lower = self.ends[side][1] < self.ends[1 - side][1]
                self.client = (side if message == 1 else
                               1 - side if message == 2 or lower else side)
        elif message == 1 and side != self.client and \
                not (self.half[0].fed or self.half[1].fed):
            # In active FTP the TCP server says hello.
            self.client = side
            self._restart()

    def _tell_segment(self, side: int, p: Packet) -> None:
        half = self.half[side]
        first = p.seq + (1 if p.flags & SYN else 0) & 0xffffffff
        lead = ahead(first, half.next)
        marks = Mark(0)
        if not -WINDOW_BEHIND <= lead <= WINDOW_MAX:
            marks |= Mark.OUT_OF_WINDOW
        elif p.wire > 1 and lead < 0 or p.wire == 1 and lead < -1:
            marks |= Mark.RETRANSMITTED  # one byte at -1 is a keepalive
        if p.dont_fragment:
            marks |= Mark.DONT_FRAGMENT
        if not p.has_ip_id:
            marks |= Mark.NO_IP_ID
        self.flow.segment(
            self.sender(side), Tcp(p.flags), half.place(first), p.wire,
            ack=self.half[1 - side].place(p.ack), marks=marks, ttl=p.ttl,
            ip_id=p.ip_id, window=p.window, mss=p.mss, time_us=p.time_us)
        self.learn(p.frame)

    def _take_close(self, side: int, p: Packet) -> None:
        half = self.half[side]
        first = p.seq + (1 if p.flags & SYN else 0) & 0xffffffff
        if self.lean:
            half.next = first + p.wire & 0xffffffff
        if p.flags & FIN:
            half.fin = first + p.wire & 0xffffffff
            self._try_fin(side, p.time_us, p.frame)
        if p.flags & RST and -WINDOW_BEHIND <= ahead(first, half.next) <= \
                WINDOW_MAX:
            if not self.lean:
                self._flush(side, p.time_us, p.frame)
            self._try_fin(side, p.time_us, p.frame)
            self._close(side, Close.RST, p.time_us, p.frame)
            half.reset = True

    @property
    def is_reset(self) -> bool:
        """True when a side has sent a reset."""
        return self.half[0].reset or self.half[1].reset

    @property
    def is_closed(self) -> bool:
        """True when both sides have closed."""
        return bool(self.half[0].closed and self.half[1].closed)

    def is_reused_by(self, side: int, p: Packet) -> bool:
        """True when a SYN begins another connection of the same ports."""
        half = self.half[side]
        return (p.flags & (SYN | ACK | RST) == SYN and half.started and
                (half.offset != 0 or ahead(p.seq + 1, half.next) != 0 or
                 self.is_reset or self.is_closed))

    def take(self, side: int, p: Packet) -> bool:
        """The next packet; False for a copy of the one before."""
        half, other = self.half[side], self.half[1 - side]
        if half.is_copy(p):
            return False
        if p.flags & SYN or not (half.started and other.started and half.fed
                                 and other.fed):
            self._start(side, p)
            self._settle_client(side, p)
        half.remember(p)
        if self.client is not None:
            self._tell_segment(side, p)
        if not self.lean:
            if p.flags & (ACK | RST) == ACK:
                self._take_ack(1 - side, p)
            if p.wire > 0:
                self._take_payload(side, p)
        if p.flags & (FIN | RST):
            self._take_close(side, p)
        return True

    def take_datagram(self, side: int, p: Packet) -> None:
        """The next datagram of a DTLS connection."""
        if self.client is None:
            self.client = side if p.payload[13] == 1 else 1 - side
        if not self.lean:
            self._feed(side, p.payload, p.time_us, p.frame)
            self.lean = self._fed > FED_MAX // 4

    def drop(self) -> None:
        """It is told: what is left of it is to know late packets by."""
        del self.flow
        self.frames, self.raw = [], b""

    def end(self, time_us: int, frame: int) -> None:
        """Nothing more will come."""
        if self.client is None:
            return
        if self.proto == UDP:
            self.flow.close(From.SERVER, Close.END_OF_CAPTURE, time_us)
            self.learn(frame)
            return
        held = [half.held[0].frame if half.held else None
                for half in self.half]
        first = self.client
        if held[0] is not None or held[1] is not None:
            first = 1 if held[0] is None else 0 if held[1] is None else \
                int(held[1] < held[0])
        for side in (first, 1 - first):
            self._flush(side, time_us, frame)
            self._try_fin(side, time_us, frame)
        if not self.is_reset and not self.is_closed:
            # What was left half sent counts: the server's, unless it closed.
            closed = self.half[1 - self.client].closed
            self._close(self.client if closed else 1 - self.client,
                        Close.END_OF_CAPTURE, time_us, frame)
