/* summary.h: the tally of one capture, and how it is told. */
#ifndef TLSDIAG_CLI_SUMMARY_H
#define TLSDIAG_CLI_SUMMARY_H

#include <tlsdiag/tlsdiag.h>

#include "out.h"

enum { SUMMARY_CAUSES = 256, SUMMARY_OUTCOMES = 4 };

struct summary {
  uint64_t outcome[SUMMARY_OUTCOMES]; /* by TLSDIAG_OUTCOME_*, noise apart */
  uint64_t failed[SUMMARY_CAUSES];    /* failed or not TLS, by cause */
  uint64_t noise[SUMMARY_CAUSES];
  uint64_t advisory[SUMMARY_CAUSES]; /* completed, yet with a cause */
  uint64_t num_noise;
  uint64_t num_foreign; /* other protocols */
};

void summary_add(struct summary *s, const tlsdiag_verdict *verdict);
uint64_t summary_failures(const struct summary *s);
void summary_merge(struct summary *s, const struct summary *more);
/* The tables by cause.  Writes nothing but one line if all went well. */
void summary_write(struct out *o, const struct summary *s, int colour);

#endif
