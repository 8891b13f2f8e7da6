"""Hellos as objects.  Decoding is the library's; a field costs only when it is
looked at."""
import ctypes
import struct
from dataclasses import dataclass
from typing import (Any, Callable, Dict, Iterator, List, NamedTuple, Optional,
                    Tuple)

from . import _api
from ._library import LIB, check
from .enums import Anomaly, Field, Format, From, Has, Protocol, Registry

_byref = ctypes.byref
_E_STORAGE, _E_MALFORMED = -2, -21


@dataclass(frozen=True)
class Fault:
    """Where a decode stopped: reading `field` at `offset` of the message
    wanted `want` bytes where only `have` were left."""
    field: Field
    offset: int
    want: int
    have: int


@dataclass(frozen=True)
class OddThing:
    """Something odd that did not stop the decode."""
    kind: Anomaly
    field: Field
    offset: int


class Extension(NamedTuple):
    """One extension as it came."""
    type: int
    body: bytes

    @property
    def name(self) -> str:
        """Its IANA name, or its number."""
        return name(Registry.EXTENSION, self.type)


def known_name(registry: int, value: int) -> Optional[str]:
    """The name of a number (registries: enums.Registry), or None."""
    text: Optional[bytes] = LIB.tlsdiag_name(registry, value & 0xffffffff)
    return text.decode() if text else None


def name(registry: int, value: int) -> str:
    """The name of a number, or the number."""
    return known_name(registry, value) or f"0x{value:04x}"


def _unpacker(kind: type) -> "struct.Struct":
    """One unpack for a whole struct: faster than asking member by member."""
    codes = {1: "B", 2: "H", 4: "I", 8: "Q"}
    out, position = "=", 0
    for member in kind._fields_:  # type: ignore[attr-defined]
        here = getattr(kind, member[0])
        out += "x" * (here.offset - position)
        if member[1] is _api.Bytes:
            out += "QQ" if here.size == 16 else "II"
        elif here.size in codes and not hasattr(member[1], "_length_"):
            out += codes[here.size]
        else:
            out += f"{here.size}s"
        position = here.offset + here.size
    return struct.Struct(out + "x" * (ctypes.sizeof(kind) - position))


def _places(kind: type) -> Dict[str, int]:
    """Where each member is in what the unpacker returns."""
    places, position = {}, 0
    for member in kind._fields_:  # type: ignore[attr-defined]
        places[member[0]] = position
        position += 2 if member[1] is _api.Bytes else 1
    return places


def _number(place: int, doc: str) -> property:
    return property(lambda self: self._raw[place], doc=doc)


def _view(place: int, doc: str) -> property:
    def get(self: "_Hello") -> bytes:
        return self._bytes_at(place)
    return property(get, doc=doc)


def _numbers(place: int, code: str, doc: str) -> property:
    width = struct.calcsize(code)

    def get(self: "_Hello") -> Tuple[int, ...]:
        raw = self._raw
        count = raw[place + 1] // width
        return struct.unpack_from(f">{count}{code}", self._data,
                                  raw[place] - self._base) if count else ()
    return property(get, doc=doc)


class _Hello:
    """What client and server hellos have in common."""
    __slots__ = ("_data", "_raw", "_base", "_out", "fault")
    _PLACE: Dict[str, int] = {}
    _UNPACK: "struct.Struct"
    _data: bytes
    _out: ctypes.Structure
    fault: Optional[Fault]

    def __getattr__(self, attribute: str) -> Any:
        # The struct is taken apart when something of it is first asked for.
        if attribute == "_raw":
            self._raw = self._UNPACK.unpack_from(self._out)
            return self._raw
        if attribute == "_base":
            self._base = self._raw[self._PLACE["message"]]
            return self._base
        raise AttributeError(attribute)

    def _explain(self, decode: Callable[..., int], format: int,
                 status: int) -> None:
        if status != _E_MALFORMED:
            check(status)
        where = _api.Where()
        decode(self._data, len(self._data), format, _byref(self._out),
               _byref(where))
        self.fault = Fault(Field(where.field), where.offset, where.want,
                           where.have)

    def _bytes_at(self, place: int) -> bytes:
        start: int = self._raw[place] - self._base
        return self._data[start:start + self._raw[place + 1]]

    @property
    def present(self) -> List[Has]:
        """What is there, whole and well formed."""
        bits = self._raw[self._PLACE["present"]]
        return [has for has in Has if bits >> has & 1]

    def has(self, what: Has) -> bool:
        """True when `what` is there, whole and well formed."""
        return bool(self._raw[self._PLACE["present"]] >> what & 1)

    @property
    def extensions(self) -> Iterator[Extension]:
        """Every extension in the order it came."""
        block = self._bytes_at(self._PLACE["extensions"])
        position = 0
        while position + 4 <= len(block):
            kind, length = struct.unpack_from(">HH", block, position)
            yield Extension(kind, block[position + 4:position + 4 + length])
            position += 4 + length

    @property
    def anomalies(self) -> List[OddThing]:
        """What is odd about it; the library keeps the first eight."""
        raw = self._raw[self._PLACE["anomalies"]]
        count = min(self._raw[self._PLACE["num_anomalies"]], len(raw) // 8)
        return [OddThing(Anomaly(kind), Field(field), offset)
                for kind, field, offset in
                struct.iter_unpack("=HHI", raw[:8 * count])]


_CLIENT = _unpacker(_api.ClientHello)
_SERVER = _unpacker(_api.ServerHello)


class ClientHello(_Hello):
    """A decoded ClientHello: TLS, SSLv2-format or DTLS.

    After a fault every field before it is kept and `fault` tells where."""
    __slots__ = ()
    _PLACE = _p = _places(_api.ClientHello)
    _UNPACK = _CLIENT

    format = _number(_p["format"], "Format: what it was wrapped in")
    legacy_version = _number(_p["legacy_version"], "the version field itself")
    version_min = _number(_p["version_min"], "lowest version really offered")
    version_max = _number(_p["version_max"], "highest version really offered")
    random = _view(_p["random"], "random; SSLv2 format: the challenge")
    session_id = _view(_p["session_id"], "session_id")
    server_name_bytes = _view(_p["server_name"],
                              "the requested host name as it came")
    compression_methods = _numbers(_p["compression_methods"], "B",
                                   "compression methods")
    supported_versions = _numbers(_p["supported_versions"], "H",
                                  "supported_versions as it came")
    supported_groups = _numbers(_p["supported_groups"], "H",
                                "supported_groups as it came")
    signature_algorithms = _numbers(_p["signature_algorithms"], "H",
                                    "signature_algorithms as it came")
    ec_point_formats = _numbers(_p["ec_point_formats"], "B",
                                "ec_point_formats")
    psk_key_exchange_modes = _numbers(_p["psk_key_exchange_modes"], "B",
                                      "psk_key_exchange_modes")
    session_ticket = _view(_p["session_ticket"], "session_ticket")
    cookie = _view(_p["cookie"], "cookie of a HelloRetryRequest")
    record_size_limit = _number(_p["record_size_limit"], "0 when absent")
    message = _view(_p["message"], "the whole message with its header")
    _suites = _numbers(_p["cipher_suites"], "H", "")

    @property
    def cipher_suites(self) -> Tuple[int, ...]:
        """Suites in the client's order; three-byte kinds in SSLv2 format."""
        if self.format != Format.SSLV2:
            suites: Tuple[int, ...] = self._suites
            return suites
        raw = self._bytes_at(self._PLACE["cipher_suites"])
        return tuple(int.from_bytes(raw[i:i + 3], "big")
                     for i in range(0, len(raw), 3))

    @property
    def cipher_suite_names(self) -> List[str]:
        """The same by their IANA names."""
        registry = (Registry.SSLV2_CIPHER_KIND if self.format == Format.SSLV2
                    else Registry.CIPHER_SUITE)
        return [name(registry, suite) for suite in self.cipher_suites]

    @property
    def server_name(self) -> Optional[str]:
        """The requested host name.  Bytes that no name has are escaped."""
        raw: bytes = self.server_name_bytes
        if not raw:
            return None
        return raw.decode("ascii", "backslashreplace")

    @property
    def alpn(self) -> List[bytes]:
        """The application protocols offered."""
        raw = self._bytes_at(self._PLACE["alpn"])
        out, position = [], 0
        while position < len(raw):
            end = position + 1 + raw[position]
            if end > len(raw):
                break  # of a broken hello
            out.append(raw[position + 1:end])
            position = end
        return out

    @property
    def key_shares(self) -> List[Tuple[int, bytes]]:
        """(group, key) for each share."""
        raw = self._bytes_at(self._PLACE["key_shares"])
        out, position = [], 0
        while position + 4 <= len(raw):
            group, length = struct.unpack_from(">HH", raw, position)
            out.append((group, raw[position + 4:position + 4 + length]))
            position += 4 + length
        return out

    @property
    def ja3(self) -> str:
        """The JA3 fingerprint, 32 hex digits."""
        text = ctypes.create_string_buffer(33)
        check(LIB.tlsdiag_ja3(_byref(self._out), text, len(text)))
        return text.value.decode()

    @property
    def ja4(self) -> str:
        """The JA4 client fingerprint."""
        text = ctypes.create_string_buffer(37)
        check(LIB.tlsdiag_ja4(_byref(self._out), text, len(text)))
        return text.value.decode()

    @classmethod
    def from_message(cls, data: bytes, format: int = Format.TLS) \
            -> "ClientHello":
        """Decodes one message, from its handshake header on."""
        out = _api.ClientHello(_CLIENT.size)
        hello = cls()
        hello._data, hello._out, hello.fault = data, out, None
        status = LIB.tlsdiag_client_hello_decode(data, len(data), format,
                                                 _byref(out), None)
        if status:
            hello._explain(LIB.tlsdiag_client_hello_decode, format, status)
        return hello

    @classmethod
    def from_stream(cls, data: bytes) -> "ClientHello":
        """Decodes the first message of stream bytes (records, an SSLv2-format
        hello or one DTLS datagram)."""
        message, format = find_handshake(data)
        return cls.from_message(message, format)

    def __repr__(self) -> str:
        return (f"<ClientHello {self.server_name} "
                f"{name(Registry.VERSION, self.version_max)} "
                f"{self._raw[self._PLACE['num_cipher_suites']]} suites>")


class ServerHello(_Hello):
    """A decoded ServerHello or HelloRetryRequest."""
    __slots__ = ()
    _PLACE = _p = _places(_api.ServerHello)
    _UNPACK = _SERVER

    legacy_version = _number(_p["legacy_version"], "the version field itself")
    version = _number(_p["version"], "the version negotiated")
    cipher_suite = _number(_p["cipher_suite"], "the suite chosen")
    group = _number(_p["group"], "group of key_share, 0 when absent")
    downgrade = _number(_p["downgrade"],
                        "sentinel in random: 0 none, 1 to TLS 1.2, 2 older")
    random = _view(_p["random"], "random")
    session_id = _view(_p["session_id"], "session_id")
    alpn = _view(_p["alpn"], "the protocol chosen, empty when none")
    is_hello_retry_request = _number(_p["is_hello_retry_request"], "1: it is")

    @classmethod
    def from_message(cls, data: bytes, format: int = Format.TLS) \
            -> "ServerHello":
        """Decodes one message, from its handshake header on."""
        out = _api.ServerHello(_SERVER.size)
        hello = cls()
        hello._data, hello._out, hello.fault = data, out, None
        status = LIB.tlsdiag_server_hello_decode(data, len(data), format,
                                                 _byref(out), None)
        if status:
            hello._explain(LIB.tlsdiag_server_hello_decode, format, status)
        return hello

    @classmethod
    def from_stream(cls, data: bytes) -> "ServerHello":
        """Decodes the first message of stream bytes."""
        message, format = find_handshake(data)
        return cls.from_message(message, format)


class Incomplete(ValueError):
    """The stream ends before its first message does."""


def find_handshake(data: bytes) -> Tuple[bytes, int]:
    """The first handshake message of stream bytes, put together when records
    split it, and its Format.  Raises Incomplete, or Error if it has none."""
    message, where = _api.Bytes(), _api.Where()
    scratch = ctypes.create_string_buffer(0)
    size = 0
    while True:
        status = LIB.tlsdiag_find_handshake(data, len(data), scratch, size,
                                            _byref(message), _byref(where))
        if status != _E_STORAGE or where.want <= size:
            break
        size = where.want
        scratch = ctypes.create_string_buffer(size)
    if status == 1:
        raise Incomplete(f"{where.want} more bytes are needed")
    check(status)
    protocol = recognise(data)
    format = {Protocol.SSLV2: Format.SSLV2,
              Protocol.DTLS: Format.DTLS}.get(protocol, Format.TLS)
    return ctypes.string_at(message.ptr, message.len), format


def recognise(data: bytes, sender: From = From.CLIENT) -> Protocol:
    """What protocol the first bytes of one direction speak."""
    protocol = ctypes.c_uint()
    check(LIB.tlsdiag_recognise(data, len(data), sender, _byref(protocol)))
    return Protocol(protocol.value)
