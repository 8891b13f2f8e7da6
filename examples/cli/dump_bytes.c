/* dump_bytes.c: dumps that hold the stream itself. */
#include <stdlib.h>
#include <string.h>

#include "dump.h"
#include "dump_talk.h"
#include "hexread.h"

enum {
  LINE_BYTES = 32,
  HELLO = 1,
  SERVER_HELLO = 2,
  SERVER_DONE = 14,
  MESSAGE_MAX = 16384
};

/* ---- openssl -debug ----
 * "write to 0x55ac [0x55ad] (112 bytes => 112 (0x70))" and lines such as
 * "0010 - 7e f0 3e eb 8f f1 b8 fd-ab de 5a 5e 60 64 69 d1   ~.>.......". */

int dump_debug_line(const struct dump_line *line)
{
  return (dump_has(line, "write to 0x") || dump_has(line, "read from 0x")) &&
         dump_has(line, " bytes => ");
}

/* The bytes of a line that continues at `offset`. */
static size_t debug_bytes(const struct dump_line *line, size_t offset,
                          uint8_t *bytes)
{
  size_t at = dump_indent(line);
  size_t start = at;
  uint32_t value = dump_number(line, &at, 16);

  if (at < start + 4 || value != offset || line->len - at < 3 ||
      memcmp(line->ptr + at, " - ", 3) != 0) {
    return 0;
  }
  return dump_hex_pairs(line, at + 3, bytes, LINE_BYTES);
}

/* A client writes first, s_server reads first. */
static unsigned debug_printer(const uint8_t *text, size_t len)
{
  const uint8_t *at = text;
  struct dump_line line;

  while (dump_next_line(&at, text + len, &line)) {
    if (dump_debug_line(&line) && !dump_has(&line, "=> -1 ")) {
      return dump_has(&line, "write to 0x") ? TLSDIAG_FROM_CLIENT
                                            : TLSDIAG_FROM_SERVER;
    }
  }
  return TLSDIAG_FROM_CLIENT;
}

int dump_debug_feed(const uint8_t *text, size_t len, struct judged *j)
{
  const uint8_t *at = text;
  struct dump_line line;
  unsigned printer = debug_printer(text, len);
  unsigned from = printer;
  unsigned fed = 0;
  size_t offset = 0;
  size_t limit = 0;
  size_t behind;

  while (dump_next_line(&at, text + len, &line)) {
    uint8_t bytes[LINE_BYTES];
    size_t count;

    if (dump_debug_line(&line)) {
      from = dump_has(&line, "write to 0x") ? printer : printer ^ 1u;
      offset = 0;
      limit = dump_find(&line, " bytes => ", &behind)
                  ? dump_number(&line, &behind, 10)
                  : 0;
    } else if (offset < limit) {
      count = debug_bytes(&line, offset, bytes);
      count = count < limit - offset ? count : limit - offset;
      dump_bytes(j, from, bytes, count);
      offset += count;
      fed |= count > 0;
    }
  }
  return fed != 0;
}

/* ---- hex of one direction ---- */

/* Whose bytes a lone stream is. */
static unsigned side_of(const uint8_t *bytes, size_t len)
{
  size_t type = bytes[0] == DUMP_HANDSHAKE ? 5 : 0;

  if (bytes[0] == DUMP_ALERT || (len > type && bytes[type] >= SERVER_HELLO &&
                                 bytes[type] <= SERVER_DONE)) {
    return TLSDIAG_FROM_SERVER;
  }
  return TLSDIAG_FROM_CLIENT;
}

int dump_hex_feed(const uint8_t *text, size_t len, struct judged *j)
{
  uint8_t *bytes = malloc(len / 2 + 1);
  size_t count;

  if (bytes == NULL) {
    return 0;
  }
  count = hexread(text, len, bytes);
  if (count > 5) {
    unsigned from = side_of(bytes, count);

    if (bytes[0] == HELLO || bytes[0] == SERVER_HELLO) {
      /* A message without its record. */
      dump_record(j, from, DUMP_HANDSHAKE, 0x301, bytes,
                  count < MESSAGE_MAX ? count : MESSAGE_MAX);
    } else {
      dump_bytes(j, from, bytes, count);
    }
  }
  free(bytes);
  return count > 5;
}
