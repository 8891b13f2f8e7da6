#!/usr/bin/env python3
"""What real programs printed for labelled failures, against the labels.

Reads */{client,server}.log and label.json below tests/captures/lab/cases, or
below ../shared/captures/lab/cases.  A log counts when the tool is at least
half sure of something.  Right is the label's cause or one it accepts; `group`
counts those whose cause is of the label's group: an alert's name alone, or
words such as "no shared cipher" and "unsupported protocol", tell no more.
"""
# timeout: 300
import csv
import json
import os
import subprocess
import sys

TOOL = os.environ['TLSDIAG_TOOL']
PLACES = ('tests/captures/lab/cases', '../shared/captures/lab/cases')
# Committed floors, in percent of the logs that say anything at all.
FLOOR = {'server': (72, 90), 'client': (87, 94)}
LITTLE = 50


def groups():
    """The group of each cause."""
    with open('lib/tables/causes.csv', encoding='ascii', newline='') as file:
        return {row['id']: row['group'] for row in csv.DictReader(file)}


def verdict(name):
    """The surest thing the tool says about a file: cause and confidence."""
    done = subprocess.run([TOOL, '--json', name], capture_output=True,
                          check=False, timeout=30)
    best = ('unknown', 0)
    for line in done.stdout.decode('ascii').splitlines():
        item = json.loads(line)
        if item['type'] in ('text', 'dump', 'log') and \
                item['confidence'] > best[1]:
            best = (item['cause'], item['confidence'])
    return best


def judge(place, side, group_of):
    """Counts one side's logs."""
    tally = {'logs': 0, 'silent': 0, 'right': 0, 'group': 0, 'wrong': 0}
    for case in sorted(os.listdir(place)):
        name = os.path.join(place, case, side + '.log')
        if not os.path.exists(name) or os.path.getsize(name) == 0:
            continue
        with open(os.path.join(place, case, 'label.json'),
                  encoding='utf-8') as file:
            label = json.load(file)
        cause, confidence = verdict(name)
        tally['logs'] += 1
        if confidence < LITTLE or cause == 'unknown':
            tally['silent'] += 1
        elif cause in [label['cause']] + label['acceptable']:
            tally['right'] += 1
        elif group_of.get(cause) == group_of.get(label['cause']):
            tally['group'] += 1
        else:
            tally['wrong'] += 1
    return tally


def main():
    """Prints the table and compares with the floors."""
    place = next((p for p in PLACES if os.path.isdir(p)), None)
    if place is None:
        print('skipped: no logs of the lab')
        return 77
    failed = 0
    print('%-8s %6s %7s %6s %6s %6s %9s %9s' % (
        'text of', 'logs', 'silent', 'right', 'group', 'wrong', 'right %',
        'or group'))
    for side in ('server', 'client'):
        tally = judge(place, side, groups())
        said = tally['right'] + tally['group'] + tally['wrong']
        if said == 0:
            print('skipped: no %s logs' % side)
            return 77
        right = 100 * tally['right'] / said
        lenient = 100 * (tally['right'] + tally['group']) / said
        print('%-8s %6d %7d %6d %6d %6d %8.1f%% %8.1f%%' % (
            side, tally['logs'], tally['silent'], tally['right'],
            tally['group'], tally['wrong'], right, lenient))
        if right < FLOOR[side][0] or lenient < FLOOR[side][1]:
            print('below the floor: %d%% and %d%%' % FLOOR[side])
            failed = 1
    return failed


if __name__ == '__main__':
    sys.exit(main())
