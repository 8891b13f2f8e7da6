/* rules_seen.h: which rows of the rule table a flow provokes. */
#ifndef TLSDIAG_TESTS_RULES_SEEN_H
#define TLSDIAG_TESTS_RULES_SEEN_H

#include "tlsdiag/tlsdiag.h"

/* Appends a line to the file that TLSDIAG_RULES_SEEN names, if it names one:
 * the row of the best cause (or -), then every row that holds. */
void rules_seen(const tlsdiag_flow *flow, const tlsdiag_verdict *verdict);

#endif
