#!/bin/sh
# Checks that every generated file is what its CSV sources give, and that the
# cause catalogue still holds the whole vocabulary it was made from.
set -u
root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd) || exit 1
failed=0

check() { # check WHAT COMMAND...: runs the command, reports, remembers
  what=$1
  shift
  if "$@"; then
    echo "ok   - $what"
  else
    echo "FAIL - $what"
    failed=1
  fi
}

if ! command -v python3 >/dev/null; then
  echo 'SKIP - tables_test: python3 is not installed'
  exit 77
fi
export PYTHONDONTWRITEBYTECODE=1

check 'generated files match the tables' \
  python3 "$root/lib/tables/generate.py" --check

spec=$root/../shared/spec/causes.csv
if [ -r "$spec" ]; then
  check 'every cause of the vocabulary is there, unchanged and in order' \
    python3 "$root/tests/tables/vocabulary.py" "$spec" \
    "$root/lib/tables/causes.csv"
else
  echo 'SKIP - vocabulary: ../shared/spec/causes.csv is not here'
fi

# A wrong table must be noticed: work on a copy, break it, expect status 1.
copy=$(mktemp -d) || exit 1
trap 'rm -rf "$copy"' EXIT
mkdir -p "$copy/lib" "$copy/docs" "$copy/include/tlsdiag"
cp -R "$root/lib/tables" "$copy/lib/"
cp "$root/docs/CAUSES.md" "$copy/docs/"
cp "$root/include/tlsdiag/tlsdiag.h" "$copy/include/tlsdiag/"

names_differing() { # names_differing FILE: --check must name it and exit 1
  out=$(python3 "$copy/lib/tables/generate.py" --check)
  [ $? -eq 1 ] && printf '%s\n' "$out" | grep -qx "$1"
}

echo '/* edited by hand */' >>"$copy/lib/tables/names.inc"
check 'an edited table is noticed' names_differing lib/tables/names.inc
sed 's/Do not edit/Do edit/' "$root/docs/CAUSES.md" |
  sed '1d' >"$copy/docs/CAUSES.md"
check 'an edited document is noticed' names_differing docs/CAUSES.md
printf '99,odd,RFC0,odd,assigned\n' >>"$copy/lib/tables/compression.csv"
check 'a changed copy of a registry is noticed' \
  names_differing lib/tables/compression.csv

cp -R "$root/lib/tables/." "$copy/lib/tables/"
sed -i 's/^2,version_client_too_old/3,version_client_too_old/' \
  "$copy/lib/tables/causes.csv"
python3 "$copy/lib/tables/generate.py" --check >/dev/null 2>"$copy/err"
check 'a renumbered cause stops the generator' test $? -eq 2
check 'and is named' grep -q version_client_too_old "$copy/err"

exit $failed
