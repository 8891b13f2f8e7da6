#!/usr/bin/env python3
"""Compares the cause catalogue with the vocabulary it was made from.

vocabulary.py SPEC CATALOGUE: causes may be added at the end of the catalogue,
but none of the vocabulary may be missing, moved or changed.
"""
import csv
import sys


def rows(name):
    with open(name, encoding='ascii', newline='') as file:
        return list(csv.DictReader(file))


spec, catalogue = rows(sys.argv[1]), rows(sys.argv[2])
wrong = []
for number, cause in enumerate(spec):
    if number >= len(catalogue):
        wrong.append('%s is missing' % cause['id'])
        continue
    ours = catalogue[number]
    for theirs, mine in (('id', 'id'), ('group', 'group'),
                         ('party', 'party'), ('what_it_means', 'meaning')):
        if cause[theirs] != ours[mine]:
            wrong.append('cause %d: %s is "%s", not "%s"' % (
                number, mine, ours[mine], cause[theirs]))
for line in wrong:
    print(line)
print('%d causes compared' % len(spec))
sys.exit(1 if wrong or not spec else 0)
