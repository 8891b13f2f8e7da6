#include "connqueue.h"

#include <stddef.h>

void connqueue_add(struct connqueue *q, struct conn *c, uint64_t deadline_us)
{
  c->queue = q;
  c->deadline_us = deadline_us;
  c->next = NULL;
  c->before = q->last;
  if (q->first == NULL) {
    q->first = c;
  } else {
    q->last->next = c;
  }
  q->last = c;
}

void connqueue_leave(struct conn *c)
{
  struct connqueue *q = c->queue;

  if (q == NULL) {
    return;
  }
  if (c->before == NULL) {
    q->first = c->next;
  } else {
    c->before->next = c->next;
  }
  if (c->next == NULL) {
    q->last = c->before;
  } else {
    c->next->before = c->before;
  }
  c->queue = NULL;
}

struct conn *connqueue_due(const struct connqueue *q, uint64_t now_us)
{
  return q->first != NULL && q->first->deadline_us <= now_us ? q->first : NULL;
}
