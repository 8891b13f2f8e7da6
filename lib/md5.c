/* md5.c: MD5 (RFC 1321). */
#include "md5.h"

#include <string.h>

/* The integer parts of 2^32 times abs(sin(i)), i from 1. */
static const uint32_t sines[64] = {
    0xd76aa478u, 0xe8c7b756u, 0x242070dbu, 0xc1bdceeeu, 0xf57c0fafu,
    0x4787c62au, 0xa8304613u, 0xfd469501u, 0x698098d8u, 0x8b44f7afu,
    0xffff5bb1u, 0x895cd7beu, 0x6b901122u, 0xfd987193u, 0xa679438eu,
    0x49b40821u, 0xf61e2562u, 0xc040b340u, 0x265e5a51u, 0xe9b6c7aau,
    0xd62f105du, 0x02441453u, 0xd8a1e681u, 0xe7d3fbc8u, 0x21e1cde6u,
    0xc33707d6u, 0xf4d50d87u, 0x455a14edu, 0xa9e3e905u, 0xfcefa3f8u,
    0x676f02d9u, 0x8d2a4c8au, 0xfffa3942u, 0x8771f681u, 0x6d9d6122u,
    0xfde5380cu, 0xa4beea44u, 0x4bdecfa9u, 0xf6bb4b60u, 0xbebfbc70u,
    0x289b7ec6u, 0xeaa127fau, 0xd4ef3085u, 0x04881d05u, 0xd9d4d039u,
    0xe6db99e5u, 0x1fa27cf8u, 0xc4ac5665u, 0xf4292244u, 0x432aff97u,
    0xab9423a7u, 0xfc93a039u, 0x655b59c3u, 0x8f0ccc92u, 0xffeff47du,
    0x85845dd1u, 0x6fa87e4fu, 0xfe2ce6e0u, 0xa3014314u, 0x4e0811a1u,
    0xf7537e82u, 0xbd3af235u, 0x2ad7d2bbu, 0xeb86d391u,
};

static const uint8_t shifts[4][4] = {
    {7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};

static uint32_t word_at(const uint8_t *p)
{
  return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
         (uint32_t)p[3] << 24;
}

/* The function and the word of the block of step i. */
static uint32_t mixed(unsigned i, const uint32_t s[4], unsigned *word)
{
  switch (i / 16) {
  case 0:
    *word = i;
    return (s[1] & s[2]) | (~s[1] & s[3]);
  case 1:
    *word = (5 * i + 1) % 16;
    return (s[3] & s[1]) | (~s[3] & s[2]);
  case 2:
    *word = (3 * i + 5) % 16;
    return s[1] ^ s[2] ^ s[3];
  default:
    *word = 7 * i % 16;
    return s[2] ^ (s[1] | ~s[3]);
  }
}

static void transform(struct md5 *md5)
{
  uint32_t s[4];
  unsigned i;

  memcpy(s, md5->state, sizeof s);
  for (i = 0; i < 64; i++) {
    unsigned word;
    unsigned shift = shifts[i / 16][i % 4];
    uint32_t sum = s[0] + mixed(i, s, &word) + sines[i];

    sum += word_at(md5->block + 4 * word);
    s[0] = s[3];
    s[3] = s[2];
    s[2] = s[1];
    s[1] += sum << shift | sum >> (32 - shift);
  }
  for (i = 0; i < 4; i++) {
    md5->state[i] += s[i];
  }
}

void md5_init(struct md5 *md5)
{
  md5->state[0] = 0x67452301u;
  md5->state[1] = 0xefcdab89u;
  md5->state[2] = 0x98badcfeu;
  md5->state[3] = 0x10325476u;
  md5->len = 0;
}

void md5_update(struct md5 *md5, const void *data, size_t len)
{
  const uint8_t *bytes = (const uint8_t *)data;
  size_t i;

  for (i = 0; i < len; i++) {
    md5->block[md5->len++ % 64] = bytes[i];
    if (md5->len % 64 == 0) {
      transform(md5);
    }
  }
}

/* A one bit, zeros up to the last eight bytes of a block, the length in bits,
 * least significant byte first. */
void md5_final(struct md5 *md5, uint8_t digest[MD5_LEN])
{
  const uint64_t bits = md5->len * 8;
  uint8_t byte = 0x80;
  unsigned i;

  do {
    md5_update(md5, &byte, 1);
    byte = 0;
  } while (md5->len % 64 != 56);
  for (i = 0; i < 8; i++) {
    byte = (uint8_t)(bits >> 8 * i);
    md5_update(md5, &byte, 1);
  }
  for (i = 0; i < MD5_LEN; i++) {
    digest[i] = (uint8_t)(md5->state[i / 4] >> 8 * (i % 4));
  }
}
