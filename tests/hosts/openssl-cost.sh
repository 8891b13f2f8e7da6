# openssl-cost.sh: part of openssl.sh: what watching costs a handshake that
# succeeds, in instructions (callgrind) and in bytes asked of the allocator, both
# sides watched.  The goal is 1 % of the handshake's own.  What a resumed one
# takes itself is little and differs by processor, so there the test fails at
# half as much again.
if ! command -v valgrind >/dev/null; then
  echo "== cost: not measured, no valgrind"
  return 0
fi
"$cc" -std=gnu99 "${cflags[@]}" "$top/tests/hosts/openssl/cost.c" \
  "$top"/tests/hosts/openssl/{kit,pki}.c "${libs[@]}" \
  -ltlsdiag-openssl -ltlsdiag -lssl -lcrypto -o "$work/cost"

# instructions WATCHED VERSION RESUMED: of one handshake.
instructions()
{
  local count total=()
  for count in 5 45; do
    valgrind --tool=callgrind --callgrind-out-file=/dev/null \
      "$work/cost" "$@" $count 2>&1 >/dev/null |
      sed -n 's/.*Collected : //p' >"$work/collected"
    total+=("$(cat "$work/collected")")
  done
  echo $(((total[1] - total[0]) / 40))
}

echo "== cost of watching both sides of a successful handshake"
printf '%-18s %12s %9s %7s %9s %9s %7s\n' handshake instructions watching \
  share bytes watching share
for kind in "1.3 0 full" "1.2 0 full" "1.3 1 resumed" "1.2 1 resumed"; do
  read -r version resumed word <<<"$kind"
  without=$(instructions 0 "$version" "$resumed")
  with=$(instructions 1 "$version" "$resumed")
  bytes=$("$work/cost" 0 "$version" "$resumed" 10)
  more=$("$work/cost" 1 "$version" "$resumed" 10)
  awk -v name="TLS $version, $word" -v a="$without" -v b="$with" -v c="$bytes" \
    -v d="$more" -v limit="$((resumed ? 150 : 100))" 'BEGIN {
    share = 100 * (b - a) / a
    memory = 100 * (d - c) / c
    printf "%-18s %12d %9d %6.2f%% %9d %9d %6.2f%%\n", name, a, b - a, share, c,
      d - c, memory
    exit 100 * share >= limit || memory >= 1 }' ||
    fail "too much of a handshake"
done
