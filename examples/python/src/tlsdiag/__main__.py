"""python -m tlsdiag FILE: one hello, or the error texts of a log.

A hello may be binary (record stream or message) or hexadecimal; everything
else is read as text, line by line.  For captures use the tlsdiag tool.  Exit
status: 0 nothing failed, 1 something did, 2 FILE could not be read."""
import sys
from pathlib import Path
from typing import Optional

from . import (Anomaly, Cause, ClientHello, Error, Format, Incomplete,
               Protocol, Registry, explain, name, recognise, scan)


def find_hello(data: bytes) -> Optional[ClientHello]:
    """The hello that the file holds, as bytes or as hexadecimal digits."""
    candidates = [data]
    try:
        candidates.append(bytes.fromhex(data.decode("ascii")))
    except ValueError:
        pass
    for candidate in candidates:
        try:
            if candidate[:1] == b"\x01":
                return ClientHello.from_message(candidate, Format.TLS)
            if recognise(candidate) in (Protocol.TLS, Protocol.SSLV2,
                                        Protocol.DTLS):
                return ClientHello.from_stream(candidate)
        except (Error, Incomplete):
            continue
    return None


def show_hello(hello: ClientHello) -> None:
    """Prints what a person asks of a hello first."""
    print("server name  ", hello.server_name or "-")
    versions = ([hello.version_min] if hello.version_min else []) + \
        [hello.version_max]
    print("versions     ", " to ".join(name(Registry.VERSION, version)
                                       for version in versions))
    print("ALPN         ", ", ".join(
        proto.decode("ascii", "backslashreplace")
        for proto in hello.alpn) or "-")
    print("cipher suites", ", ".join(hello.cipher_suite_names))
    print("groups       ", ", ".join(name(Registry.GROUP, group)
                                     for group in hello.supported_groups)
          or "-")
    print("extensions   ", ", ".join(extension.name
                                     for extension in hello.extensions))
    for odd in hello.anomalies:
        print("odd          ", Anomaly(odd.kind).name.lower(), "at",
              odd.offset)
    if hello.fault:
        print(f"broken at     {hello.fault.offset}: wanted "
              f"{hello.fault.want} bytes of {hello.fault.field.name.lower()}, "
              f"had {hello.fault.have}")


def show_log(text: str) -> int:
    """Prints a verdict for each line that says something; returns how many."""
    found = 0
    for number, line in enumerate(text.splitlines(), 1):
        if not scan(line):
            continue
        best = explain(line).best
        if best.cause == Cause.NONE:
            continue
        found += 1
        print(f"line {number}: {best.id} ({best.confidence} %, "
              f"{best.party.name.lower()})")
        print(f"  {best.advice}")
    return found


def main() -> int:
    """Runs the command."""
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        data = (sys.stdin.buffer.read() if sys.argv[1] == "-"
                else Path(sys.argv[1]).read_bytes())
    except OSError as error:
        print(error, file=sys.stderr)
        return 2
    hello = find_hello(data)
    if hello is not None:
        show_hello(hello)
        return 1 if hello.fault else 0
    return 1 if show_log(data.decode("utf-8", "replace")) else 0


if __name__ == "__main__":
    sys.exit(main())
