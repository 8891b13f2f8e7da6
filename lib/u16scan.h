/* u16scan.h: marks in a list of u16 values, four values at a time (internal).
 *
 * A hello carries hundreds of values and a mark (GREASE, a signalling suite)
 * is rare, so words of four values are tested at once and only a word that
 * may hold one is looked at closely. */
#ifndef TLSDIAG_LIB_U16SCAN_H
#define TLSDIAG_LIB_U16SCAN_H

#include <stdint.h>
#include <string.h>

#include "reader.h"

#define U16SCAN_ONES 0x0001000100010001u
#define U16SCAN_TOPS 0x8000800080008000u

/* Sets the top bit of a 16-bit lane of x that is zero (a lane above such a one
 * may follow suit, and the other bits mean nothing): results are collected by
 * OR, and u16scan_found asks once. */
static inline uint64_t u16scan_zero(uint64_t x)
{
  return (x - U16SCAN_ONES) & ~x;
}

static inline int u16scan_found(uint64_t collected)
{
  return (collected & U16SCAN_TOPS) != 0;
}

/* A word with the value in each lane, in the byte order of the wire. */
static inline uint64_t u16scan_word(unsigned value)
{
  uint8_t bytes[2];
  uint16_t lane;

  bytes[0] = (uint8_t)(value >> 8);
  bytes[1] = (uint8_t)value;
  memcpy(&lane, bytes, sizeof lane);
  return lane * U16SCAN_ONES;
}

/* The same for lanes that may hold a GREASE value: 0x0a0a, 0x1a1a, ... 0xfafa.
 */
static inline uint64_t u16scan_grease(uint64_t x)
{
  return u16scan_zero((x & 0x0f0f0f0f0f0f0f0fu) ^ 0x0a0a0a0a0a0a0a0au);
}

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

/* 1 if a list of u16 values holds a GREASE value. */
static inline int u16_list_has_grease(struct reader list)
{
  const struct reader all = list;
  uint64_t maybe = 0;
  uint64_t word;

  while (rd_left(&list) >= sizeof word) {
    memcpy(&word, rd_take(&list, sizeof word, 0), sizeof word);
    maybe |= u16scan_grease(word);
  }
  return u16_list_has_grease_slowly(u16scan_found(maybe) ? all : list);
}

#endif
