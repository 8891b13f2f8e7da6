/* values.h: any list of a ClientHello as a row of numbers (internal). */
#ifndef TLSDIAG_LIB_VALUES_H
#define TLSDIAG_LIB_VALUES_H

#include "tlsdiag/tlsdiag.h"

struct values {
  tlsdiag_iter it;
  tlsdiag_bytes list;
  unsigned width; /* enum in values.c */
  unsigned reserved;
};

/* values_init begins a walk along the list that a TLSDIAG_HAS_* stands for:
 * suites, extension types, groups, versions, key share groups ... */
void values_init(struct values *v, const tlsdiag_client_hello *ch,
                 unsigned has);

/* values_next stores the next value; 0 at the end.  values_next_real leaves
 * out GREASE. */
int values_next(struct values *v, uint16_t *value);
int values_next_real(struct values *v, uint16_t *value);

#endif
