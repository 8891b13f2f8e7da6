"""Verdicts of a capture for machines (the JSON of the tlsdiag tool, see
docs/tlsdiag-json.schema.json) and for people."""
from datetime import datetime, timedelta, timezone
from typing import Any, Dict, Iterator, Optional, Tuple

from .capture import Capture, Connection, Group
from .enums import AlertFlag, Close, Registry, Section
from .flow import Verdict, cause_text
from .hello import ClientHello, known_name, name

Json = Dict[str, Any]


def _time(time_us: int) -> str:
    when = datetime(1970, 1, 1, tzinfo=timezone.utc) + \
        timedelta(microseconds=time_us)
    return when.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _text(raw: bytes) -> Tuple[str, bool]:
    """Bytes as text; a byte that is not UTF-8 is the character of its number.
    True when there were such bytes."""
    text = raw.decode("utf-8", "surrogateescape")
    plain = text.translate({0xdc00 + byte: byte for byte in range(128, 256)})
    return plain, plain != text


def _names(hello: Optional[ClientHello]) -> Json:
    out: Json = {"sni": None, "alpn": []}
    if hello is None:
        return out
    if hello.server_name_bytes:
        out["sni"], strays = _text(hello.server_name_bytes)
        if strays:
            out["sni_hex"] = hello.server_name_bytes.hex()
    alpn = [_text(one) for one in hello.alpn]
    out["alpn"] = [text for text, _ in alpn]
    if any(strays for _, strays in alpn):
        out["alpn_hex"] = [one.hex() for one in hello.alpn]
    return out


def _alert(verdict: Verdict) -> Optional[Json]:
    alert = verdict.alert
    if alert is None:
        return None
    encrypted = bool(alert.flags & AlertFlag.ENCRYPTED)
    return {"from": alert.sender.name.lower(),
            "level": None if encrypted else known_name(
                Registry.ALERT_LEVEL, alert.level),
            "code": None if encrypted else alert.code,
            "name": None if encrypted else known_name(Registry.ALERT,
                                                      alert.code),
            "encrypted": encrypted}


def _named(registry: Registry, value: Optional[int]) -> Optional[str]:
    return None if value is None else name(registry, value)


def _judged(verdict: Verdict) -> Json:
    end = None
    if verdict.end not in (None, Close.END_OF_CAPTURE) and \
            verdict.end_by is not None and verdict.end is not None:
        end = {"by": verdict.end_by.name.lower(),
               "how": verdict.end.name.lower()}
    return {"outcome": verdict.outcome.name.lower(), "cause": verdict.best.id,
            "confidence": verdict.best.confidence,
            "party": verdict.best.party.name.lower(),
            "stage": verdict.stage.name.lower(), "noise": verdict.noise,
            "alert": _alert(verdict), "end": end,
            "version": _named(Registry.VERSION, verdict.version),
            "cipher": _named(Registry.CIPHER_SUITE, verdict.cipher)}


def connection_json(one: Connection, file: str) -> Json:
    """A connection as the tool tells it."""
    best = one.verdict.best
    evidence = [{"text": one.observations[at].text, "frame": one.frames[at],
                 "offset": one.observations[at].offset}
                for at in best.evidence]
    return {"type": "connection", "file": file, "client": one.client,
            "server": one.server, "start": _time(one.start_us),
            **_names(one.hello), **_judged(one.verdict),
            "ja3": one.hello.ja3 if one.hello else None,
            "ja4": one.hello.ja4 if one.hello else None,
            "evidence": evidence,
            "alternatives": [{"cause": other.id,
                              "confidence": other.confidence}
                             for other in one.verdict.causes[1:]],
            "advice": best.advice, "index": one.index}


def group_json(one: Group, file: str) -> Json:
    """A group as the tool tells it."""
    return {"type": "group", "file": file, "client": one.client,
            "cause": one.cause.name.lower(), "confidence": one.confidence,
            "party": one.party.name.lower(), "connections": one.connections,
            "first": one.first, "text": one.text,
            "advice": cause_text(one.cause, Section.ADVICE)}


def wanted(capture: Capture, everything: bool) -> Iterator[Connection]:
    """The connections worth a word: all but the good and the foreign."""
    for one in capture.connections:
        good = (one.verdict.outcome.name == "COMPLETED"
                and one.verdict.best.id == "none")
        if everything or not (good or one.foreign):
            yield one


def capture_text(capture: Capture, everything: bool) -> Iterator[str]:
    """The same for people, a line at a time."""
    told = list(wanted(capture, everything))
    yield (f"{capture.num_packets} packets, {len(capture.connections)} "
           f"connections, {len(capture.failed)} failed handshakes")
    for one in told:
        sni = (one.hello.server_name if one.hello else None) or "no name"
        yield ""
        yield (f"#{one.index}  {_time(one.start_us)}  {one.client} -> "
               f"{one.server}  {sni}")
        yield f"  {one.verdict}"
        if one.failed:
            yield from ("  " + line
                        for line in one.verdict.best.text.splitlines())
    for group in capture.groups:
        yield ""
        yield (f"{group.client}, connections "
               f"{', '.join(map(str, group.connections))}: "
               f"{group.cause.name.lower()} ({group.confidence} %, "
               f"{group.party.name.lower()})")
        yield f"  {group.text}"


def notes(capture: Capture) -> Iterator[str]:
    """What was not looked at, so that silence about it misleads nobody."""
    if capture.num_lost_fragments:
        yield f"{capture.num_lost_fragments} IP fragments made no whole packet"
    for link in sorted(capture.unknown_links):
        yield f"frames of link type {link} cannot be read"
    if capture.damage:
        yield (f"{capture.damage}; the {capture.num_packets} packets before "
               "that are judged")
