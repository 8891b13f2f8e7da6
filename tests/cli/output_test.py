#!/usr/bin/env python3
# builds: release asan
"""What comes out: objects, reports, colours, pseudonyms, exit statuses."""
import re

import craft
from craft import ACK, RST, Connection
from tool import ToolTest, main

WIDTH = 100
NASTY = [b'a\x1b[31mb', b'a\0b', b'a"b\\c', b'a\r\nb', b'\xff\xfe\x80',
         '\u202eabc'.encode(), '\U0001f4a9.example'.encode(), b'\xed\xa0\x80',
         b'\xc0\xaf', b'<script>', b'x' * 15000, b'', b'\x7f\x9b31m']


def failing(name, client=craft.CLIENT, start=craft.EPOCH):
    c = Connection(client=client, start=start).open()
    hello = craft.record(22, craft.client_hello(name, extra=craft.alpn(
        b'h2', b'http/1.1')))
    for i in range(0, len(hello), 1400):
        c.send('c', hello[i:i + 1400])
    c.send('s', craft.REFUSED)
    return c.close().packets


def completed(client=craft.CLIENT, start=craft.EPOCH):
    """TLS 1.2 to the end, with application data both ways."""
    c = Connection(client=client, start=start).open()
    ccs = craft.record(20, b'\x01', 0x0303)
    finished = craft.record(22, bytes(40), 0x0303)
    key = b'\x0c' + craft.vector(3, b'\x03\x00\x1d' + craft.vector(
        1, bytes(32)) + b'\x04\x01' + craft.vector(2, bytes(256)))
    c.send('c', craft.HELLO)
    c.send('s', craft.record(22, craft.server_hello(), 0x0303)
           + craft.record(22, key, 0x0303)
           + craft.record(22, b'\x0e\0\0\0', 0x0303))
    c.send('c', craft.record(22, b'\x10' + craft.vector(3, craft.vector(
        1, bytes(32))), 0x0303) + ccs + finished)
    c.send('s', ccs + finished)
    c.send('c', craft.record(23, bytes(100), 0x0303))
    c.send('s', craft.record(23, bytes(1000), 0x0303))
    return c.close('c').packets


def probe(client):
    c = Connection(client=client).open()
    return c.close('c').packets


class Objects(ToolTest):
    def test_members(self):
        found = self.one(craft.pcap(failing(b'example.com')))
        self.assertEqual(list(found), [
            'type', 'file', 'client', 'server', 'start', 'sni', 'alpn',
            'outcome', 'cause', 'confidence', 'party', 'stage', 'noise',
            'alert', 'end', 'version', 'cipher', 'ja3', 'ja4', 'evidence',
            'alternatives', 'advice', 'index'])
        self.assertEqual(found['type'], 'connection')
        self.assertEqual(found['alpn'], ['h2', 'http/1.1'])
        self.assertEqual(found['stage'], 'client_hello')
        self.assertEqual(found['alert'], {
            'from': 'server', 'level': 'fatal', 'code': 40,
            'name': 'handshake_failure', 'encrypted': False})
        self.assertEqual(found['end'], {'by': 'server', 'how': 'fin'})
        self.assertIsNone(found['version'])
        self.assertIsNone(found['cipher'])
        self.assertIs(found['noise'], False)

    def test_evidence_names_the_packet(self):
        found = self.one(craft.pcap(failing(b'example.com')))
        alert = [e for e in found['evidence'] if '40' in e['text']
                 or 'handshake_failure' in e['text']]
        self.assertTrue(alert, found['evidence'])
        self.assertEqual(alert[0]['frame'], 5)

    def test_frame_numbers_of_every_observation(self):
        """The frame is the one whose bytes completed the fact, whatever lies
        between the packets of the connection."""
        between = [(craft.EPOCH + i / 5000, craft.ip(
            '192.0.2.1', '192.0.2.2', 1, b'\x08\0\0\0')) for i in range(30)]
        packets = craft.merge(failing(b'example.com'), between)
        found = self.one(craft.pcap(packets))
        for item in found['evidence']:
            packet = packets[item['frame'] - 1][1]
            self.assertEqual(packet[9], 6, item)

    def test_nasty_names(self):
        for name in NASTY:
            with self.subTest(name[:20]):
                found = self.one(craft.pcap(failing(name)))
                if 'sni_hex' in found:
                    self.assertEqual(bytes.fromhex(found['sni_hex']), name)
                    self.assertEqual(len(found['sni']), len(
                        name.decode('utf-8', 'surrogateescape')))
                else:
                    self.assertEqual(found['sni'], name.decode())

    def test_nasty_names_on_a_terminal(self):
        for name in NASTY:
            for colour in ('never', 'always'):
                result = self.run_tool(
                    '--color=' + colour,
                    self.save('a.pcap', craft.pcap(failing(name))))
                plain = re.sub('\x1b\\[[0-9;]*m', '', result.out)
                for line in plain.split('\n'):
                    self.assertTrue(line.isprintable(), repr(line))
                if colour == 'never':
                    self.assertEqual(plain, result.out)

    def test_nasty_protocols(self):
        c = Connection().open()
        c.send('c', craft.record(22, craft.client_hello(
            extra=craft.alpn(b'\xff\0', b'h2'))))
        c.send('s', craft.REFUSED)
        found = self.one(craft.pcap(c.close().packets))
        self.assertEqual(found['alpn'], ['\u00ff\0', 'h2'])
        self.assertEqual(found['alpn_hex'], ['ff00', '6832'])

    def test_ascii_lines_and_nothing_else(self):
        result = self.run_tool('--json', '--all', self.save(
            'a.pcap', craft.pcap(failing('\u00e9\u4e2d.example'.encode()))))
        self.assertTrue(result.raw.isascii())
        self.assertTrue(result.raw.endswith(b'}\n'))
        self.assertEqual(result.raw.count(b'\n'), 1)
        self.assertEqual(result.json()[0]['sni'], '\u00e9\u4e2d.example')

    def test_ipv6_endpoints(self):
        packets = craft.refused(client=('2001:db8::1', 1), server=('::1', 443))
        found = self.one(craft.pcap(packets))
        self.assertEqual(found['client'], '[2001:db8::1]:1')
        self.assertEqual(found['server'], '[::1]:443')

    def test_completed_is_told_on_demand(self):
        path = self.save('a.pcap', craft.pcap(completed()))
        self.assertEqual(self.objects(path, status=0), [])
        found = self.objects('--all', path, status=0)[0]
        self.assertEqual(found['outcome'], 'completed')
        self.assertEqual(found['cause'], 'none')
        self.assertEqual(found['version'], 'TLS 1.2')
        self.assertEqual(found['cipher'],
                         'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256')

    def test_unknown_cipher_and_version_keep_their_numbers(self):
        c = Connection().open()
        c.send('c', craft.HELLO)
        c.send('s', craft.record(22, craft.server_hello(0xeeee), 0x0303))
        c.send('c', craft.alert(47))
        found = self.one(craft.pcap(c.close('c').packets))
        self.assertEqual(found['cipher'], '0xeeee')

    def test_encrypted_alert(self):
        packets = completed()
        c = Connection().open()
        ccs = craft.record(20, b'\x01', 0x0303)
        c.send('c', craft.HELLO)
        c.send('s', craft.record(22, craft.server_hello(), 0x0303)
               + craft.record(22, b'\x0e\0\0\0', 0x0303))
        c.send('c', craft.record(22, b'\x10' + craft.vector(
            3, craft.vector(1, bytes(32))), 0x0303) + ccs
               + craft.record(22, bytes(40), 0x0303))
        c.send('s', ccs + craft.record(21, bytes(26), 0x0303))
        found = self.one(craft.pcap(c.close().packets))
        self.assertEqual(found['alert'], {
            'from': 'server', 'level': None, 'code': None, 'name': None,
            'encrypted': True})
        self.assertTrue(packets)


class Statuses(ToolTest):
    def test_no_failure(self):
        path = self.save('a.pcap', craft.pcap(completed()))
        self.assertEqual(self.run_tool(path).status, 0)

    def test_failure(self):
        path = self.save('a.pcap', craft.pcap(failing(b'a.example')))
        self.assertEqual(self.run_tool(path).status, 1)

    def test_noise_is_no_failure(self):
        path = self.save('a.pcap', craft.pcap(probe(('192.0.2.1', 7))))
        result = self.run_tool(path)
        self.assertEqual(result.status, 0)
        self.assertIn('connection_probe', result.out)
        found = self.objects(path, status=0)
        self.assertTrue(found[0]['noise'])

    def test_wrong_calls(self):
        for args in ([], ['--wat'], ['--color=pink', 'x'],
                     ['--side=middle', 'x'], ['-n', 'x', 'y'], ['hello'],
                     ['diff', 'a'], ['explain'], ['-n-1', 'x']):
            result = self.run_tool(*args)
            self.assertEqual(result.status, 2, args)
            self.assertIn('tlsdiag', result.err)
            self.assertEqual(result.out, '')

    def test_help_and_version(self):
        result = self.run_tool('--help')
        self.assertEqual(result.status, 0)
        self.assertIn('Usage: tlsdiag', result.out)
        self.assertRegex(self.run_tool('-V').out, r'^tlsdiag \d+\.\d+\.\d+\n$')

    def test_full_disk(self):
        path = self.save('a.pcap', craft.pcap(failing(b'a.example')))
        try:
            full = open('/dev/full', 'wb')
        except OSError:
            self.skipTest('no /dev/full here')
        import subprocess
        from tool import TOOL
        with full:
            done = subprocess.run([TOOL, path], stdout=full, check=False,
                                  stderr=subprocess.PIPE, timeout=60)
        self.assertEqual(done.returncode, 2)
        self.assertIn(b'could not be written', done.stderr)


class People(ToolTest):
    def report(self, packets, *args, status=1):
        result = self.run_tool(*args, self.save('a.pcap', craft.pcap(packets)))
        self.assertEqual(result.status, status)
        for line in result.out.split('\n'):
            plain = re.sub('\x1b\\[[0-9;]*m', '', line)
            if not plain.startswith('/'):  # the name of the file
                self.assertLessEqual(len(plain), WIDTH, line)
        return result.out

    def test_report(self):
        text = self.report(failing(b'example.com'))
        self.assertIn('0 completed, 1 failed', text)
        self.assertIn('192.0.2.7:51234 -> 198.51.100.5:443  example.com', text)
        self.assertRegex(text, r'#4 +client --> server ClientHello')
        self.assertRegex(text, r'#5 +client <-- server Alert: fatal '
                               r'handshake_failure \(40\)')
        self.assertRegex(text, r'#6 +client <-- server FIN')
        self.assertIn('Evidence', text)
        self.assertIn('What to do', text)
        self.assertIn('(frame 5, offset', text)
        self.assertNotIn('\x1b', text)

    def test_summary_counts_by_cause(self):
        many = [failing(b'a.example', ('192.0.2.1', i), craft.EPOCH + i / 10)
                for i in range(1, 31)]
        reset = Connection(client=('192.0.2.2', 1)).open()
        reset.send('c', craft.HELLO)
        reset.send('s', flags=RST | ACK)
        good = [completed(('192.0.2.3', i), craft.EPOCH + i)
                for i in range(1, 6)]
        text = self.report(craft.merge(*many, *good, reset.packets,
                                       probe(('192.0.2.4', 1))))
        self.assertIn('5 completed, 31 failed, 1 noise', text)
        self.assertRegex(text, r'\n +30 +97%  [a-z_]+')
        self.assertRegex(text, r'\n +1 +3%  reset_after_client_hello')
        self.assertIn('Noise, not counted as failures', text)
        self.assertEqual(text.count('What to do'), 11)  # 10 a cause, and one
        self.assertEqual(text.count(' -> '), 31 + 1)
        text = self.report(craft.merge(*many), '--details=0')
        self.assertEqual(text.count('What to do'), 30)
        text = self.report(craft.merge(*many), '-n2')
        self.assertEqual(text.count('What to do'), 2)
        self.assertEqual(text.count(' -> '), 30)

    def test_another_protocol_by_agreement(self):
        c = Connection(server=('198.51.100.5', 80)).open()
        c.send('c', b'GET / HTTP/1.1\r\nHost: a.example\r\n\r\n')
        c.send('s', b'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
        text = self.report(c.close().packets, '--all', status=0)
        self.assertIn('No TLS here', text)
        self.assertNotIn('handshake completed', text)
        self.assertNotIn('What to do', text)

    def test_all(self):
        text = self.report(completed(), '--all', status=0)
        self.assertIn('192.0.2.7:51234', text)
        self.assertNotIn('192.0.2.7', self.report(completed(), status=0))

    def test_colour(self):
        packets = failing(b'example.com')
        self.assertIn('\x1b[', self.report(packets, '--color=always'))
        self.assertIn('\x1b[', self.report(packets, '--color'))
        self.assertNotIn('\x1b', self.report(packets, '--color=auto'))
        self.assertNotIn('\x1b', self.report(packets, '--color=never'))
        path = self.save('a.pcap', craft.pcap(packets))
        env = {'NO_COLOR': '1'}
        self.assertNotIn('\x1b', self.run_tool('--color=always', path,
                                               env=env).out)
        self.assertIn('\x1b', self.run_tool('--color=always', path,
                                            env={'NO_COLOR': ''}).out)
        self.assertNotIn('\x1b', self.run_tool('--json', '--color=always',
                                               path).out)

    def test_no_progress_in_a_pipe(self):
        result = self.run_tool(self.save('a.pcap', craft.pcap(
            failing(b'example.com'))))
        self.assertEqual(result.err, '')

    def test_the_same_twice(self):
        """Nothing depends on a hash seed or on the clock."""
        many = [failing(b'%d.example' % i, ('192.0.2.1', i),
                        craft.EPOCH + i / 50) for i in range(1, 60)]
        path = self.save('a.pcap', craft.pcap(craft.merge(*many)))
        for args in ((), ('--json',), ('--json', '--redact')):
            first = self.run_tool(*args, path).out
            self.assertEqual(self.run_tool(*args, path).out, first)


class Redacted(ToolTest):
    def setUp(self):
        super().setUp()
        one = failing(b'one.example', ('192.0.2.1', 4001))
        two = failing(b'two.example', ('192.0.2.1', 4002), craft.EPOCH + 1)
        again = failing(b'one.example', ('192.0.2.9', 4001), craft.EPOCH + 2)
        self.path = self.save('a.pcap', craft.pcap(craft.merge(one, two,
                                                               again)))

    def test_objects(self):
        found = self.objects('--redact', self.path, status=1)
        self.assertEqual([f['client'] for f in found],
                         ['host1:port1', 'host1:port3', 'host3:port1'])
        self.assertEqual({f['server'] for f in found}, {'host2:port2'})
        self.assertEqual([f['sni'] for f in found], [
            'name1.invalid', 'name2.invalid', 'name1.invalid'])

    def test_nothing_leaks(self):
        for args in (['--json'], []):
            text = self.run_tool('--redact', '--all', *args, self.path).out
            for secret in ('192.0.2.', '198.51.', ':4001', ':4002', ':443',
                           '.example'):
                self.assertNotIn(secret, text)

    def test_same_verdicts(self):
        plain = self.objects(self.path)
        hidden = self.objects('--redact', self.path)
        for a, b in zip(plain, hidden):
            for key in set(a) - {'client', 'server', 'sni'}:
                self.assertEqual(a[key], b[key], key)


class Groups(ToolTest):
    """Connections that only make sense together."""

    def blocked(self, order):
        """One name is reset, another is answered by the same address."""
        packets = []
        for i, name in enumerate(order):
            c = Connection(client=('192.0.2.1', 5000 + i),
                           start=craft.EPOCH + i).open()
            c.send('c', craft.record(22, craft.client_hello(name)))
            if name == b'bad.example':
                c.send('s', flags=RST | ACK)
                packets += c.packets
            else:
                packets += completed(('192.0.2.1', 5000 + i),
                                     craft.EPOCH + i)
        return self.save('a.pcap', craft.pcap(packets))

    def test_the_earlier_connection_gains_by_the_later(self):
        for order in ([b'bad.example', b'example.com'],
                      [b'example.com', b'bad.example']):
            found = self.objects('--all', self.blocked(order), status=1)
            groups = [f for f in found if f['type'] == 'group']
            conns = [f for f in found if f['type'] == 'connection']
            self.assertEqual(len(conns), 2)
            self.assertEqual(len(groups), 1)
            self.assertEqual(groups[0]['cause'], 'sni_blocked')
            self.assertEqual(groups[0]['connections'], [0, 1])
            self.assertEqual(groups[0]['client'], '192.0.2.1')
            bad = conns[order.index(b'bad.example')]
            self.assertEqual(bad['cause'], 'sni_blocked')
            self.assertEqual(bad['party'], 'middlebox')
            told = [e for e in bad['evidence']
                    if e['text'].startswith('other connections')]
            # The frame that ended the later of the two, not a first one.
            self.assertEqual(len(told), 1)
            self.assertEqual(told[0]['frame'],
                             max(e['frame'] for e in bad['evidence']))
            self.assertGreater(told[0]['frame'], 1)

    def test_a_repeated_dance_is_told_from_its_start(self):
        packets = []
        for i in range(9):
            version = (0x0303, 0x0302, 0x0301)[i % 3]
            c = Connection(client=('192.0.2.1', 5000 + i), start=craft.EPOCH
                           + i // 3 * 10 + i % 3 / 10).open()
            c.send('c', craft.record(22, craft.client_hello(
                version=version, suites=(0xc013, 0x5600))))
            if i % 3 < 2:
                c.send('s', flags=RST | ACK)
            else:
                c.send('s', craft.alert(86))
                c.close()
            packets.append(c.packets)
        found = self.objects(self.save('a.pcap', craft.pcap(
            craft.merge(*packets))), status=1)
        groups = [f for f in found if f['type'] == 'group']
        self.assertEqual([g['first'] for g in groups], [0])

    def test_alone_it_is_only_a_reset(self):
        found = self.objects(self.blocked([b'bad.example']), status=1)
        self.assertEqual(len(found), 1)
        self.assertEqual(found[0]['cause'], 'reset_after_client_hello')

    def test_people(self):
        path = self.blocked([b'bad.example', b'example.com'])
        text = self.run_tool(path).out
        self.assertIn('Connections that explain each other', text)
        self.assertIn('Look at #0 first', ' '.join(text.split()))
        text = self.run_tool('--redact', path).out
        self.assertIn('host1: ', text)
        self.assertNotIn('192.0.2.1', text)


class Many(ToolTest):
    def test_thousands_at_once(self):
        """More connections than are ever kept open, none is lost."""
        count = 5000
        packets = []
        for i in range(count):
            c = Connection(client=('10.0.%d.%d' % (i >> 8, i & 255), 1024),
                           start=craft.EPOCH + i / 10000).open()
            c.send('c', craft.HELLO)
            c.send('s', craft.REFUSED, after=5)
            packets += c.close().packets
        packets.sort(key=lambda p: p[0])
        path = self.save('a.pcap', craft.pcap(packets))
        found = self.objects(path, status=1)
        self.assertEqual(len(found), count)
        self.assertEqual([f['index'] for f in found], list(range(count)))
        self.assertEqual({f['alert']['code'] for f in found}, {40})
        text = self.run_tool(path).out
        self.assertIn('5,000 failed', text)



main()
