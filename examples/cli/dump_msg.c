/* dump_msg.c: openssl s_client or s_server with -msg.
 *
 *   >>> TLS 1.2, Handshake [length 006b], ClientHello
 *       01 00 00 67 03 03 ...
 *
 * Versions before 1.0.2 print no comma and call record headers "???". */
#include <stdlib.h>
#include <string.h>

#include "dump.h"
#include "dump_talk.h"

struct block {
  unsigned is_sent; /* by the program that printed it */
  unsigned type;    /* DUMP_*, 0: something else */
  unsigned version;
  size_t length; /* as announced */
  size_t have;
  uint8_t body[DUMP_BODY_MAX];
};

struct reading {
  struct dump_talk talk;
  unsigned printer; /* TLSDIAG_FROM_*: who printed the dump */
  unsigned reserved_;
};

/* ">>> TLS 1.2, RecordHeader [length 0005]", or "<<<". */
int dump_msg_line(const struct dump_line *line)
{
  size_t at;

  return (dump_begins(line, ">>> ", &at) || dump_begins(line, "<<< ", &at)) &&
         dump_has(line, "[length ");
}

static size_t length_of(const struct dump_line *line)
{
  size_t at;
  uint32_t value = 0;

  if (dump_find(line, "[length ", &at)) {
    value = dump_number(line, &at, 16);
  }
  return value < DUMP_BODY_MAX ? value : DUMP_BODY_MAX;
}

static unsigned version_of(const struct dump_line *line)
{
  static const struct {
    const char *text;
    unsigned version;
  } versions[] = {{"SSL 3.0", 0x300},
                  {"TLS 1.0", 0x301},
                  {"TLS 1.1", 0x302},
                  {"TLS 1.2", 0x303},
                  {"TLS 1.3", 0x303}};
  size_t i;

  for (i = 0; i < sizeof versions / sizeof versions[0]; i++) {
    if (dump_has(line, versions[i].text)) {
      return versions[i].version;
    }
  }
  return 0x301;
}

static unsigned type_of(const struct dump_line *line)
{
  if (dump_has(line, "Handshake")) {
    return DUMP_HANDSHAKE;
  }
  if (dump_has(line, "Alert")) {
    return DUMP_ALERT;
  }
  return dump_has(line, "ChangeCipherSpec") ? DUMP_CCS : 0;
}

static void end_block(struct reading *r, struct block *b)
{
  unsigned from = b->is_sent ? r->printer : r->printer ^ 1u;
  struct dump_talk *t = &r->talk;

  if (b->length == 5 && b->have == 5 && b->type == 0) {
    dump_talk_header(t, from, b->body[0],
                     (unsigned)b->body[1] << 8 | b->body[2],
                     (size_t)b->body[3] << 8 | b->body[4]);
  } else if (b->type != 0 && b->have > 0) {
    if (t->header_version[from] == 0) {
      t->header_version[from] = b->version;
    }
    dump_talk_message(t, from, b->type, b->body, b->have, b->length);
  }
  b->type = 0;
  b->length = 0;
  b->have = 0;
}

/* s_server prints the ClientHello as received. */
static unsigned find_printer(const uint8_t *text, size_t len)
{
  const uint8_t *at = text;
  struct dump_line line;
  size_t behind;

  while (dump_next_line(&at, text + len, &line)) {
    if (dump_has(&line, "ClientHello") && dump_has(&line, "[length")) {
      return dump_begins(&line, "<", &behind) ? TLSDIAG_FROM_SERVER
                                              : TLSDIAG_FROM_CLIENT;
    }
  }
  return TLSDIAG_FROM_CLIENT;
}

static void read_line(struct reading *r, struct block *b,
                      const struct dump_line *line)
{
  size_t at;

  if (dump_msg_line(line)) {
    end_block(r, b);
    b->is_sent = (unsigned)dump_begins(line, ">", &at);
    b->type = type_of(line);
    b->version = version_of(line);
    b->length = length_of(line);
  } else if (b->have < b->length) {
    b->have += dump_hex_pairs(line, 0, b->body + b->have, b->length - b->have);
  }
}

int dump_msg_feed(const uint8_t *text, size_t len, struct judged *j)
{
  struct reading r;
  struct block *b = calloc(1, sizeof *b);
  const uint8_t *at = text;
  struct dump_line line;

  if (b == NULL) {
    return 0;
  }
  memset(&r, 0, sizeof r);
  dump_talk_init(&r.talk, j);
  r.printer = find_printer(text, len);
  while (dump_next_line(&at, text + len, &line)) {
    read_line(&r, b, &line);
  }
  end_block(&r, b);
  free(b);
  dump_talk_end(&r.talk, r.printer, text, len);
  return r.talk.said != 0;
}
