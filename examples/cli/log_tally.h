/* log_tally.h: what a log's failures add up to. */
#ifndef TLSDIAG_CLI_LOG_TALLY_H
#define TLSDIAG_CLI_LOG_TALLY_H

#include "log_list.h"
#include "text_judge.h"

enum {
  TALLY_CAUSES = 96,
  TALLY_TOP = 5,
  TALLY_TIME = 40,
  TALLY_EXAMPLE = 400,
  MESSAGE_BODY = 512
};

/* One thing that lines of this log say, judged once. */
struct log_message {
  uint64_t hash;
  uint32_t body_len;
  uint32_t json_len;
  uint8_t body[MESSAGE_BODY]; /* what such lines have in common */
  char *json;                 /* log_report.c: the verdict, NULL not made */
  uint8_t is_used;
  uint8_t is_failure; /* something in it speaks of a failure */
  uint8_t has_attempt;
  uint8_t shows_writer;
  uint8_t as_server; /* judged as what a server wrote */
  uint8_t reserved_[3];
  uint32_t generation; /* log_groups.c: whether and where it is kept there */
  uint32_t place;
  tlsdiag_verdict verdict;
  tlsdiag_attempt attempt;
};

struct cause_tally {
  uint64_t count;
  uint64_t example_line;
  uint32_t example_len;
  uint8_t first_len;
  uint8_t last_len;
  uint8_t confidence; /* highest */
  uint8_t party;
  char first[TALLY_TIME];
  char last[TALLY_TIME];
  uint8_t example[TALLY_EXAMPLE];
};

struct tally {
  struct cause_tally failed[TALLY_CAUSES];
  struct cause_tally noise[TALLY_CAUSES];
  struct counter *clients; /* of all files */
  struct counter names;
  uint64_t num_lines;
  uint64_t num_looked_at;
  uint64_t num_failures;
  uint64_t num_noise;
  uint64_t num_cut; /* lines too long to be read whole */
};

void tally_add(struct tally *t, const struct log_line *line, uint64_t number,
               const tlsdiag_verdict *verdict);

#endif
