"""Frames down to what a diagnosis needs of TCP and UDP."""
import struct
from typing import Dict, NamedTuple, Optional, Tuple

from .capture_file import Frame

FIN, SYN, RST, ACK = 1, 2, 4, 16
TCP, UDP = 6, 17
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


def _word(data: bytes, at: int) -> int:
    return data[at] << 8 | data[at + 1]


# -- the link layer: bytes in, IP out; None: no IP --

def _raw(data: bytes) -> Optional[bytes]:
    return data if data and data[0] >> 4 in (4, 6) else None


def _ppp(data: bytes) -> Optional[bytes]:
    """RFC 1661: optional address and control, protocol of one or two bytes."""
    if data[:2] == b"\xff\x03":
        data = data[2:]
    if len(data) < 2:
        return None
    short = data[0] & 1
    kind = data[0] if short else _word(data, 0)
    return data[1 if short else 2:] if kind in (0x21, 0x57) else None


def _mpls(data: bytes) -> Optional[bytes]:
    """RFC 3032: labels of four bytes, the last has the bottom bit."""
    while len(data) >= 4:
        bottom, data = data[2] & 1, data[4:]
        if bottom:
            return _raw(data)
    return None


def _ether(kind: int, data: bytes) -> Optional[bytes]:
    """Follows an ethertype through tags and tunnels."""
    if kind < 1536:  # IEEE 802.3 length: LLC and SNAP, or not ours
        if data[:6] != b"\xaa\xaa\x03\0\0\0" or len(data) < 8:
            return None
        kind, data = _word(data, 6), data[8:]
    while kind in (0x8100, 0x88a8, 0x9100) and len(data) >= 4:
        kind, data = _word(data, 2), data[4:]
    if kind in (0x0800, 0x86dd):
        return data
    if kind in (0x8847, 0x8848):
        return _mpls(data)
    if kind == 0x8864 and len(data) > 6 and data[1] == 0:  # RFC 2516
        return _ppp(data[6:])
    return None


def _loopback(data: bytes) -> Optional[bytes]:
    """A family in either byte order; AF_INET6 differs by system."""
    family = data[0] if data[0] | data[1] else data[3]
    return data[4:] if family in (2, 10, 24, 28, 30) else None


_LINKS = {  # LINKTYPE_*: least length, what is behind it
    0: (4, _loopback), 108: (4, _loopback),
    1: (14, lambda d: _ether(_word(d, 12), d[14:])),
    113: (16, lambda d: _ether(_word(d, 14), d[16:])),
    276: (20, lambda d: _ether(_word(d, 0), d[20:])),
    9: (2, _ppp), 50: (2, _ppp),
    51: (6, lambda d: _ppp(d[6:]) if d[1] == 0 else None),
    12: (1, _raw), 14: (1, _raw), 101: (1, _raw),
    228: (1, _raw), 229: (1, _raw)}


def knows_link(link: int) -> bool:
    """True when frames of this LINKTYPE_* can be read."""
    return link in _LINKS


# -- IP --

def _ip4(data: bytes) -> Optional[_Ip]:
    if len(data) < 20:
        return None
    header = (data[0] & 15) * 4
    total = _word(data, 2) or len(data)  # 0: the network card cuts it up
    if header < 20 or total < header or len(data) < header:
        return None
    bits = _word(data, 6)
    fragment = None
    if bits & 0x3fff:
        fragment = (_word(data, 4), (bits & 0x1fff) * 8, bool(bits & 0x2000))
    return _Ip(data[9], data[12:16], data[16:20], data[8], _word(data, 4),
               bool(bits & 0x4000), data[header:total], total - header,
               fragment)


_EXTENSIONS = (0, 43, 60, 135, 139, 140)  # RFC 8200 section 4


def _ip6(data: bytes) -> Optional[_Ip]:
    if len(data) < 40:
        return None
    wire = _word(data, 4) or len(data) - 40
    proto, source, target = data[6], data[8:24], data[24:40]
    hops, data, fragment = data[7], data[40:40 + wire], None
    for _ in range(16):
        if proto in _EXTENSIONS:
            step = (data[1] + 1) * 8 if len(data) >= 8 else 0
        elif proto == 51:
            step = (data[1] + 2) * 4 if len(data) >= 8 else 0
        elif proto == 44 and fragment is None:
            step = 8 if len(data) >= 8 else 0
            bits = _word(data, 2) if step else 0
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
            return _word(options, at + 2)
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
    length = _word(data, 4)
    if length < 8 or length > ip.wire:
        length = ip.wire
    return Packet(frame.number, frame.time_us, UDP, (ip.source,
                  _word(data, 0)), (ip.target, _word(data, 2)),
                  data[8:length], length - 8, ip.ttl, ip.ip_id,
                  len(ip.source) == 4, ip.dont_fragment)


def packet(frame: Frame, fragments: Fragments) -> Optional[Packet]:
    """The segment or datagram of a frame; None if it holds none, or only a
    fragment of one."""
    least, peel = _LINKS.get(frame.link, (0, None))
    data = peel(frame.data) if peel and len(frame.data) >= least else None
    if not data:
        return None
    ip = (_ip4(data) if data[0] >> 4 == 4 else
          _ip6(data) if data[0] >> 4 == 6 else None)
    if ip is not None and ip.fragment is not None:
        ip = fragments.take(ip)
    if ip is None:
        return None
    if ip.proto == TCP:
        return _tcp(frame, ip)
    return _udp(frame, ip) if ip.proto == UDP else None
