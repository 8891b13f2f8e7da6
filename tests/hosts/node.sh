#!/usr/bin/env bash
# The Node package: layout of every struct, hello, verdicts.
. "$(dirname "$0")/kit.sh"
need node npm
cp -r "$top"/examples/{node,bindings,consumers} "$work/"
cd "$work/node"
timeout 120 npm install --no-audit --no-fund --loglevel=error \
  >"$work/npm.log" 2>&1 || { tail -3 "$work/npm.log"; skip "npm has no koffi"; }
cat >test.js <<'END'
'use strict';
const assert = require('node:assert');
const fs = require('node:fs');
const test = require('node:test');
const { hello, Flow, structs, koffi } = require('.');
const bytes = fs.readFileSync('../consumers/hello.bin');

test('layout is the library\'s', () => {
  const layout = JSON.parse(fs.readFileSync('../bindings/layout.json'));
  for (const [name, { size, members }] of Object.entries(layout)) {
    assert.strictEqual(koffi.sizeof(structs[name]), size, name);
    for (const [member, [offset]] of Object.entries(members)) {
      assert.strictEqual(koffi.offsetof(structs[name], member), offset,
        `${name}.${member}`);
    }
  }
});

test('hello', () => {
  const got = hello(bytes);
  assert.strictEqual(got.serverName, 'a.example');
  assert.strictEqual(got.versionMax, 0x0303);
  assert.deepStrictEqual(got.cipherSuites, [0xc02b]);
  assert.deepStrictEqual(got.alpn, []);
  assert.match(got.ja4, /^t12d/);
  assert.throws(() => hello(Buffer.from('GET / HTTP/1.1')), /e_not_tls/);
  assert.throws(() => hello(Buffer.alloc(0)));
});

test('verdicts', () => {
  const flow = new Flow();
  for (const byte of bytes) {
    flow.feed('client', Buffer.from([byte]));
  }
  flow.feed('server', Buffer.from([21, 3, 3, 0, 2, 2, 112]), 1000);
  flow.close('server', 'fin', 2000);
  const got = flow.verdict();
  assert.strictEqual(got.outcome, 'failed');
  assert.strictEqual(got.cause, 'sni_unrecognized');
  assert.ok(got.confidence >= 50 && got.text && got.advice);
  const text = new Flow();
  assert.ok(text.hint('error:0A0000C1:SSL routines::no shared cipher') > 0);
  assert.strictEqual(text.verdict().cause, 'no_shared_cipher');
});
END
TLSDIAG_LIBRARY=$build/libtlsdiag.so node --test --test-reporter=spec test.js
