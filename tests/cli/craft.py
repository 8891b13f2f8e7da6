"""Captures made by hand: TLS records, TCP connections, link layers, files.

Everything here returns bytes or lists of (time, packet); nothing is written
to disk but by save()."""
import struct

CLIENT = ('192.0.2.7', 51234)
SERVER = ('198.51.100.5', 443)
CLIENT6 = ('2001:db8::7', 51234)
SERVER6 = ('2001:db8::5', 443)
EPOCH = 1795000000.0

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16


# ---- TLS ----

def vector(size, body):
    """A body with its length in front."""
    return len(body).to_bytes(size, 'big') + body


def record(kind, body, version=0x0301):
    return struct.pack('>BH', kind, version) + vector(2, body)


def extension(number, body):
    return struct.pack('>H', number) + vector(2, body)


def server_name(name):
    return extension(0, vector(2, b'\0' + vector(2, name)))


def alpn(*names):
    return extension(16, vector(2, b''.join(vector(1, n) for n in names)))


def client_hello(name=b'example.com', version=0x0303, suites=(0xc02f, 0xc030),
                 extra=b'', session_id=b''):
    """A ClientHello message with the usual extensions of TLS 1.2."""
    extensions = b''
    if name is not None:
        extensions += server_name(name)
    extensions += extension(10, vector(2, struct.pack('>HH', 29, 23)))
    extensions += extension(11, vector(1, b'\0'))
    extensions += extension(13, vector(2, struct.pack('>HHH', 0x0403, 0x0804,
                                                      0x0401)))
    extensions += extension(23, b'') + extra
    body = struct.pack('>H', version) + bytes(range(32))
    body += vector(1, session_id)
    body += vector(2, b''.join(struct.pack('>H', s) for s in suites))
    body += vector(1, b'\0') + vector(2, extensions)
    return b'\x01' + vector(3, body)


def server_hello(suite=0xc02f, version=0x0303):
    body = struct.pack('>H', version) + bytes(range(64, 96)) + vector(1, b'')
    body += struct.pack('>HB', suite, 0)
    body += vector(2, extension(0xff01, b'\0') + extension(23, b''))
    return b'\x02' + vector(3, body)


def alert(code, level=2):
    return record(21, bytes([level, code]), 0x0303)


HELLO = record(22, client_hello())
REFUSED = alert(40)


# ---- IP and TCP ----

def checksum(data):
    if len(data) & 1:
        data += b'\0'
    total = sum(struct.unpack('>%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def address(text):
    if ':' in text:
        left, _, right = text.partition('::')
        left = [int(x, 16) for x in left.split(':') if x]
        right = [int(x, 16) for x in right.split(':') if x]
        words = left + [0] * (8 - len(left) - len(right)) + right
        return struct.pack('>8H', *words)
    return bytes(int(x) for x in text.split('.'))


def ip(source, target, proto, payload, ttl=64, ident=1, fragment=0x4000,
       extensions=b'', next_header=None):
    """An IPv4 or IPv6 packet.  extensions: IPv6 headers as they stand."""
    if ':' in source:
        kind = proto if next_header is None else next_header
        return struct.pack('>IHBB', 6 << 28, len(extensions) + len(payload),
                           kind, ttl) + address(source) + address(
                               target) + extensions + payload
    head = struct.pack('>BBHHHBBH', 0x45, 0, 20 + len(payload), ident,
                       fragment, ttl, proto, 0)
    head += address(source) + address(target)
    return head[:10] + struct.pack('>H', checksum(head)) + head[12:] + payload


def tcp(source, target, seq, ack, flags, payload=b'', window=65535,
        options=b''):
    """A TCP segment.  Its checksum is left out: cards fill it in later than
    a capture sees it, so nobody may rely on it."""
    words = 5 + len(options) // 4
    return struct.pack('>HHIIBBHHH', source[1], target[1], seq & 0xffffffff,
                       ack & 0xffffffff, words << 4, flags, window, 0,
                       0) + options + payload


def udp(source, target, payload):
    return struct.pack('>HHHH', source[1], target[1], 8 + len(payload),
                       0) + payload


class Connection:
    """A TCP connection that is talked into a list of (time, IP packet).

    The numbers go wherever a test wants them: `seq` and `ack` may be set, a
    segment may be held back (returned, not recorded) and put in later."""

    def __init__(self, client=CLIENT, server=SERVER, start=EPOCH,
                 isn=(1000, 5000), **ip_options):
        self.side = {'c': client, 's': server}
        self.isn = {'c': isn[0], 's': isn[1]}
        self.seq = {'c': isn[0], 's': isn[1]}
        self.time = start
        self.packets = []
        self.ident = {'c': 100, 's': 9000}
        self.ip_options = ip_options

    def make(self, who, flags, payload=b'', seq=None, ack=None, **more):
        """One packet, and nothing else happens."""
        other = 's' if who == 'c' else 'c'
        seq = self.seq[who] if seq is None else seq
        ack = self.seq[other] if ack is None else ack
        if not flags & ACK:
            ack = 0
        self.ident[who] += 1
        options = dict(self.ip_options, ident=self.ident[who])
        for key in ('ttl', 'ident', 'fragment', 'extensions', 'next_header'):
            if key in more:
                options[key] = more.pop(key)
        segment = tcp(self.side[who], self.side[other], seq, ack, flags,
                      payload, **more)
        return ip(self.side[who][0], self.side[other][0], 6, segment,
                  **options)

    def put(self, packet, after=0.001):
        self.time += after
        self.packets.append((self.time, packet))

    def send(self, who, payload=b'', flags=ACK, after=0.001, **more):
        """Sends, records, and moves the sequence number on."""
        self.put(self.make(who, flags, payload, **more), after)
        if 'seq' not in more:
            self.seq[who] += len(payload)
            self.seq[who] += 1 if flags & (SYN | FIN) else 0

    def open(self):
        mss = struct.pack('>BBH', 2, 4, 1460)
        self.send('c', flags=SYN, options=mss)
        self.send('s', flags=SYN | ACK, options=mss)
        self.send('c')
        return self

    def close(self, first='s'):
        second = 'c' if first == 's' else 's'
        self.send(first, flags=FIN | ACK)
        self.send(second, flags=FIN | ACK)
        self.send(first)
        return self


def refused(**options):
    """The simplest failure: a hello, fatal handshake_failure, a close."""
    c = Connection(**options).open()
    c.send('c', HELLO)
    c.send('s')
    c.send('s', REFUSED)
    c.close()
    return c.packets


# ---- link layers: IP packet to frame ----

MACS = bytes.fromhex('020000000002020000000001')


def ethertype(packet):
    return b'\x08\x00' if packet[0] >> 4 == 4 else b'\x86\xdd'


def ethernet(packet):
    return MACS + ethertype(packet) + packet


def vlan(packet):
    return MACS + b'\x81\x00\x00\x2a' + ethertype(packet) + packet


def qinq(packet):
    return (MACS + b'\x88\xa8\x00\x07\x81\x00\x00\x2a' + ethertype(packet)
            + packet)


def snap(packet):
    body = bytes.fromhex('aaaa03000000') + ethertype(packet) + packet
    return MACS + struct.pack('>H', min(len(body), 1500)) + body


def mpls(packet):
    return MACS + b'\x88\x47' + b'\x00\x01\x00\x40\x00\x02\x01\x40' + packet


def pppoe(packet):
    kind = b'\x00\x21' if packet[0] >> 4 == 4 else b'\x00\x57'
    return (MACS + b'\x88\x64\x11\x00\x00\x01'
            + struct.pack('>H', len(packet) + 2) + kind + packet)


def sll(packet):
    return struct.pack('>HHH8s', 0, 1, 6, MACS[:8]) + ethertype(
        packet) + packet


def sll2(packet):
    return ethertype(packet) + struct.pack('>HIHBB8s', 0, 2, 1, 0, 6,
                                           MACS[:8]) + packet


def null(packet):
    return struct.pack('<I', 2 if packet[0] >> 4 == 4 else 30) + packet


def loop(packet):
    return struct.pack('>I', 2 if packet[0] >> 4 == 4 else 24) + packet


def raw(packet):
    return packet


def ppp(packet):
    return b'\xff\x03' + (b'\x00\x21' if packet[0] >> 4 == 4
                          else b'\x00\x57') + packet


# ---- files ----

def pcap(packets, link=ethernet, dlt=1, order='<', nano=False, snaplen=262144):
    magic = 0xa1b23c4d if nano else 0xa1b2c3d4
    scale = 1000000000 if nano else 1000000
    out = [struct.pack(order + 'IHHiIII', magic, 2, 4, 0, 0, snaplen, dlt)]
    for time, packet in packets:
        frame = link(packet)
        ticks = round(time * 1000000) * (scale // 1000000)
        out.append(struct.pack(order + 'IIII', ticks // scale, ticks % scale,
                               min(len(frame), snaplen), len(frame)))
        out.append(frame[:snaplen])
    return b''.join(out)


def block(kind, body):
    body += b'\0' * (-len(body) % 4)
    size = len(body) + 12
    return struct.pack('<II', kind, size) + body + struct.pack('<I', size)


def pcapng(packets, link=ethernet, dlt=1, snaplen=262144):
    out = block(0x0a0d0d0a, struct.pack('<IHHq', 0x1a2b3c4d, 1, 0, -1))
    out += block(1, struct.pack('<HHI', dlt, 0, snaplen))
    for time, packet in packets:
        frame = link(packet)
        ticks = round(time * 1000000)
        out += block(6, struct.pack('<IIIII', 0, ticks >> 32,
                                    ticks & 0xffffffff,
                                    min(len(frame), snaplen), len(frame))
                     + frame[:snaplen])
    return out


def merge(*connections):
    """Packets of several connections in the order of time."""
    return sorted((p for c in connections for p in c), key=lambda p: p[0])
