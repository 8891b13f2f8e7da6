/* tracker.c: the tracks of many clients in fixed memory.
 *
 *   head | buckets: index of the first entry of each chain | entries
 *
 * An entry hangs in one chain (by the hash of its key) and in one list (by
 * when it was last used), both by index, so that the memory may be moved.  Keys
 * are compared whole up to KEY_MAX bytes, longer ones by their first KEY_MAX
 * bytes, length and hash.
 *
 * All clients that an adversary can make fall into one bucket share CHAIN_MAX
 * entries: then the oldest of these makes room, so no call does more work than
 * that. */
#include <string.h>

#include "hash.h"
#include "tlsdiag/tlsdiag.h"

enum {
  KEY_MAX = 56, /* an address and a JA4 */
  CHAIN_MAX = 16,
  MAX_CLIENTS = 1 << 24
};

/* Indexes are 1-based: 0 is nobody. */
struct entry {
  uint64_t hash;
  uint32_t key_len;
  uint32_t next;  /* in the chain */
  uint32_t newer; /* in the order of use */
  uint32_t older;
  uint8_t key[KEY_MAX];
  tlsdiag_track track;
};

struct tlsdiag_tracker {
  uint32_t num_buckets; /* a power of two */
  uint32_t max_clients;
  uint32_t num_clients;
  uint32_t newest;
  uint32_t oldest;
  uint32_t reserved_;
};

static size_t buckets_for(size_t max_clients)
{
  size_t n = 2;

  while (n < max_clients) {
    n *= 2;
  }
  return n;
}

size_t tlsdiag_tracker_size(size_t max_clients)
{
  if (max_clients == 0 || max_clients > MAX_CLIENTS ||
      max_clients > (SIZE_MAX / 2 - sizeof(tlsdiag_tracker)) /
                        (sizeof(struct entry) + 2 * sizeof(uint32_t))) {
    return 0;
  }
  return sizeof(tlsdiag_tracker) + buckets_for(max_clients) * sizeof(uint32_t) +
         max_clients * sizeof(struct entry);
}

static uint32_t *buckets_of(tlsdiag_tracker *t)
{
  return (uint32_t *)(void *)(t + 1);
}

static struct entry *entry_of(tlsdiag_tracker *t, uint32_t index)
{
  return (struct entry *)(void *)(buckets_of(t) + t->num_buckets) + index - 1;
}

int tlsdiag_tracker_init(void *mem, size_t mem_len, size_t max_clients,
                         tlsdiag_tracker **out)
{
  size_t want = tlsdiag_tracker_size(max_clients);
  tlsdiag_tracker *t = (tlsdiag_tracker *)mem;

  if (mem == NULL || out == NULL || want == 0 || ((uintptr_t)mem & 7u) != 0) {
    return TLSDIAG_STATUS_E_USAGE;
  }
  if (mem_len < want) {
    return TLSDIAG_STATUS_E_STORAGE;
  }
  memset(t, 0, sizeof *t);
  t->num_buckets = (uint32_t)buckets_for(max_clients);
  t->max_clients = (uint32_t)max_clients;
  memset(buckets_of(t), 0, t->num_buckets * sizeof(uint32_t));
  *out = t;
  return TLSDIAG_STATUS_OK;
}

/* ---- the order of use ---- */

static void unlist(tlsdiag_tracker *t, struct entry *e)
{
  if (e->newer != 0) {
    entry_of(t, e->newer)->older = e->older;
  } else {
    t->newest = e->older;
  }
  if (e->older != 0) {
    entry_of(t, e->older)->newer = e->newer;
  } else {
    t->oldest = e->newer;
  }
}

static void list_newest(tlsdiag_tracker *t, uint32_t index)
{
  struct entry *e = entry_of(t, index);

  e->newer = 0;
  e->older = t->newest;
  if (t->newest != 0) {
    entry_of(t, t->newest)->newer = index;
  } else {
    t->oldest = index;
  }
  t->newest = index;
}

/* ---- the chains ---- */

static uint32_t *chain_of(tlsdiag_tracker *t, uint64_t hash)
{
  uint64_t mixed = hash ^ (hash >> 32);

  return &buckets_of(t)[mixed & (t->num_buckets - 1)];
}

static int is_key(const struct entry *e, uint64_t hash, const uint8_t *key,
                  size_t key_len)
{
  return e->hash == hash && e->key_len == (uint32_t)key_len &&
         memcmp(e->key, key, key_len < KEY_MAX ? key_len : KEY_MAX) == 0;
}

static void unchain(tlsdiag_tracker *t, uint32_t index)
{
  uint32_t *link = chain_of(t, entry_of(t, index)->hash);

  while (*link != index) {
    link = &entry_of(t, *link)->next;
  }
  *link = entry_of(t, index)->next;
}

struct found {
  uint32_t index; /* 0: the key is not there */
  uint32_t last;  /* of the chain: it came first */
  uint32_t length;
};

static struct found find(tlsdiag_tracker *t, uint64_t hash, const uint8_t *key,
                         size_t key_len)
{
  struct found f = {0, 0, 0};
  uint32_t index = *chain_of(t, hash);

  for (; index != 0; index = entry_of(t, index)->next) {
    if (is_key(entry_of(t, index), hash, key, key_len)) {
      f.index = index;
      return f;
    }
    f.last = index;
    f.length++;
  }
  return f;
}

/* An entry for a new client: a fresh one, the last of its overlong chain, or
 * that of the client that was silent longest. */
static uint32_t make_room(tlsdiag_tracker *t, const struct found *f)
{
  uint32_t index = f->length >= CHAIN_MAX ? f->last : t->oldest;

  if (f->length < CHAIN_MAX && t->num_clients < t->max_clients) {
    return ++t->num_clients;
  }
  unchain(t, index);
  unlist(t, entry_of(t, index));
  return index;
}

/* The entry used last stands first, so the last of a chain is its oldest. */
static void chain_first(tlsdiag_tracker *t, uint32_t index)
{
  uint32_t *chain = chain_of(t, entry_of(t, index)->hash);

  entry_of(t, index)->next = *chain;
  *chain = index;
}

int tlsdiag_tracker_add(tlsdiag_tracker *tracker, const uint8_t *key,
                        size_t key_len, const tlsdiag_attempt *attempt,
                        const tlsdiag_track **track)
{
  struct found f;
  struct entry *e;
  uint64_t hash = HASH_START;
  size_t i;

  if (tracker == NULL || attempt == NULL || (key == NULL && key_len != 0) ||
      key_len > UINT32_MAX) {
    return TLSDIAG_STATUS_E_USAGE;
  }
  for (i = 0; i < key_len; i++) {
    hash = hash_byte(hash, key[i]);
  }
  f = find(tracker, hash, key, key_len);
  if (f.index != 0) {
    unchain(tracker, f.index);
    unlist(tracker, entry_of(tracker, f.index));
    e = entry_of(tracker, f.index);
  } else {
    f.index = make_room(tracker, &f);
    e = entry_of(tracker, f.index);
    memset(e, 0, sizeof *e);
    e->hash = hash;
    e->key_len = (uint32_t)key_len;
    if (key_len != 0) {
      memcpy(e->key, key, key_len < KEY_MAX ? key_len : KEY_MAX);
    }
  }
  chain_first(tracker, f.index);
  list_newest(tracker, f.index);
  tlsdiag_track_add(&e->track, attempt);
  if (track != NULL) {
    *track = &e->track;
  }
  return TLSDIAG_STATUS_OK;
}
