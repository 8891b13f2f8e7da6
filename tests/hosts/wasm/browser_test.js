// The page in headless Chromium, by its debugging pipe:
// node browser_test.js CHROMIUM WORK TOP
'use strict';
const assert = require('node:assert');
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');
const [, , chromium, work, top] = process.argv;
const PATIENCE_MS = 120000;

// Commands to the browser and its events: JSON with a NUL behind each.
class Browser {
  constructor() {
    this.process = spawn(chromium, ['--headless', '--no-sandbox',
      '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync',
      '--disable-background-networking', '--disable-component-update',
      `--user-data-dir=${work}/profile`, '--remote-debugging-pipe'],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
    this.waiting = new Map();
    this.events = [];
    this.last = 0;
    let text = '';
    this.process.stdio[4].on('data', (data) => {
      const parts = (text + data).split('\0');
      text = parts.pop();
      parts.forEach((part) => this.take(JSON.parse(part)));
    });
  }

  take(message) {
    const waiting = this.waiting.get(message.id);
    if (!waiting) { this.events.push(message); return; }
    this.waiting.delete(message.id);
    if (message.error) {
      waiting.reject(new Error(JSON.stringify(message.error)));
    } else {
      waiting.resolve(message.result);
    }
  }

  send(method, params = {}) {
    const id = ++this.last;
    this.process.stdio[3].write(JSON.stringify({ id, method, params,
      sessionId: this.session }) + '\0');
    return new Promise((resolve, reject) =>
      this.waiting.set(id, { resolve, reject }));
  }

  async open(url) {
    const { targetId } = await this.send('Target.createTarget',
      { url: 'about:blank' });
    const { sessionId } = await this.send('Target.attachToTarget',
      { targetId, flatten: true });
    this.session = sessionId;
    for (const domain of ['Page', 'Network', 'DOM', 'Log', 'Runtime']) {
      await this.send(`${domain}.enable`);
    }
    await this.send('Page.navigate', { url });
  }

  async evaluate(expression) {
    const got = await this.send('Runtime.evaluate',
      { expression, awaitPromise: true, returnByValue: true });
    if (got.exceptionDetails) {
      throw new Error(JSON.stringify(got.exceptionDetails));
    }
    return got.result.value;
  }

  // Waits for an expression to be true, within bounds.
  async until(expression) {
    const end = Date.now() + PATIENCE_MS;
    while (!await this.evaluate(expression)) {
      assert.ok(Date.now() < end, `never: ${expression}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async key(key, text) {
    for (const type of ['keyDown', 'keyUp']) {
      await this.send('Input.dispatchKeyEvent', { type, key, code: key,
        windowsVirtualKeyCode: { Tab: 9, Enter: 13, ' ': 32 }[key] || 0,
        text: type === 'keyDown' ? text : undefined });
    }
  }
}

const captures = path.join(top, 'examples/captures');
const causes = `Array.from(document.querySelectorAll('article'),
  (one) => one.dataset.cause).join(' ')`;
const status = "document.getElementById('status').textContent";

async function give(browser, file) {
  await browser.evaluate(
    `document.body.dataset.done = 'no'; ${status} = 'waiting'`);
  const { root } = await browser.send('DOM.getDocument');
  const { nodeId } = await browser.send('DOM.querySelector',
    { nodeId: root.nodeId, selector: '#file' });
  await browser.send('DOM.setFileInputFiles', { nodeId, files: [file] });
}

async function choose(browser, file) {
  await give(browser, file);
  await browser.until("document.body.dataset.done === 'yes'");
}

async function files(browser) {
  await choose(browser, path.join(captures, '1-fallback-dance.pcap'));
  assert.strictEqual(await browser.evaluate(causes),
    'injected_reset injected_reset injected_reset inappropriate_fallback');
  assert.match(await browser.evaluate(status),
    /^20 packets; handshakes: 0 completed, 3 failed/);
  assert.ok(await browser.evaluate(
    "document.querySelector('li.server').textContent.includes('#')"));
  for (const name of fs.readdirSync(path.join(work, 'made'))) {
    await choose(browser, path.join(work, 'made', name));
    const [connections, fragments] = JSON.parse(
      name.replace(/^.*=|\.[a-z.]*$/g, ''));
    assert.strictEqual(await browser.evaluate(
      "document.querySelectorAll('article').length"), connections, name);
    const notes = await browser.evaluate(
      "Array.from(document.querySelectorAll('.notes li')," +
      ' (one) => one.textContent).join()');
    assert.strictEqual(/IP fragments were not put together/.test(notes),
      fragments > 0, `${name}: ${notes}`);
  }
  await choose(browser, path.join(top, 'examples/consumers/hello.bin'));
  assert.ok(await browser.evaluate(
    "document.querySelector('.meta').textContent.includes('a.example')"));
  const broken = path.join(work, 'broken.gz');
  fs.writeFileSync(broken, Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3]));
  await choose(browser, broken);
  assert.match(await browser.evaluate(status), /^Cannot be read/);
  console.log('files, gzipped ones, what was left out');
}

async function text(browser) {
  await browser.evaluate("document.getElementById('in').focus()");
  await browser.send('Input.insertText',
    { text: 'error:0A0000C1:SSL routines::no shared cipher' });
  await browser.until(`${causes} === 'no_shared_cipher'`);
  console.log('a text');
}

// The same words of a client and of a server.
async function side(browser) {
  await browser.evaluate(`input = document.getElementById('in');
    input.value = 'certificate has expired';
    input.dispatchEvent(new Event('input'))`);
  await browser.until(`${causes} === 'server_certificate_expired'`);
  const choices = [['server', 'client_certificate_expired'],
    ['client', 'server_certificate_expired'],
    ['server', 'client_certificate_expired'],
    ['unknown', 'server_certificate_expired']];
  for (const [who, cause] of choices) {
    await browser.evaluate(`choice = document.getElementById('side');
      choice.value = '${who}'; choice.dispatchEvent(new Event('change'))`);
    await browser.until(`${causes} === '${cause}'`);
  }
  console.log('who wrote it');
}

async function drop(browser) {
  const data = { items: [], dragOperationsMask: 1,
    files: [path.join(captures, '2-no-shared-cipher.pcap')] };
  await browser.evaluate("document.getElementById('out').replaceChildren()");
  for (const type of ['dragEnter', 'dragOver', 'drop']) {
    await browser.send('Input.dispatchDragEvent', { type, x: 200, y: 300,
      data });
    if (type === 'dragOver') {
      assert.strictEqual(await browser.evaluate('document.body.className'),
        'over');
    }
  }
  await browser.until(`${causes} === 'no_shared_cipher'`);
  console.log('drag and drop');
}

// A big file: the page goes on drawing, and a newer input ends the work.
async function big(browser) {
  const one = fs.readFileSync(path.join(captures, '1-fallback-dance.pcap'));
  const packets = one.subarray(24);
  const file = path.join(work, 'big.pcap');
  fs.writeFileSync(file, Buffer.concat([one.subarray(0, 24),
    ...Array(6000).fill(packets)]));
  await browser.evaluate(`ticks = 0; seen = new Set();
    ticker = setInterval(() => { ticks++; seen.add(${status}); }); 0`);
  await choose(browser, file);
  const [ticks, seen] = await browser.evaluate(
    'clearInterval(ticker); [ticks, Array.from(seen)]');
  assert.ok(ticks >= 5, `drawn ${ticks} times`);
  assert.ok(seen.filter((line) => /^Reading: /.test(line)).length >= 2,
    String(seen));
  assert.match(await browser.evaluate(status), /^120000 packets/);
  const shown = "document.querySelectorAll('article').length";
  const before = await browser.evaluate(shown);
  assert.ok(before <= 400 && before > 2, `${before} shown`);

  // By keyboard: the button with the rest of them.
  await browser.evaluate("document.querySelector('.more').focus()");
  await browser.key('Enter', '\r');
  await browser.until(`${shown} > ${before}`);

  const again = path.join(work, 'again.pcap');
  fs.renameSync(file, again);
  await give(browser, again);
  await browser.until(`${status}.startsWith('Reading')`);
  await browser.evaluate(`input = document.getElementById('in');
    input.value = 'remote error: tls: bad certificate';
    input.dispatchEvent(new Event('input'))`);
  await browser.until("document.body.dataset.done === 'yes'");
  assert.match(await browser.evaluate(causes), /^\w*certificate\w*$/);
  fs.rmSync(again);
  console.log(`a big file, drawn ${ticks} times while it was read`);
}

// Everything can be reached and worked without a mouse.
async function keyboard(browser) {
  await choose(browser, path.join(captures, '2-no-shared-cipher.pcap'));
  await browser.evaluate("document.getElementById('in').focus()");
  const reached = [];
  for (let i = 0; i < 3; i++) {
    await browser.key('Tab');
    reached.push(await browser.evaluate('document.activeElement.id || ' +
      'document.activeElement.tagName'));
  }
  assert.deepStrictEqual(reached, ['side', 'file', 'SUMMARY']);
  assert.strictEqual(await browser.evaluate(
    "document.querySelector('details').open"), true);
  await browser.key('Enter', '\r');
  await browser.until("!document.querySelector('details').open");
  const labelled = await browser.evaluate(
    "['in', 'side', 'file'].every((id) => document.getElementById(id).labels.length)");
  assert.ok(labelled);
  console.log('by keyboard');
}

// The page asks for nothing, and could not if it tried.
async function network(browser) {
  let callers = 0;
  const server = net.createServer((socket) => {
    callers++;
    socket.destroy();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${server.address().port}/`;
  const refused = await browser.evaluate(`(async () => {
    const violations = [];
    addEventListener('securitypolicyviolation', (event) =>
      violations.push(event.effectiveDirective));
    const image = new Image();
    image.src = '${url}';
    try { new WebSocket('${url}'.replace('http', 'ws')); } catch (e) {}
    navigator.sendBeacon('${url}', 'x');
    await fetch('${url}').then(() => violations.push('fetched'), () => {});
    await new Promise((resolve) => setTimeout(resolve, 200));
    return violations.sort().join(' ');
  })()`);
  assert.match(refused, /connect-src.*img-src/);
  assert.ok(!/fetched/.test(refused));
  assert.strictEqual(callers, 0);
  server.close();
  const asked = browser.events.filter((event) =>
    event.method === 'Network.requestWillBeSent')
    .map((event) => event.params.request.url)
    .filter((one) => !one.startsWith(url));
  assert.ok(asked.length > 0 && asked.every((one) =>
    /^(file:.*\/page\/index\.html|blob:|about:)/.test(one)), String(asked));
  console.log('no network: asked for nothing, and refused it');
}

(async () => {
  const browser = new Browser();
  try {
    await browser.open(`file://${work}/page/index.html`);
    await browser.until("document.body && document.body.dataset.ready");
    await text(browser);
    await side(browser);
    await files(browser);
    await drop(browser);
    await big(browser);
    await keyboard(browser);
    await network(browser);
    const errors = browser.events.filter((event) =>
      event.method === 'Runtime.exceptionThrown');
    assert.deepStrictEqual(errors, []);
  } finally {
    await browser.send('Browser.close').catch(() => {});
    browser.process.kill();
  }
})().catch((error) => { console.error(error); process.exit(1); });
