/* x509.c: a certificate but for its extensions (RFC 5280 section 4.1).
 *
 *   Certificate    ::= SEQUENCE { tbsCertificate, signatureAlgorithm,
 *                                 signature BIT STRING }
 *   TBSCertificate ::= SEQUENCE { [0] version, serialNumber, signature, issuer,
 *                                 validity, subject, subjectPublicKeyInfo,
 *                                 [1] and [2] unique ids, [3] extensions }
 *
 * The outer structures are read as far as they reach; whatever a fact rests on
 * must be whole.  So the facts of a cut certificate are facts of the whole
 * one. */
#include "x509.h"

#include <string.h>

#include "der.h"
#include "hash.h"
#include "oid.h"
#include "prefix.h"
#include "tlsdiag/tlsdiag.h"

#define FIELD TLSDIAG_FIELD_CERTIFICATE_DER

/* AlgorithmIdentifier ::= SEQUENCE { OBJECT IDENTIFIER, parameters ANY } */
static unsigned algorithm_read(struct reader *r, struct reader *parameters)
{
  *parameters = der_get(r, DER_SEQUENCE);
  return oid_find(der_get(parameters, DER_OID));
}

/* RFC 4055 section 3.1: RSASSA-PSS-params begins with [0] hashAlgorithm, and
 * SHA-1 is meant where it is left out. */
static int pss_is_weak(struct reader parameters)
{
  struct reader params, hash, unused;

  if (der_peek(&parameters) != DER_SEQUENCE) {
    return 0;
  }
  params = der_get(&parameters, DER_SEQUENCE);
  if (der_peek(&params) != (DER_CONTEXT | DER_CONSTRUCTED)) {
    return 1;
  }
  hash = der_get(&params, DER_CONTEXT | DER_CONSTRUCTED);
  return algorithm_read(&hash, &unused) == OID_WEAK;
}

static void signature_algorithm_read(struct reader *r, struct x509 *x)
{
  struct reader parameters;
  unsigned oid = algorithm_read(r, &parameters);

  if (oid == OID_WEAK || (oid == OID_RSA_PSS && pss_is_weak(parameters))) {
    x->traits |= X509_WEAK_SIGNATURE;
  }
}

/* ---- names ---- */

/* Whether a word of lower-case letters occurs. */
static int says(struct reader text, const char *word, size_t len)
{
  size_t matched = 0;

  while (rd_left(&text) != 0 && matched < len) {
    unsigned c = hash_lower(rd_u8(&text, FIELD));
    if (c == (unsigned char)word[matched]) {
      matched++;
    } else {
      matched = c == (unsigned char)word[0];
    }
  }
  return matched == len;
}

/* What the name of an issuer says of its place in the hierarchy.  Nothing
 * obliges a CA to such words, but those that use them mean them. */
static uint32_t rank_of(struct reader name)
{
  uint32_t traits = 0;

  if (says(name, "root", 4)) {
    traits |= X509_BY_ROOT;
  }
  if (says(name, "intermediate", 12) || says(name, "issuing", 7) ||
      says(name, "subordinate", 11) || says(name, "sub ca", 6) ||
      says(name, "subca", 5) || says(name, "signing ca", 10)) {
    traits |= X509_BY_INTERMEDIATE;
  }
  return traits;
}

/* RFC 5280 section 7.1: names are compared without regard to case, to the kind
 * of string, and to the amount of white space.  (OpenSSL and GnuTLS compare so
 * or nearly so; Go and NSS want equal bytes, which real chains have.) */
static uint64_t hash_value(uint64_t h, struct reader value)
{
  int started = 0;
  int space = 0;

  while (rd_left(&value) != 0) {
    unsigned c = hash_lower(rd_u8(&value, FIELD));
    if (c == ' ') {
      space = started;
      continue;
    }
    h = hash_byte(space ? hash_byte(h, ' ') : h, c);
    started = 1;
    space = 0;
  }
  return hash_byte(h, 0);
}

/* One AttributeTypeAndValue ::= SEQUENCE { type, value }. */
static uint64_t attribute_read(uint64_t h, struct reader *rdn,
                               const struct cert_context *context,
                               uint32_t *traits)
{
  struct reader attribute = der_get(rdn, DER_SEQUENCE);
  struct reader type = der_get(&attribute, DER_OID);
  unsigned oid = oid_find(type);
  unsigned tag;
  struct reader value = der_any(&attribute, &tag);

  if (oid == OID_COMMON_NAME || oid == OID_ORG_UNIT) {
    *traits |= rank_of(value);
  }
  if (oid == OID_COMMON_NAME && x509_name_covers(value, context)) {
    *traits |= X509_CN_MATCH;
  }
  return hash_value(hash_value(h, type), value);
}

/* Name ::= SEQUENCE OF SET OF AttributeTypeAndValue; 0 if it is empty (its
 * owner goes by subjectAltName, and issues nothing) or not whole. */
static uint64_t name_read(struct reader *r, const struct cert_context *context,
                          uint32_t *traits)
{
  struct reader name = der_get(r, DER_SEQUENCE);
  uint64_t h = rd_left(&name) != 0 ? HASH_START : 0;

  while (rd_left(&name) != 0) {
    struct reader rdn = der_get(&name, DER_SET);
    h = hash_byte(h, DER_SET);
    while (rd_left(&rdn) != 0) {
      h = attribute_read(h, &rdn, context, traits);
    }
  }
  return h;
}

static void issuer_read(struct reader *tbs, const struct cert_context *context,
                        struct x509 *x)
{
  uint32_t traits = 0;

  x->issuer = name_read(tbs, context, &traits);
  x->traits |= traits & (X509_BY_ROOT | X509_BY_INTERMEDIATE);
}

static void subject_read(struct reader *tbs, const struct cert_context *context,
                         struct x509 *x)
{
  uint32_t traits = 0;

  x->subject = name_read(tbs, context, &traits);
  x->traits |= traits & X509_CN_MATCH;
}

/* ---- key ---- */

/* RFC 5480 section 2.2: an octet string 04 x y, or 02 or 03 and x.  Fields are
 * whole bytes, but that of P-521. */
static uint32_t point_bits(struct reader point)
{
  unsigned form = rd_u8(&point, FIELD);
  size_t n = form >= 4 ? rd_left(&point) / 2 : rd_left(&point);

  return n == 66 ? 521 : n < 0x1000 ? (uint32_t)n * 8 : 0x8000;
}

/* RFC 8017 appendix A.1.1: SEQUENCE { modulus, publicExponent }. */
static uint32_t modulus_bits(struct reader key)
{
  struct reader rsa = der_get(&key, DER_SEQUENCE);

  return der_bits(&rsa);
}

/* RFC 3279 section 2.3.2: SEQUENCE { p, q, g }, left out where inherited. */
static uint32_t dsa_bits(struct reader parameters)
{
  struct reader params;

  if (der_peek(&parameters) != DER_SEQUENCE) {
    return 0;
  }
  params = der_get(&parameters, DER_SEQUENCE);
  return der_bits(&params);
}

static void key_read(struct reader *tbs, struct x509 *x)
{
  struct reader info = der_enter(tbs, DER_SEQUENCE);
  struct reader parameters;
  unsigned oid = algorithm_read(&info, &parameters);
  struct reader key = der_bit_string(&info);
  uint32_t least = 0;

  if (rd_left(&key) == 0) {
    return;
  }
  switch (oid) {
  case OID_RSA:
  case OID_RSA_PSS:
    x->traits |= X509_RSA;
    x->key_bits = modulus_bits(key);
    least = 2048;
    break;
  case OID_EC:
    x->traits |= X509_EC;
    x->key_bits = point_bits(key);
    least = 224;
    break;
  case OID_DSA:
    x->traits |= X509_FINITE_FIELD_KEY;
    x->key_bits = dsa_bits(parameters);
    least = 2048;
    break;
  case OID_ED25519:
    x->key_bits = 256;
    break;
  case OID_ED448:
    x->key_bits = 456;
    break;
  default:
    break;
  }
  if (x->key_bits != 0 && x->key_bits < least) {
    x->traits |= X509_WEAK_KEY;
  }
}

/* ---- the whole ---- */

static void skip_optional(struct reader *r, unsigned tag)
{
  if (der_peek(r) == tag) {
    der_get(r, tag);
  }
}

static void tbs_read(struct reader *tbs, const struct cert_context *context,
                     struct x509 *x, struct reader *algorithm)
{
  struct reader validity, extensions;

  skip_optional(tbs, DER_CONTEXT | DER_CONSTRUCTED); /* version */
  der_get(tbs, DER_INTEGER);                         /* serialNumber */
  *algorithm = *tbs;
  signature_algorithm_read(tbs, x);
  algorithm->end = tbs->pos;
  issuer_read(tbs, context, x);
  validity = der_enter(tbs, DER_SEQUENCE);
  x->not_before = der_time(&validity);
  x->not_after = der_time(&validity);
  subject_read(tbs, context, x);
  key_read(tbs, x);
  skip_optional(tbs, DER_CONTEXT + 1);
  skip_optional(tbs, DER_CONTEXT + 2);
  if (rd_left(tbs) != 0) {
    extensions = der_enter(tbs, (DER_CONTEXT | DER_CONSTRUCTED) + 3);
    x509_extensions_read(&extensions, context, x);
  }
  der_end(tbs);
}

/* RFC 5280 section 4.1.1.2: the algorithm is named twice, and alike. */
static void outer_algorithm_check(struct reader *r, struct reader inner)
{
  struct reader outer = *r;

  der_get(r, DER_SEQUENCE);
  outer.end = r->pos;
  if (rd_ok(r) && (rd_left(&outer) != rd_left(&inner) ||
                   memcmp(outer.pos, inner.pos, rd_left(&inner)) != 0)) {
    prefix_note(&outer, 0, FIELD);
  }
}

void x509_read(struct reader *r, const struct cert_context *context,
               struct x509 *x)
{
  struct reader certificate = der_enter(r, DER_SEQUENCE);
  struct reader tbs = der_enter(&certificate, DER_SEQUENCE);
  struct reader algorithm;

  memset(x, 0, sizeof *x);
  x->not_before = -1;
  x->not_after = -1;
  tbs_read(&tbs, context, x, &algorithm);
  if (rd_ok(r)) {
    x->traits |= X509_SOUND;
  }
  outer_algorithm_check(&certificate, algorithm);
  der_get(&certificate, DER_BIT_STRING);
  der_end(&certificate);
  der_end(r);
}
