/* dump_kind.c: which tool printed this, and small helpers for all of them. */
#include <string.h>

#include "dump.h"
#include "hexread.h"

enum { LOOK_AT = 64 << 10, HEX_MIN = 11 };

int dump_next_line(const uint8_t **at, const uint8_t *end,
                   struct dump_line *line)
{
  const uint8_t *stop;

  if (*at == end) {
    return 0;
  }
  stop = memchr(*at, '\n', (size_t)(end - *at));
  line->ptr = *at;
  line->len = (size_t)((stop != NULL ? stop : end) - *at);
  *at = stop != NULL ? stop + 1 : end;
  if (line->len > 0 && line->ptr[line->len - 1] == '\r') {
    line->len--;
  }
  return 1;
}

int dump_find(const struct dump_line *line, const char *word, size_t *behind)
{
  size_t len = strlen(word);
  size_t i;

  for (i = 0; i + len <= line->len; i++) {
    if (memcmp(line->ptr + i, word, len) == 0) {
      *behind = i + len;
      return 1;
    }
  }
  return 0;
}

static int digit(uint8_t c)
{
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  c |= 0x20;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Two digits and no third. */
static int is_pair(const struct dump_line *line, size_t at)
{
  const uint8_t *p = line->ptr + at;

  return at + 1 < line->len && digit(p[0]) >= 0 && digit(p[1]) >= 0 &&
         (at + 2 == line->len || digit(p[2]) < 0);
}

size_t dump_hex_pairs(const struct dump_line *line, size_t at, uint8_t *out,
                      size_t max)
{
  size_t count = 0;
  size_t blanks = 0;

  while (at < line->len && (line->ptr[at] == ' ' || line->ptr[at] == '\t')) {
    at++;
  }
  while (at < line->len && count < max && blanks < 3) {
    uint8_t c = line->ptr[at];

    if (c == ' ' || c == '\t' || c == '-') {
      blanks++;
      at++;
    } else if (is_pair(line, at)) {
      out[count++] = (uint8_t)(digit(c) << 4 | digit(line->ptr[at + 1]));
      at += 2;
      blanks = 0;
    } else {
      break;
    }
  }
  return count;
}

/* "1 2  0.0034 (0.0016)  S>C" and the older "S > C". */
static int is_ssldump(const struct dump_line *line)
{
  size_t at;

  return dump_find(line, " (0.", &at) &&
         (dump_find(line, "C>S", &at) || dump_find(line, "S>C", &at) ||
          dump_find(line, "C > S", &at) || dump_find(line, "S > C", &at));
}

static enum dump_kind kind_of(const struct dump_line *line)
{
  size_t at;

  if (line->len > 4 &&
      (memcmp(line->ptr, ">>> ", 4) == 0 ||
       memcmp(line->ptr, "<<< ", 4) == 0) &&
      dump_find(line, "[length ", &at)) {
    return DUMP_MSG;
  }
  if ((dump_find(line, "write to 0x", &at) ||
       dump_find(line, "read from 0x", &at)) &&
      dump_find(line, " bytes => ", &at)) {
    return DUMP_DEBUG;
  }
  return is_ssldump(line) ? DUMP_SSLDUMP : DUMP_NONE;
}

/* A record, a ClientHello without its record, an SSLv2-format hello. */
static int could_be_tls(const uint8_t *bytes)
{
  return (bytes[0] >= 0x14 && bytes[0] <= 0x18 && bytes[1] == 3) ||
         (bytes[0] == 1 && bytes[1] == 0 && bytes[4] == 3) ||
         ((bytes[0] & 0x80) && bytes[2] == 1 && bytes[3] <= 3);
}

/* Mostly hexadecimal digits, and a length byte pair that TLS could have. */
static int is_hex(const uint8_t *text, size_t len)
{
  uint8_t bytes[LOOK_AT / 2];
  size_t part = len < LOOK_AT ? len : LOOK_AT;
  size_t count = hexread(text, part, bytes);
  size_t i;
  size_t digits = 0;

  for (i = 0; i < part; i++) {
    digits += digit(text[i]) >= 0;
  }
  if (count < HEX_MIN || digits * 3 < part || count * 5 < digits) {
    return 0;
  }
  return could_be_tls(bytes);
}

enum dump_kind dump_recognise(const uint8_t *text, size_t len)
{
  const uint8_t *at = text;
  const uint8_t *end = text + (len < LOOK_AT ? len : LOOK_AT);
  struct dump_line line;
  enum dump_kind best = DUMP_NONE;
  size_t behind;

  while (len > 0 && dump_next_line(&at, end, &line)) {
    enum dump_kind kind = kind_of(&line);

    if (kind == DUMP_DEBUG) {
      return DUMP_DEBUG; /* the raw stream is better than its messages */
    }
    if (best == DUMP_SSLDUMP && dump_find(&line, "Packet data[", &behind)) {
      return DUMP_SSLDUMP_HEX;
    }
    best = best == DUMP_NONE ? kind : best;
  }
  return best == DUMP_NONE && len > 0 && is_hex(text, len) ? DUMP_HEX : best;
}

const char *dump_name(enum dump_kind kind)
{
  static const char *const names[] = {"text",           "openssl -msg",
                                      "openssl -debug", "ssldump -x",
                                      "ssldump",        "hexadecimal"};

  return names[kind];
}

void dump_record(struct judged *j, unsigned from, unsigned type,
                 unsigned version, const uint8_t *body, size_t len)
{
  uint8_t header[5];

  header[0] = (uint8_t)type;
  header[1] = (uint8_t)(version >> 8);
  header[2] = (uint8_t)version;
  header[3] = (uint8_t)(len >> 8);
  header[4] = (uint8_t)len;
  (void)tlsdiag_flow_feed(&j->flow, from, 0, header, sizeof header, NULL);
  (void)tlsdiag_flow_feed(&j->flow, from, 0, body, len, NULL);
}

void dump_alert(struct judged *j, unsigned side, unsigned alert)
{
  tlsdiag_hint hint;

  memset(&hint, 0, sizeof hint);
  hint.size = sizeof hint;
  hint.alert = (uint16_t)alert;
  hint.side = (uint8_t)side;
  hint.nature = TLSDIAG_NATURE_SENT;
  (void)tlsdiag_flow_hint(&j->flow, &hint, 0);
}

int dump_feed(enum dump_kind kind, const uint8_t *text, size_t len,
              struct judged *j)
{
  int fed;

  switch (kind) {
  case DUMP_MSG:
    fed = dump_feed_msg(text, len, j);
    break;
  case DUMP_DEBUG:
    fed = dump_feed_debug(text, len, j);
    break;
  case DUMP_SSLDUMP:
    fed = dump_feed_ssldump(text, len, j, 0);
    break;
  case DUMP_SSLDUMP_HEX:
    fed = dump_feed_ssldump(text, len, j, 1);
    break;
  case DUMP_HEX:
    fed = dump_feed_hex(text, len, j);
    break;
  default:
    return 0;
  }
  judged_verdict(j);
  return fed && (kind == DUMP_HEX ||
                 (j->verdict.outcome != TLSDIAG_OUTCOME_INCOMPLETE &&
                  j->verdict.causes[0].id != TLSDIAG_CAUSE_UNKNOWN));
}
