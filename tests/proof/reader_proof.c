/* Contracts of lib/reader.h, to be proved by Frama-C WP with RTE.
 *
 * The code is the header's, untouched; each contract stands on a second
 * declaration of its function.  They say, for every length of input: a valid
 * reader stays valid, never leaves the bytes it was made over, reads none but
 * those, and writes nothing but itself and its fault.  A child lies inside
 * what its parent had left.
 *
 * PTRDIFF_MAX: no object is larger, C99 6.5.6. */
#include "reader.h"

/*@ predicate rd_span(uint8_t *p, uint8_t *q) =
      \base_addr(p) == \base_addr(q) && 0 <= q - p <= PTRDIFF_MAX;

    // A window [pos, end) behind origin that may be read, apart from fault.
    predicate rd_window(uint8_t *origin, uint8_t *pos, uint8_t *end,
                        struct rd_fault *fault) =
      rd_span(origin, pos) && rd_span(pos, end) && rd_span(origin, end) &&
      \valid_read(pos + (0 .. end - pos - 1)) &&
      \valid(fault) && \separated(fault, pos + (0 .. end - pos - 1));

    predicate rd_valid(struct reader *r) =
      \valid(r) && rd_window(r->origin, r->pos, r->end, r->fault) &&
      \separated(r, r->fault) &&
      \separated(r, r->pos + (0 .. r->end - r->pos - 1));

    // What no function may do to a reader: enlarge it or move it back.
    predicate rd_kept{A, B}(struct reader *r) =
      \at(r->end, B) == \at(r->end, A) &&
      \at(r->origin, B) == \at(r->origin, A) &&
      \at(r->fault, B) == \at(r->fault, A) &&
      rd_span{B}(\at(r->pos, A), \at(r->pos, B));

    predicate rd_same{A, B}(struct rd_fault *f) =
      \at(f->field, B) == \at(f->field, A) &&
      \at(f->offset, B) == \at(f->offset, A) &&
      \at(f->want, B) == \at(f->want, A) &&
      \at(f->have, B) == \at(f->have, A);

    // The first fault of a parse is kept.
    predicate rd_sticky{A, B}(struct rd_fault *f) =
      \at(f->field, A) != 0 ==> rd_same{A, B}(f);
*/

/*@ requires rd_valid(r);
    assigns \result \from r->end, r->pos;
    ensures \result == r->end - r->pos;
*/
static inline size_t rd_left(const struct reader *r);

/*@ requires rd_valid(r);
    assigns \result \from r->pos, r->origin;
    ensures \result == r->pos - r->origin;
*/
static inline size_t rd_offset(const struct reader *r);

/*@ requires \valid_read(r) && \valid_read(r->fault);
    assigns \result \from r->fault->field;
    ensures \result <==> r->fault->field == 0;
*/
static inline int rd_ok(const struct reader *r);

/*@ requires len <= PTRDIFF_MAX;
    requires \valid(r) && \valid(fault) && \separated(r, fault);
    requires \valid_read(data + (0 .. len - 1));
    requires \separated(r, data + (0 .. len - 1));
    requires \separated(fault, data + (0 .. len - 1));
    assigns *r \from data, len, fault;
    ensures rd_valid(r);
    ensures r->pos == data && r->origin == data && r->fault == fault;
    ensures r->end - r->pos == len;
*/
static inline void rd_init(struct reader *r, const uint8_t *data, size_t len,
                           struct rd_fault *fault);

/*@ requires rd_valid(r);
    assigns r->pos \from r->end;
    assigns *r->fault \from *r->fault, *r, want, field;
    ensures rd_valid(r) && rd_kept{Pre, Post}(r);
    ensures rd_sticky{Pre, Post}(r->fault);
    ensures r->pos == r->end;
    ensures field != 0 ==> r->fault->field != 0;
*/
static inline void rd_fail(struct reader *r, size_t want, unsigned field);

/*@ requires rd_valid(r);
    assigns r->pos \from r->pos, r->end, n;
    assigns *r->fault \from *r->fault, *r, n, field;
    assigns \result \from r->pos, r->end, n;
    ensures rd_valid(r) && rd_kept{Pre, Post}(r);
    behavior enough:
      assumes n <= r->end - r->pos;
      ensures rd_same{Pre, Post}(r->fault);
      ensures \result == \old(r->pos) && r->pos == \old(r->pos) + n;
    behavior too_few:
      assumes n > r->end - r->pos;
      ensures rd_sticky{Pre, Post}(r->fault);
      ensures \result == \null && r->pos == r->end;
      ensures field != 0 ==> r->fault->field != 0;
    complete behaviors;
    disjoint behaviors;
*/
static inline const uint8_t *rd_take(struct reader *r, size_t n,
                                     unsigned field);

/*@ requires rd_valid(r);
    assigns r->pos \from r->pos, r->end;
    assigns *r->fault \from *r->fault, *r, field;
    assigns \result \from r->pos, r->end, r->pos[0 .. 0];
    ensures rd_valid(r) && rd_kept{Pre, Post}(r);
    ensures \result <= 0xff;
    behavior enough:
      assumes 1 <= r->end - r->pos;
      ensures rd_same{Pre, Post}(r->fault);
      ensures r->pos == \old(r->pos) + 1;
      ensures \result == \old(r->pos)[0];
    behavior too_few:
      assumes 1 > r->end - r->pos;
      ensures rd_sticky{Pre, Post}(r->fault);
      ensures \result == 0 && r->pos == r->end;
      ensures field != 0 ==> r->fault->field != 0;
    complete behaviors;
    disjoint behaviors;
*/
static inline unsigned rd_u8(struct reader *r, unsigned field);

/*@ requires rd_valid(r);
    assigns r->pos \from r->pos, r->end;
    assigns *r->fault \from *r->fault, *r, field;
    assigns \result \from r->pos, r->end, r->pos[0 .. 1];
    ensures rd_valid(r) && rd_kept{Pre, Post}(r);
    behavior enough:
      assumes 2 <= r->end - r->pos;
      ensures rd_same{Pre, Post}(r->fault);
      ensures r->pos == \old(r->pos) + 2;
    behavior too_few:
      assumes 2 > r->end - r->pos;
      ensures rd_sticky{Pre, Post}(r->fault);
      ensures \result == 0 && r->pos == r->end;
      ensures field != 0 ==> r->fault->field != 0;
    complete behaviors;
    disjoint behaviors;
*/
static inline unsigned rd_u16(struct reader *r, unsigned field);

/*@ requires rd_valid(r);
    assigns r->pos \from r->pos, r->end;
    assigns *r->fault \from *r->fault, *r, field;
    assigns \result \from r->pos, r->end, r->pos[0 .. 2];
    ensures rd_valid(r) && rd_kept{Pre, Post}(r);
    behavior enough:
      assumes 3 <= r->end - r->pos;
      ensures rd_same{Pre, Post}(r->fault);
      ensures r->pos == \old(r->pos) + 3;
    behavior too_few:
      assumes 3 > r->end - r->pos;
      ensures rd_sticky{Pre, Post}(r->fault);
      ensures \result == 0 && r->pos == r->end;
      ensures field != 0 ==> r->fault->field != 0;
    complete behaviors;
    disjoint behaviors;
*/
static inline uint32_t rd_u24(struct reader *r, unsigned field);

/*@ requires rd_valid(r);
    assigns r->pos \from r->pos, r->end;
    assigns *r->fault \from *r->fault, *r, field;
    assigns \result \from r->pos, r->end, r->pos[0 .. 3];
    ensures rd_valid(r) && rd_kept{Pre, Post}(r);
    behavior enough:
      assumes 4 <= r->end - r->pos;
      ensures rd_same{Pre, Post}(r->fault);
      ensures r->pos == \old(r->pos) + 4;
    behavior too_few:
      assumes 4 > r->end - r->pos;
      ensures rd_sticky{Pre, Post}(r->fault);
      ensures \result == 0 && r->pos == r->end;
      ensures field != 0 ==> r->fault->field != 0;
    complete behaviors;
    disjoint behaviors;
*/
static inline uint32_t rd_u32(struct reader *r, unsigned field);

/*@ requires rd_valid(r);
    assigns r->pos \from r->pos, r->end, n;
    assigns *r->fault \from *r->fault, *r, n, field;
    assigns \result \from *r, n;
    ensures rd_valid(r) && rd_kept{Pre, Post}(r);
    ensures rd_window(\result.origin, \result.pos, \result.end, \result.fault);
    ensures \result.origin == r->origin && \result.fault == r->fault;
    ensures \result.end == r->pos;
    ensures rd_span(\old(r->pos), \result.pos);
    ensures rd_sticky{Pre, Post}(r->fault);
    behavior enough:
      assumes n <= r->end - r->pos;
      ensures rd_same{Pre, Post}(r->fault);
      ensures \result.pos == \old(r->pos) && \result.end == \result.pos + n;
    behavior too_few:
      assumes n > r->end - r->pos;
      ensures \result.pos == r->end && r->pos == r->end;
      ensures field != 0 ==> r->fault->field != 0;
    complete behaviors;
    disjoint behaviors;
*/
static inline struct reader rd_sub(struct reader *r, size_t n, unsigned field);

/*@ requires rd_valid(r);
    assigns r->pos \from r->pos, r->end, r->pos[0 .. 0];
    assigns *r->fault \from *r->fault, *r, r->pos[0 .. 0], field;
    assigns \result \from *r, r->pos[0 .. 0];
    ensures rd_valid(r) && rd_kept{Pre, Post}(r);
    ensures rd_window(\result.origin, \result.pos, \result.end, \result.fault);
    ensures \result.origin == r->origin && \result.fault == r->fault;
    ensures \result.end == r->pos;
    ensures rd_span(\old(r->pos), \result.pos);
    ensures rd_sticky{Pre, Post}(r->fault);
*/
static inline struct reader rd_vec8(struct reader *r, unsigned field);

/*@ requires rd_valid(r);
    assigns r->pos \from r->pos, r->end, r->pos[0 .. 1];
    assigns *r->fault \from *r->fault, *r, r->pos[0 .. 1], field;
    assigns \result \from *r, r->pos[0 .. 1];
    ensures rd_valid(r) && rd_kept{Pre, Post}(r);
    ensures rd_window(\result.origin, \result.pos, \result.end, \result.fault);
    ensures \result.origin == r->origin && \result.fault == r->fault;
    ensures \result.end == r->pos;
    ensures rd_span(\old(r->pos), \result.pos);
    ensures rd_sticky{Pre, Post}(r->fault);
*/
static inline struct reader rd_vec16(struct reader *r, unsigned field);

/*@ requires rd_valid(r);
    assigns r->pos \from r->pos, r->end, r->pos[0 .. 2];
    assigns *r->fault \from *r->fault, *r, r->pos[0 .. 2], field;
    assigns \result \from *r, r->pos[0 .. 2];
    ensures rd_valid(r) && rd_kept{Pre, Post}(r);
    ensures rd_window(\result.origin, \result.pos, \result.end, \result.fault);
    ensures \result.origin == r->origin && \result.fault == r->fault;
    ensures \result.end == r->pos;
    ensures rd_span(\old(r->pos), \result.pos);
    ensures rd_sticky{Pre, Post}(r->fault);
*/
static inline struct reader rd_vec24(struct reader *r, unsigned field);
