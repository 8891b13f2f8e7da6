# openssl-cost.sh: part of openssl.sh: what watching costs a handshake that
# succeeds, in instructions (callgrind) and bytes, both sides watched.  The goal
# is 1 % of a full handshake; what a handshake itself takes differs by processor,
# so the test fails at half as much again.
if ! command -v valgrind >/dev/null; then
  echo "== cost: not measured, no valgrind"
  return 0
fi
"$cc" -std=gnu99 "${cflags[@]}" "$top/tests/hosts/openssl/cost.c" \
  "$top/tests/hosts/openssl/kit.c" "${libs[@]}" \
  -ltlsdiag-openssl -ltlsdiag -lssl -lcrypto -o "$work/cost"

# instructions WATCHED VERSION RESUMED: of one handshake.
instructions()
{
  local count total=()
  for count in 2 12; do
    valgrind --tool=callgrind --callgrind-out-file=/dev/null \
      "$work/cost" "$@" $count 2>&1 >/dev/null |
      sed -n 's/.*Collected : //p' >"$work/collected"
    total+=("$(cat "$work/collected")")
  done
  echo $(((total[1] - total[0]) / 10))
}

echo "== cost of watching both sides of a successful handshake"
printf '%-22s %12s %10s %7s %9s %7s\n' handshake instructions watching share \
  bytes watching
for kind in "1.3 0 full" "1.2 0 full" "1.3 1 resumed" "1.2 1 resumed"; do
  read -r version resumed word <<<"$kind"
  without=$(instructions 0 "$version" "$resumed")
  with=$(instructions 1 "$version" "$resumed")
  bytes=$("$work/cost" 0 "$version" "$resumed" 10)
  more=$("$work/cost" 1 "$version" "$resumed" 10)
  awk -v name="TLS $version, $word" -v a="$without" -v b="$with" -v c="$bytes" \
    -v d="$more" -v full="$((1 - resumed))" 'BEGIN {
    share = 100 * (b - a) / a
    printf "%-22s %12d %10d %6.2f%% %9d %7d\n", name, a, b - a, share, c, d - c
    exit full && share >= 1.5 }' || fail "too much of a full handshake"
done
