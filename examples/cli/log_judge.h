/* log_judge.h: what one line of a log says. */
#ifndef TLSDIAG_CLI_LOG_JUDGE_H
#define TLSDIAG_CLI_LOG_JUDGE_H

#include "log_tally.h"

struct log_judge;

/* side: who wrote the log, TLSDIAG_PARTY_*, where the caller knows. */
struct log_judge *log_judge_new(unsigned side);
void log_judge_free(struct log_judge *g);
/* Lines that mean the same are judged once.  The result is valid until the
 * next call. */
struct log_message *log_judge_line(struct log_judge *g,
                                   const struct log_line *line);
/* The same for a line that does not show who wrote it, but was written by a
 * server. */
struct log_message *log_judge_server(struct log_judge *g,
                                     const struct log_line *line);

#endif
