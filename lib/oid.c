/* oid.c: object identifiers in their DER form, looked up one by one: there
 * are few, and most differ in their length. */
#include "oid.h"

#include <string.h>

struct oid_row {
  uint8_t oid, len, bytes[9];
};

#define CE(n) 3, {0x55, 0x1d, n}                         /* 2.5.29 */
#define PKIX(n, m) 8, {0x2b, 6, 1, 5, 5, 7, n, m}        /* 1.3.6.1.5.5.7 */
#define PKCS1(n) 9, {0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, n}
#define X962(n, m) 7, {0x2a, 0x86, 0x48, 0xce, 0x3d, n, m} /* 1.2.840.10045 */
#define X957(n) 7, {0x2a, 0x86, 0x48, 0xce, 0x38, 4, n}  /* 1.2.840.10040.4 */

/* clang-format off */
static const struct oid_row oid_rows[] = {
  {OID_COMMON_NAME, 3, {0x55, 4, 3}},
  {OID_ORG_UNIT, 3, {0x55, 4, 11}},
  {OID_RSA, PKCS1(1)},
  {OID_EC, X962(2, 1)},
  {OID_SUBJECT_KEY_ID, CE(14)},
  {OID_KEY_USAGE, CE(15)},
  {OID_SUBJECT_ALT_NAME, CE(17)},
  {OID_BASIC_CONSTRAINTS, CE(19)},
  {OID_NAME_CONSTRAINTS, CE(30)},
  {OID_CRL_POINTS, CE(31)},
  {OID_POLICIES, CE(32)},
  {OID_POLICY_MAPPINGS, CE(33)},
  {OID_AUTHORITY_KEY_ID, CE(35)},
  {OID_POLICY_CONSTRAINTS, CE(36)},
  {OID_EXT_KEY_USAGE, CE(37)},
  {OID_INHIBIT_ANY_POLICY, CE(54)},
  {OID_ANY_USAGE, 4, {0x55, 0x1d, 37, 0}},
  {OID_AUTHORITY_INFO, PKIX(1, 1)},
  {OID_TLS_FEATURE, PKIX(1, 24)},
  {OID_SERVER_AUTH, PKIX(3, 1)},
  {OID_CLIENT_AUTH, PKIX(3, 2)},
  {OID_CA_ISSUERS, PKIX(48, 2)},
  {OID_RSA_PSS, PKCS1(10)},
  {OID_ED25519, 3, {0x2b, 101, 112}},
  {OID_ED448, 3, {0x2b, 101, 113}},
  {OID_DSA, X957(1)},
  {OID_WEAK, PKCS1(2)},   /* md2WithRSAEncryption */
  {OID_WEAK, PKCS1(3)},   /* md4WithRSAEncryption */
  {OID_WEAK, PKCS1(4)},   /* md5WithRSAEncryption */
  {OID_WEAK, PKCS1(5)},   /* sha1WithRSAEncryption */
  {OID_WEAK, X957(3)},    /* dsa-with-sha1 */
  {OID_WEAK, X962(4, 1)}, /* ecdsa-with-SHA1 */
  {OID_WEAK, 5, {0x2b, 14, 3, 2, 3}},  /* md5WithRSA, of the OIW */
  {OID_WEAK, 5, {0x2b, 14, 3, 2, 26}}, /* SHA-1 */
  {OID_WEAK, 5, {0x2b, 14, 3, 2, 27}}, /* dsaWithSHA1 */
  {OID_WEAK, 5, {0x2b, 14, 3, 2, 29}}, /* sha1WithRSA */
  {OID_WEAK, 8, {0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 2, 5}} /* MD5 */
};
/* clang-format on */

unsigned oid_find(struct reader oid)
{
  size_t i;

  for (i = 0; i < sizeof(oid_rows) / sizeof(oid_rows[0]); i++) {
    if (rd_left(&oid) == oid_rows[i].len &&
        memcmp(oid.pos, oid_rows[i].bytes, oid_rows[i].len) == 0) {
      return oid_rows[i].oid;
    }
  }
  return OID_OTHER;
}
