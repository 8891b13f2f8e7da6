"""Just enough TLS to see what starts in a run of bytes, and where."""

HANDSHAKE = {0: "hello_request", 1: "client_hello", 2: "server_hello",
             4: "new_session_ticket", 8: "encrypted_extensions",
             11: "certificate", 12: "server_key_exchange",
             13: "certificate_request", 14: "server_hello_done",
             15: "certificate_verify", 16: "client_key_exchange",
             20: "finished", 22: "certificate_status"}
RETRY_RANDOM = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891"
                             "c2a211167abb8c5e079e09e2c8a8339c")
VERSIONS = {0x0300: "SSL3", 0x0301: "TLS1.0", 0x0302: "TLS1.1",
            0x0303: "TLS1.2", 0x0304: "TLS1.3"}


def u16(data, at):
    return int.from_bytes(data[at:at + 2], "big")


def u24(data, at):
    return int.from_bytes(data[at:at + 3], "big")


def records(data):
    """(type, start, end) of each record that starts in data; the last end
    may lie past the data."""
    at = 0
    while at + 5 <= len(data) and 20 <= data[at] <= 24 and data[at + 1] == 3:
        end = at + 5 + u16(data, at + 3)
        yield data[at], at, end
        at = end


def second_hello(data, at, end):
    """A clear ClientHello after the compatibility ChangeCipherSpec of RFC 8446
    appendix D.4, on the way back from a HelloRetryRequest."""
    return data[at:at + 1] == b"\x01" and at + 4 + u24(data, at + 1) == end


def messages(data):
    """(name, start, end) of each clear handshake message in data."""
    changed = False
    for kind, start, end in records(data):
        changed |= kind == 20
        at = start + 5
        if changed and not second_hello(data, at, end):
            continue  # what follows ChangeCipherSpec is encrypted
        while kind == 22 and at + 4 <= min(end, len(data)):
            stop = at + 4 + u24(data, at + 1)
            name = HANDSHAKE.get(data[at], f"handshake_{data[at]}")
            if name == "server_hello" and data[at + 6:at + 38] == RETRY_RANDOM:
                name = "hello_retry_request"
            yield name, at, stop
            at = stop


def extensions(data, name, start):
    """(type, start, end) of each extension of a hello; start is that of its
    handshake header, the yielded start that of the extension's type."""
    at = start + 4 + 2 + 32
    at += 1 + data[at]
    if name == "client_hello":
        at += 2 + u16(data, at)
        at += 1 + data[at]
    else:
        at += 3
    stop = at + 2 + u16(data, at)
    at += 2
    while at + 4 <= min(stop, len(data)):
        end = at + 4 + u16(data, at + 2)
        yield u16(data, at), at, end
        at = end


def suites_at(data, start):
    """Where the suite list of a ClientHello starts and how long it is."""
    at = start + 4 + 2 + 32
    at += 1 + data[at]
    return at + 2, u16(data, at)


class Scan:
    def __init__(self):
        self.records, self.messages = set(), set()
        self.extensions = set()
        self.sni = None
        self.hello_length = 0


def scan(data):
    found = Scan()
    for kind, _, _ in records(data):
        found.records.add(kind)
    for name, start, end in messages(data):
        found.messages.add(name)
        if name == "client_hello":
            found.hello_length = end - start
            found.sni = server_name(data, start)
            found.extensions = extension_types(data, start)
    return found


def extension_types(data, start):
    try:
        return {kind for kind, _, _ in extensions(data, "client_hello",
                                                  start)}
    except IndexError:
        return set()


def server_name(data, start):
    try:
        for kind, at, end in extensions(data, "client_hello", start):
            if kind == 0:
                return data[at + 9:end].decode("latin-1")
    except IndexError:
        pass
    return None


def negotiated(data, start):
    """The version a ServerHello chose."""
    try:
        for kind, at, _ in extensions(data, "server_hello", start):
            if kind == 43:
                return u16(data, at + 4)
    except IndexError:
        pass
    return u16(data, start + 4)
