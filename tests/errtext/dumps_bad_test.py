#!/usr/bin/env python3
"""Dumps as mails, terminals and clipboards leave them.

Each dump of dumps/ is quoted, indented, wrapped, recoded, preceded by other
text, cut.  What only changes its look must not change the cause; what takes
some of it away must neither fail nor make the tool surer of another cause.
"""
# timeout: 300
# builds: release asan
import json
import os
import subprocess
import sys
import textwrap

TOOL = os.environ['TLSDIAG_TOOL']
DUMPS = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'dumps')
# Their lines are joined, or say nothing to wrap at.
WHOLE_LINES = ('ssldump_joined.txt', 'ssldump_record.txt', 'hex_stream.txt')


def lines(function):
    """A change made to every line."""
    return lambda data: b''.join(function(line) + b'\n'
                                 for line in data.splitlines())


def wrap(line, width=72):
    """As mail programs do it: at 72 columns, at blanks."""
    parts = textwrap.wrap(line.decode('latin-1'), width, drop_whitespace=False,
                          break_long_words=False, replace_whitespace=False,
                          expand_tabs=False)
    return '\n'.join(parts).encode('latin-1')


LOOKS = {
    'CRLF': lambda data: data.replace(b'\n', b'\r\n'),
    'quoted': lines(lambda line: b'> ' + line),
    'quoted twice': lines(lambda line: b'> > ' + line),
    'quoted without a blank': lines(lambda line: b'>' + line),
    'behind a letter': lambda data: b'Hello,\n\nhere is what I get:\n\n' + data,
    'before a letter': lambda data: data + b'\n-- \nKind regards\n',
    'UTF-16': lambda data: b'\xff\xfe' + data.decode('latin-1').encode(
        'utf-16-le'),
    'trailing blanks': lines(lambda line: line + b'   '),
}
INDENTED = {'indented': lines(lambda line: b'    ' + line)}
WRAPPED = {'wrapped': lines(wrap)}
CUT = {
    'first half': lambda data: data[:len(data) // 2],
    'second half': lambda data: data[len(data) // 2:],
    'every third line lost': lambda data: b''.join(
        line for i, line in enumerate(data.splitlines(True)) if i % 3 != 2),
    'digits lost': lambda data: data.replace(b'16 03', b'16 0'),
    'zeros inside': lambda data: data[:200] + b'\0\0\0\0' + data[200:],
    'cut in a byte': lambda data: data[:-1 - len(data) % 7],
}


def ask(data):
    """The tool's answer to a text."""
    done = subprocess.run([TOOL, '--json', '-'], input=data,
                          capture_output=True, check=False, timeout=60)
    if done.returncode not in (0, 1, 2):
        return {'cause': 'exit %d' % done.returncode, 'confidence': 100}
    for line in done.stdout.splitlines():
        item = json.loads(line)
        if item['type'] in ('text', 'dump', 'connection'):
            return item
    return {'cause': 'nothing', 'confidence': 0}


def hello_of(data):
    """The hello that the tool reads from hex."""
    done = subprocess.run([TOOL, 'hello', '--json', '-'], input=data,
                          capture_output=True, check=False, timeout=60)
    return done.stdout


def hex_wrong():
    """A dump in hex gives the same bytes however it was wrapped."""
    with open(os.path.join(DUMPS, 'xxd.txt'), 'rb') as file:
        data = file.read()
    wrong = 0
    for width in (30, 40, 50, 60):
        wrapped = lines(lambda line, width=width: wrap(line, width))(data)
        if not hello_of(data) or hello_of(wrapped) != hello_of(data):
            print('xxd, wrapped at %d: another hello' % width)
            wrong += 1
    return wrong


def main():
    """Prints what is wrong."""
    wrong = hex_wrong()
    for name in sorted(os.listdir(DUMPS)):
        with open(os.path.join(DUMPS, name), 'rb') as file:
            data = file.read()
        plain = ask(data)
        looks = dict(LOOKS)
        # A column that should stand at the beginning of the line.
        if not name.startswith(('ssldump', 'xxd')):
            looks.update(INDENTED)
        if name not in WHOLE_LINES and name.startswith(
                ('s_client', 'xxd', 'curl', 'tcpdump', 'ssldump_x')):
            looks.update(WRAPPED)
        for look, change in looks.items():
            answer = ask(change(data))
            if answer['cause'] != plain['cause']:
                print('%s, %s: %s instead of %s' % (
                    name, look, answer['cause'], plain['cause']))
                wrong += 1
        for cut, change in CUT.items():
            answer = ask(change(data))
            if answer['cause'].startswith('exit'):
                print(name, cut, answer['cause'])
                wrong += 1
    print('%d wrong' % wrong)
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
