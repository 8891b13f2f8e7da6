# kit.sh: what the scripts of this directory share.  Sourced, not run.
#
# Each script works from a clean clone: it takes the libraries from
# TLSDIAG_BUILD_DIR, or builds them first, and keeps what it makes in
# $work, which is new and empty.  need WORDS... skips (77) what cannot run.
set -euo pipefail
export LC_ALL=C
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
name=$(basename "$0" .sh)

skip()
{
  echo "SKIPPED: $*"
  exit 77
}

fail()
{
  echo "FAILED: $*" >&2
  exit 1
}

# need COMMAND...: each must be in the path.
need()
{
  local word
  for word; do
    command -v "$word" >/dev/null || skip "no $word on this machine"
  done
}

# need_file WHAT GLOB...: some file must be there.
need_file()
{
  local what=$1 file
  shift
  for file; do
    [ -e "$file" ] && return 0
  done
  skip "no $what on this machine"
}

build=${TLSDIAG_BUILD_DIR:-}
if [ -z "$build" ] || [ ! -e "$build/libtlsdiag.a" ]; then
  build=${build:-$top/build/hosts}
  cmake -S "$top" -B "$build" -DCMAKE_BUILD_TYPE=Release >/dev/null
  cmake --build "$build" -j2 >/dev/null
fi
work=$build/hosts/$name
rm -rf "$work"
mkdir -p "$work"

pids=()
# background COMMAND...: starts it, to be ended with the script.
background()
{
  "$@" &
  pids+=($!)
}

finish()
{
  local status=$? pid
  for pid in "${pids[@]:-}"; do
    [ -n "$pid" ] && kill "$pid" 2>/dev/null || true
  done
  [ $status -eq 0 ] || [ $status -eq 77 ] || echo "see $work" >&2
  exit $status
}
trap finish EXIT

# within SECONDS COMMAND...: until it succeeds.
within()
{
  local tries=$(($1 * 10))
  shift
  until "$@"; do
    [ $((tries--)) -gt 0 ] || fail "waited in vain: $*"
    sleep 0.1
  done
}

cc=${CC:-cc}
cflags=(-O2 -g -Wall -Wextra -I"$top/include")
# Linked with what was built, found again at run time.
libs=(-L"$build" -Wl,-rpath,"$build")

# valid_lines FILE...: JSON lines are what the schema of the tool's says.
valid_lines()
{
  python3 "$top/tests/hosts/lines_test.py" "$@" || fail "JSON lines: the schema"
}

# moved_library FILE: libtlsdiag.so that says its verdict begins otherwise, as
# one compiled from another header would.
moved_library()
{
  local dir=$work/other
  mkdir -p "$dir/tlsdiag"
  sed '/^  uint8_t outcome;  *\/\*/i\  uint64_t moved_;' \
    "$top/include/tlsdiag/tlsdiag.h" >"$dir/tlsdiag/tlsdiag.h"
  grep -q moved_ "$dir/tlsdiag/tlsdiag.h" || fail "no member to move"
  "$cc" -fPIC -I"$dir" -I"$top/lib" -c "$top/lib/layout.c" -o "$dir/layout.c.o"
  cp "$build/libtlsdiag.a" "$dir/all.a"
  ar r "$dir/all.a" "$dir/layout.c.o"
  "$cc" -shared -Wl,-soname,libtlsdiag.so.0 \
    -Wl,--version-script="$top/lib/tlsdiag.map" \
    -Wl,--whole-archive "$dir/all.a" -Wl,--no-whole-archive -o "$1"
}
