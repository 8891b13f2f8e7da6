#!/bin/sh
# cmake/sources.cmake lists the library's sources, all of them and in order;
# docs/ARCHITECTURE.md says of each what is in it.
export LC_ALL=C
listed=$(sed -n 's/^  \([a-z0-9_]*\.c\))\{0,1\}$/\1/p' cmake/sources.cmake)
found=$(cd lib && ls ./*.c | sed 's|^\./||' | sort)
if [ "$listed" != "$found" ]; then
  printf '%s\n' "$listed" >"${TMPDIR:-/tmp}/tlsdiag-listed.$$"
  printf '%s\n' "$found" | diff "${TMPDIR:-/tmp}/tlsdiag-listed.$$" -
  rm -f "${TMPDIR:-/tmp}/tlsdiag-listed.$$"
  echo 'FAILED: cmake/sources.cmake (<) and lib/ (>) differ'
  exit 1
fi
status=0
for file in lib/*.c lib/openssl/*.c; do
  grep -qF "\`$file\`" docs/ARCHITECTURE.md || {
    echo "FAILED: docs/ARCHITECTURE.md does not say what $file is for"
    status=1
  }
done
exit $status
