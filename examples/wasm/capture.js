// capture.js: pcap and pcapng down to TCP connections, for the page.
'use strict';

// Yields {time (us, BigInt), link, data} for each packet.
function* packets(file) {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < 24) { throw new Error('too short for a capture'); }
  const magic = view.getUint32(0, false);
  if (magic === 0x0a0d0d0a) { yield* pcapng(view); return; }
  const little = magic === 0xd4c3b2a1 || magic === 0x4d3cb2a1;
  if (!little && magic !== 0xa1b2c3d4 && magic !== 0xa1b23c4d) {
    throw new Error('neither pcap nor pcapng');
  }
  const nano = magic === 0x4d3cb2a1 || magic === 0xa1b23c4d;
  const link = view.getUint32(20, little) & 0xffff;
  for (let at = 24; at + 16 <= view.byteLength;) {
    const seconds = view.getUint32(at, little);
    const fraction = view.getUint32(at + 4, little);
    const length = view.getUint32(at + 8, little);
    if (at + 16 + length > view.byteLength) { return; }
    yield { time: BigInt(seconds) * 1000000n +
        BigInt(nano ? Math.floor(fraction / 1000) : fraction),
      link, data: new Uint8Array(view.buffer, view.byteOffset + at + 16,
        length) };
    at += 16 + length;
  }
}

function* pcapng(view) {
  let little = true, interfaces = [];
  for (let at = 0; at + 12 <= view.byteLength;) {
    if (view.getUint32(at, false) === 0x0a0d0d0a) {
      little = view.getUint32(at + 8, true) === 0x1a2b3c4d;
      interfaces = [];
    }
    const type = view.getUint32(at, little);
    const length = view.getUint32(at + 4, little);
    if (length < 12 || at + length > view.byteLength) { return; }
    if (type === 1) {
      interfaces.push(interfaceOf(view, at, length, little));
    } else if (type === 6 && length >= 32) {
      const from = interfaces[view.getUint32(at + 8, little)];
      const stamp = BigInt(view.getUint32(at + 12, little)) << 32n |
        BigInt(view.getUint32(at + 16, little));
      const size = view.getUint32(at + 20, little);
      if (from && size <= length - 32) {
        yield { time: stamp * 1000000n / from.units, link: from.link,
          data: new Uint8Array(view.buffer, view.byteOffset + at + 28, size) };
      }
    }
    at += length;
  }
}

function interfaceOf(view, at, length, little) {
  let units = 1000000n;
  for (let option = at + 16; option + 4 <= at + length - 4;) {
    const code = view.getUint16(option, little);
    const size = view.getUint16(option + 2, little);
    if (code === 9) { // if_tsresol
      const value = view.getUint8(option + 4);
      units = value & 0x80 ? 1n << BigInt(value & 0x7f) : 10n ** BigInt(value);
    }
    if (code === 0) { break; }
    option += 4 + (size + 3 & ~3);
  }
  return { link: view.getUint16(at + 8, little), units };
}

// Where the IP header starts, or -1.
function ipOffset(link, data) {
  let at, type;
  switch (link) {
  case 1: at = 14; type = data[12] << 8 | data[13]; break;
  case 113: at = 16; type = data[14] << 8 | data[15]; break;
  case 276: at = 20; type = data[0] << 8 | data[1]; break;
  case 0: case 108: return 4;
  case 12: case 101: case 228: case 229: return 0;
  default: return -1;
  }
  while (type === 0x8100 || type === 0x88a8) {
    type = data[at + 2] << 8 | data[at + 3];
    at += 4;
  }
  return type === 0x0800 || type === 0x86dd ? at : -1;
}

// One TCP segment, or null.
function segmentOf({ time, link, data }) {
  let ip = ipOffset(link, data);
  if (ip < 0 || data.length < ip + 40) { return null; }
  const word = (at) => data[at] << 8 | data[at + 1];
  const s = { time, flags: 0, ipId: 0 };
  let tcp, end;
  if (data[ip] >> 4 === 4) {
    if (data[ip + 9] !== 6 || word(ip + 6) & 0x3fff & 0x1fff) { return null; }
    tcp = ip + (data[ip] & 15) * 4;
    end = ip + word(ip + 2);
    s.ttl = data[ip + 8];
    s.ipId = word(ip + 4);
    s.flags = word(ip + 6) & 0x4000 ? 4 : 0;
    s.from = Array.from(data.subarray(ip + 12, ip + 16)).join('.');
    s.to = Array.from(data.subarray(ip + 16, ip + 20)).join('.');
  } else {
    if (data[ip + 6] !== 6) { return null; }
    const address = (at) => Array.from({ length: 8 }, (_, i) =>
      word(at + 2 * i).toString(16)).join(':');
    tcp = ip + 40;
    end = tcp + word(ip + 4);
    s.ttl = data[ip + 7];
    s.flags = 8;
    s.from = `[${address(ip + 8)}]`;
    s.to = `[${address(ip + 24)}]`;
  }
  if (data.length < tcp + 20) { return null; }
  s.from += ':' + word(tcp);
  s.to += ':' + word(tcp + 2);
  s.seq = (word(tcp + 4) * 65536 + word(tcp + 6)) >>> 0;
  s.ack = (word(tcp + 8) * 65536 + word(tcp + 10)) >>> 0;
  s.tcpFlags = data[tcp + 13];
  s.window = word(tcp + 14);
  const start = tcp + (data[tcp + 12] >> 4) * 4;
  s.mss = 0;
  for (let at = tcp + 20; at + 1 < start && data[at] !== 0;) {
    if (data[at] === 1) { at++; continue; }
    if (data[at] === 2) { s.mss = word(at + 2); }
    at += Math.max(data[at + 1], 2);
  }
  s.payload = data.subarray(start, Math.max(start, Math.min(end,
    data.length)));
  s.length = Math.max(0, end - start);
  return s;
}

// [{client, server, segments}] in the order they began.
function connections(file) {
  const open = new Map(), all = [];
  for (const packet of packets(file)) {
    const s = segmentOf(packet);
    if (!s) { continue; }
    const key = [s.from, s.to].sort().join(' ');
    let c = open.get(key);
    const syn = (s.tcpFlags & 0x12) === 2;
    if (!c || (syn && c.segments.some((old) => (old.tcpFlags & 2) === 0))) {
      const fromServer = (s.tcpFlags & 0x12) === 0x12 || (!syn &&
        Number(s.from.split(':').pop()) < Number(s.to.split(':').pop()));
      c = { client: fromServer ? s.to : s.from,
        server: fromServer ? s.from : s.to, segments: [] };
      open.set(key, c);
      all.push(c);
    }
    s.side = s.from === c.client ? 0 : 1;
    c.segments.push(s);
  }
  return all;
}

if (typeof module !== 'undefined') { module.exports = { connections }; }
