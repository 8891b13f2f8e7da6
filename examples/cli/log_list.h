/* log_list.h: arrays that grow, and texts that are counted. */
#ifndef TLSDIAG_CLI_LOG_LIST_H
#define TLSDIAG_CLI_LOG_LIST_H

#include "log_line.h"

struct log_list {
  void *items;
  size_t count;
  size_t room;
};
/* A new item at its end, not set; NULL at the limit or without memory. */
void *log_list_add(struct log_list *l, size_t size, size_t limit);

enum { COUNTED_TEXT = 47, COUNTER_MAX = 1 << 20 };

/* A text that was met: a client, a name. */
struct counted {  /* 64 bytes: one cache line */
  uint64_t hash;  /* of the whole text */
  uint32_t count; /* in this file */
  uint32_t whole; /* its length */
  uint8_t len;    /* of the text kept here; the rest is cut off */
  uint8_t text[COUNTED_TEXT];
};
/* All of them, in the order they were met: that is their number. */
struct counter {
  struct log_list list; /* struct counted */
  uint64_t *index;      /* by hash, 0 none */
  size_t num_slots;
  uint64_t num_lost; /* not counted by name: too many, or no memory */
};

#define COUNTED_NONE UINT32_MAX

/* Counts a text; returns its number, COUNTED_NONE if it is none. */
uint32_t counter_add(struct counter *c, const struct log_span *text);
const struct counted *counter_at(const struct counter *c, uint32_t number);
/* A new file begins: the numbers stay. */
void counter_restart(struct counter *c);
void counter_free(struct counter *c);
/* The most frequent, best first; returns how many. */
size_t counter_top(const struct counter *c, const struct counted **top,
                   size_t max);
/* How many have been met in this file. */
size_t counter_num(const struct counter *c);

uint64_t log_hash(const uint8_t *bytes, size_t len, uint64_t seed);

#endif
