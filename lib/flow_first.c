/* flow_first.c: the first bytes of a direction: records, an SSLv2-format hello
 * (RFC 5246 appendix E.2), or something that is not TLS. */
#include <string.h>

#include "flow.h"

static uint32_t four_bytes(const uint8_t *p, size_t len)
{
  uint32_t v = 0;
  size_t i;

  for (i = 0; i < 4; i++) {
    v = (v << 8) | (i < len ? p[i] : 0u);
  }
  return v;
}

static int means_nothing(unsigned protocol)
{
  return protocol == TLSDIAG_PROTOCOL_UNKNOWN ||
         protocol == TLSDIAG_PROTOCOL_BINARY ||
         protocol == TLSDIAG_PROTOCOL_ZEROS;
}

/* An SSLv2-format hello: two bytes of length, then the message. */
static void sslv2_begin(struct flow *f, unsigned from, uint32_t t,
                        const uint8_t *p)
{
  struct side *s = &f->side[from];

  s->mode = MODE_SSLV2;
  s->msg_offset = saturate32(s->offset);
  s->msg_have = 0;
  memset(s->msg_head, 0, sizeof s->msg_head);
  message_begin(f, from, t, 2 + (((size_t)(p[0] & 0x7f) << 8) | p[1]));
}

/* A record header with an impossible length: the record layer names that. */
static int is_record_header(const uint8_t *p, size_t len)
{
  return len >= 3 && p[0] - 20u <= 3u && p[1] == 3 && p[2] <= 4;
}

/* Nearly every connection: no need to ask what else it might be. */
static int is_handshake_record(const uint8_t *p, size_t len)
{
  return len >= 5 && p[0] == RECORD_HANDSHAKE && p[1] == 3 && p[2] <= 4 &&
         p[3] < 0x40 && (p[3] | p[4]) != 0;
}

/* The first bytes are recognised: what comes next? */
static void recognised(struct flow *f, unsigned from, uint32_t t,
                       unsigned protocol, const uint8_t *p, size_t len)
{
  struct side *s = &f->side[from];

  if (protocol == TLSDIAG_PROTOCOL_TLS || protocol == TLSDIAG_PROTOCOL_TLCP ||
      (means_nothing(protocol) && is_record_header(p, len))) {
    s->mode = MODE_RECORDS;
    return;
  }
  if (protocol == TLSDIAG_PROTOCOL_SSLV2 && from == TLSDIAG_FROM_CLIENT) {
    sslv2_begin(f, from, t, p);
    return;
  }
  /* An observation that starts in mid-stream starts in mid-record. */
  if ((f->state & (FLOW_HAS_TCP | FLOW_SYN)) == FLOW_HAS_TCP &&
      means_nothing(protocol)) {
    observe_at(f, TLSDIAG_OBS_MIDSTREAM, from, 0, 0, s->offset, t);
    s->mode = MODE_LOST;
    return;
  }
  observe_at(f, TLSDIAG_OBS_FIRST_BYTES, from, protocol, four_bytes(p, len),
             s->offset, t);
  prologue_begin(f, from, protocol);
}

static size_t sslv2_feed(struct flow *f, unsigned from, uint32_t t,
                         const uint8_t *data, size_t len)
{
  struct side *s = &f->side[from];
  size_t n = message_gather(f, from, t, data, len);

  s->offset += n;
  if (s->msg_len == 0) { /* it is done */
    s->mode = MODE_RECORDS;
  }
  return n;
}

/* The bytes held back while the direction was not recognised now take the way
 * of all others.  They are too few to hold a message. */
static void replay(struct flow *f, unsigned from, uint32_t t)
{
  struct side *s = &f->side[from];
  uint8_t held[HEAD_MAX];
  size_t len = s->head_len;
  size_t n = 0;

  memcpy(held, s->head, sizeof held);
  s->head_len = 0;
  while (n < len) {
    switch (s->mode) {
    case MODE_RECORDS:
      n += records_feed(f, from, t, held + n, len - n);
      break;
    case MODE_SSLV2:
      n += sslv2_feed(f, from, t, held + n, len - n);
      break;
    case MODE_PROLOGUE:
      n += prologue_feed(f, from, t, held + n, len - n);
      break;
    default:
      s->offset += len - n;
      n = len;
      break;
    }
  }
}

/* Where the client speaks first, the server's first bytes answer it, in its
 * protocol; alone they might be taken for another (PostgreSQL says one S). */
static int answers_request(const struct flow *f, unsigned from)
{
  unsigned asked = f->side[TLSDIAG_FROM_CLIENT].record_type;

  return from == TLSDIAG_FROM_SERVER &&
         f->prologue == TLSDIAG_PROLOGUE_REQUESTED &&
         (asked == TLSDIAG_PROTOCOL_POSTGRES ||
          asked == TLSDIAG_PROTOCOL_LDAP || asked == TLSDIAG_PROTOCOL_RDP);
}

/* TLS as a rule: one look, and nothing is held back. */
static int is_tls_at_once(const uint8_t *data, size_t len, unsigned from)
{
  unsigned protocol;

  return is_handshake_record(data, len) ||
         (tlsdiag_recognise(data, len, from, &protocol) == TLSDIAG_STATUS_OK &&
          protocol == TLSDIAG_PROTOCOL_TLS);
}

size_t first_bytes_feed(struct flow *f, unsigned from, uint32_t t,
                        const uint8_t *data, size_t len)
{
  struct side *s = &f->side[from];
  unsigned protocol;
  size_t n = 0;

  if (s->mode == MODE_SSLV2) {
    return sslv2_feed(f, from, t, data, len);
  }
  if (s->head_len == 0 && data[0] - 20u > 3u && answers_request(f, from)) {
    prologue_begin(f, from, f->side[TLSDIAG_FROM_CLIENT].record_type);
    return 0;
  }
  if (s->head_len == 0 && is_tls_at_once(data, len, from)) {
    recognised(f, from, t, TLSDIAG_PROTOCOL_TLS, data, len);
    return 0; /* nothing was held back: the new mode takes it all */
  }
  /* All else is looked at byte by byte, so that what is found does not depend
   * on how the bytes are cut. */
  while (n < len && s->mode == MODE_FIRST) {
    s->head[s->head_len++] = data[n++];
    if (tlsdiag_recognise(s->head, s->head_len, from, &protocol) ==
            TLSDIAG_STATUS_OK ||
        s->head_len == HEAD_MAX) {
      recognised(f, from, t, protocol, s->head, s->head_len);
      replay(f, from, t);
    }
  }
  return n;
}

void first_bytes_end(struct flow *f, unsigned from, uint32_t t)
{
  struct side *s = &f->side[from];
  unsigned protocol = TLSDIAG_PROTOCOL_UNKNOWN;

  if (s->mode == MODE_FIRST && s->head_len != 0) {
    (void)tlsdiag_recognise(s->head, s->head_len, from, &protocol);
    observe_at(f, TLSDIAG_OBS_FIRST_BYTES, from, protocol,
               four_bytes(s->head, s->head_len), s->offset, t);
    s->mode = MODE_OPAQUE;
  }
}
