#!/usr/bin/env python3
# builds: release asan
"""Files of every kind and in every state of decay."""
import gzip
import os
import random

import craft
from tool import SHARED, ToolTest, main

GOOD = craft.pcap(craft.refused())
GOOD_NG = craft.pcapng(craft.refused())


class Inputs(ToolTest):
    def test_pcapng(self):
        found = self.one(GOOD_NG)
        self.assertEqual(found['alert']['code'], 40)
        self.assertEqual(found['start'], '2026-11-18T11:06:40.001000Z')

    def test_gzip(self):
        for data in (GOOD, GOOD_NG):
            found = self.one(gzip.compress(data), name='a.pcap.gz')
            self.assertEqual(found['alert']['code'], 40)

    def test_gzip_in_two_members(self):
        data = gzip.compress(GOOD[:300]) + gzip.compress(GOOD[300:])
        self.assertEqual(self.one(data)['alert']['code'], 40)

    def test_gzip_with_padding_behind(self):
        self.assertEqual(self.one(gzip.compress(GOOD) + bytes(512))['sni'],
                         'example.com')

    def test_standard_input(self):
        for data in (GOOD, GOOD_NG, gzip.compress(GOOD)):
            found = self.objects('-', stdin=data, status=1)
            self.assertEqual(len(found), 1)
            self.assertEqual(found[0]['file'], '-')
            self.assertEqual(found[0]['alert']['code'], 40)

    def test_several_files(self):
        a, b = self.save('a.pcap', GOOD), self.save('b.pcap', GOOD_NG)
        found = self.objects(a, b, status=1)
        self.assertEqual([f['file'] for f in found], [a, b])

    def test_cut_capture_is_read_up_to_there(self):
        """Cut at every byte: what came before the cut counts, and what is
        lost is told."""
        packets = craft.refused()
        whole = [craft.pcap(packets[:n]) for n in range(len(packets) + 1)]
        for size in range(8, len(GOOD), 7):
            path = self.save('cut.pcap', GOOD[:size])
            result = self.run_tool('--json', path)
            complete = [w for w in whole if len(w) <= size]
            if size < 24:
                self.assertEqual(result.status, 2, size)
            elif size == len(complete[-1]):
                continue  # ends between two packets: nobody can tell
            elif len(complete) > 1:
                self.assertIn('%d packets before that' % (len(complete) - 1),
                              result.err)
                self.assertIn('truncated', result.err)
            else:
                self.assertEqual(result.status, 2, size)
            if size < len(GOOD):
                self.assertIn('cut.pcap', result.err)

    def test_cut_pcapng_and_gzip(self):
        packets = craft.refused()
        between = {len(craft.pcapng(packets[:n])) for n in range(99)}
        for name, data in (('a.pcapng', GOOD_NG),
                           ('a.gz', gzip.compress(GOOD))):
            for size in range(12, len(data), 11):
                if name == 'a.pcapng' and size in between:
                    continue  # nobody can tell
                result = self.run_tool('--json',
                                       self.save(name, data[:size]))
                self.assertIn(name, result.err, size)

    def test_damaged_gzip(self):
        data = bytearray(gzip.compress(GOOD * 50))
        for at in range(10, len(data), 13):
            broken = bytearray(data)
            broken[at] ^= 0x55
            self.run_tool('--json', self.save('a.gz', bytes(broken)))

    def test_empty_file(self):
        result = self.run_tool(self.save('e.pcap', b''))
        self.assertEqual(result.status, 2)
        self.assertIn('is empty', result.err)

    def test_no_packets(self):
        result = self.run_tool(self.save('n.pcap', craft.pcap([])))
        self.assertEqual(result.status, 0)
        self.assertIn('no packets', result.err)

    def test_missing_file_directory_and_secret(self):
        for path, why in ((os.path.join(self.dir, 'nowhere'), 'No such file'),
                          (self.dir, 'directory')):
            result = self.run_tool(path)
            self.assertEqual(result.status, 2)
            self.assertIn(why, result.err)

    def test_unreadable_beside_readable(self):
        """What could be read decides; the rest is told."""
        bad = os.path.join(self.dir, 'nowhere')
        result = self.run_tool('--json', bad, self.save('a.pcap', GOOD))
        self.assertEqual(result.status, 1)
        self.assertIn('nowhere', result.err)
        self.assertEqual(len(result.json()), 1)
        result = self.run_tool(bad, self.save('n.pcap', craft.pcap([])))
        self.assertEqual(result.status, 0)

    def test_unknown_link_type_is_named(self):
        data = craft.pcap(craft.refused(), craft.raw, 105)
        result = self.run_tool(self.save('w.pcap', data))
        self.assertEqual(result.status, 2)
        self.assertIn('IEEE802_11', result.err)
        self.assertIn('105', result.err)
        data = craft.pcap(craft.refused(), craft.raw, 4711)
        result = self.run_tool(self.save('u.pcap', data))
        self.assertEqual(result.status, 2)
        self.assertIn('4711', result.err)

    def test_packed_otherwise_is_named(self):
        for magic, name in ((b'\xfd7zXZ\0', 'xz'), (b'\x28\xb5\x2f\xfd',
                                                    'zstd'),
                            (b'BZh9', 'bzip2'), (b'PK\3\4', 'zip')):
            result = self.run_tool(self.save('p', magic + bytes(100)))
            self.assertEqual(result.status, 2)
            self.assertIn(name, result.err)

    def test_garbage(self):
        chance = random.Random(7)
        for size in (300, 5000, 100000):
            data = bytes(chance.randrange(1, 64) for _ in range(size))
            result = self.run_tool(self.save('g', data))
            self.assertEqual(result.status, 2, size)
            self.assertNotEqual(result.err, '')

    def test_capture_header_and_garbage(self):
        chance = random.Random(8)
        for head in (GOOD[:24], GOOD_NG[:48]):
            for _ in range(60):
                data = head + bytes(chance.randrange(256)
                                    for _ in range(chance.randrange(400)))
                self.run_tool('--json', self.save('g.pcap', data))

    def test_flipped_bits(self):
        """Any one byte of the file may be wrong."""
        for data in (GOOD, GOOD_NG):
            for at in range(0, len(data), 5):
                broken = bytearray(data)
                broken[at] ^= 0xff
                self.run_tool('--json', self.save('f.pcap', bytes(broken)))

    def test_files_named_like_commands_and_options(self):
        here = os.getcwd()
        try:
            os.chdir(self.dir)
            self.save('hello', GOOD)
            self.save('-j', GOOD)
            self.assertEqual(len(self.objects('./hello')), 1)
            self.assertEqual(len(self.objects('--', '-j')), 1)
        finally:
            os.chdir(here)

    def test_ugly_file_names(self):
        name = 'a\x1b[31m\n"b\\.pcap'
        path = self.save(name, GOOD)
        result = self.run_tool(path)
        self.assertNotIn('\x1b', result.out)
        self.assertIn('\\x1b', result.out)
        result = self.run_tool(self.save(name, b''))
        self.assertNotIn('\x1b', result.err)
        self.assertEqual(self.objects(self.save(name, GOOD))[0]['file'], path)

    def test_file_name_that_is_not_utf8(self):
        path = os.path.join(self.dir.encode(), b'a\xff.pcap')
        with open(path, 'wb') as file:
            file.write(GOOD)
        found = self.objects(path)[0]
        self.assertEqual(bytes.fromhex(found['file_hex']), path)
        self.assertTrue(found['file'].endswith('a\u00ff.pcap'))

    def test_public_captures(self):
        """Captures from elsewhere: no crash, valid objects, a clear message
        where nothing can be read."""
        folder = os.path.join(SHARED, 'captures', 'public', 'files')
        if not os.path.isdir(folder):
            self.skipTest('no public captures beside the project')
        for name in sorted(os.listdir(folder)):
            with self.subTest(name):
                path = os.path.join(folder, name)
                result = self.run_tool('--json', '--all', path)
                for item in result.json():
                    if self.validator is not None:
                        self.validator.validate(item)
                if result.status == 2:
                    self.assertIn(name, result.err)
                self.run_tool('--all', '--details=0', path)


main()
