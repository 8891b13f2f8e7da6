/* der.h: a reader of DER (ITU-T X.690), as far as X.509 needs it.
 *
 * It stands on reader.h: views only, every fault kept in the reader's fault.
 * Tags are single bytes, lengths definite and of four bytes at most.  There is
 * no recursion: each structure is entered by the code that knows it.  Numbers
 * whose length is not the shortest are read, with a fault noted. */
#ifndef TLSDIAG_LIB_DER_H
#define TLSDIAG_LIB_DER_H

#include "reader.h"

enum {
  DER_BOOLEAN = 0x01,
  DER_INTEGER = 0x02,
  DER_BIT_STRING = 0x03,
  DER_OCTET_STRING = 0x04,
  DER_OID = 0x06,
  DER_UTC_TIME = 0x17,
  DER_GENERALIZED_TIME = 0x18,
  DER_SEQUENCE = 0x30,
  DER_SET = 0x31,
  DER_CONTEXT = 0x80,    /* [n] IMPLICIT of a primitive: DER_CONTEXT + n */
  DER_CONSTRUCTED = 0x20 /* [n] EXPLICIT: both + n */
};

/* der_peek returns the tag of the next element, 0 at the end. */
unsigned der_peek(const struct reader *r);

/* der_any steps over the next element, whatever it is, stores its tag and
 * returns its contents: empty, with a fault, if it is not all there. */
struct reader der_any(struct reader *r, unsigned *tag);

/* der_get is der_any for an element that must carry a tag. */
struct reader der_get(struct reader *r, unsigned tag);

/* der_enter is der_get for a structure of which the beginning is worth
 * reading: if it is cut short, its contents are what there is. */
struct reader der_enter(struct reader *r, unsigned tag);

/* der_end notes a fault if anything is left. */
void der_end(const struct reader *r);

/* der_magnitude returns the bits of an unsigned number without its leading
 * zeros, at most 32768. */
uint32_t der_magnitude(struct reader number);

/* der_bits steps over an INTEGER and returns its magnitude: 0, with a fault,
 * if it is negative. */
uint32_t der_bits(struct reader *r);

/* der_bit_string steps over a BIT STRING of whole bytes and returns them. */
struct reader der_bit_string(struct reader *r);

/* der_flags steps over a BIT STRING of named bits; bit n of the result is its
 * bit n.  Those past the 16th are not looked at. */
unsigned der_flags(struct reader *r);

/* der_true steps over a BOOLEAN if there is one: DEFAULT FALSE. */
int der_true(struct reader *r);

/* der_time steps over a Time (RFC 5280 section 4.1.2.5) and returns it in
 * seconds since 1970, 0 for what lies before; -1, with a fault, if it is no
 * time. */
int64_t der_time(struct reader *r);

#endif
