"""Finds libtlsdiag, checks that it is the one this package was made for.

Searched in this order: the path in TLSDIAG_LIBRARY, the directory of this
package, the system's libraries by SONAME."""
import ctypes
import os
from pathlib import Path
from typing import Any, Callable, Dict

from . import _api

SONAME = "libtlsdiag.so.0"


def _load() -> ctypes.CDLL:
    named = os.environ.get("TLSDIAG_LIBRARY")
    if named:
        return ctypes.CDLL(named)
    beside = Path(__file__).parent / SONAME
    if beside.exists():
        return ctypes.CDLL(str(beside))
    try:
        return ctypes.CDLL(SONAME)
    except OSError as error:
        raise ImportError(
            f"{SONAME} was not found: install libtlsdiag, or set "
            "TLSDIAG_LIBRARY to the path of the shared library") from error


def _check_layout() -> None:
    """The structs here must be the structs a C compiler sees."""
    for name, (size, members) in _api.LAYOUT.items():
        struct = _api.STRUCTS[name]
        if ctypes.sizeof(struct) != size:
            raise ImportError(f"{name} has {ctypes.sizeof(struct)} bytes here "
                              f"and {size} in the library")
        for member, (offset, length) in members.items():
            here = getattr(struct, member)
            if (here.offset, here.size) != (offset, length):
                raise ImportError(f"{name}.{member} lies elsewhere in the "
                                  "library")


# A TLS 1.2 hello: no session, suite 0xc02b, null compression, and one
# extension: the server name "a.example".
_PROBE = bytes.fromhex(
    "0100003d" "0303" + "a5" * 32 + "00" "0002c02b" "0100"
    "0012" "0000000e" "000c" "00" "0009") + b"a.example"


def _check_library() -> None:
    """Decodes a known hello: what the library writes must be found where this
    package looks for it."""
    major = LIB.tlsdiag_version() >> 16
    minor = LIB.tlsdiag_version() >> 8 & 0xff
    if (major, minor) != (_api.VERSION_NUMBER >> 16,
                          _api.VERSION_NUMBER >> 8 & 0xff):
        raise ImportError(f"libtlsdiag is {major}.{minor}, this package is "
                          "made for another")
    out = _api.ClientHello()
    out.size = ctypes.sizeof(out)
    where = _api.Where()
    status = LIB.tlsdiag_client_hello_decode(
        _PROBE, len(_PROBE), 0, ctypes.byref(out), ctypes.byref(where))
    good = (status == 0 and out.legacy_version == 0x0303
            and out.num_cipher_suites == 1 and out.num_extensions == 1
            and out.message.len == len(_PROBE) and out.random.len == 32
            and ctypes.string_at(out.server_name.ptr, out.server_name.len)
            == b"a.example" and out.application_settings.len == 0)
    if not good:
        raise ImportError("libtlsdiag does not fill its structs as this "
                          "package reads them")


def _bind(library: ctypes.CDLL) -> Dict[str, Callable[..., Any]]:
    functions = {}
    for name, (result, arguments) in _api.PROTOTYPES.items():
        function = getattr(library, name, None)
        if function is not None:
            function.restype = result
            function.argtypes = arguments
            functions[name] = function
    return functions


LIB = _load()
_bind(LIB)
_check_layout()
_check_library()


def text_of(function: Callable[..., int], *arguments: Any) -> str:
    """Calls a function that follows the rules of snprintf."""
    buffer = ctypes.create_string_buffer(1024)
    want = function(*arguments, buffer, len(buffer))
    if want >= len(buffer):
        buffer = ctypes.create_string_buffer(want + 1)
        function(*arguments, buffer, len(buffer))
    return buffer.value.decode("ascii")


class Error(ValueError):
    """A call that the library refuses.  Never raised for wire data that is
    merely wrong: that is what this package is about."""


def check(status: int) -> int:
    """Raises Error for the negative numbers of Status."""
    if status < 0:
        name = LIB.tlsdiag_name(67, status & 0xffffffff)
        raise Error(name.decode() if name else f"status {status}")
    return status
