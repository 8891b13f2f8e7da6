/* errtext_bytes.c: bytes of TLS that a text shows.
 *
 * A server that takes a ClientHello for a line of text logs it with escapes
 * (\x16\x03\x01, \026\003\001, \u0016\u0003\u0001); programs print the alert
 * they got as 15030300020228 or b'\x15\x03\x03\x00\x02\x02('; netty prints in
 * hex what was no TLS.  Records: RFC 8446 section 5.1. */
#include "errtext.h"

enum {
  ALERT_RECORD = 0x15,
  HANDSHAKE_RECORD = 0x16,
  CLIENT_HELLO = 1,
  MAJOR = 3,
  MINOR_MAX = 4,
  ALERT_LEN = 7,
  WORDS_BEFORE = 60, /* bytes in which a word may tell the direction */
  SHAPE_MAX = 2000   /* bytes in which a request may end */
};

struct shown {
  const uint8_t *text;
  size_t len;
  size_t at;
  int is_hex; /* pairs of digits; else text with escapes */
};

static int digit_of(uint8_t c)
{
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  c |= 0x20;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* `count` digits of base 8 or 16 from `at` on, -1 if they are not. */
static int digits(const struct shown *s, size_t at, unsigned count,
                  unsigned base)
{
  int value = 0;

  for (; count > 0; count--, at++) {
    int digit = at < s->len ? digit_of(s->text[at]) : -1;

    if (digit < 0 || (unsigned)digit >= base) {
      return -1;
    }
    value = value * (int)base + digit;
  }
  return value;
}

static int take(struct shown *s, size_t len, int value)
{
  s->at += value >= 0 ? len : 0;
  return value;
}

/* \xHH, \u00HH, \OOO and their short forms; a second backslash of an escape
 * inside JSON. */
static int escaped(struct shown *s)
{
  size_t at = s->at + 1;
  uint8_t c;

  at += at < s->len && s->text[at] == '\\';
  c = at < s->len ? s->text[at] : 0;
  if (c == 'x') {
    return take(s, at + 3 - s->at, digits(s, at + 1, 2, 16));
  }
  if (c == 'u') {
    return take(s, at + 5 - s->at, digits(s, at + 1, 4, 16));
  }
  if (c == 'n' || c == 'r' || c == 't') {
    return take(s, at + 1 - s->at, c == 'n' ? '\n' : c == 'r' ? '\r' : '\t');
  }
  return take(s, at + 3 - s->at, digits(s, at, 3, 8));
}

/* The next byte that is shown, -1 if there is none. */
static int next_byte(struct shown *s)
{
  if (s->at >= s->len) {
    return -1;
  }
  if (!s->is_hex) {
    return s->text[s->at] == '\\' ? escaped(s) : s->text[s->at++];
  }
  if (s->text[s->at] == ' ' || s->text[s->at] == ':') {
    s->at++;
  }
  return take(s, 2, digits(s, s->at, 2, 16));
}

enum { WORD_MAX = 8 };

/* Does a word in small letters end at `at`?  The bound keeps a compiler from
 * calling strlen for it. */
static int ends_with(const uint8_t *text, size_t at, const char *word)
{
  size_t len = 0;
  size_t i;

  while (len < WORD_MAX && word[len] != '\0') {
    len++;
  }
  for (i = 0; i < len && len <= at; i++) {
    if ((text[at - len + i] | 0x20) != word[i]) {
      return 0;
    }
  }
  return len <= at;
}

/* Not a pointer: tables need no relocation. */
struct words {
  char word[WORD_MAX];
};

static int ends_with_one(const uint8_t *text, size_t at,
                         const struct words *words, size_t num)
{
  for (; num > 0; num--, words++) {
    if (ends_with(text, at, words->word)) {
      return 1;
    }
  }
  return 0;
}

/* Does one of the words before, on the same line, say that it was sent?  The
 * nearest counts. */
static int was_sent(const uint8_t *text, size_t at)
{
  static const struct words sent[] = {
      {"sent"}, {"send"}, {"wrote"}, {"write"}, {"writing"}};
  static const struct words got[] = {{"recv"}, {"receive"}, {"read"}, {"got"}};
  size_t back;

  for (back = 0; back < WORDS_BEFORE && at > 0; back++, at--) {
    if (text[at - 1] == '\n' ||
        ends_with_one(text, at, got, sizeof got / sizeof got[0])) {
      break;
    }
    if (ends_with_one(text, at, sent, sizeof sent / sizeof sent[0])) {
      return 1;
    }
  }
  return 0;
}

static void found_at(struct et_match *m, size_t from, size_t end, uint32_t line)
{
  static const struct et_match none;

  *m = none;
  m->at = (uint32_t)from;
  m->end = (uint32_t)end;
  m->line = line;
  m->pattern = ET_NO_PATTERN;
  m->flags = ET_MATCH_TLS;
  m->alert = 255;
}

static int says_request(const uint8_t *text, size_t at)
{
  size_t back;

  for (back = 0; back < WORDS_BEFORE && at > 0; back++, at--) {
    if (ends_with(text, at, "request")) {
      return 1;
    }
  }
  return 0;
}

/* "..." 400: what a server of HTTP writes of a request that it did not
 * understand, or a word that says so.  It is looked for on one line only. */
static int is_bad_request(const struct shown *s, size_t from)
{
  size_t at;

  if (says_request(s->text, from)) {
    return 1;
  }
  for (at = s->at; at + 6 < s->len && at - s->at < SHAPE_MAX; at++) {
    if (s->text[at] == '\n') {
      break;
    }
    if (s->text[at] == '"' && s->text[at + 1] == ' ' &&
        s->text[at + 2] == '4' && s->text[at + 5] == ' ' &&
        digits(s, at + 3, 2, 10) >= 0) {
      return 1;
    }
  }
  return 0;
}

static int alert_record(struct shown *s, int level, struct et_match *m,
                        size_t from, uint32_t line)
{
  int alert = next_byte(s);

  if ((level != 1 && level != 2) || alert < 0 || alert > 254) {
    return 0;
  }
  found_at(m, from, s->at, line);
  m->alert = (uint8_t)alert;
  m->meaning = (uint8_t)et_alert_meaning((unsigned)alert);
  m->nature =
      was_sent(s->text, from) ? TLSDIAG_NATURE_SENT : TLSDIAG_NATURE_RECEIVED;
  return 1;
}

/* Behind the version; the message is often cut there, but a ServerHello shows
 * that nobody took the record for something else, as does a hex dump. */
static int client_hello(struct shown *s, struct et_match *m, size_t from,
                        uint32_t line)
{
  size_t end = s->at;
  int high = next_byte(s);
  int low = next_byte(s);
  int type = next_byte(s);

  if (s->is_hex || (high >= 0 && low >= 0 && type >= 0 && type < ' ' &&
                    type != CLIENT_HELLO)) {
    return 0;
  }
  found_at(m, from, end, line);
  m->meaning = (uint8_t)et_known(
      is_bad_request(s, from) ? ET_IS_HELLO_AS_REQUEST : ET_IS_HELLO_AS_TEXT);
  m->nature = TLSDIAG_NATURE_DETECTED;
  return 1;
}

/* A record that begins at s->at. */
static int record(struct shown *s, uint32_t line, struct et_match *m)
{
  size_t from = s->at;
  int type = next_byte(s);
  int major = next_byte(s);
  int minor = next_byte(s);
  int high;
  int low;

  if ((type != ALERT_RECORD && type != HANDSHAKE_RECORD) || major != MAJOR ||
      minor < 0 || minor > MINOR_MAX) {
    return 0;
  }
  if (type == HANDSHAKE_RECORD) {
    return client_hello(s, m, from, line);
  }
  high = next_byte(s);
  low = next_byte(s);
  return high == 0 && low == 2 && alert_record(s, next_byte(s), m, from, line);
}

int et_escaped_record(const uint8_t *text, size_t len, size_t from, size_t to,
                      uint32_t line, struct et_match *m)
{
  struct shown s = {text, len, from, 0};

  for (; from < to; from++) {
    s.at = from;
    if ((text[from] == '\\' || text[from] == ALERT_RECORD ||
         text[from] == HANDSHAKE_RECORD) &&
        record(&s, line, m)) {
      return 1;
    }
  }
  return 0;
}

/* What a client of TLS is taken for that spoke this first; -1: TLS itself, or
 * nothing that would be known from a number at sight. */
static int meaning_of(unsigned protocol)
{
  switch (protocol) {
  case TLSDIAG_PROTOCOL_HTTP_REQUEST:
  case TLSDIAG_PROTOCOL_HTTP2_PREFACE:
    return ET_IS_HTTP_TO_TLS;
  case TLSDIAG_PROTOCOL_HTTP_CONNECT:
    return ET_IS_PROXY_REQUEST;
  case TLSDIAG_PROTOCOL_PROXY_V1:
  case TLSDIAG_PROTOCOL_PROXY_V2:
    return ET_IS_PROXY_UNEXPECTED;
  case TLSDIAG_PROTOCOL_SSH:
  case TLSDIAG_PROTOCOL_RDP:
    return ET_IS_NON_TLS_CLIENT;
  default:
    return -1;
  }
}

enum { FIRST_BYTES = 32 }; /* tlsdiag_recognise never wants more */

/* Only where the text speaks of TLS: a number may begin like this. */
static int other_protocol(struct shown *s, const struct et_token *t,
                          struct et_match *m)
{
  uint8_t bytes[FIRST_BYTES];
  unsigned protocol = TLSDIAG_PROTOCOL_UNKNOWN;
  size_t num = 0;
  int byte;
  int meaning;

  while (num < FIRST_BYTES && s->at < (size_t)t->at + t->len &&
         (byte = next_byte(s)) >= 0) {
    bytes[num++] = (uint8_t)byte;
  }
  (void)tlsdiag_recognise(bytes, num, TLSDIAG_FROM_CLIENT, &protocol);
  meaning = meaning_of(protocol);
  if (meaning < 0) {
    return 0;
  }
  found_at(m, t->at, (size_t)t->at + t->len, t->line);
  m->meaning = (uint8_t)et_known((enum et_known)meaning);
  m->nature = TLSDIAG_NATURE_DETECTED;
  m->flags = 0;
  m->needs = ET_NEEDS_TLS;
  return 1;
}

enum { HEX_ENOUGH = 16, PAIR = 2 };

int et_hex_cue(const uint8_t *text, size_t len, const struct et_token *t,
               struct et_match *m)
{
  struct shown s = {text, len, t->at, 1};

  if (!(t->flags & ET_HEX) || (t->flags & ET_PREFIX) ||
      (t->len != PAIR && t->len < 2 * ALERT_LEN)) {
    return 0;
  }
  if (record(&s, t->line, m)) {
    return 1;
  }
  s.at = t->at;
  return t->len >= HEX_ENOUGH && other_protocol(&s, t, m);
}
