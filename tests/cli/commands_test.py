#!/usr/bin/env python3
# builds: release asan
"""hello, diff and explain."""
import json
import os

import craft
from tool import SHARED, TOP, ToolTest, main

MESSAGE = craft.client_hello()
PEOPLE = os.path.join(TOP, 'tests', 'hellos', 'differences.csv')
FIELDS = ('msg', 'length', 'legacy_version', 'random', 'session_id',
          'ciphers', 'compression', 'extensions', 'extension_lengths', 'sni',
          'alpn', 'groups', 'sigalgs', 'sigalgs_cert', 'supported_versions',
          'key_share_groups', 'key_share_selected', 'psk_modes',
          'ec_point_formats', 'cert_compression')


def xxd(data):
    lines = []
    for at in range(0, len(data), 16):
        row = data[at:at + 16]
        pairs = ' '.join(row[i:i + 2].hex() for i in range(0, len(row), 2))
        text = ''.join(chr(b) if 32 <= b < 127 else '.' for b in row)
        lines.append('%08x: %-39s  %s' % (at, pairs, text))
    return '\n'.join(lines) + '\n'


def hexdump(data):
    lines = []
    for at in range(0, len(data), 16):
        row = data[at:at + 16]
        text = ''.join(chr(b) if 32 <= b < 127 else '.' for b in row)
        lines.append('%08x  %-23s  %-23s  |%s|' % (
            at, row[:8].hex(' '), row[8:].hex(' '), text))
    lines.append('%08x' % len(data))
    return '\n'.join(lines) + '\n'


def openssl(data):
    """openssl s_client -debug"""
    lines = ['write to 0x55d0 [0x55e0] (%d bytes => %d (0x%X))' % (
        len(data), len(data), len(data))]
    for at in range(0, len(data), 16):
        row = data[at:at + 16]
        text = ''.join(chr(b) if 32 <= b < 127 else '.' for b in row)
        pairs = row[:8].hex(' ') + ('-' + row[8:].hex(' ') if row[8:] else '')
        lines.append('%04x - %-47s   %s' % (at, pairs, text))
    return '\n'.join(lines) + '\n'


def message(data):
    """openssl s_client -msg"""
    lines = ['>>> TLS 1.2, Handshake [length %04x], ClientHello' % len(data)]
    lines += ['    ' + data[at:at + 16].hex(' ') for at in range(
        0, len(data), 16)]
    return '\n'.join(lines) + '\n'


class Hello(ToolTest):
    def hello(self, data, *args, name='h.bin'):
        found = self.objects('hello', *args, self.save(name, data), status=0)
        self.assertEqual(len(found), 1)
        return found[0]

    def test_fields(self):
        found = self.hello(craft.HELLO)
        self.assertEqual(found['msg'], 'client_hello')
        self.assertEqual(found['length'], len(MESSAGE))
        self.assertEqual(found['legacy_version'], 0x0303)
        self.assertEqual(found['random'], bytes(range(32)).hex())
        self.assertEqual(found['ciphers'], [0xc02f, 0xc030])
        self.assertEqual(found['compression'], [0])
        self.assertEqual(found['extensions'], [0, 10, 11, 13, 23])
        self.assertEqual(found['extension_lengths'], [16, 6, 2, 8, 0])
        self.assertEqual(found['sni'], ['example.com'])
        self.assertEqual(found['groups'], [29, 23])
        self.assertEqual(found['sigalgs'], [0x0403, 0x0804, 0x0401])
        self.assertEqual(found['key_share_selected'], None)
        self.assertEqual(found['anomalies'], [])
        self.assertIsNone(found['fault'])

    def test_shapes(self):
        """The same hello, however it is written down."""
        records = b''.join(craft.record(22, MESSAGE[i:i + 17])
                           for i in range(0, len(MESSAGE), 17))
        text = craft.HELLO.hex()
        shapes = {
            'record': craft.HELLO, 'message': MESSAGE, 'records': records,
            'more behind': craft.HELLO + craft.REFUSED,
            'hex': text.encode(), 'HEX': text.upper().encode(),
            'lines': '\n'.join(text[i:i + 60] for i in range(
                0, len(text), 60)).encode() + b'\n',
            'colons': craft.HELLO.hex(':').encode(),
            'array': ('unsigned char h[] = {\n' + ', '.join(
                '0x%02x' % b for b in craft.HELLO) + '\n};\n').encode(),
            'string': ''.join('\\x%02x' % b for b in craft.HELLO).encode(),
            'crlf': hexdump(craft.HELLO).replace('\n', '\r\n').encode(),
            'xxd': xxd(craft.HELLO).encode(),
            'hexdump': hexdump(craft.HELLO).encode(),
            'openssl -debug': openssl(craft.HELLO).encode(),
            'openssl -msg': message(MESSAGE).encode(),
            'capture': craft.pcap(craft.refused())}
        want = self.hello(craft.HELLO)
        for name, data in shapes.items():
            with self.subTest(name):
                self.assertEqual(self.hello(data), want)
                stdin = self.objects('hello', '-', status=0, stdin=data)
                self.assertEqual(stdin, [want])

    def test_cut_anywhere(self):
        """Whatever is there is shown, and the fault says where it ends."""
        names = 0
        for size in range(len(MESSAGE)):
            result = self.run_tool('--json', 'hello', self.save(
                'h', craft.HELLO[:5 + size]))
            if result.status == 2:
                self.assertLess(size, 12)
                self.assertNotEqual(result.err, '')
                continue
            found = result.json()[0]
            self.assertIsNotNone(found['fault'], size)
            names += found['sni'] == ['example.com']
        self.assertGreater(names, 25)

    def test_not_a_hello(self):
        for data, why in ((b'GET / HTTP/1.1\r\n\r\n', 'no TLS'),
                          (craft.REFUSED, 'no handshake message'),
                          (craft.record(22, b'\x0e\0\0\0'), 'neither'),
                          (b'\x16\x03\x01', 'ends before'),
                          (b'', 'empty')):
            result = self.run_tool('hello', self.save('h', data))
            self.assertEqual(result.status, 2, data)
            self.assertIn(why, result.err)
            self.assertEqual(result.out, '')

    def test_server_hello(self):
        found = self.hello(craft.record(22, craft.server_hello()))
        self.assertEqual(found['msg'], 'server_hello')
        self.assertEqual(found['ciphers'], [0xc02f])
        self.assertEqual(found['extensions'], [0xff01, 23])
        self.assertNotIn('ja3', found)

    def test_anomalies(self):
        twice = craft.client_hello(extra=craft.extension(23, b''))
        found = self.hello(twice)
        self.assertEqual([a['kind'] for a in found['anomalies']],
                         ['duplicate_extension'])
        offset = found['anomalies'][0]['offset']
        self.assertEqual(twice[offset:offset + 2], b'\0\x17')

    def test_people(self):
        for data in (craft.HELLO, craft.record(22, craft.server_hello())):
            result = self.run_tool('hello', self.save('h', data))
            self.assertEqual(result.status, 0)
            self.assertIn('TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', result.out)
            for line in result.out.split('\n'):
                self.assertLessEqual(len(line), 100)

    def test_nasty_names(self):
        found = self.hello(craft.record(22, craft.client_hello(
            b'a\x1b\xff', extra=craft.alpn(b'\xfe'))))
        self.assertEqual(found['sni'], ['a\x1b\u00ff'])
        self.assertEqual(found['sni_hex'], ['611bff'])
        self.assertEqual(found['alpn_hex'], ['fe'])
        result = self.run_tool('hello', self.save('h', craft.record(
            22, craft.client_hello(b'a\x1b\xff'))))
        self.assertIn('a\\x1b\\xff', result.out)

    def test_own_hellos(self):
        """Hellos of real clients, recorded for this project."""
        folder = os.path.join(TOP, 'tests', 'captures', 'hellos')
        if not os.path.isdir(folder):
            self.skipTest('no recorded hellos')
        for name in sorted(os.listdir(folder)):
            if name.endswith('.bin'):
                found = self.objects('hello', os.path.join(folder, name),
                                     status=0)
                self.assertEqual(found[0]['msg'], 'client_hello', name)

    def test_oracle(self):
        """Every public hello under the names another decoder gave it; what
        the project knows to differ is listed with the library's own test."""
        base = os.path.join(SHARED, 'captures', 'public')
        if not os.path.exists(os.path.join(base, 'hellos.jsonl')):
            self.skipTest('no public hellos beside the project')
        known = set()
        if os.path.exists(PEOPLE):
            with open(PEOPLE) as file:
                known = {line.split(',')[0] for line in file}
        with open(os.path.join(base, 'hellos.jsonl')) as file:
            for line in file:
                want = json.loads(line)
                found = self.objects('hello', os.path.join(base,
                                                           want['file']))
                differ = [f for f in FIELDS if found[0][f] != want[f]]
                name = os.path.basename(want['file'])
                if differ and name not in known and want['sha1'] not in known:
                    self.fail('%s: %s' % (name, {
                        f: (found[0][f], want[f]) for f in differ}))


class Diff(ToolTest):
    def diff(self, a, b, *args, status=1):
        result = self.run_tool('diff', *args, self.save('a', a),
                               self.save('b', b))
        self.assertEqual(result.status, status, result.err)
        return result

    def test_same(self):
        result = self.diff(craft.HELLO, craft.HELLO, status=0)
        self.assertIn('differ in nothing', result.out)

    def test_extended_master_secret_comes_first(self):
        """The third story: extension 23 is what breaks it."""
        without = craft.HELLO.replace(b'\0\x17\0\0', b'')
        body = MESSAGE[4:].replace(b'\0\x17\0\0', b'')
        size = int.from_bytes(body[41:43], 'big')
        self.assertGreater(size, 0)
        body = body[:41] + (size - 4).to_bytes(2, 'big') + body[43:]
        without = craft.record(22, b'\x01' + craft.vector(3, body))
        result = self.diff(craft.HELLO, without, '--json')
        first = result.json()[0]
        self.assertEqual(first['value'], 23)
        self.assertEqual(first['name'], 'extended_master_secret')
        self.assertEqual(first['only_in'], 'a')
        text = self.diff(without, craft.HELLO).out.split('\n')[1]
        self.assertIn('extended_master_secret (23)', text)
        self.assertIn('only in', text)
        self.assertTrue(text.endswith('/b'))

    def test_captures(self):
        def capture(hello):
            c = craft.Connection().open()
            c.send('c', craft.record(22, hello))
            c.send('s', craft.REFUSED)
            return craft.pcap(c.close().packets)
        result = self.diff(capture(craft.client_hello()), capture(
            craft.client_hello(suites=(0xc02f,))), '--json')
        found = result.json()
        self.assertIn(0xc030, [d['value'] for d in found
                               if d['field'] == 'cipher_suites'])

    def test_trouble(self):
        result = self.diff(craft.HELLO, b'nothing', status=2)
        self.assertIn('/b', result.err)
        self.diff(craft.HELLO, craft.record(22, craft.server_hello()),
                  status=2)


class Explain(ToolTest):
    def test_every_cause(self):
        with open(os.path.join(TOP, 'lib', 'tables', 'causes.csv')) as file:
            rows = [line.split(',') for line in file if line[:1].isdigit()]
        self.assertGreater(len(rows), 70)
        for row in rows:
            result = self.run_tool('explain', row[1])
            self.assertEqual(result.status, 0)
            self.assertIn('(%s)' % row[1], result.out)
            for line in result.out.split('\n'):
                if not line.startswith('  $ '):  # those are to be copied
                    self.assertLessEqual(len(line), 100)
            found = self.objects('explain', row[1], status=0)[0]
            self.assertEqual(found['cause'], row[1])
            self.assertEqual(found['group'], row[2])

    def test_spellings(self):
        want = self.run_tool('explain', 'no_shared_cipher').out
        for name in ('no-shared-cipher', 'No Shared Cipher',
                     'NO_SHARED_CIPHER'):
            self.assertEqual(self.run_tool('explain', name).out, want)

    def test_alerts(self):
        for name in (['40'], ['handshake_failure'], ['alert', '40'],
                     ['Handshake-Failure']):
            result = self.run_tool('explain', *name)
            self.assertEqual(result.status, 0, name)
            self.assertIn('Alert 40, handshake_failure', result.out)
            self.assertIn('no_shared_cipher', result.out)
        found = self.objects('explain', '48', status=0)[0]
        self.assertEqual(found['code'], 48)
        self.assertEqual(found['name'], 'unknown_ca')
        client = [c['cause'] for c in found['causes']
                  if c['from'] == 'client']
        self.assertIn('server_certificate_untrusted', client)
        server = [c['cause'] for c in found['causes']
                  if c['from'] == 'server']
        self.assertIn('client_certificate_untrusted', server)

    def test_every_alert_number(self):
        for code in range(256):
            found = self.objects('explain', str(code), status=0)[0]
            self.assertEqual(found['code'], code)
            self.assertTrue(found['causes'], code)

    def test_several_words(self):
        result = self.run_tool('explain', '40', 'sni_missing')
        self.assertIn('Alert 40', result.out)
        self.assertIn('(sni_missing)', result.out)


main()
