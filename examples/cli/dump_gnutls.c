/* dump_gnutls.c: gnutls-cli or gnutls-serv with -d 4 or more, and whatever
 * else logs at that level.
 *
 *   |<2>| Keeping ciphersuite c0.2c (GNUTLS_ECDHE_ECDSA_AES_256_GCM_SHA384)
 *   |<4>| EXT[0x55]: Sending extension Supported Groups/10 (22 bytes)
 *   |<4>| HSK[0x55]: CLIENT HELLO was queued [185 bytes]
 *   |<5>| REC[0x55]: Alert[2|40] - Handshake failed - was received */
#include <string.h>

#include "dump.h"
#include "dump_hello.h"

enum { VALUES_MAX = 64 };

struct list {
  size_t count;
  uint16_t values[VALUES_MAX];
};

struct reading {
  struct dump_talk talk;
  struct dump_hello hello;
  struct list groups, schemes, versions, shares;
  struct dump_line name; /* of the server */
  const uint8_t *text;
  size_t len;
  unsigned printer;
  unsigned version; /* chosen */
};

/* "|<4>| HSK[0x55]: " */
int dump_gnutls_line(const struct dump_line *line)
{
  size_t at = 0;

  return dump_find(line, "|<", &at) && line->len - at > 5 &&
         line->ptr[at + 1] == '>' && line->ptr[at + 2] == '|';
}

/* Only levels 0 and 1 are meant for people. */
int dump_gnutls_said(const struct dump_line *line)
{
  return !dump_gnutls_line(line) || dump_has(line, "|<0>|") ||
         dump_has(line, "|<1>|");
}

static const struct {
  const char *name;
  unsigned type;
} messages[] = {{"HELLO RETRY REQUEST", 6},
                {"CLIENT HELLO", 1},
                {"SERVER HELLO DONE", 14},
                {"SERVER HELLO", 2},
                {"SERVER KEY EXCHANGE", 12},
                {"CLIENT KEY EXCHANGE", 16},
                {"CERTIFICATE REQUEST", 13},
                {"CERTIFICATE VERIFY", 15},
                {"CERTIFICATE STATUS", 22},
                {"ENCRYPTED EXTENSIONS", 8},
                {"NEW SESSION TICKET", 4},
                {"CERTIFICATE", 11},
                {"FINISHED", 20}};

static unsigned message_of(const struct dump_line *line)
{
  size_t at;
  size_t i;

  if (!dump_find(line, "HSK[", &at) || !dump_find(line, "]: ", &at)) {
    return 0;
  }
  for (i = 0; i < sizeof messages / sizeof messages[0]; i++) {
    struct dump_line rest = dump_rest(line, at);
    size_t behind;

    if (dump_begins(&rest, messages[i].name, &behind)) {
      return messages[i].type;
    }
  }
  return 0;
}

static void add(struct list *l, unsigned value)
{
  if (l->count < VALUES_MAX) {
    l->values[l->count++] = (uint16_t)value;
  }
}

/* "(0x17)" or "(4.1)" at the first parenthesis. */
static unsigned in_parentheses(const struct dump_line *line)
{
  size_t at;
  unsigned high;

  if (!dump_find(line, "(", &at)) {
    return 0;
  }
  if (at + 1 < line->len && line->ptr[at + 1] == 'x') {
    at += 2;
    return dump_number(line, &at, 16);
  }
  high = dump_number(line, &at, 10);
  at++; /* the dot */
  return high << 8 | (dump_number(line, &at, 10) & 0xff);
}

static unsigned group_of(const struct dump_line *name)
{
  static const struct {
    const char *name;
    uint16_t group;
  } groups[] = {{"SECP256R1", 23},
                {"SECP384R1", 24},
                {"SECP521R1", 25},
                {"X25519", 29},
                {"X448", 30}};
  size_t at;
  size_t i;

  for (i = 0; i < sizeof groups / sizeof groups[0]; i++) {
    if (dump_begins(name, groups[i].name, &at)) {
      return groups[i].group;
    }
  }
  return 0;
}

static size_t share_len(unsigned group)
{
  static const uint8_t sizes[] = {65, 97, 133, 0, 0, 0, 32, 56};

  return group >= 23 && group <= 30 ? sizes[group - 23] : 0;
}

/* The keys themselves are not printed, but how long each is is known. */
static void key_shares(struct reading *r, size_t told)
{
  uint8_t body[1024];
  size_t len = 2;
  size_t i;

  memset(body, 0, sizeof body);
  for (i = 0; i < r->shares.count && len < sizeof body - 256; i++) {
    unsigned group = r->shares.values[i];

    body[len + 1] = (uint8_t)group;
    body[len + 3] = (uint8_t)share_len(group);
    len += 4 + share_len(group);
  }
  body[0] = (uint8_t)((len - 2) >> 8);
  body[1] = (uint8_t)(len - 2);
  if (len == told) {
    dump_hello_extension(&r->hello, 51, body, len);
  } else {
    dump_hello_unseen(&r->hello, told);
  }
}

static void list_or_unseen(struct reading *r, unsigned type, unsigned prefix,
                           const struct list *l, size_t told)
{
  if (prefix + 2 * l->count == told) {
    dump_hello_list(&r->hello, type, prefix, 2, l->values, l->count);
  } else {
    dump_hello_unseen(&r->hello, told);
  }
}

/* Bodies that can be nothing else at that length: one or two empty vectors,
 * the uncompressed point format, no renegotiation; record_size_limit says the
 * least at its maximum (RFC 8449 section 4). */
static int only_body(struct reading *r, unsigned type, size_t told)
{
  static const struct {
    uint16_t type;
    uint8_t len;
    uint8_t body[5];
  } known[] = {{5, 5, {1, 0, 0, 0, 0}}, {11, 2, {1, 0}}, {65281, 1, {0}},
               {28, 2, {0x40, 1}},      {45, 2, {1, 1}}, {45, 3, {2, 1, 0}}};
  size_t i;

  if (told == 0) {
    dump_hello_extension(&r->hello, type, known[0].body, 0);
    return 1;
  }
  for (i = 0; i < sizeof known / sizeof known[0]; i++) {
    if (known[i].type == type && known[i].len == told) {
      dump_hello_extension(&r->hello, type, known[i].body, told);
      return 1;
    }
  }
  return 0;
}

/* "Sending extension NAME/TYPE (LEN bytes)", "Parsing extension 'NAME/TYPE'
 * (LEN bytes)". */
static void extension(struct reading *r, const struct dump_line *line)
{
  size_t at = 0;
  unsigned type;
  size_t told = 0;

  (void)dump_find(line, " extension ", &at);
  while (at < line->len && line->ptr[at] != '/') {
    at++;
  }
  at++;
  type = dump_number(line, &at, 10);
  if (dump_find(line, " (", &at)) {
    told = dump_number(line, &at, 10);
  }
  switch (type) {
  case 0:
    if (r->name.len + 5 == told) {
      dump_hello_name(&r->hello, r->name.ptr, r->name.len);
      return;
    }
    break;
  case 10:
    list_or_unseen(r, type, 2, &r->groups, told);
    return;
  case 13:
    list_or_unseen(r, type, 2, &r->schemes, told);
    return;
  case 43:
    list_or_unseen(r, type, 1, &r->versions, told);
    return;
  case 51:
    key_shares(r, told);
    return;
  default:
    break;
  }
  if (!only_body(r, type, told)) {
    dump_hello_unseen(&r->hello, told);
  }
}

static void open_hello(struct reading *r)
{
  if (r->hello.type == 0) {
    dump_hello_begin(&r->hello, DUMP_HELLO_CLIENT, TLSDIAG_FROM_CLIENT, 0);
    r->groups.count = 0;
    r->schemes.count = 0;
    r->versions.count = 0;
    r->shares.count = 0;
    r->name.len = 0;
  }
}

/* The session id that TLS 1.3 sends for show is not printed (RFC 8446 appendix
 * D.4). */
static void end_hello(struct reading *r, size_t told)
{
  struct dump_hello *h = &r->hello;
  size_t known = 41 + 2 * h->num_suites + h->extensions_len + h->unseen;

  if (h->type == 0) {
    return;
  }
  h->told = told;
  if (known + 32 == told) {
    h->session_len = 32;
  }
  dump_hello_end(h, &r->talk);
}

/* What the client says of the hello it is about to send. */
static int sent_field(struct reading *r, const struct dump_line *line)
{
  struct dump_line rest;
  size_t at;
  unsigned high;

  if (dump_find(line, "Keeping ciphersuite ", &at)) {
    open_hello(r);
    high = dump_number(line, &at, 16);
    at++;
    dump_hello_suite(&r->hello,
                     high << 8 | (dump_number(line, &at, 16) & 0xff));
  } else if (r->hello.type == 0) {
    return 0;
  } else if (dump_has(line, ": Sent group ")) {
    add(&r->groups, in_parentheses(line));
  } else if (dump_has(line, ": sent signature algo ")) {
    add(&r->schemes, in_parentheses(line));
  } else if (dump_find(line, "Advertizing version 3.", &at)) {
    add(&r->versions, 0x300 + dump_number(line, &at, 10));
  } else if (dump_find(line, "sending key share for ", &at)) {
    rest = dump_rest(line, at);
    add(&r->shares, group_of(&rest));
  } else if (dump_find(line, "sent server name: '", &at)) {
    r->name = dump_rest(line, at);
    r->name.len -= r->name.len > 0;
  } else if (dump_has(line, "Sending extension ")) {
    extension(r, line);
  } else {
    return 0;
  }
  return 1;
}

/* The number of a suite by the name GnuTLS has for it: the same text lists it
 * among those that were offered. */
static unsigned suite_by_name(const struct reading *r, struct dump_line name)
{
  const uint8_t *at = r->text;
  struct dump_line line;
  size_t from;

  while (dump_next_line(&at, r->text + r->len, &line)) {
    if (dump_find(&line, "ciphersuite ", &from) && name.len > 0 &&
        line.len > name.len && line.ptr[line.len - 1] == ')' &&
        memcmp(line.ptr + line.len - 1 - name.len, name.ptr, name.len) == 0) {
      unsigned high = dump_number(&line, &from, 16);

      from++;
      return high << 8 | (dump_number(&line, &from, 16) & 0xff);
    }
  }
  return 0;
}

/* What was chosen: "Server's version: 3.3", "Negotiated version: 3.4",
 * "Selected cipher suite: GNUTLS_...". */
static int chosen(struct reading *r, const struct dump_line *line)
{
  size_t at;

  if (dump_find(line, "Server's version: 3.", &at) ||
      dump_find(line, "Negotiated version: 3.", &at)) {
    r->version = 0x300 + dump_number(line, &at, 10);
    return 1;
  }
  if (dump_find(line, "Selected cipher suite: ", &at)) {
    dump_talk_chosen(&r->talk, r->version,
                     suite_by_name(r, dump_rest(line, at)));
    return 1;
  }
  return 0;
}

static void handshake(struct reading *r, const struct dump_line *line)
{
  unsigned message = message_of(line);
  size_t at = 0;
  long len;

  if (dump_find(line, " was received. Length ", &at)) {
    len = (long)dump_number(line, &at, 10);
    if (message == 1 && r->hello.type != 0) {
      end_hello(r, (size_t)len);
    } else if (message != 2) {
      dump_talk_named(&r->talk, r->printer ^ 1u, message, len);
    }
  } else if (dump_find(line, " was queued [", &at)) {
    len = (long)dump_number(line, &at, 10) - 4;
    if (message == 1) {
      end_hello(r, len > 0 ? (size_t)len : 0);
    } else if (message == 2) {
      dump_talk_chosen(&r->talk, r->version, 0);
    } else {
      dump_talk_named(&r->talk, r->printer, message, len);
    }
  }
}

static int alert(struct reading *r, const struct dump_line *line)
{
  unsigned from = r->printer;
  unsigned level;
  size_t at;

  if (!dump_find(line, " Alert[", &at)) {
    return 0;
  }
  if (dump_has(line, " was received")) {
    from ^= 1u;
  } else if (!dump_has(line, "Sending Alert[")) {
    return 1;
  }
  level = dump_number(line, &at, 10);
  at++;
  dump_talk_alert(&r->talk, from, level, dump_number(line, &at, 10));
  return 1;
}

static void change_cipher(struct reading *r, unsigned from)
{
  static const uint8_t one[1] = {1};

  if (!r->talk.changed[from] && r->version < 0x304) {
    dump_talk_message(&r->talk, from, DUMP_CCS, one, 1, 1);
  }
}

static void read_line(struct reading *r, const struct dump_line *line)
{
  if (sent_field(r, line) || chosen(r, line) || alert(r, line)) {
    return;
  }
  if (dump_has(line, "Sent ChangeCipherSpec")) {
    change_cipher(r, r->printer);
  } else if (dump_has(line, "Received Packet ChangeCipherSpec")) {
    change_cipher(r, r->printer ^ 1u);
  } else if (message_of(line) != 0) {
    handshake(r, line);
  }
}

/* gnutls-serv receives the ClientHello. */
static unsigned find_printer(const uint8_t *text, size_t len)
{
  const uint8_t *at = text;
  struct dump_line line;

  while (dump_next_line(&at, text + len, &line)) {
    if (message_of(&line) == 1) {
      return dump_has(&line, " was received") ? TLSDIAG_FROM_SERVER
                                              : TLSDIAG_FROM_CLIENT;
    }
  }
  return TLSDIAG_FROM_CLIENT;
}

int dump_gnutls_feed(const uint8_t *text, size_t len, struct judged *j)
{
  static struct reading r; /* 10 KiB */
  const uint8_t *at = text;
  struct dump_line line;

  memset(&r, 0, sizeof r);
  dump_talk_init(&r.talk, j);
  r.text = text;
  r.len = len;
  r.printer = find_printer(text, len);
  while (dump_next_line(&at, text + len, &line)) {
    if (dump_gnutls_line(&line)) {
      read_line(&r, &line);
    }
  }
  return r.talk.said != 0;
}
