/* prefix.h: reading on where only the beginning of something is at hand: a
 * message that did not fit into the room, or one whose lengths lie. */
#ifndef TLSDIAG_LIB_PREFIX_H
#define TLSDIAG_LIB_PREFIX_H

#include "reader.h"

/* Records a fault as rd_fail does, but leaves the rest to be read. */
static inline void prefix_note(const struct reader *r, size_t want,
                               unsigned field)
{
  struct reader copy = *r;

  rd_fail(&copy, want, field);
}

/* A child over the next n bytes or, with a fault, over the fewer that are
 * left. */
static inline struct reader prefix_sub(struct reader *r, size_t n,
                                       unsigned field)
{
  size_t left = rd_left(r);

  if (n > left) {
    prefix_note(r, n, field);
    n = left;
  }
  return rd_sub(r, n, field);
}

static inline struct reader prefix_vec16(struct reader *r, unsigned field)
{
  size_t n = rd_u16(r, field);

  return prefix_sub(r, n, field);
}

static inline struct reader prefix_vec24(struct reader *r, unsigned field)
{
  size_t n = rd_u24(r, field);

  return prefix_sub(r, n, field);
}

#endif
