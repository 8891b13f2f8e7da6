#!/usr/bin/env python3
# builds: release asan
"""TCP as captures really hold it: whatever happened to the segments, the
verdict is that of the plain connection, or says what is missing."""
import craft
from craft import ACK, FIN, RST, SYN, Connection
from tool import ToolTest, main


def hello_in(*cuts):
    """The hello cut at these offsets."""
    edges = [0, *cuts, len(craft.HELLO)]
    return [craft.HELLO[a:b] for a, b in zip(edges, edges[1:])]


def shuffled(order, cuts=(40, 90), isn=(1000, 5000)):
    """A refused connection whose hello segments are captured in an order."""
    c = Connection(isn=isn).open()
    pieces, seq = [], c.seq['c']
    for piece in hello_in(*cuts):
        pieces.append((seq, piece))
        seq += len(piece)
    for i in order:
        c.put(c.make('c', ACK, pieces[i][1], seq=pieces[i][0]))
    c.seq['c'] = seq
    c.send('s')
    c.send('s', craft.REFUSED)
    return c.close().packets


class Streams(ToolTest):
    def verdict(self, packets, **options):
        return self.one(craft.pcap(packets), **options)

    def same(self, packets):
        """The verdict is the one of the plain connection."""
        want = self.verdict(craft.refused())
        found = self.verdict(packets)
        for key in ('sni', 'outcome', 'cause', 'party', 'stage', 'alert',
                    'end', 'ja3', 'ja4'):
            self.assertEqual(found[key], want[key], key)
        return found

    def test_split_hello(self):
        self.same(shuffled([0, 1, 2]))

    def test_every_byte_its_own_segment(self):
        n = len(craft.HELLO)
        self.same(shuffled(range(n), cuts=range(1, n)))

    def test_out_of_order(self):
        for order in ([1, 0, 2], [2, 1, 0], [0, 2, 1], [2, 0, 1]):
            with self.subTest(order):
                self.same(shuffled(order))

    def test_backwards_bytes(self):
        n = len(craft.HELLO)
        self.same(shuffled(range(n - 1, -1, -1), cuts=range(1, n)))

    def test_retransmitted(self):
        found = self.same(shuffled([0, 1, 1, 0, 2, 2]))
        self.assertEqual(found['outcome'], 'failed')

    def test_overlapping(self):
        c = Connection().open()
        start = c.seq['c']
        for a, b in ((0, 60), (30, 100), (20, 90), (95, len(craft.HELLO))):
            c.put(c.make('c', ACK, craft.HELLO[a:b], seq=start + a))
        c.seq['c'] = start + len(craft.HELLO)
        c.send('s', craft.REFUSED)
        self.same(c.close().packets)

    def test_overlap_keeps_what_came_first(self):
        c = Connection().open()
        start = c.seq['c']
        c.put(c.make('c', ACK, craft.HELLO[:100], seq=start))
        c.put(c.make('c', ACK, b'\xff' * 60 + craft.HELLO[100:],
                     seq=start + 40))
        c.seq['c'] = start + len(craft.HELLO)
        c.send('s', craft.REFUSED)
        self.same(c.close().packets)

    def test_sequence_numbers_wrap(self):
        for below in (1, 2, 41, 100):
            with self.subTest(below):
                isn = (2**32 - below, 2**32 - 3)
                self.same(shuffled([0, 2, 1], isn=isn))

    def test_packets_captured_twice(self):
        twice = [(t, p) for t, p in craft.refused() for _ in (0, 1)]
        found = self.same(twice)
        texts = ' '.join(e['text'] for e in found['evidence'])
        self.assertNotIn('again', texts)

    def test_missing_segment_of_the_hello(self):
        found = self.verdict(shuffled([0, 2]))
        self.assertEqual(found['alert']['code'], 40)
        self.assertEqual(found['end'], {'by': 'server', 'how': 'fin'})

    def test_name_from_half_a_hello(self):
        c = Connection().open()
        c.send('c', craft.HELLO[:100])
        c.send('s')
        c.send('s', flags=RST | ACK, ack=c.seq['c'])
        found = self.verdict(c.packets)
        self.assertEqual(found['sni'], 'example.com')

    def test_truncated_by_snaplen(self):
        data = craft.pcap(craft.refused(), snaplen=150)
        found = self.one(data)
        self.assertEqual(found['sni'], 'example.com')
        self.assertEqual(found['alert']['code'], 40)

    def test_headers_only(self):
        found = self.objects(self.save('a.pcap', craft.pcap(
            craft.refused(), snaplen=54)))
        self.assertEqual(len(found), 1)
        self.assertIsNone(found[0]['sni'])
        self.assertIsNone(found[0]['alert'])

    def test_keepalives(self):
        c = Connection().open()
        c.send('c', craft.HELLO)
        for _ in range(3):
            c.put(c.make('c', ACK, b'\0', seq=c.seq['c'] - 1), after=5)
            c.put(c.make('s', ACK))
        c.send('s', craft.REFUSED)
        found = self.same(c.close().packets)
        texts = ' '.join(e['text'] for e in found['evidence'])
        self.assertNotIn('again', texts)

    def test_starts_with_the_syn_ack(self):
        self.same(craft.refused()[1:])

    def test_starts_with_the_hello(self):
        self.same(craft.refused()[3:])

    def test_starts_with_the_alert(self):
        """Not the hello, but who sent the alert and who closed, is seen."""
        found = self.objects(self.save('a.pcap',
                                       craft.pcap(craft.refused()[5:])))
        for item in found:
            self.assertEqual(item['server'], '198.51.100.5:443')
            self.assertLess(item['confidence'], 90)

    def test_hello_from_the_side_that_accepted(self):
        """Active FTP: the server connects, the client says hello."""
        c = Connection(client=('198.51.100.5', 20), server=('192.0.2.7', 4711))
        c.open()
        c.send('s', craft.HELLO)
        c.send('c', craft.REFUSED)
        found = self.verdict(c.close('c').packets)
        self.assertEqual(found['client'], '192.0.2.7:4711')
        self.assertEqual(found['server'], '198.51.100.5:20')
        self.assertEqual(found['alert']['from'], 'server')

    def test_one_side_only(self):
        for who, offset in (('client', 12), ('server', 16)):
            with self.subTest(who):
                keep = craft.address(craft.CLIENT[0] if who == 'client'
                                     else craft.SERVER[0])
                packets = [p for p in craft.refused() if p[1][12:16] == keep]
                found = self.objects(self.save('a.pcap',
                                               craft.pcap(packets)))
                for item in found:
                    self.assertEqual(item['client'], '192.0.2.7:51234')
                    self.assertNotEqual(item['outcome'], 'completed')

    def test_endpoints_used_again(self):
        first = Connection().open()
        first.send('c', craft.HELLO)
        first.send('s', craft.REFUSED)
        first.close()
        second = Connection(start=craft.EPOCH + 1, isn=(77000, 88000)).open()
        second.send('c', craft.HELLO)
        second.send('s', flags=RST | ACK)
        found = self.objects(self.save('a.pcap', craft.pcap(
            first.packets + second.packets)), status=1)
        self.assertEqual([f['index'] for f in found], [0, 1])
        self.assertEqual(found[0]['end']['how'], 'fin')
        self.assertEqual(found[1]['end'], {'by': 'server', 'how': 'rst'})
        self.assertIsNone(found[1]['alert'])

    def test_endpoints_used_again_without_a_close(self):
        first = Connection().open()
        first.send('c', craft.HELLO)
        second = Connection(start=craft.EPOCH + 1, isn=(77000, 88000)).open()
        second.send('c', craft.HELLO)
        second.send('s', craft.REFUSED)
        second.close()
        found = self.objects(self.save('a.pcap', craft.pcap(
            first.packets + second.packets)), status=1)
        self.assertEqual(len(found), 2)
        self.assertEqual(found[1]['alert']['code'], 40)

    def test_syn_repeated_is_one_connection(self):
        c = Connection()
        for wait in (0, 1, 2, 4):
            c.put(c.make('c', SYN), after=wait)
        found = self.verdict(c.packets, status=1)
        self.assertEqual(found['cause'], 'tcp_connect_failed')

    def test_refused_syn(self):
        c = Connection()
        c.send('c', flags=SYN)
        c.put(c.make('s', RST | ACK, seq=0))
        found = self.verdict(c.packets)
        self.assertEqual(found['cause'], 'tcp_connect_failed')

    def test_order_is_that_of_the_first_packets(self):
        slow = Connection().open()
        fast = Connection(client=('192.0.2.8', 1), start=craft.EPOCH + .5)
        fast.open()
        fast.send('c', craft.HELLO)
        fast.send('s', craft.REFUSED)
        fast.close()
        slow.send('c', craft.HELLO, after=20)
        slow.send('s', craft.REFUSED)
        slow.close()
        found = self.objects(self.save('a.pcap', craft.pcap(
            craft.merge(slow.packets, fast.packets))))
        self.assertEqual([f['client'] for f in found],
                         ['192.0.2.7:51234', '192.0.2.8:1'])
        self.assertEqual([f['index'] for f in found], [0, 1])

    def test_one_wild_clock(self):
        """One packet from the year 2100 does not end other connections."""
        packets = craft.refused()
        wild = (4102444800.0, Connection(client=('192.0.2.9', 9)).make(
            'c', SYN))
        packets.insert(4, wild)
        found = self.objects(self.save('a.pcap', craft.pcap(packets)))
        mine = [f for f in found if f['client'] == '192.0.2.7:51234']
        self.assertEqual(len(mine), 1)
        self.assertEqual(mine[0]['alert']['code'], 40)

    def test_dtls(self):
        def datagram(kind, message, number, version=0xfefd):
            body = message[:4] + b'\0\0' + b'\0\0\0' + message[1:4]
            body += message[4:]
            return (bytes([kind]) + version.to_bytes(2, 'big')
                    + number.to_bytes(8, 'big')
                    + len(body).to_bytes(2, 'big') + body)
        message = craft.client_hello(version=0xfefd)
        cookie = message[:4 + 34] + b'\0\0' + message[4 + 35:]
        cookie = cookie[:1] + (len(cookie) - 4).to_bytes(3, 'big') + cookie[4:]
        hello = datagram(22, cookie, 0)
        refused = b'\x15\xfe\xfd' + bytes(8) + b'\0\x02\x02\x28'
        packets = [
            (craft.EPOCH, craft.ip(craft.CLIENT[0], craft.SERVER[0], 17,
                                   craft.udp(craft.CLIENT, craft.SERVER,
                                             hello))),
            (craft.EPOCH + .01, craft.ip(craft.SERVER[0], craft.CLIENT[0], 17,
                                         craft.udp(craft.SERVER, craft.CLIENT,
                                                   refused)))]
        found = self.verdict(packets)
        self.assertEqual(found['client'], '192.0.2.7:51234')
        self.assertEqual(found['sni'], 'example.com')
        self.assertEqual(found['alert']['code'], 40)

    def test_udp_that_is_not_dtls(self):
        packets = [(craft.EPOCH + i / 100, craft.ip(
            '192.0.2.1', '192.0.2.2', 17, craft.udp(
                ('192.0.2.1', 5000), ('192.0.2.2', 53), bytes([i]) * 60)))
            for i in range(256)]
        self.assertEqual(self.objects(self.save('a.pcap',
                                                craft.pcap(packets)),
                                      status=0), [])

    def test_urgent_end_of_capture(self):
        """Every prefix of a capture is judged without a stumble, and the end
        of a capture is never the end of a connection."""
        packets = craft.refused()
        for n in range(1, len(packets)):
            found = self.objects(self.save('a.pcap',
                                           craft.pcap(packets[:n])))
            for item in found:
                self.assertNotEqual(item['outcome'], 'completed')
                if n <= 6:
                    self.assertIsNone(item['end'])

    def test_odd_segments(self):
        """Flags, numbers and lengths that no stack sends."""
        c = Connection().open()
        for flags in range(256):
            c.put(c.make('c', flags, bytes([flags]) * 3,
                         seq=flags * 0x01234567))
            c.put(c.make('s', flags, b'', ack=flags * 0x07654321))
        self.run_tool('--json', self.save('a.pcap', craft.pcap(c.packets)))

    def test_fin_before_the_last_bytes(self):
        """The FIN overtakes the alert in the capture."""
        c = Connection().open()
        c.send('c', craft.HELLO)
        start = c.seq['s']
        c.put(c.make('s', FIN | ACK, seq=start + len(craft.REFUSED)))
        c.put(c.make('s', ACK, craft.REFUSED, seq=start))
        c.seq['s'] = start + len(craft.REFUSED) + 1
        c.send('c', flags=FIN | ACK)
        found = self.same(c.packets)
        self.assertFalse(found['noise'])


main()
