#include "dump_talk.h"

#include <string.h>

#include "dump_line.h"

enum {
  RECORD_MAX = 16384,
  TAG = 17, /* what TLS 1.3 adds to a message: type and tag */
  CLIENT_HELLO = 1,
  SERVER_HELLO = 2,
  CERTIFICATE = 11,
  SERVER_KEY_EXCHANGE = 12,
  CERTIFICATE_REQUEST = 13,
  SERVER_HELLO_DONE = 14,
  CERTIFICATE_VERIFY = 15,
  CLIENT_KEY_EXCHANGE = 16,
  FINISHED = 20,
  VERIFY_DATA = 12 /* RFC 5246 section 7.4.9 */
};

void dump_talk_init(struct dump_talk *t, struct judged *j)
{
  memset(t, 0, sizeof *t);
  t->judged = j;
}

static void keep_hello(struct judged *j, unsigned from, const uint8_t *message,
                       size_t len)
{
  struct judged_hello *h = j->hello;

  if (h == NULL || h->len != 0 || from != TLSDIAG_FROM_CLIENT || len < 6 ||
      message[0] != CLIENT_HELLO) {
    return;
  }
  h->len = len < h->room ? len : h->room;
  memcpy(h->bytes, message, h->len);
}

void dump_bytes(struct judged *j, unsigned from, const uint8_t *bytes,
                size_t len)
{
  tlsdiag_bytes message;
  unsigned format;
  size_t used = 0;

  while (tlsdiag_flow_feed(&j->flow, from, 0, bytes, len, &used) ==
         TLSDIAG_STATUS_MESSAGE) {
    if (tlsdiag_flow_message(&j->flow, &from, &format, &message) ==
            TLSDIAG_STATUS_OK &&
        format == TLSDIAG_FORMAT_TLS) {
      keep_hello(j, from, message.ptr, message.len);
    }
    bytes += used;
    len -= used;
  }
}

static void record_header(struct judged *j, unsigned from, unsigned type,
                          unsigned version, size_t len)
{
  uint8_t header[5];

  header[0] = (uint8_t)type;
  header[1] = (uint8_t)(version >> 8);
  header[2] = (uint8_t)version;
  header[3] = (uint8_t)(len >> 8);
  header[4] = (uint8_t)len;
  dump_bytes(j, from, header, sizeof header);
}

void dump_record(struct judged *j, unsigned from, unsigned type,
                 unsigned version, const uint8_t *body, size_t len)
{
  record_header(j, from, type, version, len);
  dump_bytes(j, from, body, len);
}

static unsigned party(unsigned from)
{
  return from == TLSDIAG_FROM_CLIENT ? TLSDIAG_PARTY_CLIENT
                                     : TLSDIAG_PARTY_SERVER;
}

void dump_alert(struct judged *j, unsigned from, unsigned alert)
{
  tlsdiag_hint hint;

  memset(&hint, 0, sizeof hint);
  hint.size = sizeof hint;
  hint.alert = (uint16_t)alert;
  hint.side = (uint8_t)party(from);
  hint.nature = TLSDIAG_NATURE_SENT;
  (void)tlsdiag_flow_hint(&j->flow, &hint, 0);
}

void dump_talk_header(struct dump_talk *t, unsigned from, unsigned type,
                      unsigned version, size_t len)
{
  t->header_type[from] = type;
  t->header_version[from] = version;
  t->header_len[from] = len;
}

/* A message under a header of type 23, or behind ChangeCipherSpec, was
 * encrypted; several messages may share one such record. */
static int was_protected(const struct dump_talk *t, unsigned from,
                         unsigned type, unsigned message)
{
  if (type == DUMP_CCS ||
      (type == DUMP_HANDSHAKE && message <= SERVER_HELLO &&
       (t->names >> FINISHED & 1) == 0 && t->header_type[from] != DUMP_DATA)) {
    return 0; /* hellos come in clear, behind a CCS for show as well */
  }
  return t->header_type[from] == DUMP_DATA || (t->changed[from] && !t->tls13) ||
         (t->tls13 && type == DUMP_HANDSHAKE && t->header_len[from] == 0 &&
          message > SERVER_HELLO);
}

static void feed_protected(struct dump_talk *t, unsigned from, unsigned type,
                           size_t len)
{
  static const uint8_t unseen[DUMP_BODY_MAX];
  size_t wire = t->header_len[from];
  unsigned outside = t->header_type[from];

  if (wire == 0) {
    wire = len + TAG;
    outside = t->tls13 ? DUMP_DATA : type;
  }
  if (outside != 0 && wire <= DUMP_BODY_MAX) {
    dump_record(t->judged, from, outside, 0x303, unseen, wire);
  }
}

static void feed_plain(struct dump_talk *t, unsigned from, unsigned type,
                       const uint8_t *body, size_t have, size_t len)
{
  unsigned version = t->header_version[from];

  if (len > RECORD_MAX) {
    len = RECORD_MAX;
  }
  if (have > len) {
    have = len;
  }
  record_header(t->judged, from, type, version != 0 ? version : 0x301, len);
  if (type == DUMP_HANDSHAKE) {
    keep_hello(t->judged, from, body, have); /* also one shown in part */
  }
  dump_bytes(t->judged, from, body, have);
  (void)tlsdiag_flow_gap(&t->judged->flow, from, 0, len - have);
}

/* The version extension tells TLS 1.3 from its older self. */
static int chose_tls13(const uint8_t *body, size_t have)
{
  tlsdiag_server_hello hello;

  memset(&hello, 0, sizeof hello);
  hello.size = sizeof hello;
  (void)tlsdiag_server_hello_decode(body, have, TLSDIAG_FORMAT_TLS, &hello,
                                    NULL);
  return hello.version == 0x304 && !hello.is_hello_retry_request;
}

static void remember(struct dump_talk *t, unsigned type, const uint8_t *body,
                     size_t have)
{
  t->said = 1;
  if (type == DUMP_HANDSHAKE && have > 0 && body[0] < 32) {
    t->names |= 1u << body[0];
    t->tls13 |= body[0] == SERVER_HELLO && chose_tls13(body, have);
  }
}

void dump_talk_message(struct dump_talk *t, unsigned from, unsigned type,
                       const uint8_t *body, size_t have, size_t len)
{
  if (have == 0 || type == 0) {
    return;
  }
  len = len > have ? len : have;
  if (was_protected(t, from, type, body[0])) {
    if (type == DUMP_ALERT && have == 2) {
      dump_alert(t->judged, from, body[1]);
    }
    feed_protected(t, from, type, len);
  } else {
    feed_plain(t, from, type, body, have, len);
    t->changed[from] |= type == DUMP_CCS;
  }
  remember(t, type, body, have);
  t->header_type[from] = 0;
  t->header_len[from] = 0;
}

static const struct {
  unsigned message;
  unsigned stage[2]; /* by TLSDIAG_FROM_* */
} stages[] = {{CLIENT_HELLO, {TLSDIAG_STAGE_CLIENT_HELLO, 0}},
              {SERVER_HELLO, {0, TLSDIAG_STAGE_SERVER_HELLO}},
              {CERTIFICATE,
               {TLSDIAG_STAGE_CLIENT_CERTIFICATE, TLSDIAG_STAGE_CERTIFICATE}},
              {SERVER_KEY_EXCHANGE, {0, TLSDIAG_STAGE_SERVER_KEY_EXCHANGE}},
              {CERTIFICATE_REQUEST, {0, TLSDIAG_STAGE_CERTIFICATE_REQUEST}},
              {SERVER_HELLO_DONE, {0, TLSDIAG_STAGE_SERVER_HELLO_DONE}},
              {CERTIFICATE_VERIFY, {TLSDIAG_STAGE_CERTIFICATE_VERIFY, 0}},
              {CLIENT_KEY_EXCHANGE, {TLSDIAG_STAGE_CLIENT_KEY_EXCHANGE, 0}},
              {FINISHED, {TLSDIAG_STAGE_FINISHED, TLSDIAG_STAGE_FINISHED}}};

/* A stage that was reached; how long the message was is not known. */
static void hint_stage(struct dump_talk *t, unsigned from, unsigned message)
{
  tlsdiag_hint hint;
  size_t i;

  memset(&hint, 0, sizeof hint);
  hint.size = sizeof hint;
  hint.alert = 0xffff;
  hint.side = (uint8_t)party(from);
  hint.nature = TLSDIAG_NATURE_STATE;
  for (i = 0; i < sizeof stages / sizeof stages[0]; i++) {
    if (stages[i].message == message) {
      hint.stage = (uint8_t)stages[i].stage[from];
      (void)tlsdiag_flow_hint(&t->judged->flow, &hint, 0);
    }
  }
}

void dump_talk_named(struct dump_talk *t, unsigned from, unsigned message,
                     long len)
{
  uint8_t head[8] = {0};
  size_t have = 4;

  if (message == SERVER_HELLO_DONE) {
    len = 0;
  } else if (message == FINISHED && len < 0 && t->changed[from]) {
    len = VERIFY_DATA;
  }
  if (message > 31) {
    return;
  }
  if (len < 0 || len > DUMP_BODY_MAX - 4) {
    hint_stage(t, from, message);
    t->names |= 1u << message;
    t->said = 1;
    return;
  }
  head[0] = (uint8_t)message;
  head[1] = 0;
  head[2] = (uint8_t)(len >> 8);
  head[3] = (uint8_t)len;
  if (message == CERTIFICATE && len == 3) {
    have += 3; /* an empty list, there is no other of that length */
  }
  dump_talk_message(t, from, DUMP_HANDSHAKE, head, have, (size_t)len + 4);
}

static const uint8_t supports_tls13[8] = {0, 6, 0, 43, 0, 2, 3, 4};

/* A ServerHello of `version` with nothing but what was told. */
static size_t server_hello(uint8_t body[50], unsigned version, unsigned suite)
{
  memset(body, 0, 50);
  body[0] = SERVER_HELLO;
  body[3] = version < 0x304 ? 38 : 46;
  body[4] = 3;
  body[5] = (uint8_t)(version < 0x304 ? version : 3);
  body[39] = (uint8_t)(suite >> 8); /* behind the random and an empty id */
  body[40] = (uint8_t)suite;
  if (version < 0x304) {
    return 42;
  }
  memcpy(body + 42, supports_tls13, sizeof supports_tls13);
  return 50;
}

void dump_talk_chosen(struct dump_talk *t, unsigned version, unsigned suite)
{
  uint8_t body[50];
  size_t len = server_hello(body, version, suite);

  t->suite = suite;
  dump_talk_message(t, TLSDIAG_FROM_SERVER, DUMP_HANDSHAKE, body, len, len);
}

void dump_talk_retry(struct dump_talk *t)
{
  /* RFC 8446 section 4.1.3: the random that makes it a retry request. */
  static const uint8_t retry[32] = {
      0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c,
      0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb,
      0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};
  uint8_t body[50];
  size_t len = server_hello(body, 0x304, 0);

  memcpy(body + 6, retry, sizeof retry);
  dump_talk_message(t, TLSDIAG_FROM_SERVER, DUMP_HANDSHAKE, body, len, len);
}

static void hint_causes(struct dump_talk *t, const tlsdiag_hint *told)
{
  tlsdiag_hint h = *told;

  h.size = sizeof h;
  h.alert = 0xffff;
  h.side = TLSDIAG_PARTY_SERVER;
  h.nature = TLSDIAG_NATURE_DETECTED;
  (void)tlsdiag_flow_hint(&t->judged->flow, &h, 0);
}

/* protocol_version in answer to a hello that reaches up to TLS 1.3: there is
 * nothing newer that the server could want. */
static void suspect_old_server(struct dump_talk *t, unsigned alert)
{
  tlsdiag_hint h;

  if (alert != 70 || t->offered < 0x304 ||
      (t->names >> SERVER_HELLO & 1) != 0) {
    return;
  }
  memset(&h, 0, sizeof h);
  h.stage = TLSDIAG_STAGE_CLIENT_HELLO;
  h.num_causes = 1;
  h.cause[0] = TLSDIAG_CAUSE_VERSION_SERVER_TOO_OLD;
  h.weight[0] = 92;
  hint_causes(t, &h);
}

/* A device that decrypts with the server's key dies exactly here when it does
 * not know RFC 7627: RSA key exchange, and the refusal upon the Finished.
 * Needed where a dump names no extensions: with bytes the rules find it. */
static void suspect_inspection(struct dump_talk *t, unsigned alert)
{
  const unsigned wanted =
      1u << SERVER_HELLO | 1u << SERVER_HELLO_DONE | 1u << CLIENT_KEY_EXCHANGE;
  const unsigned unwanted =
      1u << SERVER_KEY_EXCHANGE | 1u << CERTIFICATE_REQUEST;
  tlsdiag_hint h;

  if ((t->names & wanted) != wanted || (t->names & unwanted) != 0 ||
      !t->changed[TLSDIAG_FROM_CLIENT] ||
      (alert != 40 && alert != 20 && alert != 51)) {
    return;
  }
  memset(&h, 0, sizeof h);
  h.stage = TLSDIAG_STAGE_FINISHED;
  h.num_causes = 3;
  h.cause[0] = TLSDIAG_CAUSE_INSPECTION_EXTENDED_MASTER_SECRET;
  h.weight[0] = 82;
  h.cause[1] = TLSDIAG_CAUSE_HANDSHAKE_FAILURE;
  h.weight[1] = 30;
  h.cause[2] = TLSDIAG_CAUSE_HANDSHAKE_TAMPERED;
  h.weight[2] = 25;
  hint_causes(t, &h);
}

void dump_talk_alert(struct dump_talk *t, unsigned from, unsigned level,
                     unsigned alert)
{
  uint8_t body[2];

  body[0] = (uint8_t)(level != 0 ? level : 2);
  body[1] = (uint8_t)alert;
  if (!t->changed[from] && !t->tls13) {
    dump_talk_message(t, from, DUMP_ALERT, body, 2, 2);
  } else {
    if (level != 1 || alert != 0) {
      dump_alert(t->judged, from, alert);
    }
    feed_protected(t, from, DUMP_ALERT, 2);
    t->said = 1;
  }
  if (from == TLSDIAG_FROM_SERVER) {
    suspect_inspection(t, alert);
    suspect_old_server(t, alert);
  }
}

void dump_talk_close(struct dump_talk *t, unsigned from, unsigned how)
{
  (void)tlsdiag_flow_close(&t->judged->flow, from, how, 0);
}

void dump_talk_end(struct dump_talk *t, unsigned printer, const uint8_t *text,
                   size_t len)
{
  const uint8_t *at = text;
  struct dump_line line;

  while (dump_next_line(&at, text + len, &line)) {
    if (dump_has(&line, ":errno=104")) {
      dump_talk_close(t, printer ^ 1u, TLSDIAG_CLOSE_RST);
    } else if (dump_has(&line, ":errno=0") ||
               dump_has(&line, "unexpected eof while reading")) {
      dump_talk_close(t, printer ^ 1u, TLSDIAG_CLOSE_FIN);
    }
  }
}
