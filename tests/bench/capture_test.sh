#!/bin/sh
# Processor time of the whole tool over a big capture, as a ratio to a bare
# libpcap loop over the same file in the same run (median of pairs), and the
# memory it takes.  A ratio above 2 is reported; one above 3 fails, since the
# ratio wobbles on a busy machine.
# timeout: 300
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
if ! ${CC:-cc} -O2 tests/bench/pcap_loop.c -lpcap -o "$dir/loop" 2>/dev/null
then
  echo "skipped: no libpcap to compare with"
  exit 77
fi
python3 tests/bench/replicate.py tests/captures/seed/seed.pcap "$dir/big.pcap" \
  10000 60 0.3 1
python3 - "$dir/loop" "$TLSDIAG_TOOL" "$dir/big.pcap" <<'PYTHON'
import resource
import statistics
import subprocess
import sys

loop, tool, capture = sys.argv[1:]


def cost(*command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime -
            before.ru_utime - before.ru_stime), after.ru_maxrss


packets = int(subprocess.run([loop, capture], stdout=subprocess.PIPE,
                             check=True).stdout)
ratios = []
for _ in range(9):
    bare, _ = cost(loop, capture)
    full, peak = cost(tool, '--json', capture)
    ratios.append(full / bare)
ratio = statistics.median(ratios)
print('%d packets; tool / bare libpcap loop: %.2f (%.2f to %.2f); '
      'at most %d KiB' % (packets, ratio, min(ratios), max(ratios), peak))
if ratio > 2:
    print('note: above the goal of 2')
sys.exit(packets == 0 or ratio > 3)
PYTHON
