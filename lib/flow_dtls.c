/* flow_dtls.c: the records of one datagram (RFC 6347, RFC 9147): hellos and
 * alerts in clear; everything from epoch 1 on is ciphertext.
 *
 * Datagrams may be lost, repeated and reordered, so nothing is reassembled: a
 * fragmented message speaks with its first fragment. */
#include "flow.h"
#include "reader.h"

enum { DTLS_HEADER = 13, DTLS_MESSAGE_HEADER = 12 };

struct dtls_record {
  unsigned type, version, epoch;
  struct reader body;
  uint64_t offset;
};

/* A flight that was not answered is sent again (RFC 6347 section 4.2.4).  Its
 * size says nothing of the path: the sender chooses it. */
static void note_repeated(struct flow *f, unsigned from, uint32_t t,
                          uint64_t offset)
{
  struct observed *o = observed_find(f, TLSDIAG_OBS_RETRANSMITTED, from);

  if (o == NULL) {
    o = observe_at(f, TLSDIAG_OBS_RETRANSMITTED, from, 0, 0, offset, t);
  }
  if (o != NULL) {
    o->a += o->a < UINT32_MAX;
  }
}

/* In clear each message comes once from a side, but for the hellos around a
 * cookie or a retry.  msg_have is free here: one bit a type. */
static int is_repeated(struct flow *f, struct side *s, unsigned type)
{
  uint32_t bit = type < 32 ? 1u << type : 0u;
  int seen = (s->msg_have & bit) != 0;

  s->msg_have |= bit;
  if (type == HS_CLIENT_HELLO && f->version == 0) {
    return f->stage == TLSDIAG_STAGE_CLIENT_HELLO ||
           f->stage == TLSDIAG_STAGE_CLIENT_HELLO_RETRY;
  }
  return seen && (type != HS_SERVER_HELLO || f->version != 0);
}

static void dtls_message(struct flow *f, unsigned from, uint32_t t,
                         struct dtls_record *r)
{
  struct message m;
  size_t left = rd_left(&r->body);
  const uint8_t *p = rd_take(&r->body, left, TLSDIAG_FIELD_DTLS_HEADER);
  uint32_t length, fragment_offset;

  if (p == NULL || left < DTLS_MESSAGE_HEADER) {
    return;
  }
  length = ((uint32_t)p[1] << 16) | ((uint32_t)p[2] << 8) | p[3];
  fragment_offset = ((uint32_t)p[6] << 16) | ((uint32_t)p[7] << 8) | p[8];
  if (fragment_offset != 0) {
    return;
  }
  m.ptr = p;
  m.full_len = DTLS_MESSAGE_HEADER + (size_t)length;
  m.len = left < m.full_len ? left : m.full_len;
  m.offset = r->offset + DTLS_HEADER;
  m.type = p[0];
  m.format = TLSDIAG_FORMAT_DTLS;
  m.from = from;
  m.t = t;
  if (is_repeated(f, &f->side[from], m.type)) {
    note_repeated(f, from, t, m.offset);
    return;
  }
  message_read(f, &m);
  if ((f->flags & TLSDIAG_FLOW_STOP_AT_MESSAGE) != 0 && m.len == m.full_len) {
    f->message = m.ptr;
    f->message_len = saturate32(m.len);
    f->message_from = (uint8_t)from;
    f->message_format = TLSDIAG_FORMAT_DTLS;
  }
}

static void dtls_protected(struct flow *f, unsigned from, uint32_t t,
                           const struct dtls_record *r)
{
  struct side *s = &f->side[from];

  s->record_len = (uint16_t)rd_left(&r->body);
  if (r->type == RECORD_ALERT) {
    observe_at(f, TLSDIAG_OBS_ENCRYPTED_ALERT, from, s->record_len,
               TLSDIAG_ALERT_FLAG_ENCRYPTED, r->offset, t);
  } else if (r->type == RECORD_HANDSHAKE && s->finished != 0) {
    note_repeated(f, from, t, r->offset);
  } else if (r->type == RECORD_HANDSHAKE) {
    s->finished = 1;
    f->stage = TLSDIAG_STAGE_FINISHED;
    observe_at(f, TLSDIAG_OBS_FINISHED, from, 0, s->record_len, r->offset, t);
  } else if (r->type == RECORD_APPLICATION_DATA &&
             (s->flags & SIDE_APP_DATA) == 0) {
    s->flags |= SIDE_APP_DATA;
    observe_at(f, TLSDIAG_OBS_APPLICATION_DATA, from, s->record_len, 0,
               r->offset, t);
  }
}

static void dtls_record(struct flow *f, unsigned from, uint32_t t,
                        struct dtls_record *r)
{
  struct alert a;

  f->side[from].record_version = (uint16_t)r->version;
  if (r->epoch != 0) {
    dtls_protected(f, from, t, r);
    return;
  }
  switch (r->type) {
  case RECORD_HANDSHAKE:
    dtls_message(f, from, t, r);
    break;
  case RECORD_ALERT:
    a.level = rd_u8(&r->body, TLSDIAG_FIELD_ALERT);
    a.description = rd_u8(&r->body, TLSDIAG_FIELD_ALERT);
    a.flags = 0;
    a.offset = r->offset + DTLS_HEADER;
    a.t = t;
    if (rd_ok(&r->body)) {
      alert_read(f, from, &a);
    }
    break;
  case RECORD_CHANGE_CIPHER_SPEC:
    observe_at(f, TLSDIAG_OBS_CHANGE_CIPHER_SPEC, from, 0, 0, r->offset, t);
    f->stage = TLSDIAG_STAGE_CHANGE_CIPHER_SPEC;
    break;
  default:
    break;
  }
}

/* RFC 9147 section 4: the unified header of DTLS 1.3 ciphertext. */
static int is_unified_header(unsigned byte)
{
  return (byte & 0xe0) == 0x20;
}

void datagram_feed(struct flow *f, unsigned from, uint32_t t,
                   const uint8_t *data, size_t len)
{
  struct side *s = &f->side[from];
  struct rd_fault fault = {0, 0, 0, 0};
  struct dtls_record r;
  struct reader in;

  rd_init(&in, data, len, &fault);
  while (rd_left(&in) != 0) {
    r.offset = s->offset + rd_offset(&in);
    r.type = rd_u8(&in, TLSDIAG_FIELD_RECORD_TYPE);
    if (is_unified_header(r.type)) {
      observe_at(f, TLSDIAG_OBS_PROTECTED_RECORD, from, saturate32(len),
                 s->num_records < UINT8_MAX ? ++s->num_records : UINT8_MAX,
                 r.offset, t);
      break;
    }
    r.version = rd_u16(&in, TLSDIAG_FIELD_RECORD_VERSION);
    r.epoch = rd_u16(&in, TLSDIAG_FIELD_DTLS_HEADER);
    (void)rd_take(&in, 6, TLSDIAG_FIELD_DTLS_HEADER);
    r.body = rd_vec16(&in, TLSDIAG_FIELD_RECORD_FRAGMENT);
    if (!rd_ok(&in) || r.type - 20u > 6u || r.version >> 8 != 0xfe) {
      break; /* a datagram of something else is nobody's fault */
    }
    dtls_record(f, from, t, &r);
  }
  s->offset += len;
}
