"""Frames of a capture file: pcap and pcapng, gzipped or not.

Layouts: draft-ietf-opsawg-pcap and draft-ietf-opsawg-pcapng.  Files are read
as they come, never as a whole."""
import gzip
import io
import struct
import zlib
from pathlib import Path
from typing import (Any, BinaryIO, Iterator, List, NamedTuple, Tuple, Union,
                    cast)

Source = Union[str, Path, BinaryIO]


class Frame(NamedTuple):
    """One frame as captured."""
    number: int   # from 1, as every other reader counts
    time_us: int  # since 1970
    link: int     # LINKTYPE_*
    data: bytes


class CaptureError(ValueError):
    """Not a capture, or one that is damaged."""


# magic in file order: byte order, units in a second, bytes behind the header
# of a packet (Kuznetzov's format has eight more)
_PCAP = {b"\xa1\xb2\xc3\xd4": (">", 10**6, 0),
         b"\xd4\xc3\xb2\xa1": ("<", 10**6, 0),
         b"\xa1\xb2\x3c\x4d": (">", 10**9, 0),
         b"\x4d\x3c\xb2\xa1": ("<", 10**9, 0),
         b"\xa1\xb2\xcd\x34": (">", 10**6, 8),
         b"\x34\xcd\xb2\xa1": ("<", 10**6, 8)}
_PCAPNG = b"\x0a\x0d\x0d\x0a"
_GZIP = b"\x1f\x8b"
_MAX_FRAME = 1 << 26  # more is damage, not a frame


def is_capture(head: bytes) -> bool:
    """True when a file that begins so is a capture or may hold one."""
    return (head[:4] in _PCAP or head[:4] == _PCAPNG or head[:2] == _GZIP)


def frames(source: Source) -> Iterator[Frame]:
    """All frames of a file.  CaptureError when it is no capture, or, behind
    the last whole frame, when it is cut off or damaged."""
    if isinstance(source, (str, Path)):
        with open(source, "rb") as file:
            yield from _frames(file)
    else:
        yield from _frames(source)


def _frames(file: BinaryIO) -> Iterator[Frame]:
    magic = file.read(4)
    try:
        if magic[:2] == _GZIP:
            packed: Any = _Prefixed(magic, file)
            file = cast(BinaryIO, gzip.GzipFile(fileobj=packed))
            magic = file.read(4)
        if magic in _PCAP:
            packets = _pcap(file, magic)
        elif magic == _PCAPNG:
            packets = _pcapng(file)
        else:
            raise CaptureError("neither pcap nor pcapng")
        for number, (time_us, link, data) in enumerate(packets, 1):
            yield Frame(number, time_us, link, data)
    except (EOFError, OSError, zlib.error) as error:
        raise CaptureError(f"cannot be unpacked: {error}") from error


class _Prefixed(io.RawIOBase):
    """A file whose first bytes were read already."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        super().__init__()
        self._head, self._rest = head, rest

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        head, self._head = self._head[:size], self._head[size:]
        return head or self._rest.read(size)


def _exactly(file: BinaryIO, size: int) -> bytes:
    data = file.read(size) if size <= _MAX_FRAME else b""
    if len(data) != size:
        raise CaptureError("the last packet is cut off or damaged")
    return data


def _pcap(file: BinaryIO, magic: bytes) -> Iterator[Tuple[int, int, bytes]]:
    order, units, more = _PCAP[magic]
    (network,) = struct.unpack(order + "16xI", _exactly(file, 20))
    header = struct.Struct(order + "IIII")
    while True:
        head = file.read(header.size + more)
        if not head:
            return
        if len(head) != header.size + more:
            raise CaptureError("the last packet is cut off")
        seconds, fraction, length, _ = header.unpack_from(head)
        time_us = seconds * 10**6 + fraction * 10**6 // units
        yield time_us, network & 0xffff, _exactly(file, length)


class _Interface(NamedTuple):
    link: int
    snap: int
    units: int     # in a second
    offset_us: int


def _pcapng(file: BinaryIO) -> Iterator[Tuple[int, int, bytes]]:
    order, interfaces = "<", []  # type: Tuple[str, List[_Interface]]
    head = _PCAPNG + _exactly(file, 4)
    while head:
        if len(head) != 8:
            raise CaptureError("the last block is cut off")
        if head[:4] == _PCAPNG:  # a section, with a byte order of its own
            magic = _exactly(file, 4)
            order = "<" if magic == b"\x4d\x3c\x2b\x1a" else ">"
            (length,) = struct.unpack(order + "I", head[4:])
            _exactly(file, max(length - 12, 0))
            interfaces = []
        else:
            kind, length = struct.unpack(order + "II", head)
            body = _exactly(file, max(length - 8, 0))[:-4]
            if kind == 1:
                interfaces.append(_interface(order, body))
            elif kind in (2, 3, 6):
                yield _packet(order, kind, body, interfaces)
        head = file.read(8)


def _interface(order: str, body: bytes) -> _Interface:
    link, _, snap = struct.unpack_from(order + "HHI", body)
    units, offset_us, at = 10**6, 0, 8
    while at + 4 <= len(body):
        code, size = struct.unpack_from(order + "HH", body, at)
        value = body[at + 4:at + 4 + size]
        if code == 9 and size == 1:  # if_tsresol: a power of 10 or of 2
            units = 2**(value[0] & 127) if value[0] & 128 else 10**value[0]
        elif code == 14 and size == 8:  # if_tsoffset
            offset_us = struct.unpack(order + "q", value)[0] * 10**6
        elif code == 0:
            break
        at += 4 + (size + 3 & ~3)
    return _Interface(link, snap or _MAX_FRAME, units, offset_us)


def _packet(order: str, kind: int, body: bytes,
            interfaces: List[_Interface]) -> Tuple[int, int, bytes]:
    """An enhanced (6), simple (3) or obsolete (2) packet block."""
    try:
        if kind == 3:
            interface, at = interfaces[0], 4
            (length,) = struct.unpack_from(order + "I", body)
            return 0, interface.link, body[at:at + min(length, interface.snap)]
        number, high, low, length = struct.unpack_from(
            order + ("IIII" if kind == 6 else "H2xIII"), body)
        interface = interfaces[number]
    except (struct.error, IndexError) as error:
        raise CaptureError("a packet block is damaged") from error
    stamp = high << 32 | low
    return (stamp * 10**6 // interface.units + interface.offset_us,
            interface.link, body[20:20 + length])
