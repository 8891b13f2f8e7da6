"""Reads the CSV sources and checks them: a wrong row stops the generator.

Everything that is generated is a function of these files alone, so two runs
give the same bytes on every machine.
"""
import csv
import os
import re

TABLES = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOT = os.path.dirname(os.path.dirname(TABLES))

# Numbers below this name registries of other people (IANA, SSLv2, OpenSSL).
FIRST_OWN = 64
OWN_FILES = ('registries.csv', 'causes.csv', 'enums.csv')


class SourceError(Exception):
    """A source file is wrong; the message says where."""


def path(name):
    """The full name of a file of lib/tables."""
    return os.path.join(TABLES, name)


def read(name):
    """The rows of a CSV file of lib/tables, as dictionaries."""
    with open(path(name), encoding='ascii', newline='') as file:
        rows = list(csv.DictReader(file, strict=True))
    for line, row in enumerate(rows, 2):
        if None in row or None in row.values():
            raise SourceError('%s:%d: wrong number of fields' % (name, line))
    return rows


def number(text):
    """The value of a decimal or 0x hexadecimal number."""
    return int(text, 16) if text.lower().startswith('0x') else int(text, 10)


class Registry:
    """One numbered list of names.

    rows     (value, name, meaning, value as written), sorted by value
    aliases  (value, other name), sorted by value
    grease   bits of its GREASE values: 8, 16 or 0 for none
    """

    def __init__(self, row):
        self.number = number(row['number'])
        self.name = row['name']
        self.file = row['file']
        self.meaning = row['meaning']
        self.grease = int(row['grease'] or '0')
        self.rows = []
        self.aliases = []

    def own(self):
        """Whether the vocabulary is ours, so that the header lists it."""
        return self.number >= FIRST_OWN


def selected(row, where):
    """Whether a row fits a condition `column=value|value`."""
    if not where:
        return True
    column, values = where.split('=')
    return row[column] in values.split('|')


def clean_aliases(registry, found):
    """Aliases that name one value only and are no name already."""
    taken = {name.lower() for _, name, _, _ in registry.rows}
    owners = {}
    for value, name in found:
        owners.setdefault(name.lower(), set()).add(value)
    out = set()
    for value, name in found:
        plain = re.fullmatch(r'[A-Za-z0-9_.+-]+', name)
        if plain and name.lower() not in taken and len(owners[name.lower()]) == 1:
            out.add((value, name))
    return sorted(out)


def fill_from_file(registry, row, preferred):
    """Reads a registry out of a copy of somebody else's table."""
    found = []
    for line in read(registry.file):
        if line.get('kind') == 'grease' or not selected(line, row['where']):
            continue
        value = number(line[row['value']])
        name = line[row['text']]
        if not name:
            continue
        others = []
        for column in filter(None, row['aliases'].split('|')):
            others += re.split(r'[;|]\s*', line[column])
        wanted = preferred.get((registry.name, value))
        if wanted:
            others.append(name)
            name = wanted
        # IANA marks what TLS 1.3 no longer uses; everybody says it without.
        if name.endswith('_RESERVED'):
            others.append(name)
            name = name[:-len('_RESERVED')]
        registry.rows.append((value, name, '', line[row['value']]))
        found += [(value, other) for other in others if other]
    registry.rows.sort()
    registry.aliases = clean_aliases(registry, found)


def read_causes():
    """The cause catalogue, checked."""
    causes = read('causes.csv')
    for position, cause in enumerate(causes):
        where = 'causes.csv: %s' % cause['id']
        if number(cause['number']) != position:
            raise SourceError('%s: numbers follow the file order' % where)
        for column, text in cause.items():
            if text != text.strip() or (not text and column != 'number'):
                raise SourceError('%s: %s is empty or padded' % (where, column))
        for column, most in (('title', 60), ('advice', 160), ('decide', 160)):
            if len(cause[column]) > most:
                raise SourceError('%s: %s is %d characters, limit %d' % (
                    where, column, len(cause[column]), most))
    return causes


def cause_groups(causes):
    """The groups in the order of their first cause."""
    return list(dict.fromkeys(cause['group'] for cause in causes))


def own_rows(name, causes, enums, registries):
    """The rows of one registry of ours."""
    if name == 'registry':
        return [(r.number, r.name, r.meaning, str(r.number))
                for r in registries]
    if name == 'cause':
        return [(number(c['number']), c['id'], c['meaning'], c['number'])
                for c in causes]
    if name == 'cause_group':
        return [(n, group, '', str(n))
                for n, group in enumerate(cause_groups(causes))]
    return [(number(e['value']), e['name'], e['meaning'], e['value'])
            for e in enums if e['registry'] == name]


def check_registry(registry):
    """Refuses two names for one value and two values for one name."""
    values = [row[0] for row in registry.rows]
    names = [row[1].lower() for row in registry.rows]
    if not values:
        raise SourceError('registry %s has no rows' % registry.name)
    for kind, items in (('value', values), ('name', names)):
        if len(items) != len(set(items)):
            twice = sorted({i for i in items if items.count(i) > 1})
            # Two OpenSSL names may differ in nothing but their value's age.
            if kind == 'name' and not registry.own():
                continue
            raise SourceError('registry %s: %s %s twice' % (
                registry.name, kind, twice[0]))


def check_grease():
    """lib/names.c knows GREASE by rule; grease.csv must agree with it."""
    rules = {'16': {0x0a0a + 0x1010 * n for n in range(16)},
             '8': {0x0b + 0x1f * n for n in range(8)}}
    rows = read('grease.csv')
    for bits, values in rules.items():
        if {number(r['value_hex']) for r in rows if r['bits'] == bits} != values:
            raise SourceError('grease.csv: %s-bit values changed' % bits)


def append_missing(listed, enums):
    """Gives registries that enums.csv adds the next free numbers."""
    names = {row['name'] for row in listed}
    last = max(number(row['number']) for row in listed)
    added = []
    for name in dict.fromkeys(e['registry'] for e in enums):
        if name not in names:
            last += 1
            added.append(dict.fromkeys(listed[0], '') | {
                'number': str(last), 'name': name, 'file': 'enums.csv'})
    return added


def load():
    """Everything: (registries, causes, enum rows, registries to append)."""
    listed = read('registries.csv')
    enums = read('enums.csv')
    causes = read_causes()
    added = append_missing(listed, enums)
    preferred = {(row['registry'], number(row['value'])): row['name']
                 for row in read('preferred_names.csv')}
    check_grease()
    registries = [Registry(row) for row in listed + added]
    for registry, row in zip(registries, listed + added):
        if registry.own():
            registry.rows = sorted(
                own_rows(registry.name, causes, enums, registries),
                key=lambda r: r[0] & 0xffffffff)
        else:
            fill_from_file(registry, row, preferred)
        check_registry(registry)
    return registries, causes, enums, added
