/* log_time.h: the times that logs are written with. */
#ifndef TLSDIAG_CLI_LOG_TIME_H
#define TLSDIAG_CLI_LOG_TIME_H

#include <stddef.h>
#include <stdint.h>

struct log_moment {
  const uint8_t *at; /* NULL: no time */
  size_t len;        /* as it is written, with fraction and zone */
  uint64_t t_us;     /* since 1970; of the year 1970 where none is written;
                        local where no zone is.  0: it says nothing */
};

/* The time that begins exactly at p. */
struct log_moment log_time_at(const uint8_t *p, size_t left);
/* The time of a line: where it begins, or a member of its JSON. */
struct log_moment log_time_find(const uint8_t *line, size_t len);

#endif
