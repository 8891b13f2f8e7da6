#include "conntable.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BLOCK_SHIFT = 8, BLOCK = 1 << BLOCK_SHIFT, FIRST_SLOTS = 1024 };
enum { SAMPLE = 32, SAMPLE_WALK = 4096 };

static uint64_t mix(uint64_t a, uint64_t b)
{
  uint64_t x = a ^ (b * 0x9e3779b97f4a7c15u);

  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93u;
  x ^= x >> 29;
  return x;
}

/* The seed keeps a crafted capture from choosing its collisions.  Nothing
 * that is printed depends on the order of the table. */
int conntable_init(struct conntable *t, size_t limit)
{
  struct timespec now = {0, 0};

  memset(t, 0, sizeof *t);
  (void)clock_gettime(CLOCK_REALTIME, &now);
  t->seed[0] = mix((uint64_t)now.tv_nsec, (uint64_t)now.tv_sec);
  t->seed[1] = mix((uint64_t)getpid(), t->seed[0]);
  t->limit = limit;
  t->num_slots = FIRST_SLOTS;
  t->slots = calloc(t->num_slots, sizeof *t->slots);
  return t->slots == NULL ? -1 : 0;
}

void conntable_free(struct conntable *t)
{
  size_t i;

  for (i = 0; i < t->num_blocks; i++) {
    free(t->blocks[i]);
  }
  free(t->blocks);
  free(t->slots);
  memset(t, 0, sizeof *t);
}

/* Any order of endpoints will do, as long as both directions have the same:
 * the addresses are compared as they lie in memory. */
static unsigned source_of(const struct packet *p)
{
  uint64_t src[2];
  uint64_t dst[2];

  memcpy(src, p->src.addr, sizeof src);
  memcpy(dst, p->dst.addr, sizeof dst);
  if (src[0] != dst[0]) {
    return src[0] > dst[0];
  }
  return src[1] != dst[1] ? src[1] > dst[1] : p->src.port > p->dst.port;
}

unsigned conn_key_make(struct conn_key *key, const struct packet *p)
{
  unsigned source = source_of(p);

  memcpy(key->addr[source], p->src.addr, sizeof key->addr[0]);
  memcpy(key->addr[!source], p->dst.addr, sizeof key->addr[0]);
  key->port[source] = p->src.port;
  key->port[!source] = p->dst.port;
  key->family = p->family;
  key->proto = p->proto;
  key->zero[0] = 0;
  key->zero[1] = 0;
  return source;
}

uint32_t conntable_tag(const struct conntable *t, const struct conn_key *key)
{
  uint64_t word[sizeof *key / sizeof(uint64_t)];
  uint64_t hash;

  memcpy(word, key, sizeof word);
  hash = mix(word[0] ^ t->seed[0], word[4] ^ t->seed[1]);
  hash = mix(hash ^ word[2], t->seed[0]);
  if (key->family == FAMILY_IP6) {
    hash = mix(hash ^ word[1], word[3] ^ t->seed[1]);
  }
  return (uint32_t)(hash >> 16);
}

struct conn *conntable_at(const struct conntable *t, size_t number)
{
  struct conn *c = &t->blocks[number >> BLOCK_SHIFT][number & (BLOCK - 1)];

  return c->in_use ? c : NULL;
}

size_t conntable_span(const struct conntable *t)
{
  return t->num_blocks << BLOCK_SHIFT;
}

static struct conn *stored(const struct conntable *t, const struct slot *s)
{
  size_t number = s->number - 1;

  return &t->blocks[number >> BLOCK_SHIFT][number & (BLOCK - 1)];
}

int conn_key_equal(const struct conn_key *a, const struct conn_key *b)
{
  uint64_t x[sizeof *a / sizeof(uint64_t)];
  uint64_t y[sizeof *b / sizeof(uint64_t)];

  memcpy(x, a, sizeof x);
  memcpy(y, b, sizeof y);
  return ((x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2]) | (x[3] ^ y[3]) |
          (x[4] ^ y[4])) == 0;
}

struct conn *conntable_find(const struct conntable *t, uint32_t tag,
                            const struct conn_key *key)
{
  size_t mask = t->num_slots - 1;
  size_t i = tag & mask;

  while (t->slots[i].number != 0) {
    if (t->slots[i].tag == tag) {
      struct conn *c = stored(t, &t->slots[i]);

      if (conn_key_equal(&c->key, key)) {
        return c;
      }
    }
    i = (i + 1) & mask;
  }
  return NULL;
}

static void slot_put(struct slot *slots, size_t mask, struct slot s)
{
  size_t i = s.tag & mask;

  while (slots[i].number != 0) {
    i = (i + 1) & mask;
  }
  slots[i] = s;
}

static int grow_slots(struct conntable *t)
{
  size_t num_slots = t->num_slots * 2;
  struct slot *slots = calloc(num_slots, sizeof *slots);
  size_t i;

  if (slots == NULL) {
    return -1;
  }
  for (i = 0; i < t->num_slots; i++) {
    if (t->slots[i].number != 0) {
      slot_put(slots, num_slots - 1, t->slots[i]);
    }
  }
  free(t->slots);
  t->slots = slots;
  t->num_slots = num_slots;
  return 0;
}

/* Adds a block.  A free connection carries its own number in `tag`. */
static int grow_blocks(struct conntable *t)
{
  struct conn **blocks;
  struct conn *block;
  size_t i;

  blocks = realloc(t->blocks, (t->num_blocks + 1) * sizeof *blocks);
  if (blocks == NULL) {
    return -1;
  }
  t->blocks = blocks;
  block = calloc(BLOCK, sizeof *block);
  if (block == NULL) {
    return -1;
  }
  t->blocks[t->num_blocks] = block;
  for (i = BLOCK; i-- > 0;) {
    block[i].tag = (uint32_t)((t->num_blocks << BLOCK_SHIFT) + i);
    block[i].next = t->free_list;
    t->free_list = &block[i];
  }
  t->num_blocks++;
  return 0;
}

struct conn *conntable_add(struct conntable *t, uint32_t tag,
                           const struct conn_key *key)
{
  struct conn *c;
  struct slot s;

  if (t->count >= t->limit ||
      (t->count * 2 >= t->num_slots && grow_slots(t) != 0) ||
      (t->free_list == NULL && grow_blocks(t) != 0)) {
    return NULL;
  }
  c = t->free_list;
  t->free_list = c->next;
  s.tag = tag;
  s.number = c->tag + 1;
  memset(c, 0, sizeof *c);
  c->key = *key;
  c->tag = tag;
  c->in_use = 1;
  slot_put(t->slots, t->num_slots - 1, s);
  t->count++;
  return c;
}

/* Closes the gap that a removed slot leaves: every slot behind it that could
 * stand nearer to its home moves up. */
static void slot_close_gap(struct conntable *t, size_t gap)
{
  size_t mask = t->num_slots - 1;
  size_t i = gap;
  size_t home;

  for (;;) {
    i = (i + 1) & mask;
    if (t->slots[i].number == 0) {
      break;
    }
    home = t->slots[i].tag & mask;
    if (((i - home) & mask) >= ((i - gap) & mask)) {
      t->slots[gap] = t->slots[i];
      gap = i;
    }
  }
  t->slots[gap].number = 0;
}

void conntable_remove(struct conntable *t, struct conn *c)
{
  size_t mask = t->num_slots - 1;
  size_t i = c->tag & mask;

  while (t->slots[i].number == 0 || stored(t, &t->slots[i]) != c) {
    i = (i + 1) & mask;
  }
  c->tag = t->slots[i].number - 1;
  slot_close_gap(t, i);
  c->in_use = 0;
  c->next = t->free_list;
  t->free_list = c;
  t->count--;
}

struct conn *conntable_oldest(struct conntable *t, int watched)
{
  struct conn *oldest = NULL;
  size_t span = conntable_span(t);
  size_t found = 0;
  size_t walked;

  for (walked = 0; walked < span && found < SAMPLE; walked++) {
    struct conn *c;

    if (walked >= SAMPLE_WALK && oldest != NULL) {
      break;
    }
    t->hand = t->hand + 1 < span ? t->hand + 1 : 0;
    c = conntable_at(t, t->hand);
    if (c == NULL || (watched && c->watch == NULL)) {
      continue;
    }
    found++;
    if (oldest == NULL || c->last_us < oldest->last_us) {
      oldest = c;
    }
  }
  return oldest;
}
