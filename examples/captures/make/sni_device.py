#!/usr/bin/env python3
"""A device on the path that resets connections by requested name.

usage: sni_device.py CLIENT_SIDE SERVER_SIDE NAME

It forwards between two interfaces in user space (switch the kernel's
forwarding off). A ClientHello that names NAME goes no further: the device
answers it with a reset that carries the server's address but the device's own
hop limit and IP identification, and resets the server likewise.
"""
import selectors
import socket
import struct
import sys

DEVICE_TTL = 128
DEVICE_IP_ID = 0x5A5A
ETH_IP = 0x0800
RST, ACK = 0x04, 0x10


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def with_tcp_checksum(src, dst, tcp):
    tcp = tcp[:16] + b"\0\0" + tcp[18:]
    pseudo = src + dst + struct.pack("!BBH", 0, 6, len(tcp))
    return tcp[:16] + struct.pack("!H", checksum(pseudo + tcp)) + tcp[18:]


def reset(src, dst, sport, dport, seq, ack):
    tcp = struct.pack("!HHIIBBHHH", sport, dport, seq, ack, 5 << 4, RST | ACK,
                      0, 0, 0)
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(tcp), DEVICE_IP_ID, 0,
                     DEVICE_TTL, 6, 0) + src + dst
    return ip + with_tcp_checksum(src, dst, tcp)


class Packet:
    """The parts of one IPv4/TCP packet that the device looks at."""

    def __init__(self, data):
        self.data = data[:struct.unpack_from("!H", data, 2)[0]]
        self.head = (data[0] & 15) * 4
        self.src, self.dst = data[12:16], data[16:20]
        self.sport, self.dport, self.seq, self.ack = struct.unpack_from(
            "!HHII", data, self.head)
        start = self.head + (data[self.head + 12] >> 4) * 4
        self.payload = self.data[start:]

    def forwarded(self):
        """One hop further on. Offload leaves checksums to the receiver's
        kernel, so they are made here; the IP checksum is the raw socket's."""
        ip = bytearray(self.data[:self.head])
        ip[8] -= 1
        return bytes(ip) + with_tcp_checksum(self.src, self.dst,
                                             self.data[self.head:])


def handle(data, name, out):
    packet = Packet(data)
    if packet.payload[:1] != b"\x16" or name not in packet.payload:
        out.sendto(packet.forwarded(), (socket.inet_ntoa(packet.dst), 0))
        return
    after = packet.seq + len(packet.payload)
    out.sendto(reset(packet.dst, packet.src, packet.dport, packet.sport,
                     packet.ack, after), (socket.inet_ntoa(packet.src), 0))
    out.sendto(reset(packet.src, packet.dst, packet.sport, packet.dport,
                     packet.seq, packet.ack),
               (socket.inet_ntoa(packet.dst), 0))


def main():
    out = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    taps = selectors.DefaultSelector()
    for interface in sys.argv[1:3]:
        tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                            socket.htons(ETH_IP))
        tap.bind((interface, ETH_IP))
        taps.register(tap, selectors.EVENT_READ)
    while True:
        for key, _ in taps.select():
            frame, address = key.fileobj.recvfrom(65535)
            if address[2] == socket.PACKET_HOST and frame[23] == 6:
                handle(frame[14:], sys.argv[3].encode(), out)


if __name__ == "__main__":
    main()
