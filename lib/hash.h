/* hash.h: FNV-1a, 64 bit.  Names are compared by hash so that a flow need not
 * keep them: a clash would have to be found on purpose, and would only mute a
 * name-mismatch observation. */
#ifndef TLSDIAG_LIB_HASH_H
#define TLSDIAG_LIB_HASH_H

#include <stddef.h>
#include <stdint.h>

#define HASH_START 0xcbf29ce484222325u

static inline uint64_t hash_byte(uint64_t h, unsigned byte)
{
  return (h ^ byte) * 0x100000001b3u;
}

static inline uint64_t hash_u16(uint64_t h, unsigned value)
{
  return hash_byte(hash_byte(h, value >> 8), value & 0xff);
}

/* DNS names compare without regard to ASCII case (RFC 4343). */
static inline unsigned hash_lower(unsigned byte)
{
  return byte - 'A' < 26u ? byte | 0x20 : byte;
}

static inline uint64_t hash_name(const uint8_t *name, size_t len)
{
  uint64_t h = HASH_START;
  size_t i;

  for (i = 0; i < len; i++) {
    h = hash_byte(h, hash_lower(name[i]));
  }
  return h;
}

#endif
