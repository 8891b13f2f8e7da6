#!/bin/sh
# Instructions of tlsdiag_classify for failed flows; the median may not exceed
# 2,000.  Counts, not seconds: the same on a busy machine.
# timeout: 300
set -eu
command -v valgrind >/dev/null || { echo "skipped: no valgrind"; exit 77; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
${CC:-cc} -O2 -Iinclude tests/bench/classify.c \
  "$TLSDIAG_BUILD_DIR/libtlsdiag.a" -o "$dir/classify"
count()
{
  valgrind --tool=callgrind --callgrind-out-file=/dev/null "$dir/classify" \
    "$1" "$2" "$3" 2>&1 | sed -n 's/.*Collected : *//p'
}
for hello in openssl30_sclient_sni chromium156 java17_jsse; do
  for ending in 40 70 80 86 112 120 rst fin; do
    file=tests/captures/hellos/$hello.bin
    once=$(count "$file" $ending 1)
    often=$(count "$file" $ending 11)
    echo "$(((often - once) / 10)) $hello $ending"
  done
done >"$dir/counts"
sort -n "$dir/counts"
median=$(sort -n "$dir/counts" | awk '{n[NR] = $1} END {print n[int((NR + 1) / 2)]}')
echo "median $median instructions a verdict"
[ "$median" -gt 0 ] && [ "$median" -le 2000 ]
