"""The tables of docs/MEMORY.md: made, written and compared."""
import os
import re
import subprocess

import build

FILE = os.path.join(build.TOP, 'docs', 'MEMORY.md')
BEGIN = '<!-- BEGIN MEASURED: tests/objects/run --write -->'
END = '<!-- END MEASURED -->'
STRUCTS = ['tlsdiag_bytes', 'tlsdiag_client_hello', 'tlsdiag_server_hello',
           'tlsdiag_flow', 'tlsdiag_segment', 'tlsdiag_hint',
           'tlsdiag_observation', 'tlsdiag_verdict', 'tlsdiag_policy',
           'tlsdiag_attempt', 'tlsdiag_track', 'tlsdiag_group']
# What the names of the objects have in common, for people.
PARTS = [
    ('decoders of hellos, records and first bytes',
     r'client_hello|server_hello|hello|sslv2|extension|record|first_bytes|'
     r'iterate|key_share|u16'),
    ('certificates (TLS 1.2)', r'certificate|der|oid|x509|key_exchange'),
    ('flow', r'flow|observe$|observe\.'),
    ('facts, rules and ranking', r'facts|trigger|sight|rules|classify|traits|values'),
    ('texts of verdicts', r'explain|observation_text|text\.|catalogue|causes'),
    ('names, cipher suites, layout', r'names|suites|layout'),
    ('error texts of TLS stacks', r'errtext'),
    ('tracker', r'track|attempt|patterns'),
    ('predict, diff, fingerprints', r'predict|diff|ja3|ja4|md5|sha256'),
    ('the rest', r''),
]


def structs(work):
    """sizeof of the public structs and of the flow's state."""
    source = os.path.join(work, 'sizes.c')
    program = os.path.join(work, 'sizes')
    with open(source, 'w') as out:
        out.write('#include <stdio.h>\n#include "flow.h"\nint main(void)\n{\n')
        for name in STRUCTS:
            out.write('printf("%%zu %s\\n", sizeof(%s));\n' % (name, name))
        out.write('printf("%zu flow\\n", sizeof(struct flow));\n')
        out.write('printf("%u TLSDIAG_FLOW_MIN\\n", TLSDIAG_FLOW_MIN);\n')
        out.write('return 0;\n}\n')
    flags = [f for f in build.FLAGS if f != '-ffreestanding']
    subprocess.run(['gcc', *flags, source, '-o', program], check=True)
    return {name: int(size) for size, name in
            (line.split() for line in build.run(program).splitlines())}


def parts(sizes):
    """Bytes by part; every object counts for the first part that fits."""
    total = {title: 0 for title, _ in PARTS}
    for name, size in sizes.items():
        title = next(t for t, pattern in PARTS if re.match(pattern, name))
        total[title] += size
    return total


def table(facts):
    lines = ['Code and constants, x86-64, gcc:', '',
             '| part | bytes at -Os | bytes at -O2 |', '|---|---:|---:|']
    small, fast = parts(facts['text-Os']), parts(facts['text-O2'])
    for title, _ in PARTS:
        if small[title]:
            lines.append('| %s | %d | %d |' % (title, small[title],
                                               fast[title]))
    lines.append('| all of it | %d | %d |' % (sum(small.values()),
                                              sum(fast.values())))
    lines += ['', 'Memory the caller lends:', '', '| what | bytes |',
              '|---|---:|']
    sizes = facts['structs']
    lines.append('| state of a flow without room | %d of the %d that '
                 '`TLSDIAG_FLOW_MIN` promises |' % (
                     sizes['flow'], sizes['TLSDIAG_FLOW_MIN']))
    for name in STRUCTS:
        lines.append('| `%s` | %d |' % (name, sizes[name]))
    lines += ['', 'Stack below a call, everything it calls included (gcc):',
              '', '| function | bytes at -Os | bytes at -O2 |',
              '|---|---:|---:|']
    depth = facts['stack-Os']
    for name in sorted(depth, key=lambda f: (-depth[f], f)):
        lines.append('| `%s` | %d | %d |' % (
            name, depth[name], facts['stack-O2'].get(name, 0)))
    return '\n'.join(lines)


def split():
    with open(FILE) as file:
        text = file.read()
    before, rest = text.split(BEGIN)
    measured, after = rest.split(END)
    return before, measured, after


def write(facts):
    before, _, after = split()
    with open(FILE, 'w') as file:
        file.write('%s%s\n\n%s\n\n%s%s' % (before, BEGIN, table(facts), END,
                                           after))


def numbers(text):
    return {row.group(1): [int(n) for n in re.findall(r'\b\d+\b', row.group(2))]
            for row in re.finditer(r'^\| ([^|]+) \|(.*)$', text, re.M)}


def differences(facts):
    """Rows that are off by more than a tenth (and 64 bytes), or missing."""
    if not os.path.exists(FILE):
        print('  there is no docs/MEMORY.md')
        return ['all']
    told, found = numbers(split()[1]), numbers(table(facts))
    off = []
    for row, values in found.items():
        old = told.get(row, [])
        if len(old) != len(values) or any(
                abs(a - b) > max(64, b // 10) for a, b in zip(values, old)):
            print('  %s: told %s, found %s' % (row, old, values))
            off.append(row)
    return off
