/* explain.h: the parts of an explanation (internal). */
#ifndef TLSDIAG_LIB_EXPLAIN_H
#define TLSDIAG_LIB_EXPLAIN_H

#include "tlsdiag/tlsdiag.h"

struct flow;
struct text;

/* explain_policy.c: one line that names both lists, where the known policy
 * predicted this cause. */
void explain_policy(struct text *t, const struct flow *f,
                    const tlsdiag_cause *c);

#endif
