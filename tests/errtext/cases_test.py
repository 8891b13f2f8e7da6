#!/usr/bin/env python3
"""Texts of many programs, each with the cause it means.

Reads cases.csv: text, side (who wrote it, told to the tool; mostly empty),
cause, alternatives (other causes that are as right when the text does not tell
more).  Every text must give one of them.  The cause `quiet` stands for texts
that look like failures of TLS and are none, or say nothing of the reason: the
tool must stay below one half.
"""
# timeout: 300
import csv
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOOL = os.environ['TLSDIAG_TOOL']
LITTLE = 50
LEAST = 600


def explain(text, side):
    """The tool's answer on one text, read from its standard input."""
    told = ['--side', side] if side else []
    done = subprocess.run([TOOL, 'explain', '--json', *told, '-'],
                          input=text.encode(), capture_output=True,
                          check=False, timeout=20)
    if done.returncode not in (0, 2) or not done.stdout:
        return {'cause': 'exit %d' % done.returncode, 'confidence': 0}
    return json.loads(done.stdout)


def is_right(answer, row):
    """Is it what the row says?"""
    right = [row['cause']] + (row['alternatives'] or '').split(',')
    is_quiet = answer['cause'] in ('unknown', 'none') or \
        answer['confidence'] < LITTLE
    return is_quiet if 'quiet' in right and is_quiet \
        else answer['cause'] in right


def main():
    """Prints what is wrong; the exit status says whether anything was."""
    with open(os.path.join(HERE, 'cases.csv'), encoding='ascii',
              newline='') as file:
        rows = list(csv.DictReader(file))
    wrong = 0
    for row in rows:
        answer = explain(row['text'].replace('\\n', '\n'), row['side'])
        if not is_right(answer, row):
            wrong += 1
            print('%s (%d), not %s: %s' % (
                answer['cause'], answer['confidence'], row['cause'],
                row['text'][:100]))
    print('%d of %d texts right' % (len(rows) - wrong, len(rows)))
    return 1 if wrong or len(rows) < LEAST else 0


if __name__ == '__main__':
    sys.exit(main())
