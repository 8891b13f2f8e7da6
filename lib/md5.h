/* md5.h: MD5 (RFC 1321), for JA3 and nothing else (internal). */
#ifndef TLSDIAG_LIB_MD5_H
#define TLSDIAG_LIB_MD5_H

#include <stddef.h>
#include <stdint.h>

#define MD5_LEN 16

struct md5 {
  uint32_t state[4];
  uint64_t len;
  uint8_t block[64];
};

void md5_init(struct md5 *md5);
void md5_update(struct md5 *md5, const void *data, size_t len);
void md5_final(struct md5 *md5, uint8_t digest[MD5_LEN]);

#endif
