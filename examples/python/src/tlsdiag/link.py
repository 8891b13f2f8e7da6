"""Link layers and tunnels: bytes in, the IP packet inside out, with the version
that it has to be; None: there is none.

The layouts of link layers are on the "link-layer header types" page of the
tcpdump project."""
from typing import Optional, Tuple

Inside = Optional[Tuple[int, bytes]]
UDP = 17
IP4_TYPE, IP6_TYPE, BRIDGED = 0x0800, 0x86dd, 0x6558
ERSPAN, ERSPAN_3 = 0x88be, 0x22eb


def word(data: bytes, at: int) -> int:
    """Two bytes as a number."""
    return data[at] << 8 | data[at + 1]


def _typed(kind: int, data: bytes) -> Inside:
    if kind == IP4_TYPE:
        return 4, data
    return (6, data) if kind == IP6_TYPE else None


def _raw(data: bytes) -> Inside:
    return (data[0] >> 4, data) if data and data[0] >> 4 in (4, 6) else None


def _ppp(data: bytes) -> Inside:
    """RFC 1661: optional address and control, protocol of one or two bytes."""
    if data[:2] == b"\xff\x03":
        data = data[2:]
    if len(data) < 2:
        return None
    short = data[0] & 1
    kind = data[0] if short else word(data, 0)
    return _typed({0x21: IP4_TYPE, 0x57: IP6_TYPE}.get(kind, 0),
                  data[1 if short else 2:])


def _mpls(data: bytes) -> Inside:
    """RFC 3032: labels of four bytes, the last has the bottom bit."""
    while len(data) >= 4:
        bottom, data = data[2] & 1, data[4:]
        if bottom:
            return _raw(data)
    return None


def _ether(kind: int, data: bytes) -> Inside:
    """Follows an ethertype through tags and tunnels."""
    if kind < 1536:  # IEEE 802.3 length: LLC and SNAP, or not ours
        if data[:6] != b"\xaa\xaa\x03\0\0\0" or len(data) < 8:
            return None
        kind, data = word(data, 6), data[8:]
    while kind in (0x8100, 0x88a8, 0x9100) and len(data) >= 4:
        kind, data = word(data, 2), data[4:]
    if kind in (0x8847, 0x8848):
        return _mpls(data)
    if kind == 0x8864:  # RFC 2516
        return _ppp(data[6:]) if len(data) >= 6 and data[1] == 0 else None
    return _typed(kind, data)


def _loopback(data: bytes) -> Inside:
    """A family in either byte order; AF_INET6 differs by system."""
    family = data[0] if data[0] | data[1] else data[3]
    if family == 2:
        return 4, data[4:]
    return (6, data[4:]) if family in (10, 24, 28, 30) else None


LINKS = {  # LINKTYPE_*: least length, what is behind it
    0: (4, _loopback), 108: (4, _loopback),
    1: (14, lambda d: _ether(word(d, 12), d[14:])),
    113: (16, lambda d: _ether(word(d, 14), d[16:])),
    276: (20, lambda d: _ether(word(d, 0), d[20:])),
    9: (2, _ppp), 50: (2, _ppp),
    51: (6, lambda d: _ppp(d[6:]) if d[1] == 0 else None),
    12: (1, _raw), 14: (1, _raw), 101: (1, _raw),
    228: (1, lambda d: (4, d)), 229: (1, lambda d: (6, d))}


def behind_link(link: int, data: bytes) -> Inside:
    """What a frame of this LINKTYPE_* carries."""
    least, peel = LINKS.get(link, (0, _raw))
    return peel(data) if link in LINKS and len(data) >= least else None


# -- tunnels --

def _bridged(kind: int, data: bytes) -> Inside:
    return behind_link(1, data) if kind == BRIDGED else _typed(kind, data)


def _gre(data: bytes) -> Inside:
    """RFC 2784, RFC 2890; ERSPAN: draft-foschiano-erspan."""
    if len(data) < 4:
        return None
    flags, kind = word(data, 0), word(data, 2)
    size = 4 + 4 * sum(bool(flags & bit) for bit in (0x8000, 0x2000, 0x1000))
    if flags & 0x4fff or len(data) < size:
        return None
    data, size = data[size:], 0
    if kind not in (ERSPAN, ERSPAN_3):
        return _bridged(kind, data)
    if kind == ERSPAN_3:
        size = 20 if len(data) >= 12 and data[11] & 1 else 12
    elif flags & 0x1000:
        size = 8
    return behind_link(1, data[size:]) if len(data) >= size else None


def _vxlan(data: bytes) -> Inside:
    """RFC 7348 section 5."""
    good = len(data) >= 8 and data[0] == 8 and data[7] == 0
    return behind_link(1, data[8:]) if good else None


def _geneve(data: bytes) -> Inside:
    """RFC 8926 section 3.4: version 0, length of the options in words."""
    size = 8 + (data[0] & 0x3f) * 4 if len(data) >= 8 else 0
    if not size or data[0] >> 6 or len(data) < size:
        return None
    return _bridged(word(data, 2), data[size:])


def _gtp(data: bytes) -> Inside:
    """3GPP TS 29.281 section 5: a user packet, behind optional fields and a
    chain of extension headers."""
    if len(data) < 8 or data[0] >> 4 != 3 or data[1] != 0xff:
        return None
    flags = data[0]
    size = 12 if flags & 7 else 8
    if len(data) < size:
        return None
    more = data[size - 1] if flags & 4 else 0
    while more:
        step = data[size] * 4 if len(data) > size else 0
        if step == 0 or len(data) < size + step:
            return None
        size += step
        more = data[size - 1]
    return _raw(data[size:])


_PORTS = {4789: _vxlan, 8472: _vxlan, 6081: _geneve, 2152: _gtp}


def behind_tunnel(proto: int, port: int, data: bytes) -> Inside:
    """What an IP packet of this protocol, or a datagram to this port, carries
    if it is a tunnel."""
    if proto == UDP:
        peel = _PORTS.get(port)
        return peel(data) if peel else None
    if proto == 47:
        return _gre(data)
    return {4: (4, data), 41: (6, data)}.get(proto)
