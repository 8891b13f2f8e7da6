/* x509_ext.c: the extensions of a certificate (RFC 5280 section 4.2), and the
 * comparison of its names with the requested one.
 *
 *   Extensions ::= SEQUENCE OF Extension
 *   Extension  ::= SEQUENCE { extnID, critical DEFAULT FALSE,
 *                             extnValue OCTET STRING } */
#include <string.h>

#include "der.h"
#include "hash.h"
#include "oid.h"
#include "tlsdiag/tlsdiag.h"
#include "x509.h"

#define FIELD TLSDIAG_FIELD_CERTIFICATE_DER

/* ---- names: RFC 9525 section 6 ---- */

/* A wildcard is the whole left-most label and stands for one label (section
 * 6.3).  Stacks differ on one that covers a whole top-level domain; most
 * refuse it, so what follows must have a dot. */
static int is_wildcard(struct reader name)
{
  int seen_dot = 0;

  if (rd_left(&name) < 3 || memcmp(rd_take(&name, 2, FIELD), "*.", 2) != 0) {
    return 0;
  }
  while (rd_left(&name) > 1) {
    seen_dot |= rd_u8(&name, FIELD) == '.';
  }
  return seen_dot;
}

int x509_name_covers(struct reader name, const struct cert_context *context)
{
  /* Section 6.1.2: an address is only ever matched by an iPAddress. */
  if (context->name_hash == 0 || context->address_len != 0) {
    return 0;
  }
  if (hash_name(name.pos, rd_left(&name)) == context->name_hash) {
    return 1;
  }
  if (context->parent_hash == 0 || !is_wildcard(name)) {
    return 0;
  }
  rd_take(&name, 2, FIELD);
  return hash_name(name.pos, rd_left(&name)) == context->parent_hash;
}

static int address_covers(struct reader address,
                          const struct cert_context *context)
{
  return context->address_len != 0 &&
         rd_left(&address) == context->address_len &&
         memcmp(address.pos, context->address, context->address_len) == 0;
}

/* GeneralNames ::= SEQUENCE OF GeneralName: [2] dNSName, [7] iPAddress. */
static void alt_names_read(struct reader *value,
                           const struct cert_context *context, struct x509 *x)
{
  struct reader names = der_get(value, DER_SEQUENCE);

  while (rd_left(&names) != 0) {
    unsigned tag;
    struct reader name = der_any(&names, &tag);
    if (tag == DER_CONTEXT + 2 || tag == DER_CONTEXT + 7) {
      x->traits |= X509_HOST_NAMES;
    }
    if ((tag == DER_CONTEXT + 2 && x509_name_covers(name, context)) ||
        (tag == DER_CONTEXT + 7 && address_covers(name, context))) {
      x->traits |= X509_NAME_MATCH;
    }
  }
}

/* ---- purpose ---- */

/* ExtKeyUsageSyntax ::= SEQUENCE OF KeyPurposeId.  anyExtendedKeyUsage counts
 * as each of them; Go, GnuTLS and JSSE agree, OpenSSL does not. */
static void ext_key_usage_read(struct reader *value, struct x509 *x)
{
  struct reader purposes = der_get(value, DER_SEQUENCE);

  x->traits |= X509_EXT_KEY_USAGE;
  while (rd_left(&purposes) != 0) {
    switch (oid_find(der_get(&purposes, DER_OID))) {
    case OID_SERVER_AUTH:
      x->traits |= X509_SERVER_AUTH;
      break;
    case OID_CLIENT_AUTH:
      x->traits |= X509_CLIENT_AUTH;
      break;
    case OID_ANY_USAGE:
      x->traits |= X509_SERVER_AUTH | X509_CLIENT_AUTH;
      break;
    default:
      break;
    }
  }
}

/* BasicConstraints ::= SEQUENCE { cA DEFAULT FALSE, pathLen OPTIONAL } */
static void basic_constraints_read(struct reader *value, struct x509 *x)
{
  struct reader constraints = der_get(value, DER_SEQUENCE);

  if (der_true(&constraints)) {
    x->traits |= X509_CA;
  }
}

/* RFC 7633 section 4: Features ::= SEQUENCE OF INTEGER, extension types that
 * the server must answer: status_request (5), status_request_v2 (17). */
static void tls_feature_read(struct reader *value, struct x509 *x)
{
  struct reader features = der_get(value, DER_SEQUENCE);

  while (rd_left(&features) != 0) {
    struct reader feature = der_get(&features, DER_INTEGER);
    unsigned type = rd_left(&feature) == 1 ? rd_u8(&feature, FIELD) : 0;
    if (type == 5 || type == 17) {
      x->traits |= X509_MUST_STAPLE;
    }
  }
}

/* ---- issuer ---- */

static uint64_t hash_bytes(struct reader r)
{
  uint64_t h = HASH_START;

  while (rd_left(&r) != 0) {
    h = hash_byte(h, rd_u8(&r, FIELD));
  }
  return h;
}

/* AuthorityKeyIdentifier ::= SEQUENCE { [0] keyIdentifier OPTIONAL, ... } */
static void authority_key_id_read(struct reader *value, struct x509 *x)
{
  struct reader id = der_get(value, DER_SEQUENCE);

  if (der_peek(&id) == DER_CONTEXT) {
    x->issuer_key = hash_bytes(der_get(&id, DER_CONTEXT));
  }
}

/* AccessDescription ::= SEQUENCE { accessMethod, accessLocation }.  Only an
 * HTTP location counts: public CAs give one, while LDAP belongs to private
 * hierarchies, whose members often have the root for an issuer. */
static void authority_info_read(struct reader *value, struct x509 *x)
{
  struct reader list = der_get(value, DER_SEQUENCE);

  while (rd_left(&list) != 0) {
    struct reader item = der_get(&list, DER_SEQUENCE);
    unsigned method = oid_find(der_get(&item, DER_OID));
    unsigned tag;
    struct reader location = der_any(&item, &tag);
    if (method == OID_CA_ISSUERS && tag == DER_CONTEXT + 6 &&
        rd_left(&location) > 4 && memcmp(location.pos, "http", 4) == 0) {
      x->traits |= X509_CA_ISSUERS;
    }
  }
}

/* ---- the list ---- */

static void value_read(unsigned oid, struct reader *value,
                       const struct cert_context *context, struct x509 *x)
{
  switch (oid) {
  case OID_KEY_USAGE:
    x->traits |= X509_KEY_USAGE;
    x->key_usage = der_flags(value);
    break;
  case OID_SUBJECT_ALT_NAME:
    alt_names_read(value, context, x);
    break;
  case OID_EXT_KEY_USAGE:
    ext_key_usage_read(value, x);
    break;
  case OID_BASIC_CONSTRAINTS:
    basic_constraints_read(value, x);
    break;
  case OID_TLS_FEATURE:
    tls_feature_read(value, x);
    break;
  case OID_SUBJECT_KEY_ID:
    x->subject_key = hash_bytes(der_get(value, DER_OCTET_STRING));
    break;
  case OID_AUTHORITY_KEY_ID:
    authority_key_id_read(value, x);
    break;
  case OID_AUTHORITY_INFO:
    authority_info_read(value, x);
    break;
  default:
    return; /* not looked into */
  }
  der_end(value);
}

void x509_extensions_read(struct reader *r, const struct cert_context *context,
                          struct x509 *x)
{
  struct reader list = der_enter(r, DER_SEQUENCE);

  while (rd_left(&list) != 0) {
    struct reader extension = der_get(&list, DER_SEQUENCE);
    unsigned oid = oid_find(der_get(&extension, DER_OID));
    int critical = der_true(&extension);
    struct reader value = der_get(&extension, DER_OCTET_STRING);

    /* Section 4.2: who does not know a critical extension must refuse. */
    if (critical && (oid < OID_KEY_USAGE || oid > OID_CRL_POINTS)) {
      x->traits |= X509_CRITICAL_UNKNOWN;
    }
    value_read(oid, &value, context, x);
  }
}
