#!/usr/bin/env bash
# The Debian packages: made by tools/debs, accepted by lintian, unpacked
# together, built against, run; installed into a root of their own and purged.
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
gzip -dc "$work/root/usr/share/man/man1/tlsdiag.1.gz" |
  cmp - "$top/examples/cli/tlsdiag.1" || fail "another manual page"

# dpkg itself, with a root and a database of its own.  Dependencies stand in
# the system's database and not in this one.
fakeroot=
if [ "$(id -u)" -ne 0 ]; then
  command -v fakeroot >/dev/null ||
    { echo "neither root nor fakeroot: not installed"; exit 0; }
  fakeroot=fakeroot
fi
there=$work/there
mkdir -p "$there"/var/lib/dpkg/{info,updates,triggers}
touch "$there/var/lib/dpkg/status"
# own_dpkg ARGUMENTS...
own_dpkg()
{
  $fakeroot dpkg --root="$there" --force-not-root --force-depends \
    --force-script-chrootless "$@" >>"$work/dpkg.log" 2>&1 ||
    { tail -5 "$work/dpkg.log"; fail "dpkg $1"; }
}
# files_there: what lies in it beside the database and the log
files_there()
{
  find "$there" -path "$there/var" -prune -o \( -type f -o -type l \) -print
}
own_dpkg -i ./*.deb
for name in $names; do
  dpkg-query --admindir="$there/var/lib/dpkg" -W \
    -f '${db:Status-Status}\n' "$name" | grep -qx installed ||
    fail "$name is not installed"
done
[ "$("$there/usr/bin/tlsdiag" explain 40 | grep -c handshake_failure)" -ge 1 ] ||
  fail "the installed tool"
installed=$(files_there | wc -l)
# A second time is an upgrade to the same release.
own_dpkg -i ./*.deb
[ "$(files_there | wc -l)" -eq "$installed" ] || fail "other files the second time"
# shellcheck disable=SC2086
own_dpkg --purge $names
[ -z "$(files_there)" ] || fail "left behind: $(files_there)"
echo "dpkg: $installed files installed, twice, and purged without a trace"
