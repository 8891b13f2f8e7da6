/* log_line.h: the parts of a log line: when, who, which name, what. */
#ifndef TLSDIAG_CLI_LOG_LINE_H
#define TLSDIAG_CLI_LOG_LINE_H

#include <stddef.h>
#include <stdint.h>

struct log_span {
  const uint8_t *ptr; /* NULL: not there */
  size_t len;
};

struct log_line {
  struct log_span all;
  struct log_span time; /* as it is written */
  struct log_span client;
  struct log_span name;    /* server name, host or SNI */
  struct log_span body;    /* what is the same in lines that mean the same: */
  struct log_span further; /* in two pieces */
  uint64_t t_us;           /* since 1970, 0 unknown; year 1970 in syslog */
};

void log_line_parse(struct log_line *l, const uint8_t *line, size_t len);

#endif
