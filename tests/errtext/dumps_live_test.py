#!/usr/bin/env python3
"""What today's tools print of failures made here leads to their causes.

Starts openssl s_server on 127.0.0.1 once for each failure, lets a client fail
at it, and gives the client's output, or the server's, to the tool.  Clients
that are not installed are left out and counted.
"""
# timeout: 300
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time

TOOL = os.environ['TLSDIAG_TOOL']
TRACE = 'openssl s_client -trace -connect 127.0.0.1:{port}'
GNUTLS = 'gnutls-cli -d 9 --insecure -p {port}'

# Server options, client, its output or the server's, the causes that are right.
CASES = [
    ('-tls1_2', TRACE + ' -tls1_3', 'client', ['version_server_too_old']),
    ('-tls1_3', TRACE + ' -tls1_2', 'client', ['version_client_too_old']),
    ('-tls1_2 -cipher AES128-SHA',
     TRACE + ' -tls1_2 -cipher ECDHE-RSA-AES256-GCM-SHA384', 'client',
     ['no_shared_cipher']),
    ('-tls1_3 -groups P-384', TRACE + ' -tls1_3 -groups X25519:P-256',
     'client', ['no_shared_group', 'handshake_failure',
                'version_server_too_old']),  # the alert is 40 for all
    ('-tls1_3 -groups P-384', TRACE + ' -tls1_3 -groups X25519:P-384',
     'client', ['none']),
    ('-tls1_3 -Verify 1 -verify_return_error -CAfile ca.pem',
     TRACE + ' -tls1_3 -cert old.pem -key old.key', 'client',
     ['client_certificate_expired']),
    ('-tls1_2 -Verify 1 -verify_return_error -CAfile ca.pem -trace',
     TRACE + ' -tls1_2 -cert old.pem -key old.key', 'both',
     ['client_certificate_expired']),
    ('-tls1_2 -Verify 1 -verify_return_error',
     TRACE + ' -tls1_2', 'client', ['client_certificate_missing']),
    ('-tls1_2 -cipher AES128-SHA -debug',
     'openssl s_client -debug -connect 127.0.0.1:{port} -tls1_2 '
     '-cipher ECDHE-RSA-AES256-GCM-SHA384', 'both', ['no_shared_cipher']),
    ('', TRACE + ' -tls1_2 -fallback_scsv', 'client',
     ['inappropriate_fallback']),
    ('-trace', TRACE + ' -verify_return_error -CAfile old.pem', 'both',
     ['server_certificate_untrusted']),
    ('-tls1_2', 'curl -sSvk --tlsv1.3 https://127.0.0.1:{port}/', 'client',
     ['version_server_too_old']),
    ('-tls1_3 -Verify 1 -verify_return_error',
     'curl -sSvk https://127.0.0.1:{port}/', 'client',
     ['client_certificate_missing']),
    ('-tls1_2 -cipher AES128-SHA',
     'curl -sSk --trace - --tls-max 1.2 --ciphers ECDHE-RSA-AES256-GCM-SHA384 '
     'https://127.0.0.1:{port}/', 'client', ['no_shared_cipher']),
    ('', 'curl -sS --trace - https://127.0.0.1:{port}/', 'client',
     ['server_certificate_untrusted']),
    ('-tls1_2', GNUTLS + ' --priority NORMAL:-VERS-ALL:+VERS-TLS1.3 127.0.0.1',
     'client', ['version_server_too_old']),
    ('-tls1_2 -Verify 1 -verify_return_error', GNUTLS + ' 127.0.0.1',
     'client', ['client_certificate_missing']),
]


def free_port():
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def wait_for(server):
    """Until s_server says that it accepts."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with open('server.txt', 'rb') as file:
            if b'ACCEPT' in file.read():
                return
        if server.poll() is not None:
            return
        time.sleep(0.05)


def certificates():
    """A self-signed CA that is the server, and an expired client."""
    def openssl(*words):
        subprocess.run(['openssl', *words], check=True, capture_output=True,
                       timeout=60)
    openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2',
            '-subj', '/CN=www.example.test', '-keyout', 'ca.key', '-out',
            'ca.pem')
    openssl('req', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=client',
            '-keyout', 'old.key', '-out', 'old.csr')
    with open('ca.cnf', 'w', encoding='ascii') as file:
        file.write('[ca]\ndefault_ca=d\n[d]\ndatabase=index\nserial=serial\n'
                   'new_certs_dir=.\ndefault_md=sha256\npolicy=p\n'
                   '[p]\ncommonName=supplied\n')
    with open('index', 'w', encoding='ascii'):
        pass
    with open('serial', 'w', encoding='ascii') as file:
        file.write('01\n')
    openssl('ca', '-batch', '-config', 'ca.cnf', '-cert', 'ca.pem', '-keyfile',
            'ca.key', '-in', 'old.csr', '-out', 'old.pem', '-startdate',
            '20200101000000Z', '-enddate', '20210101000000Z')


def run(options, client):
    """One failure; its outputs are client.txt and server.txt."""
    port = free_port()
    with open('server.txt', 'wb') as out:
        server = subprocess.Popen(
            ['openssl', 's_server', '-accept', '127.0.0.1:%d' % port, '-cert',
             'ca.pem', '-key', 'ca.key', *options.split()],
            stdin=subprocess.PIPE, stdout=out, stderr=subprocess.STDOUT)
    try:
        wait_for(server)
        with open('client.txt', 'wb') as out:
            process = subprocess.Popen(client.format(port=port).split(),
                                       stdin=subprocess.PIPE, stdout=out,
                                       stderr=subprocess.STDOUT)
        try:
            # A refusal of TLS 1.3 comes after the client's own end.
            process.wait(1)
        except subprocess.TimeoutExpired:
            process.stdin.close()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    finally:
        server.kill()
        server.wait()


def cause_of(name):
    """What the tool says of a file."""
    done = subprocess.run([TOOL, '--json', name], capture_output=True,
                          check=False, timeout=30)
    for line in done.stdout.splitlines():
        return json.loads(line)
    return {'cause': done.stderr.decode(), 'confidence': 0}


def main():
    """Prints what is wrong."""
    if shutil.which('openssl') is None:
        print('skipped: needs openssl')
        return 77
    wrong = 0
    absent = set()
    with tempfile.TemporaryDirectory() as work:
        os.chdir(work)
        certificates()
        for options, client, whose, causes in CASES:
            if shutil.which(client.split()[0]) is None:
                absent.add(client.split()[0])
                continue
            run(options, client)
            sides = ['client', 'server'] if whose == 'both' else [whose]
            for side in sides:
                answer = cause_of(side + '.txt')
                if answer['cause'] not in causes:
                    print('%s | %s | %s: %s %d%%' % (
                        options, client, side, answer['cause'],
                        answer['confidence']))
                    wrong += 1
        os.chdir('/')
    print('%d failures, %d wrong%s' % (
        len(CASES), wrong, ', not installed: ' + ', '.join(sorted(absent))
        if absent else ''))
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
