/* check.h: what the harnesses share. */
#ifndef TLSDIAG_FUZZ_CHECK_H
#define TLSDIAG_FUZZ_CHECK_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tlsdiag/tlsdiag.h"

/* A promise of the library; broken, it ends the run as a crash does. */
#define CHECK(condition)                                                       \
  do {                                                                         \
    if (!(condition)) {                                                        \
      fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__,             \
              #condition);                                                     \
      abort();                                                                 \
    }                                                                          \
  } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A heap copy of exactly that size, so that every overread is seen. */
static inline uint8_t *exact_copy(const uint8_t *data, size_t len)
{
  uint8_t *copy = malloc(len != 0 ? len : 1);

  CHECK(copy != NULL);
  if (len != 0) {
    memcpy(copy, data, len);
  }
  return copy;
}

/* Printable ASCII and newlines only, `len` of it and a NUL. */
static inline void check_text(const char *text, size_t len)
{
  size_t i;

  for (i = 0; i < len; i++) {
    CHECK(text[i] == '\n' || (text[i] >= 0x20 && text[i] < 0x7f));
  }
  CHECK(text[len] == '\0');
}

/* A fixed sequence that looks random: the same input gives the same run. */
static inline uint32_t next_random(uint32_t *state)
{
  *state = *state * 1664525u + 1013904223u;
  return *state >> 8;
}

#endif
