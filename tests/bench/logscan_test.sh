#!/bin/sh
# timeout: 300
# How fast logs are read: CPU seconds of the tool against those of `grep -c` on
# the same file, in turns, the least of several runs each.
#   lines that have nothing to say: at least 1 GB/s
#   10 % failures: at most 1.5 times grep, and twice with --json, which writes
#   an object of 600 bytes for each of them
set -u
tool=${TLSDIAG_TOOL:?}
runs=${TLSDIAG_BENCH_RUNS:-7}
if ! python3 -c 'import resource' 2>/dev/null; then
  echo "skipped: needs python3"
  exit 77
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
here=$(dirname "$0")
python3 "$here/logscan_make.py" "$work/quiet.log" 600000 0 || exit 1
python3 "$here/logscan_make.py" "$work/ten.log" 600000 10 || exit 1
TOOL=$tool WORK=$work RUNS=$runs python3 - <<'EOF'
import os
import resource
import subprocess
import sys


def cpu(*command):
    """CPU seconds of one run, user and system."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    # Not /dev/null: grep would stop at its first match.
    subprocess.run(command, stdout=subprocess.PIPE, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime
            + after.ru_stime - before.ru_stime)


def main():
    """Measures, prints, compares."""
    work, tool = os.environ['WORK'], os.environ['TOOL']
    wrong = 0
    for name, limit, options in (('quiet', None, ()), ('ten', 1.5, ()),
                                 ('ten', 2.0, ('--json',))):
        file = os.path.join(work, name + '.log')
        size = os.path.getsize(file)
        ours, theirs = [], []
        for _ in range(int(os.environ['RUNS'])):
            theirs.append(cpu('grep', '-c', 'SSL_do_handshake', file))
            ours.append(cpu(tool, *options, file))
        ratio = min(ours) / max(min(theirs), 1e-3)
        rate = size / max(min(ours), 1e-3) / 1e9
        print('%-6s %4d MB  tlsdiag %s%.3f s (%.2f GB/s)  grep -c %.3f s  '
              'ratio %.2f' % (name, size // 1000000, ''.join(
                  option + ' ' for option in options), min(ours), rate,
                              min(theirs), ratio))
        if (limit is None and rate < 1) or (limit and ratio > limit):
            wrong = 1
    if wrong and 'avx2' not in open('/proc/cpuinfo', encoding='ascii').read():
        print('skipped: this processor lacks the instructions it needs')
        return 77
    return wrong


sys.exit(main())
EOF
