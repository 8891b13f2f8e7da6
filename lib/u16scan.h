/* u16scan.h: marks in a list of u16 values, several values at a time
 * (internal).
 *
 * A hello carries hundreds of values and a mark (GREASE, a signalling suite)
 * is rare, so whole words of values are compared, the results are collected
 * without a branch, and the question is asked once at the end.  A word is a
 * vector where the compiler has them, else a uint64_t of four lanes. */
#ifndef TLSDIAG_LIB_U16SCAN_H
#define TLSDIAG_LIB_U16SCAN_H

#include <stdint.h>
#include <string.h>

#include "reader.h"

#define U16SCAN_TOPS 0x8000800080008000u

#if defined(__GNUC__) && !defined(U16SCAN_PLAIN)
typedef uint16_t u16word __attribute__((vector_size(16)));
/* A word with v in each lane; the lanes of a that equal those of b. */
#define U16WORD(v) ((u16word){v, v, v, v, v, v, v, v})
#define U16WORD_SAME(a, b) ((u16word)((a) == (b)))
#else
typedef uint64_t u16word;
#define U16SCAN_ONES 0x0001000100010001u
#define U16WORD(v) ((v)*U16SCAN_ONES)
#define U16WORD_SAME(a, b) u16scan_zero((a) ^ (b))

/* Sets the top bit of a lane that is zero.  A lane above such a one may follow
 * suit, and the other bits mean nothing. */
static inline uint64_t u16scan_zero(uint64_t x)
{
  return (x - U16SCAN_ONES) & ~x;
}
#endif

/* What collects results: one top bit a lane. */
struct u16found {
  u16word lanes;
};

static inline int u16scan_found(const struct u16found *found)
{
  uint64_t parts[sizeof(u16word) / sizeof(uint64_t)];
  uint64_t any = 0;
  size_t i;

  memcpy(parts, &found->lanes, sizeof parts);
  for (i = 0; i < sizeof parts / sizeof parts[0]; i++) {
    any |= parts[i];
  }
  return (any & U16SCAN_TOPS) != 0;
}

/* A value as a lane holds it: in the byte order of the wire. */
static inline uint16_t u16scan_lane(unsigned value)
{
  uint8_t bytes[2];
  uint16_t lane;

  bytes[0] = (uint8_t)(value >> 8);
  bytes[1] = (uint8_t)value;
  memcpy(&lane, bytes, sizeof lane);
  return lane;
}

/* Lanes that may hold a GREASE value: 0x0a0a, 0x1a1a, ... 0xfafa. */
#define U16WORD_GREASE(word)                                                   \
  U16WORD_SAME((word)&U16WORD(0x0f0f), U16WORD(0x0a0a))

static inline int u16_is_grease(unsigned value)
{
  return (value & 0x0f0f) == 0x0a0a && value >> 8 == (value & 0xff);
}

static inline int u16_list_has_grease_slowly(struct reader list)
{
  while (rd_left(&list) >= 2) {
    if (u16_is_grease(rd_u16(&list, 0))) {
      return 1;
    }
  }
  return 0;
}

/* The last word of a list of at least one: it overlaps the one before it, so
 * that no value is left over. */
static inline struct reader u16scan_last(struct reader list)
{
  rd_take(&list, rd_left(&list) - sizeof(u16word), 0);
  return list;
}

/* 1 if a list of u16 values holds a GREASE value. */
static inline int u16_list_has_grease(struct reader list)
{
  const struct reader all = list;
  struct u16found maybe = {U16WORD(0)};
  struct reader last;
  u16word word;

  if (rd_left(&list) < sizeof word) {
    return u16_list_has_grease_slowly(list);
  }
  last = u16scan_last(list);
  memcpy(&word, rd_take(&last, sizeof word, 0), sizeof word);
  maybe.lanes |= U16WORD_GREASE(word);
  while (rd_left(&list) > sizeof word) {
    memcpy(&word, rd_take(&list, sizeof word, 0), sizeof word);
    maybe.lanes |= U16WORD_GREASE(word);
  }
  return u16scan_found(&maybe) && u16_list_has_grease_slowly(all);
}

#endif
