#!/usr/bin/env bash
# Programs compiled against other headers run with today's library: the first
# header whose structs had their present shape (tests/abi/first), today's with
# structs that are shorter, and one with structs that are longer.
# timeout: 120
set -euo pipefail
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
top=$here/../..
lib=${TLSDIAG_BUILD_DIR:-}
[ -e "$lib/libtlsdiag.so" ] || { echo "skipped: no libtlsdiag.so"; exit 77; }
work=$(mktemp -d "${TMPDIR:-/tmp}/tlsdiag-programs.XXXXXX")
trap 'rm -rf "$work"' EXIT
cc=${CC:-cc}

for kind in shorter longer; do
  mkdir -p "$work/headers/$kind/tlsdiag"
  python3 "$here/variant.py" $kind "$top/include/tlsdiag/tlsdiag.h" \
    >"$work/headers/$kind/tlsdiag/tlsdiag.h"
done

# program NAME INCLUDE-DIRECTORY COMPILER OPTIONS...
program()
{
  local name=$1 include=$2
  shift 2
  "$@" -Wall -Wextra -Werror -fno-strict-aliasing -I"$include" \
    "$here/consumer.c" -L"$lib" -Wl,-rpath,"$lib" -ltlsdiag -o "$work/$name"
  if ! "$work/$name" >"$work/$name.txt"; then
    grep FAILED "$work/$name.txt" || echo "the program died"
    echo "FAILED: a program with $name"
    exit 1
  fi
  diff "$work/today.txt" "$work/$name.txt" >&2 ||
    { echo "FAILED: other answers with $name"; exit 1; }
  echo "ok: $name"
}

program today "$top/include" "$cc" -std=c99
grep -q '^hello: a.example, 1 suites' "$work/today.txt" &&
  grep -q '^verdict: failed, sni_unrecognized' "$work/today.txt" ||
  { cat "$work/today.txt"; exit 1; }
program first "$here/first" "$cc" -std=c99
program shorter "$work/headers/shorter" "$cc" -std=c99
program longer "$work/headers/longer" "$cc" -std=c99 -DHAS_LATER
if command -v c++ >/dev/null; then
  program first-c++ "$here/first" c++ -x c++ -std=c++11
fi
readelf -d "$work/first" | grep -q 'NEEDED.*libtlsdiag\.so\.0'
echo "$(wc -l <"$work/today.txt") lines, the same from each"
