/* flow_hello.c: hellos become observations.
 *
 * A hello is decoded once; what a verdict can rest on is boiled down to a few
 * words of bits, so that nothing of the hello itself needs to be kept. */
#include <string.h>

#include "flow_hello.h"
#include "hash.h"
#include "reader.h"
#include "suites.h"

#define HAS(ch, name)                                                          \
  (((ch)->present >> TLSDIAG_HAS_##name & 1u) != 0 ? 1u : 0u)

/* ---- what is offered ---- */

static uint32_t suite_bits(const struct suite_info *suite)
{
  uint32_t bits = 0;

  if (suite == NULL) {
    return TLSDIAG_SUITES_UNKNOWN;
  }
  switch (suite->kx) {
  case SUITE_KX_ANY:
    return TLSDIAG_SUITES_TLS13;
  case SUITE_KX_ECDHE:
    bits = suite->auth == SUITE_AUTH_ECDSA ? TLSDIAG_SUITES_ECDHE_ECDSA
                                           : TLSDIAG_SUITES_ECDHE_RSA;
    break;
  case SUITE_KX_DHE:
    bits = TLSDIAG_SUITES_DHE_RSA;
    break;
  case SUITE_KX_RSA:
    bits = TLSDIAG_SUITES_RSA;
    break;
  case SUITE_KX_PSK:
  case SUITE_KX_RSA_PSK:
  case SUITE_KX_DHE_PSK:
  case SUITE_KX_ECDHE_PSK:
    bits = TLSDIAG_SUITES_PSK;
    break;
  case SUITE_KX_ECDH:
  case SUITE_KX_DH:
    bits = TLSDIAG_SUITES_ECDH_STATIC;
    break;
  case SUITE_KX_SRP:
  case SUITE_KX_KRB5:
    bits = TLSDIAG_SUITES_SRP_KRB;
    break;
  default:
    bits = TLSDIAG_SUITES_GOST_SM;
    break;
  }
  if ((suite->flags & SUITE_FLAG_ANON) != 0) {
    bits = TLSDIAG_SUITES_ANON;
  }
  if ((suite->flags & (SUITE_FLAG_EXPORT | SUITE_FLAG_NULL)) != 0) {
    return bits | TLSDIAG_SUITES_EXPORT_NULL;
  }
  if ((suite->flags & SUITE_FLAG_AEAD) != 0) {
    return bits | TLSDIAG_SUITES_AEAD12;
  }
  return bits | ((suite->flags & SUITE_FLAG_WEAK) != 0 ? TLSDIAG_SUITES_RC4_DES
                                                       : TLSDIAG_SUITES_CBC);
}

struct tally {
  uint32_t bits;
  uint32_t count;
  uint64_t hash; /* of the values, GREASE left out */
};

/* Which suites were offered, in 256 bits: no memory for the list itself.  Two
 * suites in one bit only hide that one was not offered. */
static unsigned suite_bit(unsigned suite)
{
  return (suite * 0x9e37u >> 8 ^ suite) & 0xff;
}

static int was_offered(const struct flow *f, unsigned suite)
{
  unsigned bit = suite_bit(suite);

  return (f->suites_offered[bit / 8] >> (bit % 8) & 1) != 0;
}

static void tally_suites(struct flow *f, const tlsdiag_client_hello *ch,
                         struct tally *out)
{
  unsigned bit;

  tlsdiag_iter it;
  uint16_t value;
  const struct suite_info *suite;

  tlsdiag_iter_init(&it, &ch->cipher_suites);
  while (ch->format != TLSDIAG_FORMAT_SSLV2 && tlsdiag_next_u16(&it, &value)) {
    suite = suite_find(value);
    bit = suite_bit(value);
    f->suites_offered[bit / 8] |= (uint8_t)(1u << (bit % 8));
    if (tlsdiag_is_grease(value) ||
        (suite != NULL && (suite->flags & SUITE_FLAG_SIGNAL) != 0)) {
      continue;
    }
    out->bits |= suite_bits(suite);
    out->count++;
    out->hash = hash_u16(out->hash, value);
  }
  if (ch->format == TLSDIAG_FORMAT_SSLV2) {
    out->count = ch->num_cipher_suites;
  }
}

static uint32_t group_bits(unsigned group)
{
  switch (group) {
  case 23:
    return TLSDIAG_GROUPS_P256;
  case 24:
    return TLSDIAG_GROUPS_P384;
  case 25:
    return TLSDIAG_GROUPS_P521;
  case 29:
  case 30:
    return TLSDIAG_GROUPS_X25519;
  default:
    break;
  }
  if (group >= 256 && group <= 260) {
    return TLSDIAG_GROUPS_FFDHE;
  }
  /* RFC 10024 and its drafts: ML-KEM alone and in hybrids. */
  if ((group >= 512 && group <= 514) || (group >= 4585 && group <= 4590) ||
      group == 25497 || group == 25498) {
    return TLSDIAG_GROUPS_PQ;
  }
  return tlsdiag_name(TLSDIAG_REGISTRY_GROUP, group) != NULL
             ? TLSDIAG_GROUPS_LEGACY
             : TLSDIAG_GROUPS_UNKNOWN;
}

static uint32_t sigalg_bits(unsigned scheme)
{
  switch (scheme) {
  case 0x0401:
  case 0x0501:
  case 0x0601:
    return TLSDIAG_SIGALGS_RSA_PKCS1;
  case 0x0804:
  case 0x0805:
  case 0x0806:
  case 0x0809:
  case 0x080a:
  case 0x080b:
    return TLSDIAG_SIGALGS_RSA_PSS;
  case 0x0403:
  case 0x0503:
  case 0x0603:
  case 0x081a:
  case 0x081b:
  case 0x081c:
    return TLSDIAG_SIGALGS_ECDSA;
  case 0x0807:
  case 0x0808:
    return TLSDIAG_SIGALGS_EDDSA;
  default:
    break;
  }
  if ((scheme & 0xff) == 2) {
    return TLSDIAG_SIGALGS_DSA;
  }
  return scheme >> 8 >= 1 && scheme >> 8 <= 3 ? TLSDIAG_SIGALGS_SHA1_MD5
                                              : TLSDIAG_SIGALGS_UNKNOWN;
}

static void tally_list(const tlsdiag_bytes *list, uint32_t (*bits)(unsigned),
                       struct tally *out)
{
  tlsdiag_iter it;
  uint16_t value;

  tlsdiag_iter_init(&it, list);
  while (tlsdiag_next_u16(&it, &value)) {
    if (!tlsdiag_is_grease(value)) {
      out->bits |= bits(value);
      out->count++;
      out->hash = hash_u16(out->hash, value);
    }
  }
}

static uint32_t num_key_shares(const tlsdiag_client_hello *ch)
{
  tlsdiag_iter it;
  tlsdiag_bytes key;
  uint16_t group;
  uint32_t n = 0;

  tlsdiag_iter_init(&it, &ch->key_shares);
  while (tlsdiag_next_key_share(&it, &group, &key)) {
    n += !tlsdiag_is_grease(group);
  }
  return n;
}

/* What comes and goes with the same client: padding, and what a resumption or
 * a retry adds (RFC 7685, RFC 8446 sections 4.2.10, 4.2.11 and 4.2.2). */
static int is_passing(unsigned type)
{
  return type == 21 || type == 41 || type == 42 || type == 44;
}

/* The set of extension types, whatever their order (clients permute it). */
static uint64_t extension_set(const tlsdiag_client_hello *ch)
{
  tlsdiag_iter it;
  tlsdiag_extension ext;
  uint64_t sum = 0;

  tlsdiag_iter_init(&it, &ch->extensions);
  while (tlsdiag_next_extension(&it, &ch->extensions, &ext)) {
    if (!tlsdiag_is_grease(ext.type) && !is_passing(ext.type)) {
      sum += hash_u16(HASH_START, ext.type);
    }
  }
  return sum;
}

/* ---- ClientHello ---- */

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

static uint32_t hello_flags(const struct flow *f, const struct message *m,
                            const tlsdiag_client_hello *ch,
                            const struct tally *suites)
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
  flags |= m->len < m->full_len ? TLSDIAG_HELLO_PARTIAL : 0u;
  flags |= is_large(f, m) ? TLSDIAG_HELLO_SEVERAL_SEGMENTS : 0u;
  flags |= (f->side[m->from].flags & SIDE_SPLIT) != 0
               ? TLSDIAG_HELLO_SEVERAL_RECORDS
               : 0u;
  flags |= ch->format == TLSDIAG_FORMAT_SSLV2 ? TLSDIAG_HELLO_SSLV2_FORMAT : 0u;
  flags |= (f->state & FLOW_RETRY) != 0 ? TLSDIAG_HELLO_SECOND : 0u;
  if (ch->psk_key_exchange_modes.len == 1 &&
      ch->psk_key_exchange_modes.ptr[0] == 0) {
    flags |= TLSDIAG_HELLO_PSK_ONLY;
  }
  if (has_short_psk(ch)) {
    flags |= TLSDIAG_HELLO_SHORT_PSK;
  }
  if ((suites->bits & TLSDIAG_SUITES_PSK) != 0 &&
      (suites->bits & (TLSDIAG_SUITES_ECDHE_ECDSA | TLSDIAG_SUITES_ECDHE_RSA |
                       TLSDIAG_SUITES_DHE_RSA | TLSDIAG_SUITES_RSA |
                       TLSDIAG_SUITES_TLS13)) == 0) {
    flags |= TLSDIAG_HELLO_PSK_SUITES;
  }
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

static void note_anomalies(struct flow *f, const struct message *m,
                           const tlsdiag_anomaly *list, uint32_t num)
{
  uint32_t i;

  for (i = 0; i < num && i < 3; i++) {
    observe_at(f, TLSDIAG_OBS_ANOMALY, m->from, list[i].kind, list[i].field,
               m->offset + list[i].offset, m->t);
  }
}

/* A fault that is not just the end of what could be kept. */
static void note_fault(struct flow *f, const struct message *m, int rc,
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

/* Of a hello that was not seen whole, supported_versions may lie in what is
 * missing; every client that sends it says 0x0303 in the field itself (RFC
 * 8446 section 4.1.2), if that was seen at all. */
static int versions_are_known(const struct message *m,
                              const tlsdiag_client_hello *ch)
{
  return m->len == m->full_len || HAS(ch, SUPPORTED_VERSIONS) ||
         (ch->legacy_version != 0 && ch->legacy_version < 0x0303);
}

static void note_offer(struct flow *f, const struct message *m,
                       const tlsdiag_client_hello *ch,
                       const struct tally *suites)
{
  struct tally groups = {0, 0, HASH_START};
  struct tally sigalgs = {0, 0, HASH_START};
  unsigned record_version = f->side[m->from].record_version;

  tally_list(&ch->supported_groups, group_bits, &groups);
  tally_list(&ch->signature_algorithms, sigalg_bits, &sigalgs);
  if (versions_are_known(m, ch)) {
    observe_at(f, TLSDIAG_OBS_OFFERED_VERSIONS, m->from,
               ((uint32_t)ch->version_max << 16) | ch->version_min,
               ((uint32_t)ch->legacy_version << 16) | record_version,
               m->offset, m->t);
  }
  if (m->len == m->full_len || HAS(ch, CIPHER_SUITES)) {
    observe_at(f, TLSDIAG_OBS_OFFERED_SUITES, m->from, suites->bits,
               suites->count, m->offset, m->t);
  }
  if (HAS(ch, SUPPORTED_GROUPS)) {
    observe_at(f, TLSDIAG_OBS_OFFERED_GROUPS, m->from, groups.bits,
               (groups.count << 16) | (num_key_shares(ch) & 0xffff), m->offset,
               m->t);
  }
  if (HAS(ch, SIGNATURE_ALGORITHMS)) {
    observe_at(f, TLSDIAG_OBS_OFFERED_SIGALGS, m->from, sigalgs.bits,
               sigalgs.count, m->offset, m->t);
  }
  f->hello_hash = suites->hash ^ extension_set(ch) ^ (groups.hash << 1) ^
                  (sigalgs.hash << 2);
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
  tally_suites(f, &ch, &suites);
  observe_at(f, TLSDIAG_OBS_CLIENT_HELLO, m->from,
             hello_flags(f, m, &ch, &suites) | name_is_address(&ch),
             saturate32(m->full_len), m->offset, m->t);
  note_fault(f, m, rc, &where);
  note_anomalies(f, m, ch.anomalies, ch.num_anomalies);
  if (m->len == m->full_len && ch.format == TLSDIAG_FORMAT_TLS) {
    f->state |= FLOW_OFFER_WHOLE;
  }
  if (versions_are_known(m, &ch)) {
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
    note_offer(f, m, &ch, &suites);
    remember_name(f, m, &ch);
    note_policy(f, m, &ch);
  }
}

/* ---- ServerHello ---- */

/* RFC 8446 section 4.2: a server may answer only what was offered. */
static const struct {
  uint32_t answered; /* TLSDIAG_HAS_*: which extension of the ServerHello */
  uint32_t offered;  /* TLSDIAG_HELLO_* */
} answers[] = {
    {TLSDIAG_HAS_ALPN, TLSDIAG_HELLO_ALPN},
    {TLSDIAG_HAS_EXTENDED_MASTER_SECRET, TLSDIAG_HELLO_EXTENDED_MASTER_SECRET},
    {TLSDIAG_HAS_ENCRYPT_THEN_MAC, TLSDIAG_HELLO_ENCRYPT_THEN_MAC},
    {TLSDIAG_HAS_SERVER_NAME, TLSDIAG_HELLO_SERVER_NAME},
    {TLSDIAG_HAS_STATUS_REQUEST, TLSDIAG_HELLO_STATUS_REQUEST},
    {TLSDIAG_HAS_PRE_SHARED_KEY, TLSDIAG_HELLO_PSK},
    {TLSDIAG_HAS_RENEGOTIATION_INFO, TLSDIAG_HELLO_RENEGOTIATION},
};

static int is_unsolicited(const struct flow *f, const tlsdiag_server_hello *sh)
{
  uint32_t offered;
  size_t i;

  for (i = 0; i < f->num_observations; i++) {
    if (f->observed[i].kind == TLSDIAG_OBS_CLIENT_HELLO) {
      break;
    }
  }
  if (i == f->num_observations ||
      (f->observed[i].a & TLSDIAG_HELLO_PARTIAL) != 0) {
    return 0;
  }
  offered = f->observed[i].a;
  for (i = 0; i < sizeof answers / sizeof answers[0]; i++) {
    if ((sh->present >> answers[i].answered & 1) != 0 &&
        (offered & answers[i].offered) == 0) {
      return 1;
    }
  }
  return 0;
}

static uint32_t server_hello_flags(const struct flow *f,
                                   const struct message *m,
                                   const tlsdiag_server_hello *sh)
{
  uint32_t flags =
      m->len < m->full_len ? (uint32_t)TLSDIAG_SERVER_HELLO_PARTIAL : 0u;
  int same_id =
      sh->session_id.len != 0 &&
      sh->session_id.len == f->hello_session_id_len &&
      memcmp(sh->session_id.ptr, f->hello_session_id, sh->session_id.len) == 0;

  flags |= HAS(sh, EXTENDED_MASTER_SECRET) *
           TLSDIAG_SERVER_HELLO_EXTENDED_MASTER_SECRET;
  flags |=
      HAS(sh, RENEGOTIATION_INFO) * TLSDIAG_SERVER_HELLO_RENEGOTIATION_INFO;
  flags |= HAS(sh, ALPN) * TLSDIAG_SERVER_HELLO_ALPN;
  flags |= HAS(sh, ENCRYPT_THEN_MAC) * TLSDIAG_SERVER_HELLO_ENCRYPT_THEN_MAC;
  flags |= HAS(sh, SESSION_TICKET) * TLSDIAG_SERVER_HELLO_TICKET;
  flags |= HAS(sh, STATUS_REQUEST) * TLSDIAG_SERVER_HELLO_STATUS_REQUEST;
  flags |= HAS(sh, SERVER_NAME) * TLSDIAG_SERVER_HELLO_SERVER_NAME;
  flags |= HAS(sh, PRE_SHARED_KEY) *
           (TLSDIAG_SERVER_HELLO_PSK | TLSDIAG_SERVER_HELLO_RESUMED);
  if (f->offered_max != 0 && (f->state & FLOW_OFFER_WHOLE) != 0 &&
      !was_offered(f, sh->cipher_suite)) {
    flags |= TLSDIAG_SERVER_HELLO_SUITE_NOT_OFFERED;
  }
  flags |= is_unsolicited(f, sh) ? TLSDIAG_SERVER_HELLO_UNSOLICITED : 0u;
  if (same_id && sh->version < 0x0304) { /* RFC 5246 section 7.3 */
    flags |= TLSDIAG_SERVER_HELLO_RESUMED;
  }
  if (sh->downgrade == 1 && f->offered_max >= 0x0304) {
    flags |= TLSDIAG_SERVER_HELLO_DOWNGRADE_TLS12;
  }
  if (sh->downgrade == 2 && f->offered_max >= 0x0303) {
    flags |= TLSDIAG_SERVER_HELLO_DOWNGRADE_TLS11;
  }
  if (f->offered_max != 0 && sh->format == TLSDIAG_FORMAT_TLS &&
      (sh->version > f->offered_max || sh->version < f->offered_min)) {
    flags |= TLSDIAG_SERVER_HELLO_NOT_OFFERED;
  }
  return flags;
}

enum { EXTENSION_KEY_SHARE = 51 };

/* A ServerHello of which the room held only the beginning: a post-quantum key
 * share may stand before supported_versions and fill it.  Nothing but TLS 1.3
 * answers with a key share (RFC 8446 section 4.2.8), so its header tells. */
static void version_of_part(const struct message *m, tlsdiag_server_hello *sh)
{
  struct rd_fault fault;
  struct reader r;

  if (m->len >= m->full_len || sh->version != 0x0303 ||
      sh->extensions.ptr == NULL) {
    return;
  }
  memset(&fault, 0, sizeof fault);
  rd_init(&r, m->ptr, m->len, &fault);
  (void)rd_take(&r, (size_t)(sh->extensions.ptr - m->ptr) + sh->extensions.len,
                TLSDIAG_FIELD_EXTENSIONS);
  if (rd_u16(&r, TLSDIAG_FIELD_EXTENSION_TYPE) == EXTENSION_KEY_SHARE &&
      rd_ok(&r)) {
    sh->version = 0x0304;
  }
}

void server_hello_read(struct flow *f, const struct message *m)
{
  tlsdiag_server_hello sh;
  tlsdiag_where where;
  uint32_t choice, detail;
  int rc;

  memset(&sh, 0, sizeof sh);
  sh.size = sizeof sh;
  memset(&where, 0, sizeof where);
  rc = tlsdiag_server_hello_decode(m->ptr, m->len, m->format, &sh, &where);
  version_of_part(m, &sh);
  choice = ((uint32_t)sh.version << 16) | sh.cipher_suite;
  detail = (server_hello_flags(f, m, &sh) << 16) | sh.group;
  if (sh.is_hello_retry_request != 0) {
    f->state |= FLOW_RETRY;
    f->stage = TLSDIAG_STAGE_HELLO_RETRY_REQUEST;
    observe_at(f, TLSDIAG_OBS_HELLO_RETRY_REQUEST, m->from, choice, detail,
               m->offset, m->t);
  } else {
    f->version = sh.version;
    f->cipher = sh.cipher_suite;
    f->state |= sh.version >= 0x0304 && sh.version < 0x8000 ? FLOW_TLS13 : 0u;
    f->stage = TLSDIAG_STAGE_SERVER_HELLO;
    observe_at(f, TLSDIAG_OBS_SERVER_HELLO, m->from, choice, detail, m->offset,
               m->t);
  }
  note_fault(f, m, rc, &where);
  note_anomalies(f, m, sh.anomalies, sh.num_anomalies);
}
