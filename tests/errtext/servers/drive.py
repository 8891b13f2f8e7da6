#!/usr/bin/env python3
"""Starts one real server, provokes failures, reads its log with the tool.

  drive.py SERVER      a row of servers.csv; the lab starts it (tests/lab)
  drive.py -s SERVER   shows what was logged and what the tool says of it

Every provocation of provocations.csv comes from an address of its own.  What
the server wrote meanwhile must lead to one of the causes that the text can
prove, for that address; where a log is silent the tool must not be sure.
"""
import csv
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', '..', 'lab'))
import postfix  # noqa: E402
from labkit import pki, servers, services, tools  # noqa: E402

TOOL = os.environ['TLSDIAG_TOOL']


def go_http(at, options):
    """Go's own server, built first."""
    program = os.path.join(at.run, 'httpd')
    cert, key = at.certificate(options)
    subprocess.run(['go', 'build', '-o', program,
                    os.path.join(HERE, 'httpd.go')], check=True, timeout=120,
                   env={'GOFLAGS': '-mod=mod', 'GO111MODULE': 'off',
                        'GOCACHE': os.path.join(at.run, 'cache'),
                        **os.environ})
    words = [program, '%s:%d' % (at.host, at.port), cert, key]
    return words + ([at.clients_ca(options)] if options.get('auth') else []), {}


STARTERS = {**servers.SERVERS, **services.SERVICES, 'go-http': go_http,
            'postfix': postfix.start}
NEEDS = {**tools.NEEDS, 'go-http': ['go'], 'postfix': ['dpkg']}
PEERS = os.path.join(HERE, '..', '..', 'lab', 'peers')
SURE = 50      # below this the tool says that it does not know
QUIET = 0.25   # seconds without a new line: the server has said it
PATIENCE = 3.0
REQUEST = b'GET / HTTP/1.0\r\nHost: www.example.test\r\n\r\n'
# What a client says before TLS begins, each in turn with how the answer ends.
UPGRADES = {'postgres': ((struct.pack('>II', 8, 80877103), b'S'),),
            'smtp': ((b'', b'\n'), (b'EHLO x.example.test\r\n', b'250 '),
                     (b'STARTTLS\r\n', b'\n')),
            'imap': ((b'', b'\n'), (b'a STARTTLS\r\n', b'\n'))}


def rows(name):
    """The rows of a table beside this file."""
    with open(os.path.join(HERE, name), encoding='ascii', newline='') as file:
        return list(csv.DictReader(file))


def make_pki(directory):
    """The lab's certificates, those of them that are needed here."""
    made = pki.Pki(directory)
    made.make_authority('root', '/O=Lab/CN=Lab Root')
    made.make_authority('int', '/O=Lab/CN=Lab Issuing', issuer='root')
    made.make_authority('evilca', '/O=Elsewhere/CN=Other Root')
    for name in ('rsa', 'cl', 'clevil', 'clexpired'):
        made.make_leaf(name, **pki.LEAVES[name])
    made.write('roots.pem', made.read('root.crt'))
    made.write('clients.pem', made.read('int.crt') + made.read('root.crt'))
    return made


def free_port():
    """One that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


class Server:
    """A running server and the place it writes to."""

    def __init__(self, row, run, certificates):
        self.row = row
        self.port = free_port()
        options = json.loads(row['options'].replace('{port}', str(self.port))
                             or '{}')
        known = {'nodepeer': os.path.join(PEERS, 'nodepeer.js'),
                 'pypeer': os.path.join(PEERS, 'pypeer.py'),
                 'hello': os.path.join(run, 'hello')}
        with open(known['hello'], 'w', encoding='ascii') as script:
            script.write('#!/bin/sh\nread line\necho hello\n')
        os.chmod(known['hello'], 0o755)
        place = servers.Place(run, '127.0.0.1', self.port, certificates, known)
        command, facts = STARTERS[row['starter']](
            place, servers.filled(place, options))
        command[0] = shutil.which(command[0], path=os.environ.get(
            'PATH', '') + ':/usr/sbin:/sbin') or command[0]
        self.logs = [os.path.join(run, 'out')]
        self.logs += [facts['log']] if 'log' in facts else []
        with open(self.logs[0], 'wb') as out:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out,
                stderr=subprocess.STDOUT, cwd=run,
                env={**os.environ, **facts.get('env', {})})

    def wait(self):
        """Until it listens; false if it never does."""
        end = time.monotonic() + 20
        while time.monotonic() < end and self.process.poll() is None:
            try:
                socket.create_connection(('127.0.0.1', self.port), 1).close()
                return True
            except OSError:
                time.sleep(0.1)
        return False

    def size(self):
        """Of all logs together."""
        return sum(os.path.getsize(log) for log in self.logs
                   if os.path.exists(log))

    def settle(self):
        """Waits until it has written all it will."""
        start = time.monotonic()
        before, since = self.size(), start
        while time.monotonic() - since < QUIET and \
                time.monotonic() - start < PATIENCE:
            time.sleep(0.05)
            if self.size() != before:
                before, since = self.size(), time.monotonic()
        return self.marks()

    def marks(self):
        """How long each log is now."""
        return [os.path.getsize(log) if os.path.exists(log) else 0
                for log in self.logs]

    def written(self, marks):
        """What was added since."""
        text = b''
        for log, mark in zip(self.logs, marks):
            if os.path.exists(log):
                with open(log, 'rb') as file:
                    file.seek(mark)
                    text += file.read()
        return text

    def stop(self):
        """Ends it, politely at first."""
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Client:
    """Provokes: each method is a word of provocations.csv."""

    def __init__(self, server, certificates):
        self.server = server
        self.pki = certificates
        self.upgrade = UPGRADES.get(server.row['starttls'], ())

    def run(self, words, address):
        """One provocation from one address."""
        getattr(self, 'do_' + words[0])(address, *[
            word.replace('{pki}', self.pki.dir) for word in words[1:]])

    def _program(self, words, data=REQUEST):
        try:
            subprocess.run(words, input=data, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL, timeout=6, check=False)
        except subprocess.TimeoutExpired:
            pass

    def do_s_client(self, address, *words):
        """OpenSSL; -ign_eof lets TLS 1.3 servers answer."""
        more = ['-starttls', self.server.row['starttls']] \
            if self.server.row['starttls'] else []
        self._program(['openssl', 's_client', '-connect',
                       '127.0.0.1:%d' % self.server.port, '-bind',
                       address + ':0', '-servername', 'www.example.test',
                       '-ign_eof', *more, *words])

    def do_curl(self, address, *words):
        """libcurl; upgrades are not for it."""
        self._program(['curl', '-s', '--noproxy', '*', '--max-time', '4',
                       '--interface', address, *words, 'https://127.0.0.1:%d/'
                       % self.server.port])

    def do_raw(self, address, payload, end):
        """Bytes; then close, reset, or wait for an answer."""
        with socket.socket() as sock:
            sock.bind((address, 0))
            sock.settimeout(2)
            sock.connect(('127.0.0.1', self.server.port))
            for words, answer in self.upgrade:
                sock.sendall(words)
                told = b''
                while answer not in told:
                    more = sock.recv(4096)
                    if not more:
                        return
                    told += more
            sock.sendall(payload.encode().decode('unicode_escape')
                         .encode('latin-1'))
            time.sleep(0.1)
            if end == 'reset':
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                struct.pack('ii', 1, 0))
            elif end == 'wait':
                try:
                    while sock.recv(4096):
                        pass
                except OSError:
                    pass


def read_with_tool(text, *options):
    """What the tool says of a log: its objects."""
    if not text.strip():
        return []
    done = subprocess.run([TOOL, '--json', *options, '-'], input=text,
                          capture_output=True, check=False, timeout=30)
    if done.returncode not in (0, 1):
        raise RuntimeError('exit status %d' % done.returncode)
    return [json.loads(line) for line in done.stdout.splitlines()]


def is_silent(row, server):
    """This log says nothing of it."""
    return server['silent'] == '*' or row['name'] in server['silent'].split()


def judge(row, server, address, items):
    """What is wrong with the answer, None if nothing."""
    verdicts = [item for item in items if item['type'] in ('log', 'text')]
    sure = [item for item in verdicts if item['cause'] != 'unknown'
            and item['confidence'] >= int(row['least'])]
    if is_silent(row, server):
        sure = [item for item in sure if item['confidence'] >= SURE
                and item['cause'] not in row['causes'].split()]
        return 'is sure of %s where the log says nothing' % sure[0]['cause'] \
            if sure else None
    wanted = row['causes'].split()
    for word in server['tells'].split():
        if word.startswith(row['name'] + '='):
            wanted = word.split('=')[1].split('|')
    if not sure:
        return 'finds nothing, wanted ' + row['causes']
    best = max(sure, key=lambda item: item['confidence'])
    if best['cause'] not in wanted:
        return 'says %s, not %s' % (best['cause'], ' or '.join(wanted))
    clients = {item['client'] for item in verdicts if item['type'] == 'log'}
    if clients and server['clients'] == 'yes' and clients - {None, '127.0.0.1'} != {address}:
        return 'takes %s for the client %s' % (clients, address)
    return None


def logged(server, client, row, address):
    """One provocation: the log's new text, what the tool says of it, what is
    wrong with that."""
    marks = server.settle()
    client.run(row['client'].split(), address)
    server.settle()
    text = server.written(marks)
    # Where no line tells who wrote it, who reads the log knows.
    items = read_with_tool(text, *(
        [] if server.row['clients'] == 'yes' else ['--side=server']))
    return text, items, judge(row, server.row, address, items)


def provoke(server, certificates, part, shows):
    """All provocations of one kind of server; the number that went wrong."""
    client = Client(server, certificates)
    wrong = right = silent = 0
    for number, row in enumerate(rows('provocations.csv'), 1):
        if row['server'] != part or \
                row['name'] in server.row['without'].split():
            continue
        address = '127.0.1.%d' % number
        text, items, fault = logged(server, client, row, address)
        if fault:
            # A client's reset may overtake its alert: the server then logs a
            # close, and is right to.
            print('%s: %s; once more' % (row['name'], fault))
            text, items, fault = logged(server, client, row, address)
        if fault or shows:
            print('%s: %s' % (row['name'], fault or 'as it should be'))
            print(text.decode('utf-8', 'backslashreplace'), end='')
            for item in items:
                print('  ', item.get('client'), item.get('cause'),
                      item.get('confidence'))
        wrong += fault is not None
        silent += is_silent(row, server.row)
        right += fault is None and not is_silent(row, server.row)
    return wrong, right, silent


def run_part(row, part, work, certificates, shows):
    """One server of its own for those that ask for client certificates."""
    options = json.loads(row['options'] or '{}')
    if part == 'mutual':
        options['auth'] = 'require'
    run = os.path.join(work, part)
    os.makedirs(run)
    os.chmod(run, 0o777)
    try:
        server = Server({**row, 'options': json.dumps(options)}, run,
                        certificates)
    except postfix.Missing as lack:
        print('skipped: needs %s' % lack)
        return None
    try:
        if not server.wait():
            with open(server.logs[0], 'rb') as out:
                print('skipped: %s does not start: %s' % (
                    row['server'], out.read()[-600:].decode('ascii',
                                                            'replace')))
            return None
        return provoke(server, certificates, part, shows)
    finally:
        server.stop()


def main(arguments):
    """The exit status: 0, 1, or 77 where the server cannot run."""
    shows = '-s' in arguments
    name = arguments[-1]
    row = next(row for row in rows('servers.csv') if row['server'] == name)
    needs = NEEDS.get(row['starter'], []) + ['openssl', 'curl']
    os.environ['PATH'] += ':/usr/sbin:/sbin'
    lacks = [need for need in needs if not tools.present(need)]
    if lacks:
        print('skipped: needs ' + ', '.join(lacks))
        return 77
    with tempfile.TemporaryDirectory() as work:
        os.chmod(work, 0o755)
        os.mkdir(os.path.join(work, 'pki'))
        certificates = make_pki(os.path.join(work, 'pki'))
        counts = [0, 0, 0]
        for part in ('plain', 'mutual'):
            if part in row['parts'].split():
                done = run_part(row, part, work, certificates, shows)
                if done is None:
                    return 77
                counts = [a + b for a, b in zip(counts, done)]
    print('%s: %d failures named, %d silent in the log, %d wrong' % (
        name, counts[1], counts[2], counts[0]))
    return 1 if counts[0] or counts[1] + counts[2] < 3 else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
