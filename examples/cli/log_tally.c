#include "log_tally.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS = 1 << 15, FILL = SLOTS / 4 * 3, PROBES = 64, LINE = 64 };

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
  memcpy(&word, bytes, len);
  h = (h ^ word) * 0xc4ceb9fe1a85ec53u;
  return h ^ h >> 29;
}

static struct counted *new_slots(void)
{
  void *slots = NULL;

  if (posix_memalign(&slots, LINE, SLOTS * sizeof(struct counted)) != 0) {
    return NULL;
  }
  memset(slots, 0, SLOTS * sizeof(struct counted));
  return slots;
}

int tally_init(struct tally *t)
{
  memset(t, 0, sizeof *t);
  t->clients.slots = new_slots();
  t->names.slots = new_slots();
  if (t->clients.slots != NULL && t->names.slots != NULL) {
    return 0;
  }
  tally_free(t);
  return -1;
}

void tally_free(struct tally *t)
{
  free(t->clients.slots);
  free(t->names.slots);
  t->clients.slots = NULL;
  t->names.slots = NULL;
}

struct counted *counter_add(struct counter *c, const struct log_span *text)
{
  size_t kept = text->len < KEPT_TEXT ? text->len : KEPT_TEXT;
  uint64_t hash;
  size_t at;
  size_t probes;

  if (text->ptr == NULL) {
    return NULL;
  }
  hash = log_hash(text->ptr, text->len, 1);
  at = hash % SLOTS;
  for (probes = 0; probes < PROBES; probes++, at = (at + 1) % SLOTS) {
    struct counted *slot = &c->slots[at];

    if (slot->count == 0) {
      if (c->num_used >= FILL) {
        break;
      }
      c->num_used++;
      slot->hash = hash;
      slot->len = (uint8_t)kept;
      memcpy(slot->text, text->ptr, kept);
    }
    if (slot->hash == hash && slot->len == kept &&
        memcmp(slot->text, text->ptr, kept) == 0) {
      slot->count += slot->count < UINT32_MAX;
      return slot;
    }
  }
  c->num_lost++;
  return NULL;
}

size_t counter_top(const struct counter *c, const struct counted **top,
                   size_t max)
{
  size_t num = 0;
  size_t i;

  for (i = 0; i < SLOTS; i++) {
    const struct counted *slot = &c->slots[i];
    size_t at = num < max ? num : max;

    if (slot->count == 0) {
      continue;
    }
    while (at > 0 && top[at - 1]->count < slot->count) {
      if (at < max) {
        top[at] = top[at - 1];
      }
      at--;
    }
    if (at < max) {
      top[at] = slot;
      num += num < max;
    }
  }
  return num;
}

static uint8_t keep_time(char *out, const struct log_span *time)
{
  size_t len = time->len < TALLY_TIME ? time->len : TALLY_TIME;

  if (time->ptr != NULL) {
    memcpy(out, time->ptr, len);
    return (uint8_t)len;
  }
  return 0;
}

static void cause_add(struct cause_tally *c, const struct log_line *line,
                      uint64_t number, const tlsdiag_cause *cause)
{
  if (c->count++ == 0) {
    c->first_len = keep_time(c->first, &line->time);
    c->example_line = number;
    c->example_len = (uint32_t)(line->all.len < TALLY_EXAMPLE ? line->all.len
                                                              : TALLY_EXAMPLE);
    memcpy(c->example, line->all.ptr, c->example_len);
    c->party = cause->party;
  }
  c->last_len = keep_time(c->last, &line->time);
  if (cause->confidence > c->confidence) {
    c->confidence = cause->confidence;
  }
}

void tally_add(struct tally *t, const struct log_line *line, uint64_t number,
               const tlsdiag_verdict *verdict)
{
  unsigned cause = verdict->causes[0].id;

  if (cause >= TALLY_CAUSES) {
    return;
  }
  if (verdict->noise) {
    t->num_noise++;
    cause_add(&t->noise[cause], line, number, &verdict->causes[0]);
  } else {
    t->num_failures++;
    cause_add(&t->failed[cause], line, number, &verdict->causes[0]);
  }
}
