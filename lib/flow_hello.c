/* flow_hello.c: a ClientHello becomes observations.
 *
 * A hello is decoded once; what a verdict can rest on is boiled down to a few
 * words of bits, so that nothing of the hello itself needs to be kept. */
#include <string.h>

#include "flow_hello.h"
#include "hash.h"

/* Present bits that are hello bits too. */
static const struct {
  uint8_t has, reserved_[3];
  uint32_t bit;
} hello_bits[] = {
    {TLSDIAG_HAS_SERVER_NAME, {0}, TLSDIAG_HELLO_SERVER_NAME},
    {TLSDIAG_HAS_ALPN, {0}, TLSDIAG_HELLO_ALPN},
    {TLSDIAG_HAS_EXTENDED_MASTER_SECRET,
     {0},
     TLSDIAG_HELLO_EXTENDED_MASTER_SECRET},
    {TLSDIAG_HAS_ENCRYPT_THEN_MAC, {0}, TLSDIAG_HELLO_ENCRYPT_THEN_MAC},
    {TLSDIAG_HAS_RENEGOTIATION_INFO, {0}, TLSDIAG_HELLO_RENEGOTIATION},
    {TLSDIAG_HAS_RENEGOTIATION_SCSV, {0}, TLSDIAG_HELLO_RENEGOTIATION},
    {TLSDIAG_HAS_FALLBACK_SCSV, {0}, TLSDIAG_HELLO_FALLBACK_SCSV},
    {TLSDIAG_HAS_GREASE, {0}, TLSDIAG_HELLO_GREASE},
    {TLSDIAG_HAS_PRE_SHARED_KEY, {0}, TLSDIAG_HELLO_PSK},
    {TLSDIAG_HAS_EARLY_DATA, {0}, TLSDIAG_HELLO_EARLY_DATA},
    {TLSDIAG_HAS_ENCRYPTED_CLIENT_HELLO, {0}, TLSDIAG_HELLO_ECH},
    {TLSDIAG_HAS_STATUS_REQUEST, {0}, TLSDIAG_HELLO_STATUS_REQUEST},
    {TLSDIAG_HAS_KEY_SHARE, {0}, TLSDIAG_HELLO_KEY_SHARE},
    {TLSDIAG_HAS_SIGNATURE_ALGORITHMS, {0}, TLSDIAG_HELLO_SIGNATURE_ALGORITHMS},
    {TLSDIAG_HAS_SUPPORTED_GROUPS, {0}, TLSDIAG_HELLO_SUPPORTED_GROUPS},
    {TLSDIAG_HAS_SUPPORTED_VERSIONS, {0}, TLSDIAG_HELLO_SUPPORTED_VERSIONS},
    {TLSDIAG_HAS_COOKIE, {0}, TLSDIAG_HELLO_COOKIE},
    {TLSDIAG_HAS_POST_HANDSHAKE_AUTH, {0}, TLSDIAG_HELLO_POST_HANDSHAKE_AUTH},
    {TLSDIAG_HAS_COMPRESS_CERTIFICATE, {0}, TLSDIAG_HELLO_COMPRESS_CERTIFICATE},
};

/* The first flight does not fit one TCP segment: with TCP facts that is what
 * was seen; without, Ethernet's usual MSS is taken. */
static int is_large(const struct flow *f, const struct message *m)
{
  const struct side *s = &f->side[TLSDIAG_FROM_CLIENT];
  uint64_t end = m->offset + m->full_len;

  if ((f->state & FLOW_HAS_TCP) != 0 && s->largest != 0) {
    return end > s->largest && s->largest >= 400;
  }
  return m->full_len + 5 > 1460;
}

/* A ticket holds an encrypted session: no stack makes one below 64 bytes. */
static int has_short_psk(const tlsdiag_client_hello *ch)
{
  tlsdiag_iter it;
  tlsdiag_bytes identity;
  uint32_t age;

  tlsdiag_iter_init(&it, &ch->psk_identities);
  return tlsdiag_next_psk_identity(&it, &identity, &age) && identity.len < 64;
}

/* How the hello came, rather than what it says. */
static uint32_t shape_flags(const struct flow *f, const struct message *m,
                            unsigned format)
{
  uint32_t flags = 0;

  flags |= m->len < m->full_len ? TLSDIAG_HELLO_PARTIAL : 0u;
  flags |= is_large(f, m) ? TLSDIAG_HELLO_SEVERAL_SEGMENTS : 0u;
  flags |= (f->side[m->from].flags & SIDE_SPLIT) != 0
               ? TLSDIAG_HELLO_SEVERAL_RECORDS
               : 0u;
  flags |= format == TLSDIAG_FORMAT_SSLV2 ? TLSDIAG_HELLO_SSLV2_FORMAT : 0u;
  flags |= (f->state & FLOW_RETRY) != 0 ? TLSDIAG_HELLO_SECOND : 0u;
  return flags;
}

/* Pre-shared keys: without a fresh key exchange (psk_ke, RFC 8446 section
 * 4.2.9), too short for a ticket, or in each of the suites. */
static uint32_t psk_flags(const tlsdiag_client_hello *ch, uint32_t suites)
{
  const uint32_t others = TLSDIAG_SUITES_ECDHE_ECDSA |
                          TLSDIAG_SUITES_ECDHE_RSA | TLSDIAG_SUITES_DHE_RSA |
                          TLSDIAG_SUITES_RSA | TLSDIAG_SUITES_TLS13;
  uint32_t flags = has_short_psk(ch) ? TLSDIAG_HELLO_SHORT_PSK : 0u;

  if (ch->psk_key_exchange_modes.len == 1 &&
      ch->psk_key_exchange_modes.ptr[0] == 0) {
    flags |= TLSDIAG_HELLO_PSK_ONLY;
  }
  if ((suites & TLSDIAG_SUITES_PSK) != 0 && (suites & others) == 0) {
    flags |= TLSDIAG_HELLO_PSK_SUITES;
  }
  return flags;
}

static uint32_t hello_flags(const tlsdiag_client_hello *ch)
{
  uint32_t flags = 0;
  size_t i;

  for (i = 0; i < sizeof hello_bits / sizeof hello_bits[0]; i++) {
    if ((ch->present >> hello_bits[i].has & 1u) != 0) {
      flags |= hello_bits[i].bit;
    }
  }
  flags |= ch->session_id.len != 0 ? TLSDIAG_HELLO_SESSION_ID : 0u;
  flags |= ch->session_ticket.len != 0 ? TLSDIAG_HELLO_TICKET : 0u;
  flags |= HAS(ch, EXTENSIONS) == 0 ? TLSDIAG_HELLO_NO_EXTENSIONS : 0u;
  flags |= ch->renegotiation_info.len != 0 ? TLSDIAG_HELLO_RENEGOTIATING : 0u;
  return flags;
}

/* RFC 6066 section 3 forbids literal addresses; no DNS name has a colon or
 * consists of digits and dots alone. */
static uint32_t name_is_address(const tlsdiag_client_hello *ch)
{
  const tlsdiag_bytes *name = &ch->server_name;
  size_t other = 0;
  size_t i;

  for (i = 0; i < name->len; i++) {
    if (name->ptr[i] == ':') {
      return TLSDIAG_HELLO_NAME_IS_ADDRESS;
    }
    other += name->ptr[i] != '.' && (unsigned)(name->ptr[i] - '0') > 9;
  }
  return name->len != 0 && other == 0 ? TLSDIAG_HELLO_NAME_IS_ADDRESS : 0u;
}

static void remember_name(struct flow *f, const struct message *m,
                          const tlsdiag_client_hello *ch)
{
  const tlsdiag_bytes *name = &ch->server_name;
  size_t dot = 0;

  if (name->len == 0) {
    return;
  }
  while (dot < name->len && name->ptr[dot] != '.') {
    dot++;
  }
  if (name_is_address(ch) != 0) {
    return; /* no certificate can be judged by it */
  }
  f->name_hash = hash_name(name->ptr, name->len);
  f->parent_hash = dot + 1 < name->len
                       ? hash_name(name->ptr + dot + 1, name->len - dot - 1)
                       : 0;
  observe_at(f, TLSDIAG_OBS_SERVER_NAME, m->from,
             (uint32_t)(f->name_hash >> 32), (uint32_t)f->name_hash, m->offset,
             m->t);
}

void hello_note_anomalies(struct flow *f, const struct message *m,
                          const tlsdiag_anomaly *list, uint32_t num)
{
  uint32_t i;

  for (i = 0; i < num && i < 3; i++) {
    observe_at(f, TLSDIAG_OBS_ANOMALY, m->from, list[i].kind, list[i].field,
               m->offset + list[i].offset, m->t);
  }
}

/* A fault that is not just the end of what could be kept. */
void hello_note_fault(struct flow *f, const struct message *m, int rc,
                      const tlsdiag_where *w)
{
  uint32_t want = w->want < 0xffff ? w->want : 0xffff;
  uint32_t have = w->have < 0xffff ? w->have : 0xffff;

  if (rc == TLSDIAG_STATUS_E_MALFORMED && m->len == m->full_len) {
    observe_at(f, TLSDIAG_OBS_MALFORMED, m->from, w->field, (want << 16) | have,
               m->offset + w->offset, m->t);
  }
}

static void note_policy(struct flow *f, const struct message *m,
                        const tlsdiag_client_hello *ch)
{
  tlsdiag_prediction p;

  memset(&p, 0, sizeof p);
  p.size = sizeof p;
  if (f->policy != NULL && m->len == m->full_len &&
      tlsdiag_predict(ch, f->policy, &p) == 0 &&
      p.cause != TLSDIAG_CAUSE_NONE) {
    observe_at(f, TLSDIAG_OBS_POLICY, TLSDIAG_FROM_SERVER, p.cause,
               ((uint32_t)p.version << 16) | p.cipher_suite, m->offset, m->t);
  }
}

void client_hello_read(struct flow *f, const struct message *m)
{
  tlsdiag_client_hello ch;
  tlsdiag_where where;
  struct tally suites = {0, 0, HASH_START};
  int rc;

  if (f->version != 0) { /* a plaintext hello on a running connection */
    observe_at(f, TLSDIAG_OBS_RENEGOTIATION, m->from, HS_CLIENT_HELLO, 0,
               m->offset, m->t);
    return;
  }
  memset(&ch, 0, sizeof ch);
  ch.size = sizeof ch;
  memset(&where, 0, sizeof where);
  rc = tlsdiag_client_hello_decode(m->ptr, m->len, m->format, &ch, &where);
  f->stage = (f->state & FLOW_RETRY) != 0 ? TLSDIAG_STAGE_CLIENT_HELLO_RETRY
                                          : TLSDIAG_STAGE_CLIENT_HELLO;
  offer_count_suites(f, &ch, &suites);
  observe_at(f, TLSDIAG_OBS_CLIENT_HELLO, m->from,
             hello_flags(&ch) | shape_flags(f, m, ch.format) |
                 psk_flags(&ch, suites.bits) | name_is_address(&ch),
             saturate32(m->full_len), m->offset, m->t);
  hello_note_fault(f, m, rc, &where);
  hello_note_anomalies(f, m, ch.anomalies, ch.num_anomalies);
  if (m->len == m->full_len && ch.format == TLSDIAG_FORMAT_TLS) {
    f->state |= FLOW_OFFER_WHOLE;
  }
  if (offer_shows_versions(m, &ch)) {
    f->offered_max = ch.version_max;
    f->offered_min = ch.version_min;
  }
  f->hello_len = saturate32(m->full_len);
  f->hello_session_id_len =
      (uint8_t)(ch.session_id.len <= 32 ? ch.session_id.len : 0);
  memcpy(f->hello_session_id,
         ch.session_id.len != 0 ? ch.session_id.ptr : f->hello_session_id,
         f->hello_session_id_len);
  if ((f->state & FLOW_RETRY) == 0) { /* the second hello repeats the first */
    offer_note(f, m, &ch, &suites);
    remember_name(f, m, &ch);
    note_policy(f, m, &ch);
  }
}
