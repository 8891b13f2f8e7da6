# openssl-symbols.sh: part of openssl.sh: OpenSSL 1.1.1 has all that the adapter
# calls.  No such library is at hand here, but what came with which version is
# known: a new call has to be looked up and written into openssl/symbols.txt.
list=$top/tests/hosts/openssl/symbols.txt
need nm
ldd "$build/libtlsdiag-openssl.so" |
  awk '/lib(ssl|crypto)\.so/ {print $3}' | xargs nm -D --defined-only |
  awk 'NF == 3 {sub("@.*", "", $3); print $3}' | sort -u >"$work/defined"
nm -D --undefined-only "$build/libtlsdiag-openssl.so" |
  awk '{sub("@.*", "", $2); print $2}' | sort -u |
  comm -12 - "$work/defined" >"$work/used"
[ -s "$work/used" ] || fail "no symbols found"
grep -v '^#' "$list" | awk '{print $1}' | sort | diff - "$work/used" ||
  fail "the adapter calls other functions than symbols.txt lists"
awk '!/^#/ && $3 !~ /^1\.1\.[01]/ && $4 == "" {
    print $1, "came with", $3
    bad = 1
  }
  END {exit bad}' "$list" || fail "not in OpenSSL 1.1.1"
for source in "$top"/lib/openssl/*.c; do
  "$cc" -std=c99 -Wall -Wextra -Werror -I"$top/include" -fsyntax-only \
    -DOPENSSL_API_COMPAT=0x10101000L -DOPENSSL_NO_DEPRECATED "$source" ||
    fail "$source uses what 1.1.1 had deprecated"
done
echo "== $(wc -l <"$work/used") functions of OpenSSL, all in 1.1.1 or" \
  "with a stand-in"
