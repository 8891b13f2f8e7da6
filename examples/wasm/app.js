// app.js: bytes of any kind to the module, its words back.
'use strict';

const SLICE_MS = 20;       // the page draws and listens between slices
const TEXT_MAX = 64 << 20; // more is no text that anybody reads
const HEX = /^([0-9a-f]{2}){8,}$/i;
const COUNTS = ['completed', 'foreign', 'fragments', 'cut', 'missing',
  'unwatched'];

// Who wrote a text, as the module counts.
const SIDES = { unknown: 0, client: 1, server: 2 };

// "c0a80717", "443" to 192.168.7.23:443; IPv6 as RFC 5952 writes it.
function hostOf(hex) {
  const bytes = hex.match(/../g).map((pair) => parseInt(pair, 16));
  if (bytes.length === 4) { return bytes.join('.'); }
  const words = hex.match(/..../g).map((word) =>
    parseInt(word, 16).toString(16)).join(':');
  const zeros = (words.match(/\b0(:0)+\b/g) || []).sort((a, b) =>
    b.length - a.length)[0];
  return zeros ? words.replace(zeros, '::').replace(/:{3,}/, '::') : words;
}
const endOf = (hex, port) => (hex.length === 8 ? `${hostOf(hex)}:${port}`
  : `[${hostOf(hex)}]:${port}`);

class Diagnosis {
  constructor(instance) {
    this.c = instance.exports;
    this.job = 0; // the newest; an older one stops where it is
  }

  bytesAt(pointer, length) {
    return new Uint8Array(this.c.memory.buffer, pointer, length);
  }

  words(length) {
    return new TextDecoder().decode(this.bytesAt(this.c.output(), length));
  }

  put(bytes) {
    const part = bytes.subarray(0, this.c.input_size());
    this.bytesAt(this.c.input(), part.length).set(part);
    return part.length;
  }

  // The verdict on the flow, its words, and the ladder of what was seen.
  answer() {
    const verdict = JSON.parse(this.words(this.c.verdict()));
    verdict.text = this.words(this.c.explain());
    verdict.ladder = [];
    for (let i = 0, length; (length = this.c.observation(i)) > 0; i++) {
      const text = this.words(length);
      verdict.ladder.push({ side: text[0] === '0' ? 'client' : 'server',
        text: text.slice(1) });
    }
    return verdict;
  }

  hello(bytes) {
    this.c.begin();
    for (let at = 0; at < bytes.length; at += this.c.input_size()) {
      this.c.feed(this.put(bytes.subarray(at)));
    }
    this.c.close();
    return this.answer();
  }

  // Who wrote the texts to come, where they do not show it.
  writtenBy(side) {
    this.c.side(SIDES[side]);
  }

  // A verdict on one line, or null when it says nothing.
  line(text) {
    this.c.begin();
    if (!this.c.hint(this.put(new TextEncoder().encode(text)))) { return null; }
    const verdict = this.answer();
    verdict.line = text;
    return verdict;
  }

  // Records that the module has ready.
  take(out) {
    const length = this.c.records_take();
    const text = new TextDecoder().decode(
      this.bytesAt(this.c.records(), length));
    for (const record of text.split('\x1d').slice(0, -1)) {
      const fields = record.split('\x1e');
      if (fields[0] === 'connection') {
        out.verdicts.push(this.connection(fields));
      } else {
        out.groups.push(this.group(fields));
      }
    }
  }

  connection(fields) {
    const verdict = JSON.parse(fields[1]);
    verdict.index = Number(fields[2]);
    verdict.start = BigInt(fields[3]);
    verdict.client = endOf(fields[4], fields[5]);
    verdict.server = endOf(fields[6], fields[7]);
    verdict.text = fields[8];
    verdict.ladder = [];
    for (let at = 9; at + 3 < fields.length; at += 4) {
      verdict.ladder.push({ side: fields[at] === '0' ? 'client' : 'server',
        after: Number(BigInt(fields[at + 1]) - verdict.start) / 1e6,
        frame: Number(fields[at + 2]), text: fields[at + 3] });
    }
    return verdict;
  }

  group(fields) {
    return { cause: fields[1], confidence: Number(fields[2]), party: fields[3],
      client: hostOf(fields[4]), text: fields[5],
      connections: fields.slice(6, -1).map(Number) };
  }

  // Lets the page breathe; false when a newer job has begun.
  async pause(job, told) {
    if (told.since === undefined || performance.now() - told.since > SLICE_MS) {
      await new Promise((resolve) => setTimeout(resolve));
      told.since = performance.now();
    }
    return this.job === job;
  }

  async lines(text, job, out) {
    const told = {};
    for (const line of text.split('\n')) {
      if (!await this.pause(job, told)) { return null; }
      const verdict = line && this.line(line);
      if (verdict) { out.verdicts.push(verdict); }
    }
    return out;
  }

  async capture(first, chunks, job, out, progress) {
    const random = crypto.getRandomValues(new BigUint64Array(1))[0];
    if (!this.c.capture_begin(random)) { throw new Error('out of memory'); }
    const links = new Set();
    const reader = new CaptureReader((link, time, data) => {
      if (!this.c.capture_frame(link, time, this.put(data))) {
        links.add(link);
      }
    });
    const told = {};
    try {
      for (let chunk = first; chunk; chunk = await chunks.next()) {
        for (let at = 0; at < chunk.length; at += 1 << 16) {
          if (!await this.pause(job, told)) { return null; }
          reader.push(chunk.subarray(at, at + (1 << 16)));
        }
        this.take(out);
        progress(chunks.read);
      }
      out.damage = reader.finish();
    } catch (error) {
      if (!reader.frames) { throw error; }
      out.damage = error.message;
    }
    if (this.job !== job) { return null; }
    this.c.capture_end();
    this.take(out);
    COUNTS.forEach((name, which) => {
      out.counts[name] = this.c.capture_count(which);
    });
    out.frames = reader.frames;
    out.links = [...links];
    out.verdicts.sort((a, b) => a.index - b.index);
    return out;
  }

  // Whatever it is: a capture, a hello in bytes or hexadecimal, or a text, from
  // an async iterable of chunks.  null: a newer job has begun meanwhile.
  async any(iterable, progress = () => {}) {
    const job = ++this.job;
    const chunks = new Chunks(iterable);
    const out = { verdicts: [], groups: [], counts: {}, links: [] };
    const first = await chunks.atLeast(4);
    if (this.job !== job) { return null; }
    if (isCapture(first)) {
      return this.capture(first, chunks, job, out, progress);
    }
    const bytes = await chunks.all(first, TEXT_MAX);
    if (this.job !== job) { return null; }
    const text = new TextDecoder().decode(bytes);
    const digits = text.length < 1 << 17 ? text.replace(/\s|:|0x/g, '') : '';
    if (HEX.test(digits)) {
      out.verdicts.push(this.hello(Uint8Array.from(digits.match(/../g),
        (pair) => parseInt(pair, 16))));
    } else if (bytes[0] === 0x16 || bytes[0] & 0x80) {
      out.verdicts.push(this.hello(bytes));
    } else {
      return this.lines(text, job, out);
    }
    return out;
  }
}

// Chunks one after another, with a count of their bytes.
class Chunks {
  constructor(iterable) {
    this.source = iterable[Symbol.asyncIterator]
      ? iterable[Symbol.asyncIterator]() : iterable[Symbol.iterator]();
    this.read = 0;
  }

  async next() {
    const { done, value } = await this.source.next();
    if (done) { return null; }
    this.read += value.length;
    return value;
  }

  // Chunks joined until there are so many bytes, or no more.
  async atLeast(count) {
    let joined = new Uint8Array(0);
    for (let more; joined.length < count && (more = await this.next());) {
      joined = join([joined, more]);
    }
    return joined;
  }

  async all(first, max) {
    const parts = [first];
    for (let more; this.read < max && (more = await this.next());) {
      parts.push(more);
    }
    return join(parts);
  }
}

function join(parts) {
  const all = new Uint8Array(parts.reduce((sum, one) => sum + one.length, 0));
  let at = 0;
  for (const part of parts) { all.set(part, at); at += part.length; }
  return all;
}

// The chunks of a file, unpacked if it is gzipped.
async function* chunksOf(blob) {
  const head = new Uint8Array(await blob.slice(0, 2).arrayBuffer());
  const packed = head[0] === 0x1f && head[1] === 0x8b;
  const reader = (packed ? blob.stream().pipeThrough(
    new DecompressionStream('gzip')) : blob.stream()).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) { return; }
      yield value;
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}
