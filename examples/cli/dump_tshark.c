/* dump_tshark.c: packets as tshark and Wireshark print them: one line each, or
 * all fields (-V).
 *
 *   15   0.047790 203.0.113.10 -> 192.0.2.7 TLSv1.2 73 Alert (Level: Fatal,
 *   Description: Handshake Failure)
 *
 *   Handshake Type: Client Hello (1)
 *   Cipher Suite: TLS_RSA_WITH_AES_128_CBC_SHA (0x002f) */
#include <string.h>

#include "dump.h"
#include "dump_hello.h"
#include "dump_suite.h"

enum {
  VALUES_MAX = 128,
  ADDRESS_MAX = 64,
  FINISHED = 20,
  VERIFY_DATA = 12 /* RFC 5246 section 7.4.9 */
};

struct reading {
  struct dump_talk talk;
  struct dump_hello hello;
  struct dump_line client; /* the address, or the port, that sends hellos */
  unsigned from;
  unsigned message; /* type told; its length comes next */
  unsigned version; /* of the packet line at hand */
  unsigned level;
  unsigned hidden;    /* an encrypted message was named */
  unsigned extension; /* open: its type + 1 */
  size_t told;        /* length of its body */
  size_t num_values;
  uint16_t values[VALUES_MAX];
};

static int same(const struct dump_line *a, const struct dump_line *b)
{
  return a->len == b->len && a->len > 0 && memcmp(a->ptr, b->ptr, a->len) == 0;
}

/* ---- one line a packet ---- */

static int is_address_char(uint8_t c)
{
  return dump_digit(c) >= 0 || c == '.' || c == ':';
}

/* The first word that can be an address: three dots or two colons. */
static int source_of(const struct dump_line *line, size_t end,
                     struct dump_line *source)
{
  size_t at = 0;

  while (at < end) {
    size_t begin = at;
    unsigned dots = 0;
    unsigned colons = 0;

    while (at < end && is_address_char(line->ptr[at])) {
      dots += line->ptr[at] == '.';
      colons += line->ptr[at] == ':';
      at++;
    }
    if ((dots == 3 || colons >= 2) && at - begin < ADDRESS_MAX && at < end &&
        line->ptr[at] == ' ' && line->ptr[at - 1] != ':') {
      source->ptr = line->ptr + begin;
      source->len = at - begin;
      return 1;
    }
    at += at == begin;
  }
  return 0;
}

/* Position of what a packet line says behind protocol and length; 0 if it is
 * no such line. */
static size_t info_of(const struct dump_line *line, size_t *protocol)
{
  static const char *const protocols[] = {" TLSv1", " SSLv", " SSL ", " TCP "};
  size_t at;
  size_t i;

  for (i = 0; i < sizeof protocols / sizeof protocols[0]; i++) {
    if (!dump_find(line, protocols[i], &at)) {
      continue;
    }
    *protocol = at - strlen(protocols[i]);
    while (at < line->len && line->ptr[at] != ' ' && line->ptr[at - 1] != ' ') {
      at++;
    }
    at += dump_indent(&(struct dump_line){line->ptr + at, line->len - at});
    if (at < line->len && line->ptr[at] >= '0' && line->ptr[at] <= '9') {
      (void)dump_number(line, &at, 10);
      return at < line->len && line->ptr[at] == ' ' ? at + 1 : 0;
    }
  }
  return 0;
}

static const struct {
  const char *name;
  unsigned type;
} messages[] = {{"Client Hello", 1},
                {"Hello Retry Request", 6},
                {"Server Hello Done", 14},
                {"Server Hello", 2},
                {"Encrypted Extensions", 8},
                {"Certificate Request", 13},
                {"Certificate Verify", 15},
                {"Certificate Status", 22},
                {"Server Key Exchange", 12},
                {"Client Key Exchange", 16},
                {"New Session Ticket", 4},
                {"Certificate", 11},
                {"Finished", 20}};

static unsigned message_of(const struct dump_line *word)
{
  size_t i;
  size_t at;

  for (i = 0; i < sizeof messages / sizeof messages[0]; i++) {
    if (dump_begins(word, messages[i].name, &at)) {
      return messages[i].type;
    }
  }
  return 0;
}

/* "Handshake Failure" is handshake_failure in the registry. */
static unsigned alert_of(const struct dump_line *line, size_t at)
{
  char name[48];
  size_t len = 0;
  uint32_t value = 0;

  for (; at < line->len && len < sizeof name; at++) {
    uint8_t c = line->ptr[at];

    if (c == ')' || c == '(') {
      break;
    }
    name[len++] = c == ' ' ? '_' : (char)c;
  }
  while (len > 0 && name[len - 1] == '_') {
    len--;
  }
  return tlsdiag_name_lookup(TLSDIAG_REGISTRY_ALERT, name, len, &value) ==
                 TLSDIAG_STATUS_OK
             ? value
             : 256;
}

static void one_alert(struct reading *r, const struct dump_line *word)
{
  unsigned level = dump_has(word, "Level: Warning") ? 1 : 2;
  unsigned code = 256;
  size_t at;

  if (dump_find(word, "Description: ", &at)) {
    code = alert_of(word, at);
  }
  if (code < 256) {
    dump_talk_alert(&r->talk, r->from, level, code);
  }
}

static void one_word(struct reading *r, const struct dump_line *word)
{
  static const uint8_t one[1] = {1};
  unsigned message = message_of(word);
  size_t at;

  if (dump_begins(word, "Alert (", &at)) {
    one_alert(r, word);
  } else if (dump_begins(word, "Encrypted Handshake Message", &at) &&
             r->talk.changed[r->from]) {
    dump_talk_named(&r->talk, r->from, FINISHED, VERIFY_DATA);
  } else if (message == DUMP_HELLO_SERVER && r->version != 0) {
    dump_talk_chosen(&r->talk, r->version, 0);
  } else if (dump_begins(word, "Change Cipher Spec", &at)) {
    dump_talk_message(&r->talk, r->from, DUMP_CCS, one, 1, 1);
  } else if (message == 6) {
    dump_talk_retry(&r->talk);
  } else if (message != 0) {
    dump_talk_named(&r->talk, r->from, message, -1);
  }
}

/* Parts are separated by commas; an alert has one inside its parentheses. */
static void info(struct reading *r, struct dump_line rest)
{
  while (rest.len > 0) {
    struct dump_line word = rest;
    unsigned depth = 0;
    size_t at = 0;

    while (at < rest.len && (rest.ptr[at] != ',' || depth > 0)) {
      depth += rest.ptr[at] == '(';
      depth -= rest.ptr[at] == ')' && depth > 0;
      at++;
    }
    word.len = at;
    one_word(r, &word);
    rest = dump_rest(&rest, at + 1);
  }
}

static int packet_line(struct reading *r, const struct dump_line *line)
{
  struct dump_line source;
  struct dump_line rest;
  size_t protocol = 0;
  size_t at = info_of(line, &protocol);

  if (at == 0 || !source_of(line, protocol, &source)) {
    return 0;
  }
  r->from =
      same(&source, &r->client) ? TLSDIAG_FROM_CLIENT : TLSDIAG_FROM_SERVER;
  r->version = dump_version(line, protocol);
  rest = dump_rest(line, at);
  if (dump_has(&rest, "[RST")) {
    dump_talk_close(&r->talk, r->from, TLSDIAG_CLOSE_RST);
  } else if (dump_has(&rest, "[FIN")) {
    dump_talk_close(&r->talk, r->from, TLSDIAG_CLOSE_FIN);
  } else {
    info(r, rest);
  }
  return 1;
}

/* ---- all fields ---- */

/* The last number in parentheses, "(0x1301)" or "(22)"; 0 without. */
static unsigned last_number(const struct dump_line *line)
{
  size_t at = line->len;

  while (at > 0 && line->ptr[at - 1] != '(') {
    at--;
  }
  if (at == 0) {
    return 0;
  }
  if (at + 1 < line->len && line->ptr[at + 1] == 'x') {
    at += 2;
    return dump_number(line, &at, 16);
  }
  return dump_number(line, &at, 10);
}

static void end_extension(struct reading *r)
{
  static const struct {
    uint16_t type;
    uint8_t prefix;
  } lists[] = {{10, 2}, {13, 2}, {43, 1}, {50, 2}};
  struct dump_hello *h = &r->hello;
  unsigned type = r->extension - 1;
  size_t i;

  if (r->extension == 0) {
    return;
  }
  r->extension = 0;
  if (r->told == 0) {
    dump_hello_extension(h, type, h->random, 0);
    return;
  }
  for (i = 0; i < sizeof lists / sizeof lists[0]; i++) {
    unsigned prefix = lists[i].prefix;

    prefix = h->type == DUMP_HELLO_SERVER && type == 43 ? 0 : prefix;
    if (lists[i].type == type && prefix + 2 * r->num_values == r->told) {
      dump_hello_list(h, type, prefix, 2, r->values, r->num_values);
      return;
    }
  }
  dump_hello_unseen(h, r->told);
}

static void end_message(struct reading *r)
{
  end_extension(r);
  dump_hello_end(&r->hello, &r->talk);
  if (r->message != 0) {
    dump_talk_named(&r->talk, r->from, r->message, -1);
    r->message = 0;
  }
}

/* "Internet Protocol Version 4, Src: 192.0.2.7, Dst: ..." and the ports. */
static int head_line(struct reading *r, const struct dump_line *line)
{
  struct dump_line source;
  size_t at;

  if (!dump_begins(line, "Transmission Control Protocol, Src Port: ", &at)) {
    return 0;
  }
  source = dump_rest(line, at);
  for (at = 0; at < source.len && source.ptr[at] != ','; at++) {
  }
  source.len = at;
  end_message(r);
  r->from =
      same(&source, &r->client) ? TLSDIAG_FROM_CLIENT : TLSDIAG_FROM_SERVER;
  return 1;
}

static int extension_line(struct reading *r, const struct dump_line *line)
{
  struct dump_line rest;
  size_t at;

  if (dump_begins(line, "Extension: ", &at)) {
    end_extension(r);
    r->told = dump_find(line, "(len=", &at) ? dump_number(line, &at, 10) : 0;
    return 1;
  }
  if (dump_begins(line, "Type: ", &at) && r->extension == 0) {
    r->extension = last_number(line) + 1;
    r->num_values = 0;
    return 1;
  }
  if (dump_begins(line, "Server Name: ", &at)) {
    rest = dump_rest(line, at);
    dump_hello_name(&r->hello, rest.ptr, rest.len);
    r->extension = 0;
    return 1;
  }
  if (dump_begins(line, "Supported Group: ", &at) ||
      dump_begins(line, "Signature Algorithm: ", &at) ||
      dump_begins(line, "Supported Version: ", &at)) {
    if (r->num_values < VALUES_MAX) {
      r->values[r->num_values++] = (uint16_t)last_number(line);
    }
    return 1;
  }
  return 0;
}

static void hello_field(struct reading *r, const struct dump_line *line)
{
  struct dump_hello *h = &r->hello;
  size_t at;

  if (extension_line(r, line) || r->extension != 0) {
    return;
  }
  if (dump_begins(line, "Length: ", &at) && h->told == 0) {
    h->told = dump_number(line, &at, 10);
  } else if (dump_begins(line, "Version: ", &at)) {
    h->version = last_number(line);
  } else if (dump_begins(line, "Random: ", &at)) {
    (void)dump_hex_run(line, at, h->random, sizeof h->random);
  } else if (dump_begins(line, "Session ID: ", &at)) {
    h->session_len = dump_hex_run(line, at, h->session, sizeof h->session);
  } else if (dump_begins(line, "Cipher Suite: ", &at)) {
    dump_hello_suite(h, last_number(line));
  }
}

static int record_line(struct reading *r, const struct dump_line *line)
{
  static const uint8_t one[1] = {1};
  size_t at;

  if (dump_begins(line, "Content Type: ", &at)) {
    end_message(r);
    if (last_number(line) == DUMP_CCS) {
      dump_talk_message(&r->talk, r->from, DUMP_CCS, one, 1, 1);
    }
  } else if (dump_begins(line, "Handshake Type: ", &at)) {
    unsigned type = last_number(line);

    end_message(r);
    if (type == DUMP_HELLO_CLIENT || type == DUMP_HELLO_SERVER) {
      dump_hello_begin(&r->hello, type, r->from, 0);
    } else {
      r->message = type;
    }
  } else if (dump_begins(line, "Level: ", &at)) {
    r->level = last_number(line);
  } else if (dump_begins(line, "Description: ", &at) && r->level != 0) {
    dump_talk_alert(&r->talk, r->from, r->level, last_number(line));
    r->level = 0;
  } else {
    return 0;
  }
  return 1;
}

/* Behind ChangeCipherSpec it can only be a Finished. */
static int hidden_line(struct reading *r, const struct dump_line *line)
{
  if (!dump_has(line, "Handshake Protocol: Encrypted Handshake Message")) {
    return 0;
  }
  end_message(r);
  if (r->talk.changed[r->from] && !r->hidden) {
    dump_talk_named(&r->talk, r->from, FINISHED, VERIFY_DATA);
    r->hidden = 1; /* it is named twice */
  } else {
    r->hidden = 0;
  }
  return 1;
}

static void flag_line(struct reading *r, const struct dump_line *line)
{
  if (dump_has(line, " = Reset: Set")) {
    dump_talk_close(&r->talk, r->from, TLSDIAG_CLOSE_RST);
  } else if (dump_has(line, " = Fin: Set")) {
    dump_talk_close(&r->talk, r->from, TLSDIAG_CLOSE_FIN);
  }
}

/* Every line of a packet that tells something. */
static void read_line(struct reading *r, const struct dump_line *line)
{
  if (packet_line(r, line) || head_line(r, line) || record_line(r, line) ||
      hidden_line(r, line)) {
    return;
  }
  if (r->hello.type != 0) {
    hello_field(r, line);
  } else {
    flag_line(r, line);
  }
}

/* Who sends the ClientHello. */
static void find_client(struct reading *r, const uint8_t *text, size_t len)
{
  const uint8_t *at = text;
  struct dump_line port = {NULL, 0};
  struct dump_line line;
  size_t behind;
  size_t protocol;

  while (dump_next_line(&at, text + len, &line)) {
    if (dump_begins(&line,
                    "Transmission Control Protocol, Src Port: ", &behind)) {
      port = dump_rest(&line, behind);
      for (behind = 0; behind < port.len && port.ptr[behind] != ','; behind++) {
      }
      port.len = behind;
    } else if (dump_begins(&line, "Handshake Type: Client Hello", &behind)) {
      r->client = port;
      return;
    } else if (dump_has(&line, " Client Hello") &&
               info_of(&line, &protocol) != 0 &&
               source_of(&line, protocol, &r->client)) {
      return;
    }
  }
}

int dump_tshark_line(const struct dump_line *line)
{
  struct dump_line source;
  size_t protocol;
  size_t at;

  if (dump_begins(line, "Transmission Control Protocol, Src Port: ", &at)) {
    return 1;
  }
  at = dump_has(line, " TLSv1") || dump_has(line, " SSL")
           ? info_of(line, &protocol)
           : 0;
  return at != 0 && source_of(line, protocol, &source);
}

int dump_tshark_feed(const uint8_t *text, size_t len, struct judged *j)
{
  static struct reading r; /* 10 KiB */
  const uint8_t *at = text;
  struct dump_line line;

  memset(&r, 0, sizeof r);
  dump_talk_init(&r.talk, j);
  find_client(&r, text, len);
  while (dump_next_line(&at, text + len, &line)) {
    read_line(&r, &line);
  }
  end_message(&r);
  return r.talk.said != 0;
}
