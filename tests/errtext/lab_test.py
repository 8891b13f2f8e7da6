#!/usr/bin/env python3
"""What real programs printed for labelled failures, against the labels.

Reads */{client,server}.log and label.json below tests/captures/lab/cases, or
below ../shared/captures/lab/cases; once as they are and once with --side, as
whoever has a log knows whose it is.  A log counts when the tool is at least
half sure of something.  Right is the label's cause or one it accepts.  `alert`
are answers of the label's group where the text shows nothing but the name of an
alert; `group` are other answers of the label's group: words such as "no shared
cipher" and "unsupported protocol" are those of several causes.

The second table says how often the tool was right by how sure it was: what it
is at least 90 % sure of must be right in 97 of 100 cases.
"""
# timeout: 600
import csv
import json
import os
import subprocess
import sys

TOOL = os.environ['TLSDIAG_TOOL']
PLACES = ('tests/captures/lab/cases', '../shared/captures/lab/cases')
# Committed floors, in percent of the logs that say anything at all: right,
# right or an alert's group, right or any group; by side and by what is told.
FLOOR = {('server', False): (78, 80, 93), ('server', True): (81, 83, 93),
         ('client', False): (88, 89, 94), ('client', True): (90, 90, 94)}
SURE = 97  # of those told with at least 90 %
LITTLE = 50
BINS = (0, 20, 30, 40, 50, 60, 70, 80, 90, 101)
KINDS = ('silent', 'right', 'alert', 'group', 'wrong')
SPEAKS = ('detected', 'received', 'sent')


def groups():
    """The group of each cause."""
    with open('lib/tables/causes.csv', encoding='ascii', newline='') as file:
        return {row['id']: row['group'] for row in csv.DictReader(file)}


def run(*arguments):
    """The objects that the tool writes."""
    done = subprocess.run([TOOL, '--json', *arguments], capture_output=True,
                          check=False, timeout=60)
    return [json.loads(line) for line in done.stdout.splitlines()]


def verdict(name, told):
    """The surest thing the tool says about a file: cause and confidence."""
    best = ('unknown', 0)
    for item in run(*told, name):
        if item['type'] in ('text', 'dump', 'log') and \
                item['confidence'] > best[1]:
            best = (item['cause'], item['confidence'])
    return best


def shows_alerts_only(name):
    """Does the text say nothing but the names of alerts?"""
    hints = [hint for item in run('explain', name)
             for hint in item.get('recognised', ())
             if hint['nature'] in SPEAKS]
    return bool(hints) and all('alert' in hint for hint in hints)


def judge_log(name, label, told, group_of):
    """The kind of answer on one log, and how sure it was."""
    cause, confidence = verdict(name, told)
    if cause in [label['cause']] + label['acceptable']:
        kind = 'right'
    elif group_of.get(cause) != group_of.get(label['cause']):
        kind = 'wrong'
    else:
        kind = 'alert' if shows_alerts_only(name) else 'group'
    if cause == 'unknown':
        confidence = 0
    return kind, confidence


def judge(place, side, told, group_of):
    """Kind and confidence for each log of one side."""
    answers = []
    for case in sorted(os.listdir(place)):
        name = os.path.join(place, case, side + '.log')
        if not os.path.exists(name) or os.path.getsize(name) == 0:
            continue
        with open(os.path.join(place, case, 'label.json'),
                  encoding='utf-8') as file:
            label = json.load(file)
        answers.append(judge_log(name, label, told, group_of))
    return answers


def percent(part, whole):
    """100 * part / whole, 0 of nothing."""
    return 100 * part / whole if whole else 0


def accuracy_row(who, answers, floor):
    """One line of the first table; 1 if it is below its floor."""
    tally = dict.fromkeys(KINDS, 0)
    for kind, confidence in answers:
        tally[kind if confidence >= LITTLE else 'silent'] += 1
    said = len(answers) - tally['silent']
    shares = [percent(sum(tally[k] for k in kinds), said) for kinds in (
        ('right',), ('right', 'alert'), ('right', 'alert', 'group'))]
    print('%-13s %5d %7d %6d %6d %6d %6d %8.1f%% %8.1f%% %8.1f%%' % (
        who, len(answers), *[tally[k] for k in KINDS], *shares))
    if any(share < least for share, least in zip(shares, floor)):
        print('below the floor: %d%%, %d%%, %d%%' % floor)
        return 1
    return 0


def reliability(who, answers):
    """The second table; 1 if what was told as sure was not."""
    failed = 0
    print('\n%s: sure  answers   right  of group' % who)
    for low, high in zip(BINS, BINS[1:]):
        told = [kind for kind, sure in answers if low <= sure < high and sure]
        if not told:
            continue
        right = percent(told.count('right'), len(told))
        group = percent(sum(k in ('alert', 'group') for k in told), len(told))
        print('%8d-%d%% %8d %6.0f%% %8.0f%%' % (
            low, min(high - 1, 100), len(told), right, group))
        if low >= 90 and right < SURE:
            print('what is told as sure must be right %d %%' % SURE)
            failed = 1
    return failed


def main():
    """Prints the tables and compares with the floors."""
    place = next((p for p in PLACES if os.path.isdir(p)), None)
    if place is None:
        print('skipped: no logs of the lab')
        return 77
    group_of = groups()
    answers = {}
    for side, told in FLOOR:
        answers[side, told] = judge(
            place, side, ('--side', side) if told else (), group_of)
        if not answers[side, told]:
            print('skipped: no %s logs' % side)
            return 77
    failed = 0
    print('%-13s %5s %7s %6s %6s %6s %6s %9s %9s %9s' % (
        'text of', 'logs', *KINDS, 'right', '+ alert', '+ group'))
    for (side, told), floor in FLOOR.items():
        failed |= accuracy_row(side + (', told' if told else ''),
                               answers[side, told], floor)
    for (side, told), known in answers.items():
        failed |= reliability(side + (', told' if told else ''), known)
    return failed


if __name__ == '__main__':
    sys.exit(main())
