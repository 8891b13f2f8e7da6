/* spool.h: text that is told later: a little in memory, much in a temporary
 * file. */
#ifndef TLSDIAG_CLI_SPOOL_H
#define TLSDIAG_CLI_SPOOL_H

#include "out.h"

struct spool {
  struct out memory;
  FILE *file; /* NULL while memory is enough, or when there is no file */
};

void spool_init(struct spool *s);
void spool_add(struct spool *s, const char *text, size_t len);
/* Writes everything to `o`.  0, or -1 if text was lost. */
int spool_tell(struct spool *s, struct out *o);
void spool_free(struct spool *s);

#endif
