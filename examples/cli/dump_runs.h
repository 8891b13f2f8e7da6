/* dump_runs.h: a pasted text may tell of several connections: a failing one
 * and a working one, the same with other flags, all connections that ssldump
 * numbered.  Each is judged alone, then all together as those of one client
 * are in a capture. */
#ifndef TLSDIAG_CLI_DUMP_RUNS_H
#define TLSDIAG_CLI_DUMP_RUNS_H

#include "dump.h"

enum { DUMP_RUNS_MAX = 16 };

struct dump_run {
  const uint8_t *text;
  size_t len;
  enum dump_kind kind;
  int completed; /* the text says that the handshake went well */
  struct judged judged;
};

struct dump_runs {
  struct dump_run *run;
  size_t num_runs;
  size_t first; /* the one to explain: the first that failed */
  uint8_t *own; /* the text, cleaned */
  size_t own_len;
  tlsdiag_group group; /* what they say together; cause NONE: nothing */
};

/* Judges every run of a text.  Returns 0, or -1 without memory; free it either
 * way. */
int dump_runs_judge(struct dump_runs *r, const uint8_t *text, size_t len);
void dump_runs_free(struct dump_runs *r);

/* The ClientHello of connection `number` (from 0, those without one not
 * counted), as far as it is shown.  0, or -1 if there is none. */
int dump_runs_hello(const uint8_t *text, size_t len, unsigned number,
                    struct judged_hello *hello);

/* dump_split.c: cuts a text where a connection begins.  Returns how many
 * pieces were stored, at least 1. */
size_t dump_split(const uint8_t *text, size_t len, struct dump_line *pieces,
                  size_t max);
/* The same for connections that are numbered line by line: their lines are
 * copied to `out` (len bytes). */
size_t dump_split_numbered(const uint8_t *text, size_t len, uint8_t *out,
                           struct dump_line *pieces, size_t max);

/* dump_clean.c: without what mail and terminals added: quote marks, blanks and
 * CR at the ends of lines, the zeros of UTF-16.  Returns the length; out must
 * hold len bytes. */
size_t dump_clean(const uint8_t *text, size_t len, uint8_t *out);

#endif
