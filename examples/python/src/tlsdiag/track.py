"""What several connections of one client say together."""
import ctypes
from dataclasses import dataclass
from typing import List

from . import _api
from ._library import LIB, check, text_of
from .enums import Cause, Party
from .flow import Flow

_byref = ctypes.byref


@dataclass(frozen=True)
class Group:
    """A pattern across connections; cause NONE when there is none."""
    cause: Cause
    confidence: int
    party: Party
    members: List[int]    # indexes of attempts in the track
    explained: List[int]  # those whose failure it explains
    first: int            # the one to blame
    text: str
    _raw: bytes

    def tell(self, flow: Flow, time_us: int = 0) -> None:
        """Tells the flow of an explained attempt what its group says, so that
        its verdict gains by it."""
        raw = _api.Group.from_buffer_copy(self._raw)
        check(LIB.tlsdiag_flow_group(flow._memory, _byref(raw), time_us))


class Track:
    """The newest attempts of one client.  Tracks of several servers may be
    merged in any order, and travel as bytes."""

    def __init__(self, exported: bytes = b"") -> None:
        self._track = _api.Track()
        if exported:
            check(LIB.tlsdiag_track_import(_byref(self._track), exported,
                                           len(exported)))

    def add(self, flow: Flow, identity: int, server: int = 0) -> None:
        """Adds one connection; `identity` is unique to it."""
        attempt = _api.Attempt()
        check(LIB.tlsdiag_attempt_from_flow(flow._memory, identity, server,
                                            _byref(attempt)))
        LIB.tlsdiag_track_add(_byref(self._track), _byref(attempt))

    def merge(self, other: "Track") -> None:
        """Adds all that another server saw of the client."""
        LIB.tlsdiag_track_merge(_byref(self._track), _byref(other._track))

    def __bytes__(self) -> bytes:
        out = ctypes.create_string_buffer(_api.TRACK_EXPORT_MAX)
        size = LIB.tlsdiag_track_export(_byref(self._track), out, len(out))
        return out.raw[:size]

    def __len__(self) -> int:
        return int(self._track.num_attempts)

    @property
    def identities(self) -> List[int]:
        """Of its attempts, oldest first."""
        return [self._track.attempts[index].id for index in range(len(self))]

    def group(self) -> Group:
        """The best pattern in the track."""
        raw = _api.Group(ctypes.sizeof(_api.Group))
        check(LIB.tlsdiag_track_classify(_byref(self._track), _byref(raw)))
        text = ""
        if raw.cause:
            text = text_of(LIB.tlsdiag_pattern_text, raw.pattern)
        return Group(Cause(raw.cause), raw.confidence, Party(raw.party),
                     _bits(raw.members), _bits(raw.explained), raw.first,
                     text, bytes(raw))


def _bits(value: int) -> List[int]:
    return [bit for bit in range(32) if value >> bit & 1]
