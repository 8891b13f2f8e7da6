#!/usr/bin/env bash
# The WebAssembly page: built freestanding, its script against the tool on every
# capture in Node, the page itself in headless Chromium.
. "$(dirname "$0")/kit.sh"
need clang wasm-ld node python3
chromium=$(command -v chromium || command -v chromium-browser || true)
"$top/examples/wasm/build" "$work/page"
printf 'module %d bytes, page %d bytes\n' "$(stat -c %s "$work/page/tlsdiag.wasm")" \
  "$(stat -c %s "$work/page/index.html")"

cat "$top"/examples/wasm/{capture,app}.js >"$work/page.js"
echo 'module.exports = { Diagnosis, CaptureReader, chunksOf, hostOf };' \
  >>"$work/page.js"
tests=$top/tests/hosts/wasm
PYTHONDONTWRITEBYTECODE=1 python3 "$tests/make_captures.py" "$work/made"
tool=
[ -x "$build/tlsdiag" ] && tool=$build/tlsdiag
node "$tests/module_test.js" "$work/page.js" "$work/page/tlsdiag.wasm" "$top" \
  "$tool" "$work/made"

[ -n "$chromium" ] || skip "the page's script is right; no chromium to show it"
node "$tests/browser_test.js" "$chromium" "$work" "$top"
