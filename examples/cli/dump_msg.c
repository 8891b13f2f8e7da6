/* dump_msg.c: openssl s_client or s_server with -msg.
 *
 *   >>> TLS 1.2, Handshake [length 006b], ClientHello
 *       01 00 00 67 03 03 ...
 *
 * Versions before 1.0.2 print no comma and call record headers "???".  What
 * was encrypted on the wire is shown in clear: it is fed as a protected record
 * of its length, and an alert's meaning is told beside it. */
#include <stdlib.h>
#include <string.h>

#include "dump.h"

enum {
  BODY_MAX = 65535,
  CCS = 20,
  ALERT = 21,
  HANDSHAKE = 22,
  DATA = 23,
  TAG = 17 /* what TLS 1.3 adds to a message: type and tag */
};

struct block {
  unsigned is_sent; /* by the program that printed it */
  unsigned type;    /* content type, 0: something else */
  unsigned version;
  size_t length; /* as announced */
  size_t have;
  uint8_t body[BODY_MAX];
};

struct reading {
  struct judged *judged;
  unsigned printer;        /* TLSDIAG_FROM_*: who printed the dump */
  unsigned header_type[2]; /* of the record header seen last, by is_sent */
  unsigned header_version[2];
  size_t header_len[2];
  unsigned changed[2]; /* CCS seen */
  unsigned tls13;
  unsigned fed;
};

static size_t length_of(const struct dump_line *line)
{
  size_t at;
  size_t value = 0;

  if (!dump_find(line, "[length ", &at)) {
    return 0;
  }
  for (; at < line->len && line->ptr[at] != ']'; at++) {
    uint8_t c = line->ptr[at] | 0x20;
    unsigned digit = (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);

    value = digit < 16 && value < BODY_MAX ? value << 4 | digit : value;
  }
  return value < BODY_MAX ? value : BODY_MAX;
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
  size_t at;

  for (i = 0; i < sizeof versions / sizeof versions[0]; i++) {
    if (dump_find(line, versions[i].text, &at)) {
      return versions[i].version;
    }
  }
  return 0x301;
}

static unsigned type_of(const struct dump_line *line)
{
  size_t at;

  if (dump_find(line, "Handshake", &at)) {
    return HANDSHAKE;
  }
  if (dump_find(line, "Alert", &at)) {
    return ALERT;
  }
  return dump_find(line, "ChangeCipherSpec", &at) ? CCS : 0;
}

static unsigned from_of(const struct reading *r, const struct block *b)
{
  return b->is_sent ? r->printer : r->printer ^ 1u;
}

static void feed_protected(struct reading *r, const struct block *b)
{
  static const uint8_t unseen[BODY_MAX];
  size_t len = r->header_len[b->is_sent];
  unsigned type = r->header_type[b->is_sent];

  if (len == 0) {
    len = b->have + TAG;
    type = r->tls13 ? DATA : b->type;
  }
  if (b->type == ALERT && b->have == 2) {
    dump_alert(r->judged,
               from_of(r, b) == TLSDIAG_FROM_CLIENT ? TLSDIAG_PARTY_CLIENT
                                                    : TLSDIAG_PARTY_SERVER,
               b->body[1]);
  }
  if (type != 0 && len <= BODY_MAX) {
    dump_record(r->judged, from_of(r, b), type, 0x303, unseen, len);
  }
  r->header_type[b->is_sent] = 0;
  r->header_len[b->is_sent] = 0;
}

/* A message under a header of type 23, or behind ChangeCipherSpec, was
 * encrypted; several messages may share one such record. */
static int was_protected(const struct reading *r, const struct block *b)
{
  if (b->type == CCS) {
    return 0;
  }
  return r->header_type[b->is_sent] == DATA ||
         (r->changed[b->is_sent] && !r->tls13) ||
         (r->tls13 && b->type == HANDSHAKE && r->header_len[b->is_sent] == 0 &&
          b->have > 0 && b->body[0] > 2);
}

static void end_block(struct reading *r, struct block *b)
{
  if (b->length == 5 && b->have == 5 && b->type == 0) {
    r->header_type[b->is_sent] = b->body[0];
    r->header_version[b->is_sent] = (unsigned)b->body[1] << 8 | b->body[2];
    r->header_len[b->is_sent] = (size_t)b->body[3] << 8 | b->body[4];
  } else if (b->type != 0 && b->have > 0) {
    r->fed = 1;
    if (was_protected(r, b)) {
      feed_protected(r, b);
    } else {
      dump_record(r->judged, from_of(r, b), b->type,
                  r->header_version[b->is_sent] != 0
                      ? r->header_version[b->is_sent]
                      : b->version,
                  b->body, b->have);
      r->changed[b->is_sent] |= b->type == CCS;
    }
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
    if (line.len > 4 && dump_find(&line, "ClientHello", &behind) &&
        dump_find(&line, "[length", &behind)) {
      return line.ptr[0] == '<' ? TLSDIAG_FROM_SERVER : TLSDIAG_FROM_CLIENT;
    }
  }
  return TLSDIAG_FROM_CLIENT;
}

static void read_line(struct reading *r, struct block *b,
                      const struct dump_line *line)
{
  size_t at;

  if (line->len > 4 && dump_find(line, "[length ", &at) &&
      (line->ptr[0] == '>' || line->ptr[0] == '<')) {
    end_block(r, b);
    b->is_sent = line->ptr[0] == '>';
    b->type = type_of(line);
    b->version = version_of(line);
    b->length = length_of(line);
    r->tls13 |= b->type == HANDSHAKE && dump_find(line, "TLS 1.3", &at) &&
                dump_find(line, "ServerHello", &at);
  } else if (b->have < b->length) {
    b->have += dump_hex_pairs(line, 0, b->body + b->have, b->length - b->have);
  }
}

/* How the connection ended, as s_client says it. */
static void read_end(struct reading *r, const uint8_t *text, size_t len)
{
  const uint8_t *at = text;
  struct dump_line line;
  size_t behind;

  while (dump_next_line(&at, text + len, &line)) {
    if (dump_find(&line, ":errno=104", &behind)) {
      (void)tlsdiag_flow_close(&r->judged->flow, r->printer ^ 1u,
                               TLSDIAG_CLOSE_RST, 0);
    } else if (dump_find(&line, ":errno=0", &behind) ||
               dump_find(&line, "unexpected eof while reading", &behind)) {
      (void)tlsdiag_flow_close(&r->judged->flow, r->printer ^ 1u,
                               TLSDIAG_CLOSE_FIN, 0);
    }
  }
}

int dump_feed_msg(const uint8_t *text, size_t len, struct judged *j)
{
  struct reading r;
  struct block *b = calloc(1, sizeof *b);
  const uint8_t *at = text;
  struct dump_line line;

  if (b == NULL) {
    return 0;
  }
  memset(&r, 0, sizeof r);
  r.judged = j;
  r.printer = find_printer(text, len);
  while (dump_next_line(&at, text + len, &line)) {
    read_line(&r, b, &line);
  }
  end_block(&r, b);
  free(b);
  read_end(&r, text, len);
  return r.fed != 0;
}
