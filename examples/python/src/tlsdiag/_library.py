"""Finds libtlsdiag, checks that it is the one this package was made for.

Searched in this order: the path in TLSDIAG_LIBRARY, the directory of this
package, the system's libraries by SONAME."""
import ctypes
import os
from pathlib import Path
from typing import Any, Callable, Dict, Mapping, Tuple, Type

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


def _check_release() -> None:
    number = LIB.tlsdiag_version()
    major, minor = number >> 16, number >> 8 & 255
    if (major, minor) != (_api.VERSION_NUMBER >> 16,
                          _api.VERSION_NUMBER >> 8 & 255):
        raise ImportError(f"libtlsdiag is {major}.{minor}, this package is "
                          "made for another")


def _place(name: str) -> Tuple[int, int]:
    """Where the library has it: offset, size."""
    offset, size = ctypes.c_uint32(), ctypes.c_uint32()
    if LIB.tlsdiag_layout(name.encode(), ctypes.byref(offset),
                          ctypes.byref(size)) != 0:
        raise ImportError(f"libtlsdiag knows no {name}")
    return offset.value, size.value


def check_layout(structs: Mapping[str, Type[ctypes.Structure]]) -> None:
    """The structs here must be the library's; its own may go on behind."""
    for name, struct in structs.items():
        if ctypes.sizeof(struct) > _place(name)[1]:
            raise ImportError(f"{name} has {ctypes.sizeof(struct)} bytes here "
                              f"and {_place(name)[1]} in libtlsdiag")
        for member in struct._fields_:
            here = getattr(struct, member[0])
            if (here.offset, here.size) != _place(f"{name}.{member[0]}"):
                raise ImportError(f"{name}.{member[0]} lies elsewhere in "
                                  "libtlsdiag")


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
_check_release()
check_layout(_api.STRUCTS)


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
