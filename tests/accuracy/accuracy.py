#!/usr/bin/env python3
"""Runs the tool over labelled captures and counts how often it is right.

usage: accuracy.py --tool build/tlsdiag [--floor FILE] [--raise] SET...

A SET is a directory of cases, each with capture.pcap and label.json.  Prints
the accuracy per cause, the confusions, and a calibration table; exits 1 when
a number falls below its floor.  The floor file may only rise (--raise)."""
import argparse
import collections
import json
import os
import subprocess
import sys


def connections(tool, capture):
    """The tool's connections in the order of their SYN, and its exit code."""
    run = subprocess.run([tool, '--json', '--all', capture],
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                         timeout=60, check=False)
    rows = [json.loads(line) for line in run.stdout.splitlines()]
    return [r for r in rows if r['type'] == 'connection'], run.returncode


class Result:
    """What one case came to."""

    def __init__(self, name, label, got):
        accepted = [label['cause']] + label.get('acceptable', [])
        self.name, self.label, self.got = name, label, got
        self.right = got['cause'] in accepted
        self.exact = got['cause'] == label['cause']
        parties = label['party'] if isinstance(label['party'], list) else [
            label['party']]
        self.party = got['party'] in parties or (
            self.right and not self.exact)
        self.false_alarm = (label['outcome'] == 'completed' and
                            got['outcome'] != 'completed')
        self.missed = (label['outcome'] in ('failed', 'not_tls') and
                       got['outcome'] == 'completed' and
                       'none' not in accepted)


def run_set(tool, directory):
    """Every case of one directory."""
    for name in sorted(os.listdir(directory)):
        case = os.path.join(directory, name)
        if not os.path.exists(os.path.join(case, 'label.json')):
            continue
        with open(os.path.join(case, 'label.json'), encoding='utf-8') as file:
            label = json.load(file)
        rows, _ = connections(tool, os.path.join(case, 'capture.pcap'))
        focus = label.get('focus', 0)
        got = rows[focus] if focus < len(rows) else {
            'cause': 'missing', 'party': 'none', 'outcome': 'missing',
            'confidence': 0, 'alternatives': []}
        yield Result(name, label, got)


def percent(part, whole):
    return 100.0 * part / whole if whole else 100.0


def print_tables(results):
    per_cause = collections.defaultdict(list)
    for r in results:
        per_cause[r.label['cause']].append(r)
    print('%-36s %5s %6s %6s' % ('cause', 'cases', 'exact', 'right'))
    for cause, rows in sorted(per_cause.items()):
        print('%-36s %5d %6d %6d' % (cause, len(rows),
                                     sum(r.exact for r in rows),
                                     sum(r.right for r in rows)))
    print('\nwrong:')
    for r in results:
        if not r.right or r.false_alarm or r.missed:
            print('  %-44s %s -> %s %d %s' % (
                r.name[:44], r.label['cause'], r.got['cause'],
                r.got['confidence'], r.got['outcome']))
    print('\nconfidence  cases  right')
    for low, high in ((0, 50), (51, 60), (61, 70), (71, 80), (81, 89),
                      (90, 100)):
        rows = [r for r in results if low <= r.got['confidence'] <= high]
        print('%3d..%-3d     %5d  %5.1f %%' % (
            low, high, len(rows), percent(sum(r.right for r in rows),
                                          len(rows))))


def numbers(results):
    sure = [r for r in results if r.got['confidence'] >= 90]
    shy = [r for r in results if r.got['confidence'] <= 50]
    total = len(results)
    return {
        'cases': total,
        'right': percent(sum(r.right for r in results), total),
        'exact': percent(sum(r.exact for r in results), total),
        'party': percent(sum(r.party for r in results), total),
        'sure_right': percent(sum(r.right for r in sure), len(sure)),
        'false_alarms': sum(r.false_alarm for r in results),
        'missed': sum(r.missed for r in results),
        'shy': len(shy),
        'shy_right': percent(sum(r.right for r in shy), len(shy)) if shy
                     else 0.0,
    }


def below(got, floor):
    """What fell below the floor."""
    out = []
    for key in ('right', 'exact', 'party', 'sure_right'):
        if got[key] + 0.05 < floor.get(key, 0):
            out.append('%s %.1f < %.1f' % (key, got[key], floor.get(key, 0)))
    for key in ('false_alarms', 'missed'):
        if got[key] > floor.get(key, 0):
            out.append('%s %d > %d' % (key, got[key], floor.get(key, 0)))
    return out


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--tool', required=True)
    parser.add_argument('--floor')
    parser.add_argument('--raise', dest='lift', action='store_true')
    parser.add_argument('--quiet', action='store_true')
    parser.add_argument('sets', nargs='+')
    args = parser.parse_args()
    floors = {}
    if args.floor and os.path.exists(args.floor):
        with open(args.floor, encoding='utf-8') as file:
            floors = json.load(file)
    failed = passed = skipped = 0
    for directory in args.sets:
        if not os.path.isdir(directory):
            print('SKIP %s is not there' % directory)
            skipped += 1
            continue
        name = os.path.basename(directory.rstrip('/'))
        if name == 'cases':
            name = os.path.basename(os.path.dirname(directory.rstrip('/')))
        results = list(run_set(args.tool, directory))
        print('== %s' % name)
        if not args.quiet:
            print_tables(results)
        got = numbers(results)
        print('\n%s' % '  '.join(
            '%s %s' % (k, v if isinstance(v, int) else '%.1f%%' % v)
            for k, v in got.items()))
        faults = below(got, floors.get(name, {}))
        for fault in faults:
            print('FAIL %s: %s' % (name, fault))
        if not results:
            print('FAIL %s: no cases' % name)
        failed += bool(faults) or not results
        passed += not faults and bool(results)
        if args.lift and not faults:
            floors[name] = {k: (round(v - 0.05, 1) if isinstance(v, float)
                                else v) for k, v in got.items()}
    if args.lift and args.floor:
        with open(args.floor, 'w', encoding='utf-8') as file:
            json.dump(floors, file, indent=1, sort_keys=True)
            file.write('\n')
    print('%d passed, %d failed, %d skipped' % (passed, failed, skipped))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
