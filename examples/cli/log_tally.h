/* log_tally.h: what a log's failures add up to. */
#ifndef TLSDIAG_CLI_LOG_TALLY_H
#define TLSDIAG_CLI_LOG_TALLY_H

#include "log_line.h"
#include "text_judge.h"

enum {
  TALLY_CAUSES = 96,
  TALLY_TOP = 5,
  TALLY_TIME = 40,
  TALLY_EXAMPLE = 400,
  MESSAGE_BODY = 512,
  KEPT_TEXT = 35
};

/* One thing that lines of this log say, judged once. */
struct log_message {
  uint64_t hash;
  uint32_t body_len;
  uint32_t further_len;
  uint8_t body[MESSAGE_BODY]; /* both pieces */
  uint8_t is_used;
  uint8_t is_failure; /* something in it speaks of a failure */
  uint8_t has_attempt;
  uint8_t reserved_[5];
  tlsdiag_verdict verdict;
  tlsdiag_attempt attempt;
};

/* A counted text: a client, a name.  One table of a fixed size each; when it
 * is full, what is new goes uncounted by name. */
struct counted {    /* 64 bytes: one cache line */
  uint64_t hash;    /* of the whole text */
  uint64_t last_us; /* of its latest failure; which line, which message: */
  uint32_t last_line;
  uint32_t last_message;
  uint32_t count;
  uint8_t len; /* of the text kept here; the rest is cut off */
  uint8_t text[KEPT_TEXT];
};
struct counter {
  struct counted *slots;
  size_t num_used;
  uint64_t num_lost;
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
  struct cause_tally group[TALLY_CAUSES]; /* several lines of one client */
  struct counter clients;
  struct counter names;
  uint64_t num_lines;
  uint64_t num_looked_at;
  uint64_t num_failures;
  uint64_t num_noise;
  uint64_t num_cut; /* lines too long to be read whole */
};

int tally_init(struct tally *t);
void tally_free(struct tally *t);
void tally_add(struct tally *t, const struct log_line *line, uint64_t number,
               const tlsdiag_verdict *verdict);
/* Counts a text; returns its entry, NULL when the table is full. */
struct counted *counter_add(struct counter *c, const struct log_span *text);
/* The most frequent, best first; returns how many. */
size_t counter_top(const struct counter *c, const struct counted **top,
                   size_t max);

uint64_t log_hash(const uint8_t *bytes, size_t len, uint64_t seed);

#endif
