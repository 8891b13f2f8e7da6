/* u16set.h: which u16 values were met (internal).
 *
 * A bitmap of all 65,536 values is 8 KiB, too much stack for a library that
 * runs anywhere, so a set holds one quarter of them and what looks for
 * repetitions in a list walks the list once per quarter. */
#ifndef TLSDIAG_LIB_U16SET_H
#define TLSDIAG_LIB_U16SET_H

#include <stdint.h>
#include <string.h>

#define U16SET_QUARTERS 4u

struct u16set {
  unsigned quarter;
  uint64_t bits[65536 / U16SET_QUARTERS / 64];
};

static inline void u16set_clear(struct u16set *set, unsigned quarter)
{
  set->quarter = quarter;
  memset(set->bits, 0, sizeof set->bits);
}

static inline int u16set_covers(const struct u16set *set, unsigned value)
{
  return value >> 14 == set->quarter;
}

/* 1 if a value of this quarter is in the set. */
static inline int u16set_has(const struct u16set *set, unsigned value)
{
  unsigned index = value & 0x3fff;

  return (set->bits[index >> 6] >> (index & 63) & 1) != 0;
}

static inline void u16set_add(struct u16set *set, unsigned value)
{
  unsigned index = value & 0x3fff;

  set->bits[index >> 6] |= (uint64_t)1 << (index & 63);
}

#endif
