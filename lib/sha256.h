/* sha256.h: SHA-256 (FIPS 180-4), for JA4 (internal). */
#ifndef TLSDIAG_LIB_SHA256_H
#define TLSDIAG_LIB_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_LEN 32

struct sha256 {
  uint32_t state[8];
  uint64_t len;
  uint8_t block[64];
};

void sha256_init(struct sha256 *sha);
void sha256_update(struct sha256 *sha, const void *data, size_t len);
void sha256_final(struct sha256 *sha, uint8_t digest[SHA256_LEN]);

#endif
