#!/bin/sh
# Counts the instructions of one whole, validating decode of a real
# ClientHello, prints the mean, and fails above the limit, or when a hello of
# 4,000 extensions takes more than its length explains.  callgrind counts the
# same on a busy machine as on an idle one; gcc -O2 is what is counted.
# timeout: 120
#
# usage: decode_test.sh [LIMIT]
set -eu
cd "$(dirname "$0")/../.."

limit=${1:-2000}
hellos=tests/captures/hellos
cc=${CC:-gcc}
sources="client_hello extension_bodies extensions hello key_shares record
         record_looks sslv2_hello"

for tool in "$cc" valgrind; do
  command -v "$tool" >/dev/null || {
    echo "skipped: no $tool"
    exit 77
  }
done
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

set --
for source in $sources; do
  set -- "$@" "lib/$source.c"
done
"$cc" -O2 -std=c99 -Iinclude -Ilib tests/bench/decode.c "$@" \
  -o "$scratch/decode"

# Instructions of N decodes of every file.
count()
{
  times=$1
  shift
  valgrind --tool=callgrind --callgrind-out-file="$scratch/out" \
    "$scratch/decode" "$times" "$@" >"$scratch/log" 2>&1 || {
    cat "$scratch/log" >&2
    exit 1
  }
  sed -n 's/^totals: *//p' "$scratch/out"
}

# Instructions of one decode of each file, summed: two counts, so that what
# comes before and after the decodes falls away.
per_decode()
{
  few=$(count 10 "$@")
  many=$(count 110 "$@")
  echo $(((many - few) / 100))
}

set --
for file in "$hellos"/*.bin; do
  case $file in
  */synth_*) ;;
  *) set -- "$@" "$file" ;;
  esac
done
mean=$(($(per_decode "$@") / $#))
echo "decode: $mean instructions a hello, the mean of $# real ones" \
  "(limit $limit)"

large=$hellos/synth_4000ext_16k.bin
total=$(per_decode "$large")
bytes=$(wc -c <"$large")
tenths=$((total * 10 / bytes))
echo "decode: 4,049 extensions in $bytes bytes: $total instructions," \
  "$((tenths / 10)).$((tenths % 10)) a byte"

# Far above what a linear search for duplicates takes, far below any other.
[ "$tenths" -le 1000 ] && [ "$mean" -le "$limit" ]
