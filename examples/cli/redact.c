#include "redact.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_BUCKETS = 256 };

struct redact_entry {
  struct redact_entry *next;
  uint64_t hash;
  size_t len;
  uint32_t number;
  uint8_t kind;
  uint8_t bytes[];
};

void redactor_init(struct redactor *r)
{
  memset(r, 0, sizeof *r);
}

void redactor_free(struct redactor *r)
{
  size_t i;

  for (i = 0; i < r->num_buckets; i++) {
    while (r->buckets[i] != NULL) {
      struct redact_entry *e = r->buckets[i];

      r->buckets[i] = e->next;
      free(e);
    }
  }
  free(r->buckets);
  memset(r, 0, sizeof *r);
}

static uint64_t hash_of(const uint8_t *bytes, size_t len)
{
  uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */

  while (len-- > 0) {
    hash = (hash ^ *bytes++) * 0x100000001b3u;
  }
  return hash ^ (hash >> 29);
}

static void redactor_grow(struct redactor *r)
{
  size_t num = r->num_buckets > 0 ? r->num_buckets * 4 : FIRST_BUCKETS;
  struct redact_entry **buckets = calloc(num, sizeof(struct redact_entry *));
  size_t i;

  if (buckets == NULL) {
    return; /* longer chains, that is all */
  }
  for (i = 0; i < r->num_buckets; i++) {
    while (r->buckets[i] != NULL) {
      struct redact_entry *e = r->buckets[i];

      r->buckets[i] = e->next;
      e->next = buckets[e->hash & (num - 1)];
      buckets[e->hash & (num - 1)] = e;
    }
  }
  free(r->buckets);
  r->buckets = buckets;
  r->num_buckets = num;
}

uint32_t redact_number(struct redactor *r, enum redact_kind kind,
                       const void *bytes, size_t len)
{
  uint64_t hash = hash_of(bytes, len);
  struct redact_entry *e;

  if (r->count >= r->num_buckets * 2) {
    redactor_grow(r);
  }
  if (r->num_buckets == 0) {
    return 0;
  }
  for (e = r->buckets[hash & (r->num_buckets - 1)]; e != NULL; e = e->next) {
    if (e->hash == hash && e->kind == (uint8_t)kind && e->len == len &&
        memcmp(e->bytes, bytes, len) == 0) {
      return e->number;
    }
  }
  e = malloc(sizeof *e + len);
  if (e == NULL) {
    return 0;
  }
  e->hash = hash;
  e->kind = (uint8_t)kind;
  e->len = len;
  memcpy(e->bytes, bytes, len);
  e->number = ++r->newest[kind];
  e->next = r->buckets[hash & (r->num_buckets - 1)];
  r->buckets[hash & (r->num_buckets - 1)] = e;
  r->count++;
  return e->number;
}
