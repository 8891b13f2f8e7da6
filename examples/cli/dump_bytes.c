/* dump_bytes.c: dumps that hold the stream itself. */
#include <stdlib.h>
#include <string.h>

#include "dump.h"
#include "hexread.h"

enum { LINE_BYTES = 32, HELLO = 1, SERVER_HELLO = 2, SERVER_DONE = 14 };

/* "0010 - 7e f0 3e eb 8f f1 b8 fd-ab de 5a 5e 60 64 69 d1   ~.>......." */
static size_t debug_line(const struct dump_line *line, uint8_t *bytes)
{
  size_t at;

  if (!dump_find(line, " - ", &at) || at > 9) {
    return 0;
  }
  return dump_hex_pairs(line, at, bytes, LINE_BYTES);
}

int dump_feed_debug(const uint8_t *text, size_t len, struct judged *j)
{
  const uint8_t *at = text;
  struct dump_line line;
  unsigned from = TLSDIAG_FROM_CLIENT;
  unsigned fed = 0;
  int in_block = 0;
  size_t behind;

  while (dump_next_line(&at, text + len, &line)) {
    uint8_t bytes[LINE_BYTES];
    size_t count;

    if (dump_find(&line, "write to 0x", &behind)) {
      from = TLSDIAG_FROM_CLIENT;
      in_block = 1;
    } else if (dump_find(&line, "read from 0x", &behind)) {
      from = TLSDIAG_FROM_SERVER;
      in_block = 1;
    } else if (in_block && (count = debug_line(&line, bytes)) > 0) {
      (void)tlsdiag_flow_feed(&j->flow, from, 0, bytes, count, NULL);
      fed = 1;
    } else {
      in_block = 0;
    }
  }
  return fed != 0;
}

/* Whose bytes a lone stream is. */
static unsigned side_of(const uint8_t *bytes, size_t len)
{
  size_t type = bytes[0] == 22 ? 5 : 0;

  if (bytes[0] == 21 || (len > type && bytes[type] >= SERVER_HELLO &&
                         bytes[type] <= SERVER_DONE)) {
    return TLSDIAG_FROM_SERVER;
  }
  return TLSDIAG_FROM_CLIENT;
}

int dump_feed_hex(const uint8_t *text, size_t len, struct judged *j)
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
      dump_record(j, from, 22, 0x301, bytes, count < 16384 ? count : 16384);
    } else {
      (void)tlsdiag_flow_feed(&j->flow, from, 0, bytes, count, NULL);
    }
  }
  free(bytes);
  return count > 5;
}
