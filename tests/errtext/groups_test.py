#!/usr/bin/env python3
"""Lines of one client go through the tracker, in whatever wrapping they come.

The fallback dance of a client behind a device that resets TLS 1.2 and 1.1, as
servers log it, is wrapped as daemons, containers and collectors write lines.
Each wrapping must yield the time and the client of every line, and the group
that names the first failure.
"""
# timeout: 120
# builds: release asan
import json
import os
import subprocess
import sys
import tempfile

TOOL = os.environ['TLSDIAG_TOOL']
WHILE = ' while SSL handshaking'
RESET = 'SSL_do_handshake() failed (104: Connection reset by peer)' + WHILE
REFUSED = ('SSL_do_handshake() failed (SSL: error:0A000175:SSL routines::'
           'inappropriate fallback)' + WHILE)
NO_SUITE = ('SSL_do_handshake() failed (SSL: error:0A0000C1:SSL routines::'
            'no shared cipher)' + WHILE)
TOO_OLD = ('SSL_do_handshake() failed (SSL: error:0A000102:SSL routines::'
           'unsupported protocol)' + WHILE)
QUIET = 'signal process started'
MIDNIGHT = 1795219200  # 2026-11-21
CLIENT = '192.0.2.7'


def clock(second):
    """hh:mm:ss"""
    return '%02d:%02d:%02d' % (second // 3600, second // 60 % 60, second % 60)


def nginx(second, number, what, client=CLIENT):
    """One line of nginx's error log."""
    return ('2026/11/21 %s [info] 7#7: *%d %s, client: '
            '%s, server: 0.0.0.0:443' % (clock(second), number, what, client))


def plain(second, number, what, client=CLIENT):
    """What a program says that does not write the time itself."""
    return 'conn %d: %s, client: %s' % (number, what, client)


def docker(second, number, what, client=CLIENT):
    """The json-file log driver."""
    return json.dumps({'log': plain(second, number, what, client) + '\n',
                       'stream': 'stderr', 'time': '2026-11-21T%s.123456789Z'
                       % clock(second)}, separators=(',', ':'))


def journal(second, number, what, client=CLIENT):
    """journalctl -o json"""
    return json.dumps({
        '__CURSOR': 's=0b1;i=1f', '_PID': '812', 'PRIORITY': '6',
        '_HOSTNAME': 'web1', 'SYSLOG_IDENTIFIER': 'nginx',
        'MESSAGE': plain(second, number, what, client),
        '__REALTIME_TIMESTAMP': '%d000123' % ((MIDNIGHT + second) * 1000)})


def caddy(second, number, what, client=CLIENT):
    """zap's JSON, as Caddy writes it."""
    return json.dumps({'level': 'debug', 'ts': MIDNIGHT + second + 0.25,
                       'logger': 'http.stdlib', 'msg': '%s' % what,
                       'remote_ip': client, 'remote_port': str(4000 + number)},
                      separators=(',', ':'))


def iso(second):
    """2026-11-21T03:25:00"""
    return '2026-11-21T' + clock(second)


WRAPPINGS = {
    'nginx': nginx,
    'syslog RFC 3164': lambda s, n, w, c=CLIENT:
        '<30>Nov 21 %s web1 nginx[812]: ' % clock(s) + plain(s, n, w, c),
    'syslog RFC 5424': lambda s, n, w, c=CLIENT:
        '<30>1 %s.003Z web1 nginx 812 ID47 - ' % iso(s) + plain(s, n, w, c),
    'syslog around nginx': lambda s, n, w, c=CLIENT:
        'Nov 21 %s web1 nginx: ' % clock(s) + nginx(s, n, w, c),
    'journalctl short': lambda s, n, w, c=CLIENT:
        'Nov 21 %s web1 nginx[812]: ' % clock(s) + plain(s, n, w, c),
    'journalctl short-precise': lambda s, n, w, c=CLIENT:
        'Nov 21 %s.123456 web1 nginx[812]: ' % clock(s) + plain(s, n, w, c),
    'journalctl short-iso': lambda s, n, w, c=CLIENT:
        '%s+0100 web1 nginx[812]: ' % iso(s) + plain(s, n, w, c),
    'journalctl json': journal,
    'docker json-file': docker,
    'kubernetes CRI': lambda s, n, w, c=CLIENT:
        '%s.123456789Z stderr F ' % iso(s) + plain(s, n, w, c),
    'Apache': lambda s, n, w, c=CLIENT:
        '[Sat Nov 21 %s.123456 2026] [ssl:info] [pid 9:tid 1%d] [client '
        '%s:%d] AH02008: %s' % (clock(s), n, c, 4000 + n, w),
    'Caddy': caddy,
    'Traefik': lambda s, n, w, c=CLIENT:
        'time="%sZ" level=debug msg="%s from %s:%d"' % (iso(s), w, c, 4000 + n),
    'Go': lambda s, n, w, c=CLIENT:
        '2026/11/21 %s http: %s from %s:%d' % (clock(s), w, c, 4000 + n),
    'HAProxy': lambda s, n, w, c=CLIENT:
        '%s:%d [21/Nov/2026:%s.321] fe/1: %s' % (c, 4000 + n, clock(s), w),
    'HAProxy over syslog': lambda s, n, w, c=CLIENT:
        'Nov 21 %s 10.0.0.1 haproxy[99]: %s:%d [21/Nov/2026:%s.321] fe/1: %s'
        % (clock(s), c, 4000 + n, clock(s), w),
    'access log': lambda s, n, w, c=CLIENT:
        '%s - - [21/Nov/2026:%s +0100] "-" 400 0 "%s"' % (c, clock(s), w),
    'stunnel': lambda s, n, w, c=CLIENT:
        '2026.11.21 %s LOG3[%d]: %s (%s)' % (clock(s), n, w, c),
    'mosquitto': lambda s, n, w, c=CLIENT:
        '%d: %s from %s' % (MIDNIGHT + s, w, c),
    'Redis': lambda s, n, w, c=CLIENT:
        '30553:M 21 Nov 2026 %s.998 # %s (addr=%s:%d)' % (clock(s), w, c, n),
    'hitch': lambda s, n, w, c=CLIENT:
        '20261121T%s.677435 [30823] %s:%d :0 7:8 %s' % (
            clock(s).replace(':', ''), c, 4000 + n, w),
    'Envoy': lambda s, n, w, c=CLIENT:
        '[%s.321Z] "- - -" 0 NR "-" 0 0 0 - "%s" "-" %s:%d' % (
            iso(s), w, c, 40000 + n),
    'Istio': lambda s, n, w, c=CLIENT:
        '[%s.321Z] "- - -" 0 NR - - "%s" 0 0 0 - "-" "-" "-" "-" "-" - - '
        '10.0.0.1:8443 %s:%d www.example.org -' % (iso(s), w, c, 40000 + n),
    'Envoy JSON': lambda s, n, w, c=CLIENT: json.dumps({
        'start_time': iso(s) + '.321Z', 'response_flags': 'DPE',
        'downstream_transport_failure_reason': w, 'upstream_host': None,
        'downstream_remote_address': '%s:%d' % (c, 40000 + n)}),
    'Envoy at debug': lambda s, n, w, c=CLIENT:
        '[2026-11-21 %s.321][15][debug][connection] [source/common/tls/'
        'ssl_socket.cc:241] [Tags: "ConnectionId":"%d"] remote address:%s:%d,'
        '%s' % (clock(s), n, c, 40000 + n, w),
    'IPv6': lambda s, n, w, c=CLIENT:
        '2026-11-21 %s,117 INFO [2001:db8::7]:%d %s' % (clock(s), 4000 + n, w),
    'Windows, US': lambda s, n, w, c=CLIENT:
        '11/21/2026 %s PM,%s,client %s' % (clock(s).replace('03:', '3:'), w, c),
    'Windows XML': lambda s, n, w, c=CLIENT:
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>"
        "<System><Provider Name='x'/><TimeCreated SystemTime='%s.1234567Z'/>"
        '</System><EventData><Data>%s client %s</Data></EventData></Event>'
        % (iso(s), w, c),
    'escaped quotes': lambda s, n, w, c=CLIENT:
        '%sZ app: msg=\\x22%s\\x22 client=\\x22%s\\x22' % (iso(s), w, c),
}
BYTES = {
    'UTF-8': lambda text: text.encode(),
    'CRLF': lambda text: text.replace('\n', '\r\n').encode(),
    'UTF-16LE': lambda text: b'\xff\xfe' + text.encode('utf-16-le'),
    'UTF-16BE': lambda text: b'\xfe\xff' + text.encode('utf-16-be'),
    'UTF-16LE without a mark': lambda text: text.encode('utf-16-le'),
    'no last line end': lambda text: text.rstrip('\n').encode(),
}
START = 3 * 3600 + 24 * 60  # 03:24:00


def dance(wrap, quiet=3):
    """Lines of a dance among others; the numbers of its lines."""
    lines = [wrap(START + i, 100 + i, QUIET) for i in range(quiet)]
    lines += [wrap(START + 31, 1, RESET), wrap(START + 31, 2, QUIET),
              wrap(START + 32, 3, RESET), wrap(START + 33, 4, REFUSED)]
    return '\n'.join(lines) + '\n', [quiet + 1, quiet + 3, quiet + 4]


def run(*files):
    """What the tool says of these files, each a pair of name and bytes."""
    with tempfile.TemporaryDirectory() as work:
        paths = []
        for name, data in files:
            paths.append(os.path.join(work, name))
            with open(paths[-1], 'wb') as file:
                file.write(data)
        people = subprocess.run([TOOL, *paths], capture_output=True,
                                check=False, timeout=30)
        done = subprocess.run([TOOL, '--json', *paths], capture_output=True,
                              check=False, timeout=30)
        if people.returncode != done.returncode or done.returncode != 1:
            return [{'type': 'exit status %d, %d' % (people.returncode,
                                                     done.returncode)}]
        return [json.loads(line.replace(work.encode() + b'/', b''))
                for line in done.stdout.splitlines()]


def fault_of_dance(items, members, client=CLIENT):
    """What is wrong with the answer to one log with a dance."""
    lines = [item for item in items if item['type'] == 'log']
    groups = [item for item in items if item['type'] == 'group']
    if [line['line'] for line in lines] != members:
        return 'failures in lines %s' % [line['line'] for line in lines]
    for line in lines:
        if not line['time'] or line['client'] != client:
            return 'time %s, client %s' % (line['time'], line['client'])
    if len(groups) != 1:
        return '%d groups' % len(groups)
    group = groups[0]
    if group['cause'] != 'reset_during_handshake' or \
            group['first'] != members[0] or group['client'] != client or \
            [line['line'] for line in group['lines']] != members:
        return 'the group is %s' % group
    return None


def wrapped():
    """Every wrapping, and every kind of bytes."""
    for name, wrap in WRAPPINGS.items():
        client = '2001:db8::7' if name == 'IPv6' else CLIENT
        text, members = dance(wrap)
        yield name, fault_of_dance(run(('a.log', text.encode())), members,
                                   client)
    for name, encode in BYTES.items():
        text, members = dance(nginx)
        yield name, fault_of_dance(run(('a.log', encode(text))), members)
    # Far behind other lines, and split by the reader's blocks.
    for quiet in (2000, 2190, 2500):
        text, members = dance(nginx, quiet)
        yield '%d lines before' % quiet, fault_of_dance(
            run(('a.log', text.encode())), members)


def group_of(items, cause):
    """The groups of a cause: their lines."""
    return [[(line['file'], line['line']) for line in item['lines']]
            for item in items
            if item['type'] == 'group' and item['cause'] == cause]


def told(name, items, cause, lines):
    """A row of together()."""
    found = group_of(items, cause)
    return name, None if found == lines else 'groups of %s: %s' % (cause, found)


def together():
    """Several files, several clients, several lines a connection."""
    def log(*lines):
        return ('\n'.join(nginx(START + s, n, w, c)
                          for s, n, w, c in lines) + '\n').encode()

    one = log((0, 1, RESET, CLIENT), (0, 2, NO_SUITE, '192.0.2.9'))
    two = log((2, 7, REFUSED, CLIENT), (9, 8, NO_SUITE, '192.0.2.10'))
    yield told('a dance over two servers', run(('1', one), ('2', two)),
               'reset_during_handshake', [[('1', 1), ('2', 1)]])
    yield told('the servers in the other order', run(('2', two), ('1', one)),
               'reset_during_handshake', [[('1', 1), ('2', 1)]])
    slow = log((3, 1, RESET, CLIENT), (0, 2, NO_SUITE, '192.0.2.9'))
    yield told('clocks that differ by a second', run(('1', slow), ('2', two)),
               'reset_during_handshake', [[('2', 1), ('1', 1)]])
    late = log((0, 1, RESET, CLIENT), (90, 2, REFUSED, CLIENT))
    yield told('too late', run(('1', late)), 'reset_during_handshake', [])
    other = log((0, 1, RESET, CLIENT), (1, 2, REFUSED, '192.0.2.8'))
    yield told('another client', run(('1', other)), 'reset_during_handshake',
               [])
    loop = log(*[(i, i, NO_SUITE, CLIENT) for i in range(40)])
    items = run(('1', loop))
    yield told('a retry in a loop', items, 'no_shared_cipher',
               [[('1', i + 1) for i in range(16)]])
    counts = [item['count'] for item in items if item['type'] == 'group']
    yield 'all of the loop is counted', None if counts == [40] else str(counts)
    pair = log(*[(i, i, NO_SUITE, CLIENT) for i in range(2)])
    yield told('twice is no loop', run(('1', pair)), 'no_shared_cipher', [])
    same = log(*[(i, 5, w, CLIENT) for i, w in enumerate(
        (NO_SUITE, TOO_OLD, NO_SUITE, TOO_OLD))])
    yield told('lines of one connection', run(('1', same)),
               'no_shared_cipher', [])


ENVOY = (
    ('268435640', 'NO_SHARED_CIPHER', 'no_shared_cipher'),
    ('268436504', 'TLSV1_ALERT_UNKNOWN_CA', 'server_certificate_untrusted'),
    ('268435581', 'CERTIFICATE_VERIFY_FAILED', 'client_certificate_rejected'),
    ('268435612', 'HTTP_REQUEST', 'plain_http_to_tls_port'))


def envoy():
    """%DOWNSTREAM_TRANSPORT_FAILURE_REASON%, as its manual has it."""
    for number, words, cause in ENVOY:
        reason = ('TLS_error:|%s:SSL routines:OPENSSL_internal:%s:'
                  'TLS_error_end' % (number, words))
        for name in ('Envoy', 'Envoy JSON', 'Envoy at debug'):
            text = WRAPPINGS[name](START, 1, reason) + '\n'
            lines = [item for item in run(('e', text.encode()))
                     if item['type'] == 'log']
            yield '%s of %s' % (words, name), \
                None if len(lines) == 1 and lines[0]['cause'] == cause and \
                lines[0]['client'] == CLIENT else str(lines)


def postfix():
    """Of the lines of one connection only some hold the address."""
    lines = []
    for number in range(3):
        head = 'Nov 21 03:24:%02d mx postfix/smtps/smtpd[%d]: ' % (
            10 + number, 700 + number)
        lines += [head + 'connect from unknown[192.0.2.7]',
                  'Nov 21 03:24:%02d mx postfix/smtpd[12]: connect from '
                  'unknown[192.0.2.99]' % (10 + number),
                  head + 'SSL_accept error from unknown[192.0.2.7]: -1',
                  head + 'warning: TLS library problem: error:0A0000C1:SSL '
                  'routines::no shared cipher:../ssl/statem/statem_srvr.c:'
                  '2220:', head + 'lost connection after CONNECT from '
                  'unknown[192.0.2.7]']
    items = run(('mail.log', ('\n'.join(lines) + '\n').encode()))
    clients = {item['client'] for item in items if item['type'] == 'log'}
    yield 'who it was, from a line before', \
        None if clients == {CLIENT} else str(clients)
    yield told('one attempt a connection', items, 'no_shared_cipher',
               [[('mail.log', 4), ('mail.log', 9), ('mail.log', 14)]])


def main():
    """Prints what is wrong."""
    wrong = total = 0
    for source in (wrapped, together, envoy, postfix):
        for name, fault in source():
            total += 1
            if fault:
                wrong += 1
                print('%s: %s' % (name, fault))
    print('%d of %d right' % (total - wrong, total))
    return 1 if wrong or total < 40 else 0


if __name__ == '__main__':
    sys.exit(main())
