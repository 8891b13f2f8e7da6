/* report.h: the report on one capture. */
#ifndef TLSDIAG_CLI_REPORT_H
#define TLSDIAG_CLI_REPORT_H

#include "analysis.h"
#include "groups.h"
#include "order.h"
#include "spool.h"
#include "summary.h"
#include "tool.h"

struct report {
  struct tool *tool;
  const char *file;
  struct order order;
  struct summary summary;
  struct groups groups;
  struct spool spool; /* people: the summary comes first */
  struct out text;    /* of the connection at hand */
  struct finding *finding;
  uint64_t judged; /* index of the connection whose verdict it holds */
  struct prints_memory *prints;
  uint64_t shown[SUMMARY_CAUSES]; /* in full, by cause */
  int last_was_full;
};

/* Returns 0, or -1; report_free frees either way. */
int report_init(struct report *r, struct tool *tool, const char *file);
/* The calls of an analysis. */
int report_ended(void *report, struct analysis *a, struct conn *c);
void report_connection(void *report, const struct conn *c);
/* Writes what is left. `analysis` has ended. */
void report_end(struct report *r, const struct analysis *analysis);
void report_free(struct report *r);

#endif
