#!/usr/bin/env python3
"""Texts of many programs, each with the cause it means.

Reads cases.csv: text, cause, alternatives (other causes that are as right when
the text does not tell which side wrote it).  Every text must give one of them.
"""
# timeout: 300
import csv
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOOL = os.environ['TLSDIAG_TOOL']


def explain(text):
    """The tool's answer on one text, read from its standard input."""
    done = subprocess.run([TOOL, 'explain', '--json', '-'],
                          input=text.encode(), capture_output=True,
                          check=False, timeout=20)
    if done.returncode != 0:
        return {'cause': 'exit %d' % done.returncode, 'confidence': 0}
    return json.loads(done.stdout)


def main():
    """Prints what is wrong; the exit status says whether anything was."""
    with open(os.path.join(HERE, 'cases.csv'), encoding='ascii',
              newline='') as file:
        rows = list(csv.DictReader(file))
    wrong = 0
    for row in rows:
        answer = explain(row['text'].replace('\\n', '\n'))
        right = [row['cause']] + (row['alternatives'] or '').split(',')
        if answer['cause'] not in right:
            wrong += 1
            print('%s (%d), not %s: %s' % (
                answer['cause'], answer['confidence'], row['cause'],
                row['text'][:100]))
    print('%d of %d texts right' % (len(rows) - wrong, len(rows)))
    return 1 if wrong or len(rows) < 100 else 0


if __name__ == '__main__':
    sys.exit(main())
