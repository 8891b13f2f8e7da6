// tlsdiag for Node: libtlsdiag through koffi.
//
//   const tlsdiag = require('tlsdiag');
//   tlsdiag.hello(buffer).serverName
//   tlsdiag.explain('alert number 40').cause
//   const flow = new tlsdiag.Flow();
//   flow.feed('client', buffer); flow.close('server', 'rst');
//   flow.verdict().cause
//
// TLSDIAG_LIBRARY names the library; else it is found by SONAME.  Calls are
// short and run where they are made; a flow is memory of this thread, one for
// each connection, and nothing else is shared: many may be open at once.
'use strict';
const koffi = require('koffi');
const { structs, prototypes, numbers } = require('./api.js')(koffi);

const library = koffi.load(process.env.TLSDIAG_LIBRARY || 'libtlsdiag.so.0');
const C = {};
for (const prototype of prototypes) {
  const name = /(tlsdiag_\w+)\(/.exec(prototype)[1];
  C[name] = library.func(prototype);
}
const { STATUS, FROM, PARTY, CLOSE, REGISTRY, FORMAT, PROTOCOL,
  SECTION } = numbers;
const FLOW_STORAGE = 4096;

// Where the library has a struct or member.
function place(name) {
  const out = new Uint32Array(2);
  const rc = C.tlsdiag_layout(name, out, out.subarray(1));
  if (rc !== STATUS.OK) {
    throw new Error(`tlsdiag: libtlsdiag knows no ${name}`);
  }
  return { offset: out[0], size: out[1] };
}

// The structs of api.js must be the library's; its own may go on behind.
function checkLayout(types) {
  for (const [name, type] of Object.entries(types)) {
    const { size } = place(name);
    if (koffi.sizeof(type) > size) {
      throw new Error(`tlsdiag: ${name} has ${koffi.sizeof(type)} bytes here ` +
        `and ${size} in libtlsdiag`);
    }
    for (const [member, here] of Object.entries(koffi.type(type).members)) {
      const there = place(`${name}.${member}`);
      if (here.offset !== there.offset || here.type.size !== there.size) {
        throw new Error(`tlsdiag: ${name}.${member} lies elsewhere in ` +
          'libtlsdiag');
      }
    }
  }
}
checkLayout(structs);

const nameOf = (registry, value) => C.tlsdiag_name(registry, value >>> 0);

// The name of a number: name('cipher_suite', 0x1301); null when it has none.
const name = (registry, value) =>
  nameOf(REGISTRY[registry.toUpperCase()], value);

// The number behind a name, whatever its case; null when there is none.
function lookup(registry, text) {
  const value = new Uint32Array(1);
  const bytes = Buffer.from(text + '\0');
  const rc = C.tlsdiag_name_lookup(REGISTRY[registry.toUpperCase()], bytes,
    bytes.length - 1, value);
  return rc === STATUS.OK ? value[0] : null;
}

// The release of the library in memory.
function version() {
  const number = C.tlsdiag_version();
  return `${number >> 16}.${number >> 8 & 255}.${number & 255}`;
}

// A struct in memory that stays where it is: views are read while it lives.
function make(type) {
  const memory = Buffer.alloc(koffi.sizeof(structs[type]));
  memory.writeUInt32LE(memory.length, 0); // its `size`
  return { memory, read: () => koffi.decode(memory, structs[type]) };
}

const view = ({ ptr, len }) =>
  len ? Buffer.from(koffi.decode(ptr, koffi.array('uint8_t', Number(len))))
    : Buffer.alloc(0);

function check(status) {
  if (status !== STATUS.OK) {
    throw new Error(`tlsdiag: ${nameOf(REGISTRY.STATUS, status)}`);
  }
}

// What views point into may not be collected before they are read.
let held = null;

// The first message of stream bytes: a view into them or into scratch.
function findHandshake(stream) {
  const scratch = Buffer.alloc(stream.length || 1);
  const bytes = Buffer.alloc(koffi.sizeof(structs.tlsdiag_bytes));
  const protocol = new Uint32Array(1);
  held = [stream, scratch];
  check(C.tlsdiag_find_handshake(stream, stream.length, scratch,
    scratch.length, bytes, null));
  C.tlsdiag_recognise(stream, stream.length, FROM.CLIENT, protocol);
  const formats = { [PROTOCOL.SSLV2]: FORMAT.SSLV2,
    [PROTOCOL.DTLS]: FORMAT.DTLS };
  return { msg: koffi.decode(bytes, structs.tlsdiag_bytes),
    format: formats[protocol[0]] || FORMAT.TLS };
}

const numbersOf = (list) => Array.from({ length: list.length >> 1 },
  (_, i) => list.readUInt16BE(2 * i));

function namesOf(list) {
  const out = [];
  // The last one of a broken hello may be cut.
  for (; list.length > list[0]; list = list.subarray(1 + list[0])) {
    out.push(list.subarray(1, 1 + list[0]).toString('latin1'));
  }
  return out;
}

// Decodes the first message of stream bytes.  A broken hello has what came
// before the fault, and `fault` says where it is.
function hello(stream) {
  const { msg, format } = findHandshake(stream);
  const out = make('tlsdiag_client_hello');
  const where = Buffer.alloc(koffi.sizeof(structs.tlsdiag_where));
  const status = C.tlsdiag_client_hello_decode(msg.ptr, msg.len, format,
    out.memory, where);
  if (status !== STATUS.E_MALFORMED) { check(status); }
  const raw = out.read();
  const stopped = koffi.decode(where, structs.tlsdiag_where);
  const ja4 = Buffer.alloc(37);
  C.tlsdiag_ja4(out.memory, ja4, ja4.length);
  const decoded = {
    serverName: view(raw.server_name).toString('latin1') || null,
    alpn: namesOf(view(raw.alpn)),
    versionMax: raw.version_max,
    // Those of the SSLv2 format have three bytes.
    cipherSuites: format === FORMAT.SSLV2 ? []
      : numbersOf(view(raw.cipher_suites)),
    groups: numbersOf(view(raw.supported_groups)),
    ja4: ja4.toString('latin1', 0, 36),
    fault: status === STATUS.OK ? null
      : { field: nameOf(REGISTRY.FIELD, stopped.field),
        offset: Number(stopped.offset) },
  };
  held = null;
  return decoded;
}

function number(names, word) {
  const value = names[String(word).toUpperCase()];
  if (value === undefined) { throw new TypeError(`tlsdiag: no ${word}`); }
  return value;
}

const WRITERS = { CLIENT: PARTY.CLIENT, SERVER: PARTY.SERVER };

// The handshake of one connection.
class Flow {
  #memory = new BigUint64Array(FLOW_STORAGE / 8);

  constructor() {
    check(C.tlsdiag_flow_init(this.#memory, FLOW_STORAGE, null));
  }

  feed(from, bytes, timeUs = 0) {
    check(C.tlsdiag_flow_feed(this.#memory, number(FROM, from), timeUs, bytes,
      bytes.length, null));
  }

  close(from, how, timeUs = 0) {
    check(C.tlsdiag_flow_close(this.#memory, number(FROM, from),
      number(CLOSE, how), timeUs));
  }

  // Adds what an error text says; returns how much of it was recognised.
  // side: who wrote it, 'client' or 'server', where it does not show that.
  hint(text, timeUs = 0, { side } = {}) {
    const bytes = Buffer.from(text);
    const size = koffi.sizeof(structs.tlsdiag_hint);
    const hints = Buffer.alloc(8 * size);
    const count = new BigUint64Array([8n]);
    for (let i = 0; i < 8; i++) {
      hints.writeUInt32LE(size, i * size);
    }
    const told = make('tlsdiag_text_options').memory;
    if (side !== undefined) {
      told.writeUInt8(number(WRITERS, side),
        koffi.offsetof(structs.tlsdiag_text_options, 'side'));
    }
    check(C.tlsdiag_text_scan_with(bytes, bytes.length, told, hints, size,
      count));
    const found = Math.min(Number(count[0]), 8);
    for (let i = 0; i < found; i++) {
      check(C.tlsdiag_flow_hint(this.#memory,
        hints.subarray(i * size, (i + 1) * size), timeUs));
    }
    return found;
  }

  // All that was learnt, in words, in order.
  observations() {
    const out = [];
    const one = make('tlsdiag_observation');
    const text = Buffer.alloc(1024);
    while (C.tlsdiag_flow_observation(this.#memory, out.length, one.memory) ===
           STATUS.OK) {
      const length = Number(C.tlsdiag_observation_text(one.memory, text,
        text.length));
      const from = nameOf(REGISTRY.FROM, one.read().from);
      out.push({ from, text: text.toString('latin1', 0, length) });
    }
    return out;
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

// Why, from an error text alone.
function explain(text, { side } = {}) {
  const flow = new Flow();
  flow.hint(text, 0, { side });
  return flow.verdict();
}

module.exports = { hello, explain, Flow, name, lookup, version, checkLayout,
  structs, koffi };
