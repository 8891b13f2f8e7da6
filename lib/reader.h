/* reader.h: the one place that touches bytes.
 *
 * A reader is a view that shrinks from the front.  rd_take is the one function
 * that advances it; everything else stands on rd_take.  A vector yields a
 * child reader that cannot leave its parent.
 *
 * Faults are sticky: the first one of a parse is kept in the struct rd_fault
 * that a reader and all its children share, and after a failure nothing is
 * left to read, so a parser may run straight on to its end and ask once.
 *
 * Proved with Frama-C WP for every input length: tests/proof/. */
#ifndef TLSDIAG_LIB_READER_H
#define TLSDIAG_LIB_READER_H

#include <stddef.h>
#include <stdint.h>

struct rd_fault {
  size_t offset; /* from the origin, of the first failing read */
  size_t want;
  size_t have;
  unsigned field; /* TLSDIAG_FIELD_*; 0 while nothing failed */
};

struct reader {
  const uint8_t *pos;
  const uint8_t *end;
  const uint8_t *origin; /* offsets in faults count from here */
  struct rd_fault *fault;
};

static inline size_t rd_left(const struct reader *r)
{
  return (size_t)(r->end - r->pos);
}

static inline size_t rd_offset(const struct reader *r)
{
  return (size_t)(r->pos - r->origin);
}

static inline int rd_ok(const struct reader *r)
{
  return r->fault->field == 0;
}

static inline void rd_init(struct reader *r, const uint8_t *data, size_t len,
                           struct rd_fault *fault)
{
  r->pos = data;
  r->end = len != 0 ? data + len : data; /* NULL + 0 is undefined in C99 */
  r->origin = data;
  r->fault = fault;
}

/* Records a fault (the first wins) and leaves nothing to read. */
static inline void rd_fail(struct reader *r, size_t want, unsigned field)
{
  if (r->fault->field == 0) {
    r->fault->offset = rd_offset(r);
    r->fault->want = want;
    r->fault->have = rd_left(r);
    r->fault->field = field;
  }
  r->pos = r->end;
}

/* Advances over n bytes and returns them; NULL (and a fault) if fewer are
 * left.  The only pointer arithmetic of the library's parsers. */
static inline const uint8_t *rd_take(struct reader *r, size_t n,
                                     unsigned field)
{
  const uint8_t *p = r->pos;

  if (n > rd_left(r)) {
    rd_fail(r, n, field);
    return NULL;
  }
  r->pos = n != 0 ? p + n : p; /* an absent view is NULL and 0 bytes long */
  return p;
}

static inline unsigned rd_u8(struct reader *r, unsigned field)
{
  const uint8_t *p = rd_take(r, 1, field);

  return p != NULL ? p[0] : 0u;
}

static inline unsigned rd_u16(struct reader *r, unsigned field)
{
  const uint8_t *p = rd_take(r, 2, field);

  return p != NULL ? ((unsigned)p[0] << 8) | p[1] : 0u;
}

static inline uint32_t rd_u24(struct reader *r, unsigned field)
{
  const uint8_t *p = rd_take(r, 3, field);

  return p != NULL ? ((uint32_t)p[0] << 16) | ((uint32_t)p[1] << 8) | p[2]
                   : 0u;
}

static inline uint32_t rd_u32(struct reader *r, unsigned field)
{
  const uint8_t *p = rd_take(r, 4, field);

  return p != NULL ? ((uint32_t)p[0] << 24) | ((uint32_t)p[1] << 16) |
                       ((uint32_t)p[2] << 8) | p[3]
                   : 0u;
}

/* A child over the next n bytes.  If they are not all there the fault is kept
 * and the child is empty. */
static inline struct reader rd_sub(struct reader *r, size_t n, unsigned field)
{
  struct reader child = *r;
  const uint8_t *p = rd_take(r, n, field);

  child.pos = p != NULL ? p : r->end;
  child.end = r->pos;
  return child;
}

/* Vectors of RFC 8446 section 3.4: a length of 1, 2 or 3 bytes, then that many
 * bytes. */
static inline struct reader rd_vec8(struct reader *r, unsigned field)
{
  size_t n = rd_u8(r, field);

  return rd_sub(r, n, field);
}

static inline struct reader rd_vec16(struct reader *r, unsigned field)
{
  size_t n = rd_u16(r, field);

  return rd_sub(r, n, field);
}

static inline struct reader rd_vec24(struct reader *r, unsigned field)
{
  size_t n = rd_u24(r, field);

  return rd_sub(r, n, field);
}

#endif
