/* dump_embedded.c: records inside lines of anything: "first 1503030002022f",
 * b'\x15\x03\x03\x00\x02\x02(', "\u0016\u0003\u0001", 0x16, 0x03, 0x01.
 *
 * Bytes count only if they are whole records, or the beginning of a hello. */
#include <stdlib.h>
#include <string.h>

#include "dump.h"
#include "dump_talk.h"

enum {
  HEADER = 5,
  RECORD_MAX = 16384 + 2048,
  HELLO_SEEN = 11, /* of a hello that was cut: up to its version */
  WORDS_BEFORE = 160
};

enum style { STYLE_NONE, STYLE_X, STYLE_U, STYLE_0X, STYLE_RUN, STYLE_PAIRS };

struct found {
  uint8_t *bytes;
  size_t max;
  size_t len;
};

static int is_hex2(const uint8_t *p, const uint8_t *end)
{
  return end - p >= 2 && dump_digit(p[0]) >= 0 && dump_digit(p[1]) >= 0;
}

static unsigned hex2(const uint8_t *p)
{
  return (unsigned)(dump_digit(p[0]) << 4 | dump_digit(p[1]));
}

static int is_content_type(unsigned value)
{
  return value >= DUMP_CCS && value <= DUMP_DATA;
}

/* Bytes that one spelling of a first byte needs; 0 if none begins here. */
static size_t lead(const uint8_t *p, const uint8_t *end, enum style style)
{
  static const struct {
    const char *text;
    size_t len;
  } leads[] = {{"", 0}, {"\\x", 2}, {"\\u00", 4}, {"0x", 2}, {"", 0}, {"", 0}};
  size_t len = leads[style].len;

  return (size_t)(end - p) >= len + 2 &&
                 memcmp(p, leads[style].text, len) == 0 && is_hex2(p + len, end)
             ? len + 2
             : 0;
}

/* 1 if a number of two digits begins here that can be a content type. */
static int starts_type(const uint8_t *start, const uint8_t *p,
                       const uint8_t *end)
{
  int is_inside = p > start && (dump_digit(p[-1]) >= 0 || p[-1] == 'x');

  return *p == '1' && !is_inside && end - p >= 6 && is_hex2(p, end) &&
         is_content_type(hex2(p));
}

/* Digits of a record: its type, then the 03 of its version. */
static enum style digits_at(const uint8_t *start, const uint8_t *p,
                            const uint8_t *end)
{
  if (!starts_type(start, p, end)) {
    return STYLE_NONE;
  }
  if (memcmp(p + 2, "03", 2) == 0) {
    return STYLE_RUN;
  }
  return (p[2] == ' ' || p[2] == ':') && memcmp(p + 3, "03", 2) == 0
             ? STYLE_PAIRS
             : STYLE_NONE;
}

static enum style style_at(const uint8_t *start, const uint8_t *p,
                           const uint8_t *end)
{
  unsigned style;

  for (style = STYLE_X; style <= STYLE_0X; style++) {
    size_t len = lead(p, end, (enum style)style);

    if (len > 0) {
      return is_content_type(hex2(p + len - 2)) ? (enum style)style
                                                : STYLE_NONE;
    }
  }
  return digits_at(start, p, end);
}

static void add(struct found *f, unsigned byte)
{
  if (f->len < f->max) {
    f->bytes[f->len++] = (uint8_t)byte;
  }
}

static const char escaped[] = "n\nr\rt\tb\bf\fv\va\a0\0\"\"''//\\\\";

/* Escapes, with printable bytes as themselves between them. */
static const uint8_t *escapes(const uint8_t *p, const uint8_t *end,
                              enum style style, struct found *f)
{
  while (p < end && *p != '"' && *p != '\'' && *p >= ' ') {
    size_t len = lead(p, end, style);
    size_t i;

    if (len > 0) {
      add(f, hex2(p + len - 2));
      p += len;
    } else if (*p != '\\') {
      add(f, *p++);
    } else {
      for (i = 0; i + 2 < sizeof escaped && p + 1 < end; i += 2) {
        if ((uint8_t)escaped[i] == p[1]) {
          break;
        }
      }
      if (p + 1 >= end || i + 2 >= sizeof escaped) {
        break;
      }
      add(f, (uint8_t)escaped[i + 1]);
      p += 2;
    }
  }
  return p;
}

/* "0x16, 0x03" over as many lines as it goes. */
static const uint8_t *listed(const uint8_t *p, const uint8_t *end,
                             struct found *f)
{
  while (lead(p, end, STYLE_0X) > 0) {
    const uint8_t *next = p + 4;

    if (next < end && dump_digit(*next) >= 0) {
      break; /* a longer number */
    }
    add(f, hex2(p + 2));
    p = next;
    while (p < end && *p != 0 && strchr(", \t\r\n", *p) != NULL) {
      p++;
    }
  }
  return p;
}

static const uint8_t *pairs(const uint8_t *p, const uint8_t *end,
                            enum style style, struct found *f)
{
  while (is_hex2(p, end)) {
    if (style == STYLE_PAIRS && end - p > 2 && dump_digit(p[2]) >= 0) {
      break;
    }
    add(f, hex2(p));
    p += 2;
    if (style == STYLE_PAIRS && p < end && (*p == ' ' || *p == ':')) {
      p++;
    }
  }
  return p;
}

static const uint8_t *take(const uint8_t *p, const uint8_t *end,
                           enum style style, struct found *f)
{
  f->len = 0;
  switch (style) {
  case STYLE_X:
  case STYLE_U:
    return escapes(p, end, style, f);
  case STYLE_0X:
    return listed(p, end, f);
  default:
    return pairs(p, end, style, f);
  }
}

/* ---- are these records? ---- */

static int is_alert(const uint8_t *body, size_t len)
{
  return len == 2 && (body[0] == 1 || body[0] == 2) &&
         tlsdiag_name(TLSDIAG_REGISTRY_ALERT, body[1]) != NULL;
}

/* The message is as long as its record, or the record holds several. */
static int is_handshake(const uint8_t *body, size_t have, size_t len)
{
  size_t message =
      have >= 4 ? (size_t)body[1] << 16 | (size_t)body[2] << 8 | body[3] : 0;

  return have >= 4 && len >= 4 && body[0] <= 24 &&
         (message + 4 == len || (message + 4 < len && body[0] != 1)) &&
         (body[0] > 2 || have < 6 || body[4] == 3);
}

/* One record of `type` that claims `len` bytes, of which `have` are there. */
static int is_record(unsigned type, const uint8_t *body, size_t have,
                     size_t len)
{
  switch (type) {
  case DUMP_ALERT:
    return is_alert(body, have) || (have == len && len > 16); /* encrypted */
  case DUMP_HANDSHAKE:
    return is_handshake(body, have, len) &&
           (have == len || have + HEADER >= HELLO_SEEN);
  case DUMP_CCS:
    return have == 1 && len == 1;
  default:
    return have == len && len > 16 && len <= RECORD_MAX;
  }
}

/* Length of the records that the bytes begin with; what is cut of a hello at
 * the end counts, too. */
static size_t records(const uint8_t *bytes, size_t len)
{
  size_t at = 0;

  while (len - at >= HEADER && is_content_type(bytes[at]) &&
         bytes[at + 1] == 3 && bytes[at + 2] <= 4) {
    size_t body = (size_t)bytes[at + 3] << 8 | bytes[at + 4];
    size_t have = len - at - HEADER;

    have = have < body ? have : body;
    if (!is_record(bytes[at], bytes + at + HEADER, have, body)) {
      break;
    }
    at += HEADER + have;
  }
  return at;
}

/* ---- whose are they? ---- */

/* 1 sent, -1 received, 0 unknown, by the words before them: in their line, or
 * else in the line above. */
static int direction(const uint8_t *start, const uint8_t *p)
{
  static const struct {
    const char *word;
    int way;
  } words[] = {{"recv", -1}, {"read", -1}, {"got ", -1}, {"eceive", -1},
               {"<-", -1},   {"<<", -1},   {"<= ", -1},  {"ncoming", -1},
               {"sent", 1},  {"send", 1},  {"rote", 1},  {"write", 1},
               {"->", 1},    {">>", 1},    {"=> ", 1},   {"utgoing", 1}};
  struct dump_line before;
  const uint8_t *from = p;
  unsigned lines = 0;
  size_t latest = 0;
  int way = 0;
  size_t i;

  while (from > start && p - from < WORDS_BEFORE) {
    lines += from[-1] == '\n';
    if (lines > 1) {
      break;
    }
    from--;
  }
  before.ptr = from;
  before.len = (size_t)(p - from);
  for (i = 0; i < sizeof words / sizeof words[0]; i++) {
    struct dump_line rest = before;
    size_t at;
    size_t base = 0;

    while (dump_find(&rest, words[i].word, &at)) {
      base += at;
      rest = dump_rest(&before, base);
      if (base > latest) {
        latest = base;
        way = words[i].way;
      }
    }
  }
  return way;
}

struct reading {
  struct judged *judged;
  unsigned printer; /* TLSDIAG_FROM_*; 2 unknown */
  unsigned newest;  /* who spoke last; 2 nobody */
};

/* Whose message this can only be; 2 unknown. */
static unsigned sender(const uint8_t *bytes, size_t len)
{
  if (bytes[0] != DUMP_HANDSHAKE || len <= HEADER) {
    return 2;
  }
  switch (bytes[HEADER]) {
  case 1:
  case 16:
    return TLSDIAG_FROM_CLIENT;
  case 2:
  case 4:
  case 12:
  case 13:
  case 14:
    return TLSDIAG_FROM_SERVER;
  default:
    return 2;
  }
}

/* A hello in the place of an HTTP request: what a web server logs that was
 * spoken to in TLS on its plain port.  That is read as text. */
static int is_request(const uint8_t *start, const uint8_t *p,
                      const uint8_t *end)
{
  struct dump_line line;
  const uint8_t *stop = memchr(p, '\n', (size_t)(end - p));

  line.ptr = p;
  while (line.ptr > start && line.ptr[-1] != '\n') {
    line.ptr--;
  }
  line.len = (size_t)((stop != NULL ? stop : end) - line.ptr);
  return dump_has(&line, "request") || dump_has(&line, "HTTP") ||
         dump_has(&line, "\" 400 ") || dump_has(&line, "\" 501 ");
}

static int is_hello(const uint8_t *bytes, size_t len)
{
  return bytes[0] == DUMP_HANDSHAKE && len > HEADER &&
         (bytes[HEADER] == 1 || bytes[HEADER] == 2);
}

/* Who sent it: what the message says, else the words and what came before. */
static unsigned sender_told(struct reading *r, unsigned from, int way)
{
  unsigned printer = r->printer < 2 ? r->printer : TLSDIAG_FROM_CLIENT;

  if (from < 2 && way != 0) {
    r->printer = way > 0 ? from : from ^ 1u;
    return from;
  }
  if (from == 2 && way != 0) {
    return way > 0 ? printer : printer ^ 1u; /* who prints is the client */
  }
  return from == 2 && r->newest < 2 ? r->newest ^ 1u : from;
}

/* Bytes that nobody is known to have sent have no place in a flow. */
static void feed(struct reading *r, const uint8_t *bytes, size_t len, int way)
{
  unsigned from = sender_told(r, sender(bytes, len), way);

  if (from < 2) {
    r->newest = from;
    dump_bytes(r->judged, from, bytes, len);
  }
}

enum { SAME_MAX = 64 };

/* What was found last, to know it again. */
struct last {
  const uint8_t *end; /* in the text */
  size_t len;
  uint8_t bytes[SAME_MAX];
};

/* 1 if the same bytes stand in the same line before: printed in hex and as
 * characters, they came once. */
static int is_again(struct last *l, const uint8_t *p, const uint8_t *next,
                    const struct found *f, size_t whole)
{
  int again = l->end != NULL && whole == l->len &&
              memcmp(l->bytes, f->bytes, whole) == 0 &&
              memchr(l->end, '\n', (size_t)(p - l->end)) == NULL;

  l->end = next;
  l->len = whole <= SAME_MAX ? whole : 0;
  memcpy(l->bytes, f->bytes, l->len);
  return again;
}

/* The next records from *at on: their bytes in f, their length returned, where
 * they begin in *begin; 0 at the end. */
static size_t next_records(const uint8_t *text, const uint8_t **at,
                           const uint8_t *end, struct found *f,
                           const uint8_t **begin, enum style *style)
{
  while (*at < end) {
    const uint8_t *p = *at;
    size_t whole = 0;

    *style = style_at(text, p, end);
    *at = p + 1;
    if (*style != STYLE_NONE) {
      const uint8_t *next = take(p, end, *style, f);

      *at = next > p ? next : p + 1;
      whole = f->len > 0 ? records(f->bytes, f->len) : 0;
    }
    if (whole > 0) {
      *begin = p;
      return whole;
    }
  }
  return 0;
}

/* How plainly the first hello is shown.  An alert alone is read as text: it
 * takes a hello to judge it as a capture would. */
static int find_hello(const uint8_t *text, size_t len, struct found *f)
{
  const uint8_t *end = text + len;
  const uint8_t *at = text;
  const uint8_t *begin;
  enum style style;
  size_t whole;

  while ((whole = next_records(text, &at, end, f, &begin, &style)) > 0) {
    if (is_hello(f->bytes, whole) && !is_request(text, begin, end)) {
      return style <= STYLE_0X ? 2 : 1;
    }
  }
  return 0;
}

static int feed_all(const uint8_t *text, size_t len, struct found *f,
                    struct judged *j)
{
  const uint8_t *at = text;
  const uint8_t *begin;
  struct reading r = {j, 2, 2};
  struct last last;
  enum style style;
  size_t whole;
  int found = 0;

  memset(&last, 0, sizeof last);
  while ((whole = next_records(text, &at, text + len, f, &begin, &style)) > 0) {
    if (!is_again(&last, begin, at, f, whole)) {
      feed(&r, f->bytes, whole, direction(text, begin));
    }
    found = 1;
  }
  return found;
}

/* The bytes of all spellings are never more than the text. */
static int found_begin(struct found *f, size_t len)
{
  f->len = 0;
  f->max = len + 1;
  f->bytes = malloc(f->max);
  return f->bytes != NULL;
}

int dump_embedded_is_there(const uint8_t *text, size_t len)
{
  struct found f;
  int found = found_begin(&f, len) ? find_hello(text, len, &f) : 0;

  free(f.bytes);
  return found;
}

int dump_embedded_feed(const uint8_t *text, size_t len, struct judged *j)
{
  struct found f;
  int found = found_begin(&f, len) && feed_all(text, len, &f, j);

  free(f.bytes);
  return found;
}

/* A line whose bytes are fed is not read as text as well. */
int dump_embedded_said(const struct dump_line *line)
{
  const uint8_t *at = line->ptr;
  const uint8_t *begin;
  enum style style;
  struct found f;
  int found = found_begin(&f, line->len) &&
              next_records(line->ptr, &at, line->ptr + line->len, &f, &begin,
                           &style) > 0;

  free(f.bytes);
  return !found;
}
