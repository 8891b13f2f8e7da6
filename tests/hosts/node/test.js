// The Node package; run by ../node.sh beside it, with TLSDIAG_LIBRARY set.
'use strict';
const assert = require('node:assert');
const fs = require('node:fs');
const test = require('node:test');
const { hello, explain, Flow, name, lookup, version, checkLayout, structs,
  koffi } = require('.');
const bytes = fs.readFileSync('../consumers/hello.bin');

test('layout', () => {
  checkLayout(structs);
  assert.ok(Object.keys(structs).length > 15);
  const { tlsdiag_bytes, tlsdiag_where } = structs;
  assert.throws(() => checkLayout({ tlsdiag_bytes: tlsdiag_where }),
    /tlsdiag_bytes has 24 bytes here and 16 in libtlsdiag/);
  assert.throws(() => checkLayout({ tlsdiag_gone: tlsdiag_bytes }),
    /knows no tlsdiag_gone/);
  const swapped = koffi.struct({ len: 'size_t', ptr: 'void *' });
  assert.throws(() => checkLayout({ tlsdiag_bytes: swapped }),
    /tlsdiag_bytes\.len lies elsewhere/);
  const narrow = koffi.struct({ kind: 'uint8_t', field: 'uint16_t' });
  assert.throws(() => checkLayout({ tlsdiag_anomaly: narrow }),
    /tlsdiag_anomaly\.kind lies elsewhere/);
  // A library that has grown is fine.
  const older = koffi.struct({ kind: 'uint16_t', field: 'uint16_t' });
  checkLayout({ tlsdiag_anomaly: older });
});

test('hello', () => {
  const got = hello(bytes);
  assert.strictEqual(got.serverName, 'a.example');
  assert.strictEqual(got.versionMax, 0x0303);
  assert.deepStrictEqual(got.cipherSuites, [0xc02b]);
  assert.deepStrictEqual(got.alpn, []);
  assert.match(got.ja4, /^t12d/);
  assert.strictEqual(got.fault, null);
  assert.throws(() => hello(Buffer.from('GET / HTTP/1.1')), /e_not_tls/);
  for (let end = 0; end < bytes.length; end++) {
    assert.throws(() => hello(bytes.subarray(0, end)), /tlsdiag: /);
  }
});

test('a broken hello keeps what came before', () => {
  const broken = Buffer.from(bytes);
  broken[broken.length - 11] = 0x7f; // the name claims to be longer
  const got = hello(broken);
  assert.strictEqual(got.fault.field, 'server_name');
  assert.ok(got.fault.offset > 40);
  assert.deepStrictEqual(got.cipherSuites, [0xc02b]);
  assert.strictEqual(got.serverName, null);
});

test('a flow', () => {
  const flow = new Flow();
  for (const byte of bytes) {
    flow.feed('client', Buffer.from([byte]));
  }
  assert.strictEqual(flow.verdict().outcome, 'incomplete');
  flow.feed('server', Buffer.from([21, 3, 3, 0, 2, 2, 112]), 1000);
  flow.close('server', 'fin', 2000);
  const got = flow.verdict();
  assert.strictEqual(got.outcome, 'failed');
  assert.strictEqual(got.cause, 'sni_unrecognized');
  assert.strictEqual(got.party, 'client');
  assert.ok(got.confidence >= 50 && got.text && got.advice);
  const seen = flow.observations();
  assert.strictEqual(seen[0].from, 'client');
  assert.ok(seen.some((one) => /unrecognized_name/.test(one.text)));
  assert.throws(() => flow.feed('middlebox', bytes), TypeError);
  assert.throws(() => flow.close('server', 'slowly'), TypeError);
});

test('many flows at once keep apart', async () => {
  const one = async (index) => {
    const flow = new Flow();
    for (const byte of bytes) {
      flow.feed('client', Buffer.from([byte]));
      if (byte % 16 === index % 16) { await null; }
    }
    const alert = index % 2 ? 112 : 40;
    flow.feed('server', Buffer.from([21, 3, 3, 0, 2, 2, alert]));
    flow.close('server', 'fin');
    return flow.verdict().cause === 'sni_unrecognized';
  };
  const got = await Promise.all(Array.from({ length: 64 }, (_, i) => one(i)));
  assert.deepStrictEqual(got, got.map((_, i) => i % 2 === 1));
});

test('who wrote a text decides', () => {
  const cause = (options) => explain('certificate has expired', options).cause;
  assert.strictEqual(cause(), 'server_certificate_expired');
  assert.strictEqual(cause({ side: 'client' }), 'server_certificate_expired');
  assert.strictEqual(cause({ side: 'server' }), 'client_certificate_expired');
  assert.throws(() => cause({ side: 'middlebox' }), TypeError);
});

test('texts, names, version', () => {
  const verdict = explain('error:0A0000C1:SSL routines::no shared cipher');
  assert.strictEqual(verdict.cause, 'no_shared_cipher');
  assert.strictEqual(new Flow().hint('the weather is fine'), 0);
  assert.strictEqual(name('cipher_suite', 0x1301), 'TLS_AES_128_GCM_SHA256');
  assert.strictEqual(name('cipher_suite', 0xfafb), null);
  assert.strictEqual(lookup('cipher_suite', 'tls_aes_128_gcm_sha256'), 0x1301);
  assert.strictEqual(lookup('cipher_suite', 'no such suite'), null);
  assert.match(version(), /^0\.1\.\d+$/);
});
