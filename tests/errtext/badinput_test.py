#!/usr/bin/env python3
"""Logs as they should not be: the tool neither fails nor claims certainty.

Each input is read as a log and through explain; JSON must stay JSON, nothing
unprintable may reach the terminal, and what is telling is still found.
"""
# timeout: 200
# builds: release asan
import json
import os
import random
import subprocess
import sys

TOOL = os.environ['TLSDIAG_TOOL']
LINE = (b'2026/11/21 03:45:31 [info] 7#7: *1 SSL_do_handshake() failed (SSL: '
        b'error:0A0000C1:SSL routines::no shared cipher) while SSL '
        b'handshaking, client: 192.0.2.7, server: 0.0.0.0:443')
QUIET = b'2026/11/21 03:45:31 [notice] 7#7: signal process started\n'


def inputs():
    """name, bytes, cause that must be found (or None)."""
    rng = random.Random(7)
    noise = bytes(rng.randrange(256) for _ in range(20000))
    found = 'no_shared_cipher'
    yield 'plain', QUIET * 3 + LINE + b'\n', found
    yield 'no last newline', QUIET + LINE, found
    yield 'CRLF', (QUIET + LINE + b'\n').replace(b'\n', b'\r\n'), found
    yield 'binary in a line', QUIET + LINE + b'\x00\x01\xff\xfe\x1b[31m\n', \
        found
    yield 'binary lines', QUIET * 40 + noise[:300] + b'\n' + LINE + b'\n', found
    yield 'line of megabytes', QUIET + b'x' * 3000000 + b'\n' + LINE + b'\n', \
        found
    yield 'telling line of megabytes', \
        QUIET + LINE + b' y' * 2000000 + b'\n' + QUIET, found
    yield 'UTF-16', b'\xff\xfe' + (QUIET + LINE + b'\n').decode().encode(
        'utf-16-le'), found
    yield 'escapes', QUIET + LINE.replace(b'(SSL', b'(\\x22SSL') + b'\n', found
    yield 'terminal escapes', QUIET + b'\x1b]0;owned\x07\x1b[2J' + LINE + \
        b'\n', found
    yield 'half a line', QUIET + LINE[:60] + b'\n', None
    yield 'unknown code', QUIET + LINE.replace(
        b'0A0000C1', b'0A000FFE').replace(b'no shared cipher', b'novel') + \
        b'\n', None
    yield 'only newlines', b'\n' * 100000, None
    yield 'empty', b'', None
    yield 'one byte', b's', None
    yield 'noise as text', b'ssl ' * 50000, None


def run(arguments, data):
    """Exit status, output."""
    done = subprocess.run([TOOL] + arguments, input=data, capture_output=True,
                          check=False, timeout=60)
    return done.returncode, done.stdout, done.stderr


def garbage():
    """Small binary inputs, none of which is a text."""
    rng = random.Random(11)
    for length in (2, 3, 4, 7, 16, 30, 60, 200, 1000):
        for _ in range(8):
            data = bytes(rng.randrange(256) for _ in range(length))
            if any(c >= 128 or c < 9 for c in data):
                yield data
    yield b'\x80'
    yield bytes(64)
    yield b'\x16\x03\x01\x02'


def binary_as_text():
    """How many of them the tool takes for a text."""
    wrong = 0
    for data in garbage():
        status, out, err = run(['-'], data)
        if status != 2 or out or b'neither a capture nor text' not in err:
            print('binary %s: exit status %d, %r' % (
                data[:16].hex(), status, out[:80]))
            wrong += 1
    return wrong


def main():
    """Prints what is wrong."""
    wrong = binary_as_text()
    for name, data, cause in inputs():
        for arguments in (['--json', '-'], ['-'], ['explain', '--json', '-'],
                          ['explain', '-']):
            status, out, err = run(arguments, data)
            told = '%s: %s' % (name, ' '.join(arguments))
            if status not in (0, 1, 2):
                print(told, 'exit status', status, err[-500:])
                wrong += 1
                continue
            if any(c < 32 and c != 10 or c > 126 for c in out):
                print(told, 'writes what a terminal should not get')
                wrong += 1
            if '--json' not in arguments:
                continue
            items = [json.loads(line) for line in out.splitlines()]
            sure = [i for i in items if i.get('confidence', 0) >= 60]
            if len(data) > 1 << 20 and arguments[0] == 'explain':
                continue  # it says that it stops behind the first MiB
            if cause and not any(i.get('cause') == cause for i in items):
                print(told, 'lost', cause, out[:300])
                wrong += 1
            if cause is None and sure:
                print(told, 'is too sure:', sure[0]['cause'])
                wrong += 1
    print('%d wrong' % wrong)
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
