/* dump_curl_trace.c: curl --trace: record headers and messages in hex, those
 * that were encrypted in clear.
 *
 *   => Send SSL data, 5 bytes (0x5)
 *   0000: 16 03 01 00 91                                  .....
 *   == Info: TLSv1.2 (OUT), TLS handshake, Client hello (1):
 *   => Send SSL data, 145 bytes (0x91)
 *   0000: 01 00 00 8d 03 03 c3 4d ...
 *
 * --trace-ascii shows no bytes and is read by its names. */
#include <stdlib.h>
#include <string.h>

#include "dump.h"
#include "dump_talk.h"

enum { LINE_BYTES = 16 };

struct block {
  unsigned from;
  unsigned type; /* DUMP_* that a line of information announced */
  size_t length;
  size_t have;
  uint8_t body[DUMP_BODY_MAX];
};

static int data_line(const struct dump_line *line)
{
  return dump_has(line, "=> Send SSL data, ") ||
         dump_has(line, "<= Recv SSL data, ");
}

int dump_curl_trace_line(const struct dump_line *line)
{
  return data_line(line);
}

static void end_block(struct dump_talk *t, struct block *b)
{
  if (b->length == 5 && b->have == 5 && b->body[0] >= DUMP_CCS &&
      b->body[0] <= DUMP_DATA && b->body[1] == 3 && b->type == 0) {
    dump_talk_header(t, b->from, b->body[0],
                     (unsigned)b->body[1] << 8 | b->body[2],
                     (size_t)b->body[3] << 8 | b->body[4]);
  } else if (b->have > 0 && b->type != 0) {
    dump_talk_message(t, b->from, b->type, b->body, b->have, b->length);
    b->type = 0;
  }
  b->length = 0;
  b->have = 0;
}

static void begin_block(struct block *b, const struct dump_line *line)
{
  size_t at = 0;
  uint32_t len;

  b->from =
      dump_has(line, "=> Send") ? TLSDIAG_FROM_CLIENT : TLSDIAG_FROM_SERVER;
  (void)dump_find(line, "SSL data, ", &at);
  len = dump_number(line, &at, 10);
  b->length = len < DUMP_BODY_MAX ? len : DUMP_BODY_MAX;
}

/* The message behind it is of this type; one inner byte of TLS 1.3 is none. */
static unsigned announced(const struct dump_line *line)
{
  if (dump_has(line, ", TLS handshake, ")) {
    return DUMP_HANDSHAKE;
  }
  if (dump_has(line, ", TLS alert, ")) {
    return DUMP_ALERT;
  }
  return dump_has(line, ", TLS change cipher, ") ? DUMP_CCS : 0;
}

/* "0010: 01 02" of a block that continues at that offset. */
static void data(struct block *b, const struct dump_line *line)
{
  size_t at = dump_indent(line);
  size_t start = at;
  size_t room = b->length - b->have;
  uint32_t offset = dump_number(line, &at, 16);

  if (at < start + 4 || at >= line->len || line->ptr[at] != ':' ||
      offset != b->have) {
    return;
  }
  b->have += dump_hex_pairs(line, at + 1, b->body + b->have,
                            room < LINE_BYTES ? room : LINE_BYTES);
}

static void read_line(struct dump_talk *t, struct block *b,
                      const struct dump_line *line)
{
  unsigned type = announced(line);

  if (type != 0 && dump_curl_line(line)) {
    end_block(t, b);
    b->type = type;
  } else if (data_line(line)) {
    end_block(t, b);
    begin_block(b, line);
  } else if (b->have < b->length) {
    data(b, line);
  }
}

/* 1 if the data are shown as characters only: 64 in a line. */
static int is_ascii(const uint8_t *text, size_t len)
{
  const uint8_t *at = text;
  struct dump_line line;
  size_t hex = 0;
  size_t lines = 0;
  int in_block = 0;

  while (dump_next_line(&at, text + len, &line)) {
    uint8_t bytes[LINE_BYTES];
    size_t colon = dump_indent(&line);

    if (data_line(&line)) {
      in_block = 1;
    } else if (in_block) {
      (void)dump_number(&line, &colon, 16);
      lines++;
      hex += colon < line.len && line.ptr[colon] == ':' &&
             dump_hex_pairs(&line, colon + 1, bytes, LINE_BYTES) > 0;
      in_block = 0;
    }
  }
  return hex * 2 < lines;
}

int dump_curl_trace_feed(const uint8_t *text, size_t len, struct judged *j)
{
  struct dump_talk t;
  struct block *b;
  const uint8_t *at = text;
  struct dump_line line;

  if (is_ascii(text, len)) {
    return dump_curl_feed(text, len, j);
  }
  b = calloc(1, sizeof *b);
  if (b == NULL) {
    return 0;
  }
  dump_talk_init(&t, j);
  while (dump_next_line(&at, text + len, &line)) {
    read_line(&t, b, &line);
  }
  end_block(&t, b);
  free(b);
  dump_talk_end(&t, TLSDIAG_FROM_CLIENT, text, len);
  return t.said != 0;
}
