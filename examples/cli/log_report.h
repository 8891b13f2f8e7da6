/* log_report.h: a log's failures, told. */
#ifndef TLSDIAG_CLI_LOG_REPORT_H
#define TLSDIAG_CLI_LOG_REPORT_H

#include "log_tally.h"
#include "tool.h"

/* How the object of every line of a file begins. */
void log_report_head(struct out *head, const char *file);
/* One line as a JSON object. */
void log_report_line(struct tool *t, const struct out *head,
                     const struct log_line *line, uint64_t number,
                     struct log_message *message);
void log_report_end(struct tool *t, const char *file, const struct tally *s);

#endif
