#!/usr/bin/env python3
"""Compiles the tables of texts that tlsdiag_text_scan knows.

  errtext_generate.py          writes errtext.inc, errtext_concepts.inc and
                               errtext_names.inc
  errtext_generate.py --check  writes nothing; exit 1 if they would differ
  errtext_generate.py --sizes  prints how large each table is

Sources, all beside this file:
  errtext_meanings.csv   a meaning and the causes it allows, by who wrote it
  errtext_programs.csv   wordings of programs and frames around other texts
  errtext_libraries.csv  wordings of TLS libraries
  errtext_codes.csv      numbers of TLS libraries
  errtext_functions.csv  OpenSSL functions that tell the side
  errtext_alerts.csv     every name of every alert
  errtext_concepts.csv   words by what they stand for in any wording

A text becomes words of letters and digits; the words form a tree.  Words in
braces stand for something that varies: {n} a number, {m} a number behind a
minus sign, {p} one behind a parenthesis, {code} a packed OpenSSL code, {alert} a
name or number of an alert, {*} anything up to the next white space.
"""
import csv
import os
import re
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from generator.emit import numbers  # noqa: E402

FAMILIES = ['ssl_old', 'ssl_new', 'boringssl', 'x509', 'gnutls', 'nss',
            'mbedtls', 'wolfssl', 'windows', 'apple', 'curl', 'haproxy',
            'errno', 'chrome', 'event']
VALUES = [''] + ['alert', 'openssl', 'opensslreason', 'version'] + FAMILIES[3:]
NATURES = {'': 1, 'detected': 1, 'received': 2, 'sent': 3, 'secondary': 4,
           'state': 5}
DEFAULT = {'context': 'state', 'completed': 'state', 'secondary': 'secondary'}
# A question mark: usually that side, unless the line or the caller says else.
SIDES = {'': 0, 'client': 1, 'server': 2, 'client?': 17, 'server?': 18}
NEEDS = {'': 0, 'tls': 1, 'ssl': 1, 'ossl': 2}
SLOTS = ['{n}', '{m}', '{p}', '{code}', '{alert}', '{*}', '{alerts}']
# A text near one of these speaks of TLS (1) or of OpenSSL (2).
MARKERS = {word: 1 for word in (
    'ssl tls dtls handshake handshaking certificate cert x509 cipher ciphers '
    'ciphersuite https openssl libssl gnutls schannel pkix sslv3 tlsv1 tlsv13 '
    'sslexception sslhandshakeexception rustls mbedtls wolfssl '
    'boringssl sslerror ssleoferror alpn sni s2n starttls 443 securechannel '
    'sslhandshake certificates tlsv12 starttls').split()}
MARKERS.update({word: 3 for word in 'routines sslerror'.split()})
# Families whose codes have names that programs print, and their stacks.
NAMED = {'nss': 'nss', 'gnutls': 'gnutls', 'mbedtls': 'mbedtls',
         'apple': 'apple'}
UNNAMED = ('unknown_code', 'context', 'secondary', 'alert_protocol')
HASH_BITS = 14


def rows(name):
    """The rows of one table."""
    with open(os.path.join(HERE, name), encoding='ascii', newline='') as file:
        return list(csv.DictReader(file))


def words_of(text):
    """A text as the matcher sees it."""
    return re.findall(r'\{(?:n|m|p|code|alert|\*)\}|[a-z0-9]+', text.lower())


def weighted(text):
    """`cause:weight ...` as pairs."""
    pairs = [item.split(':') for item in text.split()]
    if len(pairs) > 4:
        raise SystemExit('more than four causes: ' + text)
    return sorted(((cause, int(weight)) for cause, weight in pairs),
                  key=lambda pair: -pair[1])


class Tables:
    """Everything that goes into the generated files."""

    def __init__(self):
        self.stacks = self.enum('stack')
        self.stages = self.enum('stage')
        self.causes = {row['id']: int(row['number'])
                       for row in rows('causes.csv')}
        self.meanings = rows('errtext_meanings.csv')
        self.meaning = {row['meaning']: number
                        for number, row in enumerate(self.meanings)}
        self.patterns = []
        self.texts = {}
        self.read_texts()
        self.read_code_names()
        self.read_functions()
        self.read_alerts()
        self.read_concepts()
        self.make_words()
        self.make_tree()

    @staticmethod
    def enum(registry):
        """Names of one registry of enums.csv."""
        return {row['name']: int(row['value'], 0)
                for row in rows('enums.csv') if row['registry'] == registry}

    def add(self, words, row, value=''):
        """One text; the first table that has it wins."""
        key = tuple(words)
        if not key or key in self.texts:
            return
        if len(key) > 18:
            raise SystemExit('too many words: ' + ' '.join(key))
        needs = NEEDS[row['needs']]
        if any(MARKERS.get(word, 0) & needs == needs for word in key):
            needs = 0
        self.texts[key] = len(self.patterns)
        self.patterns.append((
            self.meaning[row['meaning']], self.stacks[row['stack'] or 'unknown'],
            NATURES[row['nature'] or DEFAULT.get(row['meaning'], '')]
            | SIDES[row['side']] << 3 | needs << 5,
            self.stages[row['stage'] or 'tcp'], VALUES.index(value)))

    def read_texts(self):
        """The two tables of wordings."""
        for name in ('errtext_programs.csv', 'errtext_libraries.csv'):
            for row in rows(name):
                try:
                    self.add(words_of(row['text']), row, row['value'] or '')
                except KeyError as error:
                    raise SystemExit('%s: %r: unknown name %s' % (
                        name, row['text'], error)) from error

    def read_code_names(self):
        """The name of a code is a wording, unless a table has it."""
        for row in rows('errtext_codes.csv'):
            stack = NAMED.get(row['family'])
            name = row['name']
            if not stack or row['meaning'] in UNNAMED or ' ' in name or \
                    not ('_' in name or name.startswith('errSSL')):
                continue
            is_alert = row['meaning'].startswith(('alert_', 'vague_'))
            self.add(words_of(name), {
                'meaning': row['meaning'], 'stack': stack, 'side': '',
                'nature': 'received' if is_alert else '', 'stage': '',
                'needs': ''})

    def read_functions(self):
        """Function names are context: they tell the side."""
        for row in rows('errtext_functions.csv'):
            words = words_of(row['name'])
            if len(words) > 1 and len(''.join(words)) > 8:
                self.add(words, {
                    'meaning': 'context', 'stack': 'openssl',
                    'nature': 'state', 'side': row['side'],
                    'stage': row['stage'], 'needs': 'ossl'})

    def read_alerts(self):
        """Names of alerts hang below their own root."""
        self.alerts = {}
        for row in rows('errtext_alerts.csv'):
            key = ('{alerts}',) + tuple(words_of(row['name']))
            self.alerts.setdefault(key, int(row['alert']))

    def read_concepts(self):
        """The concept that each word stands for, from 1 on."""
        self.concepts = {}
        for number, row in enumerate(rows('errtext_concepts.csv'), 1):
            for word in row['words'].split():
                for part in words_of(word)[:1]:
                    self.concepts.setdefault(part, number)

    def make_words(self):
        """Numbers for words, in the order of the alphabet; slots last."""
        found = set()
        for key in list(self.texts) + list(self.alerts):
            found.update(key)
        found.update(MARKERS)
        found.update(self.concepts)
        self.words = sorted(found - set(SLOTS))
        if max(len(word) for word in self.words) > 63:
            raise SystemExit('a word of more than 63 letters')
        self.number = {word: i for i, word in enumerate(self.words)}
        for i, slot in enumerate(SLOTS):
            self.number[slot] = len(self.words) + i

    def make_tree(self):
        """The tree, its nodes in breadth-first order: children are
        neighbours, so that a node needs the number of its first one only."""
        root = {}
        for table, base in ((self.texts, 1), (self.alerts, 1)):
            for key, value in table.items():
                node = root
                for word in key:
                    node = node.setdefault(self.number[word], {})
                node[-1] = value + base
        queue, self.nodes = [(0, root)], []
        at = 0
        while at < len(queue):
            word, node = queue[at]
            first = len(queue)
            queue.extend((number, node[number])
                         for number in sorted(node) if number >= 0)
            self.nodes.append((word, first, node.get(-1, 0)))
            at += 1
        self.nodes.append((0, len(queue), 0))
        self.root_of = [0] * (len(self.words) + len(SLOTS))
        for i in range(self.nodes[0][1], self.nodes[1][1]):
            self.root_of[self.nodes[i][0]] = i

    def hash_table(self):
        """Open addressing over the FNV-1a hash of each word."""
        size = 1 << HASH_BITS
        table = [0] * size
        for i, word in enumerate(self.words):
            value = 2166136261
            for byte in word.encode():
                value = (value ^ byte) * 16777619 & 0xffffffff
            at = (value ^ value >> HASH_BITS) & size - 1
            while table[at]:
                at = at + 1 & size - 1
            table[at] = i + 1
        return table

    def codes(self):
        """Codes, sorted: family << 24 | number, and their meanings."""
        made = []
        for row in rows('errtext_codes.csv'):
            made.append((FAMILIES.index(row['family']) << 24
                         | int(row['code']), self.meaning[row['meaning']],
                         row['name']))
        return sorted(made)

    def functions(self):
        """OpenSSL's function numbers: side and stage by number."""
        made = {}
        for row in rows('errtext_functions.csv'):
            if row['number']:
                made.setdefault(int(row['number']), (
                    SIDES[row['side']], self.stages[row['stage'] or 'tcp']))
        return sorted((number << 16 | side << 8 | stage)
                      for number, (side, stage) in made.items())


def is_transport(meaning):
    """Meanings that only say how a connection ended."""
    return meaning in ('eof', 'eof_hello', 'eof_late', 'rst', 'rst_hello',
                       'eof_mid', 'rst_mid', 'timeout_mid',
                       'timeout', 'timeout_hello', 'timeout_connect',
                       'close_notify', 'probe', 'eof_before_hello', 'alert_0',
                       'upstream_down')


def is_certificate(meaning):
    """Meanings that say what is wrong with a certificate."""
    return (meaning.startswith(('cert_', 'cl_', 'sv_')) or meaning == 'ocsp')


def array(kind, name, items):
    """One table."""
    items = [str(item) for item in items]
    return 'static const %s %s[%d] = {\n%s};\n\n' % (
        kind, name, len(items), numbers(items))


def meanings_c(tables):
    """Causes and weights of each meaning: client, server, unknown."""
    out = ['static const struct et_meaning et_meanings[%d] = {\n'
           % len(tables.meanings)]
    for row in tables.meanings:
        alert = int(row['alert']) if row['alert'] else 255
        lists = []
        for column in ('unknown', 'client', 'server'):
            pairs = weighted(row[column] or '')
            pairs += [(None, 0)] * (4 - len(pairs))
            lists.append('{{%s}, {%s}}' % (
                ', '.join(str(tables.causes[c] if c else 0)
                          for c, _ in pairs),
                ', '.join(str(w) for _, w in pairs)))
        out.append('  /* %s */\n  {{%s},\n   %d},\n' % (
            row['meaning'], ',\n    '.join(lists), alert))
    out.append('};\n\n')
    return ''.join(out)


def inc(tables):
    """errtext.inc"""
    out = ['/* Generated by lib/tables/errtext_generate.py from errtext_*.csv.'
           '\n * Do not edit. */\n\n']
    out.append('enum {\n')
    out.append('  ET_NUM_WORDS = %d,\n  ET_HASH_BITS = %d,\n' % (
        len(tables.words), HASH_BITS))
    for slot, name in zip(SLOTS, ('NUMBER', 'MINUS', 'PAREN', 'CODE',
                                  'ALERT', 'ANY', 'ALERT_NAMES')):
        out.append('  ET_SLOT_%s = %d,\n' % (name, tables.number[slot]))
    for name in ('context', 'unknown_code', 'too_vague', 'secondary',
                 'cert_verify', 'alert_other', 'completed', 'asked_40',
                 'asked_42', 'asked_50', 'cl_rejected', 'sv_rejected', 'eof',
                 'eof_hello', 'eof_mid', 'rst', 'rst_hello', 'rst_mid',
                 'timeout', 'timeout_hello', 'timeout_mid', 'callback',
                 'sni_absent', 'after_handshake', 'asked_end',
                 'ver_reject_server', 'ver_reject_client', 'old_record',
                 'not_tls_record', 'timeout_connect', 'vague_received',
                 'hello_as_text', 'hello_as_request', 'http_to_tls',
                 'proxy_request', 'proxy_unexpected', 'non_tls_client',
                 'cert_revoked', 'cl_revoked', 'cert_not_yet',
                 'cert_expired', 'cl_expired', 'sv_expired',
                 'cert_self_signed', 'cl_unknown_ca', 'sv_unknown_ca',
                 'cert_name', 'cert_unknown_ca', 'cl_missing',
                 'no_shared_cipher', 'ver_reject', 'sni_unknown',
                 'server_cert_absent'):
        out.append('  ET_MEANING_%s = %d,\n' % (name.upper(),
                                                tables.meaning[name]))
    out.append('  ET_NUM_PATTERNS = %d\n};\n\n' % len(tables.patterns))
    text = ''.join(tables.words)
    out.append('/* All words, one after the other. */\n')
    out.append('static const char et_letters[%d] = {\n' % len(text))
    for i in range(0, len(text), 15):
        out.append('  ' + ' '.join("'%s'," % c for c in text[i:i + 15]) + '\n')
    out.append('};\n\n')
    starts, at = [], 0
    for word in tables.words:
        starts.append(at)
        at += len(word)
    out.append(array('uint16_t', 'et_word_start', starts + [at]))
    marks = [MARKERS.get(word, 0) for word in tables.words]
    packed = [sum(marks[i + j] << 2 * j for j in range(4)
                  if i + j < len(marks)) for i in range(0, len(marks), 4)]
    out.append(array('uint8_t', 'et_word_marks_', packed))
    out.append(array('uint8_t', 'et_concepts',
                     [tables.concepts.get(word, 0) for word in tables.words]))
    out.append(array('uint16_t', 'et_hash', tables.hash_table()))
    out.append(array('uint16_t', 'et_root', tables.root_of))
    out.append(array('uint16_t', 'et_node_word',
                     [node[0] for node in tables.nodes]))
    out.append(array('uint16_t', 'et_node_first',
                     [node[1] for node in tables.nodes]))
    out.append(array('uint16_t', 'et_node_pattern',
                     [node[2] for node in tables.nodes]))
    out.append('static const struct et_pattern et_patterns[%d] = {\n'
               % len(tables.patterns))
    for i in range(0, len(tables.patterns), 3):
        out.append('  ' + ' '.join('{%s},' % ', '.join(map(str, pattern))
                                   for pattern in tables.patterns[i:i + 3])
                   + '\n')
    out.append('};\n\n')
    out.append(meanings_c(tables))
    for name, test in (('et_transport', is_transport),
                       ('et_certificate', is_certificate)):
        out.append(array('uint8_t', name,
                         [number for meaning, number
                          in sorted(tables.meaning.items()) if test(meaning)]))
    codes = tables.codes()
    out.append(array('uint32_t', 'et_codes', [code for code, _, _ in codes]))
    out.append(array('uint8_t', 'et_code_meanings',
                     [meaning for _, meaning, _ in codes]))
    out.append(array('uint32_t', 'et_functions', tables.functions()))
    return ''.join(out).rstrip('\n') + '\n'


def concepts_inc():
    """errtext_concepts.inc: the numbers of concepts."""
    names = [row['concept'].upper() for row in rows('errtext_concepts.csv')]
    return ('/* Generated by lib/tables/errtext_generate.py from '
            'errtext_concepts.csv.\n * Do not edit. */\n\nenum {\n' + ',\n'.join(
                '  ET_CONCEPT_%s = %d' % (name, number)
                for number, name in enumerate(names, 1)) + '\n};\n')


def names_inc(tables):
    """errtext_names.inc: names of codes and meanings, for the tool."""
    out = ['/* Generated by lib/tables/errtext_generate.py from '
           'errtext_codes.csv.\n * Do not edit. */\n\n'
           'static const struct code_name code_names[] = {\n']
    for code, _, name in tables.codes():
        name = name.replace('\\', '').replace('"', "'")
        out.append('  {0x%x, "%s"},\n' % (code, name[:56]))
    out.append('};\n')
    return ''.join(out)


def sizes(tables):
    """Bytes of read-only data."""
    letters = sum(len(word) for word in tables.words)
    parts = {
        'words (%d)' % len(tables.words):
            letters + 3 * len(tables.words) + len(tables.words) // 4,
        'hash': 2 << HASH_BITS,
        'tree (%d nodes)' % len(tables.nodes):
            6 * len(tables.nodes) + 2 * len(tables.root_of),
        'patterns (%d)' % len(tables.patterns): 5 * len(tables.patterns),
        'meanings (%d)' % len(tables.meanings): 25 * len(tables.meanings),
        'codes (%d)' % len(tables.codes()): 5 * len(tables.codes()),
        'functions': 4 * len(tables.functions())}
    for name, size in parts.items():
        print('%-24s %7d' % (name, size))
    print('%-24s %7d' % ('total', sum(parts.values())))


def main(arguments):
    """Writes or checks; returns the exit status."""
    tables = Tables()
    if arguments == ['--sizes']:
        sizes(tables)
        return 0
    if arguments not in ([], ['--check']):
        print(__doc__, file=sys.stderr)
        return 2
    stale = 0
    for name, text in (('errtext.inc', inc(tables)),
                       ('errtext_concepts.inc', concepts_inc()),
                       ('errtext_names.inc', names_inc(tables))):
        path = os.path.join(HERE, name)
        try:
            with open(path, encoding='ascii') as file:
                if file.read() == text:
                    continue
        except FileNotFoundError:
            pass
        if arguments:
            print('lib/tables/%s is not what errtext_generate.py writes'
                  % name)
            stale = 1
        else:
            with open(path, 'w', encoding='ascii', newline='') as file:
                file.write(text)
            print('lib/tables/' + name)
    return stale


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
