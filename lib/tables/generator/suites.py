"""suites.inc and suite_classes.inc: what a cipher suite demands."""
from . import emit, source

FILE = 'cipher_suites.csv'

# Class names, in the order of their (internal) numbers, and the words of the
# CSV that fall into each. What is not listed falls into the last class.
KEY_EXCHANGE = [
    ('NULL', ['NULL']), ('ANY', ['TLS13']), ('RSA', ['RSA']),
    ('DH', ['DH']), ('DHE', ['DHE']), ('ECDH', ['ECDH']),
    ('ECDHE', ['ECDHE']), ('PSK', ['PSK']), ('RSA_PSK', ['RSA_PSK']),
    ('DHE_PSK', ['DHE_PSK']), ('ECDHE_PSK', ['ECDHE_PSK']),
    ('SRP', ['SRP']), ('KRB5', ['KRB5']), ('GOST', ['GOST']),
    ('SM', ['SM2', 'SM9', 'IBSDH']), ('PWD', ['ECCPWD', 'ECJPAKE']),
    ('HYBRID', ['CECPQ1', 'ECDHE+BIKE', 'ECDHE+KYBER', 'ECDHE+SIKE']),
    ('OTHER', [])]
AUTHENTICATION = [
    ('NULL', ['NULL']), ('ANY', ['TLS13']), ('RSA', ['RSA', 'RSA+PSK']),
    ('DSS', ['DSS']), ('ECDSA', ['ECDSA']), ('PSK', ['PSK']),
    ('ANON', ['anon']), ('PASSWORD', ['SRP', 'PWD']), ('KRB5', ['KRB5']),
    ('GOST', ['GOST', 'GOST01', 'GOST94']), ('SM', ['SM2', 'SM9']),
    ('OTHER', [])]
MAC = [
    ('NULL', ['NULL']), ('MD5', ['MD5']), ('SHA1', ['SHA1']),
    ('SHA256', ['SHA256']), ('SHA384', ['SHA384']), ('SHA512', ['SHA512']),
    ('SM3', ['SM3']), ('OTHER', [])]
# How the cipher frames a record, by the ending or beginning of its name.
BULK = ['NULL', 'STREAM', 'CBC_8', 'CBC_16', 'GCM', 'CCM', 'CCM_8',
        'CHACHA20', 'OTHER']
VERSIONS = ['SSL3', 'TLS1.0', 'TLS1.1', 'TLS1.2', 'TLS1.3', 'TLCP1.1']
FLAGS = ['AEAD', 'FORWARD_SECRECY', 'ANON', 'NULL', 'EXPORT', 'WEAK',
         'SHORT_TAG', 'SIGNAL']
EIGHT_BYTE_BLOCK = ('3DES', 'DES', 'IDEA', 'RC2', 'FORTEZZA')


def bulk(name):
    """The framing class of a cipher."""
    if name == 'NULL':
        return 'NULL'
    if name.startswith('CHACHA20'):
        return 'CHACHA20'
    if name.endswith('CCM_8'):
        return 'CCM_8'
    if name.endswith(('GCM', 'CCM')):
        return name[-3:]
    if '_CBC' in name:
        return 'CBC_8' if name.startswith(EIGHT_BYTE_BLOCK) else 'CBC_16'
    if name.startswith(('RC4', 'SALSA20', 'ESTREAM', '28147')) or (
            name.endswith('_CTR')):
        return 'STREAM'
    return 'OTHER'


def classify(classes, word):
    """The class a word of the CSV falls into."""
    for name, words in classes:
        if word in words:
            return name
    return 'OTHER'


def flags(row):
    """The properties of one suite."""
    weak = set(row['weakness'].split('|')) - {'none', 'short_tag'}
    found = {
        'AEAD': row['aead'] == '1',
        'FORWARD_SECRECY': row['forward_secrecy'] == '1',
        'ANON': 'anon' in weak, 'NULL': 'null' in weak,
        'EXPORT': 'export' in weak, 'WEAK': bool(weak),
        'SHORT_TAG': 'short_tag' in row['weakness'],
        'SIGNAL': row['key_exchange'] == 'SCSV'}
    return sum(1 << bit for bit, name in enumerate(FLAGS) if found[name])


def versions(row):
    """The versions a suite may run in, one bit each."""
    first = VERSIONS.index(row['min_version'])
    last = VERSIONS.index(row['max_version'])
    return sum(1 << bit for bit in range(first, last + 1))


def enum(kind, names, about, bits=False):
    """One internal enum."""
    out = '/* %s */\nenum {\n' % about
    for position, name in enumerate(names):
        value = '0x%02x' % (1 << position) if bits else str(position)
        out += '  SUITE_%s_%s = %s,\n' % (
            kind, name.replace('.', '_'), value)
    return out + '};\n'


def suite_classes_inc():
    """The words suites.inc uses."""
    return '\n'.join([
        emit.banner(['generator/suites.py'], 'Internal numbers, not API.'),
        enum('KX', [c[0] for c in KEY_EXCHANGE], 'Key exchange.'),
        enum('AUTH', [c[0] for c in AUTHENTICATION],
             "What proves the server's identity."),
        enum('BULK', BULK, 'How a record is framed (CBC_8: 8-byte blocks).'),
        enum('MAC', [c[0] for c in MAC],
             'MAC; of an AEAD suite the hash of its PRF or HKDF.'),
        enum('VERSION', VERSIONS, 'Versions it may run in, one bit each.',
             True),
        enum('FLAG', FLAGS, 'Properties, one bit each. WEAK: broken or\n'
             ' * deprecated cipher or MAC, NULL, anonymous or export.', True)])


def suites_inc():
    """One row a suite, sorted by value."""
    rows = sorted((source.number(row['value_hex']), row)
                  for row in source.read(FILE) if row['kind'] != 'grease')
    out = [emit.banner([FILE], 'Sorted by value. Columns: struct suite_info.'),
           'static const struct suite_info suite_rows[%d] = {' % len(rows)]
    for value, row in rows:
        signal = row['key_exchange'] == 'SCSV'
        kx = classify(KEY_EXCHANGE, row['key_exchange'])
        auth = classify(AUTHENTICATION, row['authentication'])
        text = '  {0x%04x, SUITE_KX_%s, SUITE_AUTH_%s, SUITE_BULK_%s,' % (
            value, kx, auth, 'NULL' if signal else bulk(row['encryption']))
        text += '\n   SUITE_MAC_%s, 0x%02x, 0x%02x},' % (
            'NULL' if signal else classify(MAC, row['mac_or_hash']),
            versions(row), flags(row))
        out.append('  /* %s */\n%s' % (row['iana_name'], text))
    return '\n'.join(out) + '\n};\n'
