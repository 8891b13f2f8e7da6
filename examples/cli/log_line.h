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
  struct log_span port;    /* of the client */
  struct log_span name;    /* server name, host or SNI */
  struct log_span site;    /* whom the client connected to, if it is told */
  struct log_span tag;     /* process, thread or connection that wrote it */
  struct log_span body;    /* what is the same in lines that mean the same: */
  struct log_span further; /* in two pieces */
  uint64_t t_us;           /* since 1970, 0 unknown; year 1970 in syslog */
  int is_upstream;         /* the writer was the client */
  int is_clean;            /* no numbers of this line only in the body */
  int is_tag_of_one;       /* each connection has a tag of its own */
  int is_accepted;         /* it tells of a connection that was accepted */
};

void log_line_parse(struct log_line *l, const uint8_t *line, size_t len);
/* Sets is_accepted by what the line itself says. */
void log_line_accepted(struct log_line *l);
/* What up to max_lines before it tell: a connection may be logged in several
 * lines, of which only one holds the client's address or the time.  `begin` is
 * where the text in front of the line begins, in memory. */
void log_line_context(struct log_line *l, const uint8_t *begin,
                      unsigned max_lines);

#endif
