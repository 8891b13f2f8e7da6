"""One connection: feed it what you have, ask it why."""
import ctypes
from dataclasses import dataclass
from typing import Iterator, List, Optional, Tuple, Union

from . import _api
from ._library import LIB, check, text_of
from .enums import (AlertFlag, Cause, Close, Flow as FlowFlag, Format, From,
                    Nature, Obs, Outcome, Party, Registry, Section,
                    Segment as Mark, Stack, Stage, Tcp)
from .hello import ClientHello, name

_byref = ctypes.byref
Text = Union[str, bytes]
_MESSAGE = 2  # feed stopped behind a message


@dataclass(frozen=True)
class Observation:
    """One fact about the connection, in the order it was learnt."""
    kind: Obs
    sender: From
    stage: Stage
    a: int
    b: int
    offset: int
    time_us: int
    text: str


@dataclass(frozen=True)
class PossibleCause:
    """One answer to "why", with how sure it is."""
    cause: Cause
    confidence: int
    party: Party
    evidence: List[int]  # indexes of the observations that support it
    against: List[int]   # and of those that argue against it
    text: str            # a paragraph: what happened and what shows it

    @property
    def id(self) -> str:
        """The cause's stable name, such as no_shared_cipher."""
        return self.cause.name.lower()

    @property
    def advice(self) -> str:
        """The one change that fixes it."""
        return cause_text(self.cause, Section.ADVICE)


@dataclass(frozen=True)
class Alert:
    """The alert that counts."""
    sender: From
    level: int
    code: int
    flags: AlertFlag

    @property
    def name(self) -> str:
        """Its name; an encrypted one has none."""
        if self.flags & AlertFlag.ENCRYPTED:
            return "encrypted"
        return name(Registry.ALERT, self.code)


@dataclass(frozen=True)
class Verdict:
    """Why the handshake failed, or that it did not."""
    outcome: Outcome
    stage: Stage
    noise: bool
    version: Optional[int]
    cipher: Optional[int]
    alert: Optional[Alert]
    end: Optional[Close]
    end_by: Optional[From]
    causes: List[PossibleCause]

    @property
    def best(self) -> PossibleCause:
        """The likeliest cause."""
        return self.causes[0]

    @property
    def failed(self) -> bool:
        """True unless the handshake completed or is still under way."""
        return self.outcome in (Outcome.FAILED, Outcome.NOT_TLS)

    def __str__(self) -> str:
        return (f"{self.outcome.name.lower()}: {self.best.id} "
                f"({self.best.confidence} %, "
                f"{self.best.party.name.lower()})")


@dataclass(frozen=True)
class Hint:
    """Something recognised in a text."""
    text: str
    stack: Stack
    side: Party
    nature: Optional[Nature]
    stage: Stage
    alert: Optional[int]
    causes: List[Cause]
    weights: List[int]
    _raw: bytes


class Flow:
    """The handshake of one connection.

    >>> with Flow() as flow:
    ...     flow.feed(From.CLIENT, data)
    ...     flow.close(From.SERVER, Close.RST)
    ...     print(flow.verdict())

    Leaving the block tells the flow that the observation ends there.  Times
    are microseconds on any clock, or since 1970 with wall_clock."""

    def __init__(self, *, wall_clock: bool = False, datagram: bool = False,
                 room: int = _api.FLOW_STORAGE - _api.FLOW_MIN) -> None:
        size = LIB.tlsdiag_flow_size(room)
        self._memory = (ctypes.c_uint64 * (-(-size // 8)))()
        options = _api.FlowOptions(ctypes.sizeof(_api.FlowOptions))
        options.flags = (FlowFlag.STOP_AT_MESSAGE
                         | (FlowFlag.WALL_CLOCK if wall_clock else 0)
                         | (FlowFlag.DATAGRAM if datagram else 0))
        check(LIB.tlsdiag_flow_init(self._memory, ctypes.sizeof(self._memory),
                                    _byref(options)))
        self._closed = False
        self._hello: Optional[Tuple[bytes, int]] = None

    def __enter__(self) -> "Flow":
        return self

    def __exit__(self, *error: object) -> None:
        if not self._closed:
            self.close(From.CLIENT, Close.END_OF_CAPTURE)

    def feed(self, sender: From, data: bytes, time_us: int = 0) -> None:
        """The next bytes that `sender` sent, in slices of any size."""
        used = ctypes.c_size_t()
        while check(LIB.tlsdiag_flow_feed(
                self._memory, sender, time_us, data, len(data),
                _byref(used))) == _MESSAGE:
            if self._hello is None and sender == From.CLIENT:
                self._keep_hello()
            data = data[used.value:]

    def _keep_hello(self) -> None:
        sender, format = ctypes.c_uint(), ctypes.c_uint()
        view = _api.Bytes()
        if LIB.tlsdiag_flow_message(self._memory, _byref(sender),
                                    _byref(format), _byref(view)) == 0:
            message = ctypes.string_at(view.ptr, view.len)
            if format.value == Format.SSLV2 or message[:1] == b"\1" and (
                    format.value == Format.DTLS or
                    int.from_bytes(message[1:4], "big") + 4 <= len(message)):
                self._hello = message, format.value

    @property
    def hello(self) -> Optional[ClientHello]:
        """The first ClientHello, once it was seen whole."""
        if self._hello is None:
            return None
        return ClientHello.from_message(*self._hello)

    def gap(self, sender: From, missing: int, time_us: int = 0) -> None:
        """Says that so many bytes, next in order, will never be seen."""
        check(LIB.tlsdiag_flow_gap(self._memory, sender, time_us, missing))

    def segment(self, sender: From, flags: Tcp, offset: int, length: int, *,
                ack: int = 0, marks: Mark = Mark(0), ttl: int = 0,
                ip_id: int = 0, window: int = 0, mss: int = 0,
                time_us: int = 0) -> None:
        """TCP facts of one packet, before what it completes is fed.  `offset`
        and `ack` count payload bytes of the sender and of the other side."""
        raw = _api.Segment(ctypes.sizeof(_api.Segment), sender, flags & 0xff,
                           ttl, marks, ip_id, window, mss, 0, length, 0,
                           offset, ack, time_us)
        check(LIB.tlsdiag_flow_segment(self._memory, _byref(raw)))

    def close(self, sender: From, how: Close, time_us: int = 0) -> None:
        """Ends one direction."""
        check(LIB.tlsdiag_flow_close(self._memory, sender, how, time_us))
        self._closed = True

    def hint(self, what: Union[Text, Hint], side: Party = Party.UNKNOWN,
             time_us: int = 0) -> List[Hint]:
        """Adds what an error text or a Hint says; `side` is who wrote it."""
        hints = [what] if isinstance(what, Hint) else scan(what, side)
        for hint in hints:
            raw = _api.Hint.from_buffer_copy(hint._raw)
            if side != Party.UNKNOWN and raw.side in (Party.NONE,
                                                      Party.UNKNOWN):
                raw.side = side
            check(LIB.tlsdiag_flow_hint(self._memory, _byref(raw), time_us))
        return hints

    @property
    def observations(self) -> Iterator[Observation]:
        """All that was learnt, in order."""
        raw = _api.Observation()
        for index in range(LIB.tlsdiag_flow_num_observations(self._memory)):
            raw.size = ctypes.sizeof(raw)
            check(LIB.tlsdiag_flow_observation(self._memory, index,
                                               _byref(raw)))
            text = text_of(LIB.tlsdiag_observation_text, _byref(raw))
            yield Observation(Obs(raw.kind), From(getattr(raw, "from")),
                              Stage(raw.stage), raw.a, raw.b, raw.offset,
                              raw.t_us, text)

    def new_kinds(self, known: int) -> Iterator[Tuple[int, int, int]]:
        """Kind, sender and first number of what was learnt behind the first
        `known` observations: cheaper than their texts."""
        raw = _api.Observation()
        for index in range(known,
                           LIB.tlsdiag_flow_num_observations(self._memory)):
            raw.size = ctypes.sizeof(raw)
            check(LIB.tlsdiag_flow_observation(self._memory, index,
                                               _byref(raw)))
            yield raw.kind, getattr(raw, "from"), raw.a

    def verdict(self) -> Verdict:
        """Says why.  May be asked at any time."""
        raw = _api.Verdict(ctypes.sizeof(_api.Verdict))
        check(LIB.tlsdiag_classify(self._memory, _byref(raw)))
        causes = []
        for index in range(raw.num_causes):
            one = raw.causes[index]
            causes.append(PossibleCause(
                Cause(one.id), one.confidence, Party(one.party),
                _bits(one.evidence), _bits(one.against),
                text_of(LIB.tlsdiag_explain, self._memory, _byref(raw),
                        index)))
        alert = Alert(From(raw.alert_from), raw.alert_level, raw.alert_code,
                      AlertFlag(raw.alert_flags)) if raw.has_alert else None
        return Verdict(
            Outcome(raw.outcome), Stage(raw.stage), bool(raw.noise),
            raw.version or None, raw.cipher or None, alert,
            Close(raw.end_how) if raw.end_how else None,
            From(raw.end_by) if raw.end_how else None, causes)


def _bits(value: int) -> List[int]:
    return [bit for bit in range(64) if value >> bit & 1]


def scan(text: Text, side: Party = Party.UNKNOWN) -> List[Hint]:
    """What is recognised in an error message or log line.  `side` is who wrote
    it, where the text does not show that: the same words mean different things
    by side."""
    if side not in (Party.UNKNOWN, Party.CLIENT, Party.SERVER):
        raise ValueError(f"no {side!r} writes texts")
    raw = text.encode("utf-8", "replace") if isinstance(text, str) else text
    hints = (_api.Hint * 16)()
    for hint in hints:
        hint.size = ctypes.sizeof(hint)
    count = ctypes.c_size_t(len(hints))
    told = _api.TextOptions(size=ctypes.sizeof(_api.TextOptions),
                            side=0 if side == Party.UNKNOWN else side)
    check(LIB.tlsdiag_text_scan_with(raw, len(raw), _byref(told), hints,
                                     ctypes.sizeof(_api.Hint), _byref(count)))
    out = []
    for hint in hints[:min(count.value, len(hints))]:
        part = raw[hint.offset:hint.offset + hint.len]
        out.append(Hint(
            part.decode("utf-8", "replace"), Stack(hint.stack),
            Party(hint.side), Nature(hint.nature) if hint.nature else None,
            Stage(hint.stage), None if hint.alert == 0xffff else hint.alert,
            [Cause(cause) for cause in hint.cause[:hint.num_causes]],
            list(hint.weight[:hint.num_causes]), bytes(hint)))
    return out


def explain(text: Text, side: Party = Party.UNKNOWN) -> Verdict:
    """Why, from an error text alone; `side` is who wrote it."""
    with Flow() as flow:
        flow.hint(text, side)
    return flow.verdict()


def cause_text(cause: Cause, section: Section) -> str:
    """A section of the catalogue of causes."""
    text: Optional[bytes] = LIB.tlsdiag_cause_text(cause, section)
    return text.decode() if text else ""
