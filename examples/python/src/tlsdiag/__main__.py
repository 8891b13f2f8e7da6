"""python -m tlsdiag [--json] [--all] [--side=SIDE] FILE...: why handshakes failed.

FILE is a capture (pcap, pcapng, gzipped or not), one hello (binary or
hexadecimal), or a text, which is read line by line; - is standard input.
Exit status: 0 nothing failed, 1 something did, 2 a FILE could not be read."""
import argparse
import json
import sys
from io import BytesIO
from pathlib import Path
from typing import Optional

from . import (Anomaly, Cause, ClientHello, Error, Format, Incomplete,
               Party, Protocol, Registry, explain, name, recognise, scan)
from .capture import Capture, read
from .capture_file import CaptureError, is_capture
from .report import (capture_text, connection_json, group_json, notes,
                     wanted)


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


def show_log(text: str, side: Party) -> int:
    """Prints a verdict for each line that says something; returns how many."""
    found = 0
    for number, line in enumerate(text.splitlines(), 1):
        if not scan(line, side):
            continue
        best = explain(line, side).best
        if best.cause == Cause.NONE:
            continue
        found += 1
        print(f"line {number}: {best.id} ({best.confidence} %, "
              f"{best.party.name.lower()})")
        print(f"  {best.advice}")
    return found


def show_capture(capture: Capture, file: str,
                 options: argparse.Namespace) -> int:
    """Prints the verdicts of a capture; returns how many failed."""
    if options.json:
        for one in wanted(capture, options.all):
            print(json.dumps(connection_json(one, file)))
        for group in capture.groups:
            print(json.dumps(group_json(group, file)))
    else:
        for line in capture_text(capture, options.all):
            print(line)
    for note in notes(capture):
        print(f"tlsdiag: {file}: {note}", file=sys.stderr)
    return len(capture.failed)


def show(file: str, options: argparse.Namespace) -> int:
    """Prints what a file holds; returns how much of it failed."""
    if file != "-":
        with open(file, "rb") as start:
            if is_capture(start.read(4)):
                return show_capture(read(file), file, options)
    data = (sys.stdin.buffer.read() if file == "-"
            else Path(file).read_bytes())
    if is_capture(data):
        return show_capture(read(BytesIO(data)), file, options)
    hello = find_hello(data)
    if hello is not None:
        show_hello(hello)
        return 1 if hello.fault else 0
    side = Party[options.side.upper()] if options.side else Party.UNKNOWN
    return show_log(data.decode("utf-8", "replace"), side)


def main() -> int:
    """Runs the command."""
    parser = argparse.ArgumentParser(
        prog="python -m tlsdiag", description=__doc__.split("\n\n", 1)[1],
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true",
                        help="captures: the JSON lines of the tlsdiag tool")
    parser.add_argument("--all", action="store_true",
                        help="captures: handshakes that completed, too")
    parser.add_argument("--side", choices=("client", "server"),
                        help="texts: who wrote them, where they do not show "
                        "that")
    parser.add_argument("files", nargs="+", metavar="FILE")
    options = parser.parse_args()
    failed = unreadable = 0
    for file in options.files:
        try:
            failed += show(file, options)
        except (OSError, CaptureError) as error:
            print(f"tlsdiag: {file}: {error}", file=sys.stderr)
            unreadable += 1
    return 2 if unreadable else 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
