/* oid.h: the object identifiers that certificate facts rest on. */
#ifndef TLSDIAG_LIB_OID_H
#define TLSDIAG_LIB_OID_H

#include "reader.h"

enum {
  OID_OTHER = 0,
  /* extensions, RFC 5280 section 4.2, RFC 7633; from OID_KEY_USAGE to
   * OID_CRL_POINTS those that every common stack handles when critical */
  OID_SUBJECT_KEY_ID,
  OID_AUTHORITY_KEY_ID,
  OID_AUTHORITY_INFO,
  OID_TLS_FEATURE,
  OID_KEY_USAGE,
  OID_SUBJECT_ALT_NAME,
  OID_BASIC_CONSTRAINTS,
  OID_NAME_CONSTRAINTS,
  OID_POLICIES,
  OID_POLICY_MAPPINGS,
  OID_POLICY_CONSTRAINTS,
  OID_INHIBIT_ANY_POLICY,
  OID_EXT_KEY_USAGE,
  OID_CRL_POINTS,
  /* what they hold */
  OID_ANY_USAGE,
  OID_SERVER_AUTH,
  OID_CLIENT_AUTH,
  OID_CA_ISSUERS,
  /* attributes of a name */
  OID_COMMON_NAME,
  OID_ORG_UNIT,
  /* keys: RFC 8017, 5480, 8410, 3279 */
  OID_RSA,
  OID_RSA_PSS,
  OID_EC,
  OID_ED25519,
  OID_ED448,
  OID_DSA,
  /* signatures and digests broken for collisions: MD2, MD4, MD5, SHA-1 */
  OID_WEAK
};

/* oid_find returns the OID_* of the contents of an OBJECT IDENTIFIER. */
unsigned oid_find(struct reader oid);

#endif
