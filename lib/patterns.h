/* patterns.h: the pattern table (internal); the rows are in patterns.inc. */
#ifndef TLSDIAG_LIB_PATTERNS_H
#define TLSDIAG_LIB_PATTERNS_H

#include <stdint.h>

enum {
  PATTERN_OWN = 0xff, /* cause and party of the failed attempt's own verdict */
  PATTERN_NONE = 0xffff
};

struct track_pattern {
  uint64_t all; /* bits TRAIT_* */
  uint64_t none;
  uint64_t but;
  uint16_t seconds;
  uint8_t cause;
  uint8_t party;
  uint8_t confidence;
  uint8_t reserved_[3];
};

extern const struct track_pattern track_patterns[];
extern const unsigned num_track_patterns;
/* The sentence of a row; "" if there is none. */
const char *track_pattern_sentence(unsigned index);

#endif
