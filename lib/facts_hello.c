/* facts_hello.c: what the two sides offered and chose; see facts.h. */
#include "facts_shape.h"
#include "suites.h"

static const struct bit_fact hello_facts[] = {
    {TLSDIAG_HELLO_SERVER_NAME, FACT_NAME},
    {TLSDIAG_HELLO_NAME_IS_ADDRESS, FACT_NAME_IS_ADDRESS},
    {TLSDIAG_HELLO_ALPN, FACT_ALPN},
    {TLSDIAG_HELLO_EXTENDED_MASTER_SECRET, FACT_EMS},
    {TLSDIAG_HELLO_FALLBACK_SCSV, FACT_SCSV},
    {TLSDIAG_HELLO_RENEGOTIATION, FACT_SECURE_RENEGOTIATION},
    {TLSDIAG_HELLO_TICKET, FACT_RESUMES},
    {TLSDIAG_HELLO_PSK, FACT_PSK},
    {TLSDIAG_HELLO_SHORT_PSK, FACT_PSK_BY_HAND},
    {TLSDIAG_HELLO_PSK_SUITES, FACT_PSK_SUITES},
    {TLSDIAG_HELLO_ECH, FACT_ECH},
    {TLSDIAG_HELLO_SEVERAL_SEGMENTS, FACT_LARGE},
    {TLSDIAG_HELLO_NO_EXTENSIONS, FACT_NO_EXTENSIONS},
    {TLSDIAG_HELLO_PARTIAL, FACT_HELLO_NOT_READ},
    {TLSDIAG_HELLO_SSLV2_FORMAT, FACT_HELLO_SSLV2},
};

static void hello(struct facts *k, const struct observed *o, size_t i)
{
  if ((o->a & TLSDIAG_HELLO_SECOND) != 0) {
    fact_set(k, FACT_SECOND_HELLO, i);
    return;
  }
  fact_set(k, FACT_HELLO, i);
  SET_BITS(k, o->a, i, hello_facts);
  if ((o->a & (TLSDIAG_HELLO_PARTIAL | TLSDIAG_HELLO_SSLV2_FORMAT)) != 0) {
    return; /* what is absent here may only not have been seen */
  }
  if ((o->a & TLSDIAG_HELLO_SERVER_NAME) == 0) {
    fact_set(k, FACT_NO_NAME, i);
  }
  if ((o->a & TLSDIAG_HELLO_EXTENDED_MASTER_SECRET) == 0) {
    fact_set(k, FACT_NO_EMS, i);
  }
  if ((o->a & TLSDIAG_HELLO_SIGNATURE_ALGORITHMS) == 0) {
    fact_set(k, FACT_NO_SIGALGS, i);
  }
  if ((o->a & TLSDIAG_HELLO_SUPPORTED_GROUPS) == 0) {
    fact_set(k, FACT_NO_GROUPS, i);
  }
  /* A TLS 1.3 client sends a session_id for show (RFC 8446 appendix D.4). */
  if ((o->a & (TLSDIAG_HELLO_SESSION_ID | TLSDIAG_HELLO_SUPPORTED_VERSIONS)) ==
      TLSDIAG_HELLO_SESSION_ID) {
    fact_set(k, FACT_RESUMES, i);
  }
}

/* DTLS counts down: 1.0 is 0xfeff and of the age of TLS 1.1, 1.2 is 0xfefd
 * (RFC 6347 section 1), 1.3 is 0xfefc (RFC 9147). */
static unsigned version_as_tls(unsigned version)
{
  if (version >> 8 != 0xfe) {
    return version;
  }
  return version == 0xfeff ? 0x0302 : 0x0303 + (version <= 0xfefc);
}

static void offered_versions(struct facts *k, const struct observed *o,
                             size_t i)
{
  unsigned max = version_as_tls(o->a >> 16);
  unsigned min = version_as_tls(o->a & 0xffff);

  if (max <= 0x0300) {
    fact_set(k, FACT_MAX_SSL3, i);
  }
  if (max <= 0x0302) {
    fact_set(k, FACT_MAX_TLS11, i);
  }
  if (max <= 0x0303) {
    fact_set(k, FACT_MAX_TLS12, i);
  }
  if (max >= 0x0304) {
    fact_set(k, FACT_OFFERS_TLS13, i);
  }
  if (min >= 0x0304) {
    fact_set(k, FACT_ONLY_TLS13, i);
  }
  if (min >= 0x0303) {
    fact_set(k, FACT_MIN_TLS12, i);
  }
}

static void offered_suites(struct facts *k, const struct observed *o, size_t i)
{
  const uint32_t bits = o->a;
  const uint32_t kinds =
      bits & (TLSDIAG_SUITES_TLS13 | TLSDIAG_SUITES_ECDHE_ECDSA |
              TLSDIAG_SUITES_ECDHE_RSA | TLSDIAG_SUITES_DHE_RSA |
              TLSDIAG_SUITES_RSA | TLSDIAG_SUITES_PSK | TLSDIAG_SUITES_ANON |
              TLSDIAG_SUITES_ECDH_STATIC | TLSDIAG_SUITES_SRP_KRB |
              TLSDIAG_SUITES_GOST_SM | TLSDIAG_SUITES_UNKNOWN);
  const uint32_t strength = bits & (TLSDIAG_SUITES_TLS13 |
                                    TLSDIAG_SUITES_AEAD12 | TLSDIAG_SUITES_CBC);

  if (o->b == 0) {
    fact_set(k, FACT_NO_SUITES, i);
    return;
  }
  if (o->b <= 2) {
    fact_set(k, FACT_FEW_SUITES, i);
  }
  if (o->b <= 5) {
    fact_set(k, FACT_SOME_SUITES, i);
  }
  if (bits == 0) { /* SSLv2 kinds are not judged */
    return;
  }
  if (kinds == TLSDIAG_SUITES_TLS13) {
    fact_set(k, FACT_ONLY_TLS13_SUITES, i);
  }
  if (strength == 0) {
    fact_set(k, FACT_WEAK_SUITES, i);
  }
  if ((kinds &
       ~(uint32_t)(TLSDIAG_SUITES_GOST_SM | TLSDIAG_SUITES_UNKNOWN |
                   TLSDIAG_SUITES_SRP_KRB | TLSDIAG_SUITES_ECDH_STATIC)) == 0) {
    fact_set(k, FACT_ODD_SUITES, i);
  }
  if (kinds == TLSDIAG_SUITES_ECDHE_ECDSA) {
    fact_set(k, FACT_ECDSA_SUITES, i);
  }
  if ((kinds & (TLSDIAG_SUITES_ECDHE_ECDSA | TLSDIAG_SUITES_ECDHE_RSA |
                TLSDIAG_SUITES_TLS13 | TLSDIAG_SUITES_DHE_RSA)) == 0) {
    fact_set(k, FACT_NO_FORWARD_SECRECY, i);
  }
  if (kinds == TLSDIAG_SUITES_ANON) {
    fact_set(k, FACT_ANON_SUITES, i);
  }
}

static void offered_groups(struct facts *k, const struct observed *o, size_t i)
{
  unsigned count = o->b >> 16;

  if (count == 1) {
    fact_set(k, FACT_FEW_GROUPS, i);
  }
  if ((o->a & (TLSDIAG_GROUPS_P256 | TLSDIAG_GROUPS_X25519)) == 0) {
    fact_set(k, FACT_ODD_GROUPS, i);
  }
}

static void offered_sigalgs(struct facts *k, const struct observed *o, size_t i)
{
  if (o->b <= 2) {
    fact_set(k, FACT_FEW_SIGALGS, i);
  }
  if ((o->a & (TLSDIAG_SIGALGS_RSA_PKCS1 | TLSDIAG_SIGALGS_RSA_PSS |
               TLSDIAG_SIGALGS_ECDSA | TLSDIAG_SIGALGS_EDDSA)) == 0) {
    fact_set(k, FACT_SHA1_SIGALGS, i);
  }
  if ((o->a & TLSDIAG_SIGALGS_RSA_PSS) == 0) {
    fact_set(k, FACT_NO_PSS, i);
  }
}

static const struct bit_fact server_facts[] = {
    {TLSDIAG_SERVER_HELLO_NOT_OFFERED, FACT_NOT_OFFERED},
    {TLSDIAG_SERVER_HELLO_DOWNGRADE_TLS12, FACT_DOWNGRADE},
    {TLSDIAG_SERVER_HELLO_DOWNGRADE_TLS11, FACT_DOWNGRADE},
    {TLSDIAG_SERVER_HELLO_SUITE_NOT_OFFERED, FACT_SUITE_NOT_OFFERED},
    {TLSDIAG_SERVER_HELLO_UNSOLICITED, FACT_UNSOLICITED},
    {TLSDIAG_SERVER_HELLO_RESUMED, FACT_RESUMED},
    {TLSDIAG_SERVER_HELLO_PSK, FACT_SERVER_PSK},
};

static void server_lacks(struct facts *k, uint32_t bits, size_t i)
{
  if ((bits & TLSDIAG_SERVER_HELLO_EXTENDED_MASTER_SECRET) == 0) {
    fact_set(k, FACT_SERVER_NO_EMS, i);
  }
  if ((bits & TLSDIAG_SERVER_HELLO_RENEGOTIATION_INFO) == 0) {
    fact_set(k, FACT_SERVER_NO_RENEGOTIATION, i);
  }
}

static void server_hello(struct facts *k, const struct observed *o, size_t i)
{
  unsigned version = o->a >> 16;
  uint32_t bits = o->b >> 16;
  const struct suite_info *suite = suite_find((uint16_t)o->a);
  unsigned kx = suite != NULL ? suite->kx : SUITE_KX_OTHER;

  k->version = (uint16_t)version;
  k->cipher = (uint16_t)o->a;
  fact_set(k, FACT_SERVER_HELLO, i);
  fact_set(k,
           version >= 0x0304 && version < 0xfe00    ? FACT_TLS13
           : version == 0x0303 || version == 0xfefd ? FACT_TLS12
                                                    : FACT_OLD_VERSION,
           i);
  SET_BITS(k, bits, i, server_facts);
  if (fact_holds(k, FACT_TLS13)) {
    return; /* the rest has no meaning there */
  }
  if ((bits & TLSDIAG_SERVER_HELLO_PARTIAL) == 0) {
    server_lacks(k, bits, i);
  }
  if ((bits & TLSDIAG_SERVER_HELLO_EXTENDED_MASTER_SECRET) != 0) {
    fact_set(k, FACT_SERVER_EMS, i);
  }
  if (kx == SUITE_KX_RSA) {
    fact_set(k, FACT_RSA_KEY_EXCHANGE, i);
  }
  if (kx >= SUITE_KX_PSK && kx <= SUITE_KX_ECDHE_PSK) {
    fact_set(k, FACT_PSK_KEY_EXCHANGE, i);
  }
}

void facts_of_hello(struct facts *k, const struct observed *o, size_t index)
{
  switch (o->kind) {
  case TLSDIAG_OBS_CLIENT_HELLO:
    hello(k, o, index);
    break;
  case TLSDIAG_OBS_OFFERED_VERSIONS:
    offered_versions(k, o, index);
    break;
  case TLSDIAG_OBS_OFFERED_SUITES:
    offered_suites(k, o, index);
    break;
  case TLSDIAG_OBS_OFFERED_GROUPS:
    offered_groups(k, o, index);
    break;
  case TLSDIAG_OBS_OFFERED_SIGALGS:
    offered_sigalgs(k, o, index);
    break;
  case TLSDIAG_OBS_SERVER_HELLO:
    server_hello(k, o, index);
    break;
  default:
    break;
  }
}
