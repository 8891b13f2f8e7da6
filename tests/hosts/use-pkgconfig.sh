#!/usr/bin/env bash
# pkg-config: an installed tree, moved afterwards; shared and static, plain
# library and adapter.
. "$(dirname "$0")/kit.sh"
need pkg-config cmake

cmake --install "$build" --prefix "$work/there" >/dev/null
mv "$work/there" "$work/moved"
pc=$(dirname "$(find "$work/moved" -name tlsdiag.pc)")
export PKG_CONFIG_PATH=$pc
read -ra flags <<<"$(pkg-config --cflags --libs tlsdiag)"
"$cc" "$top/examples/consumers/name.c" "${flags[@]}" \
  -Wl,-rpath,"$(dirname "$pc")" -o "$work/name"
[ "$("$work/name" <"$top/examples/consumers/hello.bin")" = a.example ] ||
  fail "the consumer does not print the name"
header=$(sed -n 's/^#define TLSDIAG_VERSION_M[A-Z]* //p' \
  "$top/include/tlsdiag/tlsdiag.h" | paste -sd.)
case $(pkg-config --modversion tlsdiag) in
"$header".*) ;;
*) fail "tlsdiag.pc says version $(pkg-config --modversion tlsdiag)" ;;
esac
echo "tlsdiag.pc: a moved tree, version $(pkg-config --modversion tlsdiag)"

# A program that needs no library at run time.
read -ra flags <<<"$(pkg-config --static --cflags --libs tlsdiag)"
"$cc" -static "$top/examples/consumers/name.c" "${flags[@]}" -o "$work/static"
[ "$("$work/static" <"$top/examples/consumers/hello.bin")" = a.example ] ||
  fail "the static consumer does not print the name"
readelf -d "$work/static" 2>/dev/null | grep NEEDED && fail "it is not static"
pkg-config --exists 'tlsdiag >= 0.1' || fail "it is not 0.1 or newer"
pkg-config --exists 'tlsdiag >= 9' && fail "it is version 9"
echo "tlsdiag.pc: --static, versions"

if [ -e "$pc/tlsdiag-openssl.pc" ]; then
  read -ra flags <<<"$(pkg-config --cflags --libs tlsdiag-openssl openssl)"
  "$cc" "$top/examples/openssl/server.c" "${flags[@]}" \
    -Wl,-rpath,"$(dirname "$pc")" -o "$work/server"
  echo "tlsdiag-openssl.pc"
fi
