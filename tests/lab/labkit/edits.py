"""Changes to TLS bytes on their way, all of the same length as before.

Each edit takes the payload of one TCP segment and an argument, and returns the
changed payload. The message it speaks of must start in that segment.
"""
from labkit import tlsbytes

EDITS = {}


def edit(function):
    EDITS[function.__name__] = function
    return function


def apply(name, payload, argument):
    data = bytearray(payload)
    EDITS[name](data, argument)
    assert len(data) == len(payload)
    return bytes(data)


def find(data, name):
    for found, start, end in tlsbytes.messages(bytes(data)):
        if found == name:
            return start, end
    raise LookupError(name)


def put(data, at, value, size):
    data[at:at + size] = value.to_bytes(size, "big")


@edit
def byte(data, argument):
    """{"message", "at", "value"}: one byte of a message, counted from its
    handshake header; a negative `at` counts from its end."""
    start, end = find(data, argument["message"])
    at = argument["at"]
    data[start + at if at >= 0 else end + at] = argument["value"]


@edit
def flip(data, argument):
    """{"message", "at"}: the same, inverted."""
    start, end = find(data, argument["message"])
    at = argument["at"]
    data[start + at if at >= 0 else end + at] ^= 0xFF


@edit
def u16(data, argument):
    start, _ = find(data, argument["message"])
    put(data, start + argument["at"], argument["value"], 2)


@edit
def last_byte(data, argument):
    """Inverts the last byte of the last record of a content type."""
    ends = [end for kind, _, end in tlsbytes.records(bytes(data))
            if kind == argument and end <= len(data)]
    data[ends[-1] - 1] ^= 0xFF


@edit
def encrypted_finished(data, _):
    """Inverts the last byte of the record after ChangeCipherSpec."""
    after = False
    for kind, _, end in tlsbytes.records(bytes(data)):
        if after and end <= len(data):
            data[end - 1] ^= 0xFF
            return
        after = kind == 20
    raise LookupError("no record after ChangeCipherSpec")


@edit
def extension_type(data, argument):
    """{"message", "old", "new"}: renames an extension of a hello."""
    name = argument["message"]
    start, _ = find(data, name)
    for kind, at, _ in tlsbytes.extensions(bytes(data), name, start):
        if kind == argument["old"]:
            put(data, at, argument["new"], 2)
            return
    raise LookupError("no such extension")


@edit
def extension_byte(data, argument):
    """{"message", "type", "at", "value"}: a byte of an extension's body."""
    name = argument["message"]
    start, _ = find(data, name)
    for kind, at, _ in tlsbytes.extensions(bytes(data), name, start):
        if kind == argument["type"]:
            data[at + 4 + argument["at"]] = argument["value"]
            return
    raise LookupError("no such extension")


@edit
def server_suite(data, argument):
    """The cipher suite that the ServerHello names."""
    start, _ = find(data, "server_hello")
    at = start + 4 + 2 + 32
    put(data, at + 1 + data[at], argument, 2)


@edit
def server_compression(data, argument):
    start, _ = find(data, "server_hello")
    at = start + 4 + 2 + 32
    data[at + 1 + data[at] + 2] = argument


@edit
def message_type(data, argument):
    """{"message", "type"}: gives a handshake message another type."""
    start, _ = find(data, argument["message"])
    data[start] = argument["type"]


@edit
def message_length(data, argument):
    """{"message", "add"}: makes the message claim another length."""
    start, _ = find(data, argument["message"])
    length = tlsbytes.u24(data, start + 1) + argument["add"]
    put(data, start + 1, length, 3)


@edit
def record_length(data, argument):
    """{"record", "value"}: the length that a record's header claims."""
    for kind, start, _ in tlsbytes.records(bytes(data)):
        if kind == argument["record"]:
            put(data, start + 3, argument["value"], 2)
            return
    raise LookupError("no such record")


@edit
def raw(data, argument):
    """{"at", "hex"}: bytes at an offset of the segment."""
    new = bytes.fromhex(argument["hex"])
    data[argument["at"]:argument["at"] + len(new)] = new


@edit
def alert(data, argument):
    """Turns the start of the segment into a fatal alert and fills the rest
    with a second record that nobody will read."""
    version = argument.get("version", 0x0303)
    data[:7] = (b"\x15" + version.to_bytes(2, "big") + b"\x00\x02"
                + bytes((argument.get("level", 2), argument["code"])))


@edit
def no_renegotiation(data, _):
    """Renames renegotiation_info and its SCSV in a ClientHello."""
    start, _ = find(data, "client_hello")
    at, length = tlsbytes.suites_at(bytes(data), start)
    for suite in range(at, at + length, 2):
        if tlsbytes.u16(data, suite) == 0x00FF:
            put(data, suite, 0x00FE, 2)
    for kind, place, _ in tlsbytes.extensions(bytes(data), "client_hello",
                                              start):
        if kind == 0xFF01:
            put(data, place, 0x3A3B, 2)
