"""Frames down to what a diagnosis needs of TCP and UDP."""
import struct
from typing import Dict, NamedTuple, Optional, Tuple

from .capture_file import Frame
from .link import UDP, Inside, behind_link, behind_tunnel, word

FIN, SYN, RST, ACK = 1, 2, 4, 16
TCP = 6
TUNNELS_MAX = 4
Endpoint = Tuple[bytes, int]


class Packet(NamedTuple):
    """One segment or datagram."""
    frame: int
    time_us: int
    proto: int
    source: Endpoint
    target: Endpoint
    payload: bytes
    wire: int  # payload sent: more than captured if the capture cut it
    ttl: int
    ip_id: int           # 0 in IPv6, which has none
    has_ip_id: bool
    dont_fragment: bool
    seq: int = 0
    ack: int = 0
    flags: int = 0
    window: int = 0
    mss: int = 0


class _Ip(NamedTuple):
    """An IP packet behind its headers."""
    proto: int
    source: bytes
    target: bytes
    ttl: int
    ip_id: int
    dont_fragment: bool
    payload: bytes
    wire: int
    fragment: Optional[Tuple[int, int, bool]]  # id, offset, more follow


# -- IP --

def _ip4(data: bytes) -> Optional[_Ip]:
    if len(data) < 20:
        return None
    header = (data[0] & 15) * 4
    total = word(data, 2) or len(data)  # 0: the network card cuts it up
    if header < 20 or total < header or len(data) < header:
        return None
    bits = word(data, 6)
    fragment = None
    if bits & 0x3fff:
        fragment = (word(data, 4), (bits & 0x1fff) * 8, bool(bits & 0x2000))
    return _Ip(data[9], data[12:16], data[16:20], data[8], word(data, 4),
               bool(bits & 0x4000), data[header:total], total - header,
               fragment)


_EXTENSIONS = (0, 43, 60, 135, 139, 140)  # RFC 8200 section 4


def _ip6(data: bytes) -> Optional[_Ip]:
    if len(data) < 40:
        return None
    wire = word(data, 4) or len(data) - 40
    proto, source, target = data[6], data[8:24], data[24:40]
    hops, data, fragment = data[7], data[40:40 + wire], None
    for _ in range(16):
        if proto in _EXTENSIONS:
            step = (data[1] + 1) * 8 if len(data) >= 8 else 0
        elif proto == 51:
            step = (data[1] + 2) * 4 if len(data) >= 8 else 0
        elif proto == 44 and fragment is None:
            step = 8 if len(data) >= 8 else 0
            bits = word(data, 2) if step else 0
            if bits & 0xfff9:  # RFC 6946: else it is whole
                fragment = (struct.unpack_from(">I", data, 4)[0],
                            bits & 0xfff8, bool(bits & 1))
        else:
            return _Ip(proto, source, target, hops, 0, False, data, wire,
                       fragment)
        if step == 0 or step > len(data):
            return None
        proto, data, wire = data[0], data[step:], wire - step
        if fragment is not None:
            return _Ip(proto, source, target, hops, 0, False, data, wire,
                       fragment)
    return None


class Fragments:
    """Puts IP packets together that came in fragments (RFC 791, RFC 8200
    section 4.5).  Overlapping ones are refused, as RFC 5722 wants it."""
    PENDING = 256

    def __init__(self) -> None:
        self._parts: Dict[Tuple[bytes, bytes, int, int], Dict[int, _Ip]] = {}
        self.lost = 0  # fragments that belong to nothing whole

    def take(self, ip: _Ip) -> Optional[_Ip]:
        """The whole packet when this fragment was the last one missing."""
        assert ip.fragment
        key = ip.source, ip.target, ip.proto, ip.fragment[0]
        parts = self._parts.setdefault(key, {})
        parts[ip.fragment[1]] = ip
        whole = self._join(parts)
        if whole is not None or ip.wire > len(ip.payload):
            del self._parts[key]
            self.lost += len(parts) if whole is None else 0
        elif len(self._parts) > self.PENDING:
            self.lost += len(self._parts.pop(next(iter(self._parts))))
        return whole

    @staticmethod
    def _join(parts: Dict[int, _Ip]) -> Optional[_Ip]:
        data, last = b"", False
        for offset, part in sorted(parts.items()):
            if offset != len(data):
                return None
            data += part.payload
            last = not (part.fragment and part.fragment[2])
        if not last:
            return None
        return parts[0]._replace(payload=data, wire=len(data), fragment=None)

    def end(self) -> int:
        """How many fragments were never part of a whole packet."""
        return self.lost + sum(map(len, self._parts.values()))


# -- transport --

def _mss(options: bytes) -> int:
    """RFC 9293 section 3.2: kind 2 is the maximum segment size."""
    at = 0
    while at + 1 < len(options) and options[at]:
        size = 1 if options[at] == 1 else options[at + 1]
        if size == 0 or (options[at] != 1 and size < 2) or \
                at + size > len(options):
            return 0
        if options[at] == 2 and size == 4:
            return word(options, at + 2)
        at += size
    return 0


_TCP_HEADER = struct.Struct(">HHIIBBH")


def _tcp(frame: Frame, ip: _Ip) -> Optional[Packet]:
    data = ip.payload
    if len(data) < 20:
        return None
    source, target, seq, ack, size, flags, window = \
        _TCP_HEADER.unpack_from(data)
    header = (size >> 4) * 4
    if header < 20 or header > ip.wire:
        return None
    return Packet(frame.number, frame.time_us, TCP, (ip.source, source),
                  (ip.target, target), data[header:], ip.wire - header, ip.ttl,
                  ip.ip_id, len(ip.source) == 4, ip.dont_fragment, seq, ack,
                  flags, window,
                  _mss(data[20:header]) if flags & SYN else 0)


def _udp(frame: Frame, ip: _Ip) -> Optional[Packet]:
    data = ip.payload
    if len(data) < 8:
        return None
    length = word(data, 4)
    if length < 8 or length > ip.wire:
        length = ip.wire
    return Packet(frame.number, frame.time_us, UDP, (ip.source,
                  word(data, 0)), (ip.target, word(data, 2)),
                  data[8:length], length - 8, ip.ttl, ip.ip_id,
                  len(ip.source) == 4, ip.dont_fragment)


def _read(frame: Frame, inside: Inside, fragments: Fragments) \
        -> Tuple[Optional[_Ip], Optional[Packet]]:
    """An IP packet and the segment or datagram in it."""
    ip = None
    if inside and inside[1] and inside[1][0] >> 4 == inside[0]:
        ip = _ip4(inside[1]) if inside[0] == 4 else _ip6(inside[1])
    if ip is not None and ip.fragment is not None:
        ip = fragments.take(ip)
    if ip is None:
        return None, None
    return ip, (_tcp(frame, ip) if ip.proto == TCP else
                _udp(frame, ip) if ip.proto == UDP else None)


def packet(frame: Frame, fragments: Fragments) -> Optional[Packet]:
    """The segment or datagram of a frame, out of all tunnels; None if it holds
    none, or only a fragment of one."""
    ip, found = _read(frame, behind_link(frame.link, frame.data), fragments)
    for _ in range(TUNNELS_MAX):
        if ip is None or ip.proto == TCP or ip.proto == UDP and found is None:
            break
        inside = behind_tunnel(ip.proto, found.target[1] if found else 0,
                               found.payload if found else ip.payload)
        if inside is None:
            break
        ip, found = _read(frame, inside, fragments)
    return found
