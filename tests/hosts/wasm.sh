#!/usr/bin/env bash
# The WebAssembly page: built freestanding, its script against the bundled
# captures in Node, the page itself in headless Chromium.
. "$(dirname "$0")/kit.sh"
need clang wasm-ld node python3
chromium=$(command -v chromium || command -v chromium-browser || true)
"$top/examples/wasm/build" "$work/page"
printf 'module %d bytes, page %d bytes\n' "$(stat -c %s "$work/page/tlsdiag.wasm")" \
  "$(stat -c %s "$work/page/index.html")"

cat "$top/examples/wasm/capture.js" "$top/examples/wasm/app.js" |
  sed '/module.exports/d' >"$work/page.js"
echo 'module.exports = { Diagnosis };' >>"$work/page.js"
cat >"$work/test.js" <<'END'
'use strict';
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const { Diagnosis } = require('./page.js');
const top = process.argv[2];
const module_ = new WebAssembly.Module(fs.readFileSync(
  path.join(__dirname, 'page/tlsdiag.wasm')));
assert.deepStrictEqual(WebAssembly.Module.imports(module_), []);
const diagnosis = new Diagnosis(new WebAssembly.Instance(module_, {}));
let [hello] = diagnosis.any(fs.readFileSync(
  path.join(top, 'examples/consumers/hello.bin')));
assert.strictEqual(hello.sni, 'a.example');
assert.match(hello.ladder[0].text, /^client ClientHello|ClientHello/);
let [text] = diagnosis.any(Buffer.from(
  'fine\nerror:0A0000C1:SSL routines::no shared cipher\n'));
assert.strictEqual(text.cause, 'no_shared_cipher');
assert.deepStrictEqual(diagnosis.any(Buffer.from('fine weather')), []);
for (const rubbish of [[], [0], [22, 3], [0xd4, 0xc3, 0xb2, 0xa1, 0, 0]]) {
  try { diagnosis.any(Uint8Array.from(rubbish)); } catch (e) {
    assert.ok(e instanceof Error && /capture/.test(e.message), e);
  }
}
// Every bundled capture: the same causes as the label says.
const captures = path.join(top, 'examples/captures');
let seen = 0;
for (const file of fs.readdirSync(captures).filter((f) => /\.pcap$/.test(f))) {
  const label = JSON.parse(fs.readFileSync(path.join(captures,
    file.replace('.pcap', '.label.json'))));
  const got = diagnosis.any(new Uint8Array(fs.readFileSync(
    path.join(captures, file))));
  assert.strictEqual(got.length, label.connections || 1, file);
  const focus = got[label.focus || 0];
  assert.ok([label.cause, ...(label.acceptable || [])].includes(focus.cause),
    `${file}: ${focus.cause}, not ${label.cause}`);
  assert.ok(focus.ladder.length > 2, file);
  seen++;
}
assert.ok(seen >= 5);
console.log(`${seen} bundled captures, a hello, a text, rubbish`);
END
node "$work/test.js" "$top"

[ -n "$chromium" ] || skip "the page's script is right; no chromium to show it"
# in_browser FILE: the page's text after it was given FILE.
in_browser()
{
  rm -rf "$work/profile"
  timeout 60 "$chromium" --headless --no-sandbox --disable-gpu --disable-quic \
    --no-first-run --disable-background-networking --disable-sync \
    --disable-component-update --user-data-dir="$work/profile" \
    --virtual-time-budget=5000 --dump-dom \
    "file://$work/page/index.html#$(base64 -w0 "$1")" 2>"$work/chromium.log"
}
printf 'error:0A0000C1:SSL routines::no shared cipher' >"$work/text"
in_browser "$work/text" >"$work/dom"
grep -q 'data-cause="no_shared_cipher"' "$work/dom" ||
  fail "no verdict on a text: $(tail -5 "$work/chromium.log")"
in_browser "$top/examples/consumers/hello.bin" | grep -q 'a\.example' ||
  fail "no name of a hello"
in_browser "$top/examples/captures/2-no-shared-cipher.pcap" >"$work/dom"
grep -q 'data-cause="no_shared_cipher"' "$work/dom" ||
  fail "no verdict on a capture"
grep -q '<li class="server">' "$work/dom" || fail "no ladder"
echo "in Chromium: a text, a hello, a capture with its ladder"
