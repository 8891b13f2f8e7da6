#!/bin/sh
# Counts the instructions of one whole, validating decode of a real
# ClientHello (callgrind, so the count is the same on a busy machine), prints
# the mean, and fails above the limit.
#
# usage: decode.sh PROGRAM HELLO_DIR [LIMIT]
#   PROGRAM is decode.c, compiled with the library at -O2.
set -eu

program=$1
hellos=$2
limit=${3:-2000}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Instructions of N decodes of every file.
count() {
  times=$1
  shift
  valgrind --tool=callgrind --callgrind-out-file="$scratch/out" \
    "$program" "$times" "$@" >"$scratch/log" 2>&1 || {
    cat "$scratch/log" >&2
    exit 1
  }
  sed -n 's/^totals: *//p' "$scratch/out"
}

# Instructions of one decode of each file, summed.
per_decode() {
  few=$(count 10 "$@")
  many=$(count 110 "$@")
  echo $(((many - few) / 100))
}

set -- "$hellos"/*.bin
real=
for file; do
  case $file in
  */synth_*) ;;
  *) real="$real $file" ;;
  esac
done

# The paths of the hellos hold no spaces.
# shellcheck disable=SC2086
set -- $real
mean=$(($(per_decode "$@") / $#))
echo "decode: $mean instructions a hello (mean of $# real ones, limit $limit)"

large=$hellos/synth_4000ext_16k.bin
if [ -f "$large" ]; then
  total=$(per_decode "$large")
  bytes=$(wc -c <"$large")
  tenths=$((total * 10 / bytes))
  echo "decode: 4,049 extensions in $bytes bytes: $total instructions," \
    "$((tenths / 10)).$((tenths % 10)) a byte"
fi
[ "$mean" -le "$limit" ]
