#include "dump_packets.h"

#include <stdlib.h>
#include <string.h>

#include "capture.h"
#include "dump_line.h"
#include "out.h"

enum {
  PACKET_MAX = 65535,
  LINE_BYTES = 16,
  LINK_ETHERNET = 1,
  LINK_RAW = 101, /* IP without anything in front */
  IP_MIN = 20
};

struct packet_text {
  size_t len; /* of the bytes of the packet at hand */
  uint32_t seconds;
  uint32_t micros;
  uint8_t bytes[PACKET_MAX + LINE_BYTES];
};

/* The bytes of "0x0010:  cb00 710a ..." (tcpdump) or "0010  cb 00 71 0a ..."
 * (tshark) at that offset; 0 for any other line. */
static size_t hex_line(const struct dump_line *line, size_t offset,
                       uint8_t *bytes)
{
  size_t at = dump_indent(line);
  size_t start;
  size_t count = 0;
  int is_tcpdump = dump_begins(line, "0x", &at);
  uint32_t value;

  start = at;
  value = dump_number(line, &at, 16);
  if (at < start + 4 || at + 2 >= line->len || value != offset ||
      line->ptr[at] != (is_tcpdump ? ':' : ' ') || line->ptr[at + 1] != ' ') {
    return 0;
  }
  at += 2;
  while (count < LINE_BYTES && at + 1 < line->len) {
    at += line->ptr[at] == ' ';
    if (dump_hex_run(&(struct dump_line){line->ptr + at, line->len - at}, 0,
                     bytes + count, 1) == 0) {
      break;
    }
    count++;
    at += 2;
  }
  return count;
}

/* "03:47:29.444474 IP" with or without a date; else the packet before stands a
 * millisecond away. */
static void read_time(struct packet_text *p, const struct dump_line *line)
{
  uint32_t part[4];
  size_t at = 0;
  size_t i;
  size_t start;

  for (; at + 8 < line->len && at < 12; at++) {
    if (line->ptr[at] == ':') {
      break;
    }
  }
  if (at < 2 || at + 8 >= line->len || line->ptr[at] != ':') {
    return;
  }
  at -= 2;
  for (i = 0; i < 4; i++) {
    start = at;
    part[i] = dump_number(line, &at, 10);
    if (at == start || at >= line->len) {
      return;
    }
    at++;
  }
  p->seconds = 86400 + part[0] * 3600 + part[1] * 60 + part[2];
  p->micros = part[3] < 1000000 ? part[3] : 0;
}

static void put32(uint8_t *out, uint32_t value)
{
  out[0] = (uint8_t)(value >> 24);
  out[1] = (uint8_t)(value >> 16);
  out[2] = (uint8_t)(value >> 8);
  out[3] = (uint8_t)value;
}

/* One packet in the format of libpcap. */
static void write_packet(struct out *o, struct packet_text *p)
{
  uint8_t head[16];

  if (p->len >= IP_MIN) {
    put32(head, p->seconds);
    put32(head + 4, p->micros);
    put32(head + 8, (uint32_t)p->len);
    put32(head + 12, (uint32_t)p->len);
    out_bytes(o, head, sizeof head);
    out_bytes(o, p->bytes, p->len);
    p->micros = (p->micros + 1000) % 1000000;
  }
  p->len = 0;
}

/* An IP header begins with its version, and says how long it is. */
static int is_ip(const uint8_t *bytes, size_t len)
{
  size_t told;

  if (len < IP_MIN) {
    return 0;
  }
  told = bytes[0] >> 4 == 4 ? (size_t)bytes[2] << 8 | bytes[3]
                            : ((size_t)bytes[4] << 8 | bytes[5]) + 40;
  return (bytes[0] >> 4 == 4 && (bytes[0] & 15) >= 5 && bytes[8] != 0 &&
          told >= IP_MIN && told <= PACKET_MAX) ||
         (bytes[0] >> 4 == 6 && len >= 40 && (bytes[6] == 6 || bytes[6] == 17));
}

static int link_of(const uint8_t *bytes, size_t len)
{
  if (is_ip(bytes, len)) {
    return LINK_RAW;
  }
  if (len > 14 + IP_MIN && ((bytes[12] == 8 && bytes[13] == 0) ||
                            (bytes[12] == 0x86 && bytes[13] == 0xdd) ||
                            (bytes[12] == 0x81 && bytes[13] == 0))) {
    return LINK_ETHERNET;
  }
  return -1;
}

/* Goes through the text; o NULL: up to the end of the first packet.  Returns
 * the link type of the first packet, -1 if there is none. */
static int convert(const uint8_t *text, size_t len, struct packet_text *p,
                   struct out *o)
{
  const uint8_t *at = text;
  struct dump_line line;
  int link = -1;

  memset(p, 0, sizeof *p);
  while (dump_next_line(&at, text + len, &line)) {
    uint8_t bytes[LINE_BYTES];
    size_t count = hex_line(&line, p->len, bytes);

    if (count == 0 && p->len > 0) {
      link = link < 0 ? link_of(p->bytes, p->len) : link;
      if (o == NULL) {
        return link;
      }
      write_packet(o, p);
      count = hex_line(&line, 0, bytes);
    }
    if (count > 0 && p->len + count <= PACKET_MAX) {
      memcpy(p->bytes + p->len, bytes, count);
      p->len += count;
    } else {
      read_time(p, &line);
    }
  }
  link = link < 0 && p->len > 0 ? link_of(p->bytes, p->len) : link;
  if (o != NULL) {
    write_packet(o, p);
  }
  return link;
}

int dump_packets_recognise(const uint8_t *text, size_t len)
{
  static struct packet_text p; /* 64 KiB */

  return convert(text, len, &p, NULL) >= 0;
}

static void write_head(struct out *o, int link)
{
  static const uint8_t magic[8] = {0xa1, 0xb2, 0xc3, 0xd4, 0, 2, 0, 4};
  uint8_t head[24];

  memset(head, 0, sizeof head);
  memcpy(head, magic, sizeof magic);
  put32(head + 16, PACKET_MAX);
  put32(head + 20, (uint32_t)link);
  out_bytes(o, head, sizeof head);
}

/* The packets as a file that the reader of captures opens. */
static int report(struct tool *t, const char *name, const struct out *pcap)
{
  struct source s;
  int status = -1;

  memset(&s, 0, sizeof s);
  s.name = name;
  s.is_unpacked = 1;
  s.stream = tmpfile();
  if (s.stream == NULL ||
      fwrite(pcap->text, 1, pcap->len, s.stream) != pcap->len ||
      fseek(s.stream, 0, SEEK_SET) != 0) {
    tool_warn(t, name, "no room for a temporary file");
  } else {
    status = capture_report(t, &s);
  }
  source_close(&s);
  return status;
}

int dump_packets_report(struct tool *t, const char *name, const uint8_t *text,
                        size_t len)
{
  struct packet_text *p = malloc(sizeof *p);
  struct out pcap;
  int status = -1;

  out_init(&pcap, NULL);
  if (p == NULL) {
    tool_warn(t, name, "out of memory");
  } else {
    write_head(&pcap, convert(text, len, p, NULL));
    (void)convert(text, len, p, &pcap);
    status = report(t, name, &pcap);
  }
  free(p);
  t->out.failed |= out_close(&pcap) != 0;
  return status;
}
