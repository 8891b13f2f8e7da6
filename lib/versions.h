/* versions.h: protocol versions in the order of their age (internal). */
#ifndef TLSDIAG_LIB_VERSIONS_H
#define TLSDIAG_LIB_VERSIONS_H

#include <stdint.h>

/* version_rank orders versions of TLS and DTLS together by their age: DTLS
 * counts downwards, and the drafts of TLS 1.3 (0x7fxx, and 0xfbxx of one
 * vendor) lie between TLS 1.2 and TLS 1.3.  0 for what is no version. */
static inline unsigned version_rank(unsigned version)
{
  if (version >> 8 <= 4) {
    return version << 8;
  }
  switch (version >> 8) {
  case 0xfe:
    return (0x0400 - (version & 0xff)) << 8;
  case 0x7f:
  case 0xfb:
    return (0x0303u << 8) + (version & 0xff);
  default:
    return 0;
  }
}

/* 1 for TLS 1.3, its drafts, DTLS 1.3 and whatever comes after them. */
static inline int version_is_13(unsigned version)
{
  return version_rank(version) > 0x0303u << 8;
}

#endif
