/* connqueue.h: connections that wait for a moment of the capture's clock.
 * All that are in one queue wait for the same time, so the first one in is
 * the first one due. */
#ifndef TLSDIAG_CLI_CONNQUEUE_H
#define TLSDIAG_CLI_CONNQUEUE_H

#include "conn.h"

struct connqueue {
  struct conn *first;
  struct conn *last;
};

/* A connection may be in one queue at a time: c->queue tells which. */
void connqueue_add(struct connqueue *q, struct conn *c, uint64_t deadline_us);
void connqueue_leave(struct conn *c);
/* The first connection that is due at `now_us`, NULL if none is. */
struct conn *connqueue_due(const struct connqueue *q, uint64_t now_us);

#endif
