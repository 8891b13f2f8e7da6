/* dump_java.c: Java with -Djavax.net.debug=ssl:handshake, or all.
 *
 *   javax.net.ssl|DEBUG|30|main|2026-11-21 ... UTC|ClientHello.java:638|
 *   Produced ClientHello handshake message (
 *   "ClientHello": {
 *     "client version"      : "TLSv1.2",
 *     "cipher suites"       : "[TLS_...(0xC02C), ...]",
 *     "extensions"          : [
 *       "supported_groups (10)": {
 *         "named groups": [x25519, secp256r1]
 *       },
 *
 * With "all" the records stand there as bytes ("Raw read", "Raw write"), which
 * are taken instead.  Versions before 11 print no such fields and are read by
 * the names of their messages and alerts. */
#include <string.h>

#include "dump.h"
#include "dump_hello.h"
#include "dump_suite.h"

enum { LINE_BYTES = 16, VALUES_MAX = 128 };

struct reading {
  struct dump_talk talk;
  struct dump_hello hello;
  unsigned from; /* of the message at hand */
  unsigned in_alert;
  unsigned in_certificate; /* its list comes next */
  unsigned level;
  unsigned extension; /* open: its type + 1 */
  unsigned has_body;  /* it was shown */
  unsigned is_plain;  /* no raw bytes: fields and names are read */
  unsigned client;    /* TLSDIAG_FROM_* of what this program sends */
  size_t offset;      /* in a block of raw bytes, + 1; 0 outside */
};

int dump_java_line(const struct dump_line *line)
{
  return dump_has(line, "javax.net.ssl|") ||
         (dump_has(line, "*** ClientHello, TLSv1") &&
          line->len < 40); /* Java 8 */
}

/* Errors are said once more as exceptions. */
int dump_java_said(const struct dump_line *line)
{
  return dump_has(line, "xception:") || dump_has(line, "|Fatal (") ||
         dump_has(line, "handling exception");
}

/* ---- raw bytes ---- */

static int is_raw(const struct dump_line *line)
{
  return dump_has(line, "Raw read (") || dump_has(line, "Raw write (") ||
         dump_has(line, "Raw read: (") || dump_has(line, "Raw write: (");
}

/* "02 00 00 76 03 03 82 11   90 52 ...": two halves of eight, then two blanks
 * and the characters. */
static size_t raw_bytes(const struct dump_line *line, size_t at,
                        uint8_t bytes[LINE_BYTES])
{
  const size_t half = LINE_BYTES / 2;
  size_t count = dump_hex_pairs(line, at, bytes, half);
  size_t gap = at + 3 * half;

  if (count == half && gap + 4 < line->len &&
      memcmp(line->ptr + gap, "   ", 3) == 0 && line->ptr[gap + 3] != ' ') {
    count += dump_hex_pairs(line, gap, bytes + count, half);
  }
  return count;
}

static void raw_line(struct reading *r, const struct dump_line *line)
{
  uint8_t bytes[LINE_BYTES];
  size_t at = dump_indent(line);
  size_t start = at;
  size_t count;
  uint32_t offset;

  if (is_raw(line)) {
    r->from = dump_has(line, "Raw write") ? r->client : r->client ^ 1u;
    r->offset = 1;
    return;
  }
  offset = dump_number(line, &at, 16);
  if (r->offset == 0 || at < start + 4 || at >= line->len ||
      line->ptr[at] != ':' || offset + 1 != r->offset) {
    return;
  }
  count = raw_bytes(line, at + 1, bytes);
  dump_bytes(r->talk.judged, r->from, bytes, count);
  r->offset += count;
  r->talk.said |= count > 0;
}

/* ---- fields ---- */

/* Position of the value in "name" : "value"; 0 if it is another field. */
static size_t field(const struct dump_line *line, const char *name)
{
  size_t at = dump_indent(line);
  struct dump_line rest = dump_rest(line, at + 1);
  size_t behind;

  if (at >= line->len || line->ptr[at] != '"' ||
      !dump_begins(&rest, name, &behind) || !dump_find(&rest, ": ", &behind)) {
    return 0;
  }
  behind += at + 1;
  while (behind < line->len &&
         (line->ptr[behind] == '"' || line->ptr[behind] == ' ')) {
    behind++;
  }
  return behind;
}

static void suites(struct reading *r, const struct dump_line *line, size_t at)
{
  struct dump_line rest = dump_rest(line, at);

  while (dump_find(&rest, "(0x", &at)) {
    dump_hello_suite(&r->hello, dump_number(&rest, &at, 16));
    rest = dump_rest(&rest, at);
  }
}

static size_t skip(const struct dump_line *line, size_t at, const char *until,
                   int is_set)
{
  while (at < line->len && line->ptr[at] != 0 &&
         (strchr(until, line->ptr[at]) == NULL) == is_set) {
    at++;
  }
  return at;
}

/* "[x25519, secp256r1]" by the registry's names. */
static size_t names(const struct dump_line *line, unsigned registry,
                    uint16_t *values, size_t *unknown)
{
  size_t count = 0;
  size_t at;

  *unknown = 0;
  if (!dump_find(line, "[", &at)) {
    return 0;
  }
  while (at < line->len && line->ptr[at] != ']') {
    size_t before = at;
    unsigned value =
        registry == 0 ? dump_version(line, at) : dump_value(line, at, registry);

    *unknown += value == 0;
    if (value != 0 && count < VALUES_MAX) {
      values[count++] = (uint16_t)value;
    }
    at = skip(line, skip(line, at, ",]", 1), ", ", 0);
    if (at == before) {
      break;
    }
  }
  return count;
}

static void list(struct reading *r, const struct dump_line *line, unsigned type,
                 unsigned prefix, unsigned registry)
{
  uint16_t values[VALUES_MAX];
  size_t unknown;
  size_t count = names(line, registry, values, &unknown);

  if (unknown > 0 || count == 0) {
    dump_hello_unseen(&r->hello, 0);
  } else {
    dump_hello_list(&r->hello, type, prefix, 2, values, count);
  }
  r->has_body = 1;
}

static void server_name(struct reading *r, const struct dump_line *line)
{
  size_t at;
  size_t end;

  if (!dump_find(line, "value=", &at)) {
    return;
  }
  end = at;
  while (end < line->len && line->ptr[end] > ' ' && line->ptr[end] != '"' &&
         line->ptr[end] != ']') {
    end++;
  }
  dump_hello_name(&r->hello, line->ptr + at, end - at);
  r->has_body = 1;
}

/* What stands inside an extension. */
static void extension_value(struct reading *r, const struct dump_line *line)
{
  unsigned type = r->extension - 1;
  size_t at;

  if (r->has_body) {
    return;
  }
  switch (type) {
  case 0:
    server_name(r, line);
    break;
  case 10:
    list(r, line, type, 2, TLSDIAG_REGISTRY_GROUP);
    break;
  case 13:
  case 50:
    list(r, line, type, 2, TLSDIAG_REGISTRY_SIGNATURE_SCHEME);
    break;
  case 43:
    if (r->hello.type == DUMP_HELLO_CLIENT) {
      list(r, line, type, 1, 0);
    } else if (dump_has(line, "TLSv1.3")) {
      static const uint8_t tls13[2] = {3, 4};

      dump_hello_extension(&r->hello, type, tls13, 2);
      r->has_body = 1;
    }
    break;
  default:
    if (dump_begins(line, "<empty>", &at) &&
        (type == 23 || type == 22 || type == 35)) {
      dump_hello_extension(&r->hello, type, r->hello.random, 0);
      r->has_body = 1;
    }
    break;
  }
}

/* "renegotiation_info (65,281)": { */
static unsigned extension_type(const struct dump_line *line)
{
  unsigned type = 0;
  size_t at;

  if (!dump_find(line, " (", &at)) {
    return 0;
  }
  for (; at < line->len && line->ptr[at] != ')'; at++) {
    if (line->ptr[at] >= '0' && line->ptr[at] <= '9') {
      type = (type * 10 + (unsigned)(line->ptr[at] - '0')) & 0xfffff;
    } else if (line->ptr[at] != ',' && line->ptr[at] != '.') {
      return 0;
    }
  }
  return type & 0xffff;
}

static void end_extension(struct reading *r)
{
  if (r->extension != 0 && !r->has_body) {
    dump_hello_unseen(&r->hello, 0);
  }
  r->extension = 0;
}

static void hello_line(struct reading *r, const struct dump_line *line)
{
  struct dump_hello *h = &r->hello;
  size_t at;

  if (dump_begins(line, ")", &at)) {
    end_extension(r);
    dump_hello_end(h, &r->talk);
  } else if (dump_begins(line, "\"", &at) && dump_has(line, ")\": {")) {
    end_extension(r);
    r->extension = extension_type(line) + 1;
    r->has_body = 0;
  } else if (r->extension != 0) {
    extension_value(r, line);
  } else if ((at = field(line, "client version")) > 0 ||
             (at = field(line, "server version")) > 0) {
    h->version = dump_version(line, at);
  } else if ((at = field(line, "random")) > 0) {
    (void)dump_hex_run(line, at, h->random, sizeof h->random);
  } else if ((at = field(line, "session id")) > 0) {
    h->session_len = dump_hex_run(line, at, h->session, sizeof h->session);
  } else if ((at = field(line, "cipher suite")) > 0) {
    suites(r, line, at);
  }
}

/* ---- names ---- */

static const struct {
  const char *name;
  unsigned type;
} messages[] = {{"ServerHelloDone", 14},
                {"ServerHello", 2},
                {"HelloRetryRequest", 2},
                {"ClientHello", 1},
                {"EncryptedExtensions", 8},
                {"NewSessionTicket", 4},
                {"CertificateRequest", 13},
                {"CertificateVerify", 15},
                {"ServerKeyExchange", 12},
                {"ClientKeyExchange", 16},
                {"CertificateStatus", 22},
                {"Certificate", 11},
                {"Finished", 20}};

static void begin_message(struct reading *r, const struct dump_line *line,
                          unsigned type)
{
  size_t behind;

  r->from = dump_has(line, "|Produced ") ? r->client : r->client ^ 1u;
  if (type == 11 && dump_find(line, "(", &behind)) {
    r->in_certificate = 1;
  } else if (type > DUMP_HELLO_SERVER) {
    dump_talk_named(&r->talk, r->from, type, -1);
  } else if (dump_find(line, "(", &behind)) {
    dump_hello_begin(&r->hello, type, r->from, 0);
    r->extension = 0;
  }
}

/* "Produced ClientHello handshake message (", "Consuming ...". */
/* What a client certificate message shows first: nothing. */
static int empty_certificate(struct reading *r, const struct dump_line *line)
{
  if (!r->in_certificate) {
    return 0;
  }
  r->in_certificate = 0;
  dump_talk_named(&r->talk, r->from, 11,
                  dump_has(line, "<empty list>") ? 3 : -1);
  return 1;
}

static int message_line(struct reading *r, const struct dump_line *line)
{
  static const uint8_t one[1] = {1};
  size_t i;

  if (!dump_has(line, "|Produced ") && !dump_has(line, "|Consuming ")) {
    return 0;
  }
  if (dump_has(line, " ChangeCipherSpec message")) {
    r->from = dump_has(line, "|Produced ") ? r->client : r->client ^ 1u;
    if (!r->talk.tls13) {
      dump_talk_message(&r->talk, r->from, DUMP_CCS, one, 1, 1);
    }
    return 1;
  }
  for (i = 0; i < sizeof messages / sizeof messages[0]; i++) {
    if (dump_has(line, messages[i].name) &&
        dump_has(line, " handshake message")) {
      begin_message(r, line, messages[i].type);
      return 1;
    }
  }
  return 1;
}

/* "Received alert message (", its level and its description. */
static int alert_line(struct reading *r, const struct dump_line *line)
{
  unsigned code;
  size_t at;

  if (dump_has(line, "Received alert message") ||
      dump_has(line, "Produced alert message")) {
    r->in_alert = dump_has(line, "Received") ? 1 : 2;
    r->level = 2;
    return 1;
  }
  if (r->in_alert == 0) {
    return 0;
  }
  if ((at = field(line, "level")) > 0) {
    r->level = dump_value(line, at, TLSDIAG_REGISTRY_ALERT_LEVEL);
  } else if ((at = field(line, "description")) > 0) {
    code = dump_value(line, at, TLSDIAG_REGISTRY_ALERT);
    dump_talk_alert(&r->talk, r->in_alert == 1 ? r->client ^ 1u : r->client,
                    r->level, code);
    r->in_alert = 0;
  }
  return 1;
}

static void read_line(struct reading *r, const struct dump_line *line)
{
  if (r->hello.type != 0) {
    hello_line(r, line);
  } else if (!alert_line(r, line) && !empty_certificate(r, line)) {
    (void)message_line(r, line);
  }
}

/* Does this program send ClientHellos, and are there raw bytes? */
static void learn(struct reading *r, const uint8_t *text, size_t len)
{
  const uint8_t *at = text;
  struct dump_line line;

  r->is_plain = 1;
  r->client = TLSDIAG_FROM_CLIENT;
  while (dump_next_line(&at, text + len, &line)) {
    if (dump_has(&line, "|Consuming ClientHello handshake message")) {
      r->client = TLSDIAG_FROM_SERVER;
    }
    if (is_raw(&line)) {
      r->is_plain = 0;
    }
  }
}

int dump_java_feed(const uint8_t *text, size_t len, struct judged *j)
{
  static struct reading r; /* 10 KiB */
  const uint8_t *at = text;
  struct dump_line line;

  memset(&r, 0, sizeof r);
  dump_talk_init(&r.talk, j);
  learn(&r, text, len);
  while (dump_next_line(&at, text + len, &line)) {
    if (r.is_plain) {
      read_line(&r, &line);
    } else {
      raw_line(&r, &line);
    }
  }
  dump_hello_end(&r.hello, &r.talk);
  return r.talk.said != 0;
}
