"""IP packets in fragments, and a pcapng of several interfaces; beside what
tests/cli/craft.py makes."""
import craft


def several_interfaces(packets):
    """pcapng: raw in seconds / 2**20, Ethernet in nanoseconds, cooked."""
    kinds = ((craft.raw, 101, b"\x94", 2**20), (craft.ethernet, 1, b"\x09",
                                                10**9),
             (craft.sll, 113, b"\x06", 10**6))
    out = craft.block(0x0a0d0d0a, bytes.fromhex("4d3c2b1a01000000") +
                      b"\xff" * 8)
    for _, dlt, units, _ in kinds:
        out += craft.block(1, dlt.to_bytes(2, "little") + bytes(6) +
                           b"\x09\0\1\0" + units + bytes(3) + bytes(4))
    for number, (time, data) in enumerate(packets):
        link, _, _, units = kinds[number % 3]
        # the microsecond may not be lost in a coarser clock
        stamp = -(-round(time * 10**6) * units // 10**6)
        frame = link(data)
        body = (number % 3).to_bytes(4, "little")
        body += (stamp >> 32).to_bytes(4, "little")
        body += (stamp & 0xffffffff).to_bytes(4, "little")
        body += len(frame).to_bytes(4, "little") * 2
        out += craft.block(6, body + frame + bytes(-len(frame) % 4))
    return out


def fragmented(packet, number):
    """An IP packet in fragments, the last one first."""
    if packet[0] >> 4 != 4:
        return fragmented6(packet, number)
    head, body, parts = packet[:20], packet[20:], []
    for at in range(0, len(body), 24):
        part = body[at:at + 24]
        bits = at // 8 | (0x2000 if at + 24 < len(body) else 0)
        parts.append(head[:2] + (20 + len(part)).to_bytes(2, "big") +
                     head[4:6] + bits.to_bytes(2, "big") + head[8:] + part)
    return parts[::-1]


def fragmented6(packet, number=1):
    """RFC 8200 section 4.5."""
    body, parts = packet[40:], []
    for at in range(0, len(body), 24):
        part = body[at:at + 24]
        more = 1 if at + 24 < len(body) else 0
        extra = packet[6:7] + b"\0" + (at | more).to_bytes(2, "big") + \
            number.to_bytes(4, "big")
        parts.append(packet[:4] + (8 + len(part)).to_bytes(2, "big") + b"\x2c"
                     + packet[7:40] + extra + part)
    return parts[::-1]
