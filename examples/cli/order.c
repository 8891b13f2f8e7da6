#include "order.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_RING = 1 << 10, MAX_RING = 1 << 18, MAX_WAITING = 64 << 20 };

int order_init(struct order *o, order_tell *tell, void *arg)
{
  memset(o, 0, sizeof *o);
  o->tell = tell;
  o->arg = arg;
  o->num_ring = FIRST_RING;
  o->ring = calloc(o->num_ring, sizeof *o->ring);
  return o->ring == NULL ? -1 : 0;
}

static struct order_entry *entry_at(const struct order *o, uint64_t index)
{
  return &o->ring[index & (o->num_ring - 1)];
}

static void tell_first(struct order *o)
{
  struct order_entry *e = entry_at(o, o->base);

  if (e->len > 0) {
    o->tell(o->arg, e->text, e->len);
    o->waiting -= e->len;
    free(e->text);
  }
  memset(e, 0, sizeof *e);
  o->base++;
}

void order_tell_all(struct order *o)
{
  while (o->base < o->top) {
    tell_first(o);
  }
}

static int grow(struct order *o)
{
  struct order_entry *ring;
  size_t num = o->num_ring * 2;
  uint64_t i;

  if (num > MAX_RING) {
    return -1;
  }
  ring = calloc(num, sizeof *ring);
  if (ring == NULL) {
    return -1;
  }
  for (i = o->base; i < o->top; i++) {
    ring[i & (num - 1)] = *entry_at(o, i);
  }
  free(o->ring);
  o->ring = ring;
  o->num_ring = num;
  return 0;
}

/* Makes the ring reach `index`, by growing or else by not waiting. */
static void reach(struct order *o, uint64_t index)
{
  while (index - o->base >= o->num_ring) {
    if (grow(o) != 0) {
      order_tell_all(o);
      if (index - o->base >= o->num_ring) {
        o->base = index;
      }
    }
  }
}

static int store(struct order *o, uint64_t index, const char *text, size_t len)
{
  struct order_entry *e = entry_at(o, index);

  if (len > 0) {
    e->text = malloc(len);
    if (e->text == NULL) {
      return -1;
    }
    memcpy(e->text, text, len);
  }
  e->len = len;
  e->is_known = 1;
  o->waiting += len;
  if (index >= o->top) {
    o->top = index + 1;
  }
  return 0;
}

void order_put(struct order *o, uint64_t index, const char *text, size_t len)
{
  if (index == o->base && o->top <= o->base) { /* the usual case */
    if (len > 0) {
      o->tell(o->arg, text, len);
    }
    o->base++;
    return;
  }
  if (index >= o->base) {
    reach(o, index);
  }
  if (index < o->base || store(o, index, text, len) != 0) {
    if (len > 0) {
      o->tell(o->arg, text, len); /* late, or out of memory */
    }
    return;
  }
  while (o->base < o->top && entry_at(o, o->base)->is_known) {
    tell_first(o);
  }
  if (o->waiting > MAX_WAITING) {
    order_tell_all(o);
  }
}

void order_free(struct order *o)
{
  size_t i;

  for (i = 0; o->ring != NULL && i < o->num_ring; i++) {
    free(o->ring[i].text);
  }
  free(o->ring);
  memset(o, 0, sizeof *o);
}
