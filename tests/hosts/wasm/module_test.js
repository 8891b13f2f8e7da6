// The page's script without its page: node module_test.js PAGE.JS TLSDIAG.WASM
// TOP [TOOL].  PAGE.JS is capture.js and app.js with their names exported.
'use strict';
const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const [, , script, wasm, top, tool] = process.argv;
const { Diagnosis, CaptureReader, chunksOf, hostOf } = require(script);

const module_ = new WebAssembly.Module(fs.readFileSync(wasm));
assert.deepStrictEqual(WebAssembly.Module.imports(module_), []);
const diagnosis = new Diagnosis(new WebAssembly.Instance(module_, {}));
const any = (...chunks) => diagnosis.any(chunks.map((one) =>
  new Uint8Array(one)));

function toolSays(file) {
  let text;
  try {
    text = execFileSync(tool, ['--json', file], { stdio: ['ignore', 'pipe',
      'ignore'], maxBuffer: 1 << 26 });
  } catch (error) {
    text = error.stdout; // exit status 1: handshakes failed
  }
  return String(text).split('\n').filter(Boolean).map(JSON.parse);
}

const KEYS = ['index', 'client', 'server', 'outcome', 'cause', 'confidence',
  'party', 'stage', 'noise', 'alert', 'end', 'version', 'cipher'];
const gist = (rows) => rows.map((row) => KEYS.map((key) => row[key]));

function capturesBelow(directory) {
  return fs.readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const name = path.join(directory, entry.name);
    return entry.isDirectory() ? capturesBelow(name)
      : /\.pcap$/.test(name) ? [name] : [];
  });
}

async function textsAndHellos() {
  const hello = fs.readFileSync(path.join(top, 'examples/consumers/hello.bin'));
  for (const bytes of [hello, Buffer.from(hello.toString('hex')),
    Buffer.from(hello.toString('hex').replace(/../g, '$& '))]) {
    const { verdicts: [first] } = await any(bytes);
    assert.strictEqual(first.sni, 'a.example');
    assert.match(first.ladder[0].text, /ClientHello/);
  }
  let out = await any(Buffer.from(
    'fine\nerror:0A0000C1:SSL routines::no shared cipher\n'));
  assert.strictEqual(out.verdicts.length, 1);
  assert.strictEqual(out.verdicts[0].cause, 'no_shared_cipher');
  assert.deepStrictEqual((await any(Buffer.from('fine weather'))).verdicts, []);
  for (const rubbish of [[], [0], [22, 3]]) {
    assert.ok((await any(rubbish)).verdicts.length <= 1);
  }
  await assert.rejects(any([0xd4, 0xc3, 0xb2, 0xa1, 0, 0]), /too short/);
  // An older job gives way to a newer one.
  const old = any(Buffer.from('error:0A0000C1:SSL routines\n'.repeat(99)));
  out = await any(hello);
  assert.strictEqual(await old, null);
  assert.strictEqual(out.verdicts.length, 1);
}

async function everyCapture() {
  const files = [...capturesBelow(path.join(top, 'tests/captures')),
    ...capturesBelow(path.join(top, 'examples/captures'))];
  let same = 0, groups = 0;
  for (const file of files) {
    const rows = toolSays(file);
    const got = await any(fs.readFileSync(file));
    assert.deepStrictEqual(gist(got.verdicts),
      gist(rows.filter((row) => row.type === 'connection')), file);
    assert.deepStrictEqual(got.groups.map((one) => [one.client, one.cause,
      one.confidence, one.connections, one.text]),
    rows.filter((row) => row.type === 'group').map((one) => [one.client,
      one.cause, one.confidence, one.connections, one.text]), file);
    for (const verdict of got.verdicts) {
      assert.ok(verdict.ladder.every((step) => step.frame > 0 && step.text));
    }
    same += got.verdicts.length;
    groups += got.groups.length;
  }
  assert.ok(files.length >= 900 && same >= 500 && groups >= 20);
  console.log(`${files.length} captures: ${same} connections and ${groups} ` +
    'groups as the tool tells them');
}

// Made by Python, which has the tools for it: DIRECTORY/NAME.{pcap,want}
async function madeCaptures(directory) {
  let count = 0;
  for (const name of fs.readdirSync(directory)) {
    const bytes = fs.readFileSync(path.join(directory, name));
    const want = JSON.parse(name.replace(/^.*=|\.[a-z.]*$/g, ''));
    const blob = new Blob([bytes]);
    const got = await diagnosis.any(chunksOf(blob));
    assert.deepStrictEqual([got.verdicts.length, got.counts.fragments], want,
      name);
    count++;
    if (/gz$/.test(name)) { continue; }
    // The same in chunks of any size.
    for (const size of [1, 7, 333]) {
      const chunks = [];
      for (let at = 0; at < bytes.length; at += size) {
        chunks.push(bytes.subarray(at, at + size));
      }
      assert.deepStrictEqual(gist((await any(...chunks)).verdicts),
        gist(got.verdicts), `${name} by ${size}`);
    }
  }
  assert.ok(count >= 6);
  console.log(`${count} other files, whole and in pieces`);
}

function damaged() {
  const whole = fs.readFileSync(path.join(top,
    'examples/captures/1-fallback-dance.pcap'));
  for (let end = 24; end < whole.length; end += 13) {
    let frames = 0;
    const reader = new CaptureReader(() => frames++);
    reader.push(whole.subarray(0, end));
    reader.finish();
    assert.ok(frames <= 20);
  }
}

(async () => {
  assert.strictEqual(hostOf('c0a80717'), '192.168.7.23');
  assert.strictEqual(hostOf('20010db8000000000000000000000007'),
    '2001:db8::7');
  assert.strictEqual(hostOf('0'.repeat(31) + '1'), '::1');
  assert.strictEqual(hostOf('0'.repeat(32)), '::');
  await textsAndHellos();
  damaged();
  await madeCaptures(process.argv[6]);
  if (tool) { await everyCapture(); }
})().catch((error) => { console.error(error); process.exit(1); });
