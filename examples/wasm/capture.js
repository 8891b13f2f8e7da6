// capture.js: pcap and pcapng, as they come, down to frames.
'use strict';

// The first four bytes of a pcap: byte order, units in a second, bytes behind
// the header of a packet (Kuznetzov's format has eight more).
const PCAP = {
  a1b2c3d4: { little: false, units: 1000000n, more: 0 },
  d4c3b2a1: { little: true, units: 1000000n, more: 0 },
  a1b23c4d: { little: false, units: 1000000000n, more: 0 },
  '4d3cb2a1': { little: true, units: 1000000000n, more: 0 },
  a1b2cd34: { little: false, units: 1000000n, more: 8 },
  '34cdb2a1': { little: true, units: 1000000n, more: 8 },
};
const PCAPNG = '0a0d0d0a';
const MAX_FRAME = 1 << 26; // more is damage, not a frame

const magicOf = (bytes) => Array.from(bytes.subarray(0, 4),
  (byte) => byte.toString(16).padStart(2, '0')).join('');
const isCapture = (bytes) =>
  magicOf(bytes) in PCAP || magicOf(bytes) === PCAPNG;

// Bytes in by push(), in pieces of any size; frame(link, time, data) for each
// frame.  `time` is a BigInt of microseconds; `data` lives until it returns.
class CaptureReader {
  #rest = new Uint8Array(0);
  #step = this.#head;
  #little = true;
  #interfaces = [];
  #pcap = null;
  #link = 0;

  constructor(frame) {
    this.frame = frame;
    this.frames = 0;
  }

  push(bytes) {
    let all = bytes;
    if (this.#rest.length) {
      all = new Uint8Array(this.#rest.length + bytes.length);
      all.set(this.#rest);
      all.set(bytes, this.#rest.length);
    }
    const view = new DataView(all.buffer, all.byteOffset, all.byteLength);
    let at = 0;
    for (let used; (used = this.#step(view, at)) > 0;) { at += used; }
    this.#rest = all.slice(at);
  }

  // Nothing more comes: what is wrong with the end, or null.
  finish() {
    if (this.#step === this.#head) {
      throw new Error('too short for a capture');
    }
    return this.#rest.length ? 'the last packet is cut off' : null;
  }

  #tell(link, time, view, at, length) {
    this.frames++;
    this.frame(link, time,
      new Uint8Array(view.buffer, view.byteOffset + at, length));
  }

  // Each step looks at the bytes from `at` on, and returns how many it has
  // used; 0: it needs more than there are.

  #head(view, at) {
    if (view.byteLength - at < 4) { return 0; }
    const magic = magicOf(new Uint8Array(view.buffer, view.byteOffset + at, 4));
    if (magic === PCAPNG) {
      this.#step = this.#block;
      return this.#block(view, at);
    }
    this.#pcap = PCAP[magic];
    if (!this.#pcap) { throw new Error('neither pcap nor pcapng'); }
    if (view.byteLength - at < 24) { return 0; }
    this.#link = view.getUint32(at + 20, this.#pcap.little) & 0xffff;
    this.#step = this.#packet;
    return 24;
  }

  #packet(view, at) {
    const { little, units, more } = this.#pcap;
    const start = at + 16 + more;
    if (start > view.byteLength) { return 0; }
    const length = view.getUint32(at + 8, little);
    if (length > MAX_FRAME) { throw new Error('a packet is damaged'); }
    if (start + length > view.byteLength) { return 0; }
    const time = BigInt(view.getUint32(at, little)) * 1000000n +
      BigInt(view.getUint32(at + 4, little)) * 1000000n / units;
    this.#tell(this.#link, time, view, start, length);
    return 16 + more + length;
  }

  #block(view, at) {
    if (view.byteLength - at < 12) { return 0; }
    if (view.getUint32(at, false) === 0x0a0d0d0a) { // a section
      this.#little = view.getUint32(at + 8, true) === 0x1a2b3c4d;
      this.#interfaces = [];
    }
    const type = view.getUint32(at, this.#little);
    const length = view.getUint32(at + 4, this.#little);
    if (length < 12 || length > MAX_FRAME) {
      throw new Error('a block is damaged');
    }
    if (at + length > view.byteLength) { return 0; }
    if (type === 1) { this.#interface(view, at, length); }
    if (type === 3) { this.#simple(view, at, length); }
    if ((type === 6 || type === 2) && length >= 32) {
      this.#enhanced(view, at, length, type);
    }
    return length;
  }

  #interface(view, at, length) {
    const little = this.#little;
    const one = { link: view.getUint16(at + 8, little), units: 1000000n,
      offset: 0n };
    for (let option = at + 16; option + 4 <= at + length - 4;) {
      const code = view.getUint16(option, little);
      const size = view.getUint16(option + 2, little);
      if (code === 0) { break; }
      if (code === 9 && size === 1) { // if_tsresol: a power of 10 or of 2
        const value = view.getUint8(option + 4);
        one.units = value & 0x80 ? 1n << BigInt(value & 0x7f)
          : 10n ** BigInt(value);
      }
      if (code === 14 && size === 8) { // if_tsoffset
        one.offset = view.getBigInt64(option + 4, little) * 1000000n;
      }
      option += 4 + (size + 3 & ~3);
    }
    this.#interfaces.push(one);
  }

  // An enhanced packet block, or the obsolete one before it.
  #enhanced(view, at, length, type) {
    const little = this.#little;
    const from = this.#interfaces[type === 6 ? view.getUint32(at + 8, little)
      : view.getUint16(at + 8, little)];
    const stamp = BigInt(view.getUint32(at + 12, little)) << 32n |
      BigInt(view.getUint32(at + 16, little));
    const size = view.getUint32(at + 20, little);
    if (!from || size > length - 32) { throw new Error('a block is damaged'); }
    this.#tell(from.link, stamp * 1000000n / from.units + from.offset, view,
      at + 28, size);
  }

  #simple(view, at, length) {
    const from = this.#interfaces[0];
    if (!from) { throw new Error('a block is damaged'); }
    const size = view.getUint32(at + 8, this.#little);
    this.#tell(from.link, 0n, view, at + 12, Math.min(size, length - 16));
  }
}
