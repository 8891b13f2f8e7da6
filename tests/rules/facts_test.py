#!/usr/bin/env python3
"""Every fact that lib/facts.inc lists is asked for: by a row of lib/rules.inc,
or by the C code that finds the event and the outcome.  One that is only set
costs time at each verdict and says nothing."""
import glob
import re
import sys


def text(path):
    with open(path, encoding='utf-8') as file:
        return file.read()


def without_comments(source):
    return re.sub(r'/\*.*?\*/', '', source, flags=re.S)


def main():
    facts = re.findall(r'^FACT\((\w+),', text('lib/facts.inc'), re.M)
    rows = re.findall(r'(?:ALL|NOT|BUT)\(([^)]*)\)',
                      without_comments(text('lib/rules.inc')))
    asked = {word for row in rows for word in re.findall(r'\w+', row)}
    for path in glob.glob('lib/*.c'):
        asked.update(re.findall(r'fact_holds\(\S+, FACT_(\w+)\)', text(path)))
        asked.update(re.findall(r'at\[FACT_(\w+)\]', text(path)))
    idle = [fact for fact in facts if fact not in asked]
    for fact in idle:
        print(f'FAIL {fact} is set and never asked for')
    print(f'{len(facts) - len(idle)} passed, {len(idle)} failed, 0 skipped')
    return 1 if idle or len(facts) < 100 else 0


if __name__ == '__main__':
    sys.exit(main())
