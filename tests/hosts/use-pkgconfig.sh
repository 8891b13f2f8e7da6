#!/usr/bin/env bash
# pkg-config: an installed tree, moved afterwards; plain library and adapter.
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

if [ -e "$pc/tlsdiag-openssl.pc" ]; then
  read -ra flags <<<"$(pkg-config --cflags --libs tlsdiag-openssl openssl)"
  "$cc" "$top/examples/openssl/server.c" "${flags[@]}" \
    -Wl,-rpath,"$(dirname "$pc")" -o "$work/server"
  echo "tlsdiag-openssl.pc"
fi
