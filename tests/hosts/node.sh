#!/usr/bin/env bash
# The Node package: the check of the layout, hellos, verdicts.
. "$(dirname "$0")/kit.sh"
need node npm
cp -r "$top"/examples/{node,consumers} "$work/"
cd "$work/node"
timeout 120 npm install --no-audit --no-fund --loglevel=error \
  >"$work/npm.log" 2>&1 || { tail -3 "$work/npm.log"; skip "npm has no koffi"; }
cp "$top/tests/hosts/node/test.js" .
TLSDIAG_LIBRARY=$build/libtlsdiag.so node --test --test-reporter=spec test.js

moved_library "$work/moved.so"
TLSDIAG_LIBRARY=$work/moved.so node -e 'require(".")' 2>"$work/err" &&
  fail "a library with another layout was loaded"
grep -q 'tlsdiag_verdict.outcome lies elsewhere' "$work/err" ||
  fail "no word of the struct: $(cat "$work/err")"
echo "a library with another layout is refused"
