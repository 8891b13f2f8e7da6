#!/usr/bin/env python3
"""What the tool says of logs, dumps and texts, against the JSON schema."""
# timeout: 120
# builds: release asan
import copy
import glob
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'cli'))
import tool  # noqa: E402

NGINX = (b'2026/11/21 03:45:3%d [info] 7#7: *%d SSL_do_handshake() failed '
         b'(SSL: error:%s) while SSL handshaking, client: 192.0.2.7, server: '
         b'0.0.0.0:443, host: "www.example.org"\n')
NO_SUITE = b'0A0000C1:SSL routines::no shared cipher'
ALERT = b'0A000418:SSL routines::tlsv1 alert unknown ca:SSL alert number 48'
LOG = (b'quiet\n' * 3 + NGINX % (1, 1, NO_SUITE) + NGINX % (2, 2, NO_SUITE) +
       NGINX % (3, 3, NO_SUITE) + NGINX % (4, 4, ALERT) +
       b'2026/11/21 03:45:39 [info] 7#7: *9 client closed connection while '
       b'SSL handshaking, client: 192.0.2.8, server: 0.0.0.0:443\n')
STRANGE = NGINX.replace(b'www.', b'\xff\x01\\"w') % (1, 1, NO_SUITE) * 9


class SchemaTest(tool.ToolTest):
    """Each type of object, from real output."""

    def kinds(self, *arguments, stdin=b''):
        """The types of the objects, which are valid."""
        found = self.objects(*arguments, stdin=stdin)
        self.assertTrue(found)
        return {item['type'] for item in found}

    def test_logs(self):
        name = self.save('a.log', LOG)
        self.assertEqual(self.kinds(name, self.save('b.log', LOG)),
                         {'log', 'log_summary', 'group'})
        self.assertEqual(self.kinds('--redact', name),
                         {'log', 'log_summary', 'group'})
        self.assertNotIn('192.0.2', self.run_tool('--json', '-r', name).out)

    def test_logs_of_any_bytes(self):
        for data in (STRANGE, STRANGE.replace(b'2026', b'\xc3\xa9'),
                     LOG.replace(b'192.0.2.7', b'unix:')):
            self.assertIn('log', self.kinds('-', stdin=data))

    def test_much_output(self):
        # Written in pieces of 64 KiB, which may end between any two members.
        data = b''.join(NGINX % (i % 10, i, b'x' * (i % 97) + NO_SUITE)
                        for i in range(3000))
        found = self.objects('-', stdin=data)
        self.assertEqual([item['line'] for item in found
                          if item['type'] == 'log'], list(range(1, 3001)))

    def test_every_byte_of_a_line(self):
        lines = [(b'abcdefgh'[:i % 8] + bytes([c]) + NGINX % (1, 1, NO_SUITE))
                 for i in range(8) for c in range(256) if c not in b'\r\n']
        for item in self.objects('-', stdin=b''.join(lines)):
            if item['type'] == 'log':
                text = bytes.fromhex(item['text_hex']) \
                    if 'text_hex' in item else item['text'].encode()
                self.assertEqual(text + b'\n', lines[item['line'] - 1])

    def test_dumps(self):
        names = glob.glob(os.path.join(HERE, 'dumps', '*.txt'))
        kinds = set()
        for name in names:
            kinds |= self.kinds(name)
        self.assertLessEqual(kinds, {'dump', 'text', 'connection', 'hello'})
        self.assertIn('dump', kinds)

    def test_texts(self):
        text = ALERT.decode() + ' -12286 error:0A000FFE:SSL routines::novel'
        self.assertEqual(self.kinds(self.save('t.txt', text.encode())),
                         {'text'})
        for words in (text, 'what is this', '\u00e9 no cipher here',
                      'mbedtls -0x7780'):
            self.assertEqual(self.kinds('explain', words), {'text'})

    def test_the_schema_refuses(self):
        if self.validator is None:
            self.skipTest('no python3-jsonschema')
        found = self.objects(self.save('a.log', LOG))
        found += self.objects('explain', ALERT.decode())
        dumps = glob.glob(os.path.join(HERE, 'dumps', '*.txt'))
        found += [item for name in dumps for item in self.objects(name)
                  if item['type'] == 'dump'][:1]
        kinds = {item['type']: item for item in found}
        self.assertEqual(set(kinds), {'log', 'log_summary', 'group', 'text',
                                      'dump'})
        for kind, item in kinds.items():
            for key in ('cause', 'advice', 'file', 'confidence', 'causes'):
                if key in item and (kind, key) != ('text', 'file'):
                    less = copy.deepcopy(item)
                    del less[key]
                    self.assertFalse(self.validator.is_valid(less), less)
            more = dict(item, novel=1)
            self.assertFalse(self.validator.is_valid(more), more)


if __name__ == '__main__':
    tool.main()
