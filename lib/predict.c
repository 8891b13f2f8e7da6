/* predict.c: what would a server with this policy answer to this hello?
 *
 * Each step takes away a reason to fail, in the order in which servers look:
 * version, fallback, name, extended master secret, ALPN, then suite, group
 * and signature together. */
#include "suites.h"
#include "tlsdiag/tlsdiag.h"
#include "values.h"
#include "versioned.h"
#include "versions.h"

/* One prediction on its way. */
struct talk {
  tlsdiag_client_hello ch;
  tlsdiag_policy server;
  tlsdiag_prediction out;
};

static int has(const struct talk *t, unsigned what)
{
  return (t->ch.present >> what & 1) != 0;
}

static int fail(struct talk *t, unsigned cause, unsigned alert)
{
  t->out.cause = (uint16_t)cause;
  t->out.alert = (uint16_t)alert;
  return 0;
}

static int offers(const struct talk *t, unsigned list, unsigned wanted)
{
  struct values values;
  uint16_t value;

  values_init(&values, &t->ch, list);
  while (values_next(&values, &value)) {
    if (value == wanted) {
      return 1;
    }
  }
  return 0;
}

/* ---- version ---- */

/* The server's limits as ranks; an unknown limit is none. */
static int server_speaks(const struct talk *t, unsigned version)
{
  unsigned rank = version_rank(version);
  unsigned max = version_rank(t->server.version_max);

  return rank != 0 && rank >= version_rank(t->server.version_min) &&
         (max == 0 || rank <= max);
}

/* The newest version of supported_versions that the server speaks. */
static unsigned choose_listed(const struct talk *t)
{
  struct values values;
  uint16_t version;
  unsigned best = 0;

  values_init(&values, &t->ch, TLSDIAG_HAS_SUPPORTED_VERSIONS);
  while (values_next_real(&values, &version)) {
    if (server_speaks(t, version) &&
        version_rank(version) > version_rank(best)) {
      best = version;
    }
  }
  return best;
}

/* Without that extension a client offers all versions up to legacy_version,
 * TLS 1.2 at most (RFC 8446 section 4.2.1). */
static unsigned choose_upto(const struct talk *t)
{
  unsigned version = t->ch.legacy_version;
  unsigned max = version_rank(t->server.version_max);

  if (version_is_13(version)) {
    version = t->ch.format == TLSDIAG_FORMAT_DTLS ? 0xfefd : 0x0303;
  }
  if (max != 0 && max < version_rank(version)) {
    version = t->server.version_max;
  }
  return server_speaks(t, version) ? version : 0;
}

static int agree_on_version(struct talk *t)
{
  const int listed = has(t, TLSDIAG_HAS_SUPPORTED_VERSIONS);
  const unsigned server_max = version_rank(t->server.version_max);
  const unsigned client_max = version_rank(t->ch.version_max);

  t->out.version = (uint16_t)(listed ? choose_listed(t) : choose_upto(t));
  if (t->out.version != 0) {
    return 1;
  }
  if (server_max != 0 && client_max > server_max) {
    return fail(t, TLSDIAG_CAUSE_VERSION_SERVER_TOO_OLD, 70);
  }
  return fail(t, TLSDIAG_CAUSE_VERSION_CLIENT_TOO_OLD, 70);
}

/* A hello that says it is a retry at a lower version is refused by a server
 * that knows a higher one (RFC 7507 section 3). */
static int accept_fallback(struct talk *t)
{
  if (has(t, TLSDIAG_HAS_FALLBACK_SCSV) &&
      (t->server.flags & TLSDIAG_POLICY_IGNORES_FALLBACK_SCSV) == 0 &&
      version_rank(t->server.version_max) > version_rank(t->ch.version_max)) {
    return fail(t, TLSDIAG_CAUSE_INAPPROPRIATE_FALLBACK, 86);
  }
  return 1;
}

/* ---- what a server may insist on ---- */

static int accept_name(struct talk *t)
{
  if ((t->server.flags & TLSDIAG_POLICY_REQUIRES_SNI) != 0 &&
      !has(t, TLSDIAG_HAS_SERVER_NAME)) {
    return fail(t, TLSDIAG_CAUSE_SNI_MISSING, 112);
  }
  return 1;
}

static int accept_master_secret(struct talk *t)
{
  if ((t->server.flags & TLSDIAG_POLICY_REQUIRES_EMS) != 0 &&
      !version_is_13(t->out.version) &&
      !has(t, TLSDIAG_HAS_EXTENDED_MASTER_SECRET)) {
    return fail(t, TLSDIAG_CAUSE_EXTENDED_MASTER_SECRET_REQUIRED, 40);
  }
  return 1;
}

static int offers_name(const struct talk *t, const tlsdiag_bytes *wanted)
{
  tlsdiag_iter it;
  tlsdiag_bytes name;

  tlsdiag_iter_init(&it, &t->ch.alpn);
  while (tlsdiag_next_name(&it, &name)) {
    if (name.len == wanted->len && name.len != 0 &&
        memcmp(name.ptr, wanted->ptr, name.len) == 0) {
      return 1;
    }
  }
  return 0;
}

static int accept_alpn(struct talk *t)
{
  tlsdiag_bytes list;
  tlsdiag_bytes name;
  tlsdiag_iter it;

  if ((t->server.flags & TLSDIAG_POLICY_REQUIRES_ALPN) == 0) {
    return 1;
  }
  list.ptr = t->server.alpn;
  list.len = t->server.num_alpn_bytes;
  tlsdiag_iter_init(&it, &list);
  while (tlsdiag_next_name(&it, &name)) {
    if (offers_name(t, &name)) {
      return 1;
    }
  }
  return fail(t, TLSDIAG_CAUSE_NO_APPLICATION_PROTOCOL, 120);
}

/* ---- groups ---- */

static int is_ffdhe(unsigned group)
{
  return group >= 0x0100 && group <= 0x01ff;
}

/* Before TLS 1.3 a suite's key exchange says which kind of group it takes,
 * and hybrids are not among them. */
static int group_fits(const struct talk *t, unsigned group, unsigned kx)
{
  if (version_is_13(t->out.version)) {
    return 1;
  }
  return kx == SUITE_KX_DHE ? is_ffdhe(group) : group < 0x0100;
}

/* The first group of the server's that the client has a share for, else the
 * first it supports (a HelloRetryRequest will ask for it).  0: none. */
static unsigned choose_own_group(const struct talk *t, unsigned kx)
{
  unsigned fallback = 0;
  unsigned i;

  for (i = 0; i < t->server.num_groups; i++) {
    unsigned group = t->server.groups[i];

    if (!group_fits(t, group, kx) ||
        !offers(t, TLSDIAG_HAS_SUPPORTED_GROUPS, group)) {
      continue;
    }
    if (offers(t, TLSDIAG_HAS_KEY_SHARE, group) ||
        !version_is_13(t->out.version)) {
      return group;
    }
    fallback = fallback != 0 ? fallback : group;
  }
  return fallback;
}

/* With a server whose groups are not known: the client's first. */
static unsigned choose_client_group(const struct talk *t, unsigned kx)
{
  struct values values;
  uint16_t group;

  values_init(&values, &t->ch, TLSDIAG_HAS_SUPPORTED_GROUPS);
  while (values_next_real(&values, &group)) {
    if (group_fits(t, group, kx)) {
      return group;
    }
  }
  return 0;
}

/* Finds a group for a key exchange that needs one.  A client of TLS 1.2 that
 * lists no groups takes any (RFC 8422 section 4), and one that lists none of
 * RFC 7919 takes any prime for DHE. */
static int agree_on_group(struct talk *t, unsigned kx)
{
  const int is_13 = version_is_13(t->out.version);

  t->out.group = 0;
  if (!is_13 && kx != SUITE_KX_ECDHE && kx != SUITE_KX_DHE) {
    return 1;
  }
  t->out.group =
      (uint16_t)(t->server.num_groups != 0 ? choose_own_group(t, kx)
                                           : choose_client_group(t, kx));
  return t->out.group != 0 || kx == SUITE_KX_DHE ||
         (!is_13 && !has(t, TLSDIAG_HAS_SUPPORTED_GROUPS));
}

/* ---- signatures ---- */

static int is_rsa_scheme(unsigned scheme)
{
  return scheme >> 8 == 8 ? (scheme >= 0x0804 && scheme <= 0x0806) ||
                                (scheme >= 0x0809 && scheme <= 0x080b)
                          : (scheme & 0xff) == 1;
}

static int is_ecdsa_scheme(unsigned scheme)
{
  return scheme >> 8 != 8 && (scheme & 0xff) == 3;
}

/* Does it fit a certificate that is loaded, and the version?  TLS 1.3 has no
 * PKCS#1 and no SHA-1 signatures in the handshake (RFC 8446 section 4.2.3). */
static int scheme_fits(const struct talk *t, unsigned scheme, unsigned auth)
{
  const unsigned certificates =
      t->server.flags &
      (TLSDIAG_POLICY_RSA_CERTIFICATE | TLSDIAG_POLICY_ECDSA_CERTIFICATE);

  if (version_is_13(t->out.version) && scheme >> 8 != 8 &&
      (scheme >> 8 < 4 || is_rsa_scheme(scheme))) {
    return 0;
  }
  if (auth == SUITE_AUTH_RSA || auth == SUITE_AUTH_ECDSA) {
    return auth == SUITE_AUTH_RSA ? is_rsa_scheme(scheme)
                                  : !is_rsa_scheme(scheme);
  }
  return certificates == 0 ||
         ((certificates & TLSDIAG_POLICY_RSA_CERTIFICATE) != 0 &&
          is_rsa_scheme(scheme)) ||
         ((certificates & TLSDIAG_POLICY_ECDSA_CERTIFICATE) != 0 &&
          is_ecdsa_scheme(scheme));
}

/* TLS 1.3 ties an ECDSA signature to one curve (RFC 8446 section 4.2.3). */
static int curve_fits(const struct talk *t, unsigned scheme)
{
  static const uint16_t curves[][2] = {{0x0403, 23}, {0x0503, 24},
                                       {0x0603, 25}};
  size_t i;

  if (!version_is_13(t->out.version) || t->server.ecdsa_group == 0) {
    return 1;
  }
  for (i = 0; i < sizeof curves / sizeof curves[0]; i++) {
    if (curves[i][0] == scheme) {
      return curves[i][1] == t->server.ecdsa_group;
    }
  }
  return 1;
}

static unsigned choose_scheme(const struct talk *t, unsigned auth)
{
  struct values values;
  uint16_t scheme;
  unsigned i;

  for (i = 0; i < t->server.num_signature_algorithms; i++) {
    unsigned own = t->server.signature_algorithms[i];

    if (scheme_fits(t, own, auth) && curve_fits(t, own) &&
        offers(t, TLSDIAG_HAS_SIGNATURE_ALGORITHMS, own)) {
      return own;
    }
  }
  if (t->server.num_signature_algorithms != 0) {
    return 0;
  }
  values_init(&values, &t->ch, TLSDIAG_HAS_SIGNATURE_ALGORITHMS);
  while (values_next_real(&values, &scheme)) {
    if (scheme_fits(t, scheme, auth) && curve_fits(t, scheme)) {
      return scheme;
    }
  }
  return 0;
}

/* Only TLS 1.2 and newer negotiate it, and only where the server signs; a
 * client of TLS 1.2 that says nothing takes SHA-1 (RFC 5246 7.4.1.4.1). */
static int agree_on_signature(struct talk *t, const struct suite_info *suite)
{
  const unsigned version = t->out.version;

  t->out.signature_algorithm = 0;
  if (version_rank(version) < version_rank(0x0303) ||
      !has(t, TLSDIAG_HAS_SIGNATURE_ALGORITHMS) ||
      (!version_is_13(version) &&
       (suite->flags & SUITE_FLAG_FORWARD_SECRECY) == 0) ||
      suite->auth == SUITE_AUTH_ANON || suite->auth == SUITE_AUTH_PSK) {
    return 1;
  }
  t->out.signature_algorithm = (uint16_t)choose_scheme(t, suite->auth);
  return t->out.signature_algorithm != 0;
}

/* ---- suites ---- */

static unsigned version_bit(unsigned version)
{
  const unsigned rank = version_rank(version) >> 8;

  if (version_is_13(version)) {
    return SUITE_VERSION_TLS1_3;
  }
  switch (rank) {
  case 0x0303:
    return SUITE_VERSION_TLS1_2;
  case 0x0302:
    return SUITE_VERSION_TLS1_1;
  case 0x0301:
    return SUITE_VERSION_TLS1_0;
  case 0x0101:
    return SUITE_VERSION_TLCP1_1;
  default:
    return SUITE_VERSION_SSL3;
  }
}

/* Before TLS 1.3 the groups of a hello are also the curves it takes in a
 * certificate (RFC 8422 section 5.1). */
static int certificate_curve_fits(const struct talk *t)
{
  return t->server.ecdsa_group == 0 || version_is_13(t->out.version) ||
         !has(t, TLSDIAG_HAS_SUPPORTED_GROUPS) ||
         offers(t, TLSDIAG_HAS_SUPPORTED_GROUPS, t->server.ecdsa_group);
}

static int certificate_fits(const struct talk *t,
                            const struct suite_info *suite)
{
  const unsigned flags = t->server.flags;
  const unsigned both =
      TLSDIAG_POLICY_RSA_CERTIFICATE | TLSDIAG_POLICY_ECDSA_CERTIFICATE;

  if (suite->auth == SUITE_AUTH_ANON || suite->auth == SUITE_AUTH_PSK) {
    return 1;
  }
  if ((flags & TLSDIAG_POLICY_NO_CERTIFICATE) != 0) {
    return 0;
  }
  if ((flags & both) == 0) {
    return 1; /* not known */
  }
  if (suite->auth == SUITE_AUTH_RSA) {
    return (flags & TLSDIAG_POLICY_RSA_CERTIFICATE) != 0;
  }
  return suite->auth != SUITE_AUTH_ECDSA ||
         ((flags & TLSDIAG_POLICY_ECDSA_CERTIFICATE) != 0 &&
          certificate_curve_fits(t));
}

/* How far a suite came before it failed. */
enum hurdle { NO_SUITE, NO_CERTIFICATE, NO_GROUP, NO_SIGNATURE, NOTHING };

static enum hurdle try_suite(struct talk *t, unsigned value)
{
  const struct suite_info *suite = suite_find((uint16_t)value);

  if (suite == NULL || (suite->flags & SUITE_FLAG_SIGNAL) != 0 ||
      (suite->versions & version_bit(t->out.version)) == 0) {
    return NO_SUITE;
  }
  if (!certificate_fits(t, suite)) {
    return NO_CERTIFICATE;
  }
  if (!agree_on_group(t, suite->kx)) {
    return NO_GROUP;
  }
  if (!agree_on_signature(t, suite)) {
    return NO_SIGNATURE;
  }
  t->out.cipher_suite = (uint16_t)value;
  return NOTHING;
}

/* Tries the suites both sides have, in the server's order, and says what
 * stopped the one that came farthest. */
static enum hurdle try_suites(struct talk *t)
{
  enum hurdle best = NO_SUITE;
  struct values values;
  uint16_t value;
  unsigned i;

  for (i = 0; i < t->server.num_cipher_suites && best != NOTHING; i++) {
    if (offers(t, TLSDIAG_HAS_CIPHER_SUITES, t->server.cipher_suites[i])) {
      enum hurdle hurdle = try_suite(t, t->server.cipher_suites[i]);
      best = hurdle > best ? hurdle : best;
    }
  }
  if (t->server.num_cipher_suites != 0) {
    return best;
  }
  values_init(&values, &t->ch, TLSDIAG_HAS_CIPHER_SUITES);
  while (best != NOTHING && values_next_real(&values, &value)) {
    enum hurdle hurdle = try_suite(t, value);
    best = hurdle > best ? hurdle : best;
  }
  return best;
}

/* Without a pre_shared_key TLS 1.3 needs these (RFC 8446 section 9.2). */
static int lacks_extension(const struct talk *t)
{
  return version_is_13(t->out.version) && !has(t, TLSDIAG_HAS_PRE_SHARED_KEY) &&
         (!has(t, TLSDIAG_HAS_SUPPORTED_GROUPS) ||
          !has(t, TLSDIAG_HAS_KEY_SHARE) ||
          !has(t, TLSDIAG_HAS_SIGNATURE_ALGORITHMS));
}

static int agree_on_suite(struct talk *t)
{
  if (lacks_extension(t)) {
    return fail(t, TLSDIAG_CAUSE_MISSING_EXTENSION, 109);
  }
  switch (try_suites(t)) {
  case NO_SUITE:
    return fail(t, TLSDIAG_CAUSE_NO_SHARED_CIPHER, 40);
  case NO_CERTIFICATE:
    return fail(t, TLSDIAG_CAUSE_NO_USABLE_SERVER_CERTIFICATE, 40);
  case NO_GROUP:
    return fail(t, TLSDIAG_CAUSE_NO_SHARED_GROUP, 40);
  case NO_SIGNATURE:
    return fail(t, TLSDIAG_CAUSE_NO_SHARED_SIGNATURE_ALGORITHM, 40);
  default:
    return 1;
  }
}

/* A prediction that fails names no suite, group or signature: those are the
 * last that were tried. */
static void forget_tries(tlsdiag_prediction *out)
{
  out->cipher_suite = 0;
  out->group = 0;
  out->signature_algorithm = 0;
}

int tlsdiag_predict(const tlsdiag_client_hello *ch,
                    const tlsdiag_policy *server, tlsdiag_prediction *out)
{
  struct talk t;

  if (versioned_size(out) == 0 || versioned_in(&t.ch, sizeof t.ch, ch) != 0 ||
      versioned_in(&t.server, sizeof t.server, server) != 0) {
    return TLSDIAG_STATUS_E_USAGE;
  }
  memset(&t.out, 0, sizeof t.out);
  t.out.alert = 0xffff;
  if (!(agree_on_version(&t) && accept_fallback(&t) && accept_name(&t) &&
        accept_master_secret(&t) && accept_alpn(&t) && agree_on_suite(&t))) {
    forget_tries(&t.out);
  }
  return versioned_out(out, &t.out, sizeof t.out);
}
