"""Runs the tool over labelled captures and counts."""
import collections
import json
import os
import subprocess

BUCKETS = ((90, 101), (70, 90), (51, 70), (0, 51))


class Verdict:
    def __init__(self, name, label, found):
        self.name, self.label, self.found = name, label, found
        found = found or {}
        self.cause = found.get("cause", "(no answer)")
        self.confidence = found.get("confidence", 0)
        right = [label["cause"], *label["acceptable"]]
        self.cause_right = self.cause in right
        self.party_right = (found.get("party") == label["party"]
                            or self.cause in label["acceptable"])
        self.outcome_right = self._outcome(found.get("outcome"))

    def _outcome(self, outcome):
        """A late refusal may look completed; a completed handshake must not
        be called failed."""
        wanted = self.label["outcome"]
        if outcome == wanted:
            return True
        if wanted == "completed" or outcome == "completed":
            return "none" in self.label["acceptable"]
        return True


def connections(tool, capture):
    done = subprocess.run([tool, "--json", "--all", capture],
                          capture_output=True, timeout=60)
    rows = []
    for line in done.stdout.decode("utf-8", "replace").splitlines():
        row = json.loads(line)
        if row.get("type") == "connection":
            rows.append(row)
    rows.sort(key=lambda row: row.get("start") or "")
    return rows


def judge(tool, directory):
    """A verdict for each labelled capture below the directory."""
    verdicts = []
    for name in sorted(os.listdir(directory)):
        path = os.path.join(directory, name, "label.json")
        if not os.path.exists(path):
            continue
        with open(path) as text:
            label = json.load(text)
        rows = connections(tool, os.path.join(directory, name,
                                              "capture.pcap"))
        found = rows[label["focus"]] if label["focus"] < len(rows) else None
        verdicts.append(Verdict(name, label, found))
    return verdicts


def share(verdicts, field):
    if not verdicts:
        return 100.0
    return 100.0 * sum(getattr(verdict, field)
                       for verdict in verdicts) / len(verdicts)


def report(verdicts, say):
    """Prints the tables; returns the numbers that the floor speaks of."""
    say(f"{len(verdicts)} labelled captures")
    by_cause = collections.defaultdict(list)
    for verdict in verdicts:
        by_cause[verdict.label["cause"]].append(verdict)
    say("cause, right, of; confused with")
    for cause, group in sorted(by_cause.items()):
        wrong = collections.Counter(verdict.cause for verdict in group
                                    if not verdict.cause_right)
        good = sum(verdict.cause_right for verdict in group)
        others = ", ".join(f"{name} {count}"
                           for name, count in wrong.most_common())
        say(f"  {cause:38} {good:3} {len(group):3}  {others}")
    say("confidence, verdicts, right")
    for low, high in BUCKETS:
        group = [verdict for verdict in verdicts
                 if low <= verdict.confidence < high]
        say(f"  {low:3}..{high - 1:3} {len(group):5} "
            f"{share(group, 'cause_right'):6.1f} %")
    numbers = {name: share(verdicts, name + "_right")
               for name in ("cause", "party", "outcome")}
    for name, value in numbers.items():
        say(f"{name} right: {value:.1f} %")
    for verdict in verdicts:
        if not (verdict.cause_right and verdict.outcome_right
                and verdict.party_right):
            found = verdict.found or {}
            say(f"  {verdict.name}: {verdict.label['cause']} "
                f"({verdict.label['party']}, {verdict.label['outcome']}) "
                f"called {verdict.cause} ({found.get('party')}, "
                f"{found.get('outcome')}) at {verdict.confidence}")
    return numbers


def floors(path):
    """The committed numbers: `name value` a line."""
    with open(path) as lines:
        return {name: float(value) for name, value in
                (line.split() for line in lines if line.strip()
                 and not line.startswith("#"))}


def below(numbers, path):
    return [f"{name} right {numbers[name]:.1f} % is below the floor of "
            f"{floor:.1f} %" for name, floor in floors(path).items()
            if numbers[name] + 1e-9 < floor]
