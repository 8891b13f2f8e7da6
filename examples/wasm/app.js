// app.js: what was pasted or dropped, to the module, to the page.
'use strict';

class Diagnosis {
  constructor(instance) {
    this.c = instance.exports;
  }

  words(length) {
    return new TextDecoder().decode(new Uint8Array(this.c.memory.buffer,
      this.c.output(), length));
  }

  put(bytes) {
    const part = bytes.subarray(0, this.c.input_size());
    new Uint8Array(this.c.memory.buffer).set(part, this.c.input());
    return part.length;
  }

  feed(side, time, bytes) {
    for (let at = 0; at < bytes.length; at += this.c.input_size()) {
      this.c.feed(side, time, this.put(bytes.subarray(at)));
    }
  }

  // The verdict on the flow, its words, and the ladder of what was seen.
  answer(client, server) {
    const verdict = JSON.parse(this.words(this.c.verdict()));
    verdict.client = client || null;
    verdict.server = server || null;
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
    this.c.begin(0);
    this.feed(0, 0n, bytes);
    this.c.close(0, 5, 0n);
    return [this.answer()];
  }

  // Each line by itself; lines that say nothing are left out.
  text(text) {
    const out = [];
    for (const line of text.split('\n')) {
      this.c.begin(0);
      if (line && this.c.hint(this.put(new TextEncoder().encode(line))) > 0) {
        const verdict = this.answer();
        verdict.line = line;
        out.push(verdict);
      }
    }
    return out;
  }

  capture(bytes) {
    return connections(bytes).map((c) => this.connection(c));
  }

  // TCP put in order: a segment that comes early waits, a hole is a gap.
  connection({ client, server, segments }) {
    const next = [null, null], waiting = [[], []], base = [null, null];
    const closed = [false, false];
    this.c.begin(1);
    const rel = (value, side) => (value - base[side]) >>> 0;
    const take = (s, side) => {
      const ahead = (s.seq - next[side]) | 0;
      const fresh = ahead < 0 ? s.payload.subarray(-ahead) : s.payload;
      if (ahead > 0) { return false; }
      this.feed(side, s.time, fresh);
      next[side] = (next[side] + fresh.length) >>> 0;
      if (s.length > s.payload.length) { // cut short by the capture
        this.c.gap(side, s.time, s.length - s.payload.length);
        next[side] = (next[side] + s.length - s.payload.length) >>> 0;
      }
      return true;
    };
    for (const s of segments) {
      const side = s.side, first = base[side] === null;
      if (first) {
        base[side] = (s.seq + (s.tcpFlags & 2 ? 1 : 0)) >>> 0;
        next[side] = base[side];
      }
      if (s.tcpFlags & 16 && base[1 - side] === null) {
        base[1 - side] = next[1 - side] = s.ack;
      }
      const again = s.length > 0 && ((s.seq - next[side]) | 0) < 0;
      this.c.segment(side, s.tcpFlags & 0x1f, s.ttl, s.flags | (again ? 1 : 0),
        s.ipId, s.window, s.mss, s.length,
        s.tcpFlags & 2 ? 0 : rel(s.seq, side),
        s.tcpFlags & 16 ? rel(s.ack, 1 - side) : 0, s.time);
      if (s.length > 0 && !take(s, side)) {
        waiting[side].push(s);
      }
      waiting[side].sort((a, b) => (a.seq - b.seq) | 0);
      while (waiting[side].length && take(waiting[side][0], side)) {
        waiting[side].shift();
      }
      if (s.tcpFlags & 5 && !closed[side]) {
        closed[side] = true;
        this.c.close(side, s.tcpFlags & 4 ? 2 : 1, s.time);
      }
    }
    const last = segments[segments.length - 1].time;
    for (const side of [0, 1]) {
      for (const s of waiting[side]) {
        this.c.gap(side, last, (s.seq - next[side]) >>> 0);
        next[side] = s.seq;
        take(s, side);
      }
    }
    this.c.close(0, 5, last);
    return this.answer(client, server);
  }

  // Whatever it is: a capture, a hello in bytes or hexadecimal, or a text.
  any(bytes) {
    const magic = new DataView(bytes.buffer, bytes.byteOffset,
      bytes.byteLength).byteLength >= 4 ? bytes.slice(0, 4).join(' ') : '';
    if (['212 195 178 161', '161 178 195 212', '77 60 178 161',
      '161 178 60 77', '10 13 13 10'].includes(magic)) {
      return this.capture(bytes);
    }
    const text = new TextDecoder().decode(bytes);
    const digits = text.replace(/\s|:|0x/g, '');
    if (/^([0-9a-f]{2}){8,}$/i.test(digits)) {
      return this.hello(Uint8Array.from(digits.match(/../g),
        (pair) => parseInt(pair, 16)));
    }
    return bytes[0] === 0x16 || bytes[0] & 0x80 ? this.hello(bytes)
      : this.text(text);
  }
}

if (typeof module !== 'undefined') { module.exports = { Diagnosis }; }
