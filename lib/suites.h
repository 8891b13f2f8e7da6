/* suites.h: what a cipher suite demands of the two sides (internal). */
#ifndef TLSDIAG_LIB_SUITES_H
#define TLSDIAG_LIB_SUITES_H

#include <stdint.h>

#include "tables/suite_classes.inc"

/* One cipher suite.  kx: SUITE_KX_*, auth: SUITE_AUTH_*, bulk: SUITE_BULK_*,
 * mac: SUITE_MAC_*; versions: SUITE_VERSION_* bits, flags: SUITE_FLAG_* bits.
 * TLS 1.3 suites leave key exchange and authentication open: *_ANY. */
struct suite_info {
  uint16_t value;
  uint8_t kx, auth, bulk, mac, versions, flags;
};

/* suite_find returns the facts about a suite, NULL for GREASE and values in
 * no registry.  TLS_FALLBACK_SCSV and TLS_EMPTY_RENEGOTIATION_INFO_SCSV are
 * found, with SUITE_FLAG_SIGNAL. */
const struct suite_info *suite_find(uint16_t value);

#endif
