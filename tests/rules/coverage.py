#!/usr/bin/env python3
"""Which rows of lib/rules.inc were provoked, and was one of them the answer?

  coverage.py SEEN RULES FLOOR [--all]

SEEN is what rules_seen() wrote: a line a flow, the row of the best cause (or
-), then the rows that held.  Fails when fewer rows than FLOOR says were
provoked; --all lists the rows that were not."""
import json
import re
import sys


def rows(path):
    """(trigger, cause, sentence) of each row, in the order of the table."""
    text = re.sub(r"/\*.*?\*/", "", open(path).read(), flags=re.S)
    found = re.findall(
        r"^RULE\(([^,]+),\s*(\w+),.*?\"((?:[^\"\\]|\\.)*)\"\)", text,
        flags=re.S | re.M)
    return [(t.replace(" ", ""), c, s) for t, c, s in found]


def main(argv):
    seen_path, rules_path, floor_path = argv[1:4]
    table = rows(rules_path)
    matched, best = set(), set()
    flows = 0
    for line in open(seen_path):
        words = line.split()
        flows += 1
        if words[0] != "-":
            best.add(int(words[0]))
        matched.update(int(w) for w in words[1:])
    if matched and max(matched) >= len(table):
        print(f"row {max(matched)} of {len(table)}: the table was misread")
        return 1
    print(f"{flows} verdicts provoked {len(matched)} of {len(table)} rows; "
          f"{len(best)} of them were the answer")
    missing = [i for i in range(len(table)) if i not in matched]
    if "--all" in argv or len(missing) <= 25:
        for i in missing:
            print(f"  not provoked: {table[i][0]} {table[i][1]}: "
                  f"{table[i][2]}")
    floor = json.load(open(floor_path))
    percent = 100.0 * len(matched) / len(table)
    if percent < floor["percent"]:
        print(f"only {percent:.1f} % of the rows, {floor['percent']} % is the "
              f"floor")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
