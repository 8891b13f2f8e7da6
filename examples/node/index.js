// tlsdiag for Node: libtlsdiag through koffi.
//
//   const tlsdiag = require('tlsdiag');
//   tlsdiag.hello(buffer).serverName
//   const flow = new tlsdiag.Flow();
//   flow.feed('client', buffer); flow.close('server', 'rst');
//   flow.verdict().cause
//
// TLSDIAG_LIBRARY names the library; else it is found by SONAME.
'use strict';
const koffi = require('koffi');
const { structs, prototypes, numbers } = require('./api.js')(koffi);

const library = koffi.load(process.env.TLSDIAG_LIBRARY || 'libtlsdiag.so.0');
const C = {};
for (const prototype of prototypes) {
  const name = /(tlsdiag_\w+)\(/.exec(prototype)[1];
  C[name] = library.func(prototype);
}
const { STATUS, FROM, CLOSE, REGISTRY, FORMAT, SECTION } = numbers;
const FLOW_STORAGE = 4096;
const SSLV2 = 2; // TLSDIAG_PROTOCOL_SSLV2

const nameOf = (registry, value) => C.tlsdiag_name(registry, value >>> 0);

// A struct in memory that stays where it is: views are read while it lives.
function make(name) {
  const type = structs[name];
  const memory = Buffer.alloc(koffi.sizeof(type));
  memory.writeUInt32LE(memory.length, 0); // its `size`
  return { memory, read: () => koffi.decode(memory, type) };
}

const view = ({ ptr, len }) =>
  len ? Buffer.from(koffi.decode(ptr, koffi.array('uint8_t', Number(len))))
    : Buffer.alloc(0);

function check(status) {
  if (status !== STATUS.OK) {
    throw new Error(`tlsdiag: ${nameOf(REGISTRY.STATUS, status)}`);
  }
}

// Decodes the first message of stream bytes.
function hello(stream) {
  const scratch = Buffer.alloc(stream.length || 1);
  const bytes = Buffer.alloc(koffi.sizeof(structs.tlsdiag_bytes));
  const protocol = Buffer.alloc(4);
  check(C.tlsdiag_find_handshake(stream, stream.length, scratch,
    scratch.length, bytes, null));
  const msg = koffi.decode(bytes, structs.tlsdiag_bytes);
  C.tlsdiag_recognise(stream, stream.length, FROM.CLIENT, protocol);
  const out = make('tlsdiag_client_hello');
  check(C.tlsdiag_client_hello_decode(msg.ptr, msg.len,
    protocol.readUInt32LE(0) === SSLV2 ? FORMAT.SSLV2 : FORMAT.TLS,
    out.memory, null));
  const raw = out.read();
  const suites = view(raw.cipher_suites);
  const alpn = [];
  for (let list = view(raw.alpn); list.length;
    list = list.subarray(1 + list[0])) {
    alpn.push(list.subarray(1, 1 + list[0]).toString('latin1'));
  }
  const ja4 = Buffer.alloc(37);
  C.tlsdiag_ja4(out.memory, ja4, ja4.length);
  return {
    serverName: view(raw.server_name).toString('latin1') || null,
    alpn,
    versionMax: raw.version_max,
    cipherSuites: Array.from({ length: suites.length >> 1 },
      (_, i) => suites.readUInt16BE(2 * i)),
    ja4: ja4.toString('latin1', 0, 36),
  };
}

// The handshake of one connection.
class Flow {
  #memory = new BigUint64Array(FLOW_STORAGE / 8);

  constructor() {
    check(C.tlsdiag_flow_init(this.#memory, FLOW_STORAGE, null));
  }

  feed(from, bytes, timeUs = 0) {
    check(C.tlsdiag_flow_feed(this.#memory, FROM[from.toUpperCase()], timeUs,
      bytes, bytes.length, null));
  }

  close(from, how, timeUs = 0) {
    check(C.tlsdiag_flow_close(this.#memory, FROM[from.toUpperCase()],
      CLOSE[how.toUpperCase()], timeUs));
  }

  // Adds what an error text says; returns how much of it was recognised.
  hint(text, timeUs = 0) {
    const bytes = Buffer.from(text);
    const size = koffi.sizeof(structs.tlsdiag_hint);
    const hints = Buffer.alloc(8 * size);
    const count = new BigUint64Array([8n]);
    for (let i = 0; i < 8; i++) {
      hints.writeUInt32LE(size, i * size);
    }
    check(C.tlsdiag_text_scan(bytes, bytes.length, hints, size, count));
    const found = Math.min(Number(count[0]), 8);
    for (let i = 0; i < found; i++) {
      check(C.tlsdiag_flow_hint(this.#memory,
        hints.subarray(i * size, (i + 1) * size), timeUs));
    }
    return found;
  }

  verdict() {
    const out = make('tlsdiag_verdict');
    const text = Buffer.alloc(4096);
    check(C.tlsdiag_classify(this.#memory, out.memory));
    const length = Number(C.tlsdiag_explain(this.#memory, out.memory, 0, text,
      text.length));
    const raw = out.read();
    const best = raw.causes[0];
    return {
      outcome: nameOf(REGISTRY.OUTCOME, raw.outcome),
      cause: nameOf(REGISTRY.CAUSE, best.id),
      confidence: best.confidence,
      party: nameOf(REGISTRY.PARTY, best.party),
      text: text.toString('latin1', 0, Math.min(length, text.length - 1)),
      advice: C.tlsdiag_cause_text(best.id, SECTION.ADVICE),
    };
  }
}

module.exports = { hello, Flow, structs, koffi };
