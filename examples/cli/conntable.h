/* conntable.h: all connections that are open, found by their endpoints.
 *
 * Open addressing over 8-byte slots (tag and number), connections in blocks
 * that never move.  Grows with the load up to a fixed limit. */
#ifndef TLSDIAG_CLI_CONNTABLE_H
#define TLSDIAG_CLI_CONNTABLE_H

#include "conn.h"

struct slot {
  uint32_t tag;
  uint32_t number; /* of the connection, plus 1; 0: empty */
};

struct conntable {
  struct slot *slots;
  size_t num_slots; /* a power of two */
  struct conn **blocks;
  size_t num_blocks;
  struct conn *free_list;
  size_t count;
  size_t limit;
  size_t hand; /* of the clock that looks for idle connections */
  uint64_t seed[2];
};

int conntable_init(struct conntable *t, size_t limit);
void conntable_free(struct conntable *t);

/* Builds the key of a packet.  Returns which endpoint of it is the source. */
unsigned conn_key_make(struct conn_key *key, const struct packet *p);
int conn_key_equal(const struct conn_key *a, const struct conn_key *b);
uint32_t conntable_tag(const struct conntable *t, const struct conn_key *key);

struct conn *conntable_find(const struct conntable *t, uint32_t tag,
                            const struct conn_key *key);
/* A zeroed connection under that key, or NULL when full or out of memory. */
struct conn *conntable_add(struct conntable *t, uint32_t tag,
                           const struct conn_key *key);
void conntable_remove(struct conntable *t, struct conn *c);

/* The connection stored at `number`, NULL if none: number runs from 0 to
 * conntable_span() - 1. */
struct conn *conntable_at(const struct conntable *t, size_t number);
size_t conntable_span(const struct conntable *t);

/* Of the next few connections under the clock's hand, the one that has been
 * silent longest (only those with a watch if `watched`). */
struct conn *conntable_oldest(struct conntable *t, int watched);

#endif
