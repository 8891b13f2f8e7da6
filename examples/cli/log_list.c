#include "log_list.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 64, FIRST_SLOTS = 1024 };

void *log_list_add(struct log_list *l, size_t size, size_t limit)
{
  if (l->count >= limit) {
    return NULL;
  }
  if (l->count == l->room) {
    size_t room = l->room > 0 ? l->room * 2 : FIRST_ROOM;
    void *items = realloc(l->items, room * size);

    if (items == NULL) {
      return NULL;
    }
    l->items = items;
    l->room = room;
  }
  return (char *)l->items + l->count++ * size;
}

uint64_t log_hash(const uint8_t *bytes, size_t len, uint64_t seed)
{
  uint64_t h = seed ^ (len * 0x9e3779b97f4a7c15u);
  uint64_t word;

  while (len >= 8) {
    memcpy(&word, bytes, 8);
    h = (h ^ word) * 0xff51afd7ed558ccdu;
    h ^= h >> 32;
    bytes += 8;
    len -= 8;
  }
  word = 0;
  if (len > 0) {
    memcpy(&word, bytes, len);
  }
  h = (h ^ word) * 0xc4ceb9fe1a85ec53u;
  return h ^ h >> 29;
}

/* ---- counters ---- */

static struct counted *items_of(const struct counter *c)
{
  return c->list.items;
}

/* A slot holds half of the hash, so that only the entry that is meant is
 * touched, and one more than its number. */
static uint64_t slot_of(uint64_t hash, size_t number)
{
  return (hash & ~(uint64_t)UINT32_MAX) | (uint32_t)(number + 1);
}

static int grow(struct counter *c)
{
  size_t slots = c->num_slots > 0 ? c->num_slots * 2 : FIRST_SLOTS;
  uint64_t *index = calloc(slots, sizeof *index);
  size_t i;

  if (index == NULL) {
    return -1;
  }
  for (i = 0; i < c->list.count; i++) {
    uint64_t hash = items_of(c)[i].hash;
    size_t at = hash & (slots - 1);

    while (index[at] != 0) {
      at = (at + 1) & (slots - 1);
    }
    index[at] = slot_of(hash, i);
  }
  free(c->index);
  c->index = index;
  c->num_slots = slots;
  return 0;
}

static int is_text(const struct counted *e, uint64_t hash,
                   const struct log_span *text)
{
  return e->hash == hash && e->whole == (uint32_t)text->len &&
         memcmp(e->text, text->ptr, e->len) == 0;
}

static struct counted *add_new(struct counter *c, uint64_t hash,
                               const struct log_span *text)
{
  struct counted *e = log_list_add(&c->list, sizeof *e, COUNTER_MAX);

  if (e != NULL) {
    e->hash = hash;
    e->count = 0;
    e->whole = (uint32_t)text->len;
    e->len =
        (uint8_t)(text->len < COUNTED_TEXT ? text->len : (size_t)COUNTED_TEXT);
    memcpy(e->text, text->ptr, e->len);
  }
  return e;
}

uint32_t counter_add(struct counter *c, const struct log_span *text)
{
  struct counted *e = NULL;
  uint64_t hash;
  size_t at;

  if (text->ptr == NULL) {
    return COUNTED_NONE;
  }
  if (c->list.count * 2 >= c->num_slots && grow(c) != 0) {
    c->num_lost++;
    return COUNTED_NONE;
  }
  hash = log_hash(text->ptr, text->len, 1);
  for (at = hash & (c->num_slots - 1); c->index[at] != 0;
       at = (at + 1) & (c->num_slots - 1)) {
    uint32_t number = (uint32_t)c->index[at] - 1;

    if (c->index[at] != slot_of(hash, number)) {
      continue;
    }
    e = &items_of(c)[number];
    if (is_text(e, hash, text)) {
      e->count += e->count < UINT32_MAX;
      return number;
    }
  }
  e = add_new(c, hash, text);
  if (e == NULL) {
    c->num_lost++;
    return COUNTED_NONE;
  }
  e->count = 1;
  c->index[at] = slot_of(hash, c->list.count - 1);
  return (uint32_t)c->list.count - 1;
}

const struct counted *counter_at(const struct counter *c, uint32_t number)
{
  return &items_of(c)[number];
}

void counter_restart(struct counter *c)
{
  size_t i;

  for (i = 0; i < c->list.count; i++) {
    items_of(c)[i].count = 0;
  }
  c->num_lost = 0;
}

void counter_free(struct counter *c)
{
  free(c->list.items);
  free(c->index);
  memset(c, 0, sizeof *c);
}

size_t counter_num(const struct counter *c)
{
  size_t num = 0;
  size_t i;

  for (i = 0; i < c->list.count; i++) {
    num += items_of(c)[i].count > 0;
  }
  return num;
}

size_t counter_top(const struct counter *c, const struct counted **top,
                   size_t max)
{
  size_t num = 0;
  size_t i;

  for (i = 0; i < c->list.count; i++) {
    const struct counted *e = &items_of(c)[i];
    size_t at = num < max ? num : max;

    if (e->count == 0) {
      continue;
    }
    while (at > 0 && top[at - 1]->count < e->count) {
      if (at < max) {
        top[at] = top[at - 1];
      }
      at--;
    }
    if (at < max) {
      top[at] = e;
      num += num < max;
    }
  }
  return num;
}
