/* sha256.c: SHA-256 (FIPS 180-4). */
#include "sha256.h"

#include <string.h>

/* Fractions of the cube roots of the first 64 primes. */
static const uint32_t rounds[64] = {
    0x428a2f98u, 0x71374491u, 0xb5c0fbcfu, 0xe9b5dba5u, 0x3956c25bu,
    0x59f111f1u, 0x923f82a4u, 0xab1c5ed5u, 0xd807aa98u, 0x12835b01u,
    0x243185beu, 0x550c7dc3u, 0x72be5d74u, 0x80deb1feu, 0x9bdc06a7u,
    0xc19bf174u, 0xe49b69c1u, 0xefbe4786u, 0x0fc19dc6u, 0x240ca1ccu,
    0x2de92c6fu, 0x4a7484aau, 0x5cb0a9dcu, 0x76f988dau, 0x983e5152u,
    0xa831c66du, 0xb00327c8u, 0xbf597fc7u, 0xc6e00bf3u, 0xd5a79147u,
    0x06ca6351u, 0x14292967u, 0x27b70a85u, 0x2e1b2138u, 0x4d2c6dfcu,
    0x53380d13u, 0x650a7354u, 0x766a0abbu, 0x81c2c92eu, 0x92722c85u,
    0xa2bfe8a1u, 0xa81a664bu, 0xc24b8b70u, 0xc76c51a3u, 0xd192e819u,
    0xd6990624u, 0xf40e3585u, 0x106aa070u, 0x19a4c116u, 0x1e376c08u,
    0x2748774cu, 0x34b0bcb5u, 0x391c0cb3u, 0x4ed8aa4au, 0x5b9cca4fu,
    0x682e6ff3u, 0x748f82eeu, 0x78a5636fu, 0x84c87814u, 0x8cc70208u,
    0x90befffau, 0xa4506cebu, 0xbef9a3f7u, 0xc67178f2u,
};

/* Fractions of the square roots of the first 8. */
static const uint32_t start[8] = {
    0x6a09e667u, 0xbb67ae85u, 0x3c6ef372u, 0xa54ff53au,
    0x510e527fu, 0x9b05688cu, 0x1f83d9abu, 0x5be0cd19u,
};

static uint32_t rotate(uint32_t x, unsigned n)
{
  return x >> n | x << (32 - n);
}

static uint32_t word_at(const uint8_t *p)
{
  return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 |
         (uint32_t)p[3];
}

/* Word t of the message schedule; w holds the sixteen before it. */
static uint32_t schedule(uint32_t w[16], unsigned t, const uint8_t *block)
{
  uint32_t a;
  uint32_t b;

  if (t < 16) {
    w[t] = word_at(block + 4 * t);
    return w[t];
  }
  a = w[(t + 1) % 16];
  b = w[(t + 14) % 16];
  a = rotate(a, 7) ^ rotate(a, 18) ^ a >> 3;
  b = rotate(b, 17) ^ rotate(b, 19) ^ b >> 10;
  w[t % 16] += a + b + w[(t + 9) % 16];
  return w[t % 16];
}

static void transform(struct sha256 *sha)
{
  uint32_t s[8];
  uint32_t w[16];
  unsigned t;

  memcpy(s, sha->state, sizeof s);
  for (t = 0; t < 64; t++) {
    uint32_t sum = rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25);
    uint32_t majority = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]);

    sum += s[7] + ((s[4] & s[5]) ^ (~s[4] & s[6])) + rounds[t];
    sum += schedule(w, t, sha->block);
    majority += rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22);
    memmove(s + 1, s, 7 * sizeof s[0]);
    s[4] += sum;
    s[0] = sum + majority;
  }
  for (t = 0; t < 8; t++) {
    sha->state[t] += s[t];
  }
}

void sha256_init(struct sha256 *sha)
{
  memcpy(sha->state, start, sizeof start);
  sha->len = 0;
}

void sha256_update(struct sha256 *sha, const void *data, size_t len)
{
  const uint8_t *bytes = (const uint8_t *)data;
  size_t i;

  for (i = 0; i < len; i++) {
    sha->block[sha->len++ % 64] = bytes[i];
    if (sha->len % 64 == 0) {
      transform(sha);
    }
  }
}

/* A one bit, zeros up to the last eight bytes of a block, the length in bits,
 * most significant byte first. */
void sha256_final(struct sha256 *sha, uint8_t digest[SHA256_LEN])
{
  const uint64_t bits = sha->len * 8;
  uint8_t byte = 0x80;
  unsigned i;

  do {
    sha256_update(sha, &byte, 1);
    byte = 0;
  } while (sha->len % 64 != 56);
  for (i = 0; i < 8; i++) {
    byte = (uint8_t)(bits >> (56 - 8 * i));
    sha256_update(sha, &byte, 1);
  }
  for (i = 0; i < SHA256_LEN; i++) {
    digest[i] = (uint8_t)(sha->state[i / 4] >> (24 - 8 * (i % 4)));
  }
}
