#!/usr/bin/env python3
# builds: release asan
"""Every link layer and IP shape leads to the same verdict."""
import struct

import craft
from tool import ToolTest, main

LINKS = {  # name: (frame maker, DLT number of the file)
    'ethernet': (craft.ethernet, 1), 'vlan': (craft.vlan, 1),
    'qinq': (craft.qinq, 1), 'snap': (craft.snap, 1), 'mpls': (craft.mpls, 1),
    'pppoe': (craft.pppoe, 1), 'sll': (craft.sll, 113),
    'sll2': (craft.sll2, 276), 'null': (craft.null, 0),
    'loop': (craft.loop, 108), 'raw': (craft.raw, 101),
    'ppp': (craft.ppp, 9), 'raw12': (craft.raw, 12)}


def hop_by_hop(then):
    return struct.pack('>BB6s', then, 0, b'\x01\x04\0\0\0\0')


def fragment_header(then, offset=0, more=0):
    return struct.pack('>BBHI', then, 0, offset << 3 | more, 7)


OUTER = ('10.9.9.9', '10.8.8.8')


def in_udp(port, header, inner):
    """A tunnel over UDP: source ports vary, the number is the target's."""
    return craft.ip(*OUTER, 17, struct.pack('>HHHH', 54321, port,
                                            8 + len(header + inner), 0)
                    + header + inner)


def in_gre(flags, kind, options, inner):
    """kind None: that of the inner packet."""
    kind = kind or int.from_bytes(craft.ethertype(inner), 'big')
    return craft.ip(*OUTER, 47, struct.pack('>HH', flags, kind) + options
                    + inner)


GTP_LONG = b'\x34\xff\0\0\0\0\0\1\0\0\0\x85' + b'\x01\x10\x09\0'
TUNNELS = {  # how one packet is wrapped into another
    'ipip': lambda packet: craft.ip(*OUTER, 4 if packet[0] >> 4 == 4 else 41,
                                    packet),
    'gre': lambda packet: in_gre(0, None, b'', packet),
    'gre with all options': lambda packet: in_gre(
        0xb000, None, b'\1' * 12, packet),
    'gre bridged': lambda packet: in_gre(0x2000, 0x6558, b'\0\0\0\7',
                                         craft.ethernet(packet)),
    'erspan 1': lambda packet: in_gre(0, 0x88be, b'', craft.ethernet(packet)),
    'erspan 2': lambda packet: in_gre(0x1000, 0x88be, bytes(4) + bytes(8),
                                      craft.vlan(packet)),
    'erspan 3': lambda packet: in_gre(0x1000, 0x22eb, bytes(4) + bytes(12),
                                      craft.ethernet(packet)),
    'erspan 3 long': lambda packet: in_gre(
        0x1000, 0x22eb, bytes(4) + bytes(11) + b'\1' + bytes(8),
        craft.ethernet(packet)),
    'vxlan': lambda packet: in_udp(4789, b'\x08\0\0\0\0\0\7\0',
                                   craft.ethernet(packet)),
    'geneve': lambda packet: in_udp(6081, b'\1\0\x65\x58\0\0\7\0' + bytes(4),
                                    craft.ethernet(packet)),
    'gtp': lambda packet: in_udp(2152, b'\x30\xff\0\0\0\0\0\1', packet),
    'gtp with extensions': lambda packet: in_udp(2152, GTP_LONG, packet)}


class Links(ToolTest):
    def check(self, found, client='192.0.2.7:51234',
              server='198.51.100.5:443'):
        self.assertEqual(found['client'], client)
        self.assertEqual(found['server'], server)
        self.assertEqual(found['sni'], 'example.com')
        self.assertEqual(found['outcome'], 'failed')
        self.assertEqual(found['alert']['code'], 40)
        self.assertEqual(found['alert']['from'], 'server')
        self.assertEqual(found['end'], {'by': 'server', 'how': 'fin'})
        self.assertIn(6, [e['frame'] for e in found['evidence']])

    def test_links_ip4(self):
        for name, (link, dlt) in LINKS.items():
            with self.subTest(name):
                data = craft.pcap(craft.refused(), link, dlt)
                self.check(self.one(data))

    def test_links_ip6(self):
        packets = craft.refused(client=craft.CLIENT6, server=craft.SERVER6)
        for name, (link, dlt) in LINKS.items():
            with self.subTest(name):
                self.check(self.one(craft.pcap(packets, link, dlt)),
                           '[2001:db8::7]:51234', '[2001:db8::5]:443')

    def test_tunnels(self):
        for name, wrap in TUNNELS.items():
            def link(packet, wrap=wrap):
                return craft.ethernet(wrap(packet))
            with self.subTest(name):
                self.check(self.one(craft.pcap(craft.refused(), link)))
                self.check(self.one(craft.pcap(craft.refused(
                    client=craft.CLIENT6, server=craft.SERVER6), link)),
                    '[2001:db8::7]:51234', '[2001:db8::5]:443')

    def test_tunnel_in_tunnel(self):
        def link(packet):
            return craft.ethernet(TUNNELS['gtp'](TUNNELS['vxlan'](packet)))
        self.check(self.one(craft.pcap(craft.refused(), link)))

    def test_cut_tunnels(self):
        for name, wrap in TUNNELS.items():
            whole = wrap(craft.refused()[3][1])
            for length in range(20, len(whole), 7):
                packets = [(craft.EPOCH, whole[:length])]
                result = self.run_tool(self.save('a.pcap', craft.pcap(
                    packets, craft.raw, 101)))
                self.assertIn(result.status, (0, 1), name)

    def test_ip6_only_dlt(self):
        packets = craft.refused(client=craft.CLIENT6, server=craft.SERVER6)
        self.check(self.one(craft.pcap(packets, craft.raw, 229)),
                   '[2001:db8::7]:51234', '[2001:db8::5]:443')
        self.check(self.one(craft.pcap(craft.refused(), craft.raw, 228)))

    def test_ip6_extension_headers(self):
        chain = hop_by_hop(44) + fragment_header(6)  # RFC 6946: an atomic one
        packets = craft.refused(client=craft.CLIENT6, server=craft.SERVER6,
                                extensions=chain, next_header=0)
        self.check(self.one(craft.pcap(packets)), '[2001:db8::7]:51234',
                   '[2001:db8::5]:443')

    def test_fragments_are_counted(self):
        packets = craft.refused()
        c = craft.Connection(client=('192.0.2.9', 4000))
        c.put(c.make('c', craft.ACK, b'x' * 100, fragment=0x2000))
        c.put(c.make('c', craft.ACK, b'x' * 100, fragment=0x0010))
        result = self.run_tool(self.save('a.pcap', craft.pcap(
            craft.merge(packets, c.packets))))
        self.assertIn('2 IP fragments were not reassembled', result.out)
        self.assertEqual(result.status, 1)

    def test_ethernet_padding_is_no_payload(self):
        def padded(packet):
            return craft.ethernet(packet).ljust(80, b'\x5a')
        self.check(self.one(craft.pcap(craft.refused(), padded)))

    def test_big_endian_and_nanoseconds(self):
        for order in '<>':
            for nano in (False, True):
                with self.subTest(order=order, nano=nano):
                    found = self.one(craft.pcap(craft.refused(), order=order,
                                                nano=nano))
                    self.check(found)
                    self.assertEqual(found['start'],
                                     '2026-11-18T11:06:40.001000Z')

    def test_frames_cut_anywhere_do_no_harm(self):
        frames = craft.refused()
        for link, dlt in LINKS.values():
            whole = link(frames[3][1])
            cut = [(craft.EPOCH + i / 1000, i) for i in range(len(whole))]
            data = craft.pcap(cut, lambda i: whole[:i], dlt)
            self.run_tool('--json', self.save('cut.pcap', data))


if __name__ == '__main__':
    main()
