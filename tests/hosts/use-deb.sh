#!/usr/bin/env bash
# The Debian packages: made by tools/debs, accepted by lintian, unpacked
# together, built against, run.
. "$(dirname "$0")/kit.sh"
need dpkg-deb dpkg-shlibdeps lintian pkg-config

DEBFULLNAME="tlsdiag tests" DEBEMAIL=tests@tlsdiag.dev \
  "$top/tools/debs" "$work/debs" >/dev/null
cd "$work/debs"
names=$(for deb in *.deb; do dpkg-deb -f "$deb" Package; done | paste -sd' ')
for name in libtlsdiag0 libtlsdiag-dev tlsdiag; do
  case " $names " in *" $name "*) ;; *) fail "no $name among: $names" ;; esac
done
echo "packages: $names"

lintian --allow-root --fail-on error,warning ./*.deb ||
  fail "lintian does not accept them"
echo "lintian has nothing to say"

for deb in *.deb; do dpkg-deb -x "$deb" "$work/root"; done
[ "$(find "$work/root" -name '*.so.*' -type l | wc -l)" -ge 1 ] ||
  fail "no SONAME link"
lib=$(dirname "$(find "$work/root" -name libtlsdiag.so)")
export PKG_CONFIG_PATH=$lib/pkgconfig
read -ra flags <<<"$(pkg-config --cflags --libs tlsdiag)"
"$cc" "$top/examples/consumers/name.c" "${flags[@]}" -o "$work/name"
[ "$(LD_LIBRARY_PATH=$lib "$work/name" \
  <"$top/examples/consumers/hello.bin")" = a.example ] ||
  fail "a program built with the packages"
LD_LIBRARY_PATH=$lib "$work/root/usr/bin/tlsdiag" --version ||
  fail "the packaged tool"
if readelf -d "$work/root/usr/bin/tlsdiag" "$lib"/*.so | grep -E 'R(UN)?PATH'
then
  fail "a path of the build is left"
fi
echo "unpacked: a program builds and runs, the tool runs"
