/* flow_offer.c: what a ClientHello offers, boiled down to bits: versions,
 * suites, groups and signature algorithms. */
#include "flow_hello.h"
#include "hash.h"
#include "suites.h"

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

/* Which suites were offered, in 256 bits: no memory for the list itself.  Two
 * suites in one bit only hide that one was not offered. */
static unsigned suite_bit(unsigned suite)
{
  return (suite * 0x9e37u >> 8 ^ suite) & 0xff;
}

int offer_has_suite(const struct flow *f, unsigned suite)
{
  unsigned bit = suite_bit(suite);

  return (f->suites_offered[bit / 8] >> (bit % 8) & 1) != 0;
}

void offer_count_suites(struct flow *f, const tlsdiag_client_hello *ch,
                        struct tally *out)
{
  const struct suite_info *suite;
  tlsdiag_iter it;
  uint16_t value;
  unsigned bit;

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

/* Of a hello that was not seen whole, supported_versions may lie in what is
 * missing; every client that sends it says 0x0303 in the field itself (RFC
 * 8446 section 4.1.2), if that was seen at all. */
int offer_shows_versions(const struct message *m,
                         const tlsdiag_client_hello *ch)
{
  return m->len == m->full_len || HAS(ch, SUPPORTED_VERSIONS) ||
         (ch->legacy_version != 0 && ch->legacy_version < 0x0303);
}

void offer_note(struct flow *f, const struct message *m,
                const tlsdiag_client_hello *ch, const struct tally *suites)
{
  struct tally groups = {0, 0, HASH_START};
  struct tally sigalgs = {0, 0, HASH_START};
  unsigned record_version = f->side[m->from].record_version;

  tally_list(&ch->supported_groups, group_bits, &groups);
  tally_list(&ch->signature_algorithms, sigalg_bits, &sigalgs);
  if (offer_shows_versions(m, ch)) {
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
