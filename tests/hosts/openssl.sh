#!/usr/bin/env bash
# The OpenSSL adapter: real handshakes in memory and over sockets, each watched
# and unwatched, once with the shared libraries, once under the sanitizers; the
# example; and what watching costs.
#
# usage: tests/hosts/openssl.sh [--write]    --write renews openssl/verdicts.txt
. "$(dirname "$0")/kit.sh"
need_file "OpenSSL headers (libssl-dev)" /usr/include/openssl/ssl.h
[ -e "$build/libtlsdiag-openssl.so" ] || fail "the adapter was not built"

sources=("$top"/tests/hosts/openssl/{main,kit,pki,changes,cases}.c
  "$top"/tests/hosts/openssl/{policy,ways,special}.c)
"$cc" -std=gnu99 "${cflags[@]}" -Wno-missing-field-initializers \
  "${sources[@]}" "${libs[@]}" \
  -ltlsdiag-openssl -ltlsdiag -lssl -lcrypto -lpthread -o "$work/shared"
echo "== shared libraries"
"$work/shared" >"$work/out" || { grep -v ^verdict: "$work/out"; exit 1; }
grep -v ^verdict: "$work/out"
verdicts=$top/tests/hosts/openssl/verdicts.txt
sed -n 's/^verdict: //p' "$work/out" >"$work/verdicts"
[ "${1:-}" != --write ] || cp "$work/verdicts" "$verdicts"
diff "$verdicts" "$work/verdicts" || fail "other verdicts than in verdicts.txt"
echo "as many verdicts as in verdicts.txt, each as written there"

"$cc" -std=gnu99 "${cflags[@]}" -Wno-missing-field-initializers -O1 \
  -fsanitize=address,undefined -fno-sanitize-recover=all -I"$top/lib" \
  "$top"/lib/*.c "$top"/lib/openssl/*.c "${sources[@]}" \
  -lssl -lcrypto -lpthread -o "$work/sanitized"
echo "== under AddressSanitizer and UndefinedBehaviorSanitizer"
"$work/sanitized" >"$work/out" || { grep -v ^verdict: "$work/out"; exit 1; }
grep -v ^verdict: "$work/out"

. "$top/tests/hosts/openssl-symbols.sh"
. "$top/tests/hosts/openssl-example.sh"
. "$top/tests/hosts/openssl-cost.sh"
