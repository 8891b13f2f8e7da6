"""Reads a capture back: what each connection said, and how it ended.

The lab checks its labels against this. It shares no code with tlsdiag on
purpose: two readers that agree are better evidence than one.
"""
import ipaddress
import struct

from labkit import tlsbytes

FIN, SYN, RST, ACK = 1, 2, 4, 16


def packets(path):
    with open(path, "rb") as capture:
        data = capture.read()
    order = "<" if data[:4] == b"\xd4\xc3\xb2\xa1" else ">"
    at = 24
    while at + 16 <= len(data):
        seconds, micro, length, _ = struct.unpack_from(order + "IIII", data,
                                                       at)
        yield seconds + micro / 1e6, data[at + 16:at + 16 + length]
        at += 16 + length


def tcp_of(frame):
    """(source, destination, TCP header and payload) or None."""
    kind = tlsbytes.u16(frame, 12)
    ip = frame[14:]
    if kind == 0x0800 and ip[9] == 6:
        head = (ip[0] & 15) * 4
        return (str(ipaddress.ip_address(ip[12:16])),
                str(ipaddress.ip_address(ip[16:20])),
                ip[head:tlsbytes.u16(ip, 2)])
    if kind == 0x86DD and ip[6] == 6:
        return (str(ipaddress.ip_address(ip[8:24])),
                str(ipaddress.ip_address(ip[24:40])),
                ip[40:40 + tlsbytes.u16(ip, 4)])
    return None


class Side:
    """One direction: bytes in order, then records, then messages."""

    def __init__(self):
        self.next = None
        self.early = {}
        self.count = 0
        self.data = b""
        self.handshake = b""
        self.encrypted = False
        self.first = b""

    def deliver(self, seq, payload):
        """The new bytes in order, as far as they reach."""
        if self.next is None:
            self.next = seq
        self.early.setdefault(seq, payload)
        fresh = b""
        while True:
            for start in sorted(self.early):
                offset = (self.next - start) & 0xFFFFFFFF
                piece = self.early[start]
                if offset < len(piece):
                    fresh += piece[offset:]
                    self.next = (self.next + len(piece) - offset) & 0xFFFFFFFF
                    break
                if offset < 0x80000000:
                    del self.early[start]
                    break
            else:
                break
            if not self.early:
                break
        self.count += len(fresh)
        self.first = (self.first + fresh)[:32]
        return fresh


def is_record(data):
    return 20 <= data[0] <= 24 and data[1:2] == b"\x03" if data else False


class Connection:
    def __init__(self, time, client, server):
        self.start, self.last = time, time
        self.client, self.server = client, server
        self.sides = {"c": Side(), "s": Side()}
        self.messages, self.alerts, self.end = [], [], []
        self.version = None
        self.established = False
        self.closed = False

    def packet(self, time, who, header):
        seq, _, offset_flags = struct.unpack_from("!IIH", header, 4)
        flags, start = offset_flags & 63, (offset_flags >> 12) * 4
        self.last = time
        side = self.sides[who]
        if flags & SYN:
            side.next = (seq + 1) & 0xFFFFFFFF
            self.established |= who == "s"
            return
        if header[start:]:
            self.bytes(who, side.deliver(seq, header[start:]))
        for flag, name in ((FIN, "FIN"), (RST, "RST")):
            if flags & flag and f"{who}:{name}" not in self.end:
                self.end.append(f"{who}:{name}")
        self.closed |= bool(flags & RST)

    def bytes(self, who, fresh):
        side = self.sides[who]
        if side.data and not is_record(side.data) and is_record(fresh):
            side.data = b""  # what came before TLS, STARTTLS for instance
        side.data += fresh
        while len(side.data) >= 5:
            kind, end = side.data[0], 5 + tlsbytes.u16(side.data, 3)
            if not is_record(side.data):
                return
            if len(side.data) < end:
                return
            record, side.data = side.data[:end], side.data[end:]
            self.record(who, side, kind, record[5:])

    def record(self, who, side, kind, body):
        if kind == 20:
            side.encrypted = self.version != "TLS1.3"
        elif kind == 21:
            clear = len(body) == 2 and not side.encrypted
            self.alerts.append({
                "from": {"c": "client", "s": "server"}[who],
                "level": body[0] if clear else None,
                "code": body[1] if clear else None, "encrypted": not clear,
                "after_close": [end for end in self.end
                                if end[0] != who] != []})
        elif kind == 22 and side.encrypted:
            self.messages.append(f"{who}:finished" if side.encrypted is True
                                 else f"{who}:encrypted_handshake")
            side.encrypted = "done"
        elif kind == 22:
            side.handshake += body
            self.handshake(who, side)
        elif kind == 23 and self.version == "TLS1.3":
            self.messages.append(f"{who}:encrypted_{len(body)}")
        elif kind == 23:
            self.messages.append(f"{who}:data")

    def handshake(self, who, side):
        while len(side.handshake) >= 4:
            end = 4 + tlsbytes.u24(side.handshake, 1)
            if len(side.handshake) < end:
                return
            message, side.handshake = (side.handshake[:end],
                                       side.handshake[end:])
            name = tlsbytes.HANDSHAKE.get(message[0],
                                          f"handshake_{message[0]}")
            if name == "server_hello":
                if message[6:38] == tlsbytes.RETRY_RANDOM:
                    name = "hello_retry_request"
                self.version = tlsbytes.VERSIONS.get(
                    tlsbytes.negotiated(message, 0))
            self.messages.append(f"{who}:{name}")

    def summary(self):
        names = [message for message in self.messages
                 if "encrypted_" not in message and not
                 message.endswith(":data")]
        return {
            "stage": names[-1][2:] if names else (
                "none" if self.established else "tcp"),
            "version": self.version, "messages": self.messages[:40],
            "alerts": self.alerts[:6], "end": self.end,
            "client_bytes": self.sides["c"].count,
            "server_bytes": self.sides["s"].count,
            "duration_s": round(self.last - self.start, 3)}


def connections(path):
    """The connections of a capture in order of their SYN."""
    live, every = {}, []
    for time, frame in packets(path):
        found = tcp_of(frame)
        if not found:
            continue
        source, target, header = found
        sport, dport, seq = struct.unpack_from("!HHI", header)
        flags = header[13]
        client = source, sport, target, dport
        if flags & SYN and not flags & ACK:
            known = live.get(client)
            if known is None or known.isn != seq:
                live[client] = Connection(time, (source, sport),
                                          (target, dport))
                live[client].isn = seq
                every.append(live[client])
        who, key = ("c", client) if client in live else (
            "s", (target, dport, source, sport))
        if key in live:
            live[key].packet(time, who, header)
    return every
