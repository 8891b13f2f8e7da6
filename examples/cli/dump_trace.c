/* dump_trace.c: openssl s_client or s_server with -trace: the fields of each
 * message by name, from which hellos are put together again.
 *
 *   Sent Record
 *   Header:
 *     Version = TLS 1.0 (0x301)
 *     Content Type = Handshake (22)
 *     Length = 107
 *       ClientHello, Length=103
 *         client_version=0x303 (TLS 1.2) */
#include <string.h>

#include "dump.h"
#include "dump_hello.h"
#include "dump_pem.h"

enum { VALUES_MAX = 256, BODY_MAX = 4096, KEY_SHARE = 51 };

/* The extension at hand: the lines below it are its values. */
struct extension {
  unsigned type;
  unsigned is_open;
  size_t told;
  size_t num_values;
  size_t body_len; /* of bytes shown as such */
  uint16_t values[VALUES_MAX];
  uint8_t body[BODY_MAX];
};

struct reading {
  struct dump_talk talk;
  struct dump_hello hello;
  struct extension extension;
  struct dump_pem pem;
  unsigned printer;
  unsigned from;
  unsigned message; /* handshake type that was begun, not told yet */
  unsigned level;
  size_t message_len;
};

/* "Sent Record" and its kin stand alone in their line. */
int dump_trace_line(const struct dump_line *line)
{
  size_t at;

  return (dump_begins(line, "Sent Record", &at) ||
          dump_begins(line, "Received Record", &at)) &&
         line->len - at < 3;
}

static void add_byte(struct extension *e, unsigned value)
{
  if (e->body_len < BODY_MAX) {
    e->body[e->body_len++] = (uint8_t)value;
  }
}

static void add16(struct extension *e, unsigned value)
{
  add_byte(e, value >> 8);
  add_byte(e, value);
}

/* Lists whose elements are printed one a line with their numbers. */
static const struct {
  uint16_t type;
  uint8_t prefix, width;
} lists[] = {{10, 2, 2}, {11, 1, 1}, {13, 2, 2}, {27, 1, 2},
             {43, 1, 2}, {45, 1, 1}, {50, 2, 2}};

static void end_list(struct dump_hello *h, struct extension *e)
{
  size_t i;

  for (i = 0; i < sizeof lists / sizeof lists[0]; i++) {
    unsigned prefix = lists[i].prefix;

    if (lists[i].type != e->type) {
      continue;
    }
    if (h->type == DUMP_HELLO_SERVER && e->type == 43) {
      prefix = 0; /* one version, no list (RFC 8446 section 4.2.1) */
    }
    if (prefix + lists[i].width * e->num_values == e->told) {
      dump_hello_list(h, e->type, prefix, lists[i].width, e->values,
                      e->num_values);
      return;
    }
  }
  dump_hello_unseen(h, e->told);
}

static void end_extension(struct reading *r)
{
  struct extension *e = &r->extension;
  uint8_t whole[2 + BODY_MAX];

  if (!e->is_open) {
    return;
  }
  e->is_open = 0;
  if (e->type == 65281 && e->body_len == 0 && e->told == 1) {
    add_byte(e, 0); /* printed as <EMPTY> */
  }
  if (e->body_len == e->told) {
    dump_hello_extension(&r->hello, e->type, e->body, e->body_len);
  } else if (e->body_len > 0 && e->body_len + 2 == e->told) {
    whole[0] = (uint8_t)(e->body_len >> 8); /* a list without its length */
    whole[1] = (uint8_t)e->body_len;
    memcpy(whole + 2, e->body, e->body_len);
    dump_hello_extension(&r->hello, e->type, whole, e->told);
  } else {
    end_list(&r->hello, e);
  }
}

/* Tells the message that was begun.  Of others than hellos and certificates
 * the type and the length are all there is. */
static void end_message(struct reading *r)
{
  size_t len;

  end_extension(r);
  if (r->hello.type != 0) {
    dump_hello_end(&r->hello, &r->talk);
  } else if (r->message != 0) {
    const uint8_t *body = dump_pem_message(&r->pem, r->message_len, &len);

    if (body != NULL) {
      dump_talk_message(&r->talk, r->from, DUMP_HANDSHAKE, body, len, len);
    } else {
      dump_talk_named(&r->talk, r->from, r->message, (long)r->message_len);
    }
  }
  r->message = 0;
  dump_pem_begin(&r->pem);
}

static const struct {
  const char *name;
  unsigned type;
} messages[] = {{"ClientHello", 1},         {"ServerHello", 2},
                {"HelloRetryRequest", 2},   {"NewSessionTicket", 4},
                {"EncryptedExtensions", 8}, {"Certificate", 11},
                {"ServerKeyExchange", 12},  {"CertificateRequest", 13},
                {"ServerHelloDone", 14},    {"CertificateVerify", 15},
                {"ClientKeyExchange", 16},  {"Finished", 20},
                {"CertificateStatus", 22},  {"KeyUpdate", 24}};

/* "ClientHello, Length=103". */
static int begin_message(struct reading *r, const struct dump_line *line)
{
  size_t at;
  size_t i;

  for (i = 0; i < sizeof messages / sizeof messages[0]; i++) {
    if (!dump_begins(line, messages[i].name, &at) || line->len - at < 10 ||
        memcmp(line->ptr + at, ", Length=", 9) != 0) {
      continue;
    }
    at += 9;
    end_message(r);
    r->message = messages[i].type;
    r->message_len = dump_number(line, &at, 10);
    if (r->message <= DUMP_HELLO_SERVER) {
      dump_hello_begin(&r->hello, r->message, r->from, r->message_len);
    }
    return 1;
  }
  return 0;
}

/* "Version = TLS 1.0 (0x301)", "Content Type = Handshake (22)". */
static int header_line(struct reading *r, const struct dump_line *line)
{
  struct dump_talk *t = &r->talk;
  size_t at;

  if (dump_begins(line, "Version = ", &at)) {
    t->header_version[r->from] =
        dump_find(line, "(0x", &at) ? dump_number(line, &at, 16) : 0x301;
  } else if (dump_begins(line, "Content Type = ", &at)) {
    t->header_type[r->from] =
        dump_find(line, "(", &at) ? dump_number(line, &at, 10) : 0;
  } else if (dump_begins(line, "Length = ", &at)) {
    t->header_len[r->from] = dump_number(line, &at, 10);
    if (t->header_type[r->from] == DUMP_CCS) {
      static const uint8_t one[1] = {1};

      dump_talk_message(t, r->from, DUMP_CCS, one, 1, 1);
    }
  } else {
    return 0;
  }
  return 1;
}

static int alert_line(struct reading *r, const struct dump_line *line)
{
  uint8_t body[2];
  size_t at;

  if (!dump_begins(line, "Level=", &at) || !dump_find(line, "(", &at)) {
    return 0;
  }
  body[0] = (uint8_t)dump_number(line, &at, 10);
  if (dump_find(line, "description=", &at)) {
    struct dump_line rest = dump_rest(line, at);

    at = 0;
    body[1] = 0;
    if (dump_find(&rest, "(", &at)) {
      body[1] = (uint8_t)dump_number(&rest, &at, 10);
      dump_talk_message(&r->talk, r->from, DUMP_ALERT, body, 2, 2);
    }
  }
  return 1;
}

/* The hex that ends a line such as "session_id (len=32): C981". */
static size_t trailing_hex(const struct dump_line *line, uint8_t *out,
                           size_t max)
{
  size_t at;

  return dump_find(line, "): ", &at) ? dump_hex_run(line, at, out, max) : 0;
}

static int hello_field(struct reading *r, const struct dump_line *line)
{
  struct dump_hello *h = &r->hello;
  size_t at;

  if (dump_begins(line, "client_version=0x", &at) ||
      dump_begins(line, "server_version=0x", &at)) {
    h->version = dump_number(line, &at, 16);
  } else if (dump_begins(line, "gmt_unix_time=0x", &at)) {
    (void)dump_hex_run(line, at, h->random, 4);
  } else if (dump_begins(line, "random_bytes", &at)) {
    (void)trailing_hex(line, h->random + 4, 28);
  } else if (dump_begins(line, "session_id (", &at)) {
    h->session_len = trailing_hex(line, h->session, sizeof h->session);
  } else if ((dump_begins(line, "{0x", &at) ||
              dump_begins(line, "cipher_suite {0x", &at)) &&
             line->len - at > 7) {
    unsigned high = dump_number(line, &at, 16);

    at += 4; /* ", 0x" */
    dump_hello_suite(h, high << 8 | (dump_number(line, &at, 16) & 0xff));
  } else {
    return 0;
  }
  return 1;
}

/* "extension_type=key_share(51), length=38". */
static int begin_extension(struct reading *r, const struct dump_line *line)
{
  struct extension *e = &r->extension;
  size_t at;

  if (!dump_find(line, "extension_type=", &at) || !dump_find(line, "(", &at)) {
    return 0;
  }
  end_extension(r);
  e->type = dump_number(line, &at, 10);
  e->told = dump_find(line, "length=", &at) ? dump_number(line, &at, 10) : 0;
  e->is_open = 1;
  e->num_values = 0;
  e->body_len = 0;
  return 1;
}

/* The last number in parentheses: "(0x0403)", "(P-256) (23)". */
static int last_number(const struct dump_line *line, unsigned *value)
{
  size_t at = line->len;

  while (at > 0 && line->ptr[at - 1] != '(') {
    at--;
  }
  if (at == 0 || at >= line->len) {
    return 0;
  }
  if (at + 2 < line->len && line->ptr[at] == '0' && line->ptr[at + 1] == 'x') {
    at += 2;
    *value = dump_number(line, &at, 16);
    return 1;
  }
  if (line->ptr[at] < '0' || line->ptr[at] > '9') {
    return 0;
  }
  *value = dump_number(line, &at, 10);
  return 1;
}

/* "NamedGroup: ecdh_x25519 (29)" and "key_exchange:  (len=32): 4EA8". */
static void key_share_line(struct reading *r, const struct dump_line *line)
{
  struct extension *e = &r->extension;
  uint8_t key[2048];
  unsigned group;
  size_t len;
  size_t i;

  if (dump_has(line, "NamedGroup:") && last_number(line, &group)) {
    add16(e, group);
  } else if (dump_has(line, "key_exchange:")) {
    len = trailing_hex(line, key, sizeof key);
    add16(e, (unsigned)len);
    for (i = 0; i < len; i++) {
      add_byte(e, key[i]);
    }
  }
}

static void extension_value(struct reading *r, const struct dump_line *line)
{
  struct extension *e = &r->extension;
  size_t at = dump_indent(line);
  unsigned value;
  size_t len;
  size_t i;

  if (e->type == KEY_SHARE) {
    key_share_line(r, line);
    return;
  }
  if (line->len - at > 7 && memcmp(line->ptr + at + 4, " - ", 3) == 0) {
    size_t room = e->told > e->body_len ? e->told - e->body_len : 0;

    len = BODY_MAX - e->body_len; /* "0000 - 00 13 00 00 10 77" */
    e->body_len += dump_hex_pairs(line, at + 7, e->body + e->body_len,
                                  room < len ? room : len);
  } else if (e->type == 16 && line->len - at < 256) {
    add_byte(e, (unsigned)(line->len - at)); /* one protocol a line */
    for (i = at; i < line->len; i++) {
      add_byte(e, line->ptr[i]);
    }
  } else if ((len = trailing_hex(line, e->body, BODY_MAX)) > 0) {
    e->body_len = len;
  } else if (last_number(line, &value) && e->num_values < VALUES_MAX) {
    e->values[e->num_values++] = (uint16_t)value;
  }
}

/* "---": s_client's report begins. */
static int is_rule(const struct dump_line *line)
{
  return line->len == 3 && memcmp(line->ptr, "---", 3) == 0;
}

static void field_line(struct reading *r, const struct dump_line *line)
{
  if (r->hello.type == 0) {
    dump_pem_line(&r->pem, line);
  } else if (begin_extension(r, line) || line->len == 0) {
    return;
  } else if (r->extension.is_open) {
    extension_value(r, line);
  } else {
    (void)hello_field(r, line);
  }
}

static void read_line(struct reading *r, const struct dump_line *line)
{
  size_t at;

  if (dump_trace_line(line)) {
    end_message(r);
    r->from = dump_begins(line, "Sent", &at) ? r->printer : r->printer ^ 1u;
    dump_talk_header(&r->talk, r->from, 0, 0, 0);
  } else if (is_rule(line)) {
    end_message(r);
  } else if (!header_line(r, line) && !begin_message(r, line) &&
             !alert_line(r, line)) {
    field_line(r, line);
  }
}

/* s_server receives the ClientHello. */
static unsigned find_printer(const uint8_t *text, size_t len)
{
  const uint8_t *at = text;
  struct dump_line line;
  size_t behind;
  unsigned is_sent = 1;

  while (dump_next_line(&at, text + len, &line)) {
    if (dump_trace_line(&line)) {
      is_sent = (unsigned)dump_begins(&line, "Sent", &behind);
    } else if (dump_begins(&line, "ClientHello, ", &behind)) {
      break;
    }
  }
  return is_sent ? TLSDIAG_FROM_CLIENT : TLSDIAG_FROM_SERVER;
}

int dump_trace_feed(const uint8_t *text, size_t len, struct judged *j)
{
  static struct reading r; /* 40 KiB */
  const uint8_t *at = text;
  struct dump_line line;

  memset(&r, 0, sizeof r);
  dump_talk_init(&r.talk, j);
  r.printer = find_printer(text, len);
  r.from = r.printer;
  while (dump_next_line(&at, text + len, &line)) {
    read_line(&r, &line);
  }
  end_message(&r);
  dump_talk_end(&r.talk, r.printer, text, len);
  return r.talk.said != 0;
}
