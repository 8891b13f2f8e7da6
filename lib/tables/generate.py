#!/usr/bin/env python3
"""Writes every file that is derived from the CSV tables of lib/tables.

  generate.py          writes the files that differ
  generate.py --check  writes nothing; names the files that differ, exit 1

A registry that enums.csv adds gets the next free number in registries.csv;
once committed, numbers stay.
"""
import csv
import hashlib
import io
import os
import sys

sys.dont_write_bytecode = True
from generator import causes, docs, header, names, source, suites  # noqa: E402


def registries_csv(added):
    """registries.csv with the new registries at its end."""
    with open(source.path('registries.csv'), encoding='ascii') as file:
        text = file.read()
    out = io.StringIO()
    if added:
        csv.DictWriter(out, added[0].keys(), lineterminator='\n').writerows(
            added)
    return text + out.getvalue()


def outputs():
    """Every derived file: name from the project's root -> contents."""
    registries, catalogue, _, added = source.load()
    made = {
        'lib/tables/registries.csv': registries_csv(added),
        'lib/tables/names.inc': names.names_inc(registries),
        'lib/tables/enums.inc': names.enums_inc(registries),
        'lib/tables/suite_classes.inc': suites.suite_classes_inc(),
        'lib/tables/suites.inc': suites.suites_inc(),
        'lib/tables/causes.inc': causes.causes_inc(catalogue, registries),
        'lib/tables/cause_names.inc': causes.cause_names_inc(catalogue),
        'lib/tables/catalogue.inc': causes.catalogue_inc(catalogue),
        docs.NAME: docs.causes_md(catalogue)}
    current = contents(header.NAME)
    if current is None or header.BEGIN not in current:
        raise source.SourceError('%s: no generated block' % header.NAME)
    made[header.NAME] = header.rewrite(current, registries)
    return made


def contents(name):
    """What is on disk, or None."""
    try:
        with open(os.path.join(source.ROOT, name), encoding='ascii',
                  newline='') as file:
            return file.read()
    except FileNotFoundError:
        return None


def changed_copies():
    """Copied tables that are not what PROVENANCE says they are."""
    wrong = []
    with open(source.path('PROVENANCE'), encoding='ascii') as file:
        for line in file:
            words = line.split()
            if len(words) < 2 or len(words[0]) != 64:
                continue
            with open(source.path(words[1]), 'rb') as copy:
                if hashlib.sha256(copy.read()).hexdigest() != words[0]:
                    wrong.append('lib/tables/' + words[1])
    return wrong


def main(arguments):
    """Writes or checks; returns the exit status."""
    if arguments not in ([], ['--check']):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        made = outputs()
        wrong = changed_copies()
    except (source.SourceError, ValueError, OSError, KeyError) as error:
        print('generate.py: %s' % error, file=sys.stderr)
        return 2
    differing = [name for name, text in made.items()
                 if contents(name) != text]
    if arguments:
        for name in differing + wrong:
            print(name)
        return 1 if differing or wrong else 0
    for name in differing:
        full = os.path.join(source.ROOT, name)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, 'w', encoding='ascii', newline='\n') as file:
            file.write(made[name])
        print('wrote', name)
    for name in wrong:
        print('generate.py: %s differs from PROVENANCE' % name,
              file=sys.stderr)
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
