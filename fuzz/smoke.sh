#!/bin/sh
# smoke.sh PROGRAM NAME: fuzzes for TLSDIAG_FUZZ_SECONDS (30), starting from
# corpus/NAME and from the directories that NAME.seeds lists.  New inputs go to
# a directory that is dropped; an input that fails is kept and named.
set -u
program=$1
name=$2
here=$(cd "$(dirname "$0")" && pwd)
seconds=${TLSDIAG_FUZZ_SECONDS:-30}
work=$(mktemp -d "${TMPDIR:-/tmp}/tlsdiag-fuzz.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT

mkdir "$work/new"
set -- "$work/new"
[ -d "$here/corpus/$name" ] && set -- "$@" "$here/corpus/$name"
if [ -f "$here/$name.seeds" ]; then
  while read -r directory; do
    [ -d "$here/../$directory" ] && set -- "$@" "$here/../$directory"
  done <"$here/$name.seeds"
fi
[ -f "$here/$name.dict" ] && set -- -dict="$here/$name.dict" "$@"

"$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 \
  -seed=1 -print_final_stats=1 -close_fd_mask=3 -artifact_prefix="$(dirname "$program")/" \
  "$@" >"$work/log" 2>&1
status=$?
if [ $status -eq 0 ]; then
  grep -E 'stat::|cov:' "$work/log" | tail -7
  exit 0
fi
tail -60 "$work/log"
# Not libFuzzer's own status: it is 77, which elsewhere means skipped.
exit 1
