#!/usr/bin/env python3
"""Writes a made-up nginx error log: logscan_make.py FILE LINES PERCENT

PERCENT of the lines tell of a TLS failure, the rest of other things.  The
same arguments give the same file.
"""
import random
import sys

QUIET = (
    '[error] {pid}#{pid}: *{conn} open() "/srv/www/{word}/{word}.html" failed '
    '(2: No such file or directory), client: {ip}, server: www.example.org, '
    'request: "GET /{word}/{word}.html HTTP/1.1", host: "www.example.org"',
    '[info] {pid}#{pid}: *{conn} client {ip} closed keepalive connection',
    '[warn] {pid}#{pid}: *{conn} a client request body is buffered to a '
    'temporary file /var/lib/nginx/body/00{word}, client: {ip}, server: '
    'api.example.org, request: "POST /v1/{word} HTTP/1.1", host: '
    '"api.example.org"',
    '[error] {pid}#{pid}: *{conn} limiting requests, excess: 20.{num} by zone '
    '"one", client: {ip}, server: www.example.org, request: "GET '
    '/search?q={word} HTTP/2.0", host: "www.example.org"')
FAILURES = (
    'error:0A0000C1:SSL routines::no shared cipher',
    'error:0A000102:SSL routines::unsupported protocol',
    'error:0A000416:SSL routines::sslv3 alert certificate unknown:SSL alert '
    'number 46',
    'error:0A000418:SSL routines::tlsv1 alert unknown ca:SSL alert number 48',
    'error:0A000412:SSL routines::sslv3 alert bad certificate:SSL alert '
    'number 42',
    'error:0A00006C:SSL routines::bad key share',
    'error:0A00010B:SSL routines::wrong version number',
    'error:0A00018C:SSL routines::version too low')
WORDS = ('index', 'news', 'images', 'products', 'archive', 'media', 'forum')


def main(name, lines, percent):
    """Writes the file."""
    rng = random.Random(20261121)
    with open(name, 'w', encoding='ascii') as file:
        for number in range(lines):
            second = number // 50
            stamp = '2026/11/%02d %02d:%02d:%02d ' % (
                1 + second // 86400 % 28, second // 3600 % 24,
                second // 60 % 60, second % 60)
            values = {
                'pid': 1000 + number % 4, 'conn': number, 'num': number % 997,
                'ip': '192.0.%d.%d' % (rng.randrange(40), rng.randrange(250)),
                'word': WORDS[rng.randrange(len(WORDS))]}
            if rng.random() * 100 < percent:
                text = ('[info] {pid}#{pid}: *{conn} SSL_do_handshake() failed '
                        '(SSL: ' + rng.choice(FAILURES) + ') while SSL '
                        'handshaking, client: {ip}, server: 0.0.0.0:443')
            else:
                text = QUIET[rng.randrange(len(QUIET))]
            file.write(stamp + text.format(**values) + '\n')


if __name__ == '__main__':
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))
